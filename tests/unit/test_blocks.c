/*
 * Random numbers by blocks: that it does not matter who fills which, and that no two blocks have
 * anything to do with each other.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng_bulk.h"
#include "unit.h"

#define BLOCK PPT_RNG_BLOCK

static const struct ppt_task first_task = {.seed = 1, .index = 0};

static double *numbers(size_t count)
{
    double *memory = calloc(count, sizeof(*memory));

    assert_non_null(memory);
    return memory;
}

static void blocks_are_counted(void **state)
{
    (void)state;
    assert_int_equal(ppt_rng_block_count(0), 0);
    assert_int_equal(ppt_rng_block_count(1), 1);
    assert_int_equal(ppt_rng_block_count(BLOCK), 1);
    assert_int_equal(ppt_rng_block_count(BLOCK + 1), 2);
    assert_int_equal(ppt_rng_block_count(10 * BLOCK), 10);
}

/* ---- pieces ---- */

/* In pieces of `step` blocks, filled in an order of their own, the last one first. */
static void check_pieces(size_t count, size_t step)
{
    const struct ppt_task task = {.seed = 3, .index = 14};
    double *whole = numbers(count), *pieces = numbers(count);
    const uint64_t first = 1000;
    const uint64_t expected = ppt_rng_fill_blocks(&task, first, whole, count, -2.0, 5.0);
    const uint64_t blocks = ppt_rng_block_count(count);
    uint64_t mark = 0, filled = 0;

    for (uint64_t piece = (blocks + step - 1) / step; piece-- > 0;) {
        const uint64_t begin = piece * step;
        const size_t from = begin * BLOCK;
        const size_t left = count - from;
        const size_t size = left < step * BLOCK ? left : step * BLOCK;

        mark += ppt_rng_fill_blocks(&task, first + begin, pieces + from, size, -2.0, 5.0);
        filled += size;
    }
    assert_int_equal(filled, count);
    assert_memory_equal(pieces, whole, count * sizeof(*whole));
    assert_true(mark == expected);
    free(whole);
    free(pieces);
}

static void pieces_equal_the_whole(void **state)
{
    static const size_t counts[] = {1,
                                    7,
                                    8,
                                    9,
                                    BLOCK - 1,
                                    BLOCK,
                                    BLOCK + 1,
                                    2 * BLOCK,
                                    50000,
                                    7 * BLOCK + 3,
                                    9 * BLOCK,
                                    100003,
                                    16 * BLOCK - 1};

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        for (size_t step = 1; step < 6; step++) {
            check_pieces(counts[i], step);
        }
    }
}

/* A part of a block is its beginning. */
static void a_part_of_a_block_is_its_beginning(void **state)
{
    double *whole = numbers(BLOCK), *part = numbers(BLOCK);

    (void)state;
    ppt_rng_fill_blocks(&first_task, 5, whole, BLOCK, 0.0, 1.0);
    for (size_t count = 1; count <= BLOCK; count = count * 3 + 1) {
        ppt_rng_fill_blocks(&first_task, 5, part, count, 0.0, 1.0);
        assert_memory_equal(part, whole, count * sizeof(*part));
    }
    free(whole);
    free(part);
}

static void nothing_is_written_behind_the_end(void **state)
{
    static const size_t counts[] = {0, 1, 5, 8, 9, BLOCK - 3, BLOCK, BLOCK + 1, 2 * BLOCK + 7};
    double *memory = numbers(3 * BLOCK);

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        for (size_t k = 0; k < 3 * BLOCK; k++) {
            memory[k] = -9.0;
        }
        ppt_rng_fill_blocks(&first_task, 0, memory, counts[i], 0.0, 1.0);
        for (size_t k = 0; k < 3 * BLOCK; k++) {
            assert_true(k < counts[i] ? memory[k] >= 0.0 && memory[k] < 1.0 : memory[k] == -9.0);
        }
    }
    free(memory);
}

/* ---- marks ---- */

static int compare_words(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void check_all_different(uint64_t *words, size_t count)
{
    qsort(words, count, sizeof(*words), compare_words);
    for (size_t i = 1; i < count; i++) {
        assert_true(words[i - 1] != words[i]);
    }
}

/* Of other tasks, seeds, blocks and (by the generator's eights) lengths. */
static void marks_tell_blocks_apart(void **state)
{
    enum { SIDE = 12 };
    static uint64_t marks[SIDE * SIDE * SIDE * SIDE];
    double *out = numbers(BLOCK);
    size_t count = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SIDE; seed++) {
        for (uint64_t index = 0; index < SIDE; index++) {
            const struct ppt_task task = {.seed = seed, .index = index};

            for (uint64_t block = 0; block < SIDE; block++) {
                for (size_t eights = 1; eights <= SIDE; eights++) {
                    marks[count++] = ppt_rng_fill_blocks(&task, block, out, 8 * eights, 0.0, 1.0);
                }
            }
        }
    }
    check_all_different(marks, count);
    assert_true(ppt_rng_fill_blocks(&first_task, 0, out, 0, 0.0, 1.0) == 0); /* adds nothing */
    free(out);
}

