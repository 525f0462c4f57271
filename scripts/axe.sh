#!/usr/bin/env bash
# axe.sh: puts axe-core, by which tests/cli/test_gallery.py asks whether everybody can use the pages,
# into build/npm, unless it is there. It comes through npm: where that or a network is missing, this
# says so, and tests leave axe-core out. The exit code is 0 all the same.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

version=4.14.1
sum=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
file=build/npm/node_modules/axe-core/axe.min.js

is_there() {
    echo "$sum  $file" | sha256sum --check --status 2>/dev/null
}

if is_there; then
    exit
fi
rm -rf build/npm
if ! command -v npm >/dev/null; then
    say "npm is not installed (on Debian: apt-get install npm): pages are not looked at by axe-core"
    exit
fi
# Nothing of it is run, and no machine that is offline waits long.
timeout 60 npm install --prefix build/npm --no-save --no-package-lock --ignore-scripts --no-audit \
    --no-fund --loglevel=silent --logs-max=0 --fetch-retries=0 "axe-core@$version" >&2 || true
if ! is_there; then
    rm -rf build/npm
    say "axe-core $version could not be had: pages are not looked at by it"
fi
