"""ppt-omp-mpi on one host: ranks times workers, as a user of mpirun sees them.

Every point computes the same, every task is run exactly once, and times add up.
"""

import json
import os
import re
import statistics
import sys
import unittest

import common
from common import SCHEMA, loads
from mpi_case import MpiCase, main, point_of, points_of

# Every kernel in its small size, and the mix.
SMALL = {
    "sum": [1000],
    "multi": [1000],
    "io": [1],
    "zip": [1, 1, "text"],
    "tensor": [12, 2],
    "sort": [2000],
    "matrix": [20],
    "img": [["landscape.png"]],
    "password": [2, 3, [4, 8], 0.5, {"hash": "argon2id", "t_cost": 1, "m_cost_kib": 64}],
    "wait": [1, 0.1],
    "command": {"argv": ["/bin/echo", "{task}"], "output": "check"},
    "random": ["sum", "multi", "sort", "matrix", "tensor"],
}  # fmt: skip


class Tasks(MpiCase):
    """All tasks, everywhere the same."""

    def check_suite(self, labels, **outer):
        config = {"task_count": 5, "workers": [0, 1, 2], "ranks": [0, 1, 2, 4], "iterations": 1,
                  "warmup": 0, "seed": 11, **outer}  # fmt: skip
        runs = [{"task": label, "task_args": SMALL[label]} for label in labels]
        self.write("suite.json", {**config, "runs": runs})
        self.launch_fine("suite.json", ranks=4, seconds=60)
        digests = {}
        for folder in self.folders():
            if not (folder / "samples.jsonl").exists():
                continue  # that of the suite itself
            self.check_complete(folder, config)
            task = common.read_samples(folder)[0]["config"]["task"]
            digests[task] = self.check_digests(folder)[1]
        self.assertEqual(set(digests), set(labels))
        return digests

    def test_every_task_is_here(self):
        listed = set(re.findall(r"(?m)^(\w+)  ", self.run_fine("list").out))
        self.assertEqual(listed, set(SMALL))

    def test_same_digests_everywhere(self):
        """At every point, and in the plain program."""
        over_ranks = self.check_suite(SMALL)
        self.write("plain.json", {
            "task_count": 5, "workers": [2], "iterations": 1, "warmup": 0, "seed": 11,
            "runs": [{"task": label, "task_args": args} for label, args in SMALL.items()],
        })  # fmt: skip
        self.run_fine("plain.json", "--output", "plain")
        for folder in self.folders(self.work / "plain"):
            if (folder / "samples.jsonl").exists():
                task = common.read_samples(folder)[0]["config"]["task"]
                self.assertEqual(self.check_digests(folder)[1], over_ranks[task], task)

    def test_inner_threads(self):
        """A third dimension: every combination, with names that tell it."""
        config = {"task": "matrix", "task_args": [40], "task_count": 5, "workers": [0, 2],
                  "ranks": [2], "inner_threads": [1, 2], "iterations": 3, "seed": 2}  # fmt: skip
        self.write("c.json", config)
        result = self.launch_fine("c.json")
        folder = self.only_folder()
        passes = common.passes(folder)
        for block in (1, 2, 3):
            seen = [(*point_of(p), p["inner_threads"]) for p in passes if p["block"] == block]
            self.assertEqual(sorted(seen), [(0, 0, 1), (0, 0, 2), (2, 2, 1), (2, 2, 2)])
        self.assertEqual(len({p["digest"] for p in passes}), 1)
        self.assertEqual(
            set(self.results(folder)["verdict"]["speedup"]), {"0x2", "2r2x1", "2r2x2"}
        )
        for label in ("0x1", "0x2", "2r2x1", "2r2x2"):
            self.assertRegex(result.out, rf"(?m)^ *\*?{label} ")

    def test_fresh_memory(self):
        """The same results; scratch that every task has anew is seen in page faults."""
        faults = {}
        for memory in ("reuse", "fresh"):
            config = {"task": "sort", "task_args": [100000], "task_count": 12, "workers": [0, 2],
                      "ranks": [2], "iterations": 2, "memory": memory, "seed": 4}  # fmt: skip
            self.write("c.json", config)
            self.launch_fine("c.json", "--output", memory)
            folder = self.only_folder(self.work / memory)
            self.check_complete(folder, config)
            samples = [p for p in common.passes(folder) if point_of(p) == (2, 2) and p["block"]]
            digest = {p["digest"] for p in common.passes(folder)}
            faults[memory] = statistics.median(
                sum(w["faults"] for w in p["worker_times"]) for p in samples
            )
            faults.setdefault("digest", digest)
            self.assertEqual(faults["digest"], digest)
            self.assertEqual(common.read_samples(folder)[0]["config"]["memory"], memory)
        # 800 000 bytes for each of twelve tasks.
        self.assertGreater(faults["fresh"], faults["reuse"] + 12 * 100)

    def test_many_tasks(self):
        """Beyond 10 000 tasks there are histograms, merged over ranks."""
        config = {"task": "steady", "task_args": [10], "task_count": 20001, "workers": [0, 2],
                  "ranks": [0, 1, 2], "iterations": 1, "warmup": 0, "seed": 4}  # fmt: skip
        self.write("c.json", config)
        self.launch_fine("c.json", mock=True)
        folder = self.only_folder()
        passes = common.passes(folder)
        self.assertEqual(sorted(map(point_of, passes)), points_of(config))
        self.check_digests(folder)
        for sample in passes:
            self.assertEqual(sum(w["tasks"] for w in sample["worker_times"]), 20001)
            self.assertNotIn("task_ns", sample)
            times = sample["task_times"]
            self.assertGreater(times["resolution"], 0)
            self.assertEqual(times["sum_ns"], sum(w["busy_ns"] for w in sample["worker_times"]))
            ordered = [times[f"{n}_ns"] for n in ("smallest", "median", "p95", "p99", "largest")]
            self.assertEqual(ordered, sorted(ordered))


