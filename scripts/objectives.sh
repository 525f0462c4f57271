#!/usr/bin/env bash
# objectives.sh [BUILD_DIR [CHECK ...]]: whether objectives, limits and arrivals hold with real workers
# (tests/speed/objectives.py), after the formulas that they are held against. For an idle machine, 25
# minutes; as root, if the limit of a control group is to be tried, too.
set -euo pipefail

cd "$(dirname "$0")/.."
build=$(realpath "${1:-build}")

ninja -C "$build" ppt-omp tests/planted.so
python3 tests/speed/queue_theory.py
python3 tests/speed/objectives.py "$build/ppt-omp" "$build/tests/planted.so" "${@:2}"
