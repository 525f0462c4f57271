#include "reason.h"

#include <math.h>
#include <stdint.h>

#include "objective_sentence.h"

#define INNER_THREADS_CPU_USE 1.25
#define DISPATCH_OVERHEAD 1.2
/* How near a speedup must come to the bound of the task count to say that this is what binds. */
#define NEAR_BOUND 0.9
/* Nothing is explained by a factor that takes less than this: medians of passes waver as much even
 * where nothing disturbs them. */
#define LEAST_LOSS 0.005

/* CPUs that are busy for less than this share of the time do not limit anything. */
#define MOSTLY_IDLE 0.5

const char *const ppt_reason_names[] = {
    "none",    "single_count", "memory",    "objective", "inner_threads", "dispatch_overhead",
    "no_gain", "still_rising", "few_tasks", "cpus_busy", "factor",        "unsettled",
    NULL};

/* Whether the number of CPUs is known and limits the tasks. */
static bool cpu_bound(const struct ppt_answer *answer)
{
    return answer->context.cpus > 0 && !answer->waiting;
}

/* Where no point has fewer threads than CPUs, that tasks wait is seen by the CPUs alone. */
static bool mostly_idle(const struct ppt_answer *answer)
{
    const double cpus =
        answer->context.quota_cpus > 0 && answer->context.quota_cpus < answer->context.cpus
            ? answer->context.quota_cpus
            : answer->context.cpus;

    return answer->load > 0 && answer->load < MOSTLY_IDLE * cpus;
}

struct ppt_ratio ppt_reason_rise(const struct ppt_answer *answer)
{
    const size_t last = answer->row.point_count - 1;

    if (last == 0) {
        return (struct ppt_ratio){0};
    }
    return ppt_grid_speedup(&answer->row, last - 1, last, answer->context.confidence);
}

static bool still_rising(const struct ppt_answer *answer)
{
    const struct ppt_grid *row = &answer->row;
    const size_t last = row->point_count - 1;

    if (last == 0 ||
        !ppt_point_same(row->points[last], answer->grid.points[answer->verdict.recommended]) ||
        (cpu_bound(answer) && ppt_point_threads(row->points[last]) >= answer->context.cpus)) {
        return false;
    }
    const struct ppt_ratio rise = ppt_reason_rise(answer);
    return rise.value > 1 + answer->context.tolerance && rise.interval.exists &&
           rise.interval.low > 1;
}

struct ppt_ratio ppt_reason_gain_of_more(const struct ppt_answer *answer)
{
    const struct ppt_grid *row = &answer->row;
    const size_t r = ppt_grid_find(row, answer->grid.points[answer->verdict.recommended]);
    struct ppt_ratio most = {0};

    for (size_t more = r + 1; more < row->point_count; more++) {
        const struct ppt_ratio gain = ppt_grid_speedup(row, r, more, 0.9);

        most.value = fmax(most.value, gain.value);
        most.interval.exists = gain.interval.exists;
        most.interval.low = fmax(most.interval.low, gain.interval.low);
        most.interval.high = fmax(most.interval.high, gain.interval.high);
    }
    return most;
}

/* Whether all with more workers than the recommended point, and there are some, surely gain less
 * than the tolerance. */
static bool gains_nothing(const struct ppt_answer *answer)
{
    const struct ppt_interval gain = ppt_reason_gain_of_more(answer).interval;

    return gain.exists && gain.high < 1 + answer->context.tolerance;
}

/* The task count binds when it caps the speedup below the workers, or gives further workers
 * nothing, and the speedup has come near the cap. */
static bool few_tasks(const struct ppt_answer *answer)
{
    const size_t p = answer->verdict.recommended;
    const size_t r = ppt_grid_find(&answer->row, answer->grid.points[p]);
    const struct ppt_point_answer *point = &answer->points[p];
    const unsigned n = ppt_point_workers(answer->grid.points[p]);
    const uint64_t tasks = answer->context.tasks;

    if (n == 0 || tasks == 0 || answer->context.per_worker || !point->by_workers.interval.exists ||
        point->by_workers.interval.low < NEAR_BOUND * point->granularity) {
        return false;
    }
    const unsigned next =
        r + 1 < answer->row.point_count ? ppt_point_workers(answer->row.points[r + 1]) : 2 * n;
    return point->granularity < 0.97 * n ||
           next * ppt_granularity_bound(tasks, next) <= point->granularity * 1.001;
}

/* A quota that stops most passes, some early and some late, makes any two points differ; so do
 * others who take part in most. */
static bool mostly_stopped(const struct ppt_answer *answer)
{
    return 2 * answer->disturbance.throttled > answer->disturbance.passes ||
           2 * answer->disturbance.much > answer->disturbance.passes;
}

static enum ppt_reason find_reason(const struct ppt_answer *answer)
{
    const size_t p = answer->verdict.recommended;
    const unsigned n = answer->verdict.exists ? answer->grid.points[p].workers : 0;

    if (!answer->verdict.exists) {
        return PPT_REASON_NONE;
    }
    if (answer->room.binds) {
        return PPT_REASON_MEMORY;
    }
    if (answer->verdict.choices == 1) {
        return PPT_REASON_SINGLE;
    }
    if (ppt_objective_binds(answer)) {
        return PPT_REASON_OBJECTIVE;
    }
    if (answer->context.arriving) {
        return PPT_REASON_NONE; /* a pass takes as long as tasks arrive */
    }
    /* Beyond those that were asked for. */
    if (answer->cpu_use > INNER_THREADS_CPU_USE * answer->row.points[0].inner_threads) {
        return PPT_REASON_INNER_THREADS;
    }
    if (n == 0 && answer->dispatch.value > DISPATCH_OVERHEAD && answer->dispatch.interval.exists &&
        answer->dispatch.interval.low > 1 && !mostly_stopped(answer)) {
        return PPT_REASON_DISPATCH;
    }
    if (n == 0) {
        return gains_nothing(answer) ? PPT_REASON_NO_GAIN : PPT_REASON_UNSETTLED;
    }
    if (still_rising(answer)) {
        return PPT_REASON_STILL_RISING;
    }
    if (few_tasks(answer)) {
        return PPT_REASON_FEW_TASKS;
    }
    if (cpu_bound(answer) && ppt_point_threads(answer->grid.points[p]) >= answer->context.cpus &&
        !mostly_idle(answer)) {
        return PPT_REASON_CPUS_BUSY;
    }
    const struct ppt_point_factors *factors = &answer->points[p].factors;
    if (factors->exists && factors->most_lost < PPT_FACTOR_COUNT &&
        factors->factor[factors->most_lost] < 1 - LEAST_LOSS) {
        return PPT_REASON_FACTOR;
    }
    return gains_nothing(answer) ? PPT_REASON_NO_GAIN : PPT_REASON_UNSETTLED;
}

void ppt_reason_find(struct ppt_answer *answer)
{
    answer->reason = find_reason(answer);
}
