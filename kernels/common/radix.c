/*
 * radix - radix sort of doubles on no more of their leading bits than telling them apart takes.
 *
 * n values that differ at all mostly differ within the first log2(n) bits after the ones they have
 * in common, plus a few. So least-significant-digit passes cover only those leading bits, and one
 * sweep of insertion sort puts right what is left (Sedgewick, "Algorithms in C", 3rd ed., section
 * 10.6). Where values share so many leading bits that insertion would be slow, the sweep notices
 * and sorts that stretch the same way by the bits that follow.
 *
 * Such a pass scatters over all of its array, which on some CPUs is slow where that is not in the
 * first level of cache. So a large array may first be split, once, into ranges of keys that fit
 * there. Leading bits of
 * doubles spread badly, half of the numbers between 0 and 1 having one exponent; so numbers are
 * counted in many more slots than there are to be ranges, and as many neighbouring slots make up a
 * range as it takes to fill it.
 */
#include "radix.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DIGIT_BITS 10
#define DIGIT_VALUES (1 << DIGIT_BITS)
#define PASSES_MOST 4

/* Bits beyond log2(count) that the passes cover at least. */
#define SPARE_BITS 3

/* Up to here insertion alone is faster. */
#define INSERTION_LARGEST 48

/* How far back the last sweep moves a value before it suspects a long stretch of like ones. */
#define WALK_LARGEST 64

/* From here on an array is split, into ranges of about so many values or of one slot: at most
 * about twice RANGES_MOST, so that as many streams of writes fit into the second level of cache. */
#define SPLIT_SMALLEST 65536
#define RANGE_SMALLEST 4096
#define RANGES_MOST 512
#define SLOT_BITS 13
#define SLOTS (1 << SLOT_BITS)

#define SIGN (UINT64_C(1) << 63)

/* The bits of a double in memory; this type may look at any object. */
typedef uint64_t radix_bits __attribute__((may_alias));

/* Offsets while scattering, counts before. */
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

static void sort_whole(radix_bits *values, radix_bits *spare, size_t count);

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
                   uint64_t start, int low)
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

            while (first > 0 &&
                   (key_of(values[first - 1]) - start) >> low == (key - start) >> low) {
                first--;
            }
            for (; end < count && (keys[end] - start) >> low == (key - start) >> low; end++) {
                values[end] = number_of(keys[end]);
            }
            sort_whole(values + first, spare + first, end - first);
            before = key_of(values[end - 1]);
            i = end - 1;
        }
    }
}

