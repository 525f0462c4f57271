/*
 * The digest tells results apart: any flipped bit, any change of length, order or start.
 */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "unit.h"

#define BYTES 200

static void fill(unsigned char *data, size_t bytes)
{
    uint32_t x = 12345;

    for (size_t i = 0; i < bytes; i++) {
        x = x * 1664525 + 1013904223;
        data[i] = (unsigned char)(x >> 24);
    }
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void check_distinct(uint64_t *digests, size_t count)
{
    qsort(digests, count, sizeof(*digests), compare);
    for (size_t i = 1; i < count; i++) {
        assert_true(digests[i] != digests[i - 1]);
    }
}

static void check_flips(unsigned char *data, size_t bytes)
{
    const uint64_t original = ppt_digest(0, data, bytes);
    size_t changed = 0;

    for (size_t bit = 0; bit < 8 * bytes; bit++) {
        uint64_t flipped;

        data[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        flipped = ppt_digest(0, data, bytes);
        data[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        assert_true(flipped != original);
        changed += (size_t)__builtin_popcountll(flipped ^ original);
    }
    assert_true(ppt_digest(0, data, bytes) == original);
    if (bytes == BYTES) {
        /* A flipped bit of the data flips about half of the digest. */
        assert_true(changed > 30 * 8 * bytes && changed < 34 * 8 * bytes);
    }
}

static void every_flipped_bit_changes_it(void **state)
{
    unsigned char data[BYTES];

    (void)state;
    for (size_t bytes = 0; bytes <= BYTES; bytes += bytes < 80 ? 1 : 40) {
        fill(data, sizeof(data));
        check_flips(data, bytes);
        memset(data, 0, sizeof(data));
        check_flips(data, bytes);
    }
}

static void every_length_has_its_own(void **state)
{
    unsigned char data[BYTES];
    uint64_t digests[BYTES + 1];

    (void)state;
    for (int value = 0; value < 256; value += 255) {
        memset(data, value, sizeof(data));
        for (size_t bytes = 0; bytes <= BYTES; bytes++) {
            digests[bytes] = ppt_digest(0, data, bytes);
        }
        check_distinct(digests, BYTES + 1);
    }
}

static void order_of_words_counts(void **state)
{
    unsigned char data[BYTES];
    uint64_t digests[BYTES / 8 * (BYTES / 8 - 1) / 2 + 1];
    size_t count = 0;

    (void)state;
    fill(data, sizeof(data));
    digests[count++] = ppt_digest(0, data, BYTES);
    for (size_t i = 0; i < BYTES / 8; i++) {
        for (size_t k = 0; k < i; k++) {
            unsigned char swapped[BYTES];

            memcpy(swapped, data, BYTES);
            memcpy(swapped + 8 * i, data + 8 * k, 8);
            memcpy(swapped + 8 * k, data + 8 * i, 8);
            digests[count++] = ppt_digest(0, swapped, BYTES);
        }
    }
    check_distinct(digests, count);
    assert_true(ppt_digest_word(ppt_digest_word(0, 1), 2) !=
                ppt_digest_word(ppt_digest_word(0, 2), 1));
}

static void start_counts(void **state)
{
    unsigned char data[BYTES];
    uint64_t digests[65];

    (void)state;
    fill(data, sizeof(data));
    for (size_t bytes = 0; bytes <= BYTES; bytes += 25) {
        digests[64] = ppt_digest(0, data, bytes);
        for (size_t bit = 0; bit < 64; bit++) {
            digests[bit] = ppt_digest(UINT64_C(1) << bit, data, bytes);
        }
        check_distinct(digests, 65);
    }
    digests[64] = ppt_digest_word(0, 7);
    for (size_t bit = 0; bit < 64; bit++) {
        digests[bit] = ppt_digest_word(UINT64_C(1) << bit, 7);
    }
    check_distinct(digests, 65);
}

static void every_bit_of_a_word_changes_it(void **state)
{
    uint64_t digests[65];

    (void)state;
    digests[64] = ppt_digest_word(5, 0);
    for (size_t bit = 0; bit < 64; bit++) {
        digests[bit] = ppt_digest_word(5, UINT64_C(1) << bit);
    }
    check_distinct(digests, 65);
}

static void continuing_covers_all_of_it(void **state)
{
    unsigned char data[BYTES];
    uint64_t original;

    (void)state;
    fill(data, sizeof(data));
    original = ppt_digest(ppt_digest(0, data, 77), data + 77, BYTES - 77);
    for (size_t bit = 0; bit < 8 * BYTES; bit++) {
        data[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        assert_true(ppt_digest(ppt_digest(0, data, 77), data + 77, BYTES - 77) != original);
        data[bit / 8] ^= (unsigned char)(1U << (bit % 8));
    }
    assert_true(ppt_digest(ppt_digest(0, data, 77), data + 77, BYTES - 77) == original);
}

static void alignment_does_not_count(void **state)
{
    unsigned char data[BYTES + 16];
    unsigned char original[BYTES];

    (void)state;
    fill(original, BYTES);
    for (size_t offset = 0; offset < 16; offset++) {
        memset(data, (int)offset, sizeof(data));
        memcpy(data + offset, original, BYTES);
        assert_true(ppt_digest(3, data + offset, BYTES) == ppt_digest(3, original, BYTES));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flipped_bit_changes_it),
        cmocka_unit_test(every_length_has_its_own),
        cmocka_unit_test(order_of_words_counts),
        cmocka_unit_test(start_counts),
        cmocka_unit_test(every_bit_of_a_word_changes_it),
        cmocka_unit_test(continuing_covers_all_of_it),
        cmocka_unit_test(alignment_does_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
