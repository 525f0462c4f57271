/*
 * store.h - the folder where verdicts are kept by name, one file each: $PPT_OMP_STATE, or else
 * ppt-omp in $XDG_STATE_HOME or in ~/.local/state.
 *
 * It belongs to the user and nobody else may write there; nor is it a link, nor are links in it
 * followed. What others could have put there would be believed.
 */
#ifndef PPT_VERBS_STORE_H
#define PPT_VERBS_STORE_H

#include <stddef.h>

#include "field.h"
#include "folder.h"
#include "status.h"

/* Opens it; `create` does so where it is not there. Without, `folder` then has no path, and that is
 * no failure. Fails with PPT_FAILED. */
enum ppt_status ppt_store_open(bool create, struct ppt_folder *folder, struct ppt_error *error);

/* Puts a text in the place of what is kept by that name, in one step. */
enum ppt_status ppt_store_write(const struct ppt_folder *folder, const char *name, const char *text,
                                struct ppt_error *error);

/* What is kept by that name, to be given to free(); NULL: nothing. Fails with PPT_BAD_INPUT when it
 * must not be believed, or cannot be read. */
enum ppt_status ppt_store_read(const struct ppt_folder *folder, const char *name, char **text,
                               struct ppt_error *error);

/* What is kept as JSON, into a record whose first row is `version`: the number of its form, which
 * is to be that one. `path` is for messages. Fails with PPT_BAD_INPUT, and then with what was read
 * so far. */
enum ppt_status ppt_store_parse(const char *text, const char *path, const struct ppt_field *rows,
                                unsigned version, void *record, struct ppt_error *error);

/* All names, ascending, NULL behind the last; they and the list are to be given to free(). */
char **ppt_store_names(const struct ppt_folder *folder);

#endif