/* Two blocks that changed places, or one of them twice, do not go unnoticed. */
static void marks_notice_blocks_left_out(void **state)
{
    double *out = numbers(4 * BLOCK);
    const uint64_t whole = ppt_rng_fill_blocks(&first_task, 0, out, 4 * BLOCK, 0.0, 1.0);
    uint64_t marks[5];

    (void)state;
    for (uint64_t block = 0; block < COUNT(marks); block++) {
        marks[block] = ppt_rng_fill_blocks(&first_task, block, out, BLOCK, 0.0, 1.0);
    }
    assert_true(marks[0] + marks[1] + marks[2] + marks[3] == whole);
    assert_true(marks[0] + marks[1] + marks[2] + marks[4] != whole);
    assert_true(marks[0] + marks[1] + marks[2] + marks[2] != whole);
    assert_true(marks[0] + marks[1] + marks[2] != whole);
    free(out);
}

/* ---- numbers ---- */

/* No number (of 52 bits) appears twice among some ten thousand from all that could be confused; two
 * equal ones by chance would be seen less than once in ten million tries. */
static void blocks_have_nothing_in_common(void **state)
{
    enum { PART = 500 };
    static const uint64_t blocks[] = {0, 1, 2, 3, 8191, 8192, UINT64_C(1) << 32, UINT64_C(1) << 63};
    static const enum ppt_stream streams[] = {PPT_STREAM_DATA, PPT_STREAM_SIDE, PPT_STREAM_PLAN,
                                              PPT_STREAM_MIX, PPT_STREAM_BLOCK};
    static double all[PART * (3 * COUNT(blocks) + COUNT(streams))];
    static uint64_t words[COUNT(all)];
    const struct ppt_task tasks[] = {
        {.seed = 1, .index = 0}, {.seed = 1, .index = 1}, {.seed = 2, .index = 0}};
    double *to = all;

    (void)state;
    for (size_t t = 0; t < COUNT(tasks); t++) {
        for (size_t b = 0; b < COUNT(blocks); b++, to += PART) {
            ppt_rng_fill_blocks(&tasks[t], blocks[b], to, PART, 0.0, 1.0);
        }
    }
    for (size_t s = 0; s < COUNT(streams); s++, to += PART) {
        struct ppt_rng_bulk rng;

        ppt_rng_bulk_seed(&rng, 1, 0, streams[s]);
        ppt_rng_fill_doubles(&rng, to, PART, 0.0, 1.0);
    }
    assert_true(to == all + COUNT(all));
    for (size_t i = 0; i < COUNT(all); i++) {
        words[i] = (uint64_t)(all[i] * 0x1p52);
    }
    check_all_different(words, COUNT(all));
}

/* The bounds change the numbers' range, not which they are. */
static void ranges_are_kept(void **state)
{
    double *unit = numbers(BLOCK), *other = numbers(BLOCK);

    (void)state;
    const uint64_t mark = ppt_rng_fill_blocks(&first_task, 0, unit, BLOCK, 0.0, 1.0);
    assert_true(ppt_rng_fill_blocks(&first_task, 0, other, BLOCK, -3.0, 7.0) == mark);
    for (size_t i = 0; i < BLOCK; i++) {
        assert_true(unit[i] >= 0.0 && unit[i] < 1.0);
        assert_true(other[i] >= -3.0 && other[i] < 7.0);
        assert_true(fabs(other[i] - (unit[i] * 10.0 - 3.0)) < 1e-14 * 10.0);
    }
    free(unit);
    free(other);
}

/* Chi-squared of 100 equal cells; with 99 degrees of freedom beyond 180 once in a million. */
static void check_uniform(const double *values, size_t count)
{
    size_t cells[100] = {0};
    double chi = 0.0;

    for (size_t i = 0; i < count; i++) {
        cells[(size_t)(values[i] * 100.0)]++;
    }
    for (size_t i = 0; i < COUNT(cells); i++) {
        const double expected = (double)count / 100.0;
        const double difference = (double)cells[i] - expected;

        chi += difference * difference / expected;
    }
    assert_true(chi > 40.0 && chi < 180.0);
}

/* Within blocks, and over them: the same place of each block, and neighbouring blocks side by side.
 */
static void numbers_are_uniform(void **state)
{
    const size_t blocks = 1000;
    double *values = numbers(blocks * BLOCK), *column = numbers(blocks);
    double products = 0.0;

    (void)state;
    ppt_rng_fill_blocks(&first_task, 0, values, blocks * BLOCK, 0.0, 1.0);
    check_uniform(values, blocks * BLOCK);
    check_uniform(values, BLOCK);
    for (size_t place = 0; place < BLOCK; place += 1365) {
        for (size_t b = 0; b < blocks; b++) {
            column[b] = values[b * BLOCK + place];
        }
        check_uniform(column, blocks);
    }
    for (size_t i = 0; i + BLOCK < blocks * BLOCK; i++) {
        products += (values[i] - 0.5) * (values[i + BLOCK] - 0.5);
    }
    /* The standard deviation of the correlation is 0.00035. */
    assert_true(fabs(products * 12.0 / (double)(blocks * BLOCK)) < 0.002);
    free(values);
    free(column);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_counted),
        cmocka_unit_test(pieces_equal_the_whole),
        cmocka_unit_test(a_part_of_a_block_is_its_beginning),
        cmocka_unit_test(nothing_is_written_behind_the_end),
        cmocka_unit_test(marks_tell_blocks_apart),
        cmocka_unit_test(marks_notice_blocks_left_out),
        cmocka_unit_test(blocks_have_nothing_in_common),
        cmocka_unit_test(ranges_are_kept),
        cmocka_unit_test(numbers_are_uniform),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
