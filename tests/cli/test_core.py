"""The type of CPU that OpenBLAS computes as: chosen where the library does not know this one."""

import json
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

FAKE = os.environ.get("PPT_FAKE_OPENBLAS", str(common.ROOT / "build/tests/fake_openblas.so"))
OWN = "Prescott"  # what it takes every CPU for


def cores():
    """Those that this CPU can bear and are better than that, the best first."""
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    flags = set((re.search(r"^flags\s*: (.*)$", text, re.M) or ["", ""])[1].split())
    amd = "AuthenticAMD" in text
    avx2 = {"avx2", "fma"} <= flags
    found = {
        "SKYLAKEX": avx2 and {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"} <= flags,
        "ZEN": avx2 and amd,
        "HASWELL": avx2,
        "SANDYBRIDGE": "avx" in flags,
        "NEHALEM": "sse4_2" in flags,
    }
    return [name for name, usable in found.items() if usable]


CORES = cores()
TASKS = {"tensor": "[48, 3]", "matrix": "[60]"}


class Base(common.Case):
    def fake(self, **changes):
        """An environment with a library that does not know this CPU."""
        return self.environment(PPT_OMP_OPENBLAS=FAKE, FAKE_LOG=str(self.base / "log"),
                                **{"OPENBLAS_CORETYPE": None, **changes})  # fmt: skip

    def log(self):
        """The cores that each process has computed as, in the order of the processes."""
        lines = (self.base / "log").read_text().splitlines()
        (self.base / "log").unlink()
        found = {}
        for line in lines:
            found.setdefault(line.split()[0], []).append(line.split()[1])
        return list(found.values())

    def run_task(self, task, *options, **changes):
        """The machine as results have it, what was printed, and the log."""
        result = self.run_fine("--task", task, "--task-args", TASKS[task], "--task-count", "2", "--workers",
                               "0,1", "--iterations", "2", "--warmup", "0", *options,
                               env=self.fake(**changes))  # fmt: skip
        results = json.loads((self.only_folder() / "results.json").read_text())
        shutil.rmtree(self.work / "output")
        return results["host"], " ".join(result.out.split()), self.log()


@unittest.skipUnless(CORES, "there is nothing to choose for this CPU")
class Chosen(Base):
    def check_chosen(self, task, core, *options, **changes):
        host, words, log = self.run_task(task, *options, **changes)
        self.assertEqual((host["blas_core"], host["blas_own"]), (core, OWN))
        self.assertIn(f"OpenBLAS computed as {core}, chosen here; by itself it takes this CPU for {OWN}",
                      words)  # fmt: skip
        self.assertNotIn("OPENBLAS_CORETYPE", host["environment"])
        return log

    def test_best(self):
        """It is used in the run's process, which proves it, and in those of the passes."""
        for task in TASKS:
            with self.subTest(task):
                self.assertEqual(self.check_chosen(task, CORES[0]), [[CORES[0]]] * 3)

    def test_one_process(self):
        self.assertEqual(self.check_chosen("tensor", CORES[0], "--processes", "1"), [[CORES[0]]])

    def test_inner_threads(self):
        for task in TASKS:
            with self.subTest(task):
                log = self.check_chosen(task, CORES[0], "--inner-threads", "1,2")
                self.assertEqual(log, [[CORES[0]]] * 3)

    def test_lacking(self):
        """A build without the best core takes the next one that is a step down."""
        same = {"ZEN": ("ZEN", "HASWELL")}.get(CORES[0], CORES[:1])
        left = [name for name in CORES if name not in same]
        if not left:
            self.skipTest("there is one step")
        self.check_chosen("tensor", left[0], FAKE_LACKS="".join(name + "," for name in same))

    def test_all_lacking(self):
        host, words, log = self.run_task("tensor", FAKE_LACKS="".join(name + "," for name in CORES))
        self.assertEqual((host["blas_core"], host["blas_own"]), (OWN, ""))
        self.assertNotIn("chosen here", words)
        self.assertEqual(log, [[OWN]] * 2)

    def test_wrong(self):
        """One whose results are wrong is given up before anything is measured."""
        for task in TASKS:
            for options in ((), ("--inner-threads", "2"), ("--processes", "1")):
                with self.subTest(task=task, options=options):
                    host, words, log = self.run_task(task, *options, FAKE_WRONG=CORES[0])
                    self.assertEqual((host["blas_core"], host["blas_own"]), (OWN, ""))
                    self.assertNotIn("chosen here", words)
                    self.assertEqual(log[0][0], CORES[0])
                    self.assertEqual(log[1:], [[OWN]] * len(log[1:]))
                    self.assertIn(OWN, log[-1])

    def test_once(self):
        plain = json.loads(self.run_fine("once", "tensor", "[48, 3]", "--json").out)["digest"]
        for changes, core in (({}, CORES[0]), ({"FAKE_WRONG": CORES[0]}, OWN)):
            with self.subTest(core):
                result = self.run_fine("once", "tensor", "[48, 3]", "--json", env=self.fake(**changes))
                self.assertEqual(json.loads(result.out)["digest"], plain)
                self.assertEqual(self.log()[0][-1], core)

    def test_not_for_other_programs(self):
        """Programs that the run starts find the variable as the user had it."""
        seen = self.base / "seen"
        for value in (None, "Haswell"):
            self.run_task("tensor", "--prepare", f'echo "[$OPENBLAS_CORETYPE]" >>{seen}',
                          OPENBLAS_CORETYPE=value, PATH=os.environ["PATH"])  # fmt: skip
            self.assertEqual(set(seen.read_text().split()), {f"[{value or ''}]"})
            seen.unlink()

    def test_other_tasks(self):
        """A run without it says nothing of it."""
        result = self.run_fine("--task", "sum", "--task-args", "[10]", "--quick", env=self.fake())
        self.assertNotIn("OpenBLAS", result.out)
        self.assertEqual(json.loads((self.only_folder() / "results.json").read_text())["host"]["blas_own"], "")

    def test_doctor(self):
        result = self.run_program(common.PPT_OMP, "doctor", "--json", env=self.fake())
        found = {check["name"]: check for check in json.loads(result.out)["checks"]}["OpenBLAS"]
        self.assertEqual((found["state"], found["unit"]), ("note", "times"))
        # It computes everything four times.
        self.assertGreater(found["value"], 2)
        self.assertIn(f"as {CORES[0]} here", found["text"])
        self.assertIn(OWN, found["text"])
        self.assertIn(f"OPENBLAS_CORETYPE={CORES[0]} ", found["advice"])

    def test_resume(self):
        """The choice is the same again, so that passes are not mixed."""
        self.run_fine("--task", "tensor", "--task-args", "[48, 3]", "--task-count", "2", "--workers", "0,1",
                      "--iterations", "3", env=self.fake())  # fmt: skip
        folder = self.only_folder()
        journal = folder / "samples.jsonl"
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(lines[:5]))
        self.run_fine("resume", folder, env=self.fake())
        result = self.run_ppt("report", folder)
        self.assertIn(f"computed as {CORES[0]}, chosen here", " ".join(result.out.split()))


