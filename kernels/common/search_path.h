/*
 * search_path.h - where a program that is named without a slash may be.
 */
#ifndef PPT_SEARCH_PATH_H
#define PPT_SEARCH_PATH_H

#include <limits.h>
#include <stdbool.h>

/* What is searched where there is no PATH. */
#define PPT_SEARCH_PATH_DEFAULT "/bin:/usr/bin"

/* Writes the next place to look for `name` at, and moves *path on, which is a list like PATH at
 * first and NULL after its last entry. Returns false when there is none left. An empty entry is the
 * current folder; one that is too long is left out, as exec() does. Async-signal-safe. */
bool ppt_search_path_next(const char **path, const char *name, char out[PATH_MAX]);

#endif
