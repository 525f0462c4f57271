"""The words of the field: lists of counts, and names of options that people bring along."""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)
import refusal  # noqa: E402

SUM = ("--task", "sum", "--task-args", "[10]", "--iterations", 1, "--warmup", 0)


class Words(common.Case):
    def recorded(self, *args):
        """The configuration of a run with these options."""
        return json.loads(self.run_fine(*args, "--format", "json").out)["config"]

    def workers(self, *args):
        return self.recorded(*SUM, "--task-count", 2, *args)["workers"]


class Lists(Words):
    def test_lists(self):
        for text, workers in (("0-4", [0, 1, 2, 3, 4]), ("0,1,2", [0, 1, 2]), ("3", [3]),
                              ("1-16:*2", [1, 2, 4, 8, 16]), ("1-16:+5", [1, 6, 11, 16]),
                              ("1-9:2", [1, 3, 5, 7, 9]), ("4,0-1", [0, 1, 4]),
                              ("[0, 2]", [0, 2])):  # fmt: skip
            self.assertEqual(self.workers("--workers", text), workers, text)

    def test_the_machine(self):
        automatic = self.workers()
        self.assertEqual(self.workers("--workers", "auto"), automatic)
        most = automatic[-1]
        self.assertEqual(self.workers("--workers", "100%"), [most])
        self.assertEqual(self.workers("--workers", "0,50%"), [0, max(1, (most + 1) // 2)])
        self.assertEqual(self.workers("--workers", f"auto,{most + 3}"), [*automatic, most + 3])

    def test_files(self):
        """In a configuration it is a text."""
        self.write("c.json", {"task": "sum", "task_args": [10], "task_count": 2, "iterations": 1,
                              "warmup": 0, "workers": "0-4:2"})  # fmt: skip
        self.assertEqual(self.recorded("c.json")["workers"], [0, 2, 4])
        self.assertEqual(self.recorded("c.json", "--workers", "1-2")["workers"], [1, 2])

    def test_inner_threads(self):
        threads = self.recorded("--task", "matrix", "--task-args", "[2]", "--task-count", 1,
                                "--iterations", 1, "--workers", 0, "--inner-threads", "1-4:*2")  # fmt: skip
        self.assertEqual(threads["inner_threads"], [1, 2, 4])

    def test_said_twice(self):
        result = self.run_fine(*SUM, "--task-count", 2, "--workers", "0-2,1")
        self.assertIn("ppt-omp: --workers: some are in the list more than once", result.err)


class Names(Words):
    def test_workers(self):
        for words in (["-j", "0-2"], ["-w", "0-2"], ["-j=0-2"], ["-w0-2"], ["-w0,1,2"]):
            self.assertEqual(self.workers(*words), [0, 1, 2], words)
        self.assertEqual(self.workers("-j4"), [4])

    def test_tasks(self):
        self.assertEqual(self.recorded(*SUM, "--workers", 0, "--tasks", 3)["task_count"], 3)

    def test_predict(self):
        self.run_fine(*SUM, "--task-count", 2, "--workers", "0,1")
        for word in ("-j", "--workers"):
            result = self.run_ppt("predict", self.only_folder(), word, 64)
            self.assertNotIn("does not", result.err, result)


class Programs(Words):
    def environment(self, draw=False, **changes):
        return {**super().environment(draw, **changes), "PATH": "/usr/bin:/bin"}

    def measure(self, *args, **options):
        result = self.run_ppt("--iterations", 3, "--warmup", 0, "--tasks", 2, *args, **options)
        self.assertEqual(result.code, 0, result)
        return result

    def test_automatic_workers(self):
        """One worker of a program is sequential calls again."""
        config = json.loads(self.measure("--format", "json", "--", "true").out)["config"]
        self.assertEqual(config["workers"][:2], [0, 2])
        config = json.loads(self.measure("--format", "json", "-j", "0-2", "--", "true").out)["config"]
        self.assertEqual(config["workers"], [0, 1, 2])

    def test_one_worker_is_not_ranked(self):
        """Whatever others do meanwhile."""
        result = self.measure("-j0-1", "--format", "json", "--", "sleep", "0.001")
        verdict = json.loads(result.out)["verdict"]
        self.assertEqual((verdict["recommended"], verdict["best"]), (0, 0))

    SAID = "ppt-omp: standard input is not for the program"

    def test_standard_input(self):
        self.write("data", "1\n")
        for program in (["--", "cat"], ["--", "cat", "{}", ":::", "data", "data"]):
            with (self.work / "data").open("rb") as stream:
                result = self.measure("-j0", *program, stdin=stream)
            self.assertEqual(result.err.count(self.SAID), 1, result)
            self.assertNotIn(self.SAID, self.measure("-j0", *program).err)

    def test_standard_input_is_a_pipe(self):
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as stream:
            self.assertNotIn(self.SAID, self.measure("-j0", "--", "cat", stdin=stream).err)
            os.write(writer, b"a\nb\n")
            self.assertIn(self.SAID, self.measure("-j0", "--", "cat", stdin=stream).err)
            os.close(writer)
            result = self.measure("-j0", "--inputs", "-", "--", "echo", "{}", stdin=stream)
            self.assertNotIn(self.SAID, result.err)
            self.assertIn("echo {} ::: 2 inputs", result.out)
            self.assertNotIn(self.SAID, self.measure("-j0", "--", "cat", stdin=stream).err)
        self.assertNotIn(self.SAID, self.run_fine(*SUM, "--task-count", 1, "-j0").err)

    def test_width_of_a_comparison(self):
        for _ in range(2):
            self.measure("-j0-2", "--", "true", *("a-rather-long-argument " * 8).split())
        result = self.run_ppt("compare", *self.folders())
        self.assertGreater(len(result.out.splitlines()), 5, result)
        for line in result.out.splitlines():
            self.assertLessEqual(common.width(line), 80, line)


    def test_workers_that_nobody_tried(self):
        """Nothing is said to be unsettled that has not been asked."""
        self.measure("-j0", "--inner-threads", "1,2", "--", "true")
        sentence = " ".join(self.run_fine("report", self.only_folder()).out.split())
        self.assertIn(" Workers were not tried.", sentence)
        self.assertNotIn("Whether workers", sentence)

    def test_threads_that_nobody_named(self):
        told = "{inner_threads} is 1 unless --inner-threads says more"
        for words in (["echo", "{inner_threads}"], ["sh", "-c", "echo {inner_threads}"]):
            self.assertIn(told, self.measure("-j0", "--", *words).err)
        result = self.measure("-j0", "--inner-threads", "1", "--", "echo", "{inner_threads}")
        self.assertNotIn(told, result.err)
        self.assertNotIn(told, self.measure("-j0", "--", "echo", "{workers}").err)


class Wrong(refusal.Refusal):
    def environment(self, draw=False, **changes):
        return {**super().environment(draw, **changes), "PATH": "/usr/bin:/bin"}

    def test_program(self):
        """Without "--", from PATH or from this folder."""
        self.write("mine", "#!/bin/sh\n")
        (self.work / "mine").chmod(0o755)
        self.refuse(["sleep", "1"], '"sleep" is a program, which goes behind "--": ppt-omp -- sleep')
        self.refuse(["/bin/sleep", "1"], "ppt-omp -- /bin/sleep")
        self.refuse(["--workers", "0,1", "./mine"], "ppt-omp -- ./mine")
        self.refuse(["mine"], '"mine" is a program, .* ppt-omp -- ./mine')
        (self.work / "mine").chmod(0o644)
        self.refuse(["mine"], "mine:1:1: not valid JSON")
        self.refuse(["reprot"], 'did you mean "report"')
        self.write("runs", {"task": "sum", "task_args": [10], "workers": [-1]})
        (self.work / "runs").chmod(0o755)
        self.refuse(["runs"], "runs:.*-1 is below 0")

    def test_quoted_line(self):
        """As hyperfine has it."""
        self.refuse(["sleep 0.01"], '"sleep 0.01" is a program with arguments', "words? of its own: "
                    "ppt-omp -- sleep 0.01;", "sh -c")  # fmt: skip
        self.write("mine", "#!/bin/sh\n")
        (self.work / "mine").chmod(0o755)
        self.refuse(["mine a"], "ppt-omp -- ./mine a;")
        self.refuse(["nothing of the kind"], "neither a command nor a file")

    def test_options_of_other_tools(self):
        """They lead to the one that does the like; a letter alone is not near to any other."""
        for given, meant in (("-P", "--workers"), ("--jobs=4", "--workers"), ("-r", "--iterations"),
                             ("--min-runs", "--iterations"), ("--export-json", "--format"),
                             ("-V", "--version"), ("-a", "--inputs")):  # fmt: skip
            with self.subTest(given=given):
                name = given.split("=", maxsplit=1)[0]
                self.refuse([given, "4", "--", "true"], f"unknown option {name}; did you mean {meant}")
        self.refuse(["--runs", "3", "--", "true"], "not belong to a measurement; did you mean --iter")
        self.refuse(["-q", "--", "true"], "unknown option -q; see ppt-omp --help")
        self.refuse(["predict", "x", "-r", "3"], "unknown option -r; see ppt-omp --help")

    def test_line_as_a_word(self):
        self.refuse(["--", "sleep 0.01"], "no program \"sleep 0.01\" in PATH; its arguments are words "
                    "of their own: -- sleep 0.01; or for a shell: -- sh -c 'sleep 0.01'")  # fmt: skip
        self.refuse(["--", "cd x && make"], "-- sh -c 'cd x && make'")
        self.refuse(["--", "/bin/sleep 1"], "words of their own: -- /bin/sleep 1")
        self.assertNotIn("arguments", self.refuse(["--", "./my tool"], "No such file"))
        self.assertNotIn("arguments", self.refuse(["--", "slep", "1"], "no program"))

    def test_folder_of_no_run(self):
        """Such as the one that all runs are in."""
        (self.work / "all").mkdir()
        for verb in (["report"], ["resume"], ["predict", "-w", "4"]):
            self.refuse([*verb, "all"], "all: is not the folder of a run, .* no samples.jsonl")

    def test_kernel_without_a_slash(self):
        plugin = os.path.join(os.environ.get("PPT_BUILD", ""), "tests/plugin_none.so")
        (self.work / "m.so").symlink_to(os.path.abspath(plugin))
        self.assertIn("mine (100): digest ", self.run_ppt("once", "m.so").out)
        self.refuse(["once", "n.so"], 'there is no file "n.so"')

    def test_lists(self):
        for text, message in (("1..4", '"1..4" is no count; give worker counts such as'),
                              ("4-1", '"4-1" runs backwards; say 1-4'),
                              ("1-4:x", "behind the colon stands a step"),
                              ("0,,1", "is no count"), ("2000", "2000 is above 1024")):  # fmt: skip
            with self.subTest(text=text):
                self.refuse(["--task", "sum", "--workers", text], "--workers: ", message)
                self.refuse(["--task", "sum", f"-j={text}"], "--workers: ", message)
        self.refuse(["--task", "sum", "--inner-threads", "50%"], "--inner-threads: ", "no count")
        self.refuse(["--task", "sum", "-j"], "--workers needs a value")
        self.refuse(["--task", "sum", "-k4"], "unknown option -k")


if __name__ == "__main__":
    unittest.main()
