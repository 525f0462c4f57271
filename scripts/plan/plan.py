#!/usr/bin/env python3
"""plan.py [RUN_DIR] [options]: where a list of tasks stops scaling over the ranks of a cluster.

Rank 0 hands out tasks, one request after the other. This simulates the list on more and more
workers: up to how many rank 0 keeps up, which chunk moves that point, and when equal blocks or a
tree of masters do better. Task times and costs come from a run of ppt-omp-mpi, or from options:

    plan.py output/latest
    plan.py output/latest --mean 0.01 --cv 0.5      # other tasks at that run's costs
    plan.py --mean 1 --cv 0.5 --service 40e-6 --latency 20e-6
    plan.py --check output/latest     # the model against what that run measured

model.py is the simulation, journal.py reads runs, docs/planning.md explains both.
"""

import argparse
import array
import csv
import math
import random
import sys

# A tree of sources is no place for compiled copies.
sys.dont_write_bytecode = True

import chart
import journal
import model
from check import check
from journal import Refusal, Startup
from rules import Rule, plan_rows
from words import costs_text, count_text, print_table, share_text, time_text

MOST_WORKERS = 10**7
MOST_TASKS = 5 * 10**7
# Rank 0 counts as saturated from this share of time on: the beginning and the end of a run leave it
# some rest in any case.
SATURATED = 0.9


# --- tasks -----------------------------------------------------------------------------------


def read_times(path):
    """One number of seconds per line; # begins a comment."""
    times = []
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                for word in line.partition("#")[0].split():
                    try:
                        seconds = float(word)
                    except ValueError:
                        seconds = math.nan
                    if not 0 <= seconds < math.inf:
                        raise Refusal(f'{path}:{number}: "{word}" is no time in seconds')
                    times.append(seconds)
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refusal(f"{path}: not a text file") from None
    if not times:
        raise Refusal(f"{path}: no task times")
    return times


def drawn_times(mean, cv, count, source):
    """Lognormal, as run times that vary by the product of many causes are."""
    if cv == 0:
        return array.array("d", [mean]) * count
    sigma = math.sqrt(math.log1p(cv * cv))
    mu = math.log(mean) - sigma * sigma / 2
    return array.array("d", (math.exp(source.gauss(mu, sigma)) for _ in range(count)))


def list_of_tasks(options, run, count):
    """The times of as many tasks as are planned for. Measured ones are taken in their order if
    there are as many, else drawn from anew. As an array they are shared by all processes that
    simulate: each would make a copy of numbers that are objects, by counting who uses them."""
    source = random.Random(options.seed)
    if options.mean is not None:
        return drawn_times(options.mean, options.cv, count, source)
    if options.task_times:
        times = read_times(options.task_times)
    else:
        passes = journal.plain_passes(run)
        times = [seconds for entry in passes for seconds in journal.times_of(entry)]
    return array.array("d", times if len(times) == count else source.choices(times, k=count))


# --- the plan --------------------------------------------------------------------------------


def best_of(row, rules):
    """The rule that is best; those that are as good to a thousandth come in the order of the
    table, in which the simpler ones are first."""
    most = max(row.efficiencies)
    return next(r.name for r, e in zip(rules, row.efficiencies) if e >= most - 0.001)


def print_plan(rows, rules, costs):
    table = [["workers", "ranks", *(rule.name for rule in rules), "best"]]
    for row in rows:
        efficiencies = [
            share_text(efficiency) + ("!" if outcome.busy(costs) >= SATURATED else " ")
            for outcome, efficiency in zip(row.outcomes, row.efficiencies)
        ]
        table.append([str(row.workers), str(row.ranks), *efficiencies, best_of(row, rules)])
    print_table(table)
    if any(outcome.busy(costs) >= SATURATED for row in rows for outcome in row.outcomes):
        print(f"  ! rank 0 answers requests at least {100 * SATURATED:.0f} % of the time")


