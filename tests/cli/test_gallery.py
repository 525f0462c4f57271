"""Everything that people look at, in a browser: pages at every size, charts, and what both say to
those who do not see them."""

import base64
import functools
import html
import html.parser
import itertools
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
GALLERY = HERE.parent / "gallery"
sys.path[:0] = [str(HERE), str(GALLERY)]

import browser  # noqa: E402  (found through the lines above)
import gallery  # noqa: E402

AXE = pathlib.Path(os.environ.get("PPT_BUILD", gallery.ROOT / "build"),
                   "npm/node_modules/axe-core/axe.min.js")  # fmt: skip
PAGE = (GALLERY / "page.js").read_text("utf-8")
CHART = (GALLERY / "chart.js").read_text("utf-8")
SIZES = [(390, 844), (820, 1180), (1400, 900)]
PHONE = 500
PICTURE = "data:image/svg+xml;base64,"
UNFOLD = "document.querySelectorAll('details').forEach(e => { e.open = true; })"

XMLNS = "xmlns='http://www.w3.org/2000/svg'"
CONTRAST = 4.5
FAINT = 2.0  # lines of a grid, and what is painted behind all
# Two words on a line that are closer than this read as one.
GAP = 1.0

AXIS_WORDS = re.compile(
    r"workers|threads|seconds|minutes|hours|time|tasks|iterations|size|operations"
)
BAR_WORDS = re.compile(r"interval|whisker|smallest to largest|shortest to longest")


def setUpModule():
    """All tests look at the same pictures."""
    if not browser.find():
        raise unittest.SkipTest("chromium is not installed: the gallery is not looked at")
    if not shutil.which("gnuplot"):
        raise unittest.SkipTest("gnuplot is not installed: there are no charts to look at")
    folder = tempfile.mkdtemp(prefix="ppt-omp-gallery-")
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    Looking.folder = pathlib.Path(folder)
    Looking.pieces = gallery.make(folder, whole=False)
    Looking.window = browser.Browser()
    unittest.addModuleCleanup(Looking.window.close)


