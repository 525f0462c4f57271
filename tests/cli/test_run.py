"""The main job: from a configuration to results.csv, samples.jsonl, charts and a table.

Times are never compared with fixed figures: the machine may be slow or busy. What is compared is
what must hold on every machine: columns, order, sums, digests, ratios with wide margins.
"""

import fcntl
import json
import math
import os
import pathlib
import pty
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

HAS_GNUPLOT = shutil.which("gnuplot") is not None
CHARTS = ["speedup", "tasks_per_second", "time"]

# The original's positional arguments for each task, in small sizes.
SMALL = {
    "sum": [20000],
    "multi": [20000],
    "io": [1],
    "zip": [1],
    "tensor": [32, 4],
    "sort": [5000],
    "matrix": [40],
    "img": [["landscape.png"]],
    "password": [10, 20, [20, 20], 0.8],
    "random": ["sum", "multi"],
}

# The example of the original's README, as it is there.
README_FILE = """{
    "iterations": 10,
    "task": "sort",
    "task_args": [1000000],
    "task_count": 100,
    "workers": [0, 1, 2, 4, 6, 8, 10, 12, 16],
    "wait_time_after_runner": 2.0,
    "wait_time_after_iteration": 2.0,
    "gc_after_iteration": true
}
"""


def quick(task="sort", args=None, **more):
    """A configuration that takes a few milliseconds."""
    config = {"task": task, "task_args": SMALL[task] if args is None else args}
    config.update(task_count=3, workers=[0, 2], iterations=2, seed=1)
    config.update(more)
    return {key: value for key, value in config.items() if value is not None}


class Tasks(common.Case):
    """Every task, with the original's form of file."""

    def sweep(self, task, args, count=4, workers=(0, 1, 2, 4)):
        """Runs a file of the original's form from another directory than the file's, and checks
        everything that must hold for every task."""
        config = {
            "iterations": 3,
            "task": task,
            "task_args": args,
            "task_count": count,
            "workers": list(workers),
            "wait_time_after_runner": 0,
            "wait_time_after_iteration": 0.0,
            "gc_after_iteration": True,
            "multiprocessing_start_method": None,
        }
        self.write(f"elsewhere/{task}.json", config)
        here = self.work / "here"
        here.mkdir()
        result = self.run_fine(f"../elsewhere/{task}.json", cwd=here)
        self.assertNotIn("multiprocessing", result.err)
        self.assertFalse((self.work / "elsewhere/output").exists())
        folder = self.only_folder(here / "output")
        name = rf"{task}__\d{{4}}_\d\d_\d\d__\d\d_\d\d_\d\d"
        self.assertRegex(folder.name, f"^{name}$")

        rows = self.check_csv(folder)
        self.assertEqual([int(row["Workers"]) for row in rows], list(workers))
        self.assertEqual({row["Job count"] for row in rows}, {str(count)})
        self.assertEqual({row["Means over (blocks)"] for row in rows}, {"3"})
        digests = self.check_digests(folder)
        self.assertTrue({1, 2, 3} <= set(digests))
        if task != "random":
            self.assertEqual(len(set(digests.values())), 1, "the same tasks in every block")
        for row in passes_by_workers(folder).values():
            self.assertEqual(len(row), 3)
        self.check_table(result.out, task, workers)
        return rows

    def check_table(self, text, task, workers):
        """One row for each worker count, in 80 columns, headed by the task's name."""
        self.assertIn(task, text)
        for line in text.splitlines():
            self.assertLessEqual(common.width(line), 80, line)
            self.assertNotIn("\x1b", line)
        for count in workers:
            self.assertRegex(text, rf"(?m)^\W*{count}\s+\d", f"no row for {count} workers")

    def test_sum(self):
        rows = self.sweep("sum", SMALL["sum"])
        self.assertEqual({row["Job details"] for row in rows}, {"20000"})

    def test_multi(self):
        self.sweep("multi", SMALL["multi"])

    def test_io(self):
        self.sweep("io", SMALL["io"])

    def test_zip(self):
        self.sweep("zip", SMALL["zip"])

    def test_tensor(self):
        self.sweep("tensor", SMALL["tensor"])

    def test_sort(self):
        rows = self.sweep("sort", SMALL["sort"])
        self.assertEqual({row["Job details"] for row in rows}, {"5000"})

    def test_matrix(self):
        self.sweep("matrix", SMALL["matrix"])

    def test_img(self):
        """The shipped image is found by its name alone."""
        self.sweep("img", SMALL["img"])

    def test_password(self):
        self.sweep("password", SMALL["password"])

    def test_password_argon2id(self):
        """The fifth argument; eight columns of the CSV hold commas and braces then."""
        options = {"hash": "argon2id", "t_cost": 1, "m_cost_kib": 64, "lanes": 1}
        self.sweep("password", [5, 10, [6, 20], 0.5, options])

    def test_random_of_names(self):
        """A mix is drawn anew for every block, and is the same at every worker count."""
        self.sweep("random", SMALL["random"], count=3)
        folder = self.only_folder(self.work / "here/output")
        digests = self.check_digests(folder)
        self.assertGreater(len({digests[1], digests[2], digests[3]}), 1, digests)

    def test_random_of_all(self):
        """An empty list stands for all kernels. (One task: some of them are large.)"""
        self.write("all.json", quick("random", [], task_count=1, workers=[0], iterations=1))
        self.run_fine("all.json", "--warmup", "0")
        folder = self.only_folder()
        self.check_csv(folder)
        self.check_digests(folder)

    def test_tasks_fewer_than_workers(self):
        """Workers without a task must not spoil means or digests."""
        self.sweep("sort", [2000], count=1, workers=(0, 1, 8))

    def test_more_workers_than_cpus(self):
        """Allowed, as in the original."""
        self.sweep("sum", [1000], count=40, workers=(0, 33))

    def test_smallest_arguments(self):
        """The ends of the ranges: no work at all, one number, a matrix of one element."""
        for task, args in (
            ("sum", [0]),
            ("multi", [0]),
            ("sort", [1]),
            ("tensor", [1, 1]),
            ("matrix", [1]),
            ("password", [1, 1, [1, 1], 0]),
            ("password", [1, 1, [1, 1], 1]),
        ):
            with self.subTest(task=task, args=args):
                output = f"out-{task}-{args[-1]}"
                self.write("c.json", quick(task, args))
                self.run_fine("c.json", "--output", output)
                folder = self.only_folder(self.work / output)
                self.check_csv(folder)
                self.check_digests(folder)

    def test_without_sequential(self):
        """A list without 0 has no sequential time to compare with; no other number may stand in
        for that speedup."""
        self.write("c.json", quick(workers=[1, 2]))
        self.run_fine("c.json")
        rows = self.check_csv(self.only_folder())
        self.assertEqual([row["Name"] for row in rows], ["parallel_1", "parallel_2"])
        self.assertEqual({row["Speedup (vs sequential)"] for row in rows}, {""})

    def test_order_of_the_list(self):
        """Rows of results.csv belong to the right count, in whatever order the file has them."""
        self.write("c.json", quick(workers=[2, 0, 1], iterations=3))
        self.run_fine("c.json")
        folder = self.only_folder()
        rows = {int(row["Workers"]): row for row in self.check_csv(folder)}
        self.assertEqual(set(rows), {0, 1, 2})
        for workers, taken in passes_by_workers(folder).items():
            mean = statistics.fmean(p["total_ns"] for p in taken) / 1e9
            self.assertAlmostEqual(float(rows[workers]["Time: total"]) / mean, 1, places=4)

    def test_auto_workers(self):
        """`auto` starts with 0 and goes at least to the CPUs."""
        self.write("c.json", quick(workers="auto"))
        self.run_fine("c.json")
        counts = [int(row["Workers"]) for row in self.check_csv(self.only_folder())]
        self.assertEqual(counts[:2], [0, 1])
        self.assertEqual(counts, sorted(set(counts)))
        if common_quota() is None:
            self.assertGreaterEqual(counts[-1], len(os.sched_getaffinity(0)))


