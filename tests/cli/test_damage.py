"""Inputs that are damaged, or come from programs with habits of their own: they are read where there
is no doubt what they mean, and otherwise told with the place; nothing damaged passes for whole, and
nothing that a file holds reaches the terminal or breaks what is printed."""

import csv
import html
import io
import json
import re
import shlex
import shutil
import subprocess
import unittest

import common

MARK = b"\xef\xbb\xbf"

# What takes over a terminal, a page, a table, a shell or a spreadsheet that shows it as it is. The
# second one is U+009B, as good as ESC [.
HOSTILE = (
    "\x1b]0;pwn\x07<script>alert(1)</script>`touch PWNED`$(touch PWNED)'\"; system(\"touch PWNED\")"
    "\n=cmd|calc \x9b31m\x7f\r|x| \u202e\u2066abc\u2069 \u2028*y*"
)
# Neither of ASCII nor of C1, nor what changes the direction of writing or ends a line.
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def judge_table():
    """Six blocks of a run in which 4 workers are the best of 0, 1, 2 and 4."""
    seconds = {0: 4.0, 1: 4.02, 2: 2.1, 4: 1.05}
    rows = [(b, w, s * (1 + 0.004 * b)) for b in range(6) for w, s in seconds.items()]
    return "block,workers,seconds\n" + "".join(f"{b},{w},{s:.4f}\n" for b, w, s in rows)


FIT_TABLE = "workers,throughput,note\n1,100,ok\n2,190,ok\n4,340,rack 19\n8,500,ok\n16,480,ok\n"


