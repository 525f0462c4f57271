#include "verdict.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

/* With a point slowdown so near below the tolerance the number of blocks needed explodes. */
#define TIE_MARGIN 0.01
#define TIE_SHARE 0.2

const char *const ppt_confidence_names[] = {"LOW", "MEDIUM", "HIGH"};

/* m of every point. Centring each block on its own median takes out what slows a whole block. */
static double *slowness(const struct ppt_grid *grid)
{
    double *middles PPT_FREED = ppt_grid_block_medians(grid);

    return ppt_grid_point_medians(grid, middles);
}

static bool is_cheaper(const struct ppt_grid *grid, size_t a, size_t b, const double *m)
{
    const struct ppt_point x = grid->points[a], y = grid->points[b];
    const unsigned threads_x = ppt_point_threads(x), threads_y = ppt_point_threads(y);

    return threads_x != threads_y ? threads_x < threads_y
           : x.ranks != y.ranks   ? x.ranks < y.ranks
                                  : m[a] < m[b];
}

/* The point with the fewest threads among those not slower than `limit`. One worker is left out
 * where sequential calls, which need no more, will do. */
static size_t cheapest(const struct ppt_grid *grid, const double *m, double limit)
{
    size_t chosen = SIZE_MAX;

    for (size_t p = 0; p < grid->point_count; p++) {
        const struct ppt_point point = grid->points[p];
        const size_t without =
            ppt_point_workers(point) == 1 ? ppt_grid_find(grid, ppt_point_calls(point)) : SIZE_MAX;

        if (m[p] > limit || (without != SIZE_MAX && m[without] <= limit)) {
            continue;
        }
        if (chosen == SIZE_MAX || is_cheaper(grid, p, chosen, m)) {
            chosen = p;
        }
    }
    return chosen;
}

/* The upper end of a two-sided 90 % interval is a one-sided bound at 95 %.
 * U: the most that point `chosen` can be slower than any other, in logarithms. */
static double upper_bound(const struct ppt_grid *grid, size_t chosen, double confidence)
{
    double *differences PPT_FREED = ppt_alloc(grid->block_count, sizeof(*differences));
    double upper = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        if (p != chosen) {
            ppt_grid_log_ratios(grid, chosen, p, differences);
            upper = fmax(upper,
                         ppt_interval_of(differences, grid->block_count, 2 * confidence - 1).high);
        }
    }
    return upper;
}

static void grade(struct ppt_verdict *verdict, size_t blocks, double p, double upper,
                  double tolerance)
{
    const double zone = log1p(tolerance);

    verdict->confidence = verdict->slowdown_upper <= tolerance       ? PPT_CONFIDENCE_HIGH
                          : verdict->slowdown_upper <= 2 * tolerance ? PPT_CONFIDENCE_MEDIUM
                                                                     : PPT_CONFIDENCE_LOW;
    if (verdict->confidence == PPT_CONFIDENCE_HIGH) {
        return;
    }
    verdict->tie = verdict->recommended != verdict->best &&
                   verdict->slowdown_point >= tolerance - fmin(TIE_MARGIN, TIE_SHARE * tolerance);
    if (!verdict->tie) {
        /* The distance from p to its bound shrinks with the root of the number of blocks. */
        const double growth = (upper - p) / (zone - p);

        verdict->blocks_needed =
            (size_t)fmax((double)blocks + 1, ceil((double)blocks * growth * growth));
    }
}

void ppt_verdict_of(const struct ppt_grid *grid, double tolerance, double confidence,
                    struct ppt_verdict *verdict)
{
    double *m;

    *verdict = (struct ppt_verdict){0};
    if (grid->block_count < PPT_FEWEST_BLOCKS || grid->point_count == 0) {
        return;
    }
    m = slowness(grid);
    for (size_t p = 1; p < grid->point_count; p++) {
        if (m[p] < m[verdict->best]) {
            verdict->best = p;
        }
    }
    verdict->recommended = cheapest(grid, m, m[verdict->best] + log1p(tolerance));
    const double p = m[verdict->recommended] - m[verdict->best];
    const double upper = upper_bound(grid, verdict->recommended, confidence);
    verdict->exists = true;
    verdict->slowness = m;
    verdict->slowdown_point = expm1(p);
    verdict->slowdown_upper = expm1(upper);
    grade(verdict, grid->block_count, p, upper, tolerance);
}

void ppt_verdict_free(struct ppt_verdict *verdict)
{
    free(verdict->slowness);
    *verdict = (struct ppt_verdict){0};
}

void ppt_verdict_doubt(struct ppt_verdict *verdict, const struct ppt_disturbance *disturbance)
{
    if (disturbance->stopped + disturbance->moved > 0 &&
        verdict->confidence == PPT_CONFIDENCE_HIGH) {
        verdict->confidence = PPT_CONFIDENCE_MEDIUM;
    }
}

bool ppt_verdict_settled(const struct ppt_verdict *verdict, const struct ppt_grid *grid,
                         double confidence, double relative)
{
    if (!verdict->exists || (verdict->confidence != PPT_CONFIDENCE_HIGH && !verdict->tie)) {
        return false;
    }
    for (size_t p = 0; p < grid->point_count; p++) {
        const struct ppt_ratio lead = ppt_grid_speedup(grid, p, verdict->recommended, confidence);

        if (p != verdict->recommended && lead.interval.low <= 1 &&
            lead.interval.high - lead.interval.low > 2 * relative * lead.value) {
            return false;
        }
    }
    return true;
}

bool ppt_verdict_settles(const struct ppt_samples *samples, double tolerance, double confidence,
                         double relative)
{
    struct ppt_verdict verdict PPT_OWNED(ppt_verdict_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};

    ppt_index_create(samples, &index);
    const struct ppt_disturbance disturbance = ppt_disturbance_of(&index);

    ppt_grid_from_index(&index, &grid);
    ppt_verdict_of(&grid, tolerance, confidence, &verdict);
    ppt_verdict_doubt(&verdict, &disturbance);
    const bool settled = ppt_verdict_settled(&verdict, &grid, confidence, relative);
    return settled;
}
