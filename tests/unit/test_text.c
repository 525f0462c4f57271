/*
 * Strings that grow, suggestions and amounts as people read them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "unit.h"

/* ---- strings that grow ---- */

static void adding_appends(void **state)
{
    struct ppt_text text = {0};

    (void)state;
    ppt_text_add(&text, "one");
    assert_string_equal(text.data, "one");
    ppt_text_addf(&text, " %d %s%%", 2, "three");
    assert_string_equal(text.data, "one 2 three%");
    ppt_text_add(&text, "");
    ppt_text_add(&text, "%d%s"); /* no format */
    assert_string_equal(text.data, "one 2 three%%d%s");
    assert_int_equal(text.length, strlen(text.data));
    ppt_text_free(&text);
}

static void nothing_added_is_an_empty_string(void **state)
{
    struct ppt_text text = {0};

    (void)state;
    ppt_text_add(&text, "");
    assert_non_null(text.data);
    assert_string_equal(text.data, "");
    assert_int_equal(text.length, 0);
    ppt_text_free(&text);
    ppt_text_addf(&text, "%s", "");
    assert_string_equal(text.data, "");
    ppt_text_free(&text);
}

static void what_is_shown_moves_no_cursor(void **state)
{
    static const struct {
        const char *given, *shown;
        size_t columns;
    } cases[] = {
        {"", "", 9},
        {"\033[31mred\n\r\t\177", "?[31mred????", 12},
        {"\xc2\x9b 2J", "? 2J", 4}, /* U+009B, as good as ESC [ */
        {"\xc2\xa0 \xc3\xa9 \xe2\x82\xac", "\xc2\xa0 \xc3\xa9 \xe2\x82\xac", 5},
        {"cut \xc2", "cut ?", SIZE_MAX},
        {"\x9b 2J", "? 2J", 4}, /* the same in Latin-1 */
        {"a\u202eb\u2066c\u2028d\u200e\u2030", "a?b?c?d\u200e\u2030", SIZE_MAX},
        {"\xc3\xa9\n34567", "\xc3\xa9?34567", 7},
        {"\xc3\xa9\n345678", "\xc3\xa9?34...", 7},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ppt_text text = {0};

        ppt_text_add(&text, ">");
        ppt_text_add_shown(&text, cases[i].given, cases[i].columns);
        assert_string_equal(text.data + 1, cases[i].shown);
        ppt_text_free(&text);
    }
}

static void freed_text_can_be_used_again(void **state)
{
    struct ppt_text text = {0};

    (void)state;
    ppt_text_free(&text);
    ppt_text_add(&text, "first");
    ppt_text_free(&text);
    assert_null(text.data);
    assert_int_equal(text.length, 0);
    ppt_text_add(&text, "second");
    assert_string_equal(text.data, "second");
    ppt_text_free(&text);
    ppt_text_free(&text);
}

static void it_grows_to_any_length(void **state)
{
    struct ppt_text text = {0};
    char *large = malloc(100001);

    (void)state;
    assert_non_null(large);
    memset(large, 'x', 100000);
    large[100000] = '\0';
    for (int i = 0; i < 10000; i++) {
        ppt_text_addf(&text, "%04d", i);
        assert_int_equal(text.length, 4 * (i + 1));
        assert_true(text.capacity > text.length);
    }
    for (size_t i = 0; i < 10000; i++) {
        char expected[8];

        snprintf(expected, sizeof(expected), "%04d", (int)i);
        assert_memory_equal(text.data + 4 * i, expected, 4);
    }
    ppt_text_addf(&text, "%s!", large);
    assert_int_equal(text.length, 40000 + 100001);
    assert_string_equal(text.data + 40000 + 99998, "xx!");
    ppt_text_add(&text, large);
    assert_int_equal(text.length, 40000 + 100001 + 100000);
    assert_int_equal(strlen(text.data), text.length);
    ppt_text_free(&text);
    free(large);
}

