"""rules.py - ways to share tasks out, each simulated on more and more workers."""

import array
import concurrent.futures
import gc
import math
import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass

import model

# With more tasks than this, and more per worker, only the end of the list is simulated.
MOST_SIMULATED = 2 * 10**5
MOST_PER_WORKER = 40
# By so much what is simulated of it may seem slower than workers that never wait.
STEPS = 0.03
# Fewer tasks are simulated sooner than processes are started.
FEW_TASKS = 20000


@dataclass(frozen=True)
class Rule:
    """A way to share tasks out."""

    name: str
    fixed: int = 0  # of dynamic: tasks per worker and request, 0: automatic
    group: int = 0  # of a tree: ranks per master; 0: about as many as there are masters

    def simulate(self, times, ranks, workers, costs):
        if self.name == "static":
            return model.simulate_static(times, ranks, workers)
        if self.name == "tree":
            group = self.group or max(1, round(math.sqrt(ranks)))
            return model.simulate_tree(times, ranks, workers, group, costs)
        return model.simulate_dynamic(times, ranks, workers, self.fixed, costs)

    def predict(self, times, ranks, workers, costs):
        """As simulate(), but of a very long list only the end is simulated. What comes before is
        taken to be handed out as fast, per second of work, as the first half of that is. Blocks of
        equal size, and a rank alone, have a short way of their own."""
        each = max(MOST_PER_WORKER, 8 * self.fixed)
        most = max(MOST_SIMULATED, each * ranks * workers)
        if self.name == "static" or ranks == 1 or len(times) <= most:
            return self.simulate(times, ranks, workers, costs)
        whole = self.simulate(times[-most:], ranks, workers, costs)
        half = self.simulate(times[-(most // 2) :], ranks, workers, costs)
        first_half = math.fsum(times[-most : -(most // 2)])
        if first_half == 0:
            return self.simulate(times, ranks, workers, costs)
        share = math.fsum(times[:-most]) / first_half
        # When the last task ends is a matter of which one is long: the moment at which the list was
        # empty says more about the pace. It comes in steps of a chunk, hence the margin.
        ideal = first_half / (ranks * workers)
        pace = whole.emptied - half.emptied
        before = share * (pace if pace > (1 + STEPS) * ideal else ideal)
        return model.Outcome(
            whole.seconds + before,
            whole.requests + round(share * (whole.requests - half.requests)),
            whole.emptied + before,
            len(times),
        )

    def chunk(self, count, all_workers):
        """Tasks per worker and request, on average. The automatic chunk takes the same share of
        what is left each time, so it needs a logarithm of requests until single tasks are left."""
        if self.fixed:
            return self.fixed
        each = count / all_workers
        parts = model.AUTOMATIC_SHARE
        return each / (parts * (1 + math.log(each / parts))) if each > parts else 1.0


@dataclass(frozen=True)
class Row:
    """What is predicted for a number of workers."""

    workers: int
    ranks: int
    outcomes: list  # by rule: model.Outcome
    efficiencies: list  # by rule


def plan_rows(times, rules, options, costs, startup, slowdown):
    """By workers in equal ratios, whole powers of ten among them; the number asked for last."""
    steps = range(options.per_decade, 8 * options.per_decade)
    counts = [round(10 ** (i / options.per_decade)) for i in steps]
    counts = [count for count in counts if count < options.workers] + [options.workers]
    sizes = []
    for count in counts:
        workers = min(count, options.workers_per_rank)
        sizes.append((math.ceil(count / workers), workers))
    whole = math.fsum(times)
    slow = times
    if slowdown != 1:
        slow = array.array("d", (seconds * slowdown for seconds in times))
    work = [(rule, ranks, workers, costs) for ranks, workers in sizes for rule in rules]
    outcomes = simulate_all(slow, work)
    for i, (ranks, workers) in enumerate(sizes):
        row = outcomes[i * len(rules) : (i + 1) * len(rules)]
        ideal = whole / (ranks * workers)
        totals = [startup.at(ranks) + outcome.seconds for outcome in row]
        efficiencies = [ideal / total if total > 0 else 1.0 for total in totals]
        yield Row(ranks * workers, ranks, row, efficiencies)


# What every process that simulates has from the one that started it, without a copy.
TIMES = []


def simulate_one(work):
    rule, ranks, workers, costs = work
    return rule.predict(TIMES, ranks, workers, costs)


def simulate_all(times, work):
    """The outcomes in the order of the work, on all CPUs that may be used."""
    global TIMES
    TIMES = times
    # Millions of small objects that live on would be searched for rubbish again and again.
    gc.disable()
    jobs = min(len(os.sched_getaffinity(0)), len(work))
    if jobs == 1 or len(times) < FEW_TASKS:
        return [simulate_one(one) for one in work]
    fork = multiprocessing.get_context("fork")
    # Ctrl-C ends all of them, and without a word.
    silent = (signal.SIGINT, signal.SIG_DFL)
    with concurrent.futures.ProcessPoolExecutor(jobs, fork, signal.signal, silent) as pool:
        # The largest come last in a table and take longest: they begin first.
        running = [pool.submit(simulate_one, one) for one in reversed(work)]
        outcomes = []
        for number, future in enumerate(running):
            note(f"{number} of {len(work)} simulated")
            outcomes.append(future.result())
        note("")
    return outcomes[::-1]


def note(text):
    """A line that the next one overwrites, for whoever waits."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
