"""shared.py - the simulation of ranks that share CPUs, where each slows the others down.

It follows every task, which is for as many ranks as fit one machine.
"""

import heapq
import itertools
import math
from collections import deque

import model


class Shared:
    """What is followed: ranks whose workers share CPUs.

    All tasks that run at a time progress equally fast, as on a fair scheduler: n of them, which use
    a CPU for a share u of their time, on c CPUs at the rate 1 / (1 - u + u max(1, u n / c)).
    Progress is a clock of its own for each set of CPUs, on which the ends of tasks are fixed.
    """

    def __init__(self, times, workers, places, fixed, costs, use, cpus):
        self.times, self.workers, self.places = times, workers, places
        self.fixed, self.costs, self.use, self.cpus = fixed, costs, use, cpus
        ranks = len(places)
        self.now = 0.0
        self.progress = [0.0] * len(cpus)
        self.running = [[] for _ in cpus]  # heaps of (progress at its end, rank)
        self.pools = [deque() for _ in range(ranks)]
        self.idle = [workers] * ranks
        self.asked = [False] * ranks
        self.given = [0] * ranks  # tasks of the last answer
        self.left = [len(times)] * ranks  # tasks that rank 0 had, as far as a rank knows
        self.at = self.requests = self.run_tasks = 0
        self.served = self.emptied = 0.0
        self.order = itertools.count()
        self.messages = []

    # --- tasks ---

    def rate(self, place):
        busy = self.use * len(self.running[place])
        return 1 / (1 - self.use + self.use * max(1.0, busy / self.cpus[place]))

    def next_end(self):
        """When the next task ends, and on which CPUs."""
        ends = [
            (self.now + max(0.0, running[0][0] - self.progress[place]) / self.rate(place), place)
            for place, running in enumerate(self.running)
            if running
        ]
        return min(ends, default=(math.inf, None))

    def advance(self, when):
        for place, running in enumerate(self.running):
            if running:
                self.progress[place] += (when - self.now) * self.rate(place)
        self.now = when

    def begin_tasks(self, rank):
        """Idle workers take tasks from the pool; on rank 0 from the counter of all tasks."""
        pool, place = self.pools[rank], self.places[rank]
        while self.idle[rank] > 0:
            if pool:
                index = pool.popleft()
            elif rank == 0 and self.fixed is not None and self.at < len(self.times):
                index = self.at
                self.at += 1
            else:
                break
            end = self.progress[place] + self.times[index]
            heapq.heappush(self.running[place], (end, rank))
            self.idle[rank] -= 1
            self.run_tasks += 1

    def end_task(self, place):
        end, rank = heapq.heappop(self.running[place])
        self.progress[place] = max(self.progress[place], end)
        self.idle[rank] += 1
        self.begin_tasks(rank)
        self.ask(rank)

    # --- messages ---

    def post(self, when, action, *arguments):
        heapq.heappush(self.messages, (when, next(self.order), action, arguments))

    def ask(self, rank):
        if rank == 0 or self.fixed is None or self.asked[rank] or self.left[rank] == 0:
            return
        if model.asks_ahead(self.left[rank], len(self.places) * self.workers):
            few = len(self.pools[rank]) < model.low_of(self.given[rank], self.workers)
            chunks = self.workers if few else 0
        else:
            chunks = self.idle[rank]
        if chunks > 0:
            self.asked[rank] = True
            self.post(self.now + self.costs.latency, self.queue, rank, chunks)

    def queue(self, rank, chunks):
        begin = max(self.served, self.now)
        self.served = begin + self.costs.service
        self.post(begin, self.serve, rank, chunks)

    def serve(self, rank, chunks):
        remaining = len(self.times) - self.at
        chunk = model.chunk_of(self.fixed, remaining, len(self.places) * self.workers)
        tasks = range(self.at, min(len(self.times), self.at + chunks * chunk))
        if len(tasks) > 0:
            self.emptied = self.now
            self.requests += 1
        self.at = tasks.stop
        there = self.now + self.costs.service + self.costs.latency
        self.post(there, self.receive, rank, tasks)

    def receive(self, rank, tasks):
        self.asked[rank] = False
        self.given[rank] = len(tasks)
        self.left[rank] = len(self.times) - tasks.stop
        self.pools[rank].extend(tasks)
        self.begin_tasks(rank)
        self.ask(rank)

    def run(self):
        for rank, (first, end) in enumerate(model.blocks(len(self.times), len(self.places))):
            if self.fixed is None:
                self.pools[rank].extend(range(first, end))
            self.begin_tasks(rank)
            self.ask(rank)
        last = 0.0
        while True:
            end, place = self.next_end()
            if self.messages and self.messages[0][0] < end:
                when, _, action, arguments = heapq.heappop(self.messages)
                self.advance(when)
                action(*arguments)
            elif place is not None:
                self.advance(end)
                self.end_task(place)
                last = self.now
            else:
                break
        return model.Outcome(last, self.requests, self.emptied, self.run_tasks)


def simulate(times, workers, places, fixed, costs, use, cpus):
    """As model.simulate_dynamic(), or as model.simulate_static() when `fixed` is None, on shared CPUs.

    places  by rank the set of CPUs that it is on
    use     share of its time that a task uses a CPU, 0 to 1
    cpus    by set how many there are
    """
    return Shared(times, workers, places, fixed, costs, use, cpus).run()
