/*
 * quick - quicksort of doubles by vectors, for the variants that have them (isa.h).
 *
 * Partition. A row of numbers is compared with the pivot at once, and one permutation brings the
 * lower ones to its front. That row is then stored twice: behind the lower numbers found so far,
 * which grow upwards from the beginning of the array itself, and before the higher ones, which grow
 * downwards from the end of the other array. What the wrong half of a row overwrites has been read,
 * or is not written yet. So no branch depends on numbers, all is read and written in one sweep, and
 * nothing is moved back: each part lies at its place in one of the two arrays, with as much room in
 * the other, and is sorted alike.
 *
 * Few numbers are sorted in registers by a network, as a matrix column by column: first the columns
 * alone, which moves nothing sideways; then two columns are merged into one, two of these, and so
 * on, by Batcher's bitonic merge ("Sorting networks and their applications", AFIPS 1968) in the
 * form whose first step compares with the mirror image.
 *
 * The pivot is a median of medians of three. Where input defeats it too often the radix sort takes
 * over, so that no input takes more than n log n steps.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "radix.h"
#include "variant.h"

#ifdef __AVX512F__
#include "quick_avx512.h"
#else
#include "quick_avx2.h"
#endif

/* Rows of the largest network: what fits into 16 registers. */
#define QUICK_ROWS 16
#define QUICK_FEW ((size_t)QUICK_ROWS * QUICK_LANES)

/* From here on a pivot is looked for among 18 rows and not among 6. */
#define QUICK_MANY 4096

/* Parts within parts beyond twice the logarithm. */
#define QUICK_DEPTH_LEAST 8

/* The loops of the networks are of constant lengths and have to go, so that rows stay in registers.
 */
#define QUICK_UNROLL _Pragma("GCC unroll 16")
#define QUICK_INLINE static inline __attribute__((always_inline))

/* ---- networks ---- */

QUICK_INLINE void quick_order(quick_row *a, quick_row *b)
{
    const quick_row lower = quick_lower(*a, *b);

    *b = quick_higher(*a, *b);
    *a = lower;
}

/* Compares every row with the one whose number has one more bit, that of `step`. */
QUICK_INLINE void quick_step(quick_row *row, int rows, int step)
{
    QUICK_UNROLL
    for (int i = 0; i < QUICK_ROWS; i++) {
        if (i < rows && !(i & step)) {
            quick_order(&row[i], &row[i + step]);
        }
    }
}

/* What the networks of 4, 8 and 16 rows have left to compare when every row has met those whose
 * number differs in one bit. Of 8, for one, row 0 is then the lowest and row 7 the highest; rows 1,
 * 2 and 4 are to be sorted, as are 3, 5 and 6, each of which is above two of the former. The last
 * one is Green's (Knuth, "The Art of Computer Programming", vol. 3, section 5.3.4): with 60
 * comparisons in all, nobody knows a shorter one. */
#define QUICK_LEFT_4(order) order(1, 2)
#define QUICK_LEFT_8(order)                                                                        \
    order(1, 2) order(5, 6) order(2, 4) order(3, 5) order(1, 2) order(5, 6) order(3, 4)
#define QUICK_LEFT_16(order)                                                                       \
    order(5, 10) order(6, 9) order(3, 12) order(13, 14) order(4, 8) order(7, 11) order(1, 2)       \
        order(1, 4) order(7, 13) order(2, 8) order(11, 14) order(2, 4) order(5, 6) order(9, 10)    \
            order(11, 13) order(3, 8) order(7, 12) order(6, 8) order(10, 12) order(3, 5)           \
                order(7, 9) order(3, 4) order(5, 6) order(7, 8) order(9, 10) order(11, 12)         \
                    order(6, 7) order(8, 9)
#define QUICK_ORDER_ROWS(a, b) quick_order(&row[a], &row[b]);

/* Sorts every column. */
QUICK_INLINE void quick_columns(quick_row *row, int rows)
{
    QUICK_UNROLL
    for (int step = 1; step < rows; step *= 2) {
        quick_step(row, rows, step);
    }
    if (rows == 4) {
        QUICK_LEFT_4(QUICK_ORDER_ROWS)
    } else if (rows == 8) {
        QUICK_LEFT_8(QUICK_ORDER_ROWS)
    } else if (rows == 16) {
        QUICK_LEFT_16(QUICK_ORDER_ROWS)
    }
}

