/*
 * report.h - one run's outcome, and the formats it can be written in.
 *
 * A format is one file here and one line in the table of report.c.
 */
#ifndef PPT_REPORT_REPORT_H
#define PPT_REPORT_REPORT_H

#include "answer.h"
#include "config.h"
#include "folder.h"
#include "host.h"
#include "index.h"
#include "sample.h"
#include "summary.h"
#include "terminal.h"
#include "text.h"

/* Everything is borrowed. */
struct ppt_outcome {
    const struct ppt_config *config;
    const struct ppt_host *host;
    const struct ppt_samples *samples;
    const struct ppt_index *index;
    const struct ppt_summary *summary;
    const struct ppt_answer *answer;
    const char *started;                   /* ISO 8601 */
    const char *program;                   /* that measured it, with version */
    unsigned resumed;                      /* how often it was gone on with after it ended early */
    const struct ppt_folder *folder;       /* where its files are */
    const struct ppt_folder *suite_folder; /* of those that concern it and other runs; or NULL */
};

/* Writes all files of a run into outcome->folder and draws its charts. `notes` gets lines for the
 * user, each with a newline, about what could not be done but is no failure. */
enum ppt_status ppt_report_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error);

/* Writes what concerns several runs together into their suite_folder: tables, a page, an overview.
 */
enum ppt_status ppt_report_write_suite(const struct ppt_outcome *outcomes, size_t count,
                                       struct ppt_text *notes, struct ppt_error *error);

/* ---- formats ---- */

/* Adds the document of one or more runs, in the order given; at least one. */
typedef void ppt_format_write(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out);

struct ppt_format {
    const char *name;  /* as --format has it */
    const char *file;  /* that every run gets; NULL: only on demand */
    const char *suite; /* that several runs get together; NULL likewise */
    bool shows_charts; /* is written when they are drawn */
    ppt_format_write *write;
};

/* All formats; a name of NULL ends the table. */
extern const struct ppt_format ppt_formats[];

/* The format of that name. Fails with PPT_BAD_INPUT, naming those that there are. */
enum ppt_status ppt_format_find(const char *name, const struct ppt_format **format,
                                struct ppt_error *error);

/* results.csv: one table. */
ppt_format_write ppt_csv_write;

/* results.json; several runs are the list "runs" of one object. */
ppt_format_write ppt_json_write;

/* report.html: the page of a run; several runs get one that leads to theirs. Charts are taken from
 * where they were drawn. */
ppt_format_write ppt_html_write;
void ppt_html_index(struct ppt_text *out, const struct ppt_outcome *outcomes, size_t count);

/* What a run prints: its table and verdict, or the verdict alone. */
void ppt_text_table(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                    struct ppt_text *out);
void ppt_text_verdict(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                      struct ppt_text *out);

/* What other tools read: Google Benchmark, Bencher, github-action-benchmark, hyperfine. */
ppt_format_write ppt_gbench_write, ppt_bmf_write, ppt_ghab_write, ppt_hyperfine_write;

/* What people paste: the table and the verdict in Markdown, the speedup as a gnuplot script. */
ppt_format_write ppt_markdown_write, ppt_gnuplot_script_write;

#define PPT_CHARTS_MOST 9 /* of one run */

/* Gnuplot scripts and data into the folder "charts" of outcome->folder, then drawn. */
enum ppt_status ppt_charts_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error);

/* Parts of it that commands print by themselves; the caller owns them. */
json_object *ppt_json_verdict(const struct ppt_answer *answer);
json_object *ppt_json_law(const struct ppt_law *law, double largest); /* as ppt_law_roof() */
json_object *ppt_json_refusals(unsigned refusals);

enum ppt_status ppt_charts_write_overview(const struct ppt_outcome *outcomes, size_t count,
                                          const struct ppt_folder *folder, struct ppt_text *notes,
                                          struct ppt_error *error);

/* The charts of the law and of the efficiency factors, as far as there is something to show;
 * `names` (room for 3) gets theirs, NULL-terminated. */
