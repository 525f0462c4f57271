/*
 * amount.h - numbers with a unit as people type them: "50ms", "2GiB".
 */
#ifndef PPT_CONFIG_AMOUNT_H
#define PPT_CONFIG_AMOUNT_H

#include "item.h"

struct ppt_unit {
    const char *name;
    double times; /* as much as the unit without a name has */
};

/* Each ends with one without a name; the first is what a plain number has. */
extern const struct ppt_unit ppt_units_of_time[];   /* seconds */
extern const struct ppt_unit ppt_units_of_memory[]; /* bytes; K, KB and KiB are 1024 of them */

/* A number, or a text of one with a unit, from `smallest` to `largest`. `example` says what would
 * be right. */
enum ppt_status ppt_item_amount(const struct ppt_item *item, const struct ppt_unit *units,
                                double smallest, double largest, const char *example, double *out,
                                struct ppt_error *error);

#endif
