#!/usr/bin/env bash
# policies.sh [BUILD_DIR]: what an idle machine has to measure about sizes, in some 20 minutes: the
# policy of examples/normalise, whose policy.h it renews and whose words docs/guide.md shows, and how
# good policies are at sizes that they were not made of (tests/speed/policies.py).
set -euo pipefail

cd "$(dirname "$0")/.."
build=$(realpath "${1:-build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r examples/normalise "$work/"
cd "$work/normalise"
mkdir build
cc -O3 -std=gnu11 -shared -fPIC -fopenmp -I"$OLDPWD/kernels" -I"$OLDPWD/kernels/common" \
    kernel.c -o build/normalise.so -lm
"$build/ppt-omp" normalise.json
cp output/latest/policy.h "$OLDPWD/examples/normalise/policy.h"
cp output/latest/policy.h .
cc -O3 -std=gnu11 -fopenmp main.c -o build/normalise-some -lm
build/normalise-some 100 1000 10000 100000 1000000
cd "$OLDPWD"
python3 tests/speed/policies.py "$build/ppt-omp"
