/*
 * folder.h - the folders of a run: one for its results, one for temporary files.
 */
#ifndef PPT_RUN_FOLDER_H
#define PPT_RUN_FOLDER_H

#include <time.h>

#include "status.h"

/* Creates `parent`/NAME__YYYY_MM_DD__HH_MM_SS, with a suffix when that exists: nothing is ever
 * overwritten. *path is to be given to free(). */
enum ppt_status ppt_folder_create(const char *parent, const char *name, time_t when, char **path,
                                  struct ppt_error *error);

/* Makes `parent`/latest point to a folder in it. That it cannot be done is no failure. */
void ppt_folder_set_latest(const char *parent, const char *path);

/* Creates a private folder for temporary files in TMPDIR, or else in /var/tmp, which lies on a
 * disk where /tmp may be memory. *path is to be given to free(). */
enum ppt_status ppt_scratch_create(char **path, struct ppt_error *error);

/* Bytes that may still be written there; UINT64_MAX when unknown. */
unsigned long long ppt_scratch_available(const char *path);

#endif
