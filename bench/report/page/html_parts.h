/*
 * html_parts.h - the parts of a run's page, each of which asks one question and answers it with its
 * first sentence.
 */
#ifndef PPT_REPORT_HTML_PARTS_H
#define PPT_REPORT_HTML_PARTS_H

#include "html_page.h"
#include "html_table.h"
#include "report.h"

/* ---- sections ---- */

/* How many workers: the verdict, the chart of it, and the table. */
void ppt_html_answer(struct ppt_page *page, const struct ppt_outcome *outcome);

/* What speedup is lost to, and where time goes; what more workers would do; how far that can be
 * relied on. */
void ppt_html_why(struct ppt_page *page, const struct ppt_outcome *outcome);
void ppt_html_more(struct ppt_page *page, const struct ppt_outcome *outcome);
void ppt_html_sure(struct ppt_page *page, const struct ppt_outcome *outcome);

/* How long single tasks take, of a mix by kind; how busy workers were; and all passes. */
void ppt_html_tasks(struct ppt_page *page, const struct ppt_outcome *outcome);
void ppt_html_workers(struct ppt_page *page, const struct ppt_outcome *outcome);
void ppt_html_passes(struct ppt_page *page, const struct ppt_outcome *outcome);

/* Where ranks ran, on what machine, and how to do it again. */
void ppt_html_making(struct ppt_page *page, const struct ppt_outcome *outcome);

/* ---- pieces ---- */

/* A row of a table whose rows are the summary's points, up to its first cell: the head is "4",
 * "4 × 2", "3 ranks × 4" or "sequential", and the recommended point is marked. */
void ppt_html_point_row(struct ppt_table *table, const struct ppt_outcome *outcome, size_t p);

/* The head of that column: "workers", "workers x inner threads". Returns `out`. */
const char *ppt_html_point_head(const struct ppt_outcome *outcome, char out[PPT_POINT_WORDS_SIZE]);

/* What the answer says of the summary's point; NULL: nothing. */
const struct ppt_point_answer *ppt_html_point_answer(const struct ppt_outcome *outcome, size_t p);

#endif
