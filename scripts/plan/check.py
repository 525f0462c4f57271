"""check.py - the model against what a run with ranks measured."""

import csv
import statistics
import sys

import journal
import model
import shared
from journal import Refusal
from words import costs_text, print_table, share_text, time_text

# Ratios that are not marked.
AGREES = 0.05
# What tasks have of a set of CPUs at least, whatever else its ranks need.
LEAST_CPUS = 0.1


def predict_work(times, point, fixed, costs, places, use, talking):
    """Of a pass that was measured, on the CPUs that its ranks had. `talking` is how many CPUs each
    rank needs beside its tasks."""
    ranks, workers, inner = point
    mine = places.by_rank[:ranks]
    if places.crowded(ranks, workers, inner, use, talking):
        # A task with threads of its own uses as many CPUs while it uses any.
        cpus = [
            max(LEAST_CPUS, cpus - talking * sharing) / inner
            for cpus, sharing in zip(places.cpus, places.counts(ranks))
        ]
        return shared.simulate(times, workers, mine, fixed, costs, use, cpus)
    if fixed is None:
        return model.simulate_static(times, ranks, workers)
    return model.simulate_dynamic(times, ranks, workers, fixed, costs)


def check_rows(run, costs, places):
    """By point with ranks: measured and predicted seconds of passes, and of their work alone."""
    fixed = journal.rule_of(run)
    for point in run.points():
        ranks, workers, inner = point
        passes = run.at(ranks, workers, inner)
        plain = journal.plain_passes(run, inner)
        use = journal.cpu_share(plain)
        # A random mix is drawn anew for every block, which has its own list of tasks then.
        by_block = {entry["block"]: entry for entry in plain}
        talking = statistics.median(journal.talking_cpus(p) for p in passes)
        works = [
            predict_work(journal.times_of(entry), point, fixed, costs, places, use, talking).seconds
            for entry in (by_block.get(p["block"]) for p in passes)
            if entry
        ]
        if not works:
            continue
        around = sum(
            journal.fit_startup(run, workers, inner, part).at(ranks)
            for part in ("init_ns", "cleanup_ns")
        )
        yield {
            "point": point,
            "cpus": statistics.median(journal.cpus_used(p) for p in passes),
            "crowded": places.crowded(ranks, workers, inner, use, talking),
            "measured": statistics.median(p["total_ns"] for p in passes) * 1e-9,
            "predicted": statistics.median(works) + around,
            "work_measured": statistics.median(p["work_ns"] for p in passes) * 1e-9,
            "work_predicted": statistics.median(works),
        }


def check(run, costs, as_csv):
    if not run.points():
        raise Refusal(f"{run.folder}: no pass with ranks to compare with: measure with --ranks")
    places = journal.Places(run)
    rows = list(check_rows(run, costs, places))
    if not rows:
        raise Refusal(f"{run.folder}: no block with both a sequential pass and one with ranks")
    if as_csv:
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(["ranks", "workers", "inner_threads", "measured_s", "predicted_s", "ratio"])
        for row in rows:
            ratio = row["predicted"] / row["measured"]
            seconds = [f"{row[key]:.9g}" for key in ("measured", "predicted")]
            out.writerow([*row["point"], *seconds, f"{ratio:.6g}"])
        return
    use = journal.cpu_share(journal.plain_passes(run))
    print(f"{run.config['task']}: {run.config['task_count']} tasks, {distribution_text(run)}")
    asks = f"{costs_text(costs)}; " if journal.rule_of(run) is not None else ""
    print(f"  {asks}tasks use a CPU {share_text(use)} of their time")
    table = [["ranks", "workers", "measured", "predicted", "ratio", "work", "predicted", "ratio"]]
    for row in rows:
        ranks, workers, inner = row["point"]
        cells = [str(ranks), f"{workers}x{inner}" if inner > 1 else str(workers)]
        for measured, predicted in (("measured", "predicted"), ("work_measured", "work_predicted")):
            ratio = row[predicted] / row[measured]
            mark = " " if abs(ratio - 1) <= AGREES else "*"
            cells += [time_text(row[measured]), time_text(row[predicted]), f"{ratio:.3f}{mark}"]
        table.append(cells)
    print_table(table)
    if any("*" in cell for cells in table for cell in cells):
        print(f"  * more than {100 * AGREES:.0f} % apart")
    print_sharing(run, places, rows)


def print_sharing(run, places, rows):
    """Says when the CPUs are a part of what was predicted."""
    last = max(rows, key=lambda row: row["point"])
    ranks, workers, _ = last["point"]
    together = places.shared(ranks)
    if not together:
        return
    each = f"{workers} worker{'s' if workers > 1 else ''} each"
    print(
        f"Ranks share CPUs: up to {together} ranks with {each} ran on the same {min(places.cpus)}."
    )
    if any(row["crowded"] for row in rows):
        print(
            "  Tasks had to wait for CPUs: how these are shared is a part of the prediction. What\n"
            f"  other programs took of them is not: {ranks} ranks used {last['cpus']:.2f} on average."
        )
    else:
        print(
            "  Tasks use them too seldom to wait for one another. What messages cost is that of a\n"
            "  crowded machine all the same."
        )


def distribution_text(run):
    return f"distribution {run.config.get('distribution', 'dynamic')}"
