#!/usr/bin/env bash
# against-python.sh [--quick]: builds if need be, measures every task against the same one in Python
# (in about three minutes), counts the work of both, and writes the table into docs/performance.md.
# Best on a machine that is idle.
#
#   --quick    zip with 8 MiB instead of 50; prints the table and leaves the document as it is
#
# The exit code is 3 when the two did not do the same work or a result is wrong, 77 without Python,
# numpy or OpenCV; then the document is left as it is, too.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/measured.sh

case ${1-} in
'' | --quick) ;;
*)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" >&2
    exit 2
    ;;
esac

# The first Python that has both: another one may stand before the system's.
python=''
for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import cv2, numpy' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "${0##*/}: this needs python3 with numpy and cv2;" \
        "on Debian: apt-get install python3-numpy python3-opencv" >&2
    exit 77
fi

bash scripts/setup.sh build
new=$(mktemp build/against-python.XXXXXX)
trap 'rm -f "$new"' EXIT

code=0
{
    print_machine
    print_moment
    # Its other lines name the libraries.
    "$python" tests/speed/against_python.py "$@"
} | tee "$new" || code=$?
if [ "$code" != 0 ]; then
    echo "${0##*/}: exit code $code; docs/performance.md is left as it is" >&2
    exit "$code"
fi
[ "${1-}" = --quick ] || replace_between 'against python' "$new" docs/performance.md
