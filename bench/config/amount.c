#include "amount.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct ppt_unit ppt_units_of_time[] = {
    {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"µs", 1e-6}, {"min", 60}, {"h", 3600}, {NULL, 0},
};

const struct ppt_unit ppt_units_of_memory[] = {
    {"B", 1},       {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40},
    {"KB", 0x1p10}, {"MB", 0x1p20},  {"GB", 0x1p30},  {"TB", 0x1p40},  {"K", 0x1p10},
    {"M", 0x1p20},  {"G", 0x1p30},   {"T", 0x1p40},   {NULL, 0},
};

static bool has_unit(const char *name, const struct ppt_unit *units, double *times)
{
    for (; units->name; units++) {
        if (strcmp(units->name, name) == 0) {
            *times = units->times;
            return true;
        }
    }
    return false;
}

/* Decimal digits alone: strtod() also takes "inf" and "0x10". */
static bool read_text(const char *text, const struct ppt_unit *units, double *value)
{
    char *end;
    double times = units->times;

    if (*text < '0' || *text > '9' || strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0) {
        return false;
    }
    *value = strtod(text, &end);
    end += strspn(end, " ");
    if (*end && !has_unit(end, units, &times)) {
        return false;
    }
    *value *= times;
    return isfinite(*value);
}

enum ppt_status ppt_item_amount(const struct ppt_item *item, const struct ppt_unit *units,
                                double smallest, double largest, const char *example, double *out,
                                struct ppt_error *error)
{
    if (!json_object_is_type(item->value, json_type_string)) {
        return ppt_item_real(item, smallest, largest, out, error);
    }
    const char *text = json_object_get_string(item->value);
    if (!read_text(text, units, out)) {
        return ppt_item_reject(item, error, "\"%.40s\" is no amount; say one such as %s", text,
                               example);
    }
    if (*out < smallest || *out > largest) {
        return ppt_item_reject(item, error, "%.40s is %s %g %s", text,
                               *out < smallest ? "below" : "above",
                               *out < smallest ? smallest : largest, units->name);
    }
    return PPT_OK;
}
