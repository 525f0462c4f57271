/*
 * html_passes.h - the parts of a run's page that tell of its single passes, and of a mix's kinds of
 * tasks.
 */
#ifndef PPT_REPORT_HTML_PASSES_H
#define PPT_REPORT_HTML_PASSES_H

#include "report.h"

/* Of a mix: how long tasks of each kind take at every point; nothing for other runs. */
void ppt_html_kinds(struct ppt_text *out, const struct ppt_outcome *outcome);

/* All passes in time, what others and a quota took of them, and a table of them. */
void ppt_html_passes(struct ppt_text *out, const struct ppt_outcome *outcome);

#endif
