/*
 * The table that a run prints: at most 80 columns, medians over blocks.
 */
#include "report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "sentence.h"

static void add_right(struct ppt_text *out, const char *text, size_t width)
{
    for (size_t columns = ppt_text_columns(text); columns < width; columns++) {
        ppt_text_add(out, " ");
    }
    ppt_text_add(out, text);
}

static void add_duration(struct ppt_text *out, const struct ppt_stat *stat)
{
    char text[PPT_UNITS_SIZE];

    add_right(out, ppt_text_duration(stat->median, text), 10);
}

/* Over the fewest workers that were measured; the point itself has nothing to compare with. */
static void add_speedup(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                        struct ppt_text *out)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    const size_t point = ppt_grid_find(grid, p->point);
    struct ppt_text text = {0};

    if (point == SIZE_MAX || grid->block_count == 0) {
        return;
    }
    struct ppt_ratio speedup = outcome->answer->points[point].over_fewest;
    speedup.interval.exists &= point > 0;
    ppt_sentence_ratio(&speedup, &text);
    /* Aligned at the "x" behind the value. */
    for (size_t columns = strcspn(text.data, "x"); columns < 7; columns++) {
        ppt_text_add(out, " ");
    }
    ppt_text_add(out, text.data);
    ppt_text_free(&text);
}

static void add_row(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                    struct ppt_text *out)
{
    const bool beyond = ppt_point_threads(p->point) > outcome->host->effective_cpus;
    char text[PPT_UNITS_SIZE], label[PPT_POINT_SIZE + 1];

    label[0] = '*';
    ppt_point_label(p->point, outcome->config->inner_count > 1, label + 1);
    add_right(out, label + !beyond, 9);
    add_duration(out, &p->init_s);
    add_duration(out, &p->work_s);
    add_duration(out, &p->task_s);
    add_duration(out, &p->total_s);
    add_right(out, ppt_text_rate(p->rate.median, text), 10);
    add_speedup(outcome, p, out);
    ppt_text_add(out, "\n");
}

/* From here on page faults weigh in: each costs about as much as filling the page. */
#define FAULTS_PER_TASK 8

/* Below this a task is not much longer than handing it out and timing it take. */
#define SHORT_TASK_S 20e-6

static void add_notes(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    const unsigned cpus = outcome->host->effective_cpus;
    char text[PPT_UNITS_SIZE];

    if (summary->count == 0) {
        ppt_text_add(out, "  no complete pass was measured\n");
        return;
    }
    if (outcome->config->inner_count > 1) {
        ppt_text_add(out, "  4x2: 4 workers whose tasks use 2 threads each\n");
    }
    if (ppt_point_threads(summary->points[summary->count - 1].point) > cpus) {
        ppt_text_addf(out, "  * more %s than the %u CPU%s that may be used\n",
                      summary->points[summary->count - 1].point.inner_threads > 1 ? "threads"
                                                                                  : "workers",
                      cpus, cpus == 1 ? "" : "s");
    }
    if (summary->points[0].point.workers != 0) {
        const unsigned fewest = summary->points[0].point.workers;

        ppt_text_addf(out, "  speedup is over %u worker%s: 0 (sequential calls) was not measured\n",
                      fewest, fewest == 1 ? "" : "s");
    }
    const double faults =
        summary->points[0].task_faults.median / (double)outcome->config->task_count;
    if (faults >= FAULTS_PER_TASK) {
        ppt_text_addf(out, "  a task takes %.0f page faults: it works on memory that is new\n",
                      faults);
    }
    if (summary->points[0].task_s.median < SHORT_TASK_S) {
        ppt_text_addf(out, "  a task takes only %s: handing it out and timing it weigh in\n",
                      ppt_text_duration(summary->points[0].task_s.median, text));
    }
}

#define WIDTH 80

/* "sort (1000000): 100 tasks, 10 blocks, seed 7"; long arguments get a line of their own. */
static void add_heading(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const unsigned long long tasks = config->task_count;
    const size_t blocks = outcome->summary->blocks, details = ppt_text_columns(config->details);
    char *rest =
        ppt_text_format("%llu task%s, %zu block%s, seed %llu", tasks, tasks == 1 ? "" : "s", blocks,
                        blocks == 1 ? "" : "s", (unsigned long long)config->seed);

    if (strlen(config->task) + details + strlen(rest) + 5 <= WIDTH) {
        ppt_text_addf(out, "%s (%s): %s\n", config->task, config->details, rest);
    } else if (details <= WIDTH - 2) {
        ppt_text_addf(out, "%s: %s\n  %s\n", config->task, rest, config->details);
    } else {
        ppt_text_addf(out, "%s: %s\n  %.*s...\n", config->task, rest, WIDTH - 5, config->details);
    }
    free(rest);
}

/* Of a mix: how long tasks of each kind take at up to six worker counts. */
static void add_kinds(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const size_t points = config->point_count < 6 ? config->point_count : 6;
    struct ppt_kinds kinds;
    char text[PPT_UNITS_SIZE];

    ppt_kinds_of(config, outcome->samples, &kinds);
    if (kinds.count > 0) {
        ppt_text_add(out, "  task avg by workers:");
        for (size_t p = 0; p < points; p++) {
            char label[PPT_POINT_SIZE];

            add_right(out, ppt_point_label(config->points[p], config->inner_count > 1, label), 10);
        }
        ppt_text_add(out, "\n");
    }
    for (size_t k = 0; k < kinds.count; k++) {
        const size_t start = out->length;

        ppt_text_addf(out, "    %s", kinds.items[k].kernel->name);
        ppt_text_pad(out, start, 22);
        for (size_t p = 0; p < points; p++) {
            add_right(out,
                      kinds.items[k].task_s[p] > 0
                          ? ppt_text_duration(kinds.items[k].task_s[p], text)
                          : "-",
                      10);
        }
        ppt_text_add(out, "\n");
    }
    ppt_kinds_free(&kinds);
}

/* Adds words, broken into lines of at most 80 columns. */
static void add_wrapped(const char *words, struct ppt_text *out)
{
    size_t column = 0;

    while (*words) {
        const size_t length = strcspn(words, " ");
        char *word = ppt_text_format("%.*s", (int)length, words);
        const size_t columns = ppt_text_columns(word);

        if (column > 0 && column + 1 + columns > WIDTH) {
            ppt_text_add(out, "\n");
            column = 0;
        }
        ppt_text_addf(out, "%s%s", column > 0 ? " " : "", word);
        column += columns + (column > 0);
        words += length + strspn(words + length, " ");
        free(word);
    }
    ppt_text_add(out, "\n");
}

/* The verdict, and below it what it rests on. */
static void add_answer(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    struct ppt_text words = {0};

    ppt_text_addf(&words, "%s: ", outcome->config->task);
    ppt_sentence_verdict(outcome->answer, &words);
    ppt_text_add(&words, ".");
    add_wrapped(words.data, out);
    ppt_text_free(&words);
    ppt_sentence_reason(outcome->answer, &words);
    ppt_sentence_details(outcome->answer, &words);
    if (words.length > 0) {
        add_wrapped(words.data, out);
    }
    ppt_text_free(&words);
}

void ppt_text_table(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;

    add_heading(outcome, out);
    ppt_text_add(out, "  workers      init      work  task avg     total   tasks/s speedup "
                      "[95 %]\n");
    for (size_t i = 0; i < summary->count; i++) {
        add_row(outcome, &summary->points[i], out);
    }
    add_kinds(outcome, out);
    add_notes(outcome, out);
    add_answer(outcome, out);
}