class Tables(common.Case):
    """What judge and fit take."""

    def answer(self, content, command="judge"):
        result = self.run_ppt(command, self.write("t.csv", content), "--json")
        self.assertIn(result.code, (0, 5), result)
        return json.loads(result.out)

    def refused(self, content, *words, command="judge"):
        """It is bad input, in one line that begins with the place and holds these words."""
        result = self.run_ppt(command, self.write("t.csv", content))
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "", result)
        self.assertEqual(result.err.count("\n"), 1, result)
        for word in words:
            self.assertIn(word, result.err)

    def test_other_programs_tables_mean_the_same(self):
        plain = judge_table()
        expected = self.answer(plain)
        self.assertEqual(expected["recommended"], 4)
        lines = plain.splitlines()
        for name, table in {
            "semicolons": plain.replace(",", ";"),
            "tabs": plain.replace(",", "\t"),
            "bars": plain.replace(",", "|"),
            "padded tabs": plain.replace(",", " \t "),
            "CR LF": plain.replace("\n", "\r\n"),
            "CR": plain.replace("\n", "\r"),
            "no end of the last line": plain[:-1],
            "CR, no end of the last line": plain[:-1].replace("\n", "\r"),
            "sep": "sep=,\n" + plain,
            "sep in capitals, with a mark": "\ufeffSEP=;\r\n" + plain.replace(",", ";"),
            "sep and a tab": "sep=\t\n" + plain.replace(",", "\t"),
            "mark and semicolons": "\ufeff" + plain.replace(",", ";"),
            "no-break spaces": plain.replace("\n", "\u00a0\n"),
            "other spaces": plain.replace(",", "\u202f,\u2007"),
            "blank lines": plain.replace("\n", "\n   \n\t\n"),
            "a blank line first": " \n\n" + plain,
            "rows of nothing": plain.replace("\n2,", "\n,,\n2,", 1) + ',"", \n',
            "every field quoted": "".join(
                ",".join(f'"{f}"' for f in line.split(",")) + "\n" for line in lines
            ),
            "blanks behind quotes": plain.replace("block,", '"block" \t ,'),
            "notes of several lines": lines[0]
            + ",note\n"
            + "".join(line + ',"a ""b"", c\n\r\nd, e"\n' for line in lines[1:]),
            "a note in another encoding": (
                lines[0] + ",note\n" + "".join(line + ",gr\xfcn\n" for line in lines[1:])
            ).encode("latin-1"),
            "signs and points": plain.replace("\n0,", "\n+0.,"),
            "exponents": plain.replace(",4.0000\n", ",.4E+1\n"),
        }.items():
            with self.subTest(name):
                self.assertEqual(self.answer(table), expected)

    def test_a_quote_out_of_place(self):
        """Rows between two of them went into one field, and the verdict came from the others."""
        lines = judge_table().splitlines()
        table = [lines[0] + ",machine"] + [line + ",ssd 2.5" for line in lines[1:]]

        def with_quotes(*places):
            changed = list(table)
            for line, text in places:
                changed[line - 1] += text
            return "\n".join(changed) + "\n"

        self.refused(with_quotes((5, '"'), (17, '"')), "t.csv:5: a quote stands within a field")
        self.refused(with_quotes((5, '"')), "t.csv:5: a quote stands within a field")
        self.refused(with_quotes((5, ',"a"b')), "t.csv:5: text follows a closing quote")
        self.refused(with_quotes((5, ',"x'), (7, ',"x')), "t.csv:7: text follows", "line 5")
        self.refused(with_quotes((5, ',"')), "t.csv:5: a quote opens here and is never closed")
        self.refused(with_quotes((1, '"')), "t.csv:1: a quote")
        self.refused(FIT_TABLE.replace("rack 19", 'rack 19"'), "t.csv:4:", command="fit")
        self.refused(FIT_TABLE.replace("rack 19", '"rack 19'), "t.csv:4:", command="fit")
        self.refused(FIT_TABLE.replace("rack 19", ' "rack 19"'), "t.csv:4:", command="fit")

    def test_two_quotes_that_pair_over_rows(self):
        table = FIT_TABLE.replace(",rack 19", ',"rack 19').replace("16,480,ok", '16,480,ok"')
        self.refused(table, "t.csv:4: the quote that opens here", "rows", command="fit")
        table = table.replace("\n", "\r\n").replace(",", ";")
        self.refused(table, "t.csv:4: the quote that opens here", "rows", command="fit")

    def test_what_is_odd_is_said(self):
        plain = judge_table()
        for table, words in (
            (plain.replace("\n", ",9.0\n").replace("9.0", "seconds", 1), ':1: the first line'),
            (plain.replace("block", "Seconds", 1), 'names no column "block"'),
            (plain.replace(",", " "), 'it is "block workers seconds"'),
            ("", "names no column"),
            (plain.replace(",", ";").replace(".", ","), ':2: seconds: "4,0000" is not a number: a'),
            (plain.replace(".", ","), ":2: too many fields: 4"),
            (plain.replace("\n1,1,", "\n1,1,9,"), ":7: too many fields: 4"),
            (plain.replace("\n1,1,", "\n1;1,"), ":7: too few fields: 2"),
            (plain.replace("\n", ",x\n").replace(",x\n1,1,", "\n1,1,"), ":6: too few fields: 3"),
            (plain.replace("\n1,1,", "\n0x1,1,"), ':7: block: "0x1" is not a number: it looks hex'),
            (plain.replace("\n1,1,", "\n1,-0X1p3,"), ':7: workers: "-0X1p3" is not a number: it lo'),
            (plain.replace(",4.0000", ",inf"), '"inf" is not a number: a finite'),
            (plain.replace(",4.0000", ",-Infinity"), "is not a number: a finite"),
            (plain.replace(",4.0000", ",nan(1)"), "is not a number: a finite"),
            (plain.replace(",4.0000", ",1e400"), '"1e400" is not a number: it is too large'),
            (plain.replace(",4.0000", ",1e-400"), "it is too close to 0"),
            (plain.replace(",4.0000", ",1_000"), "nothing may stand between its digits"),
            (plain.replace(",4.0000", ",1'000"), "nothing may stand between its digits"),
            (plain.replace(",4.0000", ",1\u00a0000"), "nothing may stand between its digits"),
            (plain.replace(",4.0000", ',"1,000"'), "nothing between thousands"),
            (plain.replace(",4.0000", ", "), "the field is empty"),
            (plain.replace(",4.0000", ",1e"), '"1e" is not a number'),
            (plain.replace(",4.0000", ",."), '"." is not a number'),
            (plain.replace(",4.0000", ",4s"), '"4s" is not a number'),
            (plain.replace(",4.0000", ",=4"), '"=4" is not a number'),
            ("block,workers,seconds" + ",x" * 1000 + "\n", ":1: more than 1000 columns"),
        ):
            with self.subTest(words=words):
                self.refused(table, "t.csv", words)

    def test_text_that_is_not_utf_8(self):
        plain = judge_table()
        for encoding, name in (
            ("utf-16", "UTF-16"),
            ("utf-16-le", "UTF-16"),
            ("utf-16-be", "UTF-16"),
            ("utf-32", "UTF-32"),
            ("utf-32-be", "UTF-32"),
        ):
            with self.subTest(encoding):
                self.refused(plain.encode(encoding), f"t.csv: is {name} text", "UTF-8")

    def test_zero_bytes(self):
        """What a power cut leaves; in the notes too, where nothing is read."""
        plain = judge_table().replace("\n", ",n\n").encode()
        for place in (b",n\n1,2,", b"\n2,0,", b",n\n5,4"):
            line = plain.index(place)
            line = plain[: line + 1].count(b"\n") + 1
            table = plain.replace(place, place[:1] + bytes(512) + place[1:])
            self.refused(table, f"t.csv:{line}: a zero byte")
        self.refused(plain + bytes(4096), "a zero byte")


