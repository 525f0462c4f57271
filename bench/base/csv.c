#include "csv.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "file.h"
#include "memory.h"
#include "text.h"

#define LARGEST_FILE ((size_t)256 << 20)
#define MOST_FIELDS 1000

/* A position in the text, moved on field by field. */
struct reader {
    const char *path;
    const char *at;
    size_t line;
    struct ppt_text field;
};

/* Reads one field into reader->field; true when another one follows on the same line. */
static bool next_field(struct reader *reader)
{
    bool quoted = false;

    reader->field.length = 0;
    ppt_text_add(&reader->field, "");
    for (; *reader->at; reader->at++) {
        const char c = *reader->at;

        if (c == '"') {
            if (quoted && reader->at[1] == '"') {
                ppt_text_add(&reader->field, "\"");
                reader->at++;
            } else {
                quoted = !quoted;
            }
        } else if (!quoted && c == ',') {
            reader->at++;
            return true;
        } else if (!quoted && c == '\n') {
            break;
        } else if (quoted || c != '\r') {
            reader->line += c == '\n';
            ppt_text_addf(&reader->field, "%c", c);
        }
    }
    if (*reader->at == '\n') {
        reader->at++;
        reader->line++;
    }
    return false;
}

/* Field without the white space around it. */
static char *trimmed(const struct ppt_text *field)
{
    const char *start = field->data + strspn(field->data, " \t");
    size_t length = strlen(start);

    while (length > 0 && strchr(" \t", start[length - 1])) {
        length--;
    }
    return ppt_text_format("%.*s", (int)length, start);
}

/* Finds the columns in the first line: places[i] is the field that names[i] stands in. */
static enum ppt_status read_header(struct reader *reader, const char *const *names, size_t count,
                                   size_t *places, struct ppt_error *error)
{
    bool more = true;

    for (size_t i = 0; i < count; i++) {
        places[i] = SIZE_MAX;
    }
    /* Some programs begin their files with a byte order mark. */
    if (strncmp(reader->at, "\xef\xbb\xbf", 3) == 0) {
        reader->at += 3;
    }
    for (size_t f = 0; more && f < MOST_FIELDS; f++) {
        char *name;

        more = next_field(reader);
        name = trimmed(&reader->field);
        for (size_t i = 0; i < count; i++) {
            if (places[i] == SIZE_MAX && strcasecmp(name, names[i]) == 0) {
                places[i] = f;
            }
        }
        free(name);
    }
    for (size_t i = 0; i < count; i++) {
        if (places[i] == SIZE_MAX) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s:1: the first line names no column \"%s\"",
                            reader->path, names[i]);
        }
    }
    return PPT_OK;
}

static enum ppt_status read_number(const struct reader *reader, size_t line, const char *name,
                                   double *out, struct ppt_error *error)
{
    char *text = trimmed(&reader->field);
    char *end = NULL;
    enum ppt_status status = PPT_OK;

    *out = strtod(text, &end);
    if (*text == '\0' || *end != '\0' || !isfinite(*out)) {
        status = ppt_fail(error, PPT_BAD_INPUT, "%s:%zu: %s: \"%.40s\" is not a number",
                          reader->path, line, name, text);
    }
    free(text);
    return status;
}

static void add_row(struct ppt_columns *columns, size_t *capacity)
{
    if (columns->row_count == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 64;
        for (size_t i = 0; i < columns->column_count; i++) {
            columns->values[i] =
                ppt_realloc(columns->values[i], *capacity, sizeof(*columns->values[i]));
        }
    }
    columns->row_count++;
}

static enum ppt_status read_rows(struct reader *reader, const char *const *names,
                                 const size_t *places, struct ppt_columns *columns,
                                 struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    size_t capacity = 0;

    while (*reader->at && status == PPT_OK) {
        const size_t line = reader->line;
        size_t found = 0;
        bool more = true;

        if (*reader->at == '\n' || (*reader->at == '\r' && reader->at[1] == '\n')) {
            next_field(reader);
            continue;
        }
        add_row(columns, &capacity);
        for (size_t f = 0; more && status == PPT_OK; f++) {
            more = next_field(reader);
            for (size_t i = 0; i < columns->column_count && status == PPT_OK; i++) {
                if (places[i] == f) {
                    status = read_number(reader, line, names[i],
                                         &columns->values[i][columns->row_count - 1], error);
                    found++;
                }
            }
        }
        if (status == PPT_OK && found < columns->column_count) {
            status = ppt_fail(error, PPT_BAD_INPUT, "%s:%zu: too few fields", reader->path, line);
        }
    }
    if (status == PPT_OK && columns->row_count == 0) {
        status = ppt_fail(error, PPT_BAD_INPUT, "%s: has no rows", reader->path);
    }
    return status;
}

enum ppt_status ppt_csv_read(const char *path, const char *const *names,
                             struct ppt_columns *columns, struct ppt_error *error)
{
    struct reader reader = {.path = path, .line = 1};
    char *text = NULL;
    size_t length = 0, count = 0, *places;
    enum ppt_status status = ppt_file_read(path, LARGEST_FILE, &text, &length, error);

    *columns = (struct ppt_columns){0};
    if (status != PPT_OK) {
        return status;
    }
    while (names[count]) {
        count++;
    }
    places = ppt_alloc(count, sizeof(*places));
    columns->values = ppt_alloc(count, sizeof(*columns->values));
    columns->column_count = count;
    reader.at = text;
    if (strlen(text) != length) {
        status = ppt_fail(error, PPT_BAD_INPUT, "%s: is not a text", path);
    }
    if (status == PPT_OK) {
        status = read_header(&reader, names, count, places, error);
    }
    if (status == PPT_OK) {
        status = read_rows(&reader, names, places, columns, error);
    }
    if (status != PPT_OK) {
        ppt_columns_free(columns);
    }
    ppt_text_free(&reader.field);
    free(places);
    free(text);
    return status;
}

void ppt_columns_free(struct ppt_columns *columns)
{
    for (size_t i = 0; i < columns->column_count; i++) {
        free(columns->values[i]);
    }
    free(columns->values);
    *columns = (struct ppt_columns){0};
}
