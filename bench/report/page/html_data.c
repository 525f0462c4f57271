#include "html_data.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "html_page.h"
#include "html_table.h"
#include "memory.h"
#include "owned.h"

#define LARGEST_DATA ((size_t)16 << 20)
#define MOST_COLUMNS 64
#define NO_VALUE "NaN"

/* More than anybody reads off a table; the file has all of them. */
#define DIGITS 5

/* The texts of a line; they lie in it. */
struct cells {
    char *items[MOST_COLUMNS + 1]; /* NULL-terminated */
    bool quoted[MOST_COLUMNS];     /* words, whatever they look like */
    size_t count;
};

static void add_cell(struct cells *cells, char *text, bool quoted)
{
    if (cells->count < MOST_COLUMNS) {
        cells->quoted[cells->count] = quoted;
        cells->items[cells->count++] = text;
    }
}

/* ---- lines ---- */

/* Cuts off the first line of *rest, which is moved behind it; NULL at the end. */
static char *next_line(char **rest)
{
    char *line = *rest;

    if (!line || !*line || strcmp(line, "#end\n") == 0) {
        return NULL;
    }
    *rest = strchr(line, '\n');
    if (*rest) {
        *(*rest)++ = '\0';
    }
    return line;
}

static bool is_comment(const char *line)
{
    return line[0] == '#';
}

static char *comment_of(char *line)
{
    return line + 1 + strspn(line + 1, " ");
}

/* "workers  speedup: median  low". */
static void cut_heads(char *line, struct cells *heads)
{
    *heads = (struct cells){0};
    while (*line) {
        char *end = strstr(line, "  ");

        add_cell(heads, line, true);
        if (!end) {
            break;
        }
        *end = '\0';
        line = end + 1 + strspn(end + 1, " ");
    }
}

/* 1 0.5 "a b". */
static void cut_row(char *line, struct cells *row)
{
    *row = (struct cells){0};
    for (line += strspn(line, " "); *line; line += strspn(line, " ")) {
        const bool quoted = *line == '"';
        char *start = line + quoted;
        char *end = start + strcspn(start, quoted ? "\"" : " ");

        add_cell(row, start, quoted);
        line = *end ? end + 1 : end;
        *end = '\0';
    }
}

/* ---- tables ---- */

struct reading {
    struct ppt_text *out;
    const char *title;
    struct cells heads; /* of the file, */
    struct cells shown; /* and without those that nobody is shown */
    const char *block;  /* title of the current block */
    struct ppt_table table;
    bool open;
};

/* A place on the axis says nothing to readers. */
static bool is_hidden(const char *head)
{
    return strcmp(head, "position") == 0;
}

static void choose_heads(struct reading *reading)
{
    reading->shown = (struct cells){0};
    for (size_t i = 0; i < reading->heads.count; i++) {
        if (!is_hidden(reading->heads.items[i])) {
            add_cell(&reading->shown, reading->heads.items[i], true);
        }
    }
}

static void end_block(struct reading *reading)
{
    if (reading->open) {
        ppt_html_table_end(&reading->table);
    }
    reading->open = false;
}

/* A number with a fraction to so many digits; other texts as they are. Returns a text that lies in
 * `out`, or the one that was given. */
static const char *rounded(const char *text, char out[32])
{
    char *end;
    const double value = strtod(text, &end);

    if (*end || !strpbrk(text, ".e") || !isfinite(value)) {
        return text;
    }
    if (fabs(value) < pow(10, DIGITS - 1)) {
        snprintf(out, 32, "%.*g", DIGITS, value);
    } else {
        snprintf(out, 32, "%.0f", fmin(fmax(value, -1e18), 1e18));
    }
    return out;
}

static void add_value(struct ppt_table *table, const struct cells *row, size_t i)
{
    const bool exists = i < row->count && strcmp(row->items[i], NO_VALUE) != 0;
    char text[32];
    const char *shown = !exists          ? "–"
                        : row->quoted[i] ? row->items[i]
                                         : rounded(row->items[i], text);

    if (table->column == 0) {
        ppt_html_row_head(table, shown);
    } else {
        ppt_html_cell(table, shown);
    }
}

static void begin_block(struct reading *reading)
{
    if (!reading->open) {
        reading->table = ppt_html_table_begin(
            reading->out, PPT_TABLE_SCROLLS, *reading->block ? reading->block : reading->title,
            reading->block, (const char *const *)reading->shown.items);
        reading->open = true;
    }
}

/* As many cells as there are heads, whatever the line has; nothing for one that begins without a
 * value: gnuplot wants one where there is none to be drawn. */
static void add_row(struct reading *reading, char *line)
{
    struct cells row;

    cut_row(line, &row);
    if (row.count == 0 || strcmp(row.items[0], NO_VALUE) == 0) {
        return;
    }
    begin_block(reading);
    ppt_html_row(&reading->table, "");
    for (size_t i = 0; i < reading->heads.count; i++) {
        if (!is_hidden(reading->heads.items[i])) {
            add_value(&reading->table, &row, i);
        }
    }
    ppt_html_row_end(&reading->table);
}

static void add_tables(struct reading *reading, char *rest)
{
    for (char *line = next_line(&rest); line; line = next_line(&rest)) {
        if (is_comment(line)) {
            end_block(reading);
            reading->block = comment_of(line);
        } else if (*line) {
            add_row(reading, line);
        } else {
            end_block(reading);
        }
    }
    end_block(reading);
}

static size_t count_rows(const char *data)
{
    size_t rows = 0;

    for (const char *line = data; line && *line;) {
        rows += *line != '#' && *line != '\n';
        line = strchr(line, '\n');
        line += line != NULL;
    }
    return rows;
}

void ppt_html_data(struct ppt_text *out, const struct ppt_folder *charts, const char *name,
                   const char *title)
{
    struct reading reading = {.out = out, .title = title, .block = ""};
    char *file PPT_FREED = ppt_text_format("%s.dat", name);
    char *data PPT_FREED = NULL, *rest, *line;
    struct ppt_error ignored;
    size_t length;

    if (ppt_file_read_in(charts, file, LARGEST_DATA, &data, &length, &ignored) != PPT_OK) {
        return;
    }
    const size_t rows = count_rows(data);
    rest = data;
    line = next_line(&rest);
    if (!line || !is_comment(line)) {
        return; /* nothing of ours */
    }
    cut_heads(comment_of(line), &reading.heads);
    choose_heads(&reading);
    ppt_text_add(out, "<details class=\"data\">\n<summary>Data of this chart</summary>\n");
    if (rows > PPT_HTML_MOST_ROWS) {
        ppt_text_addf(out, "<p>%zu rows: they are in <code>charts/%s</code>.</p>\n", rows, file);
    } else {
        add_tables(&reading, rest);
    }
    ppt_text_add(out, "</details>\n");
}
