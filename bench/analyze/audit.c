#include "audit.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

static enum ppt_status check(const struct ppt_answer *const *answers, size_t count,
                             struct ppt_error *error)
{
    const struct ppt_grid *first = count > 0 ? &answers[0]->grid : NULL;

    if (count < PPT_AUDIT_FEWEST) {
        return ppt_fail(error, PPT_INCONCLUSIVE,
                        "too few runs to tell: %zu with a verdict, at least %d are needed", count,
                        PPT_AUDIT_FEWEST);
    }
    for (size_t r = 1; r < count; r++) {
        bool same = answers[r]->grid.point_count == first->point_count;

        for (size_t p = 0; p < first->point_count && same; p++) {
            same = ppt_point_same(answers[r]->grid.points[p], first->points[p]);
        }
        if (!same) {
            return ppt_fail(error, PPT_BAD_INPUT, "runs 1 and %zu have other points", r + 1);
        }
    }
    return PPT_OK;
}

/* The median over runs of what each says of a point; `values` has room for one of each. */
static double middle_of(const struct ppt_answer *const *answers, size_t count, size_t point,
                        double (*of)(const struct ppt_answer *, size_t), double *values)
{
    for (size_t r = 0; r < count; r++) {
        values[r] = of(answers[r], point);
    }
    return ppt_median(values, count);
}

static double speedup_of(const struct ppt_answer *answer, size_t point)
{
    return answer->points[point].over_fewest.value;
}

static double slowness_of(const struct ppt_answer *answer, size_t point)
{
    return answer->verdict.slowness[point];
}

/* The median over blocks of ln seconds. */
static double level_of(const struct ppt_answer *answer, size_t point)
{
    const struct ppt_grid *grid = &answer->grid;
    double *column PPT_FREED = ppt_alloc(grid->block_count, sizeof(*column));

    for (size_t b = 0; b < grid->block_count; b++) {
        column[b] = log(ppt_grid_at(grid, b, point));
    }
    return ppt_median(column, grid->block_count);
}

static void count_intervals(const struct ppt_answer *const *answers, size_t point, double truth,
                            struct ppt_audit *audit)
{
    for (size_t r = 0; r < audit->runs; r++) {
        const struct ppt_interval *interval = &answers[r]->points[point].over_fewest.interval;

        audit->intervals += interval->exists;
        audit->intervals_held +=
            interval->exists && interval->low <= truth && truth <= interval->high;
    }
}

/* `slowness` by point, as all runs together have it. */
static void count_bounds(const struct ppt_answer *const *answers, const double *slowness,
                         struct ppt_audit *audit)
{
    double best = INFINITY;

    for (size_t p = 0; p < audit->point_count; p++) {
        best = fmin(best, slowness[p]);
    }
    for (size_t r = 0; r < audit->runs; r++) {
        const struct ppt_verdict *verdict = &answers[r]->verdict;

        audit->recommended[verdict->recommended]++;
        audit->confidences[verdict->confidence]++;
        audit->bounds_held +=
            expm1(slowness[verdict->recommended] - best) <= verdict->slowdown_upper;
    }
}

enum ppt_status ppt_audit_of(const struct ppt_answer *const *answers, size_t count,
                             struct ppt_audit *audit, struct ppt_error *error)
{
    *audit = (struct ppt_audit){0};
    PPT_TRY(check(answers, count, error));
    const size_t points = answers[0]->grid.point_count;
    double *values PPT_FREED = ppt_alloc(count, sizeof(*values));
    double *slowness PPT_FREED = ppt_alloc(points, sizeof(*slowness));
    double variance = 0;

    audit->runs = count;
    audit->point_count = points;
    audit->recommended = ppt_alloc(points, sizeof(*audit->recommended));
    audit->confidences = ppt_alloc(PPT_CONFIDENCE_HIGH + 1, sizeof(*audit->confidences));
    for (size_t p = 0; p < points; p++) {
        if (p > 0) {
            count_intervals(answers, p, middle_of(answers, count, p, speedup_of, values), audit);
        }
        slowness[p] = middle_of(answers, count, p, slowness_of, values);
        middle_of(answers, count, p, level_of, values);
        variance += gsl_stats_variance(values, 1, count) / (double)points;
    }
    audit->between_run_sd = sqrt(variance);
    count_bounds(answers, slowness, audit);
    return PPT_OK;
}

void ppt_audit_free(struct ppt_audit *audit)
{
    free(audit->recommended);
    free(audit->confidences);
    *audit = (struct ppt_audit){0};
}
