#include "html_page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "file.h"

/* Colours of text keep a contrast of at least 4.5 to 1 on their ground, light and dark (WCAG 2.1).
 * Charts are drawn for white; in the dark they are inverted with their hues kept. */
static const char style[] =
    ":root{color-scheme:light dark;--ink:#1a1a1a;--soft:#595959;--ground:#fff;--panel:#f4f6f8;"
    "--line:#d0d5da;--mark:#00684a;--mark-ground:#e3f4ec;--warn:#9a3412;--link:#0b5cad}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#b0b4b8;--ground:#16181b;"
    "--panel:#1f2327;--line:#3a4046;--mark:#5fd3a6;--mark-ground:#12332a;--warn:#ffab7a;"
    "--link:#7db8ff}figure svg{filter:invert(.92) hue-rotate(180deg)}}\n"
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
    "figure svg{width:100%;height:auto;min-width:30rem;max-width:45rem;display:block}"
    "figcaption{color:var(--soft);font-size:.9rem;max-width:45rem}"
    "pre{background:var(--panel);padding:.75rem;overflow-x:auto;font-size:.85rem}"
    "summary{cursor:pointer}\n"
    "@media print{body{font-size:11pt}main{max-width:none;padding:0}figure,tr{break-inside:avoid}"
    "h2{break-after:avoid}.scroll{overflow:visible}table{font-size:8pt}"
    "th,td{white-space:normal;padding:.1rem .3rem}figure svg{min-width:0}}\n";

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

/* The elements that gnuplot draws with. */
static bool is_known(const char *name, size_t length)
{
    static const char *const names[] = {
        "svg",      "title",   "desc",   "g",       "defs",        "rect",           "circle",
        "path",     "use",     "text",   "tspan",   "polygon",     "polyline",       "line",
        "clipPath", "pattern", "filter", "feFlood", "feComposite", "linearGradient", "stop"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether every parenthesis belongs to a function that draws: url() of something in the picture, or
 * one of those that gnuplot calls. With no backslash and no ampersand there is but one way to write
 * their names. */
static bool calls_are_harmless(const char *value, size_t length)
{
    static const char *const calls[] = {"url(#",   "url('#", "rgb(",   "translate(",
                                        "rotate(", "scale(", "matrix("};

    for (size_t i = 0; i < length; i++) {
        size_t start = i;
        bool known = false;

        if (strchr("\\&", value[i])) {
            return false;
        }
        if (value[i] != '(') {
            continue;
        }
        while (start > 0 && !strchr(" \t\r\n,;:(", value[start - 1])) {
            start--;
        }
        for (size_t k = 0; k < sizeof(calls) / sizeof(calls[0]); k++) {
            known |= strncmp(value + start, calls[k], strlen(calls[k])) == 0;
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

/* Whether an attribute neither acts nor refers to anything outside of the picture. */
static bool is_harmless(const char *name, size_t name_length, const char *value,
                        size_t value_length)
{
    const bool reference = name_length >= 4 && strncasecmp(name + name_length - 4, "href", 4) == 0;

    return strncasecmp(name, "on", 2) != 0 && (!reference || *value == '#') &&
           calls_are_harmless(value, value_length);
}

/* Reads the attributes from *at on, and moves it behind the tag; false when one is harmful or it is
 * not XML. */
static bool check_attributes(const char **at)
{
    const char *c = *at;

    for (;;) {
        c += strspn(c, " \t\r\n/");
        if (*c == '>') {
            *at = c + 1;
            return true;
        }
        const char *name = c;
        const size_t name_length = strcspn(c, "= \t\r\n<>\"'");
        c += name_length;
        c += strspn(c, " ");
        if (name_length == 0 || *c != '=') {
            return false;
        }
        c += 1 + strspn(c + 1, " ");
        if (*c != '"' && *c != '\'') {
            return false;
        }
        const char *value = c + 1;
        const char *end = strchr(value, *c);
        if (!end || !is_harmless(name, name_length, value, (size_t)(end - value))) {
            return false;
        }
        c = end + 1;
    }
}

/* Whether it is a picture and nothing else: a chart holds texts of the user's, and it is gnuplot
 * that has kept them from becoming markup. */
static bool is_picture(const char *svg)
{
    for (const char *c = svg; (c = strchr(c, '<')) != NULL;) {
        const bool closing = c[1] == '/';
        const char *name = c + 1 + closing;
        const size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

        if (!is_known(name, length)) {
            return false;
        }
        c = name + length;
        if (!check_attributes(&c)) {
            return false;
        }
    }
    return true;
}

/* Ids of symbols are the same in every chart of gnuplot's; in one page each needs its own. */
static void add_with_own_ids(struct ppt_text *out, const char *svg, const char *name)
{
    static const char *const ids[] = {"'gpDot",   "#gpDot",   "'gpPt",
                                      "#gpPt",    "'textbox", "#textbox",
                                      "'greybox", "#greybox", "\"gnuplot_canvas"};

    for (const char *c = svg; *c;) {
        const char *next = NULL;
        size_t which = 0;

        for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
            const char *found = strstr(c, ids[i]);

            if (found && (!next || found < next)) {
                next = found;
                which = i;
            }
        }
        if (!next) {
            ppt_text_add(out, c);
            return;
        }
        ppt_text_addf(out, "%.*s%c%s_%s", (int)(next - c), c, ids[which][0], name, ids[which] + 1);
        c = next + strlen(ids[which]);
    }
}

void ppt_html_chart(struct ppt_text *out, const struct ppt_folder *folder, const char *name,
                    const char *shows, const char *reading)
{
    char *file = ppt_text_format("%s.svg", name);
    struct ppt_folder charts;
    struct ppt_error ignored;
    char *data = NULL;
    size_t length = 0;
    const bool read =
        ppt_folder_enter(folder, "charts", false, &charts, &ignored) == PPT_OK &&
        ppt_file_read_in(&charts, file, LARGEST_CHART, &data, &length, &ignored) == PPT_OK;
    const char *svg = read ? strstr(data, "<svg") : NULL;

    ppt_text_add(out, "<figure>\n");
    if (svg && is_picture(svg)) {
        ppt_text_add(out, "<div role=\"img\" aria-label=\"");
        ppt_html_add(out, shows);
        ppt_text_add(out, "\">\n<svg aria-hidden=\"true\" focusable=\"false\"");
        add_with_own_ids(out, svg + strlen("<svg"), name);
        ppt_text_add(out, "</div>\n");
    } else {
        ppt_text_add(out, "<p class=\"soft\">(The chart ");
        ppt_html_add(out, name);
        ppt_text_add(out, " was not drawn.)</p>\n");
    }
    ppt_text_add(out, "<figcaption>");
    ppt_html_add(out, reading);
    ppt_text_add(out, "</figcaption>\n</figure>\n");
    free(data);
    ppt_folder_close(&charts);
    free(file);
}
