"""The task "command": any program, measured; and nothing left running however it ends."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import common  # noqa: E402  (found through the line above)

SH = shutil.which("sh")
PYTHON = sys.executable

# Behind it, a program that needs nothing of the site: it starts in two thirds of the time.
PROGRAM = ("-I", "-S", "-c")
THREADS = os.environ.get("PPT_THREADS_PROGRAM", "")

# Stands in arguments of programs that would go on for long, so that they are found again, and those
# of another run of these tests are not.
MARK = f"4711.{os.getpid()}"


def marked(mark=MARK):
    """Processes that have the mark among their arguments: their numbers, and these."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words:
            found[int(folder.name)] = words
    return found


def running(mark=MARK):
    return list(marked(mark).values())


def programs():
    """Those of tasks: neither ppt-omp itself nor a process that it has just made of itself."""
    return [words for words in running() if words[0] != common.PPT_OMP.encode()]


class Command(common.Case):
    def environment(self, draw=False, **changes):
        """With the PATH of programs, but without gnuplot, which takes its time."""
        env = super().environment(draw, **changes)
        tools = common.path_of(self.base / "bin", "sh", "sleep", "gzip", "yes", "true", "false",
                               "echo", "date", "env")  # fmt: skip
        env["PATH"] = changes.get("PATH", tools)
        return env

    def measure(self, *program, options=(), workers="0,2", tasks=4, **more):
        return self.run_ppt("--workers", workers, "--task-count", tasks, "--quick", *options, "--",
                            *program, **more)  # fmt: skip

    def results(self):
        return json.loads((self.only_folder() / "results.json").read_text())

    def refused(self, result, code, *parts):
        self.assertEqual(result.code, code, result)
        self.assertEqual(result.err.count("ppt-omp: "), 1, result)
        for part in parts:
            self.assertIn(part, result.err)
        self.assertEqual(running(), [])
        self.assertEqual(list(self.tmp.iterdir()), [])


class Verdicts(Command):
    def test_gzip(self):
        self.write("big.txt", "".join(f"line {i * i % 977}\n" for i in range(60000)))
        result = self.measure("gzip", "-9c", "big.txt", workers="0,1,2", tasks=8)
        self.assertEqual(result.code, 0, result)
        self.assertIn("gzip (gzip -9c big.txt): 8 tasks", result.out)
        self.assertRegex(result.out, r"gzip: (use|any) ")
        self.assertEqual([row["Workers"] for row in self.check_csv(self.only_folder())],
                         ["0", "1", "2"])  # fmt: skip
        verdict = self.results()["verdict"]
        self.assertIn(verdict["recommended"], (0, 1, 2))
        self.assertEqual(len(verdict["speedup"]["2"]), 3)

    @unittest.skipUnless(THREADS, "PPT_THREADS_PROGRAM names no program")
    def test_threads_inside(self):
        result = self.measure(THREADS, "{inner_threads}", workers="0,2", tasks=2,
                              options=("--inner-threads", "1,2", "--program-output",
                                       "check"))  # fmt: skip
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.out, r"inner thread")
        labels = {(p["workers"], p["inner_threads"]) for p in self.results()["points"]}
        self.assertEqual(labels, {(0, 1), (0, 2), (2, 1), (2, 2)})

    def test_file(self):
        """The same from a configuration: words as a list, or by name with the other arguments."""
        for args in (["sleep", 0.001], {"argv": ["sleep", "0.001"], "timeout": 5}):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            self.write("c.json", {"task": "command", "task_args": args, "task_count": 2,
                                  "workers": [0, 1], "iterations": 3})  # fmt: skip
            result = self.run_fine("c.json", "--quiet")
            recorded = self.results()["config"]["task_args"]
            self.assertEqual(recorded["argv"], ["sleep", "0.001"], result)
            folder = self.only_folder()
            before = (folder / "results.csv").read_bytes()
            self.assertEqual(self.run_ppt("report", folder).code, 0)
            self.assertEqual((folder / "results.csv").read_bytes(), before)

    def test_override(self):
        """A program takes the place of a file's task; the file says how to measure."""
        self.write("c.json", {"task": "sort", "task_args": [10], "task_count": 3,
                              "workers": [0, 1], "iterations": 3})  # fmt: skip
        result = self.run_fine("c.json", "--quiet", "--", "true")
        self.assertIn("true: ", result.out)
        self.assertEqual(self.results()["config"]["task_count"], 3)

    def test_costs(self):
        """CPU time and memory of the programs are those of the run."""
        program = ("import time\nkeep = bytearray(200_000_000)\n"
                   "while time.process_time() < 0.15: pass\n")  # fmt: skip
        result = self.measure(PYTHON, *PROGRAM, program, workers="0,2", tasks=2)
        self.assertEqual(result.code, 0, result)
        results = self.results()
        for a_pass in results["passes"]:
            self.assertGreaterEqual(sum(w["cpu_s"] for w in a_pass["worker_times"]), 2 * 0.15)
        for point in results["points"]:
            copies = max(1, point["workers"])
            self.assertGreaterEqual(point["peak_bytes"], copies * 200_000_000)
            self.assertLess(point["peak_bytes"], copies * 200_000_000 + 300_000_000)
        # What is smaller than ppt-omp is not counted as large as that, once for each worker.
        shutil.rmtree(self.work / "output")
        self.assertEqual(self.measure("true", workers="0,24", tasks=24).code, 0)
        alone, many = (point["peak_bytes"] for point in self.results()["points"])
        self.assertLess(many, alone + 24 * 4_000_000)

    def test_usage(self):
        program = "import time\nwhile time.process_time() < 0.15: pass\n"
        self.assertEqual(self.measure(PYTHON, *PROGRAM, program, workers="0,2", tasks=2).code, 0)
        for sample in common.passes(self.only_folder()):
            usage = sample["usage"]
            self.assertGreaterEqual(usage["user_ns"] + usage["system_ns"], 2 * 150_000_000)


