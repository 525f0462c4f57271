/*
 * html_index.h - the page of a suite.
 */
#ifndef PPT_REPORT_HTML_INDEX_H
#define PPT_REPORT_HTML_INDEX_H

#include "report.h"

/* A line for each run, which leads to its page, and the chart of all; of several programs of a run
 * likewise, below how they stand. */
void ppt_html_index(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count);

#endif
