"""First, do no harm: nothing of the user's is touched, and nothing damaged passes for whole.

What is told here went wrong once. Each test stands for a kind: it tries the case and its neighbours.
"""

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SMALL = ["--task", "sum", "--task-args", "[1000]", "--task-count", "3", "--workers", "0,1",
         "--iterations", "3", "--seed", "5"]  # fmt: skip
LONG = ["--task", "sum", "--task-args", "[1000]", "--task-count", "3", "--workers", "0,1",
        "--iterations", "100000", "--seed", "5", "--quiet"]  # fmt: skip
VICTIM = "something of the user's\n"


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


class HarmCase(common.Case):
    def victim(self, name="victim"):
        path = self.work / name
        path.write_text(VICTIM)
        return path

    def check_untouched(self, path):
        self.assertEqual(path.read_text(), VICTIM)

    def recorded(self, *more):
        self.run_fine(*SMALL, "--quiet", *more)
        return self.only_folder()

    def meanwhile(self, action, lines=8):
        """Starts a long run, acts once so many lines are recorded, and returns its result."""
        process = subprocess.Popen(
            [common.PPT_OMP, *LONG],
            cwd=self.work,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            limit = time.monotonic() + 60
            while sum(p.read_bytes().count(b"\n") for p in self.work.rglob("samples.jsonl")) < lines:
                self.assertIsNone(process.poll(), "ended too early")
                self.assertLess(time.monotonic(), limit, "nothing was recorded")
                time.sleep(0.01)
            action(process)
            out, err = process.communicate(timeout=60)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        return common.Result(LONG, process.returncode, out, err)


class Temporary(HarmCase):
    """Folders beside those for temporary files, with names like theirs."""

    NAMES = ["ppt-omp-471123", "ppt-omp-backup", "ppt-omp-kernel", "ppt-omp-master",
             "ppt-omp-output"]  # fmt: skip

    def test_folders_of_the_user_stay(self):
        for name in self.NAMES:
            (self.tmp / name).mkdir(mode=0o700)
            (self.tmp / name / "a").write_text("x")
        for command in (["once", "sum", "1000"], [*SMALL, "--quiet"], ["resume", "output/latest"]):
            result = self.run_ppt(*command)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(sorted(p.name for p in self.tmp.iterdir()), self.NAMES)
        for name in self.NAMES:
            self.assertEqual((self.tmp / name / "a").read_text(), "x")
            shutil.rmtree(self.tmp / name)

    def test_results_may_lie_there(self):
        """--output TMPDIR/ppt-omp-output, as a job script makes it."""
        output = self.tmp / "ppt-omp-output"
        for command in ([*SMALL, "--quiet", "--output", output], ["once", "sum", "1000"]):
            result = self.run_ppt(*command)
            self.assertEqual(result.code, 0, result)
        self.assertEqual(len(list(output.glob("sum__*/results.csv"))), 1)
        shutil.rmtree(output)

    def test_what_a_killed_run_left_is_removed(self):
        """Its own folder, and that alone."""
        result = self.meanwhile(lambda process: process.kill())
        self.assertEqual(result.code, -signal.SIGKILL)
        (left,) = self.tmp.iterdir()
        self.assertEqual(stat.S_IMODE(left.stat().st_mode), 0o700)
        copy = self.tmp / "ppt-omp-copied"
        subprocess.run(["cp", "-a", left, copy], check=True)
        self.assertEqual(self.run_ppt("once", "sum", "1000").code, 0)
        self.assertEqual([p.name for p in self.tmp.iterdir()], ["ppt-omp-copied"])
        shutil.rmtree(copy)


class Output(HarmCase):
    """The folder of all results, and what is in that of a run."""

    def test_latest_and_its_neighbours(self):
        output = self.work / "output"
        output.mkdir()
        mine = self.victim("output/.latest")
        self.recorded()
        self.check_untouched(mine)
        self.assertTrue((output / "latest").is_symlink())
        self.run_fine(*SMALL, "--quiet")
        self.assertEqual(os.readlink(output / "latest"), sorted(p.name for p in output.glob("s*"))[-1])
        # A link that leads elsewhere is somebody's.
        (output / "latest").unlink()
        (output / "latest").symlink_to(self.work)
        self.run_fine(*SMALL, "--quiet")
        self.assertEqual(os.readlink(output / "latest"), str(self.work))

    def test_a_picture_that_is_a_link(self):
        folder = self.recorded()
        victim = self.victim()
        hard = self.victim("hard")
        for name in ("speedup.svg", "speedup.png", "time.gp", "time.dat"):
            path = folder / "charts" / name
            path.unlink(missing_ok=True)
            path.symlink_to("../../../victim")
        (folder / "results.csv").unlink()
        (folder / "results.csv").symlink_to("../../victim")
        (folder / "charts" / "time.svg").unlink(missing_ok=True)
        os.link(hard, folder / "charts" / "time.svg")
        self.run_fine("report", folder, draw=True)
        self.check_untouched(victim)
        self.check_untouched(hard)
        self.assertFalse((folder / "charts" / "time.gp").is_symlink())
        self.assertFalse((folder / "results.csv").is_symlink())

    def test_charts_that_are_a_link(self):
        """Neither drawing nor failing to draw gets to what it leads to."""
        folder = self.recorded()
        outside = self.work / "outside"
        outside.mkdir()
        mine = self.victim("outside/speedup.svg")
        shutil.rmtree(folder / "charts")
        (folder / "charts").symlink_to(outside)
        for name, script in (("fails", "exit 3"), ("draws", "echo x >speedup.svg")):
            tools = self.base / name
            tools.mkdir()
            (tools / "gnuplot").write_text(f"#!/bin/sh\n{script}\n")
            (tools / "gnuplot").chmod(0o755)
            env = self.environment(PATH=f"{tools}:/usr/bin:/bin")
            result = self.run_ppt("report", folder, env=env)
            self.assertEqual(result.code, 1, result)
            self.assertIn("charts: is a link", result.err)
            self.check_untouched(mine)
            self.assertEqual([p.name for p in outside.iterdir()], ["speedup.svg"])
            # Results come first, and are there all the same.
            self.assertTrue((folder / "results.csv").stat().st_size > 0)

    def test_modes(self):
        """Who may read results says umask; a file that is there keeps its mode."""
        self.run_fine(*SMALL, "--quiet", preexec_fn=lambda: os.umask(0o077))
        folder = self.only_folder()
        files = [p for p in folder.rglob("*") if p.is_file()]
        self.assertGreater(len(files), 5)
        for path in files:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)
        page = self.work / "c.html"
        page.write_text("")
        page.chmod(0o600)
        copy = self.work / "other"
        shutil.copytree(folder, copy)
        self.run_ppt("compare", folder, copy, "--html", page)
        self.assertEqual(stat.S_IMODE(page.stat().st_mode), 0o600)
        self.assertGreater(page.stat().st_size, 1000)

    def test_files_beside_the_one_that_is_written(self):
        """"c.html.new" is as much the user's as anything."""
        folder = self.recorded()
        copy = self.work / "other"
        shutil.copytree(folder, copy)
        mine = self.victim("c.html.new")
        for _ in range(2):
            self.run_ppt("compare", folder, copy, "--html", "c.html")
            self.assertIn("</html>", (self.work / "c.html").read_text())
        self.check_untouched(mine)
        also = self.victim("s.txt.new")
        self.run_fine("once", "sort", "100", "--dump", "s.txt")
        self.check_untouched(also)

    @common.without_coverage
    def test_a_dump_that_fails_leaves_the_old_file(self):
        mine = self.victim("s.txt")
        result = self.run_ppt(
            "once", "sort", "100000", "--dump", "s.txt", preexec_fn=limit_file_size
        )
        self.assertEqual(result.code, 1, result)
        self.check_untouched(mine)
        # What the program writes to anyway is not replaced under its hands.
        log = self.victim("log")
        with open(log, "ab") as out:
            self.run_ppt("once", "sort", "3", "--dump", "/dev/stdout", stdout=out)
        lines = log.read_text().splitlines()
        self.assertEqual(lines[0], VICTIM.strip())
        self.assertEqual(len(lines), 1 + 3 + 1)
        link = self.work / "link"
        link.symlink_to("s.txt")
        self.run_fine("once", "sort", "100", "--dump", "link")
        self.assertTrue(link.is_symlink())
        self.assertEqual(len(mine.read_text().splitlines()), 100)
        self.assertEqual(self.run_fine("once", "sort", "3", "--dump", "/dev/null").code, 0)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))


