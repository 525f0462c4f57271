"""chart.py - draws a plan with gnuplot."""

import os
import subprocess

from journal import Refusal
from words import count_text

# What all charts look like: colours, marks, letters. It lies beside this file once both are
# installed.
HERE = os.path.dirname(os.path.realpath(__file__))
THEMES = [os.path.join(HERE, p) for p in ("theme.gp", "../../bench/report/charts/theme.gp")]
SERIES = 16  # it has a line style for each


def colour(series):
    """As gnuplot has it, from 0."""
    return f"word(series_colours, {series % (SERIES // 2) + 1})"


def script(rows, rules, title, path, marks):
    """In the style of the charts of a run's report."""
    if path.endswith(".png"):
        terminal = "pngcairo noenhanced size 1440,900 font font.',12' fontscale 2 lw 2 pointscale 2"
    else:
        terminal = "svg noenhanced size 720,450 dynamic font font.',12' name 'plan'"
    quoted = path.replace("'", "''")
    theme = next((path for path in THEMES if os.path.exists(path)), None)
    if not theme:
        raise Refusal(f"{THEMES[0]} is not there, which says what a picture looks like")
    with open(theme, encoding="utf-8") as file:
        look = file.read()
    lines = [
        look,
        f"set terminal {terminal} background rgb 'white'",
        f"set output '{quoted}'",
        f"set title '{title}'",
        "set key outside bottom center horizontal reverse Left samplen 2 width -1 maxrows 1",
        "set rmargin 6",
        "set bmargin 5.5",
        "set xlabel 'workers' offset 0,0.5",
        "set style textbox opaque noborder margins 0.5,0.5 fillcolor rgb 'white'",
        "set ylabel 'efficiency (%)'",
        "set logscale x",
        f"set xrange [{rows[0].workers}:{rows[-1].workers}]",
        "set format x '%.0f'",
        "set yrange [0:105]",
        "$plan << EOD",
        *(
            " ".join([str(row.workers), *(f"{100 * e:.6g}" for e in row.efficiencies)])
            for row in rows
        ),
        "EOD",
    ]
    for number, (workers, ink) in enumerate(marks, 1):
        if rows[0].workers < workers < rows[-1].workers:
            lines += [
                f"set arrow {number} from first {workers:.6g}, graph 0 to first {workers:.6g}, "
                f"graph 1 nohead dt 2 lc rgb {ink}",
                f"set label {number} '{count_text(workers)}' at first {workers:.6g}, "
                f"graph {0.06 * number - 0.02:.2f} right offset -0.8,0 front boxed tc rgb {ink}",
            ]
    curves = [
        f"$plan using 1:{i + 2} with linespoints ls {i % SERIES + 1} lw 2 title '{rule.name}'"
        for i, rule in enumerate(rules)
    ]
    return "\n".join([*lines, "plot " + ", \\\n  ".join(curves), "set output", ""])


def draw(commands, path):
    try:
        done = subprocess.run(
            ["gnuplot"], input=commands, capture_output=True, text=True, timeout=60, check=False
        )
    except FileNotFoundError:
        raise Refusal("gnuplot is not installed, which draws the picture") from None
    except subprocess.TimeoutExpired:
        raise Refusal("gnuplot took too long and was ended") from None
    if done.returncode != 0 or not os.path.exists(path):
        reason = done.stderr.strip().splitlines()
        raise Refusal(f"{path}: gnuplot drew nothing" + (f": {reason[-1]}" if reason else ""))
