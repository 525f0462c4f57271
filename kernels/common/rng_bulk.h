/*
 * rng_bulk.h - random numbers for whole arrays (rng.h says what they depend on).
 */
#ifndef PPT_RNG_BULK_H
#define PPT_RNG_BULK_H

#include "kernel.h"
#include "rng.h"

#define PPT_RNG_LANES 8

/* Eight generators side by side, for filling arrays; written so that compilers vectorise it. */
struct ppt_rng_bulk {
    uint64_t s[4][PPT_RNG_LANES];
};

void ppt_rng_bulk_seed(struct ppt_rng_bulk *rng, uint64_t seed, uint64_t index,
                       enum ppt_stream stream);

/* Seeds from a task: the common case. */
static inline void ppt_rng_bulk_seed_task(struct ppt_rng_bulk *rng, const struct ppt_task *task)
{
    ppt_rng_bulk_seed(rng, task->seed, task->index, PPT_STREAM_DATA);
}

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

/* The part of `count` doubles that a thread of a team fills: whole blocks, `begin` to `end`, which
 * are so many numbers from there on. */
struct ppt_rng_share {
    uint64_t begin, end;
    size_t from, count;
};

struct ppt_rng_share ppt_rng_share(size_t count, unsigned thread, unsigned threads);

/* Fills with uniform bytes. A buffer filled in pieces whose sizes are multiples of 64 bytes is the
 * same as one filled at once. */
void ppt_rng_fill_bytes(struct ppt_rng_bulk *rng, void *out, size_t bytes);

#endif
