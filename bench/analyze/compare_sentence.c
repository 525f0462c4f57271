#include "compare_sentence.h"

#include <math.h>
#include <stdio.h>

#define MOST_NAMED 6 /* points in a list */

const char *ppt_comparison_percent(double shift, char out[PPT_PERCENT_SIZE])
{
    const double percent = 100 * expm1(shift);
    const double size = fabs(percent);

    if (size < 0.05) {
        snprintf(out, PPT_PERCENT_SIZE, "0.0"); /* without a sign that says nothing */
    } else if (size < 99999.5) {
        snprintf(out, PPT_PERCENT_SIZE, "%+.*f", size < 9.95 ? 1 : 0, percent);
    } else {
        snprintf(out, PPT_PERCENT_SIZE, "%+.1g", percent);
    }
    return out;
}

unsigned ppt_comparison_several(const struct ppt_comparison *comparison)
{
    unsigned set = 0;

    for (size_t i = 1; i < comparison->point_count; i++) {
        set |= ppt_point_differ(comparison->points[i].point, comparison->points[0].point);
    }
    return set;
}

void ppt_comparison_ends(const struct ppt_difference *difference, struct ppt_text *out)
{
    const struct ppt_interval *ends = &difference->shift.interval;
    char low[PPT_PERCENT_SIZE], high[PPT_PERCENT_SIZE];

    if (ends->exists) {
        ppt_text_addf(out, " [%s, %s]", ppt_comparison_percent(ends->low, low),
                      ppt_comparison_percent(ends->high, high));
    }
}

/* Without its sign. */
static void add_size(double shift, struct ppt_text *out)
{
    char text[PPT_PERCENT_SIZE];

    ppt_comparison_percent(shift, text);
    ppt_text_addf(out, "%s %%", text + (text[0] == '-' || text[0] == '+'));
}

/* "10 % [7.1, 13]": how much more, or less, time. */
static void add_difference(const struct ppt_difference *difference, struct ppt_text *out)
{
    const struct ppt_interval *ends = &difference->shift.interval;
    const double sign = difference->shift.value < 0 ? -1 : 1;
    const double near = 100 * sign * expm1(sign > 0 ? ends->low : ends->high);
    const double far = 100 * sign * expm1(sign > 0 ? ends->high : ends->low);

    add_size(difference->shift.value, out);
    if (ends->exists) {
        ppt_text_addf(out, " [%.*f, %.*f]", fabs(near) < 9.95 ? 1 : 0, near,
                      fabs(far) < 9.95 ? 1 : 0, far);
    }
}

/* ---- lists of points ---- */

typedef bool chooses(const struct ppt_compared_point *point);

static bool is_slower(const struct ppt_compared_point *point)
{
    return point->time.change >= PPT_CHANGE_SUSPECT;
}

static bool is_faster(const struct ppt_compared_point *point)
{
    return point->time.change == PPT_CHANGE_IMPROVED;
}

static bool scales_worse(const struct ppt_compared_point *point)
{
    return point->has_speedup && point->speedup.change >= PPT_CHANGE_SUSPECT;
}

static bool scales_better(const struct ppt_compared_point *point)
{
    return point->has_speedup && point->speedup.change == PPT_CHANGE_IMPROVED;
}

static size_t count_chosen(const struct ppt_comparison *comparison, chooses *chosen)
{
    size_t count = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        count += chosen(&comparison->points[i]);
    }
    return count;
}

/* "1, 2 and 4 workers"; "2x1 and 4x2 (workers x inner threads)"; "9 of 20 points". */
static void compare_sentence_add_points(const struct ppt_comparison *comparison, chooses *chosen,
                                        struct ppt_text *out)
{
    const unsigned several = ppt_comparison_several(comparison) & PPT_OF_TASK;
    const size_t all = count_chosen(comparison, chosen);
    char label[PPT_POINT_SIZE], heads[PPT_POINT_WORDS_SIZE];
    size_t count = 0;

