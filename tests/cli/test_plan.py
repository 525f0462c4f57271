"""scripts/plan/plan.py as a user sees it, on made-up journals."""

import csv
import io
import json
import math
import os
import shutil
import sys
import unittest

import common
from planner import PLAN, model, uneven

MS = 10**6


def journal_of(costs, ranks_list, workers, task_ns, distribution="dynamic", use=0.0, talking=0.0, **host):
    """The journal of a run that was never measured: passes take what the model says."""
    times = [ns * 1e-9 for ns in task_ns]
    place = {"host": "h", "cpus": "0-1", "effective_cpus": 2, "startup_ns": 300 * MS, **host}
    most = max(ranks_list)
    config = {"task": "wait", "task_count": len(times), "distribution": distribution}
    lines = [
        {"type": "run", "config": config, "host": {"cluster": [place] * most}},
    ]
    busy = sum(task_ns)
    sequential = {
        **{"type": "pass", "block": 1, "workers": 0, "inner_threads": 1, "init_ns": 1000},
        **{"work_ns": busy, "cleanup_ns": 1000, "total_ns": busy + 2000, "task_ns": task_ns},
        "usage": {"user_ns": round(use * busy), "system_ns": 0},
        "worker_times": [{"tasks": len(times), "busy_ns": busy, "cpu_ns": round(use * busy)}],
    }
    lines.append(sequential)
    fixed = None if distribution == "static" else int(distribution.partition(",")[2] or 0)
    for ranks in ranks_list:
        if fixed is None:
            outcome = model.simulate_static(times, ranks, workers)
        else:
            outcome = model.simulate_dynamic(times, ranks, workers, fixed, costs)
        init, work = MS + ranks * MS // 10, round(outcome.seconds * 1e9)
        wait = round(outcome.waited / max(1, workers * (ranks - 1)) * 1e9)
        served = round(outcome.requests * costs.service * 1e9)
        lines.append(
            {
                **{"type": "pass", "block": 1, "workers": workers, "inner_threads": 1},
                **{"ranks": ranks, "init_ns": init, "work_ns": work, "cleanup_ns": MS},
                "total_ns": init + work + MS,
                "usage": {"user_ns": round(talking * work), "system_ns": 0},
                "worker_times": [
                    {"busy_ns": 1, "cpu_ns": 0, "waited_ns": wait if rank > 0 else 0}
                    for rank in range(ranks)
                    for _ in range(workers)
                ],
                "rank_times": [
                    {"answer_ns": served if rank == 0 else 0, "requests": outcome.requests}
                    for rank in range(ranks)
                ],
            }
        )
    lines.append({"type": "end", "status": 0})
    return "".join(json.dumps(line) + "\n" for line in lines)


