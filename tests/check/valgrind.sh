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

# In one process: /proc/self/exe, which another one is started from, is valgrind here.
# With no gnuplot in PATH: it takes longer than all the rest, and is another program.
run() {
    PATH=/none "$valgrind" --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        "$program" --output "$folder" --quiet --seed 1 --processes 1 "$@" </dev/null
}

# One suite: to start takes longer than to run most of them.
cat >"$folder/suite.json" <<'END'
{
    "workers": [0, 1, 2], "task_count": 3, "iterations": 3, "warmup": 0,
    "runs": [
        {"task": "sort", "task_args": [1000], "inner_threads": [1, 2]},
        {"task": "matrix", "task_args": [20]},
        {"task": "tensor", "task_args": [20, 2]},
        {"task": "zip", "task_args": [1, 1, "text"], "workers": [0, 2], "iterations": 1},
        {"task": "img", "workers": [0, 2], "task_count": 1, "iterations": 2},
        {"task": "password", "task_args": [2, 2, [4, 8], 0.5, {"hash": "sha256"}]},
        {"task": "random", "task_args": ["sum", "multi"]}
    ]
}
END
run "$folder/suite.json"
run --workers 0,1,2 --task-count 3 --iterations 3 --warmup 0 --program-output check -- \
    /bin/echo '{task}'
