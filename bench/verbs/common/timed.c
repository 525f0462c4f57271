#include "timed.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "order.h"

void ppt_timed_print(json_object *object)
{
    puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                    JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

double *ppt_timed_distinct(const double *values, size_t rows, size_t *count)
{
    double *sorted = ppt_alloc(rows, sizeof(*sorted));

    memcpy(sorted, values, rows * sizeof(*sorted));
    qsort(sorted, rows, sizeof(*sorted), ppt_order_double);
    *count = 0;
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            sorted[(*count)++] = sorted[i];
        }
    }
    return sorted;
}

/* Every two of them are compared. */
#define MOST_COUNTS 10000

enum ppt_status ppt_timed_check_workers(const char *path, const struct ppt_columns *columns,
                                        size_t column, struct ppt_error *error)
{
    size_t count = 0;

    for (size_t i = 0; i < columns->row_count; i++) {
        const double n = columns->values[column][i];

        if (n < 0 || n != floor(n) || n > 1e6) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s: workers: %g is not a count of workers", path,
                            n);
        }
    }
    free(ppt_timed_distinct(columns->values[column], columns->row_count, &count));
    if (count > MOST_COUNTS) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: workers: %zu different counts; at most %d", path,
                        count, MOST_COUNTS);
    }
    return PPT_OK;
}

enum ppt_status ppt_timed_check_positive(const char *path, const char *name,
                                         const struct ppt_columns *columns, size_t column,
                                         struct ppt_error *error)
{
    for (size_t i = 0; i < columns->row_count; i++) {
        if (columns->values[column][i] <= 0) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s: %s: %g is not above 0", path, name,
                            columns->values[column][i]);
        }
    }
    return PPT_OK;
}

unsigned *ppt_timed_counts(const double *values, size_t count)
{
    unsigned *out = ppt_alloc(count, sizeof(*out));

    for (size_t i = 0; i < count; i++) {
        out[i] = (unsigned)values[i];
    }
    return out;
}
