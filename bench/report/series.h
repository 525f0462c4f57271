/*
 * series.h - what a point is called by tools that keep a history: "sort/1000000/threads:4", as
 * Google Benchmark forms its names. The same point has the same name in every run of the same
 * configuration, and no two points of a document share one.
 */
#ifndef PPT_REPORT_SERIES_H
#define PPT_REPORT_SERIES_H

#include "report.h"

/* The name of a point of outcomes[which], to be given to free():
 *
 *     TASK/ARGUMENTS[/run:N][/inner:N][/MIDDLE]/threads:N       or ".../sequential" at 0 workers
 *
 * Arguments are split by slashes and hold no spaces, commas, quotes or control characters; long
 * ones are cut. "run" is there from the second run on whose task and arguments look alike, "inner"
 * unless tasks use one thread at every point. `middle` may be NULL. */
char *ppt_series_name(const struct ppt_outcome *outcomes, size_t which, struct ppt_point point,
                      const char *middle);

/* Adds a point with its name to what a document is made of. */
typedef void ppt_series_add(const struct ppt_outcome *outcome,
                            const struct ppt_point_summary *summary, const char *series,
                            json_object *into);

/* All points of all outcomes so. */
void ppt_series_each(const struct ppt_outcome *outcomes, size_t count, ppt_series_add *add_one,
                     json_object *into);

#endif
