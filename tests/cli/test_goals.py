"""Objectives and limits of a run: how what is asked for shows in what is measured and said."""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

# Has 60 MiB for a while, beside what Python itself takes.
LARGE = [sys.executable, "-c", "import time; large = bytearray(60 << 20); time.sleep(0.02)"]


class Goals(common.Case):
    def measure(self, *args, **more):
        result = self.run_ppt("--iterations", 3, *args, **more)
        self.assertEqual(result.code, 0, result)
        return result

    def results(self):
        return json.loads((self.only_folder() / "results.json").read_text())

    def lines(self, kind):
        journal = (self.only_folder() / "samples.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, journal) if line["type"] == kind]


class Memory(Goals):
    def test_what_does_not_fit_is_not_run(self):
        """Of 300 MiB three programs have room, by what one of them took."""
        result = self.measure("--memory-limit", "300MiB", "--workers", "0,2,8", "--tasks", 2,
                              "--", *LARGE)
        self.assertEqual({line["workers"] for line in self.lines("pass")}, {0, 2})
        self.assertEqual([line["workers"] for line in self.lines("failed")], [8])
        verdict = self.results()["verdict"]
        self.assertEqual(verdict["memory"]["limit_bytes"], 300 << 20)
        self.assertIn(verdict["memory"]["most_workers"], (2, 3))
        self.assertIn("left out: 8 workers: it would take about", " ".join(result.out.split()))
        if verdict["recommended"] == 2:
            self.assertTrue(verdict["memory"]["binds"])
            self.assertIn("Memory binds: 8 workers take about", " ".join(result.out.split()))
        # What was left out stays so, and is no failure.
        again = self.run_ppt("resume", self.only_folder())
        self.assertEqual(again.code, 0, again)
        self.assertEqual({line["workers"] for line in self.lines("pass")}, {0, 2})

    def test_what_fits_is_run(self):
        self.measure("--memory-limit", "4GiB", "--workers", "0,2,8", "--tasks", 2, "--", *LARGE)
        self.assertEqual({line["workers"] for line in self.lines("pass")}, {0, 2, 8})
        self.assertEqual(self.lines("failed"), [])

    def test_kernels_say_what_they_need(self):
        """Each worker sorts 80 MB of its own, with as much beside it."""
        self.measure("--memory-limit", "450MiB", "--warmup", 0, "--workers", "0,2,4", "--tasks", 2,
                     "--task", "sort", "--task-args", "[10000000]")
        self.assertEqual({line["workers"] for line in self.lines("pass")}, {0, 2})


class Arrivals(Goals):
    WAIT = ("--task", "wait", "--task-args", "[1]")

    def passes(self):
        return [line for line in self.lines("pass") if line["block"] > 0]

    def test_all_points_of_an_iteration_have_the_same(self):
        self.measure("--arrivals", '{"rate": 400}', "--tasks", 40, "--workers", "0,1,2", *self.WAIT)
        spans = {}
        for line in self.passes():
            self.assertEqual((line["arrivals"], line["task_count"]), (40, 40))
            self.assertEqual(len(line["latency_ns"]), 40)
            for latency, task in zip(line["latency_ns"], line["task_ns"]):
                self.assertGreaterEqual(latency, task)
            spans.setdefault(line["block"], set()).add(line["arrivals_ns"])
        self.assertEqual([len(of_block) for of_block in spans.values()], [1, 1, 1])
        self.assertEqual(len(set.union(*spans.values())), 3)

    def test_latency_counts_from_the_arrival(self):
        """All come at once, and each waits for all before it."""
        times = json.dumps({"process": [0.001] * 30})
        self.measure("--arrivals", times, "--workers", "1,3", *self.WAIT)
        for line in self.passes():
            tasks, latencies = line["task_ns"], line["latency_ns"]
            self.assertEqual(len(tasks), 30)
            if line["workers"] == 1:
                for i, latency in enumerate(latencies):
                    self.assertGreaterEqual(latency, sum(tasks[: i + 1]))
            self.assertGreaterEqual(3 * max(latencies), sum(tasks))

    def test_overload_ends(self):
        """Of 400 tasks that all come at once a few are run, and none of the counts will do."""
        limit = '{"latency": {"percentile": 50, "at_most": "1s"}}'
        result = self.measure("--arrivals", '{"rate": 1e6}', "--objective", limit, "--tasks", 400,
                              "--workers", "1,2", "--task", "wait", "--task-args", "[20]")
        for line in self.lines("pass"):
            self.assertTrue(line["overloaded"])
            self.assertLess(line["task_count"], 10)
        verdict = self.results()["verdict"]
        self.assertIsNone(verdict["recommended"])
        self.assertIn("no count tried will do to have 50 % of tasks done within 1.000 s",
                      verdict["sentence"])
        self.assertIn("overloaded: the queue grows by", verdict["sentence"])
        self.assertIn("overloaded", " ".join(result.out.split()))
        again = self.run_ppt("report", self.only_folder())
        self.assertEqual(again.code, 0, again)

    def test_programs(self):
        limit = '{"latency": {"percentile": 50, "at_most": "20s"}}'
        self.measure("--arrivals", '{"rate": 50, "process": "steady"}', "--objective", limit,
                     "--tasks", 20, "--workers", "1,2", "--", sys.executable, "-c", "pass")
        results = self.results()
        self.assertEqual(results["verdict"]["objective"], "latency")
        latency = results["points"][0]["latency"]
        self.assertIsNotNone(latency["p50_s"])
        self.assertIsNone(latency["p95_s"])  # of 20 tasks nobody knows
        self.assertGreaterEqual(latency["longest_s"][0], latency["p50_s"][0])

    def test_damaged_journals_are_refused(self):
        limit = '{"latency": {"percentile": 50, "at_most": "9s"}}'
        self.measure("--arrivals", '{"rate": 1000}', "--objective", limit, "--tasks", 20,
                     "--workers", "1,2", *self.WAIT)
        journal = self.only_folder() / "samples.jsonl"
        whole = journal.read_text()
        for key in ("latency_ns", "arrivals"):
            lines = [json.loads(line) for line in whole.splitlines()]
            passes = [line for line in lines if line["type"] == "pass"]
            del passes[3][key]
            journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
            result = self.run_ppt("report", self.only_folder())
            self.assertIn("a pass with other arrivals than the run has", result.err)

    def folder_of(self, *options):
        """Of a run beside others."""
        output = self.work / "output"
        before = set(self.folders()) if output.exists() else set()
        self.measure("--tasks", 20, "--iterations", 5, "--workers", "1,2", *options)
        (folder,) = set(self.folders()) - before
        return folder

    def test_latencies_are_compared(self):
        """Services of the old run are a fifth: passes last as long all the same."""
        rate = ("--arrivals", '{"rate": 400, "process": "steady"}')
        old = self.folder_of(*rate, *self.WAIT)
        result = self.run_ppt("compare", "--different", "--json", old,
                              self.folder_of(*rate, "--task", "wait", "--task-args", "[5]"))
        answer = json.loads(result.out)
        self.assertEqual((answer["percentile"], answer["speedup_over"]), (50, None))
        for point in answer["points"]:
            self.assertIsNone(point["speedup"])
            self.assertGreater(point["time"]["change"], 1)
        text = self.run_ppt("compare", old, old).out
        self.assertIn("times are what 50 % of tasks take no longer than, from their arrival on", text)
        self.assertNotIn("speedup", text)
        page = self.work / "page.html"
        self.run_ppt("compare", "--html", page, old, old)
        self.assertIn("change of latency", page.read_text())

    def test_other_arrivals_are_not_compared(self):
        old = self.folder_of("--arrivals", '{"rate": 400}', *self.WAIT)
        result = self.run_ppt("compare", old,
                              self.folder_of("--arrivals", '{"rate": 500}', *self.WAIT))
        self.assertEqual(result.code, 2, result)
        self.assertIn("cannot be compared: tasks arrive in another way", result.err)

    def test_too_few_tasks_are_not_compared(self):
        self.measure("--arrivals", '{"rate": 1000}', "--tasks", 4, "--workers", "1,2", *self.WAIT)
        folder = self.only_folder()
        result = self.run_ppt("compare", folder, folder)
        self.assertEqual(result.code, 2, result)
        self.assertIn("has to be 20 at least", result.err)

    def test_a_stall_shows(self):
        """One task of 200 stalls, and those that arrive meanwhile wait for it: more than 5 %. Of
        tasks by themselves it is one."""
        stall = "if [ {} = 30 ]; then /bin/sleep 0.25; fi"
        self.measure("--arrivals", '{"rate": 100, "process": "steady"}', "--workers", 1,
                     "--iterations", 1, "--warmup", 0, "--processes", 1, "--", "/bin/sh", "-c", stall,
                     ":::", *map(str, range(200)))  # fmt: skip
        (one,) = self.passes()
        self.assertEqual(len(one["task_ns"]), 200)
        latency = self.results()["points"][0]["latency"]
        self.assertGreater(latency["p95_s"][0], 0.1)
        self.assertGreater(latency["p95_s"][0], 3e-9 * sorted(one["task_ns"])[189])

    def test_the_yardstick(self):
        """Exponential services: of the same tasks the same, and unlike each other."""
        args = '{"milliseconds": 4, "service": "exponential"}'
        self.measure("--task", "wait", "--task-args", args, "--tasks", 60, "--workers", "0,2")
        passes = [line["task_ns"] for line in self.passes()]
        # Who wakes up late in one pass does not in all of them.
        least = sorted(min(times) for times in zip(*passes))
        self.assertEqual(len(passes), 6)
        self.assertGreater(least[-1], 2 * least[30])
        self.assertGreater(least[-1], 5 * least[5])


class Objectives(Goals):
    def test_the_sentence_says_what_it_is_for(self):
        wait = ("--task", "wait", "--task-args", "[2]", "--tasks", 8, "--workers", "0,2")
        result = self.measure("--objective", '{"cheapest": {"per_worker_hour": 1}}', *wait)
        self.assertIn("for the least cost", " ".join(result.out.split()))
        folder = self.only_folder()
        config = self.lines("run")[0]["config"]
        self.assertEqual(config["objective"],
                         {"cheapest": {"per_hour": 0, "per_worker_hour": 1}})
        # What is made of the journal alone is the same.
        self.assertEqual(self.run_ppt("report", folder, "--format", "json").out,
                         (folder / "results.json").read_text())


if __name__ == "__main__":
    unittest.main()
