"""Inputs as the list of tasks, in the words of xargs and GNU parallel."""

import json
import os
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

SH = shutil.which("sh")

# Files of unequal length, and how many.
COUNT = 200


class Inputs(common.Case):
    def environment(self, draw=False, **changes):
        """With the programs of these tests, and nothing else."""
        env = super().environment(draw, **changes)
        env["PATH"] = common.path_of(self.base / "bin", "cat", "cp", "echo", "false", "gzip", "sh",
                                     "sleep", "wc")  # fmt: skip
        return env

    def measure(self, *args, workers="0,2", **more):
        return self.run_ppt("--workers", workers, "--iterations", 1, "--warmup", 0, *args, **more)

    def measured(self, *args, **more):
        result = self.measure(*args, **more)
        self.assertEqual(result.code, 0, result)
        return result

    def results(self):
        return json.loads((self.only_folder() / "results.json").read_text())

    def outputs(self, workers=0):
        """What tasks wrote at that many workers, by their number."""
        found = {}
        for path in (self.only_folder() / "tasks").glob(f"{workers}x1.task*.out"):
            found[int(path.name.split(".task")[1].split(".")[0])] = path.read_text().rstrip("\n")
        return [found[i] for i in range(len(found))]

    def make_files(self, count=COUNT):
        (self.work / "in").mkdir()
        names = [f"in/{i:03} x.log" for i in range(count)]
        for i, name in enumerate(names):
            self.write(name, f"{i} {'x' * (i * i % 3001)}\n")
        return names


class Lists(Inputs):
    def check_all(self, names, *args, **more):
        """Every input is a task, in every pass, and what came is what there is, at every worker
        count."""
        shutil.rmtree(self.work / "output", ignore_errors=True)
        options = () if args[0].endswith(".json") else ("--program-output", "keep")
        result = self.measured(*options, *args, **more)
        self.assertIn(f"{len(names)} tasks, 1 iteration,", result.out)
        self.assertIn(f"cat {{}} ::: {len(names)} inputs", result.out)
        config = self.results()["config"]
        self.assertEqual(config["task_args"]["inputs"], names)
        self.assertEqual(config["task_count"], len(names))
        self.check_digests(self.only_folder())
        for workers in (0, 2):
            expected = [(self.work / name).read_text().rstrip("\n") for name in names]
            self.assertEqual(self.outputs(workers), expected)

    def test_many(self):
        """200 files by ":::", from a file, from standard input, and by zero bytes."""
        names = self.make_files()
        self.write("list", "".join(name + "\n" for name in names))
        self.check_all(names, "--", "cat", "{}", ":::", *names)
        self.check_all(names, "--inputs", "list", "--", "cat", "{}")
        shutil.rmtree(self.work / "output")
        piped = self.work / "list"
        with piped.open("rb") as stream:
            self.check_all(names, "--inputs", "-", "--", "cat", "{}", stdin=stream)
        piped.write_bytes(b"\0".join(name.encode() for name in names))
        with piped.open("rb") as stream:
            self.check_all(names, "-0", "--inputs=-", "--", "cat", "{}", stdin=stream)

    def test_differences(self):
        """What an input gives is checked like any other result."""
        names = self.make_files(4)
        script = 'case $2 in 0) cat "$1";; *) echo "$2";; esac'
        result = self.measure("--program-output", "check", "--", "sh", "-c", script, "sh", "{}",
                              "{workers}", ":::", *names)  # fmt: skip
        self.assertEqual(result.code, 3, result)

    def test_file(self):
        """In a configuration: a list, or the name of a file beside it."""
        names = self.make_files(5)
        (self.work / "sub").mkdir()
        self.write("sub/list", "\r\n".join(names) + "\r\n\r\n")
        base = {"task": "command", "workers": [0, 2], "iterations": 1, "warmup": 0}
        for inputs in (names, {"file": "list"}, {"file": "list", "null": False}):
            arguments = {"argv": ["cat", "{}"], "inputs": inputs, "output": "keep"}
            self.write("sub/c.json", {**base, "task_args": arguments})
            self.check_all(names, "sub/c.json")

    def test_places(self):
        self.measured("--program-output", "keep", "--", "echo", "{}|{.}|{/}|{//}|{/.}|{#}|{task}",
                      ":::", "a.log", "x.d/b.tar.gz", "/c")  # fmt: skip
        self.assertEqual(self.outputs(), ["a.log|a|a.log|.|a|1|0",
                                          "x.d/b.tar.gz|x.d/b.tar|b.tar.gz|x.d|b.tar|2|1",
                                          "/c|/c|c|/|c|3|2"])  # fmt: skip

    def test_long(self):
        """Beside the short ones there is one that is filled in at great length."""
        long = "ab" * 25000
        self.measured("--program-output", "keep", "--", "echo", "{}{}", "{}", ":::", "a", long, "c")
        self.assertEqual(self.outputs(), ["aa a", f"{long}{long} {long}", "cc c"])

    def test_slots(self):
        """{%} is the worker's number from 1."""
        self.measured("--program-output", "keep", "--", "echo", "{%}", "{worker}", "{}", ":::",
                      *"abcdefgh", workers="3")  # fmt: skip
        for text, letter in zip(self.outputs(3), "abcdefgh"):
            slot, worker, given = text.split()
            self.assertIn(slot, "123")
            self.assertEqual((int(slot), given), (int(worker) + 1, letter))

    def test_last_argument(self):
        """As xargs and GNU parallel do where nothing says {}; and it is told."""
        result = self.measured("--program-output", "keep", "--", "echo", "{task}", ":::", "a", "b c")
        self.assertEqual(self.outputs(), ["0 a", "1 b c"])
        self.assertIn("no argument says {}, so that each input becomes the last one", result.err)
        self.assertIn("echo {task} {} ::: 2 inputs", result.out)

    def test_program_from_inputs(self):
        """They are filled into the program's name as well."""
        self.write("x", "y")
        self.measured("--program-output", "keep", "--", "{}", "x", ":::", "echo", "cat", workers="0")
        self.assertEqual(self.outputs(), ["x", "y"])

    def test_failure(self):
        """It names the input."""
        self.write("a", "")
        result = self.measure("--", "cat", "{}", ":::", "a", "not there")
        self.assertEqual(result.code, 1, result)
        self.assertIn('(input "not there")', result.err)
        # Another input ended well, not this one: it is not used up.
        result = self.run_ppt("--max-seconds", "2", "--workers", "0", "--", "cat", "{}", ":::", "a",
                              "not there", env=self.environment())  # fmt: skip
        self.assertEqual(result.code, 1, result)
        self.assertIn('(input "not there")', result.err)
        self.assertNotIn("--sandbox", result.err)

    def test_used_up(self):
        """Each ended well in the pass before."""
        for name in "ab":
            self.write(name, "")
        result = self.measure("--", "/bin/rm", "{}", ":::", "a", "b")
        self.assertEqual(result.code, 1, result)
        self.assertIn("ended well before", result.err)


