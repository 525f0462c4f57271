#!/usr/bin/env python3
"""compare_cases.py: works out what compare_cases.json expects, apart from the program: by the rules
of bench/analyze/compare.h and shift.h in another language. Every block is a process of its own.
Prints the file anew; tests of the program read it."""

import json
import math
import pathlib
import random
import statistics
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import verdict_cases  # noqa: E402  (found through the line above)

THRESHOLD = math.log(1.03)
CURVE = {0: 0.8, 1: 0.82, 2: 0.42, 4: 0.23}


def trimmed(values):
    """Mean without a fifth at either end, the variance of it, degrees of freedom."""
    x, n = sorted(values), len(values)
    cut = n // 5 if n >= 6 else 0
    left = n - 2 * cut
    clipped = [min(max(v, x[cut]), x[n - cut - 1]) for v in x]
    squares = sum((v - statistics.fmean(clipped)) ** 2 for v in clipped)
    variance = squares / (left * (left - 1)) if left > 1 else 0
    return statistics.fmean(x[cut : n - cut]), variance, left - 1


def freedom_of(parts):
    """Satterthwaite's, of a sum of variances, each with its own."""
    below = sum(v * v / f for v, f in parts if v > 0)
    return max(1, sum(v for v, _ in parts) ** 2 / below) if below > 0 else 1


def shifts_of_pair(old, new):
    """One run a side: a list of values, each a list over points."""
    found = []
    for a, b in zip(zip(*old), zip(*new)):
        (x, v, f), (y, w, g) = trimmed(a), trimmed(b)
        found.append((y - x, v + w, freedom_of([(v, f), (w, g)])))
    return found


def shifts_of_runs(old, new):
    """Lists of runs."""
    sides, runs = [old, new], old + new
    points = len(old[0][0])
    means = [[[trimmed(c)[0] for c in zip(*run)] for run in side] for side in sides]
    spare = len(runs) - 2
    # Of all points of a run, and of what is left at each.
    whole = [[statistics.fmean(m) for m in side] for side in means]
    between = sum((w - statistics.fmean(side)) ** 2 for side in whole for w in side) / spare
    left = 0
    for side, wholes in zip(means, whole):
        for p in range(points):
            rest = [m[p] - w for m, w in zip(side, wholes)]
            left += sum((r - statistics.fmean(rest)) ** 2 for r in rest)
    left /= spare * (points - 1)
    within, within_left, within_freedom = [], [], 0
    for run in runs:
        if len(run) > 1:
            middles = [statistics.median(row) for row in run]
            _, variance, freedom = trimmed(middles)
            rests = [[v - m for v, m in zip(c, middles)] for c in zip(*run)]
            within.append(variance)
            within_left.append(statistics.fmean(trimmed(r)[1] for r in rests))
            within_freedom += freedom
    a, b = (between, spare), (left, spare * (points - 1))
    if within and statistics.fmean(within) > a[0]:
        a = statistics.fmean(within), within_freedom
    if within and statistics.fmean(within_left) > b[0]:
        b = statistics.fmean(within_left), within_freedom * points / 2
    b = b[0] * (1 - 1 / points), b[1]
    variance = (1 / len(old) + 1 / len(new)) * (a[0] + b[0])
    centre = [[statistics.fmean(c) for c in zip(*side)] for side in means]
    return [(y - x, variance, freedom_of([a, b])) for x, y in zip(*centre)]


def judged(old, new):
    logs = [[[[math.log(t) for t in row] for row in run] for run in side] for side in (old, new)]
    if len(old) == len(new) == 1:
        shifts = shifts_of_pair(logs[0][0], logs[1][0])
    else:
        shifts = shifts_of_runs(*logs)
    points, classes = [], []
    for shift, variance, freedom in shifts:
        error = math.sqrt(variance)
        sure = verdict_cases.t_quantile(1 - 0.05 / len(shifts), freedom) * error
        plain = verdict_cases.t_quantile(0.95, freedom) * error
        low, high, most = shift - sure, shift + sure, shift + plain
        classes.append(
            "slower" if low > THRESHOLD
            else "inconclusive" if most >= THRESHOLD
            else "unchanged" if shift - plain > -THRESHOLD
            else "improved" if high < 0
            else "not slower"
        )  # fmt: skip
        points.append({
            "change": math.expm1(shift),
            "interval": [math.expm1(low), math.expm1(high)],
            "slower_at_most": math.expm1(most),
            "faster_at_most": -math.expm1(shift - plain),
            "verdict": classes[-1],
        })  # fmt: skip
    order = ["slower", "inconclusive", "improved", "not slower", "unchanged"]
    verdict = next(c for c in order if c in classes)
    for m in range(2, len(shifts) + 1) if verdict == "inconclusive" else ():
        together = [
            i for i, (shift, variance, freedom) in enumerate(shifts)
            if shift - verdict_cases.t_quantile(1 - 0.05 * m / len(shifts), freedom)
            * math.sqrt(variance) > THRESHOLD
        ]  # fmt: skip
        if len(together) >= m:
            for i in together:
                points[i]["verdict"] = "slower"
            return "slower", points
    return verdict, points


def runs_of(source, blocks, noise, spread, factors):
    """Seconds to the microsecond: by run, block and point."""
    runs = []
    for count in blocks:
        run = spread * source.gauss(0, 1)
        at = [run + spread * source.gauss(0, 1) for _ in CURVE]
        runs.append([])
        for _ in range(count):
            shared = noise * source.gauss(0, 1)
            runs[-1].append([
                round(t * f * math.exp(a + shared + noise * source.gauss(0, 1))
                      * (2 if source.random() < 0.05 else 1), 6)
                for t, f, a in zip(CURVE.values(), factors, at)
            ])  # fmt: skip
    return runs


def main():
    cases = []
    for name, blocks, noise, spread, factors in (
        ("one run a side", ([10], [12]), 0.01, 0, (1, 1, 1, 1.1)),
        ("three runs a side, alike", ([10] * 3, [10] * 3), 0.01, 0.001, (1, 1, 1, 1)),
        ("three runs a side that differ", ([10] * 3, [10] * 3), 0.01, 0.03, (1, 1, 1, 1)),
        ("one point slower", ([8] * 3, [8] * 3), 0.01, 0.003, (1, 1, 1, 1.2)),
        ("all faster", ([7, 9, 6], [10] * 3), 0.01, 0.002, (0.9, 0.9, 0.9, 0.9)),
        ("two and four runs", ([5, 4], [3, 2, 6, 4]), 0.01, 0.01, (1.3, 1, 1, 1.3)),
        ("single blocks", ([1] * 5, [1] * 6), 0.005, 0.002, (1, 1.2, 1, 1)),
        ("not slower", ([10] * 3, [10] * 3), 0.01, 0.01, (0.985, 0.985, 0.985, 0.985)),
        ("slower together", ([8], [8]), 0.015, 0, (1.05, 1.05, 1.05, 1.05)),
    ):
        source = random.Random(name)
        old = runs_of(source, blocks[0], noise, spread, [1] * len(CURVE))
        new = runs_of(source, blocks[1], noise, spread, factors)
        verdict, points = judged(old, new)
        cases.append({"name": name, "old": old, "new": new, "verdict": verdict, "points": points})
    # One line for each case: it is data.
    lines = ",\n".join(json.dumps(case) for case in cases)
    print(f'{{"workers": {json.dumps(list(CURVE))}, "cases": [\n{lines}\n]}}')


if __name__ == "__main__":
    main()
