/*
 * gnuplot.h - what all charts share: a script that draws itself as SVG and PNG beside itself, from
 * data that lie there too, and running gnuplot on it. From whatever folder it is called, a script
 * draws all of its data, or says what is missing, exits with 1 and leaves the pictures of before.
 *
 * Colours are those of Okabe and Ito, which people with any kind of colour vision tell apart; each
 * series has its own point type or fill pattern too, for paper.
 */
#ifndef PPT_REPORT_GNUPLOT_H
#define PPT_REPORT_GNUPLOT_H

#include "folder.h"
#include "status.h"
#include "text.h"

/* For series side by side. */
#define PPT_CHART_COLOURS 8
extern const char *const ppt_chart_colours[PPT_CHART_COLOURS];
extern const int ppt_chart_marks[PPT_CHART_COLOURS];

/* One chart being written: name.gp plots name.dat. */
struct ppt_chart {
    const char *name;
    struct ppt_text data; /* lines: rows of numbers and quoted texts with spaces between them, and
                             comments, which begin with "# " */
    struct ppt_text plot; /* the commands between the common head and tail, ending in `plot`, for
                             which the variable `data` holds the path of name.dat */
};

/* Adds a text as gnuplot's double-quoted string that shows exactly that, with '?' for what must not
 * be shown. All but harmless ASCII is escaped: between double quotes gnuplot runs what stands in
 * backquotes, and its 5.4 misreads two single quotes in a row between single ones. */
void ppt_gnuplot_quote(struct ppt_text *out, const char *text);

/* Writes name.dat and name.gp into the folder and frees the chart's texts. */
enum ppt_status ppt_chart_write(struct ppt_chart *chart, const struct ppt_folder *folder,
                                struct ppt_error *error);

/* Has gnuplot draw the scripts `names` (NULL-terminated, without .gp) of the folder, elsewhere, and
 * puts each picture into the folder whole. When gnuplot is missing, fails or takes longer than 60 s
 * (or PPT_CHART_SECONDS of the environment), which ends it, a line in `notes` says how to draw
 * them, and no picture of them is left unless it could not be started. Fails when the folder has no
 * room for the pictures. */
enum ppt_status ppt_gnuplot_draw(const struct ppt_folder *folder, const char *const *names,
                                 struct ppt_text *notes, struct ppt_error *error);

/* Whether a picture goes on to its end; one that was being written while the disk filled does not.
 */
bool ppt_svg_is_whole(const char *svg, size_t length);

#endif
