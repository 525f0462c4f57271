#!/usr/bin/env bash
# valgrind.sh PPT_OMP FOLDER: small runs of the kernels that take memory or use libraries, under
# memcheck; what they write goes to FOLDER. Exit code 77 where there is no valgrind.
set -euo pipefail

program=$1
folder=$2
valgrind=$(command -v valgrind) || exit 77
mkdir -p "$folder"
# Without it the program would start itself again, and leave valgrind.
export OMP_WAIT_POLICY=passive

# With no gnuplot in PATH: it takes longer than all the rest, and is another program.
run() {
    PATH=/none "$valgrind" --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        "$program" --output "$folder" --quiet --workers 0,1,2 --task-count 3 --iterations 3 \
        --warmup 0 --seed 1 "$@" </dev/null
}

run --task sort --task-args '[1000]' --inner-threads 1,2
run --task matrix --task-args '[20]'
run --task tensor --task-args '[20, 2]'
run --task zip --task-args '[1, 1, "text"]' --workers 0,2
run --task img --workers 0,2 --task-count 1
run --task password --task-args '[2, 2, [4, 8], 0.5, {"hash": "sha256"}]'
run --task random --task-args '["sum", "multi"]'
run --program-output check -- /bin/echo '{task}'
