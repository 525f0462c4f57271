"""Configurations of the Python tool, unmodified, from the file to the CSV.

Each is run from another folder than its own and shortened by options alone. Every column that the
Python tool had, and the three beside them, must mean what it says: they are compared with what
original_columns.py makes of the recorded passes.
"""

import json
import math
import os
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
import original_columns  # noqa: E402
import successor_configs  # noqa: E402

# Of ppt-omp's own columns, those that must follow somewhere.
OWN_COLUMNS = {
    "Task",
    "Inner threads",
    "Ranks",
    "Means over (blocks)",
    "Time: cleanup (s)",
    "Time: scratch (s)",
    "Speedup low",
    "Speedup high",
}
TOLERANCE = 1e-6


class Columns(common.Case):
    """Helpers: a run whose CSV is checked against its passes."""

    def measure(self, config, *options, home=None):
        """Runs a configuration whose file is in the folder `home`, from an empty folder beside it;
        the file must be left as it was. Returns the folder of the run and the Result."""
        home = home or self.work / "files"
        home.mkdir(parents=True, exist_ok=True)
        here = home.parent / "here"
        here.mkdir()
        path = home / f"{config['task']}.json"
        text = successor_configs.as_text(config)
        path.write_text(text, encoding="utf-8")
        before = sorted(home.iterdir())
        result = self.run_fine(os.path.relpath(path, here), *options, cwd=here)
        self.assertEqual(path.read_text(encoding="utf-8"), text)
        self.assertEqual(sorted(home.iterdir()), before, "something was written beside the file")
        return self.only_folder(here / "output"), result

    def check_header(self, header):
        """The Python tool's columns, then ours; readers by position count on the order."""
        known = len(original_columns.COLUMNS)
        self.assertEqual(header[:known], original_columns.COLUMNS)
        self.assertEqual(original_columns.COLUMNS[: len(common.CSV_ORIGINAL)], common.CSV_ORIGINAL)
        self.assertLessEqual(OWN_COLUMNS, set(header[known:]))
        self.assertEqual(len(set(header)), len(header), "a column name appears twice")

    def check_value(self, column, text, expected):
        if isinstance(expected, str):
            self.assertEqual(text, expected)
        elif expected is None:
            self.assertEqual(text, "")
        else:
            # Zero is zero: no tolerance is left of it.
            close = math.isclose(float(text), expected, rel_tol=TOLERANCE, abs_tol=0)
            self.assertTrue(close, f"{column}: {text}, and {expected} from the passes")

    def check_columns(self, folder, config, workers):
        """Every row and column against the passes. Returns the rows of the file."""
        header, rows = common.read_csv(folder / "results.csv")
        self.check_header(header)
        expected = original_columns.rows(
            folder / "samples.jsonl", config["task"], config["task_args"]
        )
        self.assertEqual([row["Workers"] for row in expected], workers)
        self.assertEqual([row["Name"] for row in rows], [row["Name"] for row in expected])
        for row, values in zip(rows, expected):
            for column, value in values.items():
                with self.subTest(row=row["Name"], column=column):
                    self.check_value(column, row[column], value)
        return rows


class Configurations(Columns):
    """Everything that the Python tool shipped, in both forms."""

    def one_form(self, form, task, *shorter, workers=None):
        """A task's file, to the end; `workers` instead of its own list."""
        with self.subTest(form=form):
            home = self.work / form / "files"
            home.mkdir(parents=True)
            (home / successor_configs.PICTURE).write_bytes(common.make_jpeg())
            config = successor_configs.FORMS[form](task)
            options = ["--wait", "0", *shorter]
            if workers:
                options += ["--workers", ",".join(map(str, workers))]
            folder, result = self.measure(config, *options, home=home)
            self.check_columns(folder, config, workers or config["workers"])
            self.assertNotIn("multiprocessing", result.err)

    def both_forms(self, task, *shorter, workers=None):
        for form in successor_configs.FORMS:
            self.one_form(form, task, *shorter, workers=workers)

    def test_sum(self):
        self.both_forms("sum", "--iterations", "3", "--task-count", "20")

    def test_multi(self):
        self.both_forms("multi", "--iterations", "3", "--task-count", "20")

    def test_io(self):
        self.both_forms("io", "--iterations", "1", "--task-count", "2", workers=[0, 2])

    def test_zip(self):
        """Compressing 50 MiB takes seconds, so one task has to do."""
        one = ["--iterations", "1", "--task-count", "1", "--warmup", "0"]
        self.one_form("first", "zip", *one, workers=[0, 2])
        self.one_form("last", "zip", *one, workers=[0])

    def test_tensor(self):
        self.both_forms("tensor", "--iterations", "1", "--task-count", "2", workers=[0, 1, 2])

    def test_sort(self):
        self.both_forms("sort", "--iterations", "3", "--task-count", "3", workers=[0, 2, 4])

    def test_matrix(self):
        self.both_forms("matrix", "--iterations", "1", "--task-count", "2", workers=[0, 1, 2])

    def test_img(self):
        self.both_forms("img", "--iterations", "3", "--task-count", "3")

    def test_password(self):
        self.both_forms("password", "--iterations", "3", "--task-count", "40")

    def test_random(self):
        """Most of what this draws takes milliseconds, but compressing 100 MiB takes seconds: a few
        tasks, and a seed that draws several kernels without that one."""
        few = ["--iterations", "1", "--task-count", "6", "--warmup", "0", "--seed", "12"]
        for form in successor_configs.FORMS:
            self.one_form(form, "random", *few)
            folder = self.only_folder(self.work / form / "here/output")
            (drawn,) = [line for line in common.read_samples(folder) if line["type"] == "tasks"]
            self.assertGreaterEqual(len({task["task"] for task in drawn["tasks"]}), 3)


