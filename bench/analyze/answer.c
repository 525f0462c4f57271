#include "answer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "config.h"
#include "host.h"
#include "memory.h"
#include "owned.h"
#include "rates.h"
#include "reason.h"
#include "work.h"

/* Tasks that use the CPU less than half of their time mostly wait. */
#define WAITING_CPU_SHARE 0.5

/* ---- from pass times ---- */

/* With the task of point p. */
static size_t beside(const struct ppt_grid *grid, size_t p, unsigned workers)
{
    return ppt_grid_find_workers(grid, workers, &grid->points[p]);
}

/* How much faster a point is than a baseline; value 0 without one. */
static struct ppt_ratio gain(const struct ppt_answer *answer, size_t base, size_t p)
{
    return base == SIZE_MAX || answer->grid.block_count == 0
               ? (struct ppt_ratio){0}
               : ppt_grid_speedup(&answer->grid, base, p, answer->context.confidence);
}

static void set_speedups(struct ppt_answer *answer)
{
    const struct ppt_grid *grid = &answer->grid;

    for (size_t p = 0; p < grid->point_count; p++) {
        const size_t calls = beside(grid, p, 0);

        answer->points[p].over_fewest = gain(answer, 0, p);
        answer->points[p].over_sequential = gain(answer, ppt_grid_find_workers(grid, 0, NULL), p);
        answer->points[p].over_one = gain(answer, ppt_grid_find_workers(grid, 1, NULL), p);
        answer->points[p].by_workers =
            gain(answer, calls != SIZE_MAX ? calls : beside(grid, p, 1), p);
    }
}

/* What is known of it worse than this is no figure. */
#define SERIAL_WIDTH 0.2

/* A share of the work: below 0 or above 1 the passes show something else, or too little. */
static double serial_fraction(const struct ppt_ratio *speedup, unsigned workers)
{
    if (workers < 2 || !(speedup->value > 0) || !speedup->interval.exists) {
        return NAN;
    }
    const double value = ppt_karp_flatt(speedup->value, workers),
                 low = ppt_karp_flatt(speedup->interval.high, workers),
                 high = ppt_karp_flatt(speedup->interval.low, workers);

    return value >= 0 && value <= 1 && high - low <= SERIAL_WIDTH ? value : (double)NAN;
}

static void set_point(struct ppt_answer *answer, size_t p)
{
    const struct ppt_grid *grid = &answer->grid;
    struct ppt_point_answer *point = &answer->points[p];
    const unsigned n = ppt_point_workers(grid->points[p]);
    double *times PPT_FREED = ppt_alloc(grid->block_count, sizeof(*times));

    for (size_t b = 0; b < grid->block_count; b++) {
        times[b] = ppt_grid_at(grid, b, p);
    }
    point->outliers = ppt_outliers_of(times, grid->block_count);
    point->granularity =
        n > 0 && answer->context.tasks > 0
            ? answer->context.per_worker ? n : n * ppt_granularity_bound(answer->context.tasks, n)
            : 0;
    /* Against one worker the fraction is free of dispatch overhead; without it, sequential calls
     * are the next best. */
    const size_t one = beside(grid, p, 1);
    const struct ppt_ratio speedup = gain(answer, one != SIZE_MAX ? one : beside(grid, p, 0), p);
    point->karp_flatt = serial_fraction(&speedup, n);
}

/* The index in the grid of a point of the row. */
static size_t of_row(const struct ppt_answer *answer, size_t r)
{
    return ppt_grid_find(&answer->grid, answer->row.points[r]);
}

static void set_economical(struct ppt_answer *answer)
{
    if (answer->row.points[0].workers != 0) {
        return;
    }
    for (size_t r = 0; r < answer->row.point_count; r++) {
        const size_t p = of_row(answer, r);
        const unsigned n = ppt_point_workers(answer->grid.points[p]);

        const struct ppt_interval *speedup = &answer->points[p].by_workers.interval;

        if (n > 0 && !(answer->grid.barred && answer->grid.barred[p]) && speedup->exists &&
            speedup->low / n > PPT_ECONOMICAL_EFFICIENCY) {
            answer->has_economical = true;
            answer->economical = p;
        }
    }
}

