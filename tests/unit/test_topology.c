/*
 * Where workers go, on machines that hwloc makes up: what it says of them is as for real ones, only
 * that nobody can be bound there. Binding itself is tested with passes (test_pass_threads.c).
 */
#include <omp.h>
#include <sched.h>
#include <stdlib.h>

#include "topology.h"
#include "unit.h"

struct machine {
    const char *text; /* as HWLOC_SYNTHETIC has it */
    unsigned cpus, cores;
};

static const struct machine machines[] = {
    {"pack:1 core:1 pu:1", 1, 1},
    {"pack:1 core:2 pu:1", 2, 2},
    {"pack:1 core:1 pu:2", 2, 1},
    {"pack:1 core:7 pu:1", 7, 7},
    {"pack:2 core:4 pu:2", 16, 8},
    {"pack:2 core:3 pu:1", 6, 6},
    {"pack:3 l3:2 core:2 pu:2", 24, 12},
    {"pack:2 numa:2 core:8 pu:2", 64, 32},
    {"pack:2 core:2 pu:2(indexes=0,4,2,6,1,5,3,7)", 8, 4},
};

static const unsigned inner_counts[] = {1, 2, 3, 4, 8, 100};

static void make_up(const struct machine *machine)
{
    struct ppt_topology topology;

    assert_int_equal(setenv("HWLOC_SYNTHETIC", machine->text, 1), 0);
    /* Without this nothing below would be tested but the machine that the test runs on. */
    ppt_topology_read(&topology);
    assert_int_equal(topology.cpus, machine->cpus);
    assert_int_equal(topology.cores, machine->cores);
}

/* All numbers of workers of small machines, and some of large ones; odd and even. */
static unsigned step_of(const struct machine *machine)
{
    return machine->cpus > 16 ? machine->cpus / 24 * 2 + 1 : 1;
}

static unsigned size_of(hwloc_const_cpuset_t set)
{
    const int weight = hwloc_bitmap_weight(set);

    assert_true(weight >= 0);
    return (unsigned)weight;
}

static struct ppt_binding bind_workers(enum ppt_placement placement, unsigned workers,
                                       unsigned inner)
{
    struct ppt_binding binding;
    struct ppt_error error = {""};

    assert_int_equal(ppt_binding_create(placement, (struct ppt_point){workers, inner, 0, 0, 0, 0},
                                        (struct ppt_peers){0, 1}, &binding, &error),
                     PPT_OK);
    assert_int_equal(binding.workers, workers);
    return binding;
}

/* What holds for any placement: nobody without a CPU, and only CPUs that there are. */
static void check_sets(const struct ppt_binding *binding)
{
    hwloc_const_cpuset_t all = hwloc_topology_get_topology_cpuset(binding->topology);

    assert_non_null(binding->sets);
    for (unsigned i = 0; i < binding->workers; i++) {
        assert_true(size_of(binding->sets[i]) >= 1);
        assert_true(hwloc_bitmap_isincluded(binding->sets[i], all));
    }
}

static bool overlap(const struct ppt_binding *binding, unsigned one, unsigned other)
{
    return hwloc_bitmap_intersects(binding->sets[one], binding->sets[other]) != 0;
}

