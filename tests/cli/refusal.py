"""Input that is refused: one clear message that shows the place, and nothing written."""

import re

import common

# Marks in the text of a configuration where a message may point to; taken out before it is written.
HERE = "«"


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
