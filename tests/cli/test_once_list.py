"""`list`, `once`, `--help` and `--version`: the answers that need no measurement."""

import gzip
import json
import math
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

FAKE_ARGON2 = os.environ.get(
    "PPT_FAKE_ARGON2", str(common.ROOT / "build/tests/fake_argon2.so")
)

# Small arguments for each kernel, and whether its tasks have random input.
ONCE = {
    "sum": ("[1000]", False),
    "multi": ("[1000]", False),
    "io": ("[1]", True),
    "zip": ("[1]", True),
    "tensor": ("[8, 3]", True),
    "sort": ("[500]", True),
    "matrix": ("[12]", True),
    "img": ('[["landscape.png"]]', False),
    "password": ("[3, 4, [8, 9], 0.5]", True),
}

# Names of the parameters in the original's order; they are what `task_args` by name uses.
FIRST_PARAMETER = {
    "sum": "iterations",
    "multi": "iterations",
    "io": "mib",
    "zip": "mib",
    "tensor": "size",
    "sort": "size",
    "matrix": "size",
    "img": "paths",
    "password": "stored",
}


class List(common.Case):
    """`ppt-omp list`."""

    def test_text(self):
        """Every kernel with its parameters and defaults, and the mix."""
        result = self.run_fine("list")
        self.assertEqual(result.err, "")
        for name in [*common.KERNELS, "random"]:
            found = re.search(rf"(?m)^{name}\s+\S.*$", result.out)
            self.assertTrue(found, f"{name} is not listed")
        for name in FIRST_PARAMETER.values():
            self.assertRegex(result.out, rf"(?m)^\s+{name}\b.*default")
        self.assertIn("1000000", result.out)
        self.assertIn("MiB", result.out)

    def test_names_stand_apart(self):
        """A long name is still separated from what follows: scripts cut at the blank."""
        result = self.run_fine("list", mock=True)
        for name in ("steady", "unattachable", "unopenable"):
            self.assertRegex(result.out, rf"(?m)^{name}\s")

    def test_json(self):
        """The same for programs: one object, the defaults as JSON values of the right kind."""
        result = self.run_fine("list", "--json")
        self.assertEqual(result.err, "")
        kernels = {kernel["name"]: kernel for kernel in json.loads(result.out)["kernels"]}
        self.assertTrue(set(common.KERNELS) <= set(kernels), kernels.keys())
        for name, kernel in kernels.items():
            self.assertTrue(kernel["category"], name)
            self.assertTrue(kernel["summary"], name)
            for parameter in kernel["parameters"]:
                self.assertTrue(parameter["name"])
                self.assertTrue(parameter["kind"])
                self.assertTrue(parameter["help"])
                self.assertIn("default", parameter)
        for name, first in FIRST_PARAMETER.items():
            self.assertEqual(kernels[name]["parameters"][0]["name"], first)
        self.assertEqual(kernels["sort"]["parameters"][0]["default"], 1000000)
        self.assertEqual(kernels["img"]["parameters"][0]["default"], ["landscape.png"])
        self.assertIn("hash", json.dumps(kernels["password"]))

    def test_defaults_work(self):
        """What `list` calls a default is taken where the arguments are left out."""
        for name in ("sum", "multi", "sort", "img"):
            with self.subTest(kernel=name):
                kernels = json.loads(self.run_fine("list", "--json").out)["kernels"]
                (kernel,) = [k for k in kernels if k["name"] == name]
                first = kernel["parameters"][0]
                args = json.loads(self.run_fine("once", name, "--json").out)["args"]
                value = args[first["name"]]
                if name == "img":
                    value = [os.path.basename(path) for path in value]
                self.assertEqual(value, first["default"])

    def test_missing_kernel(self):
        """A kernel that is not in the build is listed with the reason, so that nobody searches
        for it."""
        result = self.run_fine("list", mock=True)
        self.assertIn("absent", result.out)
        self.assertIn("built without it on purpose", result.out)
        answer = json.loads(self.run_fine("list", "--json", mock=True).out)
        (kernel,) = [k for k in answer["kernels"] if k["name"] == "absent"]
        self.assertIn("built without it on purpose", kernel["missing"])

    def argon2(self, **environment):
        """What is said of a made-up libargon2, as text and as JSON."""
        link = self.work / "libargon2.so.1"
        if not link.exists():
            link.symlink_to(FAKE_ARGON2)
        env = self.environment(LD_LIBRARY_PATH=str(self.work), **environment)
        text = self.run_fine("list", env=env).out
        (line,) = [line for line in text.splitlines() if line.startswith("libargon2 of password")]
        return line, json.loads(self.run_fine("list", "--json", env=env).out)["argon2"]

    def test_argon2(self):
        """Which code libargon2 was built from is told by its speed, and not by what a hash begins and
        ends with."""
        for cycles, code in (("2500", "plain"), ("600", "vectorised")):
            with self.subTest(cycles=cycles):
                line, answer = self.argon2(FAKE_BLOCK_CYCLES=cycles)
                self.assertIn(f"{answer['version']}, {code} code", line)
                self.assertEqual("; vectorised code takes half" in line, code == "plain")
                self.assertEqual(answer["code"], code)

    def test_argon2_unknown(self):
        """One that does not hash has no speed."""
        line, answer = self.argon2(FAKE_FAILS="1")
        self.assertRegex(line, r": \S+, its code is unknown: it does not hash$")
        self.assertEqual(answer["code"], "unknown")


