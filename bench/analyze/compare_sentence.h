/*
 * compare_sentence.h - what a comparison found, in words.
 */
#ifndef PPT_ANALYZE_COMPARE_SENTENCE_H
#define PPT_ANALYZE_COMPARE_SENTENCE_H

#include "compare.h"
#include "text.h"

/* The verdict in one sentence, with neither a capital nor a full stop: "scaling got worse at 4
 * workers: ...". */
void ppt_comparison_sentence(const struct ppt_comparison *comparison, struct ppt_text *out);

/* Everything else that a user should know, as sentences with a space before each: what speedups
 * did beside times, points that became faster all the same, what runs of one side differ by. */
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
