/*
 * immintrin.h - in place of the compiler's header: the instructions of AVX-512 that quick_avx512.h
 * uses, lane by lane in plain C, so that it can be tested on CPUs that lack them. What each does is
 * taken from the operation sections of Intel's "Software Developer's Manual", volume 2.
 */
#ifndef PPT_EMULATED_IMMINTRIN_H
#define PPT_EMULATED_IMMINTRIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EMULATED_LANES 8

/* Hundreds of them in a row, each a loop, would keep a compiler busy for minutes. */
#define EMULATED_CALL static __attribute__((noinline, unused))

typedef struct {
    double lane[EMULATED_LANES];
} __m512d;

typedef struct {
    uint64_t lane[EMULATED_LANES];
} __m512i;

typedef struct {
    uint8_t byte[16];
} __m128i;

typedef uint8_t __mmask8;

enum { _CMP_LT_OQ = 17, _CMP_NGT_UQ = 26 };

/* A row whose lane i is what the expression says. */
#define EMULATED(type, expression)                                                                 \
    type to;                                                                                       \
    for (unsigned i = 0; i < EMULATED_LANES; i++) {                                                \
        to.lane[i] = (expression);                                                                 \
    }                                                                                              \
    return to

EMULATED_CALL __m512d _mm512_set1_pd(double a)
{
    EMULATED(__m512d, a);
}

EMULATED_CALL __m512i _mm512_set_epi64(int e7, int e6, int e5, int e4, int e3, int e2, int e1,
                                       int e0)
{
    const int given[] = {e0, e1, e2, e3, e4, e5, e6, e7};

    EMULATED(__m512i, (uint64_t)given[i]);
}

EMULATED_CALL __m512d _mm512_loadu_pd(const double *from)
{
    EMULATED(__m512d, from[i]);
}

EMULATED_CALL void _mm512_storeu_pd(double *to, __m512d a)
{
    memcpy(to, a.lane, sizeof(a.lane));
}

EMULATED_CALL __m512d _mm512_mask_loadu_pd(__m512d rest, __mmask8 mask, const double *from)
{
    EMULATED(__m512d, mask >> i & 1 ? from[i] : rest.lane[i]);
}

EMULATED_CALL void _mm512_mask_storeu_pd(double *to, __mmask8 mask, __m512d a)
{
    for (unsigned i = 0; i < EMULATED_LANES; i++) {
        if (mask >> i & 1) {
            to[i] = a.lane[i];
        }
    }
}

EMULATED_CALL __m128i _mm_loadl_epi64(const __m128i *from)
{
    __m128i to = {{0}};

    memcpy(to.byte, from, 8);
    return to;
}

EMULATED_CALL __m512i _mm512_cvtepu8_epi64(__m128i a)
{
    EMULATED(__m512i, a.byte[i]);
}

/* Both return the second of two that are alike or of which one is NaN. */
EMULATED_CALL __m512d _mm512_min_pd(__m512d a, __m512d b)
{
    EMULATED(__m512d, a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]);
}

EMULATED_CALL __m512d _mm512_max_pd(__m512d a, __m512d b)
{
    EMULATED(__m512d, a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]);
}

EMULATED_CALL __mmask8 _mm512_cmp_pd_mask(__m512d a, __m512d b, int how)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < EMULATED_LANES; i++) {
        const bool holds = how == _CMP_LT_OQ ? a.lane[i] < b.lane[i] : !(a.lane[i] > b.lane[i]);

        mask |= (unsigned)holds << i;
    }
    return (__mmask8)mask;
}

EMULATED_CALL __m512d _mm512_mask_blend_pd(__mmask8 mask, __m512d a, __m512d b)
{
    EMULATED(__m512d, mask >> i & 1 ? b.lane[i] : a.lane[i]);
}

/* ---- what moves lanes: within pairs, within fours, blocks of two, anywhere ---- */

EMULATED_CALL __m512d _mm512_permute_pd(__m512d a, unsigned control)
{
    EMULATED(__m512d, a.lane[(i & 6) | (control >> i & 1)]);
}

EMULATED_CALL __m512d _mm512_permutex_pd(__m512d a, unsigned control)
{
    EMULATED(__m512d, a.lane[(i & 4) | (control >> 2 * (i & 3) & 3)]);
}

EMULATED_CALL __m512d _mm512_permutexvar_pd(__m512i from, __m512d a)
{
    EMULATED(__m512d, a.lane[from.lane[i] & 7]);
}

EMULATED_CALL __m512d _mm512_permutex2var_pd(__m512d a, __m512i from, __m512d b)
{
    EMULATED(__m512d, (from.lane[i] & 8 ? b : a).lane[from.lane[i] & 7]);
}

EMULATED_CALL __m512d _mm512_shuffle_f64x2(__m512d a, __m512d b, unsigned control)
{
    EMULATED(__m512d, (i < 4 ? a : b).lane[(control >> i / 2 * 2 & 3) * 2 + i % 2]);
}

EMULATED_CALL __m512d _mm512_unpacklo_pd(__m512d a, __m512d b)
{
    EMULATED(__m512d, (i % 2 ? b : a).lane[i & 6]);
}

EMULATED_CALL __m512d _mm512_unpackhi_pd(__m512d a, __m512d b)
{
    EMULATED(__m512d, (i % 2 ? b : a).lane[i | 1]);
}

#endif
