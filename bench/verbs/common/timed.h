/*
 * timed.h - tables of passes that were timed elsewhere, as far as verbs that read them agree.
 */
#ifndef PPT_VERBS_TIMED_H
#define PPT_VERBS_TIMED_H

#include <json-c/json.h>

#include "csv.h"
#include "status.h"

/* Whether every value of a column is a number of workers, and there are not too many of them.
 * `path` is the table's, for messages. */
enum ppt_status ppt_timed_check_workers(const char *path, const struct ppt_columns *columns,
                                        size_t column, struct ppt_error *error);

/* Whether every value of the column of that name is above 0. */
enum ppt_status ppt_timed_check_positive(const char *path, const char *name,
                                         const struct ppt_columns *columns, size_t column,
                                         struct ppt_error *error);

/* The values of a column, ascending, each once; the caller frees them. */
double *ppt_timed_distinct(const double *values, size_t rows, size_t *count);

/* Checked numbers of workers; the caller frees them. */
unsigned *ppt_timed_counts(const double *values, size_t count);

/* An answer for programs, which it puts. */
void ppt_timed_print(json_object *object);

#endif
