/*
 * draft.h - a file while it is written: it appears whole under its name, or not at all.
 */
#ifndef PPT_BASE_DRAFT_H
#define PPT_BASE_DRAFT_H

#include "folder.h"
#include "status.h"

struct ppt_draft {
    int fd;                   /* to write to; owned */
    char *path;               /* owned; for messages */
    char *name;               /* owned; in `folder`; NULL: written directly, to a device or pipe */
    struct ppt_folder folder; /* owned */
};

/* Begins a file in a folder of the program's, in the place of a regular file or link there. A file
 * that exists keeps its mode; a new one has what umask leaves. */
enum ppt_status ppt_draft_open_in(const struct ppt_folder *folder, const char *name,
                                  struct ppt_draft *draft, struct ppt_error *error);

/* Begins a file where the user wants it: links are followed. A device or pipe is written directly.
 */
enum ppt_status ppt_draft_open(const char *path, struct ppt_draft *draft, struct ppt_error *error);

/* Puts the file in its place, on disk, and closes it. Fails with nothing changed. */
enum ppt_status ppt_draft_place(struct ppt_draft *draft, struct ppt_error *error);

/* Closes it without a trace; after ppt_draft_place(), or zeroed, it does nothing. */
void ppt_draft_drop(struct ppt_draft *draft);

#endif
