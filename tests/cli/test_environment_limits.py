"""Limits of threads, stacks and processes, whoever sets them; and a system without /proc."""

import json
import os
import re
import shutil
import subprocess
import unittest

import common
from common import only


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
                                  str(inner), "--iterations", "1", "--warmup", "0", "--output",
                                  output)  # fmt: skip

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
            ("OMP_STACKSIZE", " 48 K "),
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
        """It is the main thread's, too, which needs no more than others."""
        prefix = ("/bin/sh", "-c", 'ulimit -s "$0"; exec "$@"')
        self.refused(1, r"ulimit -s 60 leaves tasks no room", *self.SUM, "--workers", "0,2",
                     prefix=(*prefix, "60"))  # fmt: skip
        for workers in ("0", "0,2"):
            result = self.run_program(*prefix, "120", common.PPT_OMP, *self.SUM, "--workers", workers,
                                      "--output", workers)  # fmt: skip
            self.assertEqual(result.code, 0, result)

    @common.without_coverage
    @unittest.skipUnless(os.geteuid() == 0, "root alone can become a user without processes")
    def test_processes(self):
        """ulimit -u counts threads of all processes of a user, but not for root."""
        self.base.chmod(0o755)
        for folder in (self.work, self.tmp):
            folder.chmod(0o777)
        copy = self.base / "ppt-omp"
        shutil.copy2(common.PPT_OMP, copy)

        def run_as_user(limit, *options):
            return self.run_program(
                "prlimit", f"--nproc={limit}", "setpriv", "--reuid=48123", "--clear-groups",
                str(copy), *self.SUM, *options, env=only({"PATH": os.environ["PATH"]},
                                                         self.environment()))  # fmt: skip

        # The process that measures is another one than that of the run, unless it is told not to.
        for workers, limit in ((40, 6), (4, 4)):
            result = run_as_user(limit, "--workers", f"0,{workers}")
            self.assertEqual(result.code, 1, result)
            self.assertRegex(result.err, rf"\Appt-omp: {workers} workers .* the system allows only "
                             r"\d+ .*ulimit -u")  # fmt: skip
            self.assertEqual(list(self.work.iterdir()), [])
        for options in ((5,), (4, "--processes", "1")):
            result = run_as_user(*options, "--workers", "0,4", "--quick")
            self.assertEqual(result.code, 0, result)


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
        env = only({"PATH": common.path_without_gnuplot()}, self.environment(True))
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


if __name__ == "__main__":
    unittest.main()
