"""Surroundings that are not those of the program's authors: what is set in the shell, how and from
where it is started, which limits there are, and what a kernel from outside does to the process."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import common

BUILT = pathlib.Path(os.environ.get("PPT_BUILD", common.ROOT / "build")) / "tests"

ALL_CPUS = sorted(os.sched_getaffinity(0))
BINDINGS = [
    {"OMP_PROC_BIND": "true"},
    {"OMP_PROC_BIND": "close"},
    {"OMP_PROC_BIND": "spread", "OMP_WAIT_POLICY": "active"},
    {"OMP_PROC_BIND": "true,close", "GOMP_SPINCOUNT": "0"},
    {"OMP_PLACES": "cores"},
    {"OMP_PLACES": "{0}"},
    {"GOMP_CPU_AFFINITY": "0"},
]


def listed(text):
    """The CPUs of a list such as "0-1,4"."""
    cpus = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        cpus += range(int(first), int(last or first) + 1)
    return cpus


def only(changes, env):
    """That environment without OpenMP's variables, and with these changes."""
    return {**{k: v for k, v in env.items() if "OMP" not in k}, **changes}


class Start(common.Case):
    """The program starts itself a second time; nobody is to see that."""

    def shell(self, script, *options, prefix=(), **changes):
        """What tasks of a shell script print, by the number of workers."""
        env = only({"PATH": os.environ["PATH"], **changes}, self.environment(True))
        (self.work / "output").exists() and shutil.rmtree(self.work / "output")
        command = [*prefix, common.PPT_OMP, "--iterations", "1", "--task-count", "3", "--quiet",
                   "--program-output", "keep", *options, "--", "sh", "-c", script]  # fmt: skip
        self.assertEqual(self.run_program(*command, env=env).code, 0)
        found = {}
        for path in (self.only_folder() / "tasks").glob("*.out"):
            found.setdefault(path.name.split("x")[0], set()).add(path.read_text())
        return found

    def test_cpus(self):
        """Whatever OpenMP is told, tasks have the CPUs that the program was given."""
        for changes in [{}, *BINDINGS]:
            with self.subTest(changes):
                found = self.shell("grep Cpus_allowed_list /proc/self/status", "--workers", "0,1,2",
                                   **changes)  # fmt: skip
                self.assertEqual(set(found), {"0", "1", "2"})
                for texts in found.values():
                    self.assertEqual([listed(t.split()[1]) for t in texts], [ALL_CPUS])

    def test_cpus_as_started(self):
        for changes in ({}, {"OMP_PROC_BIND": "true"}, {"OMP_PLACES": "{0}"}):
            with self.subTest(changes):
                last = ALL_CPUS[-1]
                found = self.shell("grep Cpus_allowed_list /proc/self/status", "--workers", "0,2",
                                   prefix=(shutil.which("taskset"), "-c", str(last)),
                                   **changes)  # fmt: skip
                for texts in found.values():
                    self.assertEqual([listed(t.split()[1]) for t in texts], [[last]])

    @unittest.skipIf(len(ALL_CPUS) < 2, "there is one CPU")
    def test_auto(self):
        """--workers auto goes as far as without the variable; so do `list` and `doctor`."""
        plain = set(self.shell("true", "--workers", "auto"))
        self.assertIn(str(len(ALL_CPUS)), plain)
        for changes in BINDINGS:
            with self.subTest(changes):
                self.assertEqual(set(self.shell("true", "--workers", "auto", **changes)), plain)

    def test_variables(self):
        """Programs of tasks get the environment as it was, in its order."""
        script = "tr '\\0' '\\n' </proc/self/environ"
        for changes in [{}, {"OMP_WAIT_POLICY": "passive"}, *BINDINGS]:
            with self.subTest(changes):
                env = {"A": "1", **changes, "Z": "a=b"}
                found = self.shell(script, "--workers", "0", **env)
                lines = found["0"].pop().splitlines()
                expected = list(only({"PATH": os.environ["PATH"], **env}, self.environment(True)))
                names = [line.split("=")[0] for line in lines]
                self.assertEqual([n for n in names if n not in ("OMP_NUM_THREADS", "PWD")],
                                 [n for n in expected if n != "PWD"])  # fmt: skip
                for name, value in env.items():
                    self.assertIn(f"{name}={value}", lines)

    def test_record(self):
        """Results say which settings were in force, not which the shell has."""
        for changes, expected in (
            ({}, {"OMP_WAIT_POLICY": "passive"}),
            ({"OMP_PROC_BIND": "true"}, {"OMP_WAIT_POLICY": "passive"}),
            ({"OMP_WAIT_POLICY": "active"}, {"OMP_WAIT_POLICY": "active"}),
            ({"GOMP_SPINCOUNT": "7", "OMP_PLACES": "cores"}, {"GOMP_SPINCOUNT": "7"}),
            ({"OMP_SCHEDULE": "static"},
             {"OMP_SCHEDULE": "static", "OMP_WAIT_POLICY": "passive"}),
        ):  # fmt: skip
            with self.subTest(changes):
                env = only(changes, self.environment())
                result = self.run_fine("--task", "sum", "--task-args", "[10]", "--task-count", "2",
                                       "--workers", "0", "--iterations", "1", "--output",
                                       str(len(list(self.work.iterdir()))), env=env)  # fmt: skip
                folder = pathlib.Path(result.err.split("results: ")[1].strip())
                run = common.read_samples(self.work / folder)[0]
                self.assertEqual(run["host"]["environment"], expected)

    def test_waiting_is_passive(self):
        """What is recorded is so: a thread that waits takes no CPU time."""
        self.run_fine("--task", "wait", "--task-args", "[30]", "--task-count", "1", "--workers",
                      "2", "--iterations", "3", "--warmup", "0")  # fmt: skip
        for sample in common.passes(self.only_folder()):
            usage = sample["usage"]
            self.assertLess(usage["user_ns"] + usage["system_ns"], 25e6, sample)

    def test_inherited_mark(self):
        """A mark that another process left is not believed."""
        env = only({"PPT_OMP_RESTART": "1:p:cat", "PPT_OMP_WITHHELD_A": "b"}, self.environment())
        self.run_fine("--task", "sum", "--task-args", "[10]", "--task-count", "2", "--workers",
                      "0", "--iterations", "1", env=env)  # fmt: skip
        run = common.read_samples(self.only_folder())[0]
        self.assertEqual(run["host"]["environment"]["OMP_WAIT_POLICY"], "passive")


