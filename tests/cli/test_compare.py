"""compare: recordings with known differences, and what it says and returns for each."""

import copy
import json
import math
import os
import random
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SECONDS = {0: 0.8, 1: 0.82, 2: 0.42, 4: 0.23}


class CompareCase(common.Case):
    """Recordings are made from the lines of a real one, with times of our own."""

    MEASURED = "--task sum --task-args [1000] --task-count 2 --workers 0,1,2,4 --iterations 1"
    templates = {}

    def template(self, measured):
        """The lines of a real run: the first, and one pass for each point."""
        if measured not in self.templates:
            self.run_fine(*measured.split(), "--seed", 7)
            lines = common.read_samples((self.work / "output/latest").resolve())
            self.templates[measured] = (
                lines[0],
                {
                    (line["workers"], line["inner_threads"]): line
                    for line in lines
                    if line["type"] == "pass"
                },
            )
        return copy.deepcopy(self.templates[measured])

    def record(self, name, seconds=None, blocks=10, noise=0.01, seed=1, factor=1, **options):
        """A folder with a recorded run. `seconds` by workers or by (workers, inner threads);
        `edit` changes the first line, `measured` is the real run; `slowing` is how much slower the
        machine gets; `table` has seconds by block and point instead."""
        run, points = self.template(options.get("measured", self.MEASURED))
        options.get("edit", lambda line: None)(run)
        source = random.Random(seed)
        lines = [run]
        table = options.get("table")
        for block in range(0, (len(table) if table else blocks) + 1):
            slower = 1 + options.get("slowing", 0) * block / blocks
            for i, (point, base) in enumerate((seconds or SECONDS).items()):
                point = point if isinstance(point, tuple) else (point, 1)
                line = copy.deepcopy(points[point])
                total = base * factor * slower * math.exp(noise * source.gauss(0, 1))
                total = table[block - 1][i] if table else total
                line["block"] = block
                line["position"] = len(lines) - 1
                line["total_ns"] = round(1e9 * total)
                line["init_ns"] = line["cleanup_ns"] = 1000
                line["work_ns"] = line["total_ns"] - 2000
                # The pace of machines that drift is not what is tested here.
                line["noise"] = {"steal_ns": 0, "pressure_ns": 0, "throttled_ns": 0}
                lines.append(line)
        lines.append({"type": "end", "status": 0})
        self.write(f"{name}/samples.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        return name

    def side(self, name, seconds=None, seed=1, **options):
        """Three runs."""
        return [
            self.record(f"{name}{i}", seconds, seed=10 * seed + i, **options) for i in range(3)
        ]

    def sides(self, seconds=None, factor=1, **options):
        """Operands: three runs of the usual times against three that may take others."""
        old, new = (
            self.side("old", **options),
            self.side("new", seconds, seed=2, factor=factor, **options),
        )
        return [*old, "--", *new]

    def compare(self, *args, code=0, warns=None):
        result = self.run_ppt("compare", *args)
        self.assertEqual(result.code, code, result)
        if warns is not None:
            self.assertEqual(bool(result.err), warns, result)
        return result

    def answer(self, *args, **options):
        def refuse(constant):
            raise AssertionError(constant)

        return json.loads(
            self.compare(*args, "--json", **options).out, parse_constant=refuse
        )


def changed(**factors):
    """The usual times, with those of some worker counts (w4=1.1) multiplied."""
    return {n: s * factors.get(f"w{n}", 1) for n, s in SECONDS.items()}


def verdicts(answer, what="time"):
    return {p["workers"]: p[what]["verdict"] for p in answer["points"] if p[what]}


CASES = json.loads((common.ROOT / "tests/data/compare_cases.json").read_text())
CONDITION = "if nothing else changed between the two runs"


class Verdicts(CompareCase):
    def test_worked_cases(self):
        """By compare_cases.py, to the last digit that a journal's nanoseconds leave."""
        for case in CASES["cases"]:
            with self.subTest(name=case["name"]):
                sides = [
                    [self.record(f"{side}{i}", table=run) for i, run in enumerate(case[side])]
                    for side in ("old", "new")
                ]
                # A run that is alone on its side is of one process here.
                alone = min(len(side) for side in sides) == 1
                verdict = "inconclusive" if alone else case["verdict"]
                code = {"slower": 4, "inconclusive": 5}.get(verdict, 0)
                answer = self.answer(*sides[0], "--", *sides[1], code=code)
                self.assertEqual(answer["verdict"], verdict)
                self.assertEqual(answer["doubt"] == "spread_unknown", alone)
                for point, expected in zip(answer["points"], case["points"]):
                    for key in ("slower_at_most", "faster_at_most"):
                        self.assertAlmostEqual(point[key], expected[key], delta=1e-6)
                    time = point["time"]
                    self.assertAlmostEqual(time["change"], expected["change"], delta=1e-6)
                    for end, value in zip(time["interval"], expected["interval"]):
                        self.assertAlmostEqual(end, value, delta=1e-6)
                    if not alone:
                        self.assertEqual(time["verdict"], expected["verdict"])
                for key in ("slower_at_most", "faster_at_most"):
                    self.assertEqual(answer[key], max(p[key] for p in answer["points"]))

    def test_same_data_twice(self):
        sides = self.sides(noise=0.02)
        answer = self.answer(*sides, warns=False)
        self.assertEqual(answer["verdict"], "unchanged")
        self.assertEqual(answer["where"], "nowhere")
        self.assertEqual(answer["warnings"], [])
        self.assertIsNone(answer["doubt"])
        self.assertEqual(set(verdicts(answer).values()), {"unchanged"})
        self.assertIn("nothing changed: at most ", answer["sentence"])
        self.assertNotIn(CONDITION, answer["sentence"])

    def test_one_point_slower(self):
        """+10 % at 4 workers: exit 4, and it is the scaling."""
        sides = self.sides(changed(w4=1.1))
        answer = self.answer(*sides, code=4)
        self.assertEqual(answer["verdict"], "slower")
        self.assertEqual(answer["where"], "scaling")
        self.assertEqual(
            verdicts(answer), {0: "unchanged", 1: "unchanged", 2: "unchanged", 4: "slower"}
        )
        self.assertEqual(verdicts(answer, "speedup")[4], "slower")
        time = answer["points"][3]["time"]
        self.assertAlmostEqual(time["change"], 0.1, delta=0.02)
        self.assertLess(time["interval"][0], time["change"])
        self.assertLess(time["change"], time["interval"][1])
        self.assertGreater(time["interval"][0], 0.03)
        self.assertAlmostEqual(answer["interval_confidence"], 1 - 0.05 / 4)
        result = self.compare(*sides, code=4, warns=False)
        self.assertIn("SLOWER", result.out)
        text = " ".join(result.out.split())
        self.assertIn("scaling got worse at 4 workers: ", text)
        self.assertIn("more time, speedup ", text)
        # The other way round it is a gain.
        old, new = sides[:3], sides[4:]
        answer = self.answer(*new, "--", *old)
        self.assertEqual((answer["verdict"], answer["where"]), ("improved", "scaling"))

    def test_all_slower(self):
        """A slower machine counts too, but scaling has not changed."""
        sides = self.sides(factor=1.08)
        answer = self.answer(*sides, code=4)
        self.assertEqual(answer["where"], "everywhere")
        self.assertEqual(answer["speedup_verdict"], "unchanged")
        self.assertAlmostEqual(answer["typical_change"], 0.08, delta=0.01)
        self.assertIn("slower everywhere, by at least ", answer["sentence"])
        self.assertIn("the machine or the task itself", answer["sentence"])
        self.assertEqual(self.answer(*sides[4:], "--", *sides[:3])["verdict"], "improved")

    def test_one_run_of_one_process(self):
        """However many blocks: what another process would differ by is not known."""
        old = self.record("old", blocks=40)
        new = self.record("new", changed(w4=2), blocks=40, seed=2)
        for pair in ((old, old), (old, new), (old, "--", new)):
            answer = self.answer(*pair, code=5)
            self.assertEqual(answer["verdict"], "inconclusive")
            self.assertEqual(answer["doubt"], "spread_unknown")
            self.assertEqual(set(verdicts(answer).values()), {"inconclusive"})
            self.assertIn("3 runs a side", answer["sentence"])
        # Two runs on one side are not enough.
        self.answer(old, "--", new, self.record("newer", changed(w4=2), seed=3), code=5)

    def test_three_blocks(self):
        old = self.record("old", blocks=3)
        new = self.record("new", changed(w4=2), blocks=10)
        answer = self.answer(old, new, code=5)
        self.assertEqual((answer["verdict"], answer["doubt"]), ("inconclusive", "few_blocks"))
        result = self.compare(old, new, code=5)
        self.assertIn("too few iterations to tell: 3 old and 10 new, each side needs 5", result.out)
        one = self.record("one", blocks=1)
        answer = self.answer(one, one, code=5)
        self.assertIsNone(answer["slower_at_most"])
        self.assertIsNone(answer["points"][0]["time"]["interval"])
        # A run that died within its warm-up has none at all.
        lines = (self.work / "old/samples.jsonl").read_text().splitlines(keepends=True)
        self.write("torn/samples.jsonl", "".join(lines[:4]))
        self.assertIn("torn: holds no complete pass", self.compare("torn", new, code=5).err)

    def test_not_settled(self):
        """Surely slower, by about 3 %, but perhaps by less than what counts."""
        answer = self.answer(*self.sides(changed(w2=1.02)), code=5)
        self.assertEqual((answer["verdict"], answer["doubt"]), ("inconclusive", "wide"))
        self.assertIn("surely slower at 2 workers, but perhaps by less", answer["sentence"])
        self.assertGreater(answer["runs_needed"], 3)
        self.assertIsNone(answer["blocks_needed"])
        self.assertIn(f"about {answer['runs_needed']} runs a side", answer["sentence"])

    def test_drift(self):
        """A machine that became slower while one run was measured: nobody can tell, and the
        warning says which run it was."""
        sides = self.sides(factor=1.1)
        self.record("new1", factor=1.1, slowing=0.3)
        answer = self.answer(*sides, code=5)
        self.assertEqual(answer["doubt"], "drift")
        self.assertIn("the machine's speed drifted", answer["sentence"])
        self.assertIn("new1: the machine changed while", " ".join(answer["warnings"]))

    def test_disturbed(self):
        """Others had a CPU in three passes of ten at one point of one run, which are few of all."""
        sides = self.sides()
        self.compare(*sides)
        lines = common.read_samples(self.work / "new2")
        for line in lines:
            if line["type"] == "pass":
                beside = line["workers"] == 2 and line["block"] in (2, 5, 7)
                own = line["usage"]["user_ns"] + line["usage"]["system_ns"]
                line["noise"].update(
                    cpus=2, busy_ns=2 * line["total_ns"] if beside else own, queued_ns=0
                )
        self.write("new2/samples.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        answer = self.answer(*sides, code=5)
        self.assertEqual(answer["doubt"], "disturbed")
        self.assertIn("new2: others or a quota disturbed 3 of 40", " ".join(answer["warnings"]))

    def test_threshold(self):
        sides = self.sides(factor=1.05, noise=0.002)
        self.compare(*sides, code=4)
        self.assertEqual(self.answer(*sides, "--threshold", 0.1)["threshold"], 0.1)
        self.compare(*sides, "--threshold=0.02", code=4)
        self.compare(*sides, "--threshold", "0", code=4)
        # That something is not slower by more than nothing at all can never be shown of the same.
        self.compare(*self.sides(), "--threshold", "0", code=5)
        for value in ("-0.1", "1.5", "3", "nan", "x", ""):
            result = self.compare(*sides, f"--threshold={value}", code=2)
            self.assertIn("--threshold", result.err)
            self.assertEqual(result.out, "")

    def test_other_points(self):
        """What not all runs have is listed, and its figures are there."""
        old = self.side("old", {n: SECONDS[n] for n in (0, 1, 4)})
        new = self.side("new", {n: SECONDS[n] for n in (1, 2, 4)}, seed=2)
        result = self.compare(*old, "--", *new)
        self.assertIn("only old: 0\n", result.out)
        self.assertIn("only new: 2\n", result.out)
        answer = self.answer(*old, "--", *new)
        self.assertEqual(answer["speedup_over"], 1)
        points = {p["workers"]: p for p in answer["points"]}
        self.assertEqual(list(points), [0, 1, 2, 4])
        self.assertIsNone(points[0]["new_s"])
        self.assertIsNone(points[0]["time"])
        self.assertIsNone(points[0]["slower_at_most"])
        self.assertAlmostEqual(points[0]["old_s"]["median"], 0.8, delta=0.02)
        self.record("old1", {n: SECONDS[n] for n in (0, 1, 2, 4)})
        result = self.compare(*old, "--", *new)
        self.assertIn("not in all runs: 2\n", result.out)
        alone = self.record("alone", {2: 0.4}, seed=3)
        result = self.compare(old[0], alone, code=5)
        self.assertIn("no point was measured on both sides", result.out)
        self.assertEqual(self.answer(old[0], alone, code=5)["doubt"], "no_common_point")

    def test_grid(self):
        """Points are pairs where inner threads differ."""
        seconds = {(n, k): 1 / (max(n, 1) * k) for n in (0, 1, 2) for k in (1, 2)}
        measured = ("--task sort --task-args [1000] --task-count 2 --workers 0,1,2 "
                    "--inner-threads 1,2 --iterations 1")  # fmt: skip
        old = self.side("old", seconds, measured=measured)
        worse = dict(seconds)
        worse[2, 2] *= 1.2
        new = self.side("new", worse, measured=measured, seed=2)
        answer = self.answer(*old, "--", *new, code=4)
        found = {(p["workers"], p["inner_threads"]): p["time"]["verdict"] for p in answer["points"]}
        self.assertEqual(len(found), 6)
        self.assertEqual([p for p, c in found.items() if c == "slower"], [(2, 2)])
        result = self.compare(*old, "--", *new, code=4)
        self.assertRegex(result.out, r"(?m)^ +2x2 .*SLOWER")
        self.assertIn("at 2x2 (workers x inner threads)", " ".join(result.out.split()))

    def test_speedups_alone(self):
        """Only sequential calls became faster: fine by time, but speedups fell."""
        answer = self.answer(*self.sides(changed(w0=0.8)))
        self.assertEqual(answer["verdict"], "improved")
        self.assertEqual(answer["speedup_verdict"], "slower")
        self.assertIn("Speedups fell at 1, 2 and 4 workers.", answer["details"])


class Sides(CompareCase):
    def test_several_runs(self):
        """Blocks of all runs of a side count, and what runs differ by is said."""
        old = [self.record(f"old{i}", blocks=4, factor=f, seed=i) for i, f in ((1, 1), (2, 1.01))]
        new = [
            self.record(f"new{i}", changed(w4=1.4), blocks=4, factor=f, seed=10 + i)
            for i, f in ((1, 1), (2, 1.01), (3, 1.005))
        ]
        answer = self.answer(*old, "--", *new, code=4)
        self.assertEqual(answer["old"]["blocks"], 8)
        self.assertEqual(answer["new"]["blocks"], 12)
        self.assertEqual([r["folder"] for r in answer["new"]["runs"]], new)
        self.assertEqual(verdicts(answer)[4], "slower")
        time = answer["points"][0]["time"]
        self.assertGreater(time["run_spread"], 0)
        self.assertLess(time["run_spread"], 0.04)
        self.assertIn("Two runs of the same side differ by about", answer["details"])
        # Options may stand on both sides of it.
        self.assertEqual(self.answer("--threshold=0.03", *old, "--", *new, code=4), answer)
        alone = self.answer(old[0], "--", new[0], code=5)
        self.assertIsNone(alone["points"][0]["time"]["run_spread"])

    def test_runs_that_differ(self):
        """Runs of one side 10 % apart cannot show that the other side is slower by 12 %."""
        old = [self.record(f"old{i}", factor=f, seed=i) for i, f in ((1, 1), (2, 1.1))]
        new = [self.record(f"new{i}", factor=1.12 * f, seed=i + 5) for i, f in ((1, 1), (2, 1.1))]
        answer = self.answer(*old, "--", *new, code=5)
        self.assertEqual(answer["doubt"], "wide")
        self.assertLess(answer["points"][0]["time"]["interval"][0], 0)
        self.assertGreater(answer["runs_needed"], 2)

    def test_between_runs(self):
        """A share, or what audit found; it widens what one run a side says."""
        old, new = self.record("old"), self.record("new", factor=1.1, seed=2)
        plain = self.answer(old, new, code=5)
        self.write("audit.json", {"runs": 20, "between_run_sd": 0.022})
        wide = self.answer(old, new, "--between-runs", "0.022", code=5)
        self.assertEqual(wide["between_runs"], 0.022)
        for value in ("2.2%", "audit.json"):
            self.assertEqual(self.answer(old, new, "--between-runs", value, code=5), wide)
        for a, b in zip(plain["points"], wide["points"]):
            near, far = (
                math.log1p(p["slower_at_most"]) - math.log1p(p["time"]["change"]) for p in (a, b)
            )
            self.assertAlmostEqual(far**2 - near**2, 2 * (1.6448536 * 0.022) ** 2, delta=1e-6)
        self.write("other.json", {"runs": 20})
        for value, words in (
            ("0", "not a number above 0"),
            ("-1%", "not a number above 0"),
            ("2.2", "not a number above 0"),
            ("nowhere.json", "nowhere.json"),
            ("other.json", "between_run_sd"),
        ):
            with self.subTest(value=value):
                result = self.compare(old, new, f"--between-runs={value}", code=2)
                self.assertIn(words, result.err)
                self.assertEqual(result.out, "")
        result = self.compare(old, "--", new, old, "--between-runs", "0.02", code=2)
        self.assertIn("--between-runs is for one run a side", result.err)

    def test_usage(self):
        for name in "abcd":
            self.record(name, blocks=5)
        for args, words in (
            ((), "needs the folders of two runs"),
            (("a",), "needs the folders of two runs"),
            (("a", "b", "c"), 'with "--" between'),
            (("a", "--"), 'after "--"'),
            (("--", "a"), 'before "--"'),
            (("a", "--", "b", "--", "c"), 'one "--"'),
            (("a", "a", "--", "b"), "the same run"),
            (("a", "--", "b", "./b"), "the same run"),
            (("a", "b", "--iterations", "3"), "does not belong to compare"),
            (("a", "b", "--json=1"), "takes no value"),
            (("a", "b", "--treshold", "1"), "did you mean --threshold"),
        ):
            with self.subTest(args=args):
                result = self.compare(*args, code=2)
                self.assertIn(words, result.err)
                self.assertEqual(result.out, "")
        os.symlink("a", self.work / "latest")
        self.assertIn("the same run", self.compare("a", "latest", "--", "b", code=2).err)
        self.compare("a", "latest", code=5)

    def test_missing_and_damaged(self):
        old = self.record("old")
        result = self.compare(old, "nowhere", code=2)
        self.assertIn("nowhere: cannot be opened as a folder", result.err)
        self.assertEqual(result.out, "")
        text = (self.work / "old/samples.jsonl").read_text()
        self.write("bad/samples.jsonl", text.replace('"work_ns"', '"work"', 1))
        result = self.compare(old, "bad", code=2)
        self.assertIn("bad/samples.jsonl:2", result.err)
        self.write("empty/samples.jsonl", "")
        self.assertIn("holds no run", self.compare("empty", old, code=2).err)


class Circumstances(CompareCase):
    def edited(self, name, edit, **options):
        return self.record(name, edit=edit, seed=2, **options)

    def test_other_tasks(self):
        """Not the same work: named, and no figures."""
        old = self.record("old")
        for name, measured, words in (
            ("task", self.MEASURED.replace("sum", "multi"), "the task is sum in old, multi in"),
            ("args", self.MEASURED.replace("1000", "1001"), "(1000) in old, (1001) in"),
            ("count", self.MEASURED.replace("count 2", "count 3"), "task_count is 2 in old, 3"),
            ("what to do", self.MEASURED.replace("count 2", "count 3"), "same --task-count"),
        ):
            with self.subTest(name=name):
                new = self.record(name, measured=measured)
                result = self.compare(old, new, code=2)
                self.assertIn("cannot be compared", result.err)
                self.assertIn(words, result.err)
                self.assertEqual(result.out, "")
                self.assertEqual(self.compare(old, "--", old + "/.", new, code=2).out, "")

    def test_two_tasks(self):
        """When asked to, sides may be two tasks, each of them one, with as many in a pass."""
        old = self.side("old")
        measured = self.MEASURED.replace("1000", "1001")
        new = self.side("new", seed=2, factor=2, measured=measured)
        result = self.compare(*old, "--", *new, code=2)
        self.assertIn("; --different compares them all the same", result.err)
        result = self.compare("--different", *old, "--", *new, code=4)
        self.assertIn("  new: sum (1001)\n", result.out)
        self.assertNotIn("results differ", result.err)
        answer = self.answer("--different", *old, "--", *new, code=4)
        self.assertEqual((answer["task_details"], answer["new_task_details"]), ("1000", "1001"))
        self.assertLess(0.9, answer["typical_change"])
        self.compare("--different", *old, "--", *new, "--html", "page.html", code=4)
        self.assertIn("; new: sum 1001", (self.work / "page.html").read_text())
        # A side is one task.
        for mixed in ([old[0], new[0], "--", *new], [*old, "--", new[0], old[0]]):
            result = self.compare("--different", *mixed, code=2)
            self.assertIn("cannot be compared: the arguments of sum are", result.err)
            self.assertNotIn("--different", result.err)
        other = self.record("other", measured=self.MEASURED.replace("count 2", "count 3"))
        self.assertIn("task_count", self.compare("--different", old[0], other, code=2).err)
        # Of the same task it changes nothing.
        same = self.side("same", seed=3)
        result = self.compare("--different", *old, "--", *same)
        self.assertEqual(result.out, self.compare(*old, "--", *same).out)
        self.assertNotIn("  new: sum", result.out)

    def test_differences_are_named(self):
        old = self.record("old")
        for name, words, change in (
            ("machine", "the machine differs: ", lambda r: r["host"].update(name="else\nwhere")),
            ("cpu", "the CPU model differs: ", lambda r: r["host"].update(cpu_model="Z80")),
            ("cpus", "the number of CPUs differs: ", lambda r: r["host"].update(effective_cpus=99)),
            ("isa", "the instruction set differs: ",
             lambda r: r["host"].update(instruction_set="abacus")),
            ("program", "the program version differs: ", lambda r: r.update(program="ppt-omp 9")),
            ("seed", "the seed differs: 7 in old, 8 in seed", lambda r: r["config"].update(seed=8)),
            ("schedule", "the schedule differs: dynamic,1 in old, static in",
             lambda r: r["config"].update(schedule="static")),
            ("placement", "the placement differs: ", lambda r: r["config"].update(placement="close")),
            ("memory", "the memory mode differs: reuse in old, fresh in",
             lambda r: r["config"].update(memory="fresh")),
            ("environment", "the environment differs: ",
             lambda r: r["host"].update(environment={"OMP_WAIT_POLICY": "active"})),
        ):  # fmt: skip
            with self.subTest(name=name):
                new = self.edited(name, change)
                result = self.compare(old, new, code=5)
                self.assertIn(words, result.err)
                self.assertEqual(len(result.err.splitlines()), 1, result)
                warnings = self.answer(old, new, code=5)["warnings"]
                self.assertEqual(["ppt-omp: " + w for w in warnings], result.err.splitlines())

    def test_other_results(self):
        """The same task, arguments and seed must give the same digest."""
        old = self.record("old")
        lines = common.read_samples(self.work / self.record("new", seed=2))
        for line in lines:
            if line["type"] == "pass":
                line["digest"] = "0123456789abcdef"
        self.write("new/samples.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        self.assertIn("what a task does has changed", self.compare(old, "new", code=5).err)

    def test_moved_files(self):
        """The image of another checkout is the same argument."""
        measured = "--task img --task-count 1 --workers 0,1 --iterations 1"
        seconds = {0: 1, 1: 1}
        old = self.record("old", seconds, measured=measured)

        def move(run):
            image = self.write("elsewhere/landscape.png", common.make_png())
            run["config"]["task_args"]["paths"] = [str(image)]

        self.compare(old, self.edited("new", move, seconds=seconds, measured=measured), code=5)


class Output(CompareCase):
    def test_repeatable(self):
        """The same bytes every time, in 80 columns, and nothing is written anywhere."""
        old = self.record("old", noise=0.03)
        new = self.record("new", changed(w0=3, w2=1e6, w4=1e-4), noise=0.03, seed=2)
        before = self.tree()
        for options in ((), ("--json",)):
            first = self.compare(old, new, *options, code=5)
            second = self.compare(old, new, *options, code=5)
            self.assertEqual(first.out_bytes, second.out_bytes)
        self.assertEqual(self.tree(), before)
        deep = self.record("a/" + "long-name/" * 12 + "é", seed=3)
        for args in ((old, new), (old, old), (deep, old), (old, deep, "--", new, "old/.")):
            out = self.run_ppt("compare", *args).out
            for line in out.splitlines():
                self.assertLessEqual(common.width(line), 80, line)
                self.assertEqual(line, line.rstrip())

    def test_json(self):
        """The shape that programs rely on."""
        answer = self.answer(*self.sides())
        self.assertEqual(
            set(answer),
            set(
                "version task task_details task_count percentile verdict speedup_verdict doubt where "
                "typical_change slower_at_most faster_at_most sentence details threshold "
                "between_runs interval_confidence speedup_interval_confidence speedup_over "
                "speedup_over_inner_threads blocks_needed runs_needed old new points "
                "warnings".split()
            ),
        )
        documented = (common.ROOT / "docs/results.md").read_text(encoding="utf-8")
        documented = documented[documented.index("## compare\n") :]
        keys = set(answer) | set(answer["old"]) | set(answer["old"]["runs"][0])
        for point in answer["points"]:
            keys |= set(point) | set(point["time"]) | set(point["speedup"] or ())
        for key in keys:
            self.assertIn(f"`{key}`", documented)
        self.assertIsNone(answer["points"][0]["speedup"])
        self.assertEqual(len(answer["points"][1]["speedup"]["old"]), 3)

    def test_page(self):
        """The box is red for what is slower and green for what is fine; so is each change at its
        point, of time and of speedup by themselves."""
        for factors, code, box, slower, improved in (
            ({}, 0, "settled", 0, 0),
            ({"w4": 1.2}, 4, "regression", 2, 0),
            ({"w4": 0.8}, 0, "improvement", 0, 2),
            ({"w2": 1.02}, 5, "unsure", 0, 0),
            # Sequential calls take longer, and the speedups over them rise.
            ({"w0": 1.4}, 4, "regression", 1, 3),
        ):
            with self.subTest(factors=factors):
                self.compare(*self.sides(changed(**factors)), "--html", "page.html", code=code)
                text = (self.work / "page.html").read_text(encoding="utf-8")
                self.assertIn(f'<div class="verdict {box}">', text)
                self.assertIn(f'<span class="badge {box}">{box}</span>', text)
                self.assertEqual(text.count('<td class="regression"'), slower)
                self.assertEqual(text.count('<td class="improvement"'), improved)
                # A speedup that fell is worse, and none takes time.
                self.assertEqual("worse" in text, code == 4 and "w0" not in factors)
                self.assertNotIn("below 0.1", text)

    def test_help(self):
        text = self.run_fine("--help").out
        for word in ("compare OLD NEW", "--threshold", "--between-runs", "4 slower"):
            self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main()
