/*
 * The password kernel.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "hash_set.h"
#include "rng.h"
#include "tries.h"

extern const struct ppt_kernel ppt_kernel_password;

enum { STORED, TRIED, LENGTHS, RATIO, HASH, T_COST, M_COST, LANES, LOOKUP, ARGS };
enum { SHA256, ARGON2ID };
enum { SCAN, SET };

#define ARGUMENTS(stored, tried, low, high, ratio, hash, m_cost, lanes)                            \
    {                                                                                              \
        {.integer = (stored)}, {.integer = (tried)}, {.span = {(low), (high)}}, {.real = (ratio)}, \
            {.choice = (hash)}, {.integer = 1}, {.integer = (m_cost)}, {.integer = (lanes)},       \
            {.choice = SCAN},                                                                      \
    }

static const union ppt_value fast[ARGS] = ARGUMENTS(100, 1000, 12, 20, 0.8, SHA256, 19456, 1);
static const union ppt_value slow[ARGS] = ARGUMENTS(5, 20, 12, 20, 0.8, ARGON2ID, 64, 1);

static uint64_t digest_of(const union ppt_value *args, uint64_t index, unsigned inner_threads)
{
    struct fixture f;

    fixture_start(&f, &ppt_kernel_password, args);
    fixture_attach(&f, inner_threads);
    const uint64_t digest = fixture_run(&f, index);
    fixture_stop(&f);
    return digest;
}

static void digests_depend_on_task_alone(void **state)
{
    const union ppt_value *const sets[] = {fast, slow};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;

        fixture_start(&f, &ppt_kernel_password, sets[i]);
        const uint64_t first = fixture_run(&f, 0);
        const uint64_t second = fixture_run(&f, 1);

        fixture_stop(&f);
        assert_int_not_equal(first, second);
        assert_int_equal(digest_of(sets[i], 1, 1), second);
        assert_int_equal(digest_of(sets[i], 0, 1), first);
    }
}

static void every_argument_matters(void **state)
{
    static const union ppt_value others[][ARGS] = {
        ARGUMENTS(6, 20, 12, 20, 0.8, ARGON2ID, 64, 1),
        ARGUMENTS(5, 21, 12, 20, 0.8, ARGON2ID, 64, 1),
        ARGUMENTS(5, 20, 12, 21, 0.8, ARGON2ID, 64, 1),
        ARGUMENTS(5, 20, 12, 20, 0.2, ARGON2ID, 64, 1),
        ARGUMENTS(5, 20, 12, 20, 0.8, SHA256, 64, 1),
        ARGUMENTS(5, 20, 12, 20, 0.8, ARGON2ID, 72, 1),
        ARGUMENTS(5, 20, 12, 20, 0.8, ARGON2ID, 64, 2),
    };
    union ppt_value passes[ARGS];
    const uint64_t digest = digest_of(slow, 0, 1);

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_not_equal(digest_of(others[i], 0, 1), digest);
    }
    memcpy(passes, slow, sizeof(passes));
    passes[T_COST].integer = 2;
    assert_int_not_equal(digest_of(passes, 0, 1), digest);
}

static void threads_do_not_matter(void **state)
{
    static const union ppt_value lanes[ARGS] = ARGUMENTS(2, 5, 12, 20, 0.8, ARGON2ID, 1024, 4);
    const uint64_t digest = digest_of(lanes, 0, 1);

    (void)state;
    assert_int_equal(digest_of(lanes, 0, 2), digest);
    assert_int_equal(digest_of(lanes, 0, 16), digest);
}

static void serves_several_argument_sets(void **state)
{
    static const union ppt_value args[][ARGS] = {
        ARGUMENTS(3, 5, 1, 1024, 0.5, ARGON2ID, 64, 1),
        ARGUMENTS(1000, 10, 6, 21, 0.5, SHA256, 8, 1),
        ARGUMENTS(1, 1, 1, 1, 1, SHA256, 8, 1),
        ARGUMENTS(2, 2, 30, 40, 0, ARGON2ID, 256, 2),
    };
    const union ppt_value *const sets[] = {args[0], args[1], args[2], args[3]};
    struct ppt_error error = {""};
    struct fixture f;

    (void)state;
    fixture_start_sets(&f, &ppt_kernel_password, sets, 4);
    for (uint64_t i = 0; i < 12; i++) {
        const size_t set = i * 3 % 4;
        const struct ppt_task task = {.seed = 1, .index = i, .set = set, .args = sets[set]};
        uint64_t digest = 0;

        assert_int_equal(ppt_kernel_password.run(f.local, &task, &digest, &error), PPT_OK);
        assert_int_equal(digest, digest_of(args[set], i, 1));
    }
    fixture_stop(&f);
}

/* Counts lines of hashes and returns the matches, and in *compared the comparisons. */
static unsigned long counted(const union ppt_value *args, uint64_t index, unsigned long *compared)
{
    char line[100];
    unsigned long matches = 0;
    int64_t lines = 0;
    struct fixture f;
    FILE *file;

    fixture_start(&f, &ppt_kernel_password, args);
    file = fixture_dump(&f, index);
    while (fgets(line, sizeof(line), file) && strlen(line) == 2 * PPT_HASH_BYTES + 1) {
        assert_int_equal(strspn(line, "0123456789abcdef"), 2 * PPT_HASH_BYTES);
        lines++;
    }
    /* Hashes of passwords that are the same are stored once. */
    assert_true(args[LENGTHS].span.low < 12 ? lines <= 62 : lines == args[STORED].integer);
    assert_memory_equal(line, "compared ", 9);
    *compared = strtoul(line + 9, NULL, 10);
    assert_non_null(fgets(line, sizeof(line), file));
    assert_memory_equal(line, "matches ", 8);
    matches = strtoul(line + 8, NULL, 10);
    assert_null(fgets(line, sizeof(line), file));
    fclose(file);
    fixture_stop(&f);
    return matches;
}

