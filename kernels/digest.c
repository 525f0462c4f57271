#include "digest.h"

#include <string.h>

#include "rng.h"
#include "variant.h"

#define LANES 8
/* Odd, so that multiplication is a bijection of the lane's state. */
#define MULTIPLIER UINT64_C(0x9fb21c651e98df25)

uint64_t PPT_VARIANT(ppt_digest)(uint64_t start, const void *data, size_t bytes)
{
    const unsigned char *from = data;
    uint64_t lane[LANES];
    uint64_t tail[LANES] = {0};
    const size_t stripes = bytes / sizeof(lane);
    uint64_t digest = ppt_digest_word(start, bytes);

    for (size_t i = 0; i < LANES; i++) {
        lane[i] = ppt_mix64(digest + i);
    }
    /* Eight independent chains hide the latency of the multiplication. */
    for (size_t stripe = 0; stripe < stripes; stripe++) {
        uint64_t words[LANES];

        memcpy(words, from + stripe * sizeof(words), sizeof(words));
        for (size_t i = 0; i < LANES; i++) {
            lane[i] = (ppt_rotate_left(lane[i], 29) ^ words[i]) * MULTIPLIER;
        }
    }
    memcpy(tail, from + stripes * sizeof(tail), bytes - stripes * sizeof(tail));
    for (size_t i = 0; i < LANES; i++) {
        digest = ppt_digest_word(digest, lane[i]);
        digest = ppt_digest_word(digest, tail[i]);
    }
    return digest;
}