class Samples(Inputs):
    def test_sample(self):
        for option in ("--tasks", "--task-count"):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            result = self.measured(option, 4, "--", "echo", "{}", ":::", *range(10))
            self.assertIn("a sample of 4 of the 10 inputs is measured", result.err)
            self.assertIn("4 inputs, sample_of: 10", result.out)
            config = self.results()["config"]
            self.assertEqual(config["task_args"]["inputs"], ["0", "2", "5", "7"])
            self.assertEqual((config["task_args"]["sample_of"], config["task_count"]), (10, 4))

    def test_all(self):
        result = self.measured("--tasks", 3, "--", "echo", "{}", ":::", "a", "b", "c")
        self.assertNotIn("sample", result.out + result.err)


class Later(Inputs):
    """What is made of a run with inputs afterwards."""

    def start(self, *args):
        return subprocess.Popen([common.PPT_OMP, *args], cwd=self.work, env=self.environment(),
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)  # fmt: skip

    def interrupted(self, names):
        """The folder of a run that was interrupted in its first blocks; the list that it was given
        is no more."""
        self.write("list", "".join(name + "\n" for name in names))
        process = self.start("--workers", "0,2", "--iterations", "3", "--warmup", "0", "--inputs",
                             "list", "--program-output", "keep", "--", "sh", "-c",
                             'sleep 0.05; cat "$1"', "sh", "{}")  # fmt: skip
        limit = time.monotonic() + common.TIMEOUT_S
        while not any('"pass"' in p.read_text() for p in self.work.glob("output/*/samples.jsonl")):
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(common.TIMEOUT_S), 130)
        (self.work / "list").unlink()
        return self.only_folder()

    def test_resume(self):
        names = self.make_files(6)
        folder = self.interrupted(names)
        before = len(common.passes(folder))
        self.assertLess(before, 6)
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(len(common.passes(folder)), 6)
        self.check_digests(folder)
        self.assertEqual(self.outputs(), [(self.work / n).read_text().rstrip("\n") for n in names])

    def test_changed(self):
        """Neither with other inputs nor from another folder, where their names mean others."""
        names = self.make_files(6)
        folder = self.interrupted(names)
        text = (self.work / names[3]).read_text()
        self.write(names[3], "y" + text[1:])
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 2, result)
        self.assertRegex(result.err, r"has changed since .*\(then: in .*, inputs [0-9a-f]{16}; now: ")
        self.write(names[3], text)
        result = self.run_ppt("resume", folder, cwd=self.base)
        self.assertEqual(result.code, 2, result)
        self.assertIn(f"then: in {self.work}:", result.err)
        self.assertEqual(self.run_ppt("resume", folder).code, 0)

    def test_report(self):
        """From anywhere, and when the inputs are gone."""
        names = self.make_files(6)
        self.measured("--", "cat", "{}", ":::", *names)
        folder = self.only_folder()
        before = (folder / "results.csv").read_bytes()
        shutil.rmtree(self.work / "in")
        result = self.run_ppt("report", folder, cwd=self.base)
        self.assertEqual(result.code, 0, result)
        self.assertIn("cat {} ::: 6 inputs", result.out)
        self.assertEqual((folder / "results.csv").read_bytes(), before)

    def test_size(self):
        """The list is in the journal once, however long it is, and in no name of a task."""
        names = [f"some/folder/with-a-name/{i}" for i in range(2000)]
        self.write("list", "\n".join(names))
        self.measured("--inputs", "list", "--program-output", "null", "--", "echo", "{}")
        lines = (self.only_folder() / "samples.jsonl").read_text().splitlines()
        self.assertEqual([line.count(names[1234]) for line in lines], [1] + [0] * (len(lines) - 1))
        rows = (self.only_folder() / "results.csv").read_text()
        self.assertIn("echo {} ::: 2000 inputs", rows)

    def test_once(self):
        """--index says which of them."""
        self.write("a", "1")
        self.write("b", "2")
        digests = {self.run_fine("once", "--index", i, "--", "cat", "{}", ":::", "a", "b").out.split(
            "digest ")[1].split(",")[0] for i in (0, 1)}  # fmt: skip
        self.assertEqual(len(digests), 2)
        result = self.run_ppt("once", "--index", 2, "--", "cat", "{}", ":::", "a", "b")
        self.assertEqual(result.code, 2, result)
        self.assertIn("no task 2: of 2 inputs", result.err)
        self.run_fine("once", "--dump", "out", "--index", 1, "--", "cat", "{}", ":::", "a", "b")
        self.assertEqual((self.work / "out").read_text(), "2")


