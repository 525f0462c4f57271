/*
 * chart.h - what all charts share, and nobody else sees: gnuplot scripts that draw themselves
 * beside themselves, from data that lie there too, and running gnuplot on them. From whatever
 * folder it is called, a script draws all of its data, or says what is missing, exits with 1 and
 * leaves the pictures of before.
 *
 * Every script holds theme.gp, which says what everything looks like: code here names styles and
 * no colours. A chart of a run is one file here, which ends in a descriptor, and one line in
 * ../tables.h.
 */
#ifndef PPT_REPORT_CHART_H
#define PPT_REPORT_CHART_H

#include "report.h"

/* ---- a chart ---- */

/* A chart is drawn in two compositions, in units of their own: wide, for a page or a desk, and
 * narrow, for a phone or a column of text. */
enum ppt_chart_width { PPT_CHART_WIDE, PPT_CHART_NARROW, PPT_CHART_LAYOUTS };

struct ppt_chart_layout {
    double width;
    size_t headline, notes; /* characters of a line, which is ours: most letters are small */
    size_t given;           /* the same of what comes from outside */
    double plot;            /* how high the plot is, with its axis */
};

extern const struct ppt_chart_layout ppt_chart_layouts[PPT_CHART_LAYOUTS];

/* One being written: name.gp plots name.dat. */
struct ppt_chart {
    const char *name;
    /* The first line is a comment, "# " and the names of all columns with two blanks between them;
     * then rows of numbers and quoted texts with single blanks between them. Blocks, gnuplot's
     * "index", have two empty lines between them, and each has a comment with its title. A column
     * "position" says nothing to people. */
    struct ppt_text data;
    struct ppt_text headline;           /* what it shows */
    struct ppt_text given;              /* what its task is given */
    struct ppt_text notes;              /* sentences: how it was measured, what its bars are */
    struct ppt_text plots;              /* commands, for which the variable `data` holds the path
                                           of name.dat, and `narrow` which composition it is */
    struct ppt_text settings, elements; /* of the plot that comes last and is not in there yet */
    size_t entries, longest;            /* of the legend: how many, and columns of the longest */
    double foot[PPT_CHART_LAYOUTS];     /* height that its axis needs beyond the usual */
    /* Of small charts in the place of one: how many of them, each how high; 0: there is one. */
    size_t panel_columns[PPT_CHART_LAYOUTS], panel_rows[PPT_CHART_LAYOUTS];
    double panel_height;
};

/* One that runs have. */
struct ppt_chart_kind {
    const char *name;
    bool (*applies)(const struct ppt_outcome *outcome); /* NULL: to every run */
    void (*write)(const struct ppt_outcome *outcome, struct ppt_chart *chart);
    bool of_passes; /* it is of how long passes take, which where tasks arrive is as long as they
                       do: then there is none */
};

/* Headline and first note of a chart of a run: its name, `what` it shows, how it was measured. */
void ppt_chart_about(struct ppt_chart *chart, const struct ppt_outcome *outcome, const char *what);

/* Adds a sentence to the notes. */
__attribute__((format(printf, 2, 3))) void ppt_chart_note(struct ppt_chart *chart,
                                                          const char *format, ...);

/* Says what bars are of a run: `what`, a whole sentence, unless a single iteration has none. */
void ppt_chart_bars(struct ppt_chart *chart, const struct ppt_outcome *outcome, const char *what);

/* What whiskers are, wherever there are some. */
#define PPT_CHART_BARS "Marks: medians; bars: 95 % intervals."

/* And where curves stand so that their whiskers do not hide each other. */
#define PPT_CHART_APART "Curves stand a little apart."

/* Adds a command that comes before the plot. */
__attribute__((format(printf, 2, 3))) void ppt_chart_set(struct ppt_chart *chart,
                                                         const char *format, ...);

/* Adds an element to the plot: "data using 1:2 with lines ls ideal". `title`: what the legend says
 * of it, as it is; NULL: it is not in there. */
__attribute__((format(printf, 3, 4))) void
ppt_chart_plot(struct ppt_chart *chart, const char *title, const char *format, ...);

/* How the legend shows what marks the recommended point. */
#define PPT_CHART_RECOMMENDED "boxes ls recommended fs solid noborder"

/* Adds to the legend alone what something else draws. */
void ppt_chart_key(struct ppt_chart *chart, const char *style, const char *title);

/* Ends the plot: what is added from now on is of another. */
void ppt_chart_next(struct ppt_chart *chart);

/* The commands that lay a chart out, and how high each composition is. */
struct ppt_chart_composition {
    struct ppt_text commands;
    double height[PPT_CHART_LAYOUTS];
};

void ppt_chart_compose(const struct ppt_chart *chart, struct ppt_chart_composition *composition);

void ppt_chart_free(struct ppt_chart *chart);

/* ---- files and pictures ---- */

/* Adds a text as gnuplot's double-quoted string that shows exactly that, with '?' for what must not
 * be shown, and for what is no letter of any usual font. All but harmless ASCII is escaped: between
 * double quotes gnuplot runs what stands in backquotes, and its 5.4 misreads two single quotes in a
 * row between single ones. */
void ppt_gnuplot_quote(struct ppt_text *out, const char *text);

/* Writes name.dat and name.gp into the folder; the pictures for print are to be so wide (0: as
 * usual). */
enum ppt_status ppt_chart_write(struct ppt_chart *chart, double paper_mm,
                                const struct ppt_folder *folder, struct ppt_error *error);

/* The same as one script for whatever terminal is set. */
void ppt_chart_write_bare(struct ppt_chart *chart, struct ppt_text *out);

/* What a script draws beside itself; a NULL ends the list. */
extern const char *const ppt_chart_pictures[];

