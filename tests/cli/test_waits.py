"""What tasks wait for, and what hardware counters say: by tasks that are known to wait for it."""

import json
import os
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

CPUS = len(os.sched_getaffinity(0))
PRESSURE = pathlib.Path("/proc/pressure/io")


def is_on_disk(folder):
    """Whether files there are on a device that is a disk's."""
    major = os.major(os.stat(folder).st_dev)
    return major not in (0, 7)


def counters_here():
    """Whether the system has a CPU's counters, and may be asked for them."""
    try:
        paranoid = int(pathlib.Path("/proc/sys/kernel/perf_event_paranoid").read_text())
    except OSError:
        return False
    return paranoid < 3 and pathlib.Path("/sys/bus/event_source/devices/cpu").exists()


class Waits(common.Case):
    def environment(self, draw=False, **changes):
        """With the programs that tasks are."""
        env = super().environment(draw, **changes)
        env["PATH"] = changes.get("PATH", common.path_of(self.base / "bin", "dd"))
        return env

    def measure(self, *options):
        """The results of a run, and what they say of each number of workers."""
        result = self.run_fine("--iterations", "8", "--seed", "1", *options)
        folder = self.only_folder()
        results = json.loads((folder / "results.json").read_text())
        return result, results, {p["workers"]: p for p in results["points"]}

    def check_waits(self, point):
        """Shares, which add up about as medians do."""
        waits = point["waits"]
        off = waits["off_cpu"][0]
        parts = [waits[key][0] for key in ("cpu", "device", "other")]
        for share in (off, *parts):
            self.assertGreaterEqual(share, 0)
            self.assertLessEqual(share, 1)
        self.assertAlmostEqual(sum(parts), off, delta=0.15)
        return waits

    def test_lock(self):
        """A mutex that a task holds for most of its time: with 2 workers they wait for it."""
        result, results, points = self.measure(
            "--task", "wait", "--task-args", "[1, 12]", "--task-count", "8", "--workers", "0,2")
        for point in points.values():
            self.check_waits(point)
        self.assertIsNone(points[0]["waits"]["grows"])
        grows = points[2]["waits"]["grows"]
        self.assertEqual(grows["most"], "lock", points)
        self.assertGreater(grows["other"][1], 0.2)
        self.assertGreater(grows["switches_per_task"][1], 0)
        self.assertEqual(points[2]["waits"]["device"][0], 0)
        self.check_said(result, results, "they wait for a lock (by their own numbers)")

    def check_said(self, result, results, words):
        """Where the count that shows it is the recommended one."""
        if results["verdict"]["recommended"] > 0 and results["verdict"]["confidence"] == "HIGH":
            self.assertIn(words, " ".join(result.out.split()))

    def test_sleep(self):
        """What more workers do not change is not named, however long tasks sleep."""
        _, _, points = self.measure(
            "--task", "wait", "--task-args", "[5]", "--task-count", "8", "--workers", "0,2")
        waits = self.check_waits(points[2])
        self.assertGreater(waits["other"][0], 0.5)
        self.assertNotIn(waits["grows"]["most"], ("lock", "device"), waits)

    def test_cpu(self):
        """More workers than CPUs."""
        _, _, points = self.measure(
            "--task", "sum", "--task-args", "[30000000]", "--task-count", str(12 * CPUS),
            "--workers", f"0,{4 * CPUS}")  # fmt: skip
        waits = self.check_waits(points[4 * CPUS])
        self.assertEqual(waits["grows"]["most"], "cpu", waits)
        self.assertGreater(waits["cpu"][0], 0.4)

    @unittest.skipUnless(PRESSURE.exists(), "the system does not count waiting for devices")
    def test_device(self):
        """Programs that wait for a disk."""
        folder = self.base / "disk"
        folder.mkdir()
        if not is_on_disk(folder):
            self.skipTest("temporary files are in memory here")
        _, _, points = self.measure(
            "--task-count", "4", "--workers", "0,1", "--", "dd", "if=/dev/zero",
            f"of={folder}/{{task}}", "bs=64k", "count=32", "oflag=sync", "status=none")  # fmt: skip
        for point in points.values():
            waits = self.check_waits(point)
            self.assertGreater(waits["device"][0], waits["other"][0], waits)

    @unittest.skipUnless(counters_here(), "there are no hardware counters here")
    def test_counters(self):
        """Where there are some: factors whose product is the inflation."""
        _, _, points = self.measure(
            "--task", "sum", "--task-args", "[10000000]", "--task-count", "16", "--workers", "0,2")
        counters = points[2].get("counters")
        if not counters or not counters["factors"]:
            self.skipTest("the system refuses them")
        product = 1
        for factor in counters["factors"].values():
            product *= factor[0]
        self.assertAlmostEqual(product, counters["inflation"][0], places=6)
        self.assertGreater(counters["instructions"][0], 1e6)

    def edit_journal(self, folder, change):
        """The journal with every pass changed, and its report made anew."""
        journal = folder / "samples.jsonl"
        lines = []
        for line in journal.read_text().splitlines():
            entry = json.loads(line)
            if entry.get("type") == "pass":
                change(entry)
            lines.append(json.dumps(entry))
        journal.write_text("\n".join(lines) + "\n")
        self.run_fine("report", str(folder))
        return json.loads((folder / "results.json").read_text())

    def test_counted_journals(self):
        """A run of a machine that has them all: in the results, and in a table of the page."""
        self.run_fine("--task", "sum", "--task-args", "[1000]", "--task-count", "4",
                      "--workers", "0,2", "--iterations", "4")  # fmt: skip
        folder = self.only_folder()
        self.assertNotIn("Hardware counters", (folder / "report.html").read_text())

        def count(entry):
            slower = 2 if entry["workers"] == 2 else 1
            entry.update(instructions=4000 + entry["block"], cycles=2000 * slower,
                         cache_misses=40, energy_uj=8, counted_ns=1000 * slower,
                         counted_user_only=True)  # fmt: skip

        results = self.edit_journal(folder, count)
        counters = {p["workers"]: p["counters"] for p in results["points"]}
        self.assertEqual(counters[0]["cache_misses"][0], 10)
        self.assertEqual(counters[2]["ghz"][0], 2)
        self.assertEqual(counters[2]["inflation"][0], 2)
        self.assertEqual(counters[2]["factors"]["cycles_per_instruction"][0], 2)
        self.assertIsNone(counters[0]["stalled_cycles"])
        self.assertIsNone(counters[0]["factors"])
        self.assertTrue(counters[2]["user_only"])
        one = results["passes"][0]
        self.assertEqual((one["energy_uj"], one["counted_user_only"]), (8, True))
        self.assertNotIn("stalled_cycles", one)
        page = (folder / "report.html").read_text()
        self.assertIn("Hardware counters", page)
        schema = json.loads((common.ROOT / "docs" / "results.schema.json").read_text())
        self.assertEqual(common.schema_problems(self, schema, [results]), [[]])

    def test_old_journals(self):
        """Passes that were recorded without all this are read, and nothing is said of it."""
        self.run_fine("--task", "wait", "--task-args", "[1, 1]", "--task-count", "4",
                      "--workers", "0,2", "--iterations", "3")  # fmt: skip
        folder = self.only_folder()

        def forget(entry):
            del entry["io_blocks"], entry["noise"]["io_stalled_ns"]
            for worker in entry["worker_times"]:
                del worker["queued_ns"], worker["voluntary"], worker["involuntary"]

        results = self.edit_journal(folder, forget)
        for point in results["points"]:
            self.assertNotIn("waits", point)
        for one in results["passes"]:
            self.assertIsNone(one["io_stalled_s"])


if __name__ == "__main__":
    unittest.main()
