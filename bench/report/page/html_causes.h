/*
 * html_causes.h - on a run's page, why its tasks take as long as they do.
 */
#ifndef PPT_REPORT_HTML_CAUSES_H
#define PPT_REPORT_HTML_CAUSES_H

#include "report.h"
#include "text.h"

/* Tables of what they waited for, if they did, and of hardware counters, where there are some. */
void ppt_html_causes(struct ppt_text *out, const struct ppt_outcome *outcome);

#endif
