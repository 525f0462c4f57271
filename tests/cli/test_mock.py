"""Kernels that misbehave on purpose: what is said, what is kept, and with which exit code."""

import json
import re
import unittest

import common
from mock_case import MockCase


class Wrong(MockCase):
    """Results that differ between worker counts."""

    def test_wrong(self):
        """Exit 3, the task and the counts that differ, and no figure at all."""
        result = self.sweep("wrong")
        self.assertEqual(result.code, 3, result)
        self.check_message(result, "wrong", r"\b[012]\b.*\b[12]\b", "differ")
        self.check_no_figures()

    def test_without_sequential(self):
        """Also where no sequential pass is there to compare with."""
        result = self.sweep("wrong", workers="1,2")
        self.assertEqual(result.code, 3, result)
        self.check_message(result, "wrong", r"\b1\b", r"\b2\b")
        self.check_no_figures()

    def test_without_warm_up(self):
        """Also within the first block."""
        result = self.sweep("wrong", "--warmup", "0", workers="0,1,2,4")
        self.assertEqual(result.code, 3, result)
        self.check_message(result, "wrong", "differ")
        self.check_no_figures()

    def test_one_count(self):
        """One count alone cannot differ."""
        result = self.sweep("wrong", workers="2")
        self.assertEqual(result.code, 0, result)


