#include "scaling.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

#define FEWEST_POINTS 5
#define FEWEST_BLOCKS 5
#define LACK_OF_FIT 0.03
#define UNSTABLE 0.05
#define SUPERLINEAR 1.02

const char *ppt_refusal_text(enum ppt_refusal refusal)
{
    switch (refusal) {
    case PPT_REFUSAL_FEW_POINTS:
        return "fewer than 5 worker counts from 1 up to the CPUs were measured";
    case PPT_REFUSAL_FEW_BLOCKS:
        return "fewer than 5 blocks were measured";
    case PPT_REFUSAL_LACK_OF_FIT:
        return "the law misses a measured point by more than 3 %";
    case PPT_REFUSAL_UNSTABLE:
        return "without the largest worker count the law misses it by more than 5 %";
    case PPT_REFUSAL_DRIFT:
        return "the machine's speed drifted during the run";
    case PPT_REFUSAL_NO_PEAK:
        return "kappa is not surely above 0, so where throughput peaks is uncertain";
    case PPT_REFUSAL_TOO_FAR:
        return "the target is beyond twice the largest worker count measured";
    case PPT_REFUSAL_CROSSES_CPUS:
        return "the target crosses the number of CPUs";
    }
    return "";
}

/* The points that belong to the law, as columns for fitting. */
struct columns {
    size_t *points; /* of the grid */
    double *workers;
    double *throughput;
    size_t count;
};

static void free_columns(struct columns *columns)
{
    free(columns->points);
    free(columns->workers);
    free(columns->throughput);
}

static bool has_kink(const struct ppt_scaling_context *context)
{
    return context->cores > 0 && !context->waiting;
}

/* Points with from < N <= to. */
static void select_points(const struct ppt_grid *grid, unsigned from, unsigned to,
                          struct columns *columns)
{
    *columns = (struct columns){
        .points = ppt_alloc(grid->point_count, sizeof(*columns->points)),
        .workers = ppt_alloc(grid->point_count, sizeof(*columns->workers)),
        .throughput = ppt_alloc(grid->point_count, sizeof(*columns->throughput)),
    };
    for (size_t p = 0; p < grid->point_count; p++) {
        if (ppt_point_workers(grid->points[p]) > from && ppt_point_workers(grid->points[p]) <= to) {
            columns->points[columns->count] = p;
            columns->workers[columns->count++] = ppt_point_workers(grid->points[p]);
        }
    }
}

/* Medians by point after moving every block onto the median of all blocks: a block that was slow
 * as a whole does not bend the curve. Returns ln seconds by point and, in *offsets, each block's
 * displacement; both to be given to free(). */
static double *aligned_medians(const struct ppt_grid *grid, double **offsets)
{
    *offsets = ppt_grid_block_medians(grid);
    const double middle = ppt_median(*offsets, grid->block_count);
    for (size_t b = 0; b < grid->block_count; b++) {
        (*offsets)[b] -= middle;
    }
    return ppt_grid_point_medians(grid, *offsets);
}

/* Of what the laws of the blocks say. */
static struct ppt_interval spread(const struct ppt_scaling *scaling,
                                  double (*value)(const struct ppt_law *, double), double argument)
{
    double *values PPT_FREED = ppt_alloc(scaling->block_count, sizeof(*values));

    for (size_t b = 0; b < scaling->block_count; b++) {
        values[b] = scaling->block_laws ? value(&scaling->block_laws[b], argument) : (double)NAN;
        if (!isfinite(values[b])) {
            return (struct ppt_interval){0};
        }
    }
    return ppt_interval_of(values, scaling->block_count, scaling->context.confidence);
}

#define COEFFICIENT(name, value)                                                                   \
    static double name(const struct ppt_law *law, double unused)                                   \
    {                                                                                              \
        (void)unused;                                                                              \
        return value;                                                                              \
    }

COEFFICIENT(get_lambda, law->lambda)
COEFFICIENT(get_sigma, law->sigma)
COEFFICIENT(get_kappa, law->kappa)
/* Above 1 throughput falls from the first worker on. */
COEFFICIENT(get_fall, law->sigma + law->kappa)

static double get_peak(const struct ppt_law *law, double unused)
{
    double peak = NAN;

    (void)unused;
    ppt_law_peak(law, &peak);
    return peak;
}

