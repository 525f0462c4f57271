/*
 * reason.h - why the recommended point is what it is.
 */
#ifndef PPT_ANALYZE_REASON_H
#define PPT_ANALYZE_REASON_H

#include "answer.h"

/* Sets answer->reason from everything else in
 * the answer. */
void ppt_reason_find(struct ppt_answer *answer);

/* The most that any count of the row beyond the recommended one is faster: the largest estimate,
 * and the largest ends of their 90 % intervals; value 0: there is none. */
struct ppt_ratio ppt_reason_gain_of_more(const struct ppt_answer *answer);

/* How much faster the row's last point is than the one before; value 0: there is none. */
struct ppt_ratio ppt_reason_rise(const struct ppt_answer *answer);

#endif
