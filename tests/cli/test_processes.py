"""A run's blocks are measured by fresh processes of the program, and nothing is lost with one."""

import contextlib
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

SMALL = ["--task", "sum", "--task-args", "[1000]", "--task-count", "4", "--workers", "0,1,2"]
# Passes of 40 ms, so that something can be done to them.
SLOW = ["--task", "wait", "--task-args", "[20]", "--task-count", "2", "--workers", "0,1",
        "--seed", "1"]  # fmt: skip
LINKER = "/lib64/ld-linux-x86-64.so.2"


def until(condition):
    end = time.monotonic() + common.TIMEOUT_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("nothing happens")
        time.sleep(0.002)


class Processes(common.Case):
    def results(self, folder=None):
        return json.loads(((folder or self.only_folder()) / "results.json").read_text())

    def processes(self, results):
        """By block: the number of the process that all of its passes ran in."""
        found = {}
        for one in results["passes"]:
            found.setdefault(one["block"], set()).add(one.get("process"))
        for block, numbers in found.items():
            self.assertEqual(len(numbers), 1, block)
        return {block: numbers.pop() for block, numbers in found.items()}

    def begin(self, *options, program=common.PPT_OMP):
        process = subprocess.Popen(
            [program, *options], cwd=self.work, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        self.addCleanup(process.kill)
        return process

    def lines(self):
        paths = list(self.work.glob("output/*_*/samples.jsonl"))
        return paths[0].read_text().count('"type":"pass"') if paths else 0

    @staticmethod
    def child(process):
        found = common.measuring(process.pid)
        return found[1] if len(found) > 1 else None


class Layouts(Processes):
    def run_and_look(self, *options):
        result = self.run_fine(*SMALL, *options)
        results = self.results()
        shutil.rmtree(self.work / "output")
        return results["verdict"], self.processes(results), " ".join(result.out.split())

    def test_one_for_each_block(self):
        verdict, processes, words = self.run_and_look("--iterations", "5")
        self.assertEqual(processes, {0: 1, **{block: block for block in range(1, 6)}})
        self.assertEqual((verdict["scope"], verdict["processes"]), ("across processes", 5))
        self.assertNotIn("in this run", words)

    def test_one(self):
        verdict, processes, words = self.run_and_look("--iterations", "5", "--processes", "1")
        self.assertEqual(set(processes.values()), {None})
        self.assertEqual((verdict["scope"], verdict["processes"]), ("in this run", 1))
        self.assertIn("(95 %, in this run)", words)

    def test_several_blocks_each(self):
        verdict, processes, _ = self.run_and_look("--iterations", "7", "--processes", "3")
        self.assertEqual([processes[block] for block in range(1, 8)], [1, 1, 1, 2, 2, 3, 3])
        self.assertEqual((verdict["processes"], verdict["blocks"]), (3, 3))

    def test_more_than_blocks(self):
        verdict, _, _ = self.run_and_look("--iterations", "4", "--processes", "50")
        self.assertEqual(verdict["processes"], 4)

    def test_until_settled(self):
        self.write("c.json", {"task": "sum", "task_args": [1000], "task_count": 4, "workers": [0, 1],
                              "processes": 3, "precision": {"relative_ci": 0.5, "max_seconds": 20},
                              "tolerance": 0.5})  # fmt: skip
        self.run_fine("c.json")
        verdict = self.results()["verdict"]
        self.assertEqual(verdict["processes"], verdict["blocks"])

    def test_mix(self):
        """Of a mix every process draws the same tasks."""
        options = ["--task", "random", "--task-args", '["sum", "multi"]', "--task-count", "20",
                   "--workers", "0,2", "--iterations", "3", "--seed", "4"]  # fmt: skip
        digests = []
        for processes in ("0", "1"):
            self.run_fine(*options, "--processes", processes)
            lines = (self.only_folder() / "samples.jsonl").read_text().splitlines()
            read = [json.loads(line) for line in lines]
            digests.append([(line["block"], line["workers"], line["digest"]) for line in read
                            if line["type"] == "pass"])  # fmt: skip
            self.assertEqual([line["block"] for line in read if line["type"] == "tasks"],
                             [0, 1, 2, 3])  # fmt: skip
            shutil.rmtree(self.work / "output")
        self.assertEqual(*digests)


class Fresh(Processes):
    def test_processes_of_the_system(self):
        """A program that is a task sees who started its warden."""
        log = self.base / "log"
        script = f"grep PPid: /proc/$PPID/status >>{log}"
        for processes, expected in ((0, 4), (3, 3), (1, 1)):
            result = self.run_program(
                common.PPT_OMP, "--workers", "0,2", "--task-count", "2", "--iterations", "4",
                "--warmup", "0", "--processes", processes, "--", "/bin/sh", "-c", script,
                env=self.environment(PATH=os.environ["PATH"]))  # fmt: skip
            self.assertEqual(result.code, 0, result)
            seen = log.read_text().split("\n")[:-1]
            self.assertEqual(len(seen), 4 * 2 * 2)
            self.assertEqual(len(set(seen)), expected)
            log.unlink()

    def test_replaced_program(self):
        """It goes on with what it began with."""
        program = self.base / "ppt-omp"
        shutil.copy(common.PPT_OMP, program)
        process = self.begin(*SLOW, "--iterations", "6", program=program)
        until(lambda: self.lines() > 3)
        program.unlink()
        program.write_text("#!/bin/sh\nexit 9\n")
        program.chmod(0o755)
        self.assertEqual(process.wait(common.TIMEOUT_S), 0, process.stderr.read())
        self.assertEqual(self.results()["verdict"]["processes"], 6)

    @unittest.skipUnless(os.path.exists(LINKER), "the dynamic linker is elsewhere")
    @unittest.skipIf(common.SANITIZED, "its runtime must come first")
    def test_by_the_dynamic_linker(self):
        result = self.run_program(LINKER, common.PPT_OMP, *SMALL, "--iterations", "3")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.results()["verdict"]["processes"], 3)

    def test_by_hand(self):
        for operands in ([], ["x"], ["0"], ["17"], ["-1"]):
            result = self.run_ppt("process", *operands)
            self.assertEqual(result.code, 2, result)
            self.assertEqual(len(result.err.splitlines()), 1, result)

    def test_what_tasks_get(self):
        """Neither its descriptors nor its variables."""
        script = "ls /proc/self/fd | wc -l; env | grep -c PPT_OMP_; true"
        outputs = []
        for processes in ("0", "1"):
            result = self.run_program(
                common.PPT_OMP, "--task-count", "1", "--workers", "0", "--iterations", "1",
                "--processes", processes, "--program-output", "keep", "--", "/bin/sh", "-c", script,
                env=self.environment(PATH=os.environ["PATH"]))  # fmt: skip
            self.assertEqual(result.code, 0, result)
            kept = [path.read_text() for path in self.only_folder().rglob("*.out")]
            outputs.append(sorted(kept))
            shutil.rmtree(self.work / "output")
        self.assertTrue(outputs[0])
        self.assertEqual(*outputs)