/* Whether more threads in its tasks make a point surely slower than as many workers with the
 * fewest: else it is not their number that costs. */
static bool is_crowded(const struct ppt_answer *answer, size_t p)
{
    const struct ppt_point point = answer->grid.points[p];
    size_t fewest = p;

    while (fewest > 0 && !(ppt_point_differ(answer->grid.points[fewest - 1], point) &
                           ~PPT_ONLY(PPT_INNER_THREADS))) {
        fewest--;
    }
    const struct ppt_ratio cost = gain(answer, p, fewest);

    return fewest != p && cost.interval.exists && cost.interval.low > 1;
}

static void set_costs(struct ppt_answer *answer)
{
    const struct ppt_grid *grid = &answer->grid;
    const unsigned cpus = answer->context.cpus;
    const unsigned inner = grid->points[answer->verdict.recommended].inner_threads;
    /* The row has no other task. */
    const size_t r =
        cpus % inner == 0 ? ppt_grid_find_workers(&answer->row, cpus / inner, NULL) : SIZE_MAX;
    const size_t all = r != SIZE_MAX ? of_row(answer, r) : SIZE_MAX;

    if (!answer->verdict.exists || cpus == 0) {
        return;
    }
    if (all != SIZE_MAX && ppt_point_threads(grid->points[answer->verdict.recommended]) < cpus) {
        answer->has_all_cpus = true;
        answer->all_cpus_cost = gain(answer, all, answer->verdict.recommended);
    }
    for (size_t p = 0; p < grid->point_count; p++) {
        const struct ppt_point point = grid->points[p];
        const unsigned threads = ppt_point_threads(point);

        if (point.workers > 1 && point.inner_threads > 1 && ppt_answer_beyond(answer, p) &&
            is_crowded(answer, p) &&
            threads > ppt_point_threads(grid->points[answer->verdict.recommended]) &&
            (!answer->has_crowd || threads > ppt_point_threads(grid->points[answer->crowd]))) {
            answer->has_crowd = true;
            answer->crowd = p;
        }
    }
    if (answer->has_crowd) {
        answer->crowd_cost = gain(answer, answer->crowd, answer->verdict.recommended);
    }
}

/* ---- from passes ---- */

/* 0: unknown, also where the pass had other tasks. */
static double replay_speedup(const struct ppt_sample *sequential, uint64_t tasks, unsigned workers)
{
    if (!sequential->task_ns || sequential->task_count != tasks) {
        return 0;
    }
    const double end = ppt_replay(sequential->task_ns, sequential->task_count, workers);
    return end > 0 ? (double)sequential->times.sum_ns / end : 0;
}

/* Whether factor `a` surely takes more than factor `b`, or with PPT_FACTOR_COUNT than nothing. Both
 * are logarithms by block. */
static bool takes_more(const double *logs, size_t stride, size_t n, enum ppt_factor a,
                       enum ppt_factor b)
{
    double *more PPT_FREED = ppt_alloc(n + 1, sizeof(*more));

    for (size_t i = 0; i < n; i++) {
        more[i] = (b == PPT_FACTOR_COUNT ? 0 : logs[b * stride + i]) - logs[a * stride + i];
    }
    const struct ppt_interval interval = ppt_interval_of(more, n, 1 - 0.1 / (PPT_FACTOR_COUNT - 1));
    return interval.exists && interval.low > 0;
}

static enum ppt_factor most_lost(const double *logs, size_t stride, size_t n)
{
    for (size_t a = 0; a < PPT_FACTOR_COUNT; a++) {
        bool most = takes_more(logs, stride, n, (enum ppt_factor)a, PPT_FACTOR_COUNT);

        for (size_t b = 0; b < PPT_FACTOR_COUNT && most; b++) {
            most = a == b || takes_more(logs, stride, n, (enum ppt_factor)a, (enum ppt_factor)b);
        }
        if (most) {
            return (enum ppt_factor)a;
        }
    }
    return PPT_FACTOR_COUNT;
}

