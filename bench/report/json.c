/*
 * results.json: everything that is known of a run. docs/results.md describes every field; the
 * version grows with every change that a reader could stumble over. What does not exist is null.
 */
#include "claims.h"
#include "json_value.h"
#include "kinds.h"
#include "owned.h"
#include "report.h"
#include "sample_fields.h"
#include "sentence.h"

#include <limits.h>

#define RESULTS_VERSION 1

json_object *ppt_json_interval(const struct ppt_interval *value)
{
    json_object *list;

    if (!value->exists || !isfinite(value->low) || !isfinite(value->high)) {
        return NULL;
    }
    list = json_object_new_array_ext(2);
    json_object_array_add(list, number(value->low));
    json_object_array_add(list, number(value->high));
    return list;
}

json_object *ppt_json_statistics(const struct ppt_stat *stat)
{
    json_object *object;

    if (stat->n == 0) {
        return NULL;
    }
    object = json_object_new_object();
    add(object, "n", integer(stat->n));
    add(object, "mean", number(stat->mean));
    add(object, "median", number(stat->median));
    add(object, "interval", ppt_json_interval(&stat->interval));
    add(object, "smallest", number(stat->smallest));
    add(object, "largest", number(stat->largest));
    return object;
}

json_object *ppt_json_ratio(const struct ppt_ratio *value)
{
    json_object *list;

    if (value->value <= 0) {
        return NULL;
    }
    list = json_object_new_array_ext(3);
    json_object_array_add(list, number(value->value));
    json_object_array_add(list, value->interval.exists ? number(value->interval.low) : NULL);
    json_object_array_add(list, value->interval.exists ? number(value->interval.high) : NULL);
    return list;
}

/* ---- the answer ---- */

static json_object *sentence(const struct ppt_answer *answer,
                             void (*write)(const struct ppt_answer *, struct ppt_text *))
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    write(answer, &words);
    return text(words.data ? words.data + (words.data[0] == ' ') : "");
}

static json_object *speedups(const struct ppt_answer *answer)
{
    json_object *object = json_object_new_object();
    const unsigned several = ppt_grid_several(&answer->grid);
    char key[PPT_POINT_SIZE];

    for (size_t p = 1; p < answer->grid.point_count; p++) {
        add(object, ppt_point_label(answer->grid.points[p], several, key),
            ppt_json_ratio(&answer->points[p].over_fewest));
    }
    return object;
}

/* Each statement with what it rests on, without the punctuation that joins it to the one before. */
static json_object *claims_json(const struct ppt_answer *answer)
{
    json_object *list = json_object_new_array();

    for (size_t part = 0; part < PPT_CLAIM_PARTS; part++) {
        struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};

        ppt_claims_of(answer, (enum ppt_claim_part)part, &claims);
        for (size_t i = 0; i < claims.count; i++) {
            const struct ppt_claim *claim = &claims.items[i];
            json_object *object = json_object_new_object();
            const bool exists = claim->interval.exists;

            add(object, "text", text(claim->text + strspn(claim->text, ":;. ")));
            add(object, "kind", text(claim->kind));
            add(object, "value", number(claim->value));
            add(object, "low", exists ? number(claim->interval.low) : NULL);
            add(object, "high", exists ? number(claim->interval.high) : NULL);
            add(object, "level", claim->level > 0 ? number(claim->level) : NULL);
            json_object_array_add(list, object);
        }
    }
    return list;
}

static json_object *disturbance_json(const struct ppt_disturbance *all)
{
    json_object *object = json_object_new_object();

    add(object, "share", all->passes > 0 && all->others >= 0 ? number(all->others) : NULL);
    add(object, "queued", all->passes > 0 && all->queued >= 0 ? number(all->queued) : NULL);
    add(object, "passes", integer(all->much));
    add(object, "again", integer(all->again));
    add(object, "by", all->much > 0 ? text(ppt_culprit_names[all->culprit]) : NULL);
    return object;
}

