/*
 * html_page.h - what all pages share: one self-contained file each, without scripts, that asks no
 * other address for anything.
 *
 * Whatever comes from a configuration, a file name or the machine passes ppt_html_add(), and charts
 * are images (html_figure.h), so that nothing of it can become markup.
 */
#ifndef PPT_REPORT_HTML_PAGE_H
#define PPT_REPORT_HTML_PAGE_H

#include "text.h"

/* ---- texts ---- */

/* Adds a text as text: markup characters become references, control characters and broken UTF-8
 * the replacement character. Good inside quoted attributes, too. */
void ppt_html_add(struct ppt_text *out, const char *text);

/* Adds such a text with markup around it. */
void ppt_html_put(struct ppt_text *out, const char *before, const char *text, const char *after);

/* Adds such a text as words of a sentence: lines break neither within an option nor before "%". */
void ppt_html_prose(struct ppt_text *out, const char *words);

/* The same of a sentence that has names in it (NULL-terminated) which are code: commands. */
void ppt_html_prose_about(struct ppt_text *out, const char *words, const char *const *names);

/* Words (plain text) as the rest of a paragraph, with a full stop where they have none, and its
 * end; and sentences, if there are any (NULL or empty: none), as a paragraph of which `before` is
 * the beginning, with a capital. */
void ppt_html_rest(struct ppt_text *out, const char *words);
void ppt_html_words(struct ppt_text *out, const char *before, const char *words);

/* ---- a page ---- */

/* A page that grows by sections; all of it is markup. Zero-initialise. */
struct ppt_page {
    struct ppt_text about;    /* the line below the heading */
    struct ppt_text contents; /* a link to each section */
    struct ppt_text body;
    size_t sections;
};

/* Goes on with a section; the title is plain and our own. The first one's heading is there for
 * those alone who go from heading to heading: what it says is the page's heading. */
void ppt_html_section(struct ppt_page *page, const char *id, const char *title);
void ppt_html_first_section(struct ppt_page *page, const char *id, const char *title);

/* Writes the whole; there is a section. Title and heading are plain text. */
void ppt_html_finish(struct ppt_page *page, const char *title, const char *heading,
                     struct ppt_text *out);
void ppt_page_free(struct ppt_page *page);

#endif
