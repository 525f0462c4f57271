#!/usr/bin/env bash
# package.sh [check]: makes Debian packages of these sources in build-package/, installing what that
# needs, and prints the path of the one that needs no other, ppt-omp; ppt-omp-mpi lies beside it. With
# "check" they are looked at too: by lintian, and by running what is in the first where nothing else
# of ppt-omp is in sight. Takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

output=build-package

build() {
    local sources=$output/sources
    need dpkg-dev
    if ! dpkg-checkbuilddeps 2>/dev/null; then
        say "installing what debian/control asks for"
        as_root apt-get update -qq >&2
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get build-dep -y -qq --no-install-recommends . >&2
    fi
    # A copy, so that nothing is left among the sources; with what is not committed yet.
    rm -rf "$output"
    mkdir -p "$sources"
    tar -c --exclude='./.git' --exclude='./build*' --exclude='./obj-*' --exclude='./output/?*' . |
        tar -x -C "$sources"
    say "building, see $output/log"
    if ! (cd "$sources" && dpkg-buildpackage -b -us -uc) >"$output/log" 2>&1; then
        tail -n 40 "$output/log" >&2
        return 1
    fi
    # The program would find its data there otherwise.
    rm -rf "$sources"
}

check() {
    local package=$1 root=$PWD/$output/root
    need lintian util-linux
    # Nobody asked for this package in Debian's list of wishes.
    lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs \
        "$output"/ppt-omp*.deb >&2
    as_root apt-get install --simulate -qq "./$package" "./$output"/ppt-omp-mpi_*.deb >/dev/null

    dpkg-deb -x "$package" "$root"
    (
        cd "$output"
        "$root/usr/bin/ppt-omp" "$root/usr/share/ppt-omp/config/sum.json" --quick --quiet
        # Its image is found in /usr/share, where the package's own lies for once.
        # shellcheck disable=SC2016
        as_root unshare -m sh -c 'mount --bind "$1/usr/share" /usr/share && "$1/usr/bin/ppt-omp" once img' \
            sh "$root"
    ) >&2
}

case ${1:-build} in
build | check) build ;;
*)
    say "what is \"$1\"? package.sh [check]"
    exit 2
    ;;
esac
package=$(echo $output/ppt-omp_*.deb)
[ "${1:-build}" = build ] || check "$package"
echo "$package"
