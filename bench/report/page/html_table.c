#include "html_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "html_page.h"

struct ppt_table ppt_html_table_begin(struct ppt_text *out, enum ppt_table_kind kind,
                                      const char *name, const char *caption,
                                      const char *const *heads)
{
    static const char *const classes[] = {
        [PPT_TABLE_CARDS] = "cards",
        [PPT_TABLE_TEXT] = "cards text",
        [PPT_TABLE_SCROLLS] = "long",
    };

    if (kind != PPT_TABLE_TEXT) {
        ppt_html_put(out, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"", name,
                     "\">\n");
    }
    ppt_text_addf(out, "<table class=\"%s\">\n", classes[kind]);
    if (*caption) {
        ppt_html_put(out, "<caption><span>", caption, "</span></caption>\n");
    }
    ppt_text_add(out, "<thead><tr>");
    for (size_t i = 0; heads[i]; i++) {
        ppt_html_put(out, "<th scope=\"col\">", heads[i], "</th>");
    }
    ppt_text_add(out, "</tr></thead>\n<tbody>\n");
    return (struct ppt_table){.out = out, .heads = heads, .kind = kind};
}

void ppt_html_table_end(const struct ppt_table *table)
{
    ppt_text_add(table->out, "</tbody>\n</table>\n");
    ppt_text_add(table->out, table->kind == PPT_TABLE_TEXT ? "" : "</div>\n");
}

void ppt_html_row(struct ppt_table *table, const char *class)
{
    ppt_text_addf(table->out, "<tr%s>", class);
    table->column = 0;
}

void ppt_html_row_end(const struct ppt_table *table)
{
    ppt_text_add(table->out, "</tr>\n");
}

/* Ends the tag of a cell with the name of its column, where a card will show it. */
static void begin_cell(struct ppt_table *table)
{
    if (table->kind != PPT_TABLE_SCROLLS) {
        ppt_html_put(table->out, " data-label=\"", table->heads[table->column], "\"");
    }
    ppt_text_add(table->out, ">");
    table->column++;
}

/* ---- heads of rows ---- */

void ppt_html_row_head_begin(struct ppt_table *table)
{
    ppt_text_add(table->out, "<th scope=\"row\"");
    begin_cell(table);
}

void ppt_html_row_head_end(const struct ppt_table *table)
{
    ppt_text_add(table->out, "</th>");
}

void ppt_html_row_head(struct ppt_table *table, const char *text)
{
    ppt_html_row_head_begin(table);
    ppt_html_add(table->out, text);
    ppt_html_row_head_end(table);
}

/* ---- cells ---- */

void ppt_html_cell_begin(struct ppt_table *table)
{
    ppt_text_add(table->out, "<td");
    begin_cell(table);
}

void ppt_html_cell_end(const struct ppt_table *table)
{
    ppt_text_add(table->out, "</td>");
}

void ppt_html_cell(struct ppt_table *table, const char *text)
{
    ppt_html_cell_begin(table);
    ppt_html_add(table->out, text);
    ppt_html_cell_end(table);
}

void ppt_html_cell_prose(struct ppt_table *table, const char *words)
{
    ppt_html_cell_begin(table);
    ppt_html_prose(table->out, words);
    ppt_html_cell_end(table);
}

void ppt_html_duration(struct ppt_table *table, double seconds)
{
    char text[PPT_UNITS_SIZE];

    /* A unit does not stand alone on a line. */
    ppt_html_cell_begin(table);
    ppt_text_duration(seconds, text);
    char *unit = strchr(text, ' ');
    if (unit) {
        *unit = '\0';
    }
    ppt_html_add(table->out, text);
    if (unit) {
        ppt_html_put(table->out, "&nbsp;", unit + 1, "");
    }
    ppt_html_cell_end(table);
}

void ppt_html_number(struct ppt_table *table, bool exists, double value, int decimals,
                     const char *unit)
{
    char text[64];

    snprintf(text, sizeof(text), "%.*f%s", decimals, value, unit);
    ppt_html_cell(table, exists && isfinite(value) ? text : "–");
}

void ppt_html_share(struct ppt_table *table, bool exists, double share)
{
    char text[PPT_UNITS_SIZE];

    ppt_html_cell(table, !exists ? "–" : share == 0 ? "none" : ppt_text_percent(share, text));
}

void ppt_html_classed(struct ppt_table *table, enum ppt_class class, const char *text)
{
    ppt_text_addf(table->out, "<td class=\"%s\"", ppt_class_names[class]);
    begin_cell(table);
    ppt_html_add(table->out, text);
    ppt_html_cell_end(table);
}
