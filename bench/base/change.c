#include "change.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "owned.h"

/* ---- files on their way ---- */

#define ON_ITS_WAY ".ppt-omp-"

/* Processes that write the same file at the same time get in each other's way so often at most. */
#define MOST_TRIES 100

struct name {
    char text[NAME_MAX + 64];
};

static struct name name_on_its_way(const struct stat *about)
{
    struct name name;

    snprintf(name.text, sizeof(name.text), ON_ITS_WAY "%jx", (uintmax_t)about->st_ino);
    return name;
}

/* Nobody loses a folder, a pipe or a device: there may be nothing of that name, a file or a link.
 */
static int check_replaceable(int folder, const char *name)
{
    struct stat about;

    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? 0 : -1;
    }
    if (!S_ISREG(about.st_mode) && !S_ISLNK(about.st_mode)) {
        errno = EEXIST;
        return -1;
    }
    return 0;
}

/* Where there are no files without a name: one with a name that nobody else has, which then is
 * changed to the one that tells what it is. */
static int begin_named(int folder)
{
    struct name first;
    struct stat about;
    int fd = -1;

    for (unsigned i = 0; fd < 0 && i < MOST_TRIES; i++) {
        snprintf(first.text, sizeof(first.text), ON_ITS_WAY "%ld.%u", (long)getpid(), i);
        fd = openat(folder, first.text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST && errno != EINTR) {
            return -1;
        }
    }
    if (fd >= 0 && (fstat(fd, &about) != 0 ||
                    renameat(folder, first.text, folder, name_on_its_way(&about).text) != 0)) {
        const int problem = errno;

        unlinkat(folder, first.text, 0);
        close(fd);
        errno = problem;
        return -1;
    }
    return fd;
}

int ppt_change_begin(int folder)
{
    int fd = -1;

    /* Without /proc it could not be given a name later. */
    if (access("/proc/self/fd", X_OK) == 0) {
        fd = (int)TEMP_FAILURE_RETRY(openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666));
    } else {
        errno = EOPNOTSUPP;
    }
    return fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)
               ? begin_named(folder)
               : fd;
}

static int link_as(int fd, int folder, const char *name)
{
    char source[64];

    snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
    return (int)TEMP_FAILURE_RETRY(linkat(AT_FDCWD, source, folder, name, AT_SYMLINK_FOLLOW));
}

/* Takes the place of what is there, from the name on its way. */
static int replace(int folder, const char *between, const char *name)
{
    return check_replaceable(folder, name) == 0
               ? (int)TEMP_FAILURE_RETRY(renameat(folder, between, folder, name))
               : -1;
}

int ppt_change_place(int folder, int fd, const char *name)
{
    struct stat about = {.st_ino = 0};
    int result = fstat(fd, &about);
    const bool nameless = result == 0 && about.st_nlink == 0;
    const struct name between = name_on_its_way(&about);

    if (result == 0 && !nameless) {
        result = replace(folder, between.text, name);
    } else if (result == 0 && (result = link_as(fd, folder, name)) != 0 && errno == EEXIST) {
        /* Somebody who clears away what the dead have left may take it for such a file. */
        for (unsigned i = 0; i < MOST_TRIES; i++) {
            result = link_as(fd, folder, between.text);
            result = result == 0 || errno == EEXIST ? replace(folder, between.text, name) : -1;
            if (result == 0 || errno != ENOENT) {
                break;
            }
        }
    }
    if (result != 0) {
        const int problem = errno;

        ppt_change_abandon(folder, fd);
        errno = problem;
    }
    return result;
}

/* Whether an entry of the folder has the name that tells its own inode. */
static bool is_on_its_way(int folder, const char *name)
{
    struct stat about;

    return strncmp(name, ON_ITS_WAY, strlen(ON_ITS_WAY)) == 0 &&
           fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode) &&
           about.st_uid == geteuid() && about.st_nlink == 1 &&
           strcmp(name, name_on_its_way(&about).text) == 0;
}

void ppt_change_abandon(int folder, int fd)
{
    struct stat about;

    if (fstat(fd, &about) == 0 && is_on_its_way(folder, name_on_its_way(&about).text)) {
        unlinkat(folder, name_on_its_way(&about).text, 0);
    }
}

static DIR *open_entries(int folder)
{
    const int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;

    if (entries) {
        rewinddir(entries); /* the place in the folder is shared with whoever read it before */
    } else {
        ppt_file_close(&fd);
    }
    return entries;
}

static void close_entries(DIR **entries)
{
    if (*entries) {
        closedir(*entries);
    }
}

void ppt_change_clear(int folder)
{
    DIR *entries PPT_OWNED(close_entries) = open_entries(folder);
    const struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL) {
        if (is_on_its_way(folder, entry->d_name)) {
            unlinkat(folder, entry->d_name, 0);
        }
    }
}

/* ---- files of a run ---- */