class Figures(html.parser.HTMLParser):
    """The pictures of a page: each is a list of the SVGs that may be shown."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        source = attributes.get("src" if tag == "img" else "srcset", "")
        if tag in ("img", "source") and source.startswith(PICTURE):
            text = base64.b64decode(source.removeprefix(PICTURE), validate=True).decode()
            self.found.append((attributes.get("alt"), text))


class Looking(unittest.TestCase):
    folder, pieces, window = None, [], None

    @classmethod
    def write(cls, body):
        """A page of our own."""
        path = cls.folder / "own.html"
        path.write_text("<!doctype html><html lang='en'><meta charset='utf-8'><title>own</title>"
                        f"<style>* {{ margin: 0; }}</style>{body}", "utf-8")  # fmt: skip
        return path

    def faults(self, ink_only=False):
        """What is wrong with the page that is open."""
        return self.window.evaluate(f"({PAGE})({json.dumps(ink_only)})")

    def barriers(self):
        """What axe-core finds serious in the page that is open; it need not be there. How well
        texts can be read the above tells: that takes it longer than all else."""
        if not AXE.is_file():
            return []
        self.window.evaluate(AXE.read_text("utf-8") + ";0")
        return self.window.evaluate(
            """axe.run(document, {resultTypes: ["violations"],
                                  rules: {"color-contrast": {enabled: false}}}).then(found =>
            found.violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v =>
            `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 120))}`))"""
        )

    @classmethod
    def lay_out(cls, svg):
        """The size and the texts of a chart; a page of our own is open."""
        return cls.window.evaluate(f"({CHART})({json.dumps(svg[svg.index('<svg') :])})")

    def check_none(self, problems):
        if problems:
            self.fail(f"{len(problems)} problems:\n" + "\n".join(map(str, problems[:20])))


class Pages(Looking):
    def test_every_size(self):
        """Nothing wider than the screen, beyond its container, hard to read, or asked for."""
        for piece in self.pieces:
            for width, height in SIZES:
                self.window.resize(width, height, phone=width < PHONE)
                self.window.prefer("light")
                self.window.open(piece.page)
                self.window.evaluate(UNFOLD)
                with self.subTest(page=piece.name, width=width):
                    self.check_none(self.faults())
                with self.subTest(page=piece.name, width=width, scheme="dark"):
                    self.window.prefer("dark")
                    self.check_none(self.faults(ink_only=True))
                with self.subTest(page=piece.name, width=width, what="requests"):
                    asked = [u for u in self.window.requests() if not u.startswith("data:")]
                    self.assertEqual(asked, [f"file://{piece.page}"])
                    self.check_none(self.window.complaints())
            with self.subTest(page=piece.name, by="axe-core"):
                self.check_none(self.barriers())

    @unittest.skipUnless(AXE.is_file(), f"axe-core is not there, see scripts/axe.sh: {AXE}")
    def test_axe_is_there(self):
        """Without it the other tests leave it out; this one tells so."""

    def test_charts_of_pages(self):
        """Each says what it shows, and has its data as a table or says where they are."""
        self.window.resize(1400, 900)
        for piece in self.pieces:
            self.window.open(piece.page)
            figures = self.window.evaluate(
                """[...document.querySelectorAll('figure')].filter(f => f.querySelector('img'))
                .map(f => { const beside = f.nextElementSibling;
                const all = [f, ...(beside && beside.localName === 'details' ? [beside] : [])];
                const data = all.flatMap(e => [e, ...e.querySelectorAll('*')])
                    .find(e => e.localName === 'details' &&
                               /Data of this chart/.test(e.querySelector('summary')?.textContent));
                return { alt: f.querySelector('img').alt, data: data ? data.textContent : null,
                         heads: data ? data.querySelectorAll('table th').length : 0,
                         cells: data ? data.querySelectorAll('table td').length : 0 }; })"""
            )
            self.assertTrue(figures or not piece.charts.exists(), piece.name)
            for figure in figures:
                with self.subTest(page=piece.name, chart=figure["alt"]):
                    self.assertRegex(figure["alt"], "^Chart: .{10}")
                    self.assertIsNotNone(figure["data"], "there are no data of this chart")
                    if not re.search(r"\w+\.dat", figure["data"]) or figure["cells"]:
                        self.assertGreater(figure["heads"], 1)
                        self.assertGreater(figure["cells"], 1)


# ---- charts ---------------------------------------------------------------------------------


def overlap(a, b):
    """Whether two quadrangles that may be turned have a point in common."""
    for corners in (a, b):
        for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1]):
            across = (y2 - y1, x1 - x2)
            spans = [[across[0] * x + across[1] * y for x, y in quad] for quad in (a, b)]
            if max(spans[0]) <= min(spans[1]) or max(spans[1]) <= min(spans[0]):
                return False
    return True


def wider(corners):
    """A text's box with the gap that it needs on both sides."""
    a, b, c, d = corners
    wide = math.hypot(b[0] - a[0], b[1] - a[1])
    x, y = (GAP / 2 * (b[i] - a[i]) / wide for i in (0, 1))
    return [[a[0] - x, a[1] - y], [b[0] + x, b[1] + y], [c[0] + x, c[1] + y], [d[0] - x, d[1] - y]]


def is_turned(text):
    (x1, y1), (x2, y2) = text["corners"][:2]
    return abs(y2 - y1) > abs(x2 - x1)


def outside(chart):
    """Which texts leave the canvas."""
    wide, high = chart["size"]
    problems = []
    for text in chart["texts"]:
        xs, ys = zip(*text["corners"])
        if min(xs) < 0 or max(xs) > wide or min(ys) < 0 or max(ys) > high:
            problems.append(f'"{text["words"][:70]}" leaves the canvas of {wide:.0f} x {high:.0f}: '
                            f"{min(xs):.0f} to {max(xs):.0f}, {min(ys):.0f} to {max(ys):.0f}")
    return problems  # fmt: skip


