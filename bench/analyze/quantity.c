#include "quantity.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "memory.h"

struct ppt_quantity ppt_quantity_of(struct ppt_comparison *comparison, bool of_speedup)
{
    const size_t most = comparison->point_count + 1;
    struct ppt_quantity quantity = {
        .of_speedup = of_speedup,
        .differences = ppt_alloc(most, sizeof(struct ppt_difference *)),
        .points = ppt_alloc(most, sizeof(*quantity.points)),
        .shifts = ppt_alloc(most, sizeof(*quantity.shifts)),
    };

    for (size_t i = 0; i < comparison->point_count; i++) {
        struct ppt_compared_point *point = &comparison->points[i];

        if (of_speedup ? point->has_speedup : point->common) {
            quantity.differences[quantity.count] = of_speedup ? &point->speedup : &point->time;
            quantity.points[quantity.count++] = i;
        }
    }
    return quantity;
}

void ppt_quantity_free(struct ppt_quantity *quantity)
{
    free(quantity->differences);
    free(quantity->points);
    free(quantity->shifts);
}

/* ---- one point ---- */

/* Infinite, where one value says nothing of it. */
static double error_of(const struct ppt_compare_rules *rules, const struct ppt_shift *shift,
                       double confidence)
{
    if (shift->freedom <= 0) {
        return INFINITY;
    }
    const double t = gsl_cdf_tdist_Pinv(confidence, shift->freedom);
    const double unseen = gsl_cdf_ugaussian_Pinv(confidence) * rules->between_runs;

    return sqrt(t * t * shift->variance + 2 * unseen * unseen);
}

static struct ppt_difference difference_of(const struct ppt_compare_rules *rules,
                                           const struct ppt_shift *shift, double confidence)
{
    const double far = error_of(rules, shift, confidence);
    const double near = error_of(rules, shift, PPT_COMPARE_CONFIDENCE);

    return (struct ppt_difference){
        .shift = shift->value,
        .interval = {shift->freedom > 0, shift->value - far, shift->value + far},
        .low = shift->value - near,
        .high = shift->value + near,
        .run_sd = shift->run_sd,
    };
}

/* Of a quantity of which more is slower. */
static enum ppt_change classify(const struct ppt_difference *difference, double threshold)
{
    const double limit = log1p(threshold);

    return difference->interval.low > limit ? PPT_CHANGE_SLOWER
           : difference->high >= limit      ? PPT_CHANGE_INCONCLUSIVE
           : difference->low > -limit       ? PPT_CHANGE_UNCHANGED
           : difference->interval.high < 0  ? PPT_CHANGE_IMPROVED
                                            : PPT_CHANGE_NOT_SLOWER;
}

/* What is said of time over that of the base becomes what is said of speedup. */
static void turn(struct ppt_difference *difference)
{
    const struct ppt_difference was = *difference;

    difference->shift = -was.shift;
    difference->interval.low = -was.interval.high;
    difference->interval.high = -was.interval.low;
    difference->low = -was.high;
    difference->high = -was.low;
}

/* ---- all points ---- */

/* Of the whole: one slower point is enough, and else one that is not known. */
static enum ppt_change heavier(enum ppt_change whole, enum ppt_change change)
{
    static const int weight[] = {
        [PPT_CHANGE_UNCHANGED] = 0,    [PPT_CHANGE_NOT_SLOWER] = 1, [PPT_CHANGE_IMPROVED] = 2,
        [PPT_CHANGE_INCONCLUSIVE] = 3, [PPT_CHANGE_SLOWER] = 4,
    };

    return weight[change] > weight[whole] ? change : whole;
}

enum ppt_change ppt_quantity_judge(struct ppt_quantity *quantity,
                                   const struct ppt_comparison *comparison, double confidence)
{
    enum ppt_change whole = quantity->count > 0 ? PPT_CHANGE_UNCHANGED : PPT_CHANGE_INCONCLUSIVE;

    for (size_t i = 0; i < quantity->count; i++) {
        struct ppt_difference *difference = quantity->differences[i];

        *difference = difference_of(&comparison->rules, &quantity->shifts[i], confidence);
        difference->change = comparison->doubt == PPT_DOUBT_NONE
                                 ? classify(difference, comparison->rules.threshold)
                                 : PPT_CHANGE_INCONCLUSIVE;
        whole = heavier(whole, difference->change);
        if (quantity->of_speedup) {
            turn(difference);
        }
    }
    return whole;
}

/* ---- points together ---- */

static double lower_end(const struct ppt_quantity *quantity,
                        const struct ppt_comparison *comparison, size_t i, double confidence)
{
    return quantity->shifts[i].value -
           error_of(&comparison->rules, &quantity->shifts[i], confidence);
}

/* Whether a point is slower at a confidence. */
static bool is_slower_at(const struct ppt_quantity *quantity,
                         const struct ppt_comparison *comparison, size_t i, double confidence)
{
    return lower_end(quantity, comparison, i, confidence) > log1p(comparison->rules.threshold);
}

static struct ppt_together together_at(const struct ppt_quantity *quantity,
                                       const struct ppt_comparison *comparison, double confidence)
{
    struct ppt_together together = {0, confidence, INFINITY};

    for (size_t i = 0; i < quantity->count; i++) {
        if (is_slower_at(quantity, comparison, i, confidence)) {
            together.count++;
            together.low = fmin(together.low, lower_end(quantity, comparison, i, confidence));
        }
    }
    return together;
}

struct ppt_together ppt_quantity_together(struct ppt_quantity *quantity,
                                          const struct ppt_comparison *comparison)
{
    const double risk = (1 - PPT_COMPARE_CONFIDENCE) / (double)quantity->count;

    for (size_t m = 2; m <= quantity->count; m++) {
        const struct ppt_together together =
            together_at(quantity, comparison, 1 - (double)m * risk);

        if (together.count >= m) {
            for (size_t i = 0; i < quantity->count; i++) {
                if (is_slower_at(quantity, comparison, i, together.confidence)) {
                    quantity->differences[i]->change = PPT_CHANGE_SLOWER;
                }
            }
            return together;
        }
    }
    return (struct ppt_together){0};
}

/* ---- what would settle it ---- */

/* The error with so many times as many values, if all else stays. */
static double error_with(const struct ppt_shift *shift, double times, double confidence)
{
    return gsl_cdf_tdist_Pinv(confidence, times * shift->freedom) * sqrt(shift->variance / times);
}

bool ppt_quantity_settles(const struct ppt_quantity *quantity,
                          const struct ppt_comparison *comparison, double times)
{
    const double limit = log1p(comparison->rules.threshold);
    bool fine = true, slower = false;

    for (size_t i = 0; i < quantity->count && !slower; i++) {
        const struct ppt_shift *shift = &quantity->shifts[i];

        slower = shift->value - error_with(shift, times, comparison->confidence) > limit;
        fine = fine && shift->value + error_with(shift, times, PPT_COMPARE_CONFIDENCE) < limit;
    }
    return slower || fine;
}
