"""What a task takes here and in the Python tool that ppt-omp succeeds, and that both do as much.

    against_python.py [--quick]    prints the table

The exit code is 3 when the work is not the same or a result is wrong.

Python's tasks are in python_tasks.py. Time: both take turns, task by task, on one thread; a process
of Python's lives for the whole run, ours for a turn, and what starting it takes does not count.
Every turn first does as many tasks that are not timed. Work: a task of each is run once more with
counting.so before it, and what the system and the libraries were asked for is compared with what
the task means. Results: those of `ppt-omp once --dump` are checked here. Neither is timed.

Environment: PPT_OMP names the program, PPT_COUNTING the library; else both are those of build/.
"""

import argparse
import collections
import ctypes
import gzip
import json
import math
import os
import pathlib
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import zlib

# A tree of sources is no place for compiled copies.
sys.dont_write_bytecode = True

import python_tasks
from python_tasks import MIB, cv2, numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
PPT_OMP = os.environ.get("PPT_OMP", str(ROOT / "build/ppt-omp"))
COUNTING = os.environ.get("PPT_COUNTING", str(ROOT / "build/tests/counting.so"))
TASKS = str(pathlib.Path(python_tasks.__file__))
IMAGE = str(ROOT / "data/landscape.png")

ROUNDS = 11
CONFIDENCE = 0.95
TURN_S = 0.1  # of short tasks a turn takes several
MOST_TASKS = 5000
LEAST_SHARE, MOST_SHARE = 0.9, 1.1  # of the time that one undisturbed thread has a CPU
LEAST_DB = 50

# Of a side in a turn: seconds of one task, and the process's CPU time for wall-clock time.
Times = collections.namedtuple("Times", "wall cpu share")

# A count of the work: what it is named, what it is called in counting.so or /proc/PID/io, how many
# of these make one of the table's units, what it must be for both and how exactly. None: whatever
# it is, it is shown.
Count = collections.namedtuple("Count", "label key unit expected tolerance")


class Wrong(Exception):
    """A result that is not what it should be."""


def demand(fine, text):
    if not fine:
        raise Wrong(text)


# --- what the tasks come to -----------------------------------------------------------------


