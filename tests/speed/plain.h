/*
 * plain.h - system calls on files, and a message when one fails: nothing that would make a
 * reference slower than what a short program of its own would write.
 */
#ifndef PPT_SPEED_PLAIN_H
#define PPT_SPEED_PLAIN_H

#include <stddef.h>

#include "status.h"

/* A file in a folder; it need not exist. */
struct plain {
    char path[4096];
    int fd;
};

void plain_name(struct plain *file, const char *folder, const char *name);
enum ppt_status plain_create(struct plain *file, struct ppt_error *error);
enum ppt_status plain_open(struct plain *file, struct ppt_error *error);

/* All of it in one call, or it is a failure. */
enum ppt_status plain_write(struct plain *file, const void *data, size_t bytes,
                            struct ppt_error *error);

/* One call; `got` is 0 at the end. */
enum ppt_status plain_read(struct plain *file, void *data, size_t bytes, size_t *got,
                           struct ppt_error *error);
enum ppt_status plain_close(struct plain *file, struct ppt_error *error);
enum ppt_status plain_remove(struct plain *file, struct ppt_error *error);

/* Closes and removes what is there of it, after a failure. */
void plain_clear(struct plain *file);

#endif
