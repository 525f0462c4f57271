"""Values that files of the Python tool may have: arguments left out, null, repeated numbers, sizes
of zero; and what its task `password` does with its four arguments."""

import gzip
import hashlib
import json
import os
import shutil
import string
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SHORT = ["--task-count", "1", "--iterations", "1", "--warmup", "0"]


class Values(common.Case):
    """Helpers: short runs of a configuration, and its dumps."""

    def run_config(self, config, *options, **more):
        """Runs it in a folder of its own. Returns that of the run and the Result."""
        shutil.rmtree(self.work / "output", ignore_errors=True)
        self.write("c.json", config)
        result = self.run_fine("c.json", *SHORT, *options, **more)
        return self.only_folder(), result

    @staticmethod
    def configured(folder):
        """The configuration as the run recorded it."""
        return common.read_samples(folder)[0]["config"]

    def refuse(self, config, *needles):
        """Exit code 2, one message with these words, nothing written."""
        self.write("c.json", config)
        before = self.tree()
        result = self.run_ppt("c.json", *SHORT)
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "", result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        for needle in needles:
            self.assertIn(needle, result.err)
        self.assertEqual(self.tree(), before, result)

    def dump(self, kernel, args, *options):
        """What `once` makes of arguments."""
        path = self.base / "dumped"
        self.run_fine("once", kernel, json.dumps(args), "--dump", path, *options)
        data = path.read_bytes()
        path.unlink()
        return data


class Arguments(Values):
    """`"task_args": []`."""

    def test_empty_is_the_defaults(self):
        """For every kernel: those that `list` shows. Its default program is found in PATH, so these
        runs have one."""
        kernels = json.loads(self.run_fine("list", "--json").out)["kernels"]
        self.assertLessEqual(set(common.KERNELS), {kernel["name"] for kernel in kernels})
        for kernel in kernels:
            with self.subTest(kernel=kernel["name"]):
                # Sequential calls alone: the default size of zip takes seconds.
                config = {"task": kernel["name"], "task_args": [], "workers": [0]}
                env = self.environment(PATH=common.path_without_gnuplot())
                folder, _ = self.run_config(config, env=env)
                taken = self.configured(folder)["task_args"]
                if kernel["name"] == "img":
                    taken["paths"] = [os.path.basename(path) for path in taken["paths"]]
                for parameter in kernel["parameters"]:
                    if not parameter["optional"]:
                        self.assertEqual(taken[parameter["name"]], parameter["default"])

    def test_test_image_from_anywhere(self):
        """It comes with the program: the folder does not matter."""
        path = self.write("files/img.json", {"task": "img", "task_args": [], "workers": [0, 2]})
        for name in ("files", "elsewhere/deep"):
            here = self.work / name
            here.mkdir(parents=True, exist_ok=True)
            self.run_fine(os.path.relpath(path, here), *SHORT, cwd=here)
            _, rows = common.read_csv(self.only_folder(here / "output") / "results.csv")
            self.assertEqual({row["Job details"] for row in rows}, {"landscape.png"})

    def test_named_image(self):
        """In the current folder, or beside the configuration; elsewhere it is not looked for."""
        config = {"task": "img", "task_args": [["img.jpg"]], "workers": [0]}
        path = self.write("files/c.json", config)
        here = self.work / "here"
        here.mkdir()
        for place in (here, path.parent):
            with self.subTest(place=place.name):
                image = place / "img.jpg"
                image.write_bytes(common.make_jpeg())
                self.run_fine("../files/c.json", *SHORT, cwd=here)
                shutil.rmtree(here / "output")
                image.unlink()
        (self.work / "img.jpg").write_bytes(common.make_jpeg())
        before = self.tree()
        result = self.run_ppt("../files/c.json", *SHORT, cwd=here)
        self.assertEqual(result.code, 2, result)
        self.assertIn("img.jpg", result.err)
        self.assertEqual(self.tree(), before, result)

    def test_missing_image(self):
        """An error even beside one that is there."""
        self.write("there.jpg", common.make_jpeg())
        self.refuse({"task": "img", "task_args": [["there.jpg", "gone.jpg"]]}, "gone.jpg")

    def test_unknown_in_mix(self):
        self.refuse({"task": "random", "task_args": ["sum", "summ"]}, "summ")


