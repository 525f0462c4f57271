#include "html_index.h"

#include <math.h>
#include <string.h>

#include "html_figure.h"
#include "html_page.h"
#include "html_table.h"
#include "memory.h"
#include "owned.h"
#include "range.h"
#include "sentence.h"

static bool is_of_rates(const struct ppt_outcome *outcomes)
{
    return outcomes[0].policies && outcomes[0].policies[0].rates;
}

/* ---- the runs ---- */

/* The name, which leads to the run's own page. */
static void add_link(struct ppt_table *table, const struct ppt_outcome *outcome)
{
    const char *slash = strrchr(outcome->folder->path, '/');
    char program[PPT_VARIANT_FOLDER_SIZE];

    ppt_html_row_head_begin(table);
    ppt_text_add(table->out, "<a href=\"");
    if (ppt_outcome_is_variant(outcome)) {
        ppt_html_add(table->out, ppt_variant_folder(outcome, program));
    } else {
        ppt_html_put(table->out, "../", slash ? slash + 1 : outcome->folder->path, "");
    }
    ppt_html_put(table->out, "/report.html\">", ppt_outcome_name(outcome), "</a>");
    ppt_html_row_head_end(table);
}

/* A point of a run: "8 workers", "sequential", "4 workers × 2 inner threads". Returns `out`. */
static const char *words_of(const struct ppt_outcome *outcome, struct ppt_point point,
                            char out[PPT_POINT_WORDS_SIZE])
{
    const struct ppt_point own = ppt_point_of_variant(point);

    return ppt_point_words(own, ppt_point_shown(own, ppt_config_several(outcome->config)), "",
                           " × ", out);
}

/* The recommended one; there is a verdict. */
static const char *recommended_words(const struct ppt_outcome *outcome,
                                     char out[PPT_POINT_WORDS_SIZE])
{
    const struct ppt_answer *answer = outcome->answer;

    return words_of(outcome, answer->grid.points[answer->verdict.recommended], out);
}

/* "HIGH, settled" in the colour of its class, or what it would take. */
static void add_confidence(struct ppt_table *table, const struct ppt_answer *answer)
{
    const struct ppt_verdict *verdict = &answer->verdict;
    struct ppt_text needed PPT_OWNED(ppt_text_free) = {0};
    const enum ppt_class class = ppt_class_of_verdict(verdict);
    char *words PPT_FREED = ppt_text_format(
        "%s, %s", verdict->exists ? ppt_confidence_names[verdict->confidence] : "no verdict",
        ppt_class_names[class]);

    ppt_html_cell_begin(table);
    ppt_html_badge(table->out, class, words);
    if (verdict->exists && verdict->blocks_needed > 0) {
        ppt_sentence_needed(answer, &needed);
        ppt_text_add(table->out, " likely settled with ");
        ppt_html_prose(table->out, needed.data);
    }
    ppt_html_cell_end(table);
}

/* "8 workers", or why there is no such answer. */
static void add_use(struct ppt_table *table, const struct ppt_outcome *outcome)
{
    const struct ppt_answer *answer = outcome->answer;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
    char point[PPT_POINT_WORDS_SIZE];

    if (answer->verdict.exists) {
        ppt_html_cell(table, recommended_words(outcome, point));
    } else {
        ppt_sentence_verdict(answer, &words);
        ppt_html_cell_prose(table, words.data);
    }
}

/* The ratio of the recommended point; NULL where there is none, or it is the baseline itself. */
static const struct ppt_ratio *recommended_speedup(const struct ppt_answer *answer)
{
    const struct ppt_ratio *ratio =
        answer->verdict.exists ? &answer->points[answer->verdict.recommended].over_fewest : NULL;

    return ratio && ratio->value > 0 && answer->verdict.recommended > 0 ? ratio : NULL;
}

static void add_gain(struct ppt_table *table, const struct ppt_answer *answer)
{
    const struct ppt_ratio *ratio = recommended_speedup(answer);
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    if (ratio) {
        ppt_sentence_ratio(ratio, &words);
    }
    ppt_html_cell(table, ratio ? words.data : answer->verdict.exists ? "baseline" : "–");
}

