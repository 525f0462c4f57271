/*
 * variant.h - for files that are compiled once per instruction set (isa.h).
 *
 * The build defines PPT_ISA as the variant's name and sets the compiler's options. Such a file
 * defines its functions as PPT_VARIANT(name), which makes ppt_digest into ppt_digest_avx2 and so
 * on, and shares none of its other names with other files.
 */
#ifndef PPT_VARIANT_H
#define PPT_VARIANT_H

#include "digest.h"
#include "img_stages.h"
#include "rng_bulk.h"

/* The declarations of one variant. */
#define PPT_VARIANT_DECLARE(isa)                                                                   \
    void ppt_rng_fill_doubles_##isa(struct ppt_rng_bulk *rng, double *out, size_t count,           \
                                    double low, double high);                                      \
    void ppt_rng_fill_bytes_##isa(struct ppt_rng_bulk *rng, void *out, size_t bytes);              \
    uint64_t ppt_digest_##isa(uint64_t start, const void *data, size_t bytes);                     \
    void ppt_quick_sort_##isa(double *values, double *spare, size_t count);                        \
    void ppt_img_resize_start_##isa(struct ppt_img_resizer *resizer,                               \
                                    const struct ppt_image *image);                                \
    void ppt_img_resize_row_##isa(struct ppt_img_resizer *resizer, int y,                          \
                                  struct ppt_img_rgb *rgb);                                        \
    void ppt_img_to_lab_##isa(const struct ppt_img_tables *tables, const struct ppt_img_rgb *rgb,  \
                              uint8_t *restrict lightness, uint8_t *restrict a,                    \
                              uint8_t *restrict b);                                                \
    void ppt_img_equalise_tiles_##isa(struct ppt_img_equaliser *equaliser, const uint8_t *plane,   \
                                      int row);                                                    \
    void ppt_img_equalise_join_##isa(struct ppt_img_equaliser *equaliser, int row);                \
    void ppt_img_equalise_row_##isa(const struct ppt_img_equaliser *equaliser, int y,              \
                                    const uint8_t *from, uint8_t *restrict to);                    \
    void ppt_img_from_lab_##isa(const struct ppt_img_tables *tables, const uint8_t *lightness,     \
                                const uint8_t *a, const uint8_t *b, uint8_t *restrict rgb)

#ifdef PPT_ISA
/* Two steps, so that PPT_ISA is replaced by the name before it is joined. */
#define PPT_VARIANT_JOIN(name, isa) name##_##isa
#define PPT_VARIANT_NAME(name, isa) PPT_VARIANT_JOIN(name, isa)
#define PPT_VARIANT(name) PPT_VARIANT_NAME(name, PPT_ISA)
#define PPT_VARIANT_DECLARE_THIS(isa) PPT_VARIANT_DECLARE(isa)
PPT_VARIANT_DECLARE_THIS(PPT_ISA);
#endif

#endif
