/*
 * The tasks at hand of a rank: every task goes to one worker once, whatever is added, cut off and
 * taken meanwhile; and nobody waits for what will not come.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"
#include "queue.h"
#include "unit.h"

#define WORKERS 4
#define TASKS 20000

/* One worker that takes all it can get, and counts. */
struct crew {
    struct ppt_queue *queue;
    atomic_uchar *taken;
    atomic_uint last; /* numbers of workers are given out by it */
    atomic_llong waited_ns;
};

static void *work(void *argument)
{
    struct crew *crew = argument;
    const unsigned worker = atomic_fetch_add(&crew->last, 1);
    int64_t waited_ns = 0;
    uint64_t index;

    ppt_queue_arrive(crew->queue, true);
    while (ppt_queue_take(crew->queue, worker, &index, &waited_ns)) {
        atomic_fetch_add(&crew->taken[index], 1);
    }
    ppt_queue_leave(crew->queue);
    ppt_queue_part(crew->queue);
    atomic_fetch_add(&crew->waited_ns, waited_ns);
    return NULL;
}

static void start(struct crew *crew, bool batches, pthread_t threads[WORKERS])
{
    *crew = (struct crew){.queue = ppt_queue_create(WORKERS, batches ? WORKERS : 0),
                          .taken = calloc(TASKS, sizeof(*crew->taken))};
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, work, crew), 0);
    }
}

static void join(struct crew *crew, pthread_t threads[WORKERS])
{
    for (unsigned i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(ppt_queue_look(crew->queue).working, 0);
    assert_int_equal(ppt_queue_look(crew->queue).there, 0);
    assert_int_equal(ppt_queue_look(crew->queue).arrived, WORKERS);
}

static void finish(struct crew *crew, uint64_t first, uint64_t count)
{
    for (uint64_t i = 0; i < TASKS; i++) {
        assert_int_equal(crew->taken[i], i >= first && i < first + count);
    }
    ppt_queue_destroy(crew->queue);
    free(crew->taken);
}

/* Ranges come while workers take; some of them are cut off again and come back. */
static void every_task_is_taken_once(void **state)
{
    (void)state;
    for (int batches = 0; batches < 2; batches++) {
        pthread_t threads[WORKERS];
        struct crew crew;
        uint64_t given = 0;

        start(&crew, batches, threads);
        for (uint64_t size = 1; given < TASKS; size = size * 7 % 501 + 1) {
            const uint64_t count = TASKS - given < size ? TASKS - given : size;

            ppt_queue_add(crew.queue, (struct ppt_range){given, count});
            given += count;
            ppt_queue_add(crew.queue, ppt_queue_cut(crew.queue, size / 3));
        }
        ppt_queue_close(crew.queue, false);
        join(&crew, threads);
        finish(&crew, 0, TASKS);
    }
}

static void many_ranges_at_a_time(void **state)
{
    struct ppt_queue *queue = ppt_queue_create(1, 0);
    int64_t waited_ns = 0;
    uint64_t index, next = 0;

    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        ppt_queue_add(queue, (struct ppt_range){10 * i, 10});
    }
    ppt_queue_close(queue, false);
    ppt_queue_add(queue, (struct ppt_range){5000, 1}); /* too late */
    while (ppt_queue_take(queue, 0, &index, &waited_ns)) {
        assert_int_equal(index, next++);
    }
    assert_int_equal(next, 1000);
    assert_int_equal(waited_ns, 0);
    ppt_queue_destroy(queue);
}

static void waiting_is_counted_and_ends(void **state)
{
    pthread_t threads[WORKERS];
    struct ppt_queue_state seen;
    struct crew crew;

    (void)state;
    start(&crew, false, threads);
    do {
        ppt_clock_sleep(0.001, NULL);
        seen = ppt_queue_look(crew.queue);
    } while (seen.waiting < WORKERS);
    ppt_clock_sleep(0.02, NULL);
    ppt_queue_close(crew.queue, false);
    join(&crew, threads);
    assert_true(crew.waited_ns >= WORKERS * 20000000LL);
    finish(&crew, 0, 0);
}

static void closing_may_throw_away(void **state)
{
    struct ppt_queue *queue = ppt_queue_create(1, 0);
    int64_t waited_ns = 0;
    uint64_t index;

    (void)state;
    ppt_queue_add(queue, (struct ppt_range){0, 10});
    ppt_queue_close(queue, true);
    assert_false(ppt_queue_take(queue, 0, &index, &waited_ns));
    assert_int_equal(ppt_queue_cut(queue, 5).count, 0);
    ppt_queue_destroy(queue);
}

/* Far longer than a test would take. */
#define FOREVER_NS INT64_C(600000000000)

/* What has changed since it was seen keeps nobody asleep, nor do few tasks. */
static void naps_end_early(void **state)
{
    struct ppt_queue *queue = ppt_queue_create(1, 0);
    struct ppt_queue_state seen = ppt_queue_look(queue);

    (void)state;
    ppt_queue_nap(queue, &seen, 1, FOREVER_NS); /* 0 tasks are fewer than 1 */
    ppt_queue_arrive(queue, false);
    ppt_queue_nap(queue, &seen, 0, FOREVER_NS);
    seen = ppt_queue_look(queue);
    assert_false(seen.well);
    assert_int_equal(seen.arrived, 1);
    ppt_queue_leave(queue);
    ppt_queue_nap(queue, &seen, 0, FOREVER_NS);
    seen = ppt_queue_look(queue);
    const int64_t before = ppt_clock_ns();
    ppt_queue_nap(queue, &seen, 0, 3000000);
    assert_true(ppt_clock_ns() - before >= 3000000);
    ppt_queue_destroy(queue);
}

static void blocks_cover_all_tasks(void **state)
{
    (void)state;
    for (unsigned ranks = 1; ranks < 12; ranks++) {
        for (uint64_t tasks = 0; tasks < 40; tasks++) {
            uint64_t next = 0;

            for (unsigned r = 0; r < ranks; r++) {
                const struct ppt_range block = ppt_queue_block(tasks, ranks, r);

                assert_int_equal(block.first, next);
                assert_true(block.count == tasks / ranks || block.count == tasks / ranks + 1);
                next += block.count;
            }
            assert_int_equal(next, tasks);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_is_taken_once),
        cmocka_unit_test(many_ranges_at_a_time),
        cmocka_unit_test(waiting_is_counted_and_ends),
        cmocka_unit_test(closing_may_throw_away),
        cmocka_unit_test(naps_end_early),
        cmocka_unit_test(blocks_cover_all_tasks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