class Distributions(MpiCase):
    """However ranks get their tasks, each is run once."""

    KINDS = ("dynamic", "dynamic,1", "dynamic,7", "static")

    def test_every_task_once(self):
        """A number of tasks that nothing divides, fewer tasks than workers, and one."""
        config = {"task": "wait", "task_args": [3], "workers": [1, 2], "ranks": [0, 1, 2, 3],
                  "iterations": 1, "warmup": 0, "seed": 6}  # fmt: skip
        runs = [{"distribution": kind, "task_count": count}
                for kind in self.KINDS for count in (1, 5, 23)]  # fmt: skip
        self.write("suite.json", {**config, "runs": runs})
        self.launch_fine("suite.json", ranks=3, seconds=60)
        seen, digests = set(), {}
        for folder in self.folders():
            if not (folder / "samples.jsonl").exists():
                continue
            used = common.read_samples(folder)[0]["config"]
            kind, count = used["distribution"], used["task_count"]
            seen.add((kind, count))
            with self.subTest(distribution=kind, tasks=count):
                self.check_complete(folder, {**config, "task_count": count})
                digests.setdefault(count, set()).add(self.check_digests(folder)[1])
                for sample in common.passes(folder):
                    self.check_shares(sample, kind, count)
        self.assertEqual(seen, {(kind, count) for kind in self.KINDS for count in (1, 5, 23)})
        for count, found in digests.items():
            self.assertEqual(len(found), 1, f"{count} tasks: {found}")

    def check_shares(self, sample, kind, count):
        """What each rank had of them."""
        ranks, workers = point_of(sample)
        if ranks < 2:
            return
        tasks = [w["tasks"] for w in sample["worker_times"]]
        shares = [sum(tasks[i * workers : (i + 1) * workers]) for i in range(ranks)]
        requests = sum(r["requests"] for r in sample["rank_times"])
        if kind == "static":
            self.assertLessEqual(max(shares) - min(shares), 1, sample)
            self.assertEqual(requests, 0, sample)
        elif kind == "dynamic,1" and count == 23:
            # Others than rank 0 have some, too, and had to ask.
            self.assertGreater(min(shares), 0, sample)
            self.assertGreater(requests, 0, sample)

    def test_recorded(self):
        """As it was given."""
        for kind in ("dynamic,3", "static"):
            with self.subTest(distribution=kind):
                self.launch_fine(
                    "--task", "sum", "--task-args", "[1000]", "--task-count", 9, "--workers", "2",
                    "--ranks", "2", "--distribution", kind, "--quick", "--output", kind,
                )  # fmt: skip
                folder = self.only_folder(self.work / kind)
                self.assertEqual(self.results(folder)["config"]["distribution"], kind)
                self.assertEqual(self.results(folder)["config"]["ranks"], [2])


