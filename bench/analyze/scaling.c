#include "scaling.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

#define SUPERLINEAR 1.02
#define NARROW 1.25
#define WIDE 1.5
/* Laws that differ by less say the same. */
#define ALIKE 0.04

const char *ppt_refusal_text(enum ppt_refusal refusal)
{
    switch (refusal) {
    case PPT_REFUSAL_FEW_POINTS:
        return "fewer than 3 worker counts from 1 up to the CPUs were measured";
    case PPT_REFUSAL_FEW_BLOCKS:
        return "fewer than 5 iterations were measured";
    case PPT_REFUSAL_NO_LAW:
        return "no scaling law bends as what was measured";
    case PPT_REFUSAL_DRIFT:
        return "the machine's speed drifted during the run";
    case PPT_REFUSAL_TOO_FAR:
        return "the target is beyond twice the largest worker count measured";
    case PPT_REFUSAL_CROSSES_CPUS:
        return "the target crosses the number of CPUs";
    }
    return "";
}

/* CPUs that limit the tasks; 0: none do, or they are unknown. */
static unsigned limiting_cpus(const struct ppt_scaling_context *context)
{
    return context->waiting ? 0 : context->cpus;
}

static void select_row(const struct ppt_grid *grid, unsigned limit, struct ppt_grid *row)
{
    size_t *chosen PPT_FREED = ppt_alloc(grid->point_count + 1, sizeof(*chosen));
    size_t count = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        const unsigned workers = ppt_point_workers(grid->points[p]);

        if (workers >= 1 && (limit == 0 || workers <= limit)) {
            chosen[count++] = p;
        }
    }
    ppt_grid_select(grid, chosen, count, row);
}

static double median_seconds(const struct ppt_grid *row, size_t point)
{
    double *column PPT_FREED = ppt_alloc(row->block_count, sizeof(*column));

    for (size_t b = 0; b < row->block_count; b++) {
        column[b] = ppt_grid_at(row, b, point);
    }
    return ppt_median(column, row->block_count);
}

/* Of two errors that may add up each gets half of what they may be wrong in together. */
static struct ppt_interval throughput_interval(const struct ppt_scaling *scaling, size_t point)
{
    const struct ppt_grid *row = &scaling->row;
    const double tasks = fmax(1, scaling->context.tasks);
    const double blur = exp(ppt_grid_blur(row, point, point) / 2);
    double *rates PPT_FREED = ppt_alloc(row->block_count, sizeof(*rates));

    for (size_t b = 0; b < row->block_count; b++) {
        rates[b] = tasks / ppt_grid_at(row, b, point);
    }
    struct ppt_interval interval = ppt_interval_of_positive(
        rates, row->block_count, 1 - (1 - scaling->context.confidence) / 2);

    interval.low /= blur;
    interval.high *= blur;
    return interval;
}

/* Whether the rate is surely lower at the last point than at the fastest. */
static void find_fall(struct ppt_scaling *scaling)
{
    const struct ppt_grid *row = &scaling->row;
    const size_t last = row->point_count - 1;
    double shortest = INFINITY;
    size_t best = 0;

    for (size_t p = 0; p < row->point_count; p++) {
        const double seconds = median_seconds(row, p);

        if (seconds < shortest) {
            shortest = seconds;
            best = p;
        }
    }
    /* The fastest is picked among all but the last. */
    scaling->fall = ppt_grid_speedup(row, last, best,
                                     1 - (1 - scaling->context.confidence) / fmax(1, (double)last));
    scaling->falls = best < last && scaling->fall.interval.exists && scaling->fall.interval.low > 1;
    scaling->peak = ppt_point_workers(row->points[best]);
}

static bool is_superlinear(const struct ppt_grid *row, double confidence)
{
    for (size_t p = 1; p < row->point_count && ppt_point_workers(row->points[0]) == 1; p++) {
        const struct ppt_ratio speedup = ppt_grid_speedup(row, 0, p, confidence);

        if (speedup.interval.exists &&
            speedup.interval.low / ppt_point_workers(row->points[p]) > SUPERLINEAR) {
            return true;
        }
    }
    return false;
}

/* Of laws that go on alike the plainest. */
static enum ppt_rival_law find_law(const struct ppt_rivals *rivals)
{
    double low = INFINITY, high = -INFINITY;
    enum ppt_rival_law plainest = PPT_RIVAL_COUNT;

    for (size_t law = PPT_RIVAL_COUNT; law-- > 0;) {
        if (rivals->laws[law].kept > 0) {
            low = fmin(low, rivals->laws[law].low);
            high = fmax(high, rivals->laws[law].high);
            plainest = (enum ppt_rival_law)law;
        }
    }
    return high - low <= ALIKE ? plainest : PPT_RIVAL_COUNT;
}

static unsigned find_refusals(const struct ppt_scaling *scaling)
{
    const struct ppt_grid *row = &scaling->row;
    unsigned refusals = 0;

    refusals |= row->point_count < PPT_RIVALS_FEWEST_COUNTS ? PPT_REFUSAL_FEW_POINTS : 0u;
    refusals |= row->block_count < PPT_RIVALS_FEWEST_BLOCKS ? PPT_REFUSAL_FEW_BLOCKS : 0u;
    refusals |= scaling->context.drifting ? PPT_REFUSAL_DRIFT : 0u;
    return refusals;
}

void ppt_scaling_of(const struct ppt_grid *grid, const struct ppt_scaling_context *context,
                    struct ppt_scaling *scaling)
{
    struct ppt_grid *row = &scaling->row;