class Records(common.Case):
    """results.csv and samples.jsonl say the same."""

    def test_csv_from_samples(self):
        """The means of the CSV, computed again from the raw passes without the warm-up."""
        self.write("c.json", quick("sort", [20000], workers=[0, 1, 2, 4], iterations=4))
        self.run_fine("c.json")
        folder = self.only_folder()
        taken = passes_by_workers(folder)
        header = next(line for line in common.read_samples(folder) if line["type"] == "run")
        self.assertEqual(header["config"]["workers"], [0, 1, 2, 4])
        for row in self.check_csv(folder):
            of_count = taken[int(row["Workers"])]
            self.assertEqual(len(of_count), 4)
            for column, value in {
                "Time: init": lambda p: p["init_ns"],
                "Time: work": lambda p: p["work_ns"],
                "Time: total": lambda p: p["total_ns"],
                "Time: task avg": lambda p: statistics.fmean(p["task_ns"]),
            }.items():
                mean = statistics.fmean(map(value, of_count)) / 1e9
                self.assertTrue(math.isclose(float(row[column]), mean, rel_tol=1e-6), column)
            rate = float(row["Tasks per second"]) / 3
            totals = [p["total_ns"] / 1e9 for p in of_count]
            self.assertLessEqual(rate, 1 / min(totals) * 1.0001)
            self.assertGreaterEqual(rate, 1 / max(totals) * 0.9999)
            ratios = [
                zero["total_ns"] / p["total_ns"] for zero, p in zip(taken[0], of_count, strict=True)
            ]
            plain = statistics.fmean(p["total_ns"] for p in taken[0]) / 1e9 / statistics.fmean(totals)
            for column, speedup in {
                "Speedup (vs sequential)": plain,
                "Speedup (median, paired)": math.exp(statistics.median(map(math.log, ratios))),
            }.items():
                self.assertTrue(math.isclose(float(row[column]), speedup, rel_tol=1e-6), column)

    def test_passes_add_up(self):
        """init, work and cleanup are parts of total; each task has its time; a worker's tasks
        sum up to all tasks."""
        self.write("c.json", quick("sort", [5000], workers=[0, 1, 3], task_count=7))
        self.run_fine("c.json")
        for sample in common.passes(self.only_folder()):
            parts = sample["init_ns"] + sample["work_ns"] + sample["cleanup_ns"]
            self.assertLessEqual(parts, sample["total_ns"])
            self.assertGreaterEqual(parts, sample["total_ns"] * 0.5)
            self.assertEqual(sample["task_count"], 7)
            self.assertEqual(len(sample["task_ns"]), 7)
            self.assertEqual(len(sample["worker_times"]), max(1, sample["workers"]))
            self.assertEqual(sum(w["tasks"] for w in sample["worker_times"]), 7)
            busy = sum(w["busy_ns"] for w in sample["worker_times"])
            self.assertEqual(busy, sum(sample["task_ns"]))

    def test_warm_up(self):
        """The warm-up (the largest count and 0) is recorded as block 0 and not counted."""
        self.write("c.json", quick(workers=[0, 1, 4], iterations=3))
        self.run_fine("c.json")
        folder = self.only_folder()
        order = common.orders(folder)
        self.assertEqual(order[0], [4, 0])
        self.assertEqual(set(order), {0, 1, 2, 3})
        for block in (1, 2, 3):
            self.assertEqual(sorted(order[block]), [0, 1, 4])
        self.assertEqual({row["Means over (blocks)"] for row in self.check_csv(folder)}, {"3"})

    def test_no_warm_up(self):
        """It can be left out."""
        self.write("c.json", quick(warmup=0))
        self.run_fine("c.json")
        self.assertEqual(set(common.orders(self.only_folder())), {1, 2})

    def test_random_order(self):
        """Each block visits the counts in an order of its own: a fixed order lets one count's
        after-effects always fall upon the same neighbour. Twelve blocks of four counts have the
        same order with a probability of 24^-11."""
        config = quick("sum", [10], workers=[0, 1, 2, 3], iterations=12, seed=7)
        self.write("c.json", config)
        taken = []
        for output in ("a", "b"):
            self.run_fine("c.json", "--output", output)
            taken.append(common.orders(self.only_folder(self.work / output)))
        self.assertEqual(taken[0], taken[1], "the same seed must repeat the order")
        blocks = [tuple(taken[0][block]) for block in range(1, 13)]
        self.assertGreater(len(set(blocks)), 3, blocks)
        self.assertGreater(len({block[0] for block in blocks}), 1, blocks)
        self.run_fine("c.json", "--seed", "8", "--output", "c")
        self.assertNotEqual(taken[0], common.orders(self.only_folder(self.work / "c")))

    def test_seed_is_recorded(self):
        """A run without a seed can be repeated with the one that it recorded."""
        self.write("c.json", quick("sort", workers=[0, 1, 2], iterations=4, seed=None))
        self.run_fine("c.json", "--output", "a")
        first = self.only_folder(self.work / "a")
        seed = common.read_samples(first)[0]["config"]["seed"]
        self.run_fine("c.json", "--output", "b", "--seed", seed)
        second = self.only_folder(self.work / "b")
        self.assertEqual(self.check_digests(first), self.check_digests(second))
        self.assertEqual(common.orders(first), common.orders(second))
        self.run_fine("c.json", "--output", "c")
        third = common.read_samples(self.only_folder(self.work / "c"))[0]["config"]["seed"]
        self.assertNotEqual(seed, third, "without a seed each run draws its own")

    def test_seed_and_digests(self):
        """Same seed, same results; another seed, other inputs."""
        for task in ("sort", "io", "zip", "tensor", "matrix", "password", "random"):
            with self.subTest(task=task):
                digests = {}
                self.write("c.json", quick(task, task_count=2, iterations=1, workers=[0]))
                for output, seed in (("a", 11), ("b", 11), ("c", 12)):
                    self.run_fine("c.json", "--output", f"{task}-{output}", "--seed", seed)
                    folder = self.only_folder(self.work / f"{task}-{output}")
                    digests[output] = self.check_digests(folder)
                self.assertEqual(digests["a"], digests["b"])
                self.assertNotEqual(digests["a"][1], digests["c"][1])

    def test_largest_seed(self):
        """Seeds are whole numbers; large ones must not be rounded on their way (refusing them
        would do): the recorded seed would not be the one that was asked for."""
        for seed in (2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**64 - 1):
            for way in ("option", "file"):
                with self.subTest(seed=seed, way=way):
                    output = f"{way}-{seed}"
                    self.write("c.json", quick("sort", [50], seed=seed if way == "file" else 1))
                    more = ["--seed", seed] if way == "option" else []
                    result = self.run_ppt("c.json", "--output", output, *more)
                    if result.code == 2:
                        self.assertGreater(seed, 2**32, result)
                        self.assertIn("seed", result.err)
                        continue
                    self.assertEqual(result.code, 0, result)
                    folder = self.only_folder(self.work / output)
                    self.assertEqual(common.read_samples(folder)[0]["config"]["seed"], seed)


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


