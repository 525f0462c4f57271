/*
 * html_figure.h - pictures of a page: what each shows, how it is read, and the data behind it.
 */
#ifndef PPT_REPORT_HTML_FIGURE_H
#define PPT_REPORT_HTML_FIGURE_H

#include "folder.h"
#include "text.h"

/* The figure of the chart `folder`/charts/`name`, which must be one that the table of figures has:
 * its picture, for narrow screens another one if it was drawn, a sentence on how to read it, and on
 * demand more of that and its data. Where there is no picture, or no whole one, a line says so.
 * `reads`: that sentence, where this run's chart is read otherwise than most; else NULL. */
void ppt_html_figure(struct ppt_text *out, const struct ppt_folder *folder, const char *name,
                     const char *reads);

/* The same as wide as there is room, with what is said beside it; and on demand. */
void ppt_html_wide_figure(struct ppt_text *out, const struct ppt_folder *folder, const char *name);
void ppt_html_wide_figure_saying(struct ppt_text *out, const struct ppt_folder *folder,
                                 const char *name, const char *reads);
void ppt_html_folded_figure(struct ppt_text *out, const struct ppt_folder *folder,
                            const char *name);

/* How something that is no chart is read, on demand. */
void ppt_html_reading(struct ppt_text *out, const char *name);

#endif
