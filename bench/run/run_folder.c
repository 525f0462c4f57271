#include "run_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "change.h"
#include "file.h"
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
    struct tm local;
    char stamp[32];
    enum ppt_status status;

    localtime_r(&when, &local);
    strftime(stamp, sizeof(stamp), "%Y_%m_%d__%H_%M_%S", &local);
    *run = (struct ppt_run_folder){.name = ppt_text_format("%s__%s", name, stamp)};
    for (unsigned suffix = 2; mkdirat(all->fd, run->name, 0777) != 0; suffix++) {
        if (errno != EEXIST || suffix == MOST_SUFFIX) {
            ppt_fail(error, PPT_FAILED, "%s/%s: folder cannot be created: %s", all->path, run->name,
                     strerror(errno));
            ppt_run_folder_close(run);
            return PPT_FAILED;
        }
        free(run->name);
        run->name = ppt_text_format("%s__%s_%u", name, stamp, suffix);
    }
    status = ppt_folder_enter(all, run->name, false, &run->folder, error);
    if (status != PPT_OK) {
        ppt_run_folder_close(run);
    }
    return status;
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
