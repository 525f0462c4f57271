"""The manual page and the completions know what the program knows, and no more."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

# The build makes them of the program's tables.
BUILD = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build"))
COMPLETIONS = BUILD / "scripts/completions"
MANUAL = BUILD / "ppt-omp.1.scd"
OPTION = r"--[a-z][a-z-]+"


# Descriptors of verbs, each the last thing in its file, and the tables of options.
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for folder in ("bench/cli", "bench/config", "bench/verbs")
    for path in sorted((common.ROOT / folder).rglob("*.c"))
)
NAMED = set(re.findall(r'^const struct ppt_verb .*\n    \.name = "([a-z]+)",', SOURCES, re.M))
# What --help has no line of is for the program's own makers.
HIDDEN = {"describe"}
VERBS = NAMED - HIDDEN
ROWS = re.findall(r'\{(?:\.name = )?"(-[a-z-]+)",\s*(?:\.kind = )?PPT_OPTION_(\w+)', SOURCES)
OPTIONS = {name for name, _ in ROWS} - {"-h"}
# A word between two programs, behind all options.
WORDS = {"--vs"}
# Options without a value.
FLAGS = {name for name, kind in ROWS if kind in ("FLAG", "PRESET", "HELP", "VERSION")}
FLAGS |= set(re.findall(r'\{"(-[a-z-]+)", PPT_OPTION_\w+, \.bare = ', SOURCES))  # or behind "="
# Options with a value that mean nothing in particular when they are left out.
WITHOUT_DEFAULT = {"--config", "--task", "--kernel", "--name", "--setup", "--prepare", "--cleanup",
                   "--inputs", "--dump", "--between-runs", "--html", "--or"}  # fmt: skip


class Texts(common.Case):
    def test_tables(self):
        self.assertGreaterEqual(len(VERBS), 9)
        self.assertGreaterEqual(len(OPTIONS), 30)

    def test_help(self):
        text = self.run_ppt("--help").out
        self.assertEqual(set(re.findall(r"(?<![\w-])" + OPTION, text)), OPTIONS | WORDS)
        self.assertEqual(set(re.findall(r"^  ppt-omp ([a-z]+) ", text, re.M)), VERBS)

    def test_manual(self):
        text = MANUAL.read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"\*(" + OPTION + r")\*", text)), OPTIONS | WORDS)
        commands = text.split("# COMMANDS")[1].split("# OPTIONS")[0]
        found = set(re.findall(r"^\*([a-z]+)\*|, \*([a-z]+)\*", commands, re.M))
        self.assertEqual({a or b for a, b in found}, VERBS)

    def test_defaults(self):
        """What is meant where an option is left out stands in --help and in the manual."""
        keys = json.loads(self.run_ppt("describe", "--json").out)["keys"]
        lines = dict(re.findall(r"(?m)^  (--[a-z-]+)(.*(?:\n {21}.*)*)",
                                self.run_ppt("--help").out))  # fmt: skip
        defaults = {key["option"]: key["default"] for key in keys
                    if key["option"] in lines and key["default"] is not None}  # fmt: skip
        self.assertGreater(len(defaults), 10)
        for option, default in defaults.items():
            shown = default if isinstance(default, str) else json.dumps(default)
            self.assertIn(f"({shown})", lines[option], option)
        self.assertIn("(off)", lines["--precision"])
        self.assertNotIn("(null)", "".join(lines.values()))
        entries = dict(re.findall(r"(?m)^\*(--[a-z-]+)\*.*\n((?:\t.*\n)+)",
                                  MANUAL.read_text(encoding="utf-8")))  # fmt: skip
        for option in OPTIONS - FLAGS - WITHOUT_DEFAULT:
            self.assertRegex(" ".join(entries[option].split()),
                             r"default|[Uu]nless given|[Ww]ithout|\([\d.]+\)", option)  # fmt: skip

    def test_environment(self):
        """Every variable that the code asks for is in the manual, but those that everybody knows."""
        asked = set()
        for folder in ("bench", "kernels"):
            for path in (common.ROOT / folder).rglob("*.c"):
                source = path.read_text(encoding="utf-8")
                asked |= set(re.findall(r'getenv\("([A-Z_]+)"\)', source))
                asked |= set(re.findall(r'#define \w+ "(PPT_[A-Z_]+)"', source))
        text = MANUAL.read_text(encoding="utf-8").replace("\\", "")
        self.assertIn("PPT_OMP_ISA", asked)
        own = {"PPT_OMP_RESTART", "PPT_OMP_WITHHELD_"}
        for name in asked - own - {"PATH", "TERM", "OMPI_COMM_WORLD_RANK"}:
            self.assertIn(f"*{name}*", text)

    def test_exit_codes(self):
        text = MANUAL.read_text(encoding="utf-8").split("# EXIT STATUS")[1].split("# ")[0]
        header = (common.ROOT / "kernels/common/status.h").read_text(encoding="utf-8")
        codes = re.findall(r"PPT_[A-Z_]+ = (\d+)", header)
        self.assertEqual(re.findall(r"\*(\d+)\*", text), codes)

    @unittest.skipUnless(shutil.which("scdoc"), "scdoc is not installed")
    def test_manual_is_valid(self):
        done = subprocess.run(["scdoc"], input=MANUAL.read_bytes(), capture_output=True,
                              timeout=common.TIMEOUT_S, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b".SH EXIT STATUS", done.stdout)

    def test_completions(self):
        """All of them name every option and every verb, and none that is not there."""
        for name, pattern in (
            ("ppt-omp", r"(?<![\w-])--([a-z][a-z-]+)"),
            ("_ppt-omp", r"(?<![\w-])--([a-z][a-z-]+)"),
            ("ppt-omp.fish", r"(?m)^complete .* -l ([a-z-]+)"),
        ):
            text = (COMPLETIONS / name).read_text(encoding="utf-8")
            self.assertEqual({"--" + word for word in re.findall(pattern, text)}, OPTIONS, name)
            for verb in VERBS:
                self.assertRegex(text, rf"\b{verb}\b", name)
            for verb in HIDDEN:
                self.assertNotRegex(text, rf"(?<!_)\b{verb}\b", name)

    def test_hidden(self):
        """It is there, but nothing that a user reads or mistypes leads to it."""
        for verb in HIDDEN:
            self.assertIn(verb, NAMED)
            self.assertEqual(self.run_ppt(verb, "--json").code, 0)
            self.assertNotIn(f"ppt-omp {verb}", self.run_ppt("--help").out)
            self.assertNotIn("did you mean", self.run_ppt(verb[:-1]).err)


# Options that a 1 would be wrong for.
VALUES = {"--format": "csv", "--chart-size": "85mm"}


class Bash(common.Case):
    """Asked as bash asks it."""

    def complete(self, *words):
        script = (
            f'source {COMPLETIONS / "ppt-omp"}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
            '_ppt_omp; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "-c", script, "bash", common.PPT_OMP, *words], cwd=self.work,
            env={**self.environment(), "PATH": os.environ["PATH"]}, capture_output=True, text=True,
            timeout=common.TIMEOUT_S, check=False,
        )  # fmt: skip
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_verbs_and_files(self):
        self.write("mine.json", {})
        self.write("other.txt", "")
        self.assertEqual(self.complete(""), VERBS | {"mine.json"})
        self.assertEqual(self.complete("re"), {"report", "resume"})

    def test_kernels(self):
        self.assertEqual(self.complete("--task", "so"), {"sort"})
        self.assertLessEqual({*common.KERNELS, "random", "wait"}, self.complete("--task", ""))
        self.assertIn("matrix", self.complete("once", ""))
        self.assertNotIn("random", self.complete("once", ""))

    def test_options(self):
        self.assertEqual(self.complete("--sch"), {"--schedule"})
        self.assertEqual(self.complete("compare", "--"),
                         {"--threshold", "--different", "--between-runs", "--html", "--json",
                          "--help"})  # fmt: skip
        # Those that a verb takes, the program takes there, and no others.
        for verb in VERBS:
            offered = self.complete(verb, "--")
            # There it is another name of --task-count, as in a run.
            named = {"--tasks"} if verb == "why" else set()
            for option in OPTIONS - {"--help", "--version"} - named:
                value = [] if option in FLAGS else [VALUES.get(option, "1")]
                operand = [] if verb in ("list", "doctor") else ["x"]
                refused = "does not belong" in self.run_ppt(verb, *operand, option, *value).err
                self.assertEqual(option in offered, not refused, f"{verb} {option}")

    def test_choices(self):
        self.assertEqual(self.complete("--placement", ""), {"none", "close", "spread"})
        self.assertEqual(self.complete("--memory", "f"), {"fresh"})
        self.assertIn("gbench", self.complete("report", "--format", ""))

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_style(self):
        done = subprocess.run(["shellcheck", str(COMPLETIONS / "ppt-omp")], capture_output=True,
                              text=True, timeout=common.TIMEOUT_S, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_programs(self):
        self.assertIn("gzip", self.complete("--workers", "1", "--", "gzi"))


# Types a line and a tab into a zsh of its own: arguments are the folder of completions, a file for
# what is offered, and the line. Completion works in a terminal alone; the second key tells its end.
TYPE_IN_ZSH = r"""
zmodload zsh/zpty
zpty -b typed zsh -f -i
zpty -w typed "PROMPT= ; stty -echo; fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -u -D"
zpty -w typed "hits=${(q)2}"
zpty -w typed 'compadd() {
  local -a offered
  builtin compadd -O offered "$@"
  print -rl -- $offered >> $hits
  builtin compadd "$@"
}'
zpty -w typed 'tell() { print "THE"" END" }; zle -N tell; bindkey "^I" complete-word "^X" tell'
zpty -w typed 'print "THE"" START"'
zpty -r typed output '*THE START*'
zpty -n -w typed "$3"$'\t\x18'
zpty -r typed output '*THE END*'
zpty -d typed
"""


class Others(common.Case):
    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        def complete(line):
            script = f"source {COMPLETIONS / 'ppt-omp.fish'}; complete -C '{line}'"
            program = pathlib.Path(common.PPT_OMP).parent
            env = {**self.environment(), "PATH": f"{program}:{os.environ['PATH']}",
                   "HOME": str(self.base)}  # fmt: skip
            done = subprocess.run(["fish", "--no-config", "-c", script], cwd=self.work, env=env,
                                  capture_output=True, text=True, timeout=common.TIMEOUT_S,
                                  check=False)  # fmt: skip
            self.assertEqual(done.stderr, "")
            return {entry.split("\t")[0] for entry in done.stdout.splitlines()}

        self.assertEqual(complete("ppt-omp re"), {"report", "resume"})
        self.assertEqual(complete("ppt-omp --memory "), {"reuse", "fresh"})
        self.assertIn("sort", complete("ppt-omp --task "))
        self.assertEqual(complete("ppt-omp compare --be"), {"--between-runs"})
        self.assertEqual(complete("ppt-omp compare --sch"), set())

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        def complete(line):
            program = pathlib.Path(common.PPT_OMP).parent
            env = {**self.environment(), "PATH": f"{program}:{os.environ['PATH']}"}
            hits = self.work / "hits"
            hits.write_text("")
            done = subprocess.run(["zsh", "-f", "-c", TYPE_IN_ZSH, "zsh", COMPLETIONS, hits, line],
                                  cwd=self.work, env=env, capture_output=True, text=True,
                                  timeout=common.TIMEOUT_S, check=False)  # fmt: skip
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return set(hits.read_text().split())

        self.assertEqual(complete("ppt-omp re"), {"report", "resume"})
        self.assertEqual(complete("ppt-omp --memory "), {"reuse", "fresh"})
        self.assertLessEqual({"sort", "random"}, complete("ppt-omp --task "))
        self.assertIn("sort", complete("ppt-omp once "))
        self.assertEqual(complete("ppt-omp compare --be"), {"--between-runs"})
        self.assertEqual(complete("ppt-omp compare --sch"), set())


if __name__ == "__main__":
    unittest.main()
