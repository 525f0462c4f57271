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
        self.assertIn("left out: 8: it would take about", " ".join(result.out.split()))
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
