#include "html_page.h"

#include <stdlib.h>

#include "charts.h"
#include "file.h"
#include "memory.h"

/* Colours of text keep a contrast of at least 4.5 to 1 on their ground, light and dark (WCAG 2.1).
 * Charts are drawn for white; in the dark they are inverted with their hues kept. */
static const char style[] =
    ":root{color-scheme:light dark;--ink:#1a1a1a;--soft:#595959;--ground:#fff;--panel:#f4f6f8;"
    "--line:#d0d5da;--mark:#00684a;--mark-ground:#e3f4ec;--warn:#9a3412;--link:#0b5cad}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#b0b4b8;--ground:#16181b;"
    "--panel:#1f2327;--line:#3a4046;--mark:#5fd3a6;--mark-ground:#12332a;--warn:#ffab7a;"
    "--link:#7db8ff}figure img{filter:invert(.92) hue-rotate(180deg)}}\n"
    "*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);"
    "font:16px/1.5 system-ui,'DejaVu Sans',sans-serif}main{max-width:70rem;margin:0 auto;"
    "padding:1rem}h1{font-size:1.5rem;margin:.5rem 0;overflow-wrap:anywhere}"
    "h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}"
    "p{margin:.5rem 0}a{color:var(--link)}.verdict{background:var(--mark-ground);"
    "border-left:.4rem solid var(--mark);padding:.75rem 1rem;margin:1rem 0}"
    ".verdict p:first-child{font-size:1.2rem;font-weight:600}.badge{display:inline-block;"
    "border:1px solid currentColor;border-radius:.3rem;padding:0 .4rem;font-size:.8rem;"
    "font-weight:600;color:var(--mark)}.low{color:var(--warn)}.soft{color:var(--soft);"
    "font-size:.9rem}.scroll{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0;"
    "font-size:.85rem;font-variant-numeric:tabular-nums}caption{text-align:left;"
    "color:var(--soft);padding:.25rem 0}th,td{border-bottom:1px solid var(--line);"
    "padding:.25rem .6rem;text-align:right;white-space:nowrap;vertical-align:top}"
    "th:first-child,td:first-child{text-align:left}thead th{background:var(--panel)}"
    ".text td,.text th{text-align:left}.text td{white-space:normal;overflow-wrap:anywhere}"
    ".text td.word{white-space:nowrap}"
    "tr.chosen{background:var(--mark-ground);font-weight:600}tr.flagged td{color:var(--warn)}"
    "figure{margin:1rem 0}figure div{overflow-x:auto}"
    "figure img{width:100%;height:auto;min-width:30rem;max-width:45rem;display:block}"
    "figcaption{color:var(--soft);font-size:.9rem;max-width:45rem}"
    "pre{background:var(--panel);padding:.75rem;overflow-x:auto;font-size:.85rem}"
    "summary{cursor:pointer}\n"
    "@media print{body{font-size:11pt}main{max-width:none;padding:0}figure,tr{break-inside:avoid}"
    "h2{break-after:avoid}.scroll{overflow:visible}table{font-size:8pt}"
    "th,td{white-space:normal;padding:.1rem .3rem}figure img{min-width:0}}\n";

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

void ppt_html_begin(struct ppt_text *out, const char *title)
{
    ppt_text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'; img-src data:\">\n"
                      "<link rel=\"icon\" href=\"data:,\">\n<title>");
    ppt_html_add(out, title);
    ppt_text_add(out, "</title>\n<style>\n");
    ppt_text_add(out, style);
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
    char *encoded = ppt_alloc(length / 3 * 4 + 5, 1), *at = encoded;

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
    free(encoded);
}

/* As an image a picture runs no script, whatever it holds, and loads nothing. */
static void add_picture(struct ppt_text *out, const char *svg, size_t length, const char *shows)
{
    ppt_text_add(out, "<div><img alt=\"");
    ppt_html_add(out, shows);
    ppt_text_add(out, "\" src=\"data:image/svg+xml;base64,");
    add_base64(out, svg, length);
    ppt_text_add(out, "\"></div>\n");
}

void ppt_html_chart(struct ppt_text *out, const struct ppt_folder *folder, const char *name,
                    const char *shows, const char *reading)
{
    char *file = ppt_text_format("%s.svg", name);
    struct ppt_folder charts;
    struct ppt_error ignored;
    char *svg = NULL;
    size_t length = 0;
    const bool read =
        ppt_folder_enter(folder, "charts", false, &charts, &ignored) == PPT_OK &&
        ppt_file_read_in(&charts, file, LARGEST_CHART, &svg, &length, &ignored) == PPT_OK;

    ppt_text_add(out, "<figure>\n");
    if (read && ppt_svg_is_whole(svg, length)) {
        add_picture(out, svg, length, shows);
    } else {
        ppt_text_add(out, "<p class=\"soft\">(The chart ");
        ppt_html_add(out, name);
        ppt_text_add(out, " was not drawn.)</p>\n");
    }
    ppt_text_add(out, "<figcaption>");
    ppt_html_add(out, reading);
    ppt_text_add(out, "</figcaption>\n</figure>\n");
    free(svg);
    ppt_folder_close(&charts);
    free(file);
}
