/*
 * html_table.h - tables of a page.
 */
#ifndef PPT_REPORT_HTML_TABLE_H
#define PPT_REPORT_HTML_TABLE_H

#include <stdbool.h>

#include "text.h"

/* A table up to its rows, and its end. The caption and the NULL-terminated heads are plain text. */
void ppt_html_table_begin(struct ppt_text *out, const char *caption, const char *const *heads);
void ppt_html_table_end(struct ppt_text *out);

/* A cell with a plain text; with a time; with a number of so many decimals and its unit, or a dash
 * where there is none. */
void ppt_html_cell(struct ppt_text *out, const char *text);
void ppt_html_duration(struct ppt_text *out, double seconds);
void ppt_html_number(struct ppt_text *out, bool exists, double value, int decimals,
                     const char *unit);

#endif
