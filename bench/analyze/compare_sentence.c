#include "compare_sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "owned.h"
#include "sentence.h"

#define MOST_NAMED 6        /* points in a list */
#define MOST_DIGITS 99999.5 /* percent that are not shown by their power of ten alone */

const char *ppt_comparison_percent(double shift, char out[PPT_PERCENT_SIZE])
{
    const double percent = 100 * expm1(shift);
    const double size = fabs(percent);

    if (size < 0.05) {
        snprintf(out, PPT_PERCENT_SIZE, "0"); /* without a sign or a digit that says nothing */
    } else if (size < MOST_DIGITS) {
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

/* As many digits behind the point as show that two percentages are not the same, two at most. */
static int digits_of(double a, double b)
{
    int digits = fabs(a) < 9.95 || fabs(b) < 9.95 ? 1 : 0;
    double scale = digits == 1 ? 10 : 1;

    while (digits < 2 && round(scale * a) == round(scale * b)) {
        digits++;
        scale *= 10;
    }
    return digits;
}

void ppt_comparison_ends(const struct ppt_difference *difference, struct ppt_text *out)
{
    const struct ppt_interval *ends = &difference->interval;
    const double from = 100 * expm1(ends->low), to = 100 * expm1(ends->high);
    char low[PPT_PERCENT_SIZE], high[PPT_PERCENT_SIZE];

    if (!ends->exists) {
        return;
    }
    ppt_comparison_percent(ends->low, low);
    ppt_comparison_percent(ends->high, high);
    if (strcmp(low, high) == 0 && fabs(to) < MOST_DIGITS) {
        const int digits = digits_of(from, to);

        ppt_text_addf(out, " [%+.*f, %+.*f]", digits, from, digits, to);
    } else {
        ppt_text_addf(out, " [%s, %s]", low, high);
    }
}

/* ---- making claims ---- */

/* What is on its way to be said. */
struct telling {
    const struct ppt_comparison *comparison;
    enum ppt_claim_part part;
    struct ppt_claims *claims;
    struct ppt_text words; /* of the claim that is made */
};

static void tell(struct telling *telling, struct ppt_claim claim)
{
    claim.part = telling->part;
    ppt_claims_add(telling->claims, claim, &telling->words);
}

/* What rests on no figure, or on one that was counted. */
static void tell_plain(struct telling *telling, const char *kind, double value)
{
    tell(telling, (struct ppt_claim){.kind = kind, .value = value});
}

/* That something surely is less than so much. */
static void tell_bound(struct telling *telling, const char *kind, double bound, double limit)
{
    tell(telling, (struct ppt_claim){.kind = kind,
                                     .value = bound,
                                     .interval = {true, -INFINITY, bound},
                                     .level = PPT_COMPARE_CONFIDENCE,
                                     .side = -1,
                                     .limit = limit});
}

static double threshold_of(const struct telling *telling)
{
    return log1p(telling->comparison->rules.threshold);
}

/* ---- sizes ---- */

/* Without its sign. */
static void add_size(double shift, struct ppt_text *out)
{
    char text[PPT_PERCENT_SIZE];

    ppt_comparison_percent(shift, text);
    ppt_text_addf(out, "%s", text + (text[0] == '-' || text[0] == '+'));
}

/* "10 % [7.1, 13]": how much more, or less, time. */
static void add_difference(const struct ppt_difference *difference, struct ppt_text *out)
{
    const struct ppt_interval *ends = &difference->interval;
    const double sign = difference->shift < 0 ? -1 : 1;
    const double near = 100 * sign * expm1(sign > 0 ? ends->low : ends->high);
    const double far = 100 * sign * expm1(sign > 0 ? ends->high : ends->low);

    const int least = digits_of(near, far), few = least < 2 ? 0 : least;

    add_size(difference->shift, out);
    ppt_text_addf(out, " %% [%.*f, %.*f]", fabs(near) < 9.95 ? least : few, near,
                  fabs(far) < 9.95 ? least : few, far);
}

/* "at most 1.2 % more", or of what is too little to be shown "less than 0.1 % more". */
static void add_most(double shift, const char *what, struct ppt_text *out)
{
    if (fabs(expm1(shift)) < 0.0005) {
        ppt_text_addf(out, "less than 0.1 %% %s", what);
    } else {
        ppt_text_add(out, "at most ");
        add_size(shift, out);
        ppt_text_addf(out, " %% %s", what);
    }
}

/* "between 1.2 % less and 5.3 % more", "between 0.8 and 5.3 % more". */
static void add_change_range(double low, double high, struct ppt_text *out)
{
    ppt_text_add(out, "between ");
    add_size(low, out);
    ppt_text_add(out, low < 0 && high > 0 ? " % less and " : " and ");
    add_size(high, out);
    ppt_text_add(out, high > 0 ? " % more" : " % less");
}

/* As the table has it, "5.93x". */
static void add_times(const struct ppt_ratio *speedup, struct ppt_text *out)
{
    ppt_sentence_ratio(&(struct ppt_ratio){.value = speedup->value}, out);
}

/* ---- lists of points ---- */

/* The difference that puts a point on a list; NULL: it is not on it. */
typedef const struct ppt_difference *chooses(const struct ppt_compared_point *point);

static const struct ppt_difference *is_slower(const struct ppt_compared_point *point)
{
    return point->common && point->time.change == PPT_CHANGE_SLOWER ? &point->time : NULL;
}

static const struct ppt_difference *is_faster(const struct ppt_compared_point *point)
{
    return point->common && point->time.change == PPT_CHANGE_IMPROVED ? &point->time : NULL;
}

/* By how much is another matter. */
static const struct ppt_difference *is_somewhat_slower(const struct ppt_compared_point *point)
{
    return point->common && point->time.interval.low > 0 ? &point->time : NULL;
}

static const struct ppt_difference *is_of_all(const struct ppt_compared_point *point)
{
    return point->common ? &point->time : NULL;
}

static const struct ppt_difference *scales_worse(const struct ppt_compared_point *point)
{
    return point->has_speedup && point->speedup.change == PPT_CHANGE_SLOWER ? &point->speedup
                                                                            : NULL;
}

static const struct ppt_difference *scales_better(const struct ppt_compared_point *point)
{
    return point->has_speedup && point->speedup.change == PPT_CHANGE_IMPROVED ? &point->speedup
                                                                              : NULL;
}

static size_t count_chosen(const struct ppt_comparison *comparison, chooses *chosen)
{
    size_t count = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        count += chosen(&comparison->points[i]) != NULL;
    }
    return count;
}

/* "1, 2 and 4 workers"; "2x1 and 4x2 (workers x inner threads)"; "9 of 20 points". */
static void add_chosen(const struct ppt_comparison *comparison, chooses *chosen,
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

/* From the lowest to the highest end of any on the list: what lies above a limit there, or below,
 * does at each of them. */
static struct ppt_interval hull_of(const struct ppt_comparison *comparison, chooses *chosen)
{
    struct ppt_interval hull = {true, INFINITY, -INFINITY};

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_difference *difference = chosen(&comparison->points[i]);

        if (difference) {
            hull.exists &= difference->interval.exists;
            hull.low = fmin(hull.low, difference->interval.low);
            hull.high = fmax(hull.high, difference->interval.high);
        }
    }
    return hull;
}

/* That all on the list lie above the limit (`side` 1) or below (-1). */
static void tell_of_all(struct telling *telling, const char *kind, chooses *chosen, int side,
                        double limit)
{
    const struct ppt_comparison *comparison = telling->comparison;
    const bool of_speedups = chosen == scales_worse || chosen == scales_better;

    tell(telling, (struct ppt_claim){.kind = kind,
                                     .value = (double)count_chosen(comparison, chosen),
                                     .interval = hull_of(comparison, chosen),
                                     .level = of_speedups ? comparison->speedup_confidence
                                                          : comparison->confidence,
                                     .side = side,
                                     .limit = limit});
}

/* The point on the list whose time changed most. */
static const struct ppt_compared_point *extreme(const struct ppt_comparison *comparison,
                                                chooses *chosen)
{
    const struct ppt_compared_point *found = NULL;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];

        if (chosen(point) && (!found || fabs(point->time.shift) > fabs(found->time.shift))) {
            found = point;
        }
    }
    return found;
}