class Details(Columns):
    """Job details that no shipped configuration has."""

    def check(self, task, args):
        with self.subTest(task=task, args=args):
            for path in ("files", "here"):
                shutil.rmtree(self.work / path, ignore_errors=True)
            files = self.work / "files"
            files.mkdir()
            (files / successor_configs.PICTURE).write_bytes(common.make_jpeg())
            config = {"task": task, "task_args": args, "workers": [0], "iterations": 1}
            folder, _ = self.measure(config, "--task-count", "2")
            self.check_columns(folder, config, [0])

    def test_named_mix(self):
        self.check("random", ["sum", "multi"])
        self.check("random", ["sum"])

    def test_images(self):
        """Names without folders."""
        self.check("img", [["img.jpg", "landscape.png"]])
        self.check("img", [["../files/img.jpg"]])

    def test_numbers(self):
        """Written as in the file, whatever their size."""
        self.check("tensor", [7, 2])
        self.check("password", [3, 40, [8, 12], 0.25])
        self.check("sum", [12345678])


class Rows(Columns):
    """One row for each number of workers."""

    CONFIG = {"task": "sort", "task_args": [3000], "task_count": 4, "iterations": 3}

    def test_ascending(self):
        """In whatever order the file has them."""
        config = {**self.CONFIG, "workers": [4, 0, 2, 1]}
        folder, _ = self.measure(config)
        rows = self.check_columns(folder, config, [0, 1, 2, 4])
        self.assertEqual(
            [row["Name"] for row in rows], ["sequential", "parallel_1", "parallel_2", "parallel_4"]
        )

    def test_sequential_is_the_measure(self):
        """Its speedups are one, and the interval is around the median."""
        folder, _ = self.measure({**self.CONFIG, "workers": [0, 2]})
        _, (sequential, parallel) = common.read_csv(folder / "results.csv")
        for column in ("Speedup (vs sequential)", "Speedup (median, paired)"):
            self.assertEqual(float(sequential[column]), 1)
        value = float(parallel["Speedup (median, paired)"])
        self.assertLessEqual(float(parallel["Speedup low"]), value)
        self.assertGreaterEqual(float(parallel["Speedup high"]), value)

    def test_verdict_has_the_median(self):
        """The verdict and its page speak of the same figure as the column."""
        folder, _ = self.measure({**self.CONFIG, "workers": [0, 1, 2]})
        verdict = json.loads((folder / "results.json").read_text())["verdict"]
        _, rows = common.read_csv(folder / "results.csv")
        for row in rows[1:]:
            value = verdict["speedup"][row["Workers"]][0]
            self.assertAlmostEqual(float(row["Speedup (median, paired)"]), value, places=6)

    def test_without_sequential(self):
        """Nothing to compare with: the ratio is left empty."""
        config = {**self.CONFIG, "workers": [1, 2]}
        folder, _ = self.measure(config)
        _, rows = common.read_csv(folder / "results.csv")
        self.assertEqual([row["Name"] for row in rows], ["parallel_1", "parallel_2"])
        self.assertEqual([row["Speedup (vs sequential)"] for row in rows], ["", ""])


class Parts(Columns):
    """The parts of a pass."""

    def passes(self, task, args, **more):
        config = {"task": task, "task_args": args, "task_count": 4, "workers": [0, 1, 2]}
        folder, _ = self.measure({**config, "iterations": 3, **more})
        lines = common.read_samples(folder)
        self.assertEqual(lines[0]["type"], "run")
        passes = [line for line in lines if line["type"] == "pass"]
        self.assertEqual({line["block"] for line in passes}, {0, 1, 2, 3})
        return folder, passes

    def test_add_up(self):
        """To the nanosecond; and sequential calls start and end nothing."""
        _, passes = self.passes("sort", [200000])
        for line in passes:
            parts = line["init_ns"] + line["work_ns"] + line["cleanup_ns"]
            self.assertEqual(parts, line["total_ns"], line)
            self.assertGreaterEqual(line["scratch_ns"], 0)
            if line["workers"] == 0:
                self.assertEqual((line["init_ns"], line["cleanup_ns"]), (0, 0), line)
                self.assertEqual(line["work_ns"], line["total_ns"])
            else:
                # Of one worker there may be nothing beyond what plain calls do.
                self.assertGreaterEqual(line["init_ns"], 0)
                self.assertGreaterEqual(line["cleanup_ns"], 0)
                self.assertGreater(line["init_ns"] + line["scratch_ns"], 0)

    def test_scratch_stands_beside(self):
        """Memory of sequential calls takes time that is recorded, in a column of its own, and in
        no other."""
        folder, passes = self.passes("sort", [200000])
        sequential = [line for line in passes if line["workers"] == 0]
        for line in sequential:
            self.assertGreater(line["scratch_ns"], 0, line)
        _, rows = common.read_csv(folder / "results.csv")
        self.assertEqual(float(rows[0]["Time: init"]), 0)
        self.assertEqual(float(rows[0]["Time: cleanup (s)"]), 0)
        for row in rows:
            measured = [p for p in passes if p["workers"] == int(row["Workers"]) and p["block"]]
            for column, field in (
                ("Time: scratch (s)", "scratch_ns"),
                ("Time: cleanup (s)", "cleanup_ns"),
            ):
                expected = original_columns.mean_seconds(measured, field)
                self.check_value(column, row[column], expected)


if __name__ == "__main__":
    unittest.main()
