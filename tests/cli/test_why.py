"""The search for what slows a task: passes beside pressure, and what comes of them. Which cause is
named depends on the machine: that is asked of planted causes, by scripts/causes.sh."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
import refusal  # noqa: E402

RESOURCES = ["cpu", "core", "cache", "memory", "disk", "faults", "metadata"]
CAUSES = ["memory", "cache", "cpu", "disk", "faults", "lock", "none"]
SMALL = ("--workers", "0,1,2", "--iterations", 3, "--tasks", 4, "--warmup", 0, "--seed", 5)
SUM = ("--task", "sum", "--task-args", "[200000]", *SMALL)
WAIT = ("--task", "wait", "--task-args", "[2]", *SMALL)
CPUS = sorted(os.sched_getaffinity(0))


def only_first_cpu():
    os.sched_setaffinity(0, CPUS[:1])


class Why(common.Case):
    # One run for all tests that look at what a run leaves: what it printed, and its folder.
    kept = tempfile.TemporaryDirectory(prefix="ppt-test-why-")
    printed = None

    def copy_run(self):
        """That run as if it had just been made here; returns what it printed."""
        kept = pathlib.Path(Why.kept.name) / "output"
        if Why.printed is None:
            Why.printed = self.measure(*SUM, "--why").out
            shutil.copytree(self.work / "output", kept, symlinks=True)
        else:
            shutil.copytree(kept, self.work / "output", symlinks=True)
        return Why.printed

    def measure(self, *args, **more):
        result = self.run_ppt(*args, **more)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(list(self.tmp.iterdir()), [], "left behind in TMPDIR")
        return result

    def lines(self, kind=None):
        journal = (self.only_folder() / "samples.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, journal) if kind in (None, line["type"])]

    def pressed(self):
        return [line for line in self.lines("pass") if "pressure" in line]

    def results(self):
        return json.loads((self.only_folder() / "results.json").read_text())

    def check_answer(self, why):
        self.assertIn(why["cause"], [*CAUSES, None])
        self.assertEqual(why["known_by"] is None, why["cause"] in ("none", None))
        self.assertEqual(why["open"] is not None, why["cause"] is None)
        for one in why["sensitivities"] + why["side_by_side"]:
            value, low, high = one["slowdown"]
            self.assertIn(one["resource"], RESOURCES)
            self.assertTrue(0 < low <= value <= high, one)
            self.assertGreater(one["rate_alone"], 0, one)
        pressed = {(one["resource"], why["workers"][0]) for one in why["sensitivities"]}
        pressed |= {(one["resource"], why["workers"][-1]) for one in why["side_by_side"]}
        left = {(one["resource"], one["workers"]) for one in why["not_pressed"]}
        self.assertFalse(pressed & left)
        self.assertEqual(pressed | left, {(r, w) for r in RESOURCES for w in why["workers"]})


class Measuring(Why):
    def test_json(self):
        """The verb's answer, alone on standard output; a file need not ask for it."""
        self.write("c.json", {"task": "sum", "task_args": [200000], "task_count": 4,
                              "iterations": 3, "workers": [0, 1, 2], "warmup": 0})
        why = json.loads(self.measure("why", "c.json", "--json").out)
        self.check_answer(why)
        self.assertEqual(why["workers"], [1, 2])
        self.assertIn(why["iterations"], (5, 10, 3))
        self.assertEqual(why, self.results()["why"])

    def test_round(self):
        """Behind the usual iterations, which are as without it, others with every pressure once."""
        self.copy_run()
        begun = self.lines("why")
        self.assertEqual(len(begun), 1)
        self.assertEqual(begun[0]["block"], 4)
        self.assertEqual(begun[0]["workers"], [1, 2])
        usual = [p for p in self.lines("pass") if "pressure" not in p]
        self.assertEqual([p["block"] for p in usual], [b for b in (1, 2, 3) for _ in range(3)])
        self.assertEqual({p["task_count"] for p in self.pressed()}, {begun[0]["task_count"]})
        orders = {}
        for line in self.pressed():
            orders.setdefault(line["block"], []).append((line["pressure"], line["workers"]))
        self.assertEqual(sorted(orders), [4, 5, 6, 7, 8])
        left = {(f["pressure"], f["workers"]) for f in self.lines("failed")}
        expected = {(p, w) for p in ["alone", *RESOURCES] for w in (1, 2)} - left
        for order in orders.values():
            self.assertEqual(len(order), len(set(order)))
            self.assertEqual(set(order), expected)
        self.assertGreater(len({tuple(order) for order in orders.values()}), 1)

    def test_rates(self):
        """What presses tells how much it did, with nothing beside it and beside the task."""
        self.copy_run()
        for line in self.pressed():
            if line["pressure"] == "alone":
                self.assertNotIn("pressed", line)
            else:
                self.assertGreater(line["pressed"]["alone"], 0, line)

    def test_workers_are_bound(self):
        """In its passes alone, too; in no other one, nor in the run behind."""
        same = {"task": "sum", "task_args": [200000], "task_count": 4, "iterations": 3,
                "workers": [0, 1, 2], "processes": 1}
        self.write("c.json", {"runs": [{**same, "why": True, "name": "a"}, {**same, "name": "b"}]})
        self.measure("c.json")
        for folder in self.folders():
            if (folder / "samples.jsonl").exists():
                for line in map(json.loads, (folder / "samples.jsonl").read_text().splitlines()):
                    if line["type"] == "pass":
                        for worker in line["worker_times"]:
                            self.assertEqual("bound" in worker, "pressure" in line, line)
                        self.assertEqual(line["noise"]["cpus"], len(CPUS), line)

    def test_no_other_analysis_sees_it(self):
        """Passes, points, iterations and the verdict are of the usual ones."""
        self.copy_run()
        results = self.results()
        self.assertEqual(len(results["passes"]), 9)
        self.assertEqual([p["workers"] for p in results["points"]], [0, 1, 2])
        self.assertEqual(results["verdict"]["blocks"], 3)
        self.assertEqual(results["failed"], [])
        self.assertNotIn('"pressure"', json.dumps([results["passes"], results["points"]]))
        self.check_answer(results["why"])
        _, rows = common.read_csv(self.only_folder() / "results.csv")
        self.assertEqual([row["Workers"] for row in rows], ["0", "1", "2"])

    def test_terminal(self):
        """A row for each resource, a column for each count; in the end a sentence."""
        result = self.measure("why", *WAIT)
        self.assertRegex(result.out, r"beside pressure on +1 worker +2 workers\n")
        self.assertRegex(result.out, r"\n    cpu +[0-9.]+x \[[0-9.]+, [0-9.]+\]")
        self.assertRegex(result.err, r"wait: next, what slows a task")
        quiet = self.run_ppt("why", *WAIT, "--quiet", "--output", "other")
        self.assertNotIn("beside pressure on  ", quiet.out)
        self.assertEqual(len(re.findall(r"^wait: ", quiet.out, re.M)), 1, quiet)
        self.assertRegex(quiet.out.replace("\n", " "), r"[Tt]ask")

    def test_counts(self):
        """Without 1 worker plain calls are the first; where fewer are recommended, the next
        number that was tried is the second."""
        self.measure("--task", "wait", "--task-args", "[1]", "--workers", "0,2,4",
                     "--iterations", 3, "--tasks", 4, "--why")  # fmt: skip
        self.assertIn(self.lines("why")[0]["workers"], ([0, 2], [0, 4]))

    def test_program(self):
        self.measure("why", "--workers", "0,2", "--iterations", 3, "--tasks", 2, "--",
                     "/bin/true")  # fmt: skip
        self.check_answer(self.results()["why"])

    @unittest.skipUnless(len(CPUS) > 1, "has one CPU anyway")
    def test_nothing_to_press_on(self):
        """On one CPU nothing but that can be pressed on: no failure, and the reason once."""
        result = self.measure(*SUM, "--why", preexec_fn=only_first_cpu)
        why = self.results()["why"]
        self.check_answer(why)
        self.assertEqual({one["resource"] for one in why["sensitivities"]}, {"cpu"})
        self.assertTrue(all(one["withheld"] for one in self.lines("failed")))
        self.assertEqual(result.out.count("use every CPU"), 2, result)
        self.assertIn(why["cause"], ("cpu", "none", "lock", None))