def touching(texts):
    """Which of them another one touches: a line has its own height, and words a gap beside them."""
    return [
        f'"{one["words"][:50]}" touches "{other["words"][:50]}"'
        for one, other in itertools.combinations(texts, 2)
        if overlap(wider(one["corners"]), wider(other["corners"]))
    ]


def hard_to_read(texts):
    """Which of them are pale on what they stand on, and which have something going through them."""
    for text in texts:
        words = f'"{text["words"][:50]}"'
        if text["contrast"] < CONTRAST:
            yield f"{words} has a contrast of {text['contrast']:.1f} to its ground"
        if text["crossed"] > FAINT:
            yield f"something goes through {words}, with a contrast of {text['crossed']:.1f}"


class Charts(Looking):
    @classmethod
    def charts(cls):
        """Name, SVG and script of every chart; one that only a page has is without a script."""
        for piece in cls.pieces:
            for path in sorted(piece.charts.glob("*.svg")):
                script = path.with_name(path.stem.removesuffix("_narrow") + ".gp")
                name = f"{piece.name}/{path.stem}"
                yield name, path.read_text("utf-8"), script.read_text("utf-8")
            if not piece.charts.exists():
                pictures = Figures(piece.page.read_text("utf-8")).found
                for number, (_, svg) in enumerate(pictures, 1):
                    yield f"{piece.name}/{number}", svg, None

    @classmethod
    @functools.cache
    def laid_out(cls):
        """The same with size and texts in place of the SVG, of each."""
        cls.window.resize(1440, 900)
        cls.window.open(cls.write(""))
        return [(name, cls.lay_out(svg), script) for name, svg, script in cls.charts()]

    def test_texts(self):
        """Every text is within the canvas, and none touches another."""
        for name, chart, _ in self.laid_out():
            with self.subTest(chart=name):
                self.check_none(outside(chart) + touching(chart["texts"]))
        self.assertGreater(len(self.laid_out()), 50)

    def test_beneath_texts(self):
        """Every text can be read: no line, mark or edge of a bar goes through it."""
        for name, chart, _ in self.laid_out():
            with self.subTest(chart=name):
                self.check_none([*hard_to_read(chart["texts"])])

    def test_says_what_it_is(self):
        """A title above, a title of each axis, and what error bars are."""
        for name, chart, script in self.laid_out():
            wide, high = chart["size"]
            texts = chart["texts"]
            heads = [t for t in texts if max(y for _, y in t["corners"]) < 0.2 * high
                     and len(t["words"]) >= 8]  # fmt: skip
            feet = [t for t in texts if min(y for _, y in t["corners"]) > 0.6 * high
                    and not is_turned(t) and AXIS_WORDS.search(t["words"])]  # fmt: skip
            sides = [t for t in texts if is_turned(t) and len(t["words"]) >= 5
                     and max(x for x, _ in t["corners"]) < 0.25 * wide]  # fmt: skip
            with self.subTest(chart=name):
                self.assertTrue(heads, "no title")
                self.assertTrue(feet, "no title of the horizontal axis")
                self.assertTrue(sides, "no title of the vertical axis")
                if script and re.search(r"with \w*errorbars", script):
                    words = " ".join(t["words"] for t in texts)
                    self.assertRegex(words, BAR_WORDS)

    def test_edges_of_pngs(self):
        """Nothing reaches the edge of a PNG, whose letters another library lays out."""
        self.window.open(self.write(""))
        for piece in self.pieces:
            for path in sorted(piece.charts.glob("*.png")):
                data = base64.b64encode(path.read_bytes()).decode()
                with self.subTest(chart=f"{piece.name}/{path.stem}"):
                    inked = self.window.evaluate(
                        f"""(async () => {{
                        const image = new Image();
                        image.src = 'data:image/png;base64,{data}';
                        await image.decode();
                        const canvas = new OffscreenCanvas(image.width, image.height);
                        const context = canvas.getContext('2d', {{ willReadFrequently: true }});
                        context.drawImage(image, 0, 0);
                        const w = image.width, h = image.height;
                        const inked = (x, y, wide, high) => {{
                            const dots = context.getImageData(x, y, wide, high).data;
                            return dots.some((v, i) => v !== dots[i % 4]);
                        }};
                        return [["left", 0, 0, 2, h], ["right", w - 2, 0, 2, h],
                                ["top", 0, 0, w, 2], ["bottom", 0, h - 2, w, 2]]
                            .filter(edge => inked(...edge.slice(1))).map(edge => edge[0]);
                        }})()"""
                    )
                    self.assertEqual(inked, [], "something is cut there")


