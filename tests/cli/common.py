"""What the command-line tests share: they see the program as a user does.

Every test runs the real binary in an empty directory of its own, with TMPDIR pointing to another
empty directory, so that whatever the program leaves behind can be seen and counted.

Environment: PPT_OMP and PPT_OMP_MOCK name the two binaries, PPT_SOURCE the root of the sources.
"""

import atexit
import contextlib
import csv
import functools
import json
import math
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata
import unittest
import zlib

sys.dont_write_bytecode = True  # of what tests import after this

ROOT = pathlib.Path(os.environ.get("PPT_SOURCE") or pathlib.Path(__file__).parents[2]).resolve()
PPT_OMP = str(pathlib.Path(os.environ.get("PPT_OMP", ROOT / "build/ppt-omp")).resolve())
PPT_OMP_MOCK = str(
    pathlib.Path(os.environ.get("PPT_OMP_MOCK", ROOT / "build/tests/ppt-omp-mock")).resolve()
)

# AddressSanitizer (scripts/check.sh) reserves terabytes of addresses and touches memory of its own.
# So does the runtime of gcov, whose frees also change how malloc() takes memory afterwards.
SANITIZED = "ASAN_OPTIONS" in os.environ
COVERAGE = "GCOV_ERROR_FILE" in os.environ
plain_memory_only = unittest.skipIf(SANITIZED or COVERAGE, "looks at memory as it is")

# A limit on the size of files would cut off the counts that gcov keeps.
without_coverage = unittest.skipIf(COVERAGE, "would damage the counts")

# A command that hangs is a failure; the limit is far above what any of them needs.
TIMEOUT_S = 120

CSV_ORIGINAL = [
    "Name",
    "Workers",
    "Job details",
    "Job count",
    "Time: init",
    "Time: work",
    "Time: task avg",
    "Time: total",
]
CSV_ADDED = ["Tasks per second", "Speedup (vs sequential)", "Speedup (median, paired)"]
CSV_NUMBERS = [name for name in CSV_ORIGINAL + CSV_ADDED if name not in ("Name", "Job details")]

# What a chart's script draws: these, behind its name.
PICTURES = (".svg", "_narrow.svg", ".png", ".pdf")
HAS_GNUPLOT = shutil.which("gnuplot") is not None
SCHEMA = ROOT / "docs/results.schema.json"

KERNELS = ["sum", "multi", "io", "zip", "tensor", "sort", "matrix", "img", "password"]


def children(pid):
    """The processes that a process has started, with their names."""
    found = {}
    try:
        for file in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            for child in file.read_text().split():
                found[int(child)] = pathlib.Path(f"/proc/{child}/comm").read_text().strip()
    except OSError:
        pass  # one of them has just ended
    return found


def measuring(pid):
    """A run's process, and the one that it has started for its passes."""
    name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    return [pid, *(child for child, other in children(pid).items() if other == name)]


class Result:
    """What one run of the program returned and printed."""

    def __init__(self, command, code, out, err):
        self.command = command
        self.code = code
        self.out_bytes = out
        self.err_bytes = err
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    def __str__(self):
        return (
            f"\ncommand: {' '.join(map(str, self.command))}\nexit code: {self.code}\n"
            f"stdout: {self.out[:3000]}\nstderr: {self.err[:3000]}"
        )


