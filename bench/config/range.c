#include "range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "text.h"

#define EXAMPLE "give numbers such as 64,128 or 1K, or a range such as 64-4096:*2 or 10-50:+10"

/* Of a range, so that 0.1 is added nine times and ends at 1. */
#define ROUNDING 1e-9

const char *ppt_range_number(double value, char out[PPT_RANGE_NUMBER_SIZE])
{
    /* As few digits as tell it from others. */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, PPT_RANGE_NUMBER_SIZE, value == round(value) ? "%.*f" : "%.*g",
                 value == round(value) ? 0 : digits, value);
        if (strtod(out, NULL) == value) {
            break;
        }
    }
    return out;
}

enum ppt_status ppt_range_add(double value, const struct ppt_range_rule *rule,
                              struct ppt_range *range, struct ppt_error *error)
{
    char number[PPT_RANGE_NUMBER_SIZE], bound[PPT_RANGE_NUMBER_SIZE];

    ppt_range_number(value, number);
    if (value < rule->smallest || value > rule->largest) {
        return ppt_fail(
            error, PPT_BAD_INPUT, "%s is %s %s", number, value < rule->smallest ? "below" : "above",
            ppt_range_number(value < rule->smallest ? rule->smallest : rule->largest, bound));
    }
    if (rule->whole && value != round(value)) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s is not a whole number", number);
    }
    for (size_t i = 0; i < range->count; i++) {
        if (range->values[i] == value) {
            return PPT_OK;
        }
    }
    if (range->count == rule->most) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "more than %zu values; a step makes a range shorter, as in 64-4096:*2",
                        rule->most);
    }
    range->values = ppt_realloc(range->values, range->count + 1, sizeof(*range->values));
    range->values[range->count++] = value;
    return PPT_OK;
}

/* A number with its unit from *at on. */
static bool take_number(const char **at, double *value)
{
    static const char units[] = "KMG";
    char *end = NULL;

    /* No "inf", "nan" or 0x10. */
    const char *digits = *at + (**at == '-');

    if (!strchr("0123456789.", *digits) || *digits == '\0' || (digits[1] | 32) == 'x') {
        return false;
    }
    *value = strtod(*at, &end);
    if (end == *at || !isfinite(*value)) {
        return false;
    }
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (unit) {
        *value *= pow(1024, (double)(unit - units) + 1);
        end += 1 + (end[1] == 'i');
    }
    *at = end;
    return true;
}

/* What follows a colon. */
static bool take_step(const char *at, bool *by_factor, double *step)
{
    *by_factor = *at == '*';
    at += *at == '*' || *at == '+';
    return take_number(&at, step) && *at == '\0' && (*by_factor ? *step > 1 : *step > 0);
}

static enum ppt_status add_range(const char *entry, double first, double last, bool by_factor,
                                 double step, const struct ppt_range_rule *rule,
                                 struct ppt_range *range, struct ppt_error *error)
{
    const double slack = ROUNDING * fmax(fabs(first), fabs(last));
    const bool whole = first >= 1 && first == round(first) && last == round(last);
    const bool rounded = by_factor && (rule->whole || (rule->rounds && whole));

    if (last < first) {
        return ppt_fail(error, PPT_BAD_INPUT, "\"%s\" runs backwards", entry);
    }
    if (by_factor && first <= 0) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "\"%s\": a range by a factor begins above 0, as in 64-4096:*2", entry);
    }
    for (unsigned i = 0;; i++) {
        const double value = by_factor ? first * pow(step, i) : first + step * i;

        if (value > last + slack) {
            return PPT_OK;
        }
        PPT_TRY(ppt_range_add(rounded ? round(value) : value, rule, range, error));
    }
}

static enum ppt_status read_entry(const char *entry, const struct ppt_range_rule *rule,
                                  struct ppt_range *range, struct ppt_error *error)
{
    const char *at = entry;
    double first = 0, last = 0, step = 1;
    bool by_factor = false;

    if (take_number(&at, &first) && *at == '\0') {
        return ppt_range_add(first, rule, range, error);
    }
    if (at == entry || *at != '-') {
        return ppt_fail(error, PPT_BAD_INPUT, "\"%s\" is no number; " EXAMPLE, entry);
    }
    at++;
    if (!take_number(&at, &last) || (*at != '\0' && *at != ':')) {
        return ppt_fail(error, PPT_BAD_INPUT, "\"%s\" is no range; " EXAMPLE, entry);
    }
    if (*at == ':' && !take_step(at + 1, &by_factor, &step)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "\"%s\": behind the colon stands a step, as in 10-50:+10, or a factor "
                        "above 1, as in 64-4096:*2",
                        entry);
    }
    return add_range(entry, first, last, by_factor, step, rule, range, error);
}

enum ppt_status ppt_range_read(const char *text, const struct ppt_range_rule *rule,
                               struct ppt_range *range, struct ppt_error *error)
{
    while (text) {
        const char *start = text + strspn(text, " ");
        size_t length = strcspn(start, ",");

        text = start[length] ? start + length + 1 : NULL;
        while (length > 0 && start[length - 1] == ' ') {
            length--;
        }
        char *entry PPT_FREED = ppt_text_format("%.*s", (int)length, start);
        PPT_TRY(read_entry(entry, rule, range, error));
    }
    return PPT_OK;
}
