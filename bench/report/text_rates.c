/*
 * What a run of several rates of arrivals prints: every rate in a row, how long tasks take at every
 * count, and whether that is what was asked for.
 */
#include "owned.h"
#include "range.h"
#include "report.h"

#include <string.h>

#define RATE_COLUMNS 10
#define RATE_CELL 12

/* "41.20 ms*", "overloaded": at a point of the policy. */
static void rates_add_cell(const struct ppt_outcome *outcome, struct ppt_point point,
                           struct ppt_text *out)
{
    const struct ppt_answer *answer = outcome->answer;
    const size_t p = ppt_grid_find(&answer->grid, point);
    struct ppt_text cell PPT_OWNED(ppt_text_free) = {0};
    char text[PPT_UNITS_SIZE];

    if (p == SIZE_MAX) {
        ppt_text_right(out, "- ", RATE_CELL);
        return;
    }
    const struct ppt_objective_point *asked = &answer->objective.points[p];
    const struct ppt_figure figure = ppt_rates_latency(answer, p);

    if (answer->points[p].latency.overloaded) {
        ppt_text_add(&cell, "overloaded ");
    } else {
        ppt_text_addf(&cell, "%s%s", figure.value > 0 ? ppt_text_duration(figure.value, text) : "-",
                      answer->objective.limit == 0 ? " "
                      : asked->keeps               ? "*"
                      : asked->breaks              ? "!"
                                                   : "?");
    }
    ppt_text_right(out, cell.data, RATE_CELL);
}

static void rates_add_heads(const struct ppt_outcome *outcome, size_t columns, struct ppt_text *out)
{
    const struct ppt_policy *policy = &outcome->policies[0];

    ppt_text_right(out, policy->name, RATE_COLUMNS);
    for (size_t p = 0; p < columns; p++) {
        char label[PPT_POINT_SIZE + 2];

        ppt_point_label(policy->points[p], ppt_config_several(outcome->config), label);
        strcat(label, " ");
        ppt_text_right(out, label, RATE_CELL);
    }
    ppt_text_add(out, "\n");
}

/* What is above the table, and below it. */
static void rates_add_line(const struct ppt_outcome *outcome, size_t count,
                           const struct ppt_terminal *terminal, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    char *subject PPT_FREED = ppt_rates_subject(outcome->answer);
    char words[PPT_POINT_WORDS_SIZE];
    char *line PPT_FREED = ppt_text_format(
        "%s: %zu rate%s, seed %llu; %s of how long tasks take from their arrival on, at %s",
        ppt_config_title(config), count, PPT_S(count), (unsigned long long)config->seed, subject,
        ppt_point_heads(ppt_point_shown(config->points[0], ppt_config_several(config)), words));

    ppt_text_wrap(out, line, terminal->width, 2);
    ppt_text_add(out, "\n");
}

void ppt_text_rates(const struct ppt_outcome *outcomes, size_t count,
                    const struct ppt_terminal *terminal, struct ppt_text *out)
{
    const struct ppt_policy *policy = &outcomes[0].policies[0];
    const size_t room = terminal->width > RATE_COLUMNS + RATE_CELL
                            ? (terminal->width - RATE_COLUMNS) / RATE_CELL
                            : 1;
    const size_t columns = policy->point_count < room ? policy->point_count : room;

    rates_add_line(&outcomes[0], count, terminal, out);
    rates_add_heads(&outcomes[0], columns, out);
    for (size_t i = 0; i < count; i++) {
        char number[PPT_RANGE_NUMBER_SIZE];

        ppt_text_right(out, ppt_range_number(outcomes[i].config->uses[0].values[0], number),
                       RATE_COLUMNS);
        for (size_t p = 0; p < columns; p++) {
            rates_add_cell(&outcomes[i], policy->points[p], out);
        }
        ppt_text_add(out, "\n");
    }
    if (policy->rates->limit_count > 0) {
        ppt_text_add(out, "  * surely kept; ! surely not; ? not known\n");
    }
    if (columns < policy->point_count) {
        ppt_text_addf(out, "  %zu more counts are in results.csv\n", policy->point_count - columns);
    }
}
