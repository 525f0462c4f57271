/*
 * rng.h - random numbers that depend on a key alone.
 *
 * Every task draws from generators keyed by (seed, task index, stream), so its input is the same
 * on every worker, at every worker count and in every run with that seed. The key is spread with
 * SplitMix64 (Steele, Lea, Flood 2014); the generators are xoshiro256+ for doubles and
 * xoshiro256++ for integers and bytes (Blackman, Vigna 2021). gsl_rng's fastest generators cost
 * 3 to 9 ns a number, which would make filling a matrix cost more than multiplying it.
 *
 * Header only, so that a kernel built outside the tree can use it; filling whole arrays is in
 * rng_bulk.h, and for such kernels among the services (kernel.h).
 *
 * Threads: a generator belongs to one thread at a time.
 */
#ifndef PPT_RNG_H
#define PPT_RNG_H

#include <stddef.h>
#include <stdint.h>

/* What a task uses its generators for; two streams of a key have nothing in common. */
enum ppt_stream {
    PPT_STREAM_DATA = 0,    /* the kernel's input */
    PPT_STREAM_SIDE = 1,    /* a second, independent input */
    PPT_STREAM_PLAN = 2,    /* order of passes */
    PPT_STREAM_MIX = 3,     /* tasks of the random mix */
    PPT_STREAM_BLOCK = 4,   /* the kernel's input, by blocks */
    PPT_STREAM_ARRIVALS = 5 /* when tasks arrive, by blocks */
};

/* The finaliser of SplitMix64: a bijection that spreads every bit over all of them. */
static inline uint64_t ppt_mix64(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline uint64_t ppt_rotate_left(uint64_t x, unsigned bits)
{
    return (x << bits) | (x >> (64 - bits));
}

#define PPT_GOLDEN_GAMMA UINT64_C(0x9e3779b97f4a7c15)

/* The state of the SplitMix64 sequence that belongs to a key: each part passes the finaliser, so
 * that neighbouring keys (task 0, 1, 2 ...) start far apart. */
static inline uint64_t ppt_rng_key(uint64_t seed, uint64_t index, enum ppt_stream stream)
{
    uint64_t k = ppt_mix64(seed + PPT_GOLDEN_GAMMA);

    k = ppt_mix64(k ^ (index + PPT_GOLDEN_GAMMA));
    return ppt_mix64(k ^ ((uint64_t)stream * PPT_GOLDEN_GAMMA + 1));
}

/* The next numbers of that sequence, which make the state of a generator. */
static inline void ppt_rng_spread(uint64_t state, uint64_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        state += PPT_GOLDEN_GAMMA;
        out[i] = ppt_mix64(state);
    }
}

/* One generator: a number at a time. */
struct ppt_rng {
    uint64_t s[4];
};

static inline void ppt_rng_seed(struct ppt_rng *rng, uint64_t seed, uint64_t index,
                                enum ppt_stream stream)
{
    ppt_rng_spread(ppt_rng_key(seed, index, stream), rng->s, 4);
}

/* 64 uniform bits. */
static inline uint64_t ppt_rng_next(struct ppt_rng *rng)
{
    uint64_t *s = rng->s;
    const uint64_t result = ppt_rotate_left(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = ppt_rotate_left(s[3], 45);
    return result;
}

/* Uniform in [0, 1), 53 bits. */
static inline double ppt_rng_double(struct ppt_rng *rng)
{
    return (double)(ppt_rng_next(rng) >> 11) * 0x1p-53;
}

/* Uniform in 0 ... bound - 1, without bias (Lemire 2019); bound > 0. */
static inline uint64_t ppt_rng_below(struct ppt_rng *rng, uint64_t bound)
{
    const uint64_t threshold = (0 - bound) % bound;

    for (;;) {
        __extension__ const unsigned __int128 product =
            (unsigned __int128)ppt_rng_next(rng) * bound;

        if ((uint64_t)product >= threshold) {
            return (uint64_t)(product >> 64);
        }
    }
}

/* Uniform in low ... high, both included. */
static inline int64_t ppt_rng_between(struct ppt_rng *rng, int64_t low, int64_t high)
{
    const uint64_t span = (uint64_t)high - (uint64_t)low;

    if (span == UINT64_MAX) {
        return (int64_t)ppt_rng_next(rng);
    }
    return (int64_t)((uint64_t)low + ppt_rng_below(rng, span + 1));
}

#endif
