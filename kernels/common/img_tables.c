/*
 * img_tables - the tables that the conversion between sRGB and Lab looks up. Apart from it, because
 * they come from real numbers: they are made once, whatever instruction set the conversion uses.
 */
#include "img_stages.h"

#include <math.h>

/* Where f() turns from a straight line into a cube root, and the line's slope and start. */
#define LINE_END (216.0 / 24389.0)
#define LINE_SLOPE (841.0 / 108.0)
#define LINE_START (16.0 / 116.0)
#define LINE_LIGHTNESS 20 /* the last 8-bit lightness on the line: 8 * 255 / 100 */

/* Red, green and blue to X, Y and Z over the white point, times 4096; each adds up to 4096, so that
 * no sum of theirs exceeds PPT_IMG_LINEAR_WHITE. */
static const int32_t to_xyz[3][3] = {{1777, 871, 73}, {1541, 2929, 448}, {778, 296, 3575}};

static double to_light(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double from_light(double light)
{
    return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

static uint32_t lightness_entry(int lightness)
{
    const double f = LINE_START + lightness * 100.0 / (255 * 116);
    const double y = lightness <= LINE_LIGHTNESS ? (f - LINE_START) / LINE_SLOPE : f * f * f;

    return (uint32_t)lrint(y * (1 << PPT_IMG_BACK_BITS)) << 16 |
           (uint32_t)lrint(f * (1 << PPT_IMG_BACK_BITS));
}

void ppt_img_tables_init(struct ppt_img_tables *tables)
{
    for (int i = 0; i < 256; i++) {
        const int32_t light = (int32_t)lrint(PPT_IMG_LINEAR_WHITE * to_light(i / 255.0));

        for (int channel = 0; channel < 3; channel++) {
            for (int sum = 0; sum < 3; sum++) {
                tables->xyz[channel][i][sum] =
                    to_xyz[channel][sum] * light + (channel == 0 ? 1 << (PPT_IMG_XYZ_BITS - 1) : 0);
            }
            tables->xyz[channel][i][3] = 0;
        }
        tables->lightness[i] = lightness_entry(i);
    }
    for (int i = 0; i <= PPT_IMG_LINEAR_WHITE; i++) {
        const double light = (double)i / PPT_IMG_LINEAR_WHITE;
        const double f = light < LINE_END ? light * LINE_SLOPE + LINE_START : cbrt(light);

        tables->cube_root[i] = (uint16_t)lrintf((float)f * (1 << PPT_IMG_F_BITS));
    }
    for (int i = 0; i < PPT_IMG_INVERSE_STEPS; i++) {
        tables->gamma[i] = (uint8_t)lrint(255 * from_light((double)i / PPT_IMG_INVERSE_STEPS));
    }
}
