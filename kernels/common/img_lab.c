/*
 * img_lab - sRGB to CIE Lab and back, in the fixed-point arithmetic of OpenCV's 8-bit conversion.
 *
 * Scales: light is 0 ... 2040 on the way there and 0 ... 4095 on the way back; Lab's f() is times
 * 32768 there and times 16384 back. The white point is D65. Each row takes turns between loops
 * that only look up (which no compiler vectorises) and loops that only compute (which all do).
 */
#include <string.h>

#include "img_stages.h"
#include "variant.h"

#define SIDE PPT_IMG_SIDE

#define XYZ_BITS PPT_IMG_XYZ_BITS
#define F_BITS PPT_IMG_F_BITS
#define BACK_BITS PPT_IMG_BACK_BITS
#define BACK_ONE (1 << BACK_BITS)

static int descale(int value, int bits)
{
    return (value + (1 << (bits - 1))) >> bits;
}

/* (116 * 255 + 50) / 100 and (16 * 255 * 32768 + 50) / 100 */
#define L_SCALE 296
#define L_SHIFT 1336934

/* X, Y, Z and nothing. */
typedef int32_t sums __attribute__((vector_size(16)));

static inline sums sum_at(const int32_t *entry)
{
    sums sum;

    memcpy(&sum, entry, sizeof(sum));
    return sum;
}

void PPT_VARIANT(ppt_img_to_lab)(const struct ppt_img_tables *tables, const struct ppt_img_rgb *rgb,
                                 uint8_t *restrict lightness, uint8_t *restrict a,
                                 uint8_t *restrict b)
{
    uint16_t f[3][SIDE];

    for (int i = 0; i < SIDE; i++) {
        const sums xyz = (sum_at(tables->xyz[0][rgb->channel[0][i]]) +
                          sum_at(tables->xyz[1][rgb->channel[1][i]]) +
                          sum_at(tables->xyz[2][rgb->channel[2][i]])) >>
                         XYZ_BITS;

        f[0][i] = tables->cube_root[xyz[0]];
        f[1][i] = tables->cube_root[xyz[1]];
        f[2][i] = tables->cube_root[xyz[2]];
    }
    /* None of the three can leave 0 ... 255. */
    for (int i = 0; i < SIDE; i++) {
        const int x = f[0][i];
        const int y = f[1][i];
        const int z = f[2][i];

        lightness[i] = (uint8_t)descale(L_SCALE * y - L_SHIFT, F_BITS);
        a[i] = (uint8_t)descale(500 * (x - y) + (128 << F_BITS), F_BITS);
        b[i] = (uint8_t)descale(200 * (y - z) + (128 << F_BITS), F_BITS);
    }
}

/* The inverse of f(): f and the result times 16384. */
static int from_f(int f)
{
    const int line = f * 108 / 841 - BACK_ONE * 16 / 116 * 108 / 841;
    const int cube = ((f * f >> BACK_BITS) * f) >> BACK_BITS;

    return f <= 3390 ? line : cube; /* 6/29 * 16384 is 3389.8 */
}

static int16_t to_step(int scaled)
{
    const int step = descale(scaled, XYZ_BITS + BACK_BITS - 12);

    return (int16_t)(step < 0                           ? 0
                     : step > PPT_IMG_INVERSE_STEPS - 1 ? PPT_IMG_INVERSE_STEPS - 1
                                                        : step);
}

void PPT_VARIANT(ppt_img_from_lab)(const struct ppt_img_tables *tables, const uint8_t *lightness,
                                   const uint8_t *a, const uint8_t *b, uint8_t *restrict rgb)
{
    uint32_t entry[SIDE];
    int16_t step[3][SIDE];

    for (int i = 0; i < SIDE; i++) {
        entry[i] = tables->lightness[lightness[i]];
    }
    for (int i = 0; i < SIDE; i++) {
        const int y = (int)(entry[i] >> 16);
        const int f = (int)(entry[i] & 0xffff);
        /* a / 500 and b / 200 times 16384, of a and b unshifted and scaled to 255 */
        const int from_a = ((5 * a[i] * 53687 + (1 << 7)) >> 13) - 128 * BACK_ONE / 500;
        const int from_b = ((b[i] * 41943 + (1 << 4)) >> 9) - 128 * BACK_ONE / 200 + 1;
        const int x = from_f(f + from_a);
        const int z = from_f(f - from_b);

        step[0][i] = to_step(12615 * x - 6296 * y - 2223 * z);
        step[1][i] = to_step(-3773 * x + 7684 * y + 185 * z);
        step[2][i] = to_step(217 * x - 836 * y + 4715 * z);
    }
    for (size_t i = 0; i < SIDE; i++) {
        rgb[3 * i] = tables->gamma[step[0][i]];
        rgb[3 * i + 1] = tables->gamma[step[1][i]];
        rgb[3 * i + 2] = tables->gamma[step[2][i]];
    }
}