static void fit_blocks(const struct ppt_grid *grid, struct columns *columns,
                       struct ppt_scaling *scaling)
{
    scaling->block_count = grid->block_count;
    scaling->block_laws = ppt_alloc(grid->block_count, sizeof(*scaling->block_laws));
    for (size_t b = 0; b < grid->block_count; b++) {
        for (size_t i = 0; i < columns->count; i++) {
            columns->throughput[i] =
                scaling->context.tasks / ppt_grid_at(grid, b, columns->points[i]);
        }
        if (!ppt_law_fit_unbounded(columns->workers, columns->throughput, columns->count,
                                   &scaling->block_laws[b])) {
            free(scaling->block_laws);
            scaling->block_laws = NULL;
            return;
        }
    }
}

static void set_intervals(struct ppt_scaling *scaling)
{
    const struct ppt_interval fall = spread(scaling, get_fall, 0);

    scaling->lambda = spread(scaling, get_lambda, 0);
    scaling->sigma = spread(scaling, get_sigma, 0);
    scaling->kappa = spread(scaling, get_kappa, 0);
    scaling->name = scaling->kappa.exists && scaling->kappa.low > 0   ? "USL"
                    : scaling->sigma.exists && scaling->sigma.low > 0 ? "Amdahl"
                                                                      : "linear";
    scaling->has_peak = ppt_law_peak(&scaling->law, &scaling->peak_workers) &&
                        ((scaling->kappa.exists && scaling->kappa.low > 0) ||
                         (scaling->peak_workers == 1 && fall.exists && fall.low > 1));
    if (scaling->has_peak) {
        scaling->peak_throughput = ppt_law_at(&scaling->law, scaling->peak_workers);
        scaling->peak = spread(scaling, get_peak, 0);
    }
}

/* Whether some point lies off the law by more than 3 %, and by more than noise explains. */
static bool lacks_fit(const struct ppt_grid *grid, const struct columns *columns,
                      const struct ppt_scaling *scaling, const double *offsets)
{
    const size_t blocks = grid->block_count;
    const double confidence = 1 - 0.05 / (double)columns->count;
    double *residuals PPT_FREED = ppt_alloc(blocks, sizeof(*residuals));
    bool lack = false;

    for (size_t i = 0; i < columns->count; i++) {
        const double expected =
            log(scaling->context.tasks / ppt_law_at(&scaling->law, columns->workers[i]));

        for (size_t b = 0; b < blocks; b++) {
            residuals[b] = log(ppt_grid_at(grid, b, columns->points[i])) - offsets[b] - expected;
        }
        const struct ppt_interval interval = ppt_interval_of(residuals, blocks, confidence);
        lack |= interval.exists && (interval.low > 0 || interval.high < 0) &&
                fabs(ppt_median(residuals, blocks)) > LACK_OF_FIT;
    }
    return lack;
}

/* Whether the law refitted without its last point misses that point. */
static bool unstable(const struct columns *columns)
{
    struct ppt_law without;
    const size_t last = columns->count - 1;

    return columns->count > 1 &&
           ppt_law_fit(columns->workers, columns->throughput, last, &without) &&
           fabs(ppt_law_at(&without, columns->workers[last]) / columns->throughput[last] - 1) >
               UNSTABLE;
}

/* h by the mean of what each point beyond the cores says: the law is monotone in n_eff up to its
 * peak, so each says one number, found by bisection. */
static double smt_share(const struct ppt_grid *grid, const struct ppt_scaling *scaling,
                        const double *medians)
{
    const struct ppt_scaling_context *context = &scaling->context;
    double sum = 0;
    size_t count = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        const unsigned n = ppt_point_workers(grid->points[p]);
        const double x = context->tasks / exp(medians[p]);
        double low = 0, high = 1;

        if (n <= context->cores || n > context->cpus) {
            continue;
        }
        for (int i = 0; i < 50; i++) {
            const double h = (low + high) / 2;

            if (ppt_law_at(&scaling->law, context->cores + h * (n - context->cores)) < x) {
                low = h;
            } else {
                high = h;
            }
        }
        sum += (low + high) / 2;
        count++;
    }
    return count > 0 ? sum / (double)count : -1;
}

