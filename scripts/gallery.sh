#!/usr/bin/env bash
# gallery.sh [OUT]: builds if need be, then makes everything that people look at into the folder OUT
# (default output/gallery): every chart and page, from recordings that are the same on every
# machine, and pictures of the pages at 390, 820 and 1400 px, light, dark and printed.
# OUT/contact.html has all of it on one sheet; docs/gallery.md says what to look for. Takes about
# three minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

out=${1:-output/gallery}

bash scripts/setup.sh test
missing=()
for program in chromium gnuplot python3; do
    command -v "$program" >/dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
    say "this needs ${missing[*]}; on Debian: apt-get install chromium gnuplot-nox python3"
    exit 77
fi
# What is left of a gallery of before would be taken for one of now; a folder of somebody's stays,
# whatever is in it.
mark=$out/made-by-gallery.sh
if [ -e "$out" ] && [ ! -e "$mark" ] && [ -n "$(ls -A "$out")" ]; then
    say "$out: is there, and is no gallery"
    exit 2
fi
if [ -e "$mark" ]; then
    rm -rf "$out"
fi
mkdir -p "$out"
touch "$mark"
exec python3 tests/gallery/contact.py "$out"
