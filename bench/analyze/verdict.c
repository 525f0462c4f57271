#include "verdict.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"
#include "trimmed.h"

/* The spread that so few blocks show is on average too small by this. */
#define SAFETY 1.2
#define FEWEST_TO_GIVE_UP 20

/* m of every point. Centring each block on its own median takes out what slows a whole block. */
static double *slowness(const struct ppt_grid *grid)
{
    double *middles PPT_FREED = ppt_grid_block_medians(grid);

    return ppt_grid_point_medians(grid, middles);
}

static bool is_barred(const struct ppt_grid *grid, size_t p)
{
    return grid->barred && grid->barred[p];
}

/* One worker is not, where it is the same as sequential calls. */
static bool is_choice(const struct ppt_grid *grid, size_t p)
{
    const struct ppt_point point = grid->points[p];

    return !grid->same_alone || ppt_point_workers(point) != 1 ||
           ppt_grid_find(grid, ppt_point_calls(point)) == SIZE_MAX;
}

static bool is_ranked(const struct ppt_grid *grid, size_t p)
{
    return !is_barred(grid, p) && is_choice(grid, p);
}

/* Those that are barred were a choice, too. */
static size_t count_choices(const struct ppt_grid *grid)
{
    size_t count = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        count += is_choice(grid, p);
    }
    return count;
}

static size_t best_of(const struct ppt_grid *grid, const double *m)
{
    size_t best = SIZE_MAX;

    for (size_t p = 0; p < grid->point_count; p++) {
        if (is_ranked(grid, p) && (best == SIZE_MAX || m[p] < m[best])) {
            best = p;
        }
    }
    return best;
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

        if (!is_ranked(grid, p) || m[p] > limit ||
            (without != SIZE_MAX && !is_barred(grid, without) && m[without] <= limit)) {
            continue;
        }
        if (chosen == SIZE_MAX || is_cheaper(grid, p, chosen, m)) {
            chosen = p;
        }
    }
    return chosen;
}

/* How sure the bounds are: 1 - these. */
struct risks {
    double upper, upper99;
};

/* A confidence above 0.95 is that of runs which go on until it is settled. */
static struct risks risks_of(double confidence)
{
    return confidence > 0.95 ? (struct risks){1 - confidence, 0.002} : (struct risks){0.05, 0.01};
}

static size_t count_contenders(const struct ppt_grid *grid, size_t best, double zone)
{
    size_t count = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        count +=
            p != best && is_ranked(grid, p) && ppt_grid_difference(grid, p, best, 0.9).low <= zone;
    }
    return count > 1 ? count : 1;
}

static bool is_tie(const struct ppt_grid *grid, size_t a, size_t b, double zone)
{
    const struct ppt_interval interval = ppt_grid_difference(grid, a, b, 0.9);

    return a != b && interval.low > -zone && interval.high < zone;
}

/* U and U99, in logarithms. */
struct bounds {
    double upper, upper99;
};

static struct bounds bounds_of(const struct ppt_grid *grid, size_t chosen, double least,
                               const struct risks *risks, size_t contenders)
{
    const size_t blocks = grid->block_count;
    const double k = (double)contenders;
    double *differences PPT_FREED = ppt_alloc(blocks, sizeof(*differences));
    struct bounds bounds = {least, least};

    for (size_t p = 0; p < grid->point_count; p++) {
        if (p == chosen || !is_ranked(grid, p)) {
            continue;
        }
        ppt_grid_log_ratios(grid, chosen, p, differences);
        const struct ppt_trimmed middle = ppt_trimmed_of(differences, blocks);
        const double t = gsl_cdf_tdist_Pinv(1 - risks->upper99 / k, middle.freedom);

        bounds.upper =
            fmax(bounds.upper, ppt_grid_difference(grid, chosen, p, 1 - 2 * risks->upper / k).high);
        bounds.upper99 = fmax(bounds.upper99, middle.mean + t * sqrt(middle.variance) +
                                                  ppt_grid_blur(grid, chosen, p));
    }
    bounds.upper99 = fmax(bounds.upper99, bounds.upper);
    return bounds;
}

/* The error of a trimmed mean of n values shrinks with their root and with Student's t. */
static double shrinks(size_t n, double risk)
{
    return gsl_cdf_tdist_Pinv(1 - risk, (double)ppt_trimmed_left(n) - 1) / sqrt((double)n);
}

static size_t blocks_for_high(size_t blocks, double p, const struct bounds *bounds, double zone,
                              double risk)
{
    const double now = shrinks(blocks, risk), distance = SAFETY * (bounds->upper99 - p);

    for (size_t n = blocks + 1; n <= PPT_MOST_NEEDED; n += n < 60 ? 1 : 10) {
        if (p + distance * shrinks(n, risk) / now <= zone) {
            return n;
        }
    }
    return 0;
}

