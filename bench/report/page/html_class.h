/*
 * html_class.h - what an answer is, in one word and its colour.
 */
#ifndef PPT_REPORT_HTML_CLASS_H
#define PPT_REPORT_HTML_CLASS_H

#include "compare.h"
#include "ranking.h"
#include "report.h"

enum ppt_class {
    PPT_CLASS_SETTLED,
    PPT_CLASS_UNSURE,
    PPT_CLASS_DISTURBED,  /* sure enough, but for passes that were disturbed or stopped */
    PPT_CLASS_REGRESSION, /* of a comparison, these two */
    PPT_CLASS_IMPROVEMENT
};

/* Decided by what the analysis says, and by nothing else. */
enum ppt_class ppt_class_of_verdict(const struct ppt_verdict *verdict);
enum ppt_class ppt_class_of_ranking(const struct ppt_ranking *ranking);
enum ppt_class ppt_class_of_policy(const struct ppt_policy *policy);
enum ppt_class ppt_class_of_change(enum ppt_change change);
enum ppt_class ppt_class_of_comparison(const struct ppt_comparison *comparison);

/* "settled": the word, which style.css knows as the class, too. */
extern const char *const ppt_class_names[];

/* The beginning of a box of that colour, whose first paragraph begins with the word and goes on;
 * to be ended with "</div>". */
void ppt_html_box(struct ppt_text *out, enum ppt_class class);

/* A word in that colour. */
void ppt_html_badge(struct ppt_text *out, enum ppt_class class, const char *word);

#endif