class Arguments(Command):
    def test_placeholders(self):
        result = self.measure(
            "sh", "-c", 'echo "t={task} w={workers} i={inner_threads} {other} {task" >&2; exit 1',
            workers="2", tasks=1, options=("--inner-threads", "3"),
        )  # fmt: skip
        self.refused(result, 1, "t=0 w=2 i=3 {other} {task")

    def test_each_task_its_number(self):
        script = 'echo {task} {worker} >> "$LOG"'
        log = self.base / "log"
        env = self.environment(LOG=str(log))
        result = self.measure("sh", "-c", script, workers="2", tasks=5, env=env,
                              options=("--iterations", "1", "--warmup", "0"))  # fmt: skip
        self.assertEqual(result.code, 0, result)
        lines = [line.split() for line in log.read_text().splitlines()]
        self.assertEqual(sorted(int(task) for task, _ in lines), [0, 1, 2, 3, 4])
        self.assertLessEqual({int(worker) for _, worker in lines}, {0, 1})

    def test_scratch(self):
        """A folder for each worker, private, there during the run and gone afterwards."""
        script = 'cd {scratch} && pwd > "$LOG.{worker}" && echo x > f && test $(ls | wc -l) = 1'
        log = self.base / "log"
        env = self.environment(True, LOG=str(log))
        env["PATH"] = os.environ["PATH"]
        result = self.measure("sh", "-c", script, workers="2", tasks=2, env=env)
        self.assertEqual(result.code, 0, result)
        folders = {path.read_text().strip() for path in self.base.glob("log.*")}
        for folder in folders:
            self.assertTrue(folder.startswith(str(self.tmp)), folder)
        self.assertEqual(list(self.tmp.iterdir()), [])

    def test_environment(self):
        """The program is told its threads, and not what ppt-omp set for itself."""
        script = 'echo "[$OMP_NUM_THREADS] [$OMP_WAIT_POLICY] [$PPT_OMP_OWN_VARIABLES]" >&2; exit 1'
        for changes, expected in (
            ({}, "[2] [] []"),
            ({"OMP_WAIT_POLICY": "active", "OMP_NUM_THREADS": "9"}, "[2] [active] []"),
        ):
            env = self.environment(**changes)
            result = self.measure("sh", "-c", script, workers="0", tasks=1, env=env,
                                  options=("--inner-threads", "2"))  # fmt: skip
            self.refused(result, 1, expected)

    def test_place_that_changes(self):
        """Where a program was found is remembered between tasks, and looked for again."""
        env = self.environment(True)
        places = [self.base / name for name in ("first", "second")]
        for place in places:
            place.mkdir()
            script = place / "mine"
            script.write_text(f"#!/bin/sh\necho {place.name} >> {self.base}/log\n"
                              f"rm -f {places[0]}/mine\n")  # fmt: skip
            script.chmod(0o755)
        env["PATH"] = ":".join([*map(str, places), env["PATH"], "/usr/bin:/bin"])
        result = self.measure("mine", workers="0", tasks=3, env=env,
                              options=("--iterations", "1", "--warmup", "0"))  # fmt: skip
        self.assertEqual(result.code, 0, result)
        self.assertEqual((self.base / "log").read_text().split(), ["first", "second", "second"])

    def test_no_input(self):
        self.assertEqual(self.measure("sh", "-c", "! read line").code, 0)

    def test_refused_before_it_runs(self):
        for program, parts in (
            (["no-such-program"], ["no program \"no-such-program\" in PATH"]),
            (["./no-such-program"], ["./no-such-program", "No such file"]),
            ([], ["which program"]),
        ):
            self.refused(self.measure(*program), 2, *parts)
            self.assertFalse((self.work / "output").exists())
        folder = self.work / "folder"
        folder.mkdir()
        self.refused(self.measure(folder), 2, "Is a directory")
        self.refused(self.measure("echo", b"a\xff"), 2, 'word 2 behind "--"', "UTF-8")
        for option in (["--task", "sort"], ["--task-args", "[5]"], ["--kernel", "x.so"]):
            result = self.measure("true", options=option)
            self.refused(result, 2, option[0], 'does not go with a program behind "--"')
        plain = self.write("plain", "text")
        self.refused(self.measure(plain), 2, "Permission denied")
        self.refused(self.run_ppt("--timeout", "5", "--task", "sum"), 2, "--timeout", '"--"')
        for args, part in (
            (["a", None], "task_args[1]: must be a text"),
            (["a", ["b"]], "task_args[1]: must be a text"),
            ({"argv": []}, "empty list"),
            (["echo", 99999999999999999999], "put it in quotes"),
            (["echo", -9223372036854775808], "put it in quotes"),
            ({"argv": ["true"], "timeout": -1}, "timeout: -1"),
            ({"argv": ["true"], "output": "eat"}, '"discard", "check", "keep", "null" or "show"'),
        ):
            self.write("c.json", {"task": "command", "task_args": args})
            self.refused(self.run_ppt("c.json"), 2, part)


