#include "rng_bulk.h"

#include "inner.h"

#define WORDS ((size_t)4 * PPT_RNG_LANES) /* of the state of a bulk generator */

void ppt_rng_bulk_seed(struct ppt_rng_bulk *rng, uint64_t seed, uint64_t index,
                       enum ppt_stream stream)
{
    ppt_rng_spread(ppt_rng_key(seed, index, stream), &rng->s[0][0], WORDS);
}

uint64_t ppt_rng_fill_blocks(const struct ppt_task *task, uint64_t first, double *out, size_t count,
                             double low, double high)
{
    const uint64_t start = ppt_rng_key(task->seed, task->index, PPT_STREAM_BLOCK);
    uint64_t mark = 0;

    for (size_t at = 0; at < count; at += PPT_RNG_BLOCK, first++) {
        const size_t left = count - at;
        struct ppt_rng_bulk rng;
        uint64_t end = 0;

        ppt_rng_spread(ppt_mix64(start ^ (first + PPT_GOLDEN_GAMMA)), &rng.s[0][0], WORDS);
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

struct ppt_rng_share ppt_rng_share(size_t count, unsigned thread, unsigned threads)
{
    const uint64_t blocks = ppt_rng_block_count(count);
    const uint64_t begin = ppt_inner_begin(blocks, thread, threads);
    const uint64_t end = ppt_inner_begin(blocks, thread + 1, threads);
    const size_t from = begin < blocks ? begin * PPT_RNG_BLOCK : count;
    const size_t to = end < blocks ? end * PPT_RNG_BLOCK : count;

    return (struct ppt_rng_share){begin, end, from, to - from};
}
