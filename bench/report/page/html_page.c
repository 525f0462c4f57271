#include "html_page.h"

#include "charts.h"
#include "file.h"
#include "memory.h"
#include "owned.h"

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

void ppt_html_begin(struct ppt_text *out, const char *title)
{
    ppt_text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'; img-src data:\">\n"
                      "<link rel=\"icon\" href=\"data:,\">\n<title>");
    ppt_html_add(out, title);
    ppt_text_add(out, "</title>\n<style>\n");
    ppt_text_add(out, ppt_page_style);
    ppt_text_add(out, "</style>\n</head>\n<body>\n<main>\n");
}

void ppt_html_end(struct ppt_text *out)
{
    ppt_text_add(out, "</main>\n</body>\n</html>\n");
}

/* ---- charts ---- */

#define LARGEST_CHART ((size_t)16 << 20)

/* In base64, whose letters mean nothing in a page, and nothing in an address. */
static void add_base64(struct ppt_text *out, const char *data, size_t length)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *encoded PPT_FREED = ppt_alloc(length / 3 * 4 + 5, 1), *at = encoded;

    for (size_t i = 0; i < length; i += 3) {
        const size_t bytes = length - i < 3 ? length - i : 3;
        unsigned group = 0;

        for (size_t k = 0; k < 3; k++) {
            group = group << 8 | (k < bytes ? (unsigned char)data[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            *at++ = '=';
            if (k <= bytes) {
                at[-1] = letters[group >> (18 - 6 * k) & 63];
            }
        }
    }
    ppt_text_add(out, encoded);
}

/* As an image a picture runs no script, whatever it holds, and loads nothing. */
static void add_picture(struct ppt_text *out, const char *svg, size_t length, const char *shows)
{
    ppt_html_put(out, "<div><img alt=\"", shows, "\" src=\"data:image/svg+xml;base64,");
    add_base64(out, svg, length);
    ppt_text_add(out, "\"></div>\n");
}

void ppt_html_chart(struct ppt_text *out, const struct ppt_folder *folder, const char *name,
                    const char *shows, const char *reading)
{
    char *file PPT_FREED = ppt_text_format("%s.svg", name);
    struct ppt_folder charts PPT_OWNED(ppt_folder_close) = {0};
    struct ppt_error ignored;
    char *svg PPT_FREED = NULL;
    size_t length = 0;
    const bool read =
        ppt_folder_enter(folder, "charts", false, &charts, &ignored) == PPT_OK &&
        ppt_file_read_in(&charts, file, LARGEST_CHART, &svg, &length, &ignored) == PPT_OK;

    ppt_text_add(out, "<figure>\n");
    if (read && ppt_svg_is_whole(svg, length)) {
        add_picture(out, svg, length, shows);
    } else {
        ppt_html_put(out, "<p class=\"soft\">(The chart ", name, " was not drawn.)</p>\n");
    }
    ppt_html_put(out, "<figcaption>", reading, "</figcaption>\n</figure>\n");
}
