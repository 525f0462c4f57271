#include "html_index.h"

#include <string.h>

#include "html_page.h"
#include "html_table.h"
#include "owned.h"
#include "sentence.h"

static void add_index_row(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const char *slash = strrchr(outcome->folder->path, '/');
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_sentence_verdict(outcome->answer, &words);
    ppt_html_put(out, "<tr><th scope=\"row\"><a href=\"../",
                 slash ? slash + 1 : outcome->folder->path, "/report.html\">");
    ppt_html_add(out, ppt_config_title(outcome->config));
    ppt_text_add(out, "</a></th>");
    ppt_html_cell(out, outcome->config->details);
    ppt_html_cell(out, words.data);
    ppt_text_add(out, "<td class=\"word\">");
    ppt_html_add(out, outcome->answer->verdict.exists
                          ? ppt_confidence_names[outcome->answer->verdict.confidence]
                          : "–");
    ppt_text_add(out, "</td></tr>\n");
}

void ppt_html_index(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count)
{
    ppt_html_begin(out, "ppt-omp: all runs");
    ppt_text_addf(out, "<h1>%zu runs on ", count);
    ppt_html_add(out, outcomes[0].host->name);
    ppt_text_add(out, "</h1>\n<p class=\"soft\">");
    ppt_html_add(out, outcomes[0].host->cpu_model);
    ppt_text_addf(out, ", %u CPU%s that may be used</p>\n", outcomes[0].host->effective_cpus,
                  PPT_S(outcomes[0].host->effective_cpus));
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