class Failing(MockCase):
    """Tasks and workers that fail."""

    def test_task(self):
        """Whichever task fails, at whichever count: exit 1, and which task it was."""
        for at in (0, 3, 7):
            with self.subTest(at=at):
                result = self.sweep("failing", args=f"[{at}]", count=8)
                self.assertEqual(result.code, 1, result)
                self.check_message(result, "failing", rf"\b{at}\b")
                self.check_no_figures()

    def test_only_in_parallel(self):
        """A failure inside the team is told like one outside."""
        for workers in ("1", "2", "4"):
            with self.subTest(workers=workers):
                result = self.sweep("failing", args="[2]", count=8, workers=workers)
                self.assertEqual(result.code, 1, result)
                self.check_message(result, "failing", r"\b2\b")
                self.check_no_figures()

    def test_beyond_the_tasks(self):
        """A task that does not exist cannot fail."""
        result = self.sweep("failing", args="[8]", count=8)
        self.assertEqual(result.code, 0, result)

    def check_left_out(self, folder, point, message):
        """A point that failed is in no table and no chart, but its message is."""
        rows = self.check_csv(folder)
        self.assertNotIn(point, [row["Workers"] for row in rows])
        results = json.loads((folder / "results.json").read_text())
        self.assertNotIn(point, [str(p["workers"]) for p in results["points"]])
        self.assertNotIn(point, results["verdict"]["speedup"])
        (failed,) = results["failed"]
        self.assertEqual((str(failed["workers"]), failed["inner_threads"]), (point, 1))
        self.assertRegex(failed["message"], message)
        page = (folder / "report.html").read_text()
        self.assertRegex(page, f"Left out: {point} workers, which failed: .*{message}")
        return failed

    def test_one_point(self):
        """A worker that cannot set itself up at one of the points: the others are measured and
        reported, the exit code is 1, and resume and report say the same again."""
        result = self.sweep("unattachable", "--iterations", "6", workers="0,1,2")
        message = "unattachable: worker 1 cannot attach on purpose"
        self.assertEqual(result.code, 1, result)
        messages = [line for line in result.err.splitlines() if "cannot attach" in line]
        told = f'ppt-omp: task "unattachable" failed at 2 workers: {message}'
        self.assertEqual(messages, [told], result)
        self.assertIn(f"left out: 2 workers, which failed: {message}", " ".join(result.out.split()))
        self.assertRegex(result.out, "(?m)^unattachable: use ")
        folder = self.only_folder()
        failed = self.check_left_out(folder, "2", message)
        self.assertEqual(failed["block"], 0)  # the warm-up has the most workers
        self.assertEqual({s["workers"] for s in common.passes(folder)}, {0, 1})
        lines = common.read_samples(folder)
        self.assertEqual([l["type"] for l in lines].count("failed"), 1)
        self.assertEqual(lines[-1], {"type": "end", "status": 0})
        before = (folder / "samples.jsonl").read_bytes()
        for command, code in (("report", 0), ("resume", 1)):
            (folder / "results.json").unlink()
            again = self.run_ppt(command, folder, mock=True)
            self.assertEqual(again.code, code, again)
            self.assertEqual(again.err.count(message), code, again)
            self.check_left_out(folder, "2", message)
            self.assertEqual((folder / "samples.jsonl").read_bytes(), before)

    def test_later_block(self):
        """A point that fails in its fourth pass: what was measured there no longer counts. A run
        that is cut off goes on without it."""
        options = ["--iterations", "8", "--warmup", "0", "--processes", "1"]
        result = self.sweep("fading", *options, args="[3]", workers="0,1,2")
        self.assertEqual(result.code, 1, result)
        self.check_message_once(result, "fading: it has faded on purpose")
        folder = self.only_folder()
        self.assertEqual(self.check_left_out(folder, "2", "it has faded on purpose")["block"], 4)
        blocks = [s["block"] for s in common.passes(folder) if s["workers"] == 2]
        self.assertEqual(blocks, [1, 2, 3])
        results = json.loads((folder / "results.json").read_text())
        self.assertEqual(results["verdict"]["blocks"], 8)
        self.assertEqual(len(results["passes"]), 16)
        path = folder / "samples.jsonl"
        whole = path.read_text().splitlines(True)
        at = [json.loads(line)["type"] for line in whole].index("failed")
        for kept in range(at + 1, len(whole)):
            with self.subTest(lines=kept):
                path.write_text("".join(whole[:kept]) + whole[kept][:20])
                again = self.run_ppt("resume", folder, mock=True)
                self.assertEqual(again.code, 1, again)
                self.check_message_once(again, "fading: it has faded on purpose")
                self.check_left_out(folder, "2", "it has faded on purpose")
                self.assertEqual(path.read_text()[: len("".join(whole[:kept]))],
                                 "".join(whole[:kept]))  # fmt: skip
                self.assertEqual(len(common.passes(folder)), 3 + 16)
                self.assertNotIn("Traceback", again.err)

    def check_message_once(self, result, needle):
        messages = [line for line in result.err.splitlines() if line.startswith("ppt-omp: ")]
        self.assertEqual(len(messages), 1, result)
        self.assertIn(needle, messages[0])
        self.assertEqual(list(self.tmp.iterdir()), [])

    def test_fewest_workers_fail(self):
        """Nothing needs the point that others are usually compared with."""
        result = self.sweep("fading", "--iterations", "4", "--processes", "1", args="[0]", workers="2,4,8")
        self.assertEqual(result.code, 1, result)
        self.check_left_out(self.only_folder(), "2", "it has faded on purpose")

    def test_charts(self):
        """gnuplot draws all that is left."""
        result = self.sweep("unattachable", draw=True, workers="0,1,2")
        self.assertEqual(result.code, 1, result)
        self.assertNotIn("charts were not drawn", result.err)
        for path in (self.only_folder() / "charts").glob("*.gp"):
            self.assertTrue(path.with_suffix(".svg").exists(), path)

    def test_adaptive(self):
        """A run that goes on until it is settled asks about the points that are left."""
        self.write("c.json", {"task": "fading", "task_args": [1], "task_count": 4,
                              "workers": [0, 1, 2], "iterations": 30, "tolerance": 0.5, "processes": 1,
                              "precision": {"relative_ci": 0.5, "max_seconds": 20}})  # fmt: skip
        result = self.run_ppt("c.json", mock=True)
        self.assertEqual(result.code, 1, result)
        folder = self.only_folder()
        self.check_left_out(folder, "2", "it has faded on purpose")
        self.assertGreaterEqual(max(s["block"] for s in common.passes(folder)), 5)

    def test_attach(self):
        """A worker that cannot set itself up: no deadlock of the others, exit 1. At one worker
        there is no worker 1, and nothing is wrong."""
        for workers in ("2", "4", "2,4"):
            with self.subTest(workers=workers):
                result = self.sweep("unattachable", workers=workers)
                self.assertEqual(result.code, 1, result)
                self.check_message(result, "unattachable", r"worker 1\b")
                self.check_no_figures()
        result = self.sweep("unattachable", "--output", "fine", workers="0,1")
        self.assertEqual(result.code, 0, result)
        self.check_csv(self.only_folder(self.work / "fine"))

    def test_open(self):
        """Input that cannot be made: nothing is written."""
        result = self.sweep("unopenable")
        self.assertEqual(result.code, 2, result)
        self.check_message(result, "unopenable", "cannot be opened")
        self.check_nothing_written()

    def test_memory(self):
        """An exbibyte is not tried: the message has the figure."""
        result = self.sweep("hungry", workers="0")
        self.assertEqual(result.code, 2, result)
        self.check_message(result, "hungry", r"\b1(\.0)? EiB")
        self.check_nothing_written()
        # 16 times an exbibyte is 2^64 and must not come out as nothing.
        for workers in ("0,1,2", "16", "17", "32", "1024"):
            with self.subTest(workers=workers):
                output = self.work / f"at-{workers}"
                result = self.sweep("hungry", "--output", output, workers=workers)
                self.assertEqual(result.code, 2, result)
                self.check_message(result, "hungry", "[EZ]iB")
                self.assertFalse(output.exists())

    def test_absent(self):
        """Not part of the build: 77, as test harnesses expect for a skip."""
        result = self.sweep("absent")
        self.assertEqual(result.code, 77, result)
        self.check_message(result, "absent", "built without it on purpose")
        self.check_nothing_written()


