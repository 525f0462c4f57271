"""What the columns of results.csv mean, computed anew from samples.jsonl.

The first ten columns are those of the Python tool that ppt-omp succeeds; scripts of its users
read them. Nothing of the product takes part in this, and nothing of what it has computed is read:
only the passes as they were timed.
"""

import json
import os
import statistics

# In the order of the file; what follows them is ppt-omp's own.
COLUMNS = [
    "Name",
    "Workers",
    "Job details",
    "Job count",
    "Time: init",
    "Time: work",
    "Time: task avg",
    "Time: total",
    "Tasks per second",
    "Speedup (vs sequential)",
    "Speedup (median, paired)",
]

NS_PER_S = 1e9
TEST_IMAGE = "landscape.png"


def read_passes(path):
    """The passes of samples.jsonl, warm-up included."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    passes = [line for line in lines if line["type"] == "pass"]
    # What was measured again counts as it was then.
    again = {place_of(line) for line in passes if line.get("again")}
    return [line for line in passes if line.get("again") or place_of(line) not in again]


def place_of(line):
    return line["block"], line.get("ranks"), line["workers"], line["inner_threads"]


def details(task, args):
    """What the Python tool writes about a configuration's arguments."""
    if task == "tensor":
        return f"{args[0]}x{args[1]}"
    if task == "password":
        stored, tried, (shortest, longest), ratio = args[:4]
        return f"{stored}/{tried}; [{shortest}, {longest}]; {ratio}"
    if task == "img":
        return ";".join(os.path.basename(path) for path in (args[0] if args else [TEST_IMAGE]))
    if task == "random":
        return ";".join(args) or "any"
    return str(args[0])


def mean_seconds(passes, field):
    return statistics.fmean(line[field] for line in passes) / NS_PER_S


def paired_median(passes, references):
    """How much faster than the sequential pass of the same block; the median over blocks. It is
    asked for odd numbers of blocks alone, where there is no doubt what that is."""
    reference = {line["block"]: line["total_ns"] for line in references}
    ratios = [reference[line["block"]] / line["total_ns"] for line in passes]
    if len(ratios) % 2 == 0:
        raise ValueError(f"{len(ratios)} blocks have no middle one")
    return statistics.median(ratios)


def rows(path, task, args):
    """The rows that results.csv must have, as dictionaries of values: one per number of workers,
    ascending. The speedups are None where there is no sequential row."""
    points = {}
    for line in read_passes(path):
        if line["block"] > 0:
            points.setdefault(line["workers"], []).append(line)
    found = []
    for workers, passes in sorted(points.items()):
        (count,) = {line["task_count"] for line in passes}
        total = mean_seconds(passes, "total_ns")
        per_task = [line["task_times"]["sum_ns"] / count for line in passes]
        values = [
            f"parallel_{workers}" if workers else "sequential",
            workers,
            details(task, args),
            count,
            mean_seconds(passes, "init_ns"),
            mean_seconds(passes, "work_ns"),
            statistics.fmean(per_task) / NS_PER_S,
            total,
            count / total,
            mean_seconds(points[0], "total_ns") / total if 0 in points else None,
            paired_median(passes, points[0]) if 0 in points else None,
        ]
        found.append(dict(zip(COLUMNS, values, strict=True)))
    return found
