/*
 * What compare prints: a row for every point that both sides have.
 */
#include "compare_report.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "compare_sentence.h"
#include "owned.h"
#include "sentence.h"

#define WIDTH 80
#define LONGEST_DETAILS 40
#define SHORTEST_DETAILS 10

/* "+8.1 % [+5.9, +10]", aligned at the percent sign. */
static void add_change(const struct ppt_difference *difference, struct ppt_text *out)
{
    char text[PPT_PERCENT_SIZE];

    ppt_text_right(out, ppt_comparison_percent(difference->shift, text), 8);
    ppt_text_add(out, " %");
    ppt_comparison_ends(difference, out);
}

/* In capitals what ends with an exit code of its own. */
static const char *verdict_of(enum ppt_change change)
{
    return change == PPT_CHANGE_SLOWER ? "SLOWER" : ppt_change_names[change];
}

static void add_row(const struct ppt_comparison *comparison, size_t i, struct ppt_text *out)
{
    const struct ppt_compared_point *point = &comparison->points[i];
    const size_t start = out->length;
    char text[PPT_UNITS_SIZE], label[PPT_POINT_SIZE], percent[PPT_PERCENT_SIZE];

    ppt_text_right(out, ppt_point_label(point->point, ppt_comparison_several(comparison), label),
                   9);
    ppt_text_right(out, ppt_text_duration(point->old_s.median, text), 10);
    ppt_text_right(out, ppt_text_duration(point->new_s.median, text), 10);
    add_change(&point->time, out);
    ppt_text_pad(out, start, 56);
    ppt_text_addf(out, " %s", verdict_of(point->time.change));
    if (point->has_speedup) {
        /* A star: a change that its own interval shows. */
        const enum ppt_change change = point->speedup.change;
        const bool sure = change == PPT_CHANGE_SLOWER || change == PPT_CHANGE_IMPROVED;

        ppt_text_pad(out, start, 69);
        ppt_text_right(out, ppt_comparison_percent(point->speedup.shift, percent), 7);
        ppt_text_addf(out, " %%%s", sure ? "*" : "");
    }
    ppt_text_add(out, "\n");
}

/* Of a long path the end: that is where runs differ. */
static void add_folder(const char *path, size_t columns, struct ppt_text *out)
{
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add_shown(&shown, path, SIZE_MAX);
    const char *folder = shown.data;
    const bool whole = ppt_text_columns(folder) <= columns;

    while (!whole && ppt_text_columns(folder) + 3 > columns) {
        folder++;
    }
    /* Not from within a character. */
    while (((unsigned char)*folder & 0xc0) == 0x80) {
        folder++;
    }
    ppt_text_addf(out, "%s%s", whole ? "" : "...", folder);
}

static void add_side(const char *name, const struct ppt_outcome *runs, size_t count, size_t blocks,
                     bool grouped, struct ppt_text *out)
{
    const char *more = count > 1 ? ", ..." : "";
    const size_t start = out->length;

    ppt_text_addf(out, "  %s: ", name);
    ppt_sentence_rows(grouped, blocks, out);
    if (count > 1) {
        ppt_text_addf(out, " in %zu runs", count);
    }
    ppt_text_add(out, ", ");
    add_folder(runs[0].folder->path, WIDTH - ppt_text_columns(out->data + start) - strlen(more),
               out);
    ppt_text_addf(out, "%s\n", more);
}

/* "only old: 8, 16": points that are not in all runs, by the sides that have them in some. */
static void add_alone(const struct ppt_comparison *comparison, const char *words, bool old,
                      bool new, struct ppt_text *out)
{
    char label[PPT_POINT_SIZE];
    size_t count = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];

        if (!point->common && (point->old_s.n > 0) == old && (point->new_s.n > 0) == new) {
            ppt_text_addf(out, "%s%s", count++ > 0 ? ", " : words,
                          ppt_point_label(point->point, ppt_comparison_several(comparison), label));
        }
    }
    if (count > 0) {
        ppt_text_add(out, "\n");
    }
}