def print_saturation(rows, rules, mean, count, costs):
    """Where rank 0 saturates, by the formula and in the simulation."""
    last = rows[-1]
    per_rank = last.workers // last.ranks
    for index, rule in enumerate(rules):
        if not rule.name.startswith("dynamic"):
            continue
        if costs.service == 0:
            print(f"{rule.name}: requests cost rank 0 nothing, so it never saturates.")
            continue
        chunk = rule.chunk(count, last.workers)
        most = chunk * per_rank * mean / costs.service
        print(
            f"{rule.name}: by the formula rank 0 keeps up with {count_text(most)} workers"
            + ("" if rule.fixed else f" (mean chunk {chunk:.2g})")
        )
        full = [row for row in rows if row.outcomes[index].busy(costs) >= SATURATED]
        if full:
            served = max(row.efficiencies[index] * row.workers for row in full)
            print(
                f"  simulated: busy all the time at {count_text(full[0].workers)}; no more is ever "
                f"done than {count_text(served)} busy workers do"
            )
        else:
            most = max(row.outcomes[index].busy(costs) for row in rows)
            print(
                f"  simulated: busy at most {share_text(most)} of the time up to "
                f"{count_text(last.workers)} workers"
            )


def write_csv(rows, rules, costs, startup):
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(
        ["workers", "ranks", "rule", "efficiency", "seconds", "startup_s", "requests", "rank0_busy"]
    )
    for row in rows:
        for rule, outcome, efficiency in zip(rules, row.outcomes, row.efficiencies):
            begin = startup.at(row.ranks)
            out.writerow(
                [row.workers, row.ranks, rule.name, f"{efficiency:.6g}"]
                + [f"{begin + outcome.seconds:.9g}", f"{begin:.9g}", outcome.requests]
                + [f"{outcome.busy(costs):.6g}"]
            )


# --- the command line ------------------------------------------------------------------------


def number(least, kind, most=math.inf, above=False):
    def read(text):
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        enough = value > least if above else value >= least
        if not enough or not value <= most or value == math.inf:
            limits = f"{'above' if above else 'from'} {least:g}"
            limits += f" to {most:g}" if most < math.inf else " on"
            what = "whole number" if kind is int else "number"
            raise argparse.ArgumentTypeError(f'"{text}" is no {what} {limits}')
        return value

    return read


def chunks(text):
    return [number(1, int, 10**9)(word) for word in text.split(",")]


def picture(text):
    if not text.endswith((".png", ".svg")):
        raise argparse.ArgumentTypeError(f'"{text}" ends in neither .png nor .svg')
    return text


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="plan.py",
        description="Where a list of tasks stops scaling over the ranks of a cluster.",
        epilog="All times are in seconds.",
        allow_abbrev=False,
    )
    seconds, whole = number(0, float), lambda least, most: number(least, int, most)
    add = parser.add_argument
    add("run", nargs="?", metavar="RUN_DIR", help="a run's folder: what options do not say")
    add("--check", metavar="RUN_DIR", help="compare the model with what a run with ranks measured")
    add("--task-times", metavar="FILE", help="a file of task times, one on a line")
    add("--mean", type=number(0, float, above=True), metavar="S", help="mean of the task times")
    add("--cv", type=number(0, float, 100), metavar="X", help="their standard deviation / mean")
    add("--costs", metavar="RUN_DIR", help="another run, to take the next two from")
    add("--service", type=seconds, metavar="S", help="time of rank 0 for a request")
    add("--latency", type=seconds, metavar="S", help="time of a message, each way")
    add("--startup", type=seconds, metavar="S", help="time before the first task")
    add("--startup-per-rank", type=seconds, metavar="S", help="more of it per rank")
    add("--startup-per-doubling", type=seconds, metavar="S", help="more per doubling of the ranks")
    add("--workers", type=whole(10, MOST_WORKERS), metavar="N", default=10**6,
        help="the most workers (default 1000000)")  # fmt: skip
    add("--per-decade", type=whole(1, 10), metavar="N", default=1,
        help="rows from one power of ten of workers to the next (default 1)")  # fmt: skip
    add("--workers-per-rank", type=whole(1, 10**5), metavar="N", help="(default 64)")
    add("--tasks", type=whole(1, MOST_TASKS), metavar="N", help="(default 10 per worker)")
    add("--chunk", type=chunks, metavar="N,...", default=[1],
        help="tasks per worker and request to plan with, beside automatic (default 1)")  # fmt: skip
    add("--group", type=whole(1, 10**6), metavar="N", default=0,
        help="ranks per master of the tree (default: the root of the ranks)")  # fmt: skip
    add("--cpus", type=number(0, float, above=True), metavar="N",
        help="CPUs of a rank's workers (default: one each)")  # fmt: skip
    add("--cpu-share", type=number(0, float, 1), metavar="X",
        help="share of its time that a task uses a CPU (default: measured, or 1)")  # fmt: skip
    add("--seed", type=int, metavar="N", default=1, help="of task times that are drawn (default 1)")
    add("--csv", action="store_true", help="print a table for programs")
    add("--gnuplot", type=picture, metavar="FILE", help="draw it with gnuplot: .png or .svg")
    options = parser.parse_args(arguments)
    given = [options.task_times is not None, options.mean is not None]
    if options.check:
        if options.run or any(given) or options.gnuplot:
            parser.error("--check takes everything from its run, and draws nothing")
    elif sum(given) > 1:
        parser.error("task times come from --task-times or --mean, not from both")
    elif not (options.run or any(given)):
        parser.error("task times come from RUN_DIR, --task-times or --mean")
    if options.cv is not None and options.mean is None:
        parser.error("--cv goes with --mean")
    options.cv = options.cv or 0.0
    return options, parser


