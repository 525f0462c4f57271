/*
 * Several programs: what they are called, and which is said to be the fastest. A program beside
 * itself wins by chance alone, also where counts that are really different may both be its best:
 * simulated, with fixed seeds.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noises.h"
#include "ranking.h"
#include "read.h"
#include "text.h"
#include "verdict.h"

#define COUNTS 3
#define PROGRAMS 3
#define BLOCKS 20
#define TOLERANCE 0.05
#define CONFIDENCE 0.95

static const unsigned workers[COUNTS] = {0, 2, 4};
static const char *const labels[PROGRAMS] = {"one", "two", "three"};

/* Of all programs, as a run has it. */
static void make_grid(double curves[][COUNTS], size_t programs, enum noise kind,
                      struct ppt_rng *rng, struct ppt_grid *grid)
{
    struct ppt_point points[PROGRAMS * COUNTS] = {0};

    for (size_t i = 0; i < programs * COUNTS; i++) {
        points[i] = (struct ppt_point){workers[i % COUNTS], 1, 0, (unsigned)(i / COUNTS) + 1, 0, 0};
    }
    ppt_grid_create(points, programs * COUNTS, BLOCKS, grid);
    noise_fill(rng, &curves[0][0], kind, 0, grid);
}

/* The point that a program's own verdict recommends. */
static struct ppt_point recommended(const struct ppt_grid *grid, unsigned program)
{
    size_t chosen[COUNTS];
    struct ppt_grid part;
    struct ppt_verdict verdict;

    for (size_t i = 0; i < COUNTS; i++) {
        chosen[i] = (program - 1) * COUNTS + i;
    }
    ppt_grid_select(grid, chosen, COUNTS, &part);
    ppt_verdict_of(&part, TOLERANCE, CONFIDENCE, &verdict);
    const struct ppt_point point = part.points[verdict.recommended];
    ppt_verdict_free(&verdict);
    ppt_grid_free(&part);
    return point;
}

static void rank_all(const struct ppt_grid *grid, size_t programs, struct ppt_ranking *ranking)
{
    struct ppt_contestant contestants[PROGRAMS];

    for (unsigned i = 0; i < programs; i++) {
        contestants[i] = (struct ppt_contestant){recommended(grid, i + 1), labels[i]};
    }
    ppt_ranking_of(grid, contestants, programs, TOLERANCE, CONFIDENCE, ranking);
}

/* Programs of these curves, ranked. To be freed, both. */
static void race(double curves[][COUNTS], size_t programs, enum noise kind, struct ppt_rng *rng,
                 struct ppt_grid *grid, struct ppt_ranking *ranking)
{
    make_grid(curves, programs, kind, rng, grid);
    rank_all(grid, programs, ranking);
}

static void the_fastest_comes_first(void **state)
{
    double curves[PROGRAMS][COUNTS] = {{3, 1.6, 1.5}, {2, 1.1, 1}, {2, 1.1, 1.2}};
    struct ppt_rng rng;
    struct ppt_grid grid;
    struct ppt_ranking ranking;
    struct ppt_claims claims;
    struct ppt_text words = {0};

    (void)state;
    ppt_rng_seed(&rng, 1, 0, PPT_STREAM_MIX);
    race(curves, PROGRAMS, NOISE_QUIET, &rng, &grid, &ranking);
    assert_int_equal(ranking.count, PROGRAMS);
    assert_string_equal(ranking.items[0].contestant.label, "two");
    assert_int_equal(ranking.items[0].contestant.point.workers, 4);
    assert_string_equal(ranking.items[1].contestant.label, "three");
    assert_int_equal(ranking.items[1].contestant.point.workers, 2);
    assert_string_equal(ranking.items[2].contestant.label, "one");
    assert_int_equal(ranking.items[1].standing, PPT_STANDING_SLOWER);
    assert_int_equal(ranking.items[2].standing, PPT_STANDING_SLOWER);
    assert_true(fabs(ranking.items[1].lead.value - 1.1) < 0.03);
    assert_true(fabs(ranking.items[2].lead.value - 1.5) < 0.05);
    assert_true(ranking.items[1].lead.interval.low > 1);
    /* Three pairs of them together. */
    assert_true(ranking.items[1].level >= 1 - 0.01 / 3 - 1e-9);
    assert_true(ppt_ranking_settled(&ranking));
    ppt_ranking_claims(&ranking, &claims);
    for (size_t i = 0; i < claims.count; i++) {
        assert_true(ppt_claim_borne(&claims.items[i]));
    }
    ppt_claims_free(&claims);
    ppt_ranking_sentence(&ranking, &words);
    assert_non_null(strstr(words.data, "two is the fastest, each at its best count: 1."));
    assert_non_null(strstr(words.data, " faster than three, 1."));
    assert_non_null(strstr(words.data, " faster than one (99 %, in this run)"));
    ppt_text_free(&words);
    ppt_ranking_free(&ranking);
    ppt_grid_free(&grid);
}

