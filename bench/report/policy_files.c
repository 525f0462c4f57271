/*
 * The policy of several sizes for other programs: policy.json; policy.csv, a row for each size that
 * was measured; and policy.h, a function for programs in C and C++.
 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "compare_report.h"
#include "json_value.h"
#include "memory.h"
#include "owned.h"
#include "range.h"
#include "report.h"
#include "vary.h"

/* ---- JSON ---- */

/* Null for what lies beyond all sizes. */
static json_object *or_null(double value)
{
    return isfinite(value) ? number(value) : NULL;
}

static void add_counts(json_object *object, struct ppt_point point)
{
    add(object, ppt_dimension_key(PPT_WORKERS), integer(point.workers));
    add(object, ppt_dimension_key(PPT_INNER_THREADS), integer(point.inner_threads));
}

/* The first one holds from the smallest size on that was tried. */
static json_object *thresholds_json(const struct ppt_policy *policy)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < policy->step_count; i++) {
        const struct ppt_policy_step *step = &policy->steps[i];
        const double first = policy->sizes[0].size;
        json_object *object = json_object_new_object();

        add(object, "from", number(i > 0 ? step->from : first));
        add(object, "from_low", or_null(i > 0 ? step->low : first));
        add(object, "from_high", or_null(i > 0 ? step->high : first));
        add_counts(object, step->point);
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *fixed_json(const struct ppt_policy *policy)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < policy->fixed_count; i++) {
        const struct ppt_policy_fixed *fixed = &policy->fixed[i];
        json_object *object = json_object_new_object();

        add_counts(object, fixed->point);
        add(object, "regret", number(fixed->regret));
        add(object, "regret_upper", number(fixed->regret_upper));
        add(object, "worst", number(fixed->worst));
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *sizes_json(const struct ppt_policy *policy)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < policy->size_count; i++) {
        const struct ppt_policy_size *size = &policy->sizes[i];
        json_object *object = json_object_new_object();

        add(object, "size", number(size->size));
        add_counts(object, policy->points[size->choice]);
        add(object, "slower", number(size->slower));
        add(object, "slower_upper", number(size->slower_upper));
        add(object, "confidence", text(ppt_confidence_names[size->confidence]));
        json_object_array_add(list, object);
    }
    return list;
}

static json_object *rates_json(const struct ppt_rates *rates)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < rates->limit_count; i++) {
        const struct ppt_rate_limit *limit = &rates->limits[i];
        json_object *object = json_object_new_object();

        add_counts(object, limit->point);
        add(object, "kept_at", limit->kept_at > 0 ? number(limit->kept_at) : NULL);
        add(object, "broken_at", or_null(limit->broken_at));
        json_object_array_add(list, object);
    }
    return list;
}

static void add_rates(json_object *object, const struct ppt_policy *policy)
{
    const struct ppt_rates *rates = policy->rates;
    json_object *tried = json_object_new_array();

    for (size_t i = 0; i < rates->tried_count; i++) {
        json_object_array_add(tried, number(rates->tried[i]));
    }
    add(object, "percentile", rates->limit_count > 0 ? number(rates->goal.percentile) : NULL);
    add(object, "at_most_s", rates->limit_count > 0 ? number(rates->goal.at_most_s) : NULL);
    add(object, "rates", rates_json(rates));
    add(object, "tried", tried);
}

static void add_thresholds(json_object *object, const struct ppt_policy *policy)
{
    const bool exists = policy->size_count > 0;

    add(object, "thresholds", thresholds_json(policy));
    add(object, "regret_upper", exists ? number(policy->regret_upper) : NULL);
    add(object, "between_upper", exists ? number(policy->between_upper) : NULL);
    add(object, "fixed", fixed_json(policy));
    add(object, "sizes", sizes_json(policy));
    add(object, "monotone", json_object_new_boolean(policy->monotone));
    add(object, "tolerance", number(policy->tolerance));
}

json_object *ppt_json_policy(const struct ppt_policy *policy)
{
    json_object *object = json_object_new_object();
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_policy_sentence(policy, &words);
    add(object, "vary", text(policy->name));
    add(object, "where", policy->where ? text(policy->where) : NULL);
    if (policy->rates) {
        add_rates(object, policy);
    } else {
        add_thresholds(object, policy);
    }
    add(object, "confidence",
        ppt_policy_exists(policy) ? text(ppt_confidence_names[ppt_policy_confidence(policy)])
                                  : NULL);
    add(object, "sentence", text(words.data));
    return object;
}