static void add_verdict(const struct ppt_comparison_outcome *outcome, struct ppt_text *out)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_text_addf(&words, "%s: ", ppt_config_subject(outcome->old_runs[0].config));
    ppt_comparison_sentence(outcome->comparison, &words);
    ppt_text_add(&words, ".");
    ppt_comparison_details(outcome->comparison, &words);
    ppt_text_wrap(out, words.data, WIDTH, 0);
    ppt_text_add(out, "\n");
}

/* What may look as if figures contradicted each other. */
static void add_notes(const struct ppt_comparison *comparison, struct ppt_text *out)
{
    const enum ppt_change change = comparison->change;

    if (comparison->common == 0) {
        return;
    }
    ppt_text_add(out,
                 "  old, new: medians; time: of trimmed means, which need not have their ratio\n");
    if (change != PPT_CHANGE_SLOWER && change != PPT_CHANGE_INCONCLUSIVE) {
        ppt_text_add(out,
                     "  at any point: of the largest change alone, closer than for all at once\n");
    }
}

/* What the first line has room for beside its other words, of which this is the longest form. */
static size_t room_for_details(const struct ppt_config *config)
{
    const int others = snprintf(NULL, 0, "%s (): %llu tasks; a change counts from 0.123 %% on",
                                ppt_config_subject(config), (unsigned long long)config->task_count);

    return others > WIDTH - SHORTEST_DETAILS  ? SHORTEST_DETAILS
           : others < WIDTH - LONGEST_DETAILS ? LONGEST_DETAILS
                                              : (size_t)(WIDTH - others);
}

void ppt_comparison_text(const struct ppt_comparison_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    const struct ppt_config *config = outcome->old_runs[0].config;
    const unsigned long long tasks = config->task_count;
    char label[PPT_POINT_SIZE];

    ppt_text_addf(out, "%s (", ppt_config_subject(config));
    ppt_text_add_shown(out, config->details, room_for_details(config));
    ppt_text_addf(out, "): %llu task%s; a change counts from %.3g %% on\n", tasks, PPT_S(tasks),
                  100 * comparison->rules.threshold);
    if (outcome->different) {
        const struct ppt_config *other = outcome->new_runs[0].config;

        ppt_text_addf(out, "  new: %s (", ppt_config_subject(other));
        ppt_text_add_shown(out, other->details, room_for_details(other));
        ppt_text_add(out, ")\n");
    }
    if (outcome->percentile > 0) {
        ppt_text_addf(
            out, "  times are what %g %% of tasks take no longer than, from their arrival on\n",
            outcome->percentile);
    }
    add_side("old", outcome->old_runs, outcome->old_count, comparison->old_blocks,
             comparison->grouped, out);
    add_side("new", outcome->new_runs, outcome->new_count, comparison->new_blocks,
             comparison->grouped, out);
    if (comparison->common > 0) {
        ppt_text_addf(out, "  workers       old       new    time [95 %% for all]     verdict%s\n",
                      outcome->percentile > 0 ? "" : "       speedup");
    }
    for (size_t i = 0; i < comparison->point_count; i++) {
        if (comparison->points[i].common) {
            add_row(comparison, i, out);
        }
    }
    add_alone(comparison, "  only old: ", true, false, out);
    add_alone(comparison, "  only new: ", false, true, out);
    add_alone(comparison, "  not in all runs: ", true, true, out);
    if (comparison->common > 1 && outcome->percentile <= 0) {
        ppt_text_addf(out, "  speedup is over %s worker%s, * where its change is sure\n",
                      ppt_point_label(comparison->points[comparison->base].point,
                                      ppt_comparison_several(comparison), label),
                      PPT_S(comparison->points[comparison->base].point.workers));
    }
    add_notes(comparison, out);
    add_verdict(outcome, out);
}
