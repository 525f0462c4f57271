"""Workers times inner threads: every point is measured, named and judged, wherever it is shown."""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

WORKERS, INNER = (0, 1, 2), (1, 2, 4)


class Grid(common.Case):
    """A sleeping task whose inner threads follow Amdahl's law, so its best point is known."""

    def measure(self, inner="4,1,2", workers="0,1,2", ms=4, **options):
        self.result = self.run_fine(
            "--task", "crew", "--task-args", f"[{ms}, 0.1]", "--task-count", "8", "--workers",
            workers, "--inner-threads", inner, "--iterations", "5", mock=True, **options
        )  # fmt: skip
        self.folder = self.only_folder()
        return json.loads((self.folder / "results.json").read_text())

    def rows(self):
        return common.read_csv(self.folder / "results.csv")[1]

    def test_points(self):
        """The product of both lists, in order, in every file."""
        results = self.measure()
        expected = [(n, k) for n in WORKERS for k in INNER]
        points = [(p["workers"], p["inner_threads"]) for p in results["points"]]
        self.assertEqual(points, expected)
        rows = self.rows()
        self.assertEqual([(int(r["Workers"]), int(r["Inner threads"])) for r in rows], expected)
        names = [r["Name"] for r in rows]
        self.assertEqual(names[:3], ["sequential_x1", "sequential_x2", "sequential_x4"])
        self.assertEqual(names[3:6], ["parallel_1x1", "parallel_1x2", "parallel_1x4"])
        self.assertEqual(len(set(names)), len(names))
        for block in range(1, 6):
            seen = [
                (p["workers"], p["inner_threads"])
                for p in common.passes(self.folder)
                if p["block"] == block
            ]
            self.assertEqual(sorted(seen), expected)
            self.assertEqual(len(seen), len(expected))

    def test_verdict(self):
        """Two workers with four threads each are the fastest by far: nothing else will do. Their tasks
        take so long that starting eight threads beside other tests is little of it."""
        results = self.measure(ms=16)
        verdict = results["verdict"]
        self.assertEqual((verdict["recommended"], verdict["recommended_inner_threads"]), (2, 4))
        self.assertEqual((verdict["best"], verdict["best_inner_threads"]), (2, 4))
        self.assertIn("use 2 workers × 4 inner threads", verdict["sentence"])
        expected = {f"{n}x{k}" for n in WORKERS for k in INNER} - {"0x1"}
        self.assertEqual(set(verdict["speedup"]), expected)
        # 0.1 + 0.9 / 4 of the time, twice as many at a time.
        self.assertGreater(verdict["speedup"]["2x4"][0], 3.5)
        self.assertLess(verdict["speedup"]["2x4"][0], 7)
        self.assertIn("use 2 workers × 4 inner threads", " ".join(self.result.out.split()))
        (row,) = [r for r in self.rows() if r["Recommended"] == "1"]
        self.assertEqual(row["Name"], "parallel_2x4")

    def test_table(self):
        """Points that need more threads than there are CPUs are marked as such."""
        results = self.measure()
        cpus = results["host"]["effective_cpus"]
        for n in WORKERS:
            for k in INNER:
                mark = r"\*" if max(n, 1) * k > cpus else " "
                self.assertRegex(self.result.out, rf"(?m)^ *{mark}{n}x{k} ")
        for point in results["points"]:
            threads = max(point["workers"], 1) * point["inner_threads"]
            self.assertEqual(point["beyond_cpus"], threads > cpus)
        self.assertIn("4x2: 4 workers whose tasks use 2 threads each", self.result.out)

    def test_charts(self):
        """The heat map has every point; curves are drawn for each number of inner threads."""
        self.measure(draw=True)
        charts = self.folder / "charts"
        lines = (charts / "heat.dat").read_text().splitlines()
        self.assertEqual(len([l for l in lines if not l.startswith("#")]), 9)
        script = (charts / "speedup.gp").read_text()
        for k in INNER:
            self.assertIn(f"\"{k} inner thread{'' if k == 1 else 's'}\"", script)
        for name in ("heat", "speedup", "model", "efficiency", "time", "tasks_per_second"):
            size = common.png_size((charts / f"{name}.png").read_bytes())
            self.assertGreater(min(size), 100, name)

    def test_charts_mark_points_beyond_the_cpus(self):
        """Stars, as in the table, on curves and on axes: a line at the CPUs would be wrong for all
        curves but one."""
        results = self.measure()
        cpus = results["host"]["effective_cpus"]
        charts = self.folder / "charts"
        rows = [line.split() for line in (charts / "speedup.dat").read_text().splitlines()
                if line and not line.startswith("#")]  # fmt: skip
        points = [(n, k) for k in INNER for n in WORKERS if n > 0]
        self.assertEqual([int(row[0]) for row in rows], [n for n, _ in points])
        self.assertEqual([row[4] == "1" for row in rows], [n * k > cpus for n, k in points])
        script = (charts / "speedup.gp").read_text()
        self.assertNotIn("set arrow", script)
        self.assertIn("$5 > 0", script)
        self.assertIn('points ls beyond title "more threads than CPUs"', script)
        for name in ("time", "tasks_per_second", "efficiency", "task_times", "balance"):
            script = (charts / f"{name}.gp").read_text()
            for n in WORKERS[1:] if name == "efficiency" else WORKERS:
                for k in INNER:
                    label = f"'{'*' if max(n, 1) * k > cpus else ''}{n}x{k}'"
                    self.assertIn(label, script)

    def test_cpus_are_marked_where_threads_are_as_many(self):
        """With one number of inner threads a line stands where all CPUs have a thread each."""
        results = self.measure(inner="2")
        cpus = results["host"]["effective_cpus"]
        for name in ("speedup", "model"):
            script = (self.folder / "charts" / f"{name}.gp").read_text()
            place = cpus / 2
            if place < 1 or place > max(WORKERS):
                self.assertNotIn("set arrow 1", script)
            else:
                self.assertIn(f"set arrow 1 from first {place:g},", script)
                self.assertIn(f"{cpus} CPUs ({place:.3g} worker", script)

    def test_report_again(self):
        """From the recording alone come the same files."""
        self.measure()
        names = ("results.csv", "results.json", "charts/heat.dat", "charts/speedup.gp")
        before = {name: (self.folder / name).read_text() for name in names}
        again = self.run_fine("report", str(self.folder), mock=True)
        for name in names:
            self.assertEqual((self.folder / name).read_text(), before[name], name)
        self.assertEqual(again.out.strip(), self.result.out.strip())

    def test_one_number(self):
        """One number of inner threads is no second dimension: names are as ever."""
        results = self.measure(inner="2")
        self.assertEqual({p["inner_threads"] for p in results["points"]}, {2})
        rows = self.rows()
        self.assertEqual([r["Name"] for r in rows], ["sequential", "parallel_1", "parallel_2"])
        self.assertEqual(set(results["verdict"]["speedup"]), {"1", "2"})
        self.assertNotIn("×", results["verdict"]["sentence"])
        self.assertFalse((self.folder / "charts" / "heat.dat").exists())
        self.assertEqual(results["config"]["inner_threads"], 2)
        # It is said once, above all of them.
        self.assertIn(", 2 inner threads, seed", self.result.out)
        self.assertIn(", 2 inner threads, seed", (self.folder / "report.html").read_text())
        self.assertIn(", 2 inner threads", (self.folder / "charts/speedup.gp").read_text())

    def test_predict(self):
        """The laws are of the recommended row; three counts of workers are needed to say more."""
        self.measure()
        result = self.run_ppt("predict", str(self.folder), "--workers", "3", mock=True)
        self.assertEqual(result.code, 5, result)