static json_object *room_json(const struct ppt_room *room)
{
    const struct ppt_footprint *footprint = &room->footprint;
    const unsigned most = footprint->known ? ppt_footprint_most(footprint, room->limit) : UINT_MAX;
    json_object *object = json_object_new_object();

    add(object, "limit_bytes", integer(room->limit));
    add(object, "base_bytes", footprint->known ? number(footprint->base_bytes) : NULL);
    add(object, "worker_bytes", footprint->known ? number(footprint->worker_bytes) : NULL);
    add(object, "most_workers", most < UINT_MAX ? integer(most) : NULL);
    add(object, "binds", json_object_new_boolean(room->binds));
    return object;
}

json_object *ppt_json_verdict(const struct ppt_answer *answer)
{
    const struct ppt_verdict *verdict = &answer->verdict;
    const struct ppt_point *points = answer->grid.points;
    const bool exists = verdict->exists;
    const struct ppt_point *recommended = exists ? &points[verdict->recommended] : NULL;
    const struct ppt_point *best = exists ? &points[verdict->best] : NULL;
    const struct ppt_point *economical =
        answer->has_economical ? &points[answer->economical] : NULL;
    json_object *object = json_object_new_object();

    add_dimensions(object, "recommended", PPT_ONLY(PPT_WORKERS), recommended);
    if (ppt_grid_has_ranks(&answer->grid)) {
        add_dimensions(object, "recommended", PPT_ONLY(PPT_RANKS), recommended);
        add_dimensions(object, "best", PPT_ONLY(PPT_RANKS), best);
        add_dimensions(object, "economical", economical ? PPT_ONLY(PPT_RANKS) : 0, economical);
    }
    add_dimensions(object, "recommended", PPT_OF_TASK, recommended);
    add(object, "beyond_cpus",
        exists && answer->context.cpus > 0
            ? json_object_new_boolean(ppt_answer_beyond(answer, verdict->recommended))
            : NULL);
    add_dimensions(object, "best", PPT_ONLY(PPT_WORKERS) | PPT_OF_TASK, best);
    add(object, "slowdown_point", exists ? number(verdict->slowdown_point) : NULL);
    add(object, "slowdown_upper", exists ? number(verdict->slowdown_upper) : NULL);
    add(object, "slowdown_upper99", exists ? number(verdict->slowdown_upper99) : NULL);
    add(object, "confidence", exists ? text(ppt_confidence_names[verdict->confidence]) : NULL);
    add(object, "disturbance", disturbance_json(&answer->disturbance));
    add(object, "objective", text(ppt_goal_names[answer->objective.goal.kind]));
    add(object, "memory", answer->room.limit > 0 ? room_json(&answer->room) : NULL);
    add(object, "tie", exists ? json_object_new_boolean(verdict->tie) : NULL);
    add(object, "scope", text(answer->grid.processes > 1 ? "across processes" : "in this run"));
    add(object, "processes", integer(answer->grid.processes));
    add(object, "clock_step", answer->grid.step > 0 ? number(answer->grid.step) : NULL);
    add(object, "blocks", integer(answer->grid.block_count));
    add(object, "blocks_needed",
        !exists                      ? integer(PPT_FEWEST_BLOCKS)
        : verdict->blocks_needed > 0 ? integer(verdict->blocks_needed)
                                     : NULL);
    add(object, "tolerance", number(answer->context.tolerance));
    add(object, "speedup", speedups(answer));
    add_dimensions(object, "speedup_over", PPT_ONLY(PPT_WORKERS),
                   answer->grid.point_count > 0 ? points : NULL);
    add(object, "dispatch_overhead",
        answer->dispatch.value > 0 ? number(answer->dispatch.value - 1) : NULL);
    add_dimensions(object, "economical", PPT_ONLY(PPT_WORKERS), economical);
    add(object, "all_cpus_slowdown",
        answer->has_all_cpus ? number(answer->all_cpus_cost.value - 1) : NULL);
    add(object, "speedup_over_most_threads",
        answer->has_crowd ? ppt_json_ratio(&answer->crowd_cost) : NULL);
    add(object, "reason", text(ppt_reason_names[answer->reason]));
    add(object, "worst_factor",
        answer->reason == PPT_REASON_FACTOR
            ? text(ppt_factor_names[answer->points[verdict->recommended].factors.most_lost])
            : NULL);
    add(object, "sentence", sentence(answer, ppt_sentence_verdict));
    add(object, "because", sentence(answer, ppt_sentence_reason));
    add(object, "details", sentence(answer, ppt_sentence_details));
    add(object, "claims", claims_json(answer));
    return object;
}