/* One object, or a list where something else varies, too. */
void ppt_policy_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    const struct ppt_outcome *first = &outcomes[0];
    json_object *list;

    (void)count;
    if (first->policy_count == 1) {
        print_document(ppt_json_policy(&first->policies[0]), out);
        return;
    }
    list = json_object_new_array();
    for (size_t i = 0; i < first->policy_count; i++) {
        json_object_array_add(list, ppt_json_policy(&first->policies[i]));
    }
    print_document(list, out);
}

/* [from, low, high]; null where there is no such step. */
static json_object *shift_json(const struct ppt_policy_step *step)
{
    json_object *list = step ? json_object_new_array_ext(3) : NULL;

    if (step) {
        json_object_array_add(list, number(step->from));
        json_object_array_add(list, or_null(step->low));
        json_object_array_add(list, or_null(step->high));
    }
    return list;
}

static json_object *policy_comparison_json(const struct ppt_policy_comparison *comparison)
{
    json_object *object = json_object_new_object(), *list = json_object_new_array();
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < comparison->shift_count; i++) {
        const struct ppt_policy_shift *shift = &comparison->shifts[i];
        json_object *one = json_object_new_object();

        add_counts(one, shift->point);
        add(one, "old", shift_json(shift->old));
        add(one, "new", shift_json(shift->new));
        add(one, "moved", json_object_new_boolean(shift->moved));
        json_object_array_add(list, one);
    }
    ppt_policy_comparison_sentence(comparison, &words);
    add(object, "vary", text(comparison->new->name));
    add(object, "where", comparison->new->where ? text(comparison->new->where) : NULL);
    add(object, "verdict", text(ppt_policy_change_names[comparison->change]));
    add(object, "sizes", integer(comparison->sizes));
    add(object, "slower_at_most", comparison->sizes > 0 ? number(comparison->upper) : NULL);
    add(object, "slower_at_least", comparison->sizes > 0 ? number(comparison->lower) : NULL);
    add(object, "thresholds", list);
    add(object, "sentence", text(words.data));
    return object;
}

void ppt_policy_comparison_json(const struct ppt_policy_comparison *comparisons, size_t count,
                                struct ppt_text *out)
{
    json_object *object = json_object_new_object(), *list = json_object_new_array();

    for (size_t i = 0; i < count; i++) {
        json_object_array_add(list, policy_comparison_json(&comparisons[i]));
    }
    add(object, "version", integer(2));
    add(object, "policies", list);
    print_document(object, out);
}

/* ---- CSV ---- */

/* "count=2,level=9": the values alone, each behind a comma. */
static void add_where(const char *where, bool names, struct ppt_text *out)
{
    while (where && *where) {
        const size_t name = strcspn(where, "="), all = strcspn(where, ",");

        ppt_text_addf(out, ",%.*s", (int)(names ? name : all - name - 1),
                      names ? where : where + name + 1);
        where += all + (where[all] == ',');
    }
}

static void add_csv_row(double size, const char *where, struct ppt_point point,
                        struct ppt_text *out)
{
    char number[PPT_RANGE_NUMBER_SIZE];

    ppt_text_add(out, ppt_range_number(size, number));
    add_where(where, false, out);
    ppt_text_addf(out, ",%u,%u\r\n", point.workers, point.inner_threads);
}

/* The fewest that keep it; none where nobody does. */
static void add_csv_rates(const struct ppt_rates *rates, struct ppt_text *out)
{
    for (size_t i = 0; i < rates->tried_count; i++) {
        const struct ppt_rate_limit *limit = ppt_rates_at(rates, rates->tried[i]);

        if (limit) {
            add_csv_row(rates->tried[i], NULL, limit->point, out);
        }
    }
}

void ppt_policy_csv_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    const struct ppt_outcome *first = &outcomes[0];

    (void)count;
    ppt_text_add(out, first->policy_count > 0 ? first->policies[0].name : "size");
    add_where(first->policy_count > 0 ? first->policies[0].where : NULL, true, out);
    ppt_text_addf(out, ",%s,%s\r\n", ppt_dimension_key(PPT_WORKERS),
                  ppt_dimension_key(PPT_INNER_THREADS));
    for (size_t p = 0; p < first->policy_count; p++) {
        const struct ppt_policy *policy = &first->policies[p];

        for (size_t i = 0; i < policy->size_count; i++) {
            add_csv_row(policy->sizes[i].size, policy->where,
                        policy->points[policy->sizes[i].choice], out);
        }
        if (policy->rates) {
            add_csv_rates(policy->rates, out);
        }
    }
}

/* ---- C ---- */

