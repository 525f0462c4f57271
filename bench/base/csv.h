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
 * first line names its columns. Other columns and empty lines are skipped, fields may be quoted,
 * lines may end in CRLF. Fails with PPT_BAD_INPUT, naming line and column, when one is missing or a
 * field is no finite number. */
enum ppt_status ppt_csv_read(const char *path, const char *const *names,
                             struct ppt_columns *columns, struct ppt_error *error);
void ppt_columns_free(struct ppt_columns *columns);

#endif
