#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "status.h"

static void reserve(struct ppt_text *text, size_t more)
{
    const size_t needed = text->length + more + 1;

    if (!text->data || needed > text->capacity) {
        text->capacity = needed * 2 < 256 ? 256 : needed * 2;
        text->data = ppt_realloc(text->data, text->capacity, 1);
    }
}

void ppt_text_addv(struct ppt_text *text, const char *format, va_list arguments)
{
    va_list again;

    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0) {
        reserve(text, (size_t)length);
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void ppt_text_addf(struct ppt_text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    ppt_text_addv(text, format, arguments);
    va_end(arguments);
}

void ppt_text_add(struct ppt_text *text, const char *string)
{
    const size_t length = strlen(string);

    reserve(text, length);
    memcpy(text->data + text->length, string, length + 1);
    text->length += length;
}

void ppt_text_add_shown(struct ppt_text *text, const char *string, size_t columns)
{
    char *shown PPT_FREED = ppt_strdup(string);

    ppt_hide(shown);
    const bool cut = ppt_text_columns(shown) > columns;
    size_t left = cut && columns > 3 ? columns - 3 : columns, length = 0;

    while (shown[length] && left-- > 0) {
        length += ppt_utf8_length(shown + length);
    }
    shown[length] = '\0';
    ppt_text_add(text, shown);
    ppt_text_add(text, cut ? "..." : "");
}

/* The number of a character of at most three bytes, as those that must not be shown are; of what is
 * no character that of U+FFFD, which stands for one. */
static unsigned code_of(const char *character)
{
    const unsigned char *c = (const unsigned char *)character;

    switch (ppt_utf8_length(character)) {
    case 1:
        return c[0];
    case 2:
        return (c[0] & 0x1fu) << 6 | (c[1] & 0x3fu);
    case 3:
        return (c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
    default:
        return 0xfffd;
    }
}

void ppt_text_add_json(struct ppt_text *text, const char *json)
{
    while (*json) {
        const char *start = json;
        size_t hidden = 0;

        while (*json && (*json == '\n' || (hidden = ppt_hidden_length(json)) == 0)) {
            json += ppt_utf8_length(json);
        }
        ppt_text_addf(text, "%.*s", (int)(json - start), start);
        if (*json) {
            ppt_text_addf(text, "\\u%04x", code_of(json));
            json += hidden;
        }
    }
}

void ppt_text_print(FILE *stream, const char *format, ...)
{
    struct ppt_text text PPT_OWNED(ppt_text_free) = {0};
    va_list arguments;

    va_start(arguments, format);
    ppt_text_addv(&text, format, arguments);
    va_end(arguments);
    if (text.data) {
        ppt_hide(text.data);
        fprintf(stream, "%s\n", text.data);
    }
}

void ppt_text_free(struct ppt_text *text)
{
    free(text->data);
    *text = (struct ppt_text){0};
}

size_t ppt_text_columns(const char *string)
{
    size_t columns = 0;

    for (; *string; string++) {
        /* Bytes that continue a UTF-8 character look like 10xxxxxx. */
        columns += ((unsigned char)*string & 0xc0) != 0x80;
    }
    return columns;
}

void ppt_text_pad(struct ppt_text *text, size_t start, size_t column)
{
    for (size_t at = text->data ? ppt_text_columns(text->data + start) : 0; at < column; at++) {
        ppt_text_add(text, " ");
    }
}

char *ppt_text_format(const char *format, ...)
{
    struct ppt_text text = {0};
    va_list arguments;

    va_start(arguments, format);
    ppt_text_addv(&text, format, arguments);
    va_end(arguments);
    return text.data;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

#define LONGEST_WORD 64

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b. */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t rows = strlen(a), columns = strlen(b);
    size_t d[3][LONGEST_WORD + 1];

    if (rows > LONGEST_WORD || columns > LONGEST_WORD) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= columns; j++) {
        d[0][j] = j;
    }
    for (size_t i = 1; i <= rows; i++) {
        size_t *const row = d[i % 3], *const above = d[(i + 2) % 3], *const above2 = d[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                above2[j - 2] + 1 < row[j]) {
                row[j] = above2[j - 2] + 1;
            }
        }
    }
    return d[rows % 3][columns];
}