class Recorded(Why):
    def snapshot(self):
        folder = self.only_folder()
        names = ("results.json", "results.csv", "report.html")
        return {name: (folder / name).read_bytes() for name in names}

    def test_report(self):
        printed = self.copy_run()
        before = self.snapshot()
        again = self.measure("report", "output/latest")
        self.assertEqual(self.snapshot(), before)
        self.assertEqual(again.out.rstrip(), printed.rstrip())

    def cut(self, keep):
        path = self.only_folder() / "samples.jsonl"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[: keep(lines)]))

    def check_resumed(self, before):
        """The same passes in the same order, whatever they took."""
        self.measure("resume", "output/latest")
        after = [(p["block"], p.get("pressure"), p["workers"])
                 for p in self.lines("pass") if p["block"] > 0]  # fmt: skip
        self.assertEqual(after, before)
        self.assertEqual(len(self.lines("why")), 1)
        self.check_answer(self.results()["why"])

    def test_resume(self):
        self.copy_run()
        before = [(p["block"], p.get("pressure"), p["workers"]) for p in self.lines("pass")]
        begun = [line["type"] for line in self.lines()].index("why")
        for place, keep in {"before the round": begun, "at its start": begun + 1,
                            "in its middle": begun + 25}.items():
            with self.subTest(place):
                self.cut(lambda _, keep=keep: keep)
                self.check_resumed(before)

    def test_interrupted(self):
        """During a pass beside pressure: it ends at once, with nothing left, and goes on."""
        run = subprocess.Popen(
            [common.PPT_OMP, "--task", "wait", "--task-args", "[50]", "--workers", "0,2",
             "--iterations", "3", "--tasks", "4", "--warmup", "0", "--why"],
            cwd=self.work, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        deadline = time.monotonic() + common.TIMEOUT_S
        while '"pressed"' not in "".join(p.read_text() for p in self.work.rglob("samples.jsonl")):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        processes = common.measuring(run.pid)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=common.TIMEOUT_S)
        self.assertEqual(run.returncode, 130, err)
        for pid in processes:
            self.assertFalse(pathlib.Path(f"/proc/{pid}").exists(), pid)
        self.assertEqual(list(self.tmp.iterdir()), [], "left behind in TMPDIR")
        self.measure("resume", "output/latest")
        self.assertEqual({p["block"] for p in self.pressed()}, {4, 5, 6, 7, 8})

    def test_passes_are_compared(self):
        """A pass beside pressure that computed something else; those of that round have tasks
        enough to be timed, and no more, so that they are compared with each other."""
        self.measure("--task", "wait", "--task-args", "[5]", "--workers", "0,2", "--iterations", 3,
                     "--tasks", 30, "--warmup", 0, "--why")  # fmt: skip
        self.assertIn(self.lines("why")[0]["task_count"], range(8, 17))
        path = self.only_folder() / "samples.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        last = [line for line in lines if line.get("pressure") == "cpu"][-1]
        last["digest"] = "0123456789abcdef"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        result = self.run_ppt("report", "output/latest")
        self.assertEqual(result.code, 3, result)

    def damage(self, change, needle):
        path = self.only_folder() / "samples.jsonl"
        text = path.read_text()
        lines = [json.loads(line) for line in text.splitlines()]
        change(lines)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        result = self.run_ppt("report", "output/latest")
        path.write_text(text)
        self.assertEqual(result.code, 2, result)
        self.assertRegex(result.err, needle)

    def test_damage(self):
        self.copy_run()
        kinds = [line["type"] for line in self.lines()]
        begun = kinds.index("why")
        first = next(i for i, line in enumerate(self.lines()) if "pressed" in line)

        def put(i, **values):
            return lambda lines: lines[i].update(values)

        self.damage(put(first, pressure="lead"), "no resource that can be pressed on")
        self.damage(put(first, pressure=3), "pressure")
        self.damage(put(first, block=3), "a pass that no run has")
        self.damage(put(first, workers=0), "a pass that no run has|other worker")
        self.damage(lambda lines: lines[first].pop("pressure"), "a pass that no run has")
        self.damage(lambda lines: lines.pop(begun), "a pass that no run has")
        self.damage(lambda lines: lines.insert(begun, lines[begun]), "no run")
        self.damage(put(begun, workers=[2, 1]), "points that the run lacks")
        self.damage(put(begun, workers=[1, 7]), "points that the run lacks")
        self.damage(put(begun, workers=[]), "no list of one or two")
        self.damage(put(begun, block=2), "no run begins there")
        self.damage(put(begun, task_count=0), "task_count")
        self.damage(put(first, task_count=3), "another number of tasks")


class Refusals(refusal.Refusal):
    def test_other_keys(self):
        for options, reason in (
            (("--arrivals", '{"rate": 100}'), '"arrivals": tasks that wait'),
            (("--vary", "iterations=10,20"), '"vary": ask for one'),
            (("--ranks", "0,2"), '"ranks": what presses'),
        ):
            with self.subTest(options):
                self.refuse(["--task", "sum", "--why", *options], "does not go with " + reason)
        self.refuse(["--why", "--", "/bin/true", "--vs", "/bin/false"], 'does not go with "vs"')

    def test_place(self):
        self.refuse_file('{"task": "sum", "vary": {"iterations": [1, 2]}, "why": «true}',
                         'does not go with "vary"')  # fmt: skip
        self.refuse_file('{"task": "sum", "why": «1}', "why")

    def test_nothing_to_do(self):
        self.refuse(["why"], "what should be measured")


if __name__ == "__main__":
    unittest.main()
