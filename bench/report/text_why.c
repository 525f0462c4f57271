/*
 * What slows the task, as a table: a row for each resource, a column for each number of workers.
 */
#include <string.h>

#include "claims.h"
#include "owned.h"
#include "report.h"
#include "sensitivity_sentence.h"
#include "sentence.h"

#define RESOURCE_COLUMNS 22
#define RATIO_COLUMNS 22

static void add_cell(const struct ppt_sensitivity_row *row, enum ppt_resource resource,
                     struct ppt_text *out)
{
    const struct ppt_sensitivity *found = ppt_sensitivity_find(row, resource);
    struct ppt_text cell PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add(&cell, found ? "" : "-");
    if (found) {
        ppt_sentence_ratio(&found->slowdown, &cell);
    }
    ppt_text_right(out, cell.data, RATIO_COLUMNS);
}

static bool is_pressed(const struct ppt_sensitivities *why, enum ppt_resource resource)
{
    bool pressed = false;

    for (size_t i = 0; i < why->row_count; i++) {
        pressed |= ppt_sensitivity_find(&why->rows[i], resource) != NULL;
    }
    return pressed;
}

static void add_unpressed(const struct ppt_sensitivities *why, size_t width, struct ppt_text *out)
{
    for (size_t i = 0; i < why->unpressed_count; i++) {
        struct ppt_text line PPT_OWNED(ppt_text_free) = {0};

        if (ppt_sensitivity_unpressed(why, i, &line)) {
            ppt_text_add(out, "  ");
            ppt_text_wrap(out, line.data, width - 2, 2);
            ppt_text_add(out, "\n");
        }
    }
}

void ppt_text_why(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                  struct ppt_text *out)
{
    const struct ppt_sensitivities *why = &outcome->answer->why;
    size_t start = out->length;

    if (why->blocks == 0) {
        return;
    }
    ppt_text_add(out, "  beside pressure on");
    ppt_text_pad(out, start, RESOURCE_COLUMNS);
    for (size_t i = 0; i < why->row_count; i++) {
        char head[PPT_UNITS_SIZE];

        ppt_text_right(out, ppt_sensitivity_count(&why->rows[i], head), RATIO_COLUMNS);
    }
    ppt_text_add(out, "\n");
    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        if (!is_pressed(why, (enum ppt_resource)r)) {
            continue;
        }
        start = out->length;
        ppt_text_addf(out, "    %s", ppt_resources[r].name);
        ppt_text_pad(out, start, RESOURCE_COLUMNS);
        for (size_t i = 0; i < why->row_count; i++) {
            add_cell(&why->rows[i], (enum ppt_resource)r, out);
        }
        ppt_text_add(out, "\n");
    }
    add_unpressed(why, terminal->width, out);
}

void ppt_text_why_sentence(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                           struct ppt_text *out)
{
    struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_sensitivity_say(outcome->answer, (struct ppt_claim){.part = PPT_CLAIM_DETAIL}, &claims);
    ppt_claims_join(&claims, &words);
    if (words.length > 0) {
        ppt_text_wrap(out, words.data + 1, terminal->width, 0);
        ppt_text_add(out, "\n");
    }
}
