"""Queues of tasks that arrive, by formula: what measured ones are held against.

Tasks arrive at random (Poisson) at a rate, and c workers take them in the order of arrival. Where
services are exponential that is M/M/c, whose formulas are Erlang's; where all are equally long it is
M/D/c, exact after Crommelin (the queue seen at intervals of one service) and Franx (the distribution
of waiting without alternating sums).
"""

import bisect
import heapq
import math


def erlang_c(workers, offered):
    """How likely a task waits, in M/M/c."""
    terms = [offered**k / math.factorial(k) for k in range(workers)]
    last = offered**workers / math.factorial(workers) * workers / (workers - offered)
    return last / (sum(terms) + last)


class Exponential:
    """M/M/c: responses, which are waiting and service."""

    def __init__(self, workers, rate, service_s):
        self.workers, self.mu, self.offered = workers, 1 / service_s, rate * service_s
        self.waits = erlang_c(workers, self.offered)
        self.mean = service_s + self.waits / (workers * self.mu - rate)

    def longer(self, time_s):
        """The share of tasks that take longer."""
        rest = self.workers - 1 - self.offered
        more = (self.mu * time_s if abs(rest) < 1e-9
                else (1 - math.exp(-self.mu * time_s * rest)) / rest)  # fmt: skip
        return math.exp(-self.mu * time_s) * (1 + self.waits * more)


class Constant:
    """M/D/c: the same."""

    MOST = 1200  # tasks in the system; at the loads that are asked of it more are next to impossible

    def __init__(self, workers, rate, service_s):
        self.workers, self.rate, self.service_s = workers, rate, service_s
        arrive = [self.poisson(k, rate * service_s) for k in range(self.MOST)]
        arrive = arrive[: max(k for k, p in enumerate(arrive) if p > 1e-18) + 1]
        now = [1.0] + [0.0] * (self.MOST - 1)
        for _ in range(100_000):
            left = [sum(now[: workers + 1])] + now[workers + 1 :]
            after = [0.0] * self.MOST
            for k, p in enumerate(left):
                if p > 1e-15:
                    for more, q in enumerate(arrive[: self.MOST - k]):
                        after[k + more] += p * q
            change = sum(abs(a - b) for a, b in zip(now, after))
            now = after
            if change < 1e-10:
                break
        total = 0.0
        self.at_most = []  # how likely so many tasks wait, or fewer
        for queued in range(self.MOST - workers):
            total = sum(now[: workers + 1]) if queued == 0 else total + now[workers + queued]
            self.at_most.append(total)
        self.mean = service_s + sum(1 - p for p in self.at_most) / rate

    @staticmethod
    def poisson(count, mean):
        return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))

    def longer(self, time_s):
        """The share of tasks that take longer."""
        wait_s = time_s - self.service_s
        if wait_s < 0:
            return 1.0
        k = int(wait_s / self.service_s) + 1
        ahead = self.rate * (k * self.service_s - wait_s)
        if k * self.workers > len(self.at_most):
            return 0.0  # next to impossible, see MOST
        if ahead <= 0:
            return 1 - self.at_most[k * self.workers - 1]
        return 1 - sum(self.at_most[k * self.workers - 1 - j] * self.poisson(j, ahead)
                       for j in range(k * self.workers))  # fmt: skip


def percentile(queue, share):
    """What so large a share of the responses stays below."""
    low, high = 0.0, 1.0
    while queue.longer(high) > 1 - share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if queue.longer(middle) > 1 - share else (low, middle)
    return low


def replay(arrivals, services, workers):
    """The responses of the very same tasks where workers lose no time: first come, first served."""
    free = [0.0] * workers
    responses = []
    for arrived, service in zip(arrivals, services):
        ends = max(arrived, heapq.heappop(free)) + service
        heapq.heappush(free, ends)
        responses.append(ends - arrived)
    return responses


def rank(values, share):
    """The nearest rank of a percentile."""
    return sorted(values)[max(0, math.ceil(share * len(values) - 1e-9) - 1)]


def fewest(queues, share, limit_s):
    """The fewest workers that keep a limit, among queues by number of workers; None: none does."""
    keep = [workers for workers, queue in sorted(queues.items())
            if percentile(queue, share) <= limit_s]  # fmt: skip
    return keep[0] if keep else None


def check():
    """Against what is known otherwise: one worker in closed form, many by simulation."""
    import random

    one = Constant(1, 0.7, 1.0)
    assert abs(one.mean - (1 + 0.7 / (2 * 0.3))) < 1e-6, one.mean
    rng = random.Random(1)
    for workers, rho in ((2, 0.8), (4, 0.6)):
        at, arrivals = 0.0, []
        for _ in range(400_000):
            at += rng.expovariate(rho * workers)
            arrivals.append(at)
        found = replay(arrivals, [1.0] * len(arrivals), workers)
        queue = Constant(workers, rho * workers, 1.0)
        assert abs(sum(found) / len(found) / queue.mean - 1) < 0.02
        assert abs(rank(found, 0.99) / percentile(queue, 0.99) - 1) < 0.03
        assert bisect.bisect(found, 0) == 0
    print("formulas agree")


if __name__ == "__main__":
    check()