class Case(unittest.TestCase):
    """A test with an empty work directory, an empty TMPDIR and helpers around the binary."""

    maxDiff = None

    def setUp(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="ppt-test-")).resolve()
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.work = self.base / "work"
        self.tmp = self.base / "tmp"
        self.no_bin = self.base / "no-bin"
        for folder in (self.work, self.tmp, self.no_bin):
            folder.mkdir()

    # --- running ---------------------------------------------------------------------------

    def environment(self, draw=False, **changes):
        """The environment of a run. Without `draw` gnuplot cannot be found: it takes longer than
        the measurements of these tests. Lines of progress, which a slow machine would add to
        standard error after ten seconds, are for tests of them, and so are passes that are measured
        again since others disturbed them. A change to None is a variable that is not there."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_"))}
        env.update(LC_ALL="C.UTF-8", TMPDIR=str(self.tmp), PPT_PROGRESS_SECONDS="86400",
                   PPT_MEASURE_AGAIN="0", PPT_OMP_STATE=str(self.base / "state"))
        if not draw:
            env["PATH"] = str(self.no_bin)
        env.update(changes)
        return {name: value for name, value in env.items() if value is not None}

    def run_ppt(self, *args, mock=False, **options):
        """Runs the program and returns a Result; never raises for an exit code."""
        return self.run_program(PPT_OMP_MOCK if mock else PPT_OMP, *args, **options)

    def run_program(self, program, *args, cwd=None, draw=False, env=None, **options):
        """The same for any program."""
        command = [program, *(a if isinstance(a, bytes) else str(a) for a in args)]
        done = subprocess.run(
            command,
            cwd=cwd or self.work,
            env=env or self.environment(draw),
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.PIPE),
            timeout=options.pop("timeout", TIMEOUT_S),
            check=False,
            **options,
        )
        return Result(command, done.returncode, done.stdout or b"", done.stderr or b"")

    def run_fine(self, *args, **options):
        """As run_ppt, but the run must succeed and leave nothing in TMPDIR."""
        result = self.run_ppt(*args, **options)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(list(self.tmp.iterdir()), [], "left behind in TMPDIR")
        return result

    # --- files -----------------------------------------------------------------------------

    def write(self, name, content):
        """Writes a file below the work directory: bytes, text, or anything else as JSON."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, indent=1)
            path.write_text(text, encoding="utf-8")
        return path

    def folders(self, output=None):
        """The run folders below an output directory, without the link `latest`."""
        output = output or self.work / "output"
        return sorted(p for p in output.iterdir() if p.is_dir() and not p.is_symlink())

    def only_folder(self, output=None):
        """The run folder of an output directory that must hold exactly one."""
        folders = self.folders(output)
        self.assertEqual(len(folders), 1, folders)
        return folders[0]

    def tree(self):
        """Everything below the work directory and TMPDIR with its content, to compare."""
        found = {}
        for top in (self.work, self.tmp):
            for path in sorted(top.rglob("*")):
                name = str(path.relative_to(self.base))
                if path.is_symlink():
                    found[name] = ("link", os.readlink(path))
                elif path.is_file() and os.access(path, os.R_OK):
                    found[name] = ("file", hash(path.read_bytes()))
                else:
                    found[name] = ("other", None)
        return found

    # --- what a run must have left ---------------------------------------------------------

    def check_csv(self, folder):
        """Reads results.csv and checks what holds for every run: columns, names, finite numbers,
        and that the parts of a time are not more than the whole. Returns the rows."""
        header, rows = read_csv(folder / "results.csv")
        self.assertEqual(header[: len(CSV_ORIGINAL)], CSV_ORIGINAL)
        self.assertEqual(header[len(CSV_ORIGINAL) : len(CSV_ORIGINAL) + len(CSV_ADDED)], CSV_ADDED)
        self.assertEqual(len(set(header)), len(header), "a column name appears twice")
        self.assertTrue(rows, "results.csv has no rows")
        has_sequential = any(row["Workers"] == "0" for row in rows)
        several = len({row["Inner threads"] for row in rows}) > 1
        for row in rows:
            self.assertEqual(list(row), header)
            self.assertNotIn(None, row.values(), f"a short row: {row}")
            workers = int(row["Workers"])
            name = "sequential" if workers == 0 else f"parallel_{workers}"
            if several:
                name += ("_x" if workers == 0 else "x") + row["Inner threads"]
            self.assertEqual(row["Name"], name)
            for column in CSV_NUMBERS:
                if column in CSV_ADDED[1:] and not has_sequential:
                    continue
                self.assertTrue(math.isfinite(float(row[column])), f"{column}: {row[column]!r}")
            for column in header[len(CSV_ORIGINAL) :]:
                self.assertNotRegex(row[column], r"(?i)^[-+]?(nan|inf)", column)
            parts = float(row["Time: init"]) + float(row["Time: work"])
            total = float(row["Time: total"])
            self.assertLessEqual(parts, total * (1 + 1e-6) + 1e-9, row)
            for column in ("Time: work", "Time: task avg", "Time: total", "Tasks per second"):
                self.assertGreater(float(row[column]), 0.0, f"{column} of {row}")
        return rows

    def check_digests(self, folder):
        """Every pass of a block computed the same at every worker count. Returns the digest of
        each block, block 0 being the warm-up."""
        blocks = {}
        for sample in passes(folder):
            blocks.setdefault(sample["block"], set()).add(sample["digest"])
        self.assertTrue(blocks, "samples.jsonl has no passes")
        for block, digests in blocks.items():
            self.assertEqual(len(digests), 1, f"block {block} has several digests: {digests}")
        return {block: digests.pop() for block, digests in blocks.items()}


