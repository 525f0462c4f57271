"""The benchmarks of tasks (tests/speed/task_benchmark.py) fail when a figure is missing or a result
is wrong: each of their checks is given something that must not pass."""

import copy
import gzip
import json
import os
import random
import re
import struct
import sys
import unittest
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SCRIPT = common.ROOT / "tests/speed/task_benchmark.py"
sys.path.insert(0, str(SCRIPT.parent))

import picture  # noqa: E402
import task_benchmark  # noqa: E402


def png_of(rows, wide=512, high=512, colour_type=2):
    """A PNG of these rows, filters included."""
    header = struct.pack(">IIBBBBB", wide, high, 8, colour_type, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return common.PNG_MAGIC + b"".join(common.png_chunk(*part) for part in parts)


def darken(data):
    """Every byte of a picture less by 1, where it can be; that is 48 dB."""
    _, pixels = picture.read_png(data)
    darker = bytes(max(value - 1, 0) for value in pixels)
    return png_of(b"".join(b"\0" + darker[i : i + 1536] for i in range(0, len(darker), 1536)))


CONFIG = {"task": "sum", "task_args": [500], "task_count": 6, "workers": [0, 1, 2]}

# By task: arguments by name, and what makes wrong dumps of a right one.
DUMPS = {
    "sum": ({"iterations": 1000}, [lambda data: b"499501\n"]),
    "multi": ({"iterations": 1000}, [lambda data: b"1.02" + data[4:]]),
    "io": ({"mib": 1}, [lambda data: data[1:]]),
    "zip": ({"mib": 1}, [lambda data: gzip.compress(gzip.decompress(data)[1:])]),
    "tensor": (
        {"size": 4, "count": 2},
        [lambda data: data.replace(b"\n", b" 1\n"), lambda data: re.sub(rb"\S+", b"nan", data)],
    ),
    "sort": (
        {"size": 50},
        [lambda data: data.replace(b"0.", b"-0."), lambda data: data[: data.rindex(b"0.")]],
    ),
    "matrix": (
        {"size": 9},
        [lambda data: data.replace(b"0.", b"1."), lambda data: data + b"1\n"],
    ),
    "img": (
        {"paths": ["landscape.png"]},
        [
            lambda data: data.replace(b"\0\0\2\0", b"\0\0\2\1", 1),
            lambda data: b"JPEG" + data[4:],
            lambda data: data[:-13],
            lambda data: png_of(bytes(512 * 1537)),
            lambda data: png_of(bytes(511 * 1537), high=511),
            darken,
        ],
    ),
    "password": (
        {"stored": 5, "tried": 9, "lengths": [9, 9], "ratio": 0.5},
        [lambda data: data.replace(b"matches 4", b"matches 5"), lambda data: data[65:]],
    ),
}

# Stands in for the program: runs it, then spoils what it made.
SPOILED = """#!{python}
import pathlib, subprocess, sys
code = subprocess.call(["{program}", *sys.argv[1:]])
once = sys.argv[1] == "once"
{spoil}
sys.exit(code)
"""


def at(document, path):
    """The parent of a place in a document, and its last key."""
    *parents, last = path
    for key in parents:
        document = document[key]
    return document, last


class Checks(common.Case):
    """Each check on its own."""

    def setUp(self):
        super().setUp()
        self.run_fine(self.write("c.json", CONFIG), "--iterations", "3")
        self.folder = self.only_folder()
        self.results = json.loads((self.folder / "results.json").read_text())

    def test_verdict(self):
        """The real one passes; without any of its figures it does not."""
        task_benchmark.check_verdict(self.results)
        for path, value in (
            (["verdict", "recommended"], None),
            (["verdict", "recommended"], 7),
            (["verdict", "confidence"], None),
            (["verdict", "slowdown_upper"], None),
            (["verdict", "slowdown_upper"], -0.1),
            (["verdict", "slowdown_point"], None),
            (["verdict", "sentence"], "no verdict: 2 complete iterations were measured"),
            (["verdict", "speedup"], {}),
            (["verdict", "speedup", "2"], None),
            (["verdict", "speedup", "2"], [None, 1.0, 2.0]),
            (["verdict", "speedup", "2"], [1.5, 1.6, 2.0]),
            (["verdict", "speedup", "2"], [1.5, 1.0, float("inf")]),
            (["failed"], [{"workers": 2}]),
            (["points"], self.results["points"][:2]),
        ):
            with self.subTest(path=path, value=value):
                spoiled = copy.deepcopy(self.results)
                parent, key = at(spoiled, path)
                parent[key] = value
                with self.assertRaises(task_benchmark.Wrong):
                    task_benchmark.check_verdict(spoiled)

    def test_digests(self):
        """One pass with another result than the rest of its block."""
        samples = self.folder / "samples.jsonl"
        task_benchmark.check_digests(samples)
        lines = [json.loads(line) for line in samples.read_text().splitlines()]
        [line for line in lines if line["type"] == "pass"][-1]["digest"] = "0" * 16
        samples.write_text("".join(json.dumps(line) + "\n" for line in lines))
        with self.assertRaisesRegex(task_benchmark.Wrong, "digests"):
            task_benchmark.check_digests(samples)
        samples.write_text("")
        with self.assertRaises(task_benchmark.Wrong):
            task_benchmark.check_digests(samples)

    def test_results(self):
        """What a task really makes passes; spoiled, it does not."""
        self.assertEqual(set(DUMPS), set(task_benchmark.RESULTS))
        path = self.base / "dump"
        for task, (args, spoilers) in DUMPS.items():
            self.run_fine("once", task, json.dumps(args), "--dump", path)
            data, check = path.read_bytes(), task_benchmark.RESULTS[task]
            with self.subTest(task=task):
                check(args, data)
            for number, spoil in enumerate(spoilers):
                with self.subTest(task=task, number=number):
                    with self.assertRaises(task_benchmark.Wrong):
                        check(args, spoil(data))


    def test_results_say_what_is_known(self):
        """No more than was checked."""
        path = self.base / "dump"
        other = self.write("other.png", common.make_png())
        for task, args, said in (
            ("tensor", {"size": 4, "count": 2}, "its numbers are not known"),
            ("img", {"paths": ["landscape.png"]}, "pixels are right"),
            ("img", {"paths": [str(other)]}, "its pixels are not known"),
        ):
            with self.subTest(task=task, args=args):
                self.run_fine("once", task, json.dumps(args), "--dump", path)
                self.assertIn(said, task_benchmark.RESULTS[task](args, path.read_bytes()))
        mix = {"task": "random", "config": {"task_args": {}}}
        self.assertIn("not known", task_benchmark.check_result(common.PPT_OMP, mix))


class Pictures(unittest.TestCase):
    """The reader of PNGs."""

    @staticmethod
    def filtered(kind, row, above, step):
        """A row as a file has it, by the formulas of the standard."""
        def difference(i):
            a, c = (row[i - step], above[i - step]) if i >= step else (0, 0)
            b = above[i]
            near = {value: abs(a + b - c - value) for value in (c, b, a)}
            paeth = next(value for value in (a, b, c) if near[value] == min(near.values()))
            return row[i] - (0, a, b, (a + b) // 2, paeth)[kind]

        return bytes([kind, *(difference(i) & 255 for i in range(len(row)))])

    def test_filters(self):
        """Whatever filter a row has, its pixels come back."""
        source = random.Random(1)
        for colour_type, step in picture.CHANNELS.items():
            with self.subTest(colour_type=colour_type):
                lines = [source.randbytes(9 * step) for _ in range(25)]
                before = [bytes(9 * step), *lines]
                rows = [self.filtered(i % 5, line, before[i], step)
                        for i, line in enumerate(lines)]  # fmt: skip
                data = png_of(b"".join(rows), 9, 25, colour_type)
                self.assertEqual(picture.read_png(data), ((9, 25, step), b"".join(lines)))

    def test_unreadable(self):
        data = common.make_png()
        for spoiled, message in (
            (b"", "not a PNG"),
            (data[:40], "damaged"),
            (data[:-1], "damaged"),
            (data.replace(b"IDAT", b"IDAR"), "damaged in its b'IDAR'"),
            (png_of(bytes(9), 3, 1), "9 bytes in its rows"),
            (png_of(b"\5" + bytes(9), 3, 1), "filter 5"),
            (png_of(bytes(4), 3, 1, colour_type=3), "another kind"),
        ):
            with self.subTest(message=message):
                with self.assertRaisesRegex(picture.Unreadable, message):
                    picture.read_png(spoiled)

    def test_decibels(self):
        self.assertEqual(picture.decibels(b"ab", b"ab"), float("inf"))
        self.assertAlmostEqual(picture.decibels(b"\0" * 9, b"\1" * 9), 48.13, 2)
        self.assertEqual(picture.decibels(b"\0", b"\xff"), 0)


class Whole(common.Case):
    """The script as Meson calls it."""

    def benchmark(self, spoil="", *options):
        self.write("c.json", CONFIG)
        program = self.base / "program"
        program.write_text(
            SPOILED.format(python=sys.executable, program=common.PPT_OMP, spoil=spoil)
        )
        program.chmod(0o755)
        output = self.work / "benchmarks"
        return self.run_program(
            sys.executable, SCRIPT, program, "c.json", *(options or ["--iterations", "3"]),
            "--output", output,
        )  # fmt: skip

    def test_fine(self):
        """The program's own output is shown; a second time there is an older run beside."""
        for _ in range(2):
            result = self.benchmark()
            self.assertEqual(result.code, 0, result)
            self.assertRegex(result.out, r"(?m)^sum: use ")
            self.assertIn("the sum is right", result.out)

    def test_spoiled(self):
        """Exit code 1 and a message."""
        results = 'pathlib.Path("benchmarks/latest/results.json")'
        for spoil, message in (
            ("once or (code := 3)", "exit code 3"),
            ('once or pathlib.Path("benchmarks/other").mkdir()', "made 2 folders"),
            (f"once or {results}.unlink()", "results.json"),
            (f"once or {results}.write_text('{{')", "JSONDecodeError"),
            (f"once or {results}.write_text('{{}}')", "failed|verdict"),
            ("if once: pathlib.Path(sys.argv[-1]).write_text('124751')", "124751"),
            ("if once: code = 1", "exit code 1"),
        ):
            with self.subTest(spoil=spoil):
                result = self.benchmark(spoil)
                self.assertEqual(result.code, 1, result)
                self.assertRegex(result.err, f"FAILED: .*({message})")

    def test_no_verdict(self):
        """Two blocks are too few for one."""
        result = self.benchmark("", "--iterations", "2")
        self.assertEqual(result.code, 1, result)
        self.assertRegex(result.err, "FAILED: recommended: None")


if __name__ == "__main__":
    unittest.main()
