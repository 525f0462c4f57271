"""Beside programs that keep the CPUs busy: what is recorded of them, that passes are measured
again, and that nothing is claimed which an idle machine would contradict.

Other tests use these CPUs, too, so nothing is said here that holds on an idle machine alone, but
with several tries, of which a calm one is enough.
"""

import json
import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

import common
from common import only

TRIES = 4
CPUS = sorted(os.sched_getaffinity(0))[:2]
QUIET_CPUS = 0.05  # of each
LONG = ("--task-args", "[500000]", "--task-count", "60")  # 20 ms of work for one worker


def busy_s():
    """CPU time that anybody has used on those CPUs."""
    lines = Path("/proc/stat").read_text().splitlines()
    ticks = 0
    for line in lines:
        name, *counts = line.split()
        if name in {f"cpu{cpu}" for cpu in CPUS}:
            user, nice, system, _, _, irq, softirq, steal = map(int, counts[:8])
            ticks += user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")


@unittest.skipIf(len(CPUS) < 2, "there is one CPU")
@unittest.skipUnless(Path("/proc/thread-self/schedstat").exists(), "queues are not counted here")
class Others(common.Case):
    def setUp(self):
        super().setUp()
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, CPUS)
        self.addCleanup(os.sched_setaffinity, 0, before)

    def load(self, count):
        """So many programs that never sleep, on the CPUs that are measured."""
        for _ in range(count):
            program = subprocess.Popen(
                [sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL
            )
            self.addCleanup(program.wait)
            self.addCleanup(program.kill)

    def measure(self, task, *options, iterations=6):
        """What results.json says, and all that was printed."""
        result = self.run_fine(
            *("--task", task, "--workers", "0,1,2,4", "--iterations", iterations, "--wait", "0"),
            *(*options, "--output", self.work / f"{task}{time.monotonic_ns()}"),
            env=only({}, self.environment(PPT_MEASURE_AGAIN=None)),
        )
        folder = max(self.work.glob(f"{task}*/*__*"))
        results = json.loads((folder / "results.json").read_text())
        return results, " ".join(result.out.split()), folder

    def check_beside_others(self, results, words):
        self.assertNotEqual(results["verdict"]["confidence"], "HIGH", words)
        self.assertNotIn("mostly wait", words)
        self.assertFalse(results["waiting"], words)
        self.assertRegex(words, r"Others used \d+ % of the CPUs: this holds beside them, not on an")
        self.assertNotRegex(words, r"memory, caches|a lock or a device")
        disturbance = results["verdict"]["disturbance"]
        self.assertEqual(disturbance["by"], "others")
        self.assertGreater(disturbance["share"], 0.2)
        self.assertGreater(disturbance["passes"], 12)

    def test_two(self):
        self.load(2)
        self.check_beside_others(*self.measure("sum", *LONG)[:2])

    def test_four(self):
        self.load(4)
        for task, options in (("sum", LONG), ("sort", ("--task-args", "[100000]",
                                                       "--task-count", "10"))):  # fmt: skip
            results, words, _ = self.measure(task, *options)
            self.check_beside_others(results, words)

    def test_one(self):
        """Which leaves one CPU: what is said depends on where threads happen to run."""
        self.load(1)
        results, words, _ = self.measure("sum", *LONG)
        self.assertNotEqual(results["verdict"]["confidence"], "HIGH", words)
        self.assertNotIn("mostly wait", words)
        self.assertGreater(results["verdict"]["disturbance"]["share"], 0.1)

    def test_measured_again(self):
        """At most two passes of a block, until three blocks say that it is in vain."""
        self.load(4)
        results, _, folder = self.measure("sum", *LONG)
        lines = [line for line in common.read_samples(folder) if line["type"] == "pass"]
        again = [line for line in lines if line.get("again")]
        by_block = {}
        for one in results["passes"]:
            if one.get("again"):
                by_block.setdefault(one["block"], []).append(one["disturbed"])
        self.assertTrue(by_block)
        self.assertLessEqual(max(map(len, by_block.values())), 2)
        # What is flagged is known better in the end than when a block was over, so that it may take
        # some more blocks than three.
        if all(all(marked) for marked in by_block.values()):
            self.assertLess(len(by_block), results["verdict"]["blocks"] - 2, by_block)
        for second in again:
            point = (second["block"], second["workers"])
            first, last = [p for p in lines if (p["block"], p["workers"]) == point]
            self.assertNotIn("again", first)
            self.assertIs(last, second)
        self.assertEqual(results["verdict"]["disturbance"]["again"], len(again))
        marked = [(p["block"], p["workers"]) for p in results["passes"] if p.get("again")]
        self.assertEqual(marked, [(p["block"], p["workers"]) for p in again])
        # What is made of the journal alone is the same.
        before = (folder / "results.json").read_text()
        self.run_fine("report", folder, env=only({}, self.environment(PPT_MEASURE_AGAIN=None)))
        self.assertEqual((folder / "results.json").read_text(), before)
        # A run that ended between the two goes on with the second one.
        journal = folder / "samples.jsonl"
        text = journal.read_text().splitlines(keepends=True)
        at = [i for i, line in enumerate(text) if '"again":true' in line]
        journal.write_text("".join(text[: at[1]]))
        self.run_fine("resume", folder, env=only({}, self.environment(PPT_MEASURE_AGAIN=None)))
        lines = [line for line in common.read_samples(folder) if line["type"] == "pass"]
        seconds = [(p["block"], p["workers"]) for p in lines if p.get("again")]
        self.assertEqual(seconds[:2], [(p["block"], p["workers"]) for p in again[:2]])
        self.assertEqual(seconds, sorted(seconds, key=lambda point: point[0]))

    def test_programs(self):
        """What a program was queued for is its task's: the worker only waits for it."""
        self.load(4)
        loop = "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done"
        self.run_fine("--workers", "0,1", "--iterations", "3", "--wait", "0", "--task-count", "2",
                      "--output", "programs", "--", "/bin/sh", "-c", loop,
                      env=only({}, self.environment(PPT_MEASURE_AGAIN=None)))  # fmt: skip
        (folder,) = self.work.glob("programs/*__*")
        passes = common.passes(folder)
        queued, work = (sum(map(what, passes)) for what in (
            lambda line: line["noise"]["queued_ns"], lambda line: line["work_ns"]))  # fmt: skip
        self.assertGreater(queued, 0.02 * work)
        self.assertFalse(json.loads((folder / "results.json").read_text())["waiting"])

    def test_calm(self):
        """Without others it is as it was; waiting tasks use no CPU, and that is said."""
        for left in reversed(range(TRIES)):
            busy, own, start = busy_s(), sum(os.times()[:4]), time.monotonic()
            results, words, _ = self.measure("wait", "--task-args", "[2]", "--task-count", "60")
            all_s = (time.monotonic() - start) * len(CPUS)
            if (busy_s() - busy - (sum(os.times()[:4]) - own)) / all_s < QUIET_CPUS:
                break
            if left == 0:
                self.skipTest("others are there all the time")
        disturbance = results["verdict"]["disturbance"]
        self.assertEqual(results["verdict"]["confidence"], "HIGH", words)
        self.assertTrue(results["waiting"])
        self.assertNotIn("beside them", words)
        self.assertLess(disturbance["share"], 0.1)
        self.assertLess(disturbance["queued"], 0.05)

    def test_doctor(self):
        """It uses the same measure."""
        self.load(4)
        result = self.run_ppt("doctor")
        words = " ".join(result.out.split())
        self.assertRegex(words, r"bad noise .* of which others used [2-9]\d %")


if __name__ == "__main__":
    unittest.main()
