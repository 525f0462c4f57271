/*
 * What the program removes, and what it leaves alone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "place.h"
#include "unit.h"
#include "workspace.h"

#define SCRATCH "ppt-omp-abc123"

static int open_folder(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static bool exists(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0;
}

static void touch(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

    assert_true(fd >= 0);
    close(fd);
}

/* A folder as a process has it, with something in it. */
static void make_scratch(const char *name)
{
    char path[128];
    int fd;

    assert_int_equal(mkdir(name, 0700), 0);
    fd = open_folder(name);
    assert_int_equal(ppt_change_mark(fd, name), 0);
    close(fd);
    snprintf(path, sizeof(path), "%s/io.w0.source", name);
    touch(path);
}

/* Whether a later process, which looks for what the dead have left here, removes it. */
static bool is_cleared(const char *name)
{
    assert_int_equal(setenv("TMPDIR", ".", 1), 0);
    ppt_workspace_clear();
    return !exists(name);
}

static void what_a_dead_process_left_is_removed(void **state)
{
    (void)state;
    make_scratch(SCRATCH);
    assert_int_equal(mkdir(SCRATCH "/a", 0700), 0);
    assert_int_equal(mkdir(SCRATCH "/a/b", 0700), 0);
    touch(SCRATCH "/a/b/c");
    touch(SCRATCH "/a/.hidden");
    /* A task may have locked itself out. */
    assert_int_equal(chmod(SCRATCH "/a/b", 0500), 0);
    assert_int_equal(chmod(SCRATCH "/a", 0), 0);
    assert_true(is_cleared(SCRATCH));
}

/* As a program may leave it that makes a folder per step: more than there are descriptors for. */
static void a_deep_tree_is_removed(void **state)
{
    int fd;

    (void)state;
    make_scratch(SCRATCH);
    fd = open_folder(SCRATCH);
    for (unsigned i = 0; i < 3000; i++) {
        const int outer = fd;

        assert_int_equal(mkdirat(outer, "inner", 0700), 0);
        fd = openat(outer, "inner", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(fd >= 0);
        close(outer);
    }
    close(fd);
    assert_true(is_cleared(SCRATCH));
}

/* Without a marker a folder is somebody's, whatever its name, mode and owner. */
static void folders_without_a_marker_stay(void **state)
{
    static const char *const names[] = {"ppt-omp-master", "ppt-omp-backup", "ppt-omp-kernel",
                                        "ppt-omp-output", "ppt-omp-471123"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];

        assert_int_equal(mkdir(names[i], 0700), 0);
        snprintf(path, sizeof(path), "%s/mine", names[i]);
        touch(path);
        assert_false(is_cleared(names[i]));
        assert_true(exists(path));
    }
    assert_int_equal(mkdir("ppt-omp-empty1", 0700), 0);
    assert_false(is_cleared("ppt-omp-empty1"));
}

static void markers_of_others_count_for_nothing(void **state)
{
    (void)state;
    /* Renamed: somebody wants to keep it. */
    make_scratch(SCRATCH);
    assert_int_equal(rename(SCRATCH, "ppt-omp-backup"), 0);
    assert_false(is_cleared("ppt-omp-backup"));
    /* Copied with all that is in it, its marker as well: the inode is another one. */
    assert_int_equal(system("cp -a ppt-omp-backup ppt-omp-copied && mv ppt-omp-backup " SCRATCH),
                     0);
    assert_false(is_cleared("ppt-omp-copied"));
    assert_true(exists("ppt-omp-copied/io.w0.source"));
    assert_false(exists(SCRATCH));
}

static void other_modes_locks_and_links_stay(void **state)
{
    (void)state;
    make_scratch(SCRATCH);
    assert_int_equal(chmod(SCRATCH, 0755), 0);
    assert_false(is_cleared(SCRATCH));
    assert_int_equal(chmod(SCRATCH, 0700), 0);
    const int lock = open_folder(SCRATCH);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
    assert_false(is_cleared(SCRATCH));
    close(lock);
    assert_int_equal(rename(SCRATCH, "elsewhere"), 0);
    assert_int_equal(symlink("elsewhere", SCRATCH), 0);
    assert_false(is_cleared(SCRATCH));
    assert_true(exists("elsewhere/io.w0.source"));
    if (geteuid() == 0) {
        assert_int_equal(unlink(SCRATCH), 0);
        assert_int_equal(rename("elsewhere", SCRATCH), 0);
        assert_int_equal(chown(SCRATCH, 12345, 12345), 0);
        assert_false(is_cleared(SCRATCH));
    }
}

static void nothing_behind_links_is_removed(void **state)
{
    (void)state;
    assert_int_equal(mkdir("outside", 0700), 0);
    touch("outside/mine");
    touch("file");
    make_scratch(SCRATCH);
    assert_int_equal(symlink("../outside", SCRATCH "/folder"), 0);
    assert_int_equal(symlink("../file", SCRATCH "/link"), 0);
    assert_int_equal(link("file", SCRATCH "/hard"), 0);
    assert_true(is_cleared(SCRATCH));
    assert_true(exists("outside/mine"));
    assert_true(exists("file"));
}