/* Every length around what a first buffer may hold. */
static void every_length_fits(void **state)
{
    char word[600];

    (void)state;
    for (size_t length = 0; length < sizeof(word); length++) {
        struct ppt_text text = {0};

        memset(word, 'a', length);
        word[length] = '\0';
        ppt_text_addf(&text, "%s", word);
        assert_string_equal(text.data, word);
        ppt_text_add(&text, word);
        assert_int_equal(strlen(text.data), 2 * length);
        ppt_text_free(&text);
    }
}

static void format_makes_a_new_string(void **state)
{
    char *text = ppt_text_format("%s-%05.1f", "abc", 3.25);
    char *empty = ppt_text_format("%s", "");

    (void)state;
    assert_string_equal(text, "abc-003.2");
    assert_string_equal(empty, "");
    free(text);
    free(empty);
}

/* ---- columns ---- */

static void columns_are_characters(void **state)
{
    (void)state;
    assert_int_equal(ppt_text_columns(""), 0);
    assert_int_equal(ppt_text_columns("abc"), 3);
    assert_int_equal(ppt_text_columns("\xc2\xb5s"), 2);         /* two bytes: micro sign */
    assert_int_equal(ppt_text_columns("\xe2\x89\xa4 1"), 3);    /* three: less or equal */
    assert_int_equal(ppt_text_columns("\xf0\x9d\x94\xb8x"), 2); /* four */
    assert_int_equal(ppt_text_columns("\xc3\xa4\xc3\xb6\xc3\xbc"), 3);
}

static void padding_reaches_the_column(void **state)
{
    struct ppt_text text = {0};
    size_t start;

    (void)state;
    ppt_text_add(&text, "first line\n");
    start = text.length;
    ppt_text_add(&text, "\xc2\xb5s");
    ppt_text_pad(&text, start, 6);
    ppt_text_add(&text, "|");
    assert_string_equal(text.data, "first line\n\xc2\xb5s    |");
    ppt_text_pad(&text, start, 7); /* is there already */
    ppt_text_pad(&text, start, 3); /* is beyond it */
    assert_string_equal(text.data, "first line\n\xc2\xb5s    |");
    start = text.length;
    ppt_text_pad(&text, start, 2); /* from nothing */
    assert_string_equal(text.data + start, "  ");
    ppt_text_free(&text);
}

static void padding_an_empty_text(void **state)
{
    struct ppt_text text = {0};

    (void)state;
    ppt_text_pad(&text, 0, 3);
    assert_string_equal(text.data, "   ");
    assert_int_equal(text.length, 3);
    ppt_text_free(&text);
}

/* ---- suggestions ---- */

static void nearest_name_is_suggested(void **state)
{
    static const char *const names[] = {"sum", "multi", "sort", "password", "iterations", NULL};
    static const struct {
        const char *word, *meant;
    } cases[] = {
        {"sort", "sort"},
        {"sorr", "sort"},
        {"srot", "sort"},
        {"sor", "sort"},
        {"sorts", "sort"},
        {"passwrod", "password"},
        {"pasword", "password"},
        {"paswrod", "password"},
        {"iteratoins", "iterations"},
        {"iteration", "iterations"},
        {"mutli", "multi"},
        {"smu", "sum"},
        {"xyz", NULL},
        {"", NULL},
        {"completely", NULL},
        {"so", NULL}, /* two of four characters are missing, a third of the word is none */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *meant = ppt_text_suggest(cases[i].word, names);

        if (cases[i].meant) {
            assert_non_null(meant);
            assert_string_equal(meant, cases[i].meant);
        } else {
            assert_null(meant);
        }
    }
}

/* A swap of neighbours is one step; two steps of a six-letter word are a third of it. */
static void distance_is_optimal_string_alignment(void **state)
{
    static const char *const names[] = {"abcdef", NULL};
    static const char *const near[] = {"bacdef", "abdcef", "badcef", "abXXef", "bcdefg"};
    static const char *const far[] = {"badcfe", "XXXdef", "abXXXf", "fedcba"};

    (void)state;
    for (size_t i = 0; i < COUNT(near); i++) {
        assert_ptr_equal(ppt_text_suggest(near[i], names), names[0]);
    }
    for (size_t i = 0; i < COUNT(far); i++) {
        assert_null(ppt_text_suggest(far[i], names));
    }
}