class Kernels(common.Case):
    """The kernels that use threads inside a task."""

    ARGS = {
        "tensor": "[40, 4]",
        "matrix": "[70]",
        "sort": "[20000]",
        "img": '[["landscape.png"]]',
        "random": '["sort", "matrix", "tensor"]',
    }

    def test_same_digest_at_every_point(self):
        """Exit 0 means that all digests agree; the file says so, too."""
        for task in ("tensor", "matrix", "sort", "img"):
            with self.subTest(task=task):
                folder = self.work / task
                self.run_fine(
                    "--task", task, "--task-args", self.ARGS[task], "--task-count", "6",
                    "--workers", "0,1,2,3", "--inner-threads", "1,2,3", "--iterations", "2",
                    "--output", str(folder),
                )  # fmt: skip
                passes = common.passes(self.only_folder(folder))
                self.assertGreaterEqual(len(passes), 24)
                self.assertEqual(len({p["digest"] for p in passes}), 1)

    def test_threads_are_used(self):
        """With two inner threads a task takes about twice as much CPU time as its worker alone
        can: the process's is compared with the worker's."""
        if (os.cpu_count() or 1) < 2:
            self.skipTest("needs two CPUs")
        self.run_fine(
            "--task", "matrix", "--task-args", "[500]", "--task-count", "20", "--workers", "0,1",
            "--inner-threads", "1,2", "--iterations", "3",
        )  # fmt: skip
        shares = {1: [], 2: []}
        for sample in common.passes(self.only_folder()):
            whole = sample["usage"]["user_ns"] + sample["usage"]["system_ns"]
            worker = sum(w["cpu_ns"] for w in sample["worker_times"])
            shares[sample["inner_threads"]].append(whole / worker)
        self.assertLess(sorted(shares[1])[len(shares[1]) // 2], 1.25)
        self.assertGreater(sorted(shares[2])[len(shares[2]) // 2], 1.5)

    def test_unused(self):
        """A task that uses one thread whatever is asked for: a warning, and the same is not
        measured twice."""
        result = self.run_fine(
            "--task", "sum", "--task-args", "[1000]", "--task-count", "4", "--workers", "0,1",
            "--inner-threads", "1,2", "--quick",
        )  # fmt: skip
        self.assertIn('"inner_threads" changes nothing', result.err)
        self.assertIn("only 1 is measured", result.err)
        points = json.loads((self.only_folder() / "results.json").read_text())["points"]
        self.assertEqual([(p["workers"], p["inner_threads"]) for p in points], [(0, 1), (1, 1)])

    def test_thread_limit(self):
        """Inner threads that OpenMP may not start: a message, never a wait for them."""
        limit = self.environment(OMP_THREAD_LIMIT="1")
        for task, args in (("matrix", "[100]"), ("tensor", "[64, 3]"), ("sort", "[200000]")):
            with self.subTest(task=task):
                once = self.run_ppt(
                    *("once", task, args, "--inner-threads", "2"), env=limit
                )
                self.assertEqual(once.code, 1, once)
                self.assertIn("threads", once.err)
                whole = self.run_ppt(
                    *("--task", task, "--task-args", args, "--task-count", "2"),
                    *("--workers", "0,1", "--inner-threads", "1,2", "--quick"),
                    env=limit,
                )
                self.assertEqual(whole.code, 1, whole)
                self.assertIn("OMP_THREAD_LIMIT allows only 1", whole.err)

    def test_mix(self):
        """Kinds of a mix by point."""
        self.run_fine(
            "--task", "random", "--task-args", '["sum", "sort"]', "--task-count", "6",
            "--workers", "0,2", "--inner-threads", "1,2", "--iterations", "2",
        )  # fmt: skip
        results = json.loads((self.only_folder() / "results.json").read_text())
        for kind in results["kinds"]:
            self.assertEqual(set(kind["task_s"]), {"0x1", "0x2", "2x1", "2x2"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
