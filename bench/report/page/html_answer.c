/*
 * The first section of a run's page: the verdict, the picture of it, and the table that it rests
 * on.
 */
#include "charts.h"
#include "html_class.h"
#include "html_figure.h"
#include "html_parts.h"
#include "objective_sentence.h"
#include "owned.h"
#include "sentence.h"

#include <stdint.h>

/* What the verdict is, why, and what warns of it. */
static void answer_add_verdict(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_html_box(out, ppt_class_of_verdict(&outcome->answer->verdict));
    ppt_text_addf(&words, "%s: ", ppt_outcome_name(outcome));
    ppt_sentence_verdict(outcome->answer, &words);
    ppt_html_rest(out, words.data);
    ppt_text_free(&words);
    words = (struct ppt_text){0};
    ppt_sentence_reason(outcome->answer, &words);
    ppt_sentence_topic(outcome->answer, PPT_TOPIC_SURE, &words);
    ppt_html_words(out, "<p>", words.data);
    ppt_html_reading(out, "verdict");
    ppt_text_add(out, "</div>\n");
}

/* ---- the table ---- */

/* What a star means, where there is one. */
static char *star_of(const struct ppt_outcome *outcome)
{
    const unsigned cpus = ppt_outcome_cpus(outcome);
    bool any = false;

    for (size_t p = 0; p < outcome->summary->count; p++) {
        any |= ppt_host_beyond(outcome->host, outcome->summary->points[p].point);
    }
    return !any ? ppt_text_format("%s", "")
           : ppt_config_ranks(outcome->config) > 0
               ? ppt_text_format(" * means more threads than the CPUs that are there for them.")
               : ppt_text_format(" * means more %s than the %u CPU%s that may be used.",
                                 outcome->config->inner_count > 1 ? "threads" : "workers", cpus,
                                 PPT_S(cpus));
}

static char *caption_of(const struct ppt_outcome *outcome)
{
    const struct ppt_config *config = outcome->config;
    const size_t blocks = outcome->summary->blocks;
    char *star PPT_FREED = star_of(outcome);

    return ppt_text_format("%s %zu iteration%s of %llu task%s each.%s",
                           blocks > 1 ? "Medians over" : "Times of", blocks, PPT_S(blocks),
                           (unsigned long long)config->task_count, PPT_S(config->task_count), star);
}

/* Over the first point, which of itself is the baseline. */
static void add_speedup(struct ppt_table *table, const struct ppt_outcome *outcome, size_t p)
{
    const struct ppt_point_answer *answer = ppt_html_point_answer(outcome, p);
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    if (answer == outcome->answer->points) {
        ppt_text_add(&words, "baseline");
    } else if (answer && answer->over_fewest.value > 0) {
        ppt_sentence_ratio(&answer->over_fewest, &words);
    }
    ppt_html_cell(table, words.data ? words.data : "–");
}

static void add_point_row(struct ppt_table *table, const struct ppt_outcome *outcome, size_t i)
{
    const struct ppt_point_summary *p = &outcome->summary->points[i];
    char text[PPT_UNITS_SIZE];

    ppt_html_point_row(table, outcome, i);
    ppt_html_duration(table, p->shown.init_s);
    ppt_html_duration(table, p->shown.work_s);
    ppt_html_duration(table, p->shown.cleanup_s);
    ppt_html_duration(table, p->task_s.median);
    ppt_html_duration(table, p->shown.total_s);
    ppt_html_cell(table, p->peak_bytes >= 0 ? ppt_text_bytes((uint64_t)p->peak_bytes, text) : "–");
    ppt_html_cell(table, ppt_text_rate(p->shown.rate, text));
    if (ppt_outcome_has_speedups(outcome)) {
        add_speedup(table, outcome, i);
    }
    ppt_html_row_end(table);
}

static void add_points(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    char head[PPT_POINT_WORDS_SIZE];
    const char *const heads[] = {ppt_html_point_head(outcome, head),
                                 "init",
                                 "work",
                                 "cleanup",
                                 "task, mean",
                                 "total",
                                 "memory at most",
                                 "tasks/s",
                                 ppt_outcome_has_speedups(outcome) ? "speedup [95 %]" : NULL,
                                 NULL};
    char *caption PPT_FREED = caption_of(outcome);
    struct ppt_table table =
        ppt_html_table_begin(out, PPT_TABLE_CARDS, "Every number of workers", caption, heads);

    for (size_t i = 0; i < outcome->summary->count; i++) {
        add_point_row(&table, outcome, i);
    }
    ppt_html_table_end(&table);
    ppt_html_reading(out, "table");
}

