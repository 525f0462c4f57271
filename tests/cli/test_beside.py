"""What is done beside the passes: commands before and after them, and what programs work in."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

# An argument of programs that would go on for long, so that they are found again.
MARK = f"4713.{os.getpid()}"


def running():
    """Processes that have the mark among their arguments."""
    done = subprocess.run(["pgrep", "-f", f"^sleep {MARK}"], capture_output=True, text=True,
                          check=False)  # fmt: skip
    return done.stdout.split()


class Beside(common.Case):
    def environment(self, draw=False, **changes):
        """With all programs but gnuplot, which takes its time."""
        return {**super().environment(draw), "PATH": common.path_without_gnuplot(), **changes}

    def measure(self, *program, options=(), workers="0,2", tasks=2, blocks=3, **more):
        return self.run_ppt("--workers", workers, "--task-count", tasks, "--iterations", blocks,
                            *options, "--", *program, **more)  # fmt: skip

    def check_left(self):
        self.assertEqual(running(), [])
        self.assertEqual(list(self.tmp.iterdir()), [], "left behind in TMPDIR")

    def fine(self, *program, **options):
        result = self.measure(*program, **options)
        self.assertEqual(result.code, 0, result)
        self.check_left()
        return result

    def refused(self, result, code, *parts):
        self.assertEqual(result.code, code, result)
        for part in parts:
            self.assertIn(part, result.err)
        self.check_left()

    def log(self):
        return (self.work / "log").read_text().split()

    def interrupted(self, *args, number=signal.SIGINT, **more):
        """Interrupts a run once a program with the mark is running."""
        process = subprocess.Popen(
            [common.PPT_OMP, *args], cwd=self.work, env=self.environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
        )  # fmt: skip
        try:
            limit = time.monotonic() + common.TIMEOUT_S
            while not running() and time.monotonic() < limit:
                time.sleep(0.01)
            process.send_signal(number)
            _, err = process.communicate(timeout=common.TIMEOUT_S)
        finally:
            process.kill()
        self.assertEqual(process.returncode, 130, err)
        self.check_left()
        return err


class Commands(Beside):
    def options(self, prepare="echo p >>log", setup="echo s >>log", cleanup="echo c >>log"):
        return ("--setup", setup, "--prepare", prepare, "--cleanup", cleanup)

    def test_order(self):
        """Before all, before every pass, after all: those of the warm-up, too."""
        self.fine("sh", "-c", "echo t >>log", workers="0,1", options=self.options())
        self.assertEqual(self.log(), ["s", *["p", "t", "t"] * 8, "c"])
        config = json.loads((self.only_folder() / "results.json").read_text())["config"]
        self.assertEqual([config["setup"], config["prepare"], config["cleanup"]],
                         ["echo s >>log", "echo p >>log", "echo c >>log"])  # fmt: skip

    def test_any_task(self):
        """They are there for every kernel, and in files."""
        self.write("c.json", {"task": "sum", "task_args": [10], "workers": [0], "iterations": 1,
                              "task_count": 1, "setup": "echo s >>log", "prepare": "echo p >>log",
                              "cleanup": "echo c >>log"})  # fmt: skip
        self.run_fine("c.json", env=self.environment())
        self.assertEqual(self.log(), ["s", "p", "p", "c"])

    def test_untimed(self):
        self.fine("true", workers="0", tasks=1, options=("--prepare", "sleep 0.5"))
        for a_pass in common.passes(self.only_folder()):
            self.assertLess(a_pass["total_ns"] + a_pass["scratch_ns"], 5e8)

    def test_server(self):
        """What the setup leaves in the background is there for all passes, and then ended; what a
        later command leaves is not."""
        check = f"test $(pgrep -fc '^sleep {MARK}$') = 1"
        self.fine("sh", "-c", check, options=self.options(
            setup=f"sleep {MARK} & echo s >log", prepare=f"sleep {MARK}1 & {check}",
            cleanup=f"{check} && echo c >>log"))  # fmt: skip
        self.assertEqual(self.log(), ["s", "c"])

    def test_make(self):
        """Without the command make would have nothing to do from its second run on."""
        names = ["a", "b", "c"]
        self.write("Makefile", "all: " + " ".join(f"{n}.o" for n in names)
                   + "\n%.o: %.c\n\t@echo $@ >>log; cp $< $@\nclean:\n\trm -f *.o\n")  # fmt: skip
        for name in names:
            self.write(f"{name}.c", "int x;\n")
        result = self.fine("make", "-j{inner_threads}", workers="0", tasks=1, blocks=2, options=(
            "--inner-threads", "1,2", "--prepare", "make clean"))  # fmt: skip
        self.assertEqual(sorted(self.log()), sorted(6 * [f"{n}.o" for n in names]))
        self.assertNotIn("first", result.out)

    def test_without_shell(self):
        self.fine("true", options=("--setup", r"""touch 'a b' "c\"d" e\ f '$x|y'""", "--shell",
                                   "none"))  # fmt: skip
        for name in ("a b", 'c"d', "e f", "$x|y"):
            self.assertTrue((self.work / name).exists(), name)

    def test_another_shell(self):
        self.fine("true", options=("--setup", "false; touch made", "--shell", "sh -u"))
        self.assertTrue((self.work / "made").exists())
        (self.work / "made").unlink()
        self.refused(self.measure("true", options=("--setup", "false; touch made", "--shell",
                                                   "sh -e")), 1, '"setup"')  # fmt: skip
        self.assertFalse((self.work / "made").exists())
        self.refused(self.measure("true", options=("--setup", "x", "--shell", "no-such-shell")), 1,
                     '"setup"', '"no-such-shell" cannot be started')  # fmt: skip

    def test_wrong(self):
        for options, part in (
            (("--setup", ""), "--setup: is empty"),
            (("--prepare", "a 'b", "--shell", "none"), "within a quotation"),
            (("--cleanup", "a \\", "--shell", "none"), "a backslash"),
            (("--setup", "a", "--shell", " "), "--shell: is empty"),
        ):
            self.refused(self.measure("true", options=options), 2, part)
            self.assertFalse((self.work / "output").exists())

    def test_failing_setup(self):
        """What it wrote is shown, nothing is measured, and what comes after it is done."""
        self.refused(self.measure("true", options=self.options(
            setup="echo out; echo err >&2; exit 3")), 1, "  out\n", "  err\n",
            '"setup": \'echo out; echo err >&2; exit 3\' exited with 3')  # fmt: skip
        self.assertEqual(self.log(), ["c"])
        self.assertFalse(any((self.work / "output").glob("*__*")))

    def test_failing_prepare(self):
        result = self.measure("true", options=self.options(
            prepare='echo p >>log; printf "\\033[1m%d\\n" $(wc -l <log); test $(wc -l <log) -le 3'))  # fmt: skip
        self.refused(result, 1, "  ?[1m4\n", '"prepare"', "the run ends here")
        self.assertEqual(self.log(), ["s", "p", "p", "p", "c"])
        self.assertEqual(len(common.passes(self.only_folder())), 2)

    def test_failing_cleanup(self):
        """The results are there, and the exit code tells."""
        self.refused(self.measure("true", options=("--cleanup", "kill -SEGV $$")), 1,
                     '"cleanup"', "was killed by signal 11")  # fmt: skip
        self.check_csv(self.only_folder())

    def test_cleanup_after_failure(self):
        self.refused(self.measure("false", options=self.options()), 1, '"false" exited with 1')
        self.assertEqual(self.log()[-1], "c")
        self.refused(self.measure("no-such-program", options=self.options()), 2, "no program")
        self.assertEqual(self.log()[-2:], ["s", "c"])

    def test_long_output(self):
        """Its end is shown, however much there is."""
        result = self.measure("true", options=("--setup", "yes | head -c 70000000; echo; exit 1"))
        self.refused(result, 1, "its end", "exited with 1")
        self.assertLess(len(result.err), 50_000)

    def test_setup_makes_the_program(self):
        self.fine("./made", "true", options=("--setup", "cp $(command -v env) made", "--cleanup",
                                     "rm made"))  # fmt: skip
        self.assertFalse((self.work / "made").exists())

    def test_suite(self):
        """Each run has its own, one after the other."""
        self.write("c.json", {"task": "sum", "task_args": [10], "workers": [0], "iterations": 1,
                              "task_count": 1, "cleanup": "echo c >>log", "runs": [
                                  {"setup": "echo 1 >>log"}, {"setup": "echo 2 >>log; false"},
                                  {"setup": "echo 3 >>log"}]})  # fmt: skip
        self.refused(self.run_ppt("c.json", env=self.environment()), 1, '"setup"')
        self.assertEqual(self.log(), ["1", "c", "2", "c", "3", "c"])

    def test_interrupted(self):
        """While any of them runs; what comes after all is done all the same."""
        for which in ("setup", "prepare"):
            for command in (f"sleep {MARK}", f"trap '' TERM INT; sleep {MARK} & wait; sleep {MARK}"):
                (self.work / "log").unlink(missing_ok=True)
                self.interrupted("--workers", "0", "--quiet", *self.options(**{which: command}),
                                 "--", "true")  # fmt: skip
                self.assertEqual(self.log()[-1], "c")

    def test_interrupted_later(self):
        self.interrupted("--workers", "0", *self.options(), "--", "sleep", MARK)
        self.assertEqual(self.log(), ["s", "p", "c"])

    def test_interrupted_at_the_end(self):
        """The last command is ended by an interruption of its own."""
        for args in (("--quick",), ("--task-count", "1", "--iterations", "1")):
            self.interrupted("--workers", "0", "--quiet", *args, *self.options(
                cleanup=f"sleep {MARK}"), "--", "true")  # fmt: skip

    def test_resume(self):
        """The setup is made anew before it is looked whether the program is the same one."""
        options = self.options(setup="cp $(command -v sh) made; echo s >>log",
                               cleanup="rm made; echo c >>log")  # fmt: skip
        script = f'test -e go || {{ test $(grep -c p log) -lt 4 || sleep {MARK}; }}'
        self.interrupted("--workers", "0", "--iterations", "5", "--task-count", "1", *options,
                         "--", "./made", "-c", script)  # fmt: skip
        self.assertEqual(self.log(), ["s", *"pppp", "c"])
        self.write("go", "")
        (self.work / "log").unlink()
        result = self.run_ppt("resume", self.only_folder(), env=self.environment())
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.log(), ["s", *"pppp", "c"])  # a warm-up, and three blocks
        self.check_left()


if __name__ == "__main__":
    unittest.main()
