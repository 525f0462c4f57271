#include "csv_reader.h"

#include <string.h>

static bool is_end(char c)
{
    return c == '\0' || c == '\n' || c == '\r';
}

/* Passes over the end of a line: LF, CR or both. */
static void skip_end(struct ppt_csv_reader *reader)
{
    if (*reader->at) {
        reader->at += reader->at[0] == '\r' && reader->at[1] == '\n' ? 2 : 1;
        reader->line++;
    }
}

static void add_span(struct ppt_csv_reader *reader, const char *start)
{
    ppt_text_addf(&reader->field, "%.*s", (int)(reader->at - start), start);
}

size_t ppt_csv_blank(const char *text)
{
    /* NO-BREAK SPACE, FIGURE SPACE, NARROW NO-BREAK SPACE */
    static const char *const blanks[] = {" ", "\t", "\u00a0", "\u2007", "\u202f"};

    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
        const size_t length = strlen(blanks[i]);

        if (strncmp(text, blanks[i], length) == 0) {
            return length;
        }
    }
    return 0;
}

/* Bytes of all the blanks that a text begins with. */
static size_t blanks(const char *text)
{
    size_t bytes = 0;

    for (size_t blank; (blank = ppt_csv_blank(text + bytes)) > 0;) {
        bytes += blank;
    }
    return bytes;
}

char *ppt_csv_trim(char *text)
{
    size_t end = 0;

    text += blanks(text);
    for (size_t at = 0; text[at];) {
        const size_t blank = ppt_csv_blank(text + at);

        at += blank > 0 ? blank : 1;
        end = blank > 0 ? end : at;
    }
    text[end] = '\0';
    return text;
}

/* What stands between quotes; reader->at is behind the first one and ends behind the last. */
static enum ppt_status read_quoted(struct ppt_csv_reader *reader, struct ppt_error *error)
{
    for (;;) {
        const char *start = reader->at;

        reader->at += strcspn(reader->at, "\"\r\n");
        add_span(reader, start);
        if (*reader->at == '\0') {
            return ppt_fail(error, PPT_BAD_INPUT, "%s:%zu: a quote opens here and is never closed",
                            reader->path, reader->field_line);
        }
        if (*reader->at != '"') {
            start = reader->at;
            skip_end(reader);
            add_span(reader, start);
        } else if (reader->at[1] == '"') {
            ppt_text_add(&reader->field, "\"");
            reader->at += 2;
        } else {
            reader->at++;
            return PPT_OK;
        }
    }
}

/* Behind a closing quote: nothing but the end of the field. */
static enum ppt_status end_quoted(struct ppt_csv_reader *reader, struct ppt_error *error)
{
    while (*reader->at != reader->separator && ppt_csv_blank(reader->at) > 0) {
        reader->at += ppt_csv_blank(reader->at);
    }
    if (*reader->at == reader->separator || is_end(*reader->at)) {
        return PPT_OK;
    }
    if (reader->field_line != reader->line) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s:%zu: text follows a closing quote; that field began with a quote in "
                        "line %zu",
                        reader->path, reader->line, reader->field_line);
    }
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s:%zu: text follows a closing quote; a quote inside a quoted field is "
                    "written twice",
                    reader->path, reader->line);
}

static enum ppt_status read_plain(struct ppt_csv_reader *reader, struct ppt_error *error)
{
    const char ends[] = {reader->separator, '"', '\r', '\n', '\0'};
    const char *start = reader->at;

    reader->at += strcspn(reader->at, ends);
    if (*reader->at == '"') {
        return ppt_fail(
            error, PPT_BAD_INPUT,
            "%s:%zu: a quote stands within a field; write the whole field in quotes and "
            "that one twice, or without",
            reader->path, reader->line);
    }
    add_span(reader, start);
    return PPT_OK;
}

enum ppt_status ppt_csv_field(struct ppt_csv_reader *reader, bool *more, struct ppt_error *error)
{
    reader->field.length = 0;
    reader->field_line = reader->line;
    ppt_text_add(&reader->field, "");
    if (*reader->at == '"') {
        reader->at++;
        PPT_TRY(read_quoted(reader, error));
        PPT_TRY(end_quoted(reader, error));
    } else {
        PPT_TRY(read_plain(reader, error));
    }
    *more = *reader->at == reader->separator;
    if (*more) {
        reader->at++;
    } else {
        skip_end(reader);
    }
    return PPT_OK;
}

void ppt_csv_skip_line(struct ppt_csv_reader *reader)
{
    reader->at += strcspn(reader->at, "\r\n");
    skip_end(reader);
}

bool ppt_csv_blank_line(const struct ppt_csv_reader *reader)
{
    return is_end(reader->at[blanks(reader->at)]) && *reader->at != '\0';
}
