/*
 * Strict parsing of JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "unit.h"

/* Parses a text of that length and returns the value, or NULL with the message in `error`. */
static json_object *parse_bytes(const char *text, size_t length, bool *parsed,
                                struct ppt_error *error)
{
    struct ppt_source source = {
        .name = strdup("t"), .folder = strdup("."), .text = malloc(length + 1), .length = length};
    json_object *value = NULL;
    enum ppt_status status;

    assert_non_null(source.text);
    memcpy(source.text, text, length);
    source.text[length] = '\0';
    error->text[0] = '\0';
    status = ppt_json_parse(&source, &value, error);
    ppt_source_free(&source);
    *parsed = status == PPT_OK;
    if (status == PPT_OK) {
        return value;
    }
    assert_int_equal(status, PPT_BAD_INPUT);
    assert_true(error->text[0] != '\0');
    return NULL;
}

static json_object *parse(const char *text, bool *parsed, struct ppt_error *error)
{
    return parse_bytes(text, strlen(text), parsed, error);
}

/* The message must begin with "t:line:column: ". */
static void check_refused_bytes(const char *text, size_t length, unsigned line, unsigned column)
{
    struct ppt_error error;
    char prefix[64];
    bool parsed;
    json_object *value = parse_bytes(text, length, &parsed, &error);

    if (parsed) {
        fail_msg("%s was read as %s", text, json_object_to_json_string(value));
    }
    snprintf(prefix, sizeof(prefix), "t:%u:%u: ", line, column);
    if (strncmp(error.text, prefix, strlen(prefix)) != 0) {
        fail_msg("of %s: %s, not at %s", text, error.text, prefix);
    }
}

static void check_refused(const char *text, unsigned line, unsigned column)
{
    check_refused_bytes(text, strlen(text), line, column);
}

/* Wherever it is. */
static void check_refused_somewhere(const char *text)
{
    struct ppt_error error;
    bool parsed;
    json_object *value = parse(text, &parsed, &error);

    if (parsed) {
        fail_msg("%s was read as %s", text, json_object_to_json_string(value));
    }
    assert_memory_equal(error.text, "t:1:", 4);
}

static void check_read(const char *text, const char *plain)
{
    struct ppt_error error;
    bool parsed;
    json_object *value = parse(text, &parsed, &error);

    if (!parsed) {
        fail_msg("%s: %s", text, error.text);
    }
    assert_string_equal(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN), plain);
    json_object_put(value);
}

static void valid_texts_are_read(void **state)
{
    (void)state;
    check_read("{}", "{}");
    check_read(" \t\r\n[ ] \n", "[]");
    check_read("null", "null");
    check_read("true", "true");
    check_read("\"a\\\"b\\u00e9\\n\"", "\"a\\\"b\xc3\xa9\\n\"");
    check_read("\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\"",
               "\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\"");
    check_read("[0, -1, 10, 1.5, 1e3]", "[0,-1,10,1.5,1e3]");
    check_read("{\"a\": {\"b\": [1, {\"c\": null}]}, \"d\": false}",
               "{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":false}");
    check_read("{\"a\": 1, \"A\": 2}", "{\"a\":1,\"A\":2}");
    check_read("[{\"a\": 1}, {\"a\": 1}]", "[{\"a\":1},{\"a\":1}]");
    check_read("{\"a\": {\"a\": {\"a\": 1}}}", "{\"a\":{\"a\":{\"a\":1}}}");
    check_read("[\"// no comment\", \"/* nor this */\", \"NaN\", \"a,]\"]",
               "[\"\\/\\/ no comment\",\"\\/* nor this *\\/\",\"NaN\",\"a,]\"]");
}

static void errors_name_line_and_column(void **state)
{
    (void)state;
    check_refused("{\"a\": x}", 1, 7);
    check_refused("{\n  \"a\": 1,\n  \"b\": ?\n}", 3, 8);
    check_refused("[1 2]", 1, 4);
    check_refused("{\"a\" 1}", 1, 6);
    check_refused("{a: 1}", 1, 2);
    check_refused("[1}", 1, 3);
    check_refused("{\"a\": 1]", 1, 8);
    check_refused("{1: 2}", 1, 2);
    check_refused("]", 1, 1);
    check_refused("\n\n  ]", 3, 3);
    check_refused("[,1]", 1, 2);
    check_refused("[1,,2]", 1, 4);
    check_refused("{\"a\":}", 1, 6);
}

