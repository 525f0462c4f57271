/*
 * fit: the scaling law of throughput that was measured elsewhere.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "order.h"
#include "owned.h"
#include "report.h"
#include "shared.h"
#include "timed.h"
#include "verbs.h"

struct fit_options {
    uint64_t cpus; /* that may be used; 0: unknown */
    bool json;
};

static size_t place_of(const double *sorted, size_t count, double value)
{
    const double *found = bsearch(&value, sorted, count, sizeof(value), ppt_order_double);

    return (size_t)(found - sorted);
}

/* Rows of the same worker count are blocks, in the order of the file; as many as every count has.
 */
static void repeats(const struct ppt_columns *columns, struct ppt_grid *grid)
{
    size_t point_count = 0, blocks = SIZE_MAX;
    double *points = ppt_timed_distinct(columns->values[0], columns->row_count, &point_count);
    unsigned *workers = ppt_timed_counts(points, point_count);
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
        printf("%-16s peak at %.4g worker%s, throughput %.6g\n", "", peak, PPT_S(peak),
               ppt_law_at(law, peak));
    }
    if (ppt_law_roof(law, largest, &roof)) {
        printf("%-16s roof %.6g; root mean square of residuals %.4g\n", "", roof, law->rms);
    }
}

static void print_fit(bool json, const struct ppt_law *weighted,
                      const struct ppt_law *least_squares, double largest, unsigned refusals)
{
    if (json) {
        json_object *object = json_object_new_object();

        json_object_object_add(object, "weighted", ppt_json_law(weighted, largest));
        json_object_object_add(object, "least_squares", ppt_json_law(least_squares, largest));
        json_object_object_add(object, "refusals", ppt_json_refusals(refusals));
        ppt_timed_print(object);
        return;
    }
    print_law("weighted", weighted, largest);
    print_law("least squares", least_squares, largest);
    for (unsigned bit = 1; bit <= PPT_REFUSAL_LAST; bit <<= 1) {
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

static enum ppt_status fit(const struct ppt_line *line, struct ppt_error *error)
{
    const struct fit_options *options = line->options;
    static const char *const names[] = {"workers", "throughput", NULL};
    const char *path = line->operands[0];
    const struct ppt_scaling_context context = {.cpus = (unsigned)options->cpus,
                                                .confidence = 0.95};
    struct ppt_law weighted = {0}, least_squares = {0};
    struct ppt_columns columns PPT_OWNED(ppt_columns_free) = {0};
    struct ppt_scaling scaling PPT_OWNED(ppt_scaling_free) = {0};
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};

    PPT_TRY(ppt_csv_read(path, names, &columns, error));
    PPT_TRY(ppt_timed_check_workers(path, &columns, 0, error));
    PPT_TRY(ppt_timed_check_positive(path, "throughput", &columns, 1, error));
    drop_sequential(&columns);
    if (!ppt_law_fit(columns.values[0], columns.values[1], columns.row_count, &weighted) ||
        !ppt_law_fit_least_squares(columns.values[0], columns.values[1], columns.row_count,
                                   &least_squares)) {
        return ppt_fail(error, PPT_INCONCLUSIVE, "%s: no scaling law fits these rows", path);
    }
    repeats(&columns, &grid);
    ppt_scaling_of(&grid, &context, &scaling);
    print_fit(options->json, &weighted, &least_squares,
              largest(columns.values[1], columns.row_count),
              scaling.exists ? ppt_scaling_outlook(&scaling, scaling.largest).refusals
                             : (unsigned)PPT_REFUSAL_FEW_BLOCKS);
    return PPT_OK;
}

static const struct ppt_option fit_rows[] = {
    PPT_SHARED(CPUS, struct fit_options, cpus),
    PPT_SHARED(JSON, struct fit_options, json),
};

const struct ppt_verb ppt_verb_fit = {
    .name = "fit",
    .forms = {{"fit FILE.csv", "the law of workers,throughput"}},
    .most = 1,
    .needs = "a CSV file with columns workers, throughput",
    PPT_OPTIONS(fit_rows, struct fit_options, 0),
    .run = fit,
};
