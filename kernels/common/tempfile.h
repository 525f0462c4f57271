/*
 * tempfile.h - a temporary file of one worker, inside the scratch directory of the sweep.
 *
 * The name holds the kernel, the worker and the role, so that no two workers meet. The file is
 * created, written or read, closed and removed any number of times; memory is taken by init alone.
 *
 * Every function that can fail writes a message such as
 * "io: /dir/io.w0.copy: cannot write: No space left on device".
 *
 * Threads: a file belongs to one thread at a time.
 */
#ifndef PPT_TEMPFILE_H
#define PPT_TEMPFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "kernel.h"
#include "status.h"

/* How much to hand to the functions below at a time: large enough to make system calls cheap,
 * small enough to stay in the second level cache. */
#define PPT_TEMPFILE_CHUNK ((size_t)256 * 1024)

/* All zero means: not initialised, which free and drop accept. */
struct ppt_tempfile {
    const char *kernel;                  /* borrowed; for messages */
    char *path;                          /* likewise; owned */
    const char *name;                    /* in the folder; a part of the path */
    int folder;                          /* borrowed */
    const struct ppt_services *services; /* borrowed */
    int fd;                              /* -1 when not open */
    bool exists;                         /* created and not yet removed */
};

/* Only makes the name. `kernel` and what `setup` holds are borrowed. */
enum ppt_status ppt_tempfile_init(struct ppt_tempfile *file, const struct ppt_setup *setup,
                                  const char *kernel, unsigned worker, const char *role,
                                  struct ppt_error *error);

/* Creates the file for writing; a file or link of that name that already exists is a failure. */
enum ppt_status ppt_tempfile_create(struct ppt_tempfile *file, struct ppt_error *error);

/* Of a file that was just created: so many bytes will be written, where knowing it helps. That
 * there is no room for them is found out by writing. */
void ppt_tempfile_reserve(const struct ppt_tempfile *file, uint64_t bytes);

/* Opens the file that was created and closed before for reading from its start. */
enum ppt_status ppt_tempfile_open(struct ppt_tempfile *file, struct ppt_error *error);

/* Writes all of it. */
enum ppt_status ppt_tempfile_write(struct ppt_tempfile *file, const void *data, size_t bytes,
                                   struct ppt_error *error);

/* Reads until `bytes` are there or the file ends; `got` is less than `bytes` only at the end. */
enum ppt_status ppt_tempfile_read(struct ppt_tempfile *file, void *data, size_t bytes, size_t *got,
                                  struct ppt_error *error);

enum ppt_status ppt_tempfile_close(struct ppt_tempfile *file, struct ppt_error *error);
enum ppt_status ppt_tempfile_remove(struct ppt_tempfile *file, struct ppt_error *error);

/* Copies the closed file to `to` by way of `buffer`, which holds PPT_TEMPFILE_CHUNK bytes. Write
 * errors stay in `to` for its owner to find. */
enum ppt_status ppt_tempfile_dump(struct ppt_tempfile *file, void *buffer, FILE *to,
                                  struct ppt_error *error);

/* Closes and removes what is open or there, without a word: for the way out after a failure. */
void ppt_tempfile_drop(struct ppt_tempfile *file);

/* Drops the file and frees the name. */
void ppt_tempfile_free(struct ppt_tempfile *file);

#endif
