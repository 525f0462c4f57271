"""Kernels that change what belongs to the program: locale, rounding, signals, folders, its end."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

import common
from common import only

BUILT = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build")) / "tests"


class Kernel(common.Case):
    """A kernel from outside shares the process, and may not take it away (tests/plugin/odd.c)."""

    OPTIONS = ["--task-count", "6", "--workers", "0,1,2", "--iterations", "5", "--seed", "1"]

    def odd(self, *args, cwd=None, where="./odd.so", options=OPTIONS, **changes):
        shutil.copy(BUILT / "plugin_odd.so", self.work / "odd.so")
        if args[:1] != ("resume",):
            shutil.rmtree(self.work / "output", ignore_errors=True)
        changes = {f"ODD_{key.upper()}" if key.islower() else key: value
                   for key, value in changes.items()}  # fmt: skip
        return self.run_ppt(*args, *(["--kernel", where] if not args else []), *options,
                            env=only(changes, self.environment()), cwd=cwd)  # fmt: skip

    def german(self):
        """A locale with commas in numbers, and the folder to find it in."""
        folder = self.base / "locales"
        folder.mkdir(exist_ok=True)
        if not shutil.which("localedef"):
            self.skipTest("localedef is not installed")
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder / "de_DE.UTF-8"],
                       capture_output=True, check=False)  # fmt: skip
        if not (folder / "de_DE.UTF-8").exists():
            self.skipTest("the sources of locales are not installed")
        return {"LOCPATH": str(folder), "LC_ALL": "C"}

    def figures(self, folder):
        """All files of a run whose numbers must be those of the C locale."""
        json.loads((folder / "results.json").read_text())
        common.read_samples(folder)
        self.check_csv(folder)
        for path in folder.rglob("*"):
            if path.suffix in (".gp", ".dat", ".html", ".json", ".jsonl"):
                self.assertNotRegex(path.read_text(), r"(?<![\d,])0,\d{2}", path)

    def test_locale(self):
        german = self.german()
        for place in ("load", "open", "attach", "run", "close"):
            # glibc 2.36 loses 24 bytes where newlocale() looks for files, which LeakSanitizer tells.
            for way in ("setlocale",) if common.SANITIZED else ("setlocale", "uselocale"):
                with self.subTest(place=place, way=way):
                    result = self.odd(**german, **{place: f"{way} de_DE.UTF-8"})
                    self.assertEqual(result.code, 0, result)
                    self.assertNotRegex(result.out, r"\d,\d\d?x")
                    self.figures(self.only_folder())

    def test_locale_and_formats(self):
        """What is printed, of a table that is read after the kernel ran, too."""
        german = self.german()
        for format_name in ("json", "csv", "gbench", "markdown", "ghab", "bmf", "hyperfine"):
            result = self.odd(**german, load="setlocale de_DE.UTF-8",
                              options=[*self.OPTIONS, "--format", format_name])  # fmt: skip
            self.assertEqual(result.code, 0, result)
            if format_name == "json":
                json.loads(result.out)
            self.assertNotRegex(result.out, r"(?<![\d,])0,\d{2}")
        result = self.odd("once", "./odd.so", "--json", options=[], **german,
                          run="setlocale de_DE.UTF-8")  # fmt: skip
        json.loads(result.out)

    def test_kernel_keeps_its_locale(self):
        """What open has chosen is there in run, in every worker."""
        german = self.german()
        result = self.odd(**german, open="setlocale de_DE.UTF-8", point=",")
        self.assertEqual(result.code, 0, result)

    def test_rounding(self):
        """Figures of the same passes do not depend on it; the fit of a law shows that."""
        result = self.odd(run="round", open="round")
        self.assertEqual(result.code, 0, result)
        folder = self.only_folder()
        before = (folder / "results.json").read_text()
        self.assertEqual(self.run_ppt("report", folder).code, 0)
        self.assertEqual((folder / "results.json").read_text(), before)

    def test_exit(self):
        for place in ("load", "open", "attach", "run", "close"):
            for way in ("exit 0", "exit 1", "exit 3", "quick_exit 0", "_exit 0",
                        "_Exit 0", "errx 0", "errx 1", "error 5", "bye 0", "bye_by_errx 0",
                        "thread_exit 0", "thread_exit 1"):  # fmt: skip
                for workers in ("0", "1", "2"):
                    if (way.startswith("thread") or workers == "1") and place != "run":
                        continue
                    with self.subTest(place=place, way=way, workers=workers):
                        options = ["--task-count", "2", "--workers", workers, "--iterations", "3"]
                        result = self.odd(options=options, **{place: way})
                        self.assertEqual(result.code, 1, result)
                        # What errx() writes in two workers may be mixed with it.
                        self.assertEqual(result.err.count("its kernel ended the program by"), 1,
                                         result)  # fmt: skip
                        self.assertIn("odd.so: its kernel ended the program by", result.err)
                        self.assertEqual(list(self.tmp.iterdir()), [])

    def test_exit_of_many(self):
        """All workers at the same time: it is told once, and nothing is left."""
        options = ["--task-count", "500", "--workers", "60", "--iterations", "3"]
        for way in ("exit 0", "_exit 0", "_Exit 0", "quick_exit 7", "errx 0", "bye 0", "bye_by_errx 0"):
            result = self.odd(options=options, run=way)
            self.assertEqual(result.code, 1, result)
            self.assertEqual(result.err.count("ended the program"), 1, result)
            self.assertEqual(list(self.tmp.iterdir()), [])

    def test_exit_of_other_verbs(self):
        for args, place in ((["once", "./odd.so"], "run"), (["list", "--kernel", "odd.so"], "load")):
            result = self.odd(*args, options=[], **{place: "exit 0"})
            self.assertEqual(result.code, 1, result)
            self.assertIn("ended the program by exit(0)", result.err)
        self.assertEqual(self.odd(run="exit 0").code, 1)
        result = self.odd("resume", self.only_folder(), options=[], run="exit 0")
        self.assertEqual(result.code, 1, result)
        self.assertIn("ended the program by exit(0)", result.err)
        self.assertEqual(list(self.tmp.iterdir()), [])
        # Nothing is lost: without the mistake it is gone on with.
        self.assertEqual(self.odd("resume", self.only_folder(), options=[]).code, 0)

    def test_own_end_is_told_once(self):
        """libgomp's errors, and the program's own, end it by exit(1) too."""
        result = self.odd(OMP_STACKSIZE="16k")
        self.assertEqual(result.code, 1)
        self.assertNotIn("its kernel", result.err)

    def test_signals(self):
        """It ends the process that measures; the run is there to tell."""
        for number in (signal.SIGABRT, signal.SIGKILL):
            result = self.odd(run=f"raise {int(number)}")
            self.assertEqual(result.code, 1, result)
            self.assertIn(f"the process that measured was ended by signal {int(number)} ", result.err)
            self.assertEqual(len(result.err.splitlines()), 1, result)

    def test_end_without_a_word(self):
        """Whatever ends it, the run tells, and how to go on."""
        for way, words in (("end 1", "ended with exit code 1 "),
                           ("end 0", "ended with exit code 0 before it was told to: a task"),
                           ("end 9", "ended with exit code 9, at "),
                           ("close_all 3", "or closed a descriptor that is not its own, at ")):  # fmt: skip
            result = self.odd(run=way)
            self.assertEqual(result.code, 1, result)
            self.assertIn("ppt-omp: the process that measured ", result.err)
            self.assertIn(words, result.err)
            self.assertIn("to go on: ppt-omp resume output/", result.err)
            self.assertEqual(list(self.tmp.iterdir()), [])

    def test_children(self):
        for way in ("fork", "fork_errx"):
            result = self.odd(run=way)
            self.assertEqual(result.code, 0, result)

    def test_folder(self):
        """Reports are where they would be; a second run, too."""
        elsewhere = self.base / "elsewhere"
        elsewhere.mkdir()
        for place in ("load", "open", "attach", "run", "close"):
            for paths in (["odd.json"], ["odd.json", "odd.json"]):
                with self.subTest(place=place, runs=len(paths)):
                    self.write("odd.json", {"kernel": "./odd.so", "task_count": 4,
                                            "workers": [0, 2], "iterations": 3})  # fmt: skip
                    result = self.odd(*paths, options=[], **{place: f"chdir {elsewhere}"})
                    self.assertEqual(result.code, 0, result)
                    self.assertEqual(list(elsewhere.iterdir()), [])
                    folders = self.folders()
                    self.assertEqual(len(folders), 1 if len(paths) == 1 else 3)
                    for folder in folders:
                        self.assertTrue((folder / "results.json").exists())
                    last = self.run_ppt("resume", folders[0])
                    self.assertEqual(last.code, 0, last)
        result = self.odd(run="return 1", open=f"chdir {elsewhere}")
        self.assertEqual(self.odd("resume", self.only_folder(), options=[],
                                  run=f"chdir {elsewhere}").code, 1)  # fmt: skip
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_folder_of_temporary_files(self):
        """A relative TMPDIR is that of the start."""
        elsewhere = self.base / "elsewhere"
        elsewhere.mkdir()
        (self.work / "t").mkdir()
        result = self.odd(run=f"chdir {elsewhere}", TMPDIR="t")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(list((self.work / "t").iterdir()), [])
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_no_message(self):
        for place in ("open", "attach", "run"):
            for status, code in ((1, 1), (2, 2), (77, 77)):
                with self.subTest(place=place, status=status):
                    result = self.odd(**{place: f"return {status}"})
                    self.assertEqual(result.code, code if place == "open" else 1, result)
                    self.assertRegex(result.err, rf'(?m)kernel "odd": {place} failed without '
                                     r"saying why$")  # fmt: skip
            for status in (42, -1, 3, 5):
                result = self.odd(**{place: f"return {status}"})
                self.assertEqual(result.code, 1, result)
                self.assertIn(f'kernel "odd": {place} returned {status}, which is nothing that a '
                              "kernel may return", result.err)  # fmt: skip
            result = self.odd(**{place: "return 130"})
            self.assertEqual(result.code, 1, result)
            self.assertIn(f"{place} says that it was interrupted, but nobody asked", result.err)
        result = self.odd("once", "./odd.so", options=[], run="return 1")
        self.assertRegex(result.err, r'\Appt-omp: kernel "odd": run failed without saying why\n\Z')
        for memory in ("fresh", "reuse"):
            result = self.odd(options=["--memory", memory, *self.OPTIONS], attach="return 1")
            self.assertIn("attach failed without saying why", result.err)


if __name__ == "__main__":
    unittest.main()
