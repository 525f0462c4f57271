"""Several rates of arrivals in one run: what is measured, what is said up to which rate each count
keeps a latency, and where it is looked next."""

import csv
import itertools
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
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "gallery")]

import common  # noqa: E402  (found through the lines above)
import journals  # noqa: E402
import refusal  # noqa: E402

WAIT = ("--task", "wait", "--task-args", "[1]")

# Which any machine keeps, unless tasks arrive faster than they can be done.
LIMIT = json.dumps({"latency": {"percentile": 50, "at_most": "9s"}})

# Of 60 tasks that all come at once, as at the higher one, 50 wait, and the pass is ended.
FEW = '{"rate": [100, 1e5]}'


class Rates(common.Case):
    def measure(self, *args, rates=FEW, limit=LIMIT, blocks=3, tasks=60, **more):
        objective = ("--objective", limit) if limit else ()
        result = self.run_ppt("--arrivals", rates, *objective, "--iterations", blocks, "--tasks",
                              tasks, "--warmup", 0, *args, **more)  # fmt: skip
        self.assertEqual(result.code, 0, result)
        return result

    def lines(self, kind="pass", folder=None):
        journal = ((folder or self.only_folder()) / "samples.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, journal) if line["type"] == kind]

    def policy(self, folder=None):
        return json.loads(((folder or self.only_folder()) / "policy.json").read_text())


class Measuring(Rates):
    def test_passes(self):
        """The tasks of an iteration come in the same order at all rates, four times as fast at
        four times the rate."""
        self.measure(*WAIT, "--workers", "1,2", rates='{"rate": [1000, 250]}', tasks=30)
        spans = {}
        for line in self.lines():
            self.assertEqual((line["arrivals"], len(line["latency_ns"])), (30, 30))
            spans.setdefault((line["block"], line["size"]), set()).add(line["arrivals_ns"])
        self.assertEqual(len(spans), 6)
        for block in (1, 2, 3):
            (slow,), (fast,) = spans[block, 1], spans[block, 2]
            self.assertAlmostEqual(slow / fast, 4, places=4)

    def test_recorded(self):
        steady = '{"rate": "200-800:*2", "process": "steady"}'
        self.measure(*WAIT, "--workers", "1,2", rates=steady)
        folder = self.only_folder()
        config = self.lines("run")[0]["config"]
        self.assertEqual(config["arrivals"], {"rate": [200, 400, 800], "process": "steady"})
        self.assertNotIn("vary", config)
        runs = json.loads((folder / "results.json").read_text())["runs"]
        self.assertEqual([run["varied"] for run in runs], [{"rate": r} for r in (200, 400, 800)])
        alone = json.loads((folder / "rate-400" / "results.json").read_text())
        self.assertEqual(alone["config"]["arrivals"], {"rate": 400, "process": "steady"})
        with open(folder / "results.csv", newline="", encoding="utf-8") as file:
            rows = [(row["rate"], row["Workers"]) for row in csv.DictReader(file)]
        self.assertEqual(rows, list(itertools.product(("200", "400", "800"), "12")))
        before = self.tree()
        self.run_fine("report", folder)
        self.assertEqual(self.tree(), before)

    def test_vary_lies_over(self):
        self.write("c.json", {"task": "wait", "task_args": [1], "task_count": 20, "workers": [1],
                              "iterations": 1, "arrivals": {"rate": [100, 200]}})  # fmt: skip
        for args, rates in (((), [100, 200]), (("--vary", "rate=400,800"), [400, 800])):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            self.run_fine("c.json", *args)
            self.assertEqual(self.lines("run")[0]["config"]["arrivals"]["rate"], rates)

    def test_programs_may_know_it(self):
        """As a word in braces."""
        env = self.environment(PATH=common.path_of(self.base / "bin", "sh", "sleep"))
        steady = '{"process": "steady"}'
        self.run_fine("--arrivals", steady, "--vary", "rate=50,100", "--iterations", 1, "--tasks", 2,
                      "--warmup", 0, "--workers", "1", "--program-output", "keep",
                      "--", "sh", "-c", "echo {rate}", env=env)  # fmt: skip
        kept = {path.read_text().strip() for path in self.only_folder().rglob("*.out")}
        self.assertEqual(kept - {""}, {"50", "100"})


class Saying(Rates):
    def test_kept_and_broken(self):
        """At 100 a second each is soon done, at 100 000 nobody keeps up."""
        result = self.measure(*WAIT, "--workers", "1,2")
        out = " ".join(result.out.split())
        self.assertIn("wait: to have 50 % of tasks done within 9.000 s, 1 worker up to 100 tasks a "
                      "second [not at 100000], 2 workers up to 100 [not at 100000] (95 %, of all "
                      "together).", out)  # fmt: skip
        self.assertRegex(result.out, r"(?m)^ +rate +1 +2 *$")
        self.assertRegex(result.out, r"(?m)^ +100 +[\d.]+ .?s\* +[\d.]+ .?s\*$")
        self.assertRegex(result.out, r"(?m)^ +100000 +overloaded +overloaded *$")
        policy = self.policy()
        self.assertEqual((policy["vary"], policy["tried"]), ("rate", [100, 100000]))
        self.assertEqual((policy["percentile"], policy["at_most_s"]), (50, 9))
        self.assertEqual(policy["rates"],
                         [{"workers": w, "inner_threads": 1, "kept_at": 100, "broken_at": 100000}
                          for w in (1, 2)])  # fmt: skip
        folder = self.only_folder()
        self.assertEqual(json.loads((folder / "results.json").read_text())["policies"], [policy])
        self.assertEqual((folder / "policy.csv").read_text().split(),
                         ["rate,workers,inner_threads", "100,1,1"])  # fmt: skip

    def test_nothing_asked(self):
        """Without an objective there is the curve."""
        result = self.measure(*WAIT, "--workers", "1,2", limit=None)
        self.assertIn("latencies are shown, and not judged", " ".join(result.out.split()))
        policy = self.policy()
        self.assertEqual((policy["rates"], policy["percentile"]), ([], None))
        self.assertIsNone(policy["confidence"])

    @unittest.skipUnless(common.HAS_GNUPLOT, "no gnuplot")
    def test_chart_and_page(self):
        self.measure(*WAIT, "--workers", "1,2", draw=True)
        folder = self.only_folder()
        lines = (folder / "charts/rates.dat").read_text().splitlines()
        self.assertRegex(lines[0], r"^# rate  point  p50 \(\w+\)  95 % interval: low  high$")
        rows = [line.split() for line in lines if line and not line.startswith("#")]
        # What is overloaded has no latency to draw.
        self.assertEqual([row[:2] for row in rows], [["100", '"1"'], ["100", '"2"']])
        for row in rows:
            self.assertLess(float(row[3]), float(row[2]))
            self.assertLess(float(row[2]), float(row[4]))
        for name in ("rates.svg", "rates_narrow.svg", "rates.png", "rates.pdf"):
            self.assertGreater((folder / "charts" / name).stat().st_size, 100, name)
        page = (folder / "report.html").read_text()
        self.assertIn('<figure id="figure-rates"', page)
        self.assertIn("1 worker up to 100 tasks a second", page)
        self.assertIn("Up to which rate each count keeps the limit", page)
        for rate in (100, 100000):
            self.assertIn(f'href="rate-{rate}/report.html"', page)

    def recorded(self):
        """The run of the gallery: the counts are kept up to different rates, on every machine."""
        folder = self.work / "recorded"
        folder.mkdir()
        lines = journals.lines("rates", journals.RUNS["rates"])
        (folder / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.run_fine("report", folder)
        kept = [(one["workers"], one["kept_at"], one["broken_at"])
                for one in self.policy(folder)["rates"]]  # fmt: skip
        self.assertEqual(kept, [(1, 10, 20), (2, 20, 80), (4, 80, 160)])
        return folder

    def test_files(self):
        """The fewest that keep it at each rate; none where nobody does."""
        rows = (self.recorded() / "policy.csv").read_text().split()
        self.assertEqual(rows, ["rate,workers,inner_threads",
                                "10,1,1", "20,2,1", "40,4,1", "80,4,1"])  # fmt: skip

    @unittest.skipUnless(shutil.which("cc"), "no compiler")
    def test_header(self):
        header = self.recorded() / "policy.h"
        rates = (1, 10, 10.5, 20, 20.5, 80, 1e9)
        calls = "".join(f'    printf("%u\\n", wait_workers({rate}));\n' for rate in rates)
        source = self.write("use.c", f'#include <stdio.h>\n#include "{header}"\n'
                            f"int main(void)\n{{\n{calls}    return 0;\n}}\n")  # fmt: skip
        subprocess.run(["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", source, "-o",
                        self.work / "use"], check=True)  # fmt: skip
        printed = subprocess.run([self.work / "use"], check=True, capture_output=True, text=True)
        self.assertEqual(printed.stdout.split(), ["1", "1", "2", "2", "4", "4", "4"])
        self.assertIn("static inline unsigned wait_workers(double rate)", header.read_text())
        self.assertRegex(header.read_text(), r" \* +2 +1 +20 +80\n")

    def test_answer(self):
        self.measure(*WAIT, "--workers", "1,2", "--name", "svc")
        file = self.base / "state" / "svc.json"
        kept = json.loads(file.read_text())
        kept["confidence"] = "HIGH"
        kept["policy"]["rates"][1]["kept_at"] = 300
        file.write_text(json.dumps(kept))
        for rate, number in ((1, 1), (100, 1), (101, 2), (300, 2)):
            result = self.run_fine("answer", "svc", "--size", rate)
            self.assertEqual(result.out, f"{number}\n", rate)
        result = self.run_ppt("answer", "svc", "--size", 301, "--or", 9)
        self.assertEqual((result.code, result.out), (6, "9\n"), result)
        self.assertIn("no count is known to keep the limit at a rate of 301", result.err)
        result = self.run_ppt("answer", "svc")
        self.assertIn("(rate from 100 to 100000)", result.err)

    def test_others_refuse_it(self):
        self.measure(*WAIT, "--workers", "1,2")
        folder = self.only_folder()
        shutil.copytree(folder, self.work / "other")
        for args, words in ((("predict", folder, "--workers", 4), "is a run of 2 rates"),
                            (("compare", folder, self.work / "other"),
                             "cannot be compared: several rates of arrivals are in")):  # fmt: skip
            result = self.run_ppt(*args)
            self.assertEqual(result.code, 2, result)
            self.assertIn(words, result.err)


class Searching(Rates):
    ARGS = (*WAIT, "--workers", "1,2", "--arrivals", '{"rate": [300, 1e5]}', "--objective", LIMIT,
            "--tasks", 60, "--warmup", 0, "--max-seconds", 40, "--seed", 4)  # fmt: skip

    def check_search(self):
        """Every rate that was added lies between two that were there and is a new one, in a few
        rounds; and what is known became narrower."""
        tried = [300, 100000]
        for line in self.lines("sizes"):
            for rate in line["values"]:
                self.assertTrue(300 < rate < 100000 and rate not in tried, line)
            tried += line["values"]
        self.assertLess(len(self.lines("sizes")), 6)
        policy = self.policy()
        self.assertEqual(policy["tried"], sorted(tried))
        for limit in policy["rates"]:
            self.assertGreaterEqual(limit["kept_at"], 300)
            self.assertLess(limit["broken_at"], 100000)
            self.assertLess(limit["kept_at"], limit["broken_at"])
            self.assertLess(limit["broken_at"] / limit["kept_at"], 100000 / 300 / 10)

    def test_it_is_looked_between(self):
        result = self.run_fine(*self.ARGS)
        self.assertIn("wait: next, where it is not known: rate ", result.err)
        self.assertGreaterEqual(len(self.lines("sizes")), 2)
        self.check_search()

    def test_resume(self):
        """In the middle of an added round: it goes on there."""
        command = [common.PPT_OMP, *map(str, self.ARGS)]
        with subprocess.Popen(command, cwd=self.work, env=self.environment(),
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:  # fmt: skip
            while process.poll() is None and not (
                list(self.work.glob("output/*__*/samples.jsonl"))
                and any(line["size"] > 2 for line in self.lines())
            ):
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
        self.assertEqual(process.returncode, 130)
        before = self.lines()
        self.run_fine("resume", self.only_folder())
        self.assertEqual(self.lines()[: len(before)], before)
        self.assertGreaterEqual(len({p["block"] for p in self.lines() if p["size"] == 3}), 3)
        self.check_search()

    def test_damaged_journals_are_refused(self):
        self.measure(*WAIT, "--workers", "1,2")
        journal = self.only_folder() / "samples.jsonl"
        whole = [json.loads(line) for line in journal.read_text().splitlines()]
        last = max(line["block"] for line in whole if line["type"] == "pass")
        added = {"type": "sizes", "block": last + 1, "values": [200.0]}
        passes = [line for line in whole if line["type"] == "pass"]
        for lines, words in (
            ([*whole[:-1], {**added, "values": [0]}], "0 is no rate of arrivals"),
            ([*whole[:-1], {**added, "values": [-5]}], "-5 is no rate of arrivals"),
            ([*whole[:-1], {**added, "values": [100]}], "rate of 100 is there already"),
            ([*whole[:-1], {**added, "block": last}], "sizes that no run adds there"),
            ([*whole[:-1], {**passes[-1], "size": 3, "position": len(passes)}],
             "a pass that no run has"),
            ([{**whole[0], "config": {**whole[0]["config"], "arrivals": {"rate": [100, 0]}}},
              *whole[1:]], "0 is below 0.001"),
        ):  # fmt: skip
            journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
            result = self.run_ppt("report", self.only_folder())
            self.assertNotEqual(result.code, 0, words)
            self.assertIn(words, result.err)
        # And what none of these is, is taken.
        journal.write_text("".join(json.dumps(line) + "\n" for line in [*whole[:-1], added]))
        self.run_fine("report", self.only_folder())


class Wrong(refusal.Refusal):
    def test_command_line(self):
        arrive = ("--task", "wait", "--arrivals")
        for args, words in (
            ((*arrive, '{"rate": []}'), "--arrivals: rate: an empty list"),
            ((*arrive, '{"rate": "1-"}'), '--arrivals: rate: "1-" is no range'),
            ((*arrive, '{"rate": [0, 1]}'), r"--arrivals: rate\[0\]: 0 is below 0.001"),
            ((*arrive, '{"rate": [1, 2], "process": [1]}'), "a rate or a list of times, and not"),
            ((*arrive, '{"process": "steady"}'), "needs a rate or a list of times"),
            ((*arrive, '{"rate": [1, 2]}', "--vary", "milliseconds=1,2"),
             'does not go with "arrivals": where several rates are measured nothing else varies'),
            ((*arrive, '{"rate": [1, 2]}', "--objective", '{"each_at_most": 2}'),
             'does not go with "arrivals": several rates are for an objective of latency'),
            ((*arrive, '{"rate": [1, 2]}', "--ranks", "2"), 'does not go with "ranks"'),
            (("--task", "random", "--arrivals", '{"rate": [1, 2]}'), 'does not go with "random"'),
            (("--arrivals", '{"rate": [1, 2]}', "--", "true", "--vs", "false"),
             'does not go with "vs"'),
            (("--task", "wait", "--vary", "rate=1,2"), 'vary: rate: no argument "rate"'),
            ((*arrive, '{"rate": 5}', "--vary", "milliseconds=1,2"), 'does not go with "vary"'),
        ):  # fmt: skip
            result = self.run_ppt(*args)
            self.assertEqual(result.code, 2, result)
            self.assertTrue(re.search(words, result.err), result)
            self.assertEqual(list(self.work.iterdir()), [], args)


if __name__ == "__main__":
    unittest.main()
