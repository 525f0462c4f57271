/*
 * folder.h - a folder that is held open.
 *
 * Whatever is read or written in it goes by its descriptor, not by its name: a folder that is
 * moved, a kernel that changes the current folder, or a link put in its place lead nowhere else.
 */
#ifndef PPT_BASE_FOLDER_H
#define PPT_BASE_FOLDER_H

#include <stdbool.h>

#include "status.h"

struct ppt_folder {
    int fd;     /* owned; meaningful while there is a path */
    char *path; /* owned; what messages call it; NULL: there is none */
};

/* Opens the folder that the user named; links on the way are followed. */
enum ppt_status ppt_folder_open(const char *path, struct ppt_folder *folder,
                                struct ppt_error *error);

/* Opens a folder inside of another one; fails when that name is a link or no folder. With `create`
 * it is created if it is not there. */
enum ppt_status ppt_folder_enter(const struct ppt_folder *outer, const char *name, bool create,
                                 struct ppt_folder *folder, struct ppt_error *error);

/* Only its descriptor, or -1 with the cause in errno: of `name` in the folder that is open as
 * `outer` (or AT_FDCWD), with `more` flags of open(), such as O_NOFOLLOW. */
int ppt_folder_descriptor(int outer, const char *name, int more);

/* The same folder once more, with a descriptor of its own. */
enum ppt_status ppt_folder_copy(const struct ppt_folder *folder, struct ppt_folder *copy,
                                struct ppt_error *error);

/* "FOLDER/NAME", for messages; to be given to free(). */
char *ppt_folder_path(const struct ppt_folder *folder, const char *name);

/* Whether it was removed while it was held open. */
bool ppt_folder_is_gone(const struct ppt_folder *folder);

void ppt_folder_close(struct ppt_folder *folder); /* zeroed is fine */

#endif
