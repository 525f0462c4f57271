"""What happens to a run meanwhile: it is stopped, or moved to other CPUs."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import common
from common import only

ALL_CPUS = sorted(os.sched_getaffinity(0))


class Meanwhile(common.Case):
    """What is done to the process while it measures is noticed and told."""

    def meddle(self, *actions, options=()):
        """Starts a run of passes of 120 ms, and calls each action with the process while a pass of
        the next block is under way. Returns its folder and what it printed."""
        process = subprocess.Popen(
            [common.PPT_OMP, "--task", "wait", "--task-args", "[60]", "--task-count", "2",
             "--workers", "0,1,2", "--iterations", "8", *options],
            cwd=self.work, env=only({}, self.environment(PPT_MEASURE_AGAIN=None)),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        self.addCleanup(process.kill)
        until = time.monotonic() + common.TIMEOUT_S
        for block, action in enumerate(actions, 2):
            while not any(f'"block":{block},' in path.read_text()
                          for path in self.work.glob("output/*/samples.jsonl")):  # fmt: skip
                self.assertIsNone(process.poll())
                self.assertLess(time.monotonic(), until)
                time.sleep(0.002)
            # What was seen is the end of a pass; its line may still be on the way to the disk.
            time.sleep(0.03)
            action(process)
        out, _ = process.communicate(timeout=common.TIMEOUT_S)
        self.assertEqual(process.returncode, 0, out)
        return self.only_folder(), " ".join(out.split())

    @staticmethod
    def stop(process):
        """As Ctrl-Z does: all of it."""
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in common.measuring(process.pid):
                os.kill(pid, number)
            time.sleep(0.3 if number == signal.SIGSTOP else 0)

    @staticmethod
    def move(cpus):
        def action(process):
            for task in pathlib.Path("/proc", str(process.pid), "task").iterdir():
                try:
                    os.sched_setaffinity(int(task.name), cpus)
                except ProcessLookupError:
                    pass

        return action

    def passes(self, folder, doubtful=True):
        """As in the results, which never say HIGH of what is doubtful."""
        results = json.loads((folder / "results.json").read_text())
        if doubtful:
            self.assertNotEqual(results["verdict"]["confidence"], "HIGH")
        return results["passes"]

    def test_undisturbed(self):
        folder, out = self.meddle()
        passes = self.passes(folder, doubtful=False)
        self.assertEqual({p["stopped"] for p in passes}, {0})
        self.assertEqual({p["cpus"] for p in passes}, {len(ALL_CPUS)})
        self.assertNotIn("stopped", out)
        self.assertNotIn("other CPUs", out)

    def test_stopped(self):
        folder, out = self.meddle(self.stop, self.stop, self.stop)
        passes = self.passes(folder, doubtful=False)
        stopped = [p for p in passes if p["stopped"] > 0]
        # One may have come between two passes.
        self.assertIn(len(stopped), (1, 2, 3))
        self.assertTrue(all(p["disturbed"] for p in stopped), stopped)
        self.assertGreaterEqual(max(p["total_s"] for p in stopped), 0.29)
        # They were measured again, and then do not count; but for those of blocks in which others,
        # who use these CPUs too, have disturbed earlier passes.
        counting = common.counting(passes)
        self.assertEqual(len(counting), 26)
        left = [p for p in stopped if p in counting]
        self.assertTrue(any(p.get("again") for p in passes))
        again = " ".join(self.run_ppt("report", folder).out.split())
        for words in (out, again):
            if left:
                self.assertIn(f"Caution: {len(left)} of 24 passes were stopped for a while.", words)
            else:
                self.assertNotIn("were stopped for a while.", words)

    @unittest.skipIf(len(ALL_CPUS) < 2, "there is one CPU")
    def test_moved(self):
        folder, out = self.meddle(self.move({ALL_CPUS[0]}))
        passes = self.passes(folder)
        moved = [p for p in common.counting(passes) if p["cpus"] != len(ALL_CPUS)]
        self.assertGreater(len(moved), 0)
        self.assertEqual({p["cpus"] for p in moved}, {1})
        self.assertRegex(out, rf"Caution: {len(moved)} of 24 passes had other CPUs than the first")

    @unittest.skipIf(len(ALL_CPUS) < 2, "there is one CPU")
    def test_moved_and_back(self):
        folder, out = self.meddle(self.move({ALL_CPUS[0]}), self.move(set(ALL_CPUS)))
        passes = self.passes(folder)
        self.assertEqual(passes[-1]["cpus"], len(ALL_CPUS))
        self.assertRegex(out, r"Caution: \d+ of 24 passes had other CPUs than the first one\.")

    @unittest.skipIf(len(ALL_CPUS) < 2, "there is one CPU")
    def test_placement_is_no_move(self):
        for placement in ("close", "spread"):
            folder, _ = self.meddle(options=("--placement", placement))
            passes = self.passes(folder, doubtful=False)
            self.assertEqual({p["cpus"] for p in passes}, {len(ALL_CPUS)})
            shutil.rmtree(self.work / "output")


if __name__ == "__main__":
    unittest.main()