/* Has gnuplot draw the scripts of these charts that the folder holds, elsewhere, and puts each
 * picture into the folder whole. When gnuplot is missing, fails or takes longer than 60 s (or
 * PPT_CHART_SECONDS of the environment), which ends it, a line in `notes` says how to draw them,
 * and no picture of them is left unless it could not be started. Fails when the folder has no room
 * for the pictures. A chart without a name ends the list. */
enum ppt_status ppt_gnuplot_draw(const struct ppt_folder *folder, const struct ppt_chart *charts,
                                 struct ppt_text *notes, struct ppt_error *error);

/* Both with each of the list, in the folder "charts" of `folder`, which is made if need be; frees
 * the charts. */
enum ppt_status ppt_charts_finish(const struct ppt_folder *folder, double paper_mm,
                                  struct ppt_chart *charts, struct ppt_text *notes,
                                  struct ppt_error *error);

/* ---- curves ---- */

/* So many curves can be told apart. The points that have one, ascending places in the summary: all,
 * or the first, the recommended one, and others evenly in between. Returns how many. */
#define PPT_CHART_MOST_CURVES 6
size_t ppt_chart_choose_points(const struct ppt_outcome *outcome,
                               size_t chosen[PPT_CHART_MOST_CURVES]);

/* A series among others: the theme has a line style for each of 16, then they come again. */
unsigned ppt_chart_series(size_t which);

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
#define PPT_CHART_SPEEDUP_COLUMNS                                                                  \
    "# workers  speedup: median  95 % interval: low  high  more threads than CPUs\n"
#define PPT_CHART_NO_ROW "1 ? ? ? 0\n" /* a block without rows would not be counted */

/* What values there are on an axis: the smallest above 0, and the largest; 0: none yet. */
struct ppt_chart_range {
    double low, high;
};

/* Adds one to them, if it is above 0. */
void ppt_chart_reach(struct ppt_chart_range *range, double value);

/* Adds those of such a line. */
void ppt_chart_speedup_reach(const struct ppt_answer *answer, size_t point,
                             struct ppt_chart_range *range);

/* Whether there is such a point with workers, and with the task of that point, or any (NULL). */
bool ppt_chart_any_beyond(const struct ppt_answer *answer, const struct ppt_point *task);

/* A point with the recommended task, which is that of a run's curve among those of other runs; of
 * a run alone there is a curve for each. Borrowed from the outcome. */
const struct ppt_point *ppt_chart_task_of(const struct ppt_outcome *outcome);

/* Adds marks and whiskers of a curve of speedups, the index'th of the data, joined by lines, and
 * rings where there are more threads than CPUs. `x` stands before the first colon of "using". */
void ppt_chart_speedup_curve(struct ppt_chart *chart, size_t index, unsigned style, const char *x,
                             bool stars, const char *title);

/* Where curve `which` of `count` is, so that their whiskers do not hide each other: an expression
 * for x, on an axis up to `most`. */
#define PPT_CHART_X_SIZE 48
const char *ppt_chart_apart(size_t which, size_t count, unsigned most, char out[PPT_CHART_X_SIZE]);

/* ---- axes ---- */

/* The unit in which the largest time reads best: its name, and in *unit its seconds. */
const char *ppt_chart_unit(double largest_s, double *unit);

/* The numbers of workers of all runs together on a numeric axis, for curves: linear while it is
 * short, logarithmic beyond. `more`: another number that it reaches to, or 0. Returns the most. */
unsigned ppt_chart_worker_axis(struct ppt_chart *chart, const struct ppt_outcome *outcomes,
                               size_t count, unsigned more);
bool ppt_chart_worker_axis_is_long(unsigned most); /* logarithmic, and so is the other one */

/* The recommended number of workers on it, and the CPUs: where workers of so many inner threads
 * have as many threads as there are CPUs that may be used (`inner` 0: curves differ in it). Plain
 * calls are no place on it: of speedups they are those of 1, or else a note says it. */
void ppt_chart_mark_workers(struct ppt_chart *chart, const struct ppt_outcome *outcome,
                            unsigned inner, unsigned most, bool speedup);

/* Likewise in a chart of several runs, and what there is to mark (0: nothing). */
unsigned ppt_chart_recommended(const struct ppt_outcome *outcome);
void ppt_chart_mark_calls(struct ppt_chart *chart);
void ppt_chart_mark_column(struct ppt_chart *chart, unsigned workers, unsigned most);

void ppt_chart_mark_cpus(struct ppt_chart *chart, unsigned cpus, unsigned inner, unsigned most);

/* Points side by side, evenly spaced, in the order given, by their labels, and with a star where
 * that is more threads than CPUs. */
void ppt_chart_point_axis(struct ppt_chart *chart, const struct ppt_point *points, size_t count,
                          unsigned several, const struct ppt_host *host);

/* Some of a run's points so, the recommended one marked if it is among them; or all of them. */
void ppt_chart_some_points_axis(struct ppt_chart *chart, const struct ppt_outcome *outcome,
                                const struct ppt_point *points, size_t count);
void ppt_chart_category_axis(struct ppt_chart *chart, const struct ppt_outcome *outcome);

/* A point's label as a column of a row of data, with the blanks around it. */
void ppt_chart_point_column(const struct ppt_outcome *outcome, struct ppt_point point,
                            struct ppt_text *out);

/* The axis upwards, from 0 or logarithmic, with round numbers on it: "20 k". */
void ppt_chart_value_axis(struct ppt_chart *chart, const char *label, struct ppt_chart_range range,
                          bool logarithmic);

/* The same of speedups, over so many workers or over sequential calls. */
void ppt_chart_speedup_axis(struct ppt_chart *chart, unsigned base, struct ppt_chart_range range,
                            bool logarithmic);

#endif
