#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "owned.h"
#include "text.h"

int ppt_folder_descriptor(int outer, const char *name, int more)
{
    return (int)TEMP_FAILURE_RETRY(openat(outer, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | more));
}

static enum ppt_status taken(struct ppt_folder *folder, int fd, char *path, enum ppt_status status,
                             struct ppt_error *error)
{
    *folder = (struct ppt_folder){0};
    if (fd < 0) {
        ppt_fail(error, status, "%s: cannot be opened as a folder: %s", path, strerror(errno));
        free(path);
        return status;
    }
    *folder = (struct ppt_folder){fd, path};
    return PPT_OK;
}

enum ppt_status ppt_folder_open(const char *path, struct ppt_folder *folder,
                                struct ppt_error *error)
{
    return taken(folder, ppt_folder_descriptor(AT_FDCWD, path, 0), ppt_strdup(path), PPT_BAD_INPUT,
                 error);
}

enum ppt_status ppt_folder_enter(const struct ppt_folder *outer, const char *name, bool create,
                                 struct ppt_folder *folder, struct ppt_error *error)
{
    char *path PPT_FREED = ppt_folder_path(outer, name);
    struct stat about;

    *folder = (struct ppt_folder){0};
    if (create && mkdirat(outer->fd, name, 0777) != 0 && errno != EEXIST) {
        return ppt_fail(error, PPT_FAILED, "%s: folder cannot be created: %s", path,
                        strerror(errno));
    }
    if (fstatat(outer->fd, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(about.st_mode)) {
        return ppt_fail(error, PPT_FAILED, "%s: is a link; it has to be a folder of its own", path);
    }
    return taken(folder, ppt_folder_descriptor(outer->fd, name, O_NOFOLLOW), ppt_given(&path),
                 PPT_FAILED, error);
}

enum ppt_status ppt_folder_copy(const struct ppt_folder *folder, struct ppt_folder *copy,
                                struct ppt_error *error)
{
    return taken(copy, fcntl(folder->fd, F_DUPFD_CLOEXEC, 0), ppt_strdup(folder->path), PPT_FAILED,
                 error);
}

char *ppt_folder_path(const struct ppt_folder *folder, const char *name)
{
    return ppt_text_format("%s/%s", folder->path, name);
}

bool ppt_folder_is_gone(const struct ppt_folder *folder)
{
    struct stat about;

    return fstat(folder->fd, &about) == 0 && about.st_nlink == 0;
}

void ppt_folder_close(struct ppt_folder *folder)
{
    if (folder->path) {
        close(folder->fd);
        free(folder->path);
    }
    *folder = (struct ppt_folder){0};
}
