#include "answer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "config.h"
#include "host.h"
#include "memory.h"

#define ECONOMICAL_EFFICIENCY 0.8
#define INNER_THREADS_CPU_USE 1.25
#define DISPATCH_OVERHEAD 1.2
/* Tasks that use the CPU less than half of their time mostly wait. */
#define WAITING_CPU_SHARE 0.5
#define STEAL_SHARE 0.01
/* How near a speedup must come to the bound of the task count to say that this is what binds. */
#define NEAR_BOUND 0.9

const char *const ppt_reason_names[] = {"none",          "single_count",
                                        "inner_threads", "dispatch_overhead",
                                        "no_gain",       "still_rising",
                                        "few_tasks",     "cpus_busy",
                                        "factor",        NULL};

bool ppt_sample_disturbed(const struct ppt_sample *sample)
{
    return sample->noise.throttled_ns > 0 ||
           (double)sample->noise.steal_ns > STEAL_SHARE * (double)sample->total_ns;
}

/* ---- from pass times ---- */

static void set_speedups(struct ppt_answer *answer)
{
    const struct ppt_grid *grid = &answer->grid;
    const double confidence = answer->context.confidence;
    const size_t zero = ppt_grid_find(grid, 0), one = ppt_grid_find(grid, 1);

    for (size_t p = 0; p < grid->point_count && grid->block_count > 0; p++) {
        answer->points[p].over_fewest = ppt_grid_speedup(grid, 0, p, confidence);
        if (zero != SIZE_MAX) {
            answer->points[p].over_sequential = ppt_grid_speedup(grid, zero, p, confidence);
        }
        if (one != SIZE_MAX) {
            answer->points[p].over_one = ppt_grid_speedup(grid, one, p, confidence);
        }
    }
    if (zero != SIZE_MAX && one != SIZE_MAX && grid->block_count > 0) {
        answer->dispatch = ppt_grid_speedup(grid, one, zero, confidence);
    }
}

static void set_point(struct ppt_answer *answer, size_t p)
{
    const struct ppt_grid *grid = &answer->grid;
    struct ppt_point_answer *point = &answer->points[p];
    const unsigned n = grid->workers[p];
    double *times = ppt_alloc(grid->block_count, sizeof(*times));

    for (size_t b = 0; b < grid->block_count; b++) {
        times[b] = ppt_grid_at(grid, b, p);
    }
    point->outliers = ppt_outliers_of(times, grid->block_count);
    free(times);
    point->granularity = n > 0 && answer->context.tasks > 0
                             ? n * ppt_granularity_bound(answer->context.tasks, n)
                             : 0;
    /* Against one worker the fraction is free of dispatch overhead; without it, sequential calls
     * are the next best. */
    const double speedup =
        point->over_one.value > 0 ? point->over_one.value : point->over_sequential.value;
    point->karp_flatt = n > 1 && speedup > 0 ? ppt_karp_flatt(speedup, n) : (double)NAN;
}

static void set_economical(struct ppt_answer *answer)
{
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        const unsigned n = answer->grid.workers[p];

        if (n > 0 && answer->points[p].over_sequential.value / n >= ECONOMICAL_EFFICIENCY) {
            answer->has_economical = true;
            answer->economical = p;
        }
    }
}

static void set_all_cpus(struct ppt_answer *answer)
{
    const size_t all = ppt_grid_find(&answer->grid, answer->context.cpus);

    if (answer->verdict.exists && answer->context.cpus > 0 && all != SIZE_MAX &&
        all != answer->verdict.recommended) {
        answer->has_all_cpus = true;
        answer->all_cpus_cost = ppt_grid_speedup(&answer->grid, all, answer->verdict.recommended,
                                                 answer->context.confidence)
                                    .value -
                                1;
    }
}

/* ---- from samples ---- */

static const struct ppt_sample *find(const struct ppt_samples *samples, unsigned block,
                                     unsigned workers)
{
    for (size_t i = 0; i < samples->count; i++) {
        if (samples->items[i].block == block && samples->items[i].point.workers == workers) {
            return &samples->items[i];
        }
    }
    return NULL;
}

