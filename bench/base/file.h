/*
 * file.h - files that are read whole, and files that are written whole or not at all.
 */
#ifndef PPT_BASE_FILE_H
#define PPT_BASE_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "folder.h"
#include "status.h"

/* Reads a regular file of at most `most` bytes; links are followed. *data gets a NUL behind its
 * `length` bytes and is to be given to free(). Fails with PPT_BAD_INPUT: the path is the user's. */
enum ppt_status ppt_file_read(const char *path, size_t most, char **data, size_t *length,
                              struct ppt_error *error);

/* Reads a regular file in a folder; a link is refused. */
enum ppt_status ppt_file_read_in(const struct ppt_folder *folder, const char *name, size_t most,
                                 char **data, size_t *length, struct ppt_error *error);

/* For PPT_OWNED(): an open file goes, if there is one. */
void ppt_file_close(const int *fd);
void ppt_file_close_stream(FILE **stream);

/* Writes all of it, or fails with the cause in errno. */
enum ppt_status ppt_file_write_all(int fd, const char *data, size_t length);

/* Writes a file where the user wants it (draft.h): a reader sees the old content or the new one,
 * never a part. */
enum ppt_status ppt_file_write(const char *path, const char *data, size_t length,
                               struct ppt_error *error);

/* Likewise in a folder of the program's. */
enum ppt_status ppt_file_write_in(const struct ppt_folder *folder, const char *name,
                                  const char *data, size_t length, struct ppt_error *error);

/* Creates a folder and those above it that are missing. */
enum ppt_status ppt_file_make_folders(const char *path, struct ppt_error *error);

#endif