static void single_quotes_are_refused(void **state)
{
    (void)state;
    check_refused("['a']", 1, 2);
    check_refused("{'a': 1}", 1, 2);
}

static void lines_and_tabs_are_counted(void **state)
{
    (void)state;
    check_refused("\t\t?", 1, 3);
    check_refused("[1,\r\n ?]", 2, 2);
    check_refused("[\"\xc3\xa9\",\n?]", 2, 1);
}

static void trailing_commas_are_refused(void **state)
{
    (void)state;
    check_refused("[1,]", 1, 4);
    check_refused("[1, 2,\n]", 2, 1);
    check_refused("{\"a\": 1,}", 1, 9);
    check_refused("{\"a\": 1,\n\n }", 3, 2);
    check_refused("{\"a\": [1, ], \"b\": 2}", 1, 11);
}

static void comments_are_refused(void **state)
{
    (void)state;
    check_refused("// comment\n{}", 1, 1);
    check_refused("/* comment */ {}", 1, 1);
    check_refused("{\n  // comment\n  \"a\": 1}", 2, 3);
    check_refused("{\"a\": /* one */ 1}", 1, 7);
    check_refused("{\"a\": 1} // end", 1, 10);
    check_refused("# comment\n{}", 1, 1);
}

static void text_behind_the_value_is_refused(void **state)
{
    (void)state;
    check_refused("{} x", 1, 4);
    check_refused("{}{}", 1, 3);
    check_refused("[1]\n]", 2, 1);
    check_refused("1 2", 1, 3);
    check_refused("null,", 1, 5);
}

static void numbers_that_json_lacks_are_refused(void **state)
{
    static const char *const texts[] = {"NaN", "-NaN", "nan", "Infinity", "-Infinity",
                                        "inf", "+1",   ".5",  "0x10",     "--1"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char text[64];
        struct ppt_error error;
        bool parsed;

        snprintf(text, sizeof(text), "{\"a\":\n [%s]}", texts[i]);
        json_object *value = parse(text, &parsed, &error);
        if (parsed) {
            fail_msg("%s was read as %s", texts[i], json_object_to_json_string(value));
        }
        assert_memory_equal(error.text, "t:2:", 4);
    }
    check_refused("[1, NaN]", 1, 5);
    check_refused("[1, Infinity]", 1, 5);
}

static void unfinished_numbers_are_refused(void **state)
{
    (void)state;
    check_refused_somewhere("[1.]");
    check_refused_somewhere("[1e]");
    check_refused_somewhere("[1e+]");
    check_refused_somewhere("[1.e3]");
    check_refused_somewhere("[-]");
}

static void numbers_with_leading_zeros_are_refused(void **state)
{
    (void)state;
    check_refused_somewhere("[00]");
    check_refused_somewhere("[012]");
    check_refused_somewhere("[-01]");
    check_refused_somewhere("[01.5]");
}

/* Valid JSON, but no number that a double can hold. */
static void numbers_beyond_all_are_refused(void **state)
{
    (void)state;
    check_refused("[1,\n 1e999]", 2, 2);
    check_refused("{\"a\": -1e999}", 1, 7);
}

static void words_in_other_cases_are_refused(void **state)
{
    (void)state;
    check_refused_somewhere("[True]");
    check_refused_somewhere("[FALSE]");
    check_refused_somewhere("[Null]");
    check_refused_somewhere("[nul]");
    check_refused_somewhere("[tru]");
    check_refused_somewhere("[undefined]");
    /* Words that the parser itself uses. */
    check_refused("{\"a\": a value}", 1, 7);
    check_refused("a value", 1, 1);
}

static void nothing_is_refused(void **state)
{
    struct ppt_error error;
    bool parsed;

    (void)state;
    assert_null(parse("", &parsed, &error));
    assert_false(parsed);
    assert_null(parse("  \n\t \r\n", &parsed, &error));
    assert_false(parsed);
}

