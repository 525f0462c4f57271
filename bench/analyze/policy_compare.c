#include "policy_compare.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

const char *const ppt_policy_change_names[] = {"inconclusive", "holds", "moved"};

/* ---- the old policy in the new run ---- */

static bool is_in_range(const struct ppt_policy *policy, double size)
{
    return size >= policy->sizes[0].size && size <= policy->sizes[policy->size_count - 1].size;
}

/* Where the old choice is in the grid of a new size; SIZE_MAX: it was not measured there, or the
 * old policy says nothing of it. */
static size_t old_choice(const struct ppt_policy *old, const struct ppt_policy_input *input)
{
    return input->verdict->exists && is_in_range(old, input->size)
               ? ppt_grid_find(input->grid, ppt_policy_at(old, input->size)->point)
               : SIZE_MAX;
}

/* Comparisons of which the largest may be any. */
static double count_rivals_of_old(const struct ppt_policy *old,
                                  const struct ppt_policy_input *inputs, size_t count)
{
    size_t contenders = 0;

    for (size_t i = 0; i < count; i++) {
        contenders += old_choice(old, &inputs[i]) < SIZE_MAX ? inputs[i].verdict->contenders : 0;
    }
    return contenders > 1 ? (double)contenders : 1;
}

static void follow(const struct ppt_policy_input *input, size_t choice, double contenders,
                   struct ppt_policy_comparison *comparison)
{
    const struct ppt_grid *grid = input->grid;
    const size_t best = input->verdict->best;

    for (size_t p = 0; p < grid->point_count; p++) {
        const double upper =
            p == choice ? 0 : ppt_grid_difference(grid, choice, p, 1 - 0.1 / contenders).high;

        if (upper > comparison->upper || comparison->sizes == 0) {
            comparison->upper = fmax(upper, 0);
            comparison->worst = input->size;
        }
    }
    if (choice != best) {
        const double level = 1 - 0.1 / (double)comparison->new->size_count;

        comparison->lower =
            fmax(comparison->lower, ppt_grid_difference(grid, choice, best, level).low);
    }
    comparison->sizes++;
}

/* ---- thresholds ---- */

/* The step to these counts. */
static const struct ppt_policy_step *step_to(const struct ppt_policy *policy,
                                             struct ppt_point point)
{
    for (size_t i = 1; i < policy->step_count; i++) {
        if (ppt_point_same(policy->steps[i].point, point)) {
            return &policy->steps[i];
        }
    }
    return NULL;
}

static void add_shift(struct ppt_policy_comparison *comparison, struct ppt_point point)
{
    const struct ppt_policy_step *old = step_to(comparison->old, point);
    const struct ppt_policy_step *new = step_to(comparison->new, point);

    comparison->shifts =
        ppt_realloc(comparison->shifts, comparison->shift_count + 1, sizeof(*comparison->shifts));
    comparison->shifts[comparison->shift_count++] = (struct ppt_policy_shift){
        point, old, new, old &&new && (old->low >= new->high || new->low >= old->high)};
}

static void find_shifts(struct ppt_policy_comparison *comparison)
{
    for (size_t i = 1; i < comparison->old->step_count; i++) {
        add_shift(comparison, comparison->old->steps[i].point);
    }
    for (size_t i = 1; i < comparison->new->step_count; i++) {
        if (!step_to(comparison->old, comparison->new->steps[i].point)) {
            add_shift(comparison, comparison->new->steps[i].point);
        }
    }
}

/* ---- both ---- */

void ppt_policy_compare(const struct ppt_policy *old, const struct ppt_policy *new,
                        const struct ppt_policy_input *inputs, size_t count,
                        struct ppt_policy_comparison *comparison)
{
    const double zone = log1p(new->tolerance);

