/*
 * What is filled into the words of programs.
 */
#include <string.h>

#include "places.h"
#include "unit.h"

#define ROOM 4096

/* Never longer than was said. */
static void check_fill(const struct ppt_places *places, const char *word, const char *filled)
{
    char out[ROOM];
    const size_t size = ppt_places_size(places, word);

    assert_true(size <= sizeof(out));
    memset(out, '~', sizeof(out));
    const char *end = ppt_places_fill(places, word, out);
    assert_string_equal(out, filled);
    assert_ptr_equal(end, out + strlen(filled) + 1);
    assert_true((size_t)(end - out) <= size);
}

static void check_input(const char *input, const char *filled)
{
    const struct ppt_places places = {.input = input};

    check_fill(&places, "{} {.} {/} {//} {/.}", filled);
}

static void parts_of_an_input(void **state)
{
    (void)state;
    check_input("a.log", "a.log a a.log . a");
    check_input("a", "a a a . a");
    check_input("dir/a.tar.gz", "dir/a.tar.gz dir/a.tar a.tar.gz dir a.tar");
    check_input("/a.b", "/a.b /a a.b / a");
    check_input("x.d/a", "x.d/a x.d/a a x.d a");
    check_input("x.d/y//a.c", "x.d/y//a.c x.d/y//a a.c x.d/y a");
    check_input("./a b.c", "./a b.c ./a b a b.c . a b");
    check_input("dir/", "dir/ dir/  . ");
    check_input("/", "/ /  / ");
    check_input("", "   . ");
    check_input("{}", "{} {} {} . {}");
}

static void numbers(void **state)
{
    const struct ppt_places without = {
        .task = 7, .worker = 2, .workers = 4, .inner_threads = 3, .scratch = "/tmp/s"};
    struct ppt_places with = without;

    (void)state;
    with.input = "i";
    check_fill(&without, "{task}-{worker}-{workers}-{inner_threads}-{scratch}", "7-2-4-3-/tmp/s");
    check_fill(&with, "{task}{#}{%}{}{worker}", "783i2");
    with.task = UINT64_MAX - 1;
    check_fill(&with, "{#}", "18446744073709551615");
}

/* Without inputs their places are text, as is everything else in braces. */
static void what_stays(void **state)
{
    static const char *const words[] = {
        "{} {.} {/} {//} {/.} {#} {%}", "{", "}", "{task", "{ task}", "{foo}", "{}}{{"};
    const struct ppt_places without = {.task = 7}, with = {.input = "i"};

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        check_fill(&without, words[i], words[i]);
    }
    check_fill(&with, "${#} ${} $x{}", "${#} ${} $xi");
    check_fill(&with, "{}{}", "ii");
    check_fill(&with, "{{}}", "{i}");
}

static void names(void **state)
{
    (void)state;
    assert_int_equal(ppt_place_at("{foo}"), -1);
    assert_int_equal(ppt_place_at(""), -1);
    assert_int_equal(ppt_place_at("task}"), -1);
    for (int i = 0; ppt_place_names[i]; i++) {
        char text[64];

        snprintf(text, sizeof(text), "{%s}x", ppt_place_names[i]);
        assert_int_equal(ppt_place_at(text), i);
        assert_true(ppt_place_needs_input(i) || !ppt_place_names_input(i));
    }
    assert_true(ppt_place_names_input(ppt_place_at("{/.}")));
    assert_false(ppt_place_names_input(ppt_place_at("{#}")));
    assert_true(ppt_place_needs_input(ppt_place_at("{#}")));
    assert_false(ppt_place_needs_input(ppt_place_at("{scratch}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_an_input),
        cmocka_unit_test(numbers),
        cmocka_unit_test(what_stays),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
