/*
 * workspace.h - the private folder of a process for temporary files.
 *
 * It is marked as such (change.h), and locked as long as the process lives, however that ends. So a
 * later one can tell what a crashed one has left, and removes it. A process that ends by exit(), as
 * for want of memory or threads, removes it by itself.
 */
#ifndef PPT_RUN_WORKSPACE_H
#define PPT_RUN_WORKSPACE_H

#include "folder.h"
#include "status.h"

struct ppt_workspace {
    struct ppt_folder folder; /* its path is absolute; NULL: there is none */
    struct ppt_workspace_keeper *keeper;
};

/* Where it lies: TMPDIR, or else /var/tmp, which is on a disk where /tmp may be memory. Borrowed.
 */
const char *ppt_workspace_base(void);

/* Creates a folder there that only its owner may enter. Removes those of processes that died. */
enum ppt_status ppt_workspace_create(struct ppt_workspace *workspace, struct ppt_error *error);

/* Removes those of processes that died, and creates none. */
void ppt_workspace_clear(void);

/* Removes it with all that is in it; zeroed is fine. */
void ppt_workspace_remove(struct ppt_workspace *workspace);

/* Bytes that may still be written there; ULLONG_MAX when unknown. */
unsigned long long ppt_workspace_available(const struct ppt_workspace *workspace);

#endif
