"""task_benchmark.py PPT_OMP CONFIG.json [OPTIONS ...]: the benchmark of one task. Runs the
configuration, whose output is shown as it comes, and fails with a message when the verdict lacks
one of its figures or the task's result is wrong: a benchmark that succeeds whatever it prints
proves nothing. Whether the verdict is a good one is not asked: that is the machine's affair.
"""

import argparse
import gzip
import json
import math
import pathlib
import re
import struct
import subprocess
import sys
import tempfile


class Wrong(Exception):
    """What is wrong with a run, in words for whoever reads the log."""


def need(condition, message):
    if not condition:
        raise Wrong(message)


# --- the verdict -----------------------------------------------------------------------------


def check_verdict(results):
    """A recommended count, the bound of its loss, the speedup of every count with its interval."""
    verdict, config = results["verdict"], results["config"]
    need(results["failed"] == [], f"points failed: {results['failed']}")
    measured = sorted({point["workers"] for point in results["points"]})
    need(measured == sorted(config["workers"]), f"of {config['workers']} only {measured} ran")
    need(verdict["recommended"] in measured, f"recommended: {verdict['recommended']}")
    need(verdict["confidence"] in ("LOW", "MEDIUM", "HIGH"), f"confidence: {verdict['confidence']}")
    for name in ("slowdown_point", "slowdown_upper"):
        need(is_figure(verdict[name]) and verdict[name] >= 0, f"{name}: {verdict[name]}")
    count = verdict["recommended"]
    advice = f"use {count} worker" if count else "use plain sequential calls"
    need(verdict["sentence"].startswith(advice), f"not {advice}: {verdict['sentence']}")
    for workers in measured:
        if workers != verdict["speedup_over"]:
            check_ratio(workers, verdict["speedup"].get(str(workers)))


def check_ratio(workers, ratio):
    text = f"speedup of {workers} workers: {ratio}"
    need(isinstance(ratio, list) and all(map(is_figure, ratio)), text)
    value, low, high = ratio
    need(0 < low <= value <= high, text)


def is_figure(value):
    return isinstance(value, (int, float)) and math.isfinite(value)


def check_digests(samples):
    """In every block the same at every count."""
    blocks = {}
    for line in map(json.loads, samples.read_text(encoding="utf-8").splitlines()):
        if line["type"] == "pass":
            blocks.setdefault(line["block"], set()).add(line["digest"])
    need(blocks, f"{samples} has no passes")
    for block, digests in blocks.items():
        need(len(digests) == 1, f"block {block} has several digests: {sorted(digests)}")


# --- the results of tasks, known from elsewhere than the program -----------------------------


def check_sum(args, data):
    expected = args["iterations"] * (args["iterations"] - 1) // 2 % 2**64
    need(int(data) == expected, f"the sum is {int(data)}, not {expected}")


def check_multi(args, data):
    expected = 1.00001 ** args["iterations"]
    right = math.isclose(float(data), expected, rel_tol=1e-9)
    need(right, f"the product is {float(data)}, not {expected}")


def check_io(args, data):
    need(len(data) == args["mib"] << 20, f"the file has {len(data)} bytes")


def check_zip(args, data):
    """gzip itself compares its checksum."""
    size = len(gzip.decompress(data))
    need(size == args["mib"] << 20, f"{size} bytes come out of the compressed file")


def read_rows(data):
    return [[float(field) for field in row.split()] for row in data.splitlines() if row.strip()]


def check_tensor(args, data):
    rows = read_rows(data)
    shape = [len(row) for row in rows]
    need(shape == [args["size"]] * args["size"], "the product has another shape")
    need(all(math.isfinite(value) for row in rows for value in row), "the product is not finite")


def check_sort(args, data):
    values = [float(line) for line in data.split()]
    need(len(values) == args["size"], f"{len(values)} numbers come out of {args['size']}")
    need(all(a <= b for a, b in zip(values, values[1:])), "the numbers are not ascending")


def check_matrix(args, data):
    """The matrix and below it the inverse: a vector that goes through both comes back."""
    size, rows = args["size"], read_rows(data)
    need([len(row) for row in rows] == [size] * (2 * size), "there are not two matrices")
    vector = [1 + i % 7 for i in range(size)]
    through = vector
    for matrix in (rows[size:], rows[:size]):
        through = [math.fsum(map(float.__mul__, row, map(float, through))) for row in matrix]
    worst = max((abs(a - b) for a, b in zip(vector, through)), default=0)
    need(worst < 1e-5, f"the matrix times its inverse is off the identity by {worst}")


def check_img(_, data):
    need(data[:8] == b"\x89PNG\r\n\x1a\n", "the picture is not a PNG")
    need(struct.unpack(">II", data[16:24]) == (512, 512), "the picture is not 512 by 512")


def check_password(args, data):
    text = data.decode("ascii")
    hashes = re.findall(r"(?m)^[0-9a-f]{64}$", text)
    need(len(hashes) == args["stored"], f"{len(hashes)} hashes of {args['stored']} passwords")
    expected = int(args["tried"] * args["ratio"])
    need(text.endswith(f"\nmatches {expected}\n"), f"not {expected}: {text[-20:].strip()}")


# All but the mix, which has no dump of its own.
RESULTS = {
    "sum": check_sum,
    "multi": check_multi,
    "io": check_io,
    "zip": check_zip,
    "tensor": check_tensor,
    "sort": check_sort,
    "matrix": check_matrix,
    "img": check_img,
    "password": check_password,
}


def check_result(program, results):
    task, args = results["task"], results["config"]["task_args"]
    if task not in RESULTS:
        return "every pass has the same digest"
    with tempfile.TemporaryDirectory() as folder:
        dump = pathlib.Path(folder) / "dump"
        command = [program, "once", task, json.dumps(args), "--dump", dump]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        need(done.returncode == 0, f"once {task}: exit code {done.returncode}")
        RESULTS[task](args, dump.read_bytes())
    return "the result is right"


# --- the run ---------------------------------------------------------------------------------


def measure(program, config, options, output):
    """Runs it and returns the folder that the run made."""
    before = set(output.glob("*"))
    command = [program, config, *options, "--output", output]
    code = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
    need(code == 0, f"exit code {code}")
    made = [p for p in set(output.glob("*")) - before if p.is_dir() and not p.is_symlink()]
    need(len(made) == 1, f"the run made {len(made)} folders in {output}, not one")
    return made[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("config")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="where results go")
    known, options = parser.parse_known_args()
    try:
        folder = measure(known.program, known.config, options, known.output)
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        check_verdict(results)
        check_digests(folder / "samples.jsonl")
        said = check_result(known.program, results)
    except (Wrong, OSError, ValueError, KeyError, TypeError) as error:
        kind = "" if isinstance(error, Wrong) else f"{type(error).__name__}: "
        print(f"benchmark of {known.config} FAILED: {kind}{error}", file=sys.stderr)
        return 1
    print(f"checked: the verdict is complete, {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