static void of_two_one_is_the_faster(void **state)
{
    double curves[][2][COUNTS] = {{{3, 1.6, 1.5}, {2, 1.1, 1}}, {{2, 1, 1.5}, {2, 1, 1.5}}};
    static const char *const said[] = {"two is the faster, each at its best count: 1.",
                                       "neither program is shown to be the faster, each at its"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct ppt_rng rng;
        struct ppt_grid grid;
        struct ppt_ranking ranking;
        struct ppt_text words = {0};

        ppt_rng_seed(&rng, 3, 0, PPT_STREAM_MIX);
        race(curves[i], 2, NOISE_QUIET, &rng, &grid, &ranking);
        ppt_ranking_sentence(&ranking, &words);
        assert_non_null(strstr(words.data, said[i]));
        assert_null(strstr(words.data, "fastest"));
        ppt_text_free(&words);
        ppt_ranking_free(&ranking);
        ppt_grid_free(&grid);
    }
}

static void equal_ones_are_said_to_be(void **state)
{
    double curves[][COUNTS] = {{2, 1, 1.5}, {2, 1, 1.5}, {4, 2, 3}};
    struct ppt_rng rng;
    struct ppt_grid grid;
    struct ppt_ranking ranking;
    struct ppt_text words = {0};

    (void)state;
    ppt_rng_seed(&rng, 2, 0, PPT_STREAM_MIX);
    race(curves, PROGRAMS, NOISE_QUIET, &rng, &grid, &ranking);
    assert_int_equal(ranking.items[1].standing, PPT_STANDING_EQUAL);
    assert_int_equal(ranking.items[2].standing, PPT_STANDING_SLOWER);
    ppt_ranking_sentence(&ranking, &words);
    assert_non_null(strstr(words.data, "each at its best count, "));
    assert_non_null(strstr(words.data, " faster than three (99 %, in this run). "));
    assert_non_null(strstr(words.data, " is as fast as "));
    assert_non_null(strstr(words.data, ", within 5 % ("));
    assert_null(strstr(words.data, "fastest"));
    ppt_text_free(&words);
    ppt_ranking_free(&ranking);
    ppt_grid_free(&grid);
}

/* Passes of a second at the points of such a grid; in the first of so many blocks others used all
 * CPUs, and the last block was stopped `stopped` times. */
static void add_passes(struct ppt_samples *samples, unsigned disturbed, int64_t stopped)
{
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (unsigned i = 0; i < PROGRAMS * COUNTS; i++) {
            struct ppt_sample sample = {
                .block = block,
                .point = {workers[i % COUNTS], 1, 0, i / COUNTS + 1},
                .work_ns = 1000000000,
                .total_ns = 1000000000,
                .noise = {.cpus = 4,
                          .busy_ns = block <= disturbed ? INT64_C(4000000000) : 0,
                          .queued_ns = -1,
                          .stopped = block == BLOCKS ? stopped : 0},
            };
            ppt_samples_add(samples, &sample);
        }
    }
}

