/*
 * The counter as a clock: what it makes of two moments, when it is believed, and a pass during
 * which it and the clock part.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "counter.h"
#include "passed.h"

/* How much later CLOCK_MONOTONIC is here than the system's. */
static int64_t later_ns;

/* In the place of the C library's. */
int clock_gettime(clockid_t clock, struct timespec *time)
{
    const int result = (int)syscall(SYS_clock_gettime, clock, time);

    if (clock == CLOCK_MONOTONIC) {
        const int64_t ns = time->tv_nsec + later_ns;

        time->tv_sec += ns / 1000000000;
        time->tv_nsec = ns % 1000000000;
    }
    return result;
}

static struct ppt_counter_moment moment(int64_t count, int64_t ns)
{
    return (struct ppt_counter_moment){count, ns};
}

static void rate_is_between_moments(void **state)
{
    const int64_t one = INT64_C(1) << 32;

    (void)state;
    assert_int_equal(ppt_counter_scale(moment(100, 7), moment(1100, 1007)), one);
    assert_int_equal(ppt_counter_scale(moment(0, 0), moment(4000000000, 1000000000)), one / 4);
    /* Half a year at 3 GHz. */
    assert_int_equal(ppt_counter_scale(moment(0, 0), moment(45000000000000000, 15000000000000000)),
                     one / 3);
    assert_int_equal(ppt_counter_scale(moment(5, 0), moment(5, 1000)), 0);
    assert_int_equal(ppt_counter_scale(moment(5, 0), moment(4, 1000)), 0);
    assert_int_equal(ppt_counter_scale(moment(5, 9), moment(900, 9)), 0);
    assert_int_equal(ppt_counter_scale(moment(0, 0), moment(1, 1000000000)), 0);
}

static void agrees_within_what_clocks_do(void **state)
{
    const struct ppt_counter counter = {true, 1000, 50, INT64_C(1) << 32};
    const struct {
        int64_t count, ns;
        bool agrees;
    } cases[] = {
        {1000, 50, true},
        {1001000, 1000050, true},
        {1001000, 1003000, true}, /* interrupted between two readings */
        {1001000, 1010050, false},
        {1000001000, 1000500050, true}, /* slewed as much as it may be */
        {1000001000, 1002000050, false},
        {1001000, 2000050, false}, /* a counter half as fast as it was */
        {500, 1000000, false},     /* set back */
        {1001000, 20, false},      /* the clock was */
        {INT64_MAX / 2, 60, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (ppt_counter_agrees(&counter, moment(cases[i].count, cases[i].ns)) != cases[i].agrees) {
            fail_msg("case %zu: %s", i, cases[i].agrees ? "not believed" : "believed");
        }
    }
}

static void needs_a_counter(void)
{
    if (!ppt_counter_start().used) {
        skip();
    }
}

static void tells_the_time_of_the_clock(void **state)
{
    int64_t nearest = INT64_MAX;

    (void)state;
    needs_a_counter();
    const struct ppt_counter counter = ppt_counter_start();

    /* As near as they are when nobody comes between. */
    for (int i = 0; i < 1000; i++) {
        const int64_t before = ppt_clock_ns(), ns = ppt_counter_ns(&counter);
        const int64_t after = ppt_clock_ns(), apart = ns < before ? before - ns : ns - after;

        nearest = apart < nearest ? apart : nearest;
    }
    assert_true(nearest < 2000);
    assert_true(ppt_counter_held(&counter));
    assert_string_equal(ppt_counter_name(), "time-stamp counter");
}

/* ---- a pass ---- */

static int runs;

/* As if the machine had gone to another one, with another counter. */
static enum ppt_status run_and_move(void *local, const struct ppt_task *task, uint64_t *digest,
                                    struct ppt_error *error)
{
    if (runs++ == 5) {
        later_ns += 10000000000;
    }
    return ppt_mock_steady.run(local, task, digest, error);
}

static void pass_is_timed_again(void **state)
{
    struct ppt_kernel moving = ppt_mock_steady;
    struct passed b;

    (void)state;
    needs_a_counter();
    moving.run = run_and_move;
    passed_prepare(&b, &moving, 10, 20);
    passed_start(&b);
    struct ppt_sample sample = passed_well(&b, 0);

    assert_int_equal(runs, 40);
    assert_int_equal(sample.task_count, 20);
    passed_check(&sample, 0, 20);
    assert_true(sample.total_ns < 10000000000);
    assert_string_equal(ppt_counter_name(), "CLOCK_MONOTONIC");
    assert_false(ppt_counter_start().used);
    ppt_sample_free(&sample);
    passed_stop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_is_between_moments), cmocka_unit_test(agrees_within_what_clocks_do),
        cmocka_unit_test(tells_the_time_of_the_clock),
        cmocka_unit_test(pass_is_timed_again), /* the last: the counter is not used any more */
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