class Truth(common.Case):
    """The work is really done, and by as many CPUs as said."""

    def test_work_grows_in_proportion(self):
        """Ten times the iterations take about ten times as long: a compiler that removes the loop
        would be seen here. Compared are the fastest tasks, with margins for a busy machine."""
        for task in ("sum", "multi"):
            with self.subTest(task=task):
                fastest = {}
                for count in (300000, 3000000):
                    self.write("c.json", quick(task, [count], task_count=100, workers=[0]))
                    self.run_fine("c.json", "--output", f"{task}-{count}")
                    folder = self.only_folder(self.work / f"{task}-{count}")
                    fastest[count] = min(min(p["task_ns"]) for p in common.passes(folder))
                ratio = fastest[3000000] / fastest[300000]
                self.assertGreater(ratio, 5)
                self.assertLess(ratio, 20)

    def test_one_worker_is_one_cpu(self):
        """tensor and matrix use BLAS, which likes to start threads of its own: one worker would
        then be compared with a machine full of threads."""
        for task, args in (("tensor", [256, 8]), ("matrix", [300])):
            with self.subTest(task=task):
                self.write("c.json", quick(task, args, task_count=6, workers=[0, 1]))
                self.run_fine("c.json", "--output", task)
                for sample in common.passes(self.only_folder(self.work / task)):
                    if sample["block"] > 0:
                        usage = sample["usage"]
                        used = usage["user_ns"] + usage["system_ns"]
                        # The clock of CPU times may tick in milliseconds.
                        self.assertLessEqual(used, sample["total_ns"] * 1.1 + 2e6, sample)

    def test_many_images(self):
        """Several images are one task; PNG of all kinds and JPEG."""
        names = []
        for kind in (0, 2, 4, 6):
            names.append(f"kind-{kind}.png")
            self.write(names[-1], common.make_png(20 + kind, 33, seed=kind, colour_type=kind))
        names.append("picture.jpg")
        self.write(names[-1], common.make_jpeg())
        self.write("c.json", quick("img", [names]))
        self.run_fine("c.json")
        self.check_digests(self.only_folder())