    if (all > MOST_NAMED) {
        ppt_text_addf(out, "%zu of %zu points", all, comparison->common);
        return;
    }
    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_point point = comparison->points[i].point;

        if (chosen(&comparison->points[i])) {
            count++;
            ppt_text_addf(out, "%s%s",
                          count == 1     ? ""
                          : count == all ? " and "
                                         : ", ",
                          ppt_point_label(point, several, label));
            if (count == all && several) {
                ppt_text_addf(out, " (%s)",
                              ppt_point_heads(PPT_ONLY(PPT_WORKERS) | several, heads));
            } else if (count == all) {
                ppt_text_addf(out, " worker%s", PPT_S(all * point.workers));
            }
        }
    }
}

/* The point whose time changed most. */
static const struct ppt_compared_point *extreme(const struct ppt_comparison *comparison,
                                                chooses *chosen)
{
    const struct ppt_compared_point *found = NULL;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];

        if (chosen(point) &&
            (!found || fabs(point->time.shift.value) > fabs(found->time.shift.value))) {
            found = point;
        }
    }
    return found;
}

/* ": 10 % [7.1, 13] slower", or with several points ", most at 4: ...". */
static void add_extreme(const struct ppt_comparison *comparison, chooses *chosen,
                        const char *comparative, bool with_speedup, struct ppt_text *out)
{
    const struct ppt_compared_point *point = extreme(comparison, chosen);
    char label[PPT_POINT_SIZE];

    if (count_chosen(comparison, chosen) > 1) {
        ppt_text_addf(out, ", most at %s",
                      ppt_point_label(point->point, ppt_comparison_several(comparison), label));
    }
    ppt_text_add(out, ": ");
    add_difference(&point->time, out);
    ppt_text_addf(out, " %s", comparative);
    if (with_speedup && point->has_speedup) {
        ppt_text_addf(out, ", speedup %.3gx, was %.3gx", point->new_speedup.value,
                      point->old_speedup.value);
    }
}

/* ---- the sentence ---- */

static void add_inconclusive(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    if (comparison->common == 0 && comparison->old_blocks > 0 && comparison->new_blocks > 0) {
        ppt_text_add(out, "no point was measured on both sides");
        return;
    }
    ppt_text_addf(out, "too few blocks to tell: %zu old and %zu new, each side needs %zu",
                  comparison->old_blocks, comparison->new_blocks, comparison->blocks_needed);
    if (comparison->blocks_needed > PPT_COMPARE_FEWEST) {
        ppt_text_addf(out, " for %zu points", comparison->common);
    }
}

static void add_unchanged(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    if (comparison->most <= log1p(comparison->threshold)) {
        ppt_text_add(out, "nothing got slower: at most ");
        add_size(comparison->most, out);
        ppt_text_add(out, " more time at any point (95 %)");
    } else {
        ppt_text_add(out, "nothing surely changed, but noise can hide up to ");
        add_size(comparison->most, out);
        ppt_text_add(out, " more time (95 %)");
    }
}

static void add_slower_points(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    const bool sure = comparison->change == PPT_CHANGE_REGRESSION;

    if (!sure) {
        ppt_text_add(out, "perhaps ");
    }
    switch (comparison->kind) {
    case PPT_CHANGE_EVERYWHERE:
        ppt_text_add(out, "slower everywhere, by about ");
        add_size(comparison->typical, out);
        ppt_text_add(out, ": the machine or the task itself, not how it scales");
        break;
    case PPT_CHANGE_BOTH:
        ppt_text_add(out, "slower everywhere, and scaling got worse at ");
        compare_sentence_add_points(comparison, scales_worse, out);
        add_extreme(comparison, scales_worse, "slower", true, out);
        break;
    case PPT_CHANGE_SCALING:
        ppt_text_add(out, "scaling got worse at ");
        compare_sentence_add_points(comparison, is_slower, out);
        add_extreme(comparison, is_slower, "slower", true, out);
        break;
    default:
        ppt_text_add(out, "slower at ");
        compare_sentence_add_points(comparison, is_slower, out);
        add_extreme(comparison, is_slower, "more time", false, out);
        break;
    }
}

