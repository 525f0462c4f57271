/*
 * html_page.h - what all pages share: one self-contained file each, without scripts, that asks no
 * other address for anything.
 *
 * Whatever comes from a configuration, a file name or the machine passes ppt_html_add(), and charts
 * are images (ppt_html_chart()), so that nothing of it can become markup.
 */
#ifndef PPT_REPORT_HTML_PAGE_H
#define PPT_REPORT_HTML_PAGE_H

#include "folder.h"
#include "text.h"

/* Adds a text as text: markup characters become references, control characters and broken UTF-8
 * the replacement character. Good inside quoted attributes, too. */
void ppt_html_add(struct ppt_text *out, const char *text);

/* Adds such a text with markup around it. */
void ppt_html_put(struct ppt_text *out, const char *before, const char *text, const char *after);

/* The beginning of a page up to the inside of <main>, and its end. `title` is plain text. */
void ppt_html_begin(struct ppt_text *out, const char *title);
void ppt_html_end(struct ppt_text *out);

/* A figure: the drawn chart `folder`/charts/`name`.svg, what it shows for those who do not see it,
 * and a sentence on how to read it (both plain text). Where there is no such file, or no whole
 * picture in it, a line says so. */
void ppt_html_chart(struct ppt_text *out, const struct ppt_folder *folder, const char *name,
                    const char *shows, const char *reading);

#endif
