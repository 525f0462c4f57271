#include "csv.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csv_number.h"
#include "csv_reader.h"
#include "encoding.h"
#include "file.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

#define LARGEST_FILE ((size_t)256 << 20)
#define MOST_FIELDS 1000
#define LONGEST_SHOWN ((size_t)100)

static const char separators[] = ",;\t|";

/* A column that is wanted. */
struct wanted {
    const char *name; /* borrowed */
    bool optional;
    size_t place; /* the field that it stands in, from 0; SIZE_MAX: in none */
    char *text;   /* of the current row, trimmed; owned */
    size_t line;  /* in which that stands */
};

/* A file on its way into columns. */
struct table {
    struct ppt_csv_reader reader;
    struct wanted *wanted; /* owned */
    size_t count;          /* of them */
    size_t fields;         /* that the first line names */
};

/* ---- numbers ---- */

static enum ppt_status read_numbers(const struct table *table, double *row, struct ppt_error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        const bool there = table->wanted[i].place != SIZE_MAX;
        const char *problem = there ? ppt_csv_number(table->wanted[i].text, &row[i]) : NULL;

        if (!there) {
            row[i] = NAN;
        } else if (problem) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s:%zu: %s: \"%.40s\" is not a number%s",
                            table->reader.path, table->wanted[i].line, table->wanted[i].name,
                            table->wanted[i].text, problem);
        }
    }
    return PPT_OK;
}

/* ---- the first line ---- */

/* Reads it with one separator; `twice` gets a wanted name that stands there once more. */
static enum ppt_status read_names(struct table *table, const char **twice, struct ppt_error *error)
{
    struct ppt_csv_reader *reader = &table->reader;
    bool more = true;

    *twice = NULL;
    for (size_t i = 0; i < table->count; i++) {
        table->wanted[i].place = SIZE_MAX;
    }
    for (table->fields = 0; more; table->fields++) {
        if (table->fields == MOST_FIELDS) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s:%zu: more than %d columns", reader->path,
                            reader->line, MOST_FIELDS);
        }
        PPT_TRY(ppt_csv_field(reader, &more, error));
        const char *name = ppt_csv_trim(reader->field.data);
        for (size_t i = 0; i < table->count; i++) {
            if (strcasecmp(name, table->wanted[i].name) == 0) {
                *twice = table->wanted[i].place != SIZE_MAX ? table->wanted[i].name : *twice;
                table->wanted[i].place = table->fields;
            }
        }
    }
    return PPT_OK;
}

/* The first wanted column that the first line does not name, or NULL. */
static const char *missing(const struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->wanted[i].place == SIZE_MAX && !table->wanted[i].optional) {
            return table->wanted[i].name;
        }
    }
    return NULL;
}

/* "sep=;" is what some spreadsheets begin their files with, or ask for. */
static bool skip_separator_line(struct ppt_csv_reader *reader)
{
    const char *at = reader->at;

    if (strncasecmp(at, "sep=", 4) != 0 || !at[4] || !strchr(separators, at[4]) ||
        !strchr("\r\n", at[5])) {
        return false;
    }
    reader->separator = at[4];
    ppt_csv_skip_line(reader);
    return true;
}

/* Of a text without a table's first line: what stands most often in it that could separate. */
static char likely_separator(const char *line)
{
    const size_t length = strcspn(line, "\r\n");
    size_t most = 0;
    char likely = separators[0];

    for (const char *s = separators; *s; s++) {
        size_t count = 0;

        for (size_t i = 0; i < length; i++) {
            count += line[i] == *s;
        }
        if (count > most) {
            most = count;
            likely = *s;
        }
    }
    return likely;
}

/* Chooses the separator with which all columns are named; leaves the reader as it was. */
static void choose_separator(struct table *table)
{
    const struct ppt_csv_reader start = table->reader;
    struct ppt_error ignored;
    const char *twice;
    bool found = false;

    for (const char *s = separators; *s && !found; s++) {
        table->reader.separator = *s;
        found = read_names(table, &twice, &ignored) == PPT_OK && !missing(table);
        table->reader.at = start.at;
        table->reader.line = start.line;
    }
    if (!found) {
        table->reader.separator = likely_separator(start.at);
    }
}

static enum ppt_status read_header(struct table *table, struct ppt_error *error)
{
    struct ppt_csv_reader *reader = &table->reader;
    const bool told = skip_separator_line(reader);
    const char *twice, *start;

    while (ppt_csv_blank_line(reader)) {
        ppt_csv_skip_line(reader);
    }
    start = reader->at;
    if (!told) {
        choose_separator(table);
    }
    const size_t line = reader->line;
    PPT_TRY(read_names(table, &twice, error));
    if (missing(table)) {
        const size_t length = strcspn(start, "\r\n");

        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s:%zu: the first line names no column \"%s\"; it is \"%.*s\"",
                        reader->path, line, missing(table),
                        (int)(length < LONGEST_SHOWN ? length : LONGEST_SHOWN), start);
    }
    if (twice) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s:%zu: the first line names the column \"%s\" twice", reader->path, line,
                        twice);
    }
    return PPT_OK;
}

/* ---- rows ---- */

/* Whether a line, as far as it goes, has a number in each wanted place. */
static bool looks_like_row(const struct table *table, const char *line)
{
    const char ends[] = {table->reader.separator, '\r', '\n', '\0'};
    size_t found = 0, placed = 0;

    for (size_t i = 0; i < table->count; i++) {
        placed += table->wanted[i].place != SIZE_MAX;
    }
    for (size_t f = 0;; f++) {
        const size_t length = strcspn(line, ends);

        for (size_t i = 0; i < table->count; i++) {
            if (table->wanted[i].place == f) {
                char *part PPT_FREED = ppt_text_format("%.*s", (int)length, line);
                double value;

                found += ppt_csv_number(ppt_csv_trim(part), &value) == NULL;
            }
        }
        line += length;
        if (*line != table->reader.separator) {
            return found == placed;
        }
        line++;
    }
}

