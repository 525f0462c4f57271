"""What a task takes here and in the Python tool that ppt-omp succeeds, and that both do as much.

    against_python.py [--quick]    prints the table

The exit code is 3 when the work is not the same or a result is wrong.

Python's tasks are in python_tasks.py. Time: both take turns, task by task, on one thread; a process
of Python's lives for the whole run, ours for a turn, and what starting it takes does not count.
Every turn first does as many tasks that are not timed. Work: a task of each is run once more with
counting.so before it, and what the system and the libraries were asked for is compared with what
the task means. Results: those of `ppt-omp once --dump` are checked here. Neither is timed.

Environment: PPT_OMP names the program, PPT_COUNTING the library; else both are those of build/.
"""

import argparse
import collections
import ctypes
import json
import math
import os
import pathlib
import ssl
import statistics
import subprocess
import sys
import tempfile
import zlib

# A tree of sources is no place for compiled copies.
sys.dont_write_bytecode = True

import python_tasks
from python_tasks import MIB, cv2, numpy
from subjects import ROOT, Wrong, all_subjects

PPT_OMP = os.environ.get("PPT_OMP", str(ROOT / "build/ppt-omp"))
COUNTING = os.environ.get("PPT_COUNTING", str(ROOT / "build/tests/counting.so"))
TASKS = str(pathlib.Path(python_tasks.__file__))

ROUNDS = 11
CONFIDENCE = 0.95
TURN_S = 0.1  # of short tasks a turn takes several
MOST_TASKS = 5000
LEAST_SHARE, MOST_SHARE = 0.9, 1.1  # of the time that one undisturbed thread has a CPU

# Of a side in a turn: seconds of one task, and the process's CPU time for wall-clock time.
Times = collections.namedtuple("Times", "wall cpu share")


