"""What is done beside the passes: commands before and after them, and what programs work in."""

import json
import os
import re
import shutil
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

# The processes that three blocks and a warm-up run in: 0 is the run's own.
PROCESSES = ((("--processes", "1"), {0}), (("--processes", "3"), {1, 2, 3}), ((), {1, 2, 3}))


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

    def check_processes(self, numbers):
        """Those that the passes of the only run ran in, which is removed."""
        folder = self.only_folder()
        self.assertEqual({one.get("process", 0) for one in common.passes(folder)}, numbers)
        shutil.rmtree(self.work / "output")

    def log(self):
        return (self.work / "log").read_text().split()

    def await_running(self, expected=True):
        limit = time.monotonic() + common.TIMEOUT_S
        while bool(running()) != expected and time.monotonic() < limit:
            time.sleep(0.01)
        self.assertEqual(bool(running()), expected)

    def disturbed(self, *args, disturb, code):
        """Calls `disturb` with the run's process once a program with the mark is running."""
        process = subprocess.Popen(
            [common.PPT_OMP, *args], cwd=self.work, env=self.environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            self.await_running()
            disturb(process)
            _, err = process.communicate(timeout=common.TIMEOUT_S)
        finally:
            process.kill()
        self.assertEqual(process.returncode, code, err)
        self.await_running(False)
        return err

    def interrupted(self, *args, number=signal.SIGINT):
        err = self.disturbed(*args, disturb=lambda run: run.send_signal(number), code=130)
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

    def test_processes(self):
        """All by the run's own process, wherever passes run."""
        prepare = "echo p >>log; for i in 0 1 2 3; do test ! -e in-$i; echo >in-$i; done"
        for options, numbers in PROCESSES:
            self.fine("rm", "in-{task}", tasks=4,
                      options=(*options, *self.options(prepare=prepare)))  # fmt: skip
            self.check_processes(numbers)
            self.assertEqual(self.log(), ["s", *8 * ["p"], "c"])
            (self.work / "log").unlink()

    def test_sized(self):
        """The tasks that a run is sized by come between the first command and the last, and are
        prepared as a pass is."""
        options = ("--max-seconds", "2", "--workers", "0,2", *self.options(
            prepare="echo p >>log; for i in $(seq 0 999); do echo >in-$i; done"))  # fmt: skip
        result = self.run_fine(*options, "--", "rm", "in-{task}", env=self.environment())
        self.assertIn("per pass (one takes", result.err)
        passes = len(common.passes(self.only_folder()))
        self.assertEqual(self.log(), ["s", *["p"] * (passes + 1), "c"])
        self.check_left()
        shutil.rmtree(self.work / "output")
        (self.work / "log").unlink()
        # Each of them once, whatever their number.
        for names in (["a", "b", "c", "d"], ["a"]):
            prepare = ("--prepare", f"touch {' '.join(names)}")
            self.run_fine(*options, *prepare, "--", "rm", "{}", ":::", *names,
                          env=self.environment())  # fmt: skip
            shutil.rmtree(self.work / "output")
        (self.work / "log").unlink()
        # One after the other: the second one fails.
        self.refused(self.run_ppt(*options, "--", "rm", "in-0", env=self.environment()), 1,
                     "cannot remove", "Others of its tasks ended well", "--sandbox")  # fmt: skip
        self.assertEqual(self.log(), ["s", "p", "c"])
        self.assertFalse(any((self.work / "output").glob("*__*")))

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

    def test_first_input(self):
        """Tasks with inputs are not alike: that the first is longer is said of nothing."""
        result = self.fine("sleep", "{}", ":::", "0.3", "0.001", "0.001", workers="0", tasks=3,
                           blocks=5, options=("--prepare", "true"))  # fmt: skip
        self.assertNotIn("first task of a pass", " ".join(result.out.split()))

    def test_make_alone(self):
        """Of several tasks of a pass all but the first would find nothing to do: there is one."""
        self.write("Makefile", "all: a.o b.o\n%.o: %.c\n\tsleep 0.1; cp $< $@\nclean:\n"
                   "\trm -f *.o\n")  # fmt: skip
        self.write("a.c", "")
        self.write("b.c", "")
        options = ("--max-seconds", "10", "--iterations", "1", "--workers", "0")
        for beside, only in (
            (("--prepare", "make clean"), "one --prepare serves all tasks of its pass"),
            (("--sandbox=pass",), "one copy of the folder serves all tasks of its pass"),
            (("--prepare", "make clean", "--sandbox"), None),
        ):
            (self.work / "a.o").unlink(missing_ok=True)
            (self.work / "b.o").unlink(missing_ok=True)
            result = self.run_fine(*options, *beside, "--", "make", env=self.environment())
            if only:
                self.assertIn(only, result.err)
                self.assertIn(": 1 task per pass", result.err)
            else:
                self.assertNotIn("serves all", result.err)
            self.assertNotIn("Caution: the first task", result.out)
            shutil.rmtree(self.work / "output")
        # Several tasks that are asked for are measured, and then told of.
        (self.work / "a.o").unlink(missing_ok=True)
        result = self.fine("make", workers="0", tasks=3, options=("--prepare", "make clean"))
        self.assertRegex(" ".join(result.out.split()), r"Caution: the first task of a pass took \S+ m?s,"
                         r" later ones .* One --prepare serves all .* --task-count 1 .* --sandbox gives")
        claims = json.loads((self.only_folder() / "results.json").read_text())["verdict"]["claims"]
        self.assertIn("first_of_pass", [claim["kind"] for claim in claims])
        shutil.rmtree(self.work / "output")
        result = self.fine("make", workers="0", tasks=3, options=("--prepare", "make clean",
                                                                  "--sandbox"))  # fmt: skip
        self.assertNotIn("first task of a pass", " ".join(result.out.split()))
        shutil.rmtree(self.work / "output")
        # What is slow the first time alone was not used up by it.
        script = "test -e warm || { sleep 0.2; touch warm; }"
        result = self.run_fine("--max-seconds", "2", "--workers", "0", "--prepare", "true", "--",
                               "sh", "-c", script, env=self.environment())  # fmt: skip
        self.assertNotIn("serves all", result.err)
        self.assertNotIn(": 1 task per pass", result.err)

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

    def test_sized(self):
        """What they take is in the time of a run, and told: here all that there is of it."""
        result = self.run_fine("--max-seconds", "2", "--workers", "0,2", "--prepare", "sleep 0.2",
                               "--", "true", env=self.environment())  # fmt: skip
        plan = re.search(r"a pass at each\) in (\S+) (\S+), (\S+) (\S+) of it beside the tasks",
                         result.err)  # fmt: skip
        self.assertTrue(plan, result.err)
        in_s = {"s": 1, "ms": 1e-3}
        block, beside = (float(plan[i]) * in_s[plan[i + 1]] for i in (1, 3))
        self.assertGreaterEqual(beside, 0.4)
        self.assertGreaterEqual(block, beside)
        # A tenth of it, or a task for each worker.
        self.assertLessEqual(block - beside, max(0.11 * beside, 0.25 * block), result.err)

    def test_interrupted(self):
        """While any of them runs; what comes after all is done all the same."""
        for which in ("setup", "prepare"):
            for command in (f"sleep {MARK}", f"trap '' TERM INT; sleep {MARK} & wait; sleep {MARK}"):
                (self.work / "log").unlink(missing_ok=True)
                self.interrupted("--workers", "0", "--quiet", *self.options(**{which: command}),
                                 "--", "true")  # fmt: skip
                self.assertEqual(self.log()[-1], "c")

    def test_interrupted_later(self):
        """In the first pass, and where the run is sized before there is one."""
        for args in (("--quick",), ()):
            (self.work / "log").unlink(missing_ok=True)
            err = self.interrupted("--workers", "0", *args, *self.options(), "--", "sleep", MARK)
            self.assertIn("interrupted", err)
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


class Sandbox(Beside):
    def setUp(self):
        super().setUp()
        self.outside = self.base / "outside"
        self.outside.write_text("outside\n")
        for i in range(4):
            self.write(f"in-{i}.txt", f"in {i}\n")
            os.utime(self.work / f"in-{i}.txt", (i, 1000 + i))
        self.write("sub/deep/a", "deep\n")
        (self.work / "sub/deep/a").chmod(0o440)
        (self.work / "sub/rel").symlink_to("deep/a")
        (self.work / "whole").symlink_to(self.work / "in-1.txt")
        (self.work / "sub/round").symlink_to("../../work/in-2.txt")
        (self.work / "out").symlink_to(self.outside)
        (self.work / "sub/out").symlink_to("../../outside")
        (self.work / "nowhere").symlink_to("no-such-file")
        os.link(self.work / "in-3.txt", self.work / "hard")
        os.mkfifo(self.work / "pipe")
        os.utime(self.work / "sub", (5, 2000))
        (self.work / "sub/deep").chmod(0o555)
        self.addCleanup((self.work / "sub/deep").chmod, 0o755)
        self.addCleanup(self.check_left)
        self.before = self.state()

    def state(self):
        """Everything below the folder but the results: names, contents, modes, times."""
        found = {}
        for path in sorted(p for p in [self.work, self.outside, *self.work.rglob("*")]):
            about = path.lstat()
            if "output" not in path.parts and path != self.work:
                found[path] = (about.st_mode, about.st_mtime_ns, os.readlink(path) if
                               path.is_symlink() else path.read_bytes() if path.is_file() else "")  # fmt: skip
        return found

    def unchanged(self):
        self.assertEqual(self.state(), self.before)

    def test_deletes_its_input(self):
        """Each task finds everything each time; without copies the second run does not."""
        script = ("set -e; cat in-*.txt | wc -l | grep -qx 4; ls -d ../../sandbox.* | wc -l | grep -qx 1; "
                  "rm in-{task}.txt")
        self.fine("sh", "-c", script, tasks=4, options=("--sandbox",))
        self.unchanged()
        self.fine("sh", "-c", script.replace("in-*", "in-{task}").replace("4;", "1;"), tasks=4,
                  options=("--sandbox=pass",))  # fmt: skip
        self.unchanged()
        self.refused(self.measure("rm", "in-{task}.txt", tasks=4), 1, "cannot remove")

    def test_by_prepare(self):
        """The same with a command."""
        self.fine("rm", "in-{task}.txt", tasks=4,
                  options=("--prepare", "for i in 0 1 2 3; do echo $i >in-$i.txt; done"))  # fmt: skip
        self.assertFalse((self.work / "in-0.txt").exists())

    def test_gzip(self):
        self.fine("gzip", "in-{task}.txt", tasks=4, options=("--sandbox",))
        self.unchanged()

    def test_writes_everywhere(self):
        """Nothing that is written in a copy reaches the folder, links or not."""
        script = ('set -e; for f in in-*.txt hard whole sub/round; do echo x >>$f; done; '
                  'echo new >new; ln -f in-0.txt other; rm -r nowhere; chmod 700 sub/deep; '
                  'chmod 600 sub/deep/a; echo y >sub/rel; mv sub sub2; test "$(cat out)" = outside; '
                  'test "$(cat sub2/out)" = outside')  # fmt: skip
        for how in ("--sandbox", "--sandbox=task"):
            self.fine("sh", "-c", script, tasks=2, options=(how,))
            self.unchanged()

    def test_alike(self):
        """A copy has the modes, times and links of the folder, but no pipes, and none of runs."""
        self.fine("true", workers="0", tasks=1, blocks=1)
        list_all = ("find . ! -path './output*' ! -name '.' -printf '%p %y %m %Ts %s\\n' | "
                    "grep -v '^./[cl] ' | grep -v ' l ' | sort")  # fmt: skip
        found = subprocess.run(["sh", "-c", list_all], cwd=self.work, capture_output=True,
                               text=True, check=True).stdout.splitlines()  # fmt: skip
        self.fine("sh", "-c", list_all + '; test -z "$(find . -name "*__2*")"', workers="0",
                  tasks=1, blocks=1, options=("--sandbox", "--program-output", "keep"))  # fmt: skip
        kept = sorted(self.work.glob("output/sh__*/tasks/*.out"))[0].read_text().splitlines()
        lines = [line for line in found if not line.startswith("./pipe ")]
        # Of folders sizes are those of the file system.
        cut = lambda line: line.rsplit(" ", 1)[0] if " d " in line else line  # noqa: E731
        self.assertEqual([cut(line) for line in kept], [cut(line) for line in lines])
        self.assertIn("./in-1.txt f 644 1001 5", kept)

    def test_of_files(self):
        """What is named alone is there."""
        script = "find . ! -type d | sort"
        self.fine("sh", "-c", script, workers="0", tasks=1, blocks=1, options=(
            "--sandbox=pass", "--sandbox-files", "in-1.txt './sub/deep' sub/rel",
            "--program-output", "keep"))  # fmt: skip
        kept = sorted(self.only_folder().glob("tasks/*.out"))[0].read_text()
        self.assertEqual(kept.split(), ["./in-1.txt", "./sub/deep/a", "./sub/rel"])

    def test_temporary_inside(self):
        """The folder for temporary files may lie in the one that is copied."""
        inside = self.work / "tmp"
        inside.mkdir()
        self.fine("sh", "-c", "test -z \"$(ls tmp)\"", tasks=2, options=("--sandbox",),
                  env=self.environment(TMPDIR=str(inside)))  # fmt: skip
        self.assertEqual(list(inside.iterdir()), [])

    def test_odd_contents(self):
        """What programs leave behind, deep down or without the right to remove it, goes as well."""
        script = ("i=0; while [ $i -lt 300 ]; do mkdir d && cd d || exit 1; i=$((i+1)); done; "
                  "touch f; chmod 0 .; cd; true")  # fmt: skip
        self.fine("sh", "-c", script, tasks=2, blocks=2, options=("--sandbox",))
        self.unchanged()

    def test_refused(self):
        for options, code, part in (
            (("--sandbox=x",), 2, '"none", "task" or "pass"'),
            (("--sandbox-files", "a"), 2, 'goes with "sandbox" alone'),
            (("--sandbox", "--sandbox-files", "../outside"), 2, "does not lie in the folder"),
            (("--sandbox", "--sandbox-files", "/etc"), 2, "does not lie in the folder"),
            (("--sandbox", "--sandbox-files", "sub/../../x"), 2, "does not lie in the folder"),
            (("--sandbox", "--sandbox-files", "none"), 2, "none: cannot be read: No such file"),
            (("--sandbox", "--sandbox-files", "out/a"), 2, "out: cannot be read: Not a directory"),
            (("--sandbox", "--task-count", "50000"), 2, "at most 100000 are copied"),
            (("--sandbox", "--ranks", "1"), 2, "not there for passes over ranks"),
        ):
            self.refused(self.measure("true", options=options), code, part)
            self.assertFalse((self.work / "output").exists())
        # The program is in the folder, and nobody said that it is to be copied.
        (self.work / "tool").symlink_to("/bin/true")
        self.before = self.state()
        result = self.measure("./tool", options=("--sandbox", "--sandbox-files", "in-0.txt"))
        self.refused(result, 1, '"./tool" cannot be started in its copy of the folder: No such file')
        shutil.rmtree(self.work / "output", ignore_errors=True)
        with open(self.work / "large", "wb") as file:
            file.truncate(1 << 40)
        self.refused(self.measure("true", options=("--sandbox",), tasks=1000), 2,
                     "take up to 1000 TiB, but ", "--sandbox-files")  # fmt: skip
        self.refused(self.run_ppt("--task", "sum", "--sandbox"), 2, "start none")

    def test_interrupted(self):
        """While programs run in their copies, and while copies are made."""
        for how in (signal.SIGINT, signal.SIGTERM):
            for args in (("--quick",), ("--quick", "--processes", "1"), ()):
                self.interrupted("--workers", "2", *args, "--sandbox", "--", "sh", "-c",
                                 f"sleep {MARK}", number=how)  # fmt: skip
        self.unchanged()

    def test_killed(self):
        """What a killed run leaves is removed by the next one."""
        for args in (("--quick",), ("--quick", "--processes", "1"), ()):
            self.disturbed("--workers", "2", *args, "--sandbox", "--", "sleep", MARK,
                           disturb=lambda run: run.kill(), code=-signal.SIGKILL)  # fmt: skip
            self.assertNotEqual(list(self.tmp.iterdir()), [])
            self.assertEqual(self.run_ppt("once", "sum", "10").code, 0)
            self.check_left()
        self.unchanged()

    def test_other_process_killed(self):
        """The one that measures; the run's own tidies up, and ends what it started."""

        def kill_other(run):
            found = subprocess.run(["pgrep", "-P", str(run.pid), "-f", "^ppt-omp process"],
                                   capture_output=True, text=True, check=True)  # fmt: skip
            os.kill(int(found.stdout), signal.SIGKILL)

        err = self.disturbed("--workers", "2", "--quick", "--sandbox", "--cleanup",
                             f"touch {self.base}/cleaned", "--", "sleep", MARK,
                             disturb=kill_other, code=1)  # fmt: skip
        self.assertIn("the process that measured was ended by signal 9", err)
        self.assertTrue((self.base / "cleaned").exists())
        self.unchanged()

    def test_processes(self):
        """Copies are there in whichever process a pass runs."""
        for how in ("--sandbox", "--sandbox=pass"):
            for options, numbers in PROCESSES:
                self.fine("rm", "in-{task}.txt", tasks=4, options=(how, *options))
                self.check_processes(numbers)
                self.unchanged()

    def test_sized(self):
        """The tasks that a run is sized by have copies as well, and no more than they need."""
        for i in range(4, 1000):
            self.write(f"in-{i}.txt", "")
        self.before = self.state()
        few = ("--sandbox-files", "in-0.txt")
        for options, script in (
            (("--sandbox", *few), "rm in-0.txt"),
            (("--sandbox=pass",), "rm in-{task}.txt"),
            (("--sandbox",), "sleep 0.2; rm in-0.txt"),  # 100 copies would be too many
            (("--sandbox", *few), "rm in-0.txt; : {}"),
        ):
            inputs = (":::", *map(str, range(20))) if "{}" in script else ()
            result = self.run_fine("--max-seconds", "2", "--workers", "0,2", *options, "--", "sh",
                                   "-c", script, *inputs, env=self.environment())  # fmt: skip
            self.assertIn("per pass (one takes", result.err)
            self.check_left()
            self.unchanged()
            shutil.rmtree(self.work / "output")
        result = self.run_ppt("--max-seconds", "2", "--workers", "128", "--sandbox", "--", "rm",
                              "in-0.txt", env=self.environment())  # fmt: skip
        self.refused(result, 2, "per pass (one takes", "at most 100000 are copied")
        self.assertFalse(any((self.work / "output").glob("*__*")))
        self.unchanged()

    def test_sized_to_fit(self):
        """Where nobody says how many tasks there are, there are no more than may be copied."""
        for i in range(4, 1000):
            self.write(f"in-{i}.txt", "")
        self.before = self.state()
        options = ("--max-seconds", "10000", "--workers", "0,2", "--sandbox")
        process = subprocess.Popen(
            [common.PPT_OMP, *options, "--", "true"], cwd=self.work, env=self.environment(),
            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.addCleanup(process.kill)
        plan = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        self.assertIn(process.wait(timeout=common.TIMEOUT_S), (0, 130), plan)
        process.communicate()
        tasks = int(re.search(r": (\d+) tasks per pass", plan)[1])
        self.assertEqual(tasks % 2, 0)
        self.assertLess(tasks, 100)
        self.unchanged()

    def test_resume(self):
        script = (f'test -e {self.base}/go || {{ echo p >>{self.base}/log; '
                  f'test $(wc -l <{self.base}/log) -lt 4 || sleep {MARK}; }}; rm in-0.txt')  # fmt: skip
        self.interrupted("--workers", "0", "--iterations", "5", "--task-count", "1", "--sandbox",
                         "--", "sh", "-c", script)  # fmt: skip
        (self.base / "go").touch()
        result = self.run_ppt("resume", self.only_folder(), env=self.environment())
        self.assertEqual(result.code, 0, result)
        self.unchanged()


class Repeats(Beside):
    """Tasks run many times, and what that does to them is said."""

    ADVICE = ("--prepare", "--sandbox")

    def test_how_often(self):
        result = self.fine("true", workers="0,1", blocks=2)
        self.assertIn("each task ran 6 times, the warm-up included\n", result.out)
        result = self.fine("true", workers="0", blocks=2, options=("--sandbox", "--prepare", "true"))
        self.assertIn("ran 3 times, the warm-up included, each time in a new copy of the folder, "
                      "each pass behind", " ".join(result.out.split()))  # fmt: skip
        self.assertNotIn("each task ran", self.run_ppt("--task", "sum", "--quick").out)

    def test_input_is_gone(self):
        """Within a pass, in a later one, and after resuming."""
        for names, program in ((["a"], ["rm", "a"]), (["a0", "a1"], ["rm", "a{task}"])):
            for name in names:
                self.write(name, "")
            # Of two at a time the one that fails may end first.
            self.refused(self.measure(*program, workers="0"), 1, "cannot remove",
                         "ended well before", *self.ADVICE)  # fmt: skip
        self.write("a", "")
        result = self.measure("rm", "a", options=("--prepare", "touch a"), workers="0")
        self.refused(result, 1, "Others of its tasks ended well", "--sandbox")
        self.assertNotIn("--prepare", result.err)
        script = 'test -e first || { touch first; exit 0; }; exit 3'
        self.refused(self.measure("sh", "-c", script, workers="0", tasks=1), 1, *self.ADVICE)
        (self.work / "first").unlink()
        # In another process than the one that it has ended well in.
        script = 'echo >>runs; test $(wc -l <runs) -lt 3'
        self.refused(self.measure("sh", "-c", script, workers="0", tasks=1), 1, *self.ADVICE)
        for options in ((), ("--sandbox",)):  # it never ended well; each has a copy
            result = self.measure("false", options=options)
            self.refused(result, 1, "exited with 1")
            self.assertNotIn("--prepare", result.err)
        result = self.measure("sh", "-c", "test -e w || { touch w; exit 0; }; kill -9 $$")
        self.refused(result, 1, "killed by signal 9")
        self.assertNotIn("--sandbox", result.err)

    def test_first_run_is_longer(self):
        script = "test -e made || { sleep 1; touch made; }"
        result = self.fine("sh", "-c", script, workers="0", tasks=3)
        said = " ".join(result.out.split())
        self.assertRegex(said, r"Caution: a task's first run took 1\.\d+ s, later ones .*"
                         r"--prepare CMD .* --sandbox")  # fmt: skip
        claims = json.loads((self.only_folder() / "results.json").read_text())["verdict"]["claims"]
        self.assertIn("first_run", [claim["kind"] for claim in claims])
        # Before there is a pass, where the run is sized by it.
        (self.work / "made").unlink()
        shutil.rmtree(self.work / "output")
        result = self.run_fine("--max-seconds", "2", "--workers", "0,2", "--", "sh", "-c", script,
                               env=self.environment())  # fmt: skip
        self.assertRegex(" ".join(result.out.split()), r"Caution: a task's first run took 1\.\d+ s")
        again = self.run_fine("report", self.only_folder())
        self.assertIn("first run took", " ".join(again.out.split()))
        for options in (("--prepare", "true"), ("--sandbox", "--prepare", "rm -f made")):
            (self.work / "made").unlink(missing_ok=True)
            result = self.fine("sh", "-c", script.replace("1;", "0.3;"), workers="0", tasks=1,
                               options=options)  # fmt: skip
            self.assertNotIn("first run", result.out)

    def test_ignore_failure(self):
        result = self.fine("sh", "-c", "test {task} != 1", tasks=4, options=("--ignore-failure",))
        said = " ".join(result.out.split())
        self.assertIn("Caution: 6 of 24 tasks ended with an exit code other than 0.", said)
        for a_pass in common.passes(self.only_folder()):
            self.assertEqual(a_pass["failed_tasks"], 1)
        results = json.loads((self.only_folder() / "results.json").read_text())
        self.assertEqual(results["config"]["task_args"]["failures"], "count")
        self.assertEqual([p["failed_tasks"] for p in results["passes"]], [1] * 8)
        self.refused(self.measure("sh", "-c", "kill -SEGV $$", options=("--ignore-failure",)), 1,
                     "signal 11")  # fmt: skip
        self.refused(self.measure("sleep", MARK, options=(
            "--ignore-failure", "--timeout", "0.2")), 1, "took longer")  # fmt: skip
        self.refused(self.run_ppt("--task", "sum", "--ignore-failure"), 2,
                     '--ignore-failure belongs to a program behind "--"')  # fmt: skip

    def test_show_output(self):
        """More than is kept of a task, too."""
        for options in (("--show-output",), ("--program-output", "show")):
            result = self.fine("sh", "-c", "echo out; echo err >&2", workers="0", tasks=1,
                               blocks=2, options=options)  # fmt: skip
            self.assertEqual([result.err.count("out\n"), result.err.count("err\n")], [3, 3])
        self.refused(self.measure("true", options=("--show-output", "--program-output", "keep")),
                     2, "--program-output and --show-output: give one of them")  # fmt: skip


if __name__ == "__main__":
    unittest.main()
