"""journal.py - what a run of ppt-omp-mpi says about tasks and costs, for a plan."""

import json
import math
import pathlib
import statistics
from dataclasses import dataclass

import model

# Beyond so many tasks a pass keeps no time of each.
KEPT_TASKS = 10000
# What is read of a line.
NEEDED = {
    "run": ["config"],
    "pass": ["block", "workers", "inner_threads", "worker_times"]
    + ["init_ns", "work_ns", "cleanup_ns", "total_ns", "usage"],
    "failed": ["workers", "inner_threads"],
}
# A point with fewer requests says little about one of them: rank 0 had to be woken for most.
ENOUGH_REQUESTS = 20
# Halvings that a latency is looked for by.
LATENCY_STEPS = 24


class Refusal(Exception):
    """Something that cannot be planned with; its text says what to do."""


@dataclass
class Run:
    """A run's journal, as far as a plan needs it."""

    folder: pathlib.Path
    config: dict
    cluster: list  # by rank; empty without MPI
    host: dict
    passes: list
    failed: set  # of (ranks, workers, inner threads)

    def at(self, ranks, workers, inner=None):
        """The passes of a point that count: not warm-up, and the point did not fail later."""
        return [
            p
            for p in self.passes
            if p["block"] > 0
            and (p.get("ranks", 0), p["workers"]) == (ranks, workers)
            and (inner is None or p["inner_threads"] == inner)
            and (ranks, workers, p["inner_threads"]) not in self.failed
        ]

    def points(self):
        """(ranks, workers, inner threads) of all points with ranks."""
        return sorted(
            {
                (p["ranks"], p["workers"], p["inner_threads"])
                for p in self.passes
                if p.get("ranks", 0) > 0 and self.at(p["ranks"], p["workers"], p["inner_threads"])
            }
        )


def read_run(folder):
    path = pathlib.Path(folder)
    path = path / "samples.jsonl" if path.is_dir() else path
    head, passes, failed = None, [], set()
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    entry = json.loads(line)
                    kind = entry["type"]
                    complete = all(key in entry for key in NEEDED.get(kind, []))
                    if kind == "pass":
                        complete &= len(entry.get("rank_times", [])) == entry.get("ranks", 0)
                    if not complete:
                        raise ValueError
                except (ValueError, TypeError, KeyError):
                    # The last line of a run that was killed may be cut short.
                    if not line.endswith("\n"):
                        break
                    raise Refusal(f"{path}:{number}: not a line of a journal") from None
                if any("answer_ns" not in rank for rank in entry.get("rank_times", [])):
                    raise Refusal(
                        f"{path}:{number}: a pass over ranks without answer_ns, from an older "
                        "program: measure again"
                    )
                if kind == "run":
                    head = entry
                elif kind == "pass":
                    passes.append(entry)
                elif kind == "failed":
                    ranks = entry.get("ranks", 0)
                    failed.add((ranks, entry["workers"], entry["inner_threads"]))
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refusal(f"{path}: not a journal") from None
    if head is None or not passes:
        raise Refusal(f"{path}: a journal without {'passes' if head else 'a head'}")
    host = head.get("host", {})
    return Run(path.parent, head["config"], host.get("cluster", []), host, passes, failed)


def plain_passes(run, inner=None):
    """The passes that task times come from: sequential ones, or else those of one worker, which
    nothing runs beside either."""
    for workers in (0, 1):
        found = run.at(0, workers, inner)
        if found:
            return found
    raise Refusal(
        f"{run.folder}: no sequential passes to take task times from: measure with workers 0"
    )


def times_of(entry):
    """The task times of a pass in seconds."""
    if "task_ns" not in entry:
        raise Refusal(
            f"a pass of more than {KEPT_TASKS} tasks keeps no time of each: measure with fewer, or "
            "give --mean and --cv"
        )
    return [ns * 1e-9 for ns in entry["task_ns"]]


def cpu_share(passes):
    """The share of its time that a task uses a CPU."""
    busy = sum(w["busy_ns"] for p in passes for w in p["worker_times"])
    cpu = sum(w["cpu_ns"] for p in passes for w in p["worker_times"])
    return min(1.0, cpu / busy) if busy > 0 else 1.0


def rule_of(run):
    """Tasks per worker and request, 0 for the automatic chunk; None: equal blocks."""
    word, _, chunk = str(run.config.get("distribution", "dynamic")).partition(",")
    if word == "static":
        return None
    return int(chunk) if chunk else 0


def wall_ns(entry):
    """From the start of a pass to its end: what scratch memory takes one thread is not in its total
    (of older programs it is)."""
    return max(1, entry["total_ns"] + entry.get("scratch_ns", 0))


def cpus_used(entry):
    """How many CPUs a pass kept busy on average."""
    usage = entry["usage"]
    return (usage["user_ns"] + usage["system_ns"]) / wall_ns(entry)


