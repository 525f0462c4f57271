/*
 * Where a value stands in its source, and the messages that name the place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "unit.h"

static struct ppt_source file_source(const char *text)
{
    struct ppt_source source = {0};

    ppt_source_from_text(&source, "t", text);
    source.folder = strdup(".");
    return source;
}

/* ---- places ---- */

#define OUTER NULL
#define KEY(place_outer, place_key)                                                                \
    (&(const struct ppt_place){.outer = (place_outer), .key = (place_key)})
#define INDEX(place_outer, place_index)                                                            \
    (&(const struct ppt_place){.outer = (place_outer), .index = (place_index)})

static void check_place(const char *text, const struct ppt_place *place, unsigned line,
                        unsigned column, const char *described)
{
    struct ppt_source source = file_source(text);
    struct ppt_error error = {""};
    struct ppt_text path = {0};
    char expected[256];

    ppt_text_add(&path, "");
    ppt_place_describe(place, &path);
    assert_string_equal(path.data, described);
    assert_int_equal(ppt_json_reject(&source, place, &error, "%d is %s", -2, "wrong"),
                     PPT_BAD_INPUT);
    snprintf(expected, sizeof(expected), "t:%u:%u: %s%s-2 is wrong", line, column, described,
             *described ? ": " : "");
    assert_string_equal(error.text, expected);
    ppt_text_free(&path);
    ppt_source_free(&source);
}

static void places_are_found_along_a_path(void **state)
{
    static const char text[] = "{\n"
                               "  \"task\": \"sum\",\n"
                               "  \"workers\": [0, 1,\n"
                               "    2 , -2],\n"
                               "  \"runs\": [{}, {\"workers\": [ {\"a\":[5]} ]}]\n"
                               "}";

    (void)state;
    check_place(text, OUTER, 1, 1, "");
    check_place(text, KEY(OUTER, "task"), 2, 11, "task");
    check_place(text, KEY(OUTER, "workers"), 3, 14, "workers");
    check_place(text, INDEX(KEY(OUTER, "workers"), 0), 3, 15, "workers[0]");
    check_place(text, INDEX(KEY(OUTER, "workers"), 2), 4, 5, "workers[2]");
    check_place(text, INDEX(KEY(OUTER, "workers"), 3), 4, 9, "workers[3]");
    check_place(text, INDEX(KEY(OUTER, "runs"), 0), 5, 12, "runs[0]");
    check_place(text, KEY(INDEX(KEY(OUTER, "runs"), 1), "workers"), 5, 28, "runs[1].workers");
    check_place(text, INDEX(KEY(INDEX(KEY(INDEX(KEY(OUTER, "runs"), 1), "workers"), 0), "a"), 0), 5,
                36, "runs[1].workers[0].a[0]");
}

static void the_outermost_value_may_be_anything(void **state)
{
    (void)state;
    check_place("  7", OUTER, 1, 3, "");
    check_place("\n[1,[2,3]]", INDEX(INDEX(OUTER, 1), 1), 2, 7, "[1][1]");
}

/* Values before the one sought that look like what is sought. */
static void misleading_texts_are_passed_over(void **state)
{
    static const char text[] = "{\"x\": \"\\\"workers\\\": [1]\", \"y\": [\"]\", \"}\", \",\"],\n"
                               "\"z\": {\"workers\": [7]}, \"workers\\\\\": [3],\n"
                               "\"workers\": [[], {}, \"\\\\\", 9]}";

    (void)state;
    check_place(text, KEY(OUTER, "workers"), 3, 12, "workers");
    check_place(text, INDEX(KEY(OUTER, "workers"), 3), 3, 27, "workers[3]");
    check_place(text, INDEX(KEY(KEY(OUTER, "z"), "workers"), 0), 2, 19, "z.workers[0]");
    check_place(text, INDEX(KEY(OUTER, "y"), 2), 1, 43, "y[2]");
}