class Wrong(refusal.Refusal):
    def environment(self, draw=False, **changes):
        return {**super().environment(draw, **changes), "PATH": "/usr/bin:/bin"}

    def test_options(self):
        self.refuse(["--", "echo", ":::"], 'no inputs follow ":::"')
        self.refuse(["--", ":::", "a"], "which program")
        self.refuse(["--", "echo", ":::", "a", ":::", "b"], "one list of inputs")
        self.refuse(["--", "echo", "::::", "list"], '"::::": there is one list .* file of --inputs')
        self.refuse(["--inputs", "nowhere", "--", "echo"], "nowhere: cannot be opened")
        self.refuse(["--inputs", "", "--", "echo"], "--inputs: names no file")
        self.refuse(["--inputs", ".", "--", "echo"], "is a folder")
        self.refuse(["-0", "--", "echo", ":::", "a"], "--null says how .* --inputs")
        self.refuse(["--inputs", "x", "--task", "sum"], "--inputs belongs to a program")
        self.refuse(["--null", "--task", "sum"], "--null belongs to a program")
        self.write("list", "a\n")
        self.refuse(["--inputs", "list", "--", "echo", ":::", "a"], "not from both")
        self.refuse(["--inputs", "list", "--tasks", 2, "--", "echo", "{}"], "--task-count: 2 tasks, "
                    "but there are 1 inputs")  # fmt: skip
        self.refuse(["--inputs", "-", "--", "echo"], "--inputs -: has no inputs",
                    stdin=subprocess.DEVNULL)  # fmt: skip
        self.refuse(["--", "cat", b"{}", ":::", b"\xff"], "word 4 .* is not UTF-8")

    def test_placeholders(self):
        self.refuse(["--", "make", "-j{threads}"], '"-j{threads}": nothing is called {threads}; '
                    "there are {task}, .*{inner_threads}")  # fmt: skip
        self.refuse(["--", "cp", "{}", "{base}.x", ":::", "a"], "{base}; there are .*; for inputs {},")


if __name__ == "__main__":
    unittest.main()