class Name(common.Case):
    """The process is called what it was started as, wherever its file is."""

    def start(self, *command, executable=None):
        """The name of a process that measures, as /proc has it and as it was called."""
        process = subprocess.Popen(
            [*command, "--task", "wait", "--task-args", "[50]", "--task-count", "1000"],
            executable=executable,
            cwd=self.work,
            env=only({}, self.environment()),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            proc = pathlib.Path("/proc", str(process.pid))
            until = time.monotonic() + common.TIMEOUT_S
            while not list(self.work.glob("output/*/samples.jsonl")):
                self.assertIsNone(process.poll())
                self.assertLess(time.monotonic(), until)
                time.sleep(0.01)
            return (
                (proc / "comm").read_text().strip(),
                (proc / "cmdline").read_bytes().split(b"\0")[0].decode(),
            )
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=common.TIMEOUT_S)
            shutil.rmtree(self.work / "output", ignore_errors=True)

    def test_name(self):
        self.assertEqual(self.start(common.PPT_OMP), ("ppt-omp", common.PPT_OMP))

    def test_link(self):
        (self.work / "measure").symlink_to(common.PPT_OMP)
        self.assertEqual(self.start("./measure"), ("measure", "./measure"))

    def test_argument_0(self):
        self.assertEqual(self.start("-other", executable=common.PPT_OMP), ("ppt-omp", "-other"))

    def test_replaced(self):
        """A file that is replaced while it starts is not mixed up with the new one: it is the
        process's own that starts again."""
        program = self.work / "program"
        shutil.copy2(common.PPT_OMP, program)
        script = f'exec 3<"$0"; rm "$0"; printf "#!/bin/sh\\nexit 9\\n" >"$0"; chmod +x "$0"; ' \
                 f'exec /proc/self/fd/3 list'  # fmt: skip
        result = self.run_program("/bin/sh", "-c", script, str(program),
                                  env=only({}, self.environment(True)))  # fmt: skip
        self.assertEqual(result.code, 0, result)
        self.assertIn("sum", result.out)

    def test_linker(self):
        """As an argument of the dynamic linker."""
        head = pathlib.Path(common.PPT_OMP).read_bytes()[:4096]
        found = re.search(rb"/[\w./-]*/ld[\w.-]*\.so[\w.]*(?=\0)", head)
        if not found:
            self.skipTest("the program names no dynamic linker")
        env = only({}, self.environment())
        plain = self.run_ppt("list", env=env)
        for arguments in ([], ["--argv0", "other"], ["--library-path", "/nowhere"]):
            with self.subTest(arguments):
                result = self.run_program(found[0].decode(), *arguments, common.PPT_OMP, "list", env=env)
                self.assertEqual((result.code, result.out), (plain.code, plain.out), result)

    def test_no_environment(self):
        self.assertEqual(self.run_program("/usr/bin/env", "-i", common.PPT_OMP, "list").code, 0)