class Nulls(Values):
    """`null` is the key's default."""

    CONFIG = {"task": "sum", "task_args": [1000], "workers": [0, 2], "seed": 1}

    def test_null(self):
        folder, _ = self.run_config(self.CONFIG)
        plain = self.configured(folder)
        self.assertEqual(plain["wait_time_after_runner"], 0)
        self.assertEqual(plain["wait_time_after_iteration"], 0)
        self.assertIs(plain["gc_after_iteration"], False)
        for key in (
            "wait_time_after_runner",
            "wait_time_after_iteration",
            "gc_after_iteration",
            "multiprocessing_start_method",
        ):
            with self.subTest(key=key):
                folder, _ = self.run_config({**self.CONFIG, key: None})
                self.assertEqual(self.configured(folder), plain)


class Repeated(Values):
    """Numbers that are in a list twice are taken once, and that is said."""

    def check(self, key, numbers, points, **more):
        """`points`: what each row of the CSV must have as workers, inner threads, ranks."""
        with self.subTest(key=key, numbers=numbers):
            config = {"task": "tensor", "task_args": [8, 2], key: numbers, **more}
            folder, result = self.run_config(config)
            notes = [line for line in result.err.splitlines() if key in line]
            self.assertEqual(len(notes), 1, result)
            self.assertTrue(notes[0].startswith("ppt-omp: "), notes[0])
            _, rows = common.read_csv(folder / "results.csv")
            names = ("Workers", "Inner threads", "Ranks")
            self.assertEqual([tuple(int(row[name]) for name in names) for row in rows], points)
            visited = [(p["workers"], p["inner_threads"]) for p in common.passes(folder)]
            self.assertEqual(sorted(visited), [point[:2] for point in points])

    def test_workers(self):
        self.check("workers", [2, 0, 2], [(0, 1, 0), (2, 1, 0)])
        self.check("workers", [0, 0, 0], [(0, 1, 0)])

    def test_inner_threads(self):
        self.check("inner_threads", [2, 1, 2], [(2, 1, 0), (2, 2, 0)], workers=[2])

    def test_ranks(self):
        self.check("ranks", [0, 0], [(0, 1, 0), (2, 1, 0)], workers=[0, 2])

    def test_nothing_to_say(self):
        """Without a repetition there is no note."""
        _, result = self.run_config({"task": "sum", "task_args": [9], "workers": [2, 0]})
        self.assertNotIn("workers", result.err)


class Zero(Values):
    """Sizes of zero: next to no work, but a run."""

    def test_runs(self):
        for task, args in (
            ("io", [0]),
            ("sort", [0]),
            ("zip", [0]),
            ("sum", [0]),
            ("multi", [0]),
            ("matrix", [0]),
            ("tensor", [0, 3]),
            ("tensor", [0, 0]),
            ("tensor", [5, 0]),
            ("password", [5, 0, [8, 8], 0.5]),
            ("password", [0, 5, [8, 8], 0]),
            ("password", [0, 0, [8, 8], 0]),
            ("password", [4, 10, [0, 0], 0.5]),
            ("password", [4, 10, [0, 5], 0.5]),
        ):
            with self.subTest(task=task, args=args):
                config = {"task": task, "task_args": args, "workers": [0, 1, 2]}
                folder, _ = self.run_config(config)
                self.check_digests(folder)
                _, rows = common.read_csv(folder / "results.csv")
                self.assertEqual([row["Workers"] for row in rows], ["0", "1", "2"])

    def test_results(self):
        """Nothing of everything, and the sum and the product of nothing."""
        self.assertEqual(self.dump("io", [0]), b"")
        self.assertEqual(gzip.decompress(self.dump("zip", [0])), b"")
        self.assertEqual(self.dump("sort", [0]).split(), [])
        self.assertEqual(self.dump("matrix", [0]).split(), [])
        self.assertEqual(self.dump("tensor", [0, 3]).split(), [])
        self.assertEqual(int(self.dump("sum", [0])), 0)
        self.assertEqual(float(self.dump("multi", [0])), 1)

    def test_no_products(self):
        """A tensor task multiplies what it has: no further matrix leaves the first."""
        one = self.dump("tensor", [5, 1])
        self.assertEqual(len(one.split()), 25)
        self.assertEqual(self.dump("tensor", [5, 0]), one)
        self.assertNotEqual(self.dump("tensor", [5, 2]), one)


