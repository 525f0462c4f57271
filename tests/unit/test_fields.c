/*
 * Records by rows: what is written and read of each kind, what may be missing, what is shown, and
 * sums.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "field.h"
#include "unit.h"

struct inner {
    int64_t spent_ns;
    char *name;
};

struct record {
    unsigned count;
    int place;
    uint64_t large, digest;
    double share;
    struct inner flat;
    int64_t lost_ns, seen, later, idle_ns, turns;
    char *word;
    struct inner *list;
    size_t length;
    unsigned few[2];
    size_t few_count;
};

static const struct ppt_field inner_fields[] = {
    {PPT_FIELD(struct inner, spent_ns, "spent_ns"), .flags = PPT_FIELD_SHOWN, .largest = 1e18},
    {PPT_FIELD(struct inner, name, "name"), .flags = PPT_FIELD_SPARSE},
    {0},
};

static const struct ppt_field one_fields[] = {
    {.key = "one", .kind = PPT_FIELD_UNSIGNED, .largest = 9},
    {0},
};

static const struct ppt_field fields[] = {
    {PPT_FIELD(struct record, count, "count"), .smallest = -1, .largest = 1e18},
    {PPT_FIELD(struct record, place, "place"), .smallest = -1, .largest = 1e18},
    {PPT_FIELD(struct record, large, "large"), .largest = 1e18},
    {.key = "digest", .kind = PPT_FIELD_DIGEST, .offset = offsetof(struct record, digest)},
    {PPT_FIELD(struct record, share, "share"), .flags = PPT_FIELD_EXACT, .largest = 1},
    {PPT_FIELD_INNER(struct record, flat, NULL, inner_fields), .flags = PPT_FIELD_SHOWN},
    {PPT_FIELD(struct record, lost_ns, "lost_ns"),
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SHOWN_LAST | PPT_FIELD_BELOW_0, .smallest = -1,
     .largest = 1e18},
    {PPT_FIELD(struct record, seen, "seen"), .flags = PPT_FIELD_SHOWN | PPT_FIELD_NOT_0,
     .largest = 1e18},
    {PPT_FIELD(struct record, later, "later"), .flags = PPT_FIELD_OPTIONAL, .largest = 1e18},
    {PPT_FIELD(struct record, idle_ns, "idle_ns"), .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE,
     .largest = 1e18},
    {PPT_FIELD(struct record, turns, "turns"), .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE,
     .largest = 1e18},
    {PPT_FIELD(struct record, word, "word"), .flags = PPT_FIELD_OPTIONAL, .missing = "unknown"},
    {.key = "list",
     .kind = PPT_FIELD_LIST,
     .flags = PPT_FIELD_SOMETIMES,
     .offset = offsetof(struct record, list),
     .count_offset = offsetof(struct record, length),
     .rows = inner_fields,
     .size = sizeof(struct inner)},
    {.key = "few",
     .kind = PPT_FIELD_LIST,
     .flags = PPT_FIELD_OPTIONAL | PPT_FIELD_IN_PLACE,
     .offset = offsetof(struct record, few),
     .count_offset = offsetof(struct record, few_count),
     .rows = one_fields,
     .size = sizeof(unsigned),
     .most = 2,
     .noun = "ones"},
    {0},
};

#define WHOLE                                                                                      \
    "{\"count\":3,\"place\":-1,\"large\":7,\"digest\":\"00000000000000ff\",\"share\":0.5,"         \
    "\"spent_ns\":1500000000,\"lost_ns\":-1,\"seen\":0,\"later\":4,\"word\":\"w\",\"list\":"       \
    "[{\"spent_ns\":1,\"name\":\"n\"},{\"spent_ns\":2}],\"few\":[{\"one\":1},{\"one\":2}]}"

static enum ppt_status read(const char *text, unsigned which, struct record *record,
                            struct ppt_error *error)
{
    struct ppt_source source;
    struct ppt_item item = {.source = &source};
    enum ppt_status status;

    *record = (struct record){0};
    *error = (struct ppt_error){""};
    ppt_source_from_line(&source, "t", text, strlen(text), 1);
    assert_int_equal(ppt_json_parse(&source, &item.value, error), PPT_OK);
    status = ppt_fields_read(fields, &item, which, record, error);
    json_object_put(item.value);
    ppt_source_free(&source);
    return status;
}

static void assert_written(const struct record *record, unsigned which, const char *expected)
{
    json_object *object = json_object_new_object();

    ppt_fields_write(fields, record, which, object);
    assert_string_equal(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN), expected);
    json_object_put(object);
}

static void what_is_written_reads_back(void **state)
{
    struct record record;
    struct ppt_error error;

    (void)state;
    assert_int_equal(read(WHOLE, PPT_FIELD_SOMETIMES, &record, &error), PPT_OK);
    assert_int_equal(record.digest, 255);
    assert_int_equal(record.flat.spent_ns, 1500000000);
    assert_int_equal(record.length, 2);
    assert_string_equal(record.list[0].name, "n");
    assert_null(record.list[1].name);
    assert_int_equal(record.few[1], 2);
    assert_written(&record, PPT_FIELD_SOMETIMES, WHOLE);
    ppt_fields_free(fields, &record);
}

/* Seconds, null for what is not known, and a total behind its parts. */
static void the_shown_form_is_for_people(void **state)
{
    struct record record = {.flat.spent_ns = 1500000000, .lost_ns = -1, .seen = 0};

    (void)state;
    assert_written(&record, PPT_FIELD_SHOWN, "{\"spent_s\":1.5,\"seen\":null,\"lost_s\":null}");
    record.seen = 2;
    record.lost_ns = 1;
    assert_written(&record, PPT_FIELD_SHOWN, "{\"spent_s\":1.5,\"seen\":2,\"lost_s\":1e-09}");
    /* No time by its name, and what is there only where it is not 0. */
    record.idle_ns = 2000000000;
    record.turns = 3;
    assert_written(&record, PPT_FIELD_SHOWN,
                   "{\"spent_s\":1.5,\"seen\":2,\"idle_s\":2,\"turns\":3,\"lost_s\":1e-09}");
}

