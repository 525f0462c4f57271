/*
 * several.h - charts of several runs or programs, which lie beside reports and are printed as
 * scripts.
 */
#ifndef PPT_REPORT_SEVERAL_H
#define PPT_REPORT_SEVERAL_H

#include "chart.h"

/* The speedup of each run, and the tasks per second of each program. */
void ppt_overview_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_chart *chart);
void ppt_programs_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_chart *chart);

/* How long tasks take at each rate of arrivals. */
void ppt_rates_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_chart *chart);

#endif