@unittest.skipUnless(shutil.which("pdftotext"), "pdftotext is not installed (poppler-utils)")
class Paper(Looking):
    """PDFs, whose letters are laid out as those of PNGs are, and not as a browser does."""

    # Boxes are those of lines; two lines of different sizes may reach into each other's.
    LINE_ROOM = 0.15

    def test_words(self):
        """Every word is on the paper, and none touches another."""
        for piece in self.pieces:
            for script in sorted(piece.charts.glob("*.gp")):
                with self.subTest(chart=f"{piece.name}/{script.stem}"):
                    path = script.with_suffix(".pdf")
                    self.assertTrue(path.is_file(), "there is no PDF")
                    chart = self.words_of(path)
                    self.assertTrue(chart["texts"])
                    self.check_none(outside(chart) + touching(chart["texts"]))

    def test_mistakes(self):
        """They are found in a PDF that has some."""
        path = self.folder / "own.pdf"
        commands = f"""set terminal pdfcairo noenhanced size 4,3; set output '{path}'
            set label 1 'fine' at 0,5; set label 2 'on' at 0,-5; set label 3 'it' at 0,-5.1
            set label 4 'faraway' at 9,7; set label 5 'up' at 5,-5 rotate
            plot [-9:9] [-9:9] 0 notitle"""
        subprocess.run(["gnuplot"], input=commands.encode(), check=True)
        chart = self.words_of(path)
        self.assertEqual([problem[:4] for problem in outside(chart)], ['"far'])
        self.assertEqual(touching(chart["texts"]), ['"on" touches "it"'])

    def words_of(self, path):
        """As a browser tells the texts of an SVG."""
        told = subprocess.run(["pdftotext", "-bbox", path, "-"], stdout=subprocess.PIPE, check=True)
        text = told.stdout.decode("utf-8", "replace")
        number = r'="(-?[\d.]+)"'
        page = re.search(f"<page width{number} height{number}", text)
        box = re.compile(f"<word xMin{number} yMin{number} xMax{number} yMax{number}>(.*)</word>")
        return {"size": [float(n) for n in page.groups()],
                "texts": [self.word(*map(float, found[:4]), html.unescape(found[4]))
                          for found in box.findall(text)]}  # fmt: skip

    def word(self, left, top, right, bottom, words):
        room = self.LINE_ROOM * min(bottom - top, right - left)
        if bottom - top > right - left and len(words) > 1:  # turned
            left, right = left + room, right - room
        else:
            top, bottom = top + room, bottom - room
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        return {"words": words, "corners": corners}


