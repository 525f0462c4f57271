#include "variants.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "range.h"

/* ---- samples ---- */

/* The samples of a variant, as if there were no other, nor rounds before its own. */
static void take_samples(const struct ppt_config *config, const struct ppt_samples *all,
                         unsigned variant, struct ppt_samples *part)
{
    *part = (struct ppt_samples){
        .items = ppt_alloc(all->count, sizeof(*part->items)),
        .failures = ppt_alloc(all->failure_count, sizeof(*part->failures)),
    };
    for (size_t i = 0; i < all->count; i++) {
        if (ppt_point_variant(all->items[i].point) == variant) {
            struct ppt_sample *sample = &part->items[part->count++];

            *sample = all->items[i];
            sample->point = ppt_point_of_variant(sample->point);
            if (sample->block > 0) {
                sample->block -= ppt_plan_round(config, sample->block).first_block - 1;
            }
        }
    }
    for (size_t i = 0; i < all->failure_count; i++) {
        if (ppt_point_variant(all->failures[i].point) == variant) {
            struct ppt_failure *failure = &part->failures[part->failure_count++];

            *failure = all->failures[i];
            failure->point = ppt_point_of_variant(failure->point);
        }
    }
}

/* What is in them is not theirs. */
void ppt_samples_leave(struct ppt_samples *part)
{
    free(part->items);
    free(part->failures);
    *part = (struct ppt_samples){0};
}

static bool is_pressed(struct ppt_point point)
{
    return point.pressure > 0;
}

/* Those before the round of pressed ones, whose warm-up is none of theirs either. */
static size_t count_usual(const struct ppt_config *config, const struct ppt_samples *all)
{
    size_t count = all->count;

    while (config->pressed.point_count > 0 && count > 0 &&
           (all->items[count - 1].block == 0 || is_pressed(all->items[count - 1].point))) {
        count--;
    }
    return count;
}

void ppt_samples_usual(const struct ppt_config *config, const struct ppt_samples *all,
                       struct ppt_samples *part)
{
    *part = (struct ppt_samples){
        .items = ppt_alloc(all->count + 1, sizeof(*part->items)),
        .count = count_usual(config, all),
        .failures = ppt_alloc(all->failure_count + 1, sizeof(*part->failures)),
        .first_ns = all->first_ns,
    };
    if (part->count > 0) {
        memcpy(part->items, all->items, part->count * sizeof(*part->items));
    }
    for (size_t i = 0; i < all->failure_count; i++) {
        if (!is_pressed(all->failures[i].point)) {
            part->failures[part->failure_count++] = all->failures[i];
        }
    }
}

/* ---- one after the other ---- */

static void variant_create(const struct ppt_config *config, const struct ppt_host *host,
                           const struct ppt_samples *samples, unsigned number,
                           struct ppt_variant *variant)
{
    struct ppt_point *points = ppt_alloc(config->point_count, sizeof(*points));

    variant->label = config->axis_count > 0 ? ppt_text_format("%s %s", ppt_config_title(config),
                                                              config->uses[number - 1].label)
                                            : ppt_strdup(config->uses[number - 1].label);
    variant->config = ppt_config_of_variant(config, number, points);
    take_samples(config, samples, number, &variant->samples);
    const struct ppt_answer_context context = ppt_answer_context_of(&variant->config, host);

    ppt_index_create(&variant->samples, &variant->index);
    ppt_summary_create(&variant->index, &variant->summary);
    ppt_answer_from_index(&variant->index, &context, &variant->answer);
}

/* Those with a verdict, each at the point that it recommends. */
static void rank(const struct ppt_config *config, const struct ppt_index *index,
                 struct ppt_variants *variants)
{
    struct ppt_contestant *contestants PPT_FREED = ppt_alloc(variants->count, sizeof(*contestants));
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};
    size_t count = 0;

    for (size_t i = 0; i < variants->count; i++) {
        const struct ppt_answer *answer = &variants->items[i].answer;

        if (answer->verdict.exists) {
            contestants[count].point = answer->grid.points[answer->verdict.recommended];
            contestants[count].point.program = (unsigned)i + 1;
            contestants[count++].label = variants->items[i].label;
        }
    }
    ppt_grid_from_index(index, &grid);
    ppt_ranking_of(&grid, contestants, count, config->tolerance,
                   variants->items[0].answer.context.confidence, &variants->ranking);
    ppt_ranking_doubt(&variants->ranking, index);
}

