#include "objective.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "latency.h"
#include "memory.h"
#include "owned.h"
#include "trimmed.h"

/* Costs are shown for so many tasks. */
#define COST_TASKS 1000
#define HOUR_S 3600

double ppt_goal_price(const struct ppt_goal *goal, struct ppt_point point)
{
    return goal->per_hour + goal->per_worker_hour * ppt_point_running(point);
}

/* ---- figures ---- */

/* How sure bounds are: 1 - these, shared by so many counts. */
#define RISK95 0.05
#define RISK99 0.01

/* Of logarithms by block. */
static struct ppt_figure figure_of(const double *logs, size_t n, size_t counts)
{
    const double k = (double)counts;
    const struct ppt_trimmed middle = ppt_trimmed_of(logs, n);
    const struct ppt_interval asked = ppt_interval_of(logs, n, 1 - 2 * RISK95 / k);
    struct ppt_figure figure = {.value = exp(ppt_median(logs, n)),
                                .interval = ppt_interval_exp(ppt_interval_of(logs, n, 0.95)),
                                .upper = INFINITY,
                                .upper99 = INFINITY};

    if (asked.exists && n >= PPT_FEWEST_BLOCKS) {
        const double t = gsl_cdf_tdist_Pinv(1 - RISK99 / k, middle.freedom);

        figure.upper = exp(asked.high);
        figure.upper99 = fmax(figure.upper, exp(middle.mean + t * sqrt(middle.variance)));
    }
    return figure;
}

/* What is asked of the points: a grid of figures, each by itself or over the same figure alone. */
struct question {
    const struct ppt_grid *grid;
    bool over_alone;
    size_t counts; /* that are asked */
};

/* The point that a task of point p is alone at. */
static size_t alone_at(const struct ppt_grid *grid, size_t p)
{
    const size_t calls = ppt_grid_find_workers(grid, 0, &grid->points[p]);

    return calls != SIZE_MAX ? calls : ppt_grid_find_workers(grid, 1, &grid->points[p]);
}

/* False: there is nothing to compare it with. */
static bool ask(const struct question *question, size_t p, struct ppt_figure *figure)
{
    const struct ppt_grid *grid = question->grid;
    const size_t alone = question->over_alone ? alone_at(grid, p) : p;
    double *logs PPT_FREED = ppt_alloc(grid->block_count + 1, sizeof(*logs));

    if (alone == SIZE_MAX) {
        return false;
    }
    if (alone == p && question->over_alone) {
        *figure = (struct ppt_figure){.value = 1, .interval = {true, 1, 1}, 1, 1};
        return true;
    }
    if (question->over_alone) {
        ppt_grid_log_ratios(grid, p, alone, logs);
    }
    for (size_t b = 0; b < grid->block_count && !question->over_alone; b++) {
        logs[b] = log(ppt_grid_at(grid, b, p));
    }
    *figure = figure_of(logs, grid->block_count, question->counts);
    return true;
}

static void ask_all(const struct question *question, struct ppt_objective *objective)
{
    for (size_t p = 0; p < question->grid->point_count; p++) {
        struct ppt_objective_point *point = &objective->points[p];

        if (ask(question, p, &point->figures[point->figure_count])) {
            point->figure_count++;
        }
    }
}

/* Of all its figures. */
static void compare_with_limit(struct ppt_objective_point *point, double limit, size_t figures)
{
    point->keeps = point->keeps99 = point->figure_count == figures;
    for (size_t i = 0; i < point->figure_count; i++) {
        const struct ppt_figure *figure = &point->figures[i];

        point->keeps = point->keeps && figure->upper <= limit;
        point->keeps99 = point->keeps99 && figure->upper99 <= limit;
        const double lower = figure->lower > 0         ? figure->lower
                             : figure->interval.exists ? figure->interval.low
                                                       : 0;

        point->breaks = point->breaks || lower > limit;
    }
}

/* ---- each ---- */

static double task_median_s(const struct ppt_sample *pass, const void *context)
{
    (void)context;
    return fmax((double)pass->times.median_ns, 1) * 1e-9;
}

static double task_p95_s(const struct ppt_sample *pass, const void *context)
{
    (void)context;
    return fmax((double)pass->times.p95_ns, 1) * 1e-9;
}

static size_t count_beside_others(const struct ppt_grid *grid)
{
    size_t count = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        count += alone_at(grid, p) != p;
    }
    return count > 0 ? count : 1;
}

static void ask_each(const struct ppt_index *index, struct ppt_objective *objective)
{
    static ppt_cell_value *const values[PPT_MOST_FIGURES] = {task_median_s, task_p95_s};

    objective->limit = objective->goal.each_at_most;
    for (size_t i = 0; i < PPT_MOST_FIGURES; i++) {
        struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};

        ppt_grid_of(index, values[i], NULL, &grid);
        ask_all(&(struct question){&grid, true, count_beside_others(&grid)}, objective);
    }
    for (size_t p = 0; p < objective->judged.point_count; p++) {
        compare_with_limit(&objective->points[p], objective->limit, PPT_MOST_FIGURES);
    }
}

