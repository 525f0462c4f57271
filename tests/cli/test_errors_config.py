"""Bad keys, arguments and images of a configuration get one clear message that names the place."""

import re
import unittest

import common
from refusal import Refusal

# More workers than any machine has memory for at the largest sizes: terabytes.
MANY = '"workers": [0, 512]'


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
        self.refuse_file(start + '«"0..2"}', 'workers: "0..2" is no count; give .*"0-4"')
        self.refuse_file(start + '«"0,-2"}', "workers: -2 is below 0")
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


if __name__ == "__main__":
    unittest.main()
