#include "html_page.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "owned.h"
#include "status.h"

extern const char ppt_page_style[]; /* style.css */

void ppt_html_add(struct ppt_text *out, const char *text)
{
    for (const char *c = text; *c;) {
        const size_t hidden = ppt_hidden_length(c), length = hidden ? hidden : ppt_utf8_length(c);

        if (*c == '&') {
            ppt_text_add(out, "&amp;");
        } else if (*c == '<') {
            ppt_text_add(out, "&lt;");
        } else if (*c == '>') {
            ppt_text_add(out, "&gt;");
        } else if (*c == '"') {
            ppt_text_add(out, "&quot;");
        } else if (*c == '\'') {
            ppt_text_add(out, "&#39;");
        } else if (hidden > 0 && *c != '\n' && *c != '\t') {
            ppt_text_add(out, "\xef\xbf\xbd");
        } else {
            ppt_text_addf(out, "%.*s", (int)length, c);
        }
        c += length;
    }
}

void ppt_html_put(struct ppt_text *out, const char *before, const char *text, const char *after)
{
    ppt_text_add(out, before);
    ppt_html_add(out, text);
    ppt_text_add(out, after);
}

/* The longest option that is kept on one line. */
#define LONGEST_OPTION 24

/* A word, or what of an option must not be torn off: "--", and no more where it is long. */
static void add_word(struct ppt_text *out, const char *word, size_t length)
{
    const bool option = strncmp(word, "--", 2) == 0 && length > 2;
    const size_t kept = !option ? 0 : length <= LONGEST_OPTION ? length : 3;
    char *first PPT_FREED = ppt_text_format("%.*s", (int)kept, word);
    char *rest PPT_FREED = ppt_text_format("%.*s", (int)(length - kept), word + kept);

    if (option) {
        ppt_html_put(out, "<span class=\"option\">", first, "</span>");
    }
    ppt_html_add(out, rest);
}

/* The longest of the names that the text begins with; 0: none. */
static size_t name_length(const char *text, const char *const *names)
{
    size_t longest = 0;

    for (; *names; names++) {
        const size_t length = strlen(*names);

        if (length > longest && strncmp(text, *names, length) == 0 &&
            !isalnum((unsigned char)text[length])) {
            longest = length;
        }
    }
    return longest;
}

void ppt_html_prose_about(struct ppt_text *out, const char *words, const char *const *names)
{
    for (const char *at = words; *at;) {
        const size_t name = name_length(at, names), length = name ? name : strcspn(at, " ");

        if (name) {
            char *code PPT_FREED = ppt_text_format("%.*s", (int)name, at);

            ppt_html_put(out, "<code>", code, "</code>");
        } else {
            add_word(out, at, length);
        }
        at += length;
        for (; *at == ' '; at++) {
            ppt_text_add(out, at[1] == '%' ? "&nbsp;" : " ");
        }
    }
}

void ppt_html_prose(struct ppt_text *out, const char *words)
{
    static const char *const none[] = {NULL};

    ppt_html_prose_about(out, words, none);
}

void ppt_html_rest(struct ppt_text *out, const char *words)
{
    const size_t length = strlen(words);

    ppt_html_prose(out, words);
    ppt_text_add(out, length > 0 && strchr(".:", words[length - 1]) ? "</p>\n" : ".</p>\n");
}

void ppt_html_words(struct ppt_text *out, const char *before, const char *words)
{
    const char *start = words ? words + strspn(words, " ") : "";

    if (*start) {
        ppt_text_addf(out, "%s%c", before, toupper((unsigned char)*start));
        ppt_html_rest(out, start + 1);
    }
}

/* ---- sections ---- */

static void end_section(struct ppt_page *page)
{
    if (page->sections > 0) {
        ppt_text_add(&page->body, "</section>\n");
    }
}

static void begin_section(struct ppt_page *page, const char *id, const char *title,
                          const char *class)
{
    end_section(page);
    page->sections++;
    ppt_text_addf(&page->contents, "<li><a href=\"#%s\">%s</a></li>\n", id, title);
    ppt_text_addf(&page->body,
                  "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\"%s>%s"
                  "</h2>\n",
                  id, id, id, class, title);
}

void ppt_html_section(struct ppt_page *page, const char *id, const char *title)
{
    begin_section(page, id, title, "");
}

void ppt_html_first_section(struct ppt_page *page, const char *id, const char *title)
{
    begin_section(page, id, title, " class=\"unseen\"");
}

/* ---- the whole ---- */

void ppt_html_finish(struct ppt_page *page, const char *title, const char *heading,
                     struct ppt_text *out)
{
    end_section(page);
    ppt_text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'; img-src data:\">\n"
                      "<link rel=\"icon\" href=\"data:,\">\n");
    ppt_html_put(out, "<title>", title, "</title>\n<style>\n");
    ppt_text_add(out, ppt_page_style);
    ppt_text_add(out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">To the "
                      "content</a>\n");
    ppt_html_put(out, "<header>\n<h1>", heading, "</h1>\n");
    ppt_text_addf(out,
                  "<p class=\"soft\">%s</p>\n</header>\n<nav aria-label=\"Contents\">\n<ul>\n%s"
                  "</ul>\n</nav>\n<main id=\"content\" tabindex=\"-1\">\n%s</main>\n</body>\n"
                  "</html>\n",
                  page->about.data ? page->about.data : "", page->contents.data, page->body.data);
}

void ppt_page_free(struct ppt_page *page)
{
    ppt_text_free(&page->about);
    ppt_text_free(&page->contents);
    ppt_text_free(&page->body);
}
