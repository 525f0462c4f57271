"""Kernels from outside of the program: shared objects that are loaded by name."""

import json
import os
import pathlib
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

BUILT = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build")) / "tests"

# What loading it prints, see tests/plugin/kernel.c.
LOADED = "plugin loaded"


class Plugin(common.Case):
    def setUp(self):
        super().setUp()
        self.take("none")

    def take(self, mistake, name="mine.so"):
        """Puts the kernel with that mistake into the work folder."""
        target = self.work / name
        # Not over the old one: that may be mapped.
        target.unlink(missing_ok=True)
        shutil.copy(BUILT / f"plugin_{mistake}.so", target)

    def config(self, **keys):
        return self.write("c.json", {"kernel": "./mine.so", "task_count": 4, "workers": [0, 2],
                                     "iterations": 3, **keys})  # fmt: skip

    def results(self):
        return json.loads((self.only_folder() / "results.json").read_text())


class Use(Plugin):
    def test_option(self):
        result = self.run_fine("--kernel", "./mine.so", "--task-args", "[7]", "--workers", "0,1,2",
                               "--task-count", "4", "--quick")  # fmt: skip
        self.assertIn("mine (7): 4 tasks", result.out)
        self.check_digests(self.only_folder())

    @unittest.skipIf(common.SANITIZED, "its runtime forbids RTLD_DEEPBIND")
    def test_blas(self):
        """A CBLAS that a kernel brings is the one that it calls, and not the slow one of GSL."""
        self.take("blas")
        self.run_fine("--kernel", "./mine.so", "--workers", "0,1", "--task-count", "2", "--quick")

    def test_file(self):
        """By path from the configuration's folder too, with arguments of every kind."""
        self.write("deep/c.json", {"kernel": "./mine.so", "task": "mine", "task_count": 4,
                                   "task_args": {"words": 8, "factor": 0.25, "kind": "fancy",
                                                 "range": [2, 3], "texts": ["x y", "z"]},
                                   "workers": [0, 2], "iterations": 3})  # fmt: skip
        shutil.move(self.work / "mine.so", self.work / "deep/mine.so")
        self.run_fine("deep/c.json")
        args = self.results()["config"]["task_args"]
        self.assertEqual(args, {"words": 8, "factor": 0.25, "kind": "fancy", "range": [2, 3],
                                "texts": ["x y", "z"]})  # fmt: skip

    def test_defaults(self):
        self.config()
        self.run_fine("c.json")
        self.assertEqual(self.results()["config"]["task_args"]["words"], 100)

    def test_list(self):
        result = self.run_ppt("list", "--kernel", "mine.so")
        self.assertEqual(result.code, 0, result)
        self.assertIn("mine      a kernel of my own [test]", result.out)
        answer = json.loads(self.run_ppt("list", "--kernel", "mine.so", "--json").out)
        self.assertIn("mine", [kernel["name"] for kernel in answer["kernels"]])

    def test_once(self):
        first, second = (self.run_ppt("once", "./mine.so", "50") for _ in range(2))
        self.assertEqual(first.code, 0, first)
        digest = r"digest ([0-9a-f]{16})"
        self.assertRegex(first.out, "mine \\(50\\): " + digest)
        self.assertEqual(first.out.split(",")[0], second.out.split(",")[0])

    def test_layers(self):
        """The command line lies over the file."""
        self.config(task_args=[9])
        self.run_fine("c.json", "--task", "sum", "--task-args", "[1000]")
        self.assertEqual(self.results()["task"], "sum")
        shutil.rmtree(self.work / "output")
        self.write("s.json", {"task": "sum", "task_args": [1000], "task_count": 4,
                              "workers": [0], "iterations": 3})  # fmt: skip
        self.run_fine("s.json", "--kernel", "./mine.so")
        results = self.results()
        self.assertEqual(results["task"], "mine")
        # Those of the file were meant for another task.
        self.assertEqual(results["config"]["task_args"]["words"], 100)


