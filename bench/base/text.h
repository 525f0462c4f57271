/*
 * text.h - a string that grows, and small questions about strings.
 */
#ifndef PPT_BASE_TEXT_H
#define PPT_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Zero-initialise; `data` is NUL-terminated once something was added. */
struct ppt_text {
    char *data;
    size_t length;
    size_t capacity;
};

__attribute__((format(printf, 2, 3))) void ppt_text_addf(struct ppt_text *text, const char *format,
                                                         ...);
__attribute__((format(printf, 2, 0))) void ppt_text_addv(struct ppt_text *text, const char *format,
                                                         va_list values);
void ppt_text_add(struct ppt_text *text, const char *string);
void ppt_text_free(struct ppt_text *text);

/* Adds a string that comes from outside with '?' for everything that must not be shown as it is
 * (ppt_hidden_length()): it must not move a terminal's cursor, nor look like lines of its own.
 * Longer than `columns`, at least 4, it ends with "..." there. */
void ppt_text_add_shown(struct ppt_text *text, const char *string, size_t columns);

/* Adds a JSON document, whose lines may end in LF. What must not be shown stands in its strings
 * alone and becomes an escape, so that the document says the same. */
void ppt_text_add_json(struct ppt_text *text, const char *json);

/* Prints a line, with '?' as above. */
__attribute__((format(printf, 2, 3))) void ppt_text_print(FILE *stream, const char *format, ...);

/* Adds to `text` until `column` terminal columns are used since `start`, an offset into it;
 * counts UTF-8 characters, not bytes. */
void ppt_text_pad(struct ppt_text *text, size_t start, size_t column);

/* Adds a string with as many blanks before it as fill `width` columns. */
void ppt_text_right(struct ppt_text *text, const char *string, size_t width);

/* Adds words, broken into lines of `width` columns at most, all but the first of them indented;
 * without a newline at the end. */
void ppt_text_wrap(struct ppt_text *text, const char *words, size_t width, size_t indent);

/* Terminal columns of a UTF-8 string whose characters are one column wide. */
size_t ppt_text_columns(const char *string);

/* A new string from a format, to be given to free(). */
__attribute__((format(printf, 1, 2))) char *ppt_text_format(const char *format, ...);

/* "tar --create ... big.tar": a string from outside as ppt_text_add_shown() has it, in `columns` of
 * them at most (no fewer than 5): texts differ at both their ends more often than in the middle. To
 * be given to free(). */
char *ppt_text_shortened(const char *string, size_t columns);

/* What makes a noun a plural: "%u worker%s", count, PPT_S(count). */
#define PPT_S(count) ((count) == 1 ? "" : "s")

/* The one of `names` (NULL-terminated) that was probably meant, or NULL: the nearest by optimal
 * string alignment distance, if that is at most a third of the word. */
const char *ppt_text_suggest(const char *word, const char *const *names);

/* Durations and amounts as people read them, three or four significant digits: "17.06 ms",
 * "19.0 MiB". Written into `out`, which is returned. */
#define PPT_UNITS_SIZE 32
char *ppt_text_duration(double seconds, char out[PPT_UNITS_SIZE]);
char *ppt_text_bytes(uint64_t bytes, char out[PPT_UNITS_SIZE]);
char *ppt_text_rate(double per_second, char out[PPT_UNITS_SIZE]);

/* A share, 0.05 for "5.0 %", "12 %"; what would be 0.0 is "below 0.1 %". */
char *ppt_text_percent(double share, char out[PPT_UNITS_SIZE]);

#endif
