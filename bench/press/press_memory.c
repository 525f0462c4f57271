/* Copies between two places. Where stores and loads can go past the caches, they do: what is copied
 * would take the caches' lines from the task as well, and a task that minds that would look like
 * one that minds the bandwidth of memory. */
#include <string.h>

#include "presser.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Of each of the two places. What was stored past the caches is in none of them when its turn comes
 * to be loaded, however little it is; else places have to be larger than caches are. Getting memory
 * drives as much of the task's data out of these, so that it is little where it may be. */
#if defined(__SSE2__)
#define PLACE_BYTES ((size_t)4 << 20)
#else
#define PLACE_BYTES ((size_t)32 << 20)
#endif
#define STEP_BYTES ((size_t)256 << 10)

static int take_memory(struct ppt_presser *presser)
{
    return ppt_presser_map(presser, 2 * PLACE_BYTES);
}

#if defined(__SSE2__)
#define AHEAD 512 /* bytes that loads are asked for before they are made */

static void copy_past_caches(char *to, const char *from)
{
    for (size_t i = 0; i < STEP_BYTES; i += PPT_CACHE_LINE) {
        const __m128i *line = (const __m128i *)(const void *)(from + i);
        __m128i *out = (__m128i *)(void *)(to + i);

        _mm_prefetch(from + i + AHEAD, _MM_HINT_NTA);
        _mm_stream_si128(out, _mm_load_si128(line));
        _mm_stream_si128(out + 1, _mm_load_si128(line + 1));
        _mm_stream_si128(out + 2, _mm_load_si128(line + 2));
        _mm_stream_si128(out + 3, _mm_load_si128(line + 3));
    }
    _mm_sfence();
}
#else
static void copy_past_caches(char *to, const char *from)
{
    memcpy(to, from, STEP_BYTES);
}
#endif

static int step_memory(struct ppt_presser *presser)
{
    char *first = presser->memory, *second = first + PLACE_BYTES;
    const size_t at = (size_t)(presser->place % PLACE_BYTES);
    const bool back = presser->place >= PLACE_BYTES;

    copy_past_caches((back ? first : second) + at, (back ? second : first) + at);
    presser->place = (presser->place + STEP_BYTES) % (2 * PLACE_BYTES);
    ppt_presser_add(presser, 2 * STEP_BYTES);
    return 0;
}

const struct ppt_press ppt_press_memory = {take_memory, step_memory, ppt_presser_unmap, NULL};