/* A field may have several lines; but rows in it are those between two stray quotes. */
static bool swallows_rows(const struct table *table)
{
    const char *at = table->reader.field.data;

    while (*(at += strcspn(at, "\r\n"))) {
        at++;
        if (looks_like_row(table, at)) {
            return true;
        }
    }
    return false;
}

/* Reads a row's fields into texts; *count: how many there are; *blank: all are empty. */
static enum ppt_status read_row(struct table *table, size_t *count, bool *blank,
                                struct ppt_error *error)
{
    struct ppt_csv_reader *reader = &table->reader;
    bool more = true;

    *blank = true;
    for (*count = 0; more; ++*count) {
        PPT_TRY(ppt_csv_field(reader, &more, error));
        if (swallows_rows(table)) {
            return ppt_fail(error, PPT_BAD_INPUT,
                            "%s:%zu: the quote that opens here closes in a later line, with rows "
                            "of the table between",
                            reader->path, reader->field_line);
        }
        const char *text = ppt_csv_trim(reader->field.data);
        *blank &= *text == '\0';
        for (size_t i = 0; i < table->count; i++) {
            if (table->wanted[i].place == *count) {
                free(table->wanted[i].text);
                table->wanted[i].text = ppt_strdup(text);
                table->wanted[i].line = reader->field_line;
            }
        }
    }
    return PPT_OK;
}

static enum ppt_status check_count(const struct table *table, size_t line, size_t count,
                                   struct ppt_error *error)
{
    if (count == table->fields) {
        return PPT_OK;
    }
    return ppt_fail(
        error, PPT_BAD_INPUT, "%s:%zu: too %s fields: %zu, but the first line names %zu%s",
        table->reader.path, line, count < table->fields ? "few" : "many", count, table->fields,
        count > table->fields && table->reader.separator == ','
            ? " (decimals need a point, texts with a comma quotes)"
            : "");
}

/* Appends a row. */
static void add_row(struct ppt_columns *columns, size_t *capacity, const double *row)
{
    if (columns->row_count == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 64;
        for (size_t i = 0; i < columns->column_count; i++) {
            columns->values[i] =
                ppt_realloc(columns->values[i], *capacity, sizeof(*columns->values[i]));
        }
    }
    for (size_t i = 0; i < columns->column_count; i++) {
        columns->values[i][columns->row_count] = row[i];
    }
    columns->row_count++;
}

static enum ppt_status read_rows(struct table *table, struct ppt_columns *columns,
                                 struct ppt_error *error)
{
    double *row PPT_FREED = ppt_alloc(table->count, sizeof(*row));
    size_t capacity = 0, count = 0;

    while (*table->reader.at) {
        const size_t line = table->reader.line;
        bool blank;

        if (ppt_csv_blank_line(&table->reader)) {
            ppt_csv_skip_line(&table->reader);
            continue;
        }
        PPT_TRY(read_row(table, &count, &blank, error));
        if (!blank) {
            PPT_TRY(check_count(table, line, count, error));
            PPT_TRY(read_numbers(table, row, error));
            add_row(columns, &capacity, row);
        }
    }
    return columns->row_count > 0
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT, "%s: has no rows", table->reader.path);
}

/* ---- the file ---- */

static enum ppt_status check_text(const char *path, const char *text, size_t length,
                                  struct ppt_error *error)
{
    const char *wide = ppt_encoding_wide(text, length), *zero = memchr(text, '\0', length);
    size_t line = 1;

    if (wide) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: is %s text; save it as UTF-8", path, wide);
    }
    for (const char *c = text; zero && c < zero; c++) {
        line += *c == '\n' || (*c == '\r' && c[1] != '\n');
    }
    return zero ? ppt_fail(error, PPT_BAD_INPUT,
                           "%s:%zu: a zero byte: the file is damaged, or no "
                           "text",
                           path, line)
                : PPT_OK;
}

static void free_texts(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->wanted[i].text);
    }
    free(table->wanted);
    ppt_text_free(&table->reader.field);
}

enum ppt_status ppt_csv_read(const char *path, const char *const *names,
                             struct ppt_columns *columns, struct ppt_error *error)
{
    char *text PPT_FREED = NULL;
    struct table table PPT_OWNED(free_texts) = {.reader = {.path = path, .line = 1}};
    struct ppt_columns read PPT_OWNED(ppt_columns_free) = {0};
    size_t length = 0;

    *columns = (struct ppt_columns){0};
    PPT_TRY(ppt_file_read(path, LARGEST_FILE, &text, &length, error));
    PPT_TRY(check_text(path, text, length, error));
    while (names[table.count]) {
        table.count++;
    }
    table.wanted = ppt_alloc(table.count, sizeof(*table.wanted));
    for (size_t i = 0; i < table.count; i++) {
        table.wanted[i].optional = names[i][0] == '?';
        table.wanted[i].name = names[i] + table.wanted[i].optional;
    }
    table.reader.at = text + ppt_encoding_mark(text, length);
    read.values = ppt_alloc(table.count, sizeof(*read.values));
    read.column_count = table.count;
    PPT_TRY(read_header(&table, error));
    PPT_TRY(read_rows(&table, &read, error));
    *columns = read;
    read = (struct ppt_columns){0};
    return PPT_OK;
}

void ppt_columns_free(struct ppt_columns *columns)
{
    for (size_t i = 0; i < columns->column_count; i++) {
        free(columns->values[i]);
    }
    free(columns->values);
    *columns = (struct ppt_columns){0};
}