enum ppt_status ppt_model_charts_write(const struct ppt_outcome *outcome,
                                       const struct ppt_folder *folder, const char **names,
                                       struct ppt_error *error);

/* The charts of tasks, workers and passes; `names` (room for 4) as above. */
enum ppt_status ppt_pass_charts_write(const struct ppt_outcome *outcome,
                                      const struct ppt_folder *folder, const char **names,
                                      struct ppt_error *error);

/* Where points differ in ranks, or else in inner threads: throughput over that and workers. */
enum ppt_status ppt_heat_chart_write(const struct ppt_outcome *outcome,
                                     const struct ppt_folder *folder, struct ppt_error *error);

/* What charts share. Title of two lines: `what`, and below it how it was measured. */
void ppt_chart_title(const struct ppt_outcome *outcome, const char *what, struct ppt_text *out);

/* These numbers of workers (ascending, above 0) on a numeric axis, for curves: linear while all
 * ticks fit, logarithmic beyond. */
void ppt_chart_workers(const unsigned *workers, size_t count, struct ppt_text *out);

/* Those of a run. */
void ppt_chart_worker_axis(const struct ppt_outcome *outcome, struct ppt_text *out);

/* Those of all runs together; returns the most. */
unsigned ppt_chart_union_ticks(const struct ppt_outcome *outcomes, size_t count,
                               struct ppt_text *out);

/* Those of all runs together, and the CPUs on it; a title that explains stars, if there are points
 * to bear them: in a single run all, of several those of the recommended inner threads. Returns the
 * most workers. */
unsigned ppt_chart_union_axis(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out);

/* A vertical line where workers with so many inner threads each have as many threads as there are
 * CPUs that may be used, if that lies on the axis. `inner` 0: curves differ in it, so no line. */
void ppt_chart_cpu_mark(unsigned cpus, unsigned inner, unsigned most, struct ppt_text *out);

/* The curves of a run's charts over workers: one for each number of ranks with each number of inner
 * threads. */
struct ppt_curve {
    unsigned ranks, inner_threads;
};

size_t ppt_chart_curve_count(const struct ppt_config *config);
struct ppt_curve ppt_chart_curve(const struct ppt_config *config, size_t which);

/* Whether a point with workers is on it. */
bool ppt_chart_on_curve(const struct ppt_curve *curve, struct ppt_point point);

/* "2 ranks", "4 inner threads" or both; NULL for a run with one curve. To be given to free(). */
char *ppt_chart_curve_title(const struct ppt_config *config, size_t which);

/* CPUs that a run's points may use, on all hosts. */
unsigned ppt_outcome_cpus(const struct ppt_outcome *outcome);

/* A line of data: workers of all ranks, speedup over the fewest, ends of its interval, 1 for a
 * point with more threads than CPUs or else 0. */
void ppt_chart_speedup_row(const struct ppt_answer *answer, size_t point, struct ppt_text *out);
#define PPT_CHART_NO_ROW "1 1 1 1 0\n" /* gnuplot refuses a curve without any point */

/* Whether there is such a point with workers; `inner` 0: with any inner threads. */
bool ppt_chart_any_beyond(const struct ppt_answer *answer, unsigned inner);

/* Stars on such points (there must be some), as the table has them: at the end of `plot`, `data` as
 * gnuplot names it and `x` what stands before the first colon of "using"; and the axis title that
 * explains them. */
void ppt_chart_stars(const char *data, const char *x, struct ppt_text *out);
void ppt_chart_stars_title(unsigned cpus, struct ppt_text *out);

/* Points side by side, evenly spaced, in the order given; with inner threads as "4x2", and with a
 * star where that is more threads than CPUs. */
void ppt_chart_point_axis(const struct ppt_point *points, size_t count, bool with_inner,
                          const struct ppt_host *host, struct ppt_text *out);

/* All points of a run so. */
void ppt_chart_category_axis(const struct ppt_outcome *outcome, struct ppt_text *out);

/* On that axis, a line between the last point that fits the CPUs and the next. */
void ppt_chart_category_cpu_mark(const struct ppt_outcome *outcome, struct ppt_text *out);

#endif