#define START "{\"count\":3,\"place\":0,\"large\":7,\"digest\":\"00000000000000ff\",\"share\":0,"
#define OLD START "\"spent_ns\":1,\"lost_ns\":1,\"seen\":1"

static void earlier_programs_wrote_less(void **state)
{
    struct record record;
    struct ppt_error error;

    (void)state;
    assert_int_equal(read(OLD "}", 0, &record, &error), PPT_OK);
    assert_int_equal(record.later, 0);
    assert_int_equal(record.few_count, 0);
    assert_string_equal(record.word, "unknown");
    ppt_fields_free(fields, &record);
}

static void wrong_values_are_refused_by_name(void **state)
{
    static const struct {
        const char *text;
        unsigned which;
        const char *message;
    } cases[] = {
        {"{}", 0, "t:1:1: \"count\" is missing"},
        {"{\"count\":-2}", 0, "t:1:10: count: -2 is below -1"},
        {"{\"count\":1.5}", 0, "t:1:10: count: 1.5 is not a whole number"},
        {"{\"count\":1,\"place\":1,\"large\":1,\"digest\":\"12\"}", 0,
         "t:1:41: digest: is not a digest of 16 digits"},
        {START "\"spent_ns\":\"x\"}", 0, "t:1:81: spent_ns: \"x\" is not a number"},
        {OLD ",\"word\":1}", 0, "t:1:111: word: 1 is not a text in quotes"},
        {OLD "}", PPT_FIELD_SOMETIMES, "t:1:1: \"list\" is missing"},
        {OLD ",\"list\":1}", PPT_FIELD_SOMETIMES, "t:1:111: list: must be a list"},
        {OLD ",\"list\":[{\"spent_ns\":1,\"name\":\"n\"},{}]}", PPT_FIELD_SOMETIMES,
         "t:1:138: list[1]: \"spent_ns\" is missing"},
        {OLD ",\"few\":[{\"one\":1},{\"one\":2},{\"one\":3}]}", 0,
         "t:1:110: few: must be a list of at most 2 ones"},
        {OLD ",\"few\":1}", 0, "t:1:110: few: must be a list of at most 2 ones"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct record record;
        struct ppt_error error;

        assert_int_equal(read(cases[i].text, cases[i].which, &record, &error), PPT_BAD_INPUT);
        assert_string_equal(error.text, cases[i].message);
        ppt_fields_free(fields, &record);
    }
}

/* So that a check of the bounds that it has to keep cannot let it pass. */
static void what_does_not_fit_becomes_the_largest(void **state)
{
    struct record record;
    struct ppt_error error;

    (void)state;
    read("{\"count\":4294967296,\"place\":4294967297}", 0, &record, &error);
    assert_true(record.count == UINT_MAX);
    assert_int_equal(record.place, INT_MAX);
    read("{\"count\":-1}", 0, &record, &error);
    assert_true(record.count == UINT_MAX);
}

static void sums_with_unknowns_are_unknown(void **state)
{
    struct record sum = {.lost_ns = 5, .seen = 7, .count = 1}, one = {.lost_ns = 2, .seen = -1};

    (void)state;
    ppt_fields_add(fields, &sum, &one, -1);
    assert_int_equal(sum.lost_ns, 3);
    assert_int_equal(sum.seen, 8);
    assert_int_equal(sum.count, 1);
    one.lost_ns = -1;
    ppt_fields_add(fields, &sum, &one, 1);
    assert_int_equal(sum.lost_ns, -1);
    sum.lost_ns = -1;
    one.lost_ns = 2;
    ppt_fields_add(fields, &sum, &one, 1);
    assert_int_equal(sum.lost_ns, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_shown_form_is_for_people),
        cmocka_unit_test(earlier_programs_wrote_less),
        cmocka_unit_test(wrong_values_are_refused_by_name),
        cmocka_unit_test(what_does_not_fit_becomes_the_largest),
        cmocka_unit_test(sums_with_unknowns_are_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