class Paths(common.Case):
    """Where files are found and where results go."""

    def image_digest(self, *args, output, cwd=None):
        self.run_fine(*args, "--output", self.work / output, cwd=cwd)
        return self.check_digests(self.only_folder(self.work / output))[1]

    def test_relative_image(self):
        """Relative to the current directory first, then to the file."""
        self.write("conf/c.json", quick("img", [["pic.png"]], task_count=1, workers=[0]))
        self.write("conf/pic.png", common.make_png(seed=1))
        here = self.work / "here"
        here.mkdir()
        beside_file = self.image_digest("../conf/c.json", output="a", cwd=here)
        self.write("here/pic.png", common.make_png(seed=2))
        in_current = self.image_digest("../conf/c.json", output="b", cwd=here)
        self.assertNotEqual(beside_file, in_current)
        path = [[str(self.work / "conf/pic.png")]]
        self.write("absolute.json", quick("img", path, task_count=1, workers=[0]))
        self.assertEqual(beside_file, self.image_digest("absolute.json", output="c"))
        path = [[str(self.work / "here/pic.png")]]
        self.write("absolute.json", quick("img", path, task_count=1, workers=[0]))
        self.assertEqual(in_current, self.image_digest("absolute.json", output="d"))

    def test_config_without_json_suffix(self):
        """An argument that names an existing file is a configuration."""
        self.write("settings", quick())
        self.run_fine("settings")
        self.check_csv(self.only_folder())

    def test_config_named_as_a_command(self):
        """The file called `list.json` is a file; with --config any name is."""
        self.write("list.json", quick())
        self.run_fine("list.json", "--output", "a")
        self.write("list", quick())
        self.run_fine("--config", "list", "--output", "b")
        self.check_csv(self.only_folder(self.work / "b"))

    def test_windows_line_ends(self):
        """A file edited elsewhere."""
        text = json.dumps(quick(), indent=2).replace("\n", "\r\n") + "\r\n"
        self.write("c.json", text.encode())
        self.run_fine("c.json")

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_awkward_names(self):
        """Blanks, quotes, percent signs and what looks like keys, in the names of the output
        folder and of an image: they go into CSV, JSON and gnuplot scripts."""
        name = "it's \"a\" {\"task\": %s, $x} `b` \\n é.png"
        self.write(name, common.make_png())
        output = "out put's %d \"x\" $HOME `y`"
        self.write("c.json", quick("img", [[name]]))
        self.run_fine("c.json", "--output", output, draw=True)
        folder = self.only_folder(self.work / output)
        rows = self.check_csv(folder)
        self.assertIn("it's", rows[0]["Job details"])
        common.read_samples(folder)
        for chart in CHARTS:
            svg = folder / f"charts/{chart}.svg"
            text = "".join(xml.etree.ElementTree.parse(svg).getroot().itertext())
            self.assertIn("workers", text)

    def test_equal_keys_in_different_places(self):
        """Only equal keys of one object are an error."""
        config = {
            "iterations": 2,
            "workers": [0],
            "task_count": 2,
            "runs": [
                {"task": "sort", "task_args": {"size": 10}, "iterations": 1},
                {"task": "matrix", "task_args": {"size": 3}, "iterations": 1},
            ],
        }
        self.write("c.json", config)
        self.run_fine("c.json")

    def test_output_folder_is_made(self):
        """With its parents; results lie there and nowhere else."""
        self.write("c.json", quick())
        self.run_fine("c.json", "--output", "deep/er/out")
        self.check_csv(self.only_folder(self.work / "deep/er/out"))
        self.assertFalse((self.work / "output").exists())

    def test_latest(self):
        """The link follows the newest run, and can be moved together with the folder."""
        self.write("c.json", quick())
        for _ in range(2):
            before = set(self.folders()) if (self.work / "output").exists() else set()
            self.run_fine("c.json")
            (new,) = set(self.folders()) - before
            link = self.work / "output/latest"
            self.assertTrue(link.is_symlink())
            self.assertEqual(link.resolve(), new.resolve())
            self.assertFalse(os.path.isabs(os.readlink(link)))

    def test_latest_of_somebody_else(self):
        """A real folder or file named `latest` is not ours to replace."""
        self.write("c.json", quick())
        self.write("output/latest/mine.txt", "keep me\n")
        self.run_fine("c.json")
        self.assertEqual((self.work / "output/latest/mine.txt").read_text(), "keep me\n")
        self.write("other/latest", "keep me too\n")
        self.run_fine("c.json", "--output", "other")
        self.assertEqual((self.work / "other/latest").read_text(), "keep me too\n")

    def test_same_second(self):
        """Runs that start in the same second, even at the same moment, get folders of their own
        and overwrite nothing."""
        self.write("c.json", quick("sum", [1000]))
        command = [common.PPT_OMP, "c.json"]
        started = [
            subprocess.Popen(
                command,
                cwd=self.work,
                env=self.environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for _ in range(6)
        ]
        for process in started:
            _, err = process.communicate(timeout=common.TIMEOUT_S)
            self.assertEqual(process.returncode, 0, err)
        folders = self.folders()
        self.assertEqual(len(folders), 6, folders)
        for folder in folders:
            self.check_csv(folder)
            heads = [line for line in common.read_samples(folder) if line["type"] == "run"]
            self.assertEqual(len(heads), 1, "two runs in one journal")
            self.assertEqual(len(common.passes(folder)), 6)
        self.assertTrue((self.work / "output/latest").is_symlink())

    def test_nothing_else_is_left(self):
        """No temporary or half-written files beside the results."""
        self.write("c.json", quick("zip"))
        self.run_fine("c.json")
        names = {p.name for p in (self.work / "output").rglob("*") if p.is_file()}
        for name in names:
            self.assertRegex(name, r"^[a-z_]+\.(csv|jsonl|json|gp|dat|svg|png|html)$")
        self.assertTrue({"results.csv", "samples.jsonl"} <= names)


class Charts(common.Case):
    """Scripts and data always; drawings where gnuplot is."""

    def test_scripts_without_gnuplot(self):
        """The scripts are there, nothing pretends to be drawn, and one line says how to draw."""
        self.write("c.json", quick())
        result = self.run_fine("c.json")
        folder = self.only_folder() / "charts"
        found = {p.name for p in folder.iterdir()}
        for chart in CHARTS:
            self.assertTrue({f"{chart}.gp", f"{chart}.dat"} <= found, found)
        self.assertEqual([name for name in found if name.endswith((".svg", ".png"))], [])
        lines = [line for line in result.err.splitlines() if "gnuplot" in line]
        self.assertEqual(len(lines), 1, result)
        self.assertNotIn("gnuplot", result.out)

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_line_can_be_pasted(self):
        """What the line tells to do draws the charts, whatever the folder is called."""
        self.write("c.json", quick())
        for output in ("plain", "two words", "it's"):
            with self.subTest(output=output):
                result = self.run_fine("c.json", "--output", output)
                (line,) = [line for line in result.err.splitlines() if "gnuplot -d *" in line]
                command = line[line.index("cd ") :]
                done = subprocess.run(
                    ["sh", "-c", command], cwd=self.work, capture_output=True, timeout=60
                )
                self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}")
                folder = self.only_folder(self.work / output) / "charts"
                self.check_drawn(folder, CHARTS)

    def test_suite_without_gnuplot(self):
        """A suite tells it for each of its folders at the most."""
        runs = [{"task": "sum", "task_args": [10]}, {"task": "sort", "task_args": [10]}]
        self.write("s.json", {"task_count": 2, "workers": [0, 1], "iterations": 2, "runs": runs})
        result = self.run_fine("s.json")
        lines = [line for line in result.err.splitlines() if "gnuplot" in line]
        self.assertIn(len(lines), range(1, len(self.folders()) + 1), result)

    def check_drawn(self, folder, names):
        for chart in names:
            with self.subTest(chart=chart):
                self.assertGreater((folder / f"{chart}.gp").stat().st_size, 0)
                self.assertGreater((folder / f"{chart}.dat").stat().st_size, 0)
                root = xml.etree.ElementTree.parse(folder / f"{chart}.svg").getroot()
                self.assertTrue(root.tag.endswith("svg"), root.tag)
                self.assertFalse([e for e in root.iter() if e.tag.endswith("script")])
                png = (folder / f"{chart}.png").read_bytes()
                wide, high = common.png_size(png)
                self.assertGreater(wide, 300)
                self.assertGreater(high, 200)

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_drawn(self):
        """SVG parses as XML without scripts inside, PNG is a PNG; units, the ideal line and the
        CPUs are named; and the script draws the same again where it lies."""
        self.write("c.json", quick("sort", [5000], workers=[0, 1, 2, 4], iterations=3))
        result = self.run_fine("c.json", draw=True)
        self.assertNotIn("gnuplot", result.err)
        folder = self.only_folder() / "charts"
        self.check_drawn(folder, CHARTS)
        texts = {}
        for chart in CHARTS:
            root = xml.etree.ElementTree.parse(folder / f"{chart}.svg").getroot()
            texts[chart] = " ".join("".join(root.itertext()).split())
        self.assertRegex(texts["speedup"], "(?i)speedup")
        self.assertRegex(texts["speedup"], "(?i)ideal")
        self.assertRegex(texts["speedup"], r"\d+ CPU")
        self.assertRegex(texts["tasks_per_second"], "(?i)tasks (per second|/ ?s)")
        for part in ("init", "work", "cleanup", "second"):
            self.assertIn(part, texts["time"])
        for chart in CHARTS:
            self.assertIn("worker", texts[chart])
            (folder / f"{chart}.svg").unlink()
            (folder / f"{chart}.png").unlink()
            subprocess.run(["gnuplot", f"{chart}.gp"], cwd=folder, check=True, timeout=60)
        self.check_drawn(folder, CHARTS)

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_drawn_with_little_data(self):
        """One point, one block: gnuplot dislikes empty ranges and missing spreads."""
        for label, workers in (("zero", [0]), ("one", [1]), ("four", [4]), ("pair", [1, 2])):
            with self.subTest(workers=workers):
                self.write("c.json", quick("sum", [10], workers=workers, iterations=1))
                result = self.run_fine("c.json", "--output", label, draw=True)
                self.assertNotRegex(result.err, "(?i)warning|gnuplot|error")
                drawn = CHARTS[1:] if workers == [0] else CHARTS
                self.check_drawn(self.only_folder(self.work / label) / "charts", drawn)

    def test_broken_gnuplot(self):
        """A gnuplot that fails costs the drawings, not the run; nothing half-drawn stays."""
        tools = self.base / "tools"
        tools.mkdir()
        (tools / "gnuplot").write_text("#!/bin/sh\necho 'gnuplot: oh no' >&2\nexit 1\n")
        (tools / "gnuplot").chmod(0o755)
        self.write("c.json", quick())
        path = f"{tools}:/usr/bin:/bin"
        result = self.run_fine("c.json", env=self.environment(PATH=path))
        self.assertIn("gnuplot", result.err)
        self.check_csv(self.only_folder())
        self.assertEqual(list((self.only_folder() / "charts").glob("*.svg")), [])


