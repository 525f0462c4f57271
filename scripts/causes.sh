#!/usr/bin/env bash
# causes.sh [BUILD_DIR]: how often `ppt-omp why` names the cause that was planted, in 20 runs of each,
# and what presses on the tasks that the program comes with, twice. Writes both tables into
# docs/why.md. For an idle machine; an hour.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=scripts/measured.sh
. scripts/measured.sh
build=$(realpath "${1:-build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ninja -C "$build" ppt-omp tests/planted.so
{
    print_machine
    print_moment
    echo
} >"$work/head"
status=0
python3 tests/why/causes.py "$build/ppt-omp" "$build/tests/planted.so" config --tables "$work" ||
    status=$?
for part in planted tasks; do
    cat "$work/head" "$work/$part.md" >"$work/$part"
    replace_between "$part" "$work/$part" docs/why.md
done
exit "$status"