class Asked(Base):
    """What the user has said stays, whatever it is."""

    def test_variable(self):
        for value, core in (("Nehalem", "Nehalem"), ("Haswell", "Haswell"), ("", "Nehalem")):
            with self.subTest(value):
                host, words, log = self.run_task("tensor", OPENBLAS_CORETYPE=value)
                self.assertEqual((host["blas_core"], host["blas_own"]), (core, ""))
                self.assertEqual(host["environment"]["OPENBLAS_CORETYPE"], value)
                self.assertNotIn("chosen here", words)
                self.assertEqual(log, [[core]] * 2)

    def test_doctor(self):
        for value, state in (("Haswell", "good"), ("", "note")):
            result = self.run_program(common.PPT_OMP, "doctor", "--json",
                                      env=self.fake(OPENBLAS_CORETYPE=value))  # fmt: skip
            found = {check["name"]: check for check in json.loads(result.out)["checks"]}["OpenBLAS"]
            self.assertEqual(found["state"], state)
            self.assertIn("by OPENBLAS_CORETYPE", found["text"])

    def test_library(self):
        """One that is not there is no reason to go on with another."""
        env = self.environment(PPT_OMP_OPENBLAS="/nowhere/libopenblas.so.0")
        result = self.run_ppt("once", "tensor", env=env)
        self.assertEqual(result.code, 1)
        self.assertIn("/nowhere/libopenblas.so.0", result.err)
        result = self.run_ppt("--task", "matrix", "--quick", env=env)
        self.assertEqual(result.code, 1)
        self.assertIn("/nowhere/libopenblas.so.0", result.err)
        self.assertFalse((self.work / "output").exists())
        self.run_fine("--task", "sum", "--task-args", "[10]", "--quick", env=env)
        self.assertIn("/nowhere/libopenblas.so.0", self.run_fine("list", env=env).out)
        self.assertEqual(json.loads(self.run_fine("list", "--json", env=env).out)["blas"],
                         {"library": "/nowhere/libopenblas.so.0"})  # fmt: skip


class Real(common.Case):
    @unittest.skipUnless(CORES, "there is nothing to choose for this CPU")
    def test_digests(self):
        """Results are the same as whichever core the library computes."""
        for task, args in (("tensor", "[65, 4]"), ("tensor", "[256, 3]"), ("matrix", "[65]"), ("matrix", "[400]")):
            for threads in ("1", "2"):
                found = set()
                for core in (None, *CORES, OWN):
                    env = self.environment(OPENBLAS_CORETYPE=core)
                    result = self.run_fine("once", task, args, "--inner-threads", threads, "--json", env=env)
                    found.add(json.loads(result.out)["digest"])
                self.assertEqual(len(found), 1, (task, args, threads))


if __name__ == "__main__":
    unittest.main()
