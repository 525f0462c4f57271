#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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
    int fd = open(path, O_RDONLY | O_CLOEXEC);

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

        if (put < 0 && errno != EINTR) {
            return PPT_FAILED;
        }
        if (put > 0) {
            data += put;
            length -= (size_t)put;
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_file_write(const char *path, const char *data, size_t length,
                               struct ppt_error *error)
{
    char *temporary = ppt_text_format("%s.XXXXXX", path);
    enum ppt_status status = PPT_OK;
    int fd = mkostemp(temporary, O_CLOEXEC);

    if (fd < 0) {
        status = ppt_fail(error, PPT_FAILED, "%s: cannot be created: %s", path, strerror(errno));
        goto out;
    }
    if (write_all(fd, data, length) != PPT_OK || fchmod(fd, 0644) != 0 || fsync(fd) != 0) {
        status = ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", path, strerror(errno));
        close(fd);
        unlink(temporary);
        goto out;
    }
    if (close(fd) != 0 || rename(temporary, path) != 0) {
        status = ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", path, strerror(errno));
        unlink(temporary);
    }
out:
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