static double replay_speedup(const struct ppt_sample *sequential, unsigned workers)
{
    if (!sequential->task_ns) {
        return 0;
    }
    const double end = ppt_replay(sequential->task_ns, sequential->task_count, workers);
    return end > 0 ? (double)sequential->times.sum_ns / end : 0;
}

/* Medians over the blocks that have both passes. */
static void set_factors(const struct ppt_samples *samples, unsigned workers,
                        struct ppt_point_factors *out)
{
    enum { ON_CPU = PPT_FACTOR_COUNT, OFF_CPU, REPLAY, COLUMNS };
    double *values = ppt_alloc(samples->count * COLUMNS, sizeof(*values));
    size_t n = 0;

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *pass = &samples->items[i];
        const struct ppt_sample *sequential = pass->block > 0 && pass->point.workers == workers
                                                  ? find(samples, pass->block, 0)
                                                  : NULL;

        if (sequential) {
            const struct ppt_factors f = ppt_factors_of(pass, sequential);

            for (size_t c = 0; c < PPT_FACTOR_COUNT; c++) {
                values[c * samples->count + n] = f.factor[c];
            }
            values[ON_CPU * samples->count + n] = f.on_cpu_inflation;
            values[OFF_CPU * samples->count + n] = f.off_cpu_inflation;
            values[REPLAY * samples->count + n] = replay_speedup(sequential, workers);
            n++;
        }
    }
    out->exists = n > 0;
    for (size_t c = 0; c < PPT_FACTOR_COUNT; c++) {
        out->factor[c] = ppt_median(values + c * samples->count, n);
    }
    out->on_cpu_inflation = ppt_median(values + ON_CPU * samples->count, n);
    out->off_cpu_inflation = ppt_median(values + OFF_CPU * samples->count, n);
    out->replay_speedup = ppt_median(values + REPLAY * samples->count, n);
    free(values);
}

/* Median over the measured passes at a point of what `value` says. */
static double median_of(const struct ppt_samples *samples, unsigned workers,
                        double (*value)(const struct ppt_sample *))
{
    double *values = ppt_alloc(samples->count, sizeof(*values));
    double median;
    size_t n = 0;

    for (size_t i = 0; i < samples->count; i++) {
        if (samples->items[i].block > 0 && samples->items[i].point.workers == workers) {
            values[n++] = value(&samples->items[i]);
        }
    }
    median = ppt_median(values, n);
    free(values);
    return median;
}

static double overhead_s(const struct ppt_sample *sample)
{
    return (double)(sample->init_ns + sample->cleanup_ns) * 1e-9;
}

static double work_per_task_s(const struct ppt_sample *sample)
{
    return (double)sample->work_ns * 1e-9 / (double)sample->task_count;
}

/* Work of one round: as many tasks as there are workers. */
static double round_s(const struct ppt_sample *sample)
{
    const unsigned n = sample->point.workers;
    const uint64_t rounds = (sample->task_count + n - 1) / n;

    return (double)sample->work_ns * 1e-9 / (double)rounds;
}

static double cpu_use(const struct ppt_sample *sample)
{
    return (double)(sample->usage.user_ns + sample->usage.system_ns) / (double)sample->total_ns;
}

/* Of all workers together: how much of their tasks' time was CPU time. */
static double cpu_share(const struct ppt_sample *sample)
{
    double busy = 0, cpu = 0;

    for (size_t i = 0; i < sample->worker_count; i++) {
        busy += (double)sample->workers[i].busy_ns;
        cpu += (double)sample->workers[i].cpu_ns;
    }
    return busy > 0 ? cpu / busy : 1;
}

