/*
 * encoding.h - how the bytes of a file that people wrote stand for text. Everything here reads
 * UTF-8; editors and spreadsheets also write a mark in front of it, or two or four bytes for every
 * character.
 */
#ifndef PPT_BASE_ENCODING_H
#define PPT_BASE_ENCODING_H

#include <stddef.h>

/* Bytes of the byte order mark that a UTF-8 text begins with: 3 or 0. */
size_t ppt_encoding_mark(const char *text, size_t length);

/* "UTF-16" or "UTF-32" for a text that is written so, by its byte order mark or, where it has none,
 * by the zero bytes beside its first characters; NULL for anything else. */
const char *ppt_encoding_wide(const char *text, size_t length);

#endif