# --- reading ---------------------------------------------------------------------------------


def read_csv(path):
    """The header and the rows (dictionaries) of a CSV file."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        return reader.fieldnames, rows


def loads(text):
    """JSON as the standard has it: Python itself would take NaN and Infinity, and the last of two
    equal keys."""

    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    def unique(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError(f"a key appears twice: {[key for key, _ in pairs]}")
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)


def read_samples(folder):
    """Every line of samples.jsonl as an object."""
    text = (folder / "samples.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def passes(folder):
    """The passes recorded in samples.jsonl, warm-up included, without those that count no more
    since they were measured again."""
    return counting(line for line in read_samples(folder) if line["type"] == "pass")


def counting(entries):
    """Passes without those that were measured again, which others on these machines bring about."""
    entries = list(entries)
    again = {place_of(entry) for entry in entries if entry.get("again")}
    return [e for e in entries if e.get("again") or place_of(e) not in again]


def place_of(entry):
    return tuple(entry.get(key) for key in ("block", "ranks", "workers", "inner_threads"))


def passes_by_workers(folder):
    """Counted passes by worker count, each list in the order of the blocks."""
    found = {}
    for sample in sorted(passes(folder), key=lambda p: p["block"]):
        if sample["block"] > 0:
            found.setdefault(sample["workers"], []).append(sample)
    return found


def orders(folder):
    """The order in which each block visited the worker counts first: {block: [workers, …]}."""
    found = {}
    for sample in read_samples(folder):
        if sample["type"] == "pass" and not sample.get("again"):
            found.setdefault(sample["block"], []).append(sample["workers"])
    return found


def only(changes, env):
    """That environment without OpenMP's variables, and with these changes."""
    return {**{k: v for k, v in env.items() if "OMP" not in k}, **changes}


@functools.cache
def path_without_gnuplot():
    """A PATH with every program but gnuplot, which takes longer than the measurements of tests that
    do not look at charts: links in a folder that anybody may read."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ppt-test-path-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    for place in filter(os.path.isdir, os.environ["PATH"].split(os.pathsep)):
        for program in pathlib.Path(place).iterdir():
            link = folder / program.name
            if program.name != "gnuplot" and not link.is_symlink():
                link.symlink_to(program)
    return str(folder)


def path_of(folder, *names):
    """A PATH with these programs alone: links in that folder, which is made."""
    if not folder.exists():
        folder.mkdir()
        for name in names:
            (folder / name).symlink_to(shutil.which(name))
    return str(folder)


def width(line):
    """Columns that a line takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in line
    )


# --- schemas ---------------------------------------------------------------------------------