/* ": 10 % [7.1, 13] slower", or with several points ", most at 4: ...". */
static void tell_extreme(struct telling *telling, chooses *chosen, const char *comparative,
                         bool with_speedup)
{
    const struct ppt_comparison *comparison = telling->comparison;
    const struct ppt_compared_point *point = extreme(comparison, chosen);
    char label[PPT_POINT_SIZE];

    if (count_chosen(comparison, chosen) > 1) {
        ppt_text_addf(&telling->words, ", most at %s",
                      ppt_point_label(point->point, ppt_comparison_several(comparison), label));
    }
    ppt_text_add(&telling->words, ": ");
    add_difference(&point->time, &telling->words);
    ppt_text_addf(&telling->words, " %s", comparative);
    if (with_speedup && point->has_speedup) {
        ppt_text_add(&telling->words, ", speedup ");
        add_times(&point->new_speedup, &telling->words);
        ppt_text_add(&telling->words, ", was ");
        add_times(&point->old_speedup, &telling->words);
    }
    tell(telling, (struct ppt_claim){.kind = "most",
                                     .value = point->time.shift,
                                     .interval = point->time.interval,
                                     .level = comparison->confidence});
}

/* ---- why nobody can tell ---- */

static void tell_few(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;

    ppt_text_addf(&telling->words,
                  comparison->grouped
                      ? "too few processes to tell: %zu old and %zu new, each side needs %d"
                      : "too few iterations to tell: %zu old and %zu new, each side needs %d",
                  comparison->old_blocks, comparison->new_blocks, PPT_COMPARE_FEWEST);
    if (comparison->old_runs + comparison->new_runs == 2) {
        ppt_text_add(&telling->words, ": ");
        ppt_sentence_row_options(comparison->grouped, PPT_COMPARE_FEWEST, &telling->words);
    }
    tell_plain(telling, "few_blocks", (double)comparison->old_blocks);
}

