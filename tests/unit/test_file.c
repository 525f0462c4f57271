/*
 * Files that are read whole, and written whole or not at all.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "change.h"
#include "file.h"
#include "place.h"
#include "unit.h"

#define WORD 64
#define PATH 256

static void check_content(const char *path, const char *text)
{
    struct ppt_error error = {""};
    char *data = NULL;
    size_t length = 0;

    require(ppt_file_read(path, 1000000, &data, &length, &error), &error);
    assert_int_equal(length, strlen(text));
    assert_string_equal(data, text);
    free(data);
}

static size_t entries(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;

    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(folder);
    return count;
}

static bool exists(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0;
}

/* ---- reading ---- */

static void what_is_written_is_read(void **state)
{
    static const char data[] = "line\n\0zero\xff\xfe end";
    struct ppt_error error = {""};
    char *back = NULL;
    size_t length = 0;

    (void)state;
    require(ppt_file_write("file", data, sizeof(data), &error), &error);
    require(ppt_file_read("file", sizeof(data), &back, &length, &error), &error);
    assert_int_equal(length, sizeof(data));
    assert_memory_equal(back, data, sizeof(data));
    assert_int_equal(back[length], '\0');
    free(back);
    require(ppt_file_write("empty", "", 0, &error), &error);
    require(ppt_file_read("empty", 0, &back, &length, &error), &error);
    assert_int_equal(length, 0);
    assert_int_equal(back[0], '\0');
    free(back);
}

static void check_unreadable(const char *path, size_t most)
{
    struct ppt_error error = {""};
    char *data = NULL;
    size_t length = 0;

    assert_int_equal(ppt_file_read(path, most, &data, &length, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, path));
    assert_int_not_equal(error.text[strlen(error.text) - 1], '\n');
}

static void what_cannot_be_read_is_named(void **state)
{
    (void)state;
    place_put("file", "0123456789");
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    check_unreadable("missing", 100);
    check_unreadable("missing/deeper", 100);
    check_unreadable("file/deeper", 100);
    check_unreadable("folder", 100);
    check_unreadable("dangling", 100);
    check_unreadable("file", 9);
    check_unreadable("file", 0);
    check_unreadable("/dev/zero", 100000);
    check_content("file", "0123456789");
}

static void a_file_of_the_largest_size_is_read(void **state)
{
    struct ppt_error error = {""};
    char *data = calloc(1, 1000001);
    char *back = NULL;
    size_t length = 0;

    (void)state;
    assert_non_null(data);
    memset(data, 'x', 1000000);
    place_put("file", data);
    require(ppt_file_read("file", 1000000, &back, &length, &error), &error);
    assert_int_equal(length, 1000000);
    assert_string_equal(back, data);
    free(back);
    check_unreadable("file", 999999);
    free(data);
}

/* A pipe would be waited for, a device never ends; neither is opened as if it were a file. */
static void only_regular_files_are_read(void **state)
{
    struct ppt_error error = {""};
    char *data = NULL;
    size_t length = 0;

    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    check_unreadable("pipe", 100);
    check_unreadable("/dev/zero", 100);
    check_unreadable("/dev/null", 100);
    place_put("file", "text");
    assert_int_equal(symlink("file", "link"), 0);
    check_content("link", "text");
    struct ppt_folder here;
    require(ppt_folder_open(".", &here, &error), &error);
    assert_int_equal(ppt_file_read_in(&here, "link", 100, &data, &length, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "./link: is a link"));
    require(ppt_file_read_in(&here, "file", 100, &data, &length, &error), &error);
    assert_string_equal(data, "text");
    free(data);
    ppt_folder_close(&here);
}

/* ---- writing ---- */

static void writing_leaves_only_the_file(void **state)
{
    (void)state;
    place_put("file", "first");
    place_put("file", "second, which is longer");
    place_put("file", "3");
    check_content("file", "3");
    assert_int_equal(entries("."), 1);
}

