#!/usr/bin/env python3
"""contact.py FOLDER: makes the gallery there, takes pictures of every page at every size, light,
dark and as printed, and lays all of that and every chart on one sheet, FOLDER/contact.html. What is
on that are pictures, too: FOLDER/sheets/NAME_1.png and so on.
"""

import html
import os
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cli")]

import browser  # noqa: E402  (found through the lines above)
import gallery  # noqa: E402

# Width, scheme of colours, medium, and whether all that can be unfolded is.
LOOKS = {
    f"{width} {scheme}{', unfolded' * unfolded}": (width, scheme, "screen", unfolded)
    for width in (390, 820, 1400)
    for scheme, unfolded in (("light", False), ("dark", False), ("light", True))
}
LOOKS["paper"] = (718, "light", "print", False)  # A4 between its margins
PHONE = 500  # what is narrower is one

# A long page is cut into pieces that lie side by side.
SLICE = 1600
SHEET_WIDTH = 1680
WIDE, NARROW = 540, 390  # of charts on the sheet

STYLE = """
body { font: 15px sans-serif; margin: 20px; background: #888; color: #fff; }
section { margin-bottom: 40px; background: #888; }
h2 { margin: 0 0 10px; }
h3 { font-weight: normal; margin: 10px 0 4px; }
div { display: flex; flex-wrap: wrap; gap: 8px; align-items: flex-start; }
img { display: block; background: #fff; }
.dark { background: #17191c; }
.dark img { background: none; filter: invert(1) hue-rotate(180deg); }
a { color: #fff; }
"""


def unfold(window):
    """Whether there was anything that could be."""
    return window.evaluate(
        """(() => { const found = [...document.querySelectorAll('details:not([open])')];
        found.forEach(e => e.open = true); return found.length > 0; })()"""
    )


def slices(window, width, name):
    """The files of the page's pictures, from top to bottom."""
    window.settle()
    height = window.height()
    for part, top in enumerate(range(0, height, SLICE), 1):
        file = name.with_name(f"{name.name}_{part}.png")
        file.write_bytes(window.picture(0, top, width, min(SLICE, height - top)))
        yield file


def shoot(window, piece, out):
    """Those by look."""
    shots = {}
    for look, (width, scheme, media, unfolded) in LOOKS.items():
        window.resize(width, 900, phone=width < PHONE)
        window.prefer(scheme, media)
        window.open(piece.page)
        if not unfolded or unfold(window):
            name = out / "shots" / f"{piece.name}_{look.replace(', ', '_').replace(' ', '_')}"
            shots[look] = list(slices(window, width, name))
    return shots


def image(path, out, width):
    """Small, and whole behind a link."""
    name = html.escape(os.path.relpath(path, out))
    return f'<a href="{name}"><img src="{name}" alt="{name}" style="width:{width}px"></a>'


def charts(piece, out):
    """All charts of a piece: for a desktop, a phone, as a PNG, and in the dark."""
    drawn = sorted(piece.charts.glob("*.svg"))
    narrow = [path for path in drawn if path.stem.endswith("_narrow")]
    wide = [path for path in drawn if path not in narrow]
    pngs = sorted(piece.charts.glob("*.png"))
    for title, style, files, width in (
        ("wide", "", wide, WIDE),
        ("narrow", "", narrow, NARROW),
        ("PNG", "", pngs, WIDE),
        ("dark", "dark", wide, WIDE),
    ):
        if files:
            yield f'<h3>charts: {title}</h3><div class="{style}">'
            yield from (image(path, out, width) for path in files)
            yield "</div>"


def section(piece, shots, out):
    page = html.escape(os.path.relpath(piece.page, out))
    yield f'<section id="{piece.name}"><h2><a href="{page}">{piece.name}</a>: '
    yield f"{html.escape(piece.about)}</h2>"
    yield from charts(piece, out)
    for look, files in shots.items():
        yield f"<h3>{look}</h3><div>"
        width = LOOKS[look][0]
        yield from (image(path, out, min(width, WIDE)) for path in files)
        yield "</div>"
    yield "</section>"


def write_sheet(pieces, shots, out):
    path = out / "contact.html"
    parts = ["<!doctype html><meta charset='utf-8'><title>ppt-omp: gallery</title>",
             f"<style>{STYLE}</style>", "<p>"]  # fmt: skip
    parts += [f'<a href="#{piece.name}">{piece.name}</a> ' for piece in pieces]
    parts += ["</p>"]
    for piece in pieces:
        parts += section(piece, shots[piece.name], out)
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def shoot_sheet(window, path, pieces, out):
    """Pictures of each section."""
    window.resize(SHEET_WIDTH, 900)
    window.prefer("light")
    window.open(path)
    window.settle()
    for piece in pieces:
        left, top, width, height = window.evaluate(
            f"""(() => {{ const r = document.getElementById('{piece.name}').getBoundingClientRect();
            return [r.left, r.top + scrollY, r.width, r.height]; }})()"""
        )
        for part, begin in enumerate(range(0, round(height), SLICE), 1):
            file = out / "sheets" / f"{piece.name}_{part}.png"
            tall = min(SLICE, height - begin)
            file.write_bytes(window.picture(left, top + begin, width, tall))


def main(folder):
    out = pathlib.Path(folder).resolve()
    for part in (out, out / "shots", out / "sheets"):
        part.mkdir(parents=True, exist_ok=True)
    pieces = gallery.make(out)
    window = browser.Browser()
    try:
        shots = {piece.name: shoot(window, piece, out) for piece in pieces}
        path = write_sheet(pieces, shots, out)
        shoot_sheet(window, path, pieces, out)
    finally:
        window.close()
    print(f"{len(pieces)} pages and their charts: {os.path.relpath(path)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
