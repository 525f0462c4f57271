/*
 * img_clahe - contrast-limited adaptive histogram equalisation, as cv::CLAHE computes it
 * (K. Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994).
 *
 * Each tile gets a table from the histogram of its own pixels, in which no bin may count more than
 * the clip limit. A pixel's value is interpolated between the tables of the four tiles around it.
 * OpenCV interpolates in single precision; with tiles of 64 pixels every step of that is exact,
 * and so the same as the integers here.
 */
#include "img_stages.h"

#include <string.h>

#include "variant.h"

#define SIDE PPT_IMG_SIDE
#define TILE PPT_IMG_TILE
#define TILES PPT_IMG_TILES
#define BINS 256
#define TILE_PIXELS (TILE * TILE)
#define CLIP (2 * TILE_PIXELS / BINS)

/* Pixels alike in a row would make each increment wait for the one before: neighbours count in
 * different histograms. */
#define CLAHE_LANES 4

static void count(const uint8_t *corner, int histogram[BINS])
{
    uint16_t lane[CLAHE_LANES][BINS];

    memset(lane, 0, sizeof(lane));
    for (size_t y = 0; y < TILE; y++) {
        const uint8_t *row = corner + y * SIDE;

        for (int x = 0; x < TILE; x += CLAHE_LANES) {
            for (int i = 0; i < CLAHE_LANES; i++) {
                lane[i][row[x + i]]++;
            }
        }
    }
    for (int bin = 0; bin < BINS; bin++) {
        histogram[bin] = lane[0][bin] + lane[1][bin] + lane[2][bin] + lane[3][bin];
    }
}

/* Cuts what exceeds the limit and spreads it, once: evenly, and the rest over bins evenly apart. */
static void clip(int histogram[BINS])
{
    int excess = 0;

    for (int bin = 0; bin < BINS; bin++) {
        const int over = histogram[bin] > CLIP ? histogram[bin] - CLIP : 0;

        excess += over;
        histogram[bin] -= over;
    }
    for (int bin = 0; bin < BINS; bin++) {
        histogram[bin] += excess / BINS;
    }

    const size_t rest = (size_t)excess % BINS;
    const size_t stride = rest > 0 ? BINS / rest : 1;

    for (size_t i = 0; i < rest; i++) {
        histogram[i * stride]++;
    }
}

/* value / 4096, a tie going to the even number, as the CPU rounds. */
static int divide(int value)
{
    return (value + TILE_PIXELS / 2 - 1 + ((value / TILE_PIXELS) & 1)) / TILE_PIXELS;
}

static void make_map(const int histogram[BINS], uint8_t map[BINS])
{
    int cumulative = 0;

    for (int bin = 0; bin < BINS; bin++) {
        cumulative += histogram[bin];
        map[bin] = (uint8_t)divide(cumulative * 255);
    }
}

static int nearest_tile(int tile)
{
    return tile < 0 ? 0 : tile >= TILES ? TILES - 1 : tile;
}

void PPT_VARIANT(ppt_img_equalise_tiles)(struct ppt_img_equaliser *equaliser, const uint8_t *plane,
                                         int row)
{
    for (size_t x = 0; x < TILES; x++) {
        int histogram[BINS];

        count(plane + (size_t)row * TILE * SIDE + x * TILE, histogram);
        clip(histogram);
        make_map(histogram, equaliser->map[row][x]);
    }
}

void PPT_VARIANT(ppt_img_equalise_join)(struct ppt_img_equaliser *equaliser, int row)
{
    uint8_t(*const upper)[BINS] = equaliser->map[nearest_tile(row - 1)];
    uint8_t(*const lower)[BINS] = equaliser->map[nearest_tile(row)];

    for (int band = 0; band < PPT_IMG_BANDS; band++) {
        const int left = nearest_tile(band - 1);
        const int right = nearest_tile(band);
        uint32_t *const quad = equaliser->quad[row][band];

        for (int value = 0; value < BINS; value++) {
            quad[value] = (uint32_t)upper[left][value] | (uint32_t)upper[right][value] << 8 |
                          (uint32_t)lower[left][value] << 16 | (uint32_t)lower[right][value] << 24;
        }
    }
}

/* Weights of the right and lower tiles go from 0 to 63 between two centres. */
void PPT_VARIANT(ppt_img_equalise_row)(const struct ppt_img_equaliser *equaliser, int y,
                                       const uint8_t *from, uint8_t *restrict to)
{
    const uint32_t(*const quads)[BINS] = equaliser->quad[(y + TILE / 2) / TILE];
    const int down = (y + TILE / 2) % TILE;
    uint32_t quad[SIDE];

    for (int x = 0; x < SIDE; x += TILE / 2) {
        const uint32_t *const table = quads[(x + TILE / 2) / TILE];

        for (int i = x; i < x + TILE / 2; i++) {
            quad[i] = table[from[i]];
        }
    }
    for (int x = 0; x < SIDE; x++) {
        const int across = (x + TILE / 2) % TILE;
        const int upper_left = (int)(quad[x] & 0xff);
        const int upper_right = (int)(quad[x] >> 8 & 0xff);
        const int lower_left = (int)(quad[x] >> 16 & 0xff);
        const int lower_right = (int)(quad[x] >> 24);
        const int upper = upper_left * TILE + (upper_right - upper_left) * across;
        const int lower = lower_left * TILE + (lower_right - lower_left) * across;

        to[x] = (uint8_t)divide(upper * TILE + (lower - upper) * down);
    }
}
