/*
 * objective_sentence.h - what an objective other than time says of counts, for claims.h.
 *
 * Functions add the words of a statement, and return the claim that these make.
 */
#ifndef PPT_ANALYZE_OBJECTIVE_SENTENCE_H
#define PPT_ANALYZE_OBJECTIVE_SENTENCE_H

#include "answer.h"
#include "claims.h"

/* What the verdict is for: " for the least cost", behind "use 2 workers"; nothing where it is time.
 */
void ppt_objective_purpose(const struct ppt_answer *answer, struct ppt_text *words);

/* What figures are, by kind of objective: "what 1000 tasks cost". */
extern const char *const ppt_objective_heads[];

/* What was found of a point: "1000 tasks cost 0.0123 [0.0121, 0.0125]", of each figure; and whether
 * that keeps the limit. Nothing where nothing is known. */
void ppt_objective_found(const struct ppt_answer *answer, size_t point, struct ppt_text *words);

/* How well the recommended count meets it: ": 99 % of tasks are done within 41 ms". */
struct ppt_claim ppt_objective_bound(const struct ppt_answer *answer, struct ppt_text *words);

/* Why it is not the fastest count, or not fewer workers. */
struct ppt_claim ppt_objective_because(const struct ppt_answer *answer, struct ppt_text *words);

/* Whether that can be told: some count is surely faster, or does with less. */
bool ppt_objective_binds(const struct ppt_answer *answer);

/* That no count surely keeps it. */
struct ppt_claim ppt_objective_none(const struct ppt_answer *answer, struct ppt_text *words);

#endif