class Refusals(Plugin):
    def test_mistakes(self):
        for mistake, parts in (
            ("version", ["version 2 of the kernel contract", "kernel.h"]),
            ("size", ["bytes", "kernel.h"]),
            ("name", ["name", "small letters"]),
            ("taken", ['already is a kernel "sort"']),
            ("run", ["lacks a function run"]),
            ("param", ['"words" is there twice']),
            ("bounds", ['"words" has a smallest value above']),
            ("wide", ['"words" has bounds beyond 2^53']),
            ("default", ["words", "0 is below 1"]),
            ("symbol", ['no constant "ppt_kernel"']),
            ("unresolved", ["cannot be loaded", "nobody_has_this"]),
        ):
            with self.subTest(mistake):
                self.take(mistake)
                self.config()
                for command in (["c.json"], ["--kernel", "mine.so"], ["once", "./mine.so"]):
                    result = self.run_ppt(*command)
                    self.assertEqual(result.code, 2, result)
                    for part in ["mine.so", *parts] if mistake != "default" else parts:
                        self.assertIn(part, result.err)
                    self.assertFalse((self.work / "output").exists())

    def test_place(self):
        self.take("version")
        self.config()
        self.assertIn("c.json:2:12: kernel: ", self.run_ppt("c.json").err)

    def test_missing(self):
        self.take("missing")
        result = self.run_ppt("--kernel", "mine.so")
        self.assertEqual(result.code, 77, result)
        self.assertIn("built without what it needs", result.err)

    def test_other_files(self):
        self.write("text.so", "no library")
        for name, part in (("text.so", "cannot be loaded"), ("none.so", "no file"), (".", "no file")):
            result = self.run_ppt("--kernel", name)
            self.assertEqual(result.code, 2, result)
            self.assertIn(part, result.err)

    def test_task(self):
        self.config(task="sort")
        result = self.run_ppt("c.json")
        self.assertEqual(result.code, 2, result)
        self.assertIn('"sort" is not what "kernel" holds, which is "mine"', result.err)

    def test_digest(self):
        """What results.json has as the configuration can be run, but only with the same file."""
        self.config(seed=3)
        self.run_fine("c.json")
        again = self.write("again.json", self.results()["config"])
        self.assertEqual(self.run_ppt(again, "--quiet").code, 0)
        self.take("changed")
        result = self.run_ppt(again, "--quiet")
        self.assertEqual(result.code, 2, result)
        self.assertIn("kernel_digest: ", result.err)
        self.assertIn("is another file by now", result.err)

    def test_not_in_a_mix(self):
        self.config(task="random")
        self.assertEqual(self.run_ppt("c.json").code, 2)


class Recorded(Plugin):
    def stopped(self):
        """A run that ended early."""
        self.config(task_args=[9, 0.5, "fancy", [2, 2], "a", "b"])
        self.run_fine("c.json")
        folder = self.only_folder()
        journal = folder / "samples.jsonl"
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(lines[:-4]))
        return folder

    def test_report_does_not_load_it(self):
        """A journal may come from anybody; what it names must not be run for a report."""
        folder = self.stopped()
        before = self.results()
        (self.work / "mine.so").unlink()
        for command in (["report", folder], ["predict", folder, "--workers", "2"],
                        ["compare", folder, folder]):  # fmt: skip
            result = self.run_ppt(*command)
            self.assertNotIn(LOADED, result.err)
            self.assertIn(result.code, (0, 2, 5), result)
        self.take("none")
        result = self.run_ppt("report", folder)
        self.assertEqual(result.code, 0, result)
        self.assertNotIn(LOADED, result.err)
        self.assertIn("9, 0.5, fancy, [2, 2], a b", result.out)
        self.assertEqual(self.results()["config"], before["config"])

    def test_forged_journal(self):
        """Whatever is left out or put into a journal, the file that it names is not loaded."""
        folder = self.stopped()
        journal = folder / "samples.jsonl"
        first, rest = journal.read_text().split("\n", 1)

        def forge(change):
            line = json.loads(first)
            change(line["config"])
            journal.write_text(json.dumps(line) + "\n" + rest)
            for command in (["report", folder], ["predict", folder, "--workers", "2"],
                            ["compare", folder, folder]):  # fmt: skip
                result = self.run_ppt(*command)
                self.assertNotIn(LOADED, result.err)
                self.assertEqual(result.code, 2, result)

        forge(lambda config: config.pop("task"))
        forge(lambda config: config.pop("task_args"))
        forge(lambda config: config.pop("kernel_digest"))
        forge(lambda config: [config.pop("task"), config.pop("task_args")])
        forge(lambda config: config.update(task="../../out"))
        forge(lambda config: config.update(task="a\u001b[31m"))
        forge(lambda config: config.update(task_args={"<b>": 1}))
        forge(lambda config: config.update(kernel=5))

    def test_resume(self):
        folder = self.stopped()
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 0, result)
        self.assertIn(LOADED, result.err)
        self.check_digests(folder)
        self.assertEqual(self.results()["verdict"]["blocks"], 3)

    def test_resume_with_another(self):
        folder = self.stopped()
        self.take("changed")
        before = (folder / "samples.jsonl").read_bytes()
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 2, result)
        self.assertIn("has changed", result.err)
        self.assertEqual((folder / "samples.jsonl").read_bytes(), before)
        self.assertEqual(self.run_ppt("resume", folder, "--force").code, 0)

    def test_resume_without_it(self):
        folder = self.stopped()
        (self.work / "mine.so").unlink()
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 2, result)
        self.assertIn("mine.so", result.err)


if __name__ == "__main__":
    unittest.main()
