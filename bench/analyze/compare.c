#include "compare.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "order.h"
#include "owned.h"

#define ALPHA (1 - PPT_COMPARE_CONFIDENCE)

const char *const ppt_change_names[] = {
    [PPT_CHANGE_INCONCLUSIVE] = "inconclusive", [PPT_CHANGE_UNCHANGED] = "unchanged",
    [PPT_CHANGE_IMPROVED] = "improved",         [PPT_CHANGE_SUSPECT] = "suspect",
    [PPT_CHANGE_REGRESSION] = "regression",
};

const char *const ppt_change_kind_names[] = {
    [PPT_CHANGE_NOWHERE] = "nowhere", [PPT_CHANGE_EVERYWHERE] = "everywhere",
    [PPT_CHANGE_SCALING] = "scaling", [PPT_CHANGE_BOTH] = "both",
    [PPT_CHANGE_POINTS] = "points",
};

struct side {
    const struct ppt_grid *runs;
    size_t count;
};

bool ppt_compared_common(const struct ppt_compared_point *point)
{
    return point->old_s.n > 0 && point->new_s.n > 0;
}

/* ---- values of one side ---- */

/* One quantity at one point: the values of all blocks, and the median of each run. */
struct values {
    double *items;
    size_t count;
    double *medians;
    size_t runs;
};

static void values_free(struct values *values)
{
    free(values->items);
    free(values->medians);
}

static size_t count_blocks(const struct side *side)
{
    size_t blocks = 0;

    for (size_t r = 0; r < side->count; r++) {
        blocks += side->runs[r].block_count;
    }
    return blocks;
}

/* ln(seconds), or with a base ln(seconds of the base / seconds). Runs without one are left out. */
static struct values gather(const struct side *side, struct ppt_point point,
                            const struct ppt_point *base)
{
    struct values values = {
        .items = ppt_alloc(count_blocks(side), sizeof(*values.items)),
        .medians = ppt_alloc(side->count, sizeof(*values.medians)),
    };

    for (size_t r = 0; r < side->count; r++) {
        const struct ppt_grid *run = &side->runs[r];
        const size_t p = ppt_grid_find(run, point);
        const size_t over = base ? ppt_grid_find(run, *base) : 0;
        double *items = values.items + values.count;

        if (run->block_count == 0 || p == SIZE_MAX || over == SIZE_MAX) {
            continue;
        }
        if (base) {
            ppt_grid_log_ratios(run, over, p, items);
        } else {
            for (size_t b = 0; b < run->block_count; b++) {
                items[b] = log(ppt_grid_at(run, b, p));
            }
        }
        values.count += run->block_count;
        values.medians[values.runs++] = ppt_median(items, run->block_count);
    }
    return values;
}

static double squares(const struct values *values)
{
    return values->runs < 2
               ? 0
               : gsl_stats_variance(values->medians, 1, values->runs) * (double)(values->runs - 1);
}

static struct ppt_run_spread spread_of(const struct values *old, const struct values *new)
{
    const double freedom = (double)(old->runs + new->runs) - 2;
    struct ppt_run_spread spread = {.exists = freedom > 0};

    if (spread.exists) {
        const double deviation = sqrt((squares(old) + squares(new)) / freedom);
        const double error = deviation * sqrt(1 / (double)old->runs + 1 / (double)new->runs);

        spread.spread = M_SQRT2 * deviation;
        spread.reach = gsl_cdf_tdist_Pinv(1 - ALPHA, freedom) * error;
    }
    return spread;
}

/* All but the class and the adjusted p, which need the other points. */
static struct ppt_difference difference_of(const struct values *old, const struct values *new,
                                           double confidence)
{
    const struct ppt_sample_pair pair = {old->items, new->items, old->count, new->count};
    const struct ppt_rank_test test = ppt_rank_test_of(&pair);

    return (struct ppt_difference){
        .old_n = old->count,
        .new_n = new->count,
        .shift = ppt_shift_of(&pair, confidence),
        .p = test.p,
        .p_adjusted = 1,
        .delta = test.delta,
        .exact = test.exact,
        .runs = spread_of(old, new),
    };
}

/* ---- points ---- */

static size_t add_points(const struct side *side, struct ppt_compared_point *points, size_t count)
{
    for (size_t r = 0; r < side->count; r++) {
        for (size_t p = 0; side->runs[r].block_count > 0 && p < side->runs[r].point_count; p++) {
            points[count++].point = side->runs[r].points[p];
        }
    }
    return count;
}

static size_t count_points(const struct side *side)
{
    size_t count = 0;

    for (size_t r = 0; r < side->count; r++) {
        count += side->runs[r].point_count;
    }
    return count;
}

