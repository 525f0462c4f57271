#include "compare.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "drift.h"
#include "memory.h"
#include "owned.h"
#include "quantity.h"

#define ALPHA (1 - PPT_COMPARE_CONFIDENCE)

/* Of all runs together, so that those which drifted by chance alone do not grow with their number.
 */
#define DRIFT 0.01

const char *const ppt_change_names[] = {
    [PPT_CHANGE_INCONCLUSIVE] = "inconclusive",
    [PPT_CHANGE_UNCHANGED] = "unchanged",
    [PPT_CHANGE_NOT_SLOWER] = "not slower",
    [PPT_CHANGE_IMPROVED] = "improved",
    [PPT_CHANGE_SLOWER] = "slower",
};

const char *const ppt_doubt_names[] = {
    [PPT_DOUBT_NONE] = "none",      [PPT_DOUBT_NO_POINT] = "no_common_point",
    [PPT_DOUBT_FEW] = "few_blocks", [PPT_DOUBT_SPREAD] = "spread_unknown",
    [PPT_DOUBT_DRIFT] = "drift",    [PPT_DOUBT_DISTURBED] = "disturbed",
    [PPT_DOUBT_WIDE] = "wide",
};

const char *const ppt_change_kind_names[] = {
    [PPT_CHANGE_NOWHERE] = "nowhere", [PPT_CHANGE_EVERYWHERE] = "everywhere",
    [PPT_CHANGE_SCALING] = "scaling", [PPT_CHANGE_BOTH] = "both",
    [PPT_CHANGE_POINTS] = "points",
};

/* The runs that have complete blocks, old ones first. */
struct contest {
    const struct ppt_compared_run **runs;
    size_t old_count, count;
};

static void contest_free(struct contest *contest)
{
    free(contest->runs);
}

static struct contest contest_of(const struct ppt_compared_run *runs, size_t old_count,
                                 size_t new_count)
{
    struct contest contest = {
        .runs = ppt_alloc(old_count + new_count, sizeof(struct ppt_compared_run *))};

    for (size_t r = 0; r < old_count + new_count; r++) {
        if (runs[r].grid->block_count > 0) {
            contest.runs[contest.count++] = &runs[r];
            contest.old_count += r < old_count;
        }
    }
    return contest;
}

bool ppt_comparison_knows_runs(const struct ppt_comparison *comparison)
{
    return comparison->old_runs + comparison->new_runs > 2 || comparison->rules.between_runs > 0;
}

/* ---- points ---- */

/* Those of any run, ascending, each once. */
static void list_points(const struct contest *contest, struct ppt_comparison *comparison)
{
    size_t all = 0;

    for (size_t r = 0; r < contest->count; r++) {
        all += contest->runs[r]->grid->point_count;
    }
    struct ppt_compared_point *points = ppt_alloc(all + 1, sizeof(*points));

    all = 0;
    for (size_t r = 0; r < contest->count; r++) {
        const struct ppt_grid *grid = contest->runs[r]->grid;

        for (size_t p = 0; p < grid->point_count; p++) {
            points[all++].point = grid->points[p];
        }
    }
    qsort(points, all, sizeof(*points), ppt_point_compare);
    for (size_t i = 0; i < all; i++) {
        if (i == 0 || !ppt_point_same(points[i].point, points[i - 1].point)) {
            points[comparison->point_count++].point = points[i].point;
        }
    }
    comparison->points = points;
}

/* ---- values ---- */

/* The logarithms of one side at a point, or of its speedups over `base`. */
struct values {
    double *items;
    size_t count;
};

static void values_free(struct values *values)
{
    free(values->items);
}

