"""--name and "name": what a run is called, wherever people or other tools see it."""

import json
import os
import shlex
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

    def measure_program(self, *words):
        return self.run_fine("--workers", "0,2", "--tasks", 2, "--quick", "--processes", 1, *words,
                             env=self.environment(PATH="/usr/bin:/bin"))  # fmt: skip

    def test_a_program_names_its_run(self):
        """Where people read it; what programs read by keys stays what it was."""
        self.write("work.sh", "exit 0\n")
        result = self.measure_program("--", "sh", "./work.sh", "it's")
        folder = self.only_folder()
        self.assertRegex(folder.name, "^work.sh__2")
        self.assertIn('work.sh (sh ./work.sh "it\'s"): 2 tasks', result.out)
        self.assertRegex(result.out, "(?m)^work.sh: (use|any|no) ")
        self.assertNotIn("command", result.out + result.err)
        page = (folder / "report.html").read_text(encoding="utf-8")
        self.assertIn("<title>work.sh: how many workers?", page)
        self.assertEqual(json.loads((folder / "results.json").read_text())["task"], "command")
        _, rows = common.read_csv(folder / "results.csv")
        self.assertEqual({row["Task"] for row in rows}, {"command"})
        told = {}
        for name, part in (("markdown", "### work.sh"), ("bmf", '"work.sh/sh_'),
                           ("gnuplot", "work.sh: how much"), ("ghab", '"work.sh/sh_'),
                           ("gbench", '"work.sh/sh_'), ("hyperfine", "sh")):  # fmt: skip
            told[name] = self.run_fine("report", folder, "--format", name).out
            with self.subTest(format=name):
                self.assertIn(part, told[name])
        commands = [one["command"] for one in json.loads(told["hyperfine"])["results"]]
        self.assertEqual([shlex.split(one) for one in commands], 2 * [["sh", "./work.sh", "it's"]])
        for entry in json.loads(told["ghab"]):
            self.assertIn("\nsh ./work.sh ", entry["extra"])

    def test_runs_of_a_program_are_compared(self):
        for name in ([], ["--name", "mine"]):
            self.measure_program(*name, "--", "true")
        old, new = sorted(self.folders(), key=lambda folder: folder.name, reverse=True)
        self.assertEqual([old.name.split("__")[0], new.name.split("__")[0]], ["true", "mine"])
        result = self.run_ppt("compare", old, new)
        self.assertIn("true (true): 2 tasks", result.out)
        self.assertRegex(result.out, "(?m)^true: ")

    def test_several_programs_name_their_run(self):
        result = self.measure_program("--", "true", "--vs", "sleep", "0")
        self.assertRegex(self.only_folder().name, "^true-vs-sleep__2")
        for title in ("true (true): 2 tasks", "sleep (sleep 0): 2 tasks"):
            self.assertIn(title, result.out)
        told = self.run_fine("report", self.only_folder(), "--format", "hyperfine").out
        self.assertEqual([one["command"] for one in json.loads(told)["results"]],
                         ["true", "true", "sleep 0", "sleep 0"])  # fmt: skip

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
