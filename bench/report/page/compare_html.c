/*
 * The page of a comparison: what changed, the chart of it, and every point.
 */
#include "compare_report.h"
#include "compare_sentence.h"
#include "html_class.h"
#include "html_figure.h"
#include "html_page.h"
#include "html_table.h"
#include "owned.h"

static void compare_add_verdict(struct ppt_text *out, const struct ppt_comparison_outcome *outcome)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_html_box(out, ppt_class_of_comparison(comparison));
    ppt_text_addf(&words, "%s: ", ppt_config_subject(outcome->old_runs[0].config));
    ppt_comparison_sentence(comparison, &words);
    ppt_html_rest(out, words.data);
    ppt_text_free(&words);
    words = (struct ppt_text){0};
    ppt_comparison_details(comparison, &words);
    ppt_html_words(out, "<p>", words.data);
    ppt_html_reading(out, "change");
    ppt_text_add(out, "</div>\n");
}

/* ---- the points ---- */

/* What a speedup is, which is no time. */
static const char *const speedup_changes[] = {
    [PPT_CHANGE_INCONCLUSIVE] = "inconclusive",
    [PPT_CHANGE_UNCHANGED] = "unchanged",
    [PPT_CHANGE_NOT_SLOWER] = "not worse",
    [PPT_CHANGE_IMPROVED] = "better",
    [PPT_CHANGE_SLOWER] = "worse",
};

/* A change and what it is, in its colour: a speedup may have improved where time did not. */
static void compare_add_change(struct ppt_table *table, const struct ppt_difference *difference,
                               const char *const names[])
{
    char text[PPT_PERCENT_SIZE];

    ppt_html_cell_begin(table);
    ppt_text_addf(table->out, "%s %%", ppt_comparison_percent(difference->shift, text));
    ppt_comparison_ends(difference, table->out);
    ppt_html_cell_end(table);
    ppt_html_classed(table, ppt_class_of_change(difference->change), names[difference->change]);
}

static void compare_add_cells(struct ppt_table *table, size_t count, const char *text)
{
    while (count-- > 0) {
        ppt_html_cell(table, text);
    }
}

static void compare_add_seconds(struct ppt_table *table, const struct ppt_stat *seconds)
{
    if (seconds->n > 0) {
        ppt_html_duration(table, seconds->median);
    } else {
        ppt_html_cell(table, "–");
    }
}

static void compare_add_speedups(struct ppt_table *table, const struct ppt_comparison *comparison,
                                 const struct ppt_compared_point *point)
{
    if (point->has_speedup) {
        ppt_html_number(table, true, point->old_speedup.value, 2, "x");
        ppt_html_number(table, true, point->new_speedup.value, 2, "x");
        compare_add_change(table, &point->speedup, speedup_changes);
    } else if (point->common && point == &comparison->points[comparison->base]) {
        compare_add_cells(table, 2, "baseline");
        compare_add_cells(table, 2, "–");
    } else {
        compare_add_cells(table, 4, "–");
    }
}

static void compare_add_point(struct ppt_table *table, const struct ppt_comparison *comparison,
                              const struct ppt_compared_point *point)
{
    char label[PPT_POINT_SIZE];

    ppt_html_row(table, "");
    ppt_html_row_head(table,
                      ppt_point_label(point->point, ppt_comparison_several(comparison), label));
    compare_add_seconds(table, &point->old_s);
    compare_add_seconds(table, &point->new_s);
    if (point->common) {
        compare_add_change(table, &point->time, ppt_change_names);
    } else {
        compare_add_cells(table, 1, "–");
        compare_add_cells(table, 1, "not in all runs");
    }
    if (!comparison->rules.latencies) {
        compare_add_speedups(table, comparison, point);
    }
    ppt_html_row_end(table);
}

