#!/usr/bin/env python3
"""journals.py FOLDER: writes the recordings of the gallery, FOLDER/NAME/samples.jsonl.

Nothing is measured: passes are played through by a model of tasks that wait for each other, with
noise whose seed is the recording's name. So every machine gets the same recordings, to the byte,
and what journals have to hold stands in one place, here. They say no more than a journal must, so
that what later versions add is what they take for granted.
"""

import dataclasses
import heapq
import itertools
import json
import math
import pathlib
import random
import statistics
import sys
import typing

MS = 1_000_000
CPUS = 64  # of the machine that all of this pretends to be from

# Every sign that means something to HTML, a shell, gnuplot, printf() or nobody, then a word that
# has no place to break.
HOSTILE = [
    "/opt/träge & \"schnell\"/bin/söker", "--query", "a<b> && c>d; `e` $F 'g' \\n %s @h {i}_j^k ~l",
    "--title", "Größe – 漢字 – Ελληνικά – кириллица – العربية – é – 🦀",
    "--word", "ein" + "unaussprechlich" * 9 + "langes_Wort",
]  # fmt: skip


class Noise:
    """Numbers about 1, the same ones for a name on every machine and with every Python."""

    def __init__(self, name):
        self.source = random.Random(name)
        self.normal = statistics.NormalDist()

    def uniform(self):
        return min(max(self.source.random(), 1e-12), 1 - 1e-12)

    def factor(self, spread):
        return math.exp(spread * self.normal.inv_cdf(self.uniform())) if spread else 1.0

    def shuffled(self, items):
        return sorted(items, key=lambda _: self.source.random())


@dataclasses.dataclass(frozen=True)
class Point:
    workers: int
    inner: int = 1
    ranks: int = 0
    program: int = 0
    size: int = 0
    pressure: str = ""  # of the search for causes: "alone", or what is pressed on

    @property
    def all_workers(self):
        return max(self.workers, 1) * max(self.ranks, 1)

    @property
    def threads(self):
        return self.all_workers * self.inner

    def keys(self):
        found = {"workers": self.workers, "inner_threads": self.inner}
        for key in ("ranks", "program", "size", "pressure"):
            value = getattr(self, key)
            if value:
                found[key] = value
        return found


