#!/usr/bin/env bash
# cppcheck.sh BUILD: what cppcheck has to say of the program and the kernels, as they are compiled in
# that folder. Exit code 77 where there is no cppcheck.
set -euo pipefail

command -v cppcheck >/dev/null || exit 77
build=$(realpath --relative-to="$(dirname "$0")/../.." "$1")
# Suppressions name files from here.
cd "$(dirname "$0")/../.."
exec cppcheck --project="$build/compile_commands.json" --file-filter='bench/*' --file-filter='kernels/*' \
    --enable=warning,performance,portability --library=gnu \
    --suppressions-list=tests/cppcheck.txt --quiet --error-exitcode=1 -j "$(nproc)"
