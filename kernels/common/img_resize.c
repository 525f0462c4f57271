/*
 * img_resize - centre crop to a square and bilinear resize, as cv::resize computes it.
 *
 * Column x of the result lies at (x + 0.5) * side / 512 - 0.5 of the square, which is a whole
 * number of 1024ths; OpenCV's 11-bit weights are exactly twice that fraction. It works out the
 * place in single precision, which is exact for squares of up to 16384, the largest that
 * PPT_IMAGE_MOST_PIXELS allows. There is no antialiasing.
 */
#include "img_stages.h"
#include "scratch.h"
#include "variant.h"

#define PLACE_BITS 10 /* a place is a number of 1024ths */
#define WEIGHT_ONE 2048

static int place(int index, int side)
{
    return (2 * index + 1) * side - PPT_IMG_SIDE;
}

static int weight_of(int at)
{
    return (at & ((1 << PLACE_BITS) - 1)) * (WEIGHT_ONE >> PLACE_BITS);
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void PPT_VARIANT(ppt_img_resize_start)(struct ppt_img_resizer *resizer,
                                       const struct ppt_image *image)
{
    const size_t side = image->width < image->height ? image->width : image->height;
    const size_t skip_x = (image->width - side) / 2;
    const size_t skip_y = (image->height - side) / 2;

    resizer->image = image;
    resizer->corner = image->pixels + 3 * (skip_y * image->width + skip_x);
    resizer->side = (int)side;
    resizer->next = side > 1 ? 3 : 0;
    resizer->held[0] = resizer->held[1] = -1;
    for (int x = 0; x < PPT_IMG_SIDE; x++) {
        const int at = place(x, resizer->side);
        int left = at >> PLACE_BITS;
        int weight = weight_of(at);

        if (left < 0) {
            left = weight = 0;
        } else if (left >= resizer->side - 1) {
            /* The last column alone, written as the right one of a pair that exists. */
            left = resizer->side > 1 ? resizer->side - 2 : 0;
            weight = WEIGHT_ONE;
        }
        resizer->left[x] = 3 * left;
        resizer->weight[x] = (int16_t)weight;
    }
}

/* Four bytes from anywhere, the first lowest: compilers make it one load. */
static uint32_t four_bytes(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

/* Fetching apart from computing leaves a loop of computation that vectorises. */
static void stretch(const struct ppt_img_resizer *resizer, const unsigned char *from,
                    int16_t (*restrict out)[PPT_IMG_SIDE])
{
    const int16_t *const weight = resizer->weight;
    const int next = resizer->next;
    uint32_t left[PPT_IMG_SIDE];
    uint32_t right[PPT_IMG_SIDE];

    for (int x = 0; x < PPT_IMG_SIDE; x++) {
        const unsigned char *pixel = from + resizer->left[x];

        left[x] = four_bytes(pixel);
        right[x] = four_bytes(pixel + next);
    }
    for (int channel = 0; channel < 3; channel++) {
        for (int x = 0; x < PPT_IMG_SIDE; x++) {
            const int here = (int)(left[x] >> 8 * channel & 0xff);
            const int there = (int)(right[x] >> 8 * channel & 0xff);

            out[channel][x] = (int16_t)((here * WEIGHT_ONE + (there - here) * weight[x]) >> 4);
        }
    }
}

/* The part of a row that is used is followed by a gap, where the CPU's own prefetching stops; a
 * task takes a sixth less time when the next row is on its way. Only up to twice the size of the
 * result is the next row sure to be used. */
static void expect_next(const struct ppt_img_resizer *resizer, int row, const unsigned char *from)
{
    if (row + 1 >= resizer->side || resizer->side > 2 * PPT_IMG_SIDE) {
        return;
    }
    for (int i = 0; i < 3 * resizer->side; i += PPT_CACHE_LINE) {
        __builtin_prefetch(from + 3 * resizer->image->width + i);
    }
}

/* Returns that row of the square, stretched or shrunk to the width of the result. */
static int16_t (*stretched_row(struct ppt_img_resizer *resizer, int row))[PPT_IMG_SIDE]
{
    const int slot = row & 1; /* two neighbours never share one */

    if (resizer->held[slot] != row) {
        const unsigned char *from = resizer->corner + (size_t)row * 3 * resizer->image->width;

        resizer->held[slot] = row;
        expect_next(resizer, row, from);
        stretch(resizer, from, resizer->stretched[slot]);
    }
    return resizer->stretched[slot];
}

/* Sixteen bits are enough for every value and product taken apart like this. */
static void blend(const int16_t *restrict top, const int16_t *restrict bottom, int weight,
                  uint8_t *restrict out)
{
    const int16_t of_top = (int16_t)(WEIGHT_ONE - weight);
    const int16_t of_bottom = (int16_t)weight;

    for (int x = 0; x < PPT_IMG_SIDE; x++) {
        const int16_t upper = (int16_t)((top[x] * of_top) >> 16);
        const int16_t lower = (int16_t)((bottom[x] * of_bottom) >> 16);

        out[x] = (uint8_t)((upper + lower + 2) >> 2);
    }
}

void PPT_VARIANT(ppt_img_resize_row)(struct ppt_img_resizer *resizer, int y,
                                     struct ppt_img_rgb *rgb)
{
    const int at = place(y, resizer->side);
    const int top = clamp(at >> PLACE_BITS, 0, resizer->side - 1);
    const int bottom = clamp((at >> PLACE_BITS) + 1, 0, resizer->side - 1);
    int16_t(*const upper)[PPT_IMG_SIDE] = stretched_row(resizer, top);
    int16_t(*const lower)[PPT_IMG_SIDE] = stretched_row(resizer, bottom);

    for (int channel = 0; channel < 3; channel++) {
        blend(upper[channel], lower[channel], weight_of(at), rgb->channel[channel]);
    }
}
