#include "workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"
#include "text.h"

#define PREFIX "ppt-omp-"
#define RANDOM "XXXXXX"

/* What is still to be removed when the process exits, which then frees it. */
struct ppt_workspace_keeper {
    char *path; /* NULL: nothing */
};

static void remove_at_exit(int code, void *keeper)
{
    const struct ppt_workspace_keeper *left = keeper;

    (void)code;
    if (left->path) {
        ppt_file_remove_folder(left->path);
    }
    free(keeper);
}

/* NULL when it cannot be had: then the next process has to remove what is left. */
static struct ppt_workspace_keeper *create_keeper(void)
{
    struct ppt_workspace_keeper *keeper = ppt_alloc(1, sizeof(*keeper));

    if (on_exit(remove_at_exit, keeper) != 0) {
        free(keeper);
        keeper = NULL;
    }
    return keeper;
}

static void keep(struct ppt_workspace *workspace, char *path)
{
    if (workspace->keeper) {
        workspace->keeper->path = path;
    }
}

/* Opens and locks a folder of that name, following no link; -1 when it is none, belongs to somebody
 * else, or has an owner that lives. */
static int lock_folder(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat opened, named;

    if (fd < 0) {
        return -1;
    }
    /* Whoever locks a folder may remove it: by then it may be another one of that name, or none. */
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
        opened.st_ino == named.st_ino && opened.st_dev == named.st_dev &&
        opened.st_uid == geteuid()) {
        return fd;
    }
    close(fd);
    return -1;
}

static bool is_ours(const char *name)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && strlen(name) == strlen(PREFIX RANDOM);
}

/* What cannot be removed stays; it is in nobody's way. */
static void remove_stale(const char *base)
{
    DIR *folder = opendir(base);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder)) != NULL) {
        if (is_ours(entry->d_name)) {
            char *path = ppt_text_format("%s/%s", base, entry->d_name);
            const int lock = lock_folder(path);

            if (lock >= 0) {
                ppt_file_remove_folder(path);
                close(lock);
            }
            free(path);
        }
    }
    if (folder) {
        closedir(folder);
    }
}

const char *ppt_workspace_base(void)
{
    const char *named = getenv("TMPDIR");

    return named && *named ? named : "/var/tmp";
}

void ppt_workspace_clear(void)
{
    remove_stale(ppt_workspace_base());
}

enum ppt_status ppt_workspace_create(struct ppt_workspace *workspace, struct ppt_error *error)
{
    const char *base = ppt_workspace_base();
    char *absolute = realpath(base, NULL);

    *workspace = (struct ppt_workspace){.lock = -1};
    if (!absolute) {
        return ppt_fail(error, PPT_FAILED, "%s: cannot be used for temporary files: %s", base,
                        strerror(errno));
    }
    remove_stale(absolute);
    workspace->keeper = create_keeper();
    /* Between its creation and its lock another process may have found and removed it. */
    while (workspace->lock < 0) {
        keep(workspace, NULL);
        free(workspace->path);
        workspace->path = ppt_text_format("%s/" PREFIX RANDOM, absolute);
        if (!mkdtemp(workspace->path)) {
            ppt_fail(error, PPT_FAILED, "%s: cannot be used for temporary files: %s", absolute,
                     strerror(errno));
            free(workspace->path);
            workspace->path = NULL;
            break;
        }
        keep(workspace, workspace->path);
        workspace->lock = lock_folder(workspace->path);
    }
    free(absolute);
    return workspace->path ? PPT_OK : PPT_FAILED;
}

void ppt_workspace_remove(struct ppt_workspace *workspace)
{
    if (workspace->path) {
        keep(workspace, NULL);
        ppt_file_remove_folder(workspace->path);
        close(workspace->lock);
        free(workspace->path);
    }
    *workspace = (struct ppt_workspace){0};
}

unsigned long long ppt_workspace_available(const struct ppt_workspace *workspace)
{
    struct statvfs about;

    return statvfs(workspace->path, &about) == 0
               ? (unsigned long long)about.f_bavail * about.f_frsize
               : ULLONG_MAX;
}