def talking_cpus(entry):
    """CPUs that each rank of a pass needed for anything but tasks: the thread that speaks to other
    ranks wakes up to look for messages."""
    tasks = sum(w["cpu_ns"] for w in entry["worker_times"]) / wall_ns(entry)
    return max(0.0, cpus_used(entry) - tasks) / max(1, entry.get("ranks", 0))


def measured_costs(run):
    """Service and latency of a request, from passes that were handed out; None without one.

    Service is rank 0's time by request, a median over passes, of the points with enough requests
    where it is least: what it is above that is waking up, cold caches or a CPU that others had,
    none of which a rank 0 knows that answers one request after the other.

    Latency is what makes the workers of the model wait for as long as those of the run did. The
    time from asking until tasks come says less: ranks ask ahead, and while their workers have tasks
    they look for answers seldom. Once they have none a worker still has to wake up.
    """
    fixed = rule_of(run)
    requests = {
        point: statistics.median(p["rank_times"][0]["requests"] for p in run.at(*point))
        for point in run.points()
        if point[0] >= 2 and fixed is not None
    }
    points = [point for point, count in requests.items() if count > 0]
    if not points:
        return None
    most = max(requests.values())
    service = min(
        statistics.median(
            p["rank_times"][0]["answer_ns"] * 1e-9 / max(1, p["rank_times"][0]["requests"])
            for p in run.at(*point)
        )
        for point in points
        if requests[point] >= min(most, ENOUGH_REQUESTS)
    )
    latencies = [latency_at(run, point, fixed, service) for point in points]
    return model.Costs(service, statistics.median(latencies))


def latency_at(run, point, fixed, service):
    """By halving, since workers wait the longer the higher it is."""
    ranks, workers, inner = point
    times = times_of(plain_passes(run, inner)[0])
    waited = statistics.median(
        sum(w["waited_ns"] for w in p["worker_times"][workers:]) * 1e-9 for p in run.at(*point)
    )
    low, high = 0.0, max(waited, 1e-9)
    for _ in range(LATENCY_STEPS):
        middle = (low + high) / 2
        costs = model.Costs(service, middle)
        if model.simulate_dynamic(times, ranks, workers, fixed, costs).waited < waited:
            low = middle
        else:
            high = middle
    return low


@dataclass(frozen=True)
class Startup:
    """Seconds of a pass, or of a job, in which no task runs."""

    constant: float = 0.0
    per_rank: float = 0.0
    per_doubling: float = 0.0

    def at(self, ranks):
        return self.constant + self.per_rank * ranks + self.per_doubling * math.log2(ranks)


def fit_startup(run, workers, inner, part):
    """How a part of a pass grows with the ranks, by least squares over the medians of the points
    with so many workers. Rank 0 tells every rank of its own, so it is a straight line."""
    seconds = {
        ranks: statistics.median(p.get(part, 0) * 1e-9 for p in run.at(ranks, workers, inner))
        for ranks, w, i in run.points()
        if (w, i) == (workers, inner)
    }
    if not seconds:
        return Startup()
    if len(seconds) > 1:
        slope, constant = statistics.linear_regression(list(seconds), list(seconds.values()))
        if slope > 0 and constant >= 0:
            return Startup(constant, slope)
    return Startup(statistics.fmean(seconds.values()))


def measured_startup(run):
    """What a job takes before and after its tasks: starting it, and a pass with the most workers
    that were measured with ranks."""
    if not run.points():
        return Startup()
    _, workers, inner = max(run.points(), key=lambda point: point[1:])
    begin = fit_startup(run, workers, inner, "init_ns")
    end = fit_startup(run, workers, inner, "cleanup_ns")
    scratch = fit_startup(run, workers, inner, "scratch_ns")
    job = max((rank.get("startup_ns", 0) for rank in run.cluster), default=0)
    return Startup(
        max(0, job) * 1e-9 + begin.constant + end.constant + scratch.constant,
        begin.per_rank + end.per_rank + scratch.per_rank,
    )


class Places:
    """Which ranks run on the same CPUs: those of one host with one list of CPUs."""

    def __init__(self, run):
        known = {}
        self.by_rank, self.cpus = [], []
        for rank in run.cluster:
            name = (rank["host"], rank["cpus"])
            if name not in known:
                known[name] = len(self.cpus)
                self.cpus.append(max(1, rank["effective_cpus"]))
            self.by_rank.append(known[name])

    def counts(self, ranks):
        """By set of CPUs how many of the first ranks are on it."""
        return [self.by_rank[:ranks].count(place) for place in range(len(self.cpus))]

    def shared(self, ranks):
        """The most of the first ranks that are on the same CPUs; 0: none share."""
        most = max(self.counts(ranks), default=0)
        return most if most > 1 else 0

    def crowded(self, ranks, workers, inner, use, talking):
        """Whether tasks have to wait for a CPU, ranks needing so many beside them."""
        return any(
            count * (use * workers * inner + talking) > cpus
            for count, cpus in zip(self.counts(ranks), self.cpus)
        )