def law(task_ms, waiting=0.0, talking=0.0, threads=1.0):
    """How long a task takes at a point, in nanoseconds: tasks side by side wait for what only one
    of them may use, and for each other in pairs; beyond the cores two threads share one. `threads`
    is what part of a task inner threads share."""

    def seconds(point):
        side = point.all_workers
        slower = 1 + waiting * (side - 1) + talking * side * (side - 1)
        shared = max(1, point.threads / (CPUS // 2))
        inner = (1 - threads) + threads / point.inner
        return task_ms * MS * slower * inner * shared**0.6

    return seconds


@dataclasses.dataclass
class Run:
    """What is recorded. `spread` is that of single tasks, `unrest` that of whole passes."""

    about: str  # what is to be looked at
    task: str
    args: typing.Any
    workers: list
    seconds: typing.Callable
    count: int = 120
    blocks: int = 10
    spread: float = 0.08
    unrest: float = 0.006
    working: float = 1.0  # share of a task's time for which it uses a CPU
    others: float = 0.0  # share of passes in which others take part
    config: dict = dataclasses.field(default_factory=dict)
    ranks: tuple = ()
    inner: tuple = (1,)
    programs: int = 0
    sizes: tuple = ()  # of what varies
    pressed: dict = dataclasses.field(default_factory=dict)  # how much longer beside what presses
    pressed_workers: tuple = (1, 8)
    hour: int = 9

    def points(self):
        """As the plan has them: without workers there are no ranks."""
        programs = range(1, self.programs + 1) if self.programs else (0,)
        sizes = range(1, len(self.sizes) + 1) if self.sizes else (0,)
        for program, size, ranks, workers, inner in itertools.product(
            programs, sizes, self.ranks or (0,), self.workers, self.inner
        ):
            if workers or not self.ranks or ranks == self.ranks[0]:
                yield Point(workers, inner, ranks if workers else 0, program, size)


def host(run):
    found = {
        "name": "gallery", "system": "Linux 6.1.0 x86_64", "cpu_model": "Gallery 9000 32-Core",
        "binary": "0123456789abcdef", "instruction_set": "avx2", "task_clock": "time-stamp counter",
        "blas": "OpenBLAS 0.3.21", "blas_core": "Zen",
        "online_cpus": CPUS, "allowed_cpus": CPUS, "allowed_cores": CPUS // 2,
        "effective_cpus": CPUS, "cpuset_cpus": CPUS, "threads_per_core": 2, "packages": 1,
        "numa_nodes": 2, "memory_bytes": 256 << 30, "available_bytes": 200 << 30, "quota_cpus": 0,
        "caches": [{"level": 1, "bytes": 32 << 10, "cpus": 2},
                   {"level": 2, "bytes": 1 << 20, "cpus": 2},
                   {"level": 3, "bytes": 32 << 20, "cpus": 16}],
        "environment": {"OMP_WAIT_POLICY": "passive"},
    }  # fmt: skip
    if run.ranks:
        found["cluster"] = [
            {"host": f"node{rank // 2}", "cpus": f"{rank % 2 * 16}-{rank % 2 * 16 + 15}",
             "cpu_model": found["cpu_model"], "scratch": "/var/tmp", "cores": 16,
             "effective_cpus": 16, "startup_ns": 560 * MS + rank}
            for rank in range(max(run.ranks))
        ]  # fmt: skip
    return found


def first_line(run):
    config = {
        "task": run.task, "task_args": run.args, "task_count": run.count, "workers": run.workers,
        "iterations": run.blocks, "wait_time_after_runner": 0, "wait_time_after_iteration": 0,
        "warmup": 1, "seed": 1, **run.config,
    }  # fmt: skip
    if run.inner != (1,):
        config["inner_threads"] = list(run.inner)
    if run.ranks:
        config["ranks"] = list(run.ranks)
    if run.sizes:
        config["vary"] = {"size": list(run.sizes)}
        config["task_counts"] = [run.count] * len(run.sizes)
    if run.pressed:
        config["why"] = True
    return {"type": "run", "version": 1, "program": "ppt-omp 1.0.0",
            "started": f"2026-01-02T{run.hour:02}:00:00+0000", "origin": "gallery.json",
            "config": config, "host": host(run)}  # fmt: skip


def play(point, times, init):
    """Whoever is free takes the next task: of each worker its tasks, their time, and its end."""
    team = [[0, 0, init + 700 * worker] for worker in range(point.all_workers)]
    free = [(worker[2], index) for index, worker in enumerate(team)]
    for time in times:
        begin, index = heapq.heappop(free)
        worker = team[index]
        worker[0] += 1
        worker[1] += time
        worker[2] = begin + time + 400
        heapq.heappush(free, (worker[2], index))
    return team


def quantile(ordered, share):
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def task_times(times):
    ordered = sorted(times)
    return {"sum_ns": sum(times), "smallest_ns": ordered[0], "median_ns": quantile(ordered, 0.5),
            "p95_ns": quantile(ordered, 0.95), "p99_ns": quantile(ordered, 0.99),
            "largest_ns": ordered[-1], "resolution": 0.0}  # fmt: skip


def noise_of(point, work, own, disturbed):
    """What others did meanwhile. Over ranks nobody can say."""
    known = point.ranks <= 1
    taken = round(0.3 * CPUS * work) if disturbed else 0
    queued = round(0.2 * min(point.threads, CPUS) * work) if disturbed else 0
    return {"steal_ns": round(0.02 * work) if disturbed else 0, "pressure_ns": queued // 2,
            "throttled_ns": 0, "stopped": 0, "cpus": CPUS,
            "busy_ns": own + taken if known else -1,
            "queued_ns": queued if known else -1}  # fmt: skip


def rank_times(point, team, total):
    ranks = []
    for rank in range(point.ranks):
        tasks = sum(worker[0] for worker in team[rank * point.workers : (rank + 1) * point.workers])
        ranks.append({"begin_ns": 1500 * rank + 200, "end_ns": total - 3000 * rank - 5000,
                      "mpi_ns": 900 * tasks + 20000, "requests": tasks + 1,
                      "answer_ns": 500 * tasks + 1600, "offset_ns": -5 * rank,
                      "offset_error_ns": 700 * (rank > 0)})  # fmt: skip
    return ranks


def measure(run, noise, point, disturbed):
    """A pass, but for when and in which block."""
    slower = run.pressed.get(point.pressure, 1) * (1.25 if disturbed else 1)
    mean = run.seconds(point) * noise.factor(run.unrest) * slower
    times = [max(1, round(mean * noise.factor(run.spread))) for _ in range(run.count)]
    init = 0 if point.workers == 0 else 60_000 + 9_000 * point.all_workers + 250_000 * point.ranks
    team = play(point, times, init)
    end = max(worker[2] for worker in team)
    cleanup = init // 3
    work, total = end - init, end + cleanup
    own = round(run.working * sum(times)) * point.inner
    running = run.working * (0.8 if disturbed else 0.998)
    workers = [
        {"tasks": tasks, "busy_ns": busy, "cpu_ns": round(running * busy),
         "start_ns": init, "end_ns": stop, "faults": 12, "cpu": index % CPUS,
         **({"waited_ns": 400 * tasks} if point.ranks else {})}
        for index, (tasks, busy, stop) in enumerate(team)
    ]  # fmt: skip
    pass_ = {
        **point.keys(), "init_ns": init, "work_ns": work, "cleanup_ns": cleanup, "total_ns": total,
        "scratch_ns": 2000, "task_count": run.count, "digest": "0123456789abcdef",
        "usage": {"user_ns": own, "system_ns": own // 200, "minor_faults": 80, "major_faults": 0,
                  "voluntary_switches": 20 + point.threads,
                  "involuntary_switches": 400 if disturbed else 2},
        "noise": noise_of(point, total, own + own // 200, disturbed),
        "peak_bytes": (40 << 20) + (6 << 20) * point.threads, "clock_khz": 3_400_000,
        "task_times": task_times(times), "worker_times": workers,
    }  # fmt: skip
    if point.ranks:
        pass_["rank_times"] = rank_times(point, team, total)
    if point.pressure not in ("", "alone"):
        pass_["pressed"] = {"alone": 4e9, "beside": 4e9 / slower}
    pass_["task_ns"] = times
    return pass_


def pressed_points(run):
    return [Point(workers, pressure=pressure) for workers in run.pressed_workers
            for pressure in ("alone", *run.pressed)]  # fmt: skip


def lines(name, run):
    """Every line of a journal."""
    noise = Noise(name)
    usual = list(run.points())
    now, positions = 1000, itertools.count()
    yield first_line(run)
    for block in range(run.blocks + 1 + (8 if run.pressed else 0)):
        if block == run.blocks + 1:
            yield {"type": "why", "block": block, "workers": list(run.pressed_workers),
                   "inner_threads": 1, "task_count": run.count}  # fmt: skip
        points = usual if block <= run.blocks else pressed_points(run)
        for point in noise.shuffled(points):
            disturbed = noise.uniform() < run.others
            pass_ = measure(run, noise, point, disturbed)
            yield {"type": "pass", "position": next(positions), "block": block, "started_ns": now,
                   **pass_}  # fmt: skip
            now += pass_["total_ns"] + 500_000
    yield {"type": "end", "status": 0}


# ---- the gallery ----------------------------------------------------------------------------

POWERS = [0, 1, 2, 4, 8, 16, 32, 64, 128]
FEW = [0, 1, 2, 4, 8]
SOME = [0, 1, 2, 3, 4, 6, 8]
SIZES = (1000, 4000, 12000, 20000, 64000, 256000)


def command(*argv):
    return {"argv": list(argv), "inputs": [], "sample_of": 0, "timeout": 3600, "output": "discard",
            "failures": "end"}  # fmt: skip


RUNS = {
    "two-counts": Run(
        "two counts, one point on the curve",
        "sort", {"size": 100000}, [0, 2], law(7, 0.03), count=40,
    ),
    "nine-counts": Run(
        "0 to 128 workers on a logarithmic axis, beyond the CPUs",
        "multi", {"iterations": 200000}, POWERS, law(6, 0.004, 0.00004), count=512,
    ),
    "every-count": Run(
        "every count up to 16, then 24 and 32",
        "sum", {"iterations": 900000}, [*range(17), 24, 32], law(3, 0.01, 0.0005),
    ),
    "grid": Run(
        "inner threads beside workers",
        "tensor", {"size": 300, "count": 20}, FEW, law(20, 0.02, 0.001, 0.85), count=60,
        inner=(1, 2, 4),
    ),
    "ranks": Run(
        "ranks of MPI on two hosts",
        "sort", {"size": 1000000}, FEW, law(80, 0.01, 0.0004), ranks=(1, 2, 4),
    ),
    "long-command": Run(
        "a program whose words are long and hostile",
        "command", command(*HOSTILE), SOME, law(30, 0.02, 0.002),
    ),
    "disturbed": Run(
        "others took part in a third of the passes",
        "matrix", {"size": 400}, FEW, law(12, 0.02), others=0.4, unrest=0.03,
    ),
    "low": Run(
        "few noisy iterations: confidence LOW",
        "zip", {"mib": 20, "level": 6, "content": "text"}, SOME, law(90, 0.15, 0.01), count=60,
        blocks=5, unrest=0.2, spread=0.3,
    ),
    "wait-law": Run(
        "laws that go on beyond what was measured",
        "wait", {"milliseconds": 2, "locked": 0.1}, [*SOME, 12, 16], law(2, 0.05, 0.003), count=400,
        spread=0.002, unrest=0.002, working=0.01,
    ),
    "programs": Run(
        "three programs against each other",
        "command", command("/usr/bin/grep", "-c", "error"), FEW,
        lambda point: law((20, 14, 9)[point.program - 1], 0.02, 0.001)(point), count=60, programs=3,
        config={"vs": [{"argv": ["/usr/bin/rg", "-c", "error"]},
                       {"argv": ["/opt/tools/count <fast> & more", "error"]}]},
    ),
    "sizes": Run(
        "from which size on inner threads are worth it",
        "sort", {"size": 1000000}, [0],
        lambda point: 12 * SIZES[point.size - 1] / point.inner**0.85 + 90_000 * (point.inner - 1),
        count=40, inner=(1, 2, 4), sizes=SIZES,
    ),
    "causes": Run(
        "what slows a task: memory bandwidth, as pressing shows",
        "tensor", {"size": 400, "count": 20}, FEW, law(9, 0.05, 0.004), unrest=0.012,
        pressed={"cpu": 1.97, "core": 1.04, "cache": 1.09, "memory": 1.62, "disk": 1.02,
                 "faults": 1.03, "metadata": 1.01},
    ),
    "mix": Run(
        "a random mix of three kinds",
        "random", ["sum", "multi", "sort"], FEW, law(5, 0.02, 0.001), spread=0.7,
    ),
    "one-block": Run(
        "one iteration: no verdict",
        "sum", {"iterations": 900000}, [0, 1, 2, 4], law(3, 0.01), blocks=1,
    ),
}  # fmt: skip

# The runs of the suite, one of each kind: some hardly gain, some gain much, one loses.
SUITE = {
    f"suite-{number:02}-{task}": Run("one of ten", task, args, FEW, law(*laws), blocks=6, count=40,
                                     hour=10)
    for number, (task, args, laws) in enumerate([
        ("sum", {"iterations": 1000000}, (4, 0.002)),
        ("multi", {"iterations": 200000}, (4, 0.01)),
        ("io", {"mib": 50}, (60, 0.4, 0.03)),
        ("zip", {"mib": 50, "level": 9, "content": "random"}, (900, 0.03)),
        ("tensor", {"size": 256, "count": 50}, (40, 0.08)),
        ("sort", {"size": 1000000}, (80, 0.05, 0.004)),
        ("matrix", {"size": 500}, (25, 0.12)),
        ("password", [5, 20, [12, 20], 0.8], (50, 0.2, 0.01)),
        ("wait", {"milliseconds": 5, "locked": 1}, (5, 1.05)),
        ("command", command(*HOSTILE[:3]), (12, 0.02, 0.002)),
    ], 1)
}  # fmt: skip


def side(factors, unrest=0.006):
    """Three runs of a program whose tasks take so many times as long, by workers."""
    usual = law(8, 0.03, 0.001)
    return [Run("one side of a comparison", "sort", {"size": 120000}, FEW,
                lambda point: usual(point) * factors.get(point.workers, 1),
                count=60, unrest=unrest, hour=11 + i) for i in range(3)]  # fmt: skip


# Of each side of a comparison three runs: first what others are compared with.
BASE = "base"
SIDES = {
    BASE: side({}),
    "regression": side({0: 1.02, 1: 1.03, 2: 1.4, 4: 4.2, 8: 9.9}),
    "improvement": side({0: 1.0, 1: 0.97, 2: 0.8, 4: 0.6, 8: 0.45}),
    "unchanged": side({}),
    "inconclusive": side({8: 1.1}, 0.15),
}


def journals():
    """Every recording by its name."""
    yield from RUNS.items()
    yield from SUITE.items()
    for name, runs in SIDES.items():
        yield from ((f"{name}-{i}", run) for i, run in enumerate(runs, 1))


def write(folder):
    for name, run in journals():
        path = pathlib.Path(folder, name, "samples.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            for line in lines(name, run):
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(sys.argv[1])