class Python:
    """One process for all tasks."""

    def __init__(self, environment):
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, TASKS],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def turn(self, subject, tasks, _):
        order = {"task": subject.name, "args": subject.args, "count": tasks}
        print(json.dumps(order), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the Python task {subject.name} ended before its time")
        answer = json.loads(line)
        share = answer["cpu"] / answer["wall"]
        return Times(answer["wall"] / tasks, answer["cpu"] / tasks, share)

    def once(self, name, args):
        return [sys.executable, TASKS, "once", name, json.dumps(args)]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ours:
    """A process for each turn: a pass of plain calls, behind one that warms up."""

    def __init__(self, environment, folder):
        # Without the way to gnuplot, whose charts nobody would look at.
        self.environment = {**environment, "PATH": str(folder)}
        for name in python_tasks.ONE_THREAD:
            self.environment.pop(name, None)
        self.output = folder / "output"
        self.host = None

    def turn(self, subject, tasks, seed):
        self.run([
            PPT_OMP, "--task", subject.name, "--task-args", json.dumps(subject.args),
            "--task-count", tasks, "--workers", 0, "--inner-threads", 1, "--memory", "reuse",
            "--warmup", 1, "--iterations", 1, "--seed", seed, "--output", self.output, "--quiet",
        ])  # fmt: skip
        lines = (self.output / "latest/samples.jsonl").read_text().splitlines()
        records = [json.loads(line) for line in lines]
        self.host = records[0]["host"]
        (measured,) = [r for r in records if r["type"] == "pass" and r["block"] == 1]
        cpu_ns = measured["worker_times"][0]["cpu_ns"]
        # Of all threads, and of taking the scratch as well.
        used_ns = measured["usage"]["user_ns"] + measured["usage"]["system_ns"]
        share = used_ns / (measured["total_ns"] + measured["scratch_ns"])
        return Times(measured["work_ns"] / 1e9 / tasks, cpu_ns / 1e9 / tasks, share)

    def once(self, name, args):
        return [PPT_OMP, "once", name, *map(json.dumps, args)]

    def dump(self, subject):
        path = self.output.parent / f"{subject.name}.dump"
        self.run([*self.once(subject.name, subject.args), "--dump", path])
        return path

    def run(self, command):
        done = subprocess.run(
            [str(word) for word in command],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(done.args)}: exit code {done.returncode}\n{done.stderr}")

    def close(self):
        pass


def count_process(side, name, args, folder):
    """What a process with that one task asked the system and the libraries for."""
    report = folder / "counts"
    environment = {**side.environment, "LD_PRELOAD": COUNTING, "PPT_COUNTS": str(report)}
    process = subprocess.Popen(
        side.once(name, args), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    # The kernel keeps the count of a process that has ended until somebody asks how.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    text = pathlib.Path(f"/proc/{process.pid}/io").read_text().replace(":", "")
    if process.wait() != 0:
        raise SystemExit(f"{name} {args} failed with counting.so before it")
    return {k: int(v) for k, v in map(str.split, (text + report.read_text()).splitlines())}


def count_work(side, subject, folder):
    """Without what a process does that has nothing to do."""
    idle = count_process(side, "sum", [0], folder)
    busy = count_process(side, subject.name, subject.args, folder)
    return {key: busy[key] - idle[key] for key in busy}


def judge_count(count, amounts):
    """What the table says about it; `amounts`: of Python and ours."""
    values = [amount[count.key] / count.unit for amount in amounts]
    form = "{:.0f}" if count.unit == 1 else "{:.2f}" if count.unit == MIB else "{:.3f}"
    text = f"{form.format(values[0])}; {form.format(values[1])} {count.label}"
    if count.expected is None:
        return text, True
    fine = all(abs(v - count.expected) <= count.tolerance * count.expected for v in values)
    return (text if fine else f"**{text}, {form.format(count.expected)} are due**"), fine


def judge_work(sides, subject, folder):
    if not subject.counts:
        return "by the result", True
    amounts = [count_work(side, subject, folder) for side in sides]
    texts, fine = zip(*(judge_count(count, amounts) for count in subject.counts))
    return ", ".join(texts), all(fine)


def judge_result(ours, subject):
    try:
        return subject.check(ours.dump(subject), *subject.args), True
    except Wrong as wrong:
        return f"**wrong: {wrong}**", False


def measure(sides, subject):
    """The times of each side by round."""
    counts, times = [], ([], [])
    for side in sides:
        wall = side.turn(subject, 1, 0).wall
        counts.append(min(MOST_TASKS, math.ceil(TURN_S / wall)))
    for round_ in range(ROUNDS):
        for i in (0, 1) if round_ % 2 == 0 else (1, 0):
            times[i].append(sides[i].turn(subject, counts[i], 1 + round_))
    return times


def interval(values):
    """The interval of the median by order statistics, for CONFIDENCE or a little more."""
    ordered, tail, k = sorted(values), 0.0, 0
    while k < len(values) // 2:
        tail += math.comb(len(values), k) / 2 ** len(values)
        if 1 - 2 * tail < CONFIDENCE:
            break
        k += 1
    return ordered[max(k - 1, 0)], ordered[-max(k, 1)]


def digits(ratio):
    return 3 if ratio < 2 else 1 if ratio < 100 else 0


def ratios(times, kind):
    """Of each round, how many times as fast ours is."""
    return [getattr(a, kind) / getattr(b, kind) for a, b in zip(*times)]


def row(sides, subject, folder):
    work, same = judge_work(sides, subject, folder)
    result, right = judge_result(sides[1], subject)
    times = measure(sides, subject)
    shares = [statistics.median(t.share for t in side) for side in times]
    alone = max(shares) <= MOST_SHARE
    if not alone:
        work += "; **more than one thread**"
    fast = ratios(times, "wall")
    median, (low, high) = statistics.median(fast), interval(fast)
    form = f"{{:.{digits(median)}f}}"
    by_cpu = statistics.median(ratios(times, "cpu"))
    cells = [
        subject.label,
        subject.work,
        work,
        result,
        *(f"{1e3 * statistics.median(t.wall for t in side):.4g} ms" for side in times),
        f"{form.format(median)}x [{form.format(low)}, {form.format(high)}]"
        + (" (disturbed)" if min(shares) < LEAST_SHARE else ""),
        f"{form.format(by_cpu)}x",
    ]
    print("| " + " | ".join(cells) + " |", flush=True)
    return same and right and alone


def python_blas():
    """The configuration and the core of the library that numpy was linked with."""
    try:
        function = ctypes.CDLL("libblas.so.3").openblas_get_config
    except (OSError, AttributeError):
        return "no OpenBLAS"
    function.restype = ctypes.c_char_p
    return function().decode()


def print_libraries(ours):
    print(
        f"- Python {sys.version.split()[0]}, numpy {numpy.__version__}, OpenCV {cv2.__version__}, "
        f"{' '.join(ssl.OPENSSL_VERSION.split()[:2])}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    )
    print(f"- BLAS of Python: {python_blas()}")
    print(f"- BLAS of ppt-omp: {ours.host['blas']}; its own loops: {ours.host['instruction_set']}")


def print_head():
    print(
        "\n| task | work of one task | counted: Python; ppt-omp | result | Python | ppt-omp "
        "| times as fast [95 % interval] | by CPU time |\n" + "| --- " * 8 + "|",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="zip with 8 MiB instead of 50")
    subjects = all_subjects(parser.parse_args().quick)
    for path in (PPT_OMP, COUNTING):
        if not os.path.exists(path):
            raise SystemExit(f"{path} is missing; scripts/setup.sh build makes it")
    place = os.environ.get("TMPDIR") or "/var/tmp"
    with tempfile.TemporaryDirectory(prefix="against-python-", dir=place) as name:
        folder = pathlib.Path(name)
        environment = {**os.environ, "TMPDIR": name}
        sides = (Python(environment), Ours(environment, folder))
        try:
            sides[1].turn(subjects[0], 1, 0)
            print_libraries(sides[1])
            print_head()
            fine = [row(sides, subject, folder) for subject in subjects]
        finally:
            for side in sides:
                side.close()
    return 0 if all(fine) else 3


if __name__ == "__main__":
    sys.exit(main())