/* Medians of the logarithms by block, moved so that they add up to ln(per_worker); their
 * intervals. */
static void show_factors(const double *logs, size_t stride, size_t n, double per_worker,
                         struct ppt_point_factors *out)
{
    const struct ppt_log_columns columns = {logs, stride, n, PPT_FACTOR_COUNT};
    struct ppt_interval intervals[PPT_FACTOR_COUNT];
    double middles[PPT_FACTOR_COUNT];

    ppt_medians_adding_up(&columns, log(per_worker), middles, intervals);
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        out->interval[f] = ppt_interval_exp(intervals[f]);
        out->factor[f] = exp(middles[f]);
    }
}

/* Whether `a` is surely larger than `b`, by block. */
static bool is_larger(const double *a, const double *b, size_t n)
{
    double *more PPT_FREED = ppt_alloc(n + 1, sizeof(*more));

    for (size_t i = 0; i < n; i++) {
        if (a[i] <= 0 || b[i] <= 0) {
            return false; /* CPU times were too short to tell */
        }
        more[i] = log(a[i] / b[i]);
    }
    const struct ppt_interval interval = ppt_interval_of(more, n, 0.95);
    return interval.exists && interval.low > 0;
}

/* Which of the inflations, each by block, is surely larger than the others. Queueing that is
 * unknown is part of what is off the CPU. */
static enum ppt_inflated inflated(const double *on_cpu, const double *off_cpu, const double *queued,
                                  size_t n)
{
    const double *const parts[] = {on_cpu, queued, off_cpu};
    static const enum ppt_inflated which[] = {PPT_INFLATED_ON_CPU, PPT_INFLATED_QUEUED,
                                              PPT_INFLATED_OFF_CPU};
    const bool known = n > 0 && queued[0] > 0;

    for (size_t a = 0; a < 3; a++) {
        bool largest = a != 1 || known;

        for (size_t b = 0; b < 3 && largest; b++) {
            largest = a == b || (b == 1 && !known) || is_larger(parts[a], parts[b], n);
        }
        if (largest && n > 0) {
            return which[a];
        }
    }
    return PPT_INFLATED_UNKNOWN;
}

/* Over the blocks that have both the point and sequential calls beside it. `per_worker` is the
 * speedup over these that is shown, by worker. */
static void set_factors(const struct ppt_index *index, size_t point, size_t calls,
                        double per_worker, struct ppt_point_factors *out)
{
    enum { ON_CPU = PPT_FACTOR_COUNT, OFF_CPU, QUEUED, REPLAY, COLUMNS };
    const struct ppt_passes passes = ppt_index_passes(index, point);
    double *values PPT_FREED = ppt_alloc(passes.count * COLUMNS + 1, sizeof(*values));
    size_t n = 0;

    for (size_t i = 0; i < passes.count; i++) {
        const struct ppt_sample *pass = passes.items[i];
        const struct ppt_sample *sequential = ppt_index_at(index, pass->block, calls);

        if (sequential) {
            const struct ppt_factors f = ppt_factors_of(pass, sequential);

            for (size_t c = 0; c < PPT_FACTOR_COUNT; c++) {
                values[c * passes.count + n] = log(f.factor[c]);
            }
            values[ON_CPU * passes.count + n] = f.on_cpu_inflation;
            values[OFF_CPU * passes.count + n] = f.off_cpu_inflation;
            values[QUEUED * passes.count + n] = f.queued_inflation;
            values[REPLAY * passes.count + n] =
                replay_speedup(sequential, pass->task_count, ppt_point_workers(pass->point));
            n++;
        }
    }
    out->exists = n > 0;
    out->most_lost = PPT_FACTOR_COUNT;
    if (n > 0) {
        show_factors(values, passes.count, n, per_worker, out);
        out->most_lost = most_lost(values, passes.count, n);
    }
    out->on_cpu_inflation = ppt_median(values + ON_CPU * passes.count, n);
    out->off_cpu_inflation = ppt_median(values + OFF_CPU * passes.count, n);
    out->queued_inflation = ppt_median(values + QUEUED * passes.count, n);
    out->replay_speedup = ppt_median(values + REPLAY * passes.count, n);
    out->inflated = inflated(values + ON_CPU * passes.count, values + OFF_CPU * passes.count,
                             values + QUEUED * passes.count, n);
}

