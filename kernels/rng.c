#include "rng.h"

#include <math.h>
#include <string.h>

#define GOLDEN_GAMMA UINT64_C(0x9e3779b97f4a7c15)

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
    spread(key(seed, index, stream), &rng->s[0][0], (size_t)4 * PPT_RNG_LANES);
}

uint64_t ppt_rng_below(struct ppt_rng *rng, uint64_t bound)
{
    const uint64_t threshold = (0 - bound) % bound;

    for (;;) {
        const unsigned __int128 product = (unsigned __int128)ppt_rng_next(rng) * bound;

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

/* One step of all lanes; the macro keeps the state in registers of the calling loop. */
#define STEP(s, lane)                                                                              \
    do {                                                                                           \
        const uint64_t t_ = (s)[1][lane] << 17;                                                    \
        (s)[2][lane] ^= (s)[0][lane];                                                              \
        (s)[3][lane] ^= (s)[1][lane];                                                              \
        (s)[1][lane] ^= (s)[2][lane];                                                              \
        (s)[0][lane] ^= (s)[3][lane];                                                              \
        (s)[2][lane] ^= t_;                                                                        \
        (s)[3][lane] = ppt_rotate_left((s)[3][lane], 45);                                          \
    } while (0)

void ppt_rng_fill_doubles(struct ppt_rng_bulk *rng, double *out, size_t count, double low,
                          double high)
{
    /* 52 random bits under the exponent of 1.0 give [1, 2) in any instruction set alike. */
    const double scale = high - low;
    const double shift = low - scale;
    uint64_t s[4][PPT_RNG_LANES];
    size_t i = 0;

    memcpy(s, rng->s, sizeof(s));
    while (i < count) {
        double numbers[PPT_RNG_LANES];
        const size_t left = count - i;

        for (size_t lane = 0; lane < PPT_RNG_LANES; lane++) {
            const uint64_t bits = ((s[0][lane] + s[3][lane]) >> 12) | UINT64_C(0x3ff0000000000000);
            double unit;

            STEP(s, lane);
            memcpy(&unit, &bits, sizeof(unit));
            numbers[lane] = unit * scale + shift;
        }
        if (left >= PPT_RNG_LANES) {
            memcpy(out + i, numbers, sizeof(numbers));
            i += PPT_RNG_LANES;
        } else {
            memcpy(out + i, numbers, left * sizeof(double));
            i = count;
        }
    }
    memcpy(rng->s, s, sizeof(s));
}

void ppt_rng_fill_bytes(struct ppt_rng_bulk *rng, void *out, size_t bytes)
{
    unsigned char *to = out;
    uint64_t s[4][PPT_RNG_LANES];
    size_t i = 0;

    memcpy(s, rng->s, sizeof(s));
    while (i < bytes) {
        uint64_t words[PPT_RNG_LANES];
        const size_t left = bytes - i;

        for (size_t lane = 0; lane < PPT_RNG_LANES; lane++) {
            words[lane] = ppt_rotate_left(s[0][lane] + s[3][lane], 23) + s[0][lane];
            STEP(s, lane);
        }
        if (left >= sizeof(words)) {
            memcpy(to + i, words, sizeof(words));
            i += sizeof(words);
        } else {
            memcpy(to + i, words, left);
            i = bytes;
        }
    }
    memcpy(rng->s, s, sizeof(s));
}