/* Merges columns, sorted in groups of 1 << bit, into groups twice as large. */
QUICK_INLINE void quick_merge_columns(quick_row *row, int rows, int bit)
{
    QUICK_UNROLL
    for (int i = 0; i < rows / 2; i++) {
        quick_row *const a = &row[i], *const b = &row[rows - 1 - i];
        const quick_row mirrored = quick_mirror(*b, bit);
        const quick_row lower = quick_lower(*a, mirrored);
        const quick_row higher = quick_higher(*a, mirrored);

        *a = quick_mix(lower, higher, bit);
        *b = quick_mirror(quick_mix(higher, lower, bit), bit);
    }
    QUICK_UNROLL
    for (int step = bit - 1; step >= 0; step--) {
        QUICK_UNROLL
        for (int i = 0; i < rows; i += 2) {
            quick_trade(&row[i], &row[i + 1], step);
            quick_order(&row[i], &row[i + 1]);
            quick_trade(&row[i], &row[i + 1], step);
        }
    }
    QUICK_UNROLL
    for (int step = rows / 2; step > 0; step /= 2) {
        quick_step(row, rows, step);
    }
}

/* Turns columns into rows, in squares: then lane l of row r is what was in row l of column r. */
QUICK_INLINE void quick_transpose(quick_row *row, int rows)
{
    QUICK_UNROLL
    for (int bit = 0; bit < QUICK_LANE_BITS; bit++) {
        QUICK_UNROLL
        for (int i = 0; i < rows; i++) {
            if (!(i >> bit & 1)) {
                quick_trade(&row[i], &row[i + (1 << bit)], bit);
            }
        }
    }
}

/* Sorts `rows` rows, a multiple of QUICK_LANES; the next numbers of row i are in row i +
 * QUICK_LANES, and after the last of these begins row i + 1. */
QUICK_INLINE void quick_network(quick_row *row, int rows)
{
    quick_columns(row, rows);
    QUICK_UNROLL
    for (int bit = 0; bit < QUICK_LANE_BITS; bit++) {
        quick_merge_columns(row, rows, bit);
    }
    quick_transpose(row, rows);
}

/* Sorts at most `rows` rows of numbers, filled up by infinity. */
QUICK_INLINE void quick_sort_rows(const double *from, double *to, size_t count, int rows)
{
    quick_row row[QUICK_ROWS];

    QUICK_UNROLL
    for (int i = 0; i < rows; i++) {
        const size_t at = (size_t)i * QUICK_LANES;

        row[i] = at + QUICK_LANES <= count ? quick_load(from + at)
                 : at < count ? quick_load_some(from + at, count - at, quick_fill(HUGE_VAL))
                              : quick_fill(HUGE_VAL);
    }
    quick_network(row, rows);
    QUICK_UNROLL
    for (int i = 0; i < rows; i++) {
        const int turned = i % (rows / QUICK_LANES) * QUICK_LANES + i / (rows / QUICK_LANES);
        const size_t at = (size_t)i * QUICK_LANES;

        if (at + QUICK_LANES <= count) {
            quick_store(to + at, row[turned]);
        } else if (at < count) {
            quick_store_some(to + at, count - at, row[turned]);
        }
    }
}

static void quick_sort_few(const double *from, double *to, size_t count)
{
    if (count <= QUICK_FEW / 4 && QUICK_LANES <= QUICK_ROWS / 4) {
        quick_sort_rows(from, to, count, QUICK_ROWS / 4);
    } else if (count <= QUICK_FEW / 2) {
        quick_sort_rows(from, to, count, QUICK_ROWS / 2);
    } else {
        quick_sort_rows(from, to, count, QUICK_ROWS);
    }
}

/* ---- partition ---- */

QUICK_INLINE quick_row quick_middle(quick_row a, quick_row b, quick_row c)
{
    return quick_higher(quick_lower(a, b), quick_lower(quick_higher(a, b), c));
}