/* What `value` says of each of these; to be given to free(). */
static double *values_of(struct ppt_passes passes, ppt_pass_value *value)
{
    double *values = ppt_alloc(passes.count, sizeof(*values));

    for (size_t i = 0; i < passes.count; i++) {
        values[i] = value(passes.items[i]);
    }
    return values;
}

/* Its median over the passes at a point. */
static double median_of(const struct ppt_index *index, size_t point, ppt_pass_value *value)
{
    const struct ppt_passes passes = ppt_index_passes(index, point);
    double *values PPT_FREED = values_of(passes, value);

    return ppt_median(values, passes.count);
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
    const unsigned n = ppt_point_workers(sample->point);
    const uint64_t rounds = (sample->task_count + n - 1) / n;

    return (double)sample->work_ns * 1e-9 / (double)rounds;
}

static double cpu_use(const struct ppt_sample *sample)
{
    const int64_t wall_ns = ppt_sample_wall_ns(sample);

    /* Of a pass so short the system's count is mostly of what was done around it. */
    if (wall_ns < 1000000) {
        return 0;
    }
    return (double)(sample->usage.user_ns + sample->usage.system_ns) / (double)wall_ns;
}

/* Of all workers together: how much of their tasks' time was CPU time, or queueing for it. Neither
 * that nor being stopped by a quota is waiting of the tasks' own. */
static double cpu_share(const struct ppt_sample *sample)
{
    const double cpu = ppt_task_cpu_ns(sample) + ppt_task_queued_ns(sample);
    double busy = sample->noise.throttled_ns > 0 ? -(double)sample->noise.throttled_ns : 0;

    for (size_t i = 0; i < sample->worker_count; i++) {
        busy += (double)sample->workers[i].busy_ns;
    }
    return busy > cpu ? cpu / busy : 1;
}

/* One-sided bounds of three quantities that hold together at 95 %. */
#define THREE_TOGETHER (1 - 2 * 0.05 / 3)

/* The interval of a quantity's median over the passes at a point; anything where there are too few.
 */
static struct ppt_interval span_of(const struct ppt_index *index, size_t point,
                                   ppt_pass_value *value)
{
    const struct ppt_passes passes = ppt_index_passes(index, point);
    double *values PPT_FREED = values_of(passes, value);
    struct ppt_interval span = ppt_interval_of_positive(values, passes.count, THREE_TOGETHER);

    if (!span.exists) {
        span.low = 0;
        span.high = INFINITY;
    }
    return span;
}

/* Whether so many tasks as were measured show by themselves that these and all larger numbers gain:
 * paired within blocks, that is surer than what the parts of a pass add up to. */
static bool measured_gains(uint64_t tasks, unsigned workers, const struct ppt_ratio *speedup)
{
    return speedup->interval.exists && tasks > 0 &&
           speedup->interval.low > ppt_break_even_speedup(tasks, workers);
}

