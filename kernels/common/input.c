#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "owned.h"

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "a folder"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISCHR(mode)  ? "a device"
           : S_ISBLK(mode)  ? "a device"
           : S_ISSOCK(mode) ? "a socket"
                            : "something else";
}

static enum ppt_status check_file(int fd, size_t most, const char *path, size_t *size,
                                  struct ppt_error *error)
{
    struct stat about;

    if (fstat(fd, &about) != 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: cannot be examined: %s", path, strerror(errno));
    }
    if (!S_ISREG(about.st_mode)) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: is %s, not a file", path,
                        kind_of(about.st_mode));
    }
    if ((uintmax_t)about.st_size > most) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: has %ju bytes; at most %zu can be read", path,
                        (uintmax_t)about.st_size, most);
    }
    *size = (size_t)about.st_size;
    return PPT_OK;
}

enum ppt_status ppt_input_open(int folder, const char *name, enum ppt_input_kind kind, size_t most,
                               const char *path, struct ppt_input *input, struct ppt_error *error)
{
    const int flags =
        O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (kind == PPT_INPUT_NO_LINK ? O_NOFOLLOW : 0);

    input->fd = (int)TEMP_FAILURE_RETRY(openat(folder, name, flags));
    if (input->fd < 0) {
        return errno == ELOOP && kind == PPT_INPUT_NO_LINK
                   ? ppt_fail(error, PPT_BAD_INPUT, "%s: is a link, not a file", path)
                   : ppt_fail(error, PPT_BAD_INPUT, "%s: cannot be opened: %s", path,
                              strerror(errno));
    }
    enum ppt_status status = check_file(input->fd, most, path, &input->size, error);
    if (status != PPT_OK) {
        close(input->fd);
        input->fd = -1;
    }
    return status;
}

enum ppt_status ppt_input_read(const struct ppt_input *input, const char *path, char **data,
                               size_t *length, struct ppt_error *error)
{
    char *buffer PPT_FREED = malloc(input->size + 1);
    size_t used = 0;

    if (!buffer) {
        return ppt_fail(error, PPT_FAILED, "%s: not enough memory for %zu bytes", path,
                        input->size);
    }
    while (used < input->size) {
        const ssize_t got = pread(input->fd, buffer + used, input->size - used, (off_t)used);

        if (got == 0) {
            break;
        }
        if (got > 0) {
            used += (size_t)got;
        } else if (errno != EINTR) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s: cannot be read: %s", path, strerror(errno));
        }
    }
    buffer[used] = '\0';
    *data = ppt_given(&buffer);
    *length = used;
    return PPT_OK;
}
