/*
 * run_folder.h - the folder of a run's results: a new one for every run, held open until its end.
 */
#ifndef PPT_RUN_RUN_FOLDER_H
#define PPT_RUN_RUN_FOLDER_H

#include <time.h>

#include "folder.h"
#include "status.h"

struct ppt_run_folder {
    struct ppt_folder folder; /* owned; its path is NULL when there is none */
    char *name;               /* owned; its entry in the folder of all results */
};

/* Opens the folder of all results, which is created if need be. */
enum ppt_status ppt_run_folder_open_all(const char *path, struct ppt_folder *all,
                                        struct ppt_error *error);

/* Creates NAME__YYYY_MM_DD__HH_MM_SS in it, with a suffix when that exists: nothing is ever
 * overwritten. */
enum ppt_status ppt_run_folder_create(const struct ppt_folder *all, const char *name, time_t when,
                                      struct ppt_run_folder *run, struct ppt_error *error);

/* Makes `latest` point to it. That it cannot be done is no failure. */
void ppt_run_folder_set_latest(const struct ppt_folder *all, const struct ppt_run_folder *run);

/* Removes a folder that holds no more than a journal that could not be begun. */
void ppt_run_folder_remove(const struct ppt_folder *all, const struct ppt_run_folder *run,
                           const char *journal);

void ppt_run_folder_close(struct ppt_run_folder *run); /* zeroed is fine */

#endif