/* Those of any run, ascending, each once. */
static void list_points(const struct side *old, const struct side *new,
                        struct ppt_comparison *comparison)
{
    struct ppt_compared_point *points =
        ppt_alloc(count_points(old) + count_points(new), sizeof(*points));
    const size_t all = add_points(new, points, add_points(old, points, 0));

    qsort(points, all, sizeof(*points), ppt_point_compare);
    for (size_t i = 0; i < all; i++) {
        if (i == 0 || !ppt_point_same(points[i].point, points[i - 1].point)) {
            points[comparison->point_count++].point = points[i].point;
        }
    }
    comparison->points = points;
}

static struct ppt_stat seconds_of(const struct values *logs)
{
    double *seconds PPT_FREED = ppt_alloc(logs->count, sizeof(*seconds));

    for (size_t i = 0; i < logs->count; i++) {
        seconds[i] = exp(logs->items[i]);
    }
    return ppt_stat_of(seconds, logs->count);
}

static struct ppt_ratio ratio_of(const struct values *logs)
{
    return (struct ppt_ratio){
        .value = exp(ppt_median(logs->items, logs->count)),
        .interval =
            ppt_interval_exp(ppt_interval_of(logs->items, logs->count, PPT_COMPARE_CONFIDENCE)),
    };
}

static bool is_enough(size_t old, size_t new)
{
    return old >= PPT_COMPARE_FEWEST && new >= PPT_COMPARE_FEWEST;
}

static void measure_point(const struct side *old, const struct side *new,
                          struct ppt_compared_point *point, struct ppt_comparison *comparison)
{
    struct values before PPT_OWNED(values_free) = gather(old, point->point, NULL);
    struct values after PPT_OWNED(values_free) = gather(new, point->point, NULL);

    point->old_s = seconds_of(&before);
    point->new_s = seconds_of(&after);
    comparison->common += ppt_compared_common(point);
    comparison->judged += is_enough(before.count, after.count);
}

static void compare_times(const struct side *old, const struct side *new,
                          struct ppt_compared_point *point, double confidence)
{
    struct values before PPT_OWNED(values_free) = gather(old, point->point, NULL);
    struct values after PPT_OWNED(values_free) = gather(new, point->point, NULL);

    point->time = difference_of(&before, &after, confidence);
}

static void compare_speedups(const struct side *old, const struct side *new, struct ppt_point base,
                             struct ppt_compared_point *point, double confidence)
{
    struct values before PPT_OWNED(values_free) = gather(old, point->point, &base);
    struct values after PPT_OWNED(values_free) = gather(new, point->point, &base);

    point->has_speedup = before.count > 0 && after.count > 0;
    if (point->has_speedup) {
        point->old_speedup = ratio_of(&before);
        point->new_speedup = ratio_of(&after);
        point->speedup = difference_of(&before, &after, confidence);
    }
}

/* ---- over all points ---- */

static int compare_p(const void *a, const void *b)
{
    return ppt_order_double(&(*(struct ppt_difference *const *)a)->p,
                            &(*(struct ppt_difference *const *)b)->p);
}

/* Holm: the i-th smallest p times how many are not smaller, never below the one before. */
static void adjust(struct ppt_difference **differences, size_t count)
{
    double least = 0;

    qsort(differences, count, sizeof(struct ppt_difference *), compare_p);
    for (size_t i = 0; i < count; i++) {
        least = fmax(least, fmin(1, differences[i]->p * (double)(count - i)));
        differences[i]->p_adjusted = least;
    }
}

/* `sign` is 1 where more is slower, as with times, else -1. */
static enum ppt_change classify(const struct ppt_difference *difference, double sign,
                                double threshold)
{
    const double limit = log1p(threshold), slower = sign * difference->shift.value;
    const struct ppt_interval *ends = &difference->shift.interval;
    const double low = sign > 0 ? ends->low : -ends->high;
    const double high = sign > 0 ? ends->high : -ends->low;
    const bool by_chance =
        difference->runs.exists && fabs(difference->shift.value) <= difference->runs.reach;

    if (!is_enough(difference->old_n, difference->new_n) || !ends->exists) {
        return PPT_CHANGE_INCONCLUSIVE;
    }
    if (low > limit && !by_chance) {
        return PPT_CHANGE_REGRESSION;
    }
    if (low > limit || (difference->p_adjusted < ALPHA && slower > limit)) {
        return PPT_CHANGE_SUSPECT;
    }
    return high < -limit && !by_chance ? PPT_CHANGE_IMPROVED : PPT_CHANGE_UNCHANGED;
}

/* Classes of all differences of a quantity, and of the quantity as a whole. */
static enum ppt_change judge(struct ppt_difference **differences, size_t count, double sign,
                             double threshold)
{
    enum ppt_change whole = PPT_CHANGE_INCONCLUSIVE;

    adjust(differences, count);
    for (size_t i = 0; i < count; i++) {
        differences[i]->change = classify(differences[i], sign, threshold);
        whole = differences[i]->change > whole ? differences[i]->change : whole;
    }
    return whole;
}

