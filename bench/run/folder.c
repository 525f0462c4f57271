#include "folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "text.h"

enum ppt_status ppt_folder_create(const char *parent, const char *name, time_t when, char **path,
                                  struct ppt_error *error)
{
    struct tm local;
    char stamp[32];
    const enum ppt_status status = ppt_file_make_folders(parent, error);

    if (status != PPT_OK) {
        return status;
    }
    localtime_r(&when, &local);
    strftime(stamp, sizeof(stamp), "%Y_%m_%d__%H_%M_%S", &local);
    *path = ppt_text_format("%s/%s__%s", parent, name, stamp);
    for (unsigned suffix = 2; mkdir(*path, 0777) != 0; suffix++) {
        if (errno != EEXIST || suffix == 10000) {
            ppt_fail(error, PPT_FAILED, "%s: folder cannot be created: %s", *path, strerror(errno));
            free(*path);
            *path = NULL;
            return PPT_FAILED;
        }
        free(*path);
        *path = ppt_text_format("%s/%s__%s_%u", parent, name, stamp, suffix);
    }
    return PPT_OK;
}

void ppt_folder_set_latest(const char *parent, const char *path)
{
    char *link = ppt_text_format("%s/latest", parent);
    /* Always the same name, so that a process that dies here leaves what the next one clears away.
     */
    char *temporary = ppt_text_format("%s/.latest", parent);
    struct stat about;

    unlink(temporary);
    /* Only a link is replaced: a real folder of that name is somebody's. */
    if ((lstat(link, &about) != 0 || S_ISLNK(about.st_mode)) &&
        symlink(strrchr(path, '/') + 1, temporary) == 0 && rename(temporary, link) != 0) {
        unlink(temporary);
    }
    free(link);
    free(temporary);
}
