"""report.html and a suite's index.html: as files, and in a browser."""

import base64
import html.parser
import json
import os
import re
import socket
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import browser  # noqa: E402  (found through the line above)
import common  # noqa: E402

CHARTS = ["speedup", "model", "efficiency", "time", "tasks_per_second", "task_times", "balance",
          "passes"]  # fmt: skip
PICTURE = "data:image/svg+xml;base64,"

# A name that would be markup, a quote, a gnuplot command and a control character at once.
NASTY = "<script>alert(1)</script> \"x' onload='y' &amp; $z %s `id`.png"


class Parser(html.parser.HTMLParser):
    """Collects elements, ids and text, and checks that tags are balanced."""

    VOID = {"meta", "link", "br", "img"}

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
                if tag == "img" and name == "src":
                    self.assertTrue(value.startswith(PICTURE), value[:80])
                elif name in ("href", "src", "xlink:href") and tag != "a":
                    self.assertRegex(value, r"^(#|data:,$)")
            if tag == "img":
                self.assertTrue(attributes["alt"].startswith("Chart: "), attributes["alt"])
        self.assertNotRegex("".join(page.words), r"(?i)(?<![\w-])(nan|-?inf)(?![\w-])")
        return page

    def test_content(self):
        """The verdict first, then everything else, in words and figures."""
        folder, text = self.run_small()
        page = self.check(text)
        results = json.loads((folder / "results.json").read_text())
        words = " ".join("".join(page.words).split())
        sentence = results["verdict"]["sentence"]
        self.assertIn(sentence, words)
        first_table = words.index("Medians over 6 iterations")
        self.assertLess(words.index(sentence), first_table)
        for heading in ("The laws behind it", "What speedup is lost to", "Where the time goes",
                        "Single tasks", "Workers", "All passes in time",
                        "Machine and settings"):  # fmt: skip
            self.assertIn(heading, words)
        self.assertIn(results["host"]["cpu_model"], words)
        config = re.search(r"<pre>(.*?)</pre>", text, re.S)[1]
        self.assertEqual(json.loads(html.unescape(config)), results["config"])
        rows = len(results["passes"])
        self.assertEqual(text.count("<td>warm-up</td>"), 2)
        self.assertGreaterEqual(text.count("<tr"), rows)
        drawn = [(folder / "charts" / f"{name}.svg").read_bytes() for name in CHARTS]
        self.assertEqual(page.pictures(), drawn)
        for tag, attributes in page.tags:
            if tag == "th":
                self.assertIn(attributes.get("scope"), ("row", "col"))

    def test_without_charts(self):
        """gnuplot is not there: the page says so and is whole."""
        _, text = self.run_small(draw=False)
        self.check(text)
        self.assertEqual(text.count("was not drawn"), len(CHARTS))

    def test_one_block(self):
        """No verdict, no interval, and no figure where there is none."""
        _, text = self.run_small("--iterations", "1", draw=False)
        self.check(text)
        self.assertIn("no verdict", text)

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
        self.assertIn("sequential × 2", text)

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
                self.assertEqual(len(self.check(text).pictures()), len(CHARTS) - 1)

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

        for scheme in (light, dark):
            colours = dict(re.findall(r"--([\w-]+):(#\w+)", scheme))
            for ink in ("ink", "soft", "mark", "warn", "link"):
                for ground in ("ground", "panel", "mark-ground"):
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
            self.assertEqual('class="verdict doubtful"' in text, result.code != 0)
            self.assertIn(str(new), words)
        refused = self.run_ppt("compare", old, new, "--html", "no/such/folder.html")
        self.assertEqual(refused.code, 1, refused)

    def test_suite(self):
        """A page for all runs leads to that of each."""
        config = {"task_count": 4, "workers": [0, 1, 2], "iterations": 3,
                  "runs": [{"task": "sum", "task_args": [3000]}, {"task": "sort", "task_args": [500]}]}  # fmt: skip
        self.write("suite.json", config)
        self.run_fine("suite.json", draw=True)
        (folder,) = (self.work / "output").glob("suite__*")
        text = (folder / "index.html").read_text(encoding="utf-8")
        page = self.check(text)
        links = [a["href"] for tag, a in page.tags if tag == "a"]
        self.assertEqual(len(links), 2)
        for link in links:
            self.assertTrue((folder / link).resolve().is_file(), link)
        self.assertEqual(page.pictures(), [(folder / "charts" / "overview.svg").read_bytes()])
        self.assertEqual(len(json.loads((folder / "results.json").read_text())["runs"]), 2)


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
            ("desk", 1280, 900, "light", "screen"),
            ("dark", 1280, 900, "dark", "screen"),
            ("phone", 360, 740, "light", "screen"),
            ("paper", 800, 1100, "light", "print"),
        ):
            with self.subTest(name=name):
                self.browser.resize(width, height, phone=name == "phone")
                self.browser.prefer(scheme, media)
                self.browser.open(page)
                seen[name] = self.look(verdict, width, height)
                self.assertEqual(self.browser.complaints(), [])
                self.assertEqual(self.asked_for(), [f"file://{page}"])
        self.assertNotEqual(seen["desk"], seen["dark"], "the dark page looks like the light one")

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

    def look(self, verdict, width, height):
        """Checks the page that is open; returns the colour of its ground."""
        look = self.browser.evaluate(
            """(() => {
              const box = e => { const r = e.getBoundingClientRect();
                                 return [r.left, r.top, r.width, r.height]; };
              return {
                charts: [...document.querySelectorAll('figure img')].map(box),
                drawn: [...document.querySelectorAll('figure img')].every(e => e.naturalWidth > 0),
                verdict: document.querySelector('.verdict p').innerText,
                place: box(document.querySelector('.verdict p')),
                wide: document.documentElement.scrollWidth,
                scripts: document.scripts.length,
                ground: getComputedStyle(document.body).backgroundColor,
                title: document.title,
              }; })()"""
        )
        self.assertIn(verdict, " ".join(look["verdict"].split()))
        left, top, _, tall = look["place"]
        self.assertTrue(0 <= left and 0 <= top and top + tall <= height, look["place"])
        self.assertEqual(len(look["charts"]), len(CHARTS))
        self.assertTrue(look["drawn"], "a chart is no picture to the browser")
        for _, _, chart_width, chart_height in look["charts"]:
            self.assertGreater(chart_width, 200)
            self.assertGreater(chart_height, 100)
        self.assertLessEqual(look["wide"], width)
        self.assertEqual(look["scripts"], 0)
        self.assertEqual(look["title"], "sum: how many workers?")
        return look["ground"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
