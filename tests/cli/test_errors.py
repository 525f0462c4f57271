"""Bad input gets one clear message, exit code 2 (1 where it is the machine's fault), and leaves
nothing behind.

A wrong file costs its author one look: the message names file, line, column and key, and says what
would be right. It must come before anything is written: a half-made output folder would look like
a result. Every test here therefore compares all files before and after.
"""

import os
import pathlib
import re
import resource
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

# Marks in the text of a configuration where a message may point to; taken out before it is written.
HERE = "«"

# More workers than any machine has memory for at the largest sizes: terabytes.
MANY = '"workers": [0, 512]'


class Refusal(common.Case):
    """Helpers: what every refusal has in common."""

    def refuse(self, args, *needles, codes=(2,), **options):
        """Runs the program, which must refuse with one message that matches every needle (regular
        expressions), print no answer and change no file."""
        before = self.tree()
        result = self.run_ppt(*args, **options)
        self.assertIn(result.code, codes, result)
        self.assertEqual(result.out_bytes, b"", result)
        lines = result.err.splitlines()
        self.assertEqual(len(lines), 1, f"not exactly one message{result}")
        self.assertTrue(result.err.endswith("\n"), result)
        self.assertTrue(lines[0].startswith("ppt-omp: "), result)
        self.assertNotRegex(lines[0][9:], "ppt-omp: ", "a message inside a message")
        self.assertNotRegex(lines[0], r"[\x00-\x1f\x7f]", "control characters in the message")
        for needle in needles:
            self.assertRegex(lines[0], needle, result)
        self.assertEqual(self.tree(), before, f"files were changed{result}")
        return lines[0]

    def refuse_file(self, text, *needles, name="c.json", args=(), codes=(2,)):
        """Writes a configuration and has it refused. Where the text has marks, the message must
        name the line and column of one of them (as PATH:LINE:COLUMN:)."""
        if isinstance(text, str):
            places, clean = self.marks(text)
        else:
            places, clean = [], text
        with self.subTest(config=clean[:120]):
            self.write(name, clean)
            message = self.refuse([name, *args], re.escape(name), *needles, codes=codes)
            if places:
                found = re.search(re.escape(name) + r":(\d+):(\d+): ", message)
                self.assertTrue(found, f"no line and column in: {message}")
                self.assertIn((int(found[1]), int(found[2])), places, message)

    @staticmethod
    def marks(text):
        """The (line, column) of every mark, counted from 1, and the text without them."""
        places = []
        clean = ""
        for part in text.split(HERE)[:-1]:
            clean += part
            lines = clean.split("\n")
            places.append((len(lines), len(lines[-1]) + 1))
        return places, text.replace(HERE, "")


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


