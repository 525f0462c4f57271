#!/usr/bin/env bash
# faults.sh [tests, such as Walks.test_io]: builds if need be and lets every single call of small runs
# fail in turn: writes, flushes, renames, opens, removals, allocations, threads, folders. The tests try
# only some of them. Takes about a quarter of an hour; the exit code is 1 when one failure was not got over.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/setup.sh test
PPT_FAULTS=full PPT_FAULTS_SHIM=$PWD/build/tests/faults.so PPT_OMP=$PWD/build/ppt-omp \
    exec python3 tests/cli/test_faults.py "${@:-Walks}"