class Suites(common.Case):
    """Several runs in one file, several files at once."""

    SUITE = {
        "iterations": 2,
        "workers": [0, 2],
        "task_count": 3,
        "seed": 5,
        "runs": [
            {"task": "sum", "task_args": [1000]},
            {"task": "sort", "task_args": [500], "workers": [0, 1, 2], "iterations": 3},
            {"task": "password", "task_args": [2, 3, [5, 6], 0.5], "task_count": 2},
        ],
    }

    def by_task(self, output=None):
        """Run folders by the word before the double underscore."""
        found = {}
        for folder in self.folders(output):
            found.setdefault(folder.name.split("__")[0], []).append(folder)
        return found

    def test_runs_inherit(self):
        """Each run has a folder; outer keys hold where a run has none of its own; the suite has
        one table of everything."""
        self.write("s.json", self.SUITE)
        result = self.run_fine("s.json")
        found = self.by_task()
        self.assertEqual(set(found), {"sum", "sort", "password", "suite"})
        self.assertTrue(all(len(folders) == 1 for folders in found.values()))
        expected = {"sum": ([0, 2], 2, 3), "sort": ([0, 1, 2], 3, 3), "password": ([0, 2], 2, 2)}
        for task, (workers, blocks, count) in expected.items():
            (folder,) = found[task]
            rows = self.check_csv(folder)
            self.assertEqual([int(row["Workers"]) for row in rows], workers)
            self.assertEqual({row["Means over (blocks)"] for row in rows}, {str(blocks)})
            self.assertEqual({row["Job count"] for row in rows}, {str(count)})
            self.check_digests(folder)
            self.assertEqual(common.read_samples(folder)[0]["config"]["seed"], 5)
            self.assertIn(task, result.out)
        (suite,) = found["suite"]
        together = self.check_csv(suite)
        self.assertEqual(len(together), 7)
        single = [row for task in expected for row in self.check_csv(found[task][0])]
        self.assertEqual(together, single)
        self.assertEqual((self.work / "output/latest").resolve(), suite.resolve())
        for chart in ("overview.gp", "overview.dat"):
            self.assertTrue((suite / "charts" / chart).exists())

    @unittest.skipUnless(HAS_GNUPLOT, "gnuplot is not installed")
    def test_overview_is_drawn(self):
        """All tasks' speedups in one chart."""
        self.write("s.json", self.SUITE)
        self.run_fine("s.json", draw=True)
        (suite,) = self.by_task()["suite"]
        root = xml.etree.ElementTree.parse(suite / "charts/overview.svg").getroot()
        text = "".join(root.itertext())
        for task in ("sum", "sort", "password"):
            self.assertIn(task, text)
        common.png_size((suite / "charts/overview.png").read_bytes())

    def test_same_task_twice(self):
        """Two runs of one kernel with other arguments do not share a folder."""
        runs = [{"task": "sort", "task_args": [n]} for n in (10, 20, 30)]
        self.write("s.json", dict(self.SUITE, runs=runs))
        self.run_fine("s.json")
        folders = self.by_task()["sort"]
        details = [self.check_csv(folder)[0]["Job details"] for folder in folders]
        self.assertEqual(sorted(details), ["10", "20", "30"])

    def test_options_hold_for_all_runs(self):
        """What the command line says overrides the outer keys and those of each run."""
        self.write("s.json", self.SUITE)
        self.run_fine("s.json", "--workers", "0,3", "--iterations", "1", "--task-count", "4")
        for row in self.check_csv(self.by_task()["suite"][0]):
            self.assertIn(row["Workers"], ("0", "3"))
            self.assertEqual((row["Means over (blocks)"], row["Job count"]), ("1", "4"))

    def test_several_files(self):
        """Files are run one after the other, in their order."""
        self.write("a.json", quick("sum", [100]))
        self.write("b.json", quick("sort", [100]))
        self.write("c.json", quick("matrix", [5]))
        result = self.run_fine("a.json", "--config", "b.json", "c.json")
        found = self.by_task()
        self.assertTrue({"sum", "sort", "matrix"} <= set(found), found)
        for task in ("sum", "sort", "matrix"):
            self.assertEqual(len(found[task]), 1)
            self.check_csv(found[task][0])
        places = [re.search(rf"(?m)^{t}\b", result.out).start() for t in ("sum", "sort", "matrix")]
        self.assertEqual(places, sorted(places))

    def test_shipped_files_are_valid(self):
        """Every file in config/ is accepted, from another directory, with every task there. The
        arguments are kept (they are what is being tested), but one task and no repetition."""
        names = [p for p in sorted((common.ROOT / "config").glob("*.json"))
                 if p.name not in ("schema.json",)]  # fmt: skip
        self.assertTrue(names)
        heavy = {"zip.json", "io.json", "random.json", "suite.json"}
        for path in names:
            if path.name in heavy:
                continue
            with self.subTest(file=path.name):
                self.run_fine(path, "--workers", "0", "--task-count", "1", "--iterations", "1",
                              "--warmup", "0", "--output", path.stem)  # fmt: skip
                (folder,) = self.by_task(self.work / path.stem).values()
                self.check_csv(folder[0])
        tasks = {json.loads(path.read_text()).get("task", path.stem) for path in names}
        self.assertTrue(set(common.KERNELS) <= tasks, tasks)


