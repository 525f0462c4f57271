"""Several programs in one run: measured in the same blocks, and ranked."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
import refusal  # noqa: E402

TOOLS = ("cat", "cp", "echo", "false", "gzip", "sh", "sleep", "true")
# Sleeping is what others on this machine disturb least, and so far apart there is no doubt.
SHORT, LONG = ("sleep", "0.01"), ("sleep", "0.1")


class Programs(common.Case):
    def environment(self, draw=False, **changes):
        """With the programs of these tests, and nothing else but to draw."""
        env = super().environment(draw, **changes)
        tools = common.path_of(self.base / "bin", *TOOLS)
        env["PATH"] = f"{tools}:{env['PATH']}" if draw else tools
        return env

    def measure(self, *args, workers="0,2", blocks=3, tasks=2, **more):
        options = ("--workers", workers, "--iterations", blocks, "--warmup", 0)
        sized = ("--tasks", tasks) if tasks else ()
        return self.run_ppt(*options, *sized, *args, **more)

    def measured(self, *args, **more):
        result = self.measure(*args, **more)
        self.assertEqual(result.code, 0, result)
        return result

    def results(self, folder=None):
        return json.loads(((folder or self.only_folder()) / "results.json").read_text())

    def standing(self):
        return {one["number"]: one["standing"] for one in self.results()["ranking"]["programs"]}


class Ranking(Programs):
    def test_faster(self):
        """gzip -1 against -6: which, by how much, in a sentence, a table, results and files."""
        words = " ".join(str(i * i % 9973) for i in range(200000))
        self.write("f", words)
        one, six = ("gzip", "-1c", "f"), ("gzip", "-6c", "f")
        result = self.measured("--", *six, "--vs", *one, blocks=10)
        ranking = self.results()["ranking"]
        first, second = ranking["programs"]
        self.assertEqual([first["program"], second["program"]], ["gzip -1c f", "gzip -6c f"])
        self.assertEqual([first["number"], second["number"]], [2, 1])
        self.assertEqual([first["standing"], second["standing"]], ["first", "slower"])
        value, low, high = second["slower_by"]
        self.assertTrue(1 < low <= value <= high, second)
        self.assertEqual(ranking["blocks"], 10)
        out = " ".join(result.out.split())
        self.assertRegex(out, "gzip -1c f (is|was) the faster, each at its best count: ")
        self.assertRegex(out, r"x \[[\d.]+, [\d.]+\] faster than gzip -6c f \(99 %"
                         r"(\)|, but confidence (LOW|MEDIUM)\)\. .* idle machine)\.$")  # beside others
        self.assertRegex(result.out, r"(?m)^  gzip -1c f +\d +[\d.]+ .?s +[\d.]+  1\.00x$")
        self.assertRegex(result.out, r"(?m)^gzip \(gzip -1c f\): 2 tasks, medians of 10 iterations")
        self.assertRegex(out, r"gzip -6c f: use ")
        self.assertEqual([line for line in result.out.splitlines() if common.width(line) > 80], [])
        self.check_files([six, one])
        # A run that was stopped for a while is no better than its verdicts.
        journal = self.only_folder() / "samples.jsonl"
        journal.write_text(re.sub(r'"stopped":\d+', '"stopped":1', journal.read_text(), count=1))
        out = " ".join(self.run_fine("report", self.only_folder()).out.split())
        self.assertIn(self.results()["ranking"]["at_most"], ("MEDIUM", "LOW"))
        self.assertRegex(out, r"\(99 %, but confidence (MEDIUM|LOW)\)\. (Most p|P)asses were disturbed")

    def check_files(self, programs):
        folder = self.only_folder()
        runs = self.results()["runs"]
        self.assertEqual([run["config"]["task_args"]["argv"] for run in runs],
                         [list(words) for words in programs])  # fmt: skip
        for i, run in enumerate(runs):
            part = folder / f"program-{i + 1}"
            self.assertEqual(self.results(part), run)
            self.assertNotIn("vs", run["config"])
            self.assertIn(f"{run['label']}: how many workers?", (part / "report.html").read_text())
            self.check_csv(part)
        page = (folder / "report.html").read_text()
        page = re.sub(r'</?(span|code)( class="option")?>', "", page).replace("&nbsp;", " ")
        for text in ("which program?", "program-1/report.html", "program-2/report.html",
                     self.results()["ranking"]["sentence"]):  # fmt: skip
            self.assertIn(text, page)
        _, rows = common.read_csv(folder / "results.csv")
        self.assertEqual(len(rows), 4)
        self.assertEqual(len({row["Job details"] for row in rows}), 2)

    def test_same(self):
        """A program beside itself is no winner, but for one run in 100."""
        won = 0
        for _ in range(4):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            result = self.measured("--", *SHORT, "--vs", *SHORT, blocks=8)
            self.assertEqual(sorted(self.standing()), [1, 2])
            self.assertIn("sleep 0.01 (1)", result.out)
            self.assertIn("sleep 0.01 (2)", result.out)
            winner = "slower" in self.standing().values()
            self.assertEqual(winner, "is the fastest, each" in " ".join(result.out.split()))
            won += winner
        self.assertLessEqual(won, 1)

    def test_three(self):
        self.measured("--", *LONG, "--vs", *SHORT, "--vs", "sleep", "0.2", blocks=6, workers="0")
        self.assertEqual(self.standing(), {1: "slower", 2: "first", 3: "slower"})
        runs = self.results()["runs"]
        self.assertEqual([len(run["points"]) for run in runs], [1, 1, 1])

    def test_blocks(self):
        """Every program at every count once in a block, in another order each time."""
        self.measured("--", *SHORT, "--vs", "true", blocks=8, tasks=1)
        orders = {}
        for sample in common.passes(self.only_folder()):
            orders.setdefault(sample["block"], []).append((sample["program"], sample["workers"]))
        self.assertEqual(len(orders), 8)
        for order in orders.values():
            self.assertEqual(sorted(order), [(1, 0), (1, 2), (2, 0), (2, 2)])
        self.assertGreater(len(set(map(tuple, orders.values()))), 1)

    def test_few_blocks(self):
        result = self.measured("--", *SHORT, "--vs", "true", blocks=2)
        self.assertIn("no ranking: it takes 3 complete iterations", result.out)
        self.assertEqual(self.results()["ranking"]["programs"], [])

    def test_charts(self):
        if not common.HAS_GNUPLOT:
            self.skipTest("gnuplot is not installed")
        self.measured("--", *SHORT, "--vs", *LONG, draw=True)
        folder = self.only_folder()
        self.assertIn("sleep 0.1", (folder / "charts/programs.svg").read_text())
        self.assertTrue((folder / "program-2/charts/speedup.png").exists())
        self.assertEqual((folder / "report.html").read_text().count("<figure"), 1)


class Outputs(Programs):
    def test_results_differ(self):
        """Within a program they must not; between programs they may."""
        check = ("--program-output", "check")
        self.measured(*check, "--", "echo", "a", "--vs", "echo", "b")
        result = self.measure(*check, "--", "echo", "a", "--vs", "echo", "{workers}")
        self.assertEqual(result.code, 3, result)
        self.assertIn('task "echo {workers}" computes different results at 0 and at 2 workers',
                      result.err)  # fmt: skip

    def test_kept(self):
        for memory in ("reuse", "fresh"):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            self.measured("--memory", memory, "--program-output", "keep", "--", "echo", "a",
                          "--vs", "echo", "b")  # fmt: skip
            tasks = self.only_folder() / "tasks"
            for program, text in ((1, "a\n"), (2, "b\n")):
                self.assertEqual((tasks / f"p{program}.2x1.task1.out").read_text(), text)

    def test_failure(self):
        """It is named, and the other is measured."""
        result = self.measure("--", "true", "--vs", "false")
        self.assertEqual(result.code, 1, result)
        self.assertRegex(result.err, r"failed at [02] \(false\) and [02] \(false\) workers: .*\"false\"")
        self.assertIn("no ranking", result.out)
        self.assertEqual([run["label"] for run in self.results()["runs"]], ["true"])
        result = self.measure("--output", "other", "--", "false", "--vs", "false")
        self.assertEqual(result.code, 1, result)
        self.assertFalse((self.folders(self.work / "other")[0] / "results.json").exists())

    def test_inputs(self):
        """Those behind the last program are for all."""
        self.measured("--program-output", "keep", "--", "echo", "1", "{}", "--vs", "echo", "2",
                      ":::", "x", "y", "z", tasks=None)  # fmt: skip
        tasks = self.only_folder() / "tasks"
        self.assertEqual((tasks / "p1.2x1.task2.out").read_text(), "1 z\n")
        self.assertEqual((tasks / "p2.0x1.task0.out").read_text(), "2 x\n")
        self.assertEqual({run["config"]["task_count"] for run in self.results()["runs"]}, {3})

    def test_formats(self):
        result = self.measured("--format", "hyperfine", "--", *SHORT, "--vs", "true")
        self.assertEqual(len(json.loads(result.out)["results"]), 4)
        result = self.run_fine("report", "--format", "json", self.only_folder())
        self.assertEqual(json.loads(result.out), self.results())

    def test_quiet(self):
        result = self.measured("--quiet", "--", *SHORT, "--vs", *LONG, blocks=6)
        out = " ".join(result.out.split())
        self.assertRegex(out, r"^sleep 0\.01: use .* sleep 0\.1: use .* faster than sleep 0\.1")


class Ways(Programs):
    def test_configuration(self):
        """What an entry leaves out it has from the first."""
        first = {"argv": ["echo", "{}"], "inputs": ["a", "b"], "output": "keep"}
        config = {"task": "command", "task_args": first, "workers": [0, 2], "iterations": 1,
                  "warmup": 0,
                  "vs": [["echo", "-n", "{}"], {"argv": ["echo", "x"], "timeout": 5}]}
        self.write("c.json", config)
        self.run_fine("c.json")
        folder = self.only_folder()
        self.assertEqual((folder / "tasks/p2.2x1.task1.out").read_text(), "b")
        line = common.read_samples(folder)[0]
        self.assertEqual(line["config"]["vs"], [
            {"argv": ["echo", "-n", "{}"]}, {"argv": ["echo", "x", "{}"], "timeout": 5}])
        self.assertIn("; in ", line["identity"])
        args = [run["config"]["task_args"] for run in self.results()["runs"]]
        self.assertEqual([(a["inputs"], a["output"], a["timeout"]) for a in args],
                         [(["a", "b"], "keep", 3600)] * 2 + [(["a", "b"], "keep", 5)])  # fmt: skip

    def test_suite(self):
        base = {"task": "command", "workers": [0], "iterations": 3, "warmup": 0, "task_count": 1}
        self.write("s.json", {**base, "runs": [
            {"task_args": ["true"], "vs": [["true"]]}, {"task": "sum", "task_args": [1000]}]})
        self.run_fine("s.json")
        suite = next(f for f in self.folders() if f.name.startswith("suite"))
        runs = self.results(suite)["runs"]
        self.assertEqual([run.get("label") for run in runs], ["true (1)", "true (2)", None])
        self.assertNotIn("ranking", self.results(suite))

    def test_budget(self):
        result = self.run_fine("--max-seconds", 6, "--workers", "0,2", "--", *SHORT, "--vs", *LONG)
        self.assertRegex(result.err, r"workers 0 2 for each of 2 programs, an iteration \(a pass")
        self.assertEqual(self.standing(), {1: "first", 2: "slower"})

    def test_one_process(self):
        self.measured("--processes", 1, "--", *SHORT, "--vs", *LONG, blocks=6)
        self.assertIn("(99 %, in this run", self.results()["ranking"]["sentence"])

    def test_auto(self):
        self.run_fine("--iterations", 1, "--tasks", 1, "--", "true", "--vs", "true")
        points = [len(run["points"]) for run in self.results()["runs"]]
        self.assertEqual(points[0], points[1])
        self.assertGreater(points[0], 1)

    def test_resume(self):
        """In the middle of a block; the order is the one that was planned."""
        args = ("--workers", "0,2", "--iterations", 3, "--warmup", 0, "--tasks", 2, "--seed", 5,
                "--", "sleep", "0.05", "--vs", "sleep", "0.06")  # fmt: skip
        process = subprocess.Popen([common.PPT_OMP, *map(str, args)], cwd=self.work,
                                   env=self.environment(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        limit = time.monotonic() + common.TIMEOUT_S
        while sum(p.read_text().count('"pass"') for p in self.work.glob("output/*/samples.jsonl")) < 2:
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(common.TIMEOUT_S), 130)
        folder = self.only_folder()
        before = len(common.passes(folder))
        self.assertLess(before, 12)
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 0, result)
        self.assertIn("program, at its best count", result.out)
        order = [(p["block"], p["program"], p["workers"]) for p in common.passes(folder)]
        self.assertEqual(len(order), 12)
        shutil.rmtree(folder)
        (self.work / "output/latest").unlink()
        self.run_fine(*args)
        whole = [(p["block"], p["program"], p["workers"]) for p in common.passes(self.only_folder())]
        self.assertEqual(order, whole)

    def test_report(self):
        """The same again, to the last byte."""
        self.measured("--", *SHORT, "--vs", *LONG)
        folder = self.only_folder()
        names = ["results.json", "results.csv", "report.html", "program-2/report.html"]
        before = {name: (folder / name).read_bytes() for name in names}
        for name in names:
            (folder / name).unlink()
        self.run_fine("report", folder)
        self.assertEqual({name: (folder / name).read_bytes() for name in names}, before)

    def test_name(self):
        """The run is called so, its programs what they are; no verdict is kept of several."""
        result = self.measured("--name", "mine", "--", *SHORT, "--vs", "true",
                               env=self.environment(XDG_STATE_HOME=str(self.base / "state")))
        self.assertIn('no verdict is kept by the name "mine": ', result.err)
        self.assertTrue(self.only_folder().name.startswith("mine"))
        self.assertIn("\nsleep 0.01: use ", result.out)
        self.assertFalse((self.base / "state").exists())

    def test_one_alone(self):
        """Those who speak of one program refuse a run of several."""
        self.measured("--", *SHORT, "--vs", "true")
        folder = self.only_folder()
        for args in (("compare", folder, folder), ("predict", folder, "--workers", 4)):
            result = self.run_ppt(*args)
            self.assertEqual(result.code, 2, result)
            self.assertIn("a run of 2 programs (sleep 0.01 vs true)", result.err)


class Wrong(refusal.Refusal):
    def environment(self, draw=False, **changes):
        return {**super().environment(draw, **changes), "PATH": "/usr/bin:/bin"}

    def test_words(self):
        self.refuse(["--", "true", "--vs"], 'which program\\? Nothing follows "--vs"')
        self.refuse(["--", "true", "--vs", ":::", "a"], 'Nothing follows "--vs"')
        self.refuse(["--", "--vs", "true"], '"--vs" stands between two')
        self.refuse(["--", "true", "--vs", "--vs", "true"], '"--vs" stands between two')
        self.refuse(["--", "true", "--vs", "no-such-program"], 'no program "no-such-program"')
        self.refuse(["once", "--", "true", "--vs", "true"], "once runs one program")
        self.refuse(["--", *["true", "--vs"] * 32, "true"], "32 programs beside .*; 31 are the most")
        self.refuse(["--", "true", "--vs", "make", "-j{threads}"], "nothing is called {threads}")

    def test_keys(self):
        command = '"task": "command", "task_args": ["true"], "vs": '
        for text, needle in (
            ('{"task": "sum", "vs": «[["true"]]}', 'goes with the task "command"'),
            ('{"task": "random", "vs": «[["true"]]}', 'goes with the task "command"'),
            (f"{{{command}«[]}}", "must be a list of programs such as"),
            (f'{{{command}«"true"}}', "must be a list of programs such as"),
            (f"{{{command}[«[]]}}", "vs"),
            (f'{{{command}[«"true"]}}', "must be a list of arguments, or an object"),
            (f'{{{command}[{{"argv": ["true"], "inptus": «[]}}]}}', "inputs"),
            (f'{{{command}[«{{"timeout": 5}}]}}', 'lacks "argv": which program'),
            (f'{{{command}[«{{"argv": ["true"], "inputs": ["a"]}}]}}', "are for all programs"),
            (f'{{"ranks": 1, {command}«[["true"]]}}', 'does not go with "ranks"'),
        ):  # fmt: skip
            self.refuse_file(text, needle)


if __name__ == "__main__":
    unittest.main()