class Journal(HarmCase):
    """What is read before anything is changed, and what somebody does to it in mid-run."""

    def test_resume_of_what_is_no_journal(self):
        secret = self.work / "secret"
        secret.write_text("a line without newline")
        run = self.work / "r"
        run.mkdir()
        (run / "samples.jsonl").symlink_to("../secret")
        for verb in ("resume", "report"):
            result = self.run_ppt(verb, run)
            self.assertEqual(result.code, 2, result)
            self.assertIn("r/samples.jsonl: is a link, not a file", result.err)
        (run / "samples.jsonl").unlink()
        os.link(secret, run / "samples.jsonl")
        self.assertEqual(self.run_ppt("resume", run).code, 2)
        self.assertEqual(secret.read_text(), "a line without newline")

    def test_a_damaged_journal_is_not_cut(self):
        """Half a line at its end goes only when all before it is well."""
        folder = self.recorded()
        journal = folder / "samples.jsonl"
        lines = journal.read_text().splitlines(True)
        text = "".join(lines[:3]) + "{oops\n" + "".join(lines[3:5]) + lines[5][:40]
        journal.write_text(text)
        result = self.run_ppt("resume", folder)
        self.assertEqual(result.code, 2, result)
        self.assertIn("samples.jsonl:4:", result.err)
        self.assertEqual(journal.read_text(), text)

    def test_pipes_and_devices(self):
        """They would be waited for, or never end."""
        run = self.work / "r"
        run.mkdir()
        os.mkfifo(run / "samples.jsonl")
        for verb in ("resume", "report"):
            result = self.run_ppt(verb, run, timeout=20)
            self.assertEqual(result.code, 2, result)
            self.assertIn("is a pipe, not a file", result.err)
        os.mkfifo(self.work / "p.csv")
        for command in (["judge", "p.csv"], ["fit", "p.csv"], ["judge", "/dev/zero"],
                        ["--config", "p.csv"], ["--config", "/dev/zero"],
                        ["--kernel", "./p.csv"], ["list", "--kernel", "./p.csv"]):  # fmt: skip
            with self.subTest(command=command):
                result = self.run_ppt(*command, timeout=20)
                self.assertEqual(result.code, 2, result)
                self.assertRegex(result.err, r"is a (pipe|device), not a file")

    def test_moved_in_mid_run(self):
        def move(_):
            folder = self.only_folder()
            (folder / "samples.jsonl").rename(folder / "x")

        result = self.meanwhile(move)
        self.assertEqual(result.code, 1, result)
        self.assertIn("samples.jsonl: was moved away while it was being written", result.err)
        self.assertFalse((self.only_folder() / "results.csv").exists())

    def test_cut_in_mid_run(self):
        result = self.meanwhile(lambda _: (self.only_folder() / "samples.jsonl").write_text(""))
        self.assertEqual(result.code, 1, result)
        self.assertRegex(result.err, r"samples\.jsonl: was (cut|written to by somebody else) while")

    def test_replaced_in_mid_run(self):
        def replace(_):
            journal = self.only_folder() / "samples.jsonl"
            other = self.work / "other"
            shutil.copy(journal, other)
            other.rename(journal)

        result = self.meanwhile(replace)
        self.assertEqual(result.code, 1, result)
        self.assertIn("was replaced by another file while", result.err)

    def test_written_to_in_mid_run(self):
        def append(_):
            with open(self.only_folder() / "samples.jsonl", "a", encoding="utf-8") as journal:
                journal.write("{}\n")

        result = self.meanwhile(append)
        self.assertEqual(result.code, 1, result)
        self.assertIn("was written to by somebody else while", result.err)

    def test_the_folder_may_be_moved(self):
        """The run goes on in it, wherever it is, and so do its reports."""

        def move(process):
            self.only_folder().rename(self.work / "elsewhere")
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)

        result = self.meanwhile(move)
        self.assertEqual(result.code, 130, result)
        moved = self.work / "elsewhere"
        for name in ("results.csv", "results.json", "report.html", "charts/speedup.gp"):
            self.assertTrue((moved / name).is_file(), name)
        passes = [json.loads(l) for l in (moved / "samples.jsonl").read_text().splitlines()]
        blocks = max(l["block"] for l in passes if l["type"] == "pass")
        self.assertGreaterEqual(blocks, 2)

    def test_a_link_in_its_place(self):
        """Whoever puts a link where the folder was gets nothing written through it."""
        outside = self.work / "outside"
        outside.mkdir()

        def swap(process):
            folder = self.only_folder()
            folder.rename(self.work / "elsewhere")
            folder.symlink_to(outside)
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)

        result = self.meanwhile(swap)
        self.assertEqual(result.code, 130, result)
        self.assertEqual(list(outside.iterdir()), [])
        self.assertTrue((self.work / "elsewhere" / "results.csv").is_file())