/* Variants are named by what they are given. */
static void add_index_row(struct ppt_table *table, const struct ppt_outcome *outcome)
{
    struct ppt_text given PPT_OWNED(ppt_text_free) = {0};

    ppt_html_row(table, "");
    add_link(table, outcome);
    if (!ppt_outcome_is_variant(outcome)) {
        ppt_config_describe(outcome->config, &given);
        ppt_html_cell_prose(table, given.length > 0 ? given.data : "–");
    }
    add_use(table, outcome);
    if (!is_of_rates(outcome)) {
        add_gain(table, outcome->answer);
    }
    add_confidence(table, outcome->answer);
    ppt_html_row_end(table);
}

static void add_runs(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    static const char *const heads[] = {"task",           "arguments", "use",
                                        "speedup [95 %]", "how sure",  NULL};
    static const char *const program_heads[] = {"program", "use", "speedup [95 %]", "how sure",
                                                NULL};
    static const char *const size_heads[] = {"size", "use", "speedup [95 %]", "how sure", NULL};
    static const char *const rate_heads[] = {"rate", "use", "how sure", NULL};
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_TEXT, "The answer to each",
        is_of_rates(outcomes)
            ? "The answer to each, whose name leads to its own page: how many workers to use, and "
              "how sure that is."
            : "The answer to each, whose name leads to its own page: how many workers to use, how "
              "many times as fast that is as the fewest, and how sure it is.",
        outcomes[0].ranking     ? program_heads
        : is_of_rates(outcomes) ? rate_heads
        : outcomes[0].policies  ? size_heads
                                : heads);

    for (size_t i = 0; i < count; i++) {
        add_index_row(&table, &outcomes[i]);
    }
    ppt_html_table_end(&table);
    ppt_html_reading(out, "verdict");
}

static size_t count_class(const struct ppt_outcome *outcomes, size_t count, size_t class)
{
    size_t runs = 0;

    for (size_t i = 0; i < count; i++) {
        runs += ppt_class_of_verdict(&outcomes[i].answer->verdict) == (enum ppt_class) class;
    }
    return runs;
}

/* That of all runs together: settled where each is, else what there is most of beside. */
static enum ppt_class class_of_runs(const struct ppt_outcome *outcomes, size_t count)
{
    const size_t disturbed = count_class(outcomes, count, PPT_CLASS_DISTURBED);

    return count_class(outcomes, count, PPT_CLASS_SETTLED) == count     ? PPT_CLASS_SETTLED
           : disturbed > count_class(outcomes, count, PPT_CLASS_UNSURE) ? PPT_CLASS_DISTURBED
                                                                        : PPT_CLASS_UNSURE;
}

/* The run that gains most; NULL: none gains. */
static const struct ppt_outcome *most_gained(const struct ppt_outcome *outcomes, size_t count)
{
    const struct ppt_outcome *most = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct ppt_ratio *ratio = recommended_speedup(outcomes[i].answer);

        if (ratio && (!most || ratio->value > recommended_speedup(most->answer)->value)) {
            most = &outcomes[i];
        }
    }
    return most;
}

/* "All 10 runs are settled", "7 of 10 runs are settled, 3 are unsure". */
static void add_class_counts(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    const char *before = "";

    for (size_t class = 0; ppt_class_names[class]; class ++) {
        const size_t runs = count_class(outcomes, count, class);

        if (runs == count) {
            ppt_text_addf(out, "All runs are");
        } else if (runs > 0 && !*before) {
            ppt_text_addf(out, "%zu of %zu runs %s", runs, count, runs == 1 ? "is" : "are");
        } else if (runs > 0) {
            ppt_text_addf(out, "%s%zu %s", before, runs, runs == 1 ? "is" : "are");
        }
        if (runs > 0) {
            ppt_text_addf(out, " %s", ppt_class_names[class]);
            before = ", ";
        }
    }
}

static void add_most_gained(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    const struct ppt_outcome *most = most_gained(outcomes, count);
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
    char point[PPT_POINT_WORDS_SIZE];

    if (most) {
        const char *const names[] = {ppt_outcome_name(most), NULL};

        ppt_text_addf(&words, "%s gains most: ", names[0]);
        ppt_sentence_ratio(recommended_speedup(most->answer), &words);
        ppt_text_addf(&words, " with %s.", recommended_words(most, point));
        ppt_text_add(out, "<p>");
        ppt_html_prose_about(out, words.data, names);
        ppt_text_add(out, "</p>\n");
    }
}

