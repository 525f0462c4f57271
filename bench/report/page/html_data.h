/*
 * html_data.h - the data behind a chart as tables, for those who do not see it, and everybody else.
 */
#ifndef PPT_REPORT_HTML_DATA_H
#define PPT_REPORT_HTML_DATA_H

#include "folder.h"
#include "text.h"

/* Most rows that a page has of a chart: the curves of a few laws, or of a few counts' task times.
 */
#define PPT_HTML_MOST_ROWS 400

/* The data of the chart `name` in the folder "charts", `title` says what it is about: on demand, a
 * table for each block of `name`.dat. Of more rows only their number is told, and the file. Nothing
 * where there is no such file.
 *
 * The file: a line "# " with the names of the columns, two spaces or more between them; rows of
 * numbers and quoted texts; blocks with empty lines between them, above each a line "# " with its
 * title. Whatever else is found in it stays text. A column "position" is for gnuplot alone. Numbers
 * have five digits at most: what is drawn needs more, who reads does not. */
void ppt_html_data(struct ppt_text *out, const struct ppt_folder *charts, const char *name,
                   const char *title);

#endif
