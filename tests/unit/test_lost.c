/*
 * What others took of a pass: the two shares, by hand, when they are unknown, and what they are
 * made of as the system tells it.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include <math.h>

#include "lost.h"
#include "noise.h"
#include "place.h"
#include "queued.h"
#include "unit.h"

#define MS INT64_C(1000000)

/* Wall time, own, busy and queued in milliseconds. */
static struct ppt_lost lost_of(int64_t wall, int64_t own, int64_t busy, int64_t queued,
                               int64_t cpus, unsigned threads)
{
    const struct ppt_meanwhile meanwhile = {
        .wall_ns = wall * MS,
        .own_ns = own * MS,
        .busy_ns = busy < 0 ? -1 : busy * MS,
        .queued_ns = queued < 0 ? -1 : queued * MS,
        .cpus = cpus,
        .threads = threads,
    };

    return ppt_lost_of(&meanwhile);
}

static bool near(double a, double b)
{
    return isnan(a) ? isnan(b) : fabs(a - b) < 1e-12;
}

static void shares_by_hand(void **state)
{
    static const struct {
        int64_t wall, own, busy, queued, cpus;
        unsigned threads;
        double share, others;
        bool much;
    } cases[] = {
        {1000, 1000, 1000, 0, 2, 1, 0, 0, false},      /* alone */
        {1000, 500, 1500, 500, 2, 1, 0.5, 0.5, true},  /* one thread that shares its CPU */
        {1000, 1800, 1800, 2000, 2, 4, NAN, 0, false}, /* four on two CPUs: by themselves, or not */
        {1000, 1000, 2000, 3000, 2, 4, NAN, 0.5, true},  /* the same beside others */
        {1000, 1900, 2000, 40, 2, 2, 0.02, 0.05, false}, /* below both limits */
        {1000, 1880, 1880, 120, 2, 2, 0.06, 0, true},    /* queued for each other */
        {1000, 0, 1000, 0, 2, 1, 0, 0.5, true},          /* waiting tasks beside others */
        {1000, 2100, 2000, 50, 2, 2, 0, 0, false},       /* ticks that lag behind */
        {1000, 1000, 1200, 0, 8, 1, 0, 0.025, false},    /* others who hardly count */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ppt_lost lost = lost_of(cases[i].wall, cases[i].own, cases[i].busy,
                                             cases[i].queued, cases[i].cpus, cases[i].threads);

        assert_true(near(lost.queued, cases[i].share));
        assert_true(near(lost.others, cases[i].others));
        assert_int_equal(ppt_lost_much(&lost), cases[i].much);
    }
}

static void unknown_is_not_0(void **state)
{
    struct ppt_lost lost = lost_of(1000, 1000, -1, 500, 2, 2);

    (void)state;
    assert_true(isnan(lost.others) && near(lost.queued, 0.25) && ppt_lost_much(&lost));
    lost = lost_of(1000, 1000, 2000, -1, 2, 2);
    assert_true(near(lost.others, 0.5) && isnan(lost.queued) && ppt_lost_much(&lost));
    lost = lost_of(1000, 1000, 2000, 500, 0, 2);
    assert_true(isnan(lost.others) && isnan(lost.queued) && !ppt_lost_much(&lost));
    /* Too short: for ticks of 10 ms, then for queues, which are longer where threads are started.
     */
    lost = lost_of(199, 100, 300, 99, 2, 2);
    assert_true(isnan(lost.others) && lost.queued > 0.2);
    lost = lost_of(200, 100, 300, 99, 2, 2);
    assert_true(near(lost.others, 0.5));
    assert_true(isnan(lost_of(19, 10, 20, 9, 2, 1).queued));
    assert_true(lost_of(20, 10, 20, 9, 2, 1).queued >= 0);
    assert_true(isnan(lost_of(99, 10, 20, 90, 2, 2).queued));
    assert_true(lost_of(100, 10, 20, 90, 2, 2).queued >= 0);
}

/* A quota does so on an idle machine, too. */
static void stops_by_a_quota_are_told_apart(void **state)
{
    struct ppt_meanwhile meanwhile = {.wall_ns = 1000 * MS,
                                      .own_ns = 500 * MS,
                                      .busy_ns = 500 * MS,
                                      .queued_ns = 500 * MS,
                                      .throttled_ns = 450 * MS,
                                      .cpus = 2,
                                      .threads = 1};

    (void)state;
    assert_true(near(ppt_lost_of(&meanwhile).queued, 0.05));
    meanwhile.throttled_ns = -1;
    assert_true(near(ppt_lost_of(&meanwhile).queued, 0.5));
}

/* ---- the system ---- */

static void write_file(const char *text)
{
    FILE *file = fopen("schedstat", "we");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void reads_what_a_thread_was_queued_for(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        {"12 345 6\n", 345}, {"0 0 0\n", 0}, {"12\n", -1}, {"", -1},
        {"x 1 1\n", -1},     {"1 -2 3", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_file(cases[i].text);
        assert_int_equal(ppt_queued_ns("schedstat"), cases[i].ns);
    }
    remove("schedstat");
    assert_int_equal(ppt_queued_ns("schedstat"), -1);
    assert_int_equal(ppt_queued_of_ns(INT32_MAX), -1);
    assert_int_equal(ppt_queued_sum_ns(1, 2), 3);
    assert_int_equal(ppt_queued_sum_ns(-1, 2), -1);
    assert_int_equal(ppt_queued_sum_ns(1, -1), -1);
    /* Where there is one for a thread there are others, too. */
    assert_int_equal(ppt_queued_ns(PPT_QUEUED_THREAD) < 0, ppt_noise_queued_ns() < 0);
}

static double own_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Whatever others do: what this process uses is among what anybody uses, and that is among what
 * there is; ticks of each CPU aside. */
static void own_time_is_busy_time(void **state)
{
    const double from = own_s();
    struct ppt_noise before, after;
    struct ppt_cpu_set set;
    struct timespec start, now;

    (void)state;
    ppt_cpu_set_read(&set);
    ppt_noise_read(&set, &before);
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (own_s() - from < 0.5);
    ppt_noise_read(&set, &after);
    if (before.busy_ns < 0) {
        return; /* no /proc/stat here */
    }
    const struct ppt_noise between = ppt_noise_between(&before, &after);
    const double cpus = (double)ppt_noise_cpus();
    const double wall =
        (double)(now.tv_sec - start.tv_sec) + 1e-9 * (double)(now.tv_nsec - start.tv_nsec);
    const double busy = 1e-9 * (double)between.busy_ns, slack = 0.02 + 0.02 * cpus;

    assert_true(busy > 0.5 - slack);
    assert_true(busy < cpus * wall + 0.1 * wall + slack);
    assert_int_equal(between.queued_ns, 0); /* a pass's own */

    /* Of no CPUs nothing is known. */
    set.bits = 0;
    ppt_noise_read(&set, &after);
    assert_int_equal(after.busy_ns, -1);
    assert_int_equal(ppt_noise_between(&before, &after).busy_ns, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_by_hand),
        cmocka_unit_test(unknown_is_not_0),
        cmocka_unit_test(stops_by_a_quota_are_told_apart),
        cmocka_unit_test_setup_teardown(reads_what_a_thread_was_queued_for, place_enter,
                                        place_leave),
        cmocka_unit_test(own_time_is_busy_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
