#!/usr/bin/env bash
# setup.sh build|test: makes this machine able to build ppt-omp (and to test it), then builds it
# into build/. Installs Debian packages that are missing, and does nothing twice.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(gcc libc6-dev meson ninja-build pkg-config libgsl-dev libjson-c-dev libargon2-dev
    zlib1g-dev libpng-dev libjpeg62-turbo-dev libssl-dev libopenblas-openmp-dev libhwloc-dev
    gnuplot-nox)
if [ "${1:-build}" = test ]; then
    packages+=(libcmocka-dev python3 python3-jsonschema python3-scipy libbenchmark-tools gzip
        clang-format fonts-dejavu-core chromium)
fi

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

missing=()
if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    for package in "${packages[@]}"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing+=("$package")
    done
else
    say "no Debian packages here; install the equivalents of: ${packages[*]}"
fi
if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq >&2
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

if [ ! -f build/build.ninja ]; then
    say "configuring build/"
    # In continuous integration a compiler warning is an error.
    meson setup build ${CI:+-Dwerror=true} >&2
elif [ ${#missing[@]} -gt 0 ]; then
    meson setup --reconfigure build >&2
fi
if ! ninja -C build -n | grep -q 'no work to do'; then
    say "building build/ppt-omp"
    ninja -C build >&2
fi
