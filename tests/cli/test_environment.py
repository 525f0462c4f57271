"""How the program is started, with which variables and names, and where it cannot write."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

import common
from common import only

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


class Start(common.Case):
    """The program starts itself a second time; nobody is to see that."""

    def shell(self, script, *options, prefix=(), **changes):
        """What tasks of a shell script print, by the number of workers."""
        path = common.path_without_gnuplot()
        env = only({"PATH": path, **changes}, self.environment(True))
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
                folder = pathlib.Path(result.err.split("results: ")[1].strip()).parent
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


class Loading(common.Case):
    """What a process loads, and how often it begins, as the dynamic linker tells it."""

    HEAVY = ("libopenblas", "libgfortran", "libcrypto")

    def look(self, *command):
        """The heavy libraries of each process, and how often it began, the first process first."""
        folder = self.base / "linker"
        folder.mkdir()
        env = only({"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": str(folder / "of")},
                   self.environment())  # fmt: skip
        self.run_fine(*command, env=env)
        texts = [path.read_text() for path in sorted(folder.iterdir(), key=lambda p: int(p.suffix[1:]))]
        shutil.rmtree(folder)
        if not texts or "initialize program" not in texts[0]:
            self.skipTest("this linker tells nothing")
        return [
            ({name for name in self.HEAVY if f"/{name}." in text}, text.count("initialize program"))
            for text in texts
        ]

    def test_answers_at_once(self):
        """What measures nothing begins once, with no library that kernels alone need."""
        for command in (["--version"], ["--help"], ["list"], ["list", "--json"], ["sum.json", "--help"],
                        ["describe", "--json"]):  # fmt: skip
            with self.subTest(command):
                self.assertEqual(self.look(*command), [(set(), 1)])

    def test_report(self):
        """Laws are fitted by GSL's own linear algebra."""
        self.run_fine("--task", "sum", "--task-args", "[1000]", "--workers", "0,1,2,3,4", "--quick")
        self.assertEqual(self.look("report", self.only_folder()), [(set(), 1)])

    def test_once(self):
        """A task has what its kernel needs."""
        for task, args, expected in (
            ("sum", "[10]", set()),
            ("zip", "[1]", set()),
            ("tensor", "[4, 2]", {"libopenblas", "libgfortran"}),
            ("matrix", "[4]", {"libopenblas", "libgfortran"}),
            ("password", '[1, 1, [8, 8], 1, {"hash": "sha256"}]', {"libcrypto"}),
            ("password", '[1, 1, [8, 8], 1, {"hash": "argon2id", "m_cost_kib": 8}]', set()),
        ):
            with self.subTest(task):
                found = self.look("once", task, args)
                self.assertEqual(found, [(expected, 2)])

    def test_processes(self):
        """Those of a run's passes begin once."""
        found = self.look("--task", "sum", "--task-args", "[10]", "--workers", "0", "--iterations",
                          "3", "--task-count", "1")  # fmt: skip
        self.assertEqual([beginnings for _, beginnings in found], [2, 1, 1, 1])
        self.assertEqual([libraries for libraries, _ in found[1:]], [set()] * 3)


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
                 f'exec /proc/self/fd/3 once sum'  # fmt: skip
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
        command = ["once", "wait", "[1]", "--json"]
        plain = json.loads(self.run_fine(*command, env=env).out)
        for arguments in ([], ["--argv0", "other"], ["--library-path", "/nowhere"]):
            with self.subTest(arguments):
                result = self.run_program(found[0].decode(), *arguments, common.PPT_OMP, *command, env=env)
                self.assertEqual(result.code, 0, result)
                self.assertEqual(json.loads(result.out)["digest"], plain["digest"])

    def test_no_environment(self):
        self.assertEqual(self.run_program("/usr/bin/env", "-i", common.PPT_OMP, "once", "sum").code, 0)


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


if __name__ == "__main__":
    unittest.main()
