"""chart.py - draws a plan with gnuplot."""

import os
import subprocess

from journal import Refusal
from words import count_text

# As in bench/report/charts/curves.c.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#8C6D1F"]
MARKS = [7, 5, 9, 11, 13, 6, 4, 8]


def script(rows, rules, title, path, marks):
    """In the style of the charts of a run's report."""
    if path.endswith(".png"):
        terminal = "pngcairo noenhanced size 1440,900 font 'DejaVu Sans,22' lw 2 pointscale 2"
    else:
        terminal = "svg noenhanced size 720,450 dynamic font 'DejaVu Sans,12' name 'plan'"
    quoted = path.replace("'", "''")
    lines = [
        "set encoding utf8",
        f"set terminal {terminal} background rgb 'white'",
        f"set output '{quoted}'",
        "set border 3 lw 1",
        "set tics nomirror out",
        "set grid ytics lc rgb '#d9d9d9' lw 1",
        "set key outside bottom center horizontal reverse Left samplen 2 width -1 maxrows 1",
        "set rmargin 6",
        "set bmargin 5.5",
        "set pointintervalbox 0",
        "set termoption noenhanced",
        f"set title '{title}'",
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
    for number, (workers, colour) in enumerate(marks, 1):
        if rows[0].workers < workers < rows[-1].workers:
            lines += [
                f"set arrow {number} from first {workers:.6g}, graph 0 to first {workers:.6g}, "
                f"graph 1 nohead dt 2 lc rgb '{colour}'",
                f"set label {number} '{count_text(workers)}' at first {workers:.6g}, "
                f"graph {0.06 * number - 0.02:.2f} right offset -0.8,0 front boxed tc rgb '{colour}'",
            ]
    curves = [
        f"$plan using 1:{i + 2} with linespoints lc rgb '{COLOURS[i % len(COLOURS)]}' "
        f"pt {MARKS[i % len(MARKS)]} ps 0.6 lw 2 title '{rule.name}'"
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