class Damage(HarmCase):
    """A journal that is not what was written."""

    def lines(self):
        folder = self.recorded()
        path = folder / "samples.jsonl"
        return folder, path, path.read_bytes().splitlines(True)

    def refuse(self, folder, path, data, *needles):
        path.write_bytes(data)
        for verb in ("report", "resume", "predict"):
            more = ["--workers", "4"] if verb == "predict" else []
            result = self.run_ppt(verb, folder, *more)
            self.assertEqual(result.code, 2, result)
            for needle in needles:
                self.assertRegex(result.err, needle, result)
            self.assertEqual(path.read_bytes(), data)

    def test_zeros(self):
        """Passes behind a byte of 0 are not dropped without a word."""
        folder, path, lines = self.lines()
        hurt = lines[5][:30] + b"\0" * 100 + lines[5][30:]
        self.refuse(folder, path, b"".join(lines[:5]) + hurt + b"".join(lines[6:]),
                    r"samples\.jsonl:6:31: a byte of 0")  # fmt: skip
        self.refuse(folder, path, b"".join(lines[:5]) + b"\0" * 512 + b"\n" + b"".join(lines[5:]),
                    r"samples\.jsonl:6:1: a byte of 0")  # fmt: skip
        self.refuse(folder, path, b"\0" + b"".join(lines), r"samples\.jsonl:1:1: a byte of 0")

    def test_zeros_at_the_end(self):
        """What a power cut leaves behind the last line is no pass: it is told, and resume goes on."""
        folder, path, lines = self.lines()
        path.write_bytes(b"".join(lines[:6]) + lines[6][:10] + b"\0" * 4096)
        told = "bytes of 0 behind its last line, as a power cut leaves"
        self.assertIn(told, self.run_fine("report", folder).err)
        self.assertIn(told, self.run_fine("resume", folder).err)
        self.assertNotIn(b"\0", path.read_bytes())
        self.assertNotIn(told, self.run_fine("report", folder).err)

    def test_a_pass_that_is_there_twice(self):
        folder, path, lines = self.lines()
        passes = [i for i, l in enumerate(lines) if b'"type":"pass"' in l]
        at = passes[3]
        self.refuse(folder, path, b"".join(lines[: at + 1] + lines[at:]),
                    rf"samples\.jsonl:{at + 2}:", "a line is there twice, or missing")  # fmt: skip
        # Numbered anew, it still is a second pass of that block.
        second = json.loads(lines[at])
        more = []
        for number, line in enumerate([lines[at], *lines[at + 1 :]], len(passes[:3]) + 1):
            entry = json.loads(line)
            if entry["type"] == "pass":
                entry["position"] = number
            more.append(json.dumps(entry).encode() + b"\n")
        self.refuse(folder, path, b"".join(lines[: at + 1] + more),
                    rf"samples\.jsonl:{at + 2}:", f"block {second['block']} has a pass")  # fmt: skip

    def test_a_pass_that_is_missing(self):
        folder, path, lines = self.lines()
        at = [i for i, l in enumerate(lines) if b'"type":"pass"' in l][3]
        self.refuse(folder, path, b"".join(lines[:at] + lines[at + 1 :]),
                    rf"samples\.jsonl:{at + 1}:", "a line is there twice, or missing")  # fmt: skip


