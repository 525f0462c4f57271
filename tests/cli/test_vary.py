"""Sizes of a task in one run: measured in the same blocks, and what comes of them."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
import refusal  # noqa: E402

# Sleeping is what others on this machine disturb least: sequential calls take the sum of it.
WAIT = ("--task", "wait", "--workers", "0,2")


class Vary(common.Case):
    def measure(self, *args, blocks=3, tasks=2, **more):
        options = ("--iterations", blocks, "--warmup", 0)
        sized = ("--tasks", tasks) if tasks else ()
        result = self.run_ppt(*options, *sized, *args, **more)
        self.assertEqual(result.code, 0, result)
        return result

    def lines(self, kind="pass", folder=None):
        journal = ((folder or self.only_folder()) / "samples.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, journal) if line["type"] == kind]

    def results(self, folder=None):
        return json.loads(((folder or self.only_folder()) / "results.json").read_text())


class Measuring(Vary):
    def test_blocks(self):
        """Every size at every count once in a block, in another order each time."""
        self.measure(*WAIT, "--vary", "milliseconds=1,2,3", blocks=4)
        orders = {}
        for line in self.lines():
            orders.setdefault(line["block"], []).append((line["size"], line["workers"]))
        self.assertEqual(sorted(orders), [1, 2, 3, 4])
        for order in orders.values():
            self.assertEqual(sorted(order), [(s, w) for s in (1, 2, 3) for w in (0, 2)])
        self.assertGreater(len({tuple(order) for order in orders.values()}), 1)
        config = self.lines("run")[0]["config"]
        self.assertEqual(config["vary"], {"milliseconds": [1, 2, 3]})

    def test_rows(self):
        """Each size has rows of its own, with its value; and a folder as of a run by itself."""
        self.measure(*WAIT, "--vary", "milliseconds=1,20")
        folder = self.only_folder()
        with open(folder / "results.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(row["milliseconds"], row["Workers"]) for row in rows],
                         [("1", "0"), ("1", "2"), ("20", "0"), ("20", "2")])  # fmt: skip
        runs = self.results()["runs"]
        self.assertEqual([run["varied"] for run in runs], [{"milliseconds": 1}, {"milliseconds": 20}])
        self.assertEqual([run["label"] for run in runs], ["wait milliseconds=1", "wait milliseconds=20"])
        alone = self.results(folder / "milliseconds-20")
        self.assertEqual(alone["config"]["task_args"]["milliseconds"], 20)
        self.assertNotIn("vary", alone["config"])

    def test_every_size_lasts_long_enough(self):
        """Without a number of tasks each size has as many as it takes, and no more."""
        self.measure(*WAIT, "--vary", "milliseconds=1,50", tasks=None)
        tasks = {line["size"]: line["task_count"] for line in self.lines()}
        self.assertGreater(tasks[1], 5 * tasks[2])
        self.assertLessEqual(tasks[2], 10)
        config = self.lines("run")[0]["config"]
        self.assertEqual(config["task_counts"], [tasks[1], tasks[2]])

    def test_numbers_of_tasks(self):
        self.measure(*WAIT, "--task-args", "[1]", "--vary", "task_count=1-9:*3", tasks=None)
        self.assertEqual({line["size"]: line["task_count"] for line in self.lines()},
                         {1: 1, 2: 3, 3: 9})  # fmt: skip

    def test_programs(self):
        """As a user would type it: the size is filled in."""
        tools = common.path_of(self.base / "bin", "sh", "head", "wc")
        env = self.environment()
        env["PATH"] = tools
        self.measure("--workers", "0,2", "--vary", "size=1K-16K:*4", "--program-output", "keep",
                     "--", "sh", "-c", "head -c {size} /dev/zero | wc -c", env=env)  # fmt: skip
        kept = sorted(self.only_folder().rglob("*.out"))
        self.assertEqual({int(path.read_text()) for path in kept if path.read_text().strip()},
                         {1024, 4096, 16384})  # fmt: skip

    def test_resume(self):
        """In the middle of a block; the order is the one that was planned."""
        args = (*WAIT, "--vary", "milliseconds=10,11", "--iterations", 4, "--tasks", 4, "--warmup", 0,
                "--seed", 9)  # fmt: skip
        command = [common.PPT_OMP, *map(str, args)]
        with subprocess.Popen(command, cwd=self.work, env=self.environment(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # fmt: skip
            while not list(self.work.glob("output/*__*/samples.jsonl")) or len(self.lines()) < 5:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
        self.assertEqual(process.returncode, 130)
        folder = self.only_folder()
        self.run_fine("resume", folder)
        orders = [(p["block"], p["size"], p["workers"]) for p in self.lines()]
        self.assertEqual(len(orders), 16)
        self.run_fine(*args, "--output", "whole")
        whole = self.only_folder(self.work / "whole")
        self.assertEqual(orders, [(p["block"], p["size"], p["workers"])
                                  for p in self.lines(folder=whole)])  # fmt: skip

    def test_different_results(self):
        """Sizes compute different results, and each the same at all counts."""
        self.measure("--task", "sort", "--workers", "0,2", "--vary", "size=100,200")
        digests = {}
        for line in self.lines():
            digests.setdefault(line["size"], set()).add(line["digest"])
        self.assertEqual([len(found) for found in digests.values()], [1, 1])
        self.assertNotEqual(digests[1], digests[2])


class Wrong(refusal.Refusal):
    def test_command_line(self):
        for args, words in (
            (("--task", "sort", "--vary", "siz=1,2"), '--vary: siz: .*did you mean "size"'),
            (("--task", "sort", "--vary", "size"), "--vary: must be an object"),
            (("--task", "sort", "--vary", "size=1-"), '--vary: size: "1-" is no range'),
            (("--vary", "n=1", "--", "true"), "no word of the program says {n}"),
            (("--vary", "n=1", "--", "echo", "{n}", "--vs", "true"), 'does not go with "vs"'),
        ):
            result = self.run_ppt(*args)
            self.assertEqual(result.code, 2, result)
            self.assertRegex(result.err, words)
            self.assertEqual(list(self.work.iterdir()), [], args)


if __name__ == "__main__":
    unittest.main()