/* ---- policies ---- */

/* "count=2,level=9": the numbers behind the first; NULL where there is but one. */
static char *where_of(const struct ppt_config *config, size_t variant)
{
    struct ppt_text where = {0};

    for (size_t axis = 1; axis < config->axis_count; axis++) {
        const struct ppt_varied varied = ppt_varied_at(config, variant, axis);
        char number[PPT_RANGE_NUMBER_SIZE];

        ppt_text_addf(&where, "%s%s=%s", axis > 1 ? "," : "", varied.name,
                      ppt_range_number(varied.value, number));
    }
    return where.data;
}

static bool is_same(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* All sizes that have the rest in common with that of the first variant there. */
static void add_policy(const struct ppt_config *config, struct ppt_variants *variants, char *where)
{
    struct ppt_policies *policies = &variants->policies;
    struct ppt_policy_input *inputs PPT_FREED = ppt_alloc(variants->count, sizeof(*inputs));
    size_t count = 0;

    for (size_t i = 0; i < variants->count; i++) {
        char *here PPT_FREED = where_of(config, i + 1);

        if (is_same(here, where)) {
            inputs[count++] = (struct ppt_policy_input){ppt_varied_at(config, i + 1, 0).value,
                                                        &variants->items[i].answer.grid,
                                                        &variants->items[i].answer.verdict};
        }
    }
    struct ppt_policy *policy = &policies->items[policies->count];
    ppt_policy_of(inputs, count, config->tolerance, policy);
    policy->name = config->axes[0].name;
    policy->where = where;
    policies->wheres[policies->count++] = where;
}

static void add_policies(const struct ppt_config *config, struct ppt_variants *variants)
{
    struct ppt_policies *policies = &variants->policies;

    policies->items = ppt_alloc(variants->count, sizeof(*policies->items));
    policies->wheres = ppt_alloc(variants->count, sizeof(*policies->wheres));
    for (size_t i = 0; i < variants->count; i++) {
        char *where = where_of(config, i + 1);
        size_t known = 0;

        while (known < policies->count && !is_same(policies->wheres[known], where)) {
            known++;
        }
        if (known < policies->count) {
            free(where);
        } else {
            add_policy(config, variants, where);
        }
    }
}

const struct ppt_policy *ppt_policies_find(const struct ppt_policies *policies, const char *where)
{
    for (size_t i = 0; i < policies->count; i++) {
        if (is_same(policies->wheres[i], where)) {
            return &policies->items[i];
        }
    }
    return NULL;
}

static void free_policies(struct ppt_policies *policies)
{
    for (size_t i = 0; i < policies->count; i++) {
        ppt_policy_free(&policies->items[i]);
        free(policies->wheres[i]);
    }
    free(policies->items);
    free(policies->wheres);
    *policies = (struct ppt_policies){0};
}

/* ---- all of them ---- */

void ppt_variants_create(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_index *index, struct ppt_variants *variants)
{
    *variants = (struct ppt_variants){0};
    if (config->variant_count == 0) {
        return;
    }
    variants->count = config->variant_count;
    variants->items = ppt_alloc(variants->count, sizeof(*variants->items));
    for (size_t i = 0; i < variants->count; i++) {
        variant_create(config, host, index->samples, (unsigned)i + 1, &variants->items[i]);
    }
    if (config->axis_count > 0) {
        add_policies(config, variants);
    } else {
        rank(config, index, variants);
    }
}

void ppt_variants_free(struct ppt_variants *variants)
{
    for (size_t i = 0; i < variants->count; i++) {
        struct ppt_variant *variant = &variants->items[i];

        ppt_answer_free(&variant->answer);
        ppt_summary_free(&variant->summary);
        ppt_index_free(&variant->index);
        ppt_samples_leave(&variant->samples);
        free(variant->config.points);
        free(variant->label);
    }
    free(variants->items);
    ppt_ranking_free(&variants->ranking);
    free_policies(&variants->policies);
    *variants = (struct ppt_variants){0};
}

/* ---- settling ---- */

/* The choice for each that is still measured, of which there are *count: that is asked first, since
 * it is soon answered. */
static bool verdicts_settle(const struct ppt_config *config,
                            const struct ppt_objective_context *about,
                            const struct ppt_samples *samples, size_t *count)
{
    const struct ppt_plan_round round = ppt_plan_round(config, UINT_MAX);
    const size_t each = config->point_count / config->variant_count;
    bool settle = true;

    *count = 0;
    for (size_t i = 0; i < round.variant_count && settle; i++) {
        struct ppt_samples part PPT_OWNED(ppt_samples_leave) = {0};

        take_samples(config, samples, (unsigned)(round.first_variant + i) + 1, &part);
        if (part.failure_count < each) {
            settle = ppt_objective_settles(&part, about, config->relative_ci);
            ++*count;
        }
    }
    return settle;
}

bool ppt_variants_settle(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_samples *samples)
{
    const struct ppt_answer_context context = ppt_answer_context_of(config, host);
    struct ppt_variants variants PPT_OWNED(ppt_variants_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    const struct ppt_objective_context about = ppt_answer_objective(&context);
    size_t count;

    if (!verdicts_settle(config, &about, samples, &count)) {
        return false;
    }
    if (count < 2 || config->axis_count > 0) {
        return true; /* the others failed: there is nothing to rank */
    }
    ppt_index_create(samples, &index);
    ppt_variants_create(config, host, &index, &variants);
    return ppt_ranking_settled(&variants.ranking);
}

/* ---- more sizes ---- */

/* So many at a time: each tells where the next ones are to be. */
#define MOST_AT_ONCE 4

/* The variant of a size. */
static size_t find_size(const struct ppt_config *config, double size)
{
    size_t i = 0;

    while (config->uses[i].values[0] != size) {
        i++;
    }
    return i;
}

/* As a pass between those of its neighbours: so many tasks that it lasts as long as they do. */
static uint64_t tasks_between(const struct ppt_config *config, const struct ppt_policy *policy,
                              double size)
{
    size_t above = 1;

    while (above + 1 < policy->size_count && policy->sizes[above].size < size) {
        above++;
    }
    const uint64_t a = config->uses[find_size(config, policy->sizes[above - 1].size)].task_count;
    const uint64_t b = config->uses[find_size(config, policy->sizes[above].size)].task_count;
    return (uint64_t)ceil(sqrt((double)a * (double)b));
}

/* A size without a verdict, which failed, is not asked for a second time. Returns how many are
 * left.
 */
static size_t leave_known(const struct ppt_axis *axis, double *values, size_t count)
{
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        if (!ppt_axis_has(axis, values[i])) {
            values[left++] = values[i];
        }
    }
    return left;
}

static unsigned last_block(const struct ppt_samples *samples)
{
    unsigned last = 0;

    for (size_t i = 0; i < samples->count; i++) {
        last = samples->items[i].block > last ? samples->items[i].block : last;
    }
    return last;
}

bool ppt_variants_more(const struct ppt_config *config, const struct ppt_host *host,
                       const struct ppt_samples *samples, struct ppt_more_sizes *more)
{
    struct ppt_variants variants PPT_OWNED(ppt_variants_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    const bool of_tasks = config->axis_count == 1 && config->uses[0].task_count > 0 &&
                          (double)config->uses[0].task_count == config->uses[0].values[0];

    *more = (struct ppt_more_sizes){.block = last_block(samples) + 1};
    if (config->axis_count != 1 || samples->count == 0 ||
        config->variant_count + MOST_AT_ONCE > PPT_MOST_VARIANTS) {
        return false;
    }
    ppt_index_create(samples, &index);
    ppt_variants_create(config, host, &index, &variants);
    const struct ppt_policy *policy = &variants.policies.items[0];
    more->values = ppt_alloc(MOST_AT_ONCE, sizeof(*more->values));
    more->count = leave_known(&config->axes[0], more->values,
                              ppt_policy_next(policy, more->values, MOST_AT_ONCE));
    if (config->uses[0].task_count > 0 && !of_tasks) {
        more->task_counts = ppt_alloc(MOST_AT_ONCE, sizeof(*more->task_counts));
        for (size_t i = 0; i < more->count; i++) {
            more->task_counts[i] = tasks_between(config, policy, more->values[i]);
        }
    }
    return more->count > 0;
}