/* From what starting and ending workers takes, a round of tasks, and a task by itself. */
static void set_break_even(const struct ppt_index *index, size_t calls, size_t point,
                           const struct ppt_ratio *speedup, struct ppt_break_even *out)
{
    const unsigned n = calls == SIZE_MAX ? 0 : ppt_point_workers(index->points[point]);
    const struct ppt_passes passes = ppt_index_passes(index, point);
    const uint64_t measured = passes.count > 0 ? passes.items[0]->task_count : 0;
    const struct ppt_interval over = span_of(index, point, overhead_s),
                              calls_over = span_of(index, calls, overhead_s),
                              round = span_of(index, point, round_s),
                              task = span_of(index, calls, work_per_task_s);

    if (n < 2) {
        return;
    }
    out->tasks = ppt_break_even(
        median_of(index, point, overhead_s) - median_of(index, calls, overhead_s),
        median_of(index, point, round_s), n, median_of(index, calls, work_per_task_s));
    out->low = ppt_break_even(over.low - calls_over.high, round.low, n, task.high);
    out->high = ppt_break_even(over.high - calls_over.low, round.high, n, task.low);
    if (measured_gains(measured, n, speedup) && (out->high == 0 || out->high > measured)) {
        out->high = measured;
    }
    if (out->high == 0) {
        *out = (struct ppt_break_even){0};
        return;
    }
    out->low = out->low == 0 || out->low > out->high ? out->high : out->low;
    out->tasks = out->tasks == 0 || out->tasks > out->high ? out->high : out->tasks;
}

static void set_point_from_index(const struct ppt_index *index, struct ppt_answer *answer, size_t p)
{
    const size_t calls = ppt_index_find(index, ppt_point_calls(answer->grid.points[p]));
    const struct ppt_ratio *speedup = &answer->points[p].by_workers;

    set_factors(index, p, calls, speedup->value / ppt_point_workers(answer->grid.points[p]),
                &answer->points[p].factors);
    set_break_even(index, calls, p, speedup, &answer->points[p].break_even);
}

/* What tasks wait for and what counters say of them, also against sequential calls or else one
 * worker beside it. */
static void set_causes(const struct ppt_index *index, struct ppt_answer *answer, size_t p)
{
    const struct ppt_grid *grid = &answer->grid;
    const size_t calls = beside(grid, p, 0), few = calls != SIZE_MAX ? calls : beside(grid, p, 1);
    struct ppt_point_answer *point = &answer->points[p];

    point->waiting = ppt_waiting_of(index, p);
    point->counted = ppt_counted_of(index, few, p);
    if (few != SIZE_MAX && few != p) {
        point->growth = ppt_waiting_grows(index, few, p);
    }
}

/* Points of the grid are those of the index. */
static void set_from_index(const struct ppt_index *index, struct ppt_answer *answer)
{
    const struct ppt_grid *grid = &answer->grid;

    answer->disturbance = ppt_disturbance_of(index);
    ppt_verdict_doubt(&answer->verdict, index, grid, &answer->disturbance);
    if (grid->point_count == 0) {
        return;
    }
    for (size_t p = 0; p < grid->point_count; p++) {
        answer->points[p].latency =
            ppt_latency_of(ppt_index_passes(index, p), answer->context.goal.at_most_s);
    }
    for (size_t p = 0; p < grid->point_count && !answer->context.arriving; p++) {
        ppt_ceiling_shares(&answer->context.bounds, grid->points[p],
                           ppt_index_passes(index, ppt_index_find(index, grid->points[p])),
                           answer->points[p].ceilings);
    }
    /* More threads than CPUs queue for one, which is no waiting of the task's own. */
    answer->waiting =
        !(answer->context.cpus > 0 && ppt_point_threads(grid->points[0]) > answer->context.cpus) &&
        median_of(index, 0, cpu_share) < WAITING_CPU_SHARE;
    for (size_t p = 0; p < grid->point_count; p++) {
        set_causes(index, answer, p);
    }
    answer->load = median_of(index, answer->verdict.recommended, cpu_use);
    if (grid->points[0].workers != 0) {
        return;
    }
    answer->cpu_use =
        median_of(index, ppt_index_find(index, ppt_point_calls(answer->row.points[0])), cpu_use);
    for (size_t p = 0; p < grid->point_count; p++) {
        if (grid->points[p].workers > 0) {
            set_point_from_index(index, answer, p);
        }
    }
}

