/*
 * Files that are read whole, and written whole or not at all.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"
#include "place.h"

#define WORD 64
#define PATH 256

static void require(enum ppt_status status, const struct ppt_error *error)
{
    if (status != PPT_OK) {
        fail_msg("status %d: %s", (int)status, error->text);
    }
}

static void put(const char *path, const char *text)
{
    struct ppt_error error = {""};

    require(ppt_file_write(path, text, strlen(text), &error), &error);
}

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
    put("file", "0123456789");
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
    put("file", data);
    require(ppt_file_read("file", 1000000, &back, &length, &error), &error);
    assert_int_equal(length, 1000000);
    assert_string_equal(back, data);
    free(back);
    check_unreadable("file", 999999);
    free(data);
}

static void a_pipe_is_read_to_its_end(void **state)
{
    struct ppt_error error = {""};
    char path[WORD];
    char *data = NULL;
    size_t length = 0;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "through a pipe", 14), 14);
    close(ends[1]);
    snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
    require(ppt_file_read(path, 100, &data, &length, &error), &error);
    assert_int_equal(length, 14);
    assert_string_equal(data, "through a pipe");
    free(data);
    close(ends[0]);
}

/* ---- writing ---- */

static void writing_leaves_only_the_file(void **state)
{
    (void)state;
    put("file", "first");
    put("file", "second, which is longer");
    put("file", "3");
    check_content("file", "3");
    assert_int_equal(entries("."), 1);
}

/* As by a process that died between the two steps of putting it there. */
static void what_a_dead_writer_left_is_cleared_away(void **state)
{
    (void)state;
    put("file", "old");
    put("file.new", "of a dead writer");
    put("file", "new");
    check_content("file", "new");
    assert_int_equal(entries("."), 1);
}

/* Each succeeds, and whatever is there is whole. */
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
    put("file", "old");
    FILE *reader = fopen("file", "r");
    assert_non_null(reader);
    put("file", "new");
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
    put("folder/inner", "kept");
    assert_int_equal(ppt_file_write("folder", "text", 4, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "folder"));
    assert_int_equal(entries("."), 1);
    check_content("folder/inner", "kept");
    error.text[0] = '\0';
    assert_int_equal(ppt_file_write("missing/file", "text", 4, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "missing/file"));
    assert_int_equal(entries("."), 1);
}

/* Results are not left as private as a temporary file is. */
static void others_may_read_what_is_written(void **state)
{
    struct stat about;
    const mode_t before = umask(022);

    (void)state;
    put("file", "text");
    umask(before);
    assert_int_equal(stat("file", &about), 0);
    assert_int_equal(about.st_mode & 0777, 0644);
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
    put("file", "text");
    assert_int_not_equal(ppt_file_make_folders("file/folder", &error), PPT_OK);
    assert_non_null(strstr(error.text, "file"));
    error.text[0] = '\0';
    assert_int_not_equal(ppt_file_make_folders("file", &error), PPT_OK);
    assert_non_null(strstr(error.text, "file"));
    check_content("file", "text");
}

static void removing_takes_everything_inside(void **state)
{
    struct ppt_error error = {""};

    (void)state;
    require(ppt_file_make_folders("gone/a/b/c", &error), &error);
    put("gone/.hidden", "text");
    put("gone/a/b/file", "text");
    assert_int_equal(symlink("nowhere", "gone/dangling"), 0);
    put("kept", "text");
    ppt_file_remove_folder("gone");
    assert_false(exists("gone"));
    assert_true(exists("kept"));
    ppt_file_remove_folder("gone"); /* is not there */
}

static void removing_follows_no_links(void **state)
{
    struct ppt_error error = {""};

    (void)state;
    require(ppt_file_make_folders("outside/inner", &error), &error);
    put("outside/file", "kept");
    require(ppt_file_make_folders("gone/deeper", &error), &error);
    assert_int_equal(symlink("../outside", "gone/link"), 0);
    assert_int_equal(symlink("../../outside/file", "gone/deeper/link"), 0);
    ppt_file_remove_folder("gone");
    assert_false(exists("gone"));
    assert_true(exists("outside/inner/."));
    check_content("outside/file", "kept");
    assert_int_equal(symlink("outside", "itself"), 0);
    ppt_file_remove_folder("itself");
    assert_true(exists("outside/inner/."));
    check_content("outside/file", "kept");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, place_enter, place_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read),
        TEST(what_cannot_be_read_is_named),
        TEST(a_file_of_the_largest_size_is_read),
        TEST(a_pipe_is_read_to_its_end),
        TEST(writing_leaves_only_the_file),
        TEST(what_a_dead_writer_left_is_cleared_away),
        TEST(several_may_write_the_same_file),
        TEST(writing_replaces_rather_than_overwrites),
        TEST(failed_writing_leaves_nothing),
        TEST(others_may_read_what_is_written),
        TEST(missing_folders_are_made),
        TEST(absolute_folders_are_made),
        TEST(a_file_in_the_way_is_named),
        TEST(removing_takes_everything_inside),
        TEST(removing_follows_no_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