class Configurations(common.Case):
    """JSON that people write."""

    TEXT = b'{"task": "sum", "task_args": [1000], "workers": [0, 1], "iterations": 1}'

    def test_byte_order_mark(self):
        self.run_fine(self.write("c.json", MARK + self.TEXT))
        result = self.run_ppt(self.write("d.json", MARK + b'{"task": "sum",\n "x": 1, "task": 1}'))
        self.assertEqual(result.code, 2, result)
        self.assertIn("d.json:2:10: task: appears more than once", result.err)
        result = self.run_ppt(self.write("e.json", MARK + b'{"task": "sum" "x": 1}'))
        self.assertIn("e.json:1:16: ", result.err)
        self.assertIn("empty", self.run_ppt(self.write("f.json", MARK)).err)
        # Only one, and only in front.
        self.assertEqual(self.run_ppt(self.write("g.json", MARK * 2 + self.TEXT)).code, 2)
        self.assertEqual(self.run_ppt(self.write("h.json", b" " + MARK + self.TEXT)).code, 2)

    def test_byte_order_mark_of_a_journal(self):
        """An editor puts it there when it saves."""
        self.run_fine(self.write("c.json", self.TEXT))
        journal = self.only_folder() / "samples.jsonl"
        journal.write_bytes(MARK + journal.read_bytes())
        self.assertIn(self.run_ppt("report", self.only_folder()).code, (0, 5))

    def test_other_encodings_are_named(self):
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
            with self.subTest(encoding):
                result = self.run_ppt(self.write("c.json", self.TEXT.decode().encode(encoding)))
                self.assertEqual(result.code, 2, result)
                self.assertIn(f"c.json: is {encoding[:6].upper()} text", result.err)
                self.assertIn("UTF-8", result.err)
        result = self.run_ppt(self.write("c.json", b'{"task": "s\xfcm"}'))
        self.assertIn("c.json:1:12: not valid JSON: not UTF-8", result.err)
        result = self.run_ppt(self.write("c.json", b'{"task": "s\0m"}'))
        self.assertIn("c.json:1:12: not valid JSON: a zero byte", result.err)


