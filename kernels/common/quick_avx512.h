/*
 * quick_avx512.h - a row of numbers for quick.c in the instructions of AVX-512: eight of them.
 *
 * What the functions do is said in quick_avx2.h.
 */
#ifndef PPT_QUICK_AVX512_H
#define PPT_QUICK_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#define QUICK_LANE_BITS 3
#define QUICK_LANES 8

typedef __m512d quick_row;

static inline quick_row quick_fill(double number)
{
    return _mm512_set1_pd(number);
}

static inline quick_row quick_load(const double *from)
{
    return _mm512_loadu_pd(from);
}

static inline void quick_store(double *to, quick_row row)
{
    _mm512_storeu_pd(to, row);
}

static inline __mmask8 quick_first(size_t count)
{
    return (__mmask8)((1U << count) - 1);
}

static inline quick_row quick_load_some(const double *from, size_t count, quick_row rest)
{
    return _mm512_mask_loadu_pd(rest, quick_first(count), from);
}

static inline void quick_store_some(double *to, size_t count, quick_row row)
{
    _mm512_mask_storeu_pd(to, quick_first(count), row);
}

static inline quick_row quick_lower(quick_row a, quick_row b)
{
    return _mm512_min_pd(a, b);
}

static inline quick_row quick_higher(quick_row a, quick_row b)
{
    return _mm512_max_pd(b, a);
}

static inline unsigned quick_below(quick_row row, quick_row bar)
{
    return _mm512_cmp_pd_mask(row, bar, _CMP_LT_OQ);
}

static inline unsigned quick_not_above(quick_row row, quick_row bar)
{
    return _mm512_cmp_pd_mask(row, bar, _CMP_NGT_UQ);
}

/* Where a lane goes when those of the mask go first, and the row of the table that says so: byte by
 * byte, which lane comes to a place. */
#define QUICK_FIRST(mask, lane) __builtin_popcount((mask) & ((1 << (lane)) - 1))
#define QUICK_PLACE(mask, lane)                                                                    \
    ((mask) >> (lane)&1 ? QUICK_FIRST(mask, lane)                                                  \
                        : __builtin_popcount(mask) + (lane)-QUICK_FIRST(mask, lane))
#define QUICK_LANE(mask, lane) (UINT64_C(lane) << 8 * QUICK_PLACE(mask, lane))
#define QUICK_ORDER(mask)                                                                          \
    (QUICK_LANE(mask, 1) | QUICK_LANE(mask, 2) | QUICK_LANE(mask, 3) | QUICK_LANE(mask, 4) |       \
     QUICK_LANE(mask, 5) | QUICK_LANE(mask, 6) | QUICK_LANE(mask, 7))
#define QUICK_ORDERS_4(mask)                                                                       \
    QUICK_ORDER(mask), QUICK_ORDER(mask + 1), QUICK_ORDER(mask + 2), QUICK_ORDER(mask + 3)
#define QUICK_ORDERS_16(mask)                                                                      \
    QUICK_ORDERS_4(mask), QUICK_ORDERS_4(mask + 4), QUICK_ORDERS_4(mask + 8),                      \
        QUICK_ORDERS_4(mask + 12)
#define QUICK_ORDERS_64(mask)                                                                      \
    QUICK_ORDERS_16(mask), QUICK_ORDERS_16(mask + 16), QUICK_ORDERS_16(mask + 32),                 \
        QUICK_ORDERS_16(mask + 48)

/* Not by the instruction that compresses: two of them, one for each side, take longer on Intel, and
 * the one that writes to memory takes more than a hundred cycles on Zen 4. */
static inline quick_row quick_split(quick_row row, unsigned mask)
{
    static const uint64_t orders[] = {QUICK_ORDERS_64(0), QUICK_ORDERS_64(64), QUICK_ORDERS_64(128),
                                      QUICK_ORDERS_64(192)};
    const __m128i order = _mm_loadl_epi64((const __m128i *)(const void *)&orders[mask]);

    return _mm512_permutexvar_pd(_mm512_cvtepu8_epi64(order), row);
}

static inline quick_row quick_mirror(quick_row row, int bit)
{
    return bit == 0   ? _mm512_permute_pd(row, 0x55)
           : bit == 1 ? _mm512_permutex_pd(row, 0x1b)
                      : _mm512_permutexvar_pd(_mm512_set_epi64(0, 1, 2, 3, 4, 5, 6, 7), row);
}

static inline quick_row quick_mix(quick_row a, quick_row b, int bit)
{
    return _mm512_mask_blend_pd(bit == 0 ? 0xaa : bit == 1 ? 0xcc : 0xf0, a, b);
}

static inline void quick_trade(quick_row *a, quick_row *b, int bit)
{
    const quick_row x = *a, y = *b;

    if (bit == 0) {
        *a = _mm512_unpacklo_pd(x, y);
        *b = _mm512_unpackhi_pd(x, y);
    } else if (bit == 1) {
        *a = _mm512_permutex2var_pd(x, _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0), y);
        *b = _mm512_permutex2var_pd(x, _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2), y);
    } else {
        *a = _mm512_shuffle_f64x2(x, y, 0x44);
        *b = _mm512_shuffle_f64x2(x, y, 0xee);
    }
}

#endif
