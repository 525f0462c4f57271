/*
 * The parts of a pass: what is start-up of workers, and what plain calls would pay as well.
 */

#include "sample.h"
#include "unit.h"

#define WALL 1000

/* A pass whose workers were ready and done then, where scratch takes one thread as long. */
static struct ppt_sample divided(unsigned workers, size_t count, const int64_t times[][2],
                                 int64_t attach_ns, int64_t detach_ns)
{
    static struct ppt_worker_sample all[2];
    struct ppt_sample sample = {.point = {workers, 1, 0}, .workers = all, .worker_count = count};

    for (size_t i = 0; i < count; i++) {
        all[i] = (struct ppt_worker_sample){.start_ns = times[i][0], .end_ns = times[i][1]};
    }
    ppt_sample_divide(&sample, WALL, (struct ppt_price){attach_ns, detach_ns});
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

/* All but the work, whatever scratch takes elsewhere. */
static void plain_calls_start_nothing(void **state)
{
    const struct ppt_sample s = divided(0, 1, (const int64_t[][2]){{120, 900}}, 50, 10);

    (void)state;
    check(&s, 0, 780, 0, 220);
}

static void workers_pay_for_more_than_one(void **state)
{
    const struct ppt_sample s = divided(2, 2, (const int64_t[][2]){{160, 880}, {150, 900}}, 50, 10);

    (void)state;
    check(&s, 100, 750, 90, 60);
}

/* "memory": "fresh" has its scratch in the tasks. */
static void fresh_memory_is_work(void **state)
{
    const struct ppt_sample s = divided(1, 1, (const int64_t[][2]){{150, 880}}, 0, 0);

    (void)state;
    check(&s, 150, 730, 120, 0);
}

/* Once scratch took longer alone than it did here. */
static void no_part_is_negative(void **state)
{
    const struct ppt_sample s = divided(2, 2, (const int64_t[][2]){{30, 990}, {160, 900}}, 50, 40);

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
