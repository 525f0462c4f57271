#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draft.h"
#include "input.h"
#include "memory.h"

static enum ppt_status read_at(int folder, const char *name, enum ppt_input_kind kind, size_t most,
                               const char *path, char **data, size_t *length,
                               struct ppt_error *error)
{
    struct ppt_input input;
    enum ppt_status status = ppt_input_open(folder, name, kind, most, path, &input, error);

    if (status == PPT_OK) {
        status = ppt_input_read(&input, path, data, length, error);
        close(input.fd);
    }
    return status;
}

enum ppt_status ppt_file_read(const char *path, size_t most, char **data, size_t *length,
                              struct ppt_error *error)
{
    return read_at(AT_FDCWD, path, PPT_INPUT_ANY, most, path, data, length, error);
}

enum ppt_status ppt_file_read_in(const struct ppt_folder *folder, const char *name, size_t most,
                                 char **data, size_t *length, struct ppt_error *error)
{
    char *path = ppt_folder_path(folder, name);
    const enum ppt_status status =
        read_at(folder->fd, name, PPT_INPUT_NO_LINK, most, path, data, length, error);

    free(path);
    return status;
}

enum ppt_status ppt_file_write_all(int fd, const char *data, size_t length)
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

static enum ppt_status fill(struct ppt_draft *draft, const char *data, size_t length,
                            struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    if (ppt_file_write_all(draft->fd, data, length) != PPT_OK) {
        status =
            ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", draft->path, strerror(errno));
        ppt_draft_drop(draft);
        return status;
    }
    return ppt_draft_place(draft, error);
}

enum ppt_status ppt_file_write(const char *path, const char *data, size_t length,
                               struct ppt_error *error)
{
    struct ppt_draft draft;
    const enum ppt_status status = ppt_draft_open(path, &draft, error);

    return status == PPT_OK ? fill(&draft, data, length, error) : status;
}

enum ppt_status ppt_file_write_in(const struct ppt_folder *folder, const char *name,
                                  const char *data, size_t length, struct ppt_error *error)
{
    struct ppt_draft draft;
    const enum ppt_status status = ppt_draft_open_in(folder, name, &draft, error);

    return status == PPT_OK ? fill(&draft, data, length, error) : status;
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
