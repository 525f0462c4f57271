#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "text.h"

enum ppt_status ppt_file_read(const char *path, size_t most, char **data, size_t *length,
                              struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    size_t capacity = 1 << 16;
    char *buffer = NULL;
    size_t used = 0;
    struct stat about;
    int fd;

    do {
        fd = open(path, O_RDONLY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
    }
    if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
        status = ppt_fail(error, PPT_BAD_INPUT, "%s: is a folder, not a file", path);
        goto out;
    }
    buffer = ppt_alloc(capacity, 1);
    for (;;) {
        if (capacity - used < 2) {
            capacity *= 2;
            buffer = ppt_realloc(buffer, capacity, 1);
        }
        const ssize_t got = read(fd, buffer + used, capacity - used - 1);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            status =
                ppt_fail(error, PPT_BAD_INPUT, "%s: cannot be read: %s", path, strerror(errno));
            goto out;
        }
        used += (size_t)got;
        if (used > most) {
            status = ppt_fail(error, PPT_BAD_INPUT, "%s: is larger than %zu bytes", path, most);
            goto out;
        }
    }
    buffer[used] = '\0';
    *data = buffer;
    *length = used;
    buffer = NULL;
out:
    free(buffer);
    close(fd);
    return status;
}

static enum ppt_status write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        const ssize_t put = write(fd, data, length);

        if (put > 0) {
            data += put;
            length -= (size_t)put;
        } else if (put == 0 || errno != EINTR) {
            errno = put == 0 ? EIO : errno;
            return PPT_FAILED;
        }
    }
    return PPT_OK;
}

static enum ppt_status flush(int fd)
{
    int result;

    do {
        result = fsync(fd);
    } while (result != 0 && errno == EINTR);
    return result == 0 ? PPT_OK : PPT_FAILED;
}

/* A file without a name in the folder of `path`, so that nothing is left of it when the process
 * dies; -1 with EOPNOTSUPP where there are no such files, or nothing to name them by later. */
static int open_nameless(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    int fd;

    if (access("/proc/self/fd", X_OK) != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    folder = slash ? ppt_text_format("%.*s", (int)(slash - path) + 1, path) : ppt_strdup(".");
    do {
        fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EINTR);
    free(folder);
    return fd;
}

/* Processes that write the same file at the same time get in each other's way so often at most. */
#define MOST_TRIES 1000

/* Moves what has the name `between` to `path`; that another process has done so is fine. */
static int move_there(const char *between, const char *path)
{
    int result;

    do {
        result = rename(between, path);
    } while (result != 0 && errno == EINTR);
    return result == 0 || errno == ENOENT ? 0 : -1;
}

/* Puts the nameless file, which is complete, in the place of `path`. That takes two steps with a
 * name between them. It is the same for all processes, so that what one that dies there leaves is
 * cleared away by the next: moved on, which as well is what a living one would have done. */
static enum ppt_status name_file(int fd, const char *path)
{
    char *link = ppt_text_format("/proc/self/fd/%d", fd);
    char *between = ppt_text_format("%s.new", path);
    bool named = false;
    int result = 0;

    for (unsigned i = 0; i < MOST_TRIES && !named && result == 0; i++) {
        named = linkat(AT_FDCWD, link, AT_FDCWD, between, AT_SYMLINK_FOLLOW) == 0;
        result = !named && errno != EEXIST && errno != EINTR ? -1 : 0;
        if (result == 0 && (named || errno == EEXIST)) {
            result = move_there(between, path);
        }
    }
    if (result != 0) {
        const int problem = errno;

        unlink(between);
        errno = problem;
    }
    free(between);
    free(link);
    return named && result == 0 ? PPT_OK : PPT_FAILED;
}

enum ppt_status ppt_file_write(const char *path, const char *data, size_t length,
                               struct ppt_error *error)
{
    char *temporary = ppt_text_format("%s.%ld", path, (long)getpid());
    int fd = open_nameless(path);
    const bool nameless = fd >= 0;
    enum ppt_status status = PPT_OK;

    if (!nameless && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        do {
            fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
        } while (fd < 0 && errno == EINTR);
    }
    if (fd < 0) {
        ppt_fail(error, PPT_FAILED, "%s: cannot be created: %s", path, strerror(errno));
        free(temporary);
        return PPT_FAILED;
    }
    if (write_all(fd, data, length) != PPT_OK || fchmod(fd, 0644) != 0 || flush(fd) != PPT_OK ||
        (nameless ? name_file(fd, path) != PPT_OK : rename(temporary, path) != 0)) {
        status = ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", path, strerror(errno));
        if (!nameless) {
            unlink(temporary);
        }
    }
    close(fd);
    free(temporary);
    return status;
}

enum ppt_status ppt_file_make_folders(const char *path, struct ppt_error *error)
{
    char *part = ppt_strdup(path);
    enum ppt_status status = PPT_OK;
    struct stat about;

    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            status = ppt_fail(error, PPT_FAILED, "%s: folder cannot be created: %s", part,
                              strerror(errno));
            goto out;
        }
        *slash = '/';
    }
    if (mkdir(part, 0777) != 0 && errno != EEXIST) {
        status =
            ppt_fail(error, PPT_FAILED, "%s: folder cannot be created: %s", part, strerror(errno));
    } else if (stat(part, &about) != 0 || !S_ISDIR(about.st_mode)) {
        status = ppt_fail(error, PPT_FAILED, "%s: exists and is not a folder", part);
    }
out:
    free(part);
    return status;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    remove(path);
    return 0;
}

void ppt_file_remove_folder(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