static void check_disjoint(const struct ppt_binding *binding)
{
    for (unsigned i = 0; i < binding->workers; i++) {
        for (unsigned k = 0; k < i; k++) {
            assert_false(overlap(binding, i, k));
        }
    }
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Worker i has the CPUs from i * inner on, in the order of the topology, going round. */
static void check_neighbours(const struct ppt_binding *binding, unsigned inner, unsigned cpus)
{
    for (unsigned i = 0; i < binding->workers; i++) {
        const unsigned wanted = smaller(inner, cpus);

        assert_int_equal(size_of(binding->sets[i]), wanted);
        for (unsigned t = 0; t < wanted; t++) {
            const hwloc_obj_t cpu =
                hwloc_get_obj_by_type(binding->topology, HWLOC_OBJ_PU, (i * inner + t) % cpus);

            assert_true(hwloc_bitmap_isset(binding->sets[i], cpu->os_index));
        }
    }
}

static void close_workers_are_neighbours(void **state)
{
    (void)state;
    for (size_t m = 0; m < COUNT(machines); m++) {
        make_up(&machines[m]);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            for (unsigned workers = 1; workers <= 2 * machines[m].cpus + 1;
                 workers += step_of(&machines[m])) {
                struct ppt_binding binding =
                    bind_workers(PPT_PLACEMENT_CLOSE, workers, inner_counts[k]);

                check_sets(&binding);
                check_neighbours(&binding, inner_counts[k], machines[m].cpus);
                if (workers * inner_counts[k] <= machines[m].cpus) {
                    check_disjoint(&binding);
                }
                ppt_binding_free(&binding);
            }
        }
    }
}

/* Each worker has as many CPUs as its tasks use threads, of its own; where there are not so many,
 * workers share the whole machine. */
static void spread_workers_have_shares(void **state)
{
    (void)state;
    for (size_t m = 0; m < COUNT(machines); m++) {
        make_up(&machines[m]);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            for (unsigned workers = 1; workers <= machines[m].cpus;
                 workers += step_of(&machines[m])) {
                struct ppt_binding binding =
                    bind_workers(PPT_PLACEMENT_SPREAD, workers, inner_counts[k]);
                const bool enough = workers * inner_counts[k] <= machines[m].cpus;
                unsigned sum = 0;

                check_sets(&binding);
                check_disjoint(&binding);
                for (unsigned i = 0; i < workers; i++) {
                    sum += size_of(binding.sets[i]);
                    if (enough) {
                        assert_int_equal(size_of(binding.sets[i]), inner_counts[k]);
                    }
                }
                assert_int_equal(sum, enough ? workers * inner_counts[k] : machines[m].cpus);
                ppt_binding_free(&binding);
            }
        }
    }
}

/* More of them than CPUs go round, none without one, and none with more than others. */
static void too_many_spread_workers_go_round(void **state)
{
    (void)state;
    for (size_t m = 0; m < COUNT(machines); m++) {
        make_up(&machines[m]);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            const unsigned workers = machines[m].cpus + 1 + (unsigned)k;
            struct ppt_binding binding =
                bind_workers(PPT_PLACEMENT_SPREAD, workers, inner_counts[k]);

            check_sets(&binding);
            check_neighbours(&binding, inner_counts[k], machines[m].cpus);
            ppt_binding_free(&binding);
        }
    }
}

static unsigned package_of(const struct ppt_binding *binding, unsigned worker)
{
    const int packages = hwloc_get_nbobjs_by_type(binding->topology, HWLOC_OBJ_PACKAGE);

    for (int i = 0; i < packages; i++) {
        const hwloc_obj_t package =
            hwloc_get_obj_by_type(binding->topology, HWLOC_OBJ_PACKAGE, (unsigned)i);

        if (hwloc_bitmap_isincluded(binding->sets[worker], package->cpuset)) {
            return (unsigned)i;
        }
    }
    fail_msg("worker %u is on several packages", worker);
    return 0;
}

/* Of two packages with four cores of two threads: what each placement is for. */
static void close_is_near_and_spread_is_far(void **state)
{
    (void)state;
    make_up(&machines[4]);
    for (unsigned inner = 1; inner <= 4; inner++) {
        struct ppt_binding near = bind_workers(PPT_PLACEMENT_CLOSE, 2, inner);
        struct ppt_binding far = bind_workers(PPT_PLACEMENT_SPREAD, 2, inner);

        assert_int_equal(package_of(&near, 0), 0);
        assert_int_equal(package_of(&near, 1), 0);
        assert_int_equal(package_of(&far, 0), 0);
        assert_int_equal(package_of(&far, 1), 1);
        ppt_binding_free(&near);
        ppt_binding_free(&far);
    }
    /* Eight workers: one on each core, before any core has two. */
    struct ppt_binding eight = bind_workers(PPT_PLACEMENT_SPREAD, 8, 1);
    for (unsigned i = 0; i < 8; i++) {
        hwloc_obj_t core = hwloc_get_next_obj_covering_cpuset_by_type(eight.topology, eight.sets[i],
                                                                      HWLOC_OBJ_CORE, NULL);

        assert_non_null(core);
        for (unsigned k = 0; k < 8; k++) {
            assert_true((k == i) == (hwloc_bitmap_intersects(eight.sets[k], core->cpuset) != 0));
        }
    }
    ppt_binding_free(&eight);
}

