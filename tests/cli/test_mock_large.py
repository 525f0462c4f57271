"""Kernels that count threads, and more tasks than can be listed."""

import json
import unittest

import common
from mock_case import MockCase


class Census(MockCase):
    """N workers are N threads, and inner threads are as many as asked for; the kernel counts."""

    def test_census(self):
        """The main case: every count with one and with two inner threads, in both modes."""
        for inner in ("1", "2"):
            for memory in ("reuse", "fresh"):
                with self.subTest(inner=inner, memory=memory):
                    result = self.sweep(
                        "census", "--inner-threads", inner, "--memory", memory, workers="0,1,2,4"
                    )
                    self.assertEqual(result.code, 0, result)

    def test_census_in_a_hostile_environment(self):
        """The shell's OpenMP settings do not change the count."""
        for name, value in (
            ("OMP_NUM_THREADS", "7"),
            ("OMP_DYNAMIC", "true"),
            ("OMP_MAX_ACTIVE_LEVELS", "5"),
            ("OMP_NESTED", "true"),
            ("OPENBLAS_NUM_THREADS", "3"),
        ):
            with self.subTest(variable=name):
                command = ["--task", "census", "--workers", "0,1,2,4", "--task-count", "4"]
                env = self.environment(**{name: value})
                result = self.run_ppt(*command, "--quick", mock=True, env=env)
                self.assertEqual(result.code, 0, result)

    def test_inner_teams_are_gone_between_passes(self):
        """Each pass has one task, which must find no thread of the pass before."""
        for workers in ("0", "1", "0,1"):
            with self.subTest(workers=workers):
                result = self.sweep("census", "--inner-threads", "3", workers=workers, count=1)
                self.assertEqual(result.code, 0, result)

    def test_team_is_gone_between_passes(self):
        """After four workers the sequential pass has one thread: in random order each count comes
        after each other one."""
        result = self.sweep("census", "--iterations", "12", "--warmup", "2", workers="0,1,2,4")
        self.assertEqual(result.code, 0, result)


class Large(MockCase):
    """Very many tasks: what they take and what they leave does not grow with their number."""

    def run_tasks(self, count, *options, task="steady", args="[0]", workers="0,2"):
        """One block without a warm-up. Returns the folder, its passes and what is in results.json."""
        command = ["--task", task, "--task-args", args, "--workers", workers]
        command += ["--task-count", str(count), "--iterations", "1", "--warmup", "0"]
        command += ["--output", f"{task}-{count}", *options]
        result = self.run_ppt(*command, mock=True)
        self.assertEqual(result.code, 0, result)
        folder = self.only_folder(self.work / f"{task}-{count}")
        self.check_digests(folder)
        self.check_csv(folder)
        results = json.loads((folder / "results.json").read_text())
        return folder, common.passes(folder), results

    def check_times(self, samples, resolution):
        """They are in order, and each worker's tasks and times are part of them."""
        for sample in samples:
            times = sample["task_times"]
            order = ["smallest_ns", "median_ns", "p95_ns", "p99_ns", "largest_ns", "sum_ns"]
            values = [times[key] for key in order]
            self.assertEqual(values, sorted(values))
            self.assertEqual(times["resolution"], resolution)
            workers = sample["worker_times"]
            self.assertEqual(sum(w["tasks"] for w in workers), sample["task_count"])
            self.assertEqual(sum(w["busy_ns"] for w in workers), times["sum_ns"])

    def test_ten_million_tasks(self):
        """They take no more memory than 20 000, where every time would be 160 MB per worker."""
        small, small_samples, _ = self.run_tasks(20000)
        large, samples, results = self.run_tasks(10000000)
        self.assertEqual([s["task_count"] for s in samples], [10000000] * 2)
        self.check_times(samples, 1 / 128)
        self.assertEqual(results["task_time_resolution"], 1 / 128)
        for sample in samples:
            self.assertNotIn("task_ns", sample)
        most = max(s["peak_bytes"] for s in samples)
        few = max(s["peak_bytes"] for s in small_samples)
        if few > 0:  # else it is not known here
            self.assertLess(most, few + (16 << 20))
        for name in ("samples.jsonl", "results.json"):
            size = (large / name).stat().st_size
            self.assertLess(size, 2 * (small / name).stat().st_size, name)

    def test_limit(self):
        """Up to 10 000 tasks every time is there, with one more none; report says the same."""
        for count in (10000, 10001):
            with self.subTest(count=count):
                folder, samples, results = self.run_tasks(count)
                resolution = 0 if count <= 10000 else 1 / 128
                self.check_times(samples, resolution)
                self.assertEqual(results["task_time_resolution"], resolution)
                for sample in samples:
                    if count > 10000:
                        self.assertNotIn("task_ns", sample)
                        continue
                    times = sorted(sample["task_ns"])
                    self.assertEqual(len(times), count)
                    self.assertEqual(sample["task_times"]["median_ns"], times[4999])
                    self.assertEqual(sample["task_times"]["p95_ns"], times[9499])
                    self.assertEqual(sample["task_times"]["p99_ns"], times[9899])
                before = (folder / "results.json").read_bytes()
                (folder / "results.json").unlink()
                result = self.run_ppt("report", folder, mock=True)
                self.assertEqual(result.code, 0, result)
                self.assertEqual((folder / "results.json").read_bytes(), before)

    def test_mix(self):
        """What needs single tasks is left out of a large mix, and nothing else."""
        for count in (10000, 10001):
            with self.subTest(count=count):
                folder, samples, results = self.run_tasks(count, task="random", args='["steady"]')
                few = count <= 10000
                self.check_times(samples, 0 if few else 1 / 128)
                self.assertEqual([k["task"] for k in results["kinds"]], ["steady"] * few)
                lists = [l for l in common.read_samples(folder) if l["type"] == "tasks"]
                self.assertEqual([len(l["tasks"]) for l in lists], [count] * few)


if __name__ == "__main__":
    unittest.main()
