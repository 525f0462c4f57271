"""`resume`: a run that ended early goes on, and nothing that was measured is lost or changed."""

import itertools
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

LONG = {"task": "wait", "task_args": [5], "task_count": 4, "workers": [0, 1, 2], "iterations": 6,
        "seed": 3}  # fmt: skip


class Resume(common.Case):
    def start(self, config=None, least=8):
        """Starts a run and returns its process and folder when so many passes are recorded."""
        self.write("c.json", config or LONG)
        process = subprocess.Popen(
            [common.PPT_OMP, "c.json"], cwd=self.work, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + common.TIMEOUT_S
        while time.monotonic() < deadline:
            journals = list(self.work.glob("output/*__*/samples.jsonl"))
            if journals and journals[0].read_bytes().count(b'"type":"pass"') >= least:
                return process, journals[0].parent
            self.assertIsNone(process.poll(), "the run ended by itself")
            time.sleep(0.005)
        process.kill()
        self.fail("the run does not get on")

    def stop(self, how, config=None):
        process, folder = self.start(config)
        process.send_signal(how)
        process.wait()
        return folder

    def check_complete(self, folder, before, config=None):
        """What stood in the journal still does, and what is behind it completes the plan."""
        config = config or LONG
        journal = (folder / "samples.jsonl").read_text()
        self.assertTrue(journal.startswith(before))
        self.assertTrue(journal.endswith("\n"))
        orders = common.orders(folder)
        for block in range(1, config["iterations"] + 1):
            self.assertEqual(sorted(orders[block]), config["workers"], f"block {block}")
        self.check_digests(folder)
        lines = common.read_samples(folder)
        self.assertEqual((lines[-1]["type"], lines[-1]["status"]), ("end", 0))
        positions = [line["position"] for line in lines if line["type"] == "pass"]
        self.assertEqual(positions, list(range(len(positions))))
        return lines

    def test_killed(self):
        """SIGKILL, and half a line: it goes on behind the last whole one, in the same order as a
        run of that seed that nothing happened to."""
        folder = self.stop(signal.SIGKILL)
        journal = folder / "samples.jsonl"
        whole = journal.read_text()[: journal.read_text().rindex("\n") + 1]
        with open(journal, "a", encoding="utf-8") as file:
            file.write('{"type":"pass","posi')
        self.assertEqual(len(list(self.tmp.iterdir())), 1, "the crashed run left its folder")
        result = self.run_fine("resume", folder)
        self.assertIn("resumed 1 time", result.out)
        lines = self.check_complete(folder, whole)
        self.assertEqual([line["type"] for line in lines].count("resume"), 1)
        results = json.loads((folder / "results.json").read_text())
        self.assertEqual(results["resumed"], 1)
        self.assertIsNotNone(results["verdict"]["recommended"])
        self.check_csv(folder)
        orders = common.orders(folder)
        self.write("c.json", {**LONG, "task_args": [0.1]})
        self.run_fine("c.json", "--output", "other")
        expected = common.orders(self.only_folder(self.work / "other"))
        self.assertEqual({b: o for b, o in orders.items() if b}, {b: o for b, o in expected.items() if b})

    def test_interrupted(self):
        """SIGINT leaves reports of what is complete and exit 130; resume completes them."""
        process, folder = self.start()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(), 130)
        self.assertTrue((folder / "results.csv").exists())
        whole = (folder / "samples.jsonl").read_text()
        self.assertEqual(json.loads(whole.splitlines()[-1]), {"type": "end", "status": 130})
        self.run_fine("resume", folder)
        self.check_complete(folder, whole)

    def test_several_times(self):
        """Stopped again and again, of a mix whose tasks are drawn for each block."""
        mix = {"task": "random", "task_args": ["sum", "multi"], "task_count": 30, "workers": [0, 2],
               "iterations": 5, "seed": 9}  # fmt: skip
        folder = self.stop(signal.SIGKILL, mix)
        whole = (folder / "samples.jsonl").read_text()
        self.run_fine("resume", folder)
        self.check_complete(folder, whole[: whole.rindex("\n") + 1], mix)

    def test_default_files(self):
        """A mix does not record the files that its kernels have by default: they are found again,
        wherever it is gone on from."""
        config = {"task": "random", "task_args": ["img"], "task_count": 2, "workers": [0, 1],
                  "iterations": 4, "warmup": 0, "seed": 3}  # fmt: skip
        self.write("c.json", config)
        self.run_fine("c.json")
        (folder,) = [path.parent for path in self.work.glob("output/*__*/samples.jsonl")]
        journal = folder / "samples.jsonl"
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(lines[:5]))
        self.run_fine("resume", folder)
        self.check_complete(folder, "".join(lines[:5]), config)

    def test_complete(self):
        """A run that came to its end is reported again, and its journal stays as it is."""
        self.write("c.json", {**LONG, "task_args": [0.1]})
        first = self.run_fine("c.json")
        folder = self.only_folder()
        before = (folder / "samples.jsonl").read_bytes()
        again = self.run_fine("resume", folder)
        self.assertEqual((folder / "samples.jsonl").read_bytes(), before)
        self.assertEqual(again.out, first.out)

    def test_busy(self):
        """Two processes never write into one journal."""
        process, folder = self.start({**LONG, "iterations": 100})
        result = self.run_ppt("resume", folder)
        process.kill()
        process.wait()
        self.assertEqual(result.code, 1, result)
        self.assertIn("another process is still writing it", result.err)

    def change_host(self, folder, **members):
        journal = folder / "samples.jsonl"
        first, rest = journal.read_text().split("\n", 1)
        line = json.loads(first)
        line["host"].update(members)
        journal.write_text(json.dumps(line) + "\n" + rest)
        return journal.read_text()

    def test_other_machine(self):
        """Passes of another machine or program are mixed only by force."""
        folder = self.stop(signal.SIGKILL)
        for member, value in (("cpu_model", "Z80"), ("binary", "0" * 16)):
            with self.subTest(member=member):
                before = self.change_host(folder, **{member: value})
                result = self.run_ppt("resume", folder)
                self.assertEqual(result.code, 2, result)
                self.assertIn(member, result.err)
                self.assertEqual((folder / "samples.jsonl").read_text(), before)
                break
        whole = before[: before.rindex("\n") + 1]
        forced = self.run_fine("resume", folder, "--force")
        self.assertIn("its passes are mixed", forced.err)
        self.check_complete(folder, whole)

    def test_not_to_be_resumed(self):
        """Nothing there, no run, and passes that no plan of this seed has."""
        self.assertEqual(self.run_ppt("resume", "nowhere").code, 2)
        folder = self.stop(signal.SIGKILL)
        journal = folder / "samples.jsonl"
        lines = journal.read_text().splitlines()[:-1]
        first = itertools.takewhile(lambda line: '"again":true' not in line, lines)
        swapped = [json.loads(line) for line in first]
        points = [l for l in swapped if l["type"] == "pass" and l["block"] == 1]
        points[0]["block"], points[1]["block"] = 2, 2
        journal.write_text("".join(json.dumps(l) + "\n" for l in swapped))
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 2, result)
        self.assertIn("not in the order of the plan", result.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
