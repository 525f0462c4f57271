#!/usr/bin/env bash
# performance.sh: builds if need be, measures the kernels and the bench against their references (in
# about three minutes) and writes the table into docs/performance.md. Best on a machine that is idle.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/measured.sh

speed=build/tests/ppt-omp-speed

bash scripts/setup.sh build
new=$(mktemp build/performance.XXXXXX)
trap 'rm -f "$new"' EXIT

mapfile -t subjects < <("$speed" --list | cut -d ' ' -f 1)
{
    print_machine
    printf -- '- Libraries:'
    separator=' '
    for library in openblas zlib libcrypto libargon2 gsl; do
        printf '%s%s %s' "$separator" "$library" "$(pkg-config --modversion "$library")"
        separator=', '
    done
    echo
    print_moment
    echo
    "$speed" --markdown "${subjects[@]}"
} | tee "$new"

replace_between measured "$new" docs/performance.md