/* A step of the clock that is half of what counts as equal, or more. */
static bool is_coarse(const struct ppt_grid *grid, size_t point, double zone)
{
    return ppt_grid_blur(grid, point, point) > zone / 2;
}

void ppt_verdict_of(const struct ppt_grid *grid, double tolerance, double confidence,
                    struct ppt_verdict *verdict)
{
    const struct risks risks = risks_of(confidence);
    const double zone = log1p(tolerance);
    double *m;

    *verdict = (struct ppt_verdict){0};
    if (grid->block_count < PPT_FEWEST_BLOCKS || grid->point_count == 0) {
        return;
    }
    m = slowness(grid);
    verdict->choices = count_choices(grid);
    verdict->best = best_of(grid, m);
    verdict->exists = true;
    verdict->slowness = m;
    verdict->recommended = cheapest(grid, m, m[verdict->best] + zone);
    verdict->contenders = count_contenders(grid, verdict->best, zone);
    const double p = m[verdict->recommended] - m[verdict->best];
    const struct bounds bounds =
        bounds_of(grid, verdict->recommended, p, &risks, verdict->contenders);
    verdict->slowdown_point = expm1(p);
    verdict->slowdown_upper = expm1(bounds.upper);
    verdict->slowdown_upper99 = expm1(bounds.upper99);
    verdict->confidence = bounds.upper99 <= zone                     ? PPT_CONFIDENCE_HIGH
                          : verdict->slowdown_upper <= 2 * tolerance ? PPT_CONFIDENCE_MEDIUM
                                                                     : PPT_CONFIDENCE_LOW;
    verdict->coarse = is_coarse(grid, verdict->recommended, zone);
    if (verdict->coarse && verdict->confidence == PPT_CONFIDENCE_HIGH) {
        verdict->confidence = PPT_CONFIDENCE_MEDIUM;
    }
    verdict->tie = is_tie(grid, verdict->recommended, verdict->best, zone);
    if (verdict->confidence != PPT_CONFIDENCE_HIGH && !verdict->coarse) {
        verdict->blocks_needed = blocks_for_high(grid->block_count, p, &bounds, zone,
                                                 risks.upper99 / (double)verdict->contenders);
    }
}

void ppt_verdict_free(struct ppt_verdict *verdict)
{
    free(verdict->slowness);
    *verdict = (struct ppt_verdict){0};
}

static void cap(struct ppt_verdict *verdict, enum ppt_confidence most)
{
    verdict->capped = verdict->capped || verdict->confidence == PPT_CONFIDENCE_HIGH;
    verdict->confidence = verdict->confidence < most ? verdict->confidence : most;
}

/* Share of the passes at a point of the grid. */
static double disturbed_at(const struct ppt_index *index, const struct ppt_grid *grid, size_t point)
{
    return ppt_disturbance_at(index, ppt_index_find(index, grid->points[point]));
}

void ppt_verdict_doubt(struct ppt_verdict *verdict, const struct ppt_index *index,
                       const struct ppt_grid *grid, const struct ppt_disturbance *disturbance)
{
    if (!verdict->exists) {
        return;
    }
    const double here = fmax(disturbed_at(index, grid, verdict->recommended),
                             disturbed_at(index, grid, verdict->best));
    const enum ppt_confidence most = ppt_disturbance_most(disturbance, here);

    verdict->disturbed = ppt_disturbance_caps(disturbance, here);
    if (most < PPT_CONFIDENCE_HIGH) {
        cap(verdict, most);
    }
}

bool ppt_verdict_hopeless(const struct ppt_verdict *verdict, const struct ppt_grid *grid)
{
    return verdict->exists && verdict->confidence != PPT_CONFIDENCE_HIGH && !verdict->capped &&
           verdict->blocks_needed == 0 && grid->block_count >= FEWEST_TO_GIVE_UP;
}

bool ppt_verdict_settled(const struct ppt_verdict *verdict, const struct ppt_grid *grid,
                         double confidence, double relative)
{
    if (ppt_verdict_hopeless(verdict, grid)) {
        return true;
    }
    if (!verdict->exists || verdict->confidence != PPT_CONFIDENCE_HIGH) {
        return false;
    }
    for (size_t p = 0; p < grid->point_count; p++) {
        const struct ppt_ratio lead = ppt_grid_speedup(grid, p, verdict->recommended, confidence);

        if (p != verdict->recommended && is_ranked(grid, p) && lead.interval.low <= 1 &&
            lead.interval.high - lead.interval.low > 2 * relative * lead.value) {
            return false;
        }
    }
    return true;
}
