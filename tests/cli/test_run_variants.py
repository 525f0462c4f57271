"""Settings of a run: memory, schedule, placement, inner threads, waits."""

import json
import os
import time
import unittest

import common
from quick import quick


class Variants(common.Case):
    """Keys that change how tasks run must never change what they compute."""

    def digests(self, label, config, *options):
        self.write("c.json", config)
        self.run_fine("c.json", "--output", label, *options)
        folder = self.only_folder(self.work / label)
        self.check_csv(folder)
        return self.check_digests(folder), common.read_samples(folder)[0]["config"]

    def test_memory(self):
        """Scratch used again must not carry anything from one task to the next."""
        for task in ("sort", "tensor", "matrix", "img", "password", "io", "zip"):
            with self.subTest(task=task):
                reuse, kept = self.digests(f"{task}-reuse", quick(task, memory="reuse"))
                fresh, anew = self.digests(f"{task}-fresh", quick(task, memory="fresh"))
                self.assertEqual(reuse, fresh)
                self.assertEqual((kept["memory"], anew["memory"]), ("reuse", "fresh"))

    def test_schedule(self):
        """Who runs a task does not matter."""
        found = set()
        for schedule in ("static", "static,2", "dynamic", "dynamic,3", "guided", "guided,2"):
            digests, _ = self.digests(
                schedule, quick("sort", schedule=schedule, task_count=11, workers=[0, 1, 3])
            )
            found.add(digests[1])
        self.assertEqual(len(found), 1)

    def test_static_schedule_shares_evenly(self):
        """With "static" 8 tasks on 4 workers are 2 for each; the option really arrives."""
        self.write("c.json", quick("sum", [1000], task_count=8, workers=[4], schedule="static"))
        self.run_fine("c.json")
        for sample in common.passes(self.only_folder()):
            self.assertEqual([w["tasks"] for w in sample["worker_times"]], [2, 2, 2, 2])

    def test_placement_is_recorded(self):
        """What each worker was bound to is what the system says, in the journal and in the
        results, and a report made again says the same."""
        cpus = os.sched_getaffinity(0)
        for placement in ("none", "close", "spread"):
            self.write("c.json", quick("sum", [1000], placement=placement, workers=[0, 1, 2]))
            self.run_fine("c.json", "--output", placement)
            folder = self.only_folder(self.work / placement)
            recorded = [[worker.get("bound") for worker in sample["worker_times"]]
                        for sample in common.passes(folder)]  # fmt: skip
            for _ in range(2):
                results = json.loads((folder / "results.json").read_text())
                self.assertEqual(recorded, [[worker["bound"] for worker in one["worker_times"]]
                                            for one in results["passes"]])  # fmt: skip
                self.run_fine("report", folder)
            for sample, bound in zip(common.passes(folder), recorded):
                if placement == "none" or sample["workers"] == 0:
                    self.assertEqual(set(bound), {None})
                else:
                    self.assertEqual(len(set(bound)), min(len(bound), len(cpus)))
                    if placement == "close":
                        self.assertLessEqual(set(bound), {str(cpu) for cpu in cpus})

    def test_placement(self):
        """Binding works, also with more workers than CPUs, and with a part of the CPUs."""
        found = set()
        for placement in ("none", "close", "spread"):
            digests, config = self.digests(
                placement, quick("sort", placement=placement, workers=[0, 1, 2, 5])
            )
            self.assertEqual(config["placement"], placement)
            found.add(digests[1])
        self.assertEqual(len(found), 1)
        one = min(os.sched_getaffinity(0))
        for placement in ("close", "spread"):
            self.write("c.json", quick("sum", [1000], placement=placement, workers=[0, 2]))
            self.run_fine(
                "c.json",
                "--output",
                f"pinned-{placement}",
                preexec_fn=lambda: os.sched_setaffinity(0, {one}),
            )
            for sample in common.passes(self.only_folder(self.work / f"pinned-{placement}")):
                self.assertEqual({w["cpu"] for w in sample["worker_times"]}, {one})

    def test_inner_threads(self):
        """A digest depends on arguments, seed and index alone: not on threads inside a task."""
        for task, args in (("tensor", [96, 3]), ("matrix", [150]), ("img", None), ("sort", [9000])):
            with self.subTest(task=task):
                one, _ = self.digests(f"{task}-1", quick(task, args, inner_threads=1))
                two, config = self.digests(f"{task}-2", quick(task, args, inner_threads=2))
                self.assertEqual(config["inner_threads"], 2)
                self.assertEqual(one, two)

    def test_inner_threads_list(self):
        """Every number of workers with every number of threads, each once per block, and one digest
        for all of them; the option replaces the file's list."""
        for task, args in (("tensor", [96, 3]), ("matrix", [150]), ("img", None), ("sort", [9000])):
            with self.subTest(task=task):
                lists = {"inner_threads": [3, 1, 2], "workers": [2, 0], "iterations": 2}
                _, config = self.digests(task, quick(task, args, **lists))
                self.assertEqual(config["inner_threads"], [1, 2, 3])
                self.assertEqual(config["workers"], [0, 2])
                blocks = {}
                for sample in common.passes(self.only_folder(self.work / task)):
                    point = (sample["workers"], sample["inner_threads"])
                    blocks.setdefault(sample["block"], []).append(point)
                points = [(w, i) for w in (0, 2) for i in (1, 2, 3)]
                self.assertEqual({1, 2} - set(blocks), set())
                for block in (1, 2):
                    self.assertEqual(sorted(blocks[block]), points)
        four = quick("sort", inner_threads=[4])
        _, config = self.digests("option", four, "--inner-threads", "2,1")
        self.assertEqual(config["inner_threads"], [1, 2])

    @common.plain_memory_only
    def test_page_faults_of_tasks(self):
        """With memory used again tasks touch no new page; with fresh memory each touches all of its
        own again, and the table says so."""
        for task, args in (("sort", [300000]), ("tensor", [64, 3]), ("matrix", [100]), ("img", None)):
            with self.subTest(task=task):
                self.write("c.json", quick(task, args, workers=[0, 2], task_count=20))
                result = self.run_fine("c.json", "--output", task)
                self.assertNotIn("page faults", result.out)
                results = json.loads((self.work / task / "latest/results.json").read_text())
                for point in results["points"]:
                    # The first task of a worker may touch its stack.
                    self.assertLess(point["task_page_faults"]["median"], 20)
        self.write("c.json", quick("sort", [300000], workers=[0], task_count=20, memory="fresh"))
        result = self.run_fine("c.json", "--output", "fresh")
        results = json.loads((self.work / "fresh/latest/results.json").read_text())
        # Two arrays of 2.4 MB; the system may hand out one page of 4 KiB or many at a time.
        faults = results["points"][0]["task_page_faults"]["median"]
        self.assertGreater(faults, 20)
        if faults >= 20 * 8:
            self.assertRegex(result.out, r"a task takes \d+ page faults")

    @common.plain_memory_only
    def test_fresh_whatever_was_before(self):
        """What fresh memory costs does not depend on what another run has freed."""
        runs = [
            quick("sort", [size], workers=[0], task_count=4, memory="fresh")
            for size in (300000, 3000000, 300000)
        ]
        self.write("c.json", {"runs": runs})
        self.run_fine("c.json")
        (suite,) = (self.work / "output").glob("suite__*/results.json")
        first, _, again = (
            run["points"][0]["task_page_faults"]["median"]
            for run in json.loads(suite.read_text())["runs"]
        )
        self.assertGreater(first, 20)
        self.assertLess(abs(again / first - 1), 0.2)

    def test_inner_threads_not_given(self):
        """A task with fewer threads than it was told to use is a failure and no figure."""
        for task, args in (("tensor", [96, 3]), ("matrix", [150]), ("img", None), ("sort", [9000])):
            with self.subTest(task=task):
                self.write("c.json", quick(task, args, inner_threads=4, workers=[0]))
                env = self.environment(OMP_THREAD_LIMIT="3")
                result = self.run_ppt("c.json", "--output", task, env=env)
                self.assertEqual(result.code, 1, result)
                self.assertEqual(result.out, "", result)
                self.assertRegex(result.err, r"1 worker with 4 inner threads needs 4 threads, but "
                                 r"OMP_THREAD_LIMIT allows only 3\n\Z")  # fmt: skip
                self.assertEqual(list(self.work.glob(f"{task}/*")), [])
                self.assertEqual(list(self.tmp.iterdir()), [])
                env = self.environment(OMP_THREAD_LIMIT="4")
                self.run_fine("c.json", "--output", f"{task}-enough", env=env)

    def test_openmp_environment(self):
        """Settings left in the shell must not change what is measured: N workers are N threads.
        Where the system forbids a team of N, that is a failure and no figure called parallel_N."""
        config = quick("sum", [1000], workers=[0, 2, 4], task_count=9, schedule="static")
        self.write("c.json", config)
        for name, value in {
            "OMP_NUM_THREADS": "1",
            "OMP_DYNAMIC": "true",
            "OMP_SCHEDULE": "static",
            "OMP_MAX_ACTIVE_LEVELS": "1",
            "OMP_PROC_BIND": "close",
            "OMP_WAIT_POLICY": "active",
            "OMP_NESTED": "false",
            "OPENBLAS_NUM_THREADS": "4",
        }.items():
            with self.subTest(variable=name):
                self.run_fine("c.json", "--output", name, env=self.environment(**{name: value}))
                folder = self.only_folder(self.work / name)
                self.check_digests(folder)
                for sample in common.passes(folder):
                    workers = sample["worker_times"]
                    self.assertEqual(len(workers), max(1, sample["workers"]))
                    self.assertTrue(all(w["tasks"] > 0 for w in workers), sample)
        with self.subTest(variable="OMP_THREAD_LIMIT"):
            result = self.run_ppt("c.json", env=self.environment(OMP_THREAD_LIMIT="2"))
            self.assertEqual(result.code, 1, result)
            self.assertEqual(result.out, "", result)
            self.assertRegex(result.err, r"\Appt-omp: 4 workers with 1 inner thread need 4 threads, "
                             r"but OMP_THREAD_LIMIT allows only 2\n\Z")  # fmt: skip
            self.assertEqual(list(self.work.glob("output/*")), [])

    def test_named_arguments(self):
        """`task_args` as an object by name gives the same tasks; what is left out is default."""
        listed, _ = self.digests("listed", quick("tensor", [16, 3]))
        named, config = self.digests("named", quick("tensor", {"count": 3, "size": 16}))
        self.assertEqual(listed, named)
        self.assertEqual(config["task_args"], {"size": 16, "count": 3})
        short, config = self.digests("short", quick("zip", {"mib": 1, "content": "text"}))
        full, _ = self.digests("full", quick("zip", [1, 9, "text"]))
        self.assertEqual(short, full)

    def test_waits(self):
        """Waits are really waited, after every pass and after every block."""
        self.write(
            "c.json",
            quick("sum", [10], wait_time_after_runner=0.1, wait_time_after_iteration=0.2,
                  iterations=3, warmup=0),  # fmt: skip
        )
        begin = time.monotonic()
        self.run_fine("c.json")
        # Between the first and the last pass are five waits, two of them also ends of blocks.
        self.assertGreaterEqual(time.monotonic() - begin, 5 * 0.1 + 2 * 0.2)
        starts = sorted(p["started_ns"] for p in common.passes(self.only_folder()))
        for before, after in zip(starts, starts[1:]):
            self.assertGreaterEqual(after - before, 0.1e9)


if __name__ == "__main__":
    unittest.main()
