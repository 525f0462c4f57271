"""Ranks that ppt-omp-mpi cannot have; and that its other commands answer as those of ppt-omp."""

import re
import sys

import common
from mpi_case import PPT_OMP_MPI, MpiCase, main, point_of


class Refused(MpiCase):
    """What cannot be measured gets one message, and nothing is written."""

    def check_refused(self, result, code, *needles):
        self.assertEqual(result.code, code, result)
        (message,) = self.messages(result)
        for needle in needles:
            self.assertRegex(message, needle)
        self.assertEqual(list(self.tmp.iterdir()), [])
        left = [p.name for p in self.work.iterdir() if p.name != "c.json"]
        self.assertEqual(left, [], "something was written")

    def test_more_ranks_than_the_job_has(self):
        """Said once, by one of the ranks, and how to start it."""
        result = self.launch("--task", "sum", "--ranks", "1,4", "--workers", "1", "--quick")
        self.check_refused(result, 2, "ranks", r"\b4\b", r"\b2\b", "mpirun -n 4")

    def test_exit_code_without_a_file(self):
        """Then mpirun's is the program's."""
        job = self.start("--task", "sum", "--ranks", "3", "--quick", PPT_OMP_EXIT_FILE="")
        result = self.finish(job)
        self.assertEqual(job.process.returncode, 2, result)
        self.assertIn("mpirun -n 3", result.err)

    def test_more_ranks_in_a_suite(self):
        """Before anything is measured, also when only a later run has too many."""
        self.write("c.json", {"task": "sum", "workers": [1], "iterations": 1,
                              "runs": [{"ranks": [2]}, {"ranks": [3]}]})  # fmt: skip
        self.check_refused(self.launch("c.json"), 2, "ranks", "mpirun -n 3")

    def test_without_mpirun(self):
        """A job of one rank."""
        env = self.environment(OMPI_MCA_plm_rsh_agent="/bin/false")
        args = ["--task", "sum", "--ranks", "2", "--workers", "1", "--quick"]
        result = self.run_program(str(PPT_OMP_MPI), *args, env=env)
        self.check_refused(result, 2, "ranks", "mpirun -n 2")

    def test_plain_program(self):
        """It has no ranks, and says which program has."""
        for ranks in ("1", "0,2"):
            with self.subTest(ranks=ranks):
                result = self.run_ppt("--task", "sum", "--ranks", ranks, "--quick")
                self.check_refused(result, 77, "ranks", "mpirun", "ppt-omp-mpi")
        self.write("c.json", {"task": "sum", "ranks": [0, 4]})
        self.check_refused(self.run_ppt("c.json"), 77, "ranks", "mpirun -n 4", "ppt-omp-mpi")
        result = self.run_ppt("--task", "sum", "--ranks", "0", "--quick", "--output", "fine")
        self.assertEqual(result.code, 0, result)

    def test_bad_values(self):
        """From the command line and from a file, by both programs."""
        bad = {
            "ranks": [-1, [0, -1], "many", "auto", [], 1.5, [1, "2"], None, True, {}, 65537,
                      10**30, [[1]]],
            "distribution": ["guided", "dynamic,0", "dynamic,-1", "dynamic,x", "dynamic,",
                             "static,4", "", "Static", "dynamic,1,2", "dynamic,99999999999", 1,
                             None, ["static"]],
        }  # fmt: skip
        for key, values in bad.items():
            for value in values:
                with self.subTest(key=key, value=value):
                    self.write("c.json", {"task": "sum", "workers": [1], key: value})
                    self.check_refused(self.run_ppt("c.json"), 2, rf"c\.json:\d+:\d+: {key}\b")
        for option in ("--ranks=-1", "--ranks=1,,2", "--ranks=x", "--ranks=",
                       "--distribution=fast", "--distribution=dynamic,0",
                       "--distribution="):  # fmt: skip
            with self.subTest(option=option):
                key, _, value = option.partition("=")
                (self.work / "c.json").unlink(missing_ok=True)
                result = self.run_ppt("--task", "sum", key, value)
                self.check_refused(result, 2, key)

    def test_bad_values_under_mpirun(self):
        """Once, not by every rank."""
        self.write("c.json", {"task": "sum", "workers": [1], "distribution": "dynamic,0"})
        self.check_refused(self.launch("c.json", ranks=3), 2, r"c\.json:\d+:\d+: distribution\b")
        self.check_refused(self.launch("nowhere.json", ranks=3), 2, r"nowhere\.json")


class Verbs(MpiCase):
    """What needs no ranks is the same program."""

    def run_alone(self, *args):
        env = self.environment(OMPI_MCA_plm_rsh_agent="/bin/false")
        return self.run_program(str(PPT_OMP_MPI), *args, env=env)

    def test_same_answers(self):
        rows = "".join(f"{block},{w},{2 / w}\n" for w in (1, 2) for block in (1, 2, 3))
        self.write("passes.csv", "block,workers,seconds\n" + rows)
        # How fast the kernel "password" is was measured anew each time.
        for args in (["list"], ["judge", "passes.csv"], ["list", "--json"]):
            with self.subTest(args=args):
                alone, plain = self.run_alone(*args), self.run_ppt(*args)
                told = [re.sub(r"(plain|vectorised)[^\n]*", "", out) for out in (alone.out, plain.out)]
                self.assertEqual((alone.code, told[0], alone.err), (0, told[1], ""))
        self.assertIn("--ranks", self.run_alone("--help").out)
        once = self.run_alone("once", "sum", "[1000]")
        self.assertEqual(once.code, 0, once)

    def test_printed_once(self):
        """Whatever is answered, by one rank alone."""
        for args in (["list"], ["--version"]):
            with self.subTest(args=args):
                result = self.launch_fine(*args, ranks=3)
                self.assertEqual(result.out.replace("\r", ""), self.run_ppt(*args).out)

    def test_no_ranks_asked_for(self):
        """A configuration without ranks is measured as by the plain program."""
        self.launch_fine("--task", "sum", "--task-args", "[1000]", "--workers", "0,1", "--quick")
        folder = self.only_folder()
        self.assertEqual({point_of(p) for p in common.passes(folder)}, {(0, 0), (0, 1)})
        self.check_csv(folder)


if __name__ == "__main__":
    sys.exit(main())