/* ---- all of it ---- */

/* Looking several times and stopping when it fits widens what an interval misses; 97 % ones cover
 * 95 % then. */
#define ADAPTIVE_CONFIDENCE 0.97

/* 0: there is none that is known. */
static uint64_t memory_limit(const struct ppt_config *config, const struct ppt_host *host)
{
    const uint64_t limit = ppt_host_memory_limit(host, config);

    return limit == UINT64_MAX ? 0 : limit;
}

struct ppt_answer_context ppt_answer_context_of(const struct ppt_config *config,
                                                const struct ppt_host *host)
{
    return (struct ppt_answer_context){
        .tasks = config->task_count,
        .per_worker = config->per_worker,
        .same_alone = ppt_config_same_alone(config),
        .programs = !config->mix && config->uses[0].kernel->outside,
        .renewed = config->prepare || config->sandbox != PPT_SANDBOX_OF_NONE,
        .longer = config->adaptive ? PPT_LONGER_SECONDS : PPT_LONGER_ITERATIONS,
        .shared = ppt_config_readied_once(config),
        .copied = config->sandbox != PPT_SANDBOX_OF_NONE,
        .cpus = ppt_host_all_cpus(host, config),
        .goal = config->goal,
        .arriving = ppt_arrivals_exist(&config->arrivals),
        .steady = config->arrivals.process == PPT_ARRIVALS_STEADY,
        .rounds = !config->rates     ? 0
                  : config->adaptive ? PPT_RATE_ROUNDS
                                     : 1,
        .memory_limit = memory_limit(config, host),
        .tolerance = config->tolerance,
        .confidence = config->adaptive ? ADAPTIVE_CONFIDENCE : 0.95,
        .quota_cpus = ppt_host_quota_binds(host) ? host->quota_cpus : 0,
        /* A journal need not say where ranks ran. */
        .cluster = ppt_config_ranks(config) > 0 && host->cluster.count > 0 ? &host->cluster : NULL,
        .bounds = {.ceilings = host->ceilings,
                   .topology = &host->topology,
                   .work = ppt_work_of(config),
                   .task = config->task},
    };
}

bool ppt_answer_beyond(const struct ppt_answer *answer, size_t point)
{
    const struct ppt_point at = answer->grid.points[point];

    return answer->context.cpus > 0 &&
           (at.ranks > 0 && answer->context.cluster
                ? ppt_cluster_beyond(answer->context.cluster, at)
                : ppt_point_threads(at) > (answer->context.cluster
                                               ? answer->context.cluster->ranks[0].effective_cpus
                                               : answer->context.cpus));
}

struct ppt_objective_context ppt_answer_objective(const struct ppt_answer_context *context)
{
    return (struct ppt_objective_context){
        .goal = context->goal,
        .tolerance = context->tolerance,
        .confidence = context->confidence,
        .same_alone = context->same_alone,
        .tasks = context->tasks,
        .steady = context->steady,
        .rounds = context->rounds,
    };
}

/* `index` may be NULL. */
static void begin(struct ppt_grid *grid, const struct ppt_index *index,
                  const struct ppt_answer_context *context, struct ppt_answer *answer)
{
    *answer = (struct ppt_answer){.context = *context, .grid = *grid};
    *grid = (struct ppt_grid){0};
    answer->points = ppt_alloc(answer->grid.point_count, sizeof(*answer->points));
    answer->grid.same_alone = context->same_alone;
    const struct ppt_objective_context about = ppt_answer_objective(context);
    ppt_objective_of(index, &answer->grid, &about, &answer->objective, &answer->verdict);
    answer->drift = ppt_drift_of(&answer->grid);
    if (answer->grid.point_count == 0) {
        return;
    }
    ppt_grid_row(&answer->grid, answer->verdict.recommended, &answer->row);
    set_speedups(answer);
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        set_point(answer, p);
    }
    if (answer->row.points[0].workers == 0 && answer->row.point_count > 1 &&
        ppt_point_workers(answer->row.points[1]) == 1) {
        answer->dispatch = gain(answer, of_row(answer, 1), of_row(answer, 0));
    }
    set_economical(answer);
    set_costs(answer);
}

