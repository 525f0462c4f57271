#include "sensitivity.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "answer.h"
#include "factors.h"
#include "flags.h"
#include "handover.h"
#include "memory.h"
#include "owned.h"
#include "trimmed.h"

/* Of all that is said of one number of workers. */
#define RISK 0.05

/* A task that minds sharing its CPU by less hardly uses it. */
#define LEAST_ON_CPU 1.25

/* A larger share of passes alone in which others took part says that they were always there. */
#define MOST_DISTURBED 0.2

/* A lock's part of what a task takes longer, and how much more often it lets go of the CPU. */
#define LEAST_OFF_CPU 0.5
#define LEAST_SWITCHES 0.25

static double least_minded(double tolerance)
{
    return fmax(tolerance, PPT_LEAST_MINDED);
}

const char *const ppt_known_by_names[] = {"nothing", "pressing", "own_numbers", NULL};
const char *const ppt_known_by_words[] = {"", "by pressing", "by its own numbers", NULL};

/* ---- ratios ---- */

/* Whether what presses could reach the task: CPUs that should share a cache did. */
static bool is_near(const struct ppt_sample *pass)
{
    return pass->pressed.handover_ns <= PPT_HANDOVER_NEAR_NS;
}

/* By block, of what is measured of a pass at two points: ln(value at b / value at a). Returns in
 * how many blocks there are both. */
static size_t log_ratios(const struct ppt_index *index, struct ppt_point a, struct ppt_point b,
                         ppt_pass_value *value, double *logs)
{
    const size_t from = ppt_index_find(index, a), to = ppt_index_find(index, b);
    size_t count = 0;

    for (size_t block = 1; block <= index->block_count; block++) {
        const struct ppt_sample *x = ppt_index_at(index, block, from);
        const struct ppt_sample *y = ppt_index_at(index, block, to);

        if (x && y && is_near(x) && is_near(y) && value(x) > 0 && value(y) > 0) {
            logs[count++] = log(value(y) / value(x));
        }
    }
    return count;
}

/* The interval is two-sided, at 1 - `risk`. */
static struct ppt_ratio ratio_of(const double *logs, size_t n, double risk)
{
    const struct ppt_trimmed middle = ppt_trimmed_of(logs, n);
    struct ppt_ratio ratio = {.value = n > 0 ? exp(middle.mean) : 0};

    if (n >= PPT_FEWEST_BLOCKS) {
        const double t = gsl_cdf_tdist_Pinv(1 - risk / 2, middle.freedom);
        const double error = t * sqrt(middle.variance);

        ratio.interval =
            (struct ppt_interval){true, exp(middle.mean - error), exp(middle.mean + error)};
    }
    return ratio;
}

static struct ppt_ratio ratio_between(const struct ppt_index *index, struct ppt_point a,
                                      struct ppt_point b, ppt_pass_value *value, double risk)
{
    double *logs PPT_FREED = ppt_alloc(index->block_count + 1, sizeof(*logs));

    return ratio_of(logs, log_ratios(index, a, b, value, logs), risk);
}

static bool is_above(const struct ppt_ratio *ratio, double limit)
{
    return ratio->interval.exists && ratio->interval.low > limit;
}

static double median_at(const struct ppt_index *index, struct ppt_point point,
                        ppt_pass_value *value)
{
    const struct ppt_passes passes = ppt_index_passes(index, ppt_index_find(index, point));
    double *values PPT_FREED = ppt_alloc(passes.count + 1, sizeof(*values));
    size_t count = 0;

    for (size_t i = 0; i < passes.count; i++) {
        if (is_near(passes.items[i])) {
            values[count++] = value(passes.items[i]);
        }
    }
    return ppt_median(values, count);
}

/* Passes at a point that count. */
static size_t count_near(const struct ppt_index *index, struct ppt_point point)
{
    const struct ppt_passes passes = ppt_index_passes(index, ppt_index_find(index, point));
    size_t count = 0;

    for (size_t i = 0; i < passes.count; i++) {
        count += is_near(passes.items[i]);
    }
    return count;
}