    *comparison = (struct ppt_policy_comparison){.old = old, .new = new};
    if (old->size_count == 0 || new->size_count == 0) {
        return;
    }
    const double contenders = count_rivals_of_old(old, inputs, count);
    for (size_t i = 0; i < count; i++) {
        const size_t choice = old_choice(old, &inputs[i]);

        if (choice < SIZE_MAX) {
            follow(&inputs[i], choice, contenders, comparison);
        }
    }
    find_shifts(comparison);
    comparison->change = comparison->lower > zone ? PPT_POLICY_MOVED
                         : comparison->sizes > 0 && comparison->upper <= zone &&
                                 new->disturbed == 0 && old->disturbed == 0
                             ? PPT_POLICY_HOLDS
                             : PPT_POLICY_OPEN;
    comparison->upper = expm1(comparison->upper);
    comparison->lower = expm1(comparison->lower);
}

void ppt_policy_comparison_free(struct ppt_policy_comparison *comparison)
{
    free(comparison->shifts);
    *comparison = (struct ppt_policy_comparison){0};
}

/* ---- in words ---- */

/* "310 [250, 380]", or "no size". */
static void add_step(const struct ppt_policy *policy, const struct ppt_policy_step *step,
                     struct ppt_text *out)
{
    char number[PPT_POLICY_SIZE];

    if (!step) {
        ppt_text_add(out, "no size on");
        return;
    }
    ppt_text_addf(out, "%s [%s", ppt_policy_number(policy, step->from, number),
                  isfinite(step->low) ? "" : "-");
    ppt_text_add(out, isfinite(step->low) ? ppt_policy_number(policy, step->low, number) : "");
    ppt_text_addf(out, ", %s]",
                  isfinite(step->high) ? ppt_policy_number(policy, step->high, number) : "-");
}

/* Below it a share is shown as 0.0 %. */
#define LEAST_UPPER 0.0005

static void add_upper(const struct ppt_policy_comparison *comparison, struct ppt_text *out)
{
    if (comparison->upper < LEAST_UPPER) {
        ppt_text_add(out, "no slower than any count");
    } else {
        ppt_text_addf(out, "at most %.1f %% slower than the best count", 100 * comparison->upper);
    }
}

static void add_change(const struct ppt_policy_comparison *comparison, struct ppt_text *out)
{
    const char *name = comparison->new->name;
    char worst[PPT_POLICY_SIZE];

    ppt_policy_number(comparison->new, comparison->worst, worst);
    switch (comparison->change) {
    case PPT_POLICY_HOLDS:
        ppt_text_add(out, "the old policy holds: now it is ");
        add_upper(comparison, out);
        ppt_text_addf(out, " at any %s tried (95 %%)", name);
        return;
    case PPT_POLICY_MOVED:
        ppt_text_addf(out,
                      "the old policy does not hold: now it is at least %.0f %% slower than the "
                      "best count at some %s (95 %%)",
                      100 * comparison->lower, name);
        return;
    case PPT_POLICY_OPEN:
    default:
        if (comparison->upper <= comparison->new->tolerance) {
            ppt_text_add(out, "whether the old policy holds is not settled: now it is ");
            add_upper(comparison, out);
            ppt_text_addf(
                out,
                " at any %s tried, but passes were disturbed or stopped, and this may not "
                "hold on an idle machine",
                name);
            return;
        }
        ppt_text_addf(out,
                      "whether the old policy holds is not settled: now it may be %.0f %% slower "
                      "than the best count at %s %s",
                      100 * comparison->upper, name, worst);
    }
}

void ppt_policy_comparison_sentence(const struct ppt_policy_comparison *comparison,
                                    struct ppt_text *out)
{
    if (comparison->sizes == 0) {
        ppt_text_add(out, "nothing can be said: the runs have no sizes with a verdict in common");
        return;
    }
    add_change(comparison, out);
    for (size_t i = 0; i < comparison->shift_count; i++) {
        const struct ppt_policy_shift *shift = &comparison->shifts[i];

        ppt_text_add(out, ". ");
        ppt_policy_point(comparison->new, shift->point, out);
        ppt_text_add(out, ": from ");
        add_step(comparison->old, shift->old, out);
        ppt_text_add(out, " before, from ");
        add_step(comparison->new, shift->new, out);
        ppt_text_addf(out, " now%s", shift->moved ? ": that moved" : "");
    }
}
