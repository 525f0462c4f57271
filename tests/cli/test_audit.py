"""audit: the same run again and again, each in a process of its own, held against all of them."""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

# A sleeping task: two workers are twice as fast.
RUN = ("--task", "wait", "--task-args", "[2]", "--task-count", "6", "--workers", "0,2",
       "--iterations", "4")  # fmt: skip


class Audit(common.Case):
    def test_runs_are_made_and_counted(self):
        result = self.run_fine("audit", "--runs", "3", "--json", "--", *RUN)
        answer = json.loads(result.out)
        self.assertEqual((answer["runs"], answer["stated"], answer["intervals"]), (3, 0.95, 3))
        self.assertEqual(sum(answer["recommended"].values()), 3)
        self.assertTrue(0 <= answer["speedup_held"] <= 1 and 0 <= answer["bound_held"] <= 1)
        self.assertGreater(answer["between_run_sd"], 0)
        (folder,) = [p for p in (self.work / "output").iterdir() if p.name.startswith("audit__")]
        self.assertEqual(sorted(p.name for p in folder.iterdir()), ["001", "002", "003"])
        for one in folder.iterdir():
            self.assertTrue((one / "latest" / "results.json").exists())

    def test_words(self):
        self.write("c.json", {"task": "wait", "task_args": [1], "task_count": 4,
                                    "workers": [0, 2], "iterations": 3})  # fmt: skip
        result = self.run_fine("audit", "c.json", "--runs", "3")
        for line in result.out.splitlines():
            self.assertLessEqual(common.width(line), 80, line)
        words = " ".join(result.out.split())
        self.assertRegex(words, r"^3 runs\. Speedups: \d of 3 intervals hold the median of all runs \(")
        self.assertRegex(words, r"held in \d of 3 runs \(stated 95 %\)")
        self.assertIn("Recommended: ", result.out)
        self.assertIn("run 3 of 3", result.err)

    def test_what_is_wrong_is_told(self):
        self.assertIn("audit needs a configuration", self.run_ppt("audit").err)
        for runs in ("2", "1001"):
            result = self.run_ppt("audit", "--runs", runs, "--", *RUN)
            self.assertEqual(result.code, 2)
            self.assertIn("--runs: from 3 to 1000", result.err)
        result = self.run_ppt("audit", "--runs", "3", "--", "--task", "sorr")
        self.assertEqual(result.code, 2)
        self.assertIn('did you mean "sort"', result.err)
        self.assertIn("a run ended with exit code 2", result.err)

    def test_of_a_program(self):
        """Behind another "--", with all that stands there. Several are not audited together."""
        few = ("--workers", "0,2", "--task-count", "2", "--iterations", "3", "--", "/bin/sleep", "0.01")
        result = self.run_fine("audit", "--runs", "3", "--", *few)
        self.assertRegex(result.out, r"^3 runs\. ")
        result = self.run_ppt("audit", "--runs", "3", "--", *few, "--vs", "/bin/sleep", "0.02")
        self.assertEqual(result.code, 2, result)
        self.assertIn("is a run of 2 programs (", result.err)
        self.assertIn("this needs a run of one", result.err)
        self.assertNotIn("run 2 of 3", result.err)


if __name__ == "__main__":
    unittest.main()