/* Numbers that a configuration may have, on a machine that they do not fit. */
static void the_most_workers_and_threads(void **state)
{
    (void)state;
    make_up(&machines[3]);
    for (int placement = PPT_PLACEMENT_CLOSE; placement <= PPT_PLACEMENT_SPREAD; placement++) {
        struct ppt_binding binding =
            bind_workers((enum ppt_placement)placement, PPT_MOST_WORKERS, PPT_MOST_WORKERS);

        check_sets(&binding);
        assert_int_equal(size_of(binding.sets[PPT_MOST_WORKERS - 1]), machines[3].cpus);
        ppt_binding_free(&binding);
    }
}

static void nobody_is_bound_without_placement_or_workers(void **state)
{
    struct ppt_binding binding;

    (void)state;
    make_up(&machines[4]);
    binding = bind_workers(PPT_PLACEMENT_NONE, 3, 2);
    assert_null(binding.sets);
    assert_int_equal(ppt_binding_apply(&binding, 2), 0);
    ppt_binding_restore(&binding);
    ppt_binding_free(&binding);
    binding = bind_workers(PPT_PLACEMENT_CLOSE, 0, 2); /* sequential calls */
    assert_null(binding.sets);
    ppt_binding_free(&binding);
    ppt_binding_free(&binding);
}

/* On the real machine: workers with one CPU each, and threads that they start there. */
static void inner_threads_share_their_workers_cpus(void **state)
{
    cpu_set_t before, after;
    unsigned wrong = 0, threads = 0;

    (void)state;
    unsetenv("HWLOC_SYNTHETIC");
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    const unsigned workers = (unsigned)CPU_COUNT(&before) < 4 ? (unsigned)CPU_COUNT(&before) : 4;
    struct ppt_binding binding = bind_workers(PPT_PLACEMENT_CLOSE, workers, 1);
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads((int)workers) default(none) shared(binding, wrong, threads)
    {
        const unsigned worker = (unsigned)omp_get_thread_num();
        const int cpu = hwloc_bitmap_first(binding.sets[worker]);
        const int problem = ppt_binding_apply(&binding, worker);

#pragma omp parallel num_threads(3) default(none) firstprivate(cpu, problem) shared(wrong, threads)
        {
            cpu_set_t mine;

            CPU_ZERO(&mine);
            const bool right = problem == 0 && sched_getaffinity(0, sizeof(mine), &mine) == 0 &&
                               CPU_COUNT(&mine) == 1 && CPU_ISSET((size_t)cpu, &mine);
            __atomic_fetch_add(&wrong, !right, __ATOMIC_RELAXED);
            __atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED);
        }
    }
    ppt_binding_restore(&binding);
    ppt_binding_free(&binding);
    assert_int_equal(threads, 3 * workers);
    assert_int_equal(wrong, 0);
    assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
    assert_true(CPU_EQUAL(&before, &after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_workers_are_neighbours),
        cmocka_unit_test(spread_workers_have_shares),
        cmocka_unit_test(too_many_spread_workers_go_round),
        cmocka_unit_test(close_is_near_and_spread_is_far),
        cmocka_unit_test(the_most_workers_and_threads),
        cmocka_unit_test(nobody_is_bound_without_placement_or_workers),
        cmocka_unit_test(inner_threads_share_their_workers_cpus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