class Progress(MpiCase):
    """Rank 0 tells how far the job is, in a log as well."""

    def test_every_pass(self):
        config = {"task": "sum", "task_args": [3000], "task_count": 6, "workers": [0, 1, 2],
                  "ranks": [0, 2], "iterations": 2, "warmup": 0, "seed": 6}  # fmt: skip
        folder = self.measure(config, PPT_PROGRESS_SECONDS="0")
        lines = [line for line in self.result.err.splitlines() if " done" in line]
        passes = common.passes(folder)
        self.assertEqual(len(lines), len(passes), lines)
        for i, (line, sample) in enumerate(zip(lines, passes, strict=True), 1):
            ranks, workers = point_of(sample)
            where = f"{workers} worker{'' if workers == 1 else 's'}" if workers else "sequential"
            where += f" x {ranks} ranks" if ranks else ""
            percent = f"{100 * i / len(passes):.0f} %"
            start = f"sum: iteration {sample['block']} of 2, {where} done, {percent}"
            self.assertTrue(line.startswith(start), f"{line} / {start}")
        self.assertNotIn(" done", self.launch_fine("c.json").err)


class Suite(MpiCase):
    def test_different_ranks(self):
        """Each with its own ranks, and one page for both."""
        outer = {"task": "wait", "task_args": [2], "task_count": 8, "iterations": 3, "seed": 1}
        inner = [{"workers": [0, 1], "ranks": [0, 3]}, {"workers": [2], "ranks": [1, 2]}]
        self.write("c.json", {**outer, "runs": inner})
        result = self.launch_fine("c.json", ranks=3)
        (both,) = self.work.glob("output/suite__*")
        runs = loads((both / "results.json").read_text(encoding="utf-8"))["runs"]
        expected = [points_of(run) for run in inner]
        self.assertEqual([[point_of(p) for p in run["points"]] for run in runs], expected)
        singles = [f for f in self.folders() if f != both]
        self.assertEqual(len(singles), 2)
        for folder, run in zip(singles, inner, strict=True):
            self.check_complete(folder, {**outer, **run})
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        document = loads((both / "results.json").read_text(encoding="utf-8"))
        self.assertEqual(common.schema_problems(self, schema, [document]), [[]])
        self.assertTrue((both / "index.html").exists())
        for label in ("3r1", "1r2", "2r2"):
            self.assertRegex(result.out, rf"(?m)^ *\*?{label} ")


class Places(MpiCase):
    """CPUs and folders."""

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "needs two CPUs")
    def test_placement(self):
        """Ranks of one host share its CPUs out among them where there are enough."""
        for placement in ("close", "spread"):
            with self.subTest(placement=placement):
                config = {"task": "wait", "task_args": [1], "task_count": 6, "workers": [1],
                          "ranks": [0, 1, 2], "iterations": 2, "placement": placement}  # fmt: skip
                self.write("c.json", config)
                self.launch_fine("c.json", "--output", placement)
                folder = self.only_folder(self.work / placement)
                self.check_complete(folder, config)
                for sample in common.passes(folder):
                    bound = [w["bound"] for w in sample["worker_times"]]
                    self.assertEqual(len(set(bound)), len(bound), f"they overlap: {bound}")
                    for cpus in bound:
                        self.assertRegex(cpus, r"^\d+$")
                        self.assertIn(int(cpus), os.sched_getaffinity(0))

    def test_no_placement(self):
        """Unless asked for, workers are not bound."""
        self.launch_fine("--task", "wait", "--task-args", "[1]", "--workers", "1", "--ranks", "2",
                         "--task-count", 4, "--quick")  # fmt: skip
        for entry in self.results(self.only_folder())["passes"]:
            self.assertEqual([w["bound"] for w in entry["worker_times"]], [None, None])

    def test_temporary_folder(self):
        """Of every rank: TMPDIR, which is empty afterwards; two workers never share a folder."""
        script = 'case "$1" in "$TMPDIR"/*) mkdir "$1/$2" && rmdir "$1/$2" ;; *) exit 1 ;; esac'
        self.launch_fine(
            "--workers", "0,2", "--ranks", "0,2", "--task-count", 8, "--quick",
            "--", "/bin/sh", "-c", script, "sh", "{scratch}", "x", PATH="/usr/bin:/bin",
            PPT_CHART_SECONDS="0",
        )  # fmt: skip
        folder = self.only_folder()
        self.check_digests(folder)
        for rank in common.read_samples(folder)[0]["host"]["cluster"]:
            self.assertEqual(rank["scratch"], str(self.tmp))
        self.assertEqual(self.results(folder)["failed"], [])

    def test_results_folder(self):
        """One folder, however many ranks, and the link to it."""
        self.launch_fine("--task", "sum", "--task-args", "[10]", "--workers", "1", "--ranks", "3",
                         "--quick", "--output", "there", ranks=3)  # fmt: skip
        folder = self.only_folder(self.work / "there")
        self.assertEqual((self.work / "there/latest").resolve(), folder)
        self.assertEqual([p.name for p in self.work.iterdir()], ["there"])


if __name__ == "__main__":
    sys.exit(main())