static void compare_add_points(struct ppt_text *out, const struct ppt_comparison_outcome *outcome)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    static const char *const heads[] = {
        "workers",     "old time",    "new time",          "change of time", "time is",
        "old speedup", "new speedup", "change of speedup", "speedup is",     NULL};
    static const char *const latency_heads[] = {"workers",           "old latency", "new latency",
                                                "change of latency", "latency is",  NULL};
    char *caption PPT_FREED =
        outcome->percentile > 0
            ? ppt_text_format(
                  "Latency: what %g %% of a pass' tasks take no longer than, from their "
                  "arrival on; medians over passes. Changes are of trimmed means of "
                  "their logarithms. Changes beyond %.3g %% count.",
                  outcome->percentile, 100 * comparison->rules.threshold)
            : ppt_text_format(
                  "Times are medians of whole passes. Changes are of trimmed means of their "
                  "logarithms, which need not be as far apart; more is slower in the first "
                  "and better in the second. Changes beyond %.3g %% count.",
                  100 * comparison->rules.threshold);
    struct ppt_table table =
        ppt_html_table_begin(out, PPT_TABLE_CARDS, "Every number of workers", caption,
                             outcome->percentile > 0 ? latency_heads : heads);

    for (size_t i = 0; i < comparison->point_count; i++) {
        compare_add_point(&table, comparison, &comparison->points[i]);
    }
    ppt_html_table_end(&table);
}

/* ---- the runs ---- */

static void compare_add_side(struct ppt_table *table, const char *side,
                             const struct ppt_outcome *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ppt_html_row(table, "");
        ppt_html_row_head(table, side);
        ppt_html_cell(table, runs[i].folder->path);
        ppt_html_cell(table, runs[i].started);
        ppt_html_number(table, true, (double)runs[i].answer->grid.block_count, 0, "");
        ppt_html_cell(table, runs[i].program);
        ppt_html_cell(table, runs[i].host->cpu_model);
        ppt_html_row_end(table);
    }
}

static void compare_add_runs(struct ppt_page *page, const struct ppt_comparison_outcome *outcome)
{
    static const char *const heads[] = {"side",    "folder", "started", "iterations",
                                        "program", "CPU",    NULL};
    static const char *const grouped_heads[] = {"side",    "folder", "started", "processes",
                                                "program", "CPU",    NULL};

    ppt_html_section(page, "runs", "Runs");
    if (*outcome->warnings) {
        ppt_html_put(&page->body, "<p class=\"says\">Worth knowing:</p>\n<pre>", outcome->warnings,
                     "</pre>\n");
    }
    struct ppt_table table =
        ppt_html_table_begin(&page->body, PPT_TABLE_TEXT, "Runs", "What was compared.",
                             outcome->comparison->grouped ? grouped_heads : heads);
    compare_add_side(&table, "old", outcome->old_runs, outcome->old_count);
    compare_add_side(&table, "new", outcome->new_runs, outcome->new_count);
    ppt_html_table_end(&table);
}

/* ---- the page ---- */

static void compare_add_about(struct ppt_text *out, const struct ppt_comparison_outcome *outcome)
{
    ppt_html_add(out, outcome->old_runs[0].config->details);
    if (outcome->different) {
        ppt_html_put(out, "; new: ", ppt_config_subject(outcome->new_runs[0].config), " ");
        ppt_html_add(out, outcome->new_runs[0].config->details);
    }
}

void ppt_comparison_html(const struct ppt_comparison_outcome *outcome,
                         const struct ppt_folder *folder, struct ppt_text *out)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    struct ppt_page page PPT_OWNED(ppt_page_free) = {0};
    char *title PPT_FREED =
        ppt_text_format("%s: did it change?", ppt_config_subject(outcome->old_runs[0].config));

    compare_add_about(&page.about, outcome);
    ppt_html_first_section(&page, "answer", "The answer");
    compare_add_verdict(&page.body, outcome);
    ppt_html_wide_figure(&page.body, folder, "compare");
    ppt_html_section(&page, "points", "Every number of workers");
    compare_add_points(&page.body, outcome);
    compare_add_runs(&page, outcome);
    ppt_text_addf(
        &page.body,
        "<p class=\"soft\">Each end of an interval is at %.4g %%, so that all points "
        "are in theirs together at 95 %%. A bound that the answer has for any point is of "
        "the largest change alone, and so closer.</p>\n",
        100 * comparison->confidence);
    ppt_html_finish(&page, title, title, out);
}
