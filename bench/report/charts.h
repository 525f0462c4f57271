/*
 * charts.h - the pictures of a run and of a suite: gnuplot scripts and their data, then drawn. All
 * are in the folder "charts", which is made if need be. `notes` as in ppt_report_write().
 */
#ifndef PPT_REPORT_CHARTS_H
#define PPT_REPORT_CHARTS_H

#include "report.h"

/* All charts that a run has, into its folder. */
enum ppt_status ppt_charts_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error);

/* Whether the chart of that name is among them. */
bool ppt_charts_have(const struct ppt_outcome *outcome, const char *name);

/* The speedups of several runs in one chart. */
enum ppt_status ppt_charts_write_overview(const struct ppt_outcome *outcomes, size_t count,
                                          const struct ppt_folder *folder, struct ppt_text *notes,
                                          struct ppt_error *error);

/* The tasks per second of several programs in one chart. */
enum ppt_status ppt_charts_write_programs(const struct ppt_outcome *outcomes, size_t count,
                                          const struct ppt_folder *folder, struct ppt_text *notes,
                                          struct ppt_error *error);

/* How many times as fast each count is at every size, a chart for each policy, up to some: "sizes",
 * and where something else varies "sizes_2" and so on; of rates of arrivals how long tasks take at
 * each: "rates". */
enum ppt_status ppt_charts_write_sizes(const struct ppt_outcome *outcomes, size_t count,
                                       const struct ppt_folder *folder, struct ppt_text *notes,
                                       struct ppt_error *error);

/* Whether a picture goes on to its end; one that was being written while the disk filled does not.
 */
bool ppt_svg_is_whole(const char *svg, size_t length);

#endif
