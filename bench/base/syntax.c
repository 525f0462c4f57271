#include "syntax.h"

#include <stdbool.h>
#include <string.h>

#include "status.h"

struct scan {
    const char *at;
    const char *problem; /* the first one; `at` stands on it */
};

static bool fail(struct scan *scan, const char *problem)
{
    if (!scan->problem) {
        scan->problem = *scan->at ? problem : "it ends too early";
    }
    return false;
}

static void scan_space(struct scan *scan)
{
    scan->at += strspn(scan->at, " \t\r\n");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool digits(struct scan *scan)
{
    const size_t count = strspn(scan->at, "0123456789");

    scan->at += count;
    return count > 0 || fail(scan, "a digit is missing");
}

static bool number(struct scan *scan)
{
    scan->at += *scan->at == '-';
    if (*scan->at == '0' && is_digit(scan->at[1])) {
        return fail(scan, "a number must not begin with 0");
    }
    if (!is_digit(*scan->at)) {
        scan->at--;
        return fail(scan, "not a number");
    }
    digits(scan);
    if (*scan->at == '.') {
        scan->at++;
        if (!digits(scan)) {
            return false;
        }
    }
    if (*scan->at == 'e' || *scan->at == 'E') {
        scan->at++;
        scan->at += *scan->at == '+' || *scan->at == '-';
        return digits(scan);
    }
    return true;
}

static bool utf8(struct scan *scan)
{
    const size_t length = ppt_utf8_length(scan->at);

    scan->at += length;
    return length > 0 || fail(scan, "not UTF-8");
}

static bool escape(struct scan *scan)
{
    scan->at++;
    if (*scan->at == 'u') {
        for (int i = 0; i < 4; i++) {
            scan->at++;
            if (!*scan->at || !strchr("0123456789abcdefABCDEF", *scan->at)) {
                return fail(scan, "\\u needs four hexadecimal digits");
            }
        }
    } else if (!*scan->at || !strchr("\"\\/bfnrt", *scan->at)) {
        return fail(scan, "an escape that JSON does not know");
    }
    scan->at++;
    return true;
}

static bool string(struct scan *scan)
{
    scan->at++;
    while (*scan->at != '"') {
        const unsigned char c = (unsigned char)*scan->at;
        bool good = true;

        if (c < ' ') {
            return fail(scan, "a control character in a text");
        }
        if (c == '\\') {
            good = escape(scan);
        } else if (c >= 0x80) {
            good = utf8(scan);
        } else {
            scan->at++;
        }
        if (!good) {
            return false;
        }
    }
    scan->at++;
    return true;
}

static const char no_value[] =
    "a value is expected here: a number, \"text\", [, {, true, false or null";

static bool word(struct scan *scan, const char *expected)
{
    const size_t length = strlen(expected);

    if (strncmp(scan->at, expected, length) != 0) {
        return fail(scan, no_value);
    }
    scan->at += length;
    return true;
}

static bool value(struct scan *scan, unsigned depth);

/* What stands between [ and ], or { and }. */
static bool members(struct scan *scan, unsigned depth, char end)
{
    if (depth == PPT_JSON_DEEPEST) {
        return fail(scan, "nested too deeply");
    }
    scan->at++;
    scan_space(scan);
    if (*scan->at == end) {
        scan->at++;
        return true;
    }
    for (;;) {
        if (end == '}') {
            if (*scan->at != '"') {
                return fail(scan, "a key in double quotes is expected here");
            }
            if (!string(scan)) {
                return false;
            }
            scan_space(scan);
            if (*scan->at != ':') {
                return fail(scan, "':' is expected behind a key");
            }
            scan->at++;
        }
        if (!value(scan, depth + 1)) {
            return false;
        }
        if (*scan->at == end) {
            scan->at++;
            return true;
        }
        if (*scan->at != ',') {
            return fail(scan,
                        end == '}' ? "',' or '}' is expected here" : "',' or ']' is expected here");
        }
        scan->at++;
        scan_space(scan);
    }
}

static bool value(struct scan *scan, unsigned depth)
{
    bool good;

    scan_space(scan);
    switch (*scan->at) {
    case '{':
        good = members(scan, depth, '}');
        break;
    case '[':
        good = members(scan, depth, ']');
        break;
    case '"':
        good = string(scan);
        break;
    case 't':
        good = word(scan, "true");
        break;
    case 'f':
        good = word(scan, "false");
        break;
    case 'n':
        good = word(scan, "null");
        break;
    default:
        good = *scan->at == '-' || is_digit(*scan->at) ? number(scan) : fail(scan, no_value);
    }
    if (good) {
        scan_space(scan);
    }
    return good;
}

const char *ppt_syntax_check(const char *text, size_t *offset)
{
    struct scan scan = {.at = text};

    if (value(&scan, 0) && *scan.at) {
        fail(&scan, "something follows the end");
    }
    *offset = (size_t)(scan.at - text);
    return scan.problem;
}