class FullDisk(HarmCase):
    """A file system with room for results, but not for pictures."""

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "needs to mount")
    def test_results_come_first(self):
        small = self.work / "small"
        small.mkdir()
        script = (
            "mount -t tmpfs -o size=$1k none small && shift && "
            '"$@"; code=$?; cp -a small kept; exit $code'
        )
        for size in ("160", "400"):
            with self.subTest(size=size):
                result = self.run_program(
                    "unshare", "-m", "sh", "-c", script, "sh", size, common.PPT_OMP, *SMALL,
                    "--output", "small/output", cwd=self.work,
                    env=self.environment(draw=True),
                )  # fmt: skip
                if "mount" in result.err and "denied" in result.err:
                    self.skipTest("must not mount")
                kept = self.work / "kept"
                (folder,) = kept.glob("output/sum__*")
                self.assertEqual(len((folder / "results.csv").read_text().splitlines()), 3)
                json.loads((folder / "results.json").read_text())
                if result.code != 0:
                    self.assertIn("No space left on device", result.err)
                for path in folder.glob("charts/*.svg"):
                    self.assertTrue(path.read_text().rstrip().endswith("</svg>"), path)
                for path in folder.rglob("*.html"):
                    self.assertTrue(path.read_text().rstrip().endswith("</html>"), path)
                for path in folder.glob("charts/*.png"):
                    self.assertIn(b"IEND", path.read_bytes()[-12:], path)
                self.assertEqual(list(folder.rglob(".ppt-omp-*")), [])
                shutil.rmtree(kept)


class Gnuplot(HarmCase):
    """What a user has set for gnuplot is for other data and other terminals."""

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_settings_of_the_user(self):
        folder = self.recorded()
        home = self.work / "home"
        home.mkdir()
        for line in ('set datafile separator ","', "set terminal qt", "st x y ("):
            with self.subTest(line=line):
                (home / ".gnuplot").write_text(line + "\n")
                env = self.environment(draw=True, HOME=str(home))
                result = self.run_ppt("report", folder, env=env)
                self.assertEqual(result.code, 0, result)
                self.assertNotIn("not drawn", result.err)
                for path in folder.glob("charts/*.gp"):
                    picture = path.with_suffix(".svg")
                    self.assertTrue(picture.read_text().rstrip().endswith("</svg>"), picture)
                    picture.unlink()


if __name__ == "__main__":
    unittest.main()