def costs_of(options, run):
    """Options come before what a run measured."""
    service, latency = options.service, options.latency
    if service is not None and latency is not None:
        return model.Costs(service, latency)
    run = journal.read_run(options.costs) if options.costs else run
    measured = journal.measured_costs(run) if run else None
    if measured is None:
        raise Refusal(
            "what a request costs is not known: give --service and --latency, or a run that handed "
            "tasks out to 2 ranks or more"
        )
    return model.Costs(
        measured.service if service is None else service,
        measured.latency if latency is None else latency,
    )


def startup_of(options, run):
    measured = journal.measured_startup(run) if run else Startup()
    names = ("startup", "startup_per_rank", "startup_per_doubling")
    given = [getattr(options, name) for name in names]
    if any(value is not None for value in given):
        return Startup(*(value or 0.0 for value in given))
    return measured


def slowdown_of(options, run):
    """How much longer tasks take because more workers than CPUs run them."""
    use = options.cpu_share
    if use is None:
        measured = run and options.mean is None and options.task_times is None
        use = journal.cpu_share(journal.plain_passes(run)) if measured else 1.0
    if options.cpus is None:
        return 1.0
    return 1 - use + use * max(1.0, use * options.workers_per_rank / options.cpus)


def plan(options):
    run = journal.read_run(options.run) if options.run else None
    options.workers_per_rank = options.workers_per_rank or 64
    count = options.tasks or min(MOST_TASKS, 10 * options.workers)
    costs, startup = costs_of(options, run), startup_of(options, run)
    slowdown = slowdown_of(options, run)
    times = list_of_tasks(options, run, count)
    mean = math.fsum(times) / count
    cv = math.sqrt(math.fsum((t - mean) ** 2 for t in times) / count) / mean if mean > 0 else 0.0
    rules = [
        Rule("static"),
        *(Rule(f"dynamic,{chunk}", chunk) for chunk in options.chunk),
        Rule("dynamic"),
        Rule("tree", group=options.group),
    ]
    rows = list(plan_rows(times, rules, options, costs, startup, slowdown))
    title = f"{count_text(count)} tasks of {time_text(mean)} (CV {cv:.2f})"
    if options.csv:
        write_csv(rows, rules, costs, startup)
    else:
        print(f"{title}, {options.workers_per_rank} workers per rank")
        print(f"  {costs_text(costs)}")
        if slowdown > 1:
            print(f"  tasks take {slowdown:.3g} times as long: workers share {options.cpus:g} CPUs")
        print_plan(rows, rules, costs)
        print_saturation(rows, rules, mean * slowdown, count, costs)
    if options.gnuplot:
        marks = [
            (options.workers_per_rank * rule.fixed * mean * slowdown / costs.service, chart.colour(i))
            for i, rule in enumerate(rules)
            if rule.fixed and costs.service > 0
        ]
        chart.draw(chart.script(rows, rules, title, options.gnuplot, marks), options.gnuplot)


def check_run(options):
    run = journal.read_run(options.check)
    asking = journal.rule_of(run) is not None
    check(run, costs_of(options, run) if asking and run.points() else model.Costs(), options.csv)


def main():
    options, parser = parse(sys.argv[1:])
    try:
        if options.check:
            check_run(options)
        else:
            plan(options)
    except Refusal as problem:
        parser.exit(2, f"plan.py: {problem}\n")
    except KeyboardInterrupt:
        parser.exit(130)


if __name__ == "__main__":
    main()
