#include "chart.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

void ppt_gnuplot_quote(struct ppt_text *out, const char *text)
{
    /* Besides letters and digits what means nothing to gnuplot between quotes. */
    static const char harmless[] = " !&()*+,-./:;<=>?[]^_{|}~";
    struct ppt_text shown = {0};

    ppt_text_add_shown(&shown, text, SIZE_MAX);
    ppt_text_add(out, "\"");
    for (const unsigned char *c = (const unsigned char *)shown.data; *c; c++) {
        const bool plain = isalnum(*c) || *c >= 0x80 || strchr(harmless, *c);

        ppt_text_addf(out, plain ? "%c" : "\\%03o", *c);
    }
    ppt_text_add(out, "\"");
    ppt_text_free(&shown);
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

/* ARG0 is the script as gnuplot was told it, and is empty or not there when it comes through a
 * pipe; "reset session" would forget it. Bytes are counted, not characters, since a folder's name
 * may be no UTF-8; and without "./" a name that begins with "<" or "|" would be a command. */
static void add_place(const struct ppt_chart *chart, struct ppt_text *out)
{
    ppt_text_addf(out,
                  "# Draw with: gnuplot -d %s.gp, or by its path from any other folder\n"
                  "# (makes %s.svg and %s.png beside this script, of the data in %s.dat)\n"
                  "reset\n"
                  "unset decimalsign\n"
                  "set encoding default\n"
                  "folder = exists('ARG0') ? ARG0 : ''\n"
                  "while (folder ne '' && folder[strlen(folder):] ne '/') {\n"
                  "  folder = folder[1:strlen(folder) - 1]\n"
                  "}\n"
                  "if (folder[1:1] ne '/') { folder = './'.folder }\n"
                  "set encoding utf8\n"
                  "data = folder.'%s.dat'\n",
                  chart->name, chart->name, chart->name, chart->name, chart->name);
}

/* A comment to whoever else reads the data. What else stands in comments follows "# ". */
#define END_MARK "#end"

/* gnuplot takes missing data for a curve without points, draws the rest and ends well. Rows are
 * counted, and what valid() calls a number in them, since text in place of numbers is left out of
 * curves as well; and without the mark at the end the last number may have lost digits. gnuplot's
 * "exit error", which before a prompt goes back to that, takes the message for a format of
 * printf(): no folder's name may be in it. */
static void add_check(const struct ppt_chart *chart, struct ppt_text *out)
{
    const struct extent extent = measure_data(chart->data.data);

    ppt_text_addf(out,
                  "undefine STATS_*\n"
                  "stats data using (sum [c = 1:%zu] valid(c)) nooutput\n"
                  "if (!exists('STATS_records')) { STATS_records = 0; STATS_sum = 0 }\n"
                  "if (STATS_records < %zu) {\n"
                  "  exit error sprintf('%s.dat: %%d of %zu rows of data are there; nothing is "
                  "drawn', STATS_records)\n"
                  "}\n"
                  "if (STATS_sum < %zu) {\n"
                  "  exit error sprintf('%s.dat: %%d of %zu numbers are there; nothing is drawn', "
                  "STATS_sum)\n"
                  "}\n",
                  extent.columns, extent.rows, chart->name, extent.rows, extent.numbers,
                  chart->name, extent.numbers);
    ppt_text_addf(out,
                  "set datafile commentschars ''\n"
                  "stats data using (strcol(1) eq '" END_MARK "') nooutput\n"
                  "set datafile commentschars\n"
                  "if (STATS_sum < 1) {\n"
                  "  exit error '%s.dat: the line " END_MARK " that ends the data is not there; "
                  "nothing is drawn'\n"
                  "}\n",
                  chart->name);
}

static void add_style(struct ppt_text *out)
{
    ppt_text_add(out, "set border 3 lw 1\n"
                      "set tics nomirror out\n"
                      "set grid ytics lc rgb '" PPT_PALE "' lw 1\n"
                      "set key outside bottom center horizontal reverse Left samplen 3\n"
                      "set pointintervalbox 0\n"
                      "set termoption noenhanced\n");
}

/* The first drawing goes nowhere: a command that fails ends the script before it has opened a
 * picture, which would empty the one of before. For the same reason the PNG comes first: some
 * gnuplots cannot draw it. */
static void add_drawing(const struct ppt_chart *chart, struct ppt_text *out)
{
    ppt_text_add(out, "set terminal push\n"
                      "set terminal dumb\n"
                      "set output '/dev/null'\n");
    ppt_text_add(out, chart->plot.data);
    /* The name prefixes the ids inside, so that several charts can be put into one page. */
    ppt_text_addf(out,
                  "set output\n"
                  "set terminal pngcairo noenhanced size 1440,900 font 'DejaVu Sans,22' lw 2 "
                  "pointscale 2 background rgb 'white'\n"
                  "set output folder.'%s.png'\n"
                  "replot\n"
                  "set output\n"
                  "set terminal svg noenhanced size 720,450 dynamic font 'DejaVu Sans,12' name "
                  "'%s' background rgb 'white'\n"
                  "set output folder.'%s.svg'\n"
                  "replot\n"
                  "set output\n"
                  "set terminal pop\n",
                  chart->name, chart->name, chart->name);
}

static enum ppt_status write_part(const struct ppt_folder *folder, const char *name,
                                  const char *ending, const struct ppt_text *text,
                                  struct ppt_error *error)
{
    char *file = ppt_text_format("%s.%s", name, ending);
    const enum ppt_status status = ppt_file_write_in(folder, file, text->data, text->length, error);

    free(file);
    return status;
}

enum ppt_status ppt_chart_write(struct ppt_chart *chart, const struct ppt_folder *folder,
                                struct ppt_error *error)
{
    struct ppt_text script = {0};
    enum ppt_status status;

    ppt_text_add(&chart->data, END_MARK "\n");
    add_place(chart, &script);
    add_check(chart, &script);
    add_style(&script);
    add_drawing(chart, &script);
    status = write_part(folder, chart->name, "dat", &chart->data, error);
    if (status == PPT_OK) {
        status = write_part(folder, chart->name, "gp", &script, error);
    }
    ppt_text_free(&script);
    return status;
}