class Overriding(common.Case):
    """Options override what a file says."""

    def config_of(self, *options, config=None):
        self.write("c.json", config or quick())
        shutil.rmtree(self.work / "output", ignore_errors=True)
        self.run_fine("c.json", *options)
        folder = self.only_folder()
        self.check_csv(folder)
        self.check_digests(folder)
        return common.read_samples(folder)[0]["config"], folder

    def test_each(self):
        """The recorded configuration has the option's value, and the run follows it."""
        for options, key, value in (
            (["--workers", "0,1,3"], "workers", [0, 1, 3]),
            (["--iterations", "3"], "iterations", 3),
            (["--task-count", "5"], "task_count", 5),
            (["--seed", "99"], "seed", 99),
            (["--task-args", "[77]"], "task_args", {"size": 77}),
            (["--task-args", '{"size": 78}'], "task_args", {"size": 78}),
            (["--memory", "fresh"], "memory", "fresh"),
            (["--placement", "close"], "placement", "close"),
            (["--schedule", "guided,2"], "schedule", "guided,2"),
            (["--inner-threads", "2"], "inner_threads", 2),
            (["--warmup", "0"], "warmup", 0),
        ):
            with self.subTest(options=options):
                config, folder = self.config_of(*options)
                self.assertEqual(config[key], value)
                rows = self.check_csv(folder)
                if key == "workers":
                    self.assertEqual([int(row["Workers"]) for row in rows], value)
                if key == "iterations":
                    self.assertEqual({row["Means over (blocks)"] for row in rows}, {"3"})
                if key == "task_count":
                    self.assertEqual({row["Job count"] for row in rows}, {"5"})
                if key == "task_args":
                    self.assertEqual({row["Job details"] for row in rows}, {str(value["size"])})

    def test_wait(self):
        """--wait sets both waits; 0 takes long ones out of a file."""
        config, _ = self.config_of("--wait", "0.01")
        self.assertEqual(config["wait_time_after_runner"], 0.01)
        self.assertEqual(config["wait_time_after_iteration"], 0.01)
        slow = quick(wait_time_after_runner=30, wait_time_after_iteration=30)
        config, _ = self.config_of("--wait", "0", config=slow)
        self.assertEqual(config["wait_time_after_runner"], 0)
        self.assertEqual(config["wait_time_after_iteration"], 0)

    def test_quick(self):
        """Three blocks and no waits."""
        slow = quick(iterations=50, wait_time_after_runner=30, wait_time_after_iteration=30)
        config, folder = self.config_of("--quick", config=slow)
        self.assertEqual(config["iterations"], 3)
        self.assertEqual({row["Means over (blocks)"] for row in self.check_csv(folder)}, {"3"})

    def test_task(self):
        """Another kernel with its own arguments."""
        config, folder = self.config_of("--task", "matrix", "--task-args", "[6]")
        self.assertEqual((config["task"], config["task_args"]), ("matrix", {"size": 6}))
        self.assertTrue(folder.name.startswith("matrix__"))

    def test_without_a_file(self):
        """A task on the command line is enough."""
        self.run_fine("--task", "sort", "--task-args", "[100]", "--workers", "0,1", "--quick")
        rows = self.check_csv(self.only_folder())
        self.assertEqual([row["Workers"] for row in rows], ["0", "1"])

    def test_example_of_the_original(self):
        """The file of the original's README, as it is; waits and nine counts included."""
        self.write("sort.json", README_FILE)
        result = self.run_fine(
            "sort.json", "--quick", "--task-count", "2", "--task-args", "[1000]"
        )
        rows = self.check_csv(self.only_folder())
        counts = [0, 1, 2, 4, 6, 8, 10, 12, 16]
        self.assertEqual([int(row["Workers"]) for row in rows], counts)
        self.assertEqual(rows[0]["Job details"], "1000")
        config = common.read_samples(self.only_folder())[0]["config"]
        self.assertIs(config["gc_after_iteration"], True)
        for line in result.out.splitlines():
            self.assertLessEqual(common.width(line), 80, line)

    def test_start_method(self):
        """The original's key for kinds of processes: workers are threads here, so a value other
        than null is no error but is mentioned, once."""
        self.write("c.json", quick(multiprocessing_start_method="spawn"))
        result = self.run_fine("c.json")
        lines = [line for line in result.err.splitlines() if "multiprocessing_start_method" in line]
        self.assertEqual(len(lines), 1, result)
        self.assertIn("thread", lines[0])
        self.assertNotIn("multiprocessing", result.out)

    def test_unused_inner_threads(self):
        """Threads that no task uses are no error, but mentioned, once; where one of the tasks uses
        them they are not."""
        told = '"inner_threads" changes nothing'
        for task, args, inner, warned in (
            ("sum", [1000], 2, True),
            ("sum", [1000], [1, 2], True),
            ("random", ["sum", "multi"], [2], True),
            ("sum", [1000], 1, False),
            ("sum", [1000], [1], False),
            ("sort", [2000], [1, 2], False),
        ):
            with self.subTest(task=task, args=args, inner=inner):
                self.write("c.json", quick(task, args, inner_threads=inner, task_count=1))
                result = self.run_fine("c.json")
                self.assertEqual(result.err.count(told), 1 if warned else 0, result)
                self.assertEqual(result.err.count(f'"{task}" uses one thread'), int(warned), result)
                self.assertNotIn(told, result.out)


