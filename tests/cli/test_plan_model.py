"""The simulation of scripts/plan/plan.py, where its result is known."""

import itertools
import math
import random
import unittest

import common
from planner import model, shared, uneven

FREE = model.Costs()


class Counted(list):
    """A list that counts by index how often each item was looked at."""

    def __init__(self, items):
        super().__init__(items)
        self.looks = [0] * len(self)

    def __getitem__(self, index):
        for i in range(*index.indices(len(self))) if isinstance(index, slice) else [index]:
            self.looks[i] += 1
        return super().__getitem__(index)


class Model(unittest.TestCase):
    def every_rule(self, times, ranks, workers, costs=FREE):
        yield "static", model.simulate_static(times, ranks, workers)
        for fixed in (1, 3, 0):
            yield (
                f"dynamic,{fixed}",
                model.simulate_dynamic(times, ranks, workers, fixed, costs),
            )
        for group in (1, 2, 100):
            yield f"tree,{group}", model.simulate_tree(times, ranks, workers, group, costs)

    def test_one_worker_takes_the_sum(self):
        times = uneven(300)
        for name, outcome in self.every_rule(times, 1, 1, model.Costs(1.0, 1.0)):
            with self.subTest(rule=name):
                self.assertAlmostEqual(outcome.seconds, math.fsum(times))
                self.assertEqual(outcome.requests, 0)  # rank 0 asks nobody

    def test_no_tasks(self):
        for name, outcome in self.every_rule([], 3, 2):
            with self.subTest(rule=name):
                self.assertEqual((outcome.seconds, outcome.tasks), (0, 0))
                self.assertEqual(outcome.busy(FREE), 0)

    def test_equal_tasks_in_one_process(self):
        """Rounds: the tasks by the workers, rounded up."""
        for count, workers in itertools.product((1, 7, 64, 65), (1, 2, 8, 100)):
            with self.subTest(count=count, workers=workers):
                outcome = model.simulate_dynamic([2.0] * count, 1, workers, 1, FREE)
                self.assertAlmostEqual(outcome.seconds, 2.0 * math.ceil(count / workers))

    def test_equal_tasks_on_many_ranks(self):
        for name, outcome in self.every_rule([2.0] * 6000, 10, 3):
            with self.subTest(rule=name):
                # One more round where a rank has taken tasks that others might have begun.
                self.assertGreaterEqual(outcome.seconds, 400 - 1e-9)
                self.assertLessEqual(outcome.seconds, 408 + 1e-9)

    def test_static_waits_for_the_block_with_the_long_task(self):
        times = [1.0] * 100
        times[37] = 50.0
        self.assertAlmostEqual(model.simulate_static(times, 10, 1).seconds, 9 + 50)
        dynamic = model.simulate_dynamic(times, 10, 1, 1, FREE).seconds
        # It begins after three or four rounds, and nobody waits behind it.
        self.assertLessEqual(dynamic, 4 + 50 + 1e-9)
        self.assertGreaterEqual(dynamic, 50 + 3 - 1e-9)

    def test_blocks_are_those_of_the_program(self):
        self.assertEqual(model.blocks(10, 4), [(0, 3), (3, 6), (6, 8), (8, 10)])
        self.assertEqual(model.blocks(2, 3), [(0, 1), (1, 2), (2, 2)])

    def test_grahams_bound(self):
        """List scheduling takes no longer than the mean load and, but for a share of 1/m, the
        longest task together."""
        for seed in range(20):
            times = uneven(seed * 5 + 1, seed)
            for workers in (1, 2, 5, 16):
                seconds = model.list_schedule(times, workers)
                load, longest = math.fsum(times) / workers, max(times)
                self.assertGreaterEqual(seconds, max(load, longest) - 1e-9)
                self.assertLessEqual(seconds, load + (1 - 1 / workers) * longest + 1e-9)

    def test_short_way_of_list_scheduling(self):
        times = uneven(20000)
        exact = model.list_schedule(times, 8, most_exact=10**9)
        self.assertLessEqual(abs(model.list_schedule(times, 8) - exact), max(times))

    def test_every_task_is_run_once(self):
        for seed, (ranks, workers) in enumerate([(2, 1), (3, 4), (20, 2), (7, 16)]):
            for name, _ in self.every_rule([], ranks, workers):
                times = Counted(uneven(500, seed))
                kind, _, number = name.partition(",")
                costs = model.Costs(0.01 * (seed + 1), 0.003)
                if kind == "static":
                    outcome = model.simulate_static(times, ranks, workers)
                elif kind == "dynamic":
                    outcome = model.simulate_dynamic(times, ranks, workers, int(number), costs)
                else:
                    outcome = model.simulate_tree(times, ranks, workers, int(number), costs)
                with self.subTest(rule=name, ranks=ranks, workers=workers):
                    self.assertEqual(set(times.looks), {1})
                    self.assertEqual(outcome.tasks, 500)
                    load = math.fsum(times) / (ranks * workers)
                    self.assertGreaterEqual(outcome.seconds, load)

    def test_first_task_of_another_rank(self):
        """It comes after two messages and a service."""
        costs = model.Costs(0.25, 0.125)
        for fixed in (0, 1, 5):
            outcome = model.simulate_dynamic([1.0, 1.0], 2, 1, fixed, costs)
            self.assertAlmostEqual(outcome.seconds, 0.125 + 0.25 + 0.125 + 1.0)

    def test_rules_are_those_of_the_program(self):
        for file, name, value in (
            ("deal.c", "CHUNK_SHARE", model.AUTOMATIC_SHARE),
            ("share.c", "ROUNDS_AHEAD", model.ROUNDS_AHEAD),
            ("share.c", "LOW_SHARE", model.LOW_SHARE),
        ):
            text = (common.ROOT / "bench/mpi" / file).read_text()
            self.assertIn(f"#define {name} {value}\n", text)

    def test_automatic_chunk(self):
        self.assertEqual(model.chunk_of(0, 1000, 10), 25)
        self.assertEqual(model.chunk_of(0, 79, 10), 1)
        self.assertEqual(model.chunk_of(7, 5, 10), 7)

    def test_automatic_chunks_need_few_requests(self):
        """They take a share of the rest each time, so the number is of the order of a logarithm."""
        costs = model.Costs(1e-6, 1e-6)
        small = model.simulate_dynamic(uneven(10**4), 5, 4, 0, costs)
        large = model.simulate_dynamic(uneven(10**5), 5, 4, 0, costs)
        ones = model.simulate_dynamic(uneven(10**5), 5, 4, 1, costs)
        self.assertLess(large.requests, 1.6 * small.requests)
        self.assertGreater(ones.requests, 20 * large.requests)

    def test_saturated_server(self):
        """Beyond saturation answers leave rank 0 one after the other, whatever is asked: of ranks
        with one worker each 1 / s tasks per second, and rank 0's own worker adds 1 / T."""
        service, task, count = 0.1, 1.0, 5500
        outcome = model.simulate_dynamic([task] * count, 200, 1, 1, model.Costs(service, 0.02))
        self.assertAlmostEqual(outcome.emptied, count / (1 / service + 1 / task), delta=1)
        self.assertGreater(outcome.busy(model.Costs(service)), 0.99)

    def test_saturation_point(self):
        """Far beyond it as much is done as by W N T / s workers that never wait."""
        for workers, chunk in ((1, 1), (4, 1), (4, 5)):
            task, service = 1.0, 0.05
            knee = workers * chunk * task / service
            ranks = round(3 * knee / workers)
            times = uneven(100 * chunk * ranks * workers, sigma=0.3)
            outcome = model.simulate_dynamic(times, ranks, workers, chunk, model.Costs(service))
            done = math.fsum(times) / outcome.emptied
            with self.subTest(workers=workers, chunk=chunk):
                # Rank 0's own workers are beside it.
                mean = math.fsum(times) / len(times)
                self.assertAlmostEqual(done / (knee * mean + workers), 1, delta=0.03)

    def test_below_saturation_nobody_waits(self):
        times = uneven(20000, sigma=0.3)
        outcome = model.simulate_dynamic(times, 10, 4, 1, model.Costs(0.005, 0.01))
        self.assertLess(outcome.busy(model.Costs(0.005)), 0.5)
        self.assertLess(outcome.seconds, 1.01 * math.fsum(times) / 40)

    def test_tree_moves_the_saturation_point(self):
        times = uneven(40000, sigma=0.3)
        costs = model.Costs(0.02, 0.001)
        flat = model.simulate_dynamic(times, 400, 4, 1, costs)
        tree = model.simulate_tree(times, 400, 4, 20, costs)
        ideal = math.fsum(times) / 1600
        self.assertGreater(flat.seconds, 2.5 * ideal)
        self.assertLess(tree.seconds, 1.5 * ideal)
        self.assertLess(tree.requests, flat.requests / 4)

    def test_agrees_with_the_other_simulation(self):
        """Ranks followed one by one, and all tasks followed in time: with CPUs enough the same."""
        source = random.Random(7)
        for trial in range(60):
            ranks, workers = source.randint(1, 9), source.randint(1, 5)
            times = uneven(source.randint(0, 300), trial)
            costs = model.Costs(source.choice([0.001, 0.05, 0.3]), source.choice([0.0013, 0.01]))
            for fixed in (None, 0, 1, 4):
                if fixed is None:
                    one = model.simulate_static(times, ranks, workers)
                else:
                    one = model.simulate_dynamic(times, ranks, workers, fixed, costs)
                other = shared.simulate(
                    times, workers, [0] * ranks, fixed, costs, 0.5, [ranks * workers]
                )
                with self.subTest(trial=trial, fixed=fixed):
                    self.assertAlmostEqual(one.seconds, other.seconds)
                    self.assertEqual(other.tasks, len(times))
                    self.assertEqual(one.requests, other.requests)

    def test_shared_cpus(self):
        """Eight workers on two CPUs do the work of two; tasks that wait need none."""

        def seconds(use, cpus, count=100):
            places = [rank % len(cpus) for rank in range(8)]
            return shared.simulate([1.0] * count, 1, places, 1, FREE, use, cpus).seconds

        self.assertAlmostEqual(seconds(1.0, [2]), 50)
        self.assertAlmostEqual(seconds(1.0, [1, 1], count=96), 48)
        self.assertAlmostEqual(seconds(1.0, [8]), 13)
        self.assertAlmostEqual(seconds(0.0, [2]), 13)
        # Half of the time on the CPU: 4 that share one need 0.5 + 0.5 * 2 of their time.
        four = shared.simulate([1.0] * 4, 1, [0] * 4, 1, FREE, 0.5, [1]).seconds
        self.assertAlmostEqual(four, 1.5)


if __name__ == "__main__":
    unittest.main()
