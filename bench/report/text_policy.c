/*
 * What a run of several sizes prints: every size in a row, its time at every count, and from which
 * size on how many workers.
 */
#include "compare_report.h"
#include "report.h"

#include <string.h>

#include "owned.h"
#include "range.h"
#include "vary.h"

#define CELL 11

static void policy_add_colour(const struct ppt_terminal *terminal, bool sure, bool begins,
                              struct ppt_text *out)
{
    if (terminal->colour) {
        ppt_text_add(out, begins ? sure ? "\033[1;32m" : "\033[1;33m" : "\033[0m");
    }
}

/* As many points as there is room for. */
static size_t policy_columns_of(const struct ppt_config *config,
                                const struct ppt_terminal *terminal, size_t before)
{
    const size_t room = terminal->width > before + 20 ? (terminal->width - before - 20) / CELL : 1;

    return config->point_count < room ? config->point_count : room;
}

static bool policy_is_chosen(const struct ppt_outcome *outcome, struct ppt_point point)
{
    const double size = outcome->config->uses[0].values[0];

    for (size_t i = 0; i < outcome->policy_count; i++) {
        const struct ppt_policy *policy = &outcome->policies[i];

        for (size_t s = 0; s < policy->size_count; s++) {
            if (policy->sizes[s].size == size &&
                ppt_policy_covers(policy, outcome->config->uses[0].label)) {
                return ppt_point_same(policy->points[policy->sizes[s].choice], point);
            }
        }
    }
    return false;
}

static const struct ppt_point_summary *summary_of_point(const struct ppt_outcome *outcome,
                                                        struct ppt_point point)
{
    for (size_t i = 0; i < outcome->summary->count; i++) {
        if (ppt_point_same(outcome->summary->points[i].point, point)) {
            return &outcome->summary->points[i];
        }
    }
    return NULL;
}

/* What each count takes for a task of this size. */
static void policy_add_size(const struct ppt_outcome *outcome, size_t columns, size_t width,
                            struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    const size_t start = out->length;
    char text[PPT_UNITS_SIZE], number[PPT_RANGE_NUMBER_SIZE];

    for (size_t i = 0; i < config->axis_count; i++) {
        ppt_text_addf(out, "%s%s", i == 0 ? "  " : ", ",
                      ppt_range_number(config->uses[0].values[i], number));
    }
    ppt_text_pad(out, start, width);
    snprintf(text, sizeof(text), "%llu", (unsigned long long)config->task_count);
    ppt_text_right(out, text, 9);
    for (size_t p = 0; p < columns; p++) {
        const struct ppt_point_summary *summary = summary_of_point(outcome, config->points[p]);
        const double tasks = (double)ppt_config_tasks(config, config->points[p]);
        struct ppt_text cell PPT_OWNED(ppt_text_free) = {0};

        ppt_text_addf(&cell, "%s%s",
                      summary ? ppt_text_duration(summary->shown.total_s / tasks, text) : "-",
                      policy_is_chosen(outcome, config->points[p]) ? "*" : " ");
        ppt_text_right(out, cell.data, CELL);
    }
    ppt_text_right(out, verdict->exists ? ppt_confidence_names[verdict->confidence] : "-", 8);
    ppt_text_add(out, "\n");
}

static void policy_add_head(const struct ppt_outcome *outcome, size_t columns, size_t width,
                            struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const size_t start = out->length;

    for (size_t i = 0; i < config->axis_count; i++) {
        ppt_text_addf(out, "%s%s", i == 0 ? "  " : ", ", config->axes[i].name);
    }
    ppt_text_pad(out, start, width);
    ppt_text_right(out, "tasks", 9);
    for (size_t p = 0; p < columns; p++) {
        char label[PPT_POINT_SIZE + 2];

        ppt_point_label(config->points[p], ppt_config_several(config), label);
        strcat(label, " ");
        ppt_text_right(out, label, CELL);
    }
    ppt_text_add(out, "   sure\n");
}

static void policy_add_table(const struct ppt_outcome *outcomes, size_t count,
                             const struct ppt_terminal *terminal, struct ppt_text *out)
{
    const struct ppt_config *config = outcomes[0].config;
    const size_t width = 8 + 6 * config->axis_count;
    const size_t columns = policy_columns_of(config, terminal, width);
    char words[PPT_POINT_WORDS_SIZE];

    char *line PPT_FREED = ppt_text_format(
        "%s: %zu size%s, seed %llu; the time of a pass by its tasks, at %s",
        ppt_config_title(config), count, PPT_S(count), (unsigned long long)config->seed,
        ppt_point_heads(ppt_point_shown(config->points[0], ppt_config_several(config)), words));

    ppt_text_wrap(out, line, terminal->width, 2);
    ppt_text_add(out, "\n");
    policy_add_head(&outcomes[0], columns, width, out);
    for (size_t i = 0; i < count; i++) {
        policy_add_size(&outcomes[i], columns, width, out);
    }
    ppt_text_add(out, "  * what the policy says; pass: all tasks at one count\n");
    if (columns < config->point_count) {
        ppt_text_addf(out, "  %zu more counts are in results.csv\n", config->point_count - columns);
    }
}

void ppt_text_policies(const struct ppt_outcome *outcomes, size_t count, bool quiet,
                       const struct ppt_terminal *terminal, struct ppt_text *out)
{
    if (!quiet && count > 0 && outcomes[0].policies[0].rates) {
        ppt_text_rates(outcomes, count, terminal, out);
    } else if (!quiet && count > 0) {
        policy_add_table(outcomes, count, terminal, out);
    }
    for (size_t i = 0; count > 0 && i < outcomes[0].policy_count; i++) {
        const struct ppt_policy *policy = &outcomes[0].policies[i];
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
        const bool sure =
            ppt_policy_exists(policy) && ppt_policy_confidence(policy) == PPT_CONFIDENCE_HIGH;

        ppt_text_addf(&words, "%s: ", ppt_config_title(outcomes[0].config));
        ppt_policy_sentence(policy, &words);
        ppt_text_add(&words, ".");
        policy_add_colour(terminal, sure, true, out);
        ppt_text_wrap(out, words.data, terminal->width, 0);
        policy_add_colour(terminal, sure, false, out);
        ppt_text_add(out, "\n");
    }
}

/* ---- two runs of them ---- */

void ppt_policy_comparison_text(const struct ppt_policy_comparison *comparisons, size_t count,
                                struct ppt_text *out)
{
    for (size_t i = 0; i < count; i++) {
        const char *where = comparisons[i].new->where;
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        ppt_text_addf(&words, "%s%s%s: ", comparisons[i].new->name ? comparisons[i].new->name : "",
                      where ? " with " : "", where ? where : "");
        ppt_policy_comparison_sentence(&comparisons[i], &words);
        ppt_text_add(&words, ".");
        ppt_text_wrap(out, words.data, 80, 0);
        ppt_text_add(out, "\n");
    }
    if (count == 0) {
        ppt_text_add(out, "nothing that varies is in both runs\n");
    }
}