/* ---- what is measured of a pass ---- */

static double work_ns(const struct ppt_sample *pass)
{
    return (double)pass->work_ns;
}

static double task_ns(const struct ppt_sample *pass)
{
    return (double)pass->times.sum_ns / (double)pass->task_count;
}

/* What it neither computed nor was queued for a CPU. */
static double off_cpu_ns(const struct ppt_sample *pass)
{
    const double own = ppt_task_cpu_ns(pass) + ppt_task_queued_ns(pass);

    return fmax(0, (double)pass->times.sum_ns - own) / (double)pass->task_count;
}

static double switches(const struct ppt_sample *pass)
{
    return (double)pass->usage.voluntary_switches / (double)pass->task_count;
}

static double rate_alone(const struct ppt_sample *pass)
{
    return pass->pressed.alone;
}

static double rate_beside(const struct ppt_sample *pass)
{
    return pass->pressed.beside;
}

/* What presses gets so much less of its resource beside the task. */
static double log_given_way(const struct ppt_sample *pass)
{
    return log(pass->pressed.beside / pass->pressed.alone);
}

/* ---- rows ---- */

static struct ppt_point under(struct ppt_point point, unsigned pressure)
{
    point.pressure = pressure;
    return point;
}

static struct ppt_ratio given_way(const struct ppt_index *index, struct ppt_point point,
                                  double risk)
{
    const struct ppt_passes passes = ppt_index_passes(index, ppt_index_find(index, point));
    double *logs PPT_FREED = ppt_alloc(passes.count + 1, sizeof(*logs));
    size_t count = 0;

    for (size_t i = 0; i < passes.count; i++) {
        if (is_near(passes.items[i]) && rate_alone(passes.items[i]) > 0 &&
            rate_beside(passes.items[i]) > 0) {
            logs[count++] = log_given_way(passes.items[i]);
        }
    }
    return ratio_of(logs, count, risk);
}

static void add_unpressed(struct ppt_sensitivities *out, struct ppt_unpressed one)
{
    if (out->unpressed_count < sizeof(out->unpressed) / sizeof(out->unpressed[0])) {
        out->unpressed[out->unpressed_count++] = one;
    }
}

static void add_apart(struct ppt_point point, enum ppt_resource resource,
                      struct ppt_sensitivities *out)
{
    add_unpressed(out, (struct ppt_unpressed){
                           .resource = resource,
                           .workers = point.workers,
                           .reason = "in nearly all passes the CPUs were too far apart to share a "
                                     "cache, or too busy to tell",
                       });
}

static void fill_row(const struct ppt_index *index, struct ppt_sensitivity_row *row,
                     struct ppt_sensitivities *out)
{
    const struct ppt_point alone = under(row->point, PPT_PRESSURE_ALONE);
    const struct ppt_point core = under(row->point, PPT_RESOURCE_CORE);
    unsigned resources = 0;

    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        resources += ppt_index_find(index, under(row->point, r)) != SIZE_MAX;
    }
    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        const struct ppt_point at = under(row->point, r);
        const double risk = RISK / resources;
        const size_t place = ppt_index_find(index, at);
        const size_t blocks = place == SIZE_MAX ? 0 : count_near(index, at);

        if (place != SIZE_MAX && blocks < PPT_FEWEST_BLOCKS &&
            ppt_index_passes(index, place).count >= PPT_FEWEST_BLOCKS) {
            add_apart(row->point, (enum ppt_resource)r, out);
        }
        if (blocks < PPT_FEWEST_BLOCKS) {
            continue;
        }
        row->items[row->count++] = (struct ppt_sensitivity){
            .resource = (enum ppt_resource)r,
            .blocks = blocks,
            .slowdown = ratio_between(index, alone, at, work_ns, risk),
            .beyond_core = ratio_between(index, core, at, work_ns, risk),
            .given_way = given_way(index, at, risk),
            .alone = median_at(index, at, rate_alone),
            .beside = median_at(index, at, rate_beside),
        };
    }
}

