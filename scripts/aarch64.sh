#!/usr/bin/env bash
# aarch64.sh [arguments of meson test]: builds ppt-omp for 64-bit Arm with a cross compiler, into
# build-aarch64/, and runs the tests of the kernels there under user-mode emulation. Arm's libraries
# are unpacked into a folder of the build, not installed. Needs Debian and root (or sudo).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh
root=$PWD
build=$root/build-aarch64
sysroot=$build/sysroot

bash scripts/setup.sh build
need gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static

# The packages for Arm with all that they depend on, by an apt that has a state of its own.
if [ ! -f "$sysroot/complete" ]; then
    mkdir -p "$build/apt/lists/partial" "$build/apt/cache/archives/partial" "$sysroot"
    : >"$build/apt/status"
    options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root
        -o Dir::State="$build/apt" -o Dir::State::Lists="$build/apt/lists"
        -o Dir::State::status="$build/apt/status" -o Dir::Cache="$build/apt/cache")
    apt-get "${options[@]}" update >&2
    apt-get "${options[@]}" --download-only --no-install-recommends -y install libc6-dev libgomp1 \
        libgcc-12-dev libgsl-dev libjson-c-dev libargon2-dev zlib1g-dev libpng-dev \
        libjpeg62-turbo-dev libssl-dev libopenblas-openmp-dev libhwloc-dev libcmocka-dev >&2
    for package in "$build"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$sysroot"
    done
    # Links of the package alternatives, which installing would have made.
    for library in libblas.so.3 liblapack.so.3 libopenblas.so.0; do
        ln -sf openblas-openmp/"$library" "$sysroot/usr/lib/aarch64-linux-gnu/$library"
    done
    touch "$sysroot/complete"
fi

cat >"$build/cross.ini" <<END
[binaries]
c = ['aarch64-linux-gnu-gcc', '--sysroot=$sysroot']
ar = 'aarch64-linux-gnu-gcc-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['qemu-aarch64-static', '-L', '$sysroot']

[properties]
sys_root = '$sysroot'
pkg_config_libdir = ['$sysroot/usr/lib/aarch64-linux-gnu/pkgconfig', '$sysroot/usr/share/pkgconfig',
    '$sysroot/usr/lib/aarch64-linux-gnu/openblas-openmp/pkgconfig']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'armv8-a'
endian = 'little'
END
if [ ! -f "$build/meson/build.ninja" ]; then
    meson setup "$build/meson" --cross-file "$build/cross.ini" -Dwerror=true >&2
fi
ninja -C "$build/meson" >&2
meson test -C "$build/meson" --no-rebuild --suite kernels --timeout-multiplier 10 \
    --print-errorlogs "$@"
