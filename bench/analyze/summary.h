/*
 * summary.h - the passes of a run, point by point. The unit is the pass: tasks of one pass depend
 * on each other and are never pooled.
 */
#ifndef PPT_ANALYZE_SUMMARY_H
#define PPT_ANALYZE_SUMMARY_H

#include "index.h"
#include "stat.h"

/* The medians of a pass and its parts, moved so that they add up: of medians the parts' sum is not
 * the whole's. Each part takes its share of what is missing by how wide its interval is. */
struct ppt_shown {
    double init_s, work_s, cleanup_s, total_s;
    double rate; /* tasks per second of that total */
};

/* Statistics over blocks; times in seconds. */
struct ppt_point_summary {
    struct ppt_point point;
    struct ppt_stat init_s, work_s, cleanup_s, total_s, scratch_s;
    struct ppt_shown shown; /* of these, for tables and charts */
    struct ppt_stat task_s; /* of the mean task time of each pass */
    struct ppt_stat task_median_s, task_p95_s, task_p99_s, task_longest_s;
    struct ppt_stat rate;        /* tasks per second of the whole pass */
    struct ppt_stat cpu_s;       /* CPU time of the process, user and system */
    struct ppt_stat faults;      /* page faults, minor and major, of the whole pass */
    struct ppt_stat task_faults; /* of workers while they ran tasks */
    double peak_bytes;           /* most resident memory of any pass; below 0: unknown */
};

/* Where a point's summary has a statistic, what it is called, and of what of a pass it is: seconds
 * of the nanoseconds there, or a value. */
struct ppt_summary_row {
    const char *key;
    size_t offset, ns_offset;
    ppt_pass_value *value; /* NULL: the nanoseconds */
};

/* All of them, in the order in which they are shown; the last has no key. */
extern const struct ppt_summary_row ppt_summary_rows[];

const struct ppt_stat *ppt_summary_stat(const struct ppt_point_summary *point,
                                        const struct ppt_summary_row *row);

struct ppt_summary {
    struct ppt_point_summary *points; /* ascending; only those with a complete pass */
    size_t count;
    size_t blocks; /* measured at the point that has the most */
};

/* What a share of a pass's tasks takes at most, from half of them to all. */
#define PPT_PERCENTILES 4
struct ppt_percentile {
    double share;
    const char *key, *name; /* "p95", "95 %" */
    size_t offset;          /* of its statistic in a point's summary */
};
extern const struct ppt_percentile ppt_percentiles[PPT_PERCENTILES];

/* The median over blocks. */
double ppt_percentile_s(const struct ppt_point_summary *point,
                        const struct ppt_percentile *percentile);

/* Whether a pass of so many tasks tells what a share of them takes less than, 0.99 for 99 %: from
 * where at least one takes more. With fewer it would be the longest by another name. */
bool ppt_percentile_known(double share, uint64_t tasks);

void ppt_summary_create(const struct ppt_index *index, struct ppt_summary *summary);
void ppt_summary_free(struct ppt_summary *summary);

#endif
