/*
 * judge and fit: the method for passes that were timed elsewhere.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "commands.h"
#include "csv.h"
#include "memory.h"
#include "report.h"
#include "sentence.h"

static void judge_print_json(json_object *object)
{
    puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                    JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The values of a column, ascending, each once; the caller frees them. */
static double *distinct(const double *values, size_t rows, size_t *count)
{
    double *sorted = ppt_alloc(rows, sizeof(*sorted));

    for (size_t i = 0; i < rows; i++) {
        sorted[i] = values[i];
    }
    qsort(sorted, rows, sizeof(*sorted), compare_doubles);
    *count = 0;
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            sorted[(*count)++] = sorted[i];
        }
    }
    return sorted;
}

static size_t place_of(const double *sorted, size_t count, double value)
{
    const double *found = bsearch(&value, sorted, count, sizeof(value), compare_doubles);

    return (size_t)(found - sorted);
}

/* Every two of them are compared. */
#define MOST_COUNTS 10000

static enum ppt_status check_workers(const char *path, const struct ppt_columns *columns,
                                     size_t column, struct ppt_error *error)
{
    size_t count = 0;

    for (size_t i = 0; i < columns->row_count; i++) {
        const double n = columns->values[column][i];

        if (n < 0 || n != floor(n) || n > 1e6) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s: workers: %g is not a count of workers", path,
                            n);
        }
    }
    free(distinct(columns->values[column], columns->row_count, &count));
    if (count > MOST_COUNTS) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: workers: %zu different counts; at most %d", path,
                        count, MOST_COUNTS);
    }
    return PPT_OK;
}

static enum ppt_status check_positive(const char *path, const char *name,
                                      const struct ppt_columns *columns, size_t column,
                                      struct ppt_error *error)
{
    for (size_t i = 0; i < columns->row_count; i++) {
        if (columns->values[column][i] <= 0) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s: %s: %g is not above 0", path, name,
                            columns->values[column][i]);
        }
    }
    return PPT_OK;
}

static unsigned *to_unsigned(const double *values, size_t count)
{
    unsigned *out = ppt_alloc(count, sizeof(*out));

    for (size_t i = 0; i < count; i++) {
        out[i] = (unsigned)values[i];
    }
    return out;
}

enum { BLOCK, WORKERS, SECONDS };

struct pass {
    double block, workers, seconds;
};

static int compare_passes(const void *a, const void *b)
{
    const struct pass *const x = a, *const y = b;
    const int blocks = compare_doubles(&x->block, &y->block);

    return blocks ? blocks : compare_doubles(&x->workers, &y->workers);
}

/* Ascending by block, then by workers; the caller frees them. */
static struct pass *sorted_passes(const struct ppt_columns *columns)
{
    struct pass *passes = ppt_alloc(columns->row_count, sizeof(*passes));

