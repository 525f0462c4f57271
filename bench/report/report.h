/*
 * report.h - one run's outcome, and the formats it can be written in.
 *
 * A format is one file here and one line in the table of report.c.
 */
#ifndef PPT_REPORT_REPORT_H
#define PPT_REPORT_REPORT_H

#include "answer.h"
#include "config.h"
#include "host.h"
#include "sample.h"
#include "summary.h"
#include "text.h"

/* Everything is borrowed. */
struct ppt_outcome {
    const struct ppt_config *config;
    const struct ppt_host *host;
    const struct ppt_samples *samples;
    const struct ppt_summary *summary;
    const struct ppt_answer *answer;
    const char *started; /* ISO 8601 */
    const char *program; /* that measured it, with version */
    const char *folder;  /* where its files are */
};

/* Writes all files of a run into outcome->folder and draws its charts. `notes` gets lines for the
 * user, each with a newline, about what could not be done but is no failure. */
enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error);

/* Writes what concerns several runs together into `folder`: a table of all and an overview. */
enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       const char *folder, struct ppt_text *notes,
                                       struct ppt_error *error);

/* ---- formats ---- */

/* results.csv; several runs make one table. */
void ppt_csv_table(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out);

/* The table on the terminal, at most 80 columns wide. */
void ppt_text_table(const struct ppt_outcome *outcome, struct ppt_text *out);

/* Gnuplot scripts and data into the folder "charts" of outcome->folder, then drawn. */
enum ppt_status ppt_charts_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error);
enum ppt_status ppt_charts_write_overview(const struct ppt_outcome *outcomes, size_t count,
                                          const char *folder, struct ppt_text *notes,
                                          struct ppt_error *error);

#endif