/* As much as a verdict is. */
static void disturbance_limits_it(void **state)
{
    static const struct {
        unsigned disturbed; /* blocks of 20 */
        int64_t stopped;
        enum ppt_confidence at_most;
        const char *words;
    } rows[] = {
        {0, 0, PPT_CONFIDENCE_HIGH, "faster than one (99 %, in this run)"},
        {2, 0, PPT_CONFIDENCE_HIGH, "faster than one (99 %, in this run)"},
        {3, 0, PPT_CONFIDENCE_MEDIUM,
         "faster than one (99 %, in this run, but confidence MEDIUM). "
         "Passes were disturbed or stopped"},
        {0, 1, PPT_CONFIDENCE_MEDIUM, "(99 %, in this run, but confidence MEDIUM). Passes"},
        {11, 0, PPT_CONFIDENCE_LOW, "(99 %, in this run, but confidence LOW). Most passes were"},
    };
    double curves[PROGRAMS][COUNTS] = {{3, 1.6, 1.5}, {2, 1.1, 1}, {2, 1.1, 1.2}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ppt_samples samples = {0};
        struct ppt_rng rng;
        struct ppt_grid grid;
        struct ppt_index index;
        struct ppt_ranking ranking;
        struct ppt_claims claims;
        struct ppt_text words = {0};

        ppt_rng_seed(&rng, 1, 0, PPT_STREAM_MIX);
        race(curves, PROGRAMS, NOISE_QUIET, &rng, &grid, &ranking);
        add_passes(&samples, rows[i].disturbed, rows[i].stopped);
        ppt_index_create(&samples, &index);
        ppt_ranking_doubt(&ranking, &index);
        assert_int_equal(ranking.at_most, rows[i].at_most);
        assert_true(ppt_ranking_settled(&ranking));
        assert_int_equal(ppt_ranking_sure(&ranking), rows[i].at_most == PPT_CONFIDENCE_HIGH);
        ppt_ranking_claims(&ranking, &claims);
        for (size_t c = 0; c < claims.count; c++) {
            assert_true(ppt_claim_borne(&claims.items[c]));
        }
        ppt_claims_free(&claims);
        ppt_ranking_sentence(&ranking, &words);
        assert_non_null(strstr(words.data, rows[i].words));
        assert_int_equal(strstr(words.data, "disturbed") != NULL,
                         rows[i].at_most < PPT_CONFIDENCE_HIGH);
        /* Of passes that were mostly disturbed it is told as what was. */
        assert_int_equal(strstr(words.data, "two was the fastest, each") != NULL,
                         rows[i].at_most == PPT_CONFIDENCE_LOW);
        ppt_text_free(&words);
        ppt_index_free(&index);
        ppt_samples_free(&samples);
        ppt_ranking_free(&ranking);
        ppt_grid_free(&grid);
    }
}

/* How often of so many runs of programs that are all the same one is said to be slower. */
static size_t count_winners(const double *curve, size_t programs, enum noise kind, size_t runs)
{
    double curves[PROGRAMS][COUNTS];
    struct ppt_rng rng;
    size_t wrong = 0;

    for (size_t i = 0; i < programs; i++) {
        memcpy(curves[i], curve, sizeof(curves[i]));
    }
    ppt_rng_seed(&rng, 7, 0, PPT_STREAM_MIX);
    for (size_t run = 0; run < runs; run++) {
        struct ppt_grid grid;
        struct ppt_ranking ranking;
        bool slower = false;

        race(curves, programs, kind, &rng, &grid, &ranking);
        for (size_t i = 1; i < ranking.count; i++) {
            slower |= ranking.items[i].standing == PPT_STANDING_SLOWER;
            /* The figure says what the word does. */
            assert_int_equal(ranking.items[i].standing == PPT_STANDING_SLOWER,
                             ranking.items[i].level > 0.9 &&
                                 ranking.items[i].lead.interval.low > 1);
        }
        wrong += slower;
        ppt_ranking_free(&ranking);
        ppt_grid_free(&grid);
    }
    return wrong;
}

/* One in 100 runs may; of 300 it is hardly ever more than 10 then. Of counts that differ
 * by about the tolerance each program may have another one recommended. */