SCHEMA_CHECK = (
    "import json, sys, jsonschema\n"
    "schema, documents = json.load(sys.stdin)\n"
    "jsonschema.Draft7Validator.check_schema(schema)\n"
    "checker = jsonschema.Draft7Validator(schema)\n"
    "def tell(e):\n"
    "    inner = [tell(c) for c in e.context]\n"
    "    return '/'.join(map(str, e.absolute_path)) + ': ' + (' | '.join(inner) or e.message)\n"
    "print(json.dumps([[tell(e)[:500] for e in checker.iter_errors(d)] for d in documents]))\n"
)


@contextlib.contextmanager
def quota(test, cpus):
    """A real control group of version 1 or 2 that may use so many CPUs: what a command must begin
    with to run in it. Without the right to make one the test is skipped."""
    name = f"ppt-omp-test-{os.getpid()}"
    problem = "no control groups are mounted at /sys/fs/cgroup"
    for top, file, text in (
        ("/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", f"{round(100000 * cpus)}"),
        ("/sys/fs/cgroup", "cpu.max", f"{round(100000 * cpus)} 100000"),
    ):
        group = pathlib.Path(top, name)
        try:
            group.mkdir()
        except OSError as error:
            problem = error
            continue
        try:
            (group / file).write_text(text, encoding="ascii")
        except OSError as error:
            problem = error
            group.rmdir()
            continue
        try:
            yield ["/bin/sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"]
        finally:
            group.rmdir()
        return
    test.skipTest(f"no control group with a quota can be made here: {problem}")


def schema_problems(test, schema, documents):
    """By document the list of what is wrong with it, by whichever Python has jsonschema."""
    for python in (sys.executable, "/usr/bin/python3"):
        if not shutil.which(python):
            continue
        probe = [python, "-W", "ignore", "-c", "import jsonschema"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            done = subprocess.run(
                [python, "-W", "ignore", "-c", SCHEMA_CHECK],
                input=json.dumps([schema, documents]),
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
            test.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)
    return test.skipTest("jsonschema is not installed (Debian: python3-jsonschema)")


# --- images ----------------------------------------------------------------------------------

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def png_chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def make_png(wide=40, high=30, seed=1, colour_type=2):
    """A PNG of noise. Colour type 0 is grey, 2 RGB, 4 grey with alpha, 6 RGB with alpha."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    source = random.Random(seed)
    rows = b"".join(b"\0" + source.randbytes(wide * channels) for _ in range(high))
    header = struct.pack(">IIBBBBB", wide, high, 8, colour_type, 0, 0, 0)
    return (
        PNG_MAGIC
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def png_size(data):
    """Width and height from a PNG's header."""
    if data[:8] != PNG_MAGIC or data[12:16] != b"IHDR":
        raise ValueError("not a PNG")
    return struct.unpack(">II", data[16:24])


def make_jpeg(blocks_wide=6, blocks_high=5, seed=1):
    """A grey baseline JPEG whose 8x8 blocks are plain, so that the coder stays a few lines."""
    # DC: twelve categories, all with codes of four bits; AC: the end of block alone, one bit.
    dc_table = bytes([0x00] + [0, 0, 0, 12] + [0] * 12) + bytes(range(12))
    ac_table = bytes([0x10] + [1] + [0] * 15) + bytes([0])
    source = random.Random(seed)
    bits = ""
    before = 0
    for _ in range(blocks_wide * blocks_high):
        level = source.randrange(-100, 101)
        step, before = level - before, level
        size = abs(step).bit_length()
        bits += format(size, "04b")
        if size:
            bits += format(step if step > 0 else step + (1 << size) - 1, f"0{size}b")
        bits += "0"
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")

    def segment(marker, data):
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data

    frame = struct.pack(">BHHB", 8, 8 * blocks_high, 8 * blocks_wide, 1) + bytes([1, 0x11, 0])
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + segment(0xDB, bytes([0]) + bytes([8] * 64))
        + segment(0xC0, frame)
        + segment(0xC4, dc_table)
        + segment(0xC4, ac_table)
        + segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))
        + coded
        + b"\xff\xd9"
    )
