/*
 * isa.h - loops that exist once per instruction set, and which of them are in use.
 *
 * A binary must run on any CPU of its family, and yet the loops that fill, digest and convert take
 * about twice as long in the instructions that all of them have (docs/performance.md). So these
 * loops are compiled several times (variant.h), and the best variant that the CPU has is chosen
 * when the program runs. All variants compute the same to the last bit.
 *
 * The environment variable PPT_OMP_ISA names another variant, to see what it would cost.
 *
 * Callers need none of this: ppt_rng_fill_doubles(), ppt_digest(), ppt_sort() and the stages
 * of img_stages.h go to the variant in use.
 */
#ifndef PPT_ISA_H
#define PPT_ISA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

struct ppt_image;
struct ppt_img_equaliser;
struct ppt_img_resizer;
struct ppt_img_rgb;
struct ppt_img_tables;
struct ppt_rng_bulk;

/* What the functions do is said where their callers find them: rng.h, digest.h, sorting.h
 * and img_stages.h. */
struct ppt_isa {
    const char *name;     /* as PPT_OMP_ISA has it */
    bool (*usable)(void); /* whether this CPU (and its operating system) has it */
    void (*rng_fill_doubles)(struct ppt_rng_bulk *rng, double *out, size_t count, double low,
                             double high);
    void (*rng_fill_bytes)(struct ppt_rng_bulk *rng, void *out, size_t bytes);
    uint64_t (*digest)(uint64_t start, const void *data, size_t bytes);
    void (*sort)(double *values, double *spare, size_t count);
    void (*img_resize_start)(struct ppt_img_resizer *resizer, const struct ppt_image *image);
    void (*img_resize_row)(struct ppt_img_resizer *resizer, int y, struct ppt_img_rgb *rgb);
    void (*img_to_lab)(const struct ppt_img_tables *tables, const struct ppt_img_rgb *rgb,
                       uint8_t *restrict lightness, uint8_t *restrict a, uint8_t *restrict b);
    void (*img_equalise_tiles)(struct ppt_img_equaliser *equaliser, const uint8_t *plane, int row);
    void (*img_equalise_join)(struct ppt_img_equaliser *equaliser, int row);
    void (*img_equalise_row)(const struct ppt_img_equaliser *equaliser, int y, const uint8_t *from,
                             uint8_t *restrict to);
    void (*img_from_lab)(const struct ppt_img_tables *tables, const uint8_t *lightness,
                         const uint8_t *a, const uint8_t *b, uint8_t *restrict rgb);
};

/* The variants of this build, the plainest first; NULL at the end. */
extern const struct ppt_isa *const ppt_isas[];

/* The variant in use: PPT_OMP_ISA's when it can be used, else the best one. */
const struct ppt_isa *ppt_isa(void);

/* Fails with PPT_BAD_INPUT when PPT_OMP_ISA names a variant that this CPU or build lacks. */
enum ppt_status ppt_isa_check(struct ppt_error *error);

#endif
