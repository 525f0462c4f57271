"""Configurations of several runs, and options over them."""

import json
import re
import shutil
import unittest
import xml.etree.ElementTree

import common
from common import HAS_GNUPLOT
from quick import quick

CHARTS = ["speedup", "tasks_per_second", "time"]

# The example of the original's README, as it is there.
README_FILE = """{
    "iterations": 10,
    "task": "sort",
    "task_args": [1000000],
    "task_count": 100,
    "workers": [0, 1, 2, 4, 6, 8, 10, 12, 16],
    "wait_time_after_runner": 2.0,
    "wait_time_after_iteration": 2.0,
    "gc_after_iteration": true
}
"""


class Suites(common.Case):
    """Several runs in one file, several files at once."""

    SUITE = {
        "iterations": 2,
        "workers": [0, 2],
        "task_count": 3,
        "seed": 5,
        "runs": [
            {"task": "sum", "task_args": [1000]},
            {"task": "sort", "task_args": [500], "workers": [0, 1, 2], "iterations": 3},
            {"task": "password", "task_args": [2, 3, [5, 6], 0.5], "task_count": 2},
        ],
    }

    def by_task(self, output=None):
        """Run folders by the word before the double underscore."""
        found = {}
        for folder in self.folders(output):
            found.setdefault(folder.name.split("__")[0], []).append(folder)
        return found

    def test_runs_inherit(self):
        """Each run has a folder; outer keys hold where a run has none of its own; the suite has
        one table of everything."""
        self.write("s.json", self.SUITE)
        result = self.run_fine("s.json")
        found = self.by_task()
        self.assertEqual(set(found), {"sum", "sort", "password", "suite"})
        self.assertTrue(all(len(folders) == 1 for folders in found.values()))
        expected = {"sum": ([0, 2], 2, 3), "sort": ([0, 1, 2], 3, 3), "password": ([0, 2], 2, 2)}
        for task, (workers, blocks, count) in expected.items():
            (folder,) = found[task]
            rows = self.check_csv(folder)
            self.assertEqual([int(row["Workers"]) for row in rows], workers)
            self.assertEqual({row["Means over (blocks)"] for row in rows}, {str(blocks)})
            self.assertEqual({row["Job count"] for row in rows}, {str(count)})
            self.check_digests(folder)
            self.assertEqual(common.read_samples(folder)[0]["config"]["seed"], 5)
            self.assertIn(task, result.out)
        (suite,) = found["suite"]
        together = self.check_csv(suite)
        self.assertEqual(len(together), 7)
        single = [row for task in expected for row in self.check_csv(found[task][0])]
        self.assertEqual(together, single)
        self.assertEqual((self.work / "output/latest").resolve(), suite.resolve())
        for chart in ("overview.gp", "overview.dat"):
            self.assertTrue((suite / "charts" / chart).exists())

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_overview_is_drawn(self):
        """All tasks' speedups in one chart."""
        self.write("s.json", self.SUITE)
        self.run_fine("s.json", draw=True)
        (suite,) = self.by_task()["suite"]
        root = xml.etree.ElementTree.parse(suite / "charts/overview.svg").getroot()
        text = "".join(root.itertext())
        for task in ("sum", "sort", "password"):
            self.assertIn(task, text)
        common.png_size((suite / "charts/overview.png").read_bytes())

    def test_same_task_twice(self):
        """Two runs of one kernel with other arguments do not share a folder."""
        runs = [{"task": "sort", "task_args": [n]} for n in (10, 20, 30)]
        self.write("s.json", dict(self.SUITE, runs=runs))
        self.run_fine("s.json")
        folders = self.by_task()["sort"]
        details = [self.check_csv(folder)[0]["Job details"] for folder in folders]
        self.assertEqual(sorted(details), ["10", "20", "30"])

    def test_options_hold_for_all_runs(self):
        """What the command line says overrides the outer keys and those of each run."""
        self.write("s.json", self.SUITE)
        self.run_fine("s.json", "--workers", "0,3", "--iterations", "1", "--task-count", "4")
        for row in self.check_csv(self.by_task()["suite"][0]):
            self.assertIn(row["Workers"], ("0", "3"))
            self.assertEqual((row["Means over (blocks)"], row["Job count"]), ("1", "4"))

    def test_several_files(self):
        """Files are run one after the other, in their order."""
        self.write("a.json", quick("sum", [100]))
        self.write("b.json", quick("sort", [100]))
        self.write("c.json", quick("matrix", [5]))
        result = self.run_fine("a.json", "--config", "b.json", "c.json")
        found = self.by_task()
        self.assertTrue({"sum", "sort", "matrix"} <= set(found), found)
        for task in ("sum", "sort", "matrix"):
            self.assertEqual(len(found[task]), 1)
            self.check_csv(found[task][0])
        places = [re.search(rf"(?m)^{t}\b", result.out).start() for t in ("sum", "sort", "matrix")]
        self.assertEqual(places, sorted(places))

    def test_shipped_files_are_valid(self):
        """Every file in config/ is accepted, from another directory, with every task there. The
        arguments are kept (they are what is being tested), but one task and no repetition."""
        names = [p for p in sorted((common.ROOT / "config").glob("*.json"))
                 if p.name not in ("schema.json",)]  # fmt: skip
        self.assertTrue(names)
        heavy = {"zip.json", "io.json", "random.json", "suite.json"}
        for path in names:
            if path.name in heavy:
                continue
            with self.subTest(file=path.name):
                # As many as its percentile needs.
                tasks = 200 if path.name == "service.json" else 1
                self.run_fine(path, "--workers", "0", "--task-count", tasks, "--iterations", "1",
                              "--warmup", "0", "--output", path.stem)  # fmt: skip
                (folder,) = self.by_task(self.work / path.stem).values()
                self.check_csv(folder[0])
        tasks = {json.loads(path.read_text()).get("task", path.stem) for path in names}
        self.assertTrue(set(common.KERNELS) <= tasks, tasks)


