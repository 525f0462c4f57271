"""model.py - how long a list of tasks takes on many ranks, by simulation.

Three ways to share tasks out among R ranks with W workers each:

  static     every rank has an equal block of the list, known without asking
  dynamic    ranks ask rank 0, which answers one request after the other
  tree       rank 0 hands large portions to masters, each of which serves a group of ranks

Inside a rank the tasks it was given are a pool, from which whichever worker is free takes the next
one. That is list scheduling, so a rank is a heap of the times at which its workers become free, and
what has to be followed over time is requests alone: their number does not exceed the seconds
simulated divided by the seconds of service, however many workers there are.

Where processes share CPUs, ranks slow each other down and a rank cannot be followed on its own:
shared.py follows every task then.

All times are in seconds. No randomness: the same tasks give the same result.
"""

import heapq
import itertools
import math
from collections import deque
from dataclasses import dataclass

# The automatic chunk is this share of what every worker would get of the tasks left, the other
# parts being for later requests: factoring halves, which needs better knowledge of the times.
AUTOMATIC_SHARE = 4
# With no more tasks left per worker than this, ranks ask for no more than workers that wait need:
# what lies in the pool of one rank could keep another one's workers busy.
ROUNDS_AHEAD = 2
# Before that a rank asks for all its workers, when it has less than this share of what it was given
# last, or less than a task per worker.
LOW_SHARE = 4


@dataclass(frozen=True)
class Costs:
    """What handing out costs."""

    service: float = 0.0  # of one request at the rank that answers it, which does nothing else then
    latency: float = 0.0  # of a message, each way


@dataclass(frozen=True)
class Outcome:
    """What became of a pass."""

    seconds: float  # until the last task has ended
    requests: int = 0  # for tasks, that rank 0 answered with some
    emptied: float = 0.0  # when it began to answer the last one
    tasks: int = 0  # that were run
    waited: float = 0.0  # for tasks, by the workers of all ranks but rank 0 together; of dynamic

    def busy(self, costs):
        """The share of the time that rank 0 spent on answering while it had tasks to hand out."""
        until = self.emptied + costs.service
        return self.requests * costs.service / until if until > 0 else 0.0