static void tell_needed(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;

    if (comparison->blocks_needed > 0) {
        ppt_text_add(&telling->words, "; if that is how it is, ");
        ppt_sentence_row_options(comparison->grouped, comparison->blocks_needed, &telling->words);
        ppt_text_add(&telling->words, " on each side would settle it");
    } else if (comparison->runs_needed > 0) {
        ppt_text_addf(&telling->words,
                      "; if that is how it is, about %zu runs a side would settle it",
                      comparison->runs_needed);
    } else if (comparison->old_runs + comparison->new_runs > 2) {
        ppt_text_add(&telling->words, "; more runs will not settle it soon");
    } else {
        ppt_text_add(&telling->words,
                     "; more iterations will not settle it soon, 3 runs a side may");
    }
    tell_plain(telling, "needed", (double)(comparison->blocks_needed + comparison->runs_needed));
}

/* Of the point that may be slower by most, of all of them: the interval of the table. */
static void tell_wide(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;
    const struct ppt_compared_point *widest = &comparison->points[comparison->base];
    char words[PPT_POINT_WORDS_SIZE];

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];

        if (point->common && point->time.interval.high > widest->time.interval.high) {
            widest = point;
        }
    }
    ppt_text_add(&telling->words, "not settled: ");
    add_change_range(widest->time.interval.low, widest->time.interval.high, &telling->words);
    ppt_text_addf(&telling->words, " time at %s, and %.3g %% counts",
                  ppt_point_words(widest->point,
                                  PPT_ONLY(PPT_WORKERS) | ppt_comparison_several(comparison), "",
                                  " x ", words),
                  100 * comparison->rules.threshold);
    tell(telling, (struct ppt_claim){.kind = "wide",
                                     .value = widest->time.shift,
                                     .interval = widest->time.interval,
                                     .level = comparison->confidence});
    if (count_chosen(comparison, is_somewhat_slower) > 0) {
        ppt_text_add(&telling->words, "; surely slower at ");
        add_chosen(comparison, is_somewhat_slower, &telling->words);
        ppt_text_add(&telling->words, ", but perhaps by less than that");
        tell_of_all(telling, "somewhat_slower", is_somewhat_slower, 1, 0);
    }
    tell_needed(telling);
}

static void tell_doubt(struct telling *telling)
{
    static const char *const words[] = {
        [PPT_DOUBT_NONE] = "",
        [PPT_DOUBT_NO_POINT] = "no point was measured on both sides in all runs",
        [PPT_DOUBT_SPREAD] = "nobody can tell, for nothing shows what differs from one process to "
                             "the next anyway: that takes runs of at least 5 processes, or 3 runs "
                             "a side",
        [PPT_DOUBT_DRIFT] = "nobody can tell, for the machine's speed drifted during a run: "
                            "measure again, both sides in turns",
        [PPT_DOUBT_DISTURBED] = "nobody can tell, for others, a queue or a quota disturbed too "
                                "much of a run: measure again on a machine that is quiet",
    };
    const enum ppt_doubt doubt = telling->comparison->doubt;

    if (doubt == PPT_DOUBT_FEW) {
        tell_few(telling);
    } else if (doubt == PPT_DOUBT_WIDE) {
        tell_wide(telling);
    } else {
        ppt_text_add(&telling->words, words[doubt]);
        tell_plain(telling, ppt_doubt_names[doubt], NAN);
    }
}

