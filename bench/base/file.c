#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draft.h"
#include "input.h"
#include "memory.h"
#include "owned.h"

void ppt_file_close(const int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

void ppt_file_close_stream(FILE **stream)
{
    if (*stream) {
        fclose(*stream);
    }
}

static enum ppt_status read_at(int folder, const char *name, enum ppt_input_kind kind, size_t most,
                               const char *path, char **data, size_t *length,
                               struct ppt_error *error)
{
    struct ppt_input input;

    PPT_TRY(ppt_input_open(folder, name, kind, most, path, &input, error));
    const int fd PPT_OWNED(ppt_file_close) = input.fd;
    return ppt_input_read(&(struct ppt_input){fd, input.size}, path, data, length, error);
}

enum ppt_status ppt_file_read(const char *path, size_t most, char **data, size_t *length,
                              struct ppt_error *error)
{
    return read_at(AT_FDCWD, path, PPT_INPUT_ANY, most, path, data, length, error);
}

enum ppt_status ppt_file_read_in(const struct ppt_folder *folder, const char *name, size_t most,
                                 char **data, size_t *length, struct ppt_error *error)
{
    char *path PPT_FREED = ppt_folder_path(folder, name);

    return read_at(folder->fd, name, PPT_INPUT_NO_LINK, most, path, data, length, error);
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

static enum ppt_status fill_draft(struct ppt_draft *draft, const char *data, size_t length,
                                  struct ppt_error *error)
{
    if (ppt_file_write_all(draft->fd, data, length) != PPT_OK) {
        ppt_fail(error, PPT_FAILED, "%s: cannot be written: %s", draft->path, strerror(errno));
        ppt_draft_drop(draft);
        return PPT_FAILED;
    }
    return ppt_draft_place(draft, error);
}

enum ppt_status ppt_file_write(const char *path, const char *data, size_t length,
                               struct ppt_error *error)
{
    struct ppt_draft draft;

    PPT_TRY(ppt_draft_open(path, &draft, error));
    return fill_draft(&draft, data, length, error);
}

enum ppt_status ppt_file_write_in(const struct ppt_folder *folder, const char *name,
                                  const char *data, size_t length, struct ppt_error *error)
{
    struct ppt_draft draft;

    PPT_TRY(ppt_draft_open_in(folder, name, &draft, error));
    return fill_draft(&draft, data, length, error);
}

static enum ppt_status make_folder(const char *path, struct ppt_error *error)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "%s: folder cannot be created: %s", path,
                          strerror(errno));
}

enum ppt_status ppt_file_make_folders(const char *path, struct ppt_error *error)
{
    char *part PPT_FREED = ppt_strdup(path);
    struct stat about;

    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        PPT_TRY(make_folder(part, error));
        *slash = '/';
    }
    PPT_TRY(make_folder(part, error));
    return stat(part, &about) == 0 && S_ISDIR(about.st_mode)
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "%s: exists and is not a folder", part);
}