static void judge_all(struct ppt_comparison *comparison)
{
    const size_t most = comparison->point_count;
    struct ppt_difference **times PPT_FREED = ppt_alloc(most, sizeof(struct ppt_difference *));
    struct ppt_difference **speedups PPT_FREED = ppt_alloc(most, sizeof(struct ppt_difference *));
    size_t time_count = 0, speedup_count = 0;

    for (size_t i = 0; i < most; i++) {
        struct ppt_compared_point *point = &comparison->points[i];

        if (is_enough(point->time.old_n, point->time.new_n)) {
            times[time_count++] = &point->time;
        }
        if (point->has_speedup && is_enough(point->speedup.old_n, point->speedup.new_n)) {
            speedups[speedup_count++] = &point->speedup;
        }
    }
    comparison->change = judge(times, time_count, 1, comparison->threshold);
    comparison->speedup_change = judge(speedups, speedup_count, -1, comparison->threshold);
}

/* What they have in common, see enum ppt_change_kind. */
static enum ppt_change_kind kind_of(const struct ppt_comparison *comparison)
{
    const double limit = log1p(comparison->threshold);
    const bool slower = comparison->change >= PPT_CHANGE_SUSPECT;
    const double sign = slower ? 1 : -1;
    bool all = comparison->judged > 1, scaling = false, base = false;

    if (comparison->change < PPT_CHANGE_IMPROVED) {
        return PPT_CHANGE_NOWHERE;
    }
    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];
        const bool changed = slower ? point->time.change >= PPT_CHANGE_SUSPECT
                                    : point->time.change == PPT_CHANGE_IMPROVED;

        if (!is_enough(point->time.old_n, point->time.new_n)) {
            continue;
        }
        all &= sign * point->time.shift.value > limit;
        base |= changed && comparison->has_base && i == comparison->base;
        scaling |= point->has_speedup && (slower ? point->speedup.change >= PPT_CHANGE_SUSPECT
                                                 : point->speedup.change == PPT_CHANGE_IMPROVED);
    }
    return all && scaling     ? PPT_CHANGE_BOTH
           : all              ? PPT_CHANGE_EVERYWHERE
           : scaling && !base ? PPT_CHANGE_SCALING
                              : PPT_CHANGE_POINTS;
}

static void summarise(struct ppt_comparison *comparison)
{
    double *shifts PPT_FREED = ppt_alloc(comparison->point_count, sizeof(*shifts));
    size_t count = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_difference *time = &comparison->points[i].time;

        if (is_enough(time->old_n, time->new_n) && time->shift.interval.exists) {
            shifts[count++] = time->shift.value;
            comparison->most = fmax(comparison->most, time->shift.interval.high);
        }
    }
    comparison->typical = ppt_median(shifts, count);
}

void ppt_comparison_of(const struct ppt_grid *old_runs, size_t old_count,
                       const struct ppt_grid *new_runs, size_t new_count, double threshold,
                       struct ppt_comparison *comparison)
{
    const struct side old = {old_runs, old_count}, new = {new_runs, new_count};

    *comparison = (struct ppt_comparison){
        .threshold = threshold,
        .old_runs = old_count,
        .new_runs = new_count,
        .old_blocks = count_blocks(&old),
        .new_blocks = count_blocks(&new),
    };
    list_points(&old, &new, comparison);
    for (size_t i = comparison->point_count; i-- > 0;) {
        measure_point(&old, &new, &comparison->points[i], comparison);
        if (ppt_compared_common(&comparison->points[i])) {
            comparison->has_base = true;
            comparison->base = i;
        }
    }
    const double k = fmax(1, (double)comparison->judged);
    comparison->confidence = 1 - ALPHA / k;
    comparison->speedup_confidence = 1 - ALPHA / fmax(1, k - 1);
    comparison->blocks_needed = ppt_shift_fewest(1 - ALPHA / fmax(1, (double)comparison->common));
    if (comparison->blocks_needed < PPT_COMPARE_FEWEST) {
        comparison->blocks_needed = PPT_COMPARE_FEWEST;
    }
    for (size_t i = 0; i < comparison->point_count; i++) {
        struct ppt_compared_point *point = &comparison->points[i];

        if (ppt_compared_common(point)) {
            compare_times(&old, &new, point, comparison->confidence);
            if (i != comparison->base) {
                compare_speedups(&old, &new, comparison->points[comparison->base].point, point,
                                 comparison->speedup_confidence);
            }
        }
    }
    judge_all(comparison);
    comparison->kind = kind_of(comparison);
    summarise(comparison);
}

void ppt_comparison_free(struct ppt_comparison *comparison)
{
    free(comparison->points);
    *comparison = (struct ppt_comparison){0};
}
