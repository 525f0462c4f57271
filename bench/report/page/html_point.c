/*
 * Rows of the tables whose rows are points.
 */
#include <stdint.h>

#include "html_parts.h"

/* The words of the row's head. */
static void add_point(struct ppt_text *out, const struct ppt_outcome *outcome,
                      struct ppt_point point)
{
    const unsigned shown = ppt_point_shown(point, ppt_config_several(outcome->config));
    char words[PPT_POINT_WORDS_SIZE];

    ppt_text_add(out, ppt_point_words(point, shown & PPT_ONLY(PPT_RANKS), "", "", words));
    if (point.workers == 0) {
        ppt_text_add(out, ppt_dimensions[PPT_WORKERS].none);
    } else {
        ppt_text_addf(out, "%s%u", point.ranks > 0 ? " × " : "", point.workers);
    }
    for (size_t d = PPT_WORKERS + 1; d < PPT_DIMENSION_COUNT; d++) {
        if (shown & PPT_ONLY(d)) {
            ppt_text_addf(out, " × %u", ppt_point_get(point, d));
        }
    }
    ppt_text_add(out, ppt_host_beyond(outcome->host, point) ? " *" : "");
}

void ppt_html_point_row(struct ppt_table *table, const struct ppt_outcome *outcome, size_t p)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    const struct ppt_point point = outcome->summary->points[p].point;
    const bool chosen = verdict->exists &&
                        ppt_point_same(outcome->answer->grid.points[verdict->recommended], point);

    ppt_html_row(table, chosen ? " class=\"chosen\"" : "");
    ppt_html_row_head_begin(table);
    add_point(table->out, outcome, point);
    ppt_html_row_head_end(table);
}

const char *ppt_html_point_head(const struct ppt_outcome *outcome, char out[PPT_POINT_WORDS_SIZE])
{
    return ppt_point_heads(
        PPT_ONLY(PPT_WORKERS) | (ppt_config_several(outcome->config) & PPT_OF_TASK), out);
}

const struct ppt_point_answer *ppt_html_point_answer(const struct ppt_outcome *outcome, size_t p)
{
    const size_t found = ppt_grid_find(&outcome->answer->grid, outcome->summary->points[p].point);

    return found == SIZE_MAX ? NULL : &outcome->answer->points[found];
}
