#!/usr/bin/env bash
# check.sh [PART...]: looks for mistakes that tests do not see, with tools that take their time (a
# quarter of an hour together). Parts: asan tsan valgrind tidy cppcheck coverage; default: all.
# Builds into build-check/PART, which holds a log too. Ends with a line per part, and exit code 1
# when any failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
source scripts/packages.sh

llvm=/usr/lib/llvm-14/lib

# Tests that cannot run under ThreadSanitizer with clang's OpenMP, and why:
# inner*    stand in for pthread_create, as does ThreadSanitizer
# reuse     stands in for malloc, likewise
# pass*     count the threads of the process, of which ThreadSanitizer has one
# topology  expects inner threads where libgomp puts them; LLVM's runtime puts them elsewhere
# What a pass does is seen all the same, by `sweep` and by runs of the program itself.
tsan_leaves_out=(inner inner_teams reuse pass pass_failures pass_threads topology)

# With AddressSanitizer: yardstick compares times with known ones.
asan_leaves_out=(cli_yardstick)

# With coverage: yardstick likewise; faults* make calls fail or cut files that gcov depends on.
coverage_leaves_out=(cli_yardstick cli_faults cli_faults_gone)

# build PART OPTION...: configures build-check/PART unless it is there, and builds it.
build() {
    local folder=build-check/$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        meson setup "$folder" -Dbuildtype=debugoptimized "$@" || return
    fi
    ninja -C "$folder"
}

# The names of a build's tests, without those that are given behind.
tests_of() {
    local folder=build-check/$1
    shift
    echo "left out: $*" >&2
    meson test -C "$folder" --list 2>/dev/null | sed -n 's|^ppt-omp:.* / ||p' |
        grep -vxF -f <(printf '%s\n' "$@")
}

# Every test, with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer.
check_asan() {
    local tests
    build asan -Db_sanitize=address,undefined -Db_lundef=false || return
    mapfile -t tests < <(tests_of asan "${asan_leaves_out[@]}")
    ASAN_OPTIONS=detect_stack_use_after_return=1 \
        UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        meson test -C build-check/asan --no-rebuild --timeout-multiplier 5 --print-errorlogs \
        "${tests[@]}"
}

# Kernels and harness with ThreadSanitizer. It understands OpenMP's barriers with the help of
# Archer, which needs LLVM's runtime; with libgomp it would report races where there are none.
check_tsan() {
    local tests task arguments
    CC=clang-14 build tsan -Db_sanitize=thread -Db_lundef=false || return
    mapfile -t tests < <(tests_of tsan "${tsan_leaves_out[@]}" | grep -vE '^(cli|corpus)_')
    export OMP_TOOL_LIBRARIES=$llvm/libarcher.so
    export TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=66"
    meson test -C build-check/tsan --no-rebuild --timeout-multiplier 5 --print-errorlogs \
        "${tests[@]}" || return
    clang-14 -shared -fPIC -fopenmp -o build-check/tsan/pause.so tests/tsan/pause.c || return
    while read -r task arguments; do
        echo "runs of $task"
        LD_PRELOAD=$PWD/build-check/tsan/pause.so OMP_WAIT_POLICY=passive \
            build-check/tsan/ppt-omp --task "$task" --task-args "$arguments" --quiet --quick \
            --workers 0,1,2,4 --inner-threads 1,2 --task-count 8 \
            --output build-check/tsan/output </dev/null || return
    done <<'END'
sort [20000]
matrix [100]
tensor [64, 3]
img [["landscape.png"]]
password [3, 6, [4, 8], 0.5, {"hash": "sha256"}]
zip [1, 1, "text"]
random ["sum", "multi"]
END
}

check_valgrind() {
    build plain && bash tests/check/valgrind.sh build-check/plain/ppt-omp build-check/valgrind
}

# The checks of .clang-tidy over the program and the kernels.
check_tidy() {
    CC=clang-14 build clang || return
    find bench kernels -name '*.c' -print0 |
        xargs -0 -n 4 -P "$(nproc)" clang-tidy-14 -p build-check/clang --quiet \
            --warnings-as-errors='*'
}

check_cppcheck() {
    build plain && bash tests/check/cppcheck.sh build-check/plain
}

# Lines and branches of the program and the kernels that the tests reach.
check_coverage() {
    local tests
    # Counters of several threads.
    build coverage -Db_coverage=true -Dc_args=-fprofile-update=atomic || return
    mapfile -t tests < <(tests_of coverage "${coverage_leaves_out[@]}")
    find build-check/coverage -name '*.gcda' -delete
    # What gcov has to say must not be taken for what the program says.
    GCOV_ERROR_FILE=$PWD/build-check/coverage/gcov.log meson test -C build-check/coverage \
        --no-rebuild --timeout-multiplier 3 --print-errorlogs "${tests[@]}" || return
    gcovr --root . --filter bench/ --filter kernels/ --print-summary \
        --exclude-unreachable-branches build-check/coverage
}

# What a part's line shows behind its result.
figure() {
    case $1 in
    coverage) sed -n 's/^lines: \([0-9.]*%\).*/\1 of lines/p' "$2" ;;
    asan | tsan) awk -F ': *' '/^Ok:/ { print $2 + 0, "tests" }' "$2" ;;
    esac
}

check() {
    case $1 in
    asan) check_asan ;;
    tsan) check_tsan ;;
    valgrind) check_valgrind ;;
    tidy) check_tidy ;;
    cppcheck) check_cppcheck ;;
    coverage) check_coverage ;;
    esac
}

all=(asan tsan valgrind tidy cppcheck coverage)
parts=("$@")
if [ ${#parts[@]} = 0 ]; then
    parts=("${all[@]}")
fi
for part in "${parts[@]}"; do
    if [[ " ${all[*]} " != *" $part "* ]]; then
        say "no part \"$part\""
        exit 2
    fi
done
bash scripts/setup.sh test || exit 1
need clang-14 libclang-rt-14-dev libomp-14-dev llvm-14 clang-tidy-14 cppcheck gcovr valgrind || exit 1

mkdir -p build-check
lines=()
failed=0
for part in "${parts[@]}"; do
    log=build-check/$part.log
    say "$part, log in $log"
    if (check "$part") >"$log" 2>&1; then
        result=ok
    else
        result="failed, see $log"
        failed=1
        tail -n 20 "$log" >&2
    fi
    shown=$(figure "$part" "$log")
    lines+=("$part: $result${shown:+, $shown}")
done
printf '%s\n' "${lines[@]}"
exit "$failed"