/* ---- the sentence ---- */

static void tell_not_slower(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;

    ppt_text_add(&telling->words, "not slower: ");
    if (comparison->slower < 0) {
        ppt_text_add(&telling->words, "less time at every point (95 %)");
    } else {
        add_most(comparison->slower, "more time at any point (95 %)", &telling->words);
    }
    tell_bound(telling, "not_slower", comparison->slower, threshold_of(telling));
}

static void tell_unchanged(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;

    ppt_text_add(&telling->words, "nothing changed: ");
    add_most(fmax(0, comparison->slower), "more", &telling->words);
    tell_bound(telling, "not_slower", comparison->slower, threshold_of(telling));
    ppt_text_add(&telling->words, " and ");
    add_most(-fmax(0, comparison->faster), "less time at any point (95 %)", &telling->words);
    tell_bound(telling, "not_faster", comparison->faster, threshold_of(telling));
}

/* ", by at least 6.1 %": at each of the points, of which some may have changed by far more. */
static void add_least(const struct ppt_interval *hull, struct ppt_text *out)
{
    const double least = hull->low > 0 ? hull->low : hull->high;

    if (fabs(expm1(least)) >= 0.0005) {
        ppt_text_add(out, ", by at least ");
        add_size(least, out);
        ppt_text_add(out, " %");
    }
}

/* That all speedups are within the threshold of what they were. */
static void tell_speedups_stayed(struct telling *telling, const char *words)
{
    const struct ppt_comparison *comparison = telling->comparison;
    double most = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];

        if (point->has_speedup) {
            most = fmax(most, fmax(point->speedup.high, -point->speedup.low));
        }
    }
    ppt_text_add(&telling->words, words);
    tell_bound(telling, "speedups_stayed", most, threshold_of(telling));
}

/* Where not all of the points are slower by what counts, those that surely are. */
static void tell_which_count(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;
    const size_t count = count_chosen(comparison, is_slower);

    if (comparison->together.count == 0 && count > 0 && count < comparison->common) {
        ppt_text_addf(&telling->words, ", by more than %.3g %% at ",
                      100 * comparison->rules.threshold);
        add_chosen(comparison, is_slower, &telling->words);
        tell_of_all(telling, "slower", is_slower, 1, threshold_of(telling));
    }
}

static void tell_slower(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;
    const bool all =
        comparison->kind == PPT_CHANGE_EVERYWHERE || comparison->kind == PPT_CHANGE_BOTH;
    const bool scaling = comparison->kind == PPT_CHANGE_SCALING;

    if (all) {
        const struct ppt_interval hull = hull_of(comparison, is_of_all);

        ppt_text_add(&telling->words, "slower everywhere");
        add_least(&hull, &telling->words);
        tell_of_all(telling, "slower_everywhere", is_of_all, 1, 0);
        tell_which_count(telling);
    }
    if (comparison->kind == PPT_CHANGE_EVERYWHERE) {
        tell_extreme(telling, is_of_all, "more time", false);
        tell_speedups_stayed(telling, "; it is the machine or the task itself, not how it scales");
        return;
    }
    if (all || scaling) {
        ppt_text_add(&telling->words,
                     all ? ", and scaling got worse at " : "scaling got worse at ");
        add_chosen(comparison, scales_worse, &telling->words);
        tell_of_all(telling, "scales_worse", scales_worse, -1, -threshold_of(telling));
        tell_extreme(telling, scales_worse, "more time", true);
        return;
    }
    ppt_text_add(&telling->words,
                 comparison->together.count > 0 ? "slower at one or more of " : "slower at ");
    add_chosen(comparison, is_slower, &telling->words);
    if (comparison->together.count > 0) {
        tell(telling, (struct ppt_claim){.kind = "slower_together",
                                         .value = (double)comparison->together.count,
                                         .interval = {true, comparison->together.low, INFINITY},
                                         .level = comparison->together.confidence,
                                         .side = 1,
                                         .limit = threshold_of(telling)});
    } else {
        tell_of_all(telling, "slower", is_slower, 1, threshold_of(telling));
    }
    tell_extreme(telling, is_slower, "more time", false);
}