def check_sum(dump, count):
    ones, total = python_tasks.sum_ones(count), int(dump.read_text())
    demand(ones == count, f"Python's sum is {ones}")
    demand(total == count * (count - 1) // 2, f"the sum is {total}")
    return f"the totals are right: {ones}; {total}"


def check_multi(dump, count):
    theirs, ours = python_tasks.multiply(count), float(dump.read_text())
    demand(ours == theirs, f"the products differ: {theirs!r}; {ours!r}")
    return f"the same product to the last bit, {ours!r}"


def check_io(dump, mib):
    content = dump.read_bytes()
    demand(len(content) == mib * MIB, f"the copy has {len(content)} bytes")
    demand(len(zlib.compress(content[:MIB], 1)) > 0.99 * MIB, "the bytes are not random")
    return "a copy of that size, of bytes that do not compress"


def check_zip(dump, mib):
    packed = dump.read_bytes()
    demand(packed[:3] == b"\x1f\x8b\x08" and packed[8] == 2, "not a gzip file of level 9")
    restored = len(gzip.decompress(packed))
    demand(restored == mib * MIB, f"Python restores {restored} bytes")
    return f"level 9; Python restores the file: {len(packed) / MIB:.3f} MiB packed"


def check_tensor(dump, size, _):
    product = numpy.fromstring(dump.read_text(), sep=" ")
    demand(product.size == size * size, f"the product has {product.size} numbers")
    # Factors are made so that the variance of a product's entries is 1 / size.
    spread = math.sqrt(size * numpy.mean(product**2))
    demand(0.5 < spread < 2, f"entries of the product are {spread:g} times what they should be")
    return "each task proves its product by a row of sums"


def check_sort(dump, count):
    values = numpy.fromstring(dump.read_text(), sep="\n")
    demand(values.size == count, f"{values.size} numbers")
    demand(bool(numpy.all(numpy.diff(values) >= 0)), "not in ascending order")
    demand(0 <= values[0] and values[-1] < 1, "not within 0 and 1")
    wrong = abs(values.mean() - 0.5) * math.sqrt(12 * count)
    demand(wrong < 5, f"their mean is {wrong:g} standard errors off")
    return "that many numbers, ascending"


def check_matrix(dump, size):
    """The residual as LAPACK's own tests have it; they allow 30."""
    numbers = numpy.fromstring(dump.read_text(), sep=" ")
    demand(numbers.size == 2 * size * size, f"{numbers.size} numbers instead of two matrices")
    matrix, inverse = numbers.reshape(2, size, size)
    norms = numpy.linalg.norm(matrix, 1) * numpy.linalg.norm(inverse, 1)
    wrong = numpy.linalg.norm(matrix.dot(inverse) - numpy.eye(size), 1)
    residual = wrong / (size * norms * numpy.finfo(float).eps)
    demand(residual < 30, f"the residual of the inverse is {residual:g}")
    return f"matrix times inverse is 1 (residual {residual:.2g}; LAPACK allows itself 30)"


def check_img(dump, paths):
    theirs, ours = python_tasks.equalise(paths), cv2.imread(str(dump))
    demand(ours is not None and ours.shape == theirs.shape, "not an image of that size")
    error = numpy.mean((ours.astype(float) - theirs) ** 2)
    if error == 0:
        return "the same image to the last bit"
    decibels = 10 * math.log10(255**2 / error)
    demand(decibels >= LEAST_DB, f"{decibels:.1f} dB apart")
    return f"the images are {decibels:.1f} dB apart"


def check_password(dump, stored, tried, lengths, ratio):
    text, due = dump.read_text(), int(tried * ratio)
    theirs = python_tasks.check_passwords(stored, tried, lengths, ratio)
    ours = re.findall(r"^matches (\d+)$", text, re.MULTILINE)
    hashes = len(set(re.findall(r"^[0-9a-f]{64}$", text, re.MULTILINE)))
    demand(hashes == stored, f"{hashes} hashes are stored")
    demand(ours == [str(due)], f"{', '.join(ours)} matches, {due} are due")
    demand(theirs == due, f"{theirs} matches in Python, {due} are due")
    (compared,) = map(int, re.findall(r"^compared (\d+)$", text, re.MULTILINE))
    # Each right one is found anywhere: its place is uniform among those stored.
    expected = average_comparisons(stored, tried, ratio)
    spread = math.sqrt(due / 12) * stored
    demand(abs(compared - expected) <= 6 * spread, f"{compared} comparisons, not {expected}")
    return f"{theirs} matches; {ours[0]} by {spaced(compared)} comparisons"


def average_comparisons(stored, tried, ratio):
    right = int(tried * ratio)
    return right * (stored + 1) / 2 + (tried - right) * stored


def count_comparisons(stored, tried, lengths, ratio):
    """Of one of Python's tasks, with the search in a list spelled out."""
    known, attempts = python_tasks.draw_passwords(stored, tried, lengths, ratio)
    compared = 0
    for attempt in attempts:
        for password in known:
            compared += 1
            if attempt == password:
                break
    return compared


# --- the tasks ------------------------------------------------------------------------------


class Subject:
    """A task with its arguments, what it means in numbers, and how its result is checked."""

    def __init__(self, name, args, check, work, counts=()):
        self.name, self.args, self.check, self.work, self.counts = name, args, check, work, counts
        self.label = f"{name} ({', '.join(map(json.dumps, args))})"


def spaced(number):
    return f"{number:,.0f}".replace(",", " ")


def io_subject(mib):
    counts = [
        Count("MiB written", "wchar", MIB, 2 * mib, 1e-3),
        Count("MiB read", "rchar", MIB, mib, 1e-3),
    ]
    work = f"{mib} MiB of random bytes; 2 files written, 1 read"
    return Subject("io", [mib], check_io, work, counts)


def zip_subject(mib):
    counts = [
        Count("MiB deflated", "deflated_bytes", MIB, mib, 1e-3),
        Count("MiB inflated", "inflated_bytes", MIB, mib, 1e-3),
        Count("MiB written", "wchar", MIB, 3 * mib, 1e-3),
        Count("MiB read", "rchar", MIB, None, None),
    ]
    work = f"{mib} MiB of random bytes, deflated at level 9 and inflated; 3 files written"
    return Subject("zip", [mib], check_zip, work, counts)


def tensor_subject(size, count):
    flop = 2 * size**3 * (count - 1)
    counts = [
        Count("products", "products", 1, count - 1, 0),
        Count("GFLOP", "product_flop", 1e9, flop / 1e9, 0.01),
    ]
    work = (
        f"{spaced(size * size * count)} random numbers, {count - 1} products: "
        f"2 · {size}³ · {count - 1} = {flop / 1e9:.3f} GFLOP"
    )
    return Subject("tensor", [size, count], check_tensor, work, counts)


def matrix_subject(size):
    counts = [Count("GFLOP", "lapack_flop", 1e9, None, None)]
    work = f"{spaced(size * size)} random numbers, one inverse"
    return Subject("matrix", [size], check_matrix, work, counts)


def password_subject(stored, tried, lengths, ratio):
    right = int(tried * ratio)
    expected = average_comparisons(stored, tried, ratio)
    compared = count_comparisons(stored, tried, lengths, ratio)
    work = (
        f"{spaced(stored + tried)} hashes of {lengths[0]} characters, {right} matches, "
        f"{spaced(expected)} comparisons on average ({spaced(compared)} in one of Python's)"
    )
    counts = [Count("hashes", "hashes", 1, stored + tried, 0)]
    return Subject("password", [stored, tried, lengths, ratio], check_password, work, counts)


def img_subject(path):
    height, width = python_tasks.decode(path).shape[:2]
    side = python_tasks.SIDE
    work = (
        f"{spaced(min(height, width) ** 2)} pixels to {spaced(side * side)}, to Lab, 64 tiles "
        "equalised, back"
    )
    subject = Subject("img", [[path]], check_img, work)
    subject.label = f"img ({width} × {height})"
    return subject


def all_subjects(quick):
    """As the configurations that come with the Python tool have them."""
    return [
        Subject("sum", [1000000], check_sum, "1 000 000 additions"),
        Subject("multi", [200000], check_multi, "200 000 multiplications"),
        io_subject(50),
        zip_subject(8 if quick else 50),
        tensor_subject(256, 50),
        Subject("sort", [1000000], check_sort, "1 000 000 random numbers made and sorted"),
        matrix_subject(1000),
        img_subject(IMAGE),
        password_subject(100, 1000, [20, 20], 0.8),
    ]


# --- the two sides --------------------------------------------------------------------------


class Python:
    """One process for all tasks."""

    def __init__(self, environment):
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, TASKS],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def turn(self, subject, tasks, _):
        order = {"task": subject.name, "args": subject.args, "count": tasks}
        print(json.dumps(order), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the Python task {subject.name} ended before its time")
        answer = json.loads(line)
        share = answer["cpu"] / answer["wall"]
        return Times(answer["wall"] / tasks, answer["cpu"] / tasks, share)

    def once(self, name, args):
        return [sys.executable, TASKS, "once", name, json.dumps(args)]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ours:
    """A process for each turn: a pass of plain calls, behind one that warms up."""

    def __init__(self, environment, folder):
        # Without the way to gnuplot, whose charts nobody would look at.
        self.environment = {**environment, "PATH": str(folder)}
        for name in python_tasks.ONE_THREAD:
            self.environment.pop(name, None)
        self.output = folder / "output"
        self.host = None

    def turn(self, subject, tasks, seed):
        self.run([
            PPT_OMP, "--task", subject.name, "--task-args", json.dumps(subject.args),
            "--task-count", tasks, "--workers", 0, "--inner-threads", 1, "--memory", "reuse",
            "--warmup", 1, "--iterations", 1, "--seed", seed, "--output", self.output, "--quiet",
        ])  # fmt: skip
        lines = (self.output / "latest/samples.jsonl").read_text().splitlines()
        records = [json.loads(line) for line in lines]
        self.host = records[0]["host"]
        (measured,) = [r for r in records if r["type"] == "pass" and r["block"] == 1]
        cpu_ns = measured["worker_times"][0]["cpu_ns"]
        # Of all threads, and of taking the scratch as well.
        used_ns = measured["usage"]["user_ns"] + measured["usage"]["system_ns"]
        share = used_ns / (measured["total_ns"] + measured["scratch_ns"])
        return Times(measured["work_ns"] / 1e9 / tasks, cpu_ns / 1e9 / tasks, share)

    def once(self, name, args):
        return [PPT_OMP, "once", name, *map(json.dumps, args)]

    def dump(self, subject):
        path = self.output.parent / f"{subject.name}.dump"
        self.run([*self.once(subject.name, subject.args), "--dump", path])
        return path

    def run(self, command):
        done = subprocess.run(
            [str(word) for word in command],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(done.args)}: exit code {done.returncode}\n{done.stderr}")

    def close(self):
        pass


# --- work -----------------------------------------------------------------------------------


def count_process(side, name, args, folder):
    """What a process with that one task asked the system and the libraries for."""
    report = folder / "counts"
    environment = {**side.environment, "LD_PRELOAD": COUNTING, "PPT_COUNTS": str(report)}
    process = subprocess.Popen(
        side.once(name, args), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    # The kernel keeps the count of a process that has ended until somebody asks how.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    text = pathlib.Path(f"/proc/{process.pid}/io").read_text().replace(":", "")
    if process.wait() != 0:
        raise SystemExit(f"{name} {args} failed with counting.so before it")
    return {k: int(v) for k, v in map(str.split, (text + report.read_text()).splitlines())}


def count_work(side, subject, folder):
    """Without what a process does that has nothing to do."""
    idle = count_process(side, "sum", [0], folder)
    busy = count_process(side, subject.name, subject.args, folder)
    return {key: busy[key] - idle[key] for key in busy}


def judge_count(count, amounts):
    """What the table says about it; `amounts`: of Python and ours."""
    values = [amount[count.key] / count.unit for amount in amounts]
    form = "{:.0f}" if count.unit == 1 else "{:.2f}" if count.unit == MIB else "{:.3f}"
    text = f"{form.format(values[0])}; {form.format(values[1])} {count.label}"
    if count.expected is None:
        return text, True
    fine = all(abs(v - count.expected) <= count.tolerance * count.expected for v in values)
    return (text if fine else f"**{text}, {form.format(count.expected)} are due**"), fine


def judge_work(sides, subject, folder):
    if not subject.counts:
        return "by the result", True
    amounts = [count_work(side, subject, folder) for side in sides]
    texts, fine = zip(*(judge_count(count, amounts) for count in subject.counts))
    return ", ".join(texts), all(fine)


def judge_result(ours, subject):
    try:
        return subject.check(ours.dump(subject), *subject.args), True
    except Wrong as wrong:
        return f"**wrong: {wrong}**", False


# --- time -----------------------------------------------------------------------------------


def measure(sides, subject):
    """The times of each side by round."""
    counts, times = [], ([], [])
    for side in sides:
        wall = side.turn(subject, 1, 0).wall
        counts.append(min(MOST_TASKS, math.ceil(TURN_S / wall)))
    for round_ in range(ROUNDS):
        for i in (0, 1) if round_ % 2 == 0 else (1, 0):
            times[i].append(sides[i].turn(subject, counts[i], 1 + round_))
    return times


def interval(values):
    """The interval of the median by order statistics, for CONFIDENCE or a little more."""
    ordered, tail, k = sorted(values), 0.0, 0
    while k < len(values) // 2:
        tail += math.comb(len(values), k) / 2 ** len(values)
        if 1 - 2 * tail < CONFIDENCE:
            break
        k += 1
    return ordered[max(k - 1, 0)], ordered[-max(k, 1)]


def digits(ratio):
    return 3 if ratio < 2 else 1 if ratio < 100 else 0


def ratios(times, kind):
    """Of each round, how many times as fast ours is."""
    return [getattr(a, kind) / getattr(b, kind) for a, b in zip(*times)]


def row(sides, subject, folder):
    work, same = judge_work(sides, subject, folder)
    result, right = judge_result(sides[1], subject)
    times = measure(sides, subject)
    shares = [statistics.median(t.share for t in side) for side in times]
    alone = max(shares) <= MOST_SHARE
    if not alone:
        work += "; **more than one thread**"
    fast = ratios(times, "wall")
    median, (low, high) = statistics.median(fast), interval(fast)
    form = f"{{:.{digits(median)}f}}"
    by_cpu = statistics.median(ratios(times, "cpu"))
    cells = [
        subject.label,
        subject.work,
        work,
        result,
        *(f"{1e3 * statistics.median(t.wall for t in side):.4g} ms" for side in times),
        f"{form.format(median)}x [{form.format(low)}, {form.format(high)}]"
        + (" (disturbed)" if min(shares) < LEAST_SHARE else ""),
        f"{form.format(by_cpu)}x",
    ]
    print("| " + " | ".join(cells) + " |", flush=True)
    return same and right and alone


# --- all of it ------------------------------------------------------------------------------


def python_blas():
    """The configuration and the core of the library that numpy was linked with."""
    try:
        function = ctypes.CDLL("libblas.so.3").openblas_get_config
    except (OSError, AttributeError):
        return "no OpenBLAS"
    function.restype = ctypes.c_char_p
    return function().decode()


def print_libraries(ours):
    print(
        f"- Python {sys.version.split()[0]}, numpy {numpy.__version__}, OpenCV {cv2.__version__}, "
        f"{' '.join(ssl.OPENSSL_VERSION.split()[:2])}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    )
    print(f"- BLAS of Python: {python_blas()}")
    print(f"- BLAS of ppt-omp: {ours.host['blas']}; its own loops: {ours.host['instruction_set']}")


def print_head():
    print(
        "\n| task | work of one task | counted: Python; ppt-omp | result | Python | ppt-omp "
        "| times as fast [95 % interval] | by CPU time |\n" + "| --- " * 8 + "|",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="zip with 8 MiB instead of 50")
    subjects = all_subjects(parser.parse_args().quick)
    for path in (PPT_OMP, COUNTING):
        if not os.path.exists(path):
            raise SystemExit(f"{path} is missing; scripts/setup.sh build makes it")
    place = os.environ.get("TMPDIR") or "/var/tmp"
    with tempfile.TemporaryDirectory(prefix="against-python-", dir=place) as name:
        folder = pathlib.Path(name)
        environment = {**os.environ, "TMPDIR": name}
        sides = (Python(environment), Ours(environment, folder))
        try:
            sides[1].turn(subjects[0], 1, 0)
            print_libraries(sides[1])
            print_head()
            fine = [row(sides, subject, folder) for subject in subjects]
        finally:
            for side in sides:
                side.close()
    return 0 if all(fine) else 3


if __name__ == "__main__":
    sys.exit(main())
