/*
 * Points over ranks: where they run, how they are ordered and named, and what the analysis makes of
 * several numbers of ranks with as many workers in all.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "cluster.h"
#include "config.h"
#include "host.h"
#include "rng.h"
#include "sentence.h"
#include "unit.h"

#define RANKS 6

/* Two ranks that share four CPUs, two that mpirun bound to two each, and one on each of two other
 * hosts. */
static struct ppt_rank_place places[RANKS] = {
    {.host = (char[]){"a"}, .cpus = (char[]){"0-3"}, .cores = 2, .effective_cpus = 4},
    {.host = (char[]){"a"}, .cpus = (char[]){"0-3"}, .cores = 2, .effective_cpus = 4},
    {.host = (char[]){"b"}, .cpus = (char[]){"0-1"}, .cores = 2, .effective_cpus = 2},
    {.host = (char[]){"b"}, .cpus = (char[]){"2-3"}, .cores = 2, .effective_cpus = 2},
    {.host = (char[]){"c"}, .cpus = (char[]){"0-7"}, .cores = 8, .effective_cpus = 3},
    {.host = (char[]){"d"}, .cpus = (char[]){"0-7"}, .cores = 8, .effective_cpus = 8},
};
static const struct ppt_cluster cluster = {places, RANKS};

static void cpus_are_counted_once(void **state)
{
    static const unsigned cpus[RANKS + 1] = {0, 4, 4, 6, 8, 11, 19};
    static const unsigned cores[RANKS + 1] = {0, 2, 2, 4, 6, 9, 17};
    static const unsigned hosts[RANKS + 1] = {0, 1, 1, 2, 2, 3, 4};

    (void)state;
    for (unsigned r = 0; r <= RANKS; r++) {
        assert_int_equal(ppt_cluster_cpus(&cluster, r), cpus[r]);
        assert_int_equal(ppt_cluster_cores(&cluster, r), cores[r]);
        assert_int_equal(ppt_cluster_hosts(&cluster, r), hosts[r]);
    }
    assert_int_equal(ppt_cluster_peers(&cluster, RANKS, 1).count, 2);
    assert_int_equal(ppt_cluster_peers(&cluster, RANKS, 1).index, 1);
    assert_int_equal(ppt_cluster_peers(&cluster, 1, 0).count, 1);
    assert_int_equal(ppt_cluster_peers(&cluster, 1, 0).index, 0);
    assert_int_equal(ppt_cluster_peers(&cluster, RANKS, 3).count, 1);
    assert_int_equal(ppt_cluster_neighbours(&cluster, RANKS, 3), 2);
    assert_int_equal(ppt_cluster_neighbours(&cluster, RANKS, 5), 1);
    assert_int_equal(ppt_cluster_neighbours(&(struct ppt_cluster){0}, 0, 0), 1);
}

/* One host that has too many threads is enough, however many CPUs the others have. */
static void beyond_is_said_of_every_host(void **state)
{
    (void)state;
    assert_false(ppt_cluster_beyond(&cluster, (struct ppt_point){2, 2, 1, 0, 0, 0}));
    assert_false(ppt_cluster_beyond(&cluster, (struct ppt_point){2, 1, 2, 0, 0, 0}));
    assert_true(ppt_cluster_beyond(&cluster, (struct ppt_point){2, 2, 2, 0, 0, 0}));
    assert_false(ppt_cluster_beyond(&cluster, (struct ppt_point){2, 1, 6, 0, 0, 0}));
    assert_true(ppt_cluster_beyond(&cluster, (struct ppt_point){3, 1, 6, 0, 0, 0}));
}

static void recorded_clusters_read_back_equal(void **state)
{
    json_object *object = json_object_new_object();
    static char model[] = "fast", scratch[] = "/var/tmp";
    struct ppt_cluster full = {calloc(RANKS, sizeof(*places)), RANKS}, back = {0};
    struct ppt_source source = {0};
    struct ppt_error error = {""};

    (void)state;
    ppt_fields_write(ppt_cluster_fields, &back, 0, object);
    assert_int_equal(json_object_object_length(object), 0);
    for (unsigned r = 0; r < RANKS; r++) {
        full.ranks[r] = places[r];
        full.ranks[r].cpu_model = model;
        full.ranks[r].scratch = scratch;
        full.ranks[r].startup_ns = r == 0 ? -1 : 1000 * (int64_t)r;
    }
    ppt_source_from_text(&source, "here", "");
    ppt_fields_write(ppt_cluster_fields, &full, 0, object);
    const struct ppt_item item = {object, &source, NULL};
    assert_int_equal(ppt_fields_read(ppt_cluster_fields, &item, 0, &back, &error), PPT_OK);
    assert_int_equal(back.count, RANKS);
    assert_string_equal(back.ranks[4].cpus, "0-7");
    assert_int_equal(back.ranks[0].startup_ns, -1);
    assert_int_equal(back.ranks[5].startup_ns, 5000);
    assert_false(ppt_cluster_differs(&full, &back, RANKS));

    /* Other hosts of the same kind are no difference; ranks placed otherwise are. */
    back.ranks[5].host[0] = 'x';
    assert_false(ppt_cluster_differs(&full, &back, RANKS));
    back.ranks[5].host[0] = 'c';
    assert_true(ppt_cluster_differs(&full, &back, RANKS));
    ppt_cluster_free(&back);
    json_object_put(item.value);
    ppt_source_free(&source);
    free(full.ranks);
}