json_object *ppt_json_refusals(unsigned refusals)
{
    json_object *list = json_object_new_array();

    for (unsigned bit = 1; bit <= PPT_REFUSAL_LAST; bit <<= 1) {
        if (refusals & bit) {
            json_object_array_add(list, text(ppt_refusal_text((enum ppt_refusal)bit)));
        }
    }
    return list;
}

json_object *ppt_json_law(const struct ppt_law *law, double largest)
{
    json_object *object = json_object_new_object();
    double peak = 0, roof = 0;
    const bool has_peak = ppt_law_peak(law, &peak), has_roof = ppt_law_roof(law, largest, &roof);

    add(object, "lambda", number(law->lambda));
    add(object, "sigma", number(law->sigma));
    add(object, "kappa", number(law->kappa));
    add(object, "law", text(ppt_law_name(law)));
    add(object, "peak_workers", has_peak ? number(peak) : NULL);
    add(object, "peak_throughput", has_peak ? number(ppt_law_at(law, peak)) : NULL);
    add(object, "roof", has_roof ? number(roof) : NULL);
    add(object, "rms", number(law->rms));
    return object;
}

/* Of the USL, over its curves that are kept. */
static void add_coefficient(json_object *object, const char *name, double value,
                            const struct ppt_interval *span)
{
    char key[32];

    snprintf(key, sizeof(key), "%s_interval", name);
    add(object, name, span->exists ? number(value) : NULL);
    add(object, key, ppt_json_interval(span));
}

static json_object *scaling_json(const struct ppt_scaling *scaling)
{
    const struct ppt_outlook outlook = ppt_scaling_outlook(scaling, 2 * scaling->largest);
    const struct ppt_rivals *rivals = &outlook.rivals;
    const struct ppt_rival *usl = &rivals->laws[PPT_RIVAL_USL];
    json_object *object, *laws = json_object_new_array();

    if (!scaling->exists) {
        json_object_put(laws);
        return NULL;
    }
    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (rivals->laws[law].kept > 0) {
            json_object_array_add(laws, text(ppt_rival_names[law]));
        }
    }
    object = json_object_new_object();
    add(object, "law", outlook.law < PPT_RIVAL_COUNT ? text(ppt_rival_names[outlook.law]) : NULL);
    add(object, "laws", laws);
    add_coefficient(object, "lambda", usl->best.scale, &rivals->lambda);
    add_coefficient(object, "sigma", usl->best.a, &rivals->sigma);
    add_coefficient(object, "kappa", usl->best.b, &rivals->kappa);
    add(object, "largest_workers", integer(scaling->largest));
    add(object, "throughput", number(scaling->throughput));
    add(object, "falls_beyond", scaling->falls ? integer(scaling->peak) : NULL);
    add(object, "superlinear", json_object_new_boolean(scaling->superlinear));
    add(object, "target_workers", integer(2 * scaling->largest));
    add(object, "outlook",
        ppt_json_interval(
            &(struct ppt_interval){outlook.kind >= PPT_OUTLOOK_WIDE, outlook.low, outlook.high}));
    add(object, "refusals", ppt_json_refusals(outlook.refusals));
    add(object, "measure_next", outlook.measure_next > 0 ? integer(outlook.measure_next) : NULL);
    return object;
}

/* ---- points and passes ---- */

