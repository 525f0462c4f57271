/*
 * How far a run is, as a log is told it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "progress.h"
#include "unit.h"

#define SECOND INT64_C(1000000000)
#define SETTING "PPT_PROGRESS_SECONDS"

static struct ppt_point points[] = {
    {.workers = 0, .inner_threads = 1},
    {.workers = 1, .inner_threads = 1},
    {.workers = 4, .inner_threads = 1},
};

static struct ppt_config ten_blocks(void)
{
    static char task[] = "sort";

    return (struct ppt_config){
        .task = task,
        .points = points,
        .point_count = 3,
        .inner_count = 1,
        .blocks = 10,
        .warmup = 1,
    };
}

/* A progress that writes into memory. */
struct log {
    char *text;
    size_t length;
    FILE *stream;
    struct ppt_progress *progress;
};

static void open_log(struct log *log, const struct ppt_config *config, uint64_t recorded)
{
    log->stream = open_memstream(&log->text, &log->length);
    assert_non_null(log->stream);
    log->progress = ppt_progress_create(log->stream, config, recorded);
}

static void run_pass(const struct log *log, unsigned block, size_t point, int64_t total_ns)
{
    ppt_progress_before(log->progress, block, point);
    ppt_progress_after(log->progress, block, point, total_ns);
}

static void close_log(struct log *log, const char *expected)
{
    ppt_progress_destroy(log->progress);
    fclose(log->stream);
    assert_string_equal(log->text, expected);
    free(log->text);
}

static void a_line_is_due_after_the_interval(void **state)
{
    (void)state;
    assert_false(ppt_progress_due(5 * SECOND, 5 * SECOND, 10 * SECOND));
    assert_false(ppt_progress_due(5 * SECOND, 15 * SECOND - 1, 10 * SECOND));
    assert_true(ppt_progress_due(5 * SECOND, 15 * SECOND, 10 * SECOND));
    assert_true(ppt_progress_due(5 * SECOND, 500 * SECOND, 10 * SECOND));
    assert_true(ppt_progress_due(5 * SECOND, 5 * SECOND, 0));
    /* A machine that has been on for 200 years. */
    assert_false(ppt_progress_due(INT64_MAX - SECOND, INT64_MAX, 10 * SECOND));
}

/* Passes of 4 s each: 2 of the warm-up and 30 of blocks. */
static void every_pass_has_a_line(void **state)
{
    const struct ppt_config config = ten_blocks();
    struct log log;

    (void)state;
    setenv(SETTING, "0", 1);
    open_log(&log, &config, 0);
    run_pass(&log, 0, 2, 4 * SECOND);
    run_pass(&log, 1, 0, 4 * SECOND);
    run_pass(&log, 1, 1, 4 * SECOND);
    close_log(&log, "sort: warm-up, 4 workers done, 3 %, about 2 min 04 s left\n"
                    "sort: iteration 1 of 10, sequential done, 6 %, about 2 min 00 s left\n"
                    "sort: iteration 1 of 10, 1 worker done, 9 %, about 1 min 56 s left\n");
}

/* What was recorded before a resume counts, and nothing is left after the last pass. */
static void a_resumed_run_goes_on_counting(void **state)
{
    const struct ppt_config config = ten_blocks();
    struct log log;

    (void)state;
    setenv(SETTING, "0", 1);
    open_log(&log, &config, 28);
    run_pass(&log, 0, 2, 4 * SECOND);
    run_pass(&log, 0, 0, 4 * SECOND);
    run_pass(&log, 10, 1, 4 * SECOND);
    run_pass(&log, 10, 2, 4 * SECOND);
    close_log(&log, "sort: warm-up, 4 workers done, 91 %, about 12 s left\n"
                    "sort: warm-up, sequential done, 94 %, about 8 s left\n"
                    "sort: iteration 10 of 10, 1 worker done, 97 %, about 4 s left\n"
                    "sort: iteration 10 of 10, 4 workers done, 100 %\n");
}

static void all_of_a_point_is_named(void **state)
{
    struct ppt_point point = {.workers = 8, .ranks = 2, .inner_threads = 4};
    struct ppt_config config = ten_blocks();
    struct log log;

    (void)state;
    setenv(SETTING, "0", 1);
    config.points = &point;
    config.point_count = 1;
    config.inner_count = 2;
    config.warmup = 0;
    config.adaptive = true;
    config.max_seconds = -1; /* over: nothing is known of what is left */
    open_log(&log, &config, 0);
    run_pass(&log, 3, 0, SECOND);
    close_log(&log,
              "sort: iteration 3, until settled, 8 workers x 2 ranks x 4 inner threads done\n");
    point = (struct ppt_point){.workers = 1, .ranks = 1, .inner_threads = 1};
    open_log(&log, &config, 0);
    run_pass(&log, 3, 0, SECOND);
    close_log(&log, "sort: iteration 3, until settled, 1 worker x 1 rank x 1 inner thread done\n");
}

/* A task of that name is one of a kernel from outside. */
static void a_name_controls_nothing(void **state)
{
    static char task[] = "a\033[31m";
    struct ppt_config config = ten_blocks();
    struct log log;

    (void)state;
    setenv(SETTING, "0", 1);
    config.task = task;
    open_log(&log, &config, 31);
    run_pass(&log, 10, 0, SECOND);
    close_log(&log, "a?[31m: iteration 10 of 10, sequential done, 100 %\n");
}

/* Passes take no time here, whatever they say; so a test of milliseconds has no line. */
static void a_short_run_has_no_line(void **state)
{
    static const char *const settings[] = {NULL, "",     "10",        "1e3", "inf",
                                           "-1", "soon", "5 minutes", "nan", "1e300"};
    const struct ppt_config config = ten_blocks();

    (void)state;
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        struct log log;

        if (settings[i]) {
            setenv(SETTING, settings[i], 1);
        } else {
            unsetenv(SETTING);
        }
        open_log(&log, &config, 0);
        for (unsigned block = 1; block <= 10; block++) {
            run_pass(&log, block, block % 3, 1000 * SECOND);
        }
        close_log(&log, "");
    }
}

static void without_a_stream_nothing_is_told(void **state)
{
    const struct ppt_config config = ten_blocks();

    (void)state;
    setenv(SETTING, "0", 1);
    struct ppt_progress *progress = ppt_progress_create(NULL, &config, 0);
    ppt_progress_before(progress, 1, 0);
    ppt_progress_after(progress, 1, 0, SECOND);
    ppt_progress_destroy(progress);
    ppt_progress_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_due_after_the_interval),
        cmocka_unit_test(every_pass_has_a_line),
        cmocka_unit_test(a_resumed_run_goes_on_counting),
        cmocka_unit_test(all_of_a_point_is_named),
        cmocka_unit_test(a_name_controls_nothing),
        cmocka_unit_test(a_short_run_has_no_line),
        cmocka_unit_test(without_a_stream_nothing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
