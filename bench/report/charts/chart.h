/*
 * chart.h - what all charts share, and nobody else sees: gnuplot scripts that draw themselves as
 * SVG and PNG beside themselves, from data that lie there too, and running gnuplot on them. From
 * whatever folder it is called, a script draws all of its data, or says what is missing, exits with
 * 1 and leaves the pictures of before.
 *
 * A chart of a run is one file here, which ends in a descriptor, and one line in ../tables.h.
 */
#ifndef PPT_REPORT_CHART_H
#define PPT_REPORT_CHART_H

#include "report.h"

/* ---- a chart ---- */

/* One chart being written: name.gp plots name.dat. */
struct ppt_chart {
    const char *name;
    struct ppt_text data; /* lines: rows of numbers and quoted texts with spaces between them, and
                             comments, which begin with "# " */
    struct ppt_text plot; /* the commands between the common head and tail, ending in `plot`, for
                             which the variable `data` holds the path of name.dat */
};

/* One that runs have. */
struct ppt_chart_kind {
    const char *name;
    bool (*applies)(const struct ppt_outcome *outcome); /* NULL: to every run */
    void (*write)(const struct ppt_outcome *outcome, struct ppt_chart *chart);
};

/* Adds a text as gnuplot's double-quoted string that shows exactly that, with '?' for what must not
 * be shown. All but harmless ASCII is escaped: between double quotes gnuplot runs what stands in
 * backquotes, and its 5.4 misreads two single quotes in a row between single ones. */
void ppt_gnuplot_quote(struct ppt_text *out, const char *text);

/* Writes name.dat and name.gp into the folder. */
enum ppt_status ppt_chart_write(struct ppt_chart *chart, const struct ppt_folder *folder,
                                struct ppt_error *error);

/* Has gnuplot draw the scripts of these charts that the folder holds, elsewhere, and puts each
 * picture into the folder whole. When gnuplot is missing, fails or takes longer than 60 s (or
 * PPT_CHART_SECONDS of the environment), which ends it, a line in `notes` says how to draw them,
 * and no picture of them is left unless it could not be started. Fails when the folder has no room
 * for the pictures. A chart without a name ends the list. */
enum ppt_status ppt_gnuplot_draw(const struct ppt_folder *folder, const struct ppt_chart *charts,
                                 struct ppt_text *notes, struct ppt_error *error);

/* Both with each of the list, in the folder "charts" of `folder`, which is made if need be; frees
 * the charts' texts. */
enum ppt_status ppt_charts_finish(const struct ppt_folder *folder, struct ppt_chart *charts,
                                  struct ppt_text *notes, struct ppt_error *error);

/* ---- colours ---- */

/* Those of Okabe and Ito, which people with any kind of colour vision tell apart; each series has
 * its own point type or fill pattern too, for paper. */
#define PPT_BLUE "#0072B2"
#define PPT_VERMILLION "#D55E00"
#define PPT_GREEN "#009E73"
#define PPT_ORANGE "#E69F00"
#define PPT_PURPLE "#CC79A7"
#define PPT_SKY "#56B4E9"
#define PPT_BLACK "#000000"
#define PPT_BROWN "#8C6D1F" /* not theirs */
/* What is no series: lines to compare with, what lies behind. */
#define PPT_GREY "#7f7f7f"
#define PPT_PALE "#d9d9d9"
#define PPT_WHITE "#ffffff"

/* For series side by side: eight, then the same with dashes. */
struct ppt_series_style {
    const char *colour;
    int mark;    /* gnuplot's point type */
    size_t dash; /* and its dash type */
};

struct ppt_series_style ppt_series_style(size_t series);

/* ---- titles and axes ---- */

/* Title of two lines: `what`, and below it how it was measured. */
void ppt_chart_title(const struct ppt_outcome *outcome, const char *what, struct ppt_text *out);

/* The unit in which the largest time reads best: its name, and in *unit its seconds. */
const char *ppt_chart_unit(double largest_s, double *unit);

/* "set ylabel": speedup over so many workers, or over sequential calls. */
void ppt_chart_speedup_label(unsigned base, struct ppt_text *out);

/* The numbers of workers of all runs together on a numeric axis, for curves: linear while all ticks
 * fit, logarithmic beyond. Returns the most. */
unsigned ppt_chart_worker_axis(const struct ppt_outcome *outcomes, size_t count,
                               struct ppt_text *out);

/* That axis and the CPUs on it; a title that explains stars, if there are points to bear them: in a
 * single run all, of several those of the recommended inner threads. Returns the most workers. */
unsigned ppt_chart_speedup_axis(const struct ppt_outcome *outcomes, size_t count,
                                struct ppt_text *out);

/* A vertical line where workers with so many inner threads each have as many threads as there are
 * CPUs that may be used, if that lies on the axis. `inner` 0: curves differ in it, so no line. */
void ppt_chart_cpu_mark(unsigned cpus, unsigned inner, unsigned most, struct ppt_text *out);

/* Points side by side, evenly spaced, in the order given, by their labels, and with a star where
 * that is more threads than CPUs. */
void ppt_chart_point_axis(const struct ppt_point *points, size_t count, unsigned several,
                          const struct ppt_host *host, struct ppt_text *out);

/* All points of a run so, with a line between the last point that fits the CPUs and the next. */
void ppt_chart_category_axis(const struct ppt_outcome *outcome, struct ppt_text *out);

/* ---- curves ---- */

/* The curves of a run's charts over workers: one for each number of ranks with each number of inner
 * threads. A curve is what its points have in common, without workers. */
size_t ppt_chart_curve_count(const struct ppt_config *config);
struct ppt_point ppt_chart_curve(const struct ppt_config *config, size_t which);

/* Whether a point with workers is on it. */
bool ppt_chart_on_curve(struct ppt_point curve, struct ppt_point point);

/* "2 ranks", "4 inner threads" or both; NULL for a run with one curve. To be given to free(). */
char *ppt_chart_curve_title(const struct ppt_config *config, size_t which);

/* A line of data: workers of all ranks, speedup over the fewest, ends of its interval, 1 for a
 * point with more threads than CPUs or else 0. */
void ppt_chart_speedup_row(const struct ppt_answer *answer, size_t point, struct ppt_text *out);
#define PPT_CHART_NO_ROW "1 1 1 1 0\n" /* gnuplot refuses a curve without any point */

/* Whether there is such a point with workers, and with the task of that point, or any (NULL). */
bool ppt_chart_any_beyond(const struct ppt_answer *answer, const struct ppt_point *task);

/* A point with the recommended task, which is that of a run's curve among those of other runs; of
 * a run alone there is a curve for each. Borrowed from the outcome. */
const struct ppt_point *ppt_chart_task_of(const struct ppt_outcome *outcome);

/* Stars on such points (there must be some), as the table has them: at the end of `plot`, `data` as
 * gnuplot names it and `x` what stands before the first colon of "using"; and the axis title that
 * explains them. */
void ppt_chart_stars(const char *data, const char *x, struct ppt_text *out);
void ppt_chart_stars_title(unsigned cpus, struct ppt_text *out);

#endif
