/*
 * sentence.h - the answer in words.
 */
#ifndef PPT_ANALYZE_SENTENCE_H
#define PPT_ANALYZE_SENTENCE_H

#include "answer.h"
#include "claims.h"
#include "text.h"

/* "1.71x [1.69, 1.73]", three significant digits. */
void ppt_sentence_ratio(const struct ppt_ratio *ratio, struct ppt_text *out);

/* The verdict in one sentence: the count, how much slower than the best it may be, the speedup and
 * its interval; or why there is no verdict, and what it would take. No newline. */
void ppt_sentence_verdict(const struct ppt_answer *answer, struct ppt_text *out);

/* What would settle a verdict that says how many more blocks it needs: "--iterations 72"; "about 72
 * iterations" where the passes were timed by others. */
void ppt_sentence_needed(const struct ppt_answer *answer, struct ppt_text *out);

/* So many rows of a grid that is `grouped`, or is not: "5 processes", "5 iterations", which is what
 * people know blocks as; and the options of a run that has as many. */
void ppt_sentence_rows(bool grouped, size_t rows, struct ppt_text *out);
void ppt_sentence_row_options(bool grouped, size_t rows, struct ppt_text *out);

/* Why it is so, in one clause with a full stop: "2 of 2 CPUs are busy." */
void ppt_sentence_reason(const struct ppt_answer *answer, struct ppt_text *out);

/* Everything else that a user should know, as short sentences one after the other: inflation,
 * break-even, what more workers or CPUs bring, the cost of using all CPUs, drift, disturbance. */
void ppt_sentence_details(const struct ppt_answer *answer, struct ppt_text *out);

/* The same statements by the question that they answer: reasons and details of one topic, a space
 * before each sentence; nothing where there are none. */
void ppt_sentence_topic(const struct ppt_answer *answer, enum ppt_claim_topic topic,
                        struct ppt_text *out);

/* How sure the verdict is and what it lacks, as one sentence with a full stop, without its
 * cautions: these are the topic's. */
void ppt_sentence_sure(const struct ppt_answer *answer, struct ppt_text *out);

#endif