/* A text as part of a name in C; "_" before digits. */
static void add_identifier(const char *words, bool upper, struct ppt_text *out)
{
    if (isdigit((unsigned char)*words) && out->length == 0) {
        ppt_text_add(out, "_");
    }
    for (; *words; words++) {
        const unsigned char c = (unsigned char)*words;

        ppt_text_addf(out, "%c", !isalnum(c) || c > 127 ? '_' : upper ? toupper(c) : c);
    }
}

/* Within a comment, whose end nothing that comes from outside must be. */
static void add_comment(const char *words, struct ppt_text *out)
{
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text wrapped PPT_OWNED(ppt_text_free) = {0};
    char *rest, *line;

    ppt_text_add_shown(&shown, words, SIZE_MAX);
    for (char *c = shown.data; *c; c++) {
        *c = (*c == '/' && c > shown.data && c[-1] == '*') || (*c == '*' && c[1] == '/') ? ' ' : *c;
    }
    ppt_text_wrap(&wrapped, shown.data, 95, 0);
    for (rest = wrapped.data; (line = strsep(&rest, "\n"));) {
        ppt_text_addf(out, " * %s\n", line);
    }
}

/* Whether tasks at a time are the same at all points, so that their threads are what is asked for.
 */
static bool counts_threads(const struct ppt_policy *policy)
{
    unsigned differ = 0;

    for (size_t i = 1; i < policy->point_count; i++) {
        differ |= ppt_point_differ(policy->points[i], policy->points[0]);
    }
    return differ == PPT_ONLY(PPT_INNER_THREADS);
}

static bool has_both(const struct ppt_policy *policy)
{
    unsigned differ = 0;

    for (size_t i = 1; i < policy->point_count; i++) {
        differ |= ppt_point_differ(policy->points[i], policy->points[0]);
    }
    return differ == (PPT_ONLY(PPT_INNER_THREADS) | PPT_ONLY(PPT_WORKERS));
}

static unsigned at_least_one(unsigned number)
{
    return number > 0 ? number : 1;
}

/* What holds up to where; of the last one it does not count. */
struct header_step {
    struct ppt_point point;
    double until;
};

/* Of rates as many as are kept at a higher one than those with fewer threads. `steps` has room. */
static size_t list_steps(const struct ppt_policy *policy, struct header_step *steps)
{
    const struct ppt_rates *rates = policy->rates;
    size_t count = 0;

    for (size_t i = 0; i < policy->step_count; i++) {
        const bool last = i + 1 == policy->step_count;

        steps[count++] =
            (struct header_step){policy->steps[i].point, last ? 0 : policy->steps[i + 1].from};
    }
    for (size_t i = 0; rates && i < rates->limit_count; i++) {
        const struct ppt_rate_limit *limit = &rates->limits[i];

        if (limit->kept_at > (count > 0 ? steps[count - 1].until : 0)) {
            steps[count++] = (struct header_step){limit->point, limit->kept_at};
        }
    }
    return count;
}

/* "static inline unsigned sort_workers(double size)": steps alike in it are one. */
static void add_function(const char *name, const char *what, const struct ppt_policy *policy,
                         size_t dimension, struct ppt_text *out)
{
    const char *argument = policy->rates ? "rate" : "size", *below = policy->rates ? "<=" : "<";
    struct header_step *steps PPT_FREED =
        ppt_alloc(policy->step_count + policy->point_count + 1, sizeof(*steps));
    const size_t count = list_steps(policy, steps);
    char number[PPT_RANGE_NUMBER_SIZE];

    ppt_text_addf(out, "static inline unsigned %s_%s(double %s)\n{\n", name, what, argument);
    for (size_t i = 0; i + 1 < count; i++) {
        const unsigned here = at_least_one(ppt_point_get(steps[i].point, dimension));
        const unsigned next = at_least_one(ppt_point_get(steps[i + 1].point, dimension));

        if (here != next) {
            ppt_text_addf(out, "    if (%s %s %s) {\n        return %u;\n    }\n", argument, below,
                          ppt_range_number(steps[i].until, number), here);
        }
    }
    if (strstr(out->data + out->length - 8, "{\n")) {
        ppt_text_addf(out, "    (void)%s;\n", argument);
    }
    ppt_text_addf(out, "    return %u;\n}\n",
                  count > 0 ? at_least_one(ppt_point_get(steps[count - 1].point, dimension)) : 1);
}

/* A rate, or a word where there is none. */
static void add_rate_cell(double rate, const char *none, struct ppt_text *out)
{
    char number[PPT_RANGE_NUMBER_SIZE];

    ppt_text_addf(out, " %13s", rate > 0 && isfinite(rate) ? ppt_range_number(rate, number) : none);
}

