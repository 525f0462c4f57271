"""report.html and a suite's index.html: as files, and in a browser."""

import base64
import html.parser
import json
import math
import os
import random
import re
import shutil
import socket
import sys
import unittest
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import browser  # noqa: E402  (found through the line above)
import common  # noqa: E402

# In the order in which the page of a run has them.
CHARTS = ["speedup", "heat", "efficiency", "time", "tasks_per_second", "model", "task_times",
          "distribution", "balance", "passes"]  # fmt: skip
PICTURE = "data:image/svg+xml;base64,"

# A name that would be markup, a quote, a gnuplot command and a control character at once.
NASTY = "<script>alert(1)</script> \"x' onload='y' &amp; $z %s `id`.png"


class Parser(html.parser.HTMLParser):
    """Collects elements, ids and text, and checks that tags are balanced."""

    VOID = {"meta", "link", "br", "img", "source"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.words, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)

    def pictures(self):
        """The files of the charts that are shown, in that order."""
        sources = [attributes["src"] for tag, attributes in self.tags if tag == "img"]
        return [base64.b64decode(s.removeprefix(PICTURE), validate=True) for s in sources]

    def labels(self):
        """Of the links within the page: where they lead."""
        return [a["href"][1:] for tag, a in self.tags if tag == "a" and a["href"][0] == "#"]


def charts_of(folder):
    """The charts that a run has, in the page's order."""
    return [name for name in CHARTS if (folder / "charts" / f"{name}.gp").exists()]


def cells_of(row):
    """The texts of a row of a table."""
    return [html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]


def tables_of(text, name):
    """The tables behind a figure: caption and rows, the head among them."""
    figure = re.search(rf'<figure id="figure-{name}".*?</figure>', text, re.S)[0]
    data = figure.split('<details class="data">')[1]
    found = []
    for table in re.findall(r"<table.*?</table>", data, re.S):
        caption = re.search(r"<caption><span>(.*?)</span>", table)
        rows = [cells_of(row) for row in re.findall(r"<tr.*?</tr>", table)]
        found.append((html.unescape(caption[1]) if caption else "", rows))
    return found