static void the_nearest_of_several(void **state)
{
    static const char *const names[] = {"workerxx", "workers", "worker_count", NULL};
    static const char *const none[] = {NULL};

    (void)state;
    assert_ptr_equal(ppt_text_suggest("workerss", names), names[1]);
    assert_null(ppt_text_suggest("workers", none));
}

static void long_words_are_no_trouble(void **state)
{
    char *word = malloc(100001);
    const char *const names[] = {"sum", word, NULL};

    (void)state;
    assert_non_null(word);
    memset(word, 'a', 100000);
    word[100000] = '\0';
    static const char *const known[] = {"sum", "sort", NULL};
    assert_null(ppt_text_suggest(word, known));
    assert_null(ppt_text_suggest("sort", names));
    free(word);
}

/* ---- amounts ---- */

struct amount {
    double value;
    const char *text;
};

static void durations(void **state)
{
    static const struct amount cases[] = {
        {0.01706, "17.06 ms"},       {1.0, "1.000 s"},  {0.001, "1.000 ms"}, {0.5, "500.0 ms"},
        {2.5e-6, "2.500 \xc2\xb5s"}, {12.5, "12.50 s"},
    };
    char out[PPT_UNITS_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ptr_equal(ppt_text_duration(cases[i].value, out), out);
        assert_string_equal(out, cases[i].text);
    }
}

static void shares(void **state)
{
    static const struct amount cases[] = {
        {0.5, "50 %"},      {0.0996, "10 %"},         {0.0994, "9.9 %"},
        {0.0005, "0.1 %"},  {0.00049, "below 0.1 %"}, {0, "below 0.1 %"},
        {-0.031, "-3.1 %"}, {-0.0001, "below 0.1 %"}, {3.51, "351 %"},
    };
    char out[PPT_UNITS_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ptr_equal(ppt_text_percent(cases[i].value, out), out);
        assert_string_equal(out, cases[i].text);
    }
}

static void amounts_of_memory(void **state)
{
    static const char *const units[] = {" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    char out[PPT_UNITS_SIZE];

    (void)state;
    assert_ptr_equal(ppt_text_bytes(UINT64_C(19) << 20, out), out);
    assert_string_equal(out, "19.0 MiB");
    for (size_t i = 0; i < COUNT(units); i++) {
        char *end = NULL;
        const double value = strtod(ppt_text_bytes(UINT64_C(3) << (10 * i + 9), out), &end);

        assert_true(value == 1.5);
        assert_string_equal(end, units[i]);
    }
    for (uint64_t bytes = 1; bytes < UINT64_MAX / 2; bytes += bytes / 7 + 1) {
        char *end = NULL;
        double value = strtod(ppt_text_bytes(bytes, out), &end);

        for (size_t i = 0; i < COUNT(units) && strcmp(end, " bytes") != 0; i++) {
            value *= 1024;
            if (strcmp(end, units[i]) == 0) {
                break;
            }
        }
        assert_true(fabs(value / (double)bytes - 1) < 0.05);
    }
}

static unsigned digits(const char *text)
{
    unsigned count = 0;

    for (; *text && *text != ' ' && *text != 'e'; text++) {
        count += *text >= '0' && *text <= '9';
    }
    return count;
}

/* No value gives more than four digits (or a number of seconds, which has no larger unit), and
 * reading the text back gives the value within what its digits can say. */
static void durations_keep_their_digits(void **state)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"ns", 1e-9}, {"\xc2\xb5s", 1e-6}, {"ms", 1e-3},
                 {"s", 1},     {"min", 60},         {"h", 3600}};

    (void)state;
    for (double value = 1.0e-9; value < 5000; value *= 1.00317) {
        char out[PPT_UNITS_SIZE];
        char *unit = NULL;
        const double number = strtod(ppt_text_duration(value, out), &unit);
        bool known = false;

        for (size_t i = 0; i < COUNT(units); i++) {
            if (strcmp(unit, units[i].name) == 0 ||
                (*unit == ' ' && strcmp(unit + 1, units[i].name) == 0)) {
                known = true;
                assert_true(fabs(number * units[i].seconds / value - 1) < 0.0051);
                assert_true(number >= 0.999);
                assert_true(number < 1000 || units[i].seconds >= 1);
            }
        }
        assert_true(known);
        assert_in_range(digits(out), 1, 4);
    }
}