/* What the verdict is for, count by count, where that is not time alone. */
static void add_objective_table(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_answer *answer = outcome->answer;
    const char *const heads[] = {"workers", ppt_objective_heads[answer->objective.goal.kind], NULL};

    if (answer->objective.goal.kind == PPT_GOAL_TIME) {
        return;
    }
    struct ppt_table table =
        ppt_html_table_begin(out, PPT_TABLE_CARDS, "What the verdict is for",
                             "Medians over iterations, with their 95 % intervals.", heads);

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const size_t p = ppt_grid_find(&answer->grid, outcome->summary->points[i].point);
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        if (p != SIZE_MAX) {
            ppt_objective_found(answer, p, &words);
        }
        ppt_html_point_row(&table, outcome, i);
        ppt_html_cell(&table, words.data ? words.data : "–");
        ppt_html_row_end(&table);
    }
    ppt_html_table_end(&table);
}

/* Of tasks that arrive: how long they take from then on. */
static void add_latency_table(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const char *heads[16] = {"workers"};
    size_t count = 1;

    if (!outcome->answer->context.arriving) {
        return;
    }
    for (const struct ppt_latency_row *row = ppt_latency_rows; row->key; row++) {
        heads[count++] = row->words;
    }
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_CARDS, "Latency",
        "How long tasks take from their arrival to their end: medians over iterations. Waiting is "
        "the share of that before a worker begins them; at a load of 1 all workers are busy all "
        "the time.",
        heads);

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *answer = ppt_html_point_answer(outcome, i);

        ppt_html_point_row(&table, outcome, i);
        for (const struct ppt_latency_row *row = ppt_latency_rows; answer && row->key; row++) {
            const struct ppt_stat *stat = ppt_latency_stat(&answer->latency, row);

            if (row->seconds && stat->n > 0) {
                ppt_html_duration(&table, stat->median);
            } else {
                ppt_html_number(&table, stat->n > 0, stat->median, 2, "");
            }
        }
        ppt_html_row_end(&table);
    }
    ppt_html_table_end(&table);
}

/* Points that failed are nowhere else on the page. */
static void add_failures(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    for (size_t i = 0; i < outcome->index->samples->failure_count; i++) {
        const struct ppt_failure *failure = &outcome->index->samples->failures[i];
        const struct ppt_point point = ppt_point_of_variant(failure->point);
        const unsigned shown = ppt_point_shown(point, ppt_config_several(outcome->config));
        char words[PPT_POINT_WORDS_SIZE];

        ppt_text_addf(out, "<p class=\"warning\">Left out: %s%s: ",
                      ppt_point_words(point, shown, "", " × ", words),
                      failure->withheld ? "" : ", which failed");
        ppt_html_add(out, failure->message);
        ppt_text_add(out, "</p>\n");
    }
}

void ppt_html_answer(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    struct ppt_text *out = &page->body;

    ppt_html_first_section(page, "answer", "The answer");
    answer_add_verdict(out, outcome);
    if (ppt_charts_have(outcome, "speedup")) {
        ppt_html_wide_figure_saying(out, outcome->folder, "speedup",
                                    outcome->summary->blocks > 1
                                        ? NULL
                                        : "How many times as fast as the baseline. Every number of "
                                          "workers was measured once, so there are no intervals.");
    }
    if (ppt_charts_have(outcome, "heat")) {
        ppt_html_wide_figure(out, outcome->folder, "heat");
    }
    for (const char *const *name = (const char *const[]){"cost", "latency", NULL}; *name; name++) {
        if (ppt_charts_have(outcome, *name)) {
            ppt_html_wide_figure(out, outcome->folder, *name);
        }
    }
    add_latency_table(out, outcome);
    add_objective_table(out, outcome);
    add_points(out, outcome);
    add_failures(out, outcome);
}
