"""Calls that fail under a run: every write, every flush, every allocation in turn.

A library before the program (tests/faults/shim.c) lets the n-th call of a kind fail, and these tests
walk n over all the calls that a whole small run makes. Whatever fails, and whenever:

  - the program ends by itself, neither by a signal nor by a time limit;
  - exit code 0 and no message if nothing is lost: an interrupted call was repeated, a write went on
    behind its first half, or what failed was only the journal's closing line, the link `latest`, or
    the reset of the kernel's figure of peak memory; else another code and exactly one message;
  - nothing is left in TMPDIR, and every file among the results is whole;
  - every pass that was on disk is still in samples.jsonl, `resume` completes the run with the digests
    of one that nothing happened to, without touching the lines that were there, and `report` works.

As part of all tests it takes some of the calls only. PPT_FAULTS=full takes all of them, see
scripts/faults.sh.
"""

import os
import unittest

from fault_case import RUNS, SHIM, FaultCase, Place, Walk

WALKS = [
    Walk("write", "ENOSPC", True, 6),
    Walk("write", "ENOSPC", False, 6),
    Walk("write", "EIO", False, 2),
    Walk("write", "EINTR", False, 2),
    Walk("write", "SHORT", False, 2),
    Walk("write", "CUT", False, 6),
    Walk("sync", "EIO", False, 4),
    Walk("sync", "ENOSPC", True, 2),
    Walk("sync", "EINTR", False, 2),
    Walk("rename", "EIO", False, 3),
    Walk("rename", "ENOSPC", True, 2),
    Walk("open", "ENOSPC", False, 4),
    Walk("open", "EMFILE", True, 3),
    Walk("open", "EINTR", False, 2),
    Walk("open", "EOPNOTSUPP", False, 3),  # files without a name, which others can stand in for
    Walk("memory", "ENOMEM", False, 7),
    Walk("memory", "ENOMEM", True, 7),
    Walk("thread", "EAGAIN", False, 3),
    Walk("thread", "EAGAIN", True, 3),
    Walk("mkdir", "ENOSPC", False, 3),
    Walk("mkdir", "EACCES", True, 2),
    Walk("remove", "EIO", False, 6),
    Walk("look", "EMFILE", False, 6),
    Walk("look", "EMFILE", True, 4),
    Walk("look", "EINTR", False, 4),
]
RESUME_WALKS = [
    Walk("truncate", "EIO", False, 1),
    Walk("truncate", "EINTR", False, 1),
    Walk("write", "ENOSPC", True, 4),
    Walk("write", "CUT", False, 6),
    Walk("sync", "EIO", False, 4),
    Walk("open", "EMFILE", True, 4),
    Walk("memory", "ENOMEM", False, 8),
    Walk("thread", "EAGAIN", True, 3),
    Walk("mkdir", "ENOSPC", True, 2),
    Walk("remove", "EIO", False, 4),
    Walk("look", "EMFILE", True, 4),
    Walk("look", "EINTR", False, 4),
]


@unittest.skipUnless(os.path.exists(SHIM), "the library of faults was not built")
class Walks(FaultCase):
    def test_sum(self):
        """A run that writes nothing but its results."""
        self.walk(lambda place: RUNS["sum"], WALKS)

    def test_io(self):
        """Tasks that write files, too."""
        self.walk(lambda place: RUNS["io"], WALKS)

    def test_resume(self):
        """Going on with a run that was cut off in the middle of a line."""
        done = Place(self)
        self.assertEqual(done.run(*RUNS["sum"]).code, 0)
        journal = done.journal().splitlines(True)
        half = b"".join(journal[:5]) + journal[5][:50]

        def prepare(place):
            folder = place.work / "output/sum"
            folder.mkdir(parents=True)
            (folder / "samples.jsonl").write_bytes(half)
            os.symlink("sum", place.work / "output/latest")
            return ["resume", folder]

        self.walk(prepare, RESUME_WALKS)


@unittest.skipUnless(os.path.exists(SHIM), "the library of faults was not built")
class Threads(FaultCase):
    def test_too_few(self):
        """Whether threads can be had is found out before anything is written."""
        place = Place(self)
        command = ["--task", "sum", "--workers", "0,6", "--inner-threads", "1"]
        result = place.run(*command, call="thread", error="EAGAIN", at="3", ever="1")
        self.assertEqual(result.code, 1, result)
        self.assertEqual(result.out, "", result)
        self.assertRegex(result.err, r"\Appt-omp: 6 workers with 1 inner thread need 6 threads, but "
                         r"the system allows only 2 \(Resource temporarily .*\n\Z")  # fmt: skip
        self.assertIsNone(place.folder())
        self.assertEqual(list(place.tmp.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
