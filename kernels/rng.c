#include "rng.h"

#include <math.h>

#define GOLDEN_GAMMA UINT64_C(0x9e3779b97f4a7c15)
#define WORDS ((size_t)4 * PPT_RNG_LANES) /* of the state of a bulk generator */

/* The state of the SplitMix64 sequence that belongs to a key: each part passes the finaliser, so
 * that neighbouring keys (task 0, 1, 2 ...) start far apart. */
static uint64_t key(uint64_t seed, uint64_t index, enum ppt_stream stream)
{
    uint64_t k = ppt_mix64(seed + GOLDEN_GAMMA);

    k = ppt_mix64(k ^ (index + GOLDEN_GAMMA));
    return ppt_mix64(k ^ ((uint64_t)stream * GOLDEN_GAMMA + 1));
}

static void spread(uint64_t state, uint64_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        state += GOLDEN_GAMMA;
        out[i] = ppt_mix64(state);
    }
}

void ppt_rng_seed(struct ppt_rng *rng, uint64_t seed, uint64_t index, enum ppt_stream stream)
{
    spread(key(seed, index, stream), rng->s, 4);
}

void ppt_rng_bulk_seed(struct ppt_rng_bulk *rng, uint64_t seed, uint64_t index,
                       enum ppt_stream stream)
{
    spread(key(seed, index, stream), &rng->s[0][0], WORDS);
}

__extension__ typedef unsigned __int128 wide;

uint64_t ppt_rng_below(struct ppt_rng *rng, uint64_t bound)
{
    const uint64_t threshold = (0 - bound) % bound;

    for (;;) {
        const wide product = (wide)ppt_rng_next(rng) * bound;

        if ((uint64_t)product >= threshold) {
            return (uint64_t)(product >> 64);
        }
    }
}

int64_t ppt_rng_between(struct ppt_rng *rng, int64_t low, int64_t high)
{
    const uint64_t span = (uint64_t)high - (uint64_t)low;

    if (span == UINT64_MAX) {
        return (int64_t)ppt_rng_next(rng);
    }
    return (int64_t)((uint64_t)low + ppt_rng_below(rng, span + 1));
}

int64_t ppt_rng_between_log(struct ppt_rng *rng, int64_t low, int64_t high)
{
    const double exponent = log((double)high / (double)low) * ppt_rng_double(rng);
    const int64_t value = llround((double)low * exp(exponent));

    return value < low ? low : value > high ? high : value;
}

uint64_t ppt_rng_fill_blocks(const struct ppt_task *task, uint64_t first, double *out, size_t count,
                             double low, double high)
{
    const uint64_t start = key(task->seed, task->index, PPT_STREAM_BLOCK);
    uint64_t mark = 0;

    for (size_t at = 0; at < count; at += PPT_RNG_BLOCK, first++) {
        const size_t left = count - at;
        struct ppt_rng_bulk rng;
        uint64_t end = 0;

        spread(ppt_mix64(start ^ (first + GOLDEN_GAMMA)), &rng.s[0][0], WORDS);
        ppt_rng_fill_doubles(&rng, out + at, left < PPT_RNG_BLOCK ? left : PPT_RNG_BLOCK, low,
                             high);
        /* Where a generator ended says which numbers it gave. */
        for (size_t i = 0; i < WORDS; i++) {
            end += rng.s[i / PPT_RNG_LANES][i % PPT_RNG_LANES];
        }
        mark += ppt_mix64(end + first);
    }
    return mark;
}
