#!/usr/bin/env bash
# test.sh [arguments of meson test]: builds ppt-omp if need be, installing what is missing, and runs
# all tests. Ends with one line, "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

bash scripts/setup.sh test || exit 1
# One more at once than there are CPUs: half of the time of tests is sleeping and waiting. What is
# measured alone stays alone. Without a fail-fast: a newcomer wants to see all that is wrong at once.
meson test -C build --no-rebuild --num-processes $(($(nproc) + 1)) --print-errorlogs "$@" | tee build/test-output.txt
status=${PIPESTATUS[0]}
awk -F ': *' '
    /^Ok:/ || /^Expected Fail:/ { passed += $2 }
    /^Fail:/ || /^Unexpected Pass:/ || /^Timeout:/ { failed += $2 }
    /^Skipped:/ { skipped += $2 }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }
' build/test-output.txt
exit "$status"