class Keys(Refusal):
    """The keys of a configuration and their values."""

    def test_no_task(self):
        """The message lists what there is."""
        self.refuse_file("«{}", "task", '"sort"')
        self.refuse_file('«{"iterations": 3}', "task", '"password"')

    def test_unknown_task(self):
        """With the kernel that was probably meant."""
        self.refuse_file('{"task": «"sorr"}', 'task: .*"sorr"', 'did you mean "sort"')
        self.refuse_file('{\n "task": «"pasword"}', "task: ", 'did you mean "password"')
        self.refuse_file('{"task": «"Sort"}', 'did you mean "sort"')
        self.refuse_file('{"task": «"xyzzyplugh"}', "xyzzyplugh", "sum.*multi.*password.*random")
        self.refuse_file('{"task": «""}', "task: ")

    def test_task_of_wrong_type(self):
        """A name is a string."""
        for value in ("null", "5", "true", '["sort"]', "{}"):
            self.refuse_file('{"task": «' + value + "}", "task: ")

    def test_unknown_key(self):
        """A key that is not known would be ignored in silence otherwise."""
        self.refuse_file(
            '{"task": "sort",\n «"iteration": «5}', "iteration:", 'did you mean "iterations"'
        )
        self.refuse_file('{"task": "sort", «"worker": «[0]}', 'did you mean "workers"')
        self.refuse_file('{"task": "sort", «"taskargs": «[1]}', 'did you mean "task_args"')
        self.refuse_file('{"task": "sort", «"Workers": «[0]}', 'did you mean "workers"')
        self.refuse_file('{"task": "sort", «"xyzzyplugh": «1}', "xyzzyplugh", "unknown")

    def test_workers(self):
        """Every way to get the list of worker counts wrong, with the element that is wrong."""
        start = '{"task": "sum", "task_args": [10],\n "workers": '
        self.refuse_file(start + "[0, 1, 2, «-2]}", r"workers\[3\]: -2 is below 0")
        self.refuse_file(start + "«4}", "workers: .*list")
        self.refuse_file(start + '«"0,1,2"}', "workers: .*list")
        self.refuse_file(start + "«null}", "workers: ")
        self.refuse_file(start + '«{"0": 1}}', "workers: .*list")
        self.refuse_file(start + "«[]}", "workers: .*empty")
        self.refuse_file(start + "[0, «2.5]}", r"workers\[1\]: 2\.5")
        self.refuse_file(start + '[0, «"2"]}', r"workers\[1\]: ")
        self.refuse_file(start + "[0, «null]}", r"workers\[1\]: ")
        self.refuse_file(start + "[0, «[1]]}", r"workers\[1\]: ")
        self.refuse_file(start + "[0, «true]}", r"workers\[1\]: ")

    def test_workers_too_many(self):
        """Counts beyond any machine; 2^32 + 1 must not come out as 1."""
        start = '{"task": "sum", "task_args": [10], "workers": '
        for count in ("1000000", "2147483648", "4294967297", "18446744073709551617", "1e30"):
            self.refuse_file(start + "[0, «" + count + "]}", r"workers\[1\]: ")

    def test_numbers_out_of_range(self):
        """Too large, too small, and what is no number to compute with."""
        start = '{"task": "sum", "task_args": [10], '
        for key in ("iterations", "task_count"):
            for value in ("0", "-1", "1e300", "99999999999999999999", "1e400", "2.5", "-1e400"):
                self.refuse_file(start + f'"{key}": «{value}}}', key + ": ")
        for key in ("wait_time_after_runner", "wait_time_after_iteration"):
            for value in ("-1", "-0.001", "1e400", "1e300"):
                self.refuse_file(start + f'"{key}": «{value}}}', key + ": ")
        for key in ("inner_threads", "warmup", "seed"):
            for value in ("-1", "1e300", "99999999999999999999", "0.5"):
                self.refuse_file(start + f'"{key}": «{value}}}', key + ": ")
        self.refuse_file(start + '"inner_threads": «0}', "inner_threads: 0")
        for value in ("«[]", "[«0]", "[1, «1025]", "[1, «-1]", "[«1.5]"):
            self.refuse_file(start + f'"inner_threads": {value}}}', "inner_threads")

    def test_not_a_number(self):
        """NaN and Infinity are not JSON, though Python writes them."""
        start = '{"task": "sum", "task_args": [10], '
        for value in ("NaN", "Infinity", "-Infinity"):
            self.refuse_file(start + f'"iterations": «{value}}}')
            self.refuse_file(start + f'"wait_time_after_runner": «{value}}}')
            self.refuse_file('{"task": "sum", "task_args": [«' + value + "]}")

    def test_wrong_types(self):
        """Each key with a value of another type; the message says which would be right."""
        start = '{"task": "sum", "task_args": [10], '
        for key in ("iterations", "task_count", "warmup", "seed", "wait_time_after_runner"):
            for value in ('"5"', "true", "[5]", "{}"):
                self.refuse_file(start + f'"{key}": «{value}}}', key + ": ", "number")
        for value in ('"yes"', "1", "0", "[true]"):
            self.refuse_file(
                start + f'"gc_after_iteration": «{value}}}', "gc_after_iteration: ", "true or false"
            )

    def test_choices(self):
        """A word that is none of the choices; the message lists them."""
        start = '{"task": "sum", "task_args": [10], '
        self.refuse_file(start + '"memory": «"old"}', 'memory: "old"', "reuse", "fresh")
        self.refuse_file(start + '"placement": «"far"}', 'placement: "far"', "close", "spread")
        self.refuse_file(start + '"schedule": «"dynmic"}', "schedule: ", "static", "guided")
        for value in ("dynamic,0", "dynamic,-1", "dynamic,x", "dynamic,", "dynamic,1,2", ",1", ""):
            self.refuse_file(start + f'"schedule": «"{value}"}}', "schedule: ")
        for key in ("memory", "placement", "schedule"):
            self.refuse_file(start + f'"{key}": «5}}', key + ": ")

    def test_runs(self):
        """In a suite the key path says which run is wrong."""
        self.refuse_file('{"runs": «[]}', "runs: ")
        self.refuse_file('{"runs": «5}', "runs: ", "list")
        self.refuse_file('{"runs": «{"task": "sum"}}', "runs: ", "list")
        self.refuse_file('{"runs": [{"task": "sum"}, «5]}', r"runs(\[1\])?: ", "object")
        one = '{"runs": [{"task": "sum", "task_args": [10]},\n  '
        self.refuse_file(
            one + '{"task": "sum", "task_args": [«-3]}]}', r"runs\[1\]\.task_args\[0\]: -3"
        )
        self.refuse_file(one + '{"task": «"sorr"}]}', r"runs\[1\]\.task: ", 'did you mean "sort"')
        self.refuse_file(
            one + '{"task": "sum", "workers": [0, «-1]}]}', r"runs\[1\]\.workers\[1\]: -1 is below"
        )
        self.refuse_file(
            one + '{"task": "sum", «"worker": «[0]}]}', r"runs\[1\]\.worker", 'mean "workers"'
        )
        self.refuse_file(one + "«{}]}", r"runs\[1\]", "task")
        self.refuse_file('{"runs": [«{«"runs": «[{"task": "sum"}]}]}', r"runs\[0\]", "runs")

    def test_outer_keys_of_a_suite(self):
        """An error in the keys that the runs inherit is found as well, and once."""
        runs = '"runs": [{"task": "sum", "task_args": [10]}, {"task": "multi", "task_args": [10]}]'
        self.refuse_file('{"workers": [«-1], ' + runs + "}", r"workers\[0\]: -1 is below 0")
        self.refuse_file('{«"worker": «[1], ' + runs + "}", 'did you mean "workers"')
        self.refuse_file('{"iterations": «0, ' + runs + "}", "iterations: 0")


