#include "copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "file.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

/* Each level of folders takes four descriptors. */
#define MOST_LEVELS 100

#define BLOCK 4096

/* Between two looks at whether to stop. */
#define PIECE ((size_t)16 << 20)

/* A walk through the folder, which copies or adds up. */
struct walk {
    const struct ppt_copy *copy;
    const struct ppt_folder *to; /* NULL: nothing is copied */
    struct ppt_copy_size size;
    struct ppt_text path; /* of what is looked at, in the folder: "a/b" */
    unsigned depth;
    char *buffer; /* for files that the system does not copy by itself */
    struct ppt_error *error;
};

static enum ppt_status fail(const struct walk *walk, const char *what)
{
    return ppt_fail(walk->error, PPT_FAILED, "%s/%s: cannot be %s: %s", walk->copy->from->path,
                    walk->path.data ? walk->path.data : "", what, strerror(errno));
}

static enum ppt_status look(const struct walk *walk)
{
    return *walk->copy->stop ? ppt_fail(walk->error, PPT_INTERRUPTED, "interrupted") : PPT_OK;
}

/* ---- files ---- */

/* Whether the system copies the rest of a file from where both are; else somebody has to read and
 * write it. */
static enum ppt_status copy_by_system(const struct walk *walk, int in, int out, bool *all)
{
    ssize_t got = ioctl(out, FICLONE, in) == 0 ? 0 : 1;

    for (*all = got == 0; got > 0;) {
        PPT_TRY(look(walk));
        got = copy_file_range(in, NULL, out, NULL, PIECE, 0);
    }
    return PPT_OK;
}

static enum ppt_status copy_by_hand(struct walk *walk, int in, int out)
{
    ssize_t got = 1;

    walk->buffer = walk->buffer ? walk->buffer : ppt_alloc(PIECE / 64, 1);
    while (got != 0) {
        PPT_TRY(look(walk));
        got = read(in, walk->buffer, PIECE / 64);
        if (got < 0 && errno != EINTR) {
            return fail(walk, "read");
        }
        if (got > 0 && ppt_file_write_all(out, walk->buffer, (size_t)got) != PPT_OK) {
            return fail(walk, "copied");
        }
    }
    return PPT_OK;
}

/* Times go last: whatever is done before changes them. */
static enum ppt_status set_about(const struct walk *walk, int out, const struct stat *about)
{
    const struct timespec times[2] = {about->st_atim, about->st_mtim};

    return fchmod(out, about->st_mode & 0777) == 0 && futimens(out, times) == 0
               ? PPT_OK
               : fail(walk, "given its mode and times");
}

static enum ppt_status copy_file(struct walk *walk, int from, int to, const char *name,
                                 const struct stat *about)
{
    const int in PPT_OWNED(ppt_file_close) =
        openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool all;

    if (in < 0) {
        return fail(walk, "read");
    }
    const int out PPT_OWNED(ppt_file_close) =
        openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0) {
        return fail(walk, "copied");
    }
    PPT_TRY(copy_by_system(walk, in, out, &all));
    if (!all) {
        PPT_TRY(copy_by_hand(walk, in, out));
    }
    return set_about(walk, out, about);
}

/* ---- links ---- */

/* Whether a relative link at that place in the folder stays within it, by its words alone. */
static bool stays_inside(const char *path, const char *target)
{
    int level = 0;

    for (; *path; path++) {
        level += *path == '/';
    }
    for (size_t length; *target && level >= 0; target += length + (target[length] == '/')) {
        length = strcspn(target, "/");
        if (length == 2 && strncmp(target, "..", 2) == 0) {
            level--;
        } else if (length > 0 && !(length == 1 && *target == '.')) {
            level++;
        }
    }
    return level >= 0;
}

/* What a copy leads to, of a link whose words lead out of the folder: what lies within it all the
 * same has a copy. To be given to free(). */
static char *target_of_copy(const struct walk *walk, const char *target)
{
    const char *top = walk->copy->from->path;
    char *there PPT_FREED =
        *target == '/'
            ? ppt_strdup(target)
            : ppt_text_format("%s/%.*s%s", top,
                              (int)(strrchr(walk->path.data, '/')
                                        ? strrchr(walk->path.data, '/') + 1 - walk->path.data
                                        : 0),
                              walk->path.data, target);
    char *real PPT_FREED = realpath(there, NULL);
    const size_t length = strlen(top);

    return real && strncmp(real, top, length) == 0 && (real[length] == '/' || !real[length])
               ? ppt_text_format("%s%s", walk->to->path, real + length)
               : (char *)ppt_given(&there);
}

static enum ppt_status copy_link(struct walk *walk, int from, int to, const char *name)
{
    char target[PATH_MAX];
    const ssize_t length = readlinkat(from, name, target, sizeof(target) - 1);

    if (length < 0) {
        return fail(walk, "read");
    }
    target[length] = '\0';
    char *other PPT_FREED = *target != '/' && stays_inside(walk->path.data, target)
                                ? NULL
                                : target_of_copy(walk, target);
    return ppt_change_link(to, name, other ? other : target) == 0 ? PPT_OK : fail(walk, "copied");
}

/* ---- folders ---- */

static enum ppt_status visit(struct walk *walk, int from, int to, const char *name);

static void close_listing(DIR **entries)
{
    if (*entries) {
        closedir(*entries);
    }
}

