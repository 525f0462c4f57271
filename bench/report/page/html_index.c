#include "html_index.h"

#include <string.h>

#include "html_figure.h"
#include "html_page.h"
#include "html_table.h"
#include "owned.h"
#include "sentence.h"

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

/* "HIGH", in the colour of its class, and the class in a word where that says more. */
static void add_confidence(struct ppt_table *table, const struct ppt_verdict *verdict)
{
    const enum ppt_class class = ppt_class_of_verdict(verdict);
    char *words PPT_FREED = ppt_text_format(
        "%s, %s", verdict->exists ? ppt_confidence_names[verdict->confidence] : "no verdict",
        ppt_class_names[class]);

    ppt_html_cell_begin(table);
    ppt_html_badge(table->out, class, words);
    ppt_html_cell_end(table);
}

static void add_index_row(struct ppt_table *table, const struct ppt_outcome *outcome)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_sentence_verdict(outcome->answer, &words);
    ppt_html_row(table, "");
    add_link(table, outcome);
    ppt_html_cell(table, outcome->config->details);
    ppt_html_cell(table, words.data);
    add_confidence(table, &outcome->answer->verdict);
    ppt_html_row_end(table);
}

static void add_runs(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    static const char *const heads[] = {"task", "arguments", "verdict", "confidence", NULL};
    struct ppt_table table =
        ppt_html_table_begin(out, PPT_TABLE_TEXT, "The answer to each",
                             "The answer to each; a task leads to its own page.", heads);

    for (size_t i = 0; i < count; i++) {
        add_index_row(&table, &outcomes[i]);
    }
    ppt_html_table_end(&table);
    ppt_html_reading(out, "verdict");
}

/* How many of the runs are of each class. */
static void add_counts(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    const char *before = "<p class=\"says\">";

    for (size_t class = 0; ppt_class_names[class]; class ++) {
        size_t runs = 0;

        for (size_t i = 0; i < count; i++) {
            runs += ppt_class_of_verdict(&outcomes[i].answer->verdict) == (enum ppt_class) class;
        }
        if (runs > 0) {
            ppt_text_addf(out, "%s%zu of %zu %s %s", before, runs, count, runs == 1 ? "is" : "are",
                          ppt_class_names[class]);
            before = ", ";
        }
    }
    ppt_text_add(out, ".</p>\n");
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
                       const struct ppt_config *config)
{
    const struct ppt_point point = ppt_point_of_variant(ranked->contestant.point);
    const bool first = ranked->standing == PPT_STANDING_FIRST;
    struct ppt_text ratio PPT_OWNED(ppt_text_free) = {0};
    char label[PPT_POINT_SIZE], rate[PPT_UNITS_SIZE];

    ppt_sentence_ratio(&ranked->lead, &ratio);
    ppt_html_row(table, first ? " class=\"chosen\"" : "");
    ppt_html_row_head(table, ranked->contestant.label);
    ppt_html_cell(table, ppt_point_label(point, ppt_config_several(config), label));
    ppt_html_duration(table, ranked->seconds);
    ppt_html_cell(table, ppt_text_rate((double)config->task_count / ranked->seconds, rate));
    ppt_html_cell(table, first ? "–" : ratio.data);
    ppt_html_cell(table, ppt_standing_names[ranked->standing]);
    ppt_html_row_end(table);
}

/* The answer first, the chart and the table that it rests on below it. */
static void add_ranking(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    static const char *const heads[] = {"program",          "workers",  "total", "tasks/s",
                                        "slower by [99 %]", "standing", NULL};
    const struct ppt_ranking *ranking = outcomes[0].ranking;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_ranking_sentence(ranking, &words);
    ppt_html_box(out, ppt_class_of_ranking(ranking));
    ppt_html_rest(out, words.data);
    ppt_text_add(out, "</div>\n");
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
            add_ranked(&table, ranked, outcome->config);
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
    ppt_html_wide_figure(out, outcome->folder, "sizes");
    for (size_t i = 1; i < outcome->policy_count; i++) {
        add_policy(out, &outcome->policies[i]);
    }
}

void ppt_html_index(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    const struct ppt_host *host = outcomes[0].host;
    const bool programs = outcomes[0].ranking, sizes = outcomes[0].policies;
    struct ppt_page page PPT_OWNED(ppt_page_free) = {0};
    char *heading PPT_FREED = ppt_text_format("%zu %s on %s", count,
                                              programs ? "programs"
                                              : sizes  ? "sizes"
                                                       : "runs",
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
        ppt_html_section(&page, "runs", "Each size");
    } else {
        ppt_html_first_section(&page, "runs", "All runs");
        add_counts(&page.body, outcomes, count);
    }
    add_runs(&page.body, outcomes, count);
    if (outcomes[0].suite_folder) {
        ppt_html_section(&page, "overview", "Side by side");
        ppt_html_wide_figure(&page.body, outcomes[0].suite_folder, "overview");
    }
    ppt_html_finish(&page,
                    programs ? "ppt-omp: which program?"
                    : sizes  ? "ppt-omp: from which size on?"
                             : "ppt-omp: all runs",
                    heading, out);
}