/* ---- cost ---- */

static void price_times(const struct ppt_objective_context *context,
                        struct ppt_objective *objective)
{
    struct ppt_grid *judged = &objective->judged;
    const double tasks = context->tasks > 0 ? (double)context->tasks : COST_TASKS;
    double dearest = 0;

    for (size_t p = 0; p < judged->point_count; p++) {
        const double price =
            ppt_goal_price(&objective->goal, judged->points[p]) / HOUR_S * COST_TASKS / tasks;

        dearest = fmax(dearest, price);
        for (size_t b = 0; b < judged->block_count; b++) {
            judged->seconds[b * judged->point_count + p] *= price;
        }
    }
    judged->step *= dearest; /* of the others it is less */
    ask_all(&(struct question){judged, false, 1}, objective);
}

/* ---- latency ---- */

/* How far the percentile of all tasks of a point may be off, as a logarithm: by how passes differ,
 * and by how few independent stretches of waiting there were in them. */
struct latency_error {
    double passes, stretches;
    double freedom; /* degrees, of passes */
};

static struct latency_error error_of(const struct ppt_grid *grid, size_t p, double percentile,
                                     const struct ppt_backlog *backlog)
{
    const double share = 1 - percentile / 100, n = (double)grid->block_count;
    double sum = 0, squares = 0;

    for (size_t b = 0; b < grid->block_count; b++) {
        const double value = log(ppt_grid_at(grid, b, p));

        sum += value;
        squares += value * value;
    }
    return (struct latency_error){.passes = sqrt(fmax(0, (squares - sum * sum / n) / (n - 1)) / n),
                                  .stretches = sqrt(backlog->stretch / (backlog->tasks * share)) /
                                               -log(share),
                                  .freedom = n - 1};
}

/* At a one-sided risk. */
static double factor_of(const struct latency_error *error, double risk)
{
    return exp(gsl_cdf_tdist_Pinv(1 - risk, error->freedom) *
               hypot(error->passes, error->stretches));
}

static struct ppt_figure latency_figure(const struct ppt_grid *grid, size_t p, double percentile,
                                        const struct ppt_backlog *backlog, size_t rounds)
{
    const struct latency_error error = error_of(grid, p, percentile, backlog);
    const double k = (double)grid->point_count * (double)(rounds > 0 ? rounds : 1);
    const double two_sided = factor_of(&error, RISK95 / 2);

    return (struct ppt_figure){
        .value = backlog->percentile_s,
        .interval = {true, backlog->percentile_s / two_sided, backlog->percentile_s * two_sided},
        .upper = backlog->percentile_s * factor_of(&error, RISK95 / k),
        .upper99 = backlog->percentile_s * factor_of(&error, RISK99 / k),
        .lower = rounds > 0 ? backlog->percentile_s / factor_of(&error, RISK95 / k) : 0};
}

static void ask_latency(const struct ppt_index *index, const struct ppt_objective_context *context,
                        struct ppt_objective *objective)
{
    const struct ppt_goal *goal = &objective->goal;
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};

    objective->limit = goal->at_most_s;
    ppt_latency_grid(index, goal->percentile, &grid);
    for (size_t p = 0; p < grid.point_count; p++) {
        struct ppt_objective_point *point = &objective->points[p];
        const struct ppt_passes passes = ppt_index_passes(index, p);
        const struct ppt_latency latency = ppt_latency_of(passes, goal->at_most_s);
        const struct ppt_backlog backlog =
            ppt_backlog_of(passes, goal->percentile, context->steady);

        point->figures[point->figure_count++] =
            latency_figure(&grid, p, goal->percentile, &backlog, context->rounds);
        compare_with_limit(point, objective->limit, 1);
        point->overloaded = latency.overloaded;
        point->growth = latency.growth;
        if (latency.overloaded) {
            /* It depends on how long the pass is: no figure bounds it. */
            point->figures[0].interval.exists = false;
            point->figures[0].upper = point->figures[0].upper99 = HUGE_VAL;
            point->keeps = point->keeps99 = false;
            point->breaks = true;
        }
    }
    /* It is their latencies that are compared. */
    memcpy(objective->judged.seconds, grid.seconds,
           grid.point_count * grid.block_count * sizeof(*grid.seconds));
}

/* ---- the verdict ---- */

/* A copy of the pass times, from which what does not do is left out. */
static void begin_judged(const struct ppt_grid *grid, struct ppt_grid *judged)
{
    size_t *all PPT_FREED = ppt_alloc(grid->point_count + 1, sizeof(*all));

    for (size_t p = 0; p < grid->point_count; p++) {
        all[p] = p;
    }
    ppt_grid_select(grid, all, grid->point_count, judged);
    judged->same_alone = grid->same_alone;
    judged->barred = ppt_alloc(grid->point_count + 1, sizeof(*judged->barred));
    for (size_t p = 0; p < grid->point_count; p++) {
        judged->barred[p] = grid->barred && grid->barred[p];
    }
}

