#!/usr/bin/env python3
"""verdict_cases.py: works out what verdict_cases.json expects, apart from the program: by the rules
of bench/analyze/verdict.h in another language, with Student's t by numerical integration and
medians' intervals by exact fractions. Prints the file anew; a test of the program reads it."""

import fractions
import itertools
import json
import math
import pathlib
import statistics

TOLERANCE = math.log(1.05)
FILE = pathlib.Path(__file__).with_suffix(".json")


def t_cumulated(x, freedom):
    """P(T <= x) for x >= 0, by Simpson's rule after t = sqrt(freedom) tan(angle)."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    end, steps = math.atan(x / math.sqrt(freedom)), 2000
    weights = [1 if i in (0, steps) else 4 if i % 2 else 2 for i in range(steps + 1)]
    area = sum(w * math.cos(end * i / steps) ** (freedom - 1) for i, w in enumerate(weights))
    return 0.5 + scale * area * end / steps / 3


def t_quantile(probability, freedom):
    low, high = 0.0, 1e4
    for _ in range(90):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cumulated(middle, freedom) < probability else (low, middle)
    return low


def level(n, k):
    """How sure the span from the k-th smallest to the k-th largest of n is to hold the median."""
    below = sum(math.comb(n, i) for i in range(k))
    return 1 - 2 * float(fractions.Fraction(below, 2**n))


def interval(values, confidence):
    x, n = sorted(values), len(values)
    if n < 6 or level(n, 1) < confidence:
        error = statistics.stdev(x) / math.sqrt(n) * t_quantile((1 + confidence) / 2, n - 1)
        return statistics.fmean(x) - error, statistics.fmean(x) + error
    k = max(k for k in range(1, n // 2 + 1) if level(n, k) >= confidence)
    share = (level(n, k) - confidence) / (level(n, k) - level(n, k + 1))
    w = (n - k) * share / (k + (n - 2 * k) * share)
    return (1 - w) * x[k - 1] + w * x[k], (1 - w) * x[n - k] + w * x[n - k - 1]


def trimmed_bound(values, risk):
    x, n = sorted(values), len(values)
    cut = n // 5 if n >= 6 else 0
    left = n - 2 * cut
    clipped = [min(max(v, x[cut]), x[n - cut - 1]) for v in x]
    centre = statistics.fmean(clipped)
    variance = sum((v - centre) ** 2 for v in clipped) / (left * (left - 1))
    return statistics.fmean(x[cut : n - cut]) + math.sqrt(variance) * t_quantile(1 - risk, left - 1)


def expect(workers, rows):
    logs = [[math.log(v) for v in row] for row in rows]
    points, n = range(len(workers)), len(rows)
    m = [statistics.median(row[c] - statistics.median(row) for row in logs) for c in points]
    best = min(points, key=lambda c: m[c])
    good = [c for c in points if m[c] <= m[best] + TOLERANCE]
    rec = min((c for c in good if not (workers[c] == 1 and 0 in [workers[g] for g in good])),
              key=lambda c: (max(workers[c], 1), m[c]))

    def gap(a, b):
        return [row[a] - row[b] for row in logs]

    others = [c for c in points if c != rec]
    k = max(1, sum(interval(gap(c, best), 0.9)[0] <= TOLERANCE for c in points if c != best))
    p = m[rec] - m[best]
    upper = max([p] + [interval(gap(rec, c), 1 - 0.1 / k)[1] for c in others])
    upper99 = max([upper] + [trimmed_bound(gap(rec, c), 0.01 / k) for c in others])

    def shrinks(size):
        left = size - 2 * (size // 5 if size >= 6 else 0)
        return t_quantile(1 - 0.01 / k, left - 1) / math.sqrt(size)

    needed = 0
    if upper99 > TOLERANCE:
        sizes = itertools.chain(range(n + 1, 61), range(70, 401, 10))
        enough = (s for s in sizes
                  if p + 1.2 * (upper99 - p) * shrinks(s) / shrinks(n) <= TOLERANCE)
        needed = next(enough, 0)
    speedup = {}
    for c in points[1:]:
        gains = gap(0, c)
        low, high = interval(gains, 0.95)
        speedup[str(workers[c])] = [round(math.exp(v), 6)
                                    for v in (statistics.median(gains), low, high)]
    return {
        "recommended": workers[rec],
        "best_point": workers[best],
        "contenders": k,
        "slowdown_point": round(math.expm1(p), 6),
        "slowdown_upper95": round(math.expm1(upper), 6),
        "slowdown_upper99": round(math.expm1(upper99), 6),
        "confidence": "HIGH" if upper99 <= TOLERANCE else
                      "MEDIUM" if math.expm1(upper) <= 0.1 else "LOW",
        "blocks_needed": needed,
        "speedup": speedup,
    }


def main():
    cases = json.loads(FILE.read_text())
    for case in cases:
        case["expected"] = expect(case["workers"], case["pass_seconds"])
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