/* 999.96 ms must not become "1000.0 ms". */
static void rounding_up_reaches_the_next_unit(void **state)
{
    char out[PPT_UNITS_SIZE];

    (void)state;
    assert_true(digits(ppt_text_duration(0.99999999, out)) <= 4);
    assert_true(digits(ppt_text_duration(0.99999999e-3, out)) <= 4);
    assert_true(digits(ppt_text_bytes((UINT64_C(1) << 20) - 1, out)) <= 4);
    assert_true(digits(ppt_text_bytes((UINT64_C(1) << 30) - 1, out)) <= 4);
    assert_true(digits(ppt_text_rate(999.99999, out)) <= 4);
    assert_true(digits(ppt_text_rate(999999.99, out)) <= 4);
    assert_true(digits(ppt_text_duration(9.99999, out)) <= 4);
    assert_true(digits(ppt_text_duration(99.99999, out)) <= 4);
}

static void odd_amounts_fit(void **state)
{
    static const double values[] = {0.0, -0.0, -1.5, 1e-12, 1e-300, 1e9, 1e300, INFINITY, NAN};
    char out[PPT_UNITS_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        assert_in_range(strlen(ppt_text_duration(values[i], out)), 1, PPT_UNITS_SIZE - 1);
        assert_in_range(strlen(ppt_text_rate(values[i], out)), 1, PPT_UNITS_SIZE - 1);
    }
    assert_string_equal(ppt_text_bytes(UINT64_MAX, out), "16.0 EiB");
    assert_true(ppt_text_bytes(0, out)[0] == '0');
}

static void rates_of_any_size(void **state)
{
    static const struct {
        const char *name;
        double factor;
    } units[] = {{"", 1}, {" k", 1e3}, {" M", 1e6}, {" G", 1e9}, {" T", 1e12}};
    char out[PPT_UNITS_SIZE];

    (void)state;
    assert_ptr_equal(ppt_text_rate(12.34, out), out);
    for (double rate = 1.0; rate < 1e15; rate *= 1.0317) {
        char *end = NULL;
        const double number = strtod(ppt_text_rate(rate, out), &end);
        size_t i = 0;

        while (i < COUNT(units) && strcmp(end, units[i].name) != 0) {
            i++;
        }
        assert_true(i < COUNT(units));
        assert_true(fabs(number * units[i].factor / rate - 1) < 0.0051);
        assert_in_range(digits(out), 3, 4);
    }
    assert_true(fabs(strtod(ppt_text_rate(0.5, out), NULL) - 0.5) < 0.003);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding_appends),
        cmocka_unit_test(nothing_added_is_an_empty_string),
        cmocka_unit_test(what_is_shown_moves_no_cursor),
        cmocka_unit_test(freed_text_can_be_used_again),
        cmocka_unit_test(it_grows_to_any_length),
        cmocka_unit_test(every_length_fits),
        cmocka_unit_test(format_makes_a_new_string),
        cmocka_unit_test(columns_are_characters),
        cmocka_unit_test(padding_reaches_the_column),
        cmocka_unit_test(padding_an_empty_text),
        cmocka_unit_test(nearest_name_is_suggested),
        cmocka_unit_test(distance_is_optimal_string_alignment),
        cmocka_unit_test(the_nearest_of_several),
        cmocka_unit_test(long_words_are_no_trouble),
        cmocka_unit_test(durations),
        cmocka_unit_test(shares),
        cmocka_unit_test(amounts_of_memory),
        cmocka_unit_test(durations_keep_their_digits),
        cmocka_unit_test(rounding_up_reaches_the_next_unit),
        cmocka_unit_test(odd_amounts_fit),
        cmocka_unit_test(rates_of_any_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