class Terminal(common.Case):
    """What is printed where."""

    def test_streams(self):
        """The table goes to standard output, everything else to standard error, so that
        `ppt-omp c.json > table.txt` does what one thinks."""
        self.write("c.json", quick("sort", [2000], workers=[0, 1, 2]))
        result = self.run_fine("c.json")
        self.assertTrue(result.out.strip())
        self.assertNotIn("output/", result.out)
        self.assertNotIn("ppt-omp:", result.out)
        self.assertIn("output/sort__", result.err)
        self.assertNotRegex(result.err, r"(?m)^\s+\d+\s+[\d.]+ .?s\s", "a table on stderr")

    def test_no_progress_into_a_pipe(self):
        """A log file full of escape codes and carriage returns is unreadable."""
        self.write("c.json", quick("sort", [50000], task_count=20, iterations=5))
        result = self.run_fine("c.json")
        for text in (result.err, result.out):
            self.assertNotRegex(text, "[\x1b\r\x08]")

    def test_table_width(self):
        """80 columns are enough for long arguments, many workers and large numbers."""
        names = []
        for number in range(6):
            names.append(f"a-picture-with-a-rather-long-name-{number}.png")
            self.write(names[-1], common.make_png(8, 8))
        options = {"hash": "argon2id", "t_cost": 1, "m_cost_kib": 64, "lanes": 1}
        for label, config in {
            "images": quick("img", [names]),
            "password": quick("password", [5, 5, [12, 20], 0.8125, options]),
            "random": quick("random", ["sum", "multi", "sum", "multi"] * 4, task_count=1),
            "many": quick("sum", [100], workers=[0, 1, 40, 200], task_count=1000),
            "seed": quick("sum", [100], seed=9007199254740991),
        }.items():
            with self.subTest(label):
                self.write("c.json", config)
                result = self.run_fine("c.json", "--output", label)
                for line in result.out.splitlines():
                    self.assertLessEqual(common.width(line), 80, line)

    def test_table_width_with_wild_times(self):
        """Two blocks of next to no work, the first of them cold: intervals over many powers of
        ten, which must not widen the table either. Several runs, as chance is at work."""
        self.write("c.json", quick("sum", [10], workers=[0, 1, 2, 4], warmup=0))
        for _ in range(12):
            for line in self.run_fine("c.json").out.splitlines():
                self.assertLessEqual(common.width(line), 80, line)

    def watch(self, *args, columns=80, **more):
        """Runs with standard error on a terminal; returns exit code, output, and the terminal's
        text."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen(
            [common.PPT_OMP, *args],
            cwd=self.work,
            env=self.environment(TERM="xterm", **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=slave,
        )
        os.close(slave)
        seen = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # what Linux says when the other side is closed
                break
            if not part:
                break
            seen += part
        out, _ = process.communicate(timeout=common.TIMEOUT_S)
        return process.returncode, out.decode(), seen.decode("utf-8", "replace")

    def test_progress_on_a_terminal(self):
        """It shows what is measured and how long it will still take, in one line that is gone at
        the end."""
        config = quick("sum", [1000000], task_count=60, workers=[0, 1, 2], iterations=25)
        self.write("c.json", config)
        code, out, seen = self.watch("c.json")
        self.assertEqual(code, 0, seen)
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\r", out)
        self.assertRegex(seen, "(?i)left|remain|ETA")
        self.assertRegex(seen, "\r|\x1b")
        self.assertIn("sum", seen)
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)
        for line in re.split(r"[\r\n]+", plain):
            # The last column may make the terminal wrap; folders may have long names.
            if "left" in line or "remain" in line:
                self.assertLess(common.width(line), 80, line)
        rest = last_line(seen, "output/sum__")
        self.assertNotRegex(rest, "(?i) left|remain", "progress left behind on the screen")

    def test_progress_on_a_narrow_terminal(self):
        """A line longer than the terminal wraps, and every update then scrolls."""
        config = quick("sum", [1000000], task_count=40, workers=[0, 1, 2], iterations=15)
        self.write("c.json", config)
        code, _, seen = self.watch("c.json", columns=40)
        self.assertEqual(code, 0, seen)
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)
        updates = [p for p in re.split(r"[\r\n]+", plain) if re.search("left|remain|block", p)]
        for line in updates:
            self.assertLessEqual(common.width(line), 40, line)

    def test_interrupted_wait(self):
        """Ctrl-C during a long rest is heard at once: exit 130, and what was measured is saved."""
        config = quick("sort", workers=[0, 1], warmup=0, iterations=2, wait_time_after_runner=300)
        self.write("c.json", config)
        process = subprocess.Popen(
            [common.PPT_OMP, "c.json"],
            cwd=self.work,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        limit = time.monotonic() + common.TIMEOUT_S
        while not any(self.work.glob("output/*__*/samples.jsonl")) or not any(
            '"pass"' in p.read_text() for p in self.work.glob("output/*__*/samples.jsonl")
        ):
            self.assertLess(time.monotonic(), limit, "no pass was recorded")
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertTrue(common.passes(self.only_folder()))
        self.assertEqual(list(self.tmp.iterdir()), [])


# --- helpers ---------------------------------------------------------------------------------


def passes_by_workers(folder):
    """Counted passes by worker count, each list in the order of the blocks."""
    found = {}
    for sample in sorted(common.passes(folder), key=lambda p: p["block"]):
        if sample["block"] > 0:
            found.setdefault(sample["workers"], []).append(sample)
    return found


def common_quota():
    """The CPU quota of this process's cgroup, or None; it lowers what `auto` tries."""
    for path in pathlib.Path("/sys/fs/cgroup").glob("cpu.max"):
        if not path.read_text().startswith("max"):
            return path.read_text()
    for path in pathlib.Path("/sys/fs/cgroup/cpu").glob("cpu.cfs_quota_us"):
        if int(path.read_text()) > 0:
            return path.read_text()
    return None


def last_line(seen, needle):
    """What a terminal shows of the line with `needle` after carriage returns and erasures."""
    for line in reversed(seen.split("\n")):
        if needle in line:
            line = line.rstrip("\r")
            line = line[line.rfind("\x1b[K") + 3 :] if "\x1b[K" in line else line
            return line.rsplit("\r", 1)[-1]
    return ""


if __name__ == "__main__":
    unittest.main()
