/* A walk over a part of the last-level cache, line by line: lines that are asked for all the time
 * stay there, and those of a task that is slower must leave. What is walked over is so much less
 * than the cache that, alone, it comes from there, and not from memory. */
#include "presser.h"

#define LINES_A_STEP 4096

/* Where nothing is known of the caches: more than most cores have of their own. */
#define UNKNOWN_BYTES ((uint64_t)8 << 20)

/* Of the cache, by all that press on it together. */
#define SHARE 0.6

static int take_cache(struct ppt_presser *presser)
{
    const double share = presser->cache_bytes > 0
                             ? SHARE * (double)presser->cache_bytes / presser->neighbours
                             : (double)UNKNOWN_BYTES;
    const size_t step = (size_t)LINES_A_STEP * PPT_CACHE_LINE;

    return ppt_presser_map(presser, ((size_t)share / step + 1) * step);
}

static int step_cache(struct ppt_presser *presser)
{
    const char *at = (const char *)presser->memory + presser->place;

    for (size_t i = 0; i < LINES_A_STEP; i++) {
        (void)*(const volatile char *)(at + i * PPT_CACHE_LINE);
    }
    presser->place += (uint64_t)LINES_A_STEP * PPT_CACHE_LINE;
    presser->place = presser->place < presser->bytes ? presser->place : 0;
    ppt_presser_add(presser, LINES_A_STEP);
    return 0;
}

const struct ppt_press ppt_press_cache = {take_cache, step_cache, ppt_presser_unmap, NULL};
