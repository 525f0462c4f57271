#!/usr/bin/env bash
# performance.sh [--ceilings]: builds if need be, measures the kernels and the bench against their
# references (in about three minutes) and tasks against the ceilings of this machine (in one; with
# the option these alone), and writes both tables into docs/performance.md. Best on a machine that is
# idle.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/measured.sh

speed=build/tests/ppt-omp-speed

bash scripts/setup.sh build
new=$(mktemp build/performance.XXXXXX)
trap 'rm -f "$new"' EXIT

# What stands above both tables, which may be measured on different days.
print_heading() {
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
}

# measure NAME SUBJECT...: their table takes the place of the one of that name.
measure() {
    local name=$1
    shift
    {
        print_heading
        "$speed" --markdown "$@"
    } | tee "$new"
    replace_between "$name" "$new" docs/performance.md
}

case "${1:-}" in
--ceilings) ;;
"")
    mapfile -t subjects < <("$speed" --list | cut -d ' ' -f 1 | grep -vx ceilings)
    measure measured "${subjects[@]}"
    ;;
*)
    echo "usage: performance.sh [--ceilings]" >&2
    exit 2
    ;;
esac
measure ceilings ceilings
