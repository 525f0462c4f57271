/*
 * judge: the verdict on passes that were timed elsewhere.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "order.h"
#include "owned.h"
#include "report.h"
#include "sentence.h"
#include "shared.h"
#include "terminal.h"
#include "timed.h"
#include "verbs.h"

struct judge_options {
    uint64_t tasks; /* per pass; 0: unknown */
    uint64_t cpus;  /* that may be used; 0: unknown */
    double tolerance;
    bool json;
};

enum { BLOCK, WORKERS, SECONDS, PROCESS };

struct pass {
    double block, workers, seconds;
    double process; /* NAN: the table does not say */
};

static int compare_passes(const void *a, const void *b)
{
    const struct pass *const x = a, *const y = b;
    const int blocks = ppt_order_double(&x->block, &y->block);

    return blocks ? blocks : ppt_order_double(&x->workers, &y->workers);
}

/* Ascending by block, then by workers; the caller frees them. */
static struct pass *sorted_passes(const struct ppt_columns *columns)
{
    struct pass *passes = ppt_alloc(columns->row_count, sizeof(*passes));

    for (size_t i = 0; i < columns->row_count; i++) {
        passes[i] = (struct pass){columns->values[BLOCK][i], columns->values[WORKERS][i],
                                  columns->values[SECONDS][i], columns->values[PROCESS][i]};
    }
    qsort(passes, columns->row_count, sizeof(*passes), compare_passes);
    return passes;
}

static enum ppt_status check_repeats(const char *path, const struct pass *passes, size_t count,
                                     struct ppt_error *error)
{
    for (size_t i = 1; i < count; i++) {
        if (compare_passes(&passes[i - 1], &passes[i]) == 0) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s: block %g has two passes at %g workers", path,
                            passes[i].block, passes[i].workers);
        }
    }
    return PPT_OK;
}

/* Moves complete blocks, which have a pass for each point, to the front; says how many were not.
 * Returns how many there are. */
static size_t keep_complete(struct pass *passes, size_t count, size_t point_count)
{
    size_t blocks = 0, kept = 0;

    for (size_t first = 0, end; first < count; first = end) {
        end = first + 1;
        while (end < count && ppt_order_double(&passes[end].block, &passes[first].block) == 0) {
            end++;
        }
        for (size_t i = first; i < end && end - first == point_count; i++) {
            passes[kept++] = passes[i];
        }
        blocks++;
    }
    if (kept < count) {
        fprintf(stderr, "ppt-omp: %zu of %zu blocks lack a worker count and are left out\n",
                blocks - kept / point_count, blocks);
    }
    return kept / point_count;
}

/* Complete blocks, each of one process. */
static enum ppt_status put_processes_together(const char *path, const struct pass *passes,
                                              struct ppt_grid *grid, struct ppt_error *error)
{
    const size_t points = grid->point_count;
    double *process PPT_FREED = ppt_alloc(grid->block_count + 1, sizeof(*process));

    for (size_t i = 0; i < grid->block_count * points; i++) {
        if (isnan(passes[i].process)) {
            return PPT_OK;
        }
        process[i / points] = passes[i].process;
        if (passes[i].process != passes[i / points * points].process) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s: block %g has passes of several processes",
                            path, passes[i].block);
        }
    }
    ppt_grid_by_process(grid, process);
    return PPT_OK;
}

/* Never larger than the file: a table of all blocks by all worker counts would be. */
static enum ppt_status grid_of(const char *path, const struct ppt_columns *columns,
                               struct ppt_grid *grid, struct ppt_error *error)
{
    size_t point_count = 0;
    double *points PPT_FREED =
        ppt_timed_distinct(columns->values[WORKERS], columns->row_count, &point_count);
    unsigned *workers PPT_FREED = ppt_timed_counts(points, point_count);
    struct pass *passes PPT_FREED = sorted_passes(columns);

    PPT_TRY(check_repeats(path, passes, columns->row_count, error));
    const size_t blocks = keep_complete(passes, columns->row_count, point_count);

    ppt_grid_create_curve(workers, point_count, blocks, grid);
    for (size_t i = 0; i < blocks * point_count; i++) {
        grid->seconds[i] = passes[i].seconds;
    }
    ppt_grid_find_step(grid);
    return put_processes_together(path, passes, grid, error);
}

static void print_points(const struct ppt_answer *answer)
{
    const struct ppt_terminal terminal = ppt_terminal_of(stdout);
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    if (answer->grid.point_count > 0 && answer->grid.block_count > 0) {
        ppt_text_addf(&out, "  workers  speedup over %u [95 %%]\n", answer->grid.points[0].workers);
        for (size_t p = 0; p < answer->grid.point_count; p++) {
            struct ppt_ratio speedup = answer->points[p].over_fewest;

            speedup.interval.exists &= p > 0;
            ppt_text_addf(&out, "%9u  ", answer->grid.points[p].workers);
            ppt_sentence_ratio(&speedup, &out);
            ppt_text_add(&out, "\n");
        }
    }
    ppt_sentence_verdict(answer, &words);
    ppt_text_add(&words, ". ");
    ppt_sentence_reason(answer, &words);
    ppt_sentence_details(answer, &words);
    ppt_text_wrap(&out, words.data, terminal.width, 0);
    puts(out.data);
}

static enum ppt_status judge(const struct ppt_line *line, struct ppt_error *error)
{
    const struct judge_options *options = line->options;
    static const char *const names[] = {[BLOCK] = "block",
                                        [WORKERS] = "workers",
                                        [SECONDS] = "seconds",
                                        [PROCESS] = "?process",
                                        NULL};
    const char *path = line->operands[0];
    const struct ppt_answer_context context = {
        .tasks = options->tasks,
        .cpus = (unsigned)options->cpus,
        .tolerance = options->tolerance,
        .confidence = 0.95,
        .longer = PPT_LONGER_ELSEWHERE,
    };
    struct ppt_columns columns PPT_OWNED(ppt_columns_free) = {0};
    struct ppt_answer answer PPT_OWNED(ppt_answer_free) = {0};
    struct ppt_grid grid = {0};

    PPT_TRY(ppt_csv_read(path, names, &columns, error));
    PPT_TRY(ppt_timed_check_workers(path, &columns, WORKERS, error));
    PPT_TRY(ppt_timed_check_positive(path, "seconds", &columns, SECONDS, error));
    PPT_TRY(grid_of(path, &columns, &grid, error));
    ppt_answer_from_grid(&grid, &context, &answer);
    if (options->json) {
        ppt_timed_print(ppt_json_verdict(&answer));
    } else {
        print_points(&answer);
    }
    /* The answer has been printed, even if it is none. */
    return answer.verdict.exists ? PPT_OK : PPT_INCONCLUSIVE;
}

static const struct ppt_option judge_rows[] = {
    {"--tasks", PPT_OPTION_COUNT, .offset = offsetof(struct judge_options, tasks),
     .heading = "Options of judge and fit:", .joins = true, .metavar = "N", .help = "per pass,"},
    PPT_SHARED(CPUS, struct judge_options, cpus),
    {"--tolerance", PPT_OPTION_SHARE, .offset = offsetof(struct judge_options, tolerance),
     .least = 0.001},
    PPT_SHARED(JSON, struct judge_options, json),
};

const struct ppt_verb ppt_verb_judge = {
    .name = "judge",
    .forms = {{"judge FILE.csv", "the verdict on block,workers,seconds"}},
    .most = 1,
    .needs = "a CSV file with columns block, workers, seconds",
    PPT_OPTIONS(judge_rows, struct judge_options, .tolerance = 0.05),
    .run = judge,
};