/* As by a process that died between the two steps of putting it there: told by its own inode. */
static void what_a_dead_writer_left_is_cleared_away(void **state)
{
    struct ppt_error error = {""};
    struct stat about;
    struct ppt_folder here;
    char name[WORD];

    (void)state;
    place_put("left", "of a dead writer");
    assert_int_equal(stat("left", &about), 0);
    snprintf(name, sizeof(name), ".ppt-omp-%jx", (uintmax_t)about.st_ino);
    assert_int_equal(rename("left", name), 0);
    place_put(".ppt-omp-1", "of the user");
    place_put("file", "old");
    require(ppt_folder_open(".", &here, &error), &error);
    ppt_change_clear(here.fd);
    ppt_folder_close(&here);
    assert_false(exists(name));
    check_content(".ppt-omp-1", "of the user");
    check_content("file", "old");
}

/* Whatever is beside the file is the user's, however it is called. */
static void neighbours_are_not_touched(void **state)
{
    char other[WORD];

    (void)state;
    snprintf(other, sizeof(other), "file.%ld", (long)getpid());
    place_put("file", "old");
    place_put("file.new", "mine");
    place_put(other, "mine too");
    place_put("file", "new");
    check_content("file", "new");
    check_content("file.new", "mine");
    check_content(other, "mine too");
    assert_int_equal(entries("."), 3);
}