/* Of several hosts the number of all CPUs does not say which points fit: those with more workers on
 * a host than it has CPUs are no part of the law. */
static void set_scaling_of_hosts(struct ppt_answer *answer,
                                 const struct ppt_scaling_context *context)
{
    size_t *chosen PPT_FREED = ppt_alloc(answer->row.point_count, sizeof(*chosen));
    struct ppt_grid fitting PPT_OWNED(ppt_grid_free) = {0};
    size_t count = 0;

    for (size_t r = 0; r < answer->row.point_count; r++) {
        if (!ppt_answer_beyond(answer, of_row(answer, r))) {
            chosen[count++] = r;
        }
    }
    ppt_grid_select(&answer->row, chosen, count, &fitting);
    ppt_scaling_of(&fitting, context, &answer->scaling);
}

static void end(struct ppt_answer *answer)
{
    const unsigned inner = answer->row.point_count > 0 ? answer->row.points[0].inner_threads : 1;
    const unsigned cpus = answer->context.cpus;
    const struct ppt_scaling_context context = {
        .tasks = (double)answer->context.tasks,
        .whole_rounds = answer->context.per_worker,
        /* Of CPUs that are fewer than one task's threads, one worker has them all. */
        .cpus = cpus > inner ? cpus / inner : cpus > 0,
        .waiting = answer->waiting,
        .drifting = answer->drift.flagged,
        .confidence = answer->context.confidence,
    };

    if (answer->context.cluster && !answer->waiting) {
        set_scaling_of_hosts(answer, &context);
    } else {
        ppt_scaling_of(&answer->row, &context, &answer->scaling);
    }
    ppt_reason_find(answer);
}

static void list_failed(const struct ppt_samples *samples, struct ppt_answer *answer)
{
    answer->failed = ppt_alloc(samples->failure_count + 1, sizeof(*answer->failed));
    for (size_t i = 0; i < samples->failure_count; i++) {
        if (!samples->failures[i].withheld) {
            answer->failed[answer->failed_count++] = samples->failures[i].point;
        }
    }
}

static double measured_seconds(const struct ppt_samples *samples)
{
    const struct ppt_sample *last = samples->count > 0 ? &samples->items[samples->count - 1] : NULL;

    return last ? (double)(last->started_ns + ppt_sample_wall_ns(last)) * 1e-9 : 0;
}

void ppt_answer_from_index(const struct ppt_index *index, const struct ppt_answer_context *context,
                           struct ppt_answer *answer)
{
    struct ppt_grid grid;

    ppt_grid_from_index(index, &grid);
    ppt_room_bar(index, context->memory_limit, &grid);
    begin(&grid, index, context, answer);
    if (answer->verdict.exists) {
        answer->room = ppt_room_of(index, &answer->grid, answer->verdict.recommended,
                                   context->memory_limit, context->programs);
    }
    answer->repeats = ppt_repeats_of(index->samples);
    answer->seconds = measured_seconds(index->samples);
    list_failed(index->samples, answer);
    set_from_index(index, answer);
    end(answer);
}

void ppt_answer_from_grid(struct ppt_grid *grid, const struct ppt_answer_context *context,
                          struct ppt_answer *answer)
{
    begin(grid, NULL, context, answer);
    end(answer);
}

void ppt_answer_free(struct ppt_answer *answer)
{
    ppt_verdict_free(&answer->verdict);
    ppt_objective_free(&answer->objective);
    ppt_scaling_free(&answer->scaling);
    ppt_grid_free(&answer->row);
    ppt_grid_free(&answer->grid);
    free(answer->points);
    free(answer->failed);
    *answer = (struct ppt_answer){0};
}
