#!/usr/bin/env bash
# soak.sh [COUNT]: builds if need be, then kills COUNT runs (default 200) at random moments and
# resumes each until it is complete. Prints what it found; the exit code is 1 when a pass was lost or
# changed, results are not complete, or something was left behind. Takes about five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/setup.sh test
PPT_OMP=$PWD/build/ppt-omp exec python3 tests/faults/soak.py "$@"