static void set_from_samples(const struct ppt_samples *samples, struct ppt_answer *answer)
{
    const bool sequential = ppt_grid_find(&answer->grid, 0) != SIZE_MAX;
    const double base_overhead = median_of(samples, 0, overhead_s);

    for (size_t i = 0; i < samples->count; i++) {
        if (samples->items[i].block > 0) {
            answer->passes++;
            answer->disturbed += ppt_sample_disturbed(&samples->items[i]);
        }
    }
    /* More workers than CPUs queue for one, which is no waiting of the task's own. */
    answer->waiting =
        answer->grid.point_count > 0 &&
        !(answer->context.cpus > 0 && answer->grid.workers[0] > answer->context.cpus) &&
        median_of(samples, answer->grid.workers[0], cpu_share) < WAITING_CPU_SHARE;
    if (!sequential) {
        return;
    }
    answer->cpu_use = median_of(samples, 0, cpu_use);
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        const unsigned n = answer->grid.workers[p];

        if (n > 0) {
            set_factors(samples, n, &answer->points[p].factors);
            answer->points[p].break_even = ppt_break_even(
                median_of(samples, n, overhead_s) - base_overhead, median_of(samples, n, round_s),
                n, median_of(samples, 0, work_per_task_s));
        }
    }
}

/* ---- the reason ---- */

/* Whether the number of CPUs is known and limits the tasks. */
static bool cpu_bound(const struct ppt_answer *answer)
{
    return answer->context.cpus > 0 && !answer->waiting;
}

static bool still_rising(const struct ppt_answer *answer)
{
    const struct ppt_grid *grid = &answer->grid;
    const size_t last = grid->point_count - 1;

    if (answer->verdict.recommended != last || last == 0 ||
        (cpu_bound(answer) && grid->workers[last] >= answer->context.cpus)) {
        return false;
    }
    const struct ppt_ratio gain =
        ppt_grid_speedup(grid, last - 1, last, answer->context.confidence);
    return gain.value > 1 + answer->context.tolerance && gain.interval.exists &&
           gain.interval.low > 1;
}

/* The task count binds when it caps the speedup below the workers, or gives further workers
 * nothing, and the speedup has come near the cap. */
static bool few_tasks(const struct ppt_answer *answer)
{
    const size_t p = answer->verdict.recommended;
    const struct ppt_point_answer *point = &answer->points[p];
    const unsigned n = answer->grid.workers[p];
    const uint64_t tasks = answer->context.tasks;
    const double speedup =
        point->over_sequential.value > 0 ? point->over_sequential.value : point->over_one.value;

    if (n == 0 || tasks == 0 || speedup < NEAR_BOUND * point->granularity) {
        return false;
    }
    const unsigned next = p + 1 < answer->grid.point_count ? answer->grid.workers[p + 1] : 2 * n;
    return point->granularity < 0.97 * n ||
           next * ppt_granularity_bound(tasks, next) <= point->granularity * 1.001;
}

static enum ppt_factor worst_factor(const struct ppt_point_factors *factors)
{
    enum ppt_factor worst = PPT_FACTOR_BALANCE;

    for (size_t i = 1; i < PPT_FACTOR_COUNT; i++) {
        if (factors->factor[i] < factors->factor[worst]) {
            worst = (enum ppt_factor)i;
        }
    }
    return worst;
}

static enum ppt_reason find_reason(const struct ppt_answer *answer)
{
    const size_t p = answer->verdict.recommended;
    const unsigned n = answer->verdict.exists ? answer->grid.workers[p] : 0;

    if (!answer->verdict.exists) {
        return PPT_REASON_NONE;
    }
    if (answer->grid.point_count == 1) {
        return PPT_REASON_SINGLE;
    }
    if (answer->cpu_use > INNER_THREADS_CPU_USE) {
        return PPT_REASON_INNER_THREADS;
    }
    if (n == 0) {
        return answer->dispatch.value > DISPATCH_OVERHEAD ? PPT_REASON_DISPATCH
                                                          : PPT_REASON_NO_GAIN;
    }
    if (still_rising(answer)) {
        return PPT_REASON_STILL_RISING;
    }
    if (few_tasks(answer)) {
        return PPT_REASON_FEW_TASKS;
    }
    if (cpu_bound(answer) && n >= answer->context.cpus) {
        return PPT_REASON_CPUS_BUSY;
    }
    if (p == 0) {
        return PPT_REASON_NO_GAIN;
    }
    /* Pass times alone do not tell. */
    return answer->points[p].factors.exists ? PPT_REASON_FACTOR : PPT_REASON_NONE;
}

