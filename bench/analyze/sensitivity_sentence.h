/*
 * sensitivity_sentence.h - what the search for causes says of a task, for claims.h.
 */
#ifndef PPT_ANALYZE_SENSITIVITY_SENTENCE_H
#define PPT_ANALYZE_SENSITIVITY_SENTENCE_H

#include "claims.h"

/* Adds the statements, each a sentence behind a blank: what more workers cost a task, what slows it
 * and how that is known, and whether it explains the cost. None where it was not searched for.
 * `like` says which part and topic they are of. */
void ppt_sensitivity_say(const struct ppt_answer *answer, struct ppt_claim like,
                         struct ppt_claims *claims);

/* Whether others took part in passes: nothing then explains anything. */
bool ppt_sensitivity_beside_others(const struct ppt_answer *answer);

/* "not pressed on: core, cache (2 workers): the tasks use every CPU": all that the reason of the
 * one at that place is one for. Returns false where it has been told with one of before. */
bool ppt_sensitivity_unpressed(const struct ppt_sensitivities *why, size_t which,
                               struct ppt_text *words);

/* "2 workers", "plain calls": what a row is of. Returns `out`. */
const char *ppt_sensitivity_count(const struct ppt_sensitivity_row *row, char out[PPT_UNITS_SIZE]);

/* "31 % [28, 34]": what a ratio above 1 is more. */
void ppt_sensitivity_percent(const struct ppt_ratio *ratio, struct ppt_text *words);

#endif