static struct values gather(const struct contest *contest, bool old, struct ppt_point point,
                            const struct ppt_point *base)
{
    const size_t first = old ? 0 : contest->old_count,
                 end = old ? contest->old_count : contest->count;
    struct values values = {0};

    for (size_t r = first; r < end; r++) {
        const struct ppt_grid *grid = contest->runs[r]->grid;
        const size_t p = ppt_grid_find(grid, point), over = base ? ppt_grid_find(grid, *base) : 0;

        if (p == SIZE_MAX) {
            continue;
        }
        values.items =
            ppt_realloc(values.items, values.count + grid->block_count, sizeof(*values.items));
        for (size_t b = 0; b < grid->block_count; b++) {
            const double seconds = ppt_grid_at(grid, b, p);

            values.items[values.count++] =
                base ? log(ppt_grid_at(grid, b, over) / seconds) : log(seconds);
        }
    }
    return values;
}

static struct ppt_stat seconds_of(const struct contest *contest, bool old, struct ppt_point point)
{
    struct values values PPT_OWNED(values_free) = gather(contest, old, point, NULL);

    for (size_t i = 0; i < values.count; i++) {
        values.items[i] = exp(values.items[i]);
    }
    return ppt_stat_of(values.items, values.count);
}

static struct ppt_ratio speedup_of_side(const struct contest *contest, bool old,
                                        struct ppt_point point, struct ppt_point base)
{
    struct values values PPT_OWNED(values_free) = gather(contest, old, point, &base);

    return (struct ppt_ratio){
        .value = exp(ppt_median(values.items, values.count)),
        .interval =
            ppt_interval_exp(ppt_interval_of(values.items, values.count, PPT_COMPARE_CONFIDENCE)),
    };
}

static bool all_have(const struct contest *contest, struct ppt_point point)
{
    size_t r = 0;

    while (r < contest->count && ppt_grid_find(contest->runs[r]->grid, point) != SIZE_MAX) {
        r++;
    }
    return r == contest->count && contest->old_count > 0 && contest->count > contest->old_count;
}

static void measure_points(const struct contest *contest, struct ppt_comparison *comparison)
{
    for (size_t i = comparison->point_count; i-- > 0;) {
        struct ppt_compared_point *point = &comparison->points[i];

        point->old_s = seconds_of(contest, true, point->point);
        point->new_s = seconds_of(contest, false, point->point);
        point->common = all_have(contest, point->point);
        comparison->common += point->common;
        comparison->base = point->common ? i : comparison->base;
    }
    for (size_t i = 0; i < comparison->point_count; i++) {
        struct ppt_compared_point *point = &comparison->points[i];
        const struct ppt_point base = comparison->points[comparison->base].point;

        point->has_speedup = point->common && i != comparison->base && !comparison->rules.latencies;
        if (point->has_speedup) {
            point->old_speedup = speedup_of_side(contest, true, point->point, base);
            point->new_speedup = speedup_of_side(contest, false, point->point, base);
        }
    }
}

/* ---- shifts ---- */

static void fill_logs(const struct ppt_comparison *comparison, const struct ppt_quantity *quantity,
                      const struct ppt_grid *grid, struct ppt_run_logs *logs)
{
    const size_t base = ppt_grid_find(grid, comparison->points[comparison->base].point);

    *logs = (struct ppt_run_logs){
        .values = ppt_alloc(grid->block_count * quantity->count, sizeof(*logs->values)),
        .count = grid->block_count,
    };
    for (size_t i = 0; i < quantity->count; i++) {
        const size_t p = ppt_grid_find(grid, comparison->points[quantity->points[i]].point);

        for (size_t b = 0; b < grid->block_count; b++) {
            const double over = quantity->of_speedup ? ppt_grid_at(grid, b, base) : 1;

            logs->values[b * quantity->count + i] = log(ppt_grid_at(grid, b, p) / over);
        }
    }
}

static void find_shifts(const struct contest *contest, const struct ppt_comparison *comparison,
                        struct ppt_quantity *quantity)
{
    struct ppt_run_logs *logs PPT_FREED = ppt_alloc(contest->count + 1, sizeof(*logs));
    const struct ppt_shift_sides sides = {
        .runs = logs,
        .old_count = contest->old_count,
        .new_count = contest->count - contest->old_count,
        .points = quantity->count,
    };

