"""Sizes of a task in one run: measured in the same blocks, and what comes of them."""

import csv
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

    def test_a_size_that_fails(self):
        """It is left out, by name, and others go on; nobody says that it has ended well before."""
        tools = common.path_of(self.base / "bin", "sh")
        env = self.environment(PATH=tools)
        result = self.run_ppt("--workers", "0,2", "--iterations", 3, "--tasks", 2, "--vary",
                              "n=1,2,3", "--", "sh", "-c", "test {n} != 2", env=env)  # fmt: skip
        self.assertEqual(result.code, 1, result)
        self.assertRegex(result.err, r"failed at [02] \(n=2\) and [02] \(n=2\) workers")
        self.assertNotIn("ended well before", result.err)
        policy = json.loads((self.only_folder() / "policy.json").read_text())
        self.assertEqual([one["size"] for one in policy["sizes"]], [1, 3])
        self.assertFalse((self.only_folder() / "n-2").exists())

    def test_different_results(self):
        """Sizes compute different results, and each the same at all counts."""
        self.measure("--task", "sort", "--workers", "0,2", "--vary", "size=100,200")
        digests = {}
        for line in self.lines():
            digests.setdefault(line["size"], set()).add(line["digest"])
        self.assertEqual([len(found) for found in digests.values()], [1, 1])
        self.assertNotEqual(digests[1], digests[2])


