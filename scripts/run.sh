#!/usr/bin/env bash
# run.sh [arguments of ppt-omp]: builds ppt-omp if need be, installing what is missing, and runs it.
# Without arguments it measures every task in small sizes, in a bit over a minute.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

bash "$root/scripts/setup.sh" build
if [ $# -eq 0 ]; then
    set -- "$root/config/suite.json" --output "$root/output"
fi
exec "$root/build/ppt-omp" "$@"
