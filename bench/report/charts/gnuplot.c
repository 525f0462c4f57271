#include "chart.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "owned.h"

void ppt_gnuplot_quote(struct ppt_text *out, const char *text)
{
    /* Besides letters and digits what means nothing to gnuplot between quotes. */
    static const char harmless[] = " !&()*+,-./:;<=>?[]^_{|}~";
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add_shown(&shown, text, SIZE_MAX);
    ppt_text_add(out, "\"");
    for (const unsigned char *c = (const unsigned char *)shown.data; *c; c++) {
        const bool plain = isalnum(*c) || *c >= 0x80 || strchr(harmless, *c);

        ppt_text_addf(out, plain ? "%c" : "\\%03o", *c);
    }
    ppt_text_add(out, "\"");
}

/* What gnuplot must find in a chart's data. */
struct extent {
    size_t rows, columns; /* columns: of the row that has most */
    size_t numbers;       /* NaN, which is none, and quoted texts are not among them */
};

static const char *behind_line(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

static const char *behind_field(const char *field)
{
    if (*field != '"') {
        return field + strcspn(field, " \n");
    }
    field += 1 + strcspn(field + 1, "\"\n");
    return field + (*field == '"');
}

static bool is_number(const char *field)
{
    char *end;
    const double value = strtod(field, &end);

    return end != field && !isnan(value);
}

static void count_row(struct extent *extent, const char *row)
{
    size_t columns = 0;

    for (const char *field = row; *field && *field != '\n'; columns++) {
        extent->numbers += is_number(field);
        field = behind_field(field);
        field += strspn(field, " ");
    }
    extent->rows++;
    extent->columns = columns > extent->columns ? columns : extent->columns;
}

/* Lines that are comments or empty are no rows, as for gnuplot. */
static struct extent measure_data(const char *data)
{
    struct extent extent = {0};

    for (const char *line = data; *line; line = behind_line(line)) {
        if (*line != '#' && *line != '\n') {
            count_row(&extent, line);
        }
    }
    return extent;
}

/* The script around the commands of a chart. What it is like, and why:
 *
 * ARG0 is the script as gnuplot was told it, and is empty or not there when it comes through a
 * pipe; "reset session" would forget it. Bytes are counted, not characters, since a folder's name
 * may be no UTF-8; and without "./" a name that begins with "<" or "|" would be a command.
 *
 * gnuplot takes missing data for a curve without points, draws the rest and ends well. Rows are
 * counted, and what valid() calls a number in them, since text in place of numbers is left out of
 * curves as well; and without the mark at the end the last number may have lost digits. gnuplot's
 * "exit error", which before a prompt goes back to that, takes the message for a format of
 * printf(): no folder's name may be in it.
 *
 * The first drawing goes nowhere: a command that fails ends the script before it has opened a
 * picture, which would empty the one of before. For the same reason the PNG comes first: some
 * gnuplots cannot draw it. The name prefixes the ids inside of the SVG, so that several can be put
 * into one page. */
extern const char ppt_chart_frame[]; /* frame.gp */

/* A comment to whoever else reads the data. What else stands in comments follows "# ". */
#define END_MARK "#end"

/* What stands in braces in the frame, and what for. */
struct blank {
    const char *name, *text;
};

/* The blank that a text begins with, or NULL. */
static const struct blank *blank_at(const char *text, const struct blank *blanks)
{
    for (const struct blank *b = blanks; b->name; b++) {
        if (strncmp(text, b->name, strlen(b->name)) == 0) {
            return b;
        }
    }
    return NULL;
}

static void fill(const char *frame, const struct blank *blanks, struct ppt_text *out)
{
    for (const char *c = frame; *c;) {
        const struct blank *blank = blank_at(c, blanks);
        const size_t plain = blank ? 0 : 1 + strcspn(c + 1, "{");

        ppt_text_addf(out, "%.*s", (int)plain, c);
        ppt_text_add(out, blank ? blank->text : "");
        c += blank ? strlen(blank->name) : plain;
    }
}

static void add_script(const struct ppt_chart *chart, struct ppt_text *out)
{
    const struct extent extent = measure_data(chart->data.data);
    char columns[24], rows[24], numbers[24];
    const struct blank blanks[] = {
        {"{name}", chart->name},      {"{columns}", columns}, {"{rows}", rows},
        {"{numbers}", numbers},       {"{end}", END_MARK},    {"{pale}", PPT_PALE},
        {"{plot}", chart->plot.data}, {NULL, NULL},
    };

    snprintf(columns, sizeof(columns), "%zu", extent.columns);
    snprintf(rows, sizeof(rows), "%zu", extent.rows);
    snprintf(numbers, sizeof(numbers), "%zu", extent.numbers);
    fill(ppt_chart_frame, blanks, out);
}

static enum ppt_status write_part(const struct ppt_folder *folder, const char *name,
                                  const char *ending, const struct ppt_text *text,
                                  struct ppt_error *error)
{
    char *file PPT_FREED = ppt_text_format("%s.%s", name, ending);

    return ppt_file_write_in(folder, file, text->data, text->length, error);
}

enum ppt_status ppt_chart_write(struct ppt_chart *chart, const struct ppt_folder *folder,
                                struct ppt_error *error)
{
    struct ppt_text script PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add(&chart->data, END_MARK "\n");
    add_script(chart, &script);
    PPT_TRY(write_part(folder, chart->name, "dat", &chart->data, error));
    return write_part(folder, chart->name, "gp", &script, error);
}