static void add_faster(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    if (comparison->kind == PPT_CHANGE_EVERYWHERE || comparison->kind == PPT_CHANGE_BOTH) {
        ppt_text_add(out, "it takes about ");
        add_size(comparison->typical, out);
        ppt_text_add(out, " less time everywhere");
        if (comparison->kind == PPT_CHANGE_EVERYWHERE) {
            ppt_text_add(out, ": the machine or the task itself");
            return;
        }
        ppt_text_add(out, ", and scaling got better at ");
        compare_sentence_add_points(comparison, scales_better, out);
        return;
    }
    ppt_text_add(out,
                 comparison->kind == PPT_CHANGE_SCALING ? "scaling got better, " : "it takes ");
    ppt_text_add(out, "less time at ");
    compare_sentence_add_points(comparison, is_faster, out);
    add_extreme(comparison, is_faster, "less", comparison->kind == PPT_CHANGE_SCALING, out);
}

void ppt_comparison_sentence(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    switch (comparison->change) {
    case PPT_CHANGE_INCONCLUSIVE:
        add_inconclusive(comparison, out);
        break;
    case PPT_CHANGE_UNCHANGED:
        add_unchanged(comparison, out);
        break;
    case PPT_CHANGE_IMPROVED:
        add_faster(comparison, out);
        break;
    default:
        add_slower_points(comparison, out);
        break;
    }
}

/* ---- details ---- */

/* Said already where it is what the slower or faster points have in common. */
static void add_speedups(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    const bool slower = comparison->change >= PPT_CHANGE_SUSPECT;
    const bool said = comparison->kind == PPT_CHANGE_SCALING || comparison->kind == PPT_CHANGE_BOTH;

    if (count_chosen(comparison, scales_worse) > 0 && !(slower && said)) {
        ppt_text_add(out, " Speedups fell at ");
        compare_sentence_add_points(comparison, scales_worse, out);
        ppt_text_add(out, ".");
    }
    if (count_chosen(comparison, scales_better) > 0 && !(!slower && said)) {
        ppt_text_add(out, " Speedups rose at ");
        compare_sentence_add_points(comparison, scales_better, out);
        ppt_text_add(out, ".");
    }
}

/* By the point where runs differ most, against its shift. */
static void add_runs(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    double spread = 0, reach = 0;
    bool exists = false;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_run_spread *runs = &comparison->points[i].time.runs;

        if (runs->exists) {
            exists = true;
            spread = fmax(spread, runs->spread);
            reach = fmax(reach, runs->reach);
        }
    }
    if (exists) {
        ppt_text_add(out, " Runs of the same side differ by up to about ");
        add_size(spread, out);
        ppt_text_add(out, "; by chance alone that can look like a change of ");
        add_size(reach, out);
        ppt_text_add(out, reach > log1p(comparison->threshold)
                              ? ", which more runs can settle, more blocks cannot."
                              : ".");
    } else if (comparison->change >= PPT_CHANGE_SUSPECT) {
        ppt_text_add(out, " One run on a side cannot tell a change from what differs from run to "
                          "run anyway: several on each would.");
    }
}

void ppt_comparison_details(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    if (comparison->change >= PPT_CHANGE_SUSPECT && count_chosen(comparison, is_faster) > 0) {
        ppt_text_add(out, " Less time at ");
        compare_sentence_add_points(comparison, is_faster, out);
        ppt_text_add(out, ".");
    }
    if (comparison->change != PPT_CHANGE_INCONCLUSIVE) {
        add_speedups(comparison, out);
        add_runs(comparison, out);
    }
}