/* Of each lane a median of three rows, the middle one at `at`, the others a step before and after.
 */
QUICK_INLINE quick_row quick_middle_at(const double *at, size_t step)
{
    return quick_middle(quick_load(at - step), quick_load(at), quick_load(at + step));
}

/* The median of two rows of medians, whose positions are spread over all: of sorted numbers it is
 * one of the middle. */
static double quick_pivot(const double *from, size_t count)
{
    const size_t step = (count - QUICK_LANES) / 20;
    quick_row row[2];
    double sorted[QUICK_LANES];

    for (size_t i = 0; i < 2; i++) {
        const double *const at = from + (9 + 2 * i) * step;

        row[i] = quick_middle_at(at, 8 * step);
        if (count >= QUICK_MANY) {
            row[i] = quick_middle(row[i], quick_middle_at(at - step, 8 * step),
                                  quick_middle_at(at + step, 8 * step));
        }
    }
    quick_columns(row, 2);
    QUICK_UNROLL
    for (int bit = 0; bit < QUICK_LANE_BITS; bit++) {
        quick_merge_columns(row, 2, bit);
    }
    quick_store(sorted, row[0]);
    return sorted[QUICK_LANES / 2];
}

/* Numbers below the pivot, or with `like` those not above it, go to the front of `here`, the others
 * to the end of `there`; returns how many they are. */
QUICK_INLINE size_t quick_part(double *here, double *there, size_t count, double pivot, bool like)
{
    const quick_row bar = quick_fill(pivot);
    size_t low = 0, i = 0;

    for (; i + QUICK_LANES <= count; i += QUICK_LANES) {
        const quick_row row = quick_load(here + i);
        const unsigned mask = like ? quick_not_above(row, bar) : quick_below(row, bar);
        const quick_row parted = quick_split(row, mask);

        quick_store(here + low, parted);
        quick_store(there + (count - i - QUICK_LANES) + low, parted);
        low += (size_t)__builtin_popcount(mask);
    }
    for (; i < count; i++) {
        const double number = here[i];

        here[low] = number;
        there[count - i - 1 + low] = number;
        low += like ? !(number > pivot) : number < pivot;
    }
    return low;
}

/* Sorts `count` numbers of `here` to `result`, which is `here` or `there`. */
static void quick_sort(double *here, double *there, double *result, size_t count, unsigned depth)
{
    while (count > QUICK_FEW) {
        if (depth-- == 0) {
            ppt_radix_sort(here, there, count);
            if (result != here) {
                memcpy(result, here, count * sizeof(*result));
            }
            return;
        }
        const double pivot = quick_pivot(here, count);
        size_t low = quick_part(here, there, count, pivot, false);
        if (low > 0) {
            quick_sort(here, there, result, low, depth);
        } else {
            /* Nothing is below it: all that is like it comes first. */
            double *const swap = here;

            here = there;
            there = swap;
            low = quick_part(here, there, count, pivot, true);
            if (result != here) {
                memcpy(result, here, low * sizeof(*result));
            }
        }
        double *const rest = there + low;
        there = here + low;
        here = rest;
        result += low;
        count -= low;
    }
    quick_sort_few(here, result, count);
}

/* Comparing takes -0 and +0 for alike: the negative ones come first. */
static void quick_order_zeros(double *values, size_t count)
{
    size_t first = 0, end, negative = 0;

    for (size_t beyond = count; first < beyond;) {
        const size_t at = first + (beyond - first) / 2;

        if (values[at] < 0) {
            first = at + 1;
        } else {
            beyond = at;
        }
    }
    for (end = first; end < count && values[end] <= 0; end++) {
        negative += signbit(values[end]) != 0;
    }
    for (size_t i = first; i < end; i++) {
        values[i] = i - first < negative ? -0.0 : 0.0;
    }
}

void PPT_VARIANT(ppt_quick_sort)(double *values, double *spare, size_t count)
{
    unsigned depth = QUICK_DEPTH_LEAST;

    for (size_t left = count; left > 1; left /= 2) {
        depth += 2;
    }
    quick_sort(values, spare, values, count, depth);
    quick_order_zeros(values, count);
}
