/*
 * syntax.h - whether a text is JSON by RFC 8259, to the letter.
 *
 * json-c is lenient even in its strict mode: it takes 'single quotes', 01, 1. and control
 * characters in strings. What passes here every other reader takes as well, and the scanner that
 * finds places for messages can rely on it.
 */
#ifndef PPT_BASE_SYNTAX_H
#define PPT_BASE_SYNTAX_H

#include <stddef.h>

#define PPT_JSON_DEEPEST 32

/* NULL when the NUL-terminated text is one JSON value with white space around it; otherwise what is
 * wrong, in static storage, and in *offset where. */
const char *ppt_syntax_check(const char *text, size_t *offset);

#endif
