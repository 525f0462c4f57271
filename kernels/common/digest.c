#include "digest.h"

#include <string.h>

#include "rng.h"
#include "variant.h"

#define DIGEST_LANES 8

/* Only AVX-512 multiplies vectors of 64-bit numbers; made of other instructions, such a
 * multiplication takes longer than eight plain ones. */
#if defined(__x86_64__) && !defined(__AVX512DQ__)
#define KEEP_SCALAR(word) __asm__("" : "+r"(word))
#else
#define KEEP_SCALAR(word) (void)0
#endif

/* Odd, so that multiplication is a bijection of the lane's state. */
#define MULTIPLIER UINT64_C(0x9fb21c651e98df25)

uint64_t PPT_VARIANT(ppt_digest)(uint64_t start, const void *data, size_t bytes)
{
    const unsigned char *from = data;
    uint64_t lane[DIGEST_LANES];
    uint64_t tail[DIGEST_LANES] = {0};
    const size_t stripes = bytes / sizeof(lane);
    uint64_t digest = ppt_digest_word(start, bytes);

    for (size_t i = 0; i < DIGEST_LANES; i++) {
        lane[i] = ppt_mix64(digest + i);
    }
    /* Eight independent chains hide the latency of the multiplication. */
    for (size_t stripe = 0; stripe < stripes; stripe++) {
        for (size_t i = 0; i < DIGEST_LANES; i++) {
            uint64_t word;

            memcpy(&word, from + stripe * sizeof(lane) + i * sizeof(word), sizeof(word));
            KEEP_SCALAR(word);
            lane[i] = (ppt_rotate_left(lane[i], 29) ^ word) * MULTIPLIER;
        }
    }
    memcpy(tail, from + stripes * sizeof(tail), bytes - stripes * sizeof(tail));
    for (size_t i = 0; i < DIGEST_LANES; i++) {
        digest = ppt_digest_word(digest, lane[i]);
        digest = ppt_digest_word(digest, tail[i]);
    }
    return digest;
}