int ppt_change_remove(int folder, const char *name)
{
    return check_replaceable(folder, name) == 0 ? unlinkat(folder, name, 0) : -1;
}

int ppt_change_renew(int folder, const char *name)
{
    int fd = -1;

    for (unsigned i = 0; fd < 0 && i < MOST_TRIES; i++) {
        fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EINTR &&
            (errno != EEXIST || (ppt_change_remove(folder, name) != 0 && errno != ENOENT))) {
            break;
        }
    }
    return fd;
}

int ppt_change_cut(int fd, off_t length)
{
    return (int)TEMP_FAILURE_RETRY(ftruncate(fd, length));
}

/* ---- folders of a run ---- */

#define LATEST "latest"

/* "...__2026_01_31__12_00_00", perhaps with "_2" behind it. */
static bool is_run_name(const char *name, size_t length)
{
    static const char stamp[] = "__0000_00_00__00_00_00";
    size_t digits = 0;
    bool is = length > sizeof(stamp) - 1;

    for (size_t i = 0; is && i < sizeof(stamp) - 1; i++) {
        const char c = name[length - (sizeof(stamp) - 1) + i];

        is = stamp[i] == '0' ? c >= '0' && c <= '9' : c == stamp[i];
    }
    while (!is && digits < length && strchr("0123456789", name[length - 1 - digits])) {
        digits++;
    }
    return is || (digits > 0 && digits + 1 < length && name[length - 1 - digits] == '_' &&
                  is_run_name(name, length - 1 - digits));
}

bool ppt_change_is_run(const char *name)
{
    return is_run_name(name, strlen(name));
}

int ppt_change_link(int folder, const char *name, const char *target)
{
    return symlinkat(target, folder, name);
}

/* Whether it is a link such as this program makes: to a neighbour, whose name tells task and time.
 */
static bool is_own_link(int folder, const char *name)
{
    char target[NAME_MAX + 1];
    const ssize_t length = readlinkat(folder, name, target, sizeof(target));

    return length > 0 && (size_t)length < sizeof(target) && !memchr(target, '/', (size_t)length) &&
           is_run_name(target, (size_t)length);
}

