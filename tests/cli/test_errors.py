"""Bad files, options and machines get one clear message and an exit code of their own."""

import os
import pathlib
import re
import resource
import unittest

import common
from refusal import Refusal

# More workers than any machine has memory for at the largest sizes: terabytes.
MANY = '"workers": [0, 512]'


class Files(Refusal):
    """The file itself cannot be read, or is not JSON."""

    def test_missing(self):
        """The commonest mistake: a typing error in the name."""
        self.refuse(["nowhere.json"], r"nowhere\.json", "No such file|not found|does not exist")
        self.refuse(["--config", "nowhere.json"], r"nowhere\.json")
        self.refuse(["no/such/folder/c.json"], r"no/such/folder/c\.json")

    def test_directory(self):
        """A folder may be named like a configuration."""
        (self.work / "folder.json").mkdir()
        self.refuse(["folder.json"], r"folder\.json", "(?i)director|folder is|not a .*file")

    def test_empty(self):
        """An empty file is what an interrupted editor or a full disk leaves."""
        self.refuse_file("", "empty")
        self.refuse_file(" \n\t\n", "empty")
        self.refuse(["--config", "/dev/null"], "/dev/null", "is a device, not a file")

    def test_not_json(self):
        """Line and column lead to the place where reading stopped making sense."""
        self.refuse_file('{"task": "sort",\n "iterations": 3,\n  «oops}', "JSON")
        self.refuse_file('{"task": "sort"\n «"iterations": 3}', "JSON")
        self.refuse_file('{"task": "sort", "workers": [0, 1«}', "JSON")
        self.refuse_file("«hello", "JSON")
        # Only the second letter tells that this is not "true".
        self.refuse_file("«t«ask: sort\n", "JSON")

    def test_cut_short(self):
        """A file that ends in the middle: the place is its end (or its last character)."""
        self.refuse_file('{"task": "sort", "task_args": [1000], "wor«', "JSON")
        self.refuse_file('{"task": "sort", "task_args": [1000«', "JSON")
        self.refuse_file("{«", "JSON")

    def test_lenient_json(self):
        """What some parsers let pass is still not JSON; another tool could not read the file."""
        for text in (
            '{"task": "sort",«}',
            '{"task": "sort", "task_args": [1000,«]}',
            "{«'task': «'sort'}",
            "{«'task': \"sort\"}",
            "{«task: «\"sort\"}",
            '{"task": "sort", «/* why */ "iterations": 3}',
            '{"task": "sort", "iterations": «+3}',
            '{"task": "sort", "gc_after_iteration": «TRUE}',
        ):
            self.refuse_file(text, "JSON")
        # Where a number stops being one is a matter of taste: any column of it will do.
        self.refuse_file('{"task": "sort", "iterations": «0«3«}', "JSON|iterations")
        self.refuse_file('{"task": "sort", "iterations": «3«.«}', "JSON|iterations")

    def test_trailing_garbage(self):
        """Something after the closing brace is as wrong as inside: perhaps a second object that
        its author believes to be read."""
        self.refuse_file('{"task": "sort", "task_args": [1000]}«x', "JSON")
        self.refuse_file('{"task": "sort", "task_args": [1000]}\n«{"task": "sum"}', "JSON")
        self.refuse_file(b'{"task": "sort", "task_args": [1000]}\0garbage', "JSON")

    def test_not_text(self):
        """A file of another kind, given by mistake."""
        self.refuse_file(b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe", r":1:\d+: ", "JSON")
        self.refuse_file(common.make_png(), r":\d+:\d+: ", "JSON")
        self.refuse_file(b'{"task": "so\xff\xfert"}', r"c\.json")

    def test_deep_nesting(self):
        """A hundred thousand brackets must not exhaust the stack."""
        self.refuse_file("[" * 100000, r"c\.json:1:\d+: ")
        self.refuse_file('{"task": "sort", "task_args": ' + "[" * 100000, r"c\.json:1:\d+: ")

    def test_not_an_object(self):
        """Valid JSON that is no configuration."""
        for text in ("«[1, 2]", '«"sort"', "«5", "«null", "«true"):
            self.refuse_file(text, "object")

    def test_duplicated_keys(self):
        """JSON readers keep one of two equal keys in silence; the author meant one of them. The
        message must name the key, or it cannot be found in a long file. (It may point to the
        object that holds it.)"""
        self.refuse_file(
            '«{"task": "sort", "task_args": [1000],\n "iterations": 3, "workers": [0],\n'
            ' «"iterations": «5}',
            "iterations",
            "twice|more than once|duplicate|again",
        )
        self.refuse_file(
            '{"task": "sum", "task_args": [10],\n "runs": [{"task": "sum"}, «{"task": "sort",\n'
            '  «"task": «"sum"}]}',
            r"\btask\b",
            "twice|more than once|duplicate|again",
        )

    def test_message_is_one_line(self):
        """Names from a file go into messages; they must not break the line or colour the
        terminal."""
        self.refuse_file('{"task": "so\\nrt\\u001b[31m"}', "task")
        self.refuse_file('{"task": "sort", "a\\nb\\u001b]0;x\\u0007": 1}', "unknown")
        self.refuse_file('{"task": "sort", "memory": "x\\r\\ny"}', "memory")

    def test_second_file_is_bad(self):
        """All files are judged before the first is run: an error found an hour later, or a half of
        the results, helps nobody."""
        self.write("good.json", {"task": "sum", "task_args": [10], "task_count": 2})
        self.write("bad.json", '{"task": "sum",\n "task_args": [-1]}')
        self.refuse(["good.json", "bad.json"], r"bad\.json:2:16: ", r"task_args\[0\]", "-1")
        self.refuse(["good.json", "nowhere.json"], r"nowhere\.json")
        self.write("image.json", {"task": "img", "task_args": [["nowhere.png"]]})
        self.refuse(["good.json", "image.json"], r"nowhere\.png")
        self.write("big.json", '{"task": "matrix", "task_args": [65535], ' + MANY + "}")
        self.refuse(["good.json", "big.json"], r"big\.json", r"\d iB|\d.* [KMGTPE]iB")


class Environment(Refusal):
    """Variables that the program reads."""

    def test_instruction_set(self):
        """A variant that is not there is refused by name, with those that are."""
        for name in ("avx9", "AVX2"):
            with self.subTest(name=name):
                env = self.environment(PPT_OMP_ISA=name)
                self.refuse(["list"], "PPT_OMP_ISA", f'"{name}"', "baseline", env=env)
                # But help comes whatever else is wrong.
                for option in ("--help", "--version"):
                    self.assertEqual(self.run_ppt(option, env=env).code, 0)
        # What is empty is not set.
        self.assertEqual(self.run_ppt("list", env=self.environment(PPT_OMP_ISA="")).code, 0)


class Options(Refusal):
    """Options and commands."""

    def test_unknown_command(self):
        """Neither a command nor a file."""
        self.refuse(["frob"], "frob")
        self.refuse(["lits"], "lits")
        self.refuse([""])

    def test_unknown_option(self):
        """Named in the message."""
        for args in (["--bogus"], ["--worker", "1"], ["-x"], ["list", "--bogus"]):
            with self.subTest(args=args):
                self.refuse(args, re.escape([a for a in args if a.startswith("-")][0]))

    def test_missing_value(self):
        """The last option lacks its value."""
        for option in "--config --task --workers --iterations --output --task-args".split():
            with self.subTest(option=option):
                self.refuse(["--task", "sum", option], option)

    def test_nothing_to_do(self):
        """Options alone do not say what to measure."""
        with self.subTest("no arguments"):
            result = self.run_ppt()
            self.assertEqual(result.code, 2, result)
            self.assertEqual(result.out, "", result)
            self.assertIn("--help", result.err)
        self.refuse(["--workers", "0,1"])
        self.refuse(["--quick"])

    def test_values(self):
        """Every option with values it cannot take, named in the message."""
        for option, values in {
            "--workers": ["", "-1", "0,,1", "1,", ",1", "a", "2.5", "1;2", "99999999999"],
            "--iterations": ["", "0", "-1", "3x", "2.5", "x", "99999999999999999999"],
            "--task-count": ["", "0", "-1", "3x", "x", "99999999999999999999"],
            "--warmup": ["-1", "x", ""],
            "--inner-threads": ["", "0", "-1", "x", "1,0", "1,,2", "1,", "1025", "[]"],
            "--wait": ["-1", "nan", "inf", "x", "1e400", ""],
            "--seed": ["-1", "x", "99999999999999999999", ""],
            "--schedule": ["dynmic", "dynamic,0", "dynamic,x", ""],
            "--placement": ["far", ""],
            "--memory": ["old", ""],
            "--task-args": ["[10", "10", "[10]x", "", "[-1]", "[1,2]", '{"iteration": 5}'],
            "--task": ["", "summ"],
            "--output": [""],
        }.items():
            for value in values:
                with self.subTest(option=option, value=value):
                    start = [] if option == "--task" else ["--task", "sum"]
                    self.refuse([*start, option, value], option)

    def test_options_of_other_commands(self):
        """An option that would be ignored is refused: its author believes that it does
        something."""
        for args in (
            ["list", "--workers", "2"],
            ["list", "sort", "sum", "what"],
            ["once", "sort", "[10]", "--workers", "2"],
            ["once", "sort", "[10]", "--iterations", "2"],
            ["--task", "sum", "--task-args", "[10]", "--quick", "--dump", "x"],
            ["--task", "sum", "--task-args", "[10]", "--quick", "--index", "3"],
        ):
            with self.subTest(args=args):
                self.refuse(args)

    def test_option_over_a_good_file(self):
        """A file that is right with an option that is not."""
        self.write("c.json", {"task": "sum", "task_args": [10], "task_count": 2})
        self.refuse(["c.json", "--workers", "0,-2"], "--workers", "-2 is below 0")
        self.refuse(["c.json", "--task", "sorr"], "--task", 'did you mean "sort"')


class Machine(Refusal):
    """What cannot be written. The machine's fault is exit 1; a path that can never work may be
    called a wrong argument, 2."""

    RUN = ["--task", "sum", "--task-args", "[10]", "--task-count", "2", "--workers", "0,1"]

    def test_output_below_a_file(self):
        """A regular file stands where a folder is needed."""
        self.write("file", "mine\n")
        self.refuse([*self.RUN, "--output", "file"], "file", codes=(1, 2))
        self.refuse([*self.RUN, "--output", "file/below"], "file/below", codes=(1, 2))
        self.refuse([*self.RUN, "--output", "file/far/below"], "file/far", codes=(1, 2))

    def test_output_in_proc(self):
        """Not even root can make a folder there."""
        self.refuse([*self.RUN, "--output", "/proc/ppt-omp-output"], "/proc/ppt-omp", codes=(1, 2))

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_output_without_permission(self):
        """A folder that may be read only."""
        (self.work / "locked").mkdir(mode=0o555)
        self.refuse([*self.RUN, "--output", "locked"], "locked", codes=(1, 2))

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_config_without_permission(self):
        """A configuration of somebody else's."""
        self.write("c.json", {"task": "sum"}).chmod(0)
        self.refuse(["c.json"], r"c\.json", codes=(1, 2))

    @common.without_coverage
    def test_disk_full(self):
        """Files cannot grow beyond 2 KiB, as on a full disk: exit 1, one message, and no
        results.csv that looks complete."""
        command = ["--task", "sum", "--task-args", "[10]", "--task-count", "50", "--workers", "0,1"]

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

        # Python ignores SIGXFSZ; left ignored, a write beyond the limit fails with EFBIG.
        result = self.run_ppt(*command, preexec_fn=limit, restore_signals=False)
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.out, "", result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        self.assertRegex(result.err, "samples|results", result)
        for path in self.work.rglob("*"):
            self.assertNotEqual(path.name, "results.csv")
            self.assertNotRegex(path.name, r"(?i)te?mp|~$|\.part")
        self.assertEqual(list(self.tmp.iterdir()), [])

    def test_answer_cannot_be_written(self):
        """`ppt-omp list > FILE` on a full disk must not end with 0: a script would go on with an
        empty file."""
        for args in (["list"], ["list", "--json"], ["once", "sum", "[10]"], ["--help"]):
            with self.subTest(args=args), open("/dev/full", "wb") as full:
                result = self.run_ppt(*args, stdout=full)
                self.assertEqual(result.code, 1, result)
                self.assertEqual(len(result.err.splitlines()), 1, result)

    def test_temporary_folder_missing(self):
        """io and zip need a folder for their files; a TMPDIR that does not exist is named."""
        missing = str(self.base / "nowhere")
        for task in ("io", "zip"):
            with self.subTest(task=task):
                self.refuse(
                    ["once", task, "[1]"],
                    re.escape(missing),
                    codes=(1, 2),
                    env=self.environment(TMPDIR=missing),
                )
                self.assertFalse(pathlib.Path(missing).exists())

    @common.plain_memory_only
    def test_memory_limit(self):
        """A limit on the address space, as batch systems set it, is met inside the run: a message
        instead of a crash, exit 1 (or 2 where it was foreseen)."""

        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        run = ["--task", "sort", "--task-args", "[100000000]", "--workers", "0"]
        result = self.run_ppt(*run, preexec_fn=limit)
        self.assertIn(result.code, (1, 2), result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        self.assertRegex(result.err, "(?i)memory", result)
        self.assertEqual(result.out, "", result)
        self.assertEqual([p for p in self.work.rglob("results.csv")], [])


if __name__ == "__main__":
    unittest.main()