static void points_are_ordered_and_named(void **state)
{
    struct ppt_point points[] = {{2, 1, 2, 0, 0, 0}, {1, 1, 1, 0, 0, 0}, {8, 1, 0, 0, 0, 0},
                                 {0, 1, 0, 0, 0, 0}, {1, 2, 1, 0, 0, 0}, {1, 1, 2, 0, 0, 0}};
    static const char *const names[] = {"0", "8", "1r1", "1r1x2", "2r1", "2r2"};
    char label[PPT_POINT_SIZE];

    (void)state;
    qsort(points, 6, sizeof(*points), ppt_point_compare);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(
            ppt_point_label(points[i], points[i].inner_threads > 1 ? PPT_OF_TASK : 0, label),
            names[i]);
    }
    assert_int_equal(ppt_point_workers((struct ppt_point){4, 2, 3, 0, 0, 0}), 12);
    assert_int_equal(ppt_point_threads((struct ppt_point){4, 2, 3, 0, 0, 0}), 24);
    assert_int_equal(ppt_point_workers((struct ppt_point){0, 2, 0, 0, 0, 0}), 0);
    assert_int_equal(ppt_point_running((struct ppt_point){0, 2, 0, 0, 0, 0}), 1);
    ppt_point_label((struct ppt_point){UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0, 0}, PPT_OF_TASK,
                    label);
    assert_string_equal(label, "4294967295r4294967295x4294967295");
}

/* ---- what the analysis makes of them ---- */

#define BLOCKS 10

/* Sequential calls, 1 and 2 workers without MPI, then 1, 2 and 4 ranks with 1 and 2 workers. */
static const struct ppt_point grid_points[] = {
    {0, 1, 0, 0, 0, 0}, {1, 1, 0, 0, 0, 0}, {2, 1, 0, 0, 0, 0},
    {1, 1, 1, 0, 0, 0}, {2, 1, 1, 0, 0, 0}, {1, 1, 2, 0, 0, 0},
    {2, 1, 2, 0, 0, 0}, {1, 1, 4, 0, 0, 0}, {2, 1, 4, 0, 0, 0}};
#define POINTS (sizeof(grid_points) / sizeof(grid_points[0]))

static void simulate(double (*seconds)(struct ppt_point), struct ppt_grid *grid)
{
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 7, 0, PPT_STREAM_DATA);
    ppt_grid_create(grid_points, POINTS, BLOCKS, grid);
    for (size_t i = 0; i < BLOCKS * POINTS; i++) {
        grid->seconds[i] =
            seconds(grid_points[i % POINTS]) * exp(0.01 * (ppt_rng_double(&rng) - 0.5));
    }
}

/* Each worker of the first host gains; a rank costs 2 %. */
static double gains(struct ppt_point point)
{
    const unsigned n = ppt_point_workers(point);

    return (n > 0 ? 1.0 / n : 1) * (1 + 0.02 * point.ranks);
}

/* Two workers in one process are in each other's way; ranks are not. */
static double crowded(struct ppt_point point)
{
    return (point.workers == 2 ? 2.0 : 1) * gains(point);
}

static void rows_go_through_the_fastest_splits(void **state)
{
    static const unsigned workers[] = {0, 1, 2, 4, 8};
    struct ppt_grid grid, row;

    (void)state;
    simulate(crowded, &grid);
    assert_true(ppt_grid_has_ranks(&grid));
    ppt_grid_row(&grid, 0, &row);
    assert_int_equal(row.point_count, 5);
    for (size_t r = 0; r < 5; r++) {
        assert_int_equal(ppt_point_workers(row.points[r]), workers[r]);
    }
    assert_int_equal(row.points[1].ranks, 0);
    assert_int_equal(row.points[2].ranks, 2); /* 2r1, not 2 nor 1r2 */
    assert_int_equal(row.points[3].ranks, 4); /* 4r1, not 2r2 */
    assert_true(ppt_grid_at(&row, 3, 3) == ppt_grid_at(&grid, 3, 7));
    ppt_grid_free(&row);
    ppt_grid_row(&grid, 6, &row); /* through 2r2 */
    assert_int_equal(row.points[3].ranks, 2);
    ppt_grid_free(&row);
    ppt_grid_free(&grid);
}