int ppt_change_set_latest(int folder, const char *name)
{
    struct name between;
    struct stat about;
    int result = -1;

    if (fstatat(folder, LATEST, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? symlinkat(name, folder, LATEST) : -1;
    }
    if (!is_own_link(folder, LATEST)) {
        errno = EEXIST;
        return -1;
    }
    for (unsigned i = 0; result != 0 && i < MOST_TRIES; i++) {
        snprintf(between.text, sizeof(between.text), ON_ITS_WAY LATEST ".%u", i);
        result = symlinkat(name, folder, between.text);
        /* One that a process left that died here. */
        if (result != 0 && errno == EEXIST && is_own_link(folder, between.text)) {
            unlinkat(folder, between.text, 0);
        } else if (result != 0 && errno != EEXIST) {
            return -1;
        }
    }
    if (result == 0 && renameat(folder, between.text, folder, LATEST) != 0) {
        unlinkat(folder, between.text, 0);
        result = -1;
    }
    return result;
}

/* Whether `name` in `outer` still is the folder that is open. */
static bool is_same(int outer, const char *name, int folder, struct stat *about)
{
    struct stat named;

    return fstat(folder, about) == 0 && fstatat(outer, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(named.st_mode) && named.st_ino == about->st_ino && named.st_dev == about->st_dev;
}

int ppt_change_remove_empty(int outer, const char *name, int folder)
{
    struct stat about;

    if (folder >= 0 && !is_same(outer, name, folder, &about)) {
        errno = ENOENT;
        return -1;
    }
    return unlinkat(outer, name, AT_REMOVEDIR);
}

/* ---- scratch folders ---- */

static struct name marker_of(const char *name, const struct stat *about)
{
    struct name marker;

    snprintf(marker.text, sizeof(marker.text), ".%s.%jx", name, (uintmax_t)about->st_ino);
    return marker;
}

int ppt_change_mark(int folder, const char *name)
{
    struct stat about;
    int fd;

    if (fstat(folder, &about) != 0) {
        return -1;
    }
    fd =
        (int)TEMP_FAILURE_RETRY(openat(folder, marker_of(name, &about).text,
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    ppt_file_close(&fd);
    return fd < 0 ? -1 : 0;
}

/* Whether a folder of that name, which is open, is a marked one of this user's. */
static bool is_marked(int folder, const char *name)
{
    struct stat about, marker;

    return fstat(folder, &about) == 0 && about.st_uid == geteuid() &&
           (about.st_mode & 07777) == 0700 &&
           fstatat(folder, marker_of(name, &about).text, &marker, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(marker.st_mode) && marker.st_uid == geteuid() && marker.st_size == 0;
}

/* Whether it is such a one, and `name` in `outer`. */
static bool is_scratch(int outer, const char *name, int folder)
{
    struct stat about;

    return is_same(outer, name, folder, &about) && is_marked(folder, name);
}

/* Where a folder is mounted: another mount may well have the same device. Before Linux 5.8 that is
 * all there is to tell them apart, and `id` is 0. */
struct mount {
    uint64_t id;
    uint32_t major, minor;
};

static bool find_mount(int folder, struct mount *mount)
{
    struct statx about;

    if (statx(folder, "", AT_EMPTY_PATH, STATX_MNT_ID, &about) != 0) {
        return false;
    }
    *mount = (struct mount){about.stx_mask & STATX_MNT_ID ? about.stx_mnt_id : 0,
                            about.stx_dev_major, about.stx_dev_minor};
    return true;
}

/* Opens a folder in there, so that it can be emptied even if a task has forbidden that. */
static int open_inner(int folder, const char *name, const struct mount *mount)
{
    const int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const int there PPT_OWNED(ppt_file_close) = openat(folder, name, O_PATH | flags);
    struct mount own;
    char path[64];
    int fd = -1;

    if (there >= 0 && find_mount(there, &own) && own.id == mount->id && own.major == mount->major &&
        own.minor == mount->minor) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", there);
        chmod(path, 0700);
        fd = openat(there, ".", O_RDONLY | flags);
    }
    return fd;
}

/* Nobody is told when this fails, so it is tried again: a call may have been interrupted. */
static bool take_away(int folder, const char *name, int flags)
{
    int result = -1;

    for (unsigned i = 0; i < 2 && result != 0; i++) {
        result = unlinkat(folder, name, flags);
    }
    return result == 0;
}

/* A removal on its way. */
struct removal {
    struct mount mount;
    int top;        /* the folder that all of it is in */
    unsigned moved; /* folders that were moved up into it */
};

/* Each level takes two descriptors. */
#define DEEPEST 64

static bool remove_one(struct removal *removal, int folder, const char *name, unsigned depth);

/* Removes what is in the folder but for `kept`; true if there was something that could be. */
static bool remove_all(struct removal *removal, int folder, const char *kept, unsigned depth)
{
    DIR *entries PPT_OWNED(close_entries) = open_entries(folder);
    const struct dirent *entry;
    bool any = false;

    while (entries && (entry = readdir(entries)) != NULL) {
        const char *name = entry->d_name;

        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
            (!kept || strcmp(name, kept) != 0)) {
            any |= remove_one(removal, folder, name, depth);
        }
    }
    return any;
}

/* A folder that is too deep down is moved to the top, where it comes by again. */
static bool move_up(struct removal *removal, int folder, const char *name)
{
    char there[32];

    snprintf(there, sizeof(there), ".deep.%u", removal->moved++);
    return renameat(folder, name, removal->top, there) == 0;
}

static bool remove_one(struct removal *removal, int folder, const char *name, unsigned depth)
{
    if (take_away(folder, name, 0)) {
        return true;
    }
    if (depth == DEEPEST) {
        return move_up(removal, folder, name);
    }
    int inner = open_inner(folder, name, &removal->mount);
    if (inner < 0) {
        return false;
    }
    /* Entries may be passed over where some are removed while they are listed. */
    while (remove_all(removal, inner, NULL, depth + 1)) {
    }
    close(inner);
    return take_away(folder, name, AT_REMOVEDIR);
}

static bool holds_only(int folder, const char *kept)
{
    DIR *entries PPT_OWNED(close_entries) = open_entries(folder);
    const struct dirent *entry;
    bool only = entries != NULL;

    while (only && (entry = readdir(entries)) != NULL) {
        only = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
               strcmp(entry->d_name, kept) == 0;
    }
    return only;
}

void ppt_change_remove_scratch(int outer, const char *name, int folder)
{
    struct removal removal = {.top = folder};
    struct stat about;

    if (!is_scratch(outer, name, folder) || !find_mount(folder, &removal.mount) ||
        fstat(folder, &about) != 0) {
        return;
    }
    const struct name marker = marker_of(name, &about);
    /* The marker goes last: what is left when the process dies here is still known. */
    while (remove_all(&removal, folder, marker.text, 0)) {
    }
    if (holds_only(folder, marker.text) && take_away(folder, marker.text, 0) &&
        is_same(outer, name, folder, &about)) {
        take_away(outer, name, AT_REMOVEDIR);
    }
}

void ppt_change_remove_inner(int folder, const char *name, const char *inner)
{
    struct removal removal = {0};

    if (!is_marked(folder, name) || !find_mount(folder, &removal.mount)) {
        return;
    }
    removal.top = open_inner(folder, inner, &removal.mount);
    if (removal.top < 0) {
        return;
    }
    /* What is moved up on the way comes by again. */
    while (remove_all(&removal, removal.top, NULL, 0)) {
    }
    close(removal.top);
    take_away(folder, inner, AT_REMOVEDIR);
}
