"""The main job: from a configuration to results.csv, samples.jsonl and a table.

Times are never compared with fixed figures: the machine may be slow or busy. What is compared is
what must hold on every machine: columns, order, sums, digests, ratios with wide margins.
"""

import math
import os
import pathlib
import statistics
import unittest

import common
from common import passes_by_workers
from quick import SMALL, quick


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


def common_quota():
    """The CPU quota of this process's cgroup, or None; it lowers what `auto` tries."""
    for path in pathlib.Path("/sys/fs/cgroup").glob("cpu.max"):
        if not path.read_text().startswith("max"):
            return path.read_text()
    for path in pathlib.Path("/sys/fs/cgroup/cpu").glob("cpu.cfs_quota_us"):
        if int(path.read_text()) > 0:
            return path.read_text()
    return None


if __name__ == "__main__":
    unittest.main()
