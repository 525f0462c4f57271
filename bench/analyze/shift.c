#include "shift.h"

#include <math.h>

#include "interval.h"
#include "memory.h"
#include "owned.h"
#include "trimmed.h"

/* A variance, and how well it is known. */
struct component {
    double variance, freedom;
};

/* Degrees of freedom of the sum of two. */
static double sum_freedom(struct component a, struct component b)
{
    const double whole = a.variance + b.variance;
    const double parts = (a.variance > 0 ? a.variance * a.variance / a.freedom : 0) +
                         (b.variance > 0 ? b.variance * b.variance / b.freedom : 0);

    return parts > 0 ? fmax(1, whole * whole / parts) : 1;
}

static struct component larger(struct component a, struct component b)
{
    return a.variance < b.variance ? b : a;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / (double)count;
}

/* Of one run at a point, less what `offsets`, one per value, has of it; NULL: nothing. */
static struct ppt_trimmed trimmed_at(const struct ppt_run_logs *run, size_t points, size_t point,
                                     const double *offsets)
{
    double *column PPT_FREED = ppt_alloc(run->count, sizeof(*column));

    for (size_t i = 0; i < run->count; i++) {
        column[i] = run->values[i * points + point] - (offsets ? offsets[i] : 0);
    }
    return ppt_trimmed_of(column, run->count);
}

/* ---- one run a side ---- */

static struct ppt_shift shift_of_pair(const struct ppt_trimmed *old, const struct ppt_trimmed *new)
{
    const struct component a = {old->variance, old->freedom}, b = {new->variance, new->freedom};

    return (struct ppt_shift){
        .value = new->mean - old->mean,
        .variance = a.variance + b.variance,
        .freedom = a.freedom > 0 && b.freedom > 0 ? sum_freedom(a, b) : 0,
    };
}

/* ---- several runs ---- */

/* Trimmed means: [run * points + point]. */
static double *run_means(const struct ppt_shift_sides *sides)
{
    const size_t runs = sides->old_count + sides->new_count, points = sides->points;
    double *means = ppt_alloc(runs * points, sizeof(*means));

    for (size_t i = 0; i < runs * points; i++) {
        means[i] = trimmed_at(&sides->runs[i / points], points, i % points, NULL).mean;
    }
    return means;
}

/* What runs of a side differ by, on average over sides: of one column of a table with a row per
 * run. */
static struct component between(const struct ppt_shift_sides *sides, const double *column,
                                size_t stride)
{
    const size_t runs = sides->old_count + sides->new_count;
    double middles[2] = {0}, squares = 0;

    for (size_t r = 0; r < runs; r++) {
        const size_t count = r < sides->old_count ? sides->old_count : sides->new_count;

        middles[r >= sides->old_count] += column[r * stride] / (double)count;
    }
    for (size_t r = 0; r < runs; r++) {
        const double off = column[r * stride] - middles[r >= sides->old_count];

        squares += off * off;
    }
    return (struct component){squares / (double)(runs - 2), (double)(runs - 2)};
}

/* What the values within runs make of either component. */
struct within {
    struct component all, left; /* of a run's mean over points, and of what is left at a point */
};

static struct within within_runs(const struct ppt_shift_sides *sides)
{
    const size_t runs = sides->old_count + sides->new_count, points = sides->points;
    double *row PPT_FREED = ppt_alloc(points, sizeof(*row));
    struct within within = {0};
    size_t known = 0;

    for (size_t r = 0; r < runs; r++) {
        const struct ppt_run_logs *run = &sides->runs[r];
        double *middles PPT_FREED = ppt_alloc(run->count, sizeof(*middles));

        if (run->count < 2) {
            continue;
        }
        for (size_t i = 0; i < run->count; i++) {
            middles[i] = ppt_median(run->values + i * points, points);
        }
        const struct ppt_trimmed all = ppt_trimmed_of(middles, run->count);

        for (size_t p = 0; p < points; p++) {
            row[p] = trimmed_at(run, points, p, middles).variance;
        }
        within.all.variance += all.variance;
        within.all.freedom += all.freedom;
        within.left.variance += mean_of(row, points);
        known++;
    }
    if (known > 0) {
        within.all.variance /= (double)known;
        within.left.variance /= (double)known;
        within.left.freedom = within.all.freedom * (double)points / 2;
    }
    return within;
}

/* What runs differ by at each point beyond what they do as a whole. */
static struct component left_between(const struct ppt_shift_sides *sides, const double *means,
                                     const double *whole)
{
    const size_t runs = sides->old_count + sides->new_count, points = sides->points;
    double *column PPT_FREED = ppt_alloc(runs, sizeof(*column));
    struct component left = {.freedom = (double)((runs - 2) * (points - 1))};

    for (size_t p = 0; p < points; p++) {
        for (size_t r = 0; r < runs; r++) {
            column[r] = means[r * points + p] - whole[r];
        }
        left.variance += between(sides, column, 1).variance / (double)(points - 1);
    }
    return left;
}

static double shift_of_means(const struct ppt_shift_sides *sides, const double *means)
{
    double old = 0, new = 0;

    for (size_t r = 0; r < sides->old_count + sides->new_count; r++) {
        *(r < sides->old_count ? &old : &new) += means[r * sides->points];
    }
    return new / (double)sides->new_count - old / (double)sides->old_count;
}

static void shifts_of_runs(const struct ppt_shift_sides *sides, struct ppt_shift *shifts)
{
    const size_t runs = sides->old_count + sides->new_count, points = sides->points;
    const double share = 1 / (double)sides->old_count + 1 / (double)sides->new_count;
    const struct within within = within_runs(sides);
    double *means PPT_FREED = run_means(sides);
    double *whole PPT_FREED = ppt_alloc(runs, sizeof(*whole));
    struct component all, left = {0};

    for (size_t r = 0; r < runs; r++) {
        whole[r] = mean_of(means + r * points, points);
    }
    all = larger(between(sides, whole, 1), within.all);
    if (points > 1) {
        left = larger(left_between(sides, means, whole), within.left);
        left.variance *= 1 - 1 / (double)points;
    }
    for (size_t p = 0; p < points; p++) {
        shifts[p] = (struct ppt_shift){
            .value = shift_of_means(sides, means + p),
            .variance = share * (all.variance + left.variance),
            .freedom = sum_freedom(all, left),
            .run_sd = sqrt(between(sides, means + p, points).variance),
        };
    }
}

void ppt_shifts_of(const struct ppt_shift_sides *sides, struct ppt_shift *shifts)
{
    if (sides->old_count + sides->new_count > 2) {
        shifts_of_runs(sides, shifts);
        return;
    }
    for (size_t p = 0; p < sides->points; p++) {
        const struct ppt_trimmed old = trimmed_at(&sides->runs[0], sides->points, p, NULL);
        const struct ppt_trimmed new = trimmed_at(&sides->runs[1], sides->points, p, NULL);

        shifts[p] = shift_of_pair(&old, &new);
    }
}