static unsigned long dumped(const union ppt_value *args, uint64_t index)
{
    unsigned long compared;

    return counted(args, index, &compared);
}

/* A wrong one is compared with all that are stored; of right ones that are each tried once, one
 * with the first, one with the first two ...; a set compares with none. */
static void a_scan_compares_one_by_one(void **state)
{
    union ppt_value args[ARGS] = ARGUMENTS(100, 1000, 20, 20, 0, SHA256, 8, 1);
    unsigned long compared;

    (void)state;
    assert_int_equal(counted(args, 0, &compared), 0);
    assert_int_equal(compared, 100 * 1000);
    args[TRIED].integer = 100;
    args[RATIO].real = 1;
    assert_int_equal(counted(args, 0, &compared), 100);
    assert_int_equal(compared, 100 * 101 / 2);
    args[LOOKUP].choice = SET;
    assert_int_equal(counted(args, 0, &compared), 100);
    assert_int_equal(compared, 0);
}

/* Cut off as Python's int() does it: 0.29 of 100 is a little less than 29. */
static void right_ones_are_exactly_as_many(void **state)
{
    static const struct {
        int64_t stored, tried;
        double ratio;
        unsigned long right;
    } cases[] = {
        {100, 1000, 0.788, 788}, {100, 1000, 1, 1000}, {100, 1000, 0, 0}, {1000, 1000, 0.5, 500},
        {1000, 999, 0.5, 499},   {5, 100, 0.29, 28},   {5, 0, 1, 0},      {0, 20, 0, 0},
    };
    union ppt_value args[ARGS];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memcpy(args, fast, sizeof(args));
        args[STORED].integer = cases[i].stored;
        args[TRIED].integer = cases[i].tried;
        args[RATIO].real = cases[i].ratio;
        for (int lookup = SCAN; lookup <= SET; lookup++) {
            args[LOOKUP].choice = lookup;
            assert_int_equal(dumped(args, 0), cases[i].right);
            assert_int_equal(dumped(args, 1), cases[i].right);
        }
    }
    memcpy(args, slow, sizeof(args));
    assert_int_equal(dumped(args, 0), 16);
}

static void none_stored_cannot_be_tried(void **state)
{
    union ppt_value args[ARGS] = ARGUMENTS(0, 10, 1, 1, 0.25, SHA256, 8, 1);
    const union ppt_value *const sets[] = {args};
    const struct ppt_setup setup = {.seed = 1, .sets = sets, .set_count = 1, .inner_threads = 1};
    struct ppt_error error = {""};
    void *shared;

    (void)state;
    assert_int_equal(ppt_kernel_password.open(&setup, &shared, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text, "password: stored: 0 leaves none to be the 2 right ones of "
                                    "those tried; a ratio of 0 needs none");
    args[RATIO].real = 0.09;
    assert_int_equal(ppt_kernel_password.open(&setup, &shared, &error), PPT_OK);
}

/* Both lookups answer the same, so a task has the same result. */
static void lookups_agree(void **state)
{
    union ppt_value set[ARGS];

    (void)state;
    memcpy(set, fast, sizeof(set));
    set[LOOKUP].choice = SET;
    assert_int_equal(digest_of(fast, 0, 1), digest_of(set, 0, 1));
}

#define STORED_MANY 50
#define TRIED_MANY 80

/* Right ones that suffice are each tried once at most, in any order and any place; of 2000 lists,
 * each stored one and each place gets its share (within 6 standard deviations). */
static void tries_are_fair(void **state)
{
    size_t by_stored[STORED_MANY] = {0}, by_place[TRIED_MANY] = {0};
    uint32_t deck[STORED_MANY];
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 3, 0, PPT_STREAM_SIDE);
    for (size_t list = 0; list < 2000; list++) {
        bool seen[STORED_MANY] = {false};
        size_t right = 0;
        struct ppt_tries tries;

        ppt_tries_start(&tries, TRIED_MANY, 20, deck, STORED_MANY);
        for (size_t place = 0; place < TRIED_MANY; place++) {
            uint64_t which = 0;

            if (ppt_tries_next(&tries, &rng, &which)) {
                assert_true(which < STORED_MANY && !seen[which]);
                seen[which] = true;
                by_stored[which]++;
                by_place[place]++;
                right++;
            }
        }
        assert_int_equal(right, 20);
    }
    for (size_t i = 0; i < STORED_MANY; i++) {
        assert_in_range(by_stored[i], 800 - 132, 800 + 132);
    }
    for (size_t i = 0; i < TRIED_MANY; i++) {
        assert_in_range(by_place[i], 500 - 117, 500 + 117);
    }
}