/* Counts the digits of all passes in one sweep; inlined with a constant number of passes. */
static inline __attribute__((always_inline)) void count_digits(table *counts,
                                                               const radix_bits *keys, size_t count,
                                                               uint64_t start, int low, int passes)
{
    memset(counts, 0, (size_t)passes * sizeof(table));
    for (size_t i = 0; i < count; i++) {
        const uint64_t key = (keys[i] - start) >> low;

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

/* The bits in which any two keys differ: the same as those of the numbers, unless signs do. */
static uint64_t differing_bits(const radix_bits *values, size_t count)
{
    uint64_t differing = 0;

    for (size_t i = 1; i < count; i++) {
        differing |= values[i] ^ values[0];
    }
    return differing;
}

/* Sorts keys, that all lie within `known` bits from `start` on, from `spare` to numbers in
 * `values`.
 */
static void sort_range(radix_bits *values, radix_bits *spare, size_t count, uint64_t start,
                       int known)
{
    table offsets[PASSES_MOST];
    radix_bits *from = spare;
    radix_bits *to = values;

    if (count <= INSERTION_LARGEST) {
        for (size_t i = 0; i < count; i++) {
            values[i] = number_of(spare[i]);
        }
        sort_by_insertion(values, count);
        return;
    }
    const int useful = 64 - __builtin_clzll(count - 1) + SPARE_BITS;
    const int wanted = known < useful ? known : useful;
    const int passes = (wanted + DIGIT_BITS - 1) / DIGIT_BITS;
    const int low = known > passes * DIGIT_BITS ? known - passes * DIGIT_BITS : 0;

    switch (passes) {
    case 1:
        count_digits(offsets, spare, count, start, low, 1);
        break;
    case 2:
        count_digits(offsets, spare, count, start, low, 2);
        break;
    default:
        count_digits(offsets, spare, count, start, low, passes);
        break;
    }
    for (int pass = 0; pass < passes; pass++) {
        const int shift = low + pass * DIGIT_BITS;
        uint32_t *offset = offsets[pass];
        radix_bits *const swap = from;

        counts_to_offsets(offset);
        for (size_t i = 0; i < count; i++) {
            const uint64_t key = from[i];

            to[offset[(key - start) >> shift & (DIGIT_VALUES - 1)]++] = key;
        }
        from = to;
        to = swap;
    }
    finish(values, spare, from, count, start, low);
}

/* Bits of keys that leading zeros leave: all of them differ within those. */
static int bits_of(uint64_t differing)
{
    return differing ? 64 - __builtin_clzll(differing) : 0;
}

/* The least key that has the same bits beyond `known`. */
static uint64_t start_of(uint64_t number, int known)
{
    return known < 64 ? key_of(number) >> known << known : 0;
}

static void sort_whole(radix_bits *values, radix_bits *spare, size_t count)
{
    const int known = bits_of(differing_bits(values, count));

    if (known == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        spare[i] = key_of(values[i]);
    }
    sort_range(values, spare, count, start_of(values[0], known), known);
}

/* Neighbouring slots whose keys are sorted together. */
struct range {
    uint32_t slot;   /* the first */
    uint32_t offset; /* where its next key goes; in the end, where its keys end */
};

struct split {
    uint64_t start; /* keys of the first slot begin here */
    int low;        /* bits within a slot */
    size_t ranges;
    uint32_t counts[SLOTS];
    uint16_t range_of[SLOTS];
    struct range range[2 * RANGES_MOST + 2]; /* and the slot after the last */
};

/* Takes slots together until there is no room for the next: two neighbouring ranges have more than
 * `fill` values together. */
static void gather_slots(struct split *split, size_t fill)
{
    size_t filled = 0, total = 0, range = 0;

    split->range[0] = (struct range){0, 0};
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        const uint32_t count = split->counts[slot];

        if (filled > 0 && filled + count > fill) {
            split->range[++range] = (struct range){slot, (uint32_t)total};
            filled = 0;
        }
        split->range_of[slot] = (uint16_t)range;
        filled += count;
        total += count;
    }
    split->ranges = range + 1;
    split->range[range + 1].slot = SLOTS;
}

static void sort_split(radix_bits *values, radix_bits *spare, size_t count, int known)
{
    const size_t even = count / RANGES_MOST;
    struct split split = {.start = start_of(values[0], known), .low = known - SLOT_BITS};
    size_t from = 0;

    for (size_t i = 0; i < count; i++) {
        split.counts[(key_of(values[i]) - split.start) >> split.low]++;
    }
    gather_slots(&split, even > RANGE_SMALLEST ? even : RANGE_SMALLEST);
    for (size_t i = 0; i < count; i++) {
        const uint64_t key = key_of(values[i]);
        const size_t range = split.range_of[(key - split.start) >> split.low];

        spare[split.range[range].offset++] = key;
    }
    for (size_t i = 0; i < split.ranges; i++) {
        const struct range *range = &split.range[i];
        const uint64_t slots = range[1].slot - range[0].slot;

        sort_range(values + from, spare + from, range->offset - from,
                   split.start + ((uint64_t)range->slot << split.low),
                   split.low + bits_of(slots - 1));
        from = range->offset;
    }
}

void ppt_radix_sort(double *numbers, double *spare, size_t count)
{
    radix_bits *const values = (radix_bits *)numbers;

    if (count <= INSERTION_LARGEST) {
        sort_by_insertion(values, count);
    } else {
        sort_whole(values, (radix_bits *)spare, count);
    }
}

void ppt_radix_sort_split(double *numbers, double *spare, size_t count)
{
    radix_bits *const values = (radix_bits *)numbers;
    const int known = count < SPLIT_SMALLEST ? 0 : bits_of(differing_bits(values, count));

    if (known > SLOT_BITS) {
        sort_split(values, (radix_bits *)spare, count, known);
    } else {
        ppt_radix_sort(numbers, spare, count);
    }
}
