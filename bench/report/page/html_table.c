#include "html_table.h"

#include <math.h>
#include <stdio.h>

#include "html_page.h"

void ppt_html_cell(struct ppt_text *out, const char *text)
{
    ppt_html_put(out, "<td>", text, "</td>");
}

void ppt_html_duration(struct ppt_text *out, double seconds)
{
    char text[PPT_UNITS_SIZE];

    ppt_html_cell(out, ppt_text_duration(seconds, text));
}

void ppt_html_number(struct ppt_text *out, bool exists, double value, int decimals,
                     const char *unit)
{
    char text[64];

    snprintf(text, sizeof(text), "%.*f%s", decimals, value, unit);
    ppt_html_cell(out, exists && isfinite(value) ? text : "–");
}

void ppt_html_table_begin(struct ppt_text *out, const char *caption, const char *const *heads)
{
    ppt_html_put(out, "<div class=\"scroll\" tabindex=\"0\">\n<table>\n<caption>", caption,
                 "</caption>\n<thead><tr>");
    for (size_t i = 0; heads[i]; i++) {
        ppt_html_put(out, "<th scope=\"col\">", heads[i], "</th>");
    }
    ppt_text_add(out, "</tr></thead>\n<tbody>\n");
}

void ppt_html_table_end(struct ppt_text *out)
{
    ppt_text_add(out, "</tbody>\n</table>\n</div>\n");
}
