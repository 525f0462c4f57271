/*
 * file.h - files that are read whole, and files that are written whole or not at all.
 */
#ifndef PPT_BASE_FILE_H
#define PPT_BASE_FILE_H

#include <stddef.h>

#include "status.h"

/* Reads a regular file (or a pipe) of at most `most` bytes. *data gets a NUL behind its `length`
 * bytes and is to be given to free(). Fails with PPT_BAD_INPUT: the path is the user's. */
enum ppt_status ppt_file_read(const char *path, size_t most, char **data, size_t *length,
                              struct ppt_error *error);

/* Writes to a temporary name beside `path`, syncs it and renames it: a reader sees the old content
 * or the new one, never a part. */
enum ppt_status ppt_file_write(const char *path, const char *data, size_t length,
                               struct ppt_error *error);

/* Creates a folder and those above it that are missing. */
enum ppt_status ppt_file_make_folders(const char *path, struct ppt_error *error);

/* Removes a folder with all that is in it, following no links. Failures are ignored. */
void ppt_file_remove_folder(const char *path);

#endif