static void add_rates_evidence(const struct ppt_rates *rates, struct ppt_text *out)
{
    ppt_text_addf(out, " *\n * %9s %14s       kept at     broken at\n",
                  ppt_dimension_key(PPT_WORKERS), ppt_dimension_key(PPT_INNER_THREADS));
    for (size_t i = 0; i < rates->limit_count; i++) {
        const struct ppt_rate_limit *limit = &rates->limits[i];

        ppt_text_addf(out, " * %9u %14u", limit->point.workers, limit->point.inner_threads);
        add_rate_cell(limit->kept_at, "none", out);
        add_rate_cell(limit->broken_at, "unknown", out);
        ppt_text_add(out, "\n");
    }
    ppt_text_add(out, " *\n * Beyond the last rate: those that are kept at the highest.\n");
}

static void add_evidence(const struct ppt_policy *policy, struct ppt_text *out)
{
    ppt_text_addf(out, " *\n * %16s %9s %14s   slower than the best\n", policy->name,
                  ppt_dimension_key(PPT_WORKERS), ppt_dimension_key(PPT_INNER_THREADS));
    for (size_t i = 0; i < policy->size_count; i++) {
        const struct ppt_policy_size *size = &policy->sizes[i];
        const struct ppt_point point = policy->points[size->choice];
        char number[PPT_RANGE_NUMBER_SIZE];

        ppt_text_addf(out, " * %16s %9u %14u   at most %.1f %%\n",
                      ppt_range_number(size->size, number), point.workers, point.inner_threads,
                      100 * size->slower_upper);
    }
}

/* How threads inside of tasks wait from one task to the next, which decides from which size on they
 * pay. */
static void add_waiting(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    static const char *const variables[] = {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"};
    json_object *value;

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        if (json_object_object_get_ex(outcome->host->environment, variables[i], &value)) {
            struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

            ppt_text_addf(&words,
                          "Threads inside of tasks waited from one task to the next as %s=%s has "
                          "it. In a program where they wait otherwise they pay from another size "
                          "on.",
                          variables[i], json_object_get_string(value));
            add_comment(words.data, out);
        }
    }
}

static void add_policy_functions(const struct ppt_outcome *outcome, const struct ppt_policy *policy,
                                 struct ppt_text *out)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text name PPT_OWNED(ppt_text_free) = {0};

    add_identifier(ppt_config_title(outcome->config), false, &name);
    if (policy->where) {
        ppt_text_add(&name, "_");
        add_identifier(policy->where, false, &name);
    }
    ppt_policy_sentence(policy, &words);
    ppt_text_add(&words, ".");
    ppt_text_add(out, "\n/*\n");
    add_comment(words.data, out);
    if (policy->rates) {
        add_rates_evidence(policy->rates, out);
    } else {
        add_evidence(policy, out);
    }
    ppt_text_addf(out, " *\n * %s(%s): ",
                  counts_threads(policy) ? "Threads of one task" : "Tasks at a time", policy->name);
    ppt_text_add(out, "1 is one after the other.\n");
    if (counts_threads(policy) || has_both(policy)) {
        add_waiting(outcome, out);
    }
    ppt_text_add(out, " */\n");
    add_function(name.data, "workers", policy,
                 counts_threads(policy) ? PPT_INNER_THREADS : PPT_WORKERS, out);
    if (has_both(policy)) {
        ppt_text_add(out, "\n/* And the threads of each of them. */\n");
        add_function(name.data, "inner_threads", policy, PPT_INNER_THREADS, out);
    }
}

void ppt_policy_header_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    const struct ppt_outcome *first = &outcomes[0];
    struct ppt_text guard PPT_OWNED(ppt_text_free) = {0};
    char *about PPT_FREED = ppt_text_format(
        "%s how many workers: %s, measured by %s on %s (%s, %u CPU%s), %s.",
        first->policies[0].rates ? "Up to which rate" : "From which size on",
        ppt_config_title(first->config), first->program, first->host->name, first->host->cpu_model,
        first->host->effective_cpus, PPT_S(first->host->effective_cpus), first->started);

    (void)count;
    add_identifier(ppt_config_title(first->config), true, &guard);
    ppt_text_add(out, "/*\n");
    add_comment(about, out);
    ppt_text_addf(out, " */\n#ifndef %s_POLICY_H\n#define %s_POLICY_H\n", guard.data, guard.data);
    for (size_t i = 0; i < first->policy_count; i++) {
        add_policy_functions(first, &first->policies[i], out);
    }
    ppt_text_add(out, "\n#endif\n");
}