/* Points ascend by pressure before workers: alone comes last. */
static void add_rows(const struct ppt_index *index, struct ppt_sensitivities *out)
{
    for (size_t p = 0; p < index->point_count && out->row_count < PPT_WHY_MOST_COUNTS; p++) {
        if (index->points[p].pressure == PPT_PRESSURE_ALONE) {
            struct ppt_sensitivity_row *row = &out->rows[out->row_count++];

            row->point = ppt_point_of_variant(index->points[p]);
            fill_row(index, row, out);
        }
    }
}

static void add_failures(const struct ppt_samples *samples, struct ppt_sensitivities *out)
{
    for (size_t i = 0; i < samples->failure_count; i++) {
        const struct ppt_failure *failure = &samples->failures[i];
        const unsigned pressure = failure->point.pressure;

        if (pressure > 0 && pressure < PPT_RESOURCE_COUNT) {
            add_unpressed(out, (struct ppt_unpressed){.resource = (enum ppt_resource)pressure,
                                                      .workers = failure->point.workers,
                                                      .reason = failure->message});
        }
    }
}

const struct ppt_sensitivity *ppt_sensitivity_find(const struct ppt_sensitivity_row *row,
                                                   enum ppt_resource resource)
{
    for (size_t i = 0; i < row->count; i++) {
        if (row->items[i].resource == resource) {
            return &row->items[i];
        }
    }
    return NULL;
}

/* ---- the cause ---- */

/* Of the time that a task takes longer in the second row, and of how often it switches away. */
static void compare_rows(const struct ppt_index *index, double tolerance,
                         struct ppt_sensitivities *out)
{
    if (out->row_count < 2) {
        return;
    }
    const struct ppt_point few = under(out->rows[0].point, PPT_PRESSURE_ALONE);
    const struct ppt_point many = under(out->rows[1].point, PPT_PRESSURE_ALONE);
    const double longer = median_at(index, many, task_ns) - median_at(index, few, task_ns);
    const double off = median_at(index, many, off_cpu_ns) - median_at(index, few, off_cpu_ns);

    out->loss = ratio_between(index, few, many, task_ns, RISK);
    out->loses = is_above(&out->loss, 1 + tolerance);
    out->off_cpu = longer > 0 ? fmin(1, fmax(0, off / longer)) : 0;
    out->switches = median_at(index, many, switches) - median_at(index, few, switches);
}

/* What is known of one resource. */
enum minded {
    MINDED_NOT,     /* surely, or surely no more than CPUs that are only busy */
    MINDED_AS_BUSY, /* surely, but not more than CPUs that are only busy */
    MINDED_ITSELF,  /* surely, and surely more than these */
    MINDED_PERHAPS,
};

static bool is_of_cpu(enum ppt_resource resource)
{
    return strcmp(ppt_resources[resource].cause, ppt_resources[PPT_RESOURCE_CPU].cause) == 0;
}

static bool is_below(const struct ppt_ratio *ratio, double limit)
{
    return ratio->interval.exists && ratio->interval.high <= limit;
}

double ppt_sensitivity_limit(enum ppt_resource resource, double tolerance)
{
    return resource == PPT_RESOURCE_CPU ? LEAST_ON_CPU : 1 + least_minded(tolerance);
}

/* How many times as long as beside CPUs that are only busy, to mind the resource itself. */
static double least_beyond(double tolerance)
{
    return 1 + least_minded(tolerance) / 2;
}

static enum minded judge(const struct ppt_sensitivity *one, double tolerance)
{
    const double limit = ppt_sensitivity_limit(one->resource, tolerance);
    const double beyond = least_beyond(tolerance);

    if (is_below(&one->slowdown, limit)) {
        return MINDED_NOT;
    }
    const bool sure = is_above(&one->slowdown, limit);