class Password(Values):
    """Stored and tried passwords, known from outside: hashes and counts."""

    def attempt(self, args, *options):
        """The stored hashes and the number of matches."""
        lines = self.dump("password", args, *options).decode("ascii").split("\n")
        *hashes, compared, matches, end = lines
        self.assertEqual(end, "")
        self.assertRegex(compared, r"^compared \d+$")
        word, count = matches.split(" ")
        self.assertEqual(word, "matches")
        for line in hashes:
            self.assertRegex(line, "^[0-9a-f]{64}$")
        return hashes, int(count)

    def test_counts(self):
        """As many right ones as Python's int() makes of the product, whatever is drawn: 0.29 of
        100 are 28, since the product is a little below 29."""
        for stored, tried, ratio in (
            (100, 1000, 0.8),
            (100, 1000, 0.788),
            (100, 100, 0.29),
            (100, 100, 0.57),
            (100, 1000, 0.0005),
            (100, 1000, 0.9999),
            (100, 7, 0.5),
            (3, 1000, 0.5),
            (1, 1, 1),
            (1, 1, 0.99),
            (100, 1000, 0),
            (100, 1000, 1),
            (0, 50, 0),
            (50, 0, 0.5),
        ):
            for options in ((), ("--index", "3"), ("--seed", "7")):
                with self.subTest(stored=stored, tried=tried, ratio=ratio, options=options):
                    hashes, matches = self.attempt([stored, tried, [20, 20], ratio], *options)
                    self.assertEqual(len(hashes), stored)
                    self.assertEqual(len(set(hashes)), stored)
                    self.assertEqual(matches, int(tried * ratio))

    def test_alphabet(self):
        """Of one character there are 62 passwords; 2000 drawn ones contain all of them."""
        hashes, _ = self.attempt([2000, 0, [1, 1], 0])
        alphabet = string.ascii_letters + string.digits
        known = {hashlib.sha256(c.encode("ascii")).hexdigest() for c in alphabet}
        self.assertEqual(len(known), 62)
        self.assertEqual(set(hashes), known)

    def test_lengths(self):
        """From the shortest to the longest, both included."""
        hashes, _ = self.attempt([200, 0, [0, 1], 0])
        empty = hashlib.sha256(b"").hexdigest()
        self.assertIn(empty, hashes)
        self.assertGreater(len(set(hashes)), 10)
        hashes, _ = self.attempt([20, 10, [0, 0], 0.5])
        self.assertEqual(set(hashes), {empty})

    def test_lookup(self):
        """Going through the list, as it is without a word, and a set find the same."""
        args = [100, 1000, [20, 20], 0.788]
        plain = self.attempt(args)
        self.assertEqual(plain[1], 788)
        for options in (
            {"hash": "sha256"},
            {"hash": "sha256", "lookup": "scan"},
            {"hash": "sha256", "lookup": "set"},
        ):
            with self.subTest(options=options):
                self.assertEqual(self.attempt([*args, options]), plain)

    def test_argon2id(self):
        """Named, with all of its options, and both ways of looking up."""
        args = [4, 10, [20, 20], 0.55]
        costs = {"hash": "argon2id", "t_cost": 1, "m_cost_kib": 64, "lanes": 2}
        found = [self.attempt([*args, {**costs, "lookup": way}]) for way in ("scan", "set")]
        self.assertEqual(found[0][1], 5)
        self.assertEqual(found[0], found[1])
        self.assertNotEqual(found[0][0], self.attempt(args)[0])


if __name__ == "__main__":
    unittest.main()
