/*
 * img_stages.h - the stages that the img kernel sends a picture through, row by row.
 *
 *     picture -- crop and resize --> red, green, blue -- to Lab --> lightness, a, b
 *     lightness -- equalise --> lightness'             -- from Lab --> red, green, blue
 *
 * All of it follows OpenCV's arithmetic for 8-bit pictures (cv::resize with INTER_LINEAR,
 * COLOR_BGR2Lab, cv::CLAHE, COLOR_Lab2BGR) to the last bit, in integers throughout, so a result
 * does not depend on the instruction set. A row is PPT_IMG_SIDE values of one channel, one after
 * the other: loops over rows of one channel are what compilers vectorise.
 *
 * Threads: tables are read-only once built; a resizer belongs to one thread; different rows of an
 * equaliser may be made by different threads.
 */
#ifndef PPT_IMG_STAGES_H
#define PPT_IMG_STAGES_H

#include <stdint.h>

#include "image.h"

#define PPT_IMG_SIDE 512                  /* width and height of a result */
#define PPT_IMG_TILES 8                   /* tiles of the equaliser, each way */
#define PPT_IMG_BANDS (PPT_IMG_TILES + 1) /* stripes with the same pair of tile centres */
#define PPT_IMG_TILE (PPT_IMG_SIDE / PPT_IMG_TILES)

/* A row of the result in red, green and blue. */
struct ppt_img_rgb {
    uint8_t channel[3][PPT_IMG_SIDE];
};

/* Crop and resize (img_resize.c). ------------------------------------------------------------- */

struct ppt_img_resizer {
    const struct ppt_image *image;         /* borrowed */
    const unsigned char *corner;           /* of the cropped square */
    int side;                              /* of the cropped square, in pixels */
    int next;                              /* bytes from a pixel to its right neighbour */
    int32_t left[PPT_IMG_SIDE];            /* per column of the result: byte offset in a row */
    int16_t weight[PPT_IMG_SIDE];          /* of the right neighbour; 0 ... 2048 */
    int held[2];                           /* the rows of the square that `stretched` holds */
    int16_t stretched[2][3][PPT_IMG_SIDE]; /* values times 128: as wide as the result already */
};

/* Prepares for the rows of this picture, which must be at least 1 by 1 and at most
 * PPT_IMAGE_MOST_PIXELS large. */
void ppt_img_resize_start(struct ppt_img_resizer *resizer, const struct ppt_image *image);

/* Computes row `y` of the result; cheapest when called with y growing. */
void ppt_img_resize_row(struct ppt_img_resizer *resizer, int y, struct ppt_img_rgb *rgb);

/* To Lab and back (img_tables.c, img_lab.c). -------------------------------------------------- */

#define PPT_IMG_XYZ_BITS 12       /* of X, Y and Z on the way there; OpenCV's lab_shift */
#define PPT_IMG_F_BITS 15         /* Lab's f() on the way there; OpenCV's lab_shift2 */
#define PPT_IMG_BACK_BITS 14      /* and on the way back; OpenCV's base_shift */
#define PPT_IMG_LINEAR_WHITE 2040 /* 255 * 8: linear light in eighths */
#define PPT_IMG_INVERSE_STEPS 4096

struct ppt_img_tables {
    /* Red, green or blue -> what its light adds to X, Y and Z over the white point, times 2040 and
     * 4096; red's has the half in it that rounds the sum. */
    int32_t xyz[3][256][4];
    uint16_t cube_root[PPT_IMG_LINEAR_WHITE + 1]; /* X, Y or Z -> Lab's f(), times 32768 */
    uint32_t lightness[256];                      /* L -> Y << 16 | f(Y), both times 16384 */
    uint8_t gamma[PPT_IMG_INVERSE_STEPS];         /* light, 0 ... 4095 -> sRGB value */
};

void ppt_img_tables_init(struct ppt_img_tables *tables);

/* One row of sRGB to 8-bit Lab: lightness 0 ... 255 for 0 ... 100, a and b shifted by 128. */
void ppt_img_to_lab(const struct ppt_img_tables *tables, const struct ppt_img_rgb *rgb,
                    uint8_t *restrict lightness, uint8_t *restrict a, uint8_t *restrict b);

/* One row back; `rgb` receives PPT_IMG_SIDE pixels of three bytes each. */
void ppt_img_from_lab(const struct ppt_img_tables *tables, const uint8_t *lightness,
                      const uint8_t *a, const uint8_t *b, uint8_t *restrict rgb);

/* Contrast-limited adaptive histogram equalisation (img_clahe.c). ----------------------------- */

/* For each area between four tile centres, what a value becomes in each of the four tiles: top
 * left in the lowest byte, then top right, bottom left, bottom right. At the border the tile
 * nearest stands in for those that are missing. */
struct ppt_img_equaliser {
    uint8_t map[PPT_IMG_TILES][PPT_IMG_TILES][256];
    uint32_t quad[PPT_IMG_BANDS][PPT_IMG_BANDS][256];
};

/* Makes the maps of one row of tiles, 0 ... PPT_IMG_TILES - 1, from the plane (PPT_IMG_SIDE rows).
 * Rows of tiles do not depend on each other. */
void ppt_img_equalise_tiles(struct ppt_img_equaliser *equaliser, const uint8_t *plane, int row);

/* Joins the maps of all tiles for one row of bands, 0 ... PPT_IMG_BANDS - 1. */
void ppt_img_equalise_join(struct ppt_img_equaliser *equaliser, int row);

/* Equalises row `y` of that plane, when all bands are joined. */
void ppt_img_equalise_row(const struct ppt_img_equaliser *equaliser, int y, const uint8_t *from,
                          uint8_t *restrict to);

#endif
