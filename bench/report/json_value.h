/*
 * json_value.h - short words for the JSON that formats are made of. Functions that return an object
 * give it to the caller; add() takes it over.
 */
#ifndef PPT_REPORT_JSON_VALUE_H
#define PPT_REPORT_JSON_VALUE_H

#include <json-c/json.h>
#include <math.h>
#include <stdint.h>

#include "grid.h"
#include "json.h"
#include "point.h"
#include "stat.h"
#include "text.h"

static inline void add(json_object *object, const char *key, json_object *value)
{
    json_object_object_add(object, key, value);
}

static inline json_object *number(double value)
{
    return ppt_json_rounded(value);
}

static inline json_object *integer(uint64_t value)
{
    return json_object_new_int64((int64_t)value);
}

static inline json_object *text(const char *value)
{
    return json_object_new_string(value);
}

/* Of a point that is called "best" its workers as "best", others of the set as "best_ranks"; null
 * without a point. */
static inline void add_dimensions(json_object *object, const char *name, unsigned set,
                                  const struct ppt_point *point)
{
    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        char key[80];

        if (set & PPT_ONLY(d)) {
            snprintf(key, sizeof(key), "%s%s%s", name, d == PPT_WORKERS ? "" : "_",
                     d == PPT_WORKERS ? "" : ppt_dimension_key(d));
            add(object, key, point ? integer(ppt_point_get(*point, d)) : NULL);
        }
    }
}

/* For readers that expect a number wherever a key is: what is not finite gets no key. */
static inline void add_finite(json_object *object, const char *key, double value)
{
    if (isfinite(value)) {
        add(object, key, number(value));
    }
}

/* [low, high], an object, and [value, low, high]; NULL, or null for ends, where there is none. What
 * is above 0 where it exists is a ratio; what may be anything is measured. */
json_object *ppt_json_interval(const struct ppt_interval *value);
json_object *ppt_json_statistics(const struct ppt_stat *stat);
json_object *ppt_json_ratio(const struct ppt_ratio *value);
json_object *ppt_json_measured(const struct ppt_ratio *value);
json_object *ppt_json_stat(const struct ppt_stat *stat); /* of a median */

/* Adds the whole document to `out`, and frees it. */
static inline void print_document(json_object *document, struct ppt_text *out)
{
    ppt_text_add_json(out, json_object_to_json_string_ext(
                               document, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                             JSON_C_TO_STRING_NOSLASHESCAPE));
    ppt_text_add(out, "\n");
    json_object_put(document);
}

#endif
