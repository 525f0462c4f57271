#!/usr/bin/env python3
"""policies.py PROGRAM [--seconds S] [--unseen N] [--seed N] [TASK ...]: how good are policies at
sizes that they were not made of?

For every task a policy is measured in S seconds, and then N other sizes, drawn at random over the
same range (in the logarithm), each at all counts. Told is by how much the policy's choice is slower
than the best count there, and beside it the same of one count for all sizes: sequential calls, and
as many threads or workers as there are CPUs. For an idle machine; some 25 minutes with these
defaults.
"""

import argparse
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

CPUS = len(os.sched_getaffinity(0))
THREADS = ["--workers", "0", "--inner-threads", f"1,{CPUS}"]

# What varies, from where to where, and with which counts.
TASKS = {
    "tensor": ("size", 16, 1024, [*THREADS, "--task-args", '{"count": 2}']),
    "sort": ("size", 1000, 10_000_000, THREADS),
    "img": ("task_count", 1, 64, ["--workers", f"0,{CPUS}"]),
}
WITHIN = 0.05


def run(program, folder, task, options):
    """Runs the program and returns what it has written: results.json, and policy.json."""
    command = [program, "--task", task, "--output", str(folder), "--quiet", *options]
    print("+", " ".join(command), file=sys.stderr, flush=True)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    newest = folder / "latest"
    return [json.loads((newest / name).read_text()) for name in ("results.json", "policy.json")]


def label(point):
    return (point["workers"], point["inner_threads"])


def choice(policy, size):
    """What the policy says of a size."""
    found = policy["thresholds"][0]
    for step in policy["thresholds"]:
        if step["from"] <= size:
            found = step
    return label(found)


def times(run_of_size):
    """The median pass by count."""
    return {label(point): point["total_s"]["median"] for point in run_of_size["points"]}


def draw(rng, low, high, count, but):
    """So many whole sizes that the policy has not seen, as far as there are some."""
    sizes = set()
    for _ in range(100 * count):
        size = round(math.exp(rng.uniform(math.log(low), math.log(high))))
        if size not in but:
            sizes.add(size)
        if len(sizes) == count:
            break
    return sorted(sizes)


def look(program, folder, task, arguments):
    """Measures both, and returns the rows that are told."""
    name, low, high, options = TASKS[task]
    factor = 2 if high / low < 1000 else 4
    options = [*options, "--seed", str(arguments.seed)]
    _, policy = run(program, folder, task,
                    [*options, "--vary", f"{name}={low}-{high}:*{factor}",
                     "--max-seconds", str(arguments.seconds)])  # fmt: skip
    print(policy["sentence"], flush=True)
    seen = {one["size"] for one in policy["sizes"]}
    unseen = draw(random.Random(arguments.seed), low, high, arguments.unseen, seen)
    results, _ = run(program, folder, task,
                     [*options, "--vary", f"{name}={','.join(map(str, unseen))}",
                      "--iterations", "10"])  # fmt: skip
    measured = {one["varied"][name]: times(one) for one in results["runs"]}
    counts = sorted({count for one in measured.values() for count in one})
    rules = {"policy": lambda size: choice(policy, size),
             "always 1": lambda size: counts[0],
             f"always {CPUS}": lambda size: counts[-1]}  # fmt: skip
    rows = []
    for rule, choose in rules.items():
        slower = sorted(of[choose(size)] / min(of.values()) - 1 for size, of in measured.items())
        within = sum(one <= WITHIN for one in slower)
        rows.append((task, rule, within, len(slower), slower[len(slower) // 2], slower[-1]))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("tasks", nargs="*", default=list(TASKS))
    parser.add_argument("--seconds", type=float, default=200)
    parser.add_argument("--unseen", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_intermixed_args()
    program = str(pathlib.Path(arguments.program).resolve())
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for task in arguments.tasks:
            rows += look(program, pathlib.Path(folder) / task, task, arguments)
    print(f"\n{'task':8} {'rule':10} {'within 5 %':>12} {'median':>9} {'worst':>9}")
    for task, rule, within, count, median, worst in rows:
        share = f"{within} of {count}"
        print(f"{task:8} {rule:10} {share:>12} {100 * median:8.1f}% {100 * worst:8.1f}%")
    good = [row for row in rows if row[1] == "policy" and row[2] >= 0.95 * row[3]]
    return 0 if len(good) == len(arguments.tasks) else 1


if __name__ == "__main__":
    sys.exit(main())
