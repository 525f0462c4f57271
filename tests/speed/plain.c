#include "plain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum ppt_status outcome(const struct plain *file, bool good, const char *verb,
                               struct ppt_error *error)
{
    return good ? PPT_OK
                : ppt_fail(error, PPT_FAILED, "%s: cannot %s: %s", file->path, verb,
                           strerror(errno));
}

void plain_name(struct plain *file, const char *folder, const char *name)
{
    snprintf(file->path, sizeof(file->path), "%s/%s", folder, name);
    file->fd = -1;
}

enum ppt_status plain_create(struct plain *file, struct ppt_error *error)
{
    file->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return outcome(file, file->fd >= 0, "create", error);
}

enum ppt_status plain_open(struct plain *file, struct ppt_error *error)
{
    file->fd = open(file->path, O_RDONLY | O_CLOEXEC);
    return outcome(file, file->fd >= 0, "open", error);
}

enum ppt_status plain_write(struct plain *file, const void *data, size_t bytes,
                            struct ppt_error *error)
{
    return outcome(file, write(file->fd, data, bytes) == (ssize_t)bytes, "write", error);
}

enum ppt_status plain_read(struct plain *file, void *data, size_t bytes, size_t *got,
                           struct ppt_error *error)
{
    const ssize_t count = read(file->fd, data, bytes);

    *got = count > 0 ? (size_t)count : 0;
    return outcome(file, count >= 0, "read", error);
}

enum ppt_status plain_close(struct plain *file, struct ppt_error *error)
{
    const int result = close(file->fd);

    file->fd = -1;
    return outcome(file, result == 0, "close", error);
}

enum ppt_status plain_remove(struct plain *file, struct ppt_error *error)
{
    return outcome(file, unlink(file->path) == 0, "remove", error);
}

void plain_clear(struct plain *file)
{
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
    unlink(file->path);
}