static enum ppt_status visit_all(struct walk *walk, int from, int to)
{
    const int again = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries PPT_OWNED(close_listing) = again >= 0 ? fdopendir(again) : NULL;
    const struct dirent *entry;

    if (!entries) {
        return fail(walk, "read");
    }
    while ((entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            PPT_TRY(visit(walk, from, to, entry->d_name));
        }
    }
    return PPT_OK;
}

static bool is_left_out(const struct walk *walk, int folder)
{
    struct stat own, other;

    return walk->copy->left_out >= 0 && fstat(folder, &own) == 0 &&
           fstat(walk->copy->left_out, &other) == 0 && own.st_ino == other.st_ino &&
           own.st_dev == other.st_dev;
}

/* That of the copy; one that was made for a name in it is there already. -1: there is no copy, or
 * it cannot be made. */
static int make_folder(const struct walk *walk, int to, const char *name)
{
    return walk->to && (mkdirat(to, name, 0700) == 0 || errno == EEXIST)
               ? ppt_folder_descriptor(to, name, O_NOFOLLOW)
               : -1;
}

static enum ppt_status visit_folder(struct walk *walk, int from, int to, const char *name,
                                    const struct stat *about)
{
    const int in PPT_OWNED(ppt_file_close) = ppt_folder_descriptor(from, name, O_NOFOLLOW);

    if (in < 0) {
        return fail(walk, "read");
    }
    if (is_left_out(walk, in) || ppt_change_is_run(name)) {
        return PPT_OK;
    }
    if (walk->depth == MOST_LEVELS) {
        errno = ELOOP;
        return fail(walk, "copied");
    }
    const int out PPT_OWNED(ppt_file_close) = make_folder(walk, to, name);
    if (walk->to && out < 0) {
        return fail(walk, "copied");
    }
    walk->depth++;
    PPT_TRY(visit_all(walk, in, out));
    walk->depth--;
    return walk->to ? set_about(walk, out, about) : PPT_OK;
}

/* ---- everything ---- */

static enum ppt_status visit_known(struct walk *walk, int from, int to, const char *name)
{
    struct stat about;

    PPT_TRY(look(walk));
    if (fstatat(from, name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        return fail(walk, "read");
    }
    walk->size.entries++;
    walk->size.bytes += BLOCK;
    if (S_ISDIR(about.st_mode)) {
        return visit_folder(walk, from, to, name, &about);
    }
    if (S_ISREG(about.st_mode)) {
        walk->size.bytes += ((uint64_t)about.st_size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return !walk->to                ? PPT_OK
           : S_ISREG(about.st_mode) ? copy_file(walk, from, to, name, &about)
           : S_ISLNK(about.st_mode) ? copy_link(walk, from, to, name)
                                    : PPT_OK;
}

static enum ppt_status visit(struct walk *walk, int from, int to, const char *name)
{
    const size_t before = walk->path.length;

    ppt_text_addf(&walk->path, "%s%s", before > 0 ? "/" : "", name);
    PPT_TRY(visit_known(walk, from, to, name));
    walk->path.length = before;
    walk->path.data[before] = '\0';
    return PPT_OK;
}

/* One that the user named, with the folders that it lies in. */
static enum ppt_status visit_named(struct walk *walk, int from, int to, const char *name)
{
    const size_t length = strcspn(name, "/"), behind = length + strspn(name + length, "/");
    char *first PPT_FREED = ppt_text_format("%.*s", (int)length, name);

    if (strcmp(first, ".") == 0) {
        return name[behind] ? visit_named(walk, from, to, name + behind)
                            : visit_all(walk, from, to);
    }
    if (!name[behind]) {
        return visit(walk, from, to, first);
    }
    const int in PPT_OWNED(ppt_file_close) = ppt_folder_descriptor(from, first, O_NOFOLLOW);
    ppt_text_addf(&walk->path, "%s%s", walk->path.length > 0 ? "/" : "", first);
    if (in < 0) {
        return fail(walk, "read");
    }
    const int out PPT_OWNED(ppt_file_close) = make_folder(walk, to, first);
    if (walk->to && out < 0) {
        return fail(walk, "copied");
    }
    return visit_named(walk, in, out, name + behind);
}

static enum ppt_status walk_all(struct walk *walk)
{
    const int from = walk->copy->from->fd, to = walk->to ? walk->to->fd : -1;

    if (!walk->copy->names) {
        return visit_all(walk, from, to);
    }
    for (char *const *name = walk->copy->names; *name; name++) {
        PPT_TRY(visit_named(walk, from, to, *name));
        ppt_text_free(&walk->path);
        walk->path = (struct ppt_text){0};
    }
    return PPT_OK;
}

static void walk_free(struct walk *walk)
{
    ppt_text_free(&walk->path);
    free(walk->buffer);
}

enum ppt_status ppt_copy_measure(const struct ppt_copy *copy, struct ppt_copy_size *size,
                                 struct ppt_error *error)
{
    struct walk walk PPT_OWNED(walk_free) = {.copy = copy, .error = error};

    PPT_TRY(walk_all(&walk));
    *size = walk.size;
    return PPT_OK;
}

enum ppt_status ppt_copy_make(const struct ppt_copy *copy, const struct ppt_folder *to,
                              struct ppt_error *error)
{
    struct walk walk PPT_OWNED(walk_free) = {.copy = copy, .to = to, .error = error};

    return walk_all(&walk);
}
