#include "objective_sentence.h"

#include <math.h>
#include <stdint.h>

/* ---- figures ---- */

/* The figure of a point that comes nearest to the limit, or goes furthest beyond it. */
static const struct ppt_figure *worst_of(const struct ppt_answer *answer, size_t p)
{
    const struct ppt_objective_point *point = &answer->objective.points[p];

    return &point->figures[point->figure_count > 1 &&
                           point->figures[1].value > point->figures[0].value];
}

/* In the unit of the objective: "1.05x", "0.0123", "41.2 ms". */
static void add_value(const struct ppt_answer *answer, double value, struct ppt_text *out)
{
    char text[PPT_UNITS_SIZE];

    switch (answer->objective.goal.kind) {
    case PPT_GOAL_TIME:
        break;
    case PPT_GOAL_EACH:
        ppt_text_addf(out, "%.3gx", value);
        break;
    case PPT_GOAL_CHEAPEST:
        ppt_text_addf(out, "%.3g", value);
        break;
    case PPT_GOAL_LATENCY:
        ppt_text_add(out, ppt_text_duration(value, text));
        break;
    }
}

/* "61 ms [58 ms, 66 ms]" */
static void add_figure(const struct ppt_answer *answer, const struct ppt_figure *figure,
                       struct ppt_text *out)
{
    add_value(answer, figure->value, out);
    if (figure->interval.exists) {
        ppt_text_add(out, " [");
        add_value(answer, figure->interval.low, out);
        ppt_text_add(out, ", ");
        add_value(answer, figure->interval.high, out);
        ppt_text_add(out, "]");
    }
}

static struct ppt_claim claim_of(const char *kind, const struct ppt_figure *figure)
{
    return (struct ppt_claim){
        .kind = kind, .value = figure->value, .interval = figure->interval, .level = 0.95};
}

/* "a task takes", "1000 tasks cost", "99 % of tasks take": what a figure is of. */
static void add_subject(const struct ppt_answer *answer, struct ppt_text *out)
{
    switch (answer->objective.goal.kind) {
    case PPT_GOAL_TIME:
        break;
    case PPT_GOAL_EACH:
        ppt_text_add(out, "a task takes");
        break;
    case PPT_GOAL_CHEAPEST:
        ppt_text_add(out, "1000 tasks cost");
        break;
    case PPT_GOAL_LATENCY:
        ppt_text_addf(out, "%g %% of tasks take", answer->objective.goal.percentile);
        break;
    }
}

static const char *behind(const struct ppt_answer *answer)
{
    return answer->objective.goal.kind == PPT_GOAL_EACH      ? " its time alone"
           : answer->objective.goal.kind == PPT_GOAL_LATENCY ? " from their arrival on"
                                                             : "";
}

/* "overloaded: the queue grows by 60 tasks a second" */
static void add_overload(const struct ppt_objective_point *point, struct ppt_text *out)
{
    ppt_text_add(out, "overloaded");
    if (point->growth > 0) {
        ppt_text_addf(out, ": the queue grows by %.3g tasks a second", point->growth);
    }
}

/* ---- statements ---- */

const char *const ppt_objective_heads[] = {
    [PPT_GOAL_TIME] = "",
    [PPT_GOAL_EACH] = "a task's time, of its time alone",
    [PPT_GOAL_CHEAPEST] = "what 1000 tasks cost",
    [PPT_GOAL_LATENCY] = "how long tasks take from their arrival on",
};

void ppt_objective_purpose(const struct ppt_answer *answer, struct ppt_text *words)
{
    const struct ppt_goal *goal = &answer->objective.goal;

    switch (goal->kind) {
    case PPT_GOAL_TIME:
        break;
    case PPT_GOAL_EACH:
        ppt_text_addf(words, " where each task may take %gx its time alone", goal->each_at_most);
        break;
    case PPT_GOAL_CHEAPEST:
        ppt_text_add(words, " for the least cost");
        break;
    case PPT_GOAL_LATENCY:
        ppt_text_addf(words, " to have %g %% of tasks done within ", goal->percentile);
        add_value(answer, goal->at_most_s, words);
        break;
    }
}

