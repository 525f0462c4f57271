#!/usr/bin/env bash
# fuzz.sh [SECONDS] [TARGET...]: builds the fuzz targets (config csv image journal; default: all)
# with clang, libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer into build-fuzz/, and runs
# each for so long (default 60). What it finds goes to build-fuzz/TARGET/findings. Ends with a line
# per target and exit code 1 when there is any finding.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

seconds=60
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    targets=(config csv image journal)
fi
for target in "${targets[@]}"; do
    if [ ! -f "tests/fuzz/fuzz_$target.c" ]; then
        say "no target \"$target\""
        exit 2
    fi
done

bash scripts/setup.sh build
need clang-14 libclang-rt-14-dev libomp-14-dev llvm-14
if [ ! -f build-fuzz/build.ninja ]; then
    CC=clang-14 meson setup build-fuzz -Dfuzzing=true -Dbuildtype=debugoptimized \
        -Db_sanitize=address,undefined -Db_lundef=false >&2
fi
ninja -C build-fuzz "${targets[@]/#/tests/fuzz/fuzz_}" >&2

# Nothing that was asked for by a damaged file is a reason to end the program. So a picture may take
# the 3 GiB that its largest size comes to; leaks are looked for after each input.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1
export UBSAN_OPTIONS=print_stacktrace=1
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

lines=()
failed=0
for target in "${targets[@]}"; do
    folder=build-fuzz/$target
    mkdir -p "$folder/inputs" "$folder/findings"
    say "$target: $seconds s, log in $folder/log"
    code=0
    build-fuzz/tests/fuzz/fuzz_"$target" -max_total_time="$seconds" -max_len=32768 -timeout=25 \
        -rss_limit_mb=4096 -close_fd_mask=3 -print_final_stats=1 \
        -dict=tests/fuzz/dict/"$target".dict -artifact_prefix="$folder/findings/" \
        "$folder/inputs" tests/fuzz/corpus/"$target" >"$folder/log" 2>&1 || code=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log")
    findings=$(find "$folder/findings" -type f | wc -l)
    if [ "$code" != 0 ] || [ "$findings" != 0 ]; then
        failed=1
        grep -m 1 -E 'ERROR|runtime error|not so' "$folder/log" >&2 || tail -n 5 "$folder/log" >&2
    fi
    lines+=("$target: ${executions:-0} executions, $findings findings")
done
printf '%s\n' "${lines[@]}"
exit "$failed"