static void a_program_does_not_beat_itself(void **state)
{
    static const double curves[][COUNTS] = {{2, 1, 1.5}, {2, 1.05, 1}, {1.04, 1, 1.02}};
    static const enum noise kinds[] = {NOISE_QUIET, NOISE_DEVELOPERS, NOISE_STUDENT};

    (void)state;
    for (size_t c = 0; c < COUNT(curves); c++) {
        for (size_t k = 0; k < COUNT(kinds); k++) {
            const size_t two = count_winners(curves[c], 2, kinds[k], 300);
            const size_t three = count_winners(curves[c], 3, kinds[k], 300);

            print_message("curve %zu, %s: %zu and %zu of 300\n", c, noise_names[kinds[k]], two,
                          three);
            assert_true(two <= 10);
            assert_true(three <= 10);
        }
    }
}

static void too_little_is_not_ranked(void **state)
{
    double curves[][COUNTS] = {{2, 1, 1.5}, {2, 1, 1.5}};
    struct ppt_rng rng;
    struct ppt_grid grid;
    struct ppt_ranking ranking;
    struct ppt_text words = {0};

    (void)state;
    ppt_rng_seed(&rng, 3, 0, PPT_STREAM_MIX);
    race(curves, 2, NOISE_QUIET, &rng, &grid, &ranking);
    ppt_ranking_free(&ranking);
    const struct ppt_contestant alone = {recommended(&grid, 1), labels[0]};
    ppt_ranking_of(&grid, &alone, 1, TOLERANCE, CONFIDENCE, &ranking);
    assert_int_equal(ranking.count, 0);
    assert_false(ppt_ranking_settled(&ranking));
    grid.block_count = 2;
    const struct ppt_contestant both[] = {{grid.points[0], "a"}, {grid.points[COUNTS], "b"}};
    ppt_ranking_of(&grid, both, 2, TOLERANCE, CONFIDENCE, &ranking);
    assert_int_equal(ranking.count, 0);
    ppt_ranking_sentence(&ranking, &words);
    assert_non_null(strstr(words.data, "no ranking"));
    ppt_text_free(&words);
    ppt_grid_free(&grid);
}

/* ---- names ---- */

static void check_labels(const char *const *commands, const char *const *expected, size_t count)
{
    struct ppt_use uses[4] = {0};

    ppt_label_programs(commands, uses, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(uses[i].label, expected[i]);
        assert_true(ppt_text_columns(uses[i].label) <= PPT_LABEL_COLUMNS);
        free(uses[i].label);
    }
}

static void programs_have_names_of_their_own(void **state)
{
    (void)state;
    check_labels((const char *[]){"gzip -1 f", "gzip -6 f"},
                 (const char *[]){"gzip -1 f", "gzip -6 f"}, 2);
    check_labels((const char *[]){"gzip f", "zstd f", "gzip f"},
                 (const char *[]){"gzip f (1)", "zstd f", "gzip f (2)"}, 3);
    check_labels((const char *[]){"tar --create --file=/dev/null a/rather/long/folder", "cpio -o"},
                 (const char *[]){"tar --create -...r/long/folder", "cpio -o"}, 2);
    /* What differs in the middle alone. */
    check_labels(
        (const char *[]){"compress --with=level-1 into/the/folder/of/results",
                         "compress --with=level-2 into/the/folder/of/results"},
        (const char *[]){"compress --w.../of/results (1)", "compress --w.../of/results (2)"}, 2);
    check_labels((const char *[]){"a\tb \033[31m", "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü"},
                 (const char *[]){"a?b ?[31m", "äöüäöüäöüäöüäö...üäöüäöüäöüäöü"}, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fastest_comes_first),
        cmocka_unit_test(of_two_one_is_the_faster),
        cmocka_unit_test(equal_ones_are_said_to_be),
        cmocka_unit_test(disturbance_limits_it),
        cmocka_unit_test(a_program_does_not_beat_itself),
        cmocka_unit_test(too_little_is_not_ranked),
        cmocka_unit_test(programs_have_names_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