class Arguments(Refusal):
    """`task_args`: count, types and ranges come from the kernel's own table."""

    def test_count(self):
        """The message shows what the kernel takes."""
        self.refuse_file('{"task": "sort", "task_args": «[1000, 3]}', "task_args", "size")
        self.refuse_file('{"task": "tensor", "task_args": «[8]}', "task_args", "size, count")
        self.refuse_file('{"task": "password", "task_args": «[5, 5]}', "task_args", "stored, tried")
        self.refuse_file(
            '{"task": "zip", "task_args": «[1, 1, "text", 4]}', "task_args", "mib.*level.*content"
        )

    def test_type(self):
        """Each kind of parameter with a value of another kind."""
        for task, args, path in (
            ("sort", '[«"a"]', r"task_args\[0\]"),
            ("sort", "[«null]", r"task_args\[0\]"),
            ("sort", "[«[5]]", r"task_args\[0\]"),
            ("sort", "[«2.5]", r"task_args\[0\]"),
            ("sort", "[«true]", r"task_args\[0\]"),
            ("sort", "«5", "task_args"),
            ("sort", '«"5"', "task_args"),
            ("tensor", '[8, «"x"]', r"task_args\[1\]"),
            ("zip", "[1, 1, «5]", r"task_args\[2\]"),
            ("zip", '[1, 1, «"picture"]', r"task_args\[2\]"),
            ("password", "[5, 5, «6, 0.5]", r"task_args\[2\]"),
            ("password", "[5, 5, «[6], 0.5]", r"task_args\[2\]"),
            ("password", "[5, 5, «[6, 7, 8], 0.5]", r"task_args\[2\]"),
            ("password", '[5, 5, [6, «"x"], 0.5]', r"task_args\[2\]\[1\]"),
            ("password", "[5, 5, [6, 7], 0.5, «7]", r"task_args\[4\]"),
            ("img", '[«"a.png"]', r"task_args\[0\]"),
            ("img", "[[«5]]", r"task_args\[0\]\[0\]"),
            ("img", "[«[]]", r"task_args\[0\]"),
            ("random", "[«5]", r"task_args\[0\]"),
        ):
            self.refuse_file(f'{{"task": "{task}",\n "task_args": {args}}}', path)

    def test_range(self):
        """Below the smallest or above the largest value, with the limit in the message."""
        for task, args, needle in (
            ("sum", "[«-3]", r"task_args\[0\]: -3 is below 0"),
            ("sum", "[«1e30]", r"task_args\[0\]: "),
            ("sort", "[«-1]", r"task_args\[0\]: -1 is below 0"),
            ("sort", "[«4294967296]", r"task_args\[0\]: 4294967296 is above 4294967295"),
            ("sort", "[«18446744073709551617]", r"task_args\[0\]: .*above"),
            ("sort", "[«1e400]", r"task_args\[0\]: "),
            ("io", "[«-1]", r"task_args\[0\]: -1 is below 0"),
            ("zip", "[1, «10]", r"task_args\[1\]: 10 is above 9"),
            ("tensor", "[8, «-1]", r"task_args\[1\]: -1 is below 0"),
            ("matrix", "[«1000000]", r"task_args\[0\]: 1000000 is above"),
            ("password", "[5, 5, [6, 7], «1.5]", r"task_args\[3\]: 1\.5 is above 1"),
            ("password", "[5, 5, [6, 7], «-0.1]", r"task_args\[3\]: -0\.1 is below 0"),
            ("password", "[5, 5, «[«12, 10], 0.5]", r"task_args\[2\]"),
            ("password", "[5, 5, [«-1, 10], 0.5]", r"task_args\[2\]\[0\]"),
        ):
            self.refuse_file(f'{{"task": "{task}",\n "task_args": {args}}}', needle)

    def test_hash_options(self):
        """The fifth argument of password is an object with a path of its own."""
        start = '{"task": "password", "task_args": [5, 5, [6, 7], 0.5,\n '
        self.refuse_file(start + '{"hash": «"md5"}]}', "md5", "sha256", "argon2id")
        self.refuse_file(
            start + '{"hash": "argon2id", «"tcost": «1}]}', "tcost", 'did you mean "t_cost"'
        )
        self.refuse_file(start + '{"hash": "argon2id", "t_cost": «0}]}', "t_cost: 0 is below 1")
        # Argon2 itself wants 8 KiB for each lane: known to the kernel alone, which sees arguments
        # together and not where each was written.
        self.refuse_file(
            start.replace("[5, 5", "«[5, 5")
            + '«{"hash": "argon2id", "m_cost_kib": «8, "lanes": «4}]}',
            "m_cost|lanes",
            "8",
        )

    def test_by_name(self):
        """Arguments as an object: the path ends in the parameter's name."""
        self.refuse_file(
            '{"task": "sort", "task_args": {«"sise": «5}}', "sise", 'did you mean "size"'
        )
        self.refuse_file('{"task": "sort", "task_args": {"size": «-5}}', r"task_args\.size: -5")
        self.refuse_file('{"task": "sort", "task_args": {"size": «"x"}}', r"task_args\.size: ")
        self.refuse_file('{"task": "tensor", "task_args": {"size": 8, "count": «-1}}', "count: -1")

    def test_random(self):
        """Names of the mix are checked as names of tasks are."""
        self.refuse_file(
            '{"task": "random", "task_args": ["sum", «"sorr"]}',
            r"task_args\[1\]",
            'did you mean "sort"',
        )
        self.refuse_file('{"task": "random", "task_args": [«"random"]}', r"task_args\[0\]")

    def test_beyond_memory(self):
        """Sizes that no machine can hold: the message says how much would be needed, and nothing
        is tried that the kernel's out-of-memory killer would end."""
        big = r"needs? .*\d(\.\d+)? [KMGTPE]iB"
        for task, args in (
            ("sort", "[4294967295]"),
            ("matrix", "[65535]"),
            ("tensor", "[65535, 2]"),
            (
                "password",
                '[5, 5, [6, 7], 0.5, {"hash": "argon2id", "m_cost_kib": 1073741824}]',
            ),
        ):
            text = f'{{"task": "{task}", "task_args": {args}, {MANY}, "task_count": 2}}'
            self.refuse_file(text, big, task)
        self.refuse(
            ["--task", "sort", "--task-args", "[4294967295]", "--workers", "0,1024"], big, "sort"
        )

    def test_task_count_beyond_memory(self):
        """Times of single tasks are kept; a count that cannot be kept is refused too."""
        self.refuse_file('{"task": "sum", "task_args": [1], "task_count": «1000000000000000}')


