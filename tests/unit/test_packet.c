/*
 * What ranks measured of a pass: on its way to rank 0, and as one sample. Clocks of ranks may be
 * far apart.
 */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "packet.h"
#include "unit.h"

#define RANKS 3
#define WORKERS 2

/* A part whose rank's clock is so much ahead of rank 0's; all of it begins at 1000 by rank 0's. */
static struct ppt_part part_of(unsigned rank, int64_t offset_ns)
{
    const int64_t begin = 1000 + offset_ns;
    struct ppt_part part = {
        .rank = {.begin_ns = begin + 10, .end_ns = begin + 900, .mpi_ns = 7 + rank, .requests = 4},
        .sample = {.point = {WORKERS, 1, 0},
                   .started_ns = begin,
                   .total_ns = 1000,
                   .digest = 100 + rank,
                   .peak_bytes = 4096,
                   .io_blocks = 8,
                   .counts = {.instructions = 1000, .energy_uj = 50, .counted_ns = 300},
                   .usage = {.user_ns = 11, .minor_faults = 3},
                   .noise = {.steal_ns = 5,
                             .pressure_ns = -1,
                             .throttled_ns = 2,
                             .stopped = 1,
                             .cpus = 4},
                   .workers = ppt_alloc(WORKERS, sizeof(struct ppt_worker_sample)),
                   .worker_count = WORKERS},
    };

    for (unsigned w = 0; w < WORKERS; w++) {
        part.sample.workers[w] = (struct ppt_worker_sample){
            .tasks = 10 * rank + w,
            .busy_ns = 50,
            .start_ns = 100 + 10 * (int64_t)rank + w,
            .end_ns = 700 + 10 * (int64_t)rank + w,
            .waited_ns = rank,
            .cpu = (int)w,
            .bound = w == 0 ? ppt_strdup("0-3") : NULL,
        };
    }
    return part;
}

static struct ppt_stopwatches *recorder_with(unsigned workers, uint64_t tasks)
{
    struct ppt_stopwatches *watches = ppt_stopwatches_create();

    ppt_stopwatches_prepare(watches, workers, tasks);
    return watches;
}

/* There and back, with exact times and with histograms. */
static void packets_arrive_whole(void **state)
{
    (void)state;
    for (uint64_t tasks = 10; tasks <= PPT_MOST_TASK_TIMES + 10; tasks += PPT_MOST_TASK_TIMES) {
        struct ppt_stopwatches *there = recorder_with(WORKERS, tasks),
                               *here = recorder_with(3, tasks);
        struct ppt_part sent = part_of(1, 5), got;
        struct ppt_sample sample = {0};
        size_t bytes;

        for (uint64_t i = 0; i < tasks; i++) {
            /* The last task is rank 0's own. */
            struct ppt_stopwatch *watch = i + 1 < tasks ? ppt_stopwatches_of(there, i % WORKERS)
                                                        : ppt_stopwatches_of(here, 0);

            ppt_stopwatch_add(watch, i, 100 + (int64_t)i % 7);
        }
        void *packet = ppt_packet_pack(&sent, there, &bytes);
        assert_true(ppt_packet_unpack(packet, bytes, &got, here, 2));
        assert_int_equal(got.status, PPT_OK);
        assert_int_equal(got.sample.worker_count, WORKERS);
        assert_string_equal(got.sample.workers[0].bound, "0-3");
        assert_null(got.sample.workers[1].bound);
        assert_int_equal(got.sample.workers[1].tasks, sent.sample.workers[1].tasks);
        assert_int_equal(got.sample.workers[1].waited_ns, 1);
        assert_int_equal(got.sample.started_ns, sent.sample.started_ns);
        assert_int_equal(got.sample.digest, 101);
        assert_int_equal(got.rank.mpi_ns, 8);
        ppt_stopwatches_summarise(here, &sample);
        int64_t sum = 0;
        for (uint64_t i = 0; i < tasks; i++) {
            sum += 100 + (int64_t)i % 7;
        }
        assert_int_equal(sample.times.sum_ns, sum);
        assert_int_equal(sample.times.smallest_ns, 100);
        assert_int_equal(sample.times.largest_ns, 106);
        if (tasks <= PPT_MOST_TASK_TIMES) {
            for (uint64_t i = 0; i < tasks; i++) {
                assert_int_equal(sample.task_ns[i], 100 + (int64_t)i % 7);
            }
        }
        ppt_sample_free(&sample);
        ppt_sample_free(&got.sample);
        ppt_sample_free(&sent.sample);
        free(packet);
        ppt_stopwatches_destroy(there);
        ppt_stopwatches_destroy(here);
    }
}

static void failures_arrive_too(void **state)
{
    struct ppt_stopwatches *watches = recorder_with(2, 5);
    struct ppt_part sent = {0}, got;
    size_t bytes;

    (void)state;
    sent.status = ppt_fail(&sent.error, PPT_FAILED, "the disk is full");
    void *packet = ppt_packet_pack(&sent, watches, &bytes);
    assert_true(ppt_packet_unpack(packet, bytes, &got, watches, 1));
    assert_int_equal(got.status, PPT_FAILED);
    assert_string_equal(got.error.text, "the disk is full");
    ppt_sample_free(&got.sample);
    free(packet);
    ppt_stopwatches_destroy(watches);
}

