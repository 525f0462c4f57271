/*
 * csv.h - numbers in named columns of a CSV file (RFC 4180), wherever it comes from.
 */
#ifndef PPT_BASE_CSV_H
#define PPT_BASE_CSV_H

#include <stddef.h>

#include "status.h"

/* Columns of equal length, in the order in which they were asked for. */
struct ppt_columns {
    double **values; /* owned */
    size_t column_count;
    size_t row_count;
};

/* Reads the columns `names` (NULL-terminated; upper and lower case are the same) of a file whose
 * first line names its columns. One behind a question mark may be missing: its values are NAN then.
 * Other columns, empty lines and rows of empty fields are skipped.
 *
 * Fields may be quoted, lines end in LF, CRLF or CR, and blanks around a field are no part of it. A
 * byte order mark is passed over, and so is a first line "sep=;" as spreadsheets write it; without
 * one, that of comma, semicolon, tab and vertical bar separates fields with which the first line
 * names all columns.
 *
 * Fails with PPT_BAD_INPUT, naming the line and what is odd, for anything else: a text of other
 * bytes than UTF-8, zero bytes, quotes that do not pair, or that swallow rows; a column that is
 * missing or there twice; a row with more or fewer fields than columns are named; a field that is
 * no finite decimal number, with a point if anything. */
enum ppt_status ppt_csv_read(const char *path, const char *const *names,
                             struct ppt_columns *columns, struct ppt_error *error);
void ppt_columns_free(struct ppt_columns *columns);

#endif