    if (is_of_cpu(one->resource)) {
        return sure ? MINDED_AS_BUSY : MINDED_PERHAPS;
    }
    if (is_below(&one->beyond_core, beyond)) {
        return sure ? MINDED_AS_BUSY : MINDED_NOT;
    }
    /* Where nothing else keeps CPUs busy it is the resource. */
    return sure && (!one->beyond_core.interval.exists || is_above(&one->beyond_core, beyond))
               ? MINDED_ITSELF
               : MINDED_PERHAPS;
}

/* What the fewest workers make of all resources. */
struct judged {
    enum minded of[PPT_RESOURCE_COUNT];
    enum ppt_resource most; /* of those minded themselves; PPT_RESOURCE_NONE: none is */
    bool own_cpu;           /* sharing its CPU is minded */
    bool busy;              /* CPUs that are only busy are, by whatever keeps them so */
};

static struct judged judge_all(const struct ppt_index *index, double tolerance,
                               const struct ppt_sensitivities *out)
{
    const struct ppt_sensitivity_row *row = &out->rows[0];
    struct judged judged = {.most = PPT_RESOURCE_NONE};
    double largest = 0;

    /* What has passes, but too few of them, is not known. */
    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        const struct ppt_sensitivity *one = ppt_sensitivity_find(row, (enum ppt_resource)r);
        const bool tried = ppt_index_find(index, under(row->point, r)) != SIZE_MAX;

        judged.of[r] = one ? judge(one, tolerance) : tried ? MINDED_PERHAPS : MINDED_NOT;
        if (judged.of[r] == MINDED_AS_BUSY) {
            *(r == PPT_RESOURCE_CPU ? &judged.own_cpu : &judged.busy) = true;
        }
        if (judged.of[r] == MINDED_ITSELF && one->slowdown.value > largest) {
            judged.most = (enum ppt_resource)r;
            largest = one->slowdown.value;
        }
    }
    return judged;
}

/* Whether one resource is surely minded more than another. */
static bool is_more(const struct ppt_index *index, const struct ppt_sensitivities *out,
                    enum ppt_resource one, enum ppt_resource other)
{
    const struct ppt_point point = out->rows[0].point;
    const struct ppt_ratio ratio = ratio_between(index, under(point, other), under(point, one),
                                                 work_ns, RISK / PPT_RESOURCE_COUNT);

    return is_above(&ratio, 1);
}

/* A stream minds memory far more than the cache, where it has nothing; who finds data in the cache
 * minds memory, too, as often as that drives it out. So memory has to be surely more than the
 * cache, and not the other way round. */
static bool is_rival(enum ppt_resource most, enum ppt_resource other)
{
    return other != most && !(most == PPT_RESOURCE_CACHE && other == PPT_RESOURCE_MEMORY);
}

/* What a task may mind more than that, or may mind at all where that is none: of several what slows
 * it most, by the upper ends; what is not known slows it endlessly. PPT_RESOURCE_NONE: nothing. */
static enum ppt_resource find_open(const struct ppt_index *index, const struct judged *judged,
                                   enum ppt_resource most, const struct ppt_sensitivities *out)
{
    enum ppt_resource open = PPT_RESOURCE_NONE;
    double largest = 0;

    for (int r = 1; r < PPT_RESOURCE_COUNT; r++) {
        const enum ppt_resource resource = (enum ppt_resource)r;
        const struct ppt_sensitivity *one = ppt_sensitivity_find(&out->rows[0], resource);
        const double high =
            one && one->slowdown.interval.exists ? one->slowdown.interval.high : (double)INFINITY;
        const bool rivals = judged->of[r] == MINDED_PERHAPS || judged->of[r] == MINDED_ITSELF;
        const bool beside_cpu =
            is_of_cpu(resource) && (most != PPT_RESOURCE_NONE || judged->busy || judged->own_cpu);

        if (rivals && is_rival(most, resource) && !beside_cpu && high > largest &&
            (most == PPT_RESOURCE_NONE || !is_more(index, out, most, resource))) {
            open = resource;
            largest = high;
        }
    }
    return open;
}

