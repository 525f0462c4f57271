"""Runs that are interrupted: what was complete is kept."""

import re
import signal
import subprocess
import time
import unittest

import common
from mock_case import MockCase


class Interrupted(MockCase):
    """Ctrl-C: what was measured is saved, nothing is left behind, exit 130."""

    def interrupt(self, command, ready, signals=(signal.SIGINT,), mock=True):
        """Starts a run, waits until `ready()` holds, sends the signals, returns a Result."""
        command = [common.PPT_OMP_MOCK if mock else common.PPT_OMP, *command]
        process = subprocess.Popen(
            command,
            cwd=self.work,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        limit = time.monotonic() + common.TIMEOUT_S
        try:
            while not ready():
                self.assertIsNone(process.poll(), "ended before it could be interrupted")
                self.assertLess(time.monotonic(), limit, "nothing was recorded")
                time.sleep(0.01)
            for number in signals:
                process.send_signal(number)
            out, err = process.communicate(timeout=60)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        return common.Result(command, process.returncode, out, err)

    def recorded_blocks(self):
        """The largest block of which a pass is in the journal."""
        blocks = [0]
        for path in self.work.glob("output/*__*/samples.jsonl"):
            blocks += map(int, re.findall(r'"block": ?(\d+)', path.read_text(errors="replace")))
        return max(blocks)

    LONG = ["--task", "steady", "--task-args", "[2000000]", "--workers", "0,1,2"]
    LONG += ["--task-count", "10", "--iterations", "100000", "--wait", "0"]

    def test_results_of_complete_blocks(self):
        """After three blocks there is a results.csv of them, a table, and a journal whose lines
        are all whole."""
        result = self.interrupt(self.LONG, lambda: self.recorded_blocks() > 3)
        self.assertEqual(result.code, 130, result)
        folder = self.only_folder()
        samples = common.passes(folder)
        self.check_digests(folder)
        rows = self.check_csv(folder)
        self.assertEqual([int(row["Workers"]) for row in rows], [0, 1, 2])
        self.assertGreaterEqual(min(int(row["Means over (blocks)"]) for row in rows), 3)
        self.assertLessEqual(max(int(row["Means over (blocks)"]) for row in rows), max(
            s["block"] for s in samples))  # fmt: skip
        self.assertRegex(result.err, "(?i)interrupt")
        self.assertIn("steady", result.out)
        self.assertEqual(list(self.tmp.iterdir()), [])
        self.assertTrue((self.work / "output/latest").is_symlink())

    def test_within_the_first_block(self):
        """So early that no count has a whole block: still 130, and the passes are kept."""
        long_task = ["--task", "steady", "--task-args", "[200000000]", "--workers", "0,1,2"]
        long_task += ["--task-count", "2", "--iterations", "1000", "--wait", "0"]
        result = self.interrupt(
            long_task,
            lambda: any(p.stat().st_size for p in self.work.glob("output/*__*/samples.jsonl")),
        )
        self.assertEqual(result.code, 130, result)
        common.read_samples(self.only_folder())
        for path in self.work.rglob("results.csv"):
            self.check_csv(path.parent)

    def test_files_of_tasks_are_removed(self):
        """io works with large files in a temporary folder: gone after an interruption."""
        command = ["--task", "io", "--task-args", "[4]", "--workers", "0,2", "--task-count", "20"]
        command += ["--iterations", "100000", "--wait", "0"]
        result = self.interrupt(
            command, lambda: self.recorded_blocks() > 1 and any(self.tmp.iterdir()), mock=False
        )
        self.assertEqual(result.code, 130, result)
        self.check_csv(self.only_folder())
        self.assertEqual(list(self.tmp.iterdir()), [])

    def test_suite(self):
        """An interruption ends the whole suite, not only the run that is on."""
        run = {"task": "steady", "task_args": [2000000], "iterations": 100000}
        config = {"task_count": 10, "workers": [0, 2], "runs": [run, dict(run), dict(run)]}
        self.write("s.json", config)
        result = self.interrupt(["s.json"], lambda: self.recorded_blocks() > 2)
        self.assertEqual(result.code, 130, result)
        runs = [f for f in self.folders() if f.name.startswith("steady__")]
        self.assertEqual(len(runs), 1, runs)
        self.check_csv(runs[0])


if __name__ == "__main__":
    unittest.main()