static void check_says(const struct ppt_answer *answer, const char *words)
{
    struct ppt_text text = {0};

    ppt_sentence_verdict(answer, &text);
    if (!strstr(text.data, words)) {
        fail_msg("\"%s\" is not in \"%s\"", words, text.data);
    }
    ppt_text_free(&text);
}

static struct ppt_answer answer_of(double (*seconds)(struct ppt_point),
                                   const struct ppt_cluster *at)
{
    const struct ppt_answer_context context = {
        .tasks = 1000, .cpus = 8, .tolerance = 0.05, .confidence = 0.95, .cluster = at};
    struct ppt_grid grid;
    struct ppt_answer answer;

    simulate(seconds, &grid);
    ppt_answer_from_grid(&grid, &context, &answer);
    assert_true(answer.verdict.exists);
    return answer;
}

static void verdicts_name_ranks_or_nodes(void **state)
{
    struct ppt_rank_place own[4] = {places[0], places[2], places[4], places[5]};
    const struct ppt_cluster apart = {own, 4};
    struct ppt_answer answer = answer_of(gains, &cluster);

    (void)state;
    check_says(&answer, "use 4 ranks × 2 workers (confidence HIGH): ");
    assert_int_equal(answer.row.points[4].ranks, 4);
    assert_int_equal(answer.reason, PPT_REASON_CPUS_BUSY);
    ppt_answer_free(&answer);

    answer = answer_of(gains, &apart);
    check_says(&answer, "use 4 nodes × 2 workers (confidence HIGH): ");
    ppt_answer_free(&answer);
}

static double flat(struct ppt_point point)
{
    return ppt_point_workers(point) >= 2 ? 0.5 : 1;
}

/* Of as many threads those in one process will do. */
static void ranks_must_be_worth_it(void **state)
{
    struct ppt_answer answer = answer_of(flat, &cluster);

    (void)state;
    check_says(&answer, "use 2 workers without MPI (confidence ");
    ppt_answer_free(&answer);
}

/* The law is one of all workers. */
static void laws_are_fitted_along_all_workers(void **state)
{
    struct ppt_answer answer = answer_of(gains, &cluster);

    (void)state;
    assert_true(answer.scaling.exists);
    assert_int_equal(answer.scaling.largest, 8);
    assert_true(
        fabs(ppt_scaling_outlook(&answer.scaling, 8).rivals.laws[PPT_RIVAL_USL].best.scale / 1000 -
             1) < 0.05);
    ppt_answer_free(&answer);
}

/* ---- factors ---- */

static void communication_keeps_the_identity(void **state)
{
    struct ppt_worker_sample calls[] = {{.busy_ns = 900000000}};
    struct ppt_worker_sample workers[] = {
        {.busy_ns = 200000000, .waited_ns = 0},
        {.busy_ns = 260000000, .waited_ns = 30000000},
        {.busy_ns = 240000000, .waited_ns = 50000000},
        {.busy_ns = 220000000, .waited_ns = 0},
    };
    const struct ppt_sample sequential = {.point = {0, 1, 0},
                                          .total_ns = 910000000,
                                          .work_ns = 905000000,
                                          .workers = calls,
                                          .worker_count = 1};
    const struct ppt_sample pass = {.point = {2, 1, 2},
                                    .total_ns = 330000000,
                                    .work_ns = 300000000,
                                    .workers = workers,
                                    .worker_count = 4};
    const struct ppt_factors factors = ppt_factors_of(&pass, &sequential);
    double product = 4;

    (void)state;
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        product *= factors.factor[f];
    }
    assert_true(fabs(product / factors.speedup - 1) < 1e-12);
    assert_true(fabs(factors.factor[PPT_FACTOR_COMMUNICATION] - 0.9) < 1e-12);
    assert_true(fabs(factors.factor[PPT_FACTOR_SCHEDULING] - 260.0 / 270) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpus_are_counted_once),
        cmocka_unit_test(beyond_is_said_of_every_host),
        cmocka_unit_test(recorded_clusters_read_back_equal),
        cmocka_unit_test(points_are_ordered_and_named),
        cmocka_unit_test(rows_go_through_the_fastest_splits),
        cmocka_unit_test(verdicts_name_ranks_or_nodes),
        cmocka_unit_test(ranks_must_be_worth_it),
        cmocka_unit_test(laws_are_fitted_along_all_workers),
        cmocka_unit_test(communication_keeps_the_identity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