/* Of what makes tasks wait off the CPU: caches, memory and busy CPUs do not. */
static bool is_waiting_open(const struct judged *judged)
{
    bool open = false;

    for (int r = 1; r < PPT_RESOURCE_COUNT; r++) {
        open |= judged->of[r] == MINDED_PERHAPS && !ppt_resources[r].through_cache &&
                !is_of_cpu((enum ppt_resource)r);
    }
    return open;
}

static bool is_lock(const struct ppt_sensitivities *out, const struct judged *judged)
{
    return out->loses && out->off_cpu >= LEAST_OFF_CPU && out->switches >= LEAST_SWITCHES &&
           !is_waiting_open(judged);
}

static void name_cause(enum ppt_resource resource, struct ppt_sensitivities *out)
{
    out->resource = resource;
    out->cause = ppt_resources[resource].cause;
    out->known_by = PPT_KNOWN_BY_PRESSING;
}

static void find_cause(const struct ppt_index *index, double tolerance,
                       struct ppt_sensitivities *out)
{
    const struct judged judged = judge_all(index, tolerance, out);

    out->cause = "none";
    out->open = find_open(index, &judged, judged.most, out);
    if (judged.most == PPT_RESOURCE_NONE && is_lock(out, &judged)) {
        out->open = PPT_RESOURCE_NONE;
        out->cause = ppt_resources[PPT_RESOURCE_METADATA].cause;
        out->known_by = PPT_KNOWN_BY_ITSELF;
    } else if (out->open != PPT_RESOURCE_NONE) {
        out->resource = judged.most;
        out->cause = NULL;
    } else if (judged.most != PPT_RESOURCE_NONE) {
        name_cause(judged.most, out);
    } else if (judged.busy || judged.own_cpu) {
        name_cause(judged.busy ? PPT_RESOURCE_CORE : PPT_RESOURCE_CPU, out);
    }
}

/* As far as the cause is known to slow a task by as much as it loses. Each worker has a CPU of its
 * own. */
static bool is_explained(const struct ppt_sensitivities *out)
{
    const struct ppt_sensitivity *found = ppt_sensitivity_find(&out->rows[0], out->resource);

    return out->loses && !out->disturbed &&
           (out->known_by == PPT_KNOWN_BY_ITSELF ||
            (out->known_by == PPT_KNOWN_BY_PRESSING && out->resource != PPT_RESOURCE_CPU && found &&
             found->slowdown.value >= out->loss.interval.low));
}

/* Whether others were there in too many of the passes alone at the fewest workers: pressure then
 * drives these onto the task's CPUs. In other passes what presses is at work besides. */
static bool is_disturbed(const struct ppt_index *index, struct ppt_point point)
{
    const struct ppt_passes passes =
        ppt_index_passes(index, ppt_index_find(index, under(point, PPT_PRESSURE_ALONE)));
    struct ppt_sample *alone PPT_FREED = ppt_alloc(passes.count, sizeof(*alone));
    size_t much = 0;

    for (size_t i = 0; i < passes.count; i++) {
        alone[i] = *passes.items[i];
    }
    const struct ppt_samples samples = {.items = alone, .count = passes.count};
    struct ppt_flags *flags PPT_FREED = ppt_flags_of(&samples);

    for (size_t i = 0; i < passes.count; i++) {
        much += flags[i].much;
    }
    return (double)much > MOST_DISTURBED * (double)passes.count;
}

