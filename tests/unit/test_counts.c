/*
 * Lists of counts as people type them.
 */
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "unit.h"

static const unsigned automatic[] = {0, 1, 2, 4, 6};

static struct ppt_counts_rule rule_for(unsigned cpus)
{
    return (struct ppt_counts_rule){.largest = 64,
                                    .example = "counts",
                                    .of_machine = true,
                                    .cpus = cpus,
                                    .choice = automatic,
                                    .choice_count = cpus > 0 ? COUNT(automatic) : 0};
}

static void check_list(const char *text, unsigned cpus, const unsigned *numbers, size_t count)
{
    const struct ppt_counts_rule rule = rule_for(cpus);
    struct ppt_counts counts = {0};
    struct ppt_error error = {""};

    require(ppt_counts_read(text, &rule, &counts, &error), &error);
    assert_int_equal(counts.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(counts.numbers[i], numbers[i]);
    }
    free(counts.numbers);
}

#define LIST(...) ((const unsigned[]){__VA_ARGS__})
#define CHECK_LIST(text, ...) check_list(text, 6, LIST(__VA_ARGS__), COUNT(LIST(__VA_ARGS__)))

static void numbers_and_ranges(void **state)
{
    (void)state;
    CHECK_LIST("4", 4);
    CHECK_LIST("0,1,2", 0, 1, 2);
    CHECK_LIST(" 2 , 0", 2, 0);
    CHECK_LIST("1,1", 1, 1);
    CHECK_LIST("0-4", 0, 1, 2, 3, 4);
    CHECK_LIST("3-3", 3);
    CHECK_LIST("0,6-8,64", 0, 6, 7, 8, 64);
}

static void steps_and_factors(void **state)
{
    (void)state;
    CHECK_LIST("1-9:2", 1, 3, 5, 7, 9);
    CHECK_LIST("1-9:+2", 1, 3, 5, 7, 9);
    CHECK_LIST("1-16:+5", 1, 6, 11, 16);
    CHECK_LIST("1-16:+6", 1, 7, 13);
    CHECK_LIST("1-16:*2", 1, 2, 4, 8, 16);
    CHECK_LIST("0-20:*2", 0, 1, 2, 4, 8, 16);
    CHECK_LIST("2-20:*3", 2, 6, 18);
    CHECK_LIST("1-6:*1.5", 1, 2, 3, 5);
    CHECK_LIST("0,2-8:*2,64", 0, 2, 4, 8, 64);
}

static void what_the_machine_says(void **state)
{
    (void)state;
    CHECK_LIST("50%", 3);
    CHECK_LIST("1%", 1);
    CHECK_LIST("25%,100%,200%", 2, 6, 12);
    CHECK_LIST("auto", 0, 1, 2, 4, 6);
    CHECK_LIST("0,50%", 0, 3);
    CHECK_LIST("auto,12", 0, 1, 2, 4, 6, 12);
}

static void a_machine_that_is_not_known_yet(void **state)
{
    const struct ppt_counts_rule rule = rule_for(0);
    struct ppt_counts counts = {0};
    struct ppt_error error = {""};

    (void)state;
    require(ppt_counts_read("50%,auto,3", &rule, &counts, &error), &error);
    assert_true(counts.of_machine);
    assert_int_equal(counts.count, 1);
    free(counts.numbers);
    counts = (struct ppt_counts){0};
    require(ppt_counts_read("3", &rule, &counts, &error), &error);
    assert_false(counts.of_machine);
    free(counts.numbers);
}

static void check_refused(const char *text, const struct ppt_counts_rule *rule, const char *message)
{
    struct ppt_counts counts = {0};
    struct ppt_error error = {""};

    assert_int_equal(ppt_counts_read(text, rule, &counts, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text, message);
    assert_null(counts.numbers);
}

static void what_is_no_list(void **state)
{
    static const char *const texts[] = {"",    "a",     "2.5",  "1;2",     "0x2",   "1-",   "-",
                                        "1-a", "1-4-6", "50 %", "0%",      "autos", "1 2",  "4:2",
                                        "*2",  "+1",    "%",    "1..4",    "1e1",   "-1-4", "1%-2%",
                                        "2,",  ",2",    "1,,2", "5000000%"};
    const struct ppt_counts_rule rule = rule_for(6);

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ppt_counts counts = {0};
        struct ppt_error error = {""};

        assert_int_equal(ppt_counts_read(texts[i], &rule, &counts, &error), PPT_BAD_INPUT);
        assert_non_null(strstr(error.text, "is no count; give counts"));
    }
}

static void what_is_out_of_bounds(void **state)
{
    struct ppt_counts_rule rule = rule_for(6);

    (void)state;
    check_refused("0,-2", &rule, "-2 is below 0");
    check_refused("65", &rule, "65 is above 64");
    check_refused("0-65", &rule, "65 is above 64");
    check_refused("99999999999999999999999", &rule, "99999999999999999999999 is above 64");
    check_refused("2000%", &rule, "\"2000%\" of 6 CPUs is above 64");
    check_refused("4-1", &rule, "\"4-1\" runs backwards; say 1-4");
    rule.smallest = 1;
    check_refused("0", &rule, "0 is below 1");
    rule.of_machine = false;
    check_refused("auto", &rule, "\"auto\" is no count; give counts");
    check_refused("50%", &rule, "\"50%\" is no count; give counts");
}

static void steps_that_lead_nowhere(void **state)
{
    static const char *const texts[] = {"1-4:",  "1-4:0",   "1-4:*1", "1-4:*0.5",
                                        "1-4:x", "1-4:1.5", "1-4:-1", "1-4:*nan"};
    const struct ppt_counts_rule rule = rule_for(6);

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ppt_counts counts = {0};
        struct ppt_error error = {""};

        assert_int_equal(ppt_counts_read(texts[i], &rule, &counts, &error), PPT_BAD_INPUT);
        assert_non_null(strstr(error.text, "behind the colon"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_ranges),
        cmocka_unit_test(steps_and_factors),
        cmocka_unit_test(what_the_machine_says),
        cmocka_unit_test(a_machine_that_is_not_known_yet),
        cmocka_unit_test(what_is_no_list),
        cmocka_unit_test(what_is_out_of_bounds),
        cmocka_unit_test(steps_that_lead_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
