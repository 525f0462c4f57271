/*
 * input.h - the one way in which the program opens what comes from outside: a journal, a table, a
 * configuration, an image, a kernel's file.
 *
 * Only regular files are opened, and without waiting: a pipe would be waited for, and a device such
 * as /dev/zero never ends. How much it is at most is known before a byte is read. What is in the
 * folder of a run is opened with PPT_INPUT_NO_LINK: nothing in there leads elsewhere.
 */
#ifndef PPT_INPUT_H
#define PPT_INPUT_H

#include <stddef.h>

#include "status.h"

struct ppt_input {
    int fd; /* owned by the caller */
    size_t size;
};

enum ppt_input_kind {
    PPT_INPUT_ANY,    /* a link is followed: the user named it */
    PPT_INPUT_NO_LINK /* the last part of the name must not be a link */
};

/* Opens `name`, which is relative to the folder that is open as `folder` (or AT_FDCWD), for
 * reading; `path` is what messages call it. Fails with PPT_BAD_INPUT when it cannot be opened, is
 * no regular file, or is larger than `most` bytes. */
enum ppt_status ppt_input_open(int folder, const char *name, enum ppt_input_kind kind, size_t most,
                               const char *path, struct ppt_input *input, struct ppt_error *error);

/* Reads the bytes it had when it was opened, or fewer if it was cut meanwhile. *data gets a NUL
 * behind its `length` bytes, and is to be given to free(). */
enum ppt_status ppt_input_read(const struct ppt_input *input, const char *path, char **data,
                               size_t *length, struct ppt_error *error);

#endif