/* How such keys are described is not laid down, only that they are found. */
static void odd_keys_are_found(void **state)
{
    static const struct {
        const char *text, *key;
    } cases[] = {
        {"{\"b\": 1, \"a\\u0062\":\n 2}", "ab"},
        {"{\"b\": 1, \"a\\\"b\":\n 2}", "a\"b"},
        {"{\"b\": 1, \"a\\\\\":\n 2}", "a\\"},
        {"{\"b\": 1, \"\xc3\xa9\":\n 2}", "\xc3\xa9"},
        {"{\"b\": 1, \"\\u00e9\":\n 2}", "\xc3\xa9"},
        {"{\"b\": 1, \"\\ud834\\udd1e\":\n 2}", "\xf0\x9d\x84\x9e"},
        {"{\"a\": {\"b\": 3}, \"a.b\":\n 2}", "a.b"},
        {"{\"a\": [3], \"a[0]\":\n 2}", "a[0]"},
        {"{\"b\": 1, \"\":\n 2}", ""},
        {"{\"b\": 1, \"a:,]}\":\n 2}", "a:,]}"},
        {"{\"b\": 1, \"\\n\\t\\/\":\n 2}", "\n\t/"},
        {"{\"0\": 1, \"1\":\n 2}", "1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ppt_source source = file_source(cases[i].text);
        struct ppt_error error = {""};

        ppt_json_reject(&source, KEY(OUTER, cases[i].key), &error, "wrong");
        if (strncmp(error.text, "t:2:2: ", 7) != 0) {
            fail_msg("of %s: %s", cases[i].text, error.text);
        }
        ppt_source_free(&source);
    }
}

static void keys_with_dots_and_brackets_lead_on(void **state)
{
    static const char text[] = "{\"a\": {\"b\": [1, 2]}, \"a.b[1]\": {\"b.c\": [7,\n 8]}}";

    (void)state;
    check_place(text, INDEX(KEY(KEY(OUTER, "a.b[1]"), "b.c"), 1), 2, 2, "a.b[1].b.c[1]");
}

/* An option has no lines, and its name stands for the key. */
static void options_are_called_by_their_name(void **state)
{
    static const char text[] = "{\"workers\": [0, 1, -2], \"task_args\": {\"size\": 0}}";
    struct ppt_source source = {0};
    struct ppt_error error = {""};

    (void)state;
    ppt_source_from_text(&source, "--workers", text);
    ppt_json_reject(&source, INDEX(KEY(OUTER, "workers"), 2), &error, "%d is below 0", -2);
    assert_string_equal(error.text, "--workers: [2]: -2 is below 0");
    ppt_json_reject(&source, KEY(KEY(OUTER, "task_args"), "size"), &error, "wrong");
    assert_string_equal(error.text, "--workers: size: wrong");
    ppt_json_reject(&source, KEY(OUTER, "workers"), &error, "wrong");
    assert_string_equal(error.text, "--workers: wrong");
    ppt_source_free(&source);
}

/* ---- literals ---- */

static void check_literal(const char *text, const struct ppt_place *place, const char *expected)
{
    struct ppt_source source = {0};
    char *literal;

    ppt_source_from_text(&source, "t", text);
    literal = ppt_json_literal(&source, place);
    assert_string_equal(literal, expected);
    free(literal);
    ppt_source_free(&source);
}

static void literals_stand_as_in_the_source(void **state)
{
    static const char text[] = "{\"n\": -1.50e+0 , \"t\": \"a\\u0062\", \"l\": [1, 2], \"b\":true}";

    (void)state;
    check_literal(text, KEY(OUTER, "n"), "-1.50e+0");
    check_literal(text, KEY(OUTER, "t"), "\"a\\u0062\"");
    check_literal(text, KEY(OUTER, "l"), "[1, 2]");
    check_literal(text, KEY(OUTER, "b"), "true");
    check_literal(text, INDEX(KEY(OUTER, "l"), 1), "2");
}

static void check_utf8(const char *text)
{
    while (*text) {
        const unsigned char first = (unsigned char)*text++;

        assert_true(first < 0x80 || first >= 0xc0);
        for (size_t left = first < 0x80   ? 0
                           : first < 0xe0 ? 1
                           : first < 0xf0 ? 2
                                          : 3;
             left > 0; left--) {
            assert_int_equal((unsigned char)*text++ & 0xc0, 0x80);
        }
    }
}

static void check_shortened(const char *start, const char *repeated)
{
    struct ppt_text text = {0};
    struct ppt_source source = {0};
    char *literal;

    ppt_text_addf(&text, "[\"%s", start);
    for (size_t i = 0; i < 5000; i++) {
        ppt_text_add(&text, repeated);
    }
    ppt_text_add(&text, "\"]");
    ppt_source_from_text(&source, "t", text.data);
    literal = ppt_json_literal(&source, INDEX(OUTER, 0));
    assert_in_range(strlen(literal), 10, 200);
    assert_memory_equal(literal, text.data + 1, 5);
    check_utf8(literal);
    free(literal);
    ppt_source_free(&source);
    ppt_text_free(&text);
}

static void long_literals_are_shortened(void **state)
{
    (void)state;
    check_shortened("", "x");
    check_shortened("", " ");
    check_shortened("", "\\n");
}

/* Characters of several bytes, beginning at any place: none may be cut. */
static void literals_are_shortened_between_characters(void **state)
{
    static const char *const starts[] = {"", "x", "xx", "xxx"};

    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        check_shortened(starts[i], "\xc3\xa9");
        check_shortened(starts[i], "\xe2\x82\xac");
        check_shortened(starts[i], "\xf0\x9d\x84\x9e");
    }
}

