#!/usr/bin/env python3
"""causes.py PROGRAM PLANTED CONFIG_FOLDER [--runs N] [--tables FOLDER] [planted] [tasks]: how often
`ppt-omp why` is right.

planted: N runs for each cause of the kernel PLANTED (tests/why/planted.c), and how many name it.
tasks: the sensitivities of the tasks that the program comes with, twice, and whether the two agree.
Tables go to FOLDER/planted.md and FOLDER/tasks.md, or to the terminal. The exit code is 1 where a
cause is named in less than nine of ten runs, or two tables do not agree: where two causes are named,
or slowdowns differ. For an idle machine; an hour with all of it.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

# What is planted, and what should be named.
CAUSES = {"arithmetic": "cpu", "cache": "cache", "memory": "memory", "lock": "lock",
          "faults": "faults", "disk": "disk", "nothing": "none"}  # fmt: skip
TASKS = ["sum", "sort", "io", "zip", "tensor", "matrix", "img", "password"]
RESOURCES = ["cpu", "core", "cache", "memory", "disk", "faults", "metadata"]
BAR = 0.9
# Two runs of one task may differ by that much, or as far as their intervals say.
WITHIN = 0.1
# As long as `why` takes by itself, whatever their configurations ask for.
TASK_S = "40"


def ask(program, folder, *arguments):
    """What `why` says, as JSON."""
    command = [program, "why", *arguments, "--output", str(folder), "--quiet", "--json"]
    print("+", " ".join(command), file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(f"{command[0]} why ended with {done.returncode} and no answer")
    return json.loads(done.stdout)


def table(heads, rows):
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def others(named, right):
    """What was named instead: "cache 2, none 1"."""
    wrong = sorted({cause for cause in named if cause != right})
    return ", ".join(f"{cause} {named.count(cause)}" for cause in wrong) or "–"


def plant(program, planted, folder, runs):
    """The table of planted causes, and whether all reach the bar."""
    rows, good = [], True
    for cause, right in CAUSES.items():
        named = [ask(program, folder, "--kernel", planted, "--task-args", json.dumps([cause]))["cause"]
                 or "not settled" for _ in range(runs)]  # fmt: skip
        hits = named.count(right)
        good = good and hits >= BAR * runs
        rows.append([cause, right, f"{hits} of {runs}", others(named, right)])
        print("|".join(rows[-1]), file=sys.stderr, flush=True)
    return list(table(["planted", "right", "named", "else"], rows)), good


def agree(one, two):
    """Whether two [value, low, high] of a slowdown say the same."""
    overlap = one[1] <= two[2] and two[1] <= one[2]
    return overlap or abs(one[0] - two[0]) <= WITHIN * min(one[0], two[0])


def slowdowns(answer):
    """By resource, of the smallest count: there most can be pressed on."""
    found = {}
    for each in answer["sensitivities"]:
        found.setdefault(each["resource"], each["slowdown"])
    return found


def cell(one, two):
    if one is None or two is None:
        return "–"
    text = f"{one[0]:.2f} {two[0]:.2f}"
    return text if agree(one, two) else f"**{text}**"


def look(program, configs, folder):
    """The table of tasks, and whether all that was measured twice agrees."""
    rows, good = [], True
    for task in TASKS:
        answers = [ask(program, folder, str(configs / f"{task}.json"), "--max-seconds", TASK_S)
                   for _ in range(2)]  # fmt: skip
        found = [slowdowns(answer) for answer in answers]
        cells = [cell(found[0].get(resource), found[1].get(resource)) for resource in RESOURCES]
        causes = [answer["cause"] for answer in answers]
        named = ", ".join(dict.fromkeys(cause or "not settled" for cause in causes))
        named = f"**{named}**" if len({*causes} - {None}) > 1 else named
        rows.append([task, *cells, named])
        good = good and not any("**" in text for text in rows[-1])
        print("|".join(rows[-1]), file=sys.stderr, flush=True)
    return list(table(["task", *RESOURCES, "cause"], rows)), good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("planted")
    parser.add_argument("configs", type=pathlib.Path)
    parser.add_argument("parts", nargs="*", default=["planted", "tasks"])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--tables", type=pathlib.Path)
    arguments = parser.parse_intermixed_args()
    program, planted = (str(pathlib.Path(path).resolve())
                        for path in (arguments.program, arguments.planted))  # fmt: skip
    all_good = True
    with tempfile.TemporaryDirectory() as folder:
        for part in arguments.parts:
            if part == "planted":
                lines, good = plant(program, planted, folder, arguments.runs)
            else:
                lines, good = look(program, arguments.configs.resolve(), folder)
            all_good = all_good and good
            text = "\n".join(lines) + "\n"
            if arguments.tables:
                (arguments.tables / f"{part}.md").write_text(text)
            else:
                print(text, flush=True)
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
