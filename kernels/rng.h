/*
 * rng.h - random numbers that depend on a key alone.
 *
 * Every task draws from generators keyed by (seed, task index, stream), so its input is the same
 * on every worker, at every worker count and in every run with that seed. The key is spread with
 * SplitMix64 (Steele, Lea, Flood 2014); the generators are xoshiro256+ for doubles and
 * xoshiro256++ for integers and bytes (Blackman, Vigna 2021). gsl_rng's fastest generators cost
 * 3 to 9 ns a number, which would make filling a matrix cost more than multiplying it.
 *
 * Threads: a generator belongs to one thread at a time.
 */
#ifndef PPT_RNG_H
#define PPT_RNG_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

/* What a task uses its generators for; two streams of a key have nothing in common. */
enum ppt_stream {
    PPT_STREAM_DATA = 0, /* the kernel's input */
    PPT_STREAM_SIDE = 1, /* a second, independent input */
    PPT_STREAM_PLAN = 2, /* order of passes */
    PPT_STREAM_MIX = 3,  /* tasks of the random mix */
    PPT_STREAM_BLOCK = 4 /* the kernel's input, by blocks */
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

/* One generator: a number at a time. */
struct ppt_rng {
    uint64_t s[4];
};

#define PPT_RNG_LANES 8

/* Eight generators side by side, for filling arrays; written so that compilers vectorise it. */
struct ppt_rng_bulk {
    uint64_t s[4][PPT_RNG_LANES];
};

void ppt_rng_seed(struct ppt_rng *rng, uint64_t seed, uint64_t index, enum ppt_stream stream);
void ppt_rng_bulk_seed(struct ppt_rng_bulk *rng, uint64_t seed, uint64_t index,
                       enum ppt_stream stream);

/* Seeds from a task: the common case. */
static inline void ppt_rng_bulk_seed_task(struct ppt_rng_bulk *rng, const struct ppt_task *task)
{
    ppt_rng_bulk_seed(rng, task->seed, task->index, PPT_STREAM_DATA);
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
uint64_t ppt_rng_below(struct ppt_rng *rng, uint64_t bound);

/* Uniform in low ... high, both included. */
int64_t ppt_rng_between(struct ppt_rng *rng, int64_t low, int64_t high);

/* As ppt_rng_between(), but uniform on a logarithmic scale; 0 < low <= high. */
int64_t ppt_rng_between_log(struct ppt_rng *rng, int64_t low, int64_t high);

/* Fills with doubles uniform in [low, high), 52 bits of randomness each. */
void ppt_rng_fill_doubles(struct ppt_rng_bulk *rng, double *out, size_t count, double low,
                          double high);

/* Doubles by blocks, for filling by several threads: a task has an endless sequence of them, and
 * each block of so many comes from a generator of its own. */
#define PPT_RNG_BLOCK ((size_t)8192)

static inline uint64_t ppt_rng_block_count(size_t count)
{
    return (count + PPT_RNG_BLOCK - 1) / PPT_RNG_BLOCK;
}

/* Fills `count` doubles, as ppt_rng_fill_doubles() does, from the blocks `first` and following; the
 * rest of the last block is lost. Returns a number that tells which blocks were filled and how far,
 * by PPT_RNG_LANES numbers: those of parts that are filled apart add up to that of the whole. */
uint64_t ppt_rng_fill_blocks(const struct ppt_task *task, uint64_t first, double *out, size_t count,
                             double low, double high);

/* Fills with uniform bytes. A buffer filled in pieces whose sizes are multiples of 64 bytes is the
 * same as one filled at once. */
void ppt_rng_fill_bytes(struct ppt_rng_bulk *rng, void *out, size_t bytes);

#endif
