/*
 * csv_reader.h - the fields of a CSV file one after the other, by RFC 4180 to the letter: a table
 * whose quotes do not pair would otherwise lose rows without a word.
 *
 * What is taken beyond the RFC, because it leaves no doubt: lines that end in LF or CR alone,
 * another separator, and blanks behind a closing quote.
 */
#ifndef PPT_BASE_CSV_READER_H
#define PPT_BASE_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"
#include "text.h"

struct ppt_csv_reader {
    const char *path;      /* for messages; borrowed */
    const char *at;        /* what comes next; NUL-terminated, borrowed */
    size_t line;           /* where that stands, from 1 */
    char separator;        /* between fields */
    struct ppt_text field; /* the last one read; owned */
    size_t field_line;     /* in which it began */
};

/* Reads a field into reader->field; *more: another one follows in the same row. Fails with
 * PPT_BAD_INPUT, naming the line, where a quote stands within a field, text stands behind a closing
 * quote, or a quote is never closed. */
enum ppt_status ppt_csv_field(struct ppt_csv_reader *reader, bool *more, struct ppt_error *error);

/* Passes over the rest of the line, whatever is in it. */
void ppt_csv_skip_line(struct ppt_csv_reader *reader);

/* Whether the line that comes next holds nothing but blanks. */
bool ppt_csv_blank_line(const struct ppt_csv_reader *reader);

/* Bytes of the blank that a text begins with: a space, a tab or one of Unicode's spaces that do not
 * break a line, which text processors put in front of units; 0: it begins with something else. */
size_t ppt_csv_blank(const char *text);

/* Cuts off the blanks at the end, and returns where those at the start end. */
char *ppt_csv_trim(char *text);

#endif
