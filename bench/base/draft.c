#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

static enum ppt_status refuse(struct ppt_draft *draft, const char *why, struct ppt_error *error)
{
    ppt_fail(error, PPT_FAILED, "%s: cannot be created: %s", draft->path, why);
    draft->fd = -1;
    ppt_draft_drop(draft);
    return PPT_FAILED;
}

/* The file takes over owner, group and mode of the one that it will replace, as far as that can be
 * had; another group gets no rights by that. */
static int take_over(const struct ppt_draft *draft, const struct stat *old)
{
    mode_t mode = old->st_mode & 0777;
    struct stat own;

    if (fchown(draft->fd, old->st_uid, old->st_gid) != 0 &&
        fchown(draft->fd, (uid_t)-1, old->st_gid) != 0 && errno != EPERM && errno != EINVAL) {
        return -1;
    }
    if (fstat(draft->fd, &own) != 0) {
        return -1;
    }
    if (own.st_gid != old->st_gid) {
        mode &= ~(mode_t)070;
    }
    return fchmod(draft->fd, mode);
}

/* draft->folder, name and path are there. */
static enum ppt_status begin_draft(struct ppt_draft *draft, struct ppt_error *error)
{
    struct stat old;
    const bool exists = fstatat(draft->folder.fd, draft->name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
                        !S_ISLNK(old.st_mode);

    if (exists && !S_ISREG(old.st_mode)) {
        return refuse(draft,
                      S_ISDIR(old.st_mode) ? "there is a folder of that name"
                                           : "what has that name is no file",
                      error);
    }
    if (exists && faccessat(draft->folder.fd, draft->name, W_OK, AT_EACCESS) != 0) {
        return refuse(draft, "there is a file of that name that must not be written to", error);
    }
    draft->fd = ppt_change_begin(draft->folder.fd);
    if (draft->fd < 0) {
        return refuse(draft,
                      errno == EACCES || errno == EROFS ? "its folder must not be written to"
                                                        : strerror(errno),
                      error);
    }
    if (exists && take_over(draft, &old) != 0) {
        ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", draft->path, strerror(errno));
        ppt_draft_drop(draft);
        return PPT_FAILED;
    }
    return PPT_OK;
}

enum ppt_status ppt_draft_open_in(const struct ppt_folder *folder, const char *name,
                                  struct ppt_draft *draft, struct ppt_error *error)
{
    *draft = (struct ppt_draft){.fd = -1};
    PPT_TRY(ppt_folder_copy(folder, &draft->folder, error));
    draft->path = ppt_folder_path(folder, name);
    draft->name = ppt_strdup(name);
    return begin_draft(draft, error);
}

/* Which of the program's own outputs a file is, as /dev/stdout; -1: none. */
static int own_output(const struct stat *about)
{
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        struct stat own;

        if (fstat(fd, &own) == 0 && own.st_dev == about->st_dev && own.st_ino == about->st_ino) {
            return fd;
        }
    }
    return -1;
}

/* What is not a regular file cannot be replaced, only written to; nor is what this program writes
 * to anyway. */
static enum ppt_status open_directly(struct ppt_draft *draft, int own, struct ppt_error *error)
{
    draft->fd =
        (int)TEMP_FAILURE_RETRY(own >= 0 ? fcntl(own, F_DUPFD_CLOEXEC, 0)
                                         : open(draft->path, O_WRONLY | O_CLOEXEC | O_NOCTTY));
    return draft->fd < 0 ? refuse(draft, strerror(errno), error) : PPT_OK;
}

enum ppt_status ppt_draft_open(const char *path, struct ppt_draft *draft, struct ppt_error *error)
{
    struct stat about;
    const bool exists = stat(path, &about) == 0;
    /* Of a link, the file that it leads to is meant. */
    char *real PPT_FREED =
        exists && S_ISREG(about.st_mode) ? realpath(path, NULL) : ppt_strdup(path);
    const char *slash = real ? strrchr(real, '/') : NULL;
    char *folder PPT_FREED = NULL;

    *draft = (struct ppt_draft){.fd = -1, .path = ppt_strdup(path)};
    if (exists && !S_ISDIR(about.st_mode) && (!S_ISREG(about.st_mode) || own_output(&about) >= 0)) {
        return open_directly(draft, own_output(&about), error);
    }
    if (!real || (exists && S_ISDIR(about.st_mode))) {
        return refuse(draft, real ? "there is a folder of that name" : strerror(errno), error);
    }
    /* Else somebody else has made it meanwhile. */
    if (!exists && lstat(path, &about) == 0 && S_ISLNK(about.st_mode)) {
        return refuse(draft, "it is a link to nothing", error);
    }
    folder = slash ? ppt_text_format("%.*s", (int)(slash - real) + 1, real) : ppt_strdup(".");
    draft->name = ppt_strdup(slash ? slash + 1 : real);
    return ppt_folder_open(folder, &draft->folder, error) == PPT_OK
               ? begin_draft(draft, error)
               : refuse(draft, strerror(errno), error);
}

enum ppt_status ppt_draft_place(struct ppt_draft *draft, struct ppt_error *error)
{
    struct ppt_draft placed PPT_OWNED(ppt_draft_drop) = *draft;

    *draft = (struct ppt_draft){.fd = -1};
    return !placed.name || (TEMP_FAILURE_RETRY(fsync(placed.fd)) == 0 &&
                            ppt_change_place(placed.folder.fd, placed.fd, placed.name) == 0)
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", placed.path,
                          strerror(errno));
}

void ppt_draft_drop(struct ppt_draft *draft)
{
    if (!draft->path) {
        return;
    }
    if (draft->fd >= 0) {
        /* Placed, it no longer has the name of a file on its way. */
        if (draft->name) {
            ppt_change_abandon(draft->folder.fd, draft->fd);
        }
        close(draft->fd);
    }
    ppt_folder_close(&draft->folder);
    free(draft->name);
    free(draft->path);
    *draft = (struct ppt_draft){.fd = -1};
}
