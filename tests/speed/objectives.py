#!/usr/bin/env python3
"""objectives.py PROGRAM PLANTED [CHECK ...]: do objectives, limits and arrivals hold with real
workers? PLANTED is the kernel of tests/why/planted.c.

Each check prints what was measured beside what is right, and the exit code is 1 if one is wrong. For
an idle machine; all take some 25 minutes.

    queues    the kernel "wait" serves tasks that arrive at random, in exponential or constant times;
              responses against the very same tasks with workers that lose no time, and against the
              formulas of M/M/c and M/D/c as far as so many tasks tell
    steady    tasks that arrive evenly, below the capacity: none waits
    limit     the number of workers for a limit of latency, 20 times, against the formula
    stall     a task that takes 200 ms shows in the latencies of others, and in no time of a task
    overload  more arrives than can be done: it ends, and says so
    memory    programs of 200 MiB in a control group of 1 GiB (as root)
    each      each_at_most on all CPUs: sum takes them, a kernel bound by memory does not
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

import queue_theory as theory

PLANTED = []
CPUS = len(os.sched_getaffinity(0))


class Run:
    """One run of the program, and what it left."""

    def __init__(self, program, *options, under=()):
        with tempfile.TemporaryDirectory() as folder:
            command = [*under, program, "--output", folder, "--quiet", "--seed", "1", *options]
            self.said = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL).stdout  # fmt: skip
            newest = pathlib.Path(folder) / "latest"
            self.results = json.loads((newest / "results.json").read_text())
            self.lines = [json.loads(line)
                          for line in (newest / "samples.jsonl").read_text().splitlines()]  # fmt: skip

    def passes(self, **point):
        return [line for line in self.lines
                if line["type"] == "pass" and line["block"] > 0
                and all(line[key] == value for key, value in point.items())]  # fmt: skip

    @property
    def recommended(self):
        return self.results["verdict"]["recommended"]

    @property
    def sentence(self):
        return self.results["verdict"]["sentence"]


def seconds(nanoseconds):
    return [ns * 1e-9 for ns in nanoseconds]


def wait(milliseconds, service):
    return ("--task", "wait", "--task-args",
            json.dumps({"milliseconds": milliseconds, "service": service}))  # fmt: skip


def unsure(load, tasks, share):
    """How far a percentile of so many tasks may be off by chance, since those behind a burst wait
    together."""
    stretch = max(1, load / (1 - math.sqrt(load)) ** 2)
    return math.sqrt(stretch / (tasks * (1 - share))) / math.log(1 / (1 - share))


def queues(program):
    good = True
    milliseconds, tasks = 5, 3_000
    for service, kind in (("exponential", theory.Exponential), ("constant", theory.Constant)):
        for workers in (1, 2, 4, 8):
            for load in (0.3, 0.6, 0.9):
                rng = random.Random(f"{service} {workers} {load}")
                at, times = 0.0, []
                for _ in range(tasks):
                    at += rng.expovariate(load * workers / milliseconds * 1000)
                    times.append(at)
                run = Run(program, *wait(milliseconds, service), "--workers", str(workers),
                          "--arrivals", json.dumps({"process": times}), "--iterations", "1",
                          "--warmup", "0", "--processes", "1")  # fmt: skip
                one = run.passes()[-1]  # measured again, if others disturbed it
                services, found = seconds(one["task_ns"]), seconds(one["latency_ns"])
                same = theory.replay(times, services, workers)
                mean, longest = sum(found) / tasks, theory.rank(found, 0.99)
                by_replay = (mean / (sum(same) / tasks) - 1,
                             longest / theory.rank(same, 0.99) - 1)  # fmt: skip
                # Sleeps are a little longer than asked for: the formula is of those that were.
                queue = kind(workers, (tasks - 1) / (times[-1] - times[0]), sum(services) / tasks)
                chance = unsure(load, tasks, 0.99)
                by_formula = (mean / queue.mean - 1, longest / theory.percentile(queue, 0.99) - 1)
                right = (max(map(abs, by_replay)) <= 0.05
                         and max(map(abs, by_formula)) <= max(0.05, 3 * chance))  # fmt: skip
                good &= right
                print(f"  {service:11} {workers} workers, load {load:.1f}: mean {1e3 * mean:7.2f} ms,"
                      f" p99 {1e3 * longest:7.2f} ms; off by {100 * by_replay[0]:+5.1f} %,"
                      f" {100 * by_replay[1]:+5.1f} % from the same tasks, {100 * by_formula[0]:+5.1f} %,"
                      f" {100 * by_formula[1]:+5.1f} % from the formula (by chance"
                      f" {100 * chance:.1f} %){'' if right else '  WRONG'}", flush=True)  # fmt: skip
    return good


def steady(program):
    good = True
    for workers, load in ((1, 0.8), (2, 0.9), (4, 0.9)):
        run = Run(program, *wait(5, "constant"), "--workers", str(workers), "--arrivals",
                  json.dumps({"rate": load * workers * 200, "process": "steady"}),
                  "--task-count", "1000", "--iterations", "3", "--processes", "1")  # fmt: skip
        share = run.results["points"][0]["latency"]["waiting_share"]
        share = share[0] if isinstance(share, list) else share
        good &= share <= 0.05
        print(f"  {workers} workers at a load of {load}: {100 * share:.1f} % of the time waiting")
    return good


def limit(program):
    """Services of 2 ms; limits are half as long again as what the right number needs, and at most
    two thirds of what one worker fewer does."""
    right = 0
    for number in range(20):
        rate = (600, 300, 1200)[number % 3]
        queues_by_count = {w: theory.Exponential(w, rate, 0.00215)
                           for w in (1, 2, 3, 4) if rate * 0.00215 < w}  # fmt: skip
        best = {600: 2, 300: 2, 1200: 4}[rate]
        limit_s = 1.5 * theory.percentile(queues_by_count[best], 0.95)
        if theory.fewest(queues_by_count, 0.95, limit_s) != best:
            limit_s = 1.25 * theory.percentile(queues_by_count[best], 0.95)
        wanted = theory.fewest(queues_by_count, 0.95, limit_s)
        run = Run(program, *wait(2, "exponential"), "--workers", "1,2,3,4", "--arrivals",
                  json.dumps({"rate": rate}), "--objective",
                  json.dumps({"latency": {"percentile": 95, "at_most": f"{1e3 * limit_s:.3f}ms"}}),
                  "--task-count", str(rate),
                  "--seed", str(number + 1))  # fmt: skip
        right += run.recommended == wanted
        print(f"  {rate} a second, 95 % within {1e3 * limit_s:.2f} ms: {run.recommended},"
              f" by the formula {wanted}", flush=True)  # fmt: skip
    print(f"  {right} of 20")
    return right >= 19


STALL = 'if [ $(({#} % 100)) = 50 ]; then sleep 0.2; fi'


def stall(program):
    run = Run(program, "--workers", "1", "--arrivals", '{"rate": 100, "process": "steady"}',
              "--task-count", "1000", "--iterations", "3", "--shell", "sh", "--", "sh", "-c", STALL,
              ":::", *map(str, range(1000)))  # fmt: skip
    latency = run.results["points"][0]["latency"]["p99_s"][0]
    times = theory.rank(seconds(run.passes()[0]["task_ns"]), 0.989)
    print(f"  p99 of latency {1e3 * latency:.0f} ms; 98.9 % of tasks take at most {1e3 * times:.1f} ms"
          " by themselves")  # fmt: skip
    return latency > 0.15 and times < 0.1


def overload(program):
    run = Run(program, *wait(5, "exponential"), "--workers", "1", "--arrivals",
              json.dumps({"rate": 240}), "--objective",
              '{"latency": {"percentile": 99, "at_most": "50ms"}}', "--task-count", "2000",
              "--iterations", "3")  # fmt: skip
    print(f"  load 1.2: {run.sentence}")
    return "overloaded: the queue grows by" in run.sentence and run.recommended is None


LARGE = [sys.executable, "-c", "import time; large = bytearray(200 << 20); time.sleep(0.4)"]
GROUP = pathlib.Path("/sys/fs/cgroup/memory/ppt-omp-objectives")


def memory(program):
    options = ("--workers", "1,2,4,8", "--task-count", "16", "--iterations", "3", "--", *LARGE)
    free = Run(program, *options)
    tried = {line["workers"] for line in free.passes()}
    print(f"  without a limit: tried {sorted(tried)}, {free.recommended} recommended")
    if not GROUP.parent.is_dir() or os.geteuid() != 0:
        print("  no control group of memory can be made here: left out")
        return tried == {1, 2, 4, 8}
    GROUP.mkdir(exist_ok=True)
    try:
        (GROUP / "memory.limit_in_bytes").write_text(str(1 << 30))
        into = ("sh", "-c", f'echo $$ > {GROUP}/cgroup.procs && exec "$@"', "sh")
        bound = Run(program, *options, under=into)
        killed = (GROUP / "memory.oom_control").read_text()
    finally:
        GROUP.rmdir()
    tried_bound = {line["workers"] for line in bound.passes()}
    print(f"  in 1 GiB: tried {sorted(tried_bound)}, {bound.recommended} recommended; "
          + " ".join(killed.split()) + f"\n  {bound.sentence}")  # fmt: skip
    return (tried == {1, 2, 4, 8} and tried_bound == {1, 2, 4} and bound.recommended == 4
            and "oom_kill 0" in killed)  # fmt: skip


def each(program):
    goal = ("--objective", '{"each_at_most": 1.05}', "--workers", f"1,{CPUS}", "--iterations", "15")
    good = Run(program, *goal, "--task", "sum", "--task-args", "[20000000]", "--task-count", "40")
    bad = Run(program, *goal, "--kernel", PLANTED[0], "--task-args", '["memory"]', "--task-count", "40")
    print(f"  sum: {good.sentence}\n  bound by memory: {bad.sentence}")
    return good.recommended == CPUS and bad.recommended == 1


CHECKS = {"queues": queues, "steady": steady, "limit": limit, "stall": stall, "overload": overload,
          "memory": memory, "each": each}  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("planted")
    parser.add_argument("checks", nargs="*", default=list(CHECKS))
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    PLANTED.append(str(pathlib.Path(arguments.planted).resolve()))
    wrong = []
    for name in arguments.checks:
        print(f"{name}:", flush=True)
        if not CHECKS[name](program):
            wrong.append(name)
    print(f"wrong: {', '.join(wrong)}" if wrong else "all as it should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