class Images(common.Case):
    """Pictures of colours that are not read are told so by name."""

    def refused(self, path, *words):
        result = self.run_ppt("once", "img", path)
        if result.code == 77:
            self.skipTest("built without libjpeg")
        self.assertEqual((result.code, result.out), (2, ""), result)
        for word in (path.name, *words, "grey, YCbCr and RGB are read"):
            self.assertIn(word, result.err)

    def test_inks(self):
        for name in ("CMYK", "YCCK"):
            with self.subTest(name):
                self.refused(common.ROOT / f"tests/data/img/{name.lower()}.jpg", f"are {name}")

    def test_colours_of_no_known_kind(self):
        grey = common.make_jpeg()
        frame = bytes([1, 1, 0x11, 0])
        two = grey.replace(b"\x00\x0b\x08", b"\x00\x0e\x08", 1).replace(
            frame, bytes([2, 1, 0x11, 0, 2, 0x11, 0]), 1
        )
        self.refused(self.write("two.jpg", two), "its 2 colour components are of no known kind")

    def test_grey_is_read(self):
        result = self.run_ppt("once", "img", self.write("grey.jpg", common.make_jpeg()))
        self.assertIn(result.code, (0, 77), result)


class Printing(common.Case):
    """What a run's journal and its names are printed as."""

    CONFIG = {"task": "sum", "task_args": [1000], "task_count": 3, "workers": [0, 1, 2],
              "iterations": 3}  # fmt: skip

    def hostile_run(self):
        """A folder with a journal whose every text is hostile, that of a failure as well."""
        self.run_fine(self.write("c.json", self.CONFIG))
        folder = self.work / "hostile"
        self.only_folder().rename(folder)
        path = folder / "samples.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        lines[0].update(program=HOSTILE, started=HOSTILE, origin=HOSTILE)
        lines[0]["host"].update(
            {k: HOSTILE for k in ("name", "system", "cpu_model", "instruction_set", "blas",
                               "blas_core", "blas_own")}
        )
        lines[0]["host"]["environment"] = {HOSTILE: HOSTILE}
        last = next(line for line in reversed(lines) if line["type"] == "pass")
        lines.insert(
            lines.index(last) + 1,
            {"type": "failed", "position": last["position"] + 1, "block": last["block"],
             "workers": 2, "inner_threads": 1, "message": HOSTILE},
        )  # fmt: skip
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return folder

    def check_shown(self, text, allowed=""):
        """Nothing in it but what may be printed, and no text of the journal's in the open."""
        found = HIDDEN.search(text.translate({ord(c): None for c in allowed}))
        self.assertIsNone(found, found and text[max(0, found.start() - 40) : found.end() + 40])

    def test_hostile_journal_in_every_format(self):
        folder = self.hostile_run()
        texts = {}
        for name in FORMATS:
            result = self.run_ppt("report", folder, "--format", name)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.err_bytes.count(b"\x1b"), 0)
            texts[name] = result.out_bytes.decode("utf-8")
            with self.subTest(name):
                self.check_shown(texts[name], {"csv": "\r", "html": "\t"}.get(name, ""))
        self.assertNotIn("<script>", texts["html"])
        # What a program reads says the same as the journal.
        document = json.loads(texts["json"])
        self.assertEqual(document["program"], HOSTILE)
        self.assertEqual(document["host"]["cpu_model"], HOSTILE)
        self.assertEqual(document["failed"][0]["message"], HOSTILE)
        self.assertEqual(json.loads(texts["gbench"])["context"]["system"], HOSTILE)
        extra = json.loads(texts["ghab"])[0]["extra"]
        self.assertIn(HOSTILE, extra)
        # Words alone in Markdown: behind backslashes, no line of their own.
        lines = texts["markdown"].splitlines()
        self.assertEqual(sum(line.startswith("|") for line in lines), 4, lines)
        self.assertNotRegex(re.sub(r"\\.", "", lines[-1]), r"[`<>|*$#@\[]")

    def test_hostile_journal_on_the_terminal(self):
        folder = self.hostile_run()
        for arguments in (
            ["report", folder],
            ["report", folder, "--quiet"],
            ["predict", folder, "--workers", 2],
            ["predict", folder, "--workers", 2, "--json"],
            ["compare", folder, folder],
            ["compare", folder, folder, "--json"],
        ):
            with self.subTest(arguments):
                result = self.run_ppt(*arguments)
                self.assertIn(result.code, (0, 5), result)
                self.check_shown(result.out_bytes.decode("utf-8"))
                self.check_shown(result.err_bytes.decode("utf-8"))
        self.assertIn("which failed: ?]0;pwn?", self.run_ppt("report", folder).out)

    def test_hostile_names_in_messages(self):
        """They come from files and their names."""
        folder = self.work / f"r\x1b[31m\u202e\x9b\n{1}"
        self.hostile_run().rename(folder)
        plain = self.work / "plain"
        shutil.copytree(folder, plain)
        config = self.write("c\x1b[2J\u202e.json", {**self.CONFIG, "inner_threads": 2})
        table = self.write("t\x9b1m\u2069.csv", 'block,workers,seconds\n1,2,"\x1b\u009b\u202e"\n')
        for arguments in (
            ["report", folder],
            ["compare", plain, folder],
            ["compare", folder, folder / "missing\x9b"],
            [config],
            [config, "--output", "o\u202e\x1b"],
            ["judge", table],
            [self.write("k.json", {"task": "su\x9bm\u202e"})],
            [self.write("l.json", {"task": "sum", "ta\x9bk\u202e": 1})],
            ["--workers", "2\x9b\u202e", config],
        ):
            with self.subTest(arguments):
                result = self.run_ppt(*arguments)
                self.assertIn(result.code, (0, 2, 5), result)
                self.check_shown(result.out_bytes.decode("utf-8"))
                self.check_shown(result.err_bytes.decode("utf-8"))

    def test_bytes_that_are_no_utf_8(self):
        """On a terminal that takes them for Latin-1 they are control characters, too."""
        result = self.run_ppt("report", b"missing\x9b31m")
        self.assertEqual(result.code, 2, result)
        self.assertNotIn(b"\x9b", result.err_bytes)

    def details_of(self, *words):
        """The cells with the details of a program that got these words, and the texts of formats."""
        self.run_fine(*SHORT, "--", shutil.which("true"), *words)
        folder = self.only_folder()
        texts = {
            name: self.run_fine("report", folder, "--format", name).out_bytes.decode("utf-8")
            for name in FORMATS
        }
        shutil.rmtree(self.work / "output")
        rows = list(csv.DictReader(io.StringIO(texts["csv"], newline="")))
        return [row["Job details"] for row in rows], texts

    def program(self, name):
        """A program of that name in the current folder, which does nothing."""
        path = self.write(name, "#!/bin/sh\n")
        path.chmod(0o755)
        return name

    def test_no_field_is_a_formula(self):
        env = self.environment(PATH=str(self.work))
        for name in ("=cmd|calc", "+1", "-1", "@sum", "＝1", "＋1", "－1", "＠x"):
            with self.subTest(name):
                shutil.rmtree(self.work / "output", ignore_errors=True)
                self.run_fine(*SHORT, "--", self.program(name), env=env)
                for row in common.read_csv(self.only_folder() / "results.csv")[1]:
                    # In quotes of its own what a shell would want so.
                    self.assertIn(row["Job details"], (f"'{name}", f"'{name}'"))

    def test_other_fields_stay_as_they_are(self):
        """An apostrophe stands in front of nothing else, numbers below 0 among them."""
        self.assertEqual(self.details_of("-5", "=x")[0], [f"{shutil.which('true')} -5 =x"] * 2)
        self.run_fine(self.write("c.json", self.CONFIG))
        header, rows = common.read_csv(self.only_folder() / "results.csv")
        self.assertEqual(header[:8], common.CSV_ORIGINAL)
        for row in rows:
            self.assertEqual(row["Job details"], "1000")
            self.assertNotIn("'", "".join(row.values()))

    def test_hostile_words_of_a_program(self):
        cells, texts = self.details_of(HOSTILE)
        for name, text in texts.items():
            with self.subTest(name):
                self.check_shown(text, {"csv": "\r", "html": "\t"}.get(name, ""))
        self.assertEqual(len(cells), 2)
        shown = HIDDEN.sub("?", HOSTILE).replace("\n", "?")
        self.assertEqual(shlex.split(cells[0])[1:], [shown], cells)
        self.assertEqual(texts["csv"].count("\n"), 3)
        self.assertEqual(sum(line.startswith("|") for line in texts["markdown"].splitlines()), 4)
        self.assertEqual(json.loads(texts["json"])["config"]["task_args"]["argv"][1], HOSTILE)


