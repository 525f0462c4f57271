/*
 * The page of a comparison: what changed, the chart of it, and every point.
 */
#include "compare_report.h"
#include "compare_sentence.h"
#include "html_page.h"
#include "html_table.h"
#include "owned.h"

static void add_words(struct ppt_text *out, const struct ppt_text *words, const char *end)
{
    if (words->length > 0) {
        ppt_text_add(out, "<p>");
        ppt_html_add(out, words->data);
        ppt_text_addf(out, "%s</p>\n", end);
    }
}

static void compare_add_verdict(struct ppt_text *out, const struct ppt_comparison_outcome *outcome)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    const bool fine =
        comparison->change != PPT_CHANGE_INCONCLUSIVE && comparison->change != PPT_CHANGE_SLOWER;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_text_addf(out, "<div class=\"verdict%s\">\n", fine ? "" : " doubtful");
    ppt_text_addf(&words, "%s: ", ppt_config_subject(outcome->old_runs[0].config));
    ppt_comparison_sentence(comparison, &words);
    add_words(out, &words, words.data[words.length - 1] == '.' ? "" : ".");
    ppt_text_free(&words);
    ppt_text_addf(out, "<p><span class=\"badge%s\">%s</span></p>\n", fine ? "" : " low",
                  ppt_change_names[comparison->change]);
    ppt_comparison_details(comparison, &words);
    add_words(out, &words, "");
    ppt_text_add(out, "</div>\n");
}

static void compare_add_change(struct ppt_text *out, const struct ppt_difference *difference)
{
    char text[PPT_PERCENT_SIZE];

    ppt_text_addf(out, "<td>%s %%", ppt_comparison_percent(difference->shift, text));
    ppt_comparison_ends(difference, out);
    ppt_text_addf(out, "</td><td>%s</td>", ppt_change_names[difference->change]);
}

static void compare_add_point(struct ppt_text *out, const struct ppt_comparison *comparison,
                              const struct ppt_compared_point *point)
{
    const bool worse = point->common && point->time.change == PPT_CHANGE_SLOWER;
    char label[PPT_POINT_SIZE], text[PPT_UNITS_SIZE];

    ppt_text_addf(out, "<tr%s><th scope=\"row\">%s</th>", worse ? " class=\"flagged\"" : "",
                  ppt_point_label(point->point, ppt_comparison_several(comparison), label));
    ppt_text_addf(out, "<td>%s</td>",
                  point->old_s.n > 0 ? ppt_text_duration(point->old_s.median, text) : "–");
    ppt_text_addf(out, "<td>%s</td>",
                  point->new_s.n > 0 ? ppt_text_duration(point->new_s.median, text) : "–");
    if (point->common) {
        compare_add_change(out, &point->time);
    } else {
        ppt_text_add(out, "<td>–</td><td>not in all runs</td>");
    }
    if (point->has_speedup) {
        ppt_text_addf(out, "<td>%.2fx</td><td>%.2fx</td>", point->old_speedup.value,
                      point->new_speedup.value);
        compare_add_change(out, &point->speedup);
    } else {
        ppt_text_add(out, "<td>–</td><td>–</td><td>–</td><td>–</td>");
    }
    ppt_text_add(out, "</tr>\n");
}

static void compare_add_points(struct ppt_text *out, const struct ppt_comparison_outcome *outcome)
{
    const struct ppt_comparison *comparison = outcome->comparison;

    static const char *const heads[] = {"workers", "old",         "new",         "time",
                                        "verdict", "old speedup", "new speedup", "speedup",
                                        "verdict", NULL};
    char *caption PPT_FREED =
        ppt_text_format("Medians of whole passes, and what changed; more is slower in the first "
                        "change and better in the second. Changes beyond %.3g %% count.",
                        100 * comparison->rules.threshold);

    ppt_html_table_begin(out, caption, heads);
    for (size_t i = 0; i < comparison->point_count; i++) {
        compare_add_point(out, comparison, &comparison->points[i]);
    }
    ppt_html_table_end(out);
}

static void add_runs(struct ppt_text *out, const char *side, const struct ppt_outcome *runs,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ppt_text_addf(out, "<tr><th scope=\"row\">%s</th>", side);
        ppt_html_cell(out, runs[i].folder->path);
        ppt_html_cell(out, runs[i].started);
        ppt_text_addf(out, "<td>%zu</td>", runs[i].answer->grid.block_count);
        ppt_html_cell(out, runs[i].program);
        ppt_html_cell(out, runs[i].host->cpu_model);
        ppt_text_add(out, "</tr>\n");
    }
}

void ppt_comparison_html(const struct ppt_comparison_outcome *outcome,
                         const struct ppt_folder *folder, struct ppt_text *out)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    char *title PPT_FREED =
        ppt_text_format("%s: did it change?", ppt_config_subject(outcome->old_runs[0].config));

    ppt_html_begin(out, title);
    ppt_html_put(out, "<h1>", title, "</h1>\n<p class=\"soft\">");
    ppt_html_add(out, outcome->old_runs[0].config->details);
    if (outcome->different) {
        ppt_html_put(out, "; new: ", ppt_config_subject(outcome->new_runs[0].config), " ");
        ppt_html_add(out, outcome->new_runs[0].config->details);
    }
    ppt_text_add(out, "</p>\n");
    compare_add_verdict(out, outcome);
    if (*outcome->warnings) {
        ppt_html_put(out, "<p>Worth knowing:</p>\n<pre>", outcome->warnings, "</pre>\n");
    }
    ppt_html_chart(
        out, folder, "compare",
        "Chart: tasks per second of the old and the new runs at every number of workers",
        "Higher is faster. Where the intervals of both sides overlap widely, nothing can "
        "be told; the table says it point by point.");
    compare_add_points(out, outcome);
    ppt_text_add(out, "<h2>Runs</h2>\n<div class=\"scroll\" tabindex=\"0\">\n<table "
                      "class=\"text\">\n<caption>What was compared</caption>\n<thead><tr><th "
                      "scope=\"col\">side</th><th scope=\"col\">folder</th><th "
                      "scope=\"col\">started</th><th scope=\"col\">");
    ppt_text_add(out, comparison->grouped ? "processes</th>" : "iterations</th>");
    ppt_text_add(out,
                 "<th "
                 "scope=\"col\">program</th><th scope=\"col\">CPU</th></tr></thead>\n<tbody>\n");
    add_runs(out, "old", outcome->old_runs, outcome->old_count);
    add_runs(out, "new", outcome->new_runs, outcome->new_count);
    ppt_text_addf(
        out,
        "</tbody>\n</table>\n</div>\n<p class=\"soft\">Changes are differences "
        "of trimmed means of the logarithms of pass times. Each end of an interval is at %.4g %%, "
        "so that it holds for all points together at 95 %%.</p>\n",
        100 * comparison->confidence);
    ppt_html_end(out);
}