    if (quantity->count == 0) {
        return;
    }
    for (size_t r = 0; r < contest->count; r++) {
        fill_logs(comparison, quantity, contest->runs[r]->grid, &logs[r]);
    }
    ppt_shifts_of(&sides, quantity->shifts);
    for (size_t r = 0; r < contest->count; r++) {
        free(logs[r].values);
    }
}

/* ---- doubts ---- */

static bool is_spread_known(const struct contest *contest)
{
    const size_t new_count = contest->count - contest->old_count;

    if (contest->old_count > 1 && new_count > 1) {
        return true;
    }
    for (size_t r = 0; r < contest->count; r++) {
        if (contest->runs[r]->grid->processes < PPT_COMPARE_FEWEST) {
            return false;
        }
    }
    return true;
}

static enum ppt_doubt find_doubt(const struct contest *contest,
                                 const struct ppt_comparison *comparison)
{
    bool drift = false, disturbed = false;

    for (size_t r = 0; r < contest->count; r++) {
        drift |= ppt_drift_of(contest->runs[r]->grid).p < DRIFT / (double)contest->count;
        disturbed |= contest->runs[r]->disturbed;
    }
    const size_t old = comparison->old_blocks, new = comparison->new_blocks;

    return comparison->common == 0 && old > 0 && new > 0          ? PPT_DOUBT_NO_POINT
           : old < PPT_COMPARE_FEWEST || new < PPT_COMPARE_FEWEST ? PPT_DOUBT_FEW
           : !is_spread_known(contest)                            ? PPT_DOUBT_SPREAD
           : drift                                                ? PPT_DOUBT_DRIFT
           : disturbed                                            ? PPT_DOUBT_DISTURBED
                                                                  : PPT_DOUBT_NONE;
}

/* ---- what would settle it ---- */

/* 0: with none up to the most that is worth naming. */
static size_t find_needed(const struct ppt_comparison *comparison, const struct ppt_quantity *times,
                          size_t now, size_t most)
{
    for (size_t n = now + 1; n <= most; n += n < 60 ? 1 : 10) {
        if (ppt_quantity_settles(times, comparison, (double)n / (double)now)) {
            return n;
        }
    }
    return 0;
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void say_needed(struct ppt_comparison *comparison, const struct ppt_quantity *times)
{
    const size_t old = comparison->old_runs, new = comparison->new_runs;

    if (old + new > 2) {
        comparison->runs_needed =
            find_needed(comparison, times, lesser(old, new), PPT_COMPARE_MOST_RUNS);
    } else if (comparison->rules.between_runs <= 0) { /* of which more blocks are no more */
        comparison->blocks_needed =
            find_needed(comparison, times, lesser(comparison->old_blocks, comparison->new_blocks),
                        PPT_COMPARE_MOST_BLOCKS);
    }
}

/* ---- over all points ---- */

/* Whether all points surely are, as `change` is: slower, or faster. */
static bool is_everywhere(const struct ppt_comparison *comparison, bool slower)
{
    bool all = comparison->common > 1;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_interval *ends = &comparison->points[i].time.interval;

        all &= !comparison->points[i].common || (slower ? ends->low > 0 : ends->high < 0);
    }
    return all;
}

static enum ppt_change_kind kind_of(const struct ppt_comparison *comparison)
{
    const enum ppt_change change = comparison->change;
    const bool slower = change == PPT_CHANGE_SLOWER;
    const struct ppt_compared_point *base = &comparison->points[comparison->base];
    bool scaling = false;

