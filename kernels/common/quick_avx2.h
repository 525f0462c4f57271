/*
 * quick_avx2.h - a row of numbers for quick.c in the instructions of AVX2: four of them.
 *
 * quick_avx512.h has the same functions for eight; what they do is said here.
 */
#ifndef PPT_QUICK_AVX2_H
#define PPT_QUICK_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#define QUICK_LANE_BITS 2
#define QUICK_LANES 4

typedef __m256d quick_row;

static inline quick_row quick_fill(double number)
{
    return _mm256_set1_pd(number);
}

static inline quick_row quick_load(const double *from)
{
    return _mm256_loadu_pd(from);
}

static inline void quick_store(double *to, quick_row row)
{
    _mm256_storeu_pd(to, row);
}

/* All bits of the first `count` lanes. */
static inline __m256i quick_first(size_t count)
{
    static const int64_t edge[] = {-1, -1, -1, -1, 0, 0, 0, 0};

    return _mm256_loadu_si256((const __m256i *)(const void *)(edge + QUICK_LANES - count));
}

/* The first `count` numbers, at most a row, and in the other lanes those of `rest`. What lies
 * beyond them in memory is not touched. */
static inline quick_row quick_load_some(const double *from, size_t count, quick_row rest)
{
    const __m256i first = quick_first(count);

    return _mm256_blendv_pd(rest, _mm256_maskload_pd(from, first), _mm256_castsi256_pd(first));
}

static inline void quick_store_some(double *to, size_t count, quick_row row)
{
    _mm256_maskstore_pd(to, quick_first(count), row);
}

/* Of each lane the lower number and the higher one. Of two that are alike, such as -0 and +0, the
 * instructions return the second, so that these two together keep both. */
static inline quick_row quick_lower(quick_row a, quick_row b)
{
    return _mm256_min_pd(a, b);
}

static inline quick_row quick_higher(quick_row a, quick_row b)
{
    return _mm256_max_pd(b, a);
}

/* One bit per lane: whether its number is below the bar, or not above it. */
static inline unsigned quick_below(quick_row row, quick_row bar)
{
    return (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(row, bar, _CMP_LT_OQ));
}

static inline unsigned quick_not_above(quick_row row, quick_row bar)
{
    return (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(row, bar, _CMP_NGT_UQ));
}

/* The lanes of the mask in front, in their order, the others behind them. */
static inline quick_row quick_split(quick_row row, unsigned mask)
{
#define QUICK_ORDER(a, b, c, d)                                                                    \
    {                                                                                              \
        2 * a, 2 * a + 1, 2 * b, 2 * b + 1, 2 * c, 2 * c + 1, 2 * d, 2 * d + 1                     \
    }
    /* In halves of numbers: there is no such permutation of whole ones. */
    static const int32_t orders[][2 * QUICK_LANES] = {
        QUICK_ORDER(0, 1, 2, 3), QUICK_ORDER(0, 1, 2, 3), QUICK_ORDER(1, 0, 2, 3),
        QUICK_ORDER(0, 1, 2, 3), QUICK_ORDER(2, 0, 1, 3), QUICK_ORDER(0, 2, 1, 3),
        QUICK_ORDER(1, 2, 0, 3), QUICK_ORDER(0, 1, 2, 3), QUICK_ORDER(3, 0, 1, 2),
        QUICK_ORDER(0, 3, 1, 2), QUICK_ORDER(1, 3, 0, 2), QUICK_ORDER(0, 1, 3, 2),
        QUICK_ORDER(2, 3, 0, 1), QUICK_ORDER(0, 2, 3, 1), QUICK_ORDER(1, 2, 3, 0),
        QUICK_ORDER(0, 1, 2, 3),
    };
    const __m256i order = _mm256_loadu_si256((const __m256i *)(const void *)orders[mask]);

    return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(row), order));
#undef QUICK_ORDER
}

/* Lanes in groups of 2 << bit, each group backwards. */
static inline quick_row quick_mirror(quick_row row, int bit)
{
    return bit == 0 ? _mm256_permute_pd(row, 0x5) : _mm256_permute4x64_pd(row, 0x1b);
}

/* Lanes whose number has that bit from b, the others from a. */
static inline quick_row quick_mix(quick_row a, quick_row b, int bit)
{
    return bit == 0 ? _mm256_blend_pd(a, b, 0xa) : _mm256_blend_pd(a, b, 0xc);
}

/* Trades the lanes of a that have that bit for the ones of b that lack it: afterwards what a lane
 * without the bit held next to one with it is one below the other. */
static inline void quick_trade(quick_row *a, quick_row *b, int bit)
{
    const quick_row x = *a, y = *b;

    *a = bit == 0 ? _mm256_unpacklo_pd(x, y) : _mm256_permute2f128_pd(x, y, 0x20);
    *b = bit == 0 ? _mm256_unpackhi_pd(x, y) : _mm256_permute2f128_pd(x, y, 0x31);
}

#endif
