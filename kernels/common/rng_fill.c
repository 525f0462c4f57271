/*
 * rng_fill - the loops that fill arrays from eight generators side by side.
 *
 * Compilers keep vectors that are wider than the registers in memory. So the lanes are taken in
 * groups of no more vectors than registers hold: with AVX-512 one vector has all lanes, with AVX2
 * two have, and elsewhere two vectors have half of them. A group at a time goes over a chunk of the
 * output that stays in the nearest cache.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "rng_bulk.h"
#include "variant.h"

#define LANES PPT_RNG_LANES

#if defined(__AVX512F__)
#define WIDTH 8 /* lanes of a vector */
#define VECTORS 1
#elif defined(__AVX2__)
#define WIDTH 4
#define VECTORS 2
#else
#define WIDTH 2
#define VECTORS 2
#endif
#define GROUP ((size_t)WIDTH * VECTORS)

/* Rows of all lanes. */
#define CHUNK 128

typedef uint64_t words __attribute__((vector_size(8 * WIDTH)));
typedef double doubles __attribute__((vector_size(8 * WIDTH)));

/* Where the state lies. By memcpy() gcc 12 moves a vector in halves and then leaves all of them in
 * memory, where a step takes twice as long. */
typedef uint64_t state_words __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));

/* A group of lanes on its way through a chunk. */
struct group {
    words a[VECTORS], b[VECTORS], c[VECTORS], d[VECTORS];
};

/* What turns 52 random bits into a number. */
struct scale {
    double factor, shift;
    double last; /* no number is above */
};

static inline __attribute__((always_inline)) void load(struct group *g,
                                                       const struct ppt_rng_bulk *rng, size_t first)
{
    for (size_t v = 0; v < VECTORS; v++) {
        const size_t lane = first + v * WIDTH;

        g->a[v] = *(const state_words *)&rng->s[0][lane];
        g->b[v] = *(const state_words *)&rng->s[1][lane];
        g->c[v] = *(const state_words *)&rng->s[2][lane];
        g->d[v] = *(const state_words *)&rng->s[3][lane];
    }
}

static inline __attribute__((always_inline)) void store(const struct group *g,
                                                        struct ppt_rng_bulk *rng, size_t first)
{
    for (size_t v = 0; v < VECTORS; v++) {
        const size_t lane = first + v * WIDTH;

        *(state_words *)&rng->s[0][lane] = g->a[v];
        *(state_words *)&rng->s[1][lane] = g->b[v];
        *(state_words *)&rng->s[2][lane] = g->c[v];
        *(state_words *)&rng->s[3][lane] = g->d[v];
    }
}

static inline __attribute__((always_inline)) void step(struct group *g, size_t v)
{
    const words t = g->b[v] << 17;

    g->c[v] ^= g->a[v];
    g->d[v] ^= g->b[v];
    g->b[v] ^= g->c[v];
    g->a[v] ^= g->d[v];
    g->c[v] ^= t;
    g->d[v] = (g->d[v] << 45) | (g->d[v] >> 19);
}

/* 52 random bits under the exponent of 1.0 are a number in [1, 2) in any instruction set alike. */
#define EXPONENT_OF_ONE UINT64_C(0x3ff0000000000000)

/* `clamp` is a constant: not to compare saves a sixth of the time. */
static inline __attribute__((always_inline)) doubles number(const struct group *g, size_t v,
                                                            const struct scale *scale, bool clamp)
{
    const words bits = ((g->a[v] + g->d[v]) >> 12) | EXPONENT_OF_ONE;
    const doubles numbers = (doubles)bits * scale->factor + scale->shift;

    if (clamp) {
        const doubles most = numbers * 0 + scale->last;
        const words below = (words)(numbers < most);

        return (doubles)((below & (words)numbers) | (~below & (words)most));
    }
    return numbers;
}

static inline __attribute__((always_inline)) words random_bits(const struct group *g, size_t v)
{
    const words sum = g->a[v] + g->d[v];

    return ((sum << 23) | (sum >> 41)) + g->a[v];
}

static inline __attribute__((always_inline)) void fill_double_rows(struct ppt_rng_bulk *rng,
                                                                   double *out, size_t rows,
                                                                   const struct scale *scale,
                                                                   bool clamp)
{
    for (size_t first = 0; first < LANES; first += GROUP) {
        struct group g;

        load(&g, rng, first);
        for (size_t row = 0; row < rows; row++) {
            for (size_t v = 0; v < VECTORS; v++) {
                const doubles numbers = number(&g, v, scale, clamp);

                step(&g, v);
                memcpy(out + row * LANES + first + v * WIDTH, &numbers, sizeof(numbers));
            }
        }
        store(&g, rng, first);
    }
}

static void fill_byte_rows(struct ppt_rng_bulk *rng, unsigned char *out, size_t rows)
{
    for (size_t first = 0; first < LANES; first += GROUP) {
        struct group g;

        load(&g, rng, first);
        for (size_t row = 0; row < rows; row++) {
            for (size_t v = 0; v < VECTORS; v++) {
                const words bits = random_bits(&g, v);

                step(&g, v);
                memcpy(out + 8 * (row * LANES + first + v * WIDTH), &bits, sizeof(bits));
            }
        }
        store(&g, rng, first);
    }
}

/* Inlined with a constant `clamp`. */
static inline __attribute__((always_inline)) void fill_doubles(struct ppt_rng_bulk *rng,
                                                               double *out, size_t count,
                                                               const struct scale *scale,
                                                               bool clamp)
{
    double rest[LANES];

    for (size_t rows = count / LANES; rows > 0;) {
        const size_t now = rows < CHUNK ? rows : CHUNK;

        fill_double_rows(rng, out, now, scale, clamp);
        out += now * LANES;
        rows -= now;
    }
    if (count % LANES > 0) {
        fill_double_rows(rng, rest, 1, scale, clamp);
        memcpy(out, rest, count % LANES * sizeof(*out));
    }
}

void PPT_VARIANT(ppt_rng_fill_doubles)(struct ppt_rng_bulk *rng, double *out, size_t count,
                                       double low, double high)
{
    const double factor = high - low;
    const struct scale scale = {factor, low - factor, nextafter(high, low)};

    /* Far from zero a number may be rounded up to `high` itself; if the largest is not, none is,
     * because rounding keeps the order. */
    if (0x1.fffffffffffffp0 * scale.factor + scale.shift < high) {
        fill_doubles(rng, out, count, &scale, false);
    } else {
        fill_doubles(rng, out, count, &scale, true);
    }
}

void PPT_VARIANT(ppt_rng_fill_bytes)(struct ppt_rng_bulk *rng, void *out, size_t bytes)
{
    unsigned char *to = out;
    unsigned char rest[8 * LANES];

    for (size_t rows = bytes / sizeof(rest); rows > 0;) {
        const size_t now = rows < CHUNK ? rows : CHUNK;

        fill_byte_rows(rng, to, now);
        to += now * sizeof(rest);
        rows -= now;
    }
    if (bytes % sizeof(rest) > 0) {
        fill_byte_rows(rng, rest, 1);
        memcpy(to, rest, bytes % sizeof(rest));
    }
}