/* More right ones than are stored: any of them, again and again. */
static void tries_repeat_when_they_must(void **state)
{
    size_t counts[4] = {0};
    struct ppt_tries tries;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 4, 0, PPT_STREAM_SIDE);
    ppt_tries_start(&tries, 4000, 4000, (uint32_t[4]){0}, 4);
    for (size_t i = 0; i < 4000; i++) {
        uint64_t which = 4;

        assert_true(ppt_tries_next(&tries, &rng, &which));
        assert_true(which < 4);
        counts[which]++;
    }
    for (size_t i = 0; i < 4; i++) {
        assert_in_range(counts[i], 1000 - 165, 1000 + 165);
    }
}

/* There are 62 passwords of one character, and one of none: of 31 stored ones, about 24.5 are
 * different, and each tried one is among them with about 0.39; with 2000 stored, all are known. */
static void short_passwords_repeat(void **state)
{
    static const union ppt_value some[ARGS] = ARGUMENTS(31, 2000, 1, 1, 0, SHA256, 8, 1);
    static const union ppt_value all[ARGS] = ARGUMENTS(2000, 2000, 1, 1, 0, SHA256, 8, 1);
    static const union ppt_value empty[ARGS] = ARGUMENTS(3, 10, 0, 0, 0, SHA256, 8, 1);

    (void)state;
    assert_in_range(dumped(some, 0), 400, 1200);
    assert_int_equal(dumped(all, 0), 2000);
    assert_int_equal(dumped(empty, 0), 10);
}

static void lanes_need_memory(void **state)
{
    union ppt_value args[ARGS] = ARGUMENTS(1, 1, 1, 1, 1, ARGON2ID, 31, 4);
    const union ppt_value *const sets[] = {fast, args};
    const struct ppt_setup setup = {.seed = 1, .sets = sets, .set_count = 2, .inner_threads = 1};
    struct ppt_error error = {""};
    void *shared;

    (void)state;
    assert_int_equal(ppt_kernel_password.open(&setup, &shared, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text, "password: m_cost_kib: 31 is too little for 4 lanes; Argon2 "
                                    "needs at least 8 KiB for each, which makes 32");
    args[HASH].choice = SHA256;
    assert_int_equal(ppt_kernel_password.open(&setup, &shared, &error), PPT_OK);
    args[HASH].choice = ARGON2ID;
    args[M_COST].integer = 32;
    assert_int_equal(ppt_kernel_password.open(&setup, &shared, &error), PPT_OK);
    assert_int_not_equal(digest_of(args, 0, 1), 0);
}

static void draws_and_needs_are_in_range(void **state)
{
    struct ppt_needs argon2id = {0}, sha256 = {0};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 1, 0, PPT_STREAM_MIX);
    for (int i = 0; i < 2000; i++) {
        union ppt_value args[ARGS];

        memcpy(args, slow, sizeof(args));
        ppt_kernel_password.draw(&rng, args);
        assert_in_range(args[STORED].integer, 1000, 10000);
        assert_in_range(args[TRIED].integer, 100, 1000);
        assert_in_range(args[LENGTHS].span.low, 6, 20);
        assert_in_range(args[LENGTHS].span.high, 21, 30);
        assert_true(args[RATIO].real >= 0.1 && args[RATIO].real <= 0.9);
        assert_int_equal(args[HASH].choice, SHA256);
    }
    ppt_kernel_password.needs(slow, 1, &argon2id);
    ppt_kernel_password.needs(fast, 1, &sha256);
    assert_in_range(argon2id.worker_bytes, 64 * 1024, 128 * 1024);
    assert_in_range(sha256.worker_bytes, 100 * (PPT_HASH_BYTES + 20), 64 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_depend_on_task_alone),
        cmocka_unit_test(every_argument_matters),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(serves_several_argument_sets),
        cmocka_unit_test(a_scan_compares_one_by_one),
        cmocka_unit_test(right_ones_are_exactly_as_many),
        cmocka_unit_test(none_stored_cannot_be_tried),
        cmocka_unit_test(lookups_agree),
        cmocka_unit_test(tries_are_fair),
        cmocka_unit_test(tries_repeat_when_they_must),
        cmocka_unit_test(short_passwords_repeat),
        cmocka_unit_test(lanes_need_memory),
        cmocka_unit_test(draws_and_needs_are_in_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
