/*
 * range.h - lists of numbers as people type them, with commas between their entries:
 *
 *     64            that number; 1K, 4M and 1G are 1024, 4 times 1024^2 and 1024^3
 *     1-4           every whole number from 1 to 4
 *     0.1-0.9:+0.2  each so much more than the one before, as long as that is not beyond the last
 *     64-4096:*2    each so many times the one before
 */
#ifndef PPT_CONFIG_RANGE_H
#define PPT_CONFIG_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"

/* What the numbers of a list may be. */
struct ppt_range_rule {
    double smallest, largest;
    bool whole;  /* others are rounded within a range by a factor, and refused elsewhere */
    bool rounds; /* a range by a factor between whole numbers has whole ones */
    size_t most; /* numbers */
};

struct ppt_range {
    double *values; /* in the order given, each once; to be given to free() */
    size_t count;
};

/* Adds the numbers of a text. Fails with PPT_BAD_INPUT, naming no place; what was added before is
 * the caller's to free. */
enum ppt_status ppt_range_read(const char *text, const struct ppt_range_rule *rule,
                               struct ppt_range *range, struct ppt_error *error);

/* Adds one number, unless it is there. */
enum ppt_status ppt_range_add(double value, const struct ppt_range_rule *rule,
                              struct ppt_range *range, struct ppt_error *error);

/* A number as it is shown, and filled into words: "4096", "0.25". Returns `out`. */
#define PPT_RANGE_NUMBER_SIZE 32
const char *ppt_range_number(double value, char out[PPT_RANGE_NUMBER_SIZE]);

#endif
