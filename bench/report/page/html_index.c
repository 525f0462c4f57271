#include "html_index.h"

#include <string.h>

#include "html_page.h"
#include "html_table.h"
#include "owned.h"
#include "sentence.h"

static void add_index_row(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const char *slash = strrchr(outcome->folder->path, '/');
    char program[PPT_PROGRAM_FOLDER_SIZE];
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_sentence_verdict(outcome->answer, &words);
    ppt_text_add(out, "<tr><th scope=\"row\"><a href=\"");
    if (outcome->ranking) {
        ppt_html_add(out, ppt_program_folder(outcome, program));
    } else {
        ppt_html_put(out, "../", slash ? slash + 1 : outcome->folder->path, "");
    }
    ppt_text_add(out, "/report.html\">");
    ppt_html_add(out, ppt_outcome_name(outcome));
    ppt_text_add(out, "</a></th>");
    ppt_html_cell(out, outcome->config->details);
    ppt_html_cell(out, words.data);
    ppt_text_add(out, "<td class=\"word\">");
    ppt_html_add(out, outcome->answer->verdict.exists
                          ? ppt_confidence_names[outcome->answer->verdict.confidence]
                          : "–");
    ppt_text_add(out, "</td></tr>\n");
}

static const struct ppt_outcome *find_program(const struct ppt_outcome *outcomes, size_t count,
                                              unsigned number)
{
    size_t i = 0;

    while (i < count && outcomes[i].number != number) {
        i++;
    }
    return i < count ? &outcomes[i] : NULL;
}

static void add_ranked(struct ppt_text *out, const struct ppt_ranked *ranked,
                       const struct ppt_config *config)
{
    const struct ppt_point point = ppt_point_of_program(ranked->contestant.point);
    struct ppt_text ratio PPT_OWNED(ppt_text_free) = {0};
    char label[PPT_POINT_SIZE], rate[PPT_UNITS_SIZE];

    ppt_text_add(out, ranked->standing == PPT_STANDING_FIRST ? "<tr class=\"chosen\">" : "<tr>");
    ppt_html_put(out, "<th scope=\"row\">", ranked->contestant.label, "</th>");
    ppt_html_cell(out, ppt_point_label(point, ppt_config_several(config), label));
    ppt_html_duration(out, ranked->seconds);
    ppt_html_cell(out, ppt_text_rate((double)config->task_count / ranked->seconds, rate));
    ppt_sentence_ratio(&ranked->lead, &ratio);
    ppt_html_cell(out, ranked->standing == PPT_STANDING_FIRST ? "–" : ratio.data);
    ppt_html_cell(out, ppt_standing_names[ranked->standing]);
    ppt_text_add(out, "</tr>\n");
}

/* The answer first, the table and the chart that it rests on below it. */
static void add_ranking(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    static const char *const heads[] = {"program",          "workers",  "total", "tasks/s",
                                        "slower by [99 %]", "standing", NULL};
    const struct ppt_ranking *ranking = outcomes[0].ranking;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_ranking_sentence(ranking, &words);
    ppt_text_addf(out, "<div class=\"verdict%s\">\n", ppt_ranking_sure(ranking) ? "" : " doubtful");
    ppt_html_put(out, "<p>", words.data, ".</p>\n</div>\n");
    ppt_html_chart(out, outcomes[0].folder, "programs",
                   "Chart: tasks per second of every program at every number of workers",
                   "Whole passes, medians; bars are 95 % intervals. All programs were measured in "
                   "the same iterations, in random order.");
    ppt_html_table_begin(
        out,
        "Each program at the count that its own verdict recommends. How much "
        "slower than the first: pass by pass of the same iteration, with an interval "
        "that holds for all pairs of programs together.",
        heads);
    for (size_t i = 0; i < ranking->count; i++) {
        const struct ppt_ranked *ranked = &ranking->items[i];
        const struct ppt_outcome *outcome =
            find_program(outcomes, count, ranked->contestant.point.program);

        if (outcome) {
            add_ranked(out, ranked, outcome->config);
        }
    }
    ppt_html_table_end(out);
}

void ppt_html_index(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    const bool programs = outcomes[0].ranking;

    ppt_html_begin(out, programs ? "ppt-omp: which program?" : "ppt-omp: all runs");
    ppt_text_addf(out, "<h1>%zu %s on ", count, programs ? "programs" : "runs");
    ppt_html_add(out, outcomes[0].host->name);
    ppt_text_add(out, "</h1>\n<p class=\"soft\">");
    ppt_html_add(out, outcomes[0].host->cpu_model);
    ppt_text_addf(out, ", %u CPU%s that may be used</p>\n", outcomes[0].host->effective_cpus,
                  PPT_S(outcomes[0].host->effective_cpus));
    if (programs) {
        add_ranking(out, outcomes, count);
    }
    ppt_text_add(out,
                 "<table class=\"text\">\n<caption>The answer to each; a task leads to its own "
                 "page.</caption>\n<thead><tr><th scope=\"col\">task</th><th "
                 "scope=\"col\">arguments</th><th scope=\"col\">verdict</th><th "
                 "scope=\"col\">confidence</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < count; i++) {
        add_index_row(out, &outcomes[i]);
    }
    ppt_text_add(out, "</tbody>\n</table>\n");
    if (outcomes[0].suite_folder) {
        ppt_html_chart(out, outcomes[0].suite_folder, "overview",
                       "Chart: speedup of every task against workers",
                       "Medians with 95 % intervals; the dashed line is the ideal.");
    }
    ppt_html_end(out);
}