/* ---- sources ---- */

static void a_file_is_a_source(void **state)
{
    char path[] = "/tmp/ppt-omp-test-XXXXXX";
    struct ppt_source source = {0};
    struct ppt_error error = {""};
    const int file = mkstemp(path);

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(write(file, "{\"a\": 1}\n", 9), 9);
    close(file);
    assert_int_equal(ppt_source_read(path, &source, &error), PPT_OK);
    assert_string_equal(source.name, path);
    assert_memory_equal(source.folder, "/tmp", 4);
    assert_string_equal(source.text, "{\"a\": 1}\n");
    assert_int_equal(source.length, 9);
    ppt_source_free(&source);
    unlink(path);
    assert_int_equal(ppt_source_read(path, &source, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, path));
}

/* Line 12 of a file, without what follows it. */
static void lines_of_a_file_keep_their_numbers(void **state)
{
    static const char line[] = "{\"a\": [1, 2]}rest of the file";
    struct ppt_source source = {0};
    struct ppt_error error = {""};

    (void)state;
    ppt_source_from_line(&source, "folder/file", line, 13, 12);
    assert_int_equal(source.length, 13);
    assert_string_equal(source.text, "{\"a\": [1, 2]}");
    ppt_json_reject(&source, INDEX(KEY(OUTER, "a"), 1), &error, "wrong");
    assert_string_equal(error.text, "folder/file:12:11: a[1]: wrong");
    ppt_source_free(&source);
}

static void a_text_is_a_source_without_a_folder(void **state)
{
    struct ppt_source source = {0};
    char name[] = "--task-args", text[] = "[1]";

    (void)state;
    ppt_source_from_text(&source, name, text);
    name[0] = text[0] = 'x';
    assert_string_equal(source.name, "--task-args");
    assert_string_equal(source.text, "[1]");
    assert_int_equal(source.length, 3);
    assert_null(source.folder);
    ppt_source_free(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_found_along_a_path),
        cmocka_unit_test(the_outermost_value_may_be_anything),
        cmocka_unit_test(misleading_texts_are_passed_over),
        cmocka_unit_test(odd_keys_are_found),
        cmocka_unit_test(keys_with_dots_and_brackets_lead_on),
        cmocka_unit_test(options_are_called_by_their_name),
        cmocka_unit_test(literals_stand_as_in_the_source),
        cmocka_unit_test(long_literals_are_shortened),
        cmocka_unit_test(literals_are_shortened_between_characters),
        cmocka_unit_test(a_file_is_a_source),
        cmocka_unit_test(lines_of_a_file_keep_their_numbers),
        cmocka_unit_test(a_text_is_a_source_without_a_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
