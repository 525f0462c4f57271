"""A run whose size nobody has named is sized by its first tasks, and ends in the time it is given."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

PLAN = re.compile(r"(?m)^(\w+): (\d+) tasks? per pass \(one takes [\d.]+ .?s\), workers( \d+)+, an "
                  r"iteration \(a pass at each\) in [\d.]+ .?s, at most about (\d+) s; "
                  r"--max-seconds \d+ (for more certainty|is the least for a verdict)$")  # fmt: skip
QUICK = ["--task", "sum", "--task-args", "[1000]", "--workers", "0,1"]


class Budget(common.Case):
    def config(self):
        return json.loads((self.only_folder() / "results.json").read_text())["config"]

    def run_and_look(self, *args, **options):
        result = self.run_fine(*args, **options)
        config = self.config()
        shutil.rmtree(self.work / "output")
        return result, config

    def test_time_given(self):
        """It ends in that time, and the plan is told before."""
        start = time.monotonic()
        result, config = self.run_and_look(*QUICK, "--max-seconds", "2")
        took = time.monotonic() - start
        plan = PLAN.search(result.err)
        self.assertTrue(plan, result)
        self.assertEqual((plan[1], plan[4]), ("sum", "2"))
        self.assertEqual(config["task_count"], int(plan[2]))
        self.assertEqual(config["precision"], {"relative_ci": 1, "max_seconds": 2})
        self.assertLess(took, 20)  # far off only where it does not end by itself

    def test_of_programs(self):
        result, config = self.run_and_look(
            "--max-seconds", "1.5", "--workers", "0,2", "--", "/bin/sleep", "0.11")  # fmt: skip
        self.assertEqual(config["warmup"], 0)
        self.assertEqual(config["task_count"] % 2, 0)
        self.assertLessEqual(config["task_count"], 4)
        self.assertTrue(PLAN.search(result.err), result)

    def test_less_than_an_iteration(self):
        """The first one is measured whatever it takes, and the plan says no less."""
        result, _ = self.run_and_look("--max-seconds", "0.5", "--task-count", "4", "--workers",
                                      "0,2", "--", "/bin/sleep", "0.4")  # fmt: skip
        plan = PLAN.search(result.err)
        self.assertTrue(plan, result)
        self.assertGreaterEqual(int(plan[4]), 2)

    def test_default(self):
        """Half a minute, when nothing else is said; stopped here as soon as it has begun."""
        process = subprocess.Popen(
            [common.PPT_OMP, *QUICK], cwd=self.work, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        self.addCleanup(process.kill)
        first = process.stderr.readline().decode()
        self.assertEqual(PLAN.search(first)[4], "30", first)
        until = time.monotonic() + common.TIMEOUT_S
        while not any('"block":1,' in path.read_text()
                      for path in self.work.glob("output/*/samples.jsonl")):  # fmt: skip
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=common.TIMEOUT_S)
        self.assertEqual(process.returncode, 130)
        folder = self.only_folder()
        # How to go on is told, and works when it is typed.
        self.assertIn(f"ppt-omp: interrupted; to go on: ppt-omp resume output/{folder.name}\n",
                      err.decode())  # fmt: skip
        first_line = json.loads((folder / "samples.jsonl").read_text().splitlines()[0])
        self.assertEqual(first_line["config"]["precision"], {"relative_ci": 1, "max_seconds": 30})

    def test_counts_are_obeyed(self):
        """With any of them, or a file, all is as it is said there."""
        self.write("c.json", {"task": "sum", "task_args": [10], "workers": [0, 1]})
        small = ["--task", "sum", "--task-args", "[10]", "--workers", "0,1"]
        for args, tasks, blocks in (
            ([*small, "--task-count", "3"], 3, 10),
            ([*small, "--iterations", "4"], 100, 4),
            ([*small, "--quick"], 100, 3),
            (["c.json"], 100, 10),
        ):
            result, config = self.run_and_look(*args)
            self.assertNotIn("per pass", result.err)
            self.assertEqual((config["task_count"], config["iterations"], config.get("precision")),
                             (tasks, blocks, None))  # fmt: skip

    def test_time_with_counts(self):
        result, config = self.run_and_look(*QUICK, "--max-seconds", "1", "--task-count", "5",
                                           "--warmup", "2")  # fmt: skip
        self.assertEqual((config["task_count"], config["warmup"]), (5, 2))
        _, config = self.run_and_look(*QUICK, "--max-seconds", "5", "--iterations", "4",
                                      "--task-count", "5")  # fmt: skip
        self.assertEqual(config["iterations"], 4)

    def test_of_a_file(self):
        self.write("c.json", {"task": "sum", "task_args": [1000], "workers": [0, 1],
                              "max_seconds": 1})  # fmt: skip
        result, config = self.run_and_look("c.json")
        self.assertTrue(PLAN.search(result.err), result)
        self.assertNotEqual(config["task_count"], 100)

    def test_precision(self):
        for value in (0.5, {"relative_ci": 0.5}):
            self.write("c.json", {"task": "sum", "task_args": [10], "task_count": 3,
                                  "workers": [0, 1], "tolerance": 0.9,
                                  "precision": value})  # fmt: skip
            _, config = self.run_and_look("c.json", "--max-seconds", "3")
            self.assertEqual(config["precision"], {"relative_ci": 0.5, "max_seconds": 3})
        _, config = self.run_and_look(*QUICK, "--precision", "0.4", "--max-seconds", "1")
        self.assertEqual(config["precision"], {"relative_ci": 0.4, "max_seconds": 1})

    def test_inputs(self):
        """A pass has all of them."""
        result, config = self.run_and_look("--max-seconds", "1", "--workers", "0,2", "--",
                                           "/bin/true", ":::", *map(str, range(7)))  # fmt: skip
        self.assertEqual(config["task_count"], 7)
        self.assertTrue(PLAN.search(result.err), result)
        result, config = self.run_and_look("--max-seconds", "1", "--workers", "0,2", "--tasks", "3",
                                           "--", "/bin/true", ":::", *map(str, range(7)))  # fmt: skip
        self.assertEqual(config["task_count"], 3)

    def test_mistakes(self):
        for option, value, words in (
            ("--max-seconds", "0", "0.1"), ("--max-seconds", "x", "x"),
            ("--precision", "2", "1"), ("--precision", "x", "x"),
        ):  # fmt: skip
            result = self.run_ppt(*QUICK, option, value)
            self.assertEqual(result.code, 2, result)
            self.assertIn(option, result.err)
            self.assertIn(words, result.err)
        self.assertEqual(list(self.work.iterdir()), [])

    def test_first_task_fails(self):
        """Nothing is begun then."""
        result = self.run_ppt("--max-seconds", "2", "--", "/bin/sh", "-c", "exit 3")
        self.assertEqual(result.code, 1, result)
        self.assertIn("3", result.err)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        self.assertEqual(list(self.work.iterdir()), [])
        self.assertEqual(list(self.tmp.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
