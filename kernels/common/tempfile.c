#include "tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* strerror() of glibc and musl may be called by several threads; ISO C does not know %m. */
static enum ppt_status fail(const struct ppt_tempfile *file, const char *verb,
                            struct ppt_error *error)
{
    return ppt_fail(error, PPT_FAILED, "%s: %s: cannot %s: %s", file->kernel, file->path, verb,
                    strerror(errno));
}

enum ppt_status ppt_tempfile_init(struct ppt_tempfile *file, const struct ppt_setup *setup,
                                  const char *kernel, unsigned worker, const char *role,
                                  struct ppt_error *error)
{
    *file = (struct ppt_tempfile){
        .kernel = kernel, .fd = -1, .folder = setup->scratch_fd, .services = setup->services};
    if (asprintf(&file->path, "%s/%s.w%u.%s", setup->scratch_dir, kernel, worker, role) < 0) {
        file->path = NULL;
        return ppt_fail(error, PPT_FAILED, "%s: not enough memory for a file name", kernel);
    }
    file->name = strrchr(file->path, '/') + 1;
    return PPT_OK;
}

enum ppt_status ppt_tempfile_create(struct ppt_tempfile *file, struct ppt_error *error)
{
    file->fd = (int)TEMP_FAILURE_RETRY(openat(file->folder, file->name,
                                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                              S_IRUSR | S_IWUSR));
    if (file->fd < 0) {
        return fail(file, "create", error);
    }
    file->exists = true;
    return PPT_OK;
}

/* ext4 reserves a block for each page that is written, one at a time, unless a range of them was
 * reserved before: a file of 50 MiB then takes a third less. tmpfs would clear every page of the
 * range; of others nothing is known. */
void ppt_tempfile_reserve(const struct ppt_tempfile *file, uint64_t bytes)
{
    struct statfs about;

    if (fstatfs(file->fd, &about) == 0 && about.f_type == EXT4_SUPER_MAGIC) {
        (void)fallocate(file->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes);
    }
}

enum ppt_status ppt_tempfile_open(struct ppt_tempfile *file, struct ppt_error *error)
{
    file->fd = (int)TEMP_FAILURE_RETRY(
        openat(file->folder, file->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    return file->fd < 0 ? fail(file, "open", error) : PPT_OK;
}

enum ppt_status ppt_tempfile_write(struct ppt_tempfile *file, const void *data, size_t bytes,
                                   struct ppt_error *error)
{
    const unsigned char *from = data;

    while (bytes > 0) {
        const ssize_t written = write(file->fd, from, bytes);

        if (written > 0) {
            from += written;
            bytes -= (size_t)written;
        } else if (written == 0) {
            /* Not known to happen to a regular file, but it would be an endless loop. */
            errno = EIO;
            return fail(file, "write", error);
        } else if (errno != EINTR) {
            return fail(file, "write", error);
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_tempfile_read(struct ppt_tempfile *file, void *data, size_t bytes, size_t *got,
                                  struct ppt_error *error)
{
    unsigned char *to = data;

    *got = 0;
    while (*got < bytes) {
        const ssize_t count = read(file->fd, to + *got, bytes - *got);

        if (count == 0) {
            break;
        }
        if (count > 0) {
            *got += (size_t)count;
        } else if (errno != EINTR) {
            return fail(file, "read", error);
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_tempfile_close(struct ppt_tempfile *file, struct ppt_error *error)
{
    const int result = close(file->fd);

    /* Linux has let go of the descriptor whatever close says; a second try could hit a file that
     * another thread has opened meanwhile. */
    file->fd = -1;
    return result != 0 && errno != EINTR ? fail(file, "close", error) : PPT_OK;
}

enum ppt_status ppt_tempfile_remove(struct ppt_tempfile *file, struct ppt_error *error)
{
    if (file->services->remove_file(file->folder, file->name) != 0) {
        return fail(file, "remove", error);
    }
    file->exists = false;
    return PPT_OK;
}

enum ppt_status ppt_tempfile_dump(struct ppt_tempfile *file, void *buffer, FILE *to,
                                  struct ppt_error *error)
{
    size_t got;

    PPT_TRY(ppt_tempfile_open(file, error));
    do {
        PPT_TRY(ppt_tempfile_read(file, buffer, PPT_TEMPFILE_CHUNK, &got, error));
        fwrite(buffer, 1, got, to);
    } while (got == PPT_TEMPFILE_CHUNK);
    return ppt_tempfile_close(file, error);
}

void ppt_tempfile_drop(struct ppt_tempfile *file)
{
    if (!file->path) {
        return;
    }
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
    if (file->exists) {
        (void)file->services->remove_file(file->folder, file->name);
        file->exists = false;
    }
}

void ppt_tempfile_free(struct ppt_tempfile *file)
{
    ppt_tempfile_drop(file);
    free(file->path);
    file->path = NULL;
}
