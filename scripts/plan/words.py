"""words.py - numbers as people read them."""

import math


def time_text(seconds):
    seconds = float(f"{seconds:.4g}")
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds / 1e-9:.4g} ns" if seconds else "0 s"


def count_text(number):
    """Two digits are as many as a prediction has."""
    digits = max(0, math.floor(math.log10(number)) - 1) if number >= 1 else 0
    return f"{round(number / 10**digits) * 10**digits:,}".replace(",", " ")


def share_text(share):
    return f"{100 * share:.1f} %"


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths)).rstrip())


def costs_text(costs):
    return (
        f"rank 0 serves a request in {time_text(costs.service)}, "
        f"a message takes {time_text(costs.latency)}"
    )