class Weak(Vary):
    def test_tasks_grow_with_the_workers(self):
        """Each worker has 3 tasks; they wait, so that 4 of them take as long as one."""
        result = self.measure("--task", "wait", "--task-args", "[20]", "--workers", "0,1,4",
                              "--vary", "task_count=per_worker", tasks=3, blocks=5)  # fmt: skip
        self.assertEqual({line["workers"]: line["task_count"] for line in self.lines()},
                         {0: 3, 1: 3, 4: 12})  # fmt: skip
        out = " ".join(result.out.split())
        self.assertRegex(out, r"3 tasks for each worker, medians of 5")
        found = re.search(r"Weak scaling: each worker has 3 tasks, .* efficiency at 4 workers "
                          r"([\d.]+) \[.*\], where the ideal is 1\.", out)  # fmt: skip
        self.assertTrue(found, out)
        self.assertAlmostEqual(float(found[1]), 1, delta=0.2)
        document = self.results()
        last = document["points"][-1]
        self.assertAlmostEqual(last["speedup_over_sequential"][0], 4, delta=0.8)
        self.assertAlmostEqual(last["tasks_per_second"]["median"], 4 / 0.02, delta=40)
        factors = last["factors"]
        product = 4
        for name in ("load_balance", "communication", "scheduling", "startup", "work", "reference"):
            product *= factors[name]
        self.assertAlmostEqual(product, last["speedup_by_workers"][0], delta=1e-6)
        self.assertEqual(document["config"]["vary"], {"task_count": "per_worker"})
        with open(self.only_folder() / "results.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["Job count"] for row in rows], ["3", "3", "12"])
        self.assertAlmostEqual(float(rows[2]["Speedup (vs sequential)"]), 4, delta=0.8)
        self.assertNotIn("few tasks", out)


class Costs(Vary):
    """By a kernel of known costs: 2 threads cost 12 ms, and halve the time."""

    COSTS = ("--task", "priced", "--task-args", '{"start": 6}', "--workers", 0,
             "--inner-threads", "1,2")  # fmt: skip

    def policy(self, folder=None):
        return json.loads(((folder or self.only_folder()) / "policy.json").read_text())



class Policy(Costs):
    def test_threshold(self):
        result = self.measure(*self.COSTS, "--vary", "size=2-128:*8", blocks=4, tasks=1, mock=True)
        policy = self.policy()
        self.assertEqual(policy, self.results()["policies"][0])
        self.assertEqual((policy["vary"], policy["where"], policy["monotone"]),
                         ("size", None, True))  # fmt: skip
        first, second = policy["thresholds"]
        self.assertEqual((first["from"], first["inner_threads"]), (2, 1))
        self.assertEqual(second["inner_threads"], 2)
        # Beside others on this machine nothing may be sure.
        self.assertIn(second["from_low"], (None, 2, 16))
        self.assertIn(second["from_high"], (128, None))
        self.assertTrue(16 <= second["from"] < 100, second)
        self.assertEqual([one["size"] for one in policy["sizes"]], [2, 16, 128])
        by_threads = {one["inner_threads"]: one for one in policy["fixed"]}
        self.assertGreater(by_threads[2]["regret"], 2)
        self.assertEqual(by_threads[2]["worst"], 2)
        self.assertAlmostEqual(by_threads[1]["regret"], 128 / (64 + 12) - 1, delta=0.4)
        out = " ".join(result.out.split())
        self.assertRegex(out, r"priced: size from 2 to 128: use 1 inner thread below \d+ \[[-\d, ]+\], "
                              r"2 inner threads from there on: .*Always 1 inner thread: at most")
        self.assertEqual([line for line in result.out.splitlines() if common.width(line) > 80], [])
        with open(self.only_folder() / "policy.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        self.assertEqual(rows, [["size", "workers", "inner_threads"], ["2", "0", "1"],
                                ["16", "0", "1"], ["128", "0", "2"]])  # fmt: skip
        before = self.tree()
        self.run_fine("report", self.only_folder(), mock=True)
        self.assertEqual(self.tree(), before)

    @unittest.skipUnless(common.HAS_GNUPLOT, "no gnuplot")
    def test_chart_and_page(self):
        """How many times as fast each count is at every size; the policy is what the page says."""
        self.measure(*self.COSTS, "--vary", "size=2-128:*8", blocks=3, tasks=1, mock=True, draw=True)
        folder = self.only_folder()
        lines = (folder / "charts/sizes.dat").read_text().splitlines()
        self.assertEqual(lines[0], "# size  point  times as fast: median  95 % interval: low  high")
        self.assertEqual([line for line in lines if line.startswith("# ")][1:],
                         ["# 1 inner thread", "# 2 inner threads"])  # fmt: skip
        last = [line for line in lines if line.startswith("128 ")][-1].split()
        self.assertEqual(last[1], '"0x2"')
        self.assertAlmostEqual(float(last[2]), 128 / (64 + 12), delta=0.4)
        for name in ("sizes.svg", "sizes_narrow.svg", "sizes.png", "sizes.pdf", "sizes.gp"):
            self.assertGreater((folder / "charts" / name).stat().st_size, 100, name)
        page = (folder / "report.html").read_text()
        self.assertIn('<figure id="figure-sizes"', page)
        self.assertIn("ize from 2 to 128: use 1 inner thread below", page)
        for size in (2, 16, 128):
            self.assertIn(f'href="size-{size}/report.html"', page)
            self.assertFalse((folder / f"size-{size}" / "charts").exists())

    @unittest.skipUnless(shutil.which("cc") and shutil.which("c++"), "no compiler")
    def test_header(self):
        """For C99 and C++, without a warning; it says what the policy does."""
        self.measure(*self.COSTS, "--vary", "size=2,128", "--vary", "start=0.1,4", blocks=3,
                     tasks=1, mock=True)  # fmt: skip
        header = self.only_folder() / "policy.h"
        calls = [(f"priced_start_{name}_workers", size)
                 for name in ("0_1", "4") for size in (0, 2, 128, 1e9)]  # fmt: skip
        lines = "".join(f'    printf("%u\\n", {name}({size}));\n' for name, size in calls)
        for compiler, suffix, standard in (("cc", "c", "c99"), ("c++", "cpp", "c++98")):
            source = self.write(f"use.{suffix}", f'#include <stdio.h>\n#include "{header}"\n'
                                f"int main(void)\n{{\n{lines}    return 0;\n}}\n")  # fmt: skip
            subprocess.run([compiler, f"-std={standard}", "-Wall", "-Wextra", "-Werror", "-pedantic",
                            source, "-o", self.work / "use"], check=True)  # fmt: skip
            printed = subprocess.run([self.work / "use"], check=True, capture_output=True, text=True)
            counts = printed.stdout.split()
            self.assertEqual(counts[2:], ["2", "2", "1", "1", "2", "2"])
            self.assertEqual(counts[0], counts[1])  # 2 ms, or 1.2: which of them is near
        text = header.read_text()
        self.assertIn("#ifndef PRICED_POLICY_H", text)
        self.assertRegex(text, r" \* +128 +0 +2 +at most ")

    def test_name_in_header(self):
        """What a user calls a run must not end the comment, nor the name of a function."""
        self.measure(*self.COSTS, "--vary", "size=2,4", "--name", "7-a.b", blocks=1, tasks=1,
                     mock=True)  # fmt: skip
        text = (self.only_folder() / "policy.h").read_text()
        self.assertIn("static inline unsigned _7_a_b_workers(double size)", text)
        self.assertIn("#ifndef _7_A_B_POLICY_H", text)

    def test_sizes_are_added(self):
        """Where the choice changes, behind the others, in blocks of their own; and after an
        interruption it goes on there."""
        args = (*self.COSTS, "--vary", "size=2-128:*8", "--max-seconds", 15, "--seed", 4)
        command = [common.PPT_OMP_MOCK, *map(str, args)]
        with subprocess.Popen(command, cwd=self.work, env=self.environment(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # fmt: skip
            while process.poll() is None and not (
                list(self.work.glob("output/*__*/samples.jsonl"))
                and any(line["size"] > 3 for line in self.lines())
            ):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            err = process.stderr.read().decode()
        self.assertIn("priced: next, where the choice changes: size ", err)
        folder = self.only_folder()
        before = self.lines()
        result = self.run_fine("resume", folder, mock=True)
        passes = self.lines()
        self.assertEqual(passes[: len(before)], before)
        added = self.lines("sizes")
        first = added[0]
        self.assertTrue(16 < first["values"][0] < 128, added)
        for line in (one for one in passes if one["block"] > 0):
            later = [one["block"] for one in added if one["block"] <= line["block"]]
            self.assertEqual(line["size"] > 3, len(later) > 0, line)
        self.assertGreaterEqual(len({p["block"] for p in passes if p["size"] == 4}), 3)
        sizes = [one["size"] for one in self.policy()["sizes"]]
        self.assertEqual(sizes, sorted(sizes))
        self.assertIn(first["values"][0], sizes)
        self.assertIn(f"\n  {first['values'][0]:.0f} ", result.out)
        before = self.tree()
        self.run_fine("report", folder, mock=True)
        self.assertEqual(self.tree(), before)


class Later(Costs):
    """What is asked of a policy when its run is over."""

    def change(self, **members):
        """Changes what is kept, so that it does not depend on the machine's noise."""
        file = self.base / "state" / "lib.json"
        kept = json.loads(file.read_text())
        kept.update(members)
        file.write_text(json.dumps(kept))

    def test_answer(self):
        self.measure(*self.COSTS, "--vary", "size=2-128:*8", "--name", "lib", blocks=3, tasks=1,
                     mock=True)  # fmt: skip
        self.change(confidence="HIGH")
        step = self.policy()["thresholds"][1]["from"]
        for size, number in ((2, 1), ("16", 1), (step - 1, 1), (step, 2), ("0.1K", 2), (128, 2)):
            result = self.run_fine("answer", "lib", "--size", size, mock=True)
            self.assertEqual(result.out, f"{number}\n", size)
        told = json.loads(self.run_fine("answer", "lib", "--size", 100, "--json", mock=True).out)
        self.assertEqual(told["recommended"], {"ranks": 0, "workers": 0, "inner_threads": 2})
        self.assertEqual(told["counts"], "inner_threads")
        self.assertEqual(told["kept"]["policy"], self.policy())
        for args, words in (
            ((), r"unsure: it depends on the size: say which with --size X \(size from 2 to 128\)"),
            (("--size", "1"), "unsure: size from 2 to 128 was measured, and 1 is beyond that"),
            (("--size", "1M"), "and 1.04858e\\+06 is beyond that"),
        ):
            result = self.run_ppt("answer", "lib", *args, "--or", "7", mock=True)
            self.assertEqual((result.code, result.out), (6, "7\n"), result)
            self.assertRegex(result.err, words)
        listed = self.run_fine("answer", mock=True).out
        self.assertRegex(listed, r"(?m)^lib +valid +by its size, size from 2 to 128, ")
        for wrong in ("x", "1,2", ""):
            result = self.run_ppt("answer", "lib", "--size", wrong, mock=True)
            self.assertEqual(result.code, 2, result)
        self.change(confidence="LOW")
        self.assertEqual(self.run_ppt("answer", "lib", "--size", 100, mock=True).code, 6)

    def test_answer_of_one_size(self):
        self.measure("--task", "sum", "--workers", "0,1", "--name", "lib")
        self.change(confidence="HIGH")
        result = self.run_ppt("answer", "lib", "--size", 5)
        self.assertEqual((result.code, result.out), (6, ""), result)
        self.assertIn("unsure: it is about one size", result.err)

    def test_two_numbers_have_no_answer(self):
        result = self.measure(*self.COSTS, "--vary", "size=2,4", "--vary", "start=1,2", "--name",
                              "lib", blocks=1, tasks=1, mock=True)  # fmt: skip
        self.assertIn('no verdict is kept by the name "lib": two numbers vary, which makes 2',
                      result.err)  # fmt: skip

    def test_compare(self):
        """Did the threshold move? With a start-up of 6 ms, and of 200."""
        slow = ("--task", "priced", "--task-args", '{"start": 200}', *self.COSTS[4:])
        for name, costs in (("old", self.COSTS), ("new", self.COSTS), ("slow", slow)):
            self.measure(*costs, "--vary", "size=2-128:*8", "--output", name, blocks=5, tasks=1,
                         mock=True)  # fmt: skip
        old, new, slow = (self.only_folder(self.work / name) for name in ("old", "new", "slow"))
        result = self.run_ppt("compare", old, new, mock=True)
        self.assertIn(result.code, (0, 5), result)  # beside others nothing may be sure
        self.assertRegex(" ".join(result.out.split()), r"^size: (the old policy holds|whether the old "
                         r"policy holds is not settled): .* 2 inner threads: from \d+ \[")  # fmt: skip
        result = self.run_ppt("compare", old, slow, mock=True)
        self.assertEqual(result.code, 4, result)
        self.assertIn("the old policy does not hold: now it is at least",
                      " ".join(result.out.split()))  # fmt: skip
        (told,) = json.loads(self.run_ppt("compare", old, slow, "--json", mock=True).out)["policies"]
        self.assertEqual((told["verdict"], told["vary"]), ("moved", "size"))
        self.assertGreater(told["slower_at_least"], 0.1)
        self.measure("--task", "wait", "--output", "plain", "--workers", "0", mock=True)
        for args in ((old, self.only_folder(self.work / "plain")), (old, old, "--", new)):
            result = self.run_ppt("compare", *args, mock=True)
            self.assertEqual(result.code, 2, result)

    def test_others_refuse_it(self):
        self.measure(*self.COSTS, "--vary", "size=2,4", blocks=1, tasks=1, mock=True)
        result = self.run_ppt("predict", self.only_folder(), "--workers", 4, mock=True)
        self.assertEqual(result.code, 2, result)
        self.assertIn("is a run of 2 sizes", result.err)
        inner = self.only_folder() / "size-4"
        self.assertTrue((inner / "report.html").exists())

    def test_suite(self):
        """Sizes in one run of several: each prints its own policy."""
        self.write("c.json", {"task_args": {"start": 6}, "task": "priced", "iterations": 3,
                              "workers": [0], "inner_threads": [1, 2], "task_count": 1, "warmup": 0,
                              "runs": [{"vary": {"size": [2, 128]}},
                                       {"task_args": {"size": 3}}]})  # fmt: skip
        result = self.run_fine("c.json", mock=True)
        self.assertIn("priced: size from 2 to 128: use 1 inner thread", result.out)
        (suite,) = self.work.glob("output/suite__*")
        runs = json.loads((suite / "results.json").read_text())["runs"]
        self.assertEqual([run.get("label") for run in runs],
                         ["priced size=2", "priced size=128", None])  # fmt: skip
        self.assertFalse((suite / "policy.json").exists())


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
