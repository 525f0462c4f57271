/*
 * witness.h - whether a file still holds what it held.
 *
 * Reading a file again is what tells. That takes time, so a file of which nothing that the system
 * records has changed is taken for unchanged: size, device, inode, and the two times, of which no
 * program can set that of the last change back. These times have a step, and a file that was
 * changed just before it was looked at may change once more within it: such a file is read.
 */
#ifndef PPT_BASE_WITNESS_H
#define PPT_BASE_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "field.h"

struct ppt_witness {
    char *path; /* absolute, if it was given so */
    uint64_t size;
    int64_t mtime_ns, ctime_ns; /* since 1970 */
    uint64_t device, inode;
    char *digest; /* of its content, see file_digest.h */
    bool fresh;   /* it had changed so lately that its times tell nothing */
};

extern const struct ppt_field ppt_witness_fields[];

/* Looks at a file now. False: it is no regular file that can be read; nothing is to be freed. */
bool ppt_witness_take(const char *path, struct ppt_witness *witness);
void ppt_witness_free(struct ppt_witness *witness); /* zeroed is fine */

/* Whether the file holds what it held. */
bool ppt_witness_holds(const struct ppt_witness *witness);

#endif