/* In a folder of the program's a link is replaced; where the user named one, its file is meant. */
static void links_lead_nowhere(void **state)
{
    struct ppt_error error = {""};
    struct ppt_folder run;
    struct stat about;

    (void)state;
    place_put("victim", "kept");
    require(ppt_file_make_folders("run", &error), &error);
    assert_int_equal(symlink("../victim", "run/link"), 0);
    assert_int_equal(link("victim", "run/hard"), 0);
    assert_int_equal(mkfifo("run/pipe", 0600), 0);
    require(ppt_folder_open("run", &run, &error), &error);
    require(ppt_file_write_in(&run, "link", "new", 3, &error), &error);
    require(ppt_file_write_in(&run, "hard", "new", 3, &error), &error);
    assert_int_equal(ppt_file_write_in(&run, "pipe", "new", 3, &error), PPT_FAILED);
    ppt_folder_close(&run);
    check_content("victim", "kept");
    check_content("run/link", "new");
    check_content("run/hard", "new");
    assert_int_equal(symlink("victim", "named"), 0);
    place_put("named", "through");
    check_content("victim", "through");
    assert_int_equal(lstat("named", &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_int_equal(ppt_file_write("dangling", "new", 3, &error), PPT_FAILED);
    assert_false(exists("nowhere"));
}

static void a_folder_that_is_a_link_is_refused(void **state)
{
    struct ppt_error error = {""};
    struct ppt_folder here, inner;

    (void)state;
    require(ppt_file_make_folders("outside", &error), &error);
    assert_int_equal(symlink("outside", "charts"), 0);
    require(ppt_folder_open(".", &here, &error), &error);
    assert_int_equal(ppt_folder_enter(&here, "charts", true, &inner, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "./charts: is a link"));
    require(ppt_folder_enter(&here, "other", true, &inner, &error), &error);
    ppt_folder_close(&inner);
    ppt_folder_close(&here);
}

static void several_may_write_the_same_file(void **state)
{
    enum { WRITERS = 4, WRITES = 40 };
    static char text[20000];
    pid_t writers[WRITERS];
    size_t length = 0;
    char *data = NULL;
    struct ppt_error error = {""};

    (void)state;
    for (int w = 0; w < WRITERS; w++) {
        writers[w] = fork();
        assert_true(writers[w] >= 0);
        if (writers[w] == 0) {
            memset(text, 'a' + w, sizeof(text));
            for (int i = 0; i < WRITES; i++) {
                if (ppt_file_write("file", text, sizeof(text), &error) != PPT_OK) {
                    _exit(1);
                }
            }
            _exit(0);
        }
    }
    for (int w = 0; w < WRITERS; w++) {
        int status = -1;

        assert_int_equal(waitpid(writers[w], &status, 0), writers[w]);
        assert_int_equal(status, 0);
    }
    require(ppt_file_read("file", 1000000, &data, &length, &error), &error);
    assert_int_equal(length, sizeof(text));
    for (size_t i = 1; i < length; i++) {
        assert_int_equal(data[i], data[0]);
    }
    free(data);
    assert_int_equal(entries("."), 1);
}

/* A reader that opened the old file goes on reading the old content. */
static void writing_replaces_rather_than_overwrites(void **state)
{
    char buffer[16] = "";

    (void)state;
    place_put("file", "old");
    FILE *reader = fopen("file", "r");
    assert_non_null(reader);
    place_put("file", "new");
    assert_int_equal(fread(buffer, 1, sizeof(buffer), reader), 3);
    assert_string_equal(buffer, "old");
    fclose(reader);
    check_content("file", "new");
}

static void failed_writing_leaves_nothing(void **state)
{
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    place_put("folder/inner", "kept");
    assert_int_equal(ppt_file_write("folder", "text", 4, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "folder"));
    assert_int_equal(entries("."), 1);
    check_content("folder/inner", "kept");
    error.text[0] = '\0';
    assert_int_equal(ppt_file_write("missing/file", "text", 4, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "missing/file"));
    assert_int_equal(entries("."), 1);
}

static mode_t mode_of(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 0777;
}

/* Who may read results is what umask says, and what the user has set for a file that is there. */
static void modes_are_those_of_the_user(void **state)
{
    struct ppt_error error = {""};
    mode_t before = umask(022);

    (void)state;
    place_put("open", "text");
    umask(077);
    place_put("private", "text");
    assert_int_equal(chmod("open", 0640), 0);
    place_put("open", "other");
    umask(022);
    place_put("private", "other");
    umask(before);
    assert_int_equal(mode_of("open"), 0640);
    assert_int_equal(mode_of("private"), 0600);
    assert_int_equal(chmod("private", 0400), 0);
    if (geteuid() != 0) {
        assert_int_equal(ppt_file_write("private", "no", 2, &error), PPT_FAILED);
        check_content("private", "other");
    }
}

/* ---- folders ---- */

static void missing_folders_are_made(void **state)
{
    struct ppt_error error = {""};

    (void)state;
    require(ppt_file_make_folders("a/b/c", &error), &error);
    require(ppt_file_make_folders("a/b/c", &error), &error);
    require(ppt_file_make_folders("a/b/d/", &error), &error);
    require(ppt_file_make_folders("a//e", &error), &error);
    require(ppt_file_make_folders(".", &error), &error);
    require(ppt_file_make_folders("/tmp", &error), &error);
    assert_true(exists("a/b/c/."));
    assert_true(exists("a/b/d/."));
    assert_true(exists("a/e/."));
}

static void absolute_folders_are_made(void **state)
{
    const struct place *place = *state;
    struct ppt_error error = {""};
    char path[PATH];

    snprintf(path, sizeof(path), "%s/x/y", place->folder);
    require(ppt_file_make_folders(path, &error), &error);
    assert_true(exists("x/y/."));
}

static void a_file_in_the_way_is_named(void **state)
{
    struct ppt_error error = {""};

    (void)state;
    place_put("file", "text");
    assert_int_not_equal(ppt_file_make_folders("file/folder", &error), PPT_OK);
    assert_non_null(strstr(error.text, "file"));
    error.text[0] = '\0';
    assert_int_not_equal(ppt_file_make_folders("file", &error), PPT_OK);
    assert_non_null(strstr(error.text, "file"));
    check_content("file", "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(what_is_written_is_read),
        PLACED(what_cannot_be_read_is_named),
        PLACED(a_file_of_the_largest_size_is_read),
        PLACED(only_regular_files_are_read),
        PLACED(writing_leaves_only_the_file),
        PLACED(what_a_dead_writer_left_is_cleared_away),
        PLACED(neighbours_are_not_touched),
        PLACED(links_lead_nowhere),
        PLACED(a_folder_that_is_a_link_is_refused),
        PLACED(several_may_write_the_same_file),
        PLACED(writing_replaces_rather_than_overwrites),
        PLACED(failed_writing_leaves_nothing),
        PLACED(modes_are_those_of_the_user),
        PLACED(missing_folders_are_made),
        PLACED(absolute_folders_are_made),
        PLACED(a_file_in_the_way_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