const char *ppt_text_suggest(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    size_t least = strlen(word) / 3 + 1;

    if (least < 2) {
        least = 2;
    }
    for (; *names; names++) {
        const size_t distance = edit_distance(word, *names);

        if (distance < least) {
            least = distance;
            nearest = *names;
        }
    }
    return nearest;
}

/* Four significant digits, at most three of them behind the point. */
static int decimals(double value)
{
    return value >= 999.5 ? 0 : value >= 99.95 ? 1 : value >= 9.995 ? 2 : 3;
}

char *ppt_text_duration(double seconds, char out[PPT_UNITS_SIZE])
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1.0, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}};
    size_t i = 0;

    if (seconds == 0) {
        snprintf(out, PPT_UNITS_SIZE, "0 s");
        return out;
    }
    while (i + 1 < sizeof(units) / sizeof(units[0]) && fabs(seconds) < 0.9995 * units[i].unit) {
        i++;
    }
    const double value = seconds / units[i].unit;
    snprintf(out, PPT_UNITS_SIZE, "%.*f %s", decimals(fabs(value)), value, units[i].name);
    return out;
}

char *ppt_text_bytes(uint64_t bytes, char out[PPT_UNITS_SIZE])
{
    static const char *const names[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t i = 0;

    while (value >= 1023.5) {
        value /= 1024;
        i++;
    }
    snprintf(out, PPT_UNITS_SIZE, "%.*f %s", i > 0 && value < 100 ? 1 : 0, value, names[i]);
    return out;
}

/* Bytes of the UTF-8 text that so many characters of its beginning take. */
static size_t bytes_of(const char *text, size_t characters)
{
    size_t bytes = 0;

    while (text[bytes] && characters > 0) {
        do {
            bytes++;
        } while (((unsigned char)text[bytes] & 0xc0) == 0x80);
        characters--;
    }
    return bytes;
}

char *ppt_text_shortened(const char *text, size_t columns)
{
    static const char gap[] = "...";
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add_shown(&shown, text, SIZE_MAX);
    const size_t all = ppt_text_columns(shown.data);
    if (all <= columns) {
        return ppt_strdup(shown.data);
    }
    const size_t kept = columns - (sizeof(gap) - 1), behind = kept / 2, before = kept - behind;

    return ppt_text_format("%.*s%s%s", (int)bytes_of(shown.data, before), shown.data, gap,
                           shown.data + bytes_of(shown.data, all - behind));
}

char *ppt_text_rate(double per_second, char out[PPT_UNITS_SIZE])
{
    static const char *const names[] = {"", "k", "M", "G", "T"};
    size_t i = 0;

    while (per_second >= 9999.5 && i + 1 < sizeof(names) / sizeof(names[0])) {
        per_second /= 1000;
        i++;
    }
    snprintf(out, PPT_UNITS_SIZE, "%.*f%s%s", decimals(per_second), per_second, i ? " " : "",
             names[i]);
    return out;
}

char *ppt_text_percent(double share, char out[PPT_UNITS_SIZE])
{
    const double size = fabs(share);

    if (size < 0.0005) {
        snprintf(out, PPT_UNITS_SIZE, "below 0.1 %%");
    } else {
        snprintf(out, PPT_UNITS_SIZE, "%.*f %%", size < 0.0995 ? 1 : 0, 100 * share);
    }
    return out;
}

void ppt_text_right(struct ppt_text *text, const char *string, size_t width)
{
    for (size_t columns = ppt_text_columns(string); columns < width; columns++) {
        ppt_text_add(text, " ");
    }
    ppt_text_add(text, string);
}

void ppt_text_wrap(struct ppt_text *text, const char *words, size_t width, size_t indent)
{
    size_t column = 0;

    while (*words) {
        const size_t length = strcspn(words, " ");
        char *word PPT_FREED = ppt_text_format("%.*s", (int)length, words);
        const size_t columns = ppt_text_columns(word);

        if (column > 0 && column + 1 + columns > width) {
            ppt_text_addf(text, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > 0) {
            ppt_text_add(text, " ");
            column++;
        }
        ppt_text_add(text, word);
        column += columns;
        words += length + strspn(words + length, " ");
    }
}