/* A task may mount something: of the same device, too, if it is bound from elsewhere. */
static void nothing_behind_a_mount_is_removed(void **state)
{
    (void)state;
    assert_int_equal(mkdir("outside", 0700), 0);
    touch("outside/mine");
    make_scratch(SCRATCH);
    assert_int_equal(mkdir(SCRATCH "/mounted", 0700), 0);
    if (mount("outside", SCRATCH "/mounted", NULL, MS_BIND, NULL) != 0) {
        assert_true(is_cleared(SCRATCH));
        skip();
    }
    const bool cleared = is_cleared(SCRATCH);
    const bool kept = exists("outside/mine");
    assert_int_equal(umount(SCRATCH "/mounted"), 0);
    assert_false(cleared);
    assert_true(kept);
    assert_true(is_cleared(SCRATCH));
}

static void a_workspace_is_marked_and_goes(void **state)
{
    struct ppt_workspace workspace;
    struct ppt_error error = {""};
    char *path;

    (void)state;
    assert_int_equal(setenv("TMPDIR", ".", 1), 0);
    assert_int_equal(ppt_workspace_create(&workspace, &error), PPT_OK);
    path = strdup(workspace.folder.path);
    assert_true(exists(path));
    assert_false(is_cleared(path)); /* its process lives */
    ppt_workspace_remove(&workspace);
    assert_false(exists(path));
    free(path);
}

static const char *latest(void)
{
    static char target[128];
    const ssize_t length = readlink("latest", target, sizeof(target) - 1);

    target[length > 0 ? length : 0] = '\0';
    return target;
}

static void latest_is_a_link_of_the_program_or_of_nobody(void **state)
{
    static const char *const others[] = {"my__notes", "__2026_01_01__00_00_00", "a__2026_01_01",
                                         "sum__2026_01_01__00_00_00_", "sum__2026_01_01__00_00_0x"};
    const int here = open_folder(".");

    (void)state;
    touch(".latest"); /* of the user */
    assert_int_equal(ppt_change_set_latest(here, "sum__2026_01_01__00_00_00"), 0);
    assert_int_equal(ppt_change_set_latest(here, "sum__2026_01_01__00_00_01"), 0);
    assert_string_equal(latest(), "sum__2026_01_01__00_00_01");
    assert_true(exists(".latest"));
    /* A link to somewhere else, a file, a folder. */
    assert_int_equal(unlink("latest"), 0);
    assert_int_equal(symlink("/var", "latest"), 0);
    assert_int_equal(ppt_change_set_latest(here, "sum__2026_01_01__00_00_02"), -1);
    assert_string_equal(latest(), "/var");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(unlink("latest"), 0);
        assert_int_equal(symlink(others[i], "latest"), 0);
        assert_int_equal(ppt_change_set_latest(here, "sum__2026_01_01__00_00_02"), -1);
        assert_string_equal(latest(), others[i]);
    }
    assert_int_equal(unlink("latest"), 0);
    assert_int_equal(symlink("random__2026_01_01__00_00_02_13", "latest"), 0);
    assert_int_equal(ppt_change_set_latest(here, "sum__2026_01_01__00_00_02"), 0);
    assert_int_equal(unlink("latest"), 0);
    touch("latest");
    assert_int_equal(ppt_change_set_latest(here, "sum__2026_01_01__00_00_02"), -1);
    assert_int_equal(unlink("latest"), 0);
    assert_int_equal(mkdir("latest", 0700), 0);
    assert_int_equal(ppt_change_set_latest(here, "sum__2026_01_01__00_00_02"), -1);
    close(here);
}

static void only_files_are_removed_or_renewed(void **state)
{
    const int here = open_folder(".");
    int fd;

    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(ppt_change_remove(here, "folder"), -1);
    assert_int_equal(ppt_change_remove(here, "pipe"), -1);
    assert_int_equal(ppt_change_renew(here, "pipe"), -1);
    touch("victim");
    assert_int_equal(symlink("victim", "link"), 0);
    fd = ppt_change_renew(here, "link");
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "text", 4), 4);
    close(fd);
    struct stat about;
    assert_int_equal(stat("victim", &about), 0);
    assert_int_equal(about.st_size, 0);
    assert_int_equal(lstat("link", &about), 0);
    assert_int_equal(about.st_size, 4);
    assert_int_equal(ppt_change_remove(here, "link"), 0);
    assert_true(exists("folder"));
    assert_true(exists("pipe"));
    close(here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(what_a_dead_process_left_is_removed),
        PLACED(a_deep_tree_is_removed),
        PLACED(folders_without_a_marker_stay),
        PLACED(markers_of_others_count_for_nothing),
        PLACED(other_modes_locks_and_links_stay),
        PLACED(nothing_behind_links_is_removed),
        PLACED(nothing_behind_a_mount_is_removed),
        PLACED(a_workspace_is_marked_and_goes),
        PLACED(latest_is_a_link_of_the_program_or_of_nobody),
        PLACED(only_files_are_removed_or_renewed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