def chunk_of(fixed, remaining, all_workers):
    """Tasks per worker and request: `fixed`, or by how many remain when that is 0."""
    return fixed or max(1, remaining // (AUTOMATIC_SHARE * all_workers))


def asks_ahead(remaining, all_workers):
    """Whether ranks ask before their workers have run out of tasks."""
    return remaining > ROUNDS_AHEAD * all_workers


def low_of(given, workers):
    """Below so many tasks in its pool a rank asks ahead."""
    return max(given // LOW_SHARE, workers)


class Pool:
    """The workers of a rank, and tasks it was given that no worker has begun."""

    __slots__ = ("free", "begins", "waited")

    def __init__(self, workers):
        self.free = [0.0] * workers  # a heap: when each worker will have run all it was given
        self.begins = deque()  # of tasks that may not have begun yet, ascending
        self.waited = 0.0

    def give(self, times, now):
        """Tasks come in: every one goes to the worker that is free first."""
        free, add, replace = self.free, self.begins.append, heapq.heapreplace
        for seconds in times:
            begin = free[0]
            if begin < now:
                self.waited += now - begin
                begin = now
            replace(free, begin + seconds)
            add(begin)

    def next_request(self, now, given, ahead):
        """When the rank asks again, and for how many of its workers."""
        begins, workers = self.begins, len(self.free)
        if not ahead:
            begins.clear()
            when = max(now, self.free[0])
            return when, self.count_free(when)
        while begins and begins[0] <= now:
            begins.popleft()
        when = now
        for _ in range(len(begins) - low_of(given, workers) + 1):
            when = begins.popleft()
        return when, workers

    def count_free(self, when):
        """Workers that are free by then; in a heap all above one of them are, too."""
        free, count, places = self.free, 0, [0]
        for place in places:  # grows meanwhile
            if place < len(free) and free[place] <= when:
                count += 1
                places += (2 * place + 1, 2 * place + 2)
        return count


def simulate_static(times, ranks, workers):
    """Equal blocks; no messages."""
    count = len(times)
    ends = [list_schedule(times[a:b], workers) for a, b in blocks(count, ranks)]
    return Outcome(max(ends), tasks=count)


def blocks(count, ranks):
    """First and end of every rank's block; the first ranks have what does not divide."""
    size, rest = divmod(count, ranks)
    ends = [size * rank + min(rank, rest) for rank in range(ranks + 1)]
    return list(zip(ends, ends[1:]))


def list_schedule(times, workers, most_exact=200):
    """When the last of some workers is done that take the tasks of a list one by one.

    With very many tasks per worker all but the last ones are taken to be perfectly balanced; by
    Graham's bound that is wrong by less than the longest task.
    """
    begin = 0.0
    if len(times) > most_exact * workers:
        bulk = len(times) - most_exact * workers // 2
        begin = math.fsum(itertools.islice(times, bulk)) / workers
        times = times[bulk:]
    free = [begin] * workers
    replace = heapq.heapreplace
    for seconds in times:
        replace(free, free[0] + seconds)
    return max(free)


def simulate_dynamic(times, ranks, workers, fixed, costs):
    """Ranks ask rank 0, whose own workers take tasks from its counter, one at a time.

    fixed  tasks per worker and request; 0: the automatic chunk
    """
    count, all_workers = len(times), ranks * workers
    if ranks == 1:
        return Outcome(list_schedule(times, workers), tasks=count)
    pools = [Pool(workers) for _ in range(ranks)]
    own = pools[0].free
    # In a heap by time of arrival; ranks that came at the same time are served in their order.
    queue = [(costs.latency, rank, workers) for rank in range(1, ranks)]
    served, at, requests, begin = 0.0, 0, 0, 0.0
    while at < count:
        begin = max(served, queue[0][0])
        if own[0] < begin:
            heapq.heapreplace(own, own[0] + times[at])
            at += 1
            continue
        _, rank, chunks = queue[0]
        chunk = chunk_of(fixed, count - at, all_workers)
        end = min(count, at + chunks * chunk)
        pool = pools[rank]
        served = begin + costs.service
        requests += 1
        pool.give(times[at:end], served + costs.latency)
        given, at = end - at, end
        ahead = asks_ahead(count - at, all_workers)
        when, chunks = pool.next_request(served + costs.latency, given, ahead)
        heapq.heapreplace(queue, (when + costs.latency, rank, chunks))
    end = max(max(pool.free) for pool in pools)
    # In the end a rank asks once more, and hears that nothing is left.
    news = (2 * costs.latency + costs.service) * workers * (ranks - 1)
    waited = sum(pool.waited for pool in pools[1:]) + news
    return Outcome(end, requests, begin, count, waited)


class Stock:
    """Portions of the list that a master has and no rank yet."""

    __slots__ = ("portions", "size")

    def __init__(self):
        self.portions = deque()
        self.size = 0

    def add(self, portion):
        if len(portion) > 0:
            self.portions.append(portion)
            self.size += len(portion)

    def take(self, most):
        """Ranges of at most so many tasks together, from the oldest on."""
        if self.portions and len(self.portions[0]) > most:
            first = self.portions[0]
            self.portions[0] = first[most:]
            self.size -= most
            return [first[:most]]
        taken = []
        while most > 0 and self.portions:
            first = self.portions.popleft()
            taken.append(first[:most])
            if len(first) > most:
                self.portions.appendleft(first[most:])
            most -= len(taken[-1])
            self.size -= len(taken[-1])
        return taken


class Master:
    """Serves a group of ranks from tasks that it has from rank 0."""

    __slots__ = ("workers", "stock", "served", "waiting", "wanted", "asked", "given", "remaining")

    def __init__(self, workers, remaining):
        self.workers = workers  # of all ranks in the group
        self.stock = Stock()
        self.served = 0.0
        self.waiting = deque()  # ranks that came when it had no tasks, and the chunks they want
        self.wanted = 0  # such chunks
        self.asked = False
        self.given = 0  # tasks of the last portion
        self.remaining = remaining  # tasks that rank 0 had left, as far as known


class Tree:
    """The events of simulate_tree() in the order of time, and what they do."""

    def __init__(self, times, ranks, workers, group, costs):
        self.times, self.costs = times, costs
        self.all_workers = ranks * workers
        self.pools = [Pool(workers) for _ in range(ranks)]
        self.group = group
        self.masters = [
            Master(workers * min(group, ranks - first), len(times))
            for first in range(1, ranks, group)
        ]
        self.at = self.requests = 0
        self.served = self.emptied = 0.0
        self.order = itertools.count()
        # Heaps: of ranks that ask their masters, and of what masters and rank 0 send each other.
        self.queue = [(costs.latency, rank, workers) for rank in range(1, ranks)]
        self.messages = []

    def run(self):
        queue, messages = self.queue, self.messages
        while queue or messages:
            if messages and (not queue or messages[0][0] <= queue[0][0]):
                when, _, action, master, content = heapq.heappop(messages)
                action(when, master, content)
            else:
                self.serve_rank()
        end = max(max(pool.free) for pool in self.pools)
        return Outcome(end, self.requests, self.emptied, self.at)

    def post(self, when, action, master, content):
        heapq.heappush(self.messages, (when, next(self.order), action, master, content))

    def run_own(self, until):
        """Rank 0's own workers take tasks from its counter."""
        own = self.pools[0].free
        while own[0] < until and self.at < len(self.times):
            heapq.heapreplace(own, own[0] + self.times[self.at])
            self.at += 1

    def serve_master(self, now, master, chunks):
        """Rank 0 hands out a portion, or the news that none is left."""
        begin = max(self.served, now)
        self.run_own(begin)
        if self.at < len(self.times):
            self.emptied = begin
            self.requests += 1
        self.served = begin + self.costs.service
        chunk = chunk_of(0, len(self.times) - self.at, self.all_workers)
        portion = range(self.at, min(len(self.times), self.at + chunk * chunks))
        self.at = portion.stop
        self.post(self.served + self.costs.latency, self.receive, master, portion)

    def receive(self, now, master, portion):
        master.asked = False
        master.given = len(portion)
        master.remaining = len(self.times) - portion.stop
        master.stock.add(portion)
        # Those that there may be too little for go on waiting, and are asked for together.
        for_all = master.stock.size
        while master.waiting and for_all > 0:
            rank, chunks = master.waiting.popleft()
            master.wanted -= chunks
            for_all -= chunks
            heapq.heappush(self.queue, (now, rank, chunks))
        self.ask(now, master)

    def ask(self, now, master):
        """As a rank asks: ahead for all workers of the group, near the end for those that wait."""
        if master.asked or master.remaining == 0:
            return
        if asks_ahead(master.remaining, self.all_workers):
            few = master.stock.size < low_of(master.given, master.workers)
            chunks = master.workers if few else 0
        else:
            chunks = master.wanted
        if chunks > 0:
            master.asked = True
            self.post(now + self.costs.latency, self.serve_master, master, chunks)

    def serve_rank(self):
        """The request that came first."""
        now, rank, chunks = self.queue[0]
        master = self.masters[(rank - 1) // self.group]
        stock, pool = master.stock, self.pools[rank]
        if stock.size == 0:
            heapq.heappop(self.queue)
            if master.remaining > 0:
                master.waiting.append((rank, chunks))
                master.wanted += chunks
                self.ask(now, master)
            return
        chunk = chunk_of(0, stock.size, master.workers)
        begin = master.served if master.served > now else now
        master.served = begin + self.costs.service
        there = master.served + self.costs.latency
        given = 0
        for part in stock.take(chunk * chunks):
            given += len(part)
            pool.give(self.times[part.start : part.stop], there)
        ahead = asks_ahead(master.remaining, self.all_workers) or asks_ahead(
            stock.size, master.workers
        )
        when, chunks = pool.next_request(there, given, ahead)
        heapq.heapreplace(self.queue, (when + self.costs.latency, rank, chunks))
        if not master.asked:
            self.ask(now, master)


def simulate_tree(times, ranks, workers, group, costs):
    """Rank 0 serves masters, the first rank of every `group` ranks each. A master serves the ranks
    of its group, its own among them, by the automatic chunk of what it has itself."""
    if ranks == 1:
        return Outcome(list_schedule(times, workers), tasks=len(times))
    return Tree(times, ranks, workers, group, costs).run()