    *scaling = (struct ppt_scaling){.context = *context};
    select_row(grid, limiting_cpus(context), row);
    scaling->exists = row->point_count > 0 && row->block_count > 0;
    if (!scaling->exists) {
        return;
    }
    scaling->largest = ppt_point_workers(row->points[row->point_count - 1]);
    scaling->throughput = fmax(1, context->tasks) / median_seconds(row, row->point_count - 1);
    scaling->throughput_interval = throughput_interval(scaling, row->point_count - 1);
    find_fall(scaling);
    scaling->superlinear = is_superlinear(row, context->confidence);
    scaling->refusals = find_refusals(scaling);
}

void ppt_scaling_free(struct ppt_scaling *scaling)
{
    ppt_grid_free(&scaling->row);
    *scaling = (struct ppt_scaling){0};
}

/* Twice as many, or all CPUs where these are fewer. */
static unsigned next_count(const struct ppt_scaling *scaling)
{
    const unsigned cpus = limiting_cpus(&scaling->context), twice = 2 * scaling->largest;

    return cpus == 0 || twice <= cpus ? twice : cpus > scaling->largest ? cpus : 0;
}

/* The tasks that make rounds; 0: none do. */
static double rounds_of(const struct ppt_scaling *scaling)
{
    return scaling->context.whole_rounds ? 0 : scaling->context.tasks;
}

/* In tasks per second, of a range of times the largest count's throughput. */
static struct ppt_interval in_tasks(const struct ppt_scaling *scaling, double low, double high)
{
    const struct ppt_interval *now = &scaling->throughput_interval;

    return (struct ppt_interval){now->exists, low * now->low, high * now->high};
}

struct ppt_outlook ppt_scaling_outlook(const struct ppt_scaling *scaling, unsigned workers)
{
    const unsigned cpus = limiting_cpus(&scaling->context);
    struct ppt_outlook outlook = {
        .workers = workers,
        .law = PPT_RIVAL_COUNT,
        .refusals = scaling->refusals,
        .measure_next = next_count(scaling),
    };

    outlook.refusals |= workers > 2 * scaling->largest ? PPT_REFUSAL_TOO_FAR : 0u;
    outlook.refusals |= cpus > 0 && workers > cpus ? PPT_REFUSAL_CROSSES_CPUS : 0u;
    if (!scaling->exists || scaling->refusals & (PPT_REFUSAL_FEW_POINTS | PPT_REFUSAL_FEW_BLOCKS)) {
        return outlook;
    }
    /* Which laws are kept does not depend on the target. */
    ppt_rivals_of(&scaling->row, 0, rounds_of(scaling),
                  workers < 2 * scaling->largest ? workers : 2 * scaling->largest, &outlook.rivals);
    outlook.law = find_law(&outlook.rivals);
    outlook.refusals |= ppt_rivals_kept(&outlook.rivals) == 0 ? PPT_REFUSAL_NO_LAW : 0u;
    if (outlook.refusals != 0) {
        return outlook;
    }
    outlook.low = exp(outlook.rivals.low);
    outlook.high = exp(outlook.rivals.high);
    outlook.rate = in_tasks(scaling, outlook.low, outlook.high);
    outlook.kind = outlook.high <= NARROW * outlook.low ? PPT_OUTLOOK_NARROW
                   : outlook.high <= WIDE * outlook.low ? PPT_OUTLOOK_WIDE
                                                        : PPT_OUTLOOK_OPEN;
    return outlook;
}

double ppt_scaling_round_loss(const struct ppt_scaling *scaling, double workers)
{
    return -expm1(ppt_rival_rounds(rounds_of(scaling), workers));
}

double ppt_scaling_law_at(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook,
                          enum ppt_rival_law law, double workers)
{
    if (law == PPT_RIVAL_COUNT) {
        return scaling->throughput;
    }
    const struct ppt_rival_curve *curve = &outlook->rivals.laws[law].best;
    const double tasks = rounds_of(scaling);
    const double waves =
        ppt_rival_rounds(tasks, workers) - ppt_rival_rounds(tasks, scaling->largest);

    return exp(waves) * scaling->throughput * ppt_rival_at(curve, workers) /
           ppt_rival_at(curve, scaling->largest);
}

struct ppt_outlook_law ppt_scaling_law(const struct ppt_scaling *scaling,
                                       const struct ppt_outlook *outlook, enum ppt_rival_law law)
{
    const bool stops = law == PPT_RIVAL_COUNT;
    const double waves = outlook->rivals.waves;
    const double least = stops ? fmin(0, waves) : waves + outlook->rivals.laws[law].low;
    const double most = stops ? fmax(0, waves) : waves + outlook->rivals.laws[law].high;
    const struct ppt_interval rate =
        in_tasks(scaling, exp(least - PPT_RIVALS_MARGIN), exp(most + PPT_RIVALS_MARGIN));

    return (struct ppt_outlook_law){
        .value = ppt_scaling_law_at(scaling, outlook, law, outlook->workers),
        .low = rate.low,
        .high = rate.high,
    };
}

/* The kept law whose least, or with a sign of -1 whose greatest, value is the least of all and of
 * those if it stops. */
static enum ppt_rival_law extreme(const struct ppt_outlook *outlook, double sign)
{
    const struct ppt_rival *laws = outlook->rivals.laws;
    const double waves = outlook->rivals.waves;
    enum ppt_rival_law found = PPT_RIVAL_COUNT;
    double least = fmin(0, sign * waves);

    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        const double end = sign * (waves + (sign > 0 ? laws[law].low : laws[law].high));

        if (laws[law].kept > 0 && end < least) {
            least = end;
            found = (enum ppt_rival_law)law;
        }
    }
    return found;
}

enum ppt_rival_law ppt_outlook_lowest(const struct ppt_outlook *outlook)
{
    return extreme(outlook, 1);
}

enum ppt_rival_law ppt_outlook_highest(const struct ppt_outlook *outlook)
{
    return extreme(outlook, -1);
}
