#include <math.h>
#include <string.h>

#include "rng.h"
#include "variant.h"

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

void PPT_VARIANT(ppt_rng_fill_doubles)(struct ppt_rng_bulk *rng, double *out, size_t count,
                                       double low, double high)
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

void PPT_VARIANT(ppt_rng_fill_bytes)(struct ppt_rng_bulk *rng, void *out, size_t bytes)
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