static json_object *factors_json(const struct ppt_point_factors *factors)
{
    json_object *object;

    if (!factors->exists) {
        return NULL;
    }
    object = json_object_new_object();
    for (size_t i = 0; i < PPT_FACTOR_COUNT; i++) {
        char key[32];

        snprintf(key, sizeof(key), "%s", ppt_factor_names[i]);
        for (char *c = key; *c; c++) {
            if (*c == ' ') {
                *c = '_';
            }
        }
        add(object, key, number(factors->factor[i]));
    }
    add(object, "on_cpu_inflation",
        factors->on_cpu_inflation > 0 ? number(factors->on_cpu_inflation) : NULL);
    add(object, "off_cpu_inflation",
        factors->off_cpu_inflation > 0 ? number(factors->off_cpu_inflation) : NULL);
    add(object, "queued_inflation",
        factors->queued_inflation > 0 ? number(factors->queued_inflation) : NULL);
    add(object, "replay_speedup",
        factors->replay_speedup > 0 ? number(factors->replay_speedup) : NULL);
    return object;
}

static void add_point_answer(json_object *object, const struct ppt_point_answer *answer)
{
    add(object, "speedup_over_sequential", ppt_json_ratio(&answer->over_sequential));
    add(object, "speedup_over_one", ppt_json_ratio(&answer->over_one));
    add(object, "speedup_by_workers", ppt_json_ratio(&answer->by_workers));
    add(object, "granularity_bound", answer->granularity > 0 ? number(answer->granularity) : NULL);
    add(object, "karp_flatt", number(answer->karp_flatt));
    add(object, "break_even_tasks",
        answer->break_even.tasks > 0 ? integer(answer->break_even.tasks) : NULL);
    add(object, "outliers_mild", integer(answer->outliers.mild));
    add(object, "outliers_far", integer(answer->outliers.far));
    add(object, "factors", factors_json(&answer->factors));
}

static json_object *figure_json(const struct ppt_figure *figure)
{
    json_object *object = json_object_new_object();

    add(object, "value", number(figure->value));
    add(object, "interval", ppt_json_interval(&figure->interval));
    add(object, "at_most", figure->upper > 0 ? number(figure->upper) : NULL);
    return object;
}

/* How a point stands to what the verdict is for, where that is not time alone. */
static json_object *objective_json(const struct ppt_objective *objective, size_t p)
{
    const struct ppt_objective_point *point = &objective->points[p];
    json_object *object = json_object_new_object(), *list = json_object_new_array();

    for (size_t i = 0; i < point->figure_count; i++) {
        json_object_array_add(list, figure_json(&point->figures[i]));
    }
    add(object, "figures", list);
    add(object, "limit", objective->limit > 0 ? number(objective->limit) : NULL);
    add(object, "keeps",
        objective->limit > 0 && (point->keeps || point->breaks)
            ? json_object_new_boolean(point->keeps)
            : NULL);
    return object;
}

/* [value, low, high] */
static json_object *latency_stat(const struct ppt_stat *stat)
{
    json_object *list;

    if (stat->n == 0) {
        return NULL;
    }
    list = json_object_new_array_ext(3);
    json_object_array_add(list, number(stat->median));
    json_object_array_add(list, stat->interval.exists ? number(stat->interval.low) : NULL);
    json_object_array_add(list, stat->interval.exists ? number(stat->interval.high) : NULL);
    return list;
}

/* Of tasks that arrive. */
static json_object *latency_json(const struct ppt_latency *latency)
{
    json_object *object = json_object_new_object();

    for (const struct ppt_latency_row *row = ppt_latency_rows; row->key; row++) {
        add(object, row->key, latency_stat(ppt_latency_stat(latency, row)));
    }
    add(object, "overloaded", json_object_new_boolean(latency->overloaded));
    add(object, "queue_growth", latency->growth > 0 ? number(latency->growth) : NULL);
    add(object, "late_s", number(latency->late_s));
    add(object, "late_passes", integer(latency->late));
    return object;
}