    for (size_t i = 0; i < columns->row_count; i++) {
        passes[i] = (struct pass){columns->values[BLOCK][i], columns->values[WORKERS][i],
                                  columns->values[SECONDS][i]};
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
        while (end < count && compare_doubles(&passes[end].block, &passes[first].block) == 0) {
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

/* Never larger than the file: a table of all blocks by all worker counts would be. */
static enum ppt_status grid_of(const char *path, const struct ppt_columns *columns,
                               struct ppt_grid *grid, struct ppt_error *error)
{
    size_t point_count = 0;
    double *points = distinct(columns->values[WORKERS], columns->row_count, &point_count);
    unsigned *workers = to_unsigned(points, point_count);
    struct pass *passes = sorted_passes(columns);
    const enum ppt_status status = check_repeats(path, passes, columns->row_count, error);

    if (status == PPT_OK) {
        const size_t blocks = keep_complete(passes, columns->row_count, point_count);

        ppt_grid_create_curve(workers, point_count, blocks, grid);
        for (size_t i = 0; i < blocks * point_count; i++) {
            grid->seconds[i] = passes[i].seconds;
        }
    }
    free(passes);
    free(workers);
    free(points);
    return status;
}

static void print_points(const struct ppt_answer *answer)
{
    struct ppt_text out = {0};

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
    ppt_sentence_verdict(answer, &out);
    ppt_text_add(&out, ". ");
    ppt_sentence_reason(answer, &out);
    ppt_sentence_details(answer, &out);
    puts(out.data);
    ppt_text_free(&out);
}

enum ppt_status ppt_command_judge(const struct ppt_cli *cli, struct ppt_error *error)
{
    static const char *const names[] = {
        [BLOCK] = "block", [WORKERS] = "workers", [SECONDS] = "seconds", NULL};
    const char *path = cli->operands[0];
    const struct ppt_answer_context context = {
        .tasks = cli->tasks,
        .cores = (unsigned)cli->cpus,
        .cpus = (unsigned)cli->cpus,
        .tolerance = cli->tolerance,
        .confidence = 0.95,
    };
    struct ppt_columns columns;
    struct ppt_grid grid = {0};
    struct ppt_answer answer;
    enum ppt_status status = ppt_csv_read(path, names, &columns, error);

    if (status != PPT_OK) {
        return status;
    }
    status = check_workers(path, &columns, WORKERS, error);
    if (status == PPT_OK) {
        status = check_positive(path, "seconds", &columns, SECONDS, error);
    }
    if (status == PPT_OK) {
        status = grid_of(path, &columns, &grid, error);
    }
    ppt_columns_free(&columns);
    if (status != PPT_OK) {
        return status;
    }
    ppt_answer_from_grid(&grid, &context, &answer);
    if (cli->json) {
        judge_print_json(ppt_json_verdict(&answer));
    } else {
        print_points(&answer);
    }
    if (!answer.verdict.exists) {
        /* The answer has been printed; it just is none. */
        status = PPT_INCONCLUSIVE;
    }
    ppt_answer_free(&answer);
    return status;
}

/* ---- fit ---- */

/* Rows of the same worker count are blocks, in the order of the file; as many as every count has.
 */
static void repeats(const struct ppt_columns *columns, struct ppt_grid *grid)
{
    size_t point_count = 0, blocks = SIZE_MAX;
    double *points = distinct(columns->values[0], columns->row_count, &point_count);
    unsigned *workers = to_unsigned(points, point_count);
    size_t *seen = ppt_alloc(point_count, sizeof(*seen));

    for (size_t i = 0; i < columns->row_count; i++) {
        seen[place_of(points, point_count, columns->values[0][i])]++;
    }
    for (size_t p = 0; p < point_count; p++) {
        blocks = seen[p] < blocks ? seen[p] : blocks;
        seen[p] = 0;
    }
    ppt_grid_create_curve(workers, point_count, blocks, grid);
    for (size_t i = 0; i < columns->row_count; i++) {
        const size_t p = place_of(points, point_count, columns->values[0][i]);

        if (seen[p] < blocks) {
            grid->seconds[seen[p] * point_count + p] = 1 / columns->values[1][i];
        }
        seen[p]++;
    }
    free(seen);
    free(workers);
    free(points);
}

static void print_law(const char *name, const struct ppt_law *law, double largest)
{
    double peak = 0, roof = 0;

    printf("%-16s lambda %.7g  sigma %.6g  kappa %.6g  (%s)\n", name, law->lambda, law->sigma,
           law->kappa, ppt_law_name(law));
    if (ppt_law_peak(law, &peak)) {
        printf("%-16s peak at %.4g worker%s, throughput %.6g\n", "", peak, peak == 1 ? "" : "s",
               ppt_law_at(law, peak));
    }
    if (ppt_law_roof(law, largest, &roof)) {
        printf("%-16s roof %.6g; root mean square of residuals %.4g\n", "", roof, law->rms);
    }
}

static void print_fit(const struct ppt_cli *cli, const struct ppt_law *weighted,
                      const struct ppt_law *least_squares, double largest, unsigned refusals)
{
    if (cli->json) {
        json_object *object = json_object_new_object();

        json_object_object_add(object, "weighted", ppt_json_law(weighted, largest));
        json_object_object_add(object, "least_squares", ppt_json_law(least_squares, largest));
        json_object_object_add(object, "refusals", ppt_json_refusals(refusals));
        judge_print_json(object);
        return;
    }
    print_law("weighted", weighted, largest);
    print_law("least squares", least_squares, largest);
    for (unsigned bit = 1; bit <= PPT_REFUSAL_CROSSES_CPUS; bit <<= 1) {
        if (refusals & bit) {
            printf("not to be extrapolated: %s\n", ppt_refusal_text((enum ppt_refusal)bit));
        }
    }
}

static double largest(const double *values, size_t count)
{
    double most = 0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, values[i]);
    }
    return most;
}

/* Throughput is defined from 1 worker on: rows of 0 (sequential calls) are no part of the law. */
static void drop_sequential(struct ppt_columns *columns)
{
    size_t kept = 0;

    for (size_t i = 0; i < columns->row_count; i++) {
        if (columns->values[0][i] >= 1) {
            columns->values[0][kept] = columns->values[0][i];
            columns->values[1][kept++] = columns->values[1][i];
        }
    }
    columns->row_count = kept;
}

enum ppt_status ppt_command_fit(const struct ppt_cli *cli, struct ppt_error *error)
{
    static const char *const names[] = {"workers", "throughput", NULL};
    const char *path = cli->operands[0];
    const struct ppt_scaling_context context = {
        .tasks = 1, .cores = (unsigned)cli->cpus, .cpus = (unsigned)cli->cpus, .confidence = 0.95};
    struct ppt_law weighted = {0}, least_squares = {0};
    struct ppt_scaling scaling;
    struct ppt_columns columns;
    struct ppt_grid grid;
    enum ppt_status status = ppt_csv_read(path, names, &columns, error);

    if (status != PPT_OK) {
        return status;
    }
    status = check_workers(path, &columns, 0, error);
    if (status == PPT_OK) {
        status = check_positive(path, "throughput", &columns, 1, error);
    }
    if (status == PPT_OK) {
        drop_sequential(&columns);
        if (!ppt_law_fit(columns.values[0], columns.values[1], columns.row_count, &weighted) ||
            !ppt_law_fit_least_squares(columns.values[0], columns.values[1], columns.row_count,
                                       &least_squares)) {
            status = ppt_fail(error, PPT_INCONCLUSIVE, "%s: no scaling law fits these rows", path);
        }
    }
    if (status == PPT_OK) {
        repeats(&columns, &grid);
        ppt_scaling_of(&grid, &context, &scaling);
        print_fit(cli, &weighted, &least_squares, largest(columns.values[1], columns.row_count),
                  scaling.fitted ? scaling.refusals : PPT_REFUSAL_FEW_BLOCKS);
        ppt_scaling_free(&scaling);
        ppt_grid_free(&grid);
    }
    ppt_columns_free(&columns);
    return status;
}