class Failures(Command):
    def test_exit_code(self):
        result = self.measure("sh", "-c", "echo; echo the cause >&2; echo more >&2; exit 7")
        self.refused(result, 1, '"sh" exited with 7: the cause\n')

    def test_signal(self):
        self.refused(self.measure("sh", "-c", "kill -SEGV $$"), 1, "killed by signal 11")

    def test_odd_messages(self):
        """What a program says is not UTF-8, or is cut: the journal stays one that can be read."""
        for text in ("red\\377 \\303", "\\303\\251" * 300, "a\\033[31mb"):
            shutil.rmtree(self.work / "output", ignore_errors=True)
            script = f'if [ {{workers}} = 2 ]; then printf "{text}\\n" >&2; exit 1; fi'
            result = self.measure("sh", "-c", script)
            self.refused(result, 1, '"sh" exited with 1')
            self.assertNotIn("\033", result.err)
            report = self.run_ppt("report", self.only_folder())
            self.assertEqual(report.code, 0, report)
            self.assertNotIn("not valid", report.err)

    def test_another_group(self):
        """A program that would leave its group is ended all the same."""
        script = ("import os, time\ntry: os.setpgid(0, os.getpgid(os.getppid()))\n"
                  f"except OSError: pass\ntime.sleep(float({MARK!r}))")  # fmt: skip
        start = time.monotonic()
        result = self.measure(PYTHON, *PROGRAM, script, MARK, options=("--timeout", "0.5"))
        self.refused(result, 1, "took longer than 0.5 s")
        self.assertLess(time.monotonic() - start, 60)

    def test_no_terminal(self):
        """A program that asks on the terminal is told that there is none, and does not wait."""
        master, slave = os.openpty()
        script = f"read x </dev/tty && sleep {MARK}; exit 3"
        done = subprocess.run(
            [shutil.which("setsid"), "--ctty", common.PPT_OMP, "--workers", "0", "--task-count", "1", "--quick",
             "--", SH, "-c", script],
            cwd=self.work, env=self.environment(), stdin=slave, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=common.TIMEOUT_S, check=False,
        )  # fmt: skip
        os.close(master)
        os.close(slave)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"exited with 3", done.stderr)

    def test_children_ignored(self):
        """Whoever started ppt-omp may have SIGCHLD ignored."""
        done = subprocess.run(
            [common.PPT_OMP, "--workers", "0,2", "--task-count", "4", "--quick", "--", "true"],
            cwd=self.work, env=self.environment(), capture_output=True,
            timeout=common.TIMEOUT_S, check=False,
            preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_not_a_program(self):
        """Found only when it is started: a file of the right mode with the wrong content."""
        wrong = self.write("wrong", "neither a script nor a binary")
        wrong.chmod(0o755)
        self.refused(self.measure("./wrong"), 1, '"./wrong" cannot be started: Exec format error')

    def test_hangs(self):
        start = time.monotonic()
        result = self.measure("sleep", MARK, options=("--timeout", "0.3"))
        self.refused(result, 1, "took longer than 0.3 s and was ended")
        self.assertLess(time.monotonic() - start, 60)

    def test_hangs_and_will_not_end(self):
        script = f"trap '' TERM; while :; do sleep {MARK}; done"
        result = self.measure("sh", "-c", script, options=("--timeout", "0.3"))
        self.refused(result, 1, "took longer than 0.3 s")

    def test_leaves_something_running(self):
        """What a task starts ends with it, and it does not keep the task from ending."""
        result = self.measure("sh", "-c", f"sleep {MARK} & exit 0")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(running(), [])

    def test_floods(self):
        for script in ("yes", "yes >&2"):
            result = self.measure("sh", "-c", f"exec {script}", workers="2", tasks=2,
                                  options=("--timeout", "0.5"))  # fmt: skip
            self.refused(result, 1, "took longer than 0.5 s")
        result = self.measure("yes", tasks=2, options=("--program-output", "keep"))
        self.refused(result, 1, '"yes" writes more than the 64 MiB')

    def test_one_failure_ends_the_others(self):
        script = f"test {{task}} = 0 && exit 3; sleep {MARK}"
        start = time.monotonic()
        result = self.measure("sh", "-c", script, workers="2", tasks=2)
        self.refused(result, 1, '"sh" exited with 3')
        self.assertLess(time.monotonic() - start, 60)

    def test_a_point_that_fails(self):
        """The others go on, and the exit code tells."""
        result = self.measure("sh", "-c", "test {workers} != 2", workers="0,1,2")
        self.refused(result, 1, 'failed at 2 workers: command: task')
        self.assertEqual([p["workers"] for p in self.results()["points"]], [0, 1])

    def interrupt(self, program, processes, *signals):
        """Measures a program with 2 workers, and sends the signals once so many of its processes
        have the mark among their arguments. Nothing may be left of any."""
        process = subprocess.Popen(
            [common.PPT_OMP, "--workers", "2", "--quick", "--", *program],
            cwd=self.work, env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            # Under nohup it is ignored, and stays so.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )  # fmt: skip
        try:
            deadline = time.monotonic() + common.TIMEOUT_S
            while len(programs()) < processes and time.monotonic() < deadline:
                time.sleep(0.01)
            for number in signals:
                process.send_signal(number)
                time.sleep(0.05)
            self.assertEqual(process.wait(common.TIMEOUT_S), 130)
        finally:
            process.kill()
        self.assertEqual(running(), [])
        self.assertEqual(list(self.tmp.iterdir()), [])

    def test_interrupted(self):
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.interrupt(["sleep", MARK], 2, how)

    def test_interrupted_twice(self):
        """Programs that do not want to end are ended at once then, and the run is saved."""
        script = f"trap '' TERM INT; while :; do sleep {MARK}; done"
        self.interrupt(["sh", "-c", script, MARK], 4, signal.SIGINT, signal.SIGINT)


class Output(Command):
    def test_check(self):
        same = self.measure("echo", "{task}", options=("--program-output", "check"))
        self.assertEqual(same.code, 0, same)
        other = self.measure("echo", "{workers}", options=("--program-output", "check"))
        self.refused(other, 3, "computes different results")
        # However much there is, and in whatever pieces it comes.
        program = "import sys\nfor i in range(300): sys.stdout.write('x' * 997); sys.stdout.flush()"
        many = self.measure(PYTHON, *PROGRAM, program, workers="0,2", tasks=2,
                            options=("--program-output", "check"))  # fmt: skip
        self.assertEqual(many.code, 0, many)

    def test_discard(self):
        """Most programs print what differs from run to run."""
        self.assertEqual(self.measure("echo", "{workers}").code, 0)

    def test_keep(self):
        script = "echo out {task}; echo err {task} >&2"
        result = self.measure("sh", "-c", script, options=("--program-output", "keep"))
        self.assertEqual(result.code, 0, result)
        kept = self.only_folder() / "tasks"
        for workers in (0, 2):
            for task in range(4):
                for kind in ("out", "err"):
                    name = f"{workers}x1.task{task}.{kind}"
                    self.assertEqual((kept / name).read_text(), f"{kind} {task}\n", name)
        self.assertEqual(len(list(kept.iterdir())), 16)

    def test_options_of_the_program(self):
        """What follows "--" is the program's, even if an option of that name is known."""
        self.run_fine("--workers", "0", "--task-count", "1", "--", "true", "--quick")
        blocks = {sample["block"] for sample in common.passes(self.only_folder())}
        self.assertEqual(blocks, set(range(11)))  # that of the warm-up, too

    def test_once(self):
        result = self.run_fine("once", "--dump", "made.txt", "--index", "7", "--", "echo", "n{task}",
                               env=self.environment())  # fmt: skip
        self.assertIn("command (echo n{task}, output: check): digest", result.out)
        self.assertEqual((self.work / "made.txt").read_text(), "n7\n")

    def test_once_words(self):
        """Words are taken as they are, whatever they look like."""
        words = ["12abc", "0123", "1 2", '"quoted"', "123456789012345678901", "true", '{"a":1}',
                 "NaN", "", "-5", "--json"]  # fmt: skip
        self.run_fine("once", "--dump", "made.txt", "--", "/usr/bin/printf", "<%s>", *words,
                      env=self.environment())  # fmt: skip
        self.assertEqual((self.work / "made.txt").read_text(), "".join(f"<{w}>" for w in words))

    def test_once_digest(self):
        """It tells outputs apart."""
        digests = {json.loads(self.run_fine("once", "--json", "--", "echo", word,
                                            env=self.environment()).out)["digest"]
                   for word in ("a", "b", "b")}  # fmt: skip
        self.assertEqual(len(digests), 2)


class GoesOn(Command):
    def test_resume(self):
        process = subprocess.Popen(
            [common.PPT_OMP, "--workers", "0,2", "--task-count", "2", "--iterations", "4", "--",
             "sleep", "0.05"], cwd=self.work, env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + common.TIMEOUT_S
        journals = []
        while time.monotonic() < deadline:
            journals = list(self.work.glob("output/*__*/samples.jsonl"))
            if journals and journals[0].read_bytes().count(b'"type":"pass"') >= 4:
                break
            time.sleep(0.01)
        process.kill()
        process.wait()
        folder = journals[0].parent
        result = self.run_ppt("resume", folder, env=self.environment())
        self.assertEqual(result.code, 0, result)
        self.check_digests(folder)
        self.assertEqual(self.results()["verdict"]["blocks"], 4)

    def test_resume_with_another_program(self):
        """One that was built anew, or another one of that name, is not mixed in."""
        program = self.write("prog", "#!/bin/sh\nexit 0\n")
        program.chmod(0o755)
        self.assertEqual(self.measure("./prog").code, 0)
        folder = self.only_folder()
        journal = folder / "samples.jsonl"
        cut = "".join(journal.read_text().splitlines(keepends=True)[:-4])
        journal.write_text(cut)
        other = self.base / "other"
        other.mkdir()
        shutil.copy(program, other / "prog")
        for change, cwd in ((lambda: None, other), (lambda: program.write_text("#!/bin/sh\n:\n"),
                                                    self.work)):  # fmt: skip
            change()
            result = self.run_ppt("resume", folder, cwd=cwd, env=self.environment())
            self.refused(result, 2, "has changed since")
            self.assertEqual(journal.read_text(), cut)
        result = self.run_ppt("resume", folder, "--force", env=self.environment())
        self.assertEqual(result.code, 0, result)
        self.assertIn("mixed", result.err)


if __name__ == "__main__":
    unittest.main()
