#!/usr/bin/env bash
# performance.sh: builds if need be, measures the kernels and the bench against their references (in
# about three minutes) and writes the table into docs/performance.md. Best on a machine that is idle.
set -euo pipefail
cd "$(dirname "$0")/.."

document=docs/performance.md
speed=build/tests/ppt-omp-speed

bash scripts/setup.sh build
commit=$(git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)
model=$(LC_ALL=C lscpu | sed -n 's/^Model name: *//p' | head -n 1)
new=$(mktemp build/performance.XXXXXX)
trap 'rm -f "$new" "$new.document"' EXIT

mapfile -t subjects < <("$speed" --list | cut -d ' ' -f 1)
{
    echo "- Machine: ${model:-unknown CPU}, $(nproc) CPUs, $(uname -sr), $(uname -m)"
    echo "- Compiler: $(cc --version | head -n 1)"
    printf -- '- Libraries:'
    separator=' '
    for library in openblas zlib libcrypto libargon2 gsl; do
        printf '%s%s %s' "$separator" "$library" "$(pkg-config --modversion "$library")"
        separator=', '
    done
    echo
    echo "- Date: $(date -u +%Y-%m-%d); commit $commit; load before: $(cut -d ' ' -f 1 /proc/loadavg)"
    echo
    "$speed" --markdown "${subjects[@]}"
} | tee "$new"

# What stands between the two markers is replaced.
awk -v table="$new" '
    /<!-- measured: begin -->/ {
        print
        print ""
        while ((getline line < table) > 0) print line
        print ""
        inside = 1
    }
    /<!-- measured: end -->/ { inside = 0; found = 1 }
    !inside && !/<!-- measured: begin -->/
    END { exit !found }
' "$document" >"$new.document"
cat "$new.document" >"$document"
