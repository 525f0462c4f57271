"""--name and "name": what a run is called, wherever people or other tools see it."""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SUM = {"task": "sum", "task_args": [1000], "task_count": 3, "workers": [0, 1], "iterations": 3}


class Names(common.Case):
    def test_it_is_what_the_run_is_called(self):
        self.write("c.json", SUM)
        result = self.run_fine("c.json", "--name", "b\u00fcild.x-1")
        folder = self.only_folder()
        self.assertRegex(folder.name, "^b\u00fcild.x-1__2")
        self.assertIn("b\u00fcild.x-1 (1000): 3 tasks", result.out)
        self.assertIn("b\u00fcild.x-1: use", result.out)
        self.assertEqual((self.work / "output/latest").resolve(), folder)
        page = (folder / "report.html").read_text(encoding="utf-8")
        self.assertIn("<title>b\u00fcild.x-1: how many workers?", page)
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        self.assertEqual((results["task"], results["config"]["name"]), ("sum", "b\u00fcild.x-1"))
        for name, told in (("markdown", "### b\u00fcild.x-1"), ("bmf", '"b\u00fcild.x-1/1000/'),
                           ("hyperfine", '"b\u00fcild.x-1/1000/'),
                           ("gnuplot", "b\u00fcild.x-1")):  # fmt: skip
            with self.subTest(format=name):
                self.assertIn(told, self.run_fine("report", folder, "--format", name).out)

    def test_without_one_nothing_of_it_is_written(self):
        self.write("c.json", {**SUM, "name": None})
        self.run_fine("c.json")
        self.assertRegex(self.only_folder().name, "^sum__2")
        config = json.loads((self.only_folder() / "results.json").read_text())["config"]
        self.assertNotIn("name", config)

    def test_what_is_no_name(self):
        for name in ("", ".a", "-a", "a/b", "..", "a b", "a\n", "a$", "a\u202eb", "x" * 65):
            with self.subTest(name=name):
                result = self.run_ppt("--task", "sum", f"--name={name}")
                self.assertEqual(result.code, 2, result)
                self.assertIn("--name: ", result.err)
        self.write("c.json", {**SUM, "name": 3})
        result = self.run_ppt("c.json")
        self.assertEqual(result.code, 2, result)
        self.assertRegex(result.err, r"c\.json:1?\d*:\d+: name: 3 is not a text")
        self.assertFalse((self.work / "output").exists())

    def test_two_runs_of_one_name(self):
        """Nobody could tell which of them is meant."""
        self.write("c.json", {**SUM, "runs": [{"name": "a"}, {"name": "b"}, {"name": "a"}]})
        result = self.run_ppt("c.json")
        self.assertEqual(result.code, 2, result)
        self.assertIn('c.json: runs[2]: "name": two runs have the name "a"', result.err)
        self.assertEqual(self.run_ppt("c.json", "--name", "x").code, 2)
        self.write("c.json", {**SUM, "runs": [{"name": "a"}, {"name": "b"}, {}]})
        self.run_fine("c.json")
        names = sorted(folder.name.split("__")[0] for folder in self.folders())
        self.assertEqual(names, ["a", "b", "suite", "sum"])


if __name__ == "__main__":
    unittest.main()
