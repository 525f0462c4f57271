/*
 * report.html: everything about one run for a person, the answer first; and for several runs a page
 * that leads to theirs.
 */
#include "html_index.h"
#include "html_parts.h"
#include "owned.h"
#include "report.h"

/* How it was measured, in a line. */
static void add_about(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_config *config = outcome->config;
    const size_t blocks = outcome->summary->blocks;
    struct ppt_text given PPT_OWNED(ppt_text_free) = {0};
    char inner[PPT_POINT_WORDS_SIZE];

    ppt_config_describe(config, &given);
    ppt_html_prose(out, given.data ? given.data : "");
    ppt_text_addf(out, "%s%llu task%s%s, %zu iteration%s%s, seed %llu, on ",
                  given.length > 0 ? "; " : "", (unsigned long long)config->task_count,
                  PPT_S(config->task_count), ppt_config_each(config), blocks, PPT_S(blocks),
                  ppt_config_inner_text(config, inner), (unsigned long long)config->seed);
    ppt_html_add(out, outcome->host->name);
    if (outcome->label) {
        ppt_text_add(out, "; <a href=\"../");
        ppt_html_add(out, ppt_report_page());
        ppt_text_addf(out, "\">all %s%s</a>", ppt_config_variants(outcome->config),
                      outcome->config->axis_count > 0 ? ", with their chart" : "");
    }
}

static void add_run(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static void (*const parts[])(struct ppt_page *, const struct ppt_outcome *) = {
        ppt_html_answer, ppt_html_why,     ppt_html_more,   ppt_html_sure,
        ppt_html_tasks,  ppt_html_workers, ppt_html_passes, ppt_html_making,
    };
    struct ppt_page page PPT_OWNED(ppt_page_free) = {0};
    char *title PPT_FREED = ppt_text_format("%s: how many workers?", ppt_outcome_name(outcome));

    add_about(&page.about, outcome);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        parts[i](&page, outcome);
    }
    ppt_html_finish(&page, title, title, out);
}

void ppt_html_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    if (count == 1 && !ppt_outcome_is_variant(&outcomes[0])) {
        add_run(out, &outcomes[0]);
    } else {
        ppt_html_index(out, outcomes, count);
    }
}
