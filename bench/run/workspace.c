#include "workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "change.h"
#include "guard.h"
#include "memory.h"
#include "owned.h"
#include "text.h"

#define PREFIX "ppt-omp-"
#define RANDOM "XXXXXX"

/* What is to be removed: also by a process that exits, which then frees it. */
struct ppt_workspace_keeper {
    int outer;  /* -1: nothing */
    char *name; /* of the folder in there */
    int folder;
    bool at_exit; /* whether exit() comes by here */
};

static void let_go(struct ppt_workspace_keeper *keeper)
{
    if (keeper->outer >= 0) {
        ppt_change_remove_scratch(keeper->outer, keeper->name, keeper->folder);
        close(keeper->outer);
        keeper->outer = -1;
    }
    free(keeper->name);
    keeper->name = NULL;
}

static void remove_at_exit(int code, void *keeper)
{
    (void)code;
    if (ppt_guard_clean_begin()) {
        let_go(keeper);
        ppt_guard_clean_end();
    }
    free(keeper);
}

/* One that could not be registered leaves the folder to the next process when it exits. */
static struct ppt_workspace_keeper *create_keeper(void)
{
    struct ppt_workspace_keeper *keeper = ppt_alloc(1, sizeof(*keeper));

    keeper->outer = -1;
    keeper->at_exit = on_exit(remove_at_exit, keeper) == 0;
    return keeper;
}

/* What cannot be removed stays; it is in nobody's way. */
static void remove_if_stale(int outer, const char *name)
{
    const int folder = ppt_folder_descriptor(outer, name, O_NOFOLLOW);

    if (folder >= 0) {
        if (flock(folder, LOCK_EX | LOCK_NB) == 0) {
            ppt_change_remove_scratch(outer, name, folder);
        }
        close(folder);
    }
}

static bool may_be_ours(const char *name)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && strlen(name) == strlen(PREFIX RANDOM);
}

static void remove_stale(const char *base)
{
    DIR *entries = opendir(base);
    const struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL) {
        if (may_be_ours(entry->d_name)) {
            remove_if_stale(dirfd(entries), entry->d_name);
        }
    }
    if (entries) {
        closedir(entries);
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

/* Somebody who looks for what the dead have left may hold it for a moment. */
static int wait_for_lock(int folder)
{
    int result;

    result = (int)TEMP_FAILURE_RETRY(flock(folder, LOCK_EX));
    return result;
}

/* As long as it has no marker, others leave it alone; the lock comes first. */
static int prepare(int outer, const char *path, int *folder)
{
    const char *name = strrchr(path, '/') + 1;

    *folder = ppt_folder_descriptor(outer, name, O_NOFOLLOW);
    if (*folder < 0 || wait_for_lock(*folder) != 0 || ppt_change_mark(*folder, name) != 0) {
        const int problem = errno;

        (void)ppt_change_remove_empty(outer, name, *folder);
        if (*folder >= 0) {
            close(*folder);
        }
        errno = problem;
        return -1;
    }
    return 0;
}

/* All memory is taken before there is a folder: a process that ends for want of it leaves none. */
enum ppt_status ppt_workspace_create(struct ppt_workspace *workspace, struct ppt_error *error)
{
    const char *base = ppt_workspace_base();
    char *absolute PPT_FREED = realpath(base, NULL);
    char *path PPT_FREED = ppt_text_format("%s/" PREFIX RANDOM, absolute ? absolute : "");
    struct ppt_workspace_keeper *keeper = create_keeper();
    int outer = absolute ? ppt_folder_descriptor(AT_FDCWD, absolute, 0) : -1;
    int folder = -1;

    *workspace = (struct ppt_workspace){.keeper = keeper};
    keeper->name = ppt_strdup(PREFIX RANDOM);
    if (outer >= 0) {
        remove_stale(absolute);
    }
    if (outer < 0 || !mkdtemp(path) || prepare(outer, path, &folder) != 0) {
        ppt_fail(error, PPT_FAILED, "%s: cannot be used for temporary files: %s",
                 absolute ? absolute : base, strerror(errno));
        if (outer >= 0) {
            close(outer);
        }
        ppt_workspace_remove(workspace);
        return PPT_FAILED;
    }
    memcpy(keeper->name, strrchr(path, '/') + 1, strlen(PREFIX RANDOM));
    keeper->folder = folder;
    keeper->outer = outer;
    workspace->folder = (struct ppt_folder){folder, ppt_given(&path)};
    return PPT_OK;
}

void ppt_workspace_remove(struct ppt_workspace *workspace)
{
    if (workspace->keeper) {
        let_go(workspace->keeper);
        if (!workspace->keeper->at_exit) {
            free(workspace->keeper);
        }
    }
    ppt_folder_close(&workspace->folder);
    *workspace = (struct ppt_workspace){0};
}

unsigned long long ppt_workspace_available(const struct ppt_workspace *workspace)
{
    struct statvfs about;

    return fstatvfs(workspace->folder.fd, &about) == 0
               ? (unsigned long long)about.f_bavail * about.f_frsize
               : ULLONG_MAX;
}