/* All runs in a sentence, and the one that gains most. */
static void add_together(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    ppt_html_box(out, class_of_runs(outcomes, count));
    add_class_counts(out, outcomes, count);
    ppt_text_add(out, ".</p>\n");
    add_most_gained(out, outcomes, count);
    ppt_text_add(out, "</div>\n");
}

/* ---- several programs ---- */

static const struct ppt_outcome *find_program(const struct ppt_outcome *outcomes, size_t count,
                                              unsigned number)
{
    size_t i = 0;

    while (i < count && outcomes[i].number != number) {
        i++;
    }
    return i < count ? &outcomes[i] : NULL;
}

static void add_ranked(struct ppt_table *table, const struct ppt_ranked *ranked,
                       const struct ppt_outcome *outcome)
{
    const double tasks = (double)outcome->config->task_count;
    const bool first = ranked->standing == PPT_STANDING_FIRST;
    struct ppt_text ratio PPT_OWNED(ppt_text_free) = {0};
    char point[PPT_POINT_WORDS_SIZE], rate[PPT_UNITS_SIZE];

    ppt_sentence_ratio(&ranked->lead, &ratio);
    ppt_html_row(table, first ? " class=\"chosen\"" : "");
    ppt_html_row_head(table, ranked->contestant.label);
    ppt_html_cell(table, words_of(outcome, ranked->contestant.point, point));
    ppt_html_duration(table, ranked->seconds);
    ppt_html_cell(table, ppt_text_rate(tasks / ranked->seconds, rate));
    ppt_html_cell(table, first ? "–" : ratio.data);
    ppt_html_cell(table, ppt_standing_names[ranked->standing]);
    ppt_html_row_end(table);
}

/* The answer first, the chart and the table that it rests on below it. */
static void add_ranking(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    static const char *const heads[] = {
        "program", "use", "total", "tasks/s", "times as long [99 %]", "standing", NULL};
    const struct ppt_ranking *ranking = outcomes[0].ranking;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    const char **names PPT_FREED = ppt_alloc(ranking->count + 1, sizeof(*names));

    for (size_t i = 0; i < ranking->count; i++) {
        names[i] = ranking->items[i].contestant.label;
    }
    ppt_ranking_sentence(ranking, &words);
    ppt_html_box(out, ppt_class_of_ranking(ranking));
    ppt_html_prose_about(out, words.data, names);
    ppt_text_add(out, ".</p>\n</div>\n");
    ppt_html_wide_figure(out, outcomes[0].folder, "programs");
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_CARDS, "How the programs stand",
        "Each program at the count that its own verdict recommends. How much slower than the "
        "first: pass by pass of the same iteration, with an interval that holds for all pairs of "
        "programs together.",
        heads);
    for (size_t i = 0; i < ranking->count; i++) {
        const struct ppt_ranked *ranked = &ranking->items[i];
        const struct ppt_outcome *outcome =
            find_program(outcomes, count, ranked->contestant.point.program);

        if (outcome) {
            add_ranked(&table, ranked, outcome);
        }
    }
    ppt_html_table_end(&table);
}

/* ---- several sizes ---- */

static void add_size(struct ppt_table *table, const struct ppt_policy *policy,
                     const struct ppt_policy_size *size)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
    char number[PPT_POLICY_SIZE];

    ppt_policy_point(policy, policy->points[size->choice], &words);
    ppt_html_row(table, "");
    ppt_html_row_head(table, ppt_policy_number(policy, size->size, number));
    ppt_html_cell(table, words.data);
    ppt_html_share(table, true, size->slower);
    ppt_html_share(table, true, size->slower_upper);
    ppt_html_cell(table, ppt_confidence_names[size->confidence]);
    ppt_html_row_end(table);
}

/* A rate, or a word where there is none. */
static void add_rate(struct ppt_table *table, double rate, const char *none)
{
    char number[PPT_RANGE_NUMBER_SIZE];

    ppt_html_cell(table, rate > 0 && isfinite(rate) ? ppt_range_number(rate, number) : none);
}

