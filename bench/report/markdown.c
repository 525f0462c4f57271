/*
 * Markdown as GitHub reads it, to be pasted into an issue: per run the verdict, the table and what
 * it was measured with.
 */
#include <stdint.h>
#include <string.h>

#include "owned.h"
#include "report.h"
#include "sentence.h"

/* Words of the user's or of the system's: nothing in them may become markup or end a line. */
static void add_escaped(struct ppt_text *out, const char *words)
{
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add_shown(&shown, words, SIZE_MAX);
    for (const char *c = shown.data; *c; c++) {
        ppt_text_addf(out, "%s%c", strchr("\\`*_[]<>|~&$#@", *c) ? "\\" : "", *c);
    }
}

static void add_heading(const struct ppt_config *config, struct ppt_text *out)
{
    ppt_text_addf(out, "### %s", ppt_config_title(config));
    if (*config->details) {
        ppt_text_add(out, " (");
        add_escaped(out, config->details);
        ppt_text_add(out, ")");
    }
    ppt_text_add(out, "\n\n");
}

static void add_verdict(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_answer *answer = outcome->answer;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_sentence_verdict(answer, &words);
    ppt_text_addf(out, "**%s: %s.**", ppt_config_title(outcome->config), words.data);
    ppt_text_free(&words);
    ppt_sentence_reason(answer, &words);
    ppt_sentence_details(answer, &words);
    if (words.length > 0) {
        ppt_text_addf(out, "%s%s", words.data[0] == ' ' ? "" : " ", words.data);
    }
    ppt_text_add(out, "\n\n");
}

static void add_row(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                    struct ppt_text *out)
{
    const struct ppt_answer *answer = outcome->answer;
    const size_t point = ppt_grid_find(&answer->grid, p->point);
    const char *bold = answer->verdict.exists && point == answer->verdict.recommended ? "**" : "";
    char label[PPT_POINT_SIZE], init[PPT_UNITS_SIZE], work[PPT_UNITS_SIZE], task[PPT_UNITS_SIZE],
        total[PPT_UNITS_SIZE], rate[PPT_UNITS_SIZE];

    ppt_text_addf(out, "| %s%s%s%s | %s | %s | %s | %s | %s | ", bold,
                  ppt_point_label(p->point, ppt_config_several(outcome->config), label), bold,
                  ppt_host_beyond(outcome->host, p->point) ? " \\*" : "",
                  ppt_text_duration(p->shown.init_s, init),
                  ppt_text_duration(p->shown.work_s, work),
                  ppt_text_duration(p->task_s.median, task),
                  ppt_text_duration(p->shown.total_s, total), ppt_text_rate(p->shown.rate, rate));
    if (point != SIZE_MAX && answer->grid.block_count > 0) {
        struct ppt_ratio speedup = answer->points[point].over_fewest;

        speedup.interval.exists &= point > 0;
        ppt_sentence_ratio(&speedup, out);
    }
    ppt_text_add(out, " |\n");
}

static void add_table(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    ppt_text_add(out, "| workers | init | work | task avg | total | tasks/s | speedup [95 %] |\n"
                      "| ---: | ---: | ---: | ---: | ---: | ---: | :--- |\n");
    for (size_t p = 0; p < outcome->summary->count; p++) {
        add_row(outcome, &outcome->summary->points[p], out);
    }
    ppt_text_add(out, "\n");
}

static void add_conditions(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_summary *summary = outcome->summary;
    const unsigned long long tasks = config->task_count;
    const unsigned cpus = outcome->host->effective_cpus;
    char inner[PPT_POINT_WORDS_SIZE];

    ppt_text_addf(out,
                  "%llu task%s per pass, %zu iteration%s%s, seed %llu; medians over iterations.",
                  tasks, PPT_S(tasks), summary->blocks, PPT_S(summary->blocks),
                  ppt_config_inner_text(config, inner), (unsigned long long)config->seed);
    for (size_t d = PPT_WORKERS + 1; d < PPT_DIMENSION_COUNT; d++) {
        if (ppt_config_several(config) & PPT_ONLY(d)) {
            ppt_text_addf(out, " %s.", ppt_dimensions[d].legend);
        }
    }
    if (summary->count > 0 &&
        ppt_host_beyond(outcome->host, summary->points[summary->count - 1].point)) {
        ppt_text_addf(out, " \\* more threads than the %u CPU%s that may be used.", cpus,
                      PPT_S(cpus));
    }
    if (summary->count > 0 && summary->points[0].point.workers != 0) {
        ppt_text_addf(out, " Speedup is over %u worker%s.",
                      ppt_point_workers(summary->points[0].point),
                      PPT_S(ppt_point_workers(summary->points[0].point)));
    }
    ppt_text_addf(out, " %u CPU%s: ", cpus, PPT_S(cpus));
    add_escaped(out, outcome->host->cpu_model);
    ppt_text_add(out, "; ");
    add_escaped(out, outcome->host->system);
    ppt_text_add(out, "; ");
    add_escaped(out, outcome->program);
    ppt_text_add(out, ", ");
    add_escaped(out, outcome->started);
    ppt_text_add(out, ".\n");
}

void ppt_markdown_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    for (size_t i = 0; i < count; i++) {
        ppt_text_add(out, i ? "\n" : "");
        add_heading(outcomes[i].config, out);
        add_verdict(&outcomes[i], out);
        add_table(&outcomes[i], out);
        add_conditions(&outcomes[i], out);
    }
}
