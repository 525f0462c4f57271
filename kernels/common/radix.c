/*
 * radix - radix sort of doubles on no more of their leading bits than telling them apart takes.
 *
 * A least-significant-digit radix sort over all 64 bits moves every value six or seven times, and
 * each of these passes scatters over the whole memory of the array. But n values that differ at all
 * mostly differ within the first log2(n) bits after the ones they have in common, plus a few. So
 * the passes cover only those leading bits, two or three digits, and one sweep of insertion sort
 * puts right what is left (Sedgewick, "Algorithms in C", 3rd ed., section 10.6). Where values share
 * so many leading bits that insertion would be slow, the sweep notices and sorts that stretch the
 * same way by the bits that follow.
 *
 * Ten bits a digit: 1024 streams of writes still fit into the second level of cache and TLB. Eleven
 * bits cost twice as much beyond 500 000 values, where nine need a longer sweep of insertions;
 * buffering the streams by cache line, splitting by the leading digit first, and huge pages were
 * measured too, and lost.
 */
#include "radix.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "variant.h"

#define DIGIT_BITS 10
#define DIGIT_VALUES (1 << DIGIT_BITS)
#define PASSES_MOST 4

/* Bits beyond log2(count) that the passes cover at least. */
#define SPARE_BITS 3

/* Up to here insertion alone is faster. */
#define INSERTION_LARGEST 48

/* How far back the last sweep moves a value before it suspects a long stretch of like ones. */
#define WALK_LARGEST 64

#define SIGN (UINT64_C(1) << 63)

/* The bits of a double in memory; this type may look at any object. */
typedef uint64_t radix_bits __attribute__((may_alias));

/* Offsets while scattering, counts before; 32 bits keep the tables of all passes in the first
 * level of cache. */
typedef uint32_t table[DIGIT_VALUES];

/* Maps the bits of doubles to integers of the same order: a positive number needs only to pass the
 * negative ones; of a negative number all bits turn, because its order is that of the magnitude
 * backwards. Right shifts of negative integers copy the sign on every compiler that has OpenMP. */
static inline uint64_t key_of(uint64_t number)
{
    return number ^ ((uint64_t)((int64_t)number >> 63) | SIGN);
}

static inline uint64_t number_of(uint64_t key)
{
    return key ^ (~(uint64_t)((int64_t)key >> 63) | SIGN);
}

static void sort(radix_bits *values, radix_bits *spare, size_t count);

static void sort_by_insertion(radix_bits *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint64_t number = values[i];
        const uint64_t key = key_of(number);
        size_t to = i;

        for (; to > 0 && key_of(values[to - 1]) > key; to--) {
            values[to] = values[to - 1];
        }
        values[to] = number;
    }
}

/* Moves keys[at], smaller than the value before it, back to its place; false when that is far. */
static bool insert(radix_bits *values, uint64_t key, size_t at)
{
    const size_t stop = at > WALK_LARGEST ? at - WALK_LARGEST : 0;
    size_t to = at;

    for (; to > stop && key_of(values[to - 1]) > key; to--) {
        values[to] = values[to - 1];
    }
    values[to] = number_of(key);
    return to == 0 || key_of(values[to - 1]) <= key;
}

/* Turns keys that are sorted down to bit `low` into sorted values. The keys are in `values` or
 * `spare` themselves; behind the one being looked at they are not needed any more. */
static void finish(radix_bits *values, radix_bits *spare, const radix_bits *keys, size_t count,
                   int low)
{
    uint64_t before = 0;

    for (size_t i = 0; i < count; i++) {
        const uint64_t key = keys[i];

        if (__builtin_expect(key >= before, 1)) {
            values[i] = number_of(key);
            before = key;
        } else if (!insert(values, key, i)) {
            size_t first = i;
            size_t end = i + 1;

            while (first > 0 && key_of(values[first - 1]) >> low == key >> low) {
                first--;
            }
            for (; end < count && keys[end] >> low == key >> low; end++) {
                values[end] = number_of(keys[end]);
            }
            sort(values + first, spare + first, end - first);
            before = key_of(values[end - 1]);
            i = end - 1;
        }
    }
}

/* Counts the digits of all passes in one sweep; inlined with a constant number of passes. */
static inline __attribute__((always_inline)) void
count_digits(table *counts, const radix_bits *values, size_t count, int low, int passes)
{
    memset(counts, 0, (size_t)passes * sizeof(table));
    for (size_t i = 0; i < count; i++) {
        const uint64_t key = key_of(values[i]) >> low;

        for (int pass = 0; pass < passes; pass++) {
            counts[pass][key >> pass * DIGIT_BITS & (DIGIT_VALUES - 1)]++;
        }
    }
}

static void counts_to_offsets(uint32_t *counts)
{
    uint32_t total = 0;

    for (size_t i = 0; i < DIGIT_VALUES; i++) {
        const uint32_t here = counts[i];

        counts[i] = total;
        total += here;
    }
}

/* The bits in which any two keys differ. */
static uint64_t differing_bits(const radix_bits *values, size_t count)
{
    const uint64_t first = key_of(values[0]);
    uint64_t differing = 0;

    for (size_t i = 1; i < count; i++) {
        differing |= key_of(values[i]) ^ first;
    }
    return differing;
}

static void sort(radix_bits *values, radix_bits *spare, size_t count)
{
    table offsets[PASSES_MOST];
    radix_bits *from = values;
    radix_bits *to = spare;

    if (count <= INSERTION_LARGEST) {
        sort_by_insertion(values, count);
        return;
    }
    const uint64_t differing = differing_bits(values, count);
    if (differing == 0) {
        return;
    }
    const int known = 64 - __builtin_clzll(differing);
    const int useful = 64 - __builtin_clzll(count - 1) + SPARE_BITS;
    const int wanted = known < useful ? known : useful;
    const int passes = (wanted + DIGIT_BITS - 1) / DIGIT_BITS;
    const int low = known > passes * DIGIT_BITS ? known - passes * DIGIT_BITS : 0;

    switch (passes) {
    case 1:
        count_digits(offsets, values, count, low, 1);
        break;
    case 2:
        count_digits(offsets, values, count, low, 2);
        break;
    case 3:
        count_digits(offsets, values, count, low, 3);
        break;
    default:
        count_digits(offsets, values, count, low, PASSES_MOST);
        break;
    }
    for (int pass = 0; pass < passes; pass++) {
        const int shift = low + pass * DIGIT_BITS;
        uint32_t *offset = offsets[pass];
        radix_bits *const swap = from;

        counts_to_offsets(offset);
        for (size_t i = 0; i < count; i++) {
            const uint64_t key = pass == 0 ? key_of(from[i]) : from[i];

            to[offset[key >> shift & (DIGIT_VALUES - 1)]++] = key;
        }
        from = to;
        to = swap;
    }
    finish(values, spare, from, count, low);
}

void PPT_VARIANT(ppt_radix_sort)(double *values, double *spare, size_t count)
{
    sort((radix_bits *)values, (radix_bits *)spare, count);
}