def blocks_of(path):
    """The same from the data of a chart, without what readers are not shown."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    heads = re.split(" {2,}", first.removeprefix("# "))
    shown = [i for i, head in enumerate(heads) if head != "position"]
    found, title, rows = [], "", []
    for line in [*lines[: lines.index("#end")], ""]:
        values = [a or rounded(b) for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]
        if line.startswith("#"):
            title = line.removeprefix("# ")
        elif line == "" and rows:
            found.append((title, [[heads[i] for i in shown], *rows]))
            rows = []
        elif line and values[0] != "NaN":
            values = [*values, *["NaN"] * len(heads)]
            rows.append(["–" if values[i] == "NaN" else values[i] for i in shown])
    return found


def rounded(text):
    """A number as tables have it: five digits, and all of those before the point."""
    if not re.fullmatch(r"-?[\d.]+(e[-+]\d+)?", text) or not re.search(r"[.e]", text):
        return text
    value = float(text)
    return f"{value:.5g}" if abs(value) < 10000 else f"{value:.0f}"


def rewrite(folder, seconds, noise=0.01, blocks=10, edit=lambda line: None):
    """Gives a recorded run passes of these times, by workers, in so many blocks."""
    source = random.Random(4)
    journal = common.read_samples(folder)
    passes = {line["workers"]: line for line in journal if line["type"] == "pass"}
    lines = [journal[0]]
    for block in range(blocks + 1):
        for workers, base in seconds.items():
            total = round(1e9 * base * math.exp(noise * source.gauss(0, 1)))
            line = json.loads(json.dumps(passes[workers]))
            line |= {"block": block, "position": len(lines) - 1, "process": block + 1,
                     "started_ns": len(lines) * 10**9, "init_ns": 1000, "cleanup_ns": 1000,
                     "work_ns": total - 2000, "total_ns": total}  # fmt: skip
            edit(line)
            lines.append(line)
    lines.append({"type": "end", "status": 0})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "samples.jsonl").write_text(text)


class Page(common.Case):
    def run_small(self, *args, draw=True, **options):
        """A small run; its folder and the text of its page."""
        self.run_fine(
            "--task", "sum", "--task-args", "[20000]", "--task-count", "12", "--workers", "0,1,2,3",
            "--iterations", "6", *args, draw=draw, **options,
        )  # fmt: skip
        folder = self.only_folder()
        return folder, (folder / "report.html").read_text(encoding="utf-8")

    def check(self, text):
        """What holds for every page: well-formed, no script, nothing from anywhere else, no picture
        but charts, and none without words for those who do not see it."""
        page = Parser(text)
        self.assertEqual(page.open, [])
        self.assertEqual(sorted(set(page.ids)), sorted(page.ids), "an id appears twice")
        for tag, attributes in page.tags:
            self.assertNotIn(tag, ("script", "iframe", "object", "embed", "svg"))
            for name, value in attributes.items():
                self.assertFalse(name.startswith("on"), f"{tag} has {name}")
                if tag in ("img", "source") and name in ("src", "srcset"):
                    self.assertTrue(value.startswith(PICTURE), value[:80])
                elif name in ("href", "src", "xlink:href") and tag != "a":
                    self.assertRegex(value, r"^(#|data:,$)")
            if tag == "img":
                self.assertTrue(attributes["alt"].startswith("Chart: "), attributes["alt"])
        self.assertNotRegex("".join(page.words), r"(?i)(?<![\w-])(nan|-?inf)(?![\w-])")
        self.assertNotRegex("".join(page.words), r"(?<![\d.])0\.0 %")
        self.assertLessEqual(set(page.labels()), set(page.ids), "a link leads nowhere")
        return page

    def class_of(self, text):
        """What the box is, by its colour; the word says the same."""
        (found,) = re.findall(
            r'<div class="verdict (\w+)">\n<p><span class="badge (\w+)">(\w+)</span>', text
        )
        self.assertEqual(len(set(found)), 1, found)
        return found[0]

    def test_content(self):
        """The verdict first, then everything else, in words and figures."""
        folder, text = self.run_small()
        page = self.check(text)
        results = json.loads((folder / "results.json").read_text())
        words = " ".join("".join(page.words).split())
        sentence = results["verdict"]["sentence"]
        self.assertIn(sentence, words)
        self.assertNotRegex(re.findall(r'<div class="verdict.*?</p>', text, re.S)[0], r"\d %")
        first_table = words.index("Medians over 6 iterations")
        self.assertLess(words.index(sentence), first_table)
        headings = re.findall(r'<section id="([\w-]+)".*?<h2[^>]*>(.*?)</h2>', text, re.S)
        self.assertEqual([heading for _, heading in headings],
                         ["The answer", "Why", "What if more", "How sure", "Single tasks",
                          "Workers", "All passes in time", "Machine and settings"])  # fmt: skip
        nav = re.search(r'<nav aria-label="Contents">(.*?)</nav>', text, re.S)[1]
        contents = re.findall(r'<li><a href="#([\w-]+)">(.*?)</a>', nav)
        self.assertEqual(contents, headings)
        openings = re.findall(r'</h2>\n<p class="says">(.*?)</p>', text)
        self.assertEqual(len(openings), len(headings) - 1, "a section begins without its answer")
        self.assertIn(results["host"]["cpu_model"], words)
        config = re.search(r"<pre>(.*?)</pre>", text, re.S)[1]
        self.assertEqual(json.loads(html.unescape(config)), results["config"])
        rows = len(results["passes"])
        self.assertEqual(len(re.findall(r"<td[^>]*>warm-up(, disturbed)?</td>", text)), 2)
        self.assertGreaterEqual(text.count("<tr"), rows)
        names = charts_of(folder)
        drawn = [(folder / "charts" / f"{name}.svg").read_bytes() for name in names]
        self.assertEqual(page.pictures(), drawn)
        for name in names:
            self.assertIn(f"read-{name}", page.ids)
        for tag, attributes in page.tags:
            if tag == "th":
                self.assertIn(attributes.get("scope"), ("row", "col"))

    def test_without_charts(self):
        """gnuplot is not there: the page says so and is whole."""
        folder, text = self.run_small(draw=False)
        self.check(text)
        self.assertEqual(text.count("was not drawn"), len(charts_of(folder)))

    def test_data(self):
        """Behind every figure its data: all of them, with no more digits than anybody reads."""
        folder, text = self.run_small(draw=False)
        for name in charts_of(folder):
            with self.subTest(name=name):
                expected = blocks_of(folder / "charts" / f"{name}.dat")
                self.assertEqual(tables_of(text, name), expected)
                for _, rows in expected:
                    for cell in sum(rows[1:], []):
                        self.assertLessEqual(len(re.sub(r"^0\.0*|\.|e.*|-", "", cell)), 9, cell)
                self.assertGreater(len(expected), 0)

    def test_much_data(self):
        """Of many rows how many there are, and where."""
        folder, _ = self.run_small(draw=False)
        rewrite(folder, {0: 0.8, 1: 0.8, 2: 0.4, 3: 0.3}, blocks=90)
        self.run_fine("report", folder, draw=False)
        text = (folder / "report.html").read_text(encoding="utf-8")
        self.assertEqual(len(tables_of(text, "passes")[0][1]), 361)
        rewrite(folder, {0: 0.8, 1: 0.8, 2: 0.4, 3: 0.3}, blocks=110)
        self.run_fine("report", folder, draw=False)
        text = (folder / "report.html").read_text(encoding="utf-8")
        self.assertEqual(tables_of(text, "passes"), [])
        self.assertRegex(text, r"<p>44\d rows: they are in <code>charts/passes.dat</code>.</p>")
        self.assertEqual(tables_of(text, "speedup"), blocks_of(folder / "charts/speedup.dat"))

    def test_programs(self):
        """Commands look like commands in a sentence, and are not told twice in a row."""
        true, sleep = shutil.which("true"), shutil.which("sleep")
        self.run_fine("--task-count", 2, "--workers", "0,1", "--iterations", 6,
                      "--", true, "--vs", sleep, 0.05)  # fmt: skip
        text = (self.only_folder() / "report.html").read_text(encoding="utf-8")
        self.check(text)
        box = re.search(r'<div class="verdict.*?</div>', text, re.S)[0]
        self.assertEqual(re.findall("<code>(.*?)</code>", box), [true, f"{sleep} 0.05"])
        each = re.search('<section id="runs".*', text, re.S)[0]
        self.assertEqual(cells_of(re.search("<tr.*?</tr>", each)[0]),
                         ["program", "use", "speedup [95 %]", "how sure"])  # fmt: skip

    def test_data_stays_text(self):
        """Names that stand in the data of a chart are no markup there."""
        nasty = "<b>x</b>&\"'"
        true = shutil.which("true")
        self.run_fine("--task-count", 2, "--workers", "0,1", "--iterations", 3,
                      "--", true, nasty, "--vs", true, "y")  # fmt: skip
        text = (self.only_folder() / "report.html").read_text(encoding="utf-8")
        self.check(text)
        self.assertNotIn("<b>", text)
        titles = [title for title, _ in tables_of(text, "programs")]
        self.assertIn("<b>x</b>&", titles[0])

    def test_narrow_charts(self):
        """Those that were drawn for narrow screens are shown there; others are wide everywhere."""
        folder, _ = self.run_small()
        narrow = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 39 39'></svg>\n"
        for stale in (folder / "charts").glob("*_narrow.svg"):
            stale.unlink()
        (folder / "charts/speedup_narrow.svg").write_text(narrow)
        (folder / "charts/time_narrow.svg").write_text("<svg>")
        self.run_fine("report", folder, draw=False)
        page = self.check((folder / "report.html").read_text(encoding="utf-8"))
        (source,) = [a for tag, a in page.tags if tag == "source"]
        self.assertEqual(source["media"], "(max-width: 40rem)")
        shown = base64.b64decode(source["srcset"].removeprefix(PICTURE))
        self.assertEqual(shown.decode(), narrow)

    def test_classes(self):
        """The colour and the word by what the analysis says."""
        folder, _ = self.run_small(draw=False)

        def move(line):
            line["noise"]["cpus"] = 1 + line["block"] % 2

        for confidence, expected, seconds, options in (
            ("HIGH", "settled", {0: 0.8, 1: 0.8, 2: 0.4, 3: 0.3}, {}),
            ("LOW", "unsure", {0: 0.8, 1: 0.8, 2: 0.31, 3: 0.3}, {"noise": 0.5}),
            ("MEDIUM", "disturbed", {0: 0.8, 1: 0.8, 2: 0.4, 3: 0.3}, {"edit": move}),
            (None, "unsure", {0: 0.8, 1: 0.8, 2: 0.4, 3: 0.3}, {"blocks": 2}),
        ):
            with self.subTest(expected=expected, confidence=confidence):
                rewrite(folder, seconds, **options)
                self.run_fine("report", folder, draw=False)
                verdict = json.loads((folder / "results.json").read_text())["verdict"]
                self.assertEqual(verdict["confidence"], confidence)
                text = (folder / "report.html").read_text(encoding="utf-8")
                self.assertEqual(self.class_of(text), expected)
                self.assertIn(f".verdict.{expected}", text)

    def test_words(self):
        """The machine in words and units, not by the keys of a journal."""
        folder, text = self.run_small(draw=False)
        page = self.check(re.sub(r"<pre>.*?</pre>", "", text, flags=re.S))
        words = " ".join("".join(page.words).split("</style>")[-1].split())
        host = json.loads((folder / "results.json").read_text())["host"]
        for key in host:
            if "_" in key:
                self.assertNotIn(key, words)
        self.assertNotIn(str(host["memory_bytes"]), words)
        self.assertNotIn("[]", words)
        facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text))
        self.assertEqual(facts["CPU"], html.escape(host["cpu_model"], quote=True))
        self.assertEqual(facts["CPUs that it may really use"], str(host["effective_cpus"]))
        self.assertRegex(facts["Memory"], r"^[\d.]+ [KMGT]iB$")
        if host["quota_cpus"] == 0:
            self.assertEqual(facts["Quota of CPU time"], "no limit")
        self.assertEqual("Kinds of cores" in facts, bool(host["cpu_kinds"]))
        self.assertIn(">baseline</td>", text)

    def test_one_block(self):
        """No verdict, no interval, and no figure where there is none."""
        _, text = self.run_small("--iterations", "1", draw=False)
        self.check(text)
        self.assertIn("no verdict", text)
        self.assertNotRegex(text, "Medians? over")
        self.assertNotIn("Bars are 95 % intervals", text)

    def test_single_tasks(self):
        """A share of the tasks is told where there are so many that it is not the longest."""
        for tasks, told in ((12, []), (20, ["95 %"]), (100, ["95 %", "99 %"])):
            with self.subTest(tasks=tasks):
                out = self.work / str(tasks)
                self.run_fine("--task", "sum", "--task-args", "[2000]", "--task-count", tasks,
                              "--workers", "0,1", "--iterations", 2, "--output", out)  # fmt: skip
                text = (self.only_folder(out) / "report.html").read_text(encoding="utf-8")
                section = re.search('<section id="tasks".*?</table>', text, re.S)[0]
                head, *rows = [cells_of(row) for row in re.findall(r"<tr.*?</tr>", section)]
                self.assertEqual(head, ["workers", "median", *told, "longest"])
                self.assertEqual({len(row) for row in rows}, {len(head)})

    def test_inflation(self):
        """What makes tasks longer multiplies to about what they are longer."""
        folder, _ = self.run_small(draw=False)

        def queue(line):
            share = 0.6 if line["workers"] == 3 else 0.99  # of the time on a CPU
            waited = 0
            for worker in line["worker_times"]:
                busy = line["work_ns"] - 1000
                worker |= {"busy_ns": busy, "cpu_ns": round(share * busy)}
                worker |= {"start_ns": 1000, "end_ns": 1000 + busy}
                waited += round((0.995 - share) * busy)
            line["noise"]["queued_ns"] = waited

        rewrite(folder, {0: 0.8, 1: 0.8, 2: 0.4, 3: 0.4}, edit=queue)
        self.run_fine("report", folder, draw=False)
        text = (folder / "report.html").read_text(encoding="utf-8")
        table = re.search('aria-label="Efficiency factors".*?</table>', text, re.S)[0]
        head, *rows = [cells_of(row) for row in re.findall(r"<tr.*?</tr>", table)]
        self.assertEqual(len(rows), 3)
        for row in rows:
            cells = dict(zip(head, row))
            product = math.prod(float(cells[name]) for name in ("on CPU", "no CPU", "off CPU"))
            self.assertAlmostEqual(product * float(cells["work"]), 1, delta=0.05)
        self.assertGreater(float(cells["no CPU"]), 1.3)

    def test_stars(self):
        """They are explained where there are any."""
        folder, _ = self.run_small(draw=False)
        journal = folder / "samples.jsonl"
        first, rest = journal.read_text().split("\n", 1)
        line = json.loads(first)
        for cpus, stars in ((64, False), (2, True)):
            with self.subTest(cpus=cpus):
                for key in ("online_cpus", "allowed_cpus", "effective_cpus", "cpuset_cpus"):
                    line["host"][key] = cpus
                journal.write_text(json.dumps(line) + "\n" + rest)
                self.run_fine("report", folder, draw=False)
                text = (folder / "report.html").read_text(encoding="utf-8")
                self.assertEqual("3 *</th>" in text, stars)
                self.assertEqual("* means more workers than the" in text, stars)

    def test_heading(self):
        """What a task is given, by the names of its parameters; options whole, long ones at least
        with what follows their dashes; and on which host."""
        folder, text = self.run_small(draw=False)
        about = re.search(r'<p class="soft">(.*?)</p>', text)[1]
        host = json.loads((folder / "results.json").read_text())["host"]["name"]
        self.assertTrue(about.startswith("iterations 20000; 12 tasks per pass, "), about)
        self.assertTrue(about.endswith(f", on {html.escape(host)}"), about)
        self.run_fine("--task-count", 2, "--workers", "0,1", "--iterations", 2, "--output", "two",
                      "--", shutil.which("true"), "--query", "--" + "x" * 60)  # fmt: skip
        text = (self.only_folder(self.work / "two") / "report.html").read_text(encoding="utf-8")
        options = re.findall(r'<span class="option">(.*?)</span>', text.split("</header>")[0])
        self.assertEqual(options, ["--query", "--x"])

    def test_again(self):
        """`report` makes the same page, to the last byte."""
        folder, text = self.run_small()
        self.run_fine("report", folder, draw=True)
        self.assertEqual((folder / "report.html").read_text(encoding="utf-8"), text)
        shown = self.run_fine("report", folder, "--format", "html", draw=True)
        self.assertEqual(shown.out_bytes.decode(), text)

    def test_mix_and_grid(self):
        self.run_fine(
            "--task", "random", "--task-args", '["sum", "sort"]', "--task-count", "4",
            "--workers", "0,2", "--inner-threads", "1,2", "--quick", draw=True,
        )  # fmt: skip
        folder = self.only_folder()
        text = (folder / "report.html").read_text(encoding="utf-8")
        heat = (folder / "charts" / "heat.svg").read_bytes()
        self.assertIn(heat, self.check(text).pictures())
        self.assertIn("Kinds of the mix", text)
        self.assertIn('data-label="2 workers × 1 inner thread"', text)
        self.assertIn("sequential × 2", text)
        self.assertIn(">workers x inner threads</th>", text)
        # What the speedup is over, where the factors are over something else.
        factors = re.search('<figure id="figure-efficiency".*', text, re.S)[0]
        self.assertIn("sequential calls with as many inner threads; the speedups above", factors)
        self.assertIn("Each row is against sequential calls with as many inner threads.", factors)

    def test_nothing_injects_markup(self):
        """Names of files, in text and inside of charts, stay text."""
        (self.work / NASTY.replace("/", "_")).write_bytes(common.make_png())
        name = NASTY.replace("/", "_")
        self.write("c.json", {"task": "img", "task_args": [[name]], "task_count": 3,
                              "workers": [0, 1], "iterations": 3})  # fmt: skip
        self.run_fine("c.json", draw=True)
        folder = self.only_folder()
        text = (folder / "report.html").read_text(encoding="utf-8")
        page = self.check(text)
        self.assertIn("<script>alert(1)<_script>", "".join(page.words))
        self.assertNotIn("was not drawn", text)

    def test_a_journal_injects_nothing(self):
        """Nor does a machine's name that somebody wrote into the recording."""
        folder, _ = self.run_small()
        journal = folder / "samples.jsonl"
        first, rest = journal.read_text().split("\n", 1)
        line = json.loads(first)
        line["host"]["name"] = "<img src=x onerror=alert(1)>\u0007"
        line["program"] = "</p><script>1</script>"
        journal.write_text(json.dumps(line) + "\n" + rest)
        self.run_fine("report", folder, draw=True)
        page = self.check((folder / "report.html").read_text(encoding="utf-8"))
        self.assertIn("<img src=x onerror=alert(1)>\ufffd", "".join(page.words))

    def test_foreign_charts(self):
        """What lies where a chart should be is an image and nothing else, and none if it is not
        whole."""
        folder, _ = self.run_small()
        for foreign in ("<svg><script>1</script></svg>", "<svg onload='x'>\"'></svg>\n",
                        "<svg><use href='http://x/'/></svg>", "\"><b>x</b><svg></svg>"):  # fmt: skip
            with self.subTest(foreign=foreign):
                (folder / "charts" / "speedup.svg").write_text(foreign)
                self.run_fine("report", folder, draw=False)
                text = (folder / "report.html").read_text(encoding="utf-8")
                self.assertEqual(self.check(text).pictures()[0], foreign.encode())
                self.assertNotIn(foreign.strip(), text)
        for part in ("<svg><g>", "no picture", ""):
            with self.subTest(part=part):
                (folder / "charts" / "speedup.svg").write_text(part)
                self.run_fine("report", folder, draw=False)
                text = (folder / "report.html").read_text(encoding="utf-8")
                self.assertIn("The chart speedup was not drawn", text)
                self.assertEqual(len(self.check(text).pictures()), len(charts_of(folder)) - 1)

    def test_style(self):
        """The one of the sources, to the letter."""
        _, text = self.run_small(draw=False)
        style = (common.ROOT / "bench/report/page/style.css").read_text(encoding="utf-8")
        self.assertIn(f"<style>\n{style}</style>", text)

    def test_colours(self):
        """Text keeps a contrast of 4.5 to 1 on every ground it stands on, light and dark."""
        _, text = self.run_small(draw=False)
        style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
        light, dark = re.findall(r":root\{([^}]*)\}", style)

        def luminance(colour):
            digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
            parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
            r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
            return 0.2126 * r + 0.7152 * g + 0.0722 * b

        inks = set(re.findall(r"[{;\s]color:var\(--([\w-]+)\)", style))
        grounds = set(re.findall(r"background:var\(--([\w-]+)\)", style))
        classes = {"settled", "unsure", "disturbed", "regression"}
        self.assertLessEqual(classes | {"ink", "soft", "link"}, inks)
        self.assertLessEqual({f"{name}-ground" for name in classes} | {"ground", "panel"}, grounds)
        for scheme in (light, dark):
            colours = dict(re.findall(r"--([\w-]+):(#\w+)", scheme))
            for ink in inks:
                for ground in grounds:
                    a, b = luminance(colours[ink]), luminance(colours[ground])
                    ratio = (max(a, b) + 0.05) / (min(a, b) + 0.05)
                    self.assertGreaterEqual(ratio, 4.5, f"{ink} on {ground}")

    def test_comparison(self):
        """`compare --html`: both curves, every point, and names that stay text."""
        for side in ("old", "n<e>w"):
            self.run_fine(
                "--task", "sum", "--task-args", "[20000]", "--task-count", "9", "--workers", "0,1,2",
                "--iterations", "6", "--seed", "1", "--output", side,
            )  # fmt: skip
        old, new = (self.only_folder(self.work / side) for side in ("old", "n<e>w"))
        for draw in (True, False):
            result = self.run_ppt("compare", old, new, "--html", "page.html", draw=draw)
            self.assertIn(result.code, (0, 4, 5), result)
            self.assertEqual(list(self.tmp.iterdir()), [])
            text = (self.work / "page.html").read_text(encoding="utf-8")
            page = self.check(text)
            self.assertEqual([b"compare_plot_1" in p for p in page.pictures()], [True] * draw)
            words = " ".join("".join(page.words).split())
            self.assertIn("sum: did it change?", words)
            # Green is for what is fine.
            fine = self.class_of(text) in ("settled", "improvement")
            self.assertEqual(fine, result.code == 0)
            self.assertIn(str(new), words)
        refused = self.run_ppt("compare", old, new, "--html", "no/such/folder.html")
        self.assertEqual(refused.code, 1, refused)

    def check_use(self, run, use, speedup):
        """A row of a suite says what the run's verdict does."""
        workers = run["verdict"]["recommended"]
        if workers is None:
            self.assertRegex(use, "^no verdict")
            self.assertEqual(speedup, "–")
        else:
            self.assertRegex(use, f"^{workers} workers?$" if workers else "^sequential$")
            self.assertRegex(speedup, r"^[\d.]+x \[" if workers else "^baseline$")

    def test_suite(self):
        """A page for all runs leads to that of each."""
        config = {"task_count": 4, "workers": [0, 1, 2], "iterations": 3,
                  "runs": [{"task": "sum", "task_args": [3000]}, {"task": "sort", "task_args": [500]}]}  # fmt: skip
        self.write("suite.json", config)
        self.run_fine("suite.json", draw=True)
        (folder,) = (self.work / "output").glob("suite__*")
        text = (folder / "index.html").read_text(encoding="utf-8")
        page = self.check(text)
        links = [a["href"] for tag, a in page.tags if tag == "a" and a["href"][0] != "#"]
        self.assertEqual(len(links), 2)
        runs = json.loads((folder / "results.json").read_text())["runs"]
        self.class_of(text)  # a box, before anything else
        self.assertLess(text.index('<div class="verdict'), text.index("<table"))
        for run, row in zip(runs, re.findall(r'<tr><th scope="row".*?</tr>', text)):
            _, given, use, speedup, _ = cells_of(row)
            self.assertRegex(given, r"^(iterations 3000|size 500)$")
            self.check_use(run, use, speedup)
        badges = re.findall(r'<span class="badge (\w+)">([\w ]+), (\w+)</span>', text)
        self.assertEqual(len(badges), 2)
        for (css, confidence, word), run in zip(badges, runs):
            self.assertEqual(css, word)
            self.assertEqual(confidence, run["verdict"]["confidence"] or "no verdict")
        for link in links:
            self.assertTrue((folder / link).resolve().is_file(), link)
        self.assertEqual(page.pictures(), [(folder / "charts" / "overview.svg").read_bytes()])
        self.assertEqual(len(runs), 2)


