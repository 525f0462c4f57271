/*
 * probe.h - reading the small files in which the system tells about itself.
 *
 * What cannot be read is not told: no failure, and no message.
 */
#ifndef PPT_HOST_PROBE_H
#define PPT_HOST_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Paths are printf-like. The beginning of the file, as much of it as there is room for. */
__attribute__((format(printf, 3, 4))) bool ppt_probe_text(char *text, size_t size, const char *path,
                                                          ...);

/* Its first line, without the newline; false for an empty one. */
__attribute__((format(printf, 3, 4))) bool ppt_probe_line(char *line, size_t size, const char *path,
                                                          ...);

/* The whole number that its first line begins with. */
__attribute__((format(printf, 2, 3))) bool ppt_probe_number(int64_t *number, const char *path, ...);

/* What stands behind "key" and a colon or blanks at the start of a line, to be given to free();
 * NULL: no such line. */
__attribute__((format(printf, 2, 3))) char *ppt_probe_field(const char *key, const char *path, ...);

/* That, as a number; `missing` when there is none. */
__attribute__((format(printf, 3, 4))) int64_t ppt_probe_count(const char *key, int64_t missing,
                                                              const char *path, ...);

#endif
