/*
 * html_table.h - tables of a page. On a narrow screen a row becomes a card, whose lines say what
 * their column's head says; long tables for looking things up scroll instead.
 */
#ifndef PPT_REPORT_HTML_TABLE_H
#define PPT_REPORT_HTML_TABLE_H

#include <stdbool.h>

#include "html_class.h"
#include "text.h"

enum ppt_table_kind {
    PPT_TABLE_CARDS,
    PPT_TABLE_TEXT, /* likewise, of sentences and names: they break into lines */
    PPT_TABLE_SCROLLS
};

/* One that is being written. */
struct ppt_table {
    struct ppt_text *out; /* borrowed */
    const char *const *heads;
    enum ppt_table_kind kind;
    size_t column; /* of the next cell */
};

/* A table up to its rows, and its end. The caption and the NULL-terminated heads are plain text and
 * outlive it. Without a caption `name` says to those who do not see it what scrolls. */
struct ppt_table ppt_html_table_begin(struct ppt_text *out, enum ppt_table_kind kind,
                                      const char *name, const char *caption,
                                      const char *const *heads);
void ppt_html_table_end(const struct ppt_table *table);

/* A row up to its first cell, and its end. `class` is markup: "", or " class=\"chosen\"". */
void ppt_html_row(struct ppt_table *table, const char *class);
void ppt_html_row_end(const struct ppt_table *table);

/* A row's head, plain text; or what is added to `out` between these two. */
void ppt_html_row_head(struct ppt_table *table, const char *text);
void ppt_html_row_head_begin(struct ppt_table *table);
void ppt_html_row_head_end(const struct ppt_table *table);

/* A cell with a plain text; with words that may have options among them; with a time; with a number
 * of so many decimals and its unit, or a dash where there is none; with a share, "none" where it is
 * 0; in the colour of a class; or with what is added to `out` up to the end. */
void ppt_html_cell(struct ppt_table *table, const char *text);
void ppt_html_cell_prose(struct ppt_table *table, const char *words);
void ppt_html_duration(struct ppt_table *table, double seconds);
void ppt_html_number(struct ppt_table *table, bool exists, double value, int decimals,
                     const char *unit);
void ppt_html_share(struct ppt_table *table, bool exists, double share);
void ppt_html_classed(struct ppt_table *table, enum ppt_class class, const char *text);
void ppt_html_cell_begin(struct ppt_table *table);
void ppt_html_cell_end(const struct ppt_table *table);

#endif
