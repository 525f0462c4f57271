/*
 * The parts of a pass: what is start-up of workers, and what plain calls would pay as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sample.h"

#define WALL 1000

/* A pass of two workers, each: ready, done, attach, detach. */
static struct ppt_sample divided(unsigned workers, size_t count, const int64_t times[][4])
{
    static struct ppt_worker_sample all[2];
    struct ppt_sample sample = {.point = {workers, 1, 0}, .workers = all, .worker_count = count};

    for (size_t i = 0; i < count; i++) {
        all[i] = (struct ppt_worker_sample){.start_ns = times[i][0],
                                            .end_ns = times[i][1],
                                            .attach_ns = times[i][2],
                                            .detach_ns = times[i][3]};
    }
    ppt_sample_divide(&sample, WALL);
    return sample;
}

static void check(const struct ppt_sample *s, int64_t init, int64_t work, int64_t cleanup,
                  int64_t scratch)
{
    assert_int_equal(s->init_ns, init);
    assert_int_equal(s->work_ns, work);
    assert_int_equal(s->cleanup_ns, cleanup);
    assert_int_equal(s->total_ns, init + work + cleanup);
    assert_int_equal(s->scratch_ns, scratch);
    assert_int_equal(ppt_sample_wall_ns(s), WALL);
}

/* All but the work, what lies around attach and detach included. */
static void plain_calls_start_nothing(void **state)
{
    const struct ppt_sample s = divided(0, 1, (const int64_t[][4]){{120, 900, 110, 80}});

    (void)state;
    check(&s, 0, 780, 0, 220);
}

/* Of two, who take 50 and 90 to attach, 40 and 10 to detach, what the quickest take is no price of
 * there being two. */
static void workers_pay_for_more_than_one(void **state)
{
    const struct ppt_sample s =
        divided(2, 2, (const int64_t[][4]){{150, 880, 50, 40}, {160, 900, 90, 10}});

    (void)state;
    check(&s, 100, 750, 90, 60);
}

/* "memory": "fresh" has its scratch in the tasks. */
static void fresh_memory_is_work(void **state)
{
    const struct ppt_sample s = divided(1, 1, (const int64_t[][4]){{150, 880, 0, 0}});

    (void)state;
    check(&s, 150, 730, 120, 0);
}

/* Another host's clock puts its worker nearer to the start or the end than can be. */
static void no_part_is_negative(void **state)
{
    const struct ppt_sample s =
        divided(2, 2, (const int64_t[][4]){{30, 990, 50, 40}, {160, 900, 90, 20}});

    (void)state;
    check(&s, 0, 960, 0, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_calls_start_nothing),
        cmocka_unit_test(workers_pay_for_more_than_one),
        cmocka_unit_test(fresh_memory_is_work),
        cmocka_unit_test(no_part_is_negative),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
