/*
 * folder.h - the folder of a run's results.
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

#endif