class Mistakes(Looking):
    """What the tests above would find, made on purpose."""

    PAGES = [
        ("<p style='width:600px'>wide", "the page is 600 px wide, the screen 390"),
        ("<main><table style='width:450px;overflow:auto'><td>a", "px beyond the sides of <main>"),
        ("<div style='height:20px'><p style='height:50px'>x", "beyond the top or bottom of <div>"),
        ("<p style='width:50px'>Einunaussprechlicheswort", "sticks out of <p>"),
        ("<div style='overflow:auto;width:50px'><p style='width:90px'>x", "neither has a name nor"),
        ("<div style='overflow:hidden;width:50px'><p style='width:90px'>x", "cuts what it holds"),
        ("<p style='color:#777;background:#fff'>pale", "has a contrast of 4.48"),
        ("<p style='opacity:.4'>pale", "has a contrast of"),
        ("<div style='background:#000'><p style='background:#fff8;color:#888'>x", "on 136,136,136"),
        ("<style>p::before{content:'faint';color:#eee}</style><p>x", '"faint"'),
    ]  # fmt: skip

    def test_pages(self):
        self.window.prefer("light")
        self.window.resize(390, 844)
        for body, told in self.PAGES:
            with self.subTest(body=body):
                self.window.open(self.write(body))
                self.assertIn(told, "\n".join(self.faults()))

    def test_page_without(self):
        """Inside boxes that may be pushed aside, that nobody sees, or lifted out of the flow."""
        for body in (
            "<div role='region' aria-label='wide' tabindex='0' style='overflow:auto;width:50px'>"
            "<p style='width:900px'>x",
            "<p style='width:1px;height:1px;overflow:hidden;white-space:nowrap'>for screen readers",
            "<p style='display:none;width:900px;color:#fff'>x",
            "<p style='position:absolute;width:40px'>x",
        ):
            with self.subTest(body=body):
                self.window.open(self.write(body))
                self.check_none(self.faults())

    def test_charts(self):
        """Texts beyond the canvas, on each other, and turned beside each other."""
        text = "<text font-family='DejaVu Sans' font-size='12' x='{}' y='{}' {}>{}</text>"
        turned = "transform='rotate(60 {} 50)'"
        for texts, found in (
            ([(10, 50, "", "one"), (10, 90, "", "two")], 0),
            ([(10, 50, "", "one"), (10, 63, "", "two")], 1),
            ([(10, 50, "text-anchor='middle'", "sequential")], 1),
            ([(450, 50, "", "sequential")], 1),
            ([(10, 50, "", "10"), (27, 50, "", "11")], 0),
            ([(10, 50, "", "10"), (25, 50, "", "11")], 1),
            ([(10, 50, turned.format(10), "sequential"), (30, 50, turned.format(30), "10")], 0),
            ([(10, 50, turned.format(10), "sequential"), (22, 50, turned.format(22), "10")], 1),
        ):
            with self.subTest(texts=texts):
                self.window.open(self.write(""))
                body = "".join(text.format(*t) for t in texts)
                chart = self.lay_out(f"<svg {XMLNS} viewBox='0 0 480 200'>{body}</svg>")
                problems = outside(chart) + touching(chart["texts"])
                self.assertEqual(len(problems), found, problems)

    def test_on_a_line(self):
        text = "<text font-size='12' x='9' y='50' fill='{}'>a text</text>"
        for ink, below, found in (
            ("black", "<path d='M0,90 L99,90' stroke='black'/>", 0),
            ("black", "<path d='M0,46 L99,46' stroke='#ddd'/>", 0),
            ("black", "<path d='M0,46 L99,46' stroke='#07b'/>", 1),
            ("black", "<path d='M20,0 L20,90' stroke='black'/>", 1),
            ("#888", "", 1),
            ("white", "<rect width='99' height='99'/>", 0),
        ):
            with self.subTest(ink=ink, below=below):
                self.window.open(self.write(""))
                chart = self.lay_out(
                    f"<svg {XMLNS} viewBox='0 0 99 99'>"
                    f"{below}{text.format(ink)}</svg>"
                )
                self.assertEqual(len([*hard_to_read(chart["texts"])]), found, chart)

    @unittest.skipUnless(AXE.is_file(), "axe-core is not there")
    def test_accessible(self):
        self.window.open(self.write("<img src='data:,'>"))
        self.assertIn("image-alt", "\n".join(self.barriers()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
