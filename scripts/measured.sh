# shellcheck shell=bash
# measured.sh, to be sourced: what scripts share that write figures into a document.

# The lines that say what was measured, where and when, but for the libraries.
print_machine() {
    local model
    model=$(LC_ALL=C lscpu | sed -n 's/^Model name: *//p' | head -n 1)
    echo "- Machine: ${model:-unknown CPU}, $(nproc) CPUs, $(uname -sr), $(uname -m)"
    echo "- Compiler: $(cc --version | head -n 1)"
}

print_moment() {
    local commit
    commit=$(git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)
    printf -- "- Date: %s; commit %s; load before: %s\n" \
        "$(date -u +%F)" "$commit" "$(cut -d " " -f 1 /proc/loadavg)"
}

# replace_between NAME TABLE DOCUMENT: what stands between <!-- NAME: begin --> and
# <!-- NAME: end --> in the document becomes the table.
replace_between() {
    local new
    new=$(mktemp)
    if ! awk -v table="$2" -v begin="<!-- $1: begin -->" -v end="<!-- $1: end -->" '
        $0 == begin {
            print
            print ""
            while ((getline line < table) > 0) print line
            print ""
            inside = 1
        }
        $0 == end { inside = 0; found = 1 }
        !inside && $0 != begin
        END { exit !found }
    ' "$3" >"$new"; then
        rm -f "$new"
        echo "${0##*/}: $3 has no lines <!-- $1: begin --> and <!-- $1: end -->" >&2
        return 1
    fi
    cat "$new" >"$3"
    rm -f "$new"
}
