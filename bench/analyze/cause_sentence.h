/*
 * cause_sentence.h - statements of what makes tasks take longer side by side, where that is known
 * from more than CPU time: by hardware counters, or by what the tasks waited for.
 */
#ifndef PPT_ANALYZE_CAUSE_SENTENCE_H
#define PPT_ANALYZE_CAUSE_SENTENCE_H

#include "claims.h"

/* Adds the statements, which go on from "Tasks run 27 % slower side by side", with the part and
 * topic of `like`; their last one has no full stop. False: nothing is known, and none was added. */
bool ppt_cause_add(const struct ppt_point_answer *point, struct ppt_claim like,
                   struct ppt_claims *claims);

/* ", for a device": what tasks that mostly wait do so for; "" where that is not known. */
const char *ppt_cause_of_waiting(const struct ppt_answer *answer);

#endif