static void tell_faster(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;
    const bool all =
        comparison->kind == PPT_CHANGE_EVERYWHERE || comparison->kind == PPT_CHANGE_BOTH;

    if (all) {
        const struct ppt_interval hull = hull_of(comparison, is_of_all);

        ppt_text_add(&telling->words, "it takes less time everywhere");
        add_least(&hull, &telling->words);
        tell_of_all(telling, "faster_everywhere", is_of_all, -1, 0);
        tell_extreme(telling, is_of_all, "less", comparison->kind == PPT_CHANGE_BOTH);
    } else {
        ppt_text_add(&telling->words, "it takes less time at ");
        add_chosen(comparison, is_faster, &telling->words);
        tell_of_all(telling, "faster", is_faster, -1, 0);
        tell_extreme(telling, is_faster, "less", comparison->kind == PPT_CHANGE_SCALING);
        ppt_text_add(&telling->words, ", and ");
        add_most(fmax(0, comparison->slower), "more at any point (95 %)", &telling->words);
        tell_bound(telling, "not_slower", comparison->slower, threshold_of(telling));
    }
    if (comparison->kind == PPT_CHANGE_EVERYWHERE) {
        tell_speedups_stayed(telling, "; it is the machine or the task itself, not how it scales");
    }
}

/* What one run a side cannot show. */
static void tell_condition(struct telling *telling)
{
    if (!ppt_comparison_knows_runs(telling->comparison)) {
        ppt_text_add(&telling->words, ", if nothing else changed between the two runs");
        tell_plain(telling, "condition", NAN);
    }
}

static void tell_verdict(struct telling *telling)
{
    static void (*const tells[])(struct telling *) = {
        [PPT_CHANGE_INCONCLUSIVE] = tell_doubt,    [PPT_CHANGE_UNCHANGED] = tell_unchanged,
        [PPT_CHANGE_NOT_SLOWER] = tell_not_slower, [PPT_CHANGE_IMPROVED] = tell_faster,
        [PPT_CHANGE_SLOWER] = tell_slower,
    };
    const enum ppt_doubt doubt = telling->comparison->doubt;

    tells[telling->comparison->change](telling);
    if (doubt == PPT_DOUBT_NONE || doubt == PPT_DOUBT_WIDE) {
        tell_condition(telling);
    }
}

/* ---- details ---- */

static void tell_list(struct telling *telling, const char *words, const char *kind, chooses *chosen,
                      int side, double limit)
{
    if (count_chosen(telling->comparison, chosen) > 0) {
        ppt_text_add(&telling->words, words);
        add_chosen(telling->comparison, chosen, &telling->words);
        ppt_text_add(&telling->words, ".");
        tell_of_all(telling, kind, chosen, side, limit);
    }
}

/* By the point where runs of a side differ most. */
static void tell_runs(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;
    double most = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        most = fmax(most, comparison->points[i].time.run_sd);
    }
    if (comparison->old_runs + comparison->new_runs > 2) {
        ppt_text_add(&telling->words, " Two runs of the same side differ by about ");
        add_size(M_SQRT2 * most, &telling->words);
        ppt_text_add(&telling->words, " % where they differ most.");
        tell_plain(telling, "runs_differ", most);
    }
}

static void tell_details(struct telling *telling)
{
    const struct ppt_comparison *comparison = telling->comparison;
    const bool slower = comparison->change == PPT_CHANGE_SLOWER;
    /* Said already where it is what slower points have in common. */
    const bool said =
        slower && (comparison->kind == PPT_CHANGE_SCALING || comparison->kind == PPT_CHANGE_BOTH);

    if (slower) {
        tell_list(telling, " Less time at ", "faster", is_faster, -1, 0);
    }
    if (!said) {
        tell_list(telling, " Speedups fell at ", "scales_worse", scales_worse, -1,
                  -threshold_of(telling));
    }
    tell_list(telling, " Speedups rose at ", "scales_better", scales_better, 1, 0);
    tell_runs(telling);
}

void ppt_comparison_claims(const struct ppt_comparison *comparison, enum ppt_claim_part part,
                           struct ppt_claims *claims)
{
    struct telling telling = {.comparison = comparison, .part = part, .claims = claims};

    *claims = (struct ppt_claims){0};
    if (part == PPT_CLAIM_VERDICT) {
        tell_verdict(&telling);
    } else if (part == PPT_CLAIM_DETAIL) {
        tell_details(&telling);
    }
}

static void add_claims(const struct ppt_comparison *comparison, enum ppt_claim_part part,
                       struct ppt_text *out)
{
    struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};

    ppt_comparison_claims(comparison, part, &claims);
    ppt_claims_join(&claims, out);
}

void ppt_comparison_sentence(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    add_claims(comparison, PPT_CLAIM_VERDICT, out);
}

void ppt_comparison_details(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    add_claims(comparison, PPT_CLAIM_DETAIL, out);
}
