"""One road from the journal to a report: what a run says is what `report` says of its folder, to
the last byte, and `resume` of a run that has ended says it once more."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

FILES = ("results.csv", "results.json", "report.html")
CHARTS = ("charts/passes.dat", "charts/time.gp")
PLUGIN = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build"), "tests/plugin_none.so")
PLAIN = ("--task", "sum", "--task-args", "[1000]", "--task-count", "12")


class Road(common.Case):
    def files(self, folder):
        return {name: (folder / name).read_bytes() for name in (*FILES, *CHARTS)}

    def check_again(self, *options, code=0, **more):
        """A run, and the same from its journal alone: files, table, and every format."""
        result = self.run_ppt(*options, **more)
        self.assertEqual(result.code, code, result)
        folder = self.only_folder()
        measured = self.files(folder)
        for command in ("report", "resume"):
            copy = self.work / command
            shutil.copytree(folder, copy)
            for name in (*FILES, *CHARTS):
                (copy / name).unlink()
            again = self.run_ppt(command, copy, **more)
            self.assertEqual(again.code, code if command == "resume" else 0, again)
            self.assertEqual(again.out.strip(), result.out.strip(), command)
            for name, content in self.files(copy).items():
                self.assertEqual(content, measured[name], f"{command}: {name}")
        return folder

    def test_plain(self):
        folder = self.check_again(*PLAIN, "--workers", "0,1,2", "--quick", "--seed", "7")
        self.assertEqual(json.loads((folder / "results.json").read_text())["resumed"], 0)

    def test_mix(self):
        self.check_again("--task", "random", "--task-args", '["sum", "multi"]', "--quick",
                         "--task-count", "20", "--workers", "0,2")  # fmt: skip

    def test_program(self):
        """Also one whose words are not ASCII, and that has two spellings of one number."""
        self.check_again("--workers", "0,2", "--quick", "--task-count", "3", "--timeout", "1e1",
                         "--", "/bin/sh", "-c", ": ä {task}")  # fmt: skip

    def test_inner_threads(self):
        self.check_again("--task", "matrix", "--task-args", "[40]", "--task-count", "4", "--quick",
                         "--workers", "0,1,2", "--inner-threads", "1,2")  # fmt: skip

    def test_many_tasks(self):
        """Beyond 10 000 a pass has a histogram, not single times."""
        self.check_again("--task", "sum", "--task-args", "[10]", "--task-count", "10001", "--quick",
                         "--workers", "0,2")  # fmt: skip

    def test_adaptive_and_settings(self):
        """What the configuration says goes through the journal, too."""
        self.write("c.json", {"task": "sum", "task_args": [2000], "task_count": 10,
                              "workers": [1, 2], "precision": {"max_seconds": 1},
                              "warmup": 2, "tolerance": 0.1, "schedule": "dynamic,3",
                              "placement": "close", "memory": "fresh"})  # fmt: skip
        self.check_again("c.json")

    def test_kernel_from_outside(self):
        """Its table of parameters is not in the journal, but how its arguments were written is."""
        shutil.copy(PLUGIN, self.work / "mine.so")
        for args, shown in (("[7]", "7"), ("[]", "100"), ('[7, 0.25, "fancy"]', "7, 0.25, fancy")):
            with self.subTest(args):
                folder = self.check_again("--kernel", "./mine.so", "--task-args", args, "--quick",
                                          "--task-count", "4", "--workers", "0,1,2")  # fmt: skip
                self.assertEqual(self.check_csv(folder)[0]["Job details"], shown)
            for name in ("output", "report", "resume"):
                shutil.rmtree(self.work / name)

    def test_a_point_that_fails(self):
        """It is left out of figures and named, whoever reports."""
        self.check_again("--workers", "0,1,2", "--quick", "--task-count", "3", "--", "/bin/sh",
                         "-c", "test {workers} != 2", code=1)  # fmt: skip

    def test_all_points_fail(self):
        """There is nothing to report, and the journal says why."""
        result = self.run_ppt("--workers", "0,1", "--quick", "--task-count", "3", "--", "/bin/sh",
                              "-c", "exit 3")  # fmt: skip
        told = 'ppt-omp: task "sh" failed at 0 and 1 workers: '
        self.assertEqual((result.code, result.out), (1, ""), result)
        self.assertIn(told, result.err)
        folder = self.only_folder()
        self.assertEqual([path.name for path in folder.iterdir()], ["samples.jsonl"])
        for command in ("report", "resume"):
            again = self.run_ppt(command, folder)
            self.assertEqual((again.code, again.out), (1, ""), again)
            self.assertIn(told, again.err)

    def test_suite(self):
        """Each of its runs is one, and their documents in one are those of the runs."""
        for name, size in (("a", 1000), ("b", 2000)):
            self.write(f"{name}.json", {"task": "sum", "task_args": [size], "task_count": 5,
                                        "workers": [0, 2], "iterations": 3, "seed": 4,
                                        "wait_time_after_runner": 0,
                                        "wait_time_after_iteration": 0})  # fmt: skip
        result = self.run_fine("a.json", "b.json", "--format", "json")
        runs, (suite,) = [], (self.work / "output").glob("suite__*/results.json")
        for folder in self.folders():
            if folder.name.startswith("sum"):
                again = self.run_fine("report", folder, "--format", "json")
                self.assertEqual(again.out, (folder / "results.json").read_text())
                runs.append(json.loads(again.out))
        self.assertEqual(json.loads(result.out)["runs"], sorted(runs, key=lambda r: r["started"]))
        self.assertEqual(result.out, suite.read_text())


class Interrupted(common.Case):
    def stop(self, *command, least=1, before=lambda: None):
        """Stops the program once so many lines are in a journal, and this was done; returns its
        result."""
        process = subprocess.Popen(
            [common.PPT_OMP, *map(str, command)], cwd=self.work, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        limit = time.monotonic() + common.TIMEOUT_S
        while True:
            found = list(self.work.glob("output/*__*/samples.jsonl"))
            if found and found[0].read_bytes().count(b"\n") >= least:
                break
            self.assertIsNone(process.poll(), "ended too early")
            self.assertLess(time.monotonic(), limit, "nothing was recorded")
            time.sleep(0.005)
        before()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=common.TIMEOUT_S)
        return common.Result(command, process.returncode, out, err)

    def test_before_the_first_pass(self):
        """There are no figures: nothing is written but the journal, and it is gone on with."""
        self.write("c.json", {"task": "wait", "task_args": [30000], "task_count": 2,
                              "workers": [0, 1], "iterations": 3})  # fmt: skip
        result = self.stop("c.json")
        self.assertEqual(result.code, 130, result)
        self.assertIn("interrupted", result.err)
        folder = self.only_folder()
        self.assertEqual([path.name for path in folder.iterdir()], ["samples.jsonl"])
        again = self.run_ppt("report", folder)
        self.assertEqual((again.code, again.out), (5, ""), again)
        self.assertIn("holds no complete pass", again.err)
        again = self.stop("resume", folder, least=3)
        self.assertEqual(again.code, 130, again)
        self.assertEqual([path.name for path in folder.iterdir()], ["samples.jsonl"])

    def test_what_is_complete(self):
        """It is read from whole lines, and is what `report` makes of them."""
        self.write("c.json", {"task": "wait", "task_args": [5], "task_count": 4,
                              "workers": [0, 1, 2], "iterations": 50, "seed": 3})  # fmt: skip
        result = self.stop("c.json", least=9)
        self.assertEqual(result.code, 130, result)
        folder = self.only_folder()
        before = {name: (folder / name).read_bytes() for name in FILES}
        again = self.run_fine("report", folder)
        self.assertEqual(again.out.strip(), result.out.strip())
        self.assertEqual({name: (folder / name).read_bytes() for name in FILES}, before)

    def test_resume_in_a_folder_that_moves(self):
        """It is measured into, and read from, wherever it is."""
        self.write("c.json", {"task": "wait", "task_args": [5], "task_count": 4,
                              "workers": [0, 1], "iterations": 200, "seed": 3})  # fmt: skip
        self.assertEqual(self.stop("c.json", least=9).code, 130)
        folder, moved = self.only_folder(), self.work / "elsewhere"
        lines = (folder / "samples.jsonl").read_bytes().count(b"\n")
        result = self.stop("resume", folder, least=lines + 6, before=lambda: folder.rename(moved))
        self.assertEqual(result.code, 130, result)
        self.assertEqual(json.loads((moved / "results.json").read_text())["resumed"], 1)
        self.assertIn("resumed 1 time", result.out)


if __name__ == "__main__":
    unittest.main()
