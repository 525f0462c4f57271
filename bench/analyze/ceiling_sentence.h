/*
 * ceiling_sentence.h - what is said of how near tasks come to what the machine can do, for
 * claims.h.
 */
#ifndef PPT_ANALYZE_CEILING_SENTENCE_H
#define PPT_ANALYZE_CEILING_SENTENCE_H

#include "answer.h"
#include "claims.h"

/* Adds the words for the recommended point, of the ceiling that it comes nearest to, and sets the
 * claim that they make; false: none is known, or none is near. */
bool ppt_ceiling_claim(const struct ppt_answer *answer, struct ppt_claim *claim,
                       struct ppt_text *words);

#endif