/* Leaves out what does not surely keep the limit. False: nothing is left. */
static bool bar(struct ppt_objective *objective)
{
    struct ppt_grid *judged = &objective->judged;
    bool some = false;

    for (size_t p = 0; p < judged->point_count; p++) {
        judged->barred[p] =
            judged->barred[p] || (objective->limit > 0 && !objective->points[p].keeps);
        some = some || !judged->barred[p];
    }
    return some;
}

static bool is_left_out(const struct ppt_grid *grid, size_t p)
{
    return grid->barred && grid->barred[p];
}

/* By the worst of its figures. */
static double distance(const struct ppt_objective_point *point)
{
    double worst = point->figure_count > 0 ? 0 : INFINITY;

    for (size_t i = 0; i < point->figure_count; i++) {
        worst = fmax(worst, point->figures[i].value);
    }
    return worst;
}

/* Of those that there is the memory for. */
static size_t nearest(const struct ppt_objective *objective, const struct ppt_grid *grid)
{
    size_t best = 0;

    for (size_t p = 1; p < grid->point_count; p++) {
        const bool fits = !is_left_out(grid, p), none = is_left_out(grid, best);

        if (fits &&
            (none || distance(&objective->points[p]) < distance(&objective->points[best]))) {
            best = p;
        }
    }
    return best;
}

/* Of points that are not left out for other reasons. */
static size_t fastest(const struct ppt_grid *grid)
{
    double *middles PPT_FREED = ppt_grid_block_medians(grid);
    double *m PPT_FREED = ppt_grid_point_medians(grid, middles);
    size_t best = SIZE_MAX;

    for (size_t p = 0; p < grid->point_count; p++) {
        if (!(grid->barred && grid->barred[p]) && (best == SIZE_MAX || m[p] < m[best])) {
            best = p;
        }
    }
    return best == SIZE_MAX ? 0 : best;
}

static void prepare(const struct ppt_index *index, const struct ppt_objective_context *context,
                    struct ppt_objective *objective)
{
    switch (context->goal.kind) {
    case PPT_GOAL_TIME:
        break;
    case PPT_GOAL_EACH:
        ask_each(index, objective);
        break;
    case PPT_GOAL_CHEAPEST:
        price_times(context, objective);
        break;
    case PPT_GOAL_LATENCY:
        ask_latency(index, context, objective);
        break;
    }
}

void ppt_objective_of(const struct ppt_index *index, const struct ppt_grid *grid,
                      const struct ppt_objective_context *context, struct ppt_objective *objective,
                      struct ppt_verdict *verdict)
{
    *objective = (struct ppt_objective){.goal = context->goal};
    *verdict = (struct ppt_verdict){0};
    begin_judged(grid, &objective->judged);
    objective->points = ppt_alloc(grid->point_count + 1, sizeof(*objective->points));
    if (grid->block_count < PPT_FEWEST_BLOCKS || grid->point_count == 0) {
        return;
    }
    objective->fastest = context->goal.kind == PPT_GOAL_TIME ? 0 : fastest(grid);
    prepare(index, context, objective);
    if (!bar(objective)) {
        objective->none = true;
        objective->nearest = nearest(objective, grid);
        return;
    }
    /* The fewest workers that keep a latency will do, however much shorter it is with more. */
    ppt_verdict_of(&objective->judged,
                   context->goal.kind == PPT_GOAL_LATENCY ? HUGE_VAL : context->tolerance,
                   context->confidence, verdict);
    if (objective->limit > 0 && verdict->confidence == PPT_CONFIDENCE_HIGH &&
        !objective->points[verdict->recommended].keeps99) {
        verdict->confidence = PPT_CONFIDENCE_MEDIUM;
    }
    verdict->tie = verdict->tie && context->goal.kind != PPT_GOAL_LATENCY;
}

void ppt_objective_free(struct ppt_objective *objective)
{
    ppt_grid_free(&objective->judged);
    free(objective->points);
    *objective = (struct ppt_objective){0};
}

/* Whether it is known of every count if it keeps the limit. */
static bool all_known(const struct ppt_objective *objective)
{
    for (size_t p = 0; p < objective->judged.point_count; p++) {
        if (!objective->points[p].keeps && !objective->points[p].breaks) {
            return false;
        }
    }
    return true;
}

bool ppt_objective_settles(const struct ppt_samples *samples,
                           const struct ppt_objective_context *context, double relative)
{
    struct ppt_objective objective PPT_OWNED(ppt_objective_free) = {0};
    struct ppt_verdict verdict PPT_OWNED(ppt_verdict_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};

    ppt_index_create(samples, &index);
    const struct ppt_disturbance disturbance = ppt_disturbance_of(&index);

    ppt_grid_from_index(&index, &grid);
    grid.same_alone = context->same_alone;
    ppt_objective_of(&index, &grid, context, &objective, &verdict);
    ppt_verdict_doubt(&verdict, &index, &grid, &disturbance);
    const bool settled =
        (objective.limit == 0 || all_known(&objective)) &&
        (objective.none || context->rounds > 0 ||
         ppt_verdict_settled(&verdict, &objective.judged, context->confidence, relative));
    return settled;
}