static void damaged_packets_are_none(void **state)
{
    struct ppt_stopwatches *watches = recorder_with(WORKERS, 5);
    struct ppt_part sent = part_of(1, 0), got;
    size_t bytes;

    (void)state;
    void *packet = ppt_packet_pack(&sent, watches, &bytes);
    for (size_t length = 0; length < bytes; length += 37) {
        assert_false(ppt_packet_unpack(packet, length, &got, watches, 1));
        ppt_sample_free(&got.sample);
    }
    ppt_sample_free(&sent.sample);
    free(packet);
    ppt_stopwatches_destroy(watches);
}

/* Two hosts; the clock of the second was started long before. */
static void parts_become_one_pass(void **state)
{
    const int64_t offsets[RANKS] = {0, 3, INT64_C(7000000000000000)};
    struct ppt_rank_place places[RANKS] = {
        {.host = (char[]){"a"}}, {.host = (char[]){"a"}}, {.host = (char[]){"b"}}};
    const struct ppt_cluster cluster = {places, RANKS};
    struct ppt_part parts[RANKS];

    (void)state;
    for (unsigned r = 0; r < RANKS; r++) {
        parts[r] = part_of(r, offsets[r]);
        parts[r].rank.offset_ns = offsets[r];
    }
    ppt_parts_combine(parts, RANKS, &cluster, (struct ppt_price){20, 30});
    const struct ppt_sample *whole = &parts[0].sample;
    assert_int_equal(whole->worker_count, (size_t)RANKS * WORKERS);
    assert_int_equal(whole->rank_count, RANKS);
    assert_int_equal(whole->digest, 100 + 101 + 102);
    assert_int_equal(whole->usage.user_ns, 33);
    assert_int_equal(whole->usage.minor_faults, 9);
    assert_int_equal(whole->peak_bytes, 3 * 4096);
    assert_int_equal(whole->io_blocks, 3 * 8);
    /* What a package used is not known of one of several processes. */
    assert_int_equal(whole->counts.instructions, 3 * 1000);
    assert_int_equal(whole->counts.counted_ns, 3 * 300);
    assert_int_equal(whole->counts.energy_uj, 0);
    /* Of each host once; what one does not know nobody does. */
    assert_int_equal(whole->noise.steal_ns, 10);
    assert_int_equal(whole->noise.pressure_ns, -1);
    assert_int_equal(whole->noise.throttled_ns, 4);
    /* Processes are stopped, and have CPUs, one by one. */
    assert_int_equal(whole->noise.stopped, RANKS);
    assert_int_equal(whole->noise.cpus, 4 * RANKS);
    for (unsigned r = 0; r < RANKS; r++) {
        for (unsigned w = 0; w < WORKERS; w++) {
            const struct ppt_worker_sample *worker = &whole->workers[r * WORKERS + w];

            assert_int_equal(worker->tasks, 10 * r + w);
            assert_int_equal(worker->start_ns, 100 + 10 * r + w);
            assert_int_equal(worker->end_ns, 700 + 10 * r + w);
        }
        assert_int_equal(whole->ranks[r].begin_ns, 10);
        assert_int_equal(whole->ranks[r].end_ns, 900);
    }
    assert_int_equal(whole->init_ns, 100 - 20);
    assert_int_equal(whole->work_ns, 721 - 100);
    assert_int_equal(whole->scratch_ns, 20 + 30);
    assert_int_equal(ppt_sample_wall_ns(whole), 1000);
    assert_int_equal(whole->init_ns + whole->work_ns + whole->cleanup_ns, whole->total_ns);
    for (unsigned r = 0; r < RANKS; r++) {
        ppt_sample_free(&parts[r].sample);
    }
}

/* An offset that is wrong by more than the pass is long must not put anything outside of it. */
static void wrong_clocks_stay_inside(void **state)
{
    struct ppt_rank_place places[2] = {{.host = (char[]){"a"}}, {.host = (char[]){"b"}}};
    const struct ppt_cluster cluster = {places, 2};

    (void)state;
    for (int64_t wrong = -5000; wrong <= 5000; wrong += 1250) {
        struct ppt_part parts[2] = {part_of(0, 0), part_of(1, wrong)};

        ppt_parts_combine(parts, 2, &cluster, (struct ppt_price){20, 30});
        const struct ppt_sample *whole = &parts[0].sample;
        assert_true(whole->init_ns >= 0 && whole->cleanup_ns >= 0 && whole->work_ns > 0);
        assert_true(whole->scratch_ns >= 0 && ppt_sample_wall_ns(whole) == 1000);
        assert_int_equal(whole->init_ns + whole->work_ns + whole->cleanup_ns, whole->total_ns);
        ppt_sample_free(&parts[0].sample);
        ppt_sample_free(&parts[1].sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_arrive_whole),     cmocka_unit_test(failures_arrive_too),
        cmocka_unit_test(damaged_packets_are_none), cmocka_unit_test(parts_become_one_pass),
        cmocka_unit_test(wrong_clocks_stay_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
