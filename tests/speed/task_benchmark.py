"""task_benchmark.py PPT_OMP CONFIG.json [OPTIONS ...]: the benchmark of one task. Runs the
configuration, whose output is shown as it comes, and fails with a message when the verdict lacks
one of its figures or the task's result is wrong: a benchmark that succeeds whatever it prints
proves nothing. How much of a result can be known differs by task; the last line says it. Whether
the verdict is a good one is not asked: that is the machine's affair.
"""

import argparse
import gzip
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import picture  # noqa: E402  (the line above keeps the sources clean)

# The test image, and what the original tool makes of it, pixel by pixel.
IMAGE = "landscape.png"
EXPECTED = pathlib.Path(__file__).parents[1] / "data/img/landscape_expected.png"
LEAST_DB = 50


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


# --- the results of tasks, known from elsewhere than the program: each says what was checked --


def check_sum(args, data):
    expected = args["iterations"] * (args["iterations"] - 1) // 2 % 2**64
    need(int(data) == expected, f"the sum is {int(data)}, not {expected}")
    return "the sum is right"


def check_multi(args, data):
    expected = 1.00001 ** args["iterations"]
    right = math.isclose(float(data), expected, rel_tol=1e-9)
    need(right, f"the product is {float(data)}, not {expected}")
    return "the product is right"


def check_io(args, data):
    need(len(data) == args["mib"] << 20, f"the file has {len(data)} bytes")
    return "the file has its size"


def check_zip(args, data):
    """gzip itself compares its checksum."""
    size = len(gzip.decompress(data))
    need(size == args["mib"] << 20, f"{size} bytes come out of the compressed file")
    return "gzip restores a file of that size"


def read_rows(data):
    return [[float(field) for field in row.split()] for row in data.splitlines() if row.strip()]


def check_tensor(args, data):
    rows = read_rows(data)
    shape = [len(row) for row in rows]
    need(shape == [args["size"]] * args["size"], "the product has another shape")
    need(all(math.isfinite(value) for row in rows for value in row), "the product is not finite")
    return "the product has its shape and is finite; its numbers are not known"


def check_sort(args, data):
    values = [float(line) for line in data.split()]
    need(len(values) == args["size"], f"{len(values)} numbers come out of {args['size']}")
    need(all(a <= b for a, b in zip(values, values[1:])), "the numbers are not ascending")
    return "as many numbers as there were, ascending"


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
    return "a vector that goes through the inverse and the matrix comes back"


def check_img(args, data):
    """Of other images than the test image nobody knows what they become."""
    try:
        shape, pixels = picture.read_png(data)
    except picture.Unreadable as error:
        raise Wrong(f"the picture {error}") from error
    need(shape == (512, 512, 3), f"the picture is {shape}, not 512 by 512 of 3 colours")
    if any(pathlib.Path(path).name != IMAGE for path in args["paths"]):
        return "the picture has its size; its pixels are not known"
    apart = picture.decibels(pixels, picture.read_png(EXPECTED.read_bytes())[1])
    need(apart >= LEAST_DB, f"the picture is {apart:.1f} dB from {EXPECTED.name}")
    return f"the picture's pixels are right (at least {LEAST_DB} dB)"


def check_password(args, data):
    text = data.decode("ascii")
    hashes = re.findall(r"(?m)^[0-9a-f]{64}$", text)
    need(len(hashes) == args["stored"], f"{len(hashes)} hashes of {args['stored']} passwords")
    expected = int(args["tried"] * args["ratio"])
    need(text.endswith(f"\nmatches {expected}\n"), f"not {expected}: {text[-20:].strip()}")
    return "as many hashes and matches as are due"


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
    """Says what of the result was checked."""
    task, args = results["task"], results["config"]["task_args"]
    if task not in RESULTS:
        return "what the tasks make is not known"
    with tempfile.TemporaryDirectory() as folder:
        dump = pathlib.Path(folder) / "dump"
        command = [program, "once", task, json.dumps(args), "--dump", dump]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        need(done.returncode == 0, f"once {task}: exit code {done.returncode}")
        return RESULTS[task](args, dump.read_bytes())


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
    print(f"checked: the verdict is complete; results are the same at every count; {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
