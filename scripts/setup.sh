#!/usr/bin/env bash
# setup.sh build|test: makes this machine able to build ppt-omp (and to test it), then builds it
# into build/. Installs Debian packages that are missing, and does nothing twice.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

packages=(gcc libc6-dev meson ninja-build pkg-config libgsl-dev libjson-c-dev libargon2-dev
    zlib1g-dev libpng-dev libjpeg62-turbo-dev libssl-dev libopenblas-openmp-dev libhwloc-dev
    python3 gnuplot-nox)
if [ "${1:-build}" = test ]; then
    packages+=(libopenmpi-dev openmpi-bin iproute2 libcmocka-dev python3-jsonschema
        python3-scipy libbenchmark-tools gzip
        clang-format fonts-dejavu-core chromium poppler-utils scdoc fish zsh valgrind cppcheck
        shellcheck)
fi

need "${packages[@]}"

if [ ! -f build/build.ninja ]; then
    say "configuring build/"
    # In continuous integration a compiler warning is an error.
    meson setup build ${CI:+-Dwerror=true} >&2
elif [ ${#installed_now[@]} -gt 0 ]; then
    meson setup --reconfigure build >&2
fi
if ! ninja -C build -n | grep -q 'no work to do'; then
    say "building build/ppt-omp"
    ninja -C build >&2
fi
if [ "${1:-build}" = test ]; then
    bash scripts/axe.sh
fi