static bool is_superlinear(const struct ppt_grid *grid, const struct columns *columns,
                           double confidence)
{
    const size_t one = ppt_grid_find_workers(grid, 1, NULL);

    for (size_t i = 0; one != SIZE_MAX && i < columns->count; i++) {
        const struct ppt_ratio speedup =
            ppt_grid_speedup(grid, one, columns->points[i], confidence);

        if (columns->workers[i] > 1 && speedup.interval.exists &&
            speedup.interval.low / columns->workers[i] > SUPERLINEAR) {
            return true;
        }
    }
    return false;
}

static unsigned find_refusals(const struct ppt_grid *grid, const struct columns *columns,
                              const struct ppt_scaling *scaling, const double *offsets)
{
    unsigned refusals = 0;

    refusals |= columns->count < FEWEST_POINTS ? PPT_REFUSAL_FEW_POINTS : 0u;
    refusals |= grid->block_count < FEWEST_BLOCKS ? PPT_REFUSAL_FEW_BLOCKS : 0u;
    refusals |= lacks_fit(grid, columns, scaling, offsets) ? PPT_REFUSAL_LACK_OF_FIT : 0u;
    refusals |= unstable(columns) ? PPT_REFUSAL_UNSTABLE : 0u;
    refusals |= scaling->context.drifting ? PPT_REFUSAL_DRIFT : 0u;
    refusals |= scaling->has_peak ? 0u : PPT_REFUSAL_NO_PEAK;
    return refusals;
}

void ppt_scaling_of(const struct ppt_grid *grid, const struct ppt_scaling_context *context,
                    struct ppt_scaling *scaling)
{
    const unsigned limit = has_kink(context) ? context->cores : UINT32_MAX;
    struct columns columns PPT_OWNED(free_columns) = {0};
    double *offsets PPT_FREED = NULL, *medians PPT_FREED = NULL;

    *scaling = (struct ppt_scaling){.context = *context, .name = "none", .smt_share = -1};
    if (grid->block_count == 0) {
        return;
    }
    select_points(grid, 0, limit, &columns);
    medians = aligned_medians(grid, &offsets);
    if (columns.count > 0) {
        fit_blocks(grid, &columns, scaling);
        for (size_t i = 0; i < columns.count; i++) {
            columns.throughput[i] = context->tasks / exp(medians[columns.points[i]]);
            scaling->best_throughput = fmax(scaling->best_throughput, columns.throughput[i]);
        }
        scaling->fitted =
            ppt_law_fit(columns.workers, columns.throughput, columns.count, &scaling->law);
        scaling->largest = (unsigned)columns.workers[columns.count - 1];
    }
    if (scaling->fitted) {
        set_intervals(scaling);
        scaling->refusals = find_refusals(grid, &columns, scaling, offsets);
        scaling->superlinear = is_superlinear(grid, &columns, context->confidence);
        if (has_kink(context)) {
            scaling->smt_share = smt_share(grid, scaling, medians);
        }
    }
}

void ppt_scaling_free(struct ppt_scaling *scaling)
{
    free(scaling->block_laws);
    *scaling = (struct ppt_scaling){0};
}

double ppt_scaling_effective(const struct ppt_scaling *scaling, double workers)
{
    const struct ppt_scaling_context *context = &scaling->context;

    if (!has_kink(context)) {
        return workers;
    }
    const double h = scaling->smt_share > 0 ? scaling->smt_share : 0;
    return fmin(workers, context->cores) +
           h * fmax(0, fmin(workers, context->cpus) - context->cores);
}

struct ppt_interval ppt_scaling_band(const struct ppt_scaling *scaling, double effective)
{
    return spread(scaling, ppt_law_at, effective);
}

struct ppt_prediction ppt_scaling_predict(const struct ppt_scaling *scaling, unsigned workers)
{
    const double n = ppt_scaling_effective(scaling, workers);
    struct ppt_prediction prediction = {
        .throughput = ppt_law_at(&scaling->law, n),
        .interval = ppt_scaling_band(scaling, n),
        .refusals = scaling->refusals & ~(unsigned)PPT_REFUSAL_NO_PEAK,
    };

    if (workers > 2 * scaling->largest) {
        prediction.refusals |= PPT_REFUSAL_TOO_FAR;
    }
    if (has_kink(&scaling->context) &&
        (workers > scaling->context.cpus ||
         (workers > scaling->context.cores && scaling->smt_share < 0))) {
        prediction.refusals |= PPT_REFUSAL_CROSSES_CPUS;
    }
    return prediction;
}