class Program(common.Case):
    GIVEN = ["--mean", 0.01, "--cv", 0.5, "--service", 20e-6, "--latency", 50e-6]

    def plan(self, *arguments, **options):
        return self.run_program(sys.executable, PLAN, *arguments, **options)

    def fine(self, *arguments, **options):
        result = self.plan(*arguments, **options)
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out

    def rows(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.fine(*arguments, "--csv"))))

    def small(self, *more):
        return [*self.GIVEN, "--workers", 1000, "--workers-per-rank", 10, *more]

    def run_folder(self, costs=model.Costs(30e-6, 60e-6), ranks=(1, 2, 4, 8), **more):
        task_ns = [round(1e6 * t) + 1 for t in uneven(400)]
        text = journal_of(costs, list(ranks), 1, task_ns, **more)
        return self.write("run/samples.jsonl", text).parent

    def test_table(self):
        text = self.fine(*self.small())
        self.assertIn("10 000 tasks of", text)
        lines = text.splitlines()
        self.assertEqual(
            lines[2].split(), ["workers", "ranks", "static", "dynamic,1", "dynamic", "tree", "best"]
        )
        self.assertEqual([line.split()[:2] for line in lines[3:6]],
                         [["10", "1"], ["100", "10"], ["1000", "100"]])  # fmt: skip
        self.assertIn("by the formula rank 0 keeps up with 5 000 workers", text)

    def test_csv(self):
        rows = self.rows(*self.small("--chunk", "1,8", "--startup", 0.5))
        self.assertEqual(len(rows), 3 * 5)
        for row in rows:
            seconds, efficiency = float(row["seconds"]), float(row["efficiency"])
            self.assertEqual(float(row["startup_s"]), 0.5)
            self.assertGreater(seconds, 0.5)
            self.assertLessEqual(efficiency, 1)
            work = seconds * efficiency * int(row["workers"])
            self.assertAlmostEqual(work, 100, delta=3)  # 10 000 tasks of 10 ms

    def test_start_up_grows(self):
        given = ("--startup", 1, "--startup-per-rank", 0.01, "--startup-per-doubling", 0.1)
        rows = [row for row in self.rows(*self.small(*given)) if row["rule"] == "static"]
        expected = [1 + 0.01 * r + 0.1 * math.log2(r) for r in (1, 10, 100)]
        for row, seconds in zip(rows, expected):
            self.assertAlmostEqual(float(row["startup_s"]), seconds)

    def test_repeatable(self):
        first, again, other = (
            self.fine(*self.small("--csv", "--seed", seed)) for seed in (4, 4, 5)
        )
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_same_on_one_cpu(self):
        """Long lists are simulated side by side."""
        wide = self.small("--csv", "--tasks", 30000)
        cpu = min(os.sched_getaffinity(0))
        result = self.run_program(
            shutil.which("taskset"), "-c", cpu, sys.executable, PLAN, *wide
        )
        self.assertEqual((result.code, result.out), (0, self.fine(*wide)))

    def test_long_lists_go_on_as_their_end(self):
        """Where only the end is simulated nothing is above 1, and saturation is still seen."""
        rows = self.rows(*self.small("--tasks", 1000000, "--mean", 0.001, "--service", 1e-4))
        by_rule = {(row["rule"], row["workers"]): row for row in rows}
        self.assertLessEqual(max(float(row["efficiency"]) for row in rows), 1.002)
        # 10 workers x 1 ms / 0.1 ms
        for workers in (1000,):
            done = float(by_rule["dynamic,1", str(workers)]["efficiency"]) * workers
            self.assertAlmostEqual(done, 100 + 10, delta=5)
        self.assertGreater(float(by_rule["static", "1000"]["efficiency"]), 0.95)

    def test_times_from_a_file(self):
        path = self.write("times.txt", "# seconds\n1 2\n3 # the long one\n")
        rows = self.rows("--task-times", path, "--service", 0, "--latency", 0, "--tasks", 3,
                         "--workers", 10)  # fmt: skip
        self.assertEqual({row["seconds"] for row in rows}, {"3"})

    def test_fewer_cpus_than_workers(self):
        usual = self.rows(*self.small("--cv", 0))
        halved = self.rows(*self.small("--cv", 0, "--cpus", 5))
        waiting = self.rows(*self.small("--cv", 0, "--cpus", 5, "--cpu-share", 0))
        self.assertAlmostEqual(float(halved[0]["seconds"]), 2 * float(usual[0]["seconds"]))
        self.assertEqual(usual, waiting)
        self.assertIn("tasks take 2 times as long", self.fine(*self.small("--cpus", 5)))

    def test_from_a_run(self):
        text = self.fine(self.run_folder(), "--workers", 1000)
        self.assertRegex(text, r"rank 0 serves a request in (29.9\d|30) µs, a message takes ")
        latency = float(text.partition("a message takes ")[2].split()[0])
        self.assertAlmostEqual(latency, 60, delta=1)
        rows = self.rows(self.run_folder(), "--workers", 1000)
        # A job starts in 300 ms; a pass takes 1 ms, 0.1 ms per rank, and 1 ms at its end.
        self.assertAlmostEqual(float(rows[0]["startup_s"]), 0.3021)

    def test_other_tasks_at_the_costs_of_a_run(self):
        text = self.fine(self.run_folder(), "--workers", 10, "--mean", 2)
        self.assertIn("100 tasks of 2 s (CV 0.00)", text)
        self.assertRegex(text, r"rank 0 serves a request in (29.9\d|30) µs")

    def test_costs_of_another_run(self):
        other = self.write("other/samples.jsonl", "").parent
        text = journal_of(model.Costs(1e-3, 1e-3), [1, 4], 1, [10 * MS] * 200)
        (other / "samples.jsonl").write_text(text)
        text = self.fine(self.run_folder(), "--workers", 10, "--costs", other)
        self.assertIn("rank 0 serves a request in 1 ms, a message takes 1 ms", text)
        self.assertNotIn("10 ms", text)

    def change_passes(self, folder, change):
        """Of a journal those over ranks."""
        path = folder / "samples.jsonl"
        entries = [json.loads(line) for line in path.read_text().splitlines()]
        for entry in entries:
            if "rank_times" in entry:
                change(entry)
        path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))

    def test_service_is_the_least_of_points_with_requests_enough(self):
        """Two requests prove nothing, however fast they were; slower ones were disturbed."""
        folder = self.run_folder()

        def change(entry):
            first = entry["rank_times"][0]
            if entry["ranks"] == 2:
                first.update(requests=2, answer_ns=2)
            elif entry["ranks"] == 4:
                first["answer_ns"] *= 3

        self.change_passes(folder, change)
        text = self.fine(folder, "--workers", 10, "--latency", 0)
        self.assertRegex(text, r"rank 0 serves a request in (29.9\d|30|30.0\d) µs")

    def test_requests_that_are_few_everywhere(self):
        folder = self.run_folder(ranks=(1, 2))

        def change(entry):
            entry["rank_times"][0].update(requests=2, answer_ns=2000)

        self.change_passes(folder, change)
        text = self.fine(folder, "--workers", 10, "--latency", 0)
        self.assertIn("rank 0 serves a request in 1 µs", text)

    def test_journal_of_an_older_program(self):
        folder = self.run_folder()
        self.change_passes(folder, lambda entry: entry["rank_times"][0].pop("answer_ns"))
        for arguments in ([folder], ["--check", folder], ["--mean", 1, "--costs", folder]):
            result = self.plan(*arguments)
            self.assertEqual((result.code, result.out), (2, ""))
            self.assertIn("without answer_ns, from an older program: measure again", result.err)

    def test_called_through_other_paths(self):
        """Its modules are beside it: also behind a link, and in a copy."""
        link, copy = self.work / "a link", self.work / "copy"
        link.symlink_to(PLAN)
        shutil.copytree(PLAN.parent, copy)
        expected = self.fine(*self.small())
        for program in (link, os.path.relpath(PLAN, self.work), copy / "plan.py"):
            result = self.run_program(sys.executable, program, *self.small(), cwd=self.work)
            self.assertEqual((result.code, result.out), (0, expected), result)
        self.assertTrue(os.access(PLAN, os.X_OK))
        self.assertEqual([p.name for p in copy.iterdir() if p.is_dir()], [])

    def test_options_come_before_the_run(self):
        text = self.fine(self.run_folder(), "--workers", 10, "--service", 1e-3, "--latency", 0)
        self.assertIn("rank 0 serves a request in 1 ms, a message takes 0 s", text)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_pictures(self):
        for name, start in (("it's.svg", b"<?xml"), ("p.png", common.PNG_MAGIC)):
            self.fine(*self.small("--gnuplot", self.work / name), draw=True)
            self.assertEqual((self.work / name).read_bytes()[: len(start)], start)

    def test_gnuplot_that_is_not_there(self):
        result = self.plan(*self.small("--gnuplot", "p.svg"))
        self.assertEqual(result.code, 2)
        self.assertIn("gnuplot is not installed", result.err)

    def test_bad_usage(self):
        run = self.run_folder()
        plain = self.write("plain/samples.jsonl", "".join(
            line + "\n" for line in (run / "samples.jsonl").read_text().splitlines()[:2]
        )).parent  # fmt: skip
        lines = (run / "samples.jsonl").read_text().splitlines()
        bare = self.write("bare/samples.jsonl", "\n".join([lines[0], *lines[2:]]) + "\n").parent
        broken = self.write("broken/samples.jsonl", lines[0] + "\n{\n" + lines[1] + "\n").parent
        lacking = self.write("lacking/samples.jsonl", '{"type": "pass", "block": 1}\n').parent
        self.write("words.txt", "1\ntwo\n")
        self.write("empty.txt", "# none\n")
        for arguments, message in (
            ([], "task times come from RUN_DIR, --task-times or --mean"),
            (["--mean", 1, "--task-times", "words.txt"], "not from both"),
            ([run, "--cv", 1], "--cv goes with --mean"),
            (["--mean", 1], "what a request costs is not known"),
            (["--mean", 0], '"0" is no number above 0'),
            (["--mean", "soon"], '"soon" is no number'),
            (["--mean", "nan"], '"nan" is no number'),
            ([*self.GIVEN, "--workers", 5], '"5" is no whole number from 10'),
            ([*self.GIVEN, "--workers", "1e3"], '"1e3" is no whole number'),
            ([*self.GIVEN, "--service", "inf"], '"inf" is no number'),
            ([*self.GIVEN, "--chunk", "1,0"], '"0" is no whole number from 1'),
            ([*self.GIVEN, "--gnuplot", "p.jpg"], "neither .png nor .svg"),
            ([*self.GIVEN, "--worker", 10], "unrecognized arguments"),
            ([self.work / "none"], "No such file or directory"),
            ([broken], "samples.jsonl:2: not a line of a journal"),
            ([lacking], "samples.jsonl:1: not a line of a journal"),
            ([plain], "what a request costs is not known"),
            ([bare], "no sequential passes"),
            (["--check", plain], "no pass with ranks to compare with"),
            (["--check", run, "--mean", 1], "--check takes everything from its run"),
            (["--task-times", "words.txt", *self.GIVEN[4:]], 'words.txt:2: "two" is no time'),
            (["--task-times", "empty.txt", *self.GIVEN[4:]], "empty.txt: no task times"),
            (["--task-times", "/", *self.GIVEN[4:]], "Is a directory"),
        ):
            with self.subTest(arguments=arguments):
                result = self.plan(*arguments)
                self.assertEqual(result.code, 2, result)
                self.assertIn(message, result.err)
                self.assertEqual(result.out, "")
                self.assertNotIn("Traceback", result.err)

    def test_journal_that_was_cut_off(self):
        path = self.run_folder() / "samples.jsonl"
        lines = path.read_text().splitlines()
        path.write_text("\n".join(lines[:-1]) + "\n" + lines[-2][:50])
        self.fine(path.parent, "--workers", 10)

    def test_points_that_failed_are_left_out(self):
        path = self.run_folder() / "samples.jsonl"
        failed = {"type": "failed", "block": 1, "workers": 1, "inner_threads": 1, "ranks": 4}
        path.write_text(path.read_text() + json.dumps(failed) + "\n")
        rows = list(csv.DictReader(io.StringIO(self.fine("--check", path.parent, "--csv"))))
        self.assertEqual([row["ranks"] for row in rows], ["1", "2", "8"])

    def test_passes_without_task_times(self):
        path = self.run_folder() / "samples.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        del lines[1]["task_ns"]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        result = self.plan(path.parent)
        self.assertEqual(result.code, 2)
        self.assertIn("more than 10000 tasks keeps no time of each", result.err)

    def test_check(self):
        for distribution in ("dynamic", "dynamic,3", "static"):
            folder = self.run_folder(distribution=distribution)
            costs = [] if distribution == "static" else ["--service", 30e-6, "--latency", 60e-6]
            rows = list(csv.DictReader(io.StringIO(self.fine("--check", folder, "--csv", *costs))))
            self.assertEqual([row["ranks"] for row in rows], ["1", "2", "4", "8"])
            for row in rows:
                with self.subTest(distribution=distribution, ranks=row["ranks"]):
                    self.assertAlmostEqual(float(row["ratio"]), 1, delta=1e-4)
        text = self.fine("--check", folder, *costs)
        self.assertIn("wait: 400 tasks, distribution static", text)
        self.assertIn("up to 8 ranks with 1 worker each ran on the same 2.", text)
        self.assertIn("too seldom to wait for one another", text)

    def test_check_on_crowded_cpus(self):
        folder = self.run_folder(use=1.0)
        rows = list(csv.DictReader(io.StringIO(self.fine("--check", folder, "--csv"))))
        # The journal pretends that 8 ranks had CPUs of their own; the model knows of 2.
        ratios = [float(row["ratio"]) for row in rows]
        self.assertAlmostEqual(ratios[1], 1, delta=0.02)
        self.assertAlmostEqual(ratios[3], 4, delta=0.4)
        text = self.fine("--check", folder)
        self.assertIn("Tasks had to wait for CPUs", text)
        self.assertIn("8 ranks used 0.00 on average", text)
        self.assertIn("* more than 5 % apart", text)

    def test_ranks_that_look_for_messages_take_cpus_from_tasks(self):
        """A quarter of the two CPUs is gone."""
        quiet, talking = (
            self.rows("--check", self.run_folder(use=1.0, ranks=(8,), talking=share))[0]
            for share in (0.0, 0.5)
        )
        slower = float(talking["predicted_s"]) / float(quiet["predicted_s"])
        self.assertAlmostEqual(slower, 2 / 1.5, delta=0.04)

    def test_check_of_hosts_that_share_nothing(self):
        path = self.run_folder(use=1.0) / "samples.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for i, place in enumerate(cluster := [dict(p) for p in lines[0]["host"]["cluster"]]):
            place["host"] = f"h{i}"
        lines[0]["host"]["cluster"] = cluster
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        text = self.fine("--check", path.parent)
        self.assertNotIn("share CPUs", text)
        self.assertNotIn("*", text)


if __name__ == "__main__":
    unittest.main()