class Overriding(common.Case):
    """Options override what a file says."""

    def config_of(self, *options, config=None):
        self.write("c.json", config or quick())
        shutil.rmtree(self.work / "output", ignore_errors=True)
        self.run_fine("c.json", *options)
        folder = self.only_folder()
        self.check_csv(folder)
        self.check_digests(folder)
        return common.read_samples(folder)[0]["config"], folder

    def test_each(self):
        """The recorded configuration has the option's value, and the run follows it."""
        for options, key, value in (
            (["--workers", "0,1,3"], "workers", [0, 1, 3]),
            (["--iterations", "3"], "iterations", 3),
            (["--task-count", "5"], "task_count", 5),
            (["--seed", "99"], "seed", 99),
            (["--task-args", "[77]"], "task_args", {"size": 77}),
            (["--task-args", '{"size": 78}'], "task_args", {"size": 78}),
            (["--memory", "fresh"], "memory", "fresh"),
            (["--placement", "close"], "placement", "close"),
            (["--schedule", "guided,2"], "schedule", "guided,2"),
            (["--inner-threads", "2"], "inner_threads", 2),
            (["--warmup", "0"], "warmup", 0),
        ):
            with self.subTest(options=options):
                config, folder = self.config_of(*options)
                self.assertEqual(config[key], value)
                rows = self.check_csv(folder)
                if key == "workers":
                    self.assertEqual([int(row["Workers"]) for row in rows], value)
                if key == "iterations":
                    self.assertEqual({row["Means over (blocks)"] for row in rows}, {"3"})
                if key == "task_count":
                    self.assertEqual({row["Job count"] for row in rows}, {"5"})
                if key == "task_args":
                    self.assertEqual({row["Job details"] for row in rows}, {str(value["size"])})

    def test_wait(self):
        """--wait sets both waits; 0 takes long ones out of a file."""
        config, _ = self.config_of("--wait", "0.01")
        self.assertEqual(config["wait_time_after_runner"], 0.01)
        self.assertEqual(config["wait_time_after_iteration"], 0.01)
        slow = quick(wait_time_after_runner=30, wait_time_after_iteration=30)
        config, _ = self.config_of("--wait", "0", config=slow)
        self.assertEqual(config["wait_time_after_runner"], 0)
        self.assertEqual(config["wait_time_after_iteration"], 0)

    def test_quick(self):
        """Three blocks and no waits."""
        slow = quick(iterations=50, wait_time_after_runner=30, wait_time_after_iteration=30)
        config, folder = self.config_of("--quick", config=slow)
        self.assertEqual(config["iterations"], 3)
        self.assertEqual({row["Means over (blocks)"] for row in self.check_csv(folder)}, {"3"})

    def test_task(self):
        """Another kernel with its own arguments."""
        config, folder = self.config_of("--task", "matrix", "--task-args", "[6]")
        self.assertEqual((config["task"], config["task_args"]), ("matrix", {"size": 6}))
        self.assertTrue(folder.name.startswith("matrix__"))

    def test_without_a_file(self):
        """A task on the command line is enough."""
        self.run_fine("--task", "sort", "--task-args", "[100]", "--workers", "0,1", "--quick")
        rows = self.check_csv(self.only_folder())
        self.assertEqual([row["Workers"] for row in rows], ["0", "1"])

    def test_example_of_the_original(self):
        """The file of the original's README, as it is; waits and nine counts included."""
        self.write("sort.json", README_FILE)
        result = self.run_fine(
            "sort.json", "--quick", "--task-count", "2", "--task-args", "[1000]"
        )
        rows = self.check_csv(self.only_folder())
        counts = [0, 1, 2, 4, 6, 8, 10, 12, 16]
        self.assertEqual([int(row["Workers"]) for row in rows], counts)
        self.assertEqual(rows[0]["Job details"], "1000")
        config = common.read_samples(self.only_folder())[0]["config"]
        self.assertIs(config["gc_after_iteration"], True)
        for line in result.out.splitlines():
            self.assertLessEqual(common.width(line), 80, line)

    def test_start_method(self):
        """The original's key for kinds of processes: workers are threads here, so a value other
        than null is no error but is mentioned, once."""
        self.write("c.json", quick(multiprocessing_start_method="spawn"))
        result = self.run_fine("c.json")
        lines = [line for line in result.err.splitlines() if "multiprocessing_start_method" in line]
        self.assertEqual(len(lines), 1, result)
        self.assertIn("thread", lines[0])
        self.assertNotIn("multiprocessing", result.out)

    def test_unused_inner_threads(self):
        """Threads that no task uses are no error, but mentioned, once; where one of the tasks uses
        them they are not."""
        told = '"inner_threads" changes nothing'
        for task, args, inner, warned in (
            ("sum", [1000], 2, True),
            ("sum", [1000], [1, 2], True),
            ("random", ["sum", "multi"], [2], True),
            ("sum", [1000], 1, False),
            ("sum", [1000], [1], False),
            ("sort", [2000], [1, 2], False),
        ):
            with self.subTest(task=task, args=args, inner=inner):
                self.write("c.json", quick(task, args, inner_threads=inner, task_count=1))
                result = self.run_fine("c.json")
                self.assertEqual(result.err.count(told), 1 if warned else 0, result)
                self.assertEqual(result.err.count(f'"{task}" uses one thread'), int(warned), result)
                self.assertNotIn(told, result.out)


if __name__ == "__main__":
    unittest.main()
