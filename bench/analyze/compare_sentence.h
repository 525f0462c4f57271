/*
 * compare_sentence.h - what a comparison found, in words.
 */
#ifndef PPT_ANALYZE_COMPARE_SENTENCE_H
#define PPT_ANALYZE_COMPARE_SENTENCE_H

#include "claims.h"
#include "compare.h"

/* Every statement with what it rests on, see claims.h: PPT_CLAIM_VERDICT is the verdict in one
 * sentence, with neither a capital nor a full stop ("scaling got worse at 4 workers: ..."), and
 * PPT_CLAIM_DETAIL what else a user should know, as sentences with a space before each. Values,
 * intervals and limits are shifts of logarithms. */
void ppt_comparison_claims(const struct ppt_comparison *comparison, enum ppt_claim_part part,
                           struct ppt_claims *claims);

/* The words of these. */
void ppt_comparison_sentence(const struct ppt_comparison *comparison, struct ppt_text *out);
void ppt_comparison_details(const struct ppt_comparison *comparison, struct ppt_text *out);

/* A shift of logarithms in percent: "+8.1", "-0.3", "+120"; below 100 000 at most six characters.
 */
#define PPT_PERCENT_SIZE 24
const char *ppt_comparison_percent(double shift, char out[PPT_PERCENT_SIZE]);

/* " [+5.9, +10]": the ends of its interval, if there is one. */
void ppt_comparison_ends(const struct ppt_difference *difference, struct ppt_text *out);

/* The set of dimensions in which points of a comparison differ. */
unsigned ppt_comparison_several(const struct ppt_comparison *comparison);

#endif