/* ---- all of it ---- */

/* Looking several times and stopping when it fits widens what an interval misses; 97 % ones cover
 * 95 % then. */
#define ADAPTIVE_CONFIDENCE 0.97

struct ppt_answer_context ppt_answer_context_of(const struct ppt_config *config,
                                                const struct ppt_host *host)
{
    const unsigned cores =
        host->allowed_cores < host->effective_cpus ? host->allowed_cores : host->effective_cpus;

    return (struct ppt_answer_context){
        .tasks = config->task_count,
        .cores = cores,
        .cpus = host->effective_cpus,
        .tolerance = config->tolerance,
        .confidence = config->adaptive ? ADAPTIVE_CONFIDENCE : 0.95,
    };
}

bool ppt_answer_settled(const struct ppt_answer *answer, double relative)
{
    const struct ppt_verdict *verdict = &answer->verdict;

    if (!verdict->exists || (verdict->confidence != PPT_CONFIDENCE_HIGH && !verdict->tie)) {
        return false;
    }
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        /* How much faster the recommended point is than this one. */
        const struct ppt_ratio gain =
            ppt_grid_speedup(&answer->grid, p, verdict->recommended, answer->context.confidence);

        if (p != verdict->recommended && gain.interval.low <= 1 &&
            gain.interval.high - gain.interval.low > 2 * relative * gain.value) {
            return false;
        }
    }
    return true;
}

static void begin(struct ppt_grid *grid, const struct ppt_answer_context *context,
                  struct ppt_answer *answer)
{
    *answer = (struct ppt_answer){.context = *context, .grid = *grid};
    *grid = (struct ppt_grid){0};
    answer->points = ppt_alloc(answer->grid.point_count, sizeof(*answer->points));
    ppt_verdict_of(&answer->grid, context->tolerance, context->confidence, &answer->verdict);
    answer->drift = ppt_drift_of(&answer->grid);
    set_speedups(answer);
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        set_point(answer, p);
    }
    set_economical(answer);
    set_all_cpus(answer);
}

static void end(struct ppt_answer *answer)
{
    const struct ppt_scaling_context context = {
        .tasks = answer->context.tasks > 0 ? (double)answer->context.tasks : 1,
        .cores = answer->context.cores,
        .cpus = answer->context.cpus,
        .waiting = answer->waiting,
        .drifting = answer->drift.flagged,
        .confidence = answer->context.confidence,
    };

    ppt_scaling_of(&answer->grid, &context, &answer->scaling);
    answer->reason = find_reason(answer);
    if (answer->reason == PPT_REASON_FACTOR) {
        answer->worst_factor = worst_factor(&answer->points[answer->verdict.recommended].factors);
    }
}

void ppt_answer_from_samples(const struct ppt_samples *samples,
                             const struct ppt_answer_context *context, struct ppt_answer *answer)
{
    struct ppt_grid grid;

    ppt_grid_from_samples(samples, &grid);
    begin(&grid, context, answer);
    set_from_samples(samples, answer);
    end(answer);
}

void ppt_answer_from_grid(struct ppt_grid *grid, const struct ppt_answer_context *context,
                          struct ppt_answer *answer)
{
    begin(grid, context, answer);
    end(answer);
}

void ppt_answer_free(struct ppt_answer *answer)
{
    ppt_verdict_free(&answer->verdict);
    ppt_scaling_free(&answer->scaling);
    ppt_grid_free(&answer->grid);
    free(answer->points);
    *answer = (struct ppt_answer){0};
}