void ppt_objective_found(const struct ppt_answer *answer, size_t point, struct ppt_text *words)
{
    const struct ppt_objective_point *found = &answer->objective.points[point];
    static const char *const which[PPT_MOST_FIGURES] = {"median ", ", p95 "};

    for (size_t i = 0; i < found->figure_count; i++) {
        ppt_text_add(words, found->figure_count > 1 ? which[i] : "");
        add_figure(answer, &found->figures[i], words);
    }
    if (found->overloaded) {
        ppt_text_add(words, ": ");
        add_overload(found, words);
    } else if (found->figure_count > 0 && answer->objective.limit > 0) {
        ppt_text_add(words, found->keeps    ? ": keeps it"
                            : found->breaks ? ": does not"
                                            : ": not settled");
    }
}

struct ppt_claim ppt_objective_bound(const struct ppt_answer *answer, struct ppt_text *words)
{
    const struct ppt_figure *figure = worst_of(answer, answer->verdict.recommended);
    struct ppt_claim claim = claim_of("objective_bound", figure);

    ppt_text_add(words, ": ");
    add_subject(answer, words);
    if (answer->objective.limit > 0) {
        ppt_text_add(words, " at most ");
        add_value(answer, figure->upper, words);
        ppt_text_addf(words, "%s (95 %%)", behind(answer));
        claim.interval = (struct ppt_interval){true, 0, figure->upper};
    } else {
        ppt_text_add(words, " ");
        add_figure(answer, figure, words);
    }
    return claim;
}

/* The point that the recommended one is held against: the fastest, or the one with the next fewer
 * threads; SIZE_MAX: there is none. */
static size_t rival_of(const struct ppt_answer *answer)
{
    const size_t recommended = answer->verdict.recommended;
    const size_t fastest = answer->objective.fastest;

    if (answer->objective.goal.kind == PPT_GOAL_LATENCY) {
        return recommended > 0 ? recommended - 1 : SIZE_MAX;
    }
    const struct ppt_ratio gain = ppt_grid_speedup(&answer->grid, recommended, fastest, 0.95);

    return gain.interval.exists && gain.interval.low > 1 ? fastest : SIZE_MAX;
}

bool ppt_objective_binds(const struct ppt_answer *answer)
{
    return answer->objective.goal.kind != PPT_GOAL_TIME && rival_of(answer) != SIZE_MAX;
}

struct ppt_claim ppt_objective_because(const struct ppt_answer *answer, struct ppt_text *words)
{
    const size_t rival = rival_of(answer);
    const struct ppt_figure *figure = worst_of(answer, rival);

    ppt_text_add(words, "With ");
    ppt_claims_point(answer, rival, words);
    ppt_text_add(words, answer->objective.goal.kind == PPT_GOAL_LATENCY ? " " : ", the fastest, ");
    add_subject(answer, words);
    ppt_text_add(words, " ");
    add_figure(answer, figure, words);
    ppt_text_add(words, behind(answer));
    if (answer->objective.points[rival].overloaded) {
        ppt_text_add(words, "; it is ");
        add_overload(&answer->objective.points[rival], words);
    }
    ppt_text_add(words, ".");
    return claim_of("objective_else", figure);
}

struct ppt_claim ppt_objective_none(const struct ppt_answer *answer, struct ppt_text *words)
{
    const size_t p = answer->objective.nearest;
    const struct ppt_objective_point *point = &answer->objective.points[p];

    if (answer->grid.barred && answer->grid.barred[p]) {
        ppt_text_add(words, "no count tried fits into the memory that may be used");
        return (struct ppt_claim){.kind = "nothing_fits", .value = NAN};
    }
    ppt_text_add(words, point->breaks ? "no count tried will do" : "no count tried surely does");
    ppt_objective_purpose(answer, words);
    if (point->figure_count == 0) {
        return (struct ppt_claim){.kind = "objective_none", .value = NAN};
    }
    ppt_text_add(words, ": with ");
    ppt_claims_point(answer, p, words);
    ppt_text_add(words, ", the nearest, ");
    add_subject(answer, words);
    ppt_text_add(words, " ");
    add_figure(answer, worst_of(answer, p), words);
    ppt_text_add(words, behind(answer));
    if (point->overloaded) {
        ppt_text_add(words, "; it is ");
        add_overload(point, words);
    }
    return claim_of("objective_none", worst_of(answer, p));
}
