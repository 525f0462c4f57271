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

/* Looks for a program that may be run, in PATH where its name has no slash; `found` gets its path.
 * What is wrong with one that is named by its path is in errno. */
bool ppt_search_path_find(const char *name, char found[PATH_MAX]);

#endif