/* Up to where each count keeps the limit. */
static void add_rates(struct ppt_text *out, const struct ppt_policy *policy)
{
    static const char *const heads[] = {"use", "kept up to", "not kept from", "capacity", NULL};
    const struct ppt_rates *rates = policy->rates;

    if (rates->limit_count == 0) {
        return;
    }
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_CARDS, "Up to which rate each count keeps the limit",
        "Tasks a second. Up to the first rate the limit is surely kept, at each one that was "
        "tried; "
        "from the second on it surely is not; what lies between is not known. The capacity is what "
        "a count does where there is always a task for it.",
        heads);
    for (size_t i = 0; i < rates->limit_count; i++) {
        const struct ppt_rate_limit *limit = &rates->limits[i];
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
        char capacity[PPT_UNITS_SIZE];

        ppt_policy_point(policy, limit->point, &words);
        ppt_html_row(&table, "");
        ppt_html_row_head(&table, words.data);
        add_rate(&table, limit->kept_at, "none that was tried");
        add_rate(&table, limit->broken_at, "not known");
        snprintf(capacity, sizeof(capacity), "%.3g", limit->capacity);
        ppt_html_cell(&table, limit->capacity > 0 ? capacity : "–");
        ppt_html_row_end(&table);
    }
    ppt_html_table_end(&table);
}

/* What it says in words, and at each size that was measured. */
static void add_policy(struct ppt_text *out, const struct ppt_policy *policy)
{
    static const char *const heads[] = {
        "size", "use", "slower than the best", "at most (95 %)", "the size by itself", NULL};
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_policy_sentence(policy, &words);
    ppt_html_box(out, ppt_class_of_policy(policy));
    /* What it says first, and what else there is to it. */
    char *more = strstr(words.data, ". ");
    if (more) {
        *more = '\0';
    }
    ppt_html_rest(out, words.data);
    ppt_html_words(out, "", more ? more + 2 : "");
    ppt_text_add(out, "</div>\n");
    if (policy->rates) {
        return;
    }
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_CARDS, "What the policy says of each size",
        "What the policy says of each size that was measured, how much slower that is than the "
        "best count there, and how sure the size's own verdict is.",
        heads);
    for (size_t i = 0; i < policy->size_count; i++) {
        add_size(&table, policy, &policy->sizes[i]);
    }
    ppt_html_table_end(&table);
}

static void add_policies(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    add_policy(out, &outcome->policies[0]);
    if (outcome->policies[0].rates) {
        ppt_html_wide_figure(out, outcome->folder, "rates");
        add_rates(out, &outcome->policies[0]);
        return;
    }
    ppt_html_wide_figure(out, outcome->folder, "sizes");
    for (size_t i = 1; i < outcome->policy_count; i++) {
        add_policy(out, &outcome->policies[i]);
    }
}

void ppt_html_index(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    const struct ppt_host *host = outcomes[0].host;
    const bool programs = outcomes[0].ranking, sizes = outcomes[0].policies;
    const bool rates = is_of_rates(outcomes);
    struct ppt_page page PPT_OWNED(ppt_page_free) = {0};
    char *heading PPT_FREED = ppt_text_format(
        "%zu %s on %s", count, programs || sizes ? ppt_config_variants(outcomes[0].config) : "runs",
        host->name);

    ppt_html_add(&page.about, host->cpu_model);
    ppt_text_addf(&page.about, ", %u CPU%s that may be used", host->effective_cpus,
                  PPT_S(host->effective_cpus));
    if (programs) {
        ppt_html_first_section(&page, "answer", "The answer");
        add_ranking(&page.body, outcomes, count);
        ppt_html_section(&page, "runs", "Each program");
    } else if (sizes) {
        ppt_html_first_section(&page, "answer", "The answer");
        add_policies(&page.body, &outcomes[0]);
        ppt_html_section(&page, "runs", rates ? "Each rate" : "Each size");
    } else {
        ppt_html_first_section(&page, "answer", "The answer");
        add_together(&page.body, outcomes, count);
    }
    add_runs(&page.body, outcomes, count);
    if (outcomes[0].suite_folder) {
        ppt_html_section(&page, "overview", "Side by side");
        ppt_html_wide_figure(&page.body, outcomes[0].suite_folder, "overview");
    }
    ppt_html_finish(&page,
                    programs ? "ppt-omp: which program?"
                    : rates  ? "ppt-omp: up to which rate?"
                    : sizes  ? "ppt-omp: from which size on?"
                             : "ppt-omp: all runs",
                    heading, out);
}