void ppt_sensitivity_of(const struct ppt_index *index, double tolerance,
                        struct ppt_sensitivities *out)
{
    *out = (struct ppt_sensitivities){.cause = "none"};
    add_rows(index, out);
    if (out->row_count == 0) {
        return;
    }
    out->blocks = ppt_index_passes(
                      index, ppt_index_find(index, under(out->rows[0].point, PPT_PRESSURE_ALONE)))
                      .count;
    if (out->blocks < PPT_FEWEST_BLOCKS) {
        *out = (struct ppt_sensitivities){.cause = "none"};
        return;
    }
    add_failures(index->samples, out);
    compare_rows(index, tolerance, out);
    out->disturbed = is_disturbed(index, out->rows[0].point);
    find_cause(index, tolerance, out);
    out->explained = is_explained(out);
}

bool ppt_sensitivity_settled(const struct ppt_samples *samples, double tolerance)
{
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    struct ppt_sensitivities found;

    ppt_index_create(samples, &index);
    ppt_sensitivity_of(&index, tolerance, &found);
    return found.blocks >= PPT_WHY_FEWEST_BLOCKS && found.cause;
}

/* ---- where it is searched for ---- */

/* So long a pass of the fewest workers has to be: clocks, starts and the scheduler's slices are
 * small beside it. More of them tell more than longer ones: what others do on the machine, and
 * where a virtual machine puts its CPUs, changes within seconds. */
#define PASS_NS 75e6

/* A point of the run with so many workers that has passes. */
static bool is_known(const struct ppt_index *index, unsigned workers, unsigned inner_threads)
{
    return ppt_index_find(index, (struct ppt_point){.workers = workers,
                                                    .inner_threads = inner_threads}) != SIZE_MAX;
}

/* 1 worker; else plain calls, or the fewest that there are. */
static bool choose_first(const struct ppt_index *index, struct ppt_why *why)
{
    static const unsigned wanted[] = {1, 0};

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (is_known(index, wanted[i], why->inner_threads)) {
            why->workers[why->count++] = wanted[i];
            return true;
        }
    }
    for (size_t p = 0; p < index->point_count; p++) {
        if (index->points[p].inner_threads == why->inner_threads) {
            why->workers[why->count++] = index->points[p].workers;
            return true;
        }
    }
    return false;
}

/* The recommended number, or the next one that has tasks side by side. */
static void choose_second(const struct ppt_index *index, unsigned recommended, struct ppt_why *why)
{
    const unsigned first = why->workers[0] > 1 ? why->workers[0] : 1;

    if (recommended > first) {
        why->workers[why->count++] = recommended;
        return;
    }
    for (size_t p = 0; p < index->point_count; p++) {
        if (index->points[p].inner_threads == why->inner_threads &&
            index->points[p].workers > first) {
            why->workers[why->count++] = index->points[p].workers;
            return;
        }
    }
}

/* Whole rounds of the most workers. */
static uint64_t choose_tasks(const struct ppt_config *config, double task_ns_each, unsigned most)
{
    const double enough = ceil(PASS_NS / fmax(task_ns_each, 1) / most) * most;
    const uint64_t tasks = config->task_count;

    return enough < (double)tasks ? (uint64_t)enough : tasks;
}

bool ppt_sensitivity_plan(const struct ppt_config *config, const struct ppt_index *index,
                          const struct ppt_answer *answer, struct ppt_why *why)
{
    const struct ppt_verdict *verdict = &answer->verdict;
    const struct ppt_point recommended = verdict->exists ? answer->grid.points[verdict->recommended]
                                                         : (struct ppt_point){.inner_threads = 1};

    *why = (struct ppt_why){.block = (unsigned)index->block_count + 1,
                            .inner_threads = verdict->exists || index->point_count == 0
                                                 ? recommended.inner_threads
                                                 : index->points[0].inner_threads};
    if (!choose_first(index, why)) {
        return false;
    }
    choose_second(index, recommended.workers, why);
    const struct ppt_point first = {.workers = why->workers[0],
                                    .inner_threads = why->inner_threads};
    const unsigned most = why->workers[why->count - 1];
    why->task_count = choose_tasks(config, median_at(index, first, task_ns), most > 0 ? most : 1);
    return true;
}