/* At the end of the text, wherever that is exactly. */
static void cut_texts_are_refused(void **state)
{
    static const char whole[] = "{\"a\": [1, {\"b\": \"text\\n\"}], \"c\": {}}";

    (void)state;
    for (size_t length = 1; length < sizeof(whole) - 1; length++) {
        struct ppt_error error;
        bool parsed;

        assert_null(parse_bytes(whole, length, &parsed, &error));
        assert_false(parsed);
        assert_memory_equal(error.text, "t:1:", 4);
    }
}

static void zero_bytes_are_refused(void **state)
{
    static const char inside[] = "{\"a\":\n \0 1}";
    static const char behind[] = "{\"a\": 1}\0";
    static const char quoted[] = "[\"a\0b\"]";

    (void)state;
    check_refused_bytes(inside, sizeof(inside) - 1, 2, 2);
    check_refused_bytes(behind, sizeof(behind) - 1, 1, 9);
    check_refused_bytes(quoted, sizeof(quoted) - 1, 1, 4);
}

static void invalid_utf8_is_refused(void **state)
{
    (void)state;
    check_refused_somewhere("[\"\xff\"]"); /* no UTF-8 byte at all */
    check_refused_somewhere("[\"\x80\"]"); /* continues nothing */
    check_refused_somewhere("[\"\xc3\"]"); /* is not continued */
    check_refused_somewhere("[\"\xe2\x82\"]");
    check_refused_somewhere("[\"\xf8\x88\x80\x80\x80\"]");
    check_refused_somewhere("{\"\xff\": 1}");
}

static void utf8_of_no_character_is_refused(void **state)
{
    (void)state;
    check_refused_somewhere("[\"\xc0\xaf\"]"); /* overlong slash */
    check_refused_somewhere("[\"\xe0\x80\xaf\"]");
    check_refused_somewhere("[\"\xed\xa0\x80\"]");     /* half of a surrogate pair */
    check_refused_somewhere("[\"\xf4\x90\x80\x80\"]"); /* beyond U+10FFFF */
}

static void control_characters_are_refused_in_strings(void **state)
{
    (void)state;
    check_refused_somewhere("[\"a\nb\"]");
    check_refused_somewhere("[\"a\tb\"]");
    check_refused_somewhere("[\"a\x01\"]");
}

static void wrong_escapes_are_refused(void **state)
{
    (void)state;
    check_refused_somewhere("[\"\\x41\"]");
    check_refused_somewhere("[\"\\u12\"]");
    check_refused_somewhere("[\"\\u12g4\"]");
    check_refused_somewhere("[\"\\'\"]");
}

/* At the object, or at the key itself. */
static void check_repeated(const char *text, const char *object, const char *key)
{
    struct ppt_error error;
    bool parsed;

    parse(text, &parsed, &error);
    if (parsed) {
        fail_msg("%s was read", text);
    }
    assert_non_null(strstr(error.text, "more than once"));
    if (strncmp(error.text, object, strlen(object)) != 0 &&
        strncmp(error.text, key, strlen(key)) != 0) {
        fail_msg("of %s: %s, neither at %s nor at %s", text, error.text, object, key);
    }
}

static void repeated_keys_are_refused(void **state)
{
    (void)state;
    check_repeated("{\"a\": 1, \"a\": 2}", "t:1:1:", "t:1:10:");
    check_repeated("{\"task\": 1,\n \"b\": 2,\n \"task\": 1}", "t:1:1:", "t:3:2:");
    check_repeated("[{\"b\": {\"cc\": 1, \"cc\": 1}}]", "t:1:8:", "t:1:18:");
    check_repeated("{\"x\": [[[{\"dd\": {\"e\": 1},\n\"dd\": {}}]]]}", "t:1:10:", "t:2:1:");
    check_repeated("{\"\": 1, \"\": 2}", "t:1:1:", "t:1:9:");
    check_repeated("{\"a\": {\"b\": 1}, \"c\": {\"b\": 1}, \"a\": 0}", "t:1:1:", "t:1:32:");
}

