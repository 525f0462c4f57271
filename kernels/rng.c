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

/* All lanes of one state word; compilers map it to the widest registers there are. */
typedef uint64_t lanes __attribute__((vector_size(8 * PPT_RNG_LANES)));

/* One step of all lanes. The four words are apart so that they stay in registers. */
#define STEP(a, b, c, d)                                                                           \
    do {                                                                                           \
        const lanes t_ = (b) << 17;                                                                \
        (c) ^= (a);                                                                                \
        (d) ^= (b);                                                                                \
        (b) ^= (c);                                                                                \
        (a) ^= (d);                                                                                \
        (c) ^= t_;                                                                                 \
        (d) = ((d) << 45) | ((d) >> 19);                                                           \
    } while (0)

static void load(const struct ppt_rng_bulk *rng, lanes s[4])
{
    memcpy(s, rng->s, sizeof(rng->s));
}

void ppt_rng_fill_doubles(struct ppt_rng_bulk *rng, double *out, size_t count, double low,
                          double high)
{
    typedef double doubles __attribute__((vector_size(8 * PPT_RNG_LANES)));
    /* 52 random bits under the exponent of 1.0 give [1, 2) in any instruction set alike. */
    const double scale = high - low;
    const double shift = low - scale;
    const double last = nextafter(high, low);
    lanes s[4];

    load(rng, s);
    lanes a = s[0], b = s[1], c = s[2], d = s[3];
    for (size_t i = 0; i < count; i += PPT_RNG_LANES) {
        const lanes bits = ((a + d) >> 12) | UINT64_C(0x3ff0000000000000);
        doubles numbers = (doubles)bits * scale + shift;
        const size_t left = count - i;
        /* Far from zero the sum may be rounded up to `high` itself. */
        const lanes below = (lanes)(numbers < high);

        numbers = (doubles)((below & (lanes)numbers) | (~below & (lanes)(numbers * 0 + last)));
        STEP(a, b, c, d);
        memcpy(out + i, &numbers, left < PPT_RNG_LANES ? left * sizeof(double) : sizeof(numbers));
    }
    const lanes after[4] = {a, b, c, d};
    memcpy(rng->s, after, sizeof(rng->s));
}

void ppt_rng_fill_bytes(struct ppt_rng_bulk *rng, void *out, size_t bytes)
{
    unsigned char *to = out;
    lanes s[4];

    load(rng, s);
    lanes a = s[0], b = s[1], c = s[2], d = s[3];
    for (size_t left = bytes; left > 0;) {
        const lanes sum = a + d;
        const lanes words = ((sum << 23) | (sum >> 41)) + a;

        STEP(a, b, c, d);
        if (left < sizeof(words)) {
            memcpy(to, &words, left);
            break;
        }
        memcpy(to, &words, sizeof(words));
        to += sizeof(words);
        left -= sizeof(words);
    }
    const lanes after[4] = {a, b, c, d};
    memcpy(rng->s, after, sizeof(rng->s));
}