class Limits(common.Case):
    """What cannot be done is said before it is begun, with the number that can."""

    def refused(self, code, pattern, *args, prefix=(), **changes):
        env = only(changes, self.environment())
        result = self.run_program(*prefix, common.PPT_OMP, *args, env=env)
        self.assertEqual(result.code, code, result)
        self.assertRegex(result.err, r"\Appt-omp: [^\n]*" + pattern + r"[^\n]*\n\Z")
        self.assertEqual(result.out, "")
        self.assertEqual(list(self.work.iterdir()), [])
        self.assertEqual(list(self.tmp.iterdir()), [])

    def library_limit(self):
        """How many threads OpenBLAS is built for, as it says itself."""
        self.run_fine("--task", "sum", "--task-args", "[10]", "--task-count", "2", "--workers",
                      "0", "--iterations", "1")  # fmt: skip
        blas = common.read_samples(self.only_folder())[0]["host"]["blas"]
        shutil.rmtree(self.work / "output")
        found = re.search(r"MAX_THREADS=(\d+)", blas)
        if not found:
            self.skipTest(f"the library names no limit: {blas}")
        return int(found[1])

    def test_library(self):
        """OpenBLAS writes where it must not when more threads than it is built for call it."""
        most = self.library_limit()
        for task, args in (("matrix", "[400]"), ("tensor", "[64, 3]"), 
                           ("random", '["multi", "tensor"]')):  # fmt: skip
            options = ["--task", task, "--task-args", args, "--task-count", "9"]
            for workers in (str(most + 1), f"0,1,{2 * most}"):
                with self.subTest(task=task, args=args, workers=workers):
                    self.refused(2, f"use at most {most} workers", *options, "--workers", workers)
            if task != "random":
                self.refused(2, f"use at most {most} inner threads", *options, "--workers", "0",
                             "--inner-threads", str(most + 1))  # fmt: skip
                self.refused(2, f"use at most {most // 2} worker", *options, "--workers",
                             str(most // 2 + 1), "--inner-threads", "1,2")  # fmt: skip
                self.refused(2, "inner threads", "once", task, args, "--inner-threads",
                             str(most + 1))  # fmt: skip
        files = []
        for name, task, args in (("a", "sum", [10]), ("b", "matrix", [400])):
            config = {"task": task, "task_args": args, "task_count": 2, "workers": [0, most + 1]}
            files.append(self.base / f"{name}.json")
            files[-1].write_text(json.dumps(config))
        self.refused(2, f"use at most {most} workers", *files)

    def test_library_bears_its_limit(self):
        most = self.library_limit()
        for task, args in (("matrix", "[64]"), ("matrix", "[300]"), ("tensor", "[200, 2]")):
            for workers, inner in ((most, 1), (most // 2, 2), (0, most)):
                with self.subTest(task=task, args=args, workers=workers, inner=inner):
                    output = f"{task}{args}{workers}"
                    self.run_fine("--task", task, "--task-args", args, "--task-count",
                                  str(2 * most), "--workers", str(workers), "--inner-threads",
                                  str(inner), "--iterations", "1", "--output", output)  # fmt: skip

    def test_others_have_no_such_limit(self):
        most = self.library_limit()
        self.run_fine("--task", "sum", "--task-args", "[10]", "--task-count", "512", "--workers",
                      str(2 * most), "--iterations", "1")  # fmt: skip


    SUM = ["--task", "sum", "--task-args", "[10]", "--task-count", "8", "--iterations", "1"]

    @common.plain_memory_only
    def test_stack_too_small(self):
        """Units are K unless something else is said; what libgomp would not take is not refused."""
        for name, value in (
            ("OMP_STACKSIZE", "16k"),
            ("OMP_STACKSIZE", "64"),
            ("OMP_STACKSIZE", " 80 K "),
            ("OMP_STACKSIZE", "65536B"),
            ("GOMP_STACKSIZE", "32k"),
        ):
            with self.subTest(name=name, value=value):
                pattern = name + "=" + value + r" leaves tasks no room .* set it to (\d+)K or more"
                for args in (["--workers", "0,2"], ["--workers", "0", "--inner-threads", "2"]):
                    task = ["--task", "sort", "--task-args", "[9000]"]
                    self.refused(1, pattern, *task, *args, **{name: value})
                self.refused(1, pattern, "once", "sort", "9000", "--inner-threads", "2",
                             **{name: value})  # fmt: skip

    @common.plain_memory_only
    def test_stack_that_is_named_works(self):
        env = only({"OMP_STACKSIZE": "16k"}, self.environment())
        result = self.run_ppt(*self.SUM, "--workers", "2", env=env)
        right = re.search(r"set it to (\d+K) or more", result.err)
        self.assertTrue(right, result)
        for task, args in (("sort", "[20000]"), ("matrix", "[300]"), ("tensor", "[100, 3]"),
                           ("random", "[]")):  # fmt: skip
            self.run_fine("--task", task, "--task-args", args, "--task-count", "4", "--workers",
                          "0,2", "--inner-threads", "1,2", "--iterations", "1", "--output", task,
                          env=only({"OMP_STACKSIZE": right[1]}, self.environment()))  # fmt: skip

    def test_stack_of_no_thread(self):
        """Where no thread is created, and where libgomp takes the system's size, nothing is said."""
        for changes, workers in (({"OMP_STACKSIZE": "16k"}, "0,1"), ({"OMP_STACKSIZE": "1"}, "2"),
                                 ({"OMP_STACKSIZE": "4 x"}, "2")):  # fmt: skip
            with self.subTest(changes):
                env = only(changes, self.environment())
                self.run_fine(*self.SUM, "--workers", workers, "--output", workers + str(changes),
                              env=env)  # fmt: skip

    @common.plain_memory_only
    def test_stacks_and_addresses(self):
        """libgomp would end the run in its warm-up."""
        prefix = ("/bin/sh", "-c", 'ulimit -v 1200000; exec "$0" "$@"')
        self.refused(1, r"16 workers .* the system allows only \d+ .*OMP_STACKSIZE=128M.*"
                     r"ulimit -v 1200000", *self.SUM, "--workers", "0,16", prefix=prefix,
                     OMP_STACKSIZE="128M")  # fmt: skip
        env = only({"OMP_STACKSIZE": "128M"}, self.environment())
        self.assertEqual(self.run_program(*prefix, common.PPT_OMP, *self.SUM, "--workers", "0,2",
                                          env=env).code, 0)  # fmt: skip

    @common.plain_memory_only
    def test_stack_of_the_system(self):
        self.refused(1, r"ulimit -s 90 leaves tasks no room", *self.SUM, "--workers", "0,2",
                     prefix=("/bin/sh", "-c", 'ulimit -s 90; exec "$0" "$@"'))  # fmt: skip

    @common.without_coverage
    @unittest.skipUnless(os.geteuid() == 0, "root alone can become a user without processes")
    def test_processes(self):
        """ulimit -u counts threads of all processes of a user, but not for root."""
        self.base.chmod(0o755)
        for folder in (self.work, self.tmp):
            folder.chmod(0o777)
        copy = self.base / "ppt-omp"
        shutil.copy2(common.PPT_OMP, copy)
        result = self.run_program(
            "prlimit", "--nproc=6", "setpriv", "--reuid=48123", "--clear-groups", str(copy),
            *self.SUM, "--workers", "0,40", env=only({"PATH": os.environ["PATH"]},
                                                     self.environment()))  # fmt: skip
        self.assertEqual(result.code, 1, result)
        self.assertRegex(result.err, r"\Appt-omp: 40 workers .* the system allows only \d+ .*"
                         r"ulimit -u")  # fmt: skip
        self.assertEqual(list(self.work.iterdir()), [])


@unittest.skipIf(common.SANITIZED, "LeakSanitizer needs /proc")
class NoProc(common.Case):
    """Without /proc (a chroot, some sandboxes) what is unknown is not 0."""

    def without(self, *args, hidden=("/proc",)):
        """Runs the program in a mount namespace of its own, with something empty over folders."""
        unshare = shutil.which("unshare")
        mounts = " && ".join(f"mount -t tmpfs none {folder}" for folder in hidden)
        probe = [unshare, "-m", "/bin/sh", "-c", mounts]
        if not unshare or subprocess.run(probe, capture_output=True, check=False).returncode:
            self.skipTest("no mount namespace can be had here")
        env = only({"PATH": os.environ["PATH"]}, self.environment(True))
        return self.run_program(unshare, "-m", "/bin/sh", "-c", f'{mounts} && exec "$0" "$@"',
                                common.PPT_OMP, *args, env=env)  # fmt: skip

    def test_run(self):
        for hidden in (("/proc",), ("/proc", "/sys")):
            output = str(len(hidden))
            result = self.without(*Limits.SUM, "--workers", "0,2", "--output", output, "--quiet",
                                  hidden=hidden)  # fmt: skip
            self.assertEqual(result.code, 0, result)
            folder = self.only_folder(self.work / output)
            self.check_csv(folder)
            host = json.loads((folder / "results.json").read_text())["host"]
            self.assertEqual(host["available_bytes"], 0)
            self.assertGreater(host["memory_bytes"], 1 << 20)
            # What libgomp was loaded with: the program cannot start again.
            self.assertEqual(host["environment"], {})
            for sample in common.passes(folder):
                self.assertEqual(set(sample["noise"][key] for key in
                                     ("steal_ns", "pressure_ns", "throttled_ns")), {-1})  # fmt: skip
                self.assertEqual(sample["peak_bytes"], -1)

    def test_too_much(self):
        """What the machine itself does not have is refused all the same."""
        result = self.without("--task", "matrix", "--task-args", "[65535]", "--task-count", "2",
                              "--workers", "0,64")  # fmt: skip
        self.assertEqual(result.code, 2, result)
        self.assertRegex(result.err, r"needs about .* TiB of memory .* but [\d.]+ [MGT]iB is avail")

    def test_once(self):
        self.assertEqual(self.without("once", "sum", "10").code, 0)

    def test_doctor(self):
        found = {f["name"]: f for f in json.loads(self.without("doctor", "--json").out)["checks"]}
        for name in ("memory", "quota", "load", "swap", "steal", "pressure"):
            self.assertEqual(found[name]["state"], "unknown", found[name])


class Meanwhile(common.Case):
    """What is done to the process while it measures is noticed and told."""

    def meddle(self, *actions, options=()):
        """Starts a run of passes of 120 ms, and calls each action with the process while a pass of
        the next block is under way. Returns its folder and what it printed."""
        process = subprocess.Popen(
            [common.PPT_OMP, "--task", "wait", "--task-args", "[60]", "--task-count", "2",
             "--workers", "0,1,2", "--iterations", "8", *options],
            cwd=self.work, env=only({}, self.environment()), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        self.addCleanup(process.kill)
        until = time.monotonic() + common.TIMEOUT_S
        for block, action in enumerate(actions, 2):
            while not any(f'"block":{block},' in path.read_text()
                          for path in self.work.glob("output/*/samples.jsonl")):  # fmt: skip
                self.assertIsNone(process.poll())
                self.assertLess(time.monotonic(), until)
                time.sleep(0.002)
            # What was seen is the end of a pass; its line may still be on the way to the disk.
            time.sleep(0.03)
            action(process)
        out, _ = process.communicate(timeout=common.TIMEOUT_S)
        self.assertEqual(process.returncode, 0, out)
        return self.only_folder(), " ".join(out.split())

    @staticmethod
    def stop(process):
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        process.send_signal(signal.SIGCONT)

    @staticmethod
    def move(cpus):
        def action(process):
            for task in pathlib.Path("/proc", str(process.pid), "task").iterdir():
                try:
                    os.sched_setaffinity(int(task.name), cpus)
                except ProcessLookupError:
                    pass

        return action

    def passes(self, folder, doubtful=True):
        """As in the results, which never say HIGH of what is doubtful."""
        results = json.loads((folder / "results.json").read_text())
        if doubtful:
            self.assertNotEqual(results["verdict"]["confidence"], "HIGH")
        return results["passes"]

    def test_undisturbed(self):
        folder, out = self.meddle()
        passes = self.passes(folder, doubtful=False)
        self.assertEqual({p["stopped"] for p in passes}, {0})
        self.assertEqual({p["cpus"] for p in passes}, {len(ALL_CPUS)})
        self.assertNotIn("stopped", out)
        self.assertNotIn("other CPUs", out)

    def test_stopped(self):
        folder, out = self.meddle(self.stop, self.stop, self.stop)
        passes = self.passes(folder)
        stopped = [p for p in passes if p["stopped"] > 0]
        # One may have come between two passes.
        self.assertIn(len(stopped), (1, 2, 3))
        self.assertTrue(all(p["disturbed"] for p in stopped), stopped)
        self.assertGreaterEqual(max(p["total_s"] for p in stopped), 0.29)
        self.assertRegex(out, rf"Caution: {len(stopped)} of 24 passes were stopped for a while\.")
        again = " ".join(self.run_ppt("report", folder).out.split())
        self.assertIn("were stopped for a while.", again)

    @unittest.skipIf(len(ALL_CPUS) < 2, "there is one CPU")
    def test_moved(self):
        folder, out = self.meddle(self.move({ALL_CPUS[0]}))
        passes = self.passes(folder)
        moved = [p for p in passes if p["cpus"] != len(ALL_CPUS)]
        self.assertGreater(len(moved), 0)
        self.assertEqual({p["cpus"] for p in moved}, {1})
        self.assertRegex(out, rf"Caution: {len(moved)} of 24 passes had other CPUs than the first")

    @unittest.skipIf(len(ALL_CPUS) < 2, "there is one CPU")
    def test_moved_and_back(self):
        folder, out = self.meddle(self.move({ALL_CPUS[0]}), self.move(set(ALL_CPUS)))
        passes = self.passes(folder)
        self.assertEqual(passes[-1]["cpus"], len(ALL_CPUS))
        self.assertRegex(out, r"Caution: \d+ of 24 passes had other CPUs than the first one\.")

    @unittest.skipIf(len(ALL_CPUS) < 2, "there is one CPU")
    def test_placement_is_no_move(self):
        for placement in ("close", "spread"):
            folder, _ = self.meddle(options=("--placement", placement))
            passes = self.passes(folder, doubtful=False)
            self.assertEqual({p["cpus"] for p in passes}, {len(ALL_CPUS)})
            shutil.rmtree(self.work / "output")


class Writes(common.Case):
    """Nobody reads, or a file may grow no further: that is told, and ends no measuring."""

    def check_signals(self, text):
        """Of /proc/PID/status: neither signal is ignored."""
        ignored = int(text.split()[1], 16)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            self.assertFalse(ignored >> (number - 1) & 1, text)

    def configs(self, count):
        return [self.write(f"{i}.json", {"task": "sum", "task_args": [1000], "task_count": 4,
                                         "workers": [0, 1], "iterations": 3, "seed": i})
                for i in range(count)]  # fmt: skip

    def piped(self, *args):
        """Runs the program with an output that nobody reads."""
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as output:
            result = self.run_ppt(*args, stdout=output, restore_signals=True)
        return result.code, result.err

    def test_no_reader(self):
        code, err = self.piped(*self.configs(3), "--quiet")
        self.assertEqual(code, 1, err)
        self.assertRegex(err, r"(?m)^ppt-omp: standard output cannot be written[^\n]*\n\Z")
        self.assertEqual(err.count("ppt-omp: "), 1)
        self.assertEqual(len(self.folders()), 4)  # of three runs and the suite
        for folder in self.folders():
            self.assertTrue((folder / "results.json").exists(), folder)
        self.assertEqual(list(self.tmp.iterdir()), [])

    def test_no_reader_of_other_verbs(self):
        self.run_fine(*self.configs(1), "--quiet")
        folder = self.only_folder()
        for args in (["list"], ["--help"], ["report", folder], ["once", "sum", "9"]):
            with self.subTest(args):
                code, err = self.piped(*args)
                self.assertEqual(code, 1, err)
                self.assertRegex(err, r"ppt-omp: standard output cannot be written[^\n]*\n\Z")

    @common.without_coverage
    def test_file_size(self):
        """A limit is named; results that are there stay."""
        self.run_fine(*self.configs(1), "--quiet")
        folder = self.only_folder()
        before = (folder / "results.json").read_text()
        for verb in (["report"], ["resume"]):
            result = self.run_program("prlimit", "--fsize=2000", common.PPT_OMP, *verb, folder,
                                      env=self.environment(True))  # fmt: skip
            self.assertEqual(result.code, 1, result)
            self.assertRegex(result.err, r"ppt-omp: [^\n]*File too large\n\Z")
            self.assertEqual((folder / "results.json").read_text(), before)

    def test_programs_get_the_signals(self):
        """SIGPIPE and SIGXFSZ are ignored by this program alone."""
        script = "grep SigIgn /proc/self/status"
        self.run_fine("--workers", "0", "--task-count", "1", "--iterations", "1", "--quiet",
                      "--program-output", "keep", "--", "sh", "-c", script,
                      env=self.environment(True))  # fmt: skip
        for path in (self.only_folder() / "tasks").glob("*.out"):
            self.check_signals(path.read_text())

    def test_gnuplot_gets_the_signals(self):
        self.run_fine(*self.configs(1), "--quiet")
        bin_folder = self.base / "bin"
        bin_folder.mkdir()
        script = bin_folder / "gnuplot"
        script.write_text(f"#!/bin/sh\n/bin/grep SigIgn /proc/self/status >>{self.base}/seen\n")
        script.chmod(0o755)
        env = {**self.environment(), "PATH": str(bin_folder)}
        self.run_ppt("report", self.only_folder(), env=env)
        self.check_signals((self.base / "seen").read_text())


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
        for number in (signal.SIGABRT, signal.SIGKILL):
            result = self.odd(run=f"raise {int(number)}")
            self.assertEqual(result.code, -number, result)

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
