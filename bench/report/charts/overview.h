/*
 * overview.h - the chart of several runs, which two kinds of file have.
 */
#ifndef PPT_REPORT_OVERVIEW_H
#define PPT_REPORT_OVERVIEW_H

#include "chart.h"

void ppt_overview_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_chart *chart);

#endif