class Once(common.Case):
    """`ppt-omp once`."""

    def once(self, kernel, args=None, *options):
        given = [args] if args is not None else []
        result = self.run_fine("once", kernel, *given, "--json", *options)
        self.assertEqual(result.err, "")
        answer = json.loads(result.out)
        self.assertEqual(answer["task"], kernel)
        self.assertRegex(answer["digest"], "^[0-9a-f]{16}$")
        self.assertGreater(answer["seconds"], 0)
        self.assertTrue(math.isfinite(answer["seconds"]))
        return answer

    def test_text(self):
        """One line with the digest that --json gives as well, and a time with its unit."""
        for kernel, (args, _) in ONCE.items():
            with self.subTest(kernel=kernel):
                result = self.run_fine("once", kernel, args)
                self.assertEqual(result.err, "")
                self.assertEqual(len(result.out.splitlines()), 1, result)
                self.assertIn(kernel, result.out)
                self.assertIn(self.once(kernel, args)["digest"], result.out)
                self.assertRegex(result.out, r"\d (ns|µs|us|ms|s)\b")

    def test_digests(self):
        """Repeated: the same. Another index or seed: other input, where there is any."""
        for kernel, (args, has_input) in ONCE.items():
            with self.subTest(kernel=kernel):
                first = self.once(kernel, args)
                self.assertEqual((first["index"], first["seed"]), (0, 1))
                self.assertEqual(first["digest"], self.once(kernel, args)["digest"])
                explicit = self.once(kernel, args, "--index", "0", "--seed", "1")
                self.assertEqual(first["digest"], explicit["digest"])
                if has_input:
                    other = self.once(kernel, args, "--index", "1")
                    self.assertEqual(other["index"], 1)
                    self.assertNotEqual(first["digest"], other["digest"])
                    other = self.once(kernel, args, "--seed", "2")
                    self.assertEqual(other["seed"], 2)
                    self.assertNotEqual(first["digest"], other["digest"])

    def test_digest_depends_on_arguments(self):
        """More work, another result."""
        for kernel, one, two in (
            ("sum", "[1000]", "[1001]"),
            ("multi", "[1000]", "[1001]"),
            ("sort", "[500]", "[501]"),
            ("tensor", "[8, 3]", "[8, 4]"),
            ("matrix", "[12]", "[13]"),
            ("zip", '[1, 1, "text"]', '[1, 9, "text"]'),
            ("password", "[3, 4, [8, 9], 0.5]", '[3, 4, [8, 9], 0.5, {"m_cost_kib": 64}]'),
        ):
            with self.subTest(kernel=kernel):
                first, second = self.once(kernel, one), self.once(kernel, two)
                self.assertNotEqual(first["digest"], second["digest"])

    def test_instruction_sets(self):
        """Every variant of the hot loops computes the same, and says that it is in use."""
        listed = json.loads(self.run_fine("list", "--json").out)["instruction_sets"]
        self.assertEqual(listed["usable"][0], "baseline")
        self.assertEqual(listed["in_use"], listed["usable"][-1])
        for kernel, (args, _) in ONCE.items():
            expected = self.once(kernel, args)["digest"]
            for name in listed["usable"]:
                with self.subTest(kernel=kernel, name=name):
                    chosen = self.environment(PPT_OMP_ISA=name)
                    answer = self.run_fine("once", kernel, args, "--json", env=chosen)
                    self.assertEqual(json.loads(answer.out)["digest"], expected)
                    listing = self.run_fine("list", "--json", env=chosen)
                    in_use = json.loads(listing.out)["instruction_sets"]["in_use"]
                    self.assertEqual(in_use, name)

    def test_named_arguments(self):
        """An object by name, as in a file."""
        listed = self.once("tensor", "[8, 3]")
        named = self.once("tensor", '{"count": 3, "size": 8}')
        self.assertEqual(listed["digest"], named["digest"])
        self.assertEqual(named["args"], {"size": 8, "count": 3})

    def test_nothing_is_written(self):
        """No output folder for a single task."""
        self.once("zip", "[1]")
        self.assertEqual(list(self.work.iterdir()), [])


