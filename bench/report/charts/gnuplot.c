#include "chart.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "owned.h"

/* Characters that begin so are emoji for the most part, which cairo draws as large as the picture
 * where a font has them as bitmaps. What is shown is valid UTF-8. */
#define FOUR_BYTES 0xf0

void ppt_gnuplot_quote(struct ppt_text *out, const char *text)
{
    /* Besides letters and digits what means nothing to gnuplot between quotes. */
    static const char harmless[] = " !&()*+,-./:;<=>?[]^_{|}~";
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add_shown(&shown, text, SIZE_MAX);
    ppt_text_add(out, "\"");
    for (const unsigned char *c = (const unsigned char *)shown.data; *c; c++) {
        const bool plain = isalnum(*c) || *c >= 0x80 || strchr(harmless, *c);

        if (*c >= FOUR_BYTES) {
            ppt_text_add(out, "?");
            c += 3;
        } else {
            ppt_text_addf(out, plain ? "%c" : "\\%03o", *c);
        }
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
 * picture, which would empty the one of before. For the same reason PNG and PDF come first: some
 * gnuplots cannot draw them. The name prefixes the ids inside of the SVG, so that several can be
 * put into one page. */
extern const char ppt_chart_frame[]; /* frame.gp */
extern const char ppt_chart_theme[]; /* theme.gp */
extern const char ppt_chart_bare[];  /* bare.gp: how a script for other terminals begins */

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

const char *const ppt_chart_pictures[] = {".svg", "_narrow.svg", ".png", ".pdf", NULL};

/* "speedup.svg, speedup_narrow.svg" */
static void list_pictures(const char *name, struct ppt_text *out)
{
    for (size_t i = 0; ppt_chart_pictures[i]; i++) {
        ppt_text_addf(out, "%s%s%s",
                      i == 0                      ? ""
                      : ppt_chart_pictures[i + 1] ? ", "
                                                  : " and ",
                      name, ppt_chart_pictures[i]);
    }
}

/* Blanks are filled with numbers, too. */
#define NUMBER_SIZE 24

static const char *number(double value, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%.9g", value);
    return out;
}

/* As wide as the composition for a page is at this size letters have their usual size in print;
 * what is narrower than this has the narrow one. */
#define PAPER_MM 160
#define NARROW_PAPER_MM 125

static void add_script(struct ppt_chart *chart, double paper_mm, struct ppt_text *out)
{
    const struct extent extent = measure_data(chart->data.data);
    struct ppt_text pictures PPT_OWNED(ppt_text_free) = {0};
    struct ppt_chart_composition composition = {.commands = {0}};
    struct ppt_text commands PPT_OWNED(ppt_text_free) = {0};
    char n[9][NUMBER_SIZE];

    ppt_chart_next(chart);
    ppt_chart_compose(chart, &composition);
    commands = composition.commands;
    list_pictures(chart->name, &pictures);
    const struct blank blanks[] = {
        {"{name}", chart->name},
        {"{pictures}", pictures.data},
        {"{paper}", number(paper_mm > 0 ? paper_mm : PAPER_MM, n[0])},
        {"{columns}", number((double)extent.columns, n[1])},
        {"{rows}", number((double)extent.rows, n[2])},
        {"{numbers}", number((double)extent.numbers, n[3])},
        {"{end}", END_MARK},
        {"{theme}", ppt_chart_theme},
        {"{narrow_paper}", number(NARROW_PAPER_MM, n[4])},
        {"{wide_width}", number(ppt_chart_layouts[PPT_CHART_WIDE].width, n[5])},
        {"{narrow_width}", number(ppt_chart_layouts[PPT_CHART_NARROW].width, n[6])},
        {"{wide_height}", number(composition.height[PPT_CHART_WIDE], n[7])},
        {"{narrow_height}", number(composition.height[PPT_CHART_NARROW], n[8])},
        {"{composition}", commands.data},
        {"{plots}", chart->plots.data},
        {NULL, NULL},
    };
    fill(ppt_chart_frame, blanks, out);
}

/* The data stand in it, under a name that does for a file's. "EOD" alone on a line ends them, which
 * they never have. */
void ppt_chart_write_bare(struct ppt_chart *chart, struct ppt_text *out)
{
    struct ppt_chart_composition composition = {.commands = {0}};
    struct ppt_text commands PPT_OWNED(ppt_text_free) = {0};
    char n[2][NUMBER_SIZE];

    ppt_chart_next(chart);
    ppt_chart_compose(chart, &composition);
    commands = composition.commands;
    const struct blank blanks[] = {
        {"{narrow_width}", number(ppt_chart_layouts[PPT_CHART_NARROW].width, n[0])},
        {"{narrow_height}", number(composition.height[PPT_CHART_NARROW], n[1])},
        {"{theme}", ppt_chart_theme},
        {"{data}", chart->data.data},
        {"{composition}", commands.data},
        {"{plots}", chart->plots.data},
        {NULL, NULL},
    };
    fill(ppt_chart_bare, blanks, out);
}

static enum ppt_status write_part(const struct ppt_folder *folder, const char *name,
                                  const char *ending, const struct ppt_text *text,
                                  struct ppt_error *error)
{
    char *file PPT_FREED = ppt_text_format("%s.%s", name, ending);

    return ppt_file_write_in(folder, file, text->data, text->length, error);
}

enum ppt_status ppt_chart_write(struct ppt_chart *chart, double paper_mm,
                                const struct ppt_folder *folder, struct ppt_error *error)
{
    struct ppt_text script PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add(&chart->data, END_MARK "\n");
    add_script(chart, paper_mm, &script);
    PPT_TRY(write_part(folder, chart->name, "dat", &chart->data, error));
    return write_part(folder, chart->name, "gp", &script, error);
}