# What reaches beyond the screen, all details open; the long tables may scroll within a box whose
# edges show it.
TOO_WIDE = """(() => {
  document.querySelectorAll('details').forEach(e => { e.open = true; });
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && !e.closest('.scroll, .skip') &&
           (box.right > width + 1 || box.left < -1);
  }).map(e => e.tagName + ' ' + e.className + ' ' + (e.textContent || '').slice(0, 60));
  document.querySelectorAll('.scroll:has(.cards)').forEach(e => {
    if (e.scrollWidth > e.clientWidth + 1) out.push('scrolls: ' + e.ariaLabel); });
  document.querySelectorAll('.scroll').forEach(e => {
    const style = getComputedStyle(e);
    if (e.scrollHeight > e.clientHeight + 1 && !/local.*scroll/.test(style.backgroundAttachment))
      out.push('nothing shows that there is more: ' + e.ariaLabel); });
  return document.documentElement.scrollWidth > width ? ['the page', ...out] : out; })()"""


def sheets_of(pdf):
    """How many pages a PDF has, whose objects may be compressed."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            pass
    return len(re.findall(rb"/Type\s*/Page\b", b" ".join(parts)))


@unittest.skipUnless(browser.find(), "chromium is not installed: pages are not looked at")
class Shown(Page):
    """As a reader has it."""

    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    # The tests of the page as a file need not run again.
    for name in [n for n in dir(Page) if n.startswith("test_")]:
        locals()[name] = None
    del name

    def test_shown(self):
        """No complaint, no request to anywhere, the verdict in sight, every chart with a size, and
        nothing wider than the screen, on a desk, a phone and paper, light and dark."""
        folder, _ = self.run_small()
        page = folder / "report.html"
        verdict = json.loads((folder / "results.json").read_text())["verdict"]["sentence"]
        seen = {}
        for name, width, height, scheme, media in (
            ("desk", 1400, 900, "light", "screen"),
            ("dark", 1400, 900, "dark", "screen"),
            ("tablet", 820, 1180, "light", "screen"),
            ("phone", 390, 844, "light", "screen"),
            ("small phone", 360, 740, "light", "screen"),
            ("paper", 700, 1000, "dark", "print"),
        ):
            with self.subTest(name=name):
                self.browser.resize(width, height, phone=width < 400)
                self.browser.prefer(scheme, media)
                self.browser.open(page)
                seen[name] = self.look(verdict, width, height, media, len(charts_of(folder)))
                self.assertEqual(self.browser.complaints(), [])
                self.assertEqual(self.asked_for(), [f"file://{page}"])
        self.assertNotEqual(seen["desk"], seen["dark"], "the dark page looks like the light one")
        self.assertEqual(seen["desk"], seen["paper"], "paper is printed dark")

    def test_no_small_charts(self):
        """On a desk no chart is so narrow that its letters are smaller than those beside it."""
        self.run_fine("--task", "sum", "--task-args", "[20000]", "--task-count", 12, "--quick",
                      "--workers", "0,1,2", "--inner-threads", "1,2", draw=True)  # fmt: skip
        page = self.only_folder() / "report.html"
        for width in (1220, 1300, 1400):
            self.browser.resize(width, 900)
            self.browser.prefer("light")
            self.browser.open(page)
            widths = self.browser.evaluate(
                "document.querySelectorAll('details').forEach(e => { e.open = true; });"
                "[...document.querySelectorAll('figure img')].map(e => e.offsetWidth)"
            )
            self.assertGreater(len(widths), 5)
            self.assertGreaterEqual(min(widths), 600, width)

    def test_paper(self):
        """A run is some sheets, without what is looked up or learnt on a screen, and no table of
        passes; nothing is torn that belongs together."""
        folder, _ = self.run_small()
        page = folder / "report.html"
        self.browser.prefer("light", "print")
        self.browser.open(page)
        shown = self.browser.evaluate(
            """['details.long', '.help', '.data', 'nav'].filter(s =>
            [...document.querySelectorAll(s)].some(e => e.checkVisibility()))"""
        )
        self.assertEqual(shown, [])
        kept = self.browser.evaluate(
            """['figure', 'details.chart', 'tr', '.verdict', 'p', 'pre', 'li'].filter(s =>
            [...document.querySelectorAll('main ' + s)].some(e =>
                getComputedStyle(e).breakInside !== 'avoid'))"""
        )
        self.assertEqual(kept, [])
        printed = self.browser.call("Page.printToPDF", preferCSSPageSize=True)["data"]
        self.assertTrue(3 <= sheets_of(base64.b64decode(printed)) <= 8)

    def test_narrow_screens_have_narrow_charts(self):
        folder, _ = self.run_small(draw=False)
        for name, size in (("speedup", "720 450"), ("speedup_narrow", "390 390")):
            (folder / "charts" / f"{name}.svg").write_text(
                f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size}'></svg>\n"
            )
        self.run_fine("report", folder, draw=False)
        self.browser.prefer("light")
        for width, square in ((390, True), (820, False), (1400, False)):
            self.browser.resize(width, 900, phone=width < 400)
            self.browser.open(folder / "report.html")
            box = self.browser.evaluate(
                """(() => { const chart = document.querySelector('figure img');
                const box = chart.getBoundingClientRect(); return [box.width, box.height]; })()"""
            )
            self.assertEqual(abs(box[0] - box[1]) < 1, square, f"{width}: {box}")

    def test_others_fit(self):
        """The pages of suites, comparisons and long commands are no wider than screens, either."""
        long = "for i in 1 2; do echo " + "no_blank_in_this_word_" * 12 + "; done"
        self.write("suite.json", {"task_count": 2, "workers": [0, 1], "iterations": 3, "runs": [
            {"task": "sum", "task_args": [3000]},
            {"task": "command", "task_args": {"argv": ["sh", "-c", long]}}]})  # fmt: skip
        self.run_fine("suite.json", draw=True)
        (suite,) = (self.work / "output").glob("suite__*")
        (run,) = (self.work / "output").glob("sh__*")
        shutil.copytree(run, self.work / "again")
        result = self.run_ppt("compare", run, "again", "--html", "compare.html", draw=True)
        self.assertIn(result.code, (0, 4, 5), result)
        for page in (suite / "index.html", run / "report.html", self.work / "compare.html"):
            for width in (360, 820, 1400):
                with self.subTest(page=page.name, width=width):
                    self.browser.resize(width, 900, phone=width < 400)
                    self.browser.prefer("light")
                    self.browser.open(page)
                    self.assertEqual(self.browser.evaluate(TOO_WIDE), [])

    def asked_for(self):
        """Every address but those of pictures that the page itself holds."""
        return [url for url in self.browser.requests() if not url.startswith(PICTURE)]

    def test_foreign_chart_does_nothing(self):
        """A chart that would act or load something, if it could."""
        folder, _ = self.run_small()
        page = folder / "report.html"
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
            (folder / "charts" / "speedup.svg").write_text(
                f"""<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 450' onload='alert(1)'>
                <style>@import url({address}); g {{ background: url({address}) }}</style>
                <script>parent.document.title = 'mine'; fetch('{address}'); alert(2)</script>
                <script href='{address}'/><image href='{address}' width='9' height='9'/>
                <use href='{address}#a'/><g fill='url({address}#a)'><rect width='9' height='9'/></g>
                <foreignObject width='9' height='9'>
                <iframe xmlns='http://www.w3.org/1999/xhtml' src='{address}'/></foreignObject></svg>"""
            )
            self.run_fine("report", folder, draw=False)
            self.browser.open(page)
            seen = self.browser.evaluate(
                """(() => { const chart = document.querySelector('figure img');
                return [chart.naturalWidth > 0, document.title]; })()"""
            )
            self.assertEqual(seen, [True, "sum: how many workers?"])
            self.assertEqual(self.browser.complaints(), [])
            self.assertEqual(self.asked_for(), [f"file://{page}"])
            server.setblocking(False)
            with self.assertRaises(BlockingIOError):
                server.accept()

    def look(self, verdict, width, height, media, charts):
        """Checks the page that is open; returns the colour of its ground."""
        look = self.browser.evaluate(
            """(() => {
              const box = e => { const r = e.getBoundingClientRect();
                                 return [r.left, r.top, r.width, r.height]; };
              const shown = e => e.checkVisibility({contentVisibilityAuto: true});
              const images = [...document.querySelectorAll('figure img')];
              const folded = images.filter(e => !shown(e)).length;
              const place = box(document.querySelector('.verdict p'));
              document.querySelectorAll('details').forEach(e => { e.open = true; });
              return {
                folded: folded,
                charts: images.map(box),
                drawn: images.every(e => e.naturalWidth > 0),
                verdict: document.querySelector('.verdict p').innerText,
                place: place,
                scripts: document.scripts.length,
                ground: getComputedStyle(document.body).backgroundColor,
                title: document.title,
              }; })()"""
        )
        self.assertIn(verdict, " ".join(look["verdict"].split()))
        left, top, _, tall = look["place"]
        self.assertTrue(0 <= left and 0 <= top and top + tall <= height, look["place"])
        self.assertEqual(len(look["charts"]), charts)
        self.assertTrue(look["drawn"], "a chart is no picture to the browser")
        # The first is large; on paper all are open.
        wide = min(0.85 * width, 700) if media == "screen" else 500
        self.assertGreater(look["charts"][0][2], wide)
        self.assertEqual(look["folded"] > 0, media == "screen")
        for _, _, chart_width, chart_height in look["charts"]:
            self.assertGreater(chart_width, 200)
            self.assertGreater(chart_height, 100)
        self.assertEqual(self.browser.evaluate(TOO_WIDE), [])
        self.assertEqual(look["scripts"], 0)
        self.assertEqual(look["title"], "sum: how many workers?")
        return look["ground"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