class Dump(common.Case):
    """`once --dump FILE`: the proof that the work is real."""

    def dump(self, kernel, args, *options):
        path = self.work / "dumped"
        self.run_fine("once", kernel, args, "--dump", path, *options)
        self.assertEqual(list(self.work.iterdir()), [path], "nothing beside the dump")
        data = path.read_bytes()
        path.unlink()
        return data

    def test_sum(self):
        """0 + 1 + … + (n − 1)."""
        for count in (0, 1, 2, 1000, 123457):
            data = self.dump("sum", f"[{count}]")
            self.assertEqual(int(data), count * (count - 1) // 2)

    def test_multi(self):
        """1.00001 to the power of 200 000 is 7.389…, close to e²."""
        value = float(self.dump("multi", "[200000]"))
        self.assertAlmostEqual(value, 1.00001**200000, places=6)
        self.assertTrue(str(value).startswith("7.38"), value)
        self.assertAlmostEqual(value, 7.389, places=3)

    def test_sort(self):
        """Ascending numbers between 0 and 1, as many as asked for, spread evenly."""
        values = [float(line) for line in self.dump("sort", "[3000]").split()]
        self.assertEqual(len(values), 3000)
        self.assertEqual(values, sorted(values))
        self.assertGreaterEqual(values[0], 0.0)
        self.assertLess(values[-1], 1.0)
        self.assertGreater(len(set(values)), 2990)
        self.assertLess(abs(sum(values) / len(values) - 0.5), 0.05)

    def test_zip(self):
        """Any gzip reader restores a mebibyte; random bytes stay as large, text shrinks."""
        whole = {}
        for content in ("random", "text"):
            data = self.dump("zip", f'[1, 6, "{content}"]')
            self.assertEqual(data[:2], b"\x1f\x8b")
            whole[content] = gzip.decompress(data)
            self.assertEqual(len(whole[content]), 1 << 20)
            share = len(data) / (1 << 20)
            if content == "random":
                self.assertGreater(share, 0.99)
                self.assertLess(share, 1.01)
            else:
                self.assertLess(share, 0.6)
                self.assertGreater(share, 0.1)
        self.assertGreater(len(set(whole["random"][:100000])), 250)
        self.assertTrue(all(c in b"\n\t" or 32 <= c < 127 for c in set(whole["text"])))

    def test_zip_levels(self):
        """Level 0 stores, 9 compresses best."""
        sizes = [len(self.dump("zip", f'[1, {level}, "text"]')) for level in (0, 1, 9)]
        self.assertGreater(sizes[0], 1 << 20)
        self.assertGreater(sizes[1], sizes[2])

    def test_io(self):
        """Two mebibytes of random bytes."""
        data = self.dump("io", "[2]")
        self.assertEqual(len(data), 2 << 20)
        counts = [data.count(bytes([value])) for value in range(256)]
        self.assertLess(max(counts), 2 * min(counts))

    def test_img(self):
        """A PNG of 512 by 512, also from a small image, a tall one, a grey one and a JPEG."""
        small = common.make_png(7, 5)
        for name, data in {
            "landscape.png": None,
            "small.png": small,
            "one.png": common.make_png(1, 1),
            "tall.png": common.make_png(9, 700),
            "grey.png": common.make_png(600, 520, colour_type=0),
            "alpha.png": common.make_png(30, 30, colour_type=6),
            "picture.jpg": common.make_jpeg(),
        }.items():
            with self.subTest(image=name):
                path = name
                if data is not None:
                    path = self.base / name
                    path.write_bytes(data)
                dumped = self.dump("img", json.dumps([[str(path)]]))
                self.assertEqual(common.png_size(dumped), (512, 512))

    def test_tensor(self):
        """Numbers of a matrix of that size."""
        rows = self.dump("tensor", "[5, 3]").decode().splitlines()
        values = [[float(field) for field in row.split()] for row in rows if row.strip()]
        self.assertEqual([len(row) for row in values], [5] * 5)
        self.assertTrue(all(math.isfinite(value) for row in values for value in row))

    def test_matrix(self):
        """The matrix and its inverse: their product is the identity, computed here by hand."""
        text = self.dump("matrix", "[9]").decode()
        rows = [[float(f) for f in row.split()] for row in text.splitlines() if row.strip()]
        self.assertEqual([len(row) for row in rows], [9] * 18)
        given, inverse = rows[:9], rows[9:]
        for i in range(9):
            for j in range(9):
                value = sum(given[i][k] * inverse[k][j] for k in range(9))
                self.assertAlmostEqual(value, 1.0 if i == j else 0.0, places=8)

    def test_password(self):
        """Hashes of 256 bits and the number of matches: all of them at a ratio of one, none at
        zero, about the half at one half (which ones are right is drawn)."""
        for args, fewest, most in (
            ("[4, 10, [20, 20], 1]", 10, 10),
            ("[4, 10, [20, 20], 0]", 0, 0),
            ("[4, 1000, [20, 20], 0.5]", 400, 600),
            ('[4, 10, [20, 20], 1, {"m_cost_kib": 64, "t_cost": 1}]', 10, 10),
        ):
            with self.subTest(args=args):
                text = self.dump("password", args).decode()
                hashes = re.findall(r"(?m)^[0-9a-f]{64}$", text)
                self.assertEqual(len(set(hashes)), 4)
                (found,) = re.findall(r"matches (\d+)", text)
                self.assertIn(int(found), range(fewest, most + 1))

    def test_index(self):
        """The dump is that of the task asked for."""
        self.assertNotEqual(
            self.dump("sort", "[10]", "--index", "0"), self.dump("sort", "[10]", "--index", "3")
        )
        self.assertEqual(
            self.dump("sort", "[10]", "--index", "3"), self.dump("sort", "[10]", "--index", "3")
        )

    def test_options_before_the_verb(self):
        """They are the verb's own wherever they stand."""
        behind = self.run_fine("once", "sort", "[1000]", "--seed", "7", "--index", "2", "--json")
        before = self.run_fine("--seed", "7", "--index", "2", "--json", "once", "sort", "[1000]")
        answers = [json.loads(result.out) for result in (behind, before)]
        self.assertEqual(answers[0]["seed"], 7)
        self.assertEqual(answers[0]["digest"], answers[1]["digest"])

    def test_replaces_whole(self):
        """An older, longer dump leaves no tail."""
        path = self.work / "dumped"
        path.write_text("x" * 100000)
        self.run_fine("once", "sum", "[10]", "--dump", path)
        self.assertEqual(path.read_text().strip(), "45")


class Bad(common.Case):
    """Wrong uses of these commands."""

    def refuse(self, args, *needles, codes=(2,), mock=False):
        before = self.tree()
        result = self.run_ppt(*args, mock=mock)
        self.assertIn(result.code, codes, result)
        self.assertEqual(result.out, "", result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        self.assertTrue(result.err.startswith("ppt-omp: "), result)
        for needle in needles:
            self.assertRegex(result.err, needle)
        self.assertEqual(self.tree(), before, result)

    def test_once(self):
        """No kernel, an unknown one, wrong arguments, the mix, too many words."""
        self.refuse(["once"], "kernel")
        self.refuse(["once", "sorr"], "sorr", 'did you mean "sort"')
        self.refuse(["once", "random"], "random")
        self.refuse(["once", "sort", "[1, 2]"], "size")
        self.refuse(["once", "sort", "[-1]"], "-1 is below 0")
        self.refuse(["once", "sort", "[1000"], "JSON")
        self.refuse(["once", "sort", '{"sise": 3}'], 'did you mean "size"')
        self.refuse(["once", "sort", "[10]", "[20]"])
        self.refuse(["once", "sort", "[10]", "--index", "-1"], "--index")
        self.refuse(["once", "sort", "[10]", "--index", "x"], "--index")
        self.refuse(["once", "sort", "[10]", "--index"], "--index")
        self.refuse(["once", "sort", "[10]", "--seed", "x"], "--seed")
        self.refuse(["once", "img", '[["nowhere.png"]]'], r"nowhere\.png")

    def test_dump_cannot_be_written(self):
        """A folder that is not there, a folder in the place of the file, a full disk."""
        self.refuse(["once", "sum", "[10]", "--dump", "no/such/file"], "no/such", codes=(1, 2))
        self.refuse(["once", "sum", "[10]", "--dump", "."], codes=(1, 2))
        self.refuse(["once", "sum", "[10]", "--dump", ""], codes=(1, 2))
        self.refuse(["once", "sort", "[10]", "--dump", "/dev/full"], "/dev/full", codes=(1, 2))
        self.refuse(["once", "sort", "[10]", "--dump"], "--dump")

    def test_dump_of_nothing(self):
        """Sleeping makes nothing. That is a wrong use (2), not a part that is missing in this
        build (77)."""
        self.refuse(["once", "wait", "[1]", "--dump", "x"], "wait")

    def test_beyond_memory(self):
        """Refused before it is tried, with the figure."""
        self.refuse(["once", "hungry"], r"\d.* [GTPE]iB", mock=True)

    def test_absent(self):
        """A kernel that this build lacks: 77, and the reason."""
        self.refuse(["once", "absent"], "built without it on purpose", codes=(77,), mock=True)

    def test_failing(self):
        """A task that fails is exit 1."""
        self.refuse(["once", "failing", "[0]"], "fails on purpose", codes=(1,), mock=True)
        self.refuse(["once", "unopenable"], "cannot be opened", codes=(1, 2), mock=True)


class Help(common.Case):
    """`--help` and `--version`."""

    def test_help(self):
        """To standard output, in 80 columns, not much more than a page, with every option that
        there is and the exit codes."""
        result = self.run_fine("--help")
        self.assertEqual(result.err, "")
        lines = result.out.splitlines()
        self.assertLessEqual(len(lines), 70)
        for line in lines:
            self.assertLessEqual(common.width(line), 80, line)
            self.assertEqual(line, line.rstrip())
        for word in (
            "list once --config --output --quick --iterations --task-count --workers --wait "
            "--seed --task --task-args --json --dump --version"
        ).split():
            self.assertIn(word, result.out)
        for code in ("0", "1", "2", "3", "77", "130"):
            self.assertRegex(result.out, rf"\b{code}\b")

    def test_help_anywhere(self):
        """Asked for in any place, help comes instead of an error or a run."""
        for args in (
            ["list", "--help"],
            ["once", "--help"],
            ["--task", "sum", "--help"],
            ["--timeout", "3", "--help"],
        ):
            with self.subTest(args=args):
                result = self.run_fine(*args)
                self.assertIn("ppt-omp", result.out)
                self.assertEqual(result.err, "")
        self.assertEqual(list(self.work.iterdir()), [])

    def test_version(self):
        """The program's name and a number."""
        result = self.run_fine("--version")
        self.assertRegex(result.out, r"^ppt-omp \d+\.\d+(\.\d+)?\b.*\n$")
        self.assertEqual(result.err, "")


if __name__ == "__main__":
    unittest.main()
