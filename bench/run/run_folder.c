#include "run_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "change.h"
#include "file.h"
#include "owned.h"
#include "text.h"

#define MOST_SUFFIX 10000

enum ppt_status ppt_run_folder_open_all(const char *path, struct ppt_folder *all,
                                        struct ppt_error *error)
{
    PPT_TRY(ppt_file_make_folders(path, error));
    return ppt_folder_open(path, all, error);
}

enum ppt_status ppt_run_folder_create(const struct ppt_folder *all, const char *name, time_t when,
                                      struct ppt_run_folder *run, struct ppt_error *error)
{
    struct ppt_run_folder made PPT_OWNED(ppt_run_folder_close) = {0};
    struct tm local;
    char stamp[32];

    *run = made;
    localtime_r(&when, &local);
    strftime(stamp, sizeof(stamp), "%Y_%m_%d__%H_%M_%S", &local);
    made.name = ppt_text_format("%s__%s", name, stamp);
    for (unsigned suffix = 2; mkdirat(all->fd, made.name, 0777) != 0; suffix++) {
        if (errno != EEXIST || suffix == MOST_SUFFIX) {
            return ppt_fail(error, PPT_FAILED, "%s/%s: folder cannot be created: %s", all->path,
                            made.name, strerror(errno));
        }
        free(made.name);
        made.name = ppt_text_format("%s__%s_%u", name, stamp, suffix);
    }
    PPT_TRY(ppt_folder_enter(all, made.name, false, &made.folder, error));
    *run = made;
    made = (struct ppt_run_folder){0};
    return PPT_OK;
}

void ppt_run_folder_set_latest(const struct ppt_folder *all, const struct ppt_run_folder *run)
{
    (void)ppt_change_set_latest(all->fd, run->name);
}

void ppt_run_folder_remove(const struct ppt_folder *all, const struct ppt_run_folder *run,
                           const char *journal)
{
    (void)ppt_change_remove(run->folder.fd, journal);
    (void)ppt_change_remove_empty(all->fd, run->name, run->folder.fd);
}

void ppt_run_folder_close(struct ppt_run_folder *run)
{
    ppt_folder_close(&run->folder);
    free(run->name);
    *run = (struct ppt_run_folder){0};
}
