#!/usr/bin/env python3
"""check_arrivals.py PROGRAM [--tasks N] [--rate-of LOAD ...]: whether tasks that arrive wait as long
as queueing theory says, with real workers.

The kernel "wait" sleeps exponentially distributed times, and tasks arrive at random: that is the
queue M/M/c, whose mean response and 99th percentile Erlang's formulas give. Sleeping needs no CPU, so
it is right for more workers than there are CPUs; on a busy machine sleepers wake up late, and what is
measured lies above. It prints a line for each number of workers and load, and exits with 1 if one is
further off than 5 % and three times its own uncertainty.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

SERVICE_S = 0.02


def erlang_c(workers, offered):
    """How likely it is to wait."""
    terms = [offered**k / math.factorial(k) for k in range(workers)]
    last = offered**workers / math.factorial(workers) * workers / (workers - offered)
    return last / (sum(terms) + last)


def longer(workers, rate, service_s, time_s):
    """How likely a response takes longer than that."""
    offered, rest = rate * service_s, workers - 1 - rate * service_s
    mu, wait = 1 / service_s, erlang_c(workers, offered)
    more = mu * time_s if abs(rest) < 1e-9 else (1 - math.exp(-mu * time_s * rest)) / rest
    return math.exp(-mu * time_s) * (1 + wait * more)


def percentile(workers, rate, service_s, share):
    low, high = 0, 1000 * service_s
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if longer(workers, rate, service_s, middle) > 1 - share \
            else (low, middle)  # fmt: skip
    return low


def measure(program, folder, workers, rate, tasks):
    """All latencies and services of a run, in seconds."""
    task = json.dumps({"milliseconds": 1000 * SERVICE_S, "service": "exponential"})
    command = [program, "--task", "wait", "--task-args", task, "--workers", str(workers),
               "--arrivals", json.dumps({"rate": rate}), "--tasks", str(tasks), "--iterations", "3",
               "--warmup", "0", "--processes", "1", "--quiet", "--output", folder]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    newest = max(pathlib.Path(folder).glob("wait__*/samples.jsonl"))
    passes = [line for line in map(json.loads, newest.read_text().splitlines())
              if line["type"] == "pass"]  # fmt: skip
    return ([ns * 1e-9 for one in passes for ns in one["latency_ns"]],
            [ns * 1e-9 for one in passes for ns in one["task_ns"]],
            sum(one["arrivals"] - 1 for one in passes) / sum(one["arrivals_ns"] for one in passes)
            * 1e9)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--loads", type=float, nargs="+", default=[0.3, 0.6])
    given = parser.parse_args()
    wrong = 0
    for workers in given.workers:
        for load in given.loads:
            with tempfile.TemporaryDirectory() as folder:
                latencies, services, rate = measure(given.program, folder, workers,
                                                    load * workers / SERVICE_S, given.tasks)
            # Sleeps are a little longer than asked for, and the rate is that which came about.
            service = sum(services) / len(services)
            mean = erlang_c(workers, rate * service) / (workers / service - rate) + service
            tail = percentile(workers, rate, service, 0.99)
            found = sorted(latencies)[math.ceil(0.99 * len(latencies)) - 1]
            stretch = max(1, load / (1 - math.sqrt(load)) ** 2)
            unsure = math.sqrt(stretch / (len(latencies) * 0.01)) / math.log(100)
            off = max(abs(found / tail - 1) / max(0.05, 3 * unsure),
                      abs(sum(latencies) / len(latencies) / mean - 1) / max(0.05, 3 * unsure))
            wrong += off > 1
            print(f"{workers} workers, load {load:g}: mean {1e3 * sum(latencies) / len(latencies):.2f}"
                  f" ms, by formula {1e3 * mean:.2f}; p99 {1e3 * found:.1f} ms, by formula"
                  f" {1e3 * tail:.1f}{'' if off <= 1 else '  OFF'}", flush=True)  # fmt: skip
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
