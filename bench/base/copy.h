/*
 * copy.h - copies of a folder with all that is in it, by descriptors alone.
 *
 * Files share nothing with their copies but, where the file system can do that, blocks that are
 * copied when one of the two is written to (FICLONE). Hard links become files of their own. Modes,
 * without those bits that lend rights, and times are those of the originals; so make finds things
 * as new or as old. Neither links nor what they lead to is changed:
 *
 * - A link that leads to something within the folder leads to its copy.
 * - One that leads out of the folder leads to the same thing as the original; it is not followed.
 *
 * What is neither a file, a folder nor a link is left out, and so are folders of runs (TASK__DATE).
 */
#ifndef PPT_BASE_COPY_H
#define PPT_BASE_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "folder.h"
#include "status.h"

struct ppt_copy {
    const struct ppt_folder *from; /* its path is absolute */
    char *const *names;            /* what of it, NULL-terminated; NULL: all */
    int left_out;                  /* a folder that is not copied, or -1 */
    const volatile int *stop;      /* not 0: give up with PPT_INTERRUPTED */
};

/* What a copy takes, at most: bytes of whole blocks of 4 KiB, and entries. */
struct ppt_copy_size {
    uint64_t bytes, entries;
};

enum ppt_status ppt_copy_measure(const struct ppt_copy *copy, struct ppt_copy_size *size,
                                 struct ppt_error *error);

/* Into an empty folder of this user's, whose path is absolute. */
enum ppt_status ppt_copy_make(const struct ppt_copy *copy, const struct ppt_folder *to,
                              struct ppt_error *error);

#endif
