/*
 * compare_report.h - a comparison of runs, and the formats it can be written in.
 */
#ifndef PPT_REPORT_COMPARE_REPORT_H
#define PPT_REPORT_COMPARE_REPORT_H

#include "compare.h"
#include "policy_compare.h"
#include "report.h"

/* Everything is borrowed. At least one run on each side. */
struct ppt_comparison_outcome {
    const struct ppt_comparison *comparison; /* has both sides' curves */
    const struct ppt_outcome *old_runs, *new_runs;
    size_t old_count, new_count;
    const char *warnings; /* what else differs: lines, each with a newline */
    bool different;       /* the new runs are of another task */
    double percentile;    /* that latencies are compared by; 0: it is how long passes take */
};

/* The table on the terminal and what it means, at most 80 columns wide. */
void ppt_comparison_text(const struct ppt_comparison_outcome *outcome, struct ppt_text *out);

/* An object, see docs/results.md. */
void ppt_comparison_json(const struct ppt_comparison_outcome *outcome, struct ppt_text *out);

/* The same of runs of several sizes, by what else varies. */
void ppt_policy_comparison_text(const struct ppt_policy_comparison *comparisons, size_t count,
                                struct ppt_text *out);
void ppt_policy_comparison_json(const struct ppt_policy_comparison *comparisons, size_t count,
                                struct ppt_text *out);

/* Draws both curves into the folder "charts" of `folder`. `notes` as in ppt_report_write(). */
enum ppt_status ppt_comparison_chart(const struct ppt_comparison_outcome *outcome,
                                     const struct ppt_folder *folder, struct ppt_text *notes,
                                     struct ppt_error *error);

/* A page with the chart from there. */
void ppt_comparison_html(const struct ppt_comparison_outcome *outcome,
                         const struct ppt_folder *folder, struct ppt_text *out);

#endif