class Images(Refusal):
    """Images are opened before anything is written."""

    def refuse_image(self, name, *needles, codes=(2,)):
        self.write("img.json", {"task": "img", "task_args": [[name]], "task_count": 2})
        with self.subTest(image=name):
            self.refuse(["img.json"], re.escape(name), *needles, codes=codes)

    def test_missing(self):
        """The message names the image, and the place in the file that asks for it."""
        self.refuse_image("nowhere.png", r"img\.json:\d+:\d+: ", r"task_args\[0\]\[0\]")
        self.write("a.png", common.make_png())
        self.write("img.json", '{"task": "img",\n "task_args": [["a.png", "b.png"]]}')
        self.refuse(["img.json"], r"img\.json:2:26: ", r"task_args\[0\]\[1\]", r"b\.png")

    def test_not_an_image(self):
        """Judged by its content, whatever its name says."""
        self.write("text.png", "this is not a picture\n")
        self.refuse_image("text.png", "PNG|JPEG|image")
        self.write("empty.png", b"")
        self.refuse_image("empty.png")
        self.write("short.png", common.PNG_MAGIC[:4])
        self.refuse_image("short.png")
        self.write("only-magic.jpg", b"\xff\xd8\xff\xe0")
        self.refuse_image("only-magic.jpg")
        (self.work / "folder.png").mkdir()
        self.refuse_image("folder.png")

    def test_truncated(self):
        """Cut at several places. A cut JPEG is a mere warning to its library, which fills the
        rest with grey: a benchmark of the wrong image."""
        png, jpeg = common.make_png(), common.make_jpeg()
        for share in (0.3, 0.6, 0.95):
            self.write("cut.png", png[: int(len(png) * share)])
            self.refuse_image("cut.png")
        for at in (0.5, 0.8, 0.95):
            self.write("cut.jpg", jpeg[: int(len(jpeg) * at)])
            self.refuse_image("cut.jpg")
        whole = (common.ROOT / "data/landscape.png").read_bytes()
        self.write("landscape.png", whole[: len(whole) // 2])
        self.refuse_image("landscape.png", "(?i)truncated|too early|ends|cut")

    def test_damaged(self):
        """A flipped bit fails the checksum of its chunk."""
        png = bytearray(common.make_png())
        png[len(png) // 2] ^= 0x10
        self.write("damaged.png", bytes(png))
        self.refuse_image("damaged.png")

    def test_claims_to_be_huge(self):
        """A header of a few bytes that asks for gigabytes."""
        png = common.make_png()
        header = png[16:29].replace(png[16:24], b"\x7f\xff\xff\xff\x7f\xff\xff\xff")
        bomb = png[:8] + common.png_chunk(b"IHDR", header) + png[33:]
        self.write("bomb.png", bomb)
        self.refuse_image("bomb.png")


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