class Lost(Processes):
    def completes(self, before):
        """Resume keeps what was there, and all passes of a block have the same results."""
        folder = self.only_folder()
        path = folder / "samples.jsonl"
        kept = path.read_bytes()
        self.assertTrue(kept.startswith(before))
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 0, result)
        self.assertTrue(path.read_bytes().startswith(before))
        results = self.results(folder)
        self.assertEqual(results["verdict"]["processes"], 8)
        self.assertEqual(list(self.tmp.iterdir()), [])

    def journal(self):
        return (self.only_folder() / "samples.jsonl").read_bytes()

    def test_process_killed(self):
        """What was measured is there, and it is gone on with."""
        process = self.begin(*SLOW, "--iterations", "8")
        until(lambda: self.lines() > 6 and self.child(process))
        before = self.journal()
        os.kill(self.child(process), signal.SIGKILL)
        self.assertEqual(process.wait(common.TIMEOUT_S), 1)
        self.assertRegex(process.stderr.read().decode(),
                         r"\Appt-omp: the process that measured was ended by signal 9 \(Killed\), at "
                         r"[01] workers in iteration \d; to see what is complete: ppt-omp report "
                         r"output/\S+, to go on: ppt-omp resume output/\S+\n\Z")  # fmt: skip
        self.completes(before)

    def test_run_killed(self):
        process = self.begin(*SLOW, "--iterations", "8")
        until(lambda: self.lines() > 6 and self.child(process))
        before, child = self.journal(), self.child(process)
        process.kill()
        process.wait()
        until(lambda: not os.path.exists(f"/proc/{child}"))
        self.completes(before)

    def test_interrupted(self):
        """The run alone, and both as a terminal does."""
        for both in (False, True):
            process = self.begin(*SLOW, "--iterations", "8")
            until(lambda: self.lines() > 6 and self.child(process))
            before, child = self.journal(), self.child(process)
            for pid in common.measuring(process.pid) if both else [process.pid]:
                with contextlib.suppress(ProcessLookupError):  # the run has ended it meanwhile
                    os.kill(pid, signal.SIGINT)
            self.assertEqual(process.wait(common.TIMEOUT_S), 130)
            self.assertFalse(os.path.exists(f"/proc/{child}"))
            self.completes(before)
            shutil.rmtree(self.work / "output")

    def test_interrupted_at_any_time(self):
        """Processes begin and end all the time here."""
        for i in range(12):
            process = self.begin(*SMALL, "--iterations", "2000", "--warmup", "0")
            until(lambda: self.lines() > 0)
            time.sleep(0.0037 * i)
            child = self.child(process)
            process.send_signal((signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[i % 3])
            self.assertEqual(process.wait(common.TIMEOUT_S), 130, process.stderr.read())
            self.assertFalse(child and os.path.exists(f"/proc/{child}"))
            self.assertEqual(list(self.tmp.iterdir()), [])
            shutil.rmtree(self.work / "output")


if __name__ == "__main__":
    unittest.main()