static json_object *point_json(const struct ppt_outcome *outcome,
                               const struct ppt_point_summary *summary)
{
    const size_t p = ppt_grid_find(&outcome->answer->grid, summary->point);
    json_object *object = json_object_new_object();

    ppt_fields_write(ppt_point_fields, &summary->point, PPT_FIELD_SHOWN, object);
    add(object, "beyond_cpus",
        json_object_new_boolean(ppt_host_beyond(outcome->host, summary->point)));
    for (const struct ppt_summary_row *row = ppt_summary_rows; row->key; row++) {
        add(object, row->key, ppt_json_statistics(ppt_summary_stat(summary, row)));
    }
    add(object, "peak_bytes", summary->peak_bytes >= 0 ? number(summary->peak_bytes) : NULL);
    if (p != SIZE_MAX) {
        add_point_answer(object, &outcome->answer->points[p]);
        if (outcome->answer->points[p].latency.exists) {
            add(object, "latency", latency_json(&outcome->answer->points[p].latency));
        }
        if (outcome->answer->objective.goal.kind != PPT_GOAL_TIME) {
            add(object, "objective", objective_json(&outcome->answer->objective, p));
        }
    }
    return object;
}

static json_object *pass_json(const struct ppt_index *index, const struct ppt_sample *sample)
{
    const unsigned which = PPT_FIELD_SHOWN | (sample->rank_count > 0 ? PPT_FIELD_SOMETIMES : 0);
    json_object *object = json_object_new_object();

    ppt_fields_write(ppt_sample_fields, sample, which, object);
    add(object, "disturbed", json_object_new_boolean(ppt_pass_disturbed(index, sample)));
    ppt_fields_write(ppt_noise_fields, &sample->noise, which, object);
    ppt_fields_write(ppt_sample_list_fields, sample, which, object);
    return object;
}

static json_object *drift_json(const struct ppt_drift *drift)
{
    json_object *object = json_object_new_object();

    add(object, "rho", number(drift->rho));
    add(object, "p", number(drift->p));
    add(object, "flagged", json_object_new_boolean(drift->flagged));
    add(object, "change", number(drift->change));
    return object;
}

/* By kernel: tasks per block, and by point the task time and its inflation. */
static json_object *kinds_json(const struct ppt_outcome *outcome)
{
    json_object *list = json_object_new_array();
    struct ppt_kinds kinds PPT_OWNED(ppt_kinds_free) = {0};

    ppt_kinds_of(outcome->config, outcome->index, &kinds);
    for (size_t k = 0; k < kinds.count; k++) {
        json_object *object = json_object_new_object();
        json_object *times = json_object_new_object(), *inflation = json_object_new_object();

        for (size_t p = 0; p < outcome->config->point_count; p++) {
            const struct ppt_kind *kind = &kinds.items[k];
            char key[PPT_POINT_SIZE];

            ppt_point_label(outcome->config->points[p], ppt_config_several(outcome->config), key);
            add(times, key, kind->task_s[p] > 0 ? number(kind->task_s[p]) : NULL);
            add(inflation, key, kind->inflation[p] > 0 ? number(kind->inflation[p]) : NULL);
        }
        add(object, "task", text(kinds.items[k].kernel->name));
        add(object, "tasks_per_block", number(kinds.items[k].tasks_per_block));
        add(object, "task_s", times);
        add(object, "inflation", inflation);
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *failed_json(const struct ppt_samples *samples)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < samples->failure_count; i++) {
        json_object *object = json_object_new_object();

        ppt_fields_write(ppt_failure_fields, &samples->failures[i], PPT_FIELD_SHOWN, object);
        json_object_array_add(list, object);
    }
    return list;
}

/* The numbers that vary, as they are at this size. */
static json_object *varied_json(const struct ppt_config *config)
{
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < config->axis_count; i++) {
        add(object, config->axes[i].name, number(config->uses[0].values[i]));
    }
    return object;
}