# What a title says of such a run.
COUNTS = "1 task per pass, 1 iteration"
SHORT = ("--iterations", 1, "--task-count", 1, "--workers", "0,1", "--quiet")
FORMATS = ("csv", "json", "html", "gbench", "bmf", "ghab", "hyperfine", "markdown", "gnuplot")


@unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
class Charts(common.Case):
    """Any text may stand in a chart: it is drawn as it is, and nothing of it runs."""

    NAMES = (
        "",
        "''",
        "'",
        '"',
        "./my tools/prog",
        "awk 'BEGIN{print 1}'",
        "`touch PWNED`",
        "$(touch PWNED)",
        "'; system \"touch PWNED\"; '",
        '"; system "touch PWNED"; "',
        "'.system('touch PWNED').'",
        '".system("touch PWNED")."',
        "@x",
        "\\101",
        "\\",
        '\\"',
        "%s %g %% %d",
        "# no comment",
        "{/Symbol a}_b^c&{d}",
        "übung — ☃ 日本",
        "a;b|c&d<e>f!g",
    )

    def title(self, picture):
        """What stands above a chart before the sentence on how it was measured, as it is read in
        the picture."""
        lines = re.findall(r"<text[^>]*>(.*?)</text>", picture, re.DOTALL)
        lines = [html.unescape(re.sub(r"<[^>]*>", "", line)) for line in lines]
        text = " ".join(lines)
        self.assertEqual(text.count(COUNTS), 1, lines)
        return text.partition("; " + COUNTS)[0].rpartition(": how much faster with workers ")[2]

    def test_every_name_is_drawn_as_it_is(self):
        for first in range(0, len(self.NAMES), 2):
            words = self.NAMES[first : first + 2]
            with self.subTest(words):
                shutil.rmtree(self.work / "output", ignore_errors=True)
                result = self.run_fine(*SHORT, "--", "true", *words, draw=True)
                self.assertEqual(result.err, "", "charts were not drawn")
                folder = self.only_folder()
                expected = next(iter(common.read_csv(folder / "results.csv")[1]))["Job details"]
                for word in words:
                    self.assertIn(word, expected)
                picture = (folder / "charts/speedup.svg").read_text(encoding="utf-8")
                self.assertTrue((folder / "charts/speedup.png").stat().st_size > 1000)
                self.assertEqual(self.title(picture), expected)
                script = self.run_fine("report", folder, "--format", "gnuplot").out
                drawn = subprocess.run(
                    ["gnuplot", "-d", "-e", "set terminal svg", "-"],
                    input=script, cwd=self.work, capture_output=True, text=True, check=False,
                    timeout=common.TIMEOUT_S,
                )  # fmt: skip
                self.assertEqual((drawn.returncode, drawn.stderr), (0, ""))
                # There is less room in it: what is longer is cut in the middle.
                before, _, behind = self.title(drawn.stdout).partition("...")
                self.assertTrue(expected.startswith(before) and expected.endswith(behind))
                self.assertGreaterEqual(len(before), min(len(expected), 20))
                self.assertEqual([p.name for p in self.work.iterdir()], ["output"], "it was run")

    def test_what_must_not_be_shown_is_not_drawn(self):
        result = self.run_fine(*SHORT, "--", "true", HOSTILE, draw=True)
        self.assertEqual(result.err, "")
        picture = (self.only_folder() / "charts/speedup.svg").read_text(encoding="utf-8")
        self.assertIsNone(HIDDEN.search(picture.replace("\t", "")))
        self.assertIn("<script>", self.title(picture))
        self.assertNotIn("<script", picture)
        self.assertEqual([p.name for p in self.work.iterdir()], ["output"])


if __name__ == "__main__":
    unittest.main()