class Suites(MockCase):
    """One run of several fails."""

    def suite(self, *runs):
        config = {"task_count": 4, "workers": [0, 1, 2], "iterations": 2, "runs": list(runs)}
        self.write("s.json", config)
        return self.run_ppt("s.json", mock=True)

    def check_reported(self, expected):
        """The good runs have folders of their own and are in the table of the suite."""
        tasks = {}
        for folder in self.folders():
            tasks.setdefault(folder.name.split("__")[0], []).append(folder)
        for name, count in expected.items():
            done = [f for f in tasks.get(name, []) if (f / "results.csv").exists()]
            self.assertEqual(len(done), count, name)
            for folder in done:
                self.check_csv(folder)
        (suite,) = tasks["suite"]
        rows = self.check_csv(suite)
        self.assertEqual({row["Task"] for row in rows}, set(expected))
        self.assertEqual(len(rows), 3 * sum(expected.values()))

    def test_failing_run(self):
        """The runs after it are still done and reported; the exit code is the failure's."""
        result = self.suite(
            {"task": "steady", "task_args": [10]},
            {"task": "failing", "task_args": [0]},
            {"task": "steady", "task_args": [20]},
        )
        self.assertEqual(result.code, 1, result)
        self.assertRegex(result.err, "failing")
        self.check_reported({"steady": 2})
        self.assertEqual(len(re.findall(r"(?m)^steady\b.*\d tasks", result.out)), 2, result)
        self.assertNotIn("failing", result.out)

    def test_wrong_run(self):
        """As above with 3, and without a figure of the wrong run."""
        result = self.suite(
            {"task": "wrong", "task_args": [10]}, {"task": "census", "task_args": [10]}
        )
        self.assertEqual(result.code, 3, result)
        self.assertNotIn("wrong", result.out)
        self.check_reported({"census": 1})

    def test_several_files(self):
        """Files given one by one are like the runs of a suite."""
        common_keys = {"task_count": 4, "workers": [0, 1], "iterations": 2}
        self.write("a.json", dict(common_keys, task="failing"))
        self.write("b.json", dict(common_keys, task="steady"))
        result = self.run_ppt("a.json", "b.json", mock=True)
        self.assertEqual(result.code, 1, result)
        done = [f for f in self.folders() if f.name.startswith("steady__")]
        self.assertEqual(len(done), 1)
        self.check_csv(done[0])

    def test_all_runs_fail(self):
        """No table of nothing, no chart of nothing."""
        result = self.suite({"task": "failing"}, {"task": "failing", "task_args": [1]})
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.out, "", result)
        self.check_no_figures()


if __name__ == "__main__":
    unittest.main()