/* The same key written in another way. */
static void repeated_keys_are_compared_without_escapes(void **state)
{
    (void)state;
    check_repeated("{\"ab\": 1, \"a\\u0062\": 2}", "t:1:1:", "t:1:11:");
    check_repeated("{\"a\\/\": 1, \"a/\": 2}", "t:1:1:", "t:1:12:");
    check_repeated("{\"\\u00e9\": 1,\n \"\xc3\xa9\": 2}", "t:1:1:", "t:2:2:");
}

static char *nested(size_t depth, const char *open, const char *middle, const char *close)
{
    struct ppt_text text = {0};

    for (size_t i = 0; i < depth; i++) {
        ppt_text_add(&text, open);
    }
    ppt_text_add(&text, middle);
    for (size_t i = 0; i < depth; i++) {
        ppt_text_add(&text, close);
    }
    return text.data;
}

/* Read or refused, but neither a crash nor a stack as deep as the text. */
static void deep_nesting_is_no_trouble(void **state)
{
    static const char *const opens[] = {"[", "{\"a\":", "[{\"a\":"};
    static const char *const closes[] = {"]", "}", "}]"};

    (void)state;
    for (size_t i = 0; i < COUNT(opens); i++) {
        for (size_t depth = 10000; depth <= 100000; depth *= 10) {
            struct ppt_error error;
            bool parsed;
            char *text = nested(depth, opens[i], "1", closes[i]);
            char *unclosed = nested(depth, opens[i], "", "");

            json_object_put(parse(text, &parsed, &error));
            assert_true(parsed || strncmp(error.text, "t:1:", 4) == 0);
            parse(unclosed, &parsed, &error);
            assert_false(parsed);
            free(text);
            free(unclosed);
        }
    }
    char *shallow = nested(20, "[", "1", "]");
    check_read(shallow, shallow);
    free(shallow);
}

/* A check that looked every place up from the start took minutes for such a text. */
static void long_texts_take_no_longer_than_their_length(void **state)
{
    struct ppt_error error;
    bool parsed;
    struct ppt_text text = {0};

    (void)state;
    ppt_text_add(&text, "{\"l\": [{}");
    for (unsigned i = 0; i < 200000; i++) {
        ppt_text_add(&text, ", {}");
    }
    ppt_text_add(&text, "]");
    for (unsigned i = 0; i < 200000; i++) {
        ppt_text_addf(&text, ", \"%u\": %u", i, i);
    }
    ppt_text_add(&text, "}");
    const clock_t before = clock();
    json_object *value = parse(text.data, &parsed, &error);
    const double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;

    assert_true(parsed);
    assert_int_equal(json_object_object_length(value), 200001);
    assert_true(seconds < 20);
    json_object_put(value);
    ppt_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_texts_are_read),
        cmocka_unit_test(errors_name_line_and_column),
        cmocka_unit_test(single_quotes_are_refused),
        cmocka_unit_test(lines_and_tabs_are_counted),
        cmocka_unit_test(trailing_commas_are_refused),
        cmocka_unit_test(comments_are_refused),
        cmocka_unit_test(text_behind_the_value_is_refused),
        cmocka_unit_test(numbers_that_json_lacks_are_refused),
        cmocka_unit_test(unfinished_numbers_are_refused),
        cmocka_unit_test(numbers_with_leading_zeros_are_refused),
        cmocka_unit_test(numbers_beyond_all_are_refused),
        cmocka_unit_test(words_in_other_cases_are_refused),
        cmocka_unit_test(nothing_is_refused),
        cmocka_unit_test(cut_texts_are_refused),
        cmocka_unit_test(zero_bytes_are_refused),
        cmocka_unit_test(invalid_utf8_is_refused),
        cmocka_unit_test(utf8_of_no_character_is_refused),
        cmocka_unit_test(control_characters_are_refused_in_strings),
        cmocka_unit_test(wrong_escapes_are_refused),
        cmocka_unit_test(repeated_keys_are_refused),
        cmocka_unit_test(repeated_keys_are_compared_without_escapes),
        cmocka_unit_test(deep_nesting_is_no_trouble),
        cmocka_unit_test(long_texts_take_no_longer_than_their_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
