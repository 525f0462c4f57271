# shellcheck shell=bash
# packages.sh, to be sourced: need PACKAGE... installs Debian packages that are missing.

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

# Leaves in `installed_now` those that it had to install.
need() {
    local package state
    installed_now=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "no Debian packages here; install the equivalents of: $*"
        return
    fi
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || installed_now+=("$package")
    done
    if [ ${#installed_now[@]} -gt 0 ]; then
        say "installing ${installed_now[*]}"
        export DEBIAN_FRONTEND=noninteractive
        as_root apt-get update -qq >&2
        as_root apt-get install -y -qq --no-install-recommends "${installed_now[@]}" >&2
    fi
}
