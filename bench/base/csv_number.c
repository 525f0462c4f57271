#include "csv_number.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csv_reader.h"

static const char *digits(const char *at)
{
    return at + strspn(at, "0123456789");
}

/* [+-]digits[.digits][e[+-]digits]: strtod() would take hexadecimal, infinity and NaN as well. */
static bool is_decimal(const char *text)
{
    const char *start = text + (*text == '+' || *text == '-'), *at = digits(start);
    size_t count = (size_t)(at - start);

    if (*at == '.') {
        start = at + 1;
        at = digits(start);
        count += (size_t)(at - start);
    }
    if (count > 0 && (*at == 'e' || *at == 'E')) {
        start = at + 1 + (at[1] == '+' || at[1] == '-');
        at = digits(start);
        count = (size_t)(at - start);
    }
    return count > 0 && *at == '\0';
}

static bool is_zero(const char *text)
{
    return text[strspn(text, "+-0.")] == '\0' || strchr("eE", text[strspn(text, "+-0.")]);
}

static bool has_blank(const char *text)
{
    while (*text && ppt_csv_blank(text) == 0) {
        text++;
    }
    return *text != '\0';
}

const char *ppt_csv_number(const char *text, double *value)
{
    const size_t sign = *text == '+' || *text == '-';

    if (is_decimal(text)) {
        *value = strtod(text, NULL);
        return !isfinite(*value)               ? ": it is too large"
               : *value == 0 && !is_zero(text) ? ": it is too close to 0"
                                               : NULL;
    }
    return *text == '\0'                            ? ": the field is empty"
           : strncasecmp(text + sign, "0x", 2) == 0 ? ": it looks hexadecimal; write it in decimal"
           : strncasecmp(text + sign, "inf", 3) == 0 || strncasecmp(text + sign, "nan", 3) == 0
               ? ": a finite one is needed"
           : strchr(text, ',') ? ": a point is expected in front of decimals, and nothing between "
                                 "thousands"
           : has_blank(text) || strpbrk(text, "_'") ? ": nothing may stand between its digits"
                                                    : "";
}