    if (change != PPT_CHANGE_SLOWER && change != PPT_CHANGE_IMPROVED) {
        return PPT_CHANGE_NOWHERE;
    }
    for (size_t i = 0; i < comparison->point_count; i++) {
        scaling |=
            comparison->points[i].has_speedup && comparison->points[i].speedup.change == change;
    }
    const bool all = is_everywhere(comparison, slower);
    const bool stayed = comparison->speedup_change == PPT_CHANGE_UNCHANGED;

    return all && scaling                                         ? PPT_CHANGE_BOTH
           : all && stayed                                        ? PPT_CHANGE_EVERYWHERE
           : scaling && base->time.change == PPT_CHANGE_UNCHANGED ? PPT_CHANGE_SCALING
                                                                  : PPT_CHANGE_POINTS;
}

static void summarise(struct ppt_comparison *comparison, const struct ppt_quantity *times)
{
    double *shifts PPT_FREED = ppt_alloc(times->count + 1, sizeof(*shifts));

    comparison->slower = comparison->faster = times->count > 0 ? -INFINITY : INFINITY;
    for (size_t i = 0; i < times->count; i++) {
        shifts[i] = times->differences[i]->shift;
        comparison->slower = fmax(comparison->slower, times->differences[i]->high);
        comparison->faster = fmax(comparison->faster, -times->differences[i]->low);
    }
    comparison->typical = ppt_median(shifts, times->count);
}

static void count_runs(const struct contest *contest, struct ppt_comparison *comparison)
{
    comparison->old_runs = contest->old_count;
    comparison->new_runs = contest->count - contest->old_count;
    for (size_t r = 0; r < contest->count; r++) {
        const struct ppt_grid *grid = contest->runs[r]->grid;

        *(r < contest->old_count ? &comparison->old_blocks : &comparison->new_blocks) +=
            grid->block_count;
        comparison->by_process |= grid->processes > 1;
        comparison->grouped |= grid->grouped;
    }
}

void ppt_comparison_of(const struct ppt_compared_run *runs, size_t old_count, size_t new_count,
                       const struct ppt_compare_rules *rules, struct ppt_comparison *comparison)
{
    struct contest contest PPT_OWNED(contest_free) = contest_of(runs, old_count, new_count);

    *comparison = (struct ppt_comparison){.rules = *rules};
    count_runs(&contest, comparison);
    list_points(&contest, comparison);
    measure_points(&contest, comparison);
    comparison->doubt = find_doubt(&contest, comparison);

    struct ppt_quantity times PPT_OWNED(ppt_quantity_free) = ppt_quantity_of(comparison, false);
    struct ppt_quantity speedups PPT_OWNED(ppt_quantity_free) = ppt_quantity_of(comparison, true);

    comparison->confidence = 1 - ALPHA / fmax(1, (double)times.count);
    comparison->speedup_confidence = 1 - ALPHA / fmax(1, (double)speedups.count);
    find_shifts(&contest, comparison, &times);
    find_shifts(&contest, comparison, &speedups);
    comparison->change = ppt_quantity_judge(&times, comparison, comparison->confidence);
    if (comparison->change == PPT_CHANGE_INCONCLUSIVE && comparison->doubt == PPT_DOUBT_NONE) {
        comparison->together = ppt_quantity_together(&times, comparison);
        comparison->change =
            comparison->together.count > 0 ? PPT_CHANGE_SLOWER : PPT_CHANGE_INCONCLUSIVE;
    }
    comparison->speedup_change =
        ppt_quantity_judge(&speedups, comparison, comparison->speedup_confidence);
    comparison->kind = kind_of(comparison);
    summarise(comparison, &times);
    if (comparison->change == PPT_CHANGE_INCONCLUSIVE && comparison->doubt == PPT_DOUBT_NONE) {
        comparison->doubt = PPT_DOUBT_WIDE;
        say_needed(comparison, &times);
    }
}

void ppt_comparison_free(struct ppt_comparison *comparison)
{
    free(comparison->points);
    *comparison = (struct ppt_comparison){0};
}