static json_object *run_json(const struct ppt_outcome *outcome)
{
    const struct ppt_answer *answer = outcome->answer;
    json_object *object = json_object_new_object();
    json_object *points = json_object_new_array(), *passes = json_object_new_array();

    for (size_t i = 0; i < outcome->summary->count; i++) {
        json_object_array_add(points, point_json(outcome, &outcome->summary->points[i]));
    }
    for (size_t i = 0; i < outcome->index->ran.count; i++) {
        json_object_array_add(passes, pass_json(outcome->index, outcome->index->ran.items[i]));
    }
    add(object, "version", integer(RESULTS_VERSION));
    add(object, "program", text(outcome->program));
    add(object, "started", text(outcome->started));
    add(object, "resumed", integer(outcome->resumed));
    add(object, "task", text(outcome->config->task));
    if (outcome->label) {
        add(object, "label", text(outcome->label));
    }
    if (outcome->config->axis_count > 0) {
        add(object, "varied", varied_json(outcome->config));
    }
    add(object, "verdict", ppt_json_verdict(answer));
    if (answer->why.blocks > 0) {
        add(object, "why", ppt_json_why(answer));
    }
    add(object, "scaling", scaling_json(&answer->scaling));
    add(object, "points", points);
    add(object, "failed", failed_json(outcome->index->samples));
    if (outcome->config->mix) {
        add(object, "kinds", kinds_json(outcome));
    }
    add(object, "drift", drift_json(&answer->drift));
    add(object, "disturbed_passes", integer(answer->disturbance.disturbed));
    add(object, "stopped_passes", integer(answer->disturbance.stopped));
    add(object, "moved_passes", integer(answer->disturbance.moved));
    /* It follows from the number of tasks, which all passes share. */
    add(object, "task_time_resolution",
        outcome->index->ran.count > 0 ? number(outcome->index->ran.items[0]->times.resolution)
                                      : NULL);
    add(object, "cpu_use", answer->cpu_use > 0 ? number(answer->cpu_use) : NULL);
    add(object, "waiting", json_object_new_boolean(answer->waiting));
    add(object, "config", ppt_config_to_json(outcome->config));
    add(object, "host", ppt_host_to_json(outcome->host));
    add(object, "passes", passes);
    return object;
}

/* How several programs stand, the fastest first. */
static json_object *ranking_json(const struct ppt_ranking *ranking)
{
    json_object *object = json_object_new_object(), *list = json_object_new_array();
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < ranking->count; i++) {
        const struct ppt_ranked *ranked = &ranking->items[i];
        const bool first = ranked->standing == PPT_STANDING_FIRST;
        json_object *one = json_object_new_object();

        add(one, "program", text(ranked->contestant.label));
        add(one, "number", integer(ranked->contestant.point.program));
        add(one, "workers", integer(ranked->contestant.point.workers));
        add(one, "inner_threads", integer(ranked->contestant.point.inner_threads));
        add(one, "total_s", number(ranked->seconds));
        add(one, "standing", text(ppt_standing_names[ranked->standing]));
        add(one, "slower_by", first ? NULL : ppt_json_ratio(&ranked->lead));
        add(one, "level", first ? NULL : number(ranked->level));
        json_object_array_add(list, one);
    }
    ppt_ranking_sentence(ranking, &words);
    add(object, "blocks", integer(ranking->blocks));
    add(object, "confidence", number(ranking->confidence));
    add(object, "at_most", text(ppt_confidence_names[ranking->at_most]));
    add(object, "programs", list);
    add(object, "sentence", text(words.data));
    return object;
}

static json_object *policies_json(const struct ppt_outcome *outcome)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < outcome->policy_count; i++) {
        json_object_array_add(list, ppt_json_policy(&outcome->policies[i]));
    }
    return list;
}

void ppt_json_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    json_object *object;

    const struct ppt_ranking *ranking = outcomes[0].ranking;

    if (count == 1 && !ppt_outcome_is_variant(&outcomes[0])) {
        object = run_json(&outcomes[0]);
    } else {
        json_object *runs = json_object_new_array_ext((int)count);

        for (size_t i = 0; i < count; i++) {
            json_object_array_add(runs, run_json(&outcomes[i]));
        }
        object = json_object_new_object();
        add(object, "version", integer(RESULTS_VERSION));
        add(object, "runs", runs);
        if (ranking) {
            add(object, "ranking", ranking_json(ranking));
        }
        if (outcomes[0].policies) {
            add(object, "policies", policies_json(&outcomes[0]));
        }
    }
    print_document(object, out);
}
