#include "isa.h"

#include <stdlib.h>
#include <string.h>

#include "radix.h"
#include "sorting.h"
#include "variant.h"

#define VARIABLE "PPT_OMP_ISA"

/* NOLINTBEGIN(bugprone-macro-parentheses): the arguments are names. `row` is the variant `isa` but
 * for two functions. */
#define TABLE(row, isa, test, digester, sorter)                                                    \
    static const struct ppt_isa row = {                                                            \
        .name = #isa,                                                                              \
        .usable = test,                                                                            \
        .rng_fill_doubles = ppt_rng_fill_doubles_##isa,                                            \
        .rng_fill_bytes = ppt_rng_fill_bytes_##isa,                                                \
        .digest = digester,                                                                        \
        .sort = sorter,                                                                            \
        .img_resize_start = ppt_img_resize_start_##isa,                                            \
        .img_resize_row = ppt_img_resize_row_##isa,                                                \
        .img_to_lab = ppt_img_to_lab_##isa,                                                        \
        .img_equalise_tiles = ppt_img_equalise_tiles_##isa,                                        \
        .img_equalise_join = ppt_img_equalise_join_##isa,                                          \
        .img_equalise_row = ppt_img_equalise_row_##isa,                                            \
        .img_from_lab = ppt_img_from_lab_##isa,                                                    \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

static bool always(void)
{
    return true;
}

PPT_VARIANT_DECLARE(baseline);
TABLE(baseline, baseline, always, ppt_digest_baseline, ppt_radix_sort_split);

/* The groups of instructions that the levels x86-64-v3 and v4 of the psABI add, as far as all
 * compilers know names for them; the others are not used (meson.build). */
#ifdef PPT_ISA_X86
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

PPT_VARIANT_DECLARE(avx2);
PPT_VARIANT_DECLARE(avx512);
TABLE(avx2, avx2, has_avx2, ppt_digest_avx2, ppt_quick_sort_avx2);
TABLE(avx512, avx512, has_avx512, ppt_digest_avx512, ppt_quick_sort_avx512);

/* The widest is not the fastest everywhere, as docs/performance.md has it: a Zen 4 scatters over a
 * whole array faster than it partitions it by AVX2, and an Emerald Rapids digests faster by plain
 * multiplications than by vectors of 64-bit numbers. */
TABLE(avx2_amd, avx2, has_avx2, ppt_digest_avx2, ppt_radix_sort);
TABLE(avx512_intel, avx512, has_avx512, ppt_digest_avx2, ppt_quick_sort_avx512);

static const struct ppt_isa *fit_to_maker(const struct ppt_isa *isa)
{
    return isa == &avx2 && __builtin_cpu_is("amd")       ? &avx2_amd
           : isa == &avx512 && __builtin_cpu_is("intel") ? &avx512_intel
                                                         : isa;
}
#else
static const struct ppt_isa *fit_to_maker(const struct ppt_isa *isa)
{
    return isa;
}
#endif

const struct ppt_isa *const ppt_isas[] = {
    &baseline,
#ifdef PPT_ISA_X86
    &avx2,
    &avx512,
#endif
    NULL,
};

/* The usable variant of that name, or NULL. */
static const struct ppt_isa *find_isa(const char *name)
{
    for (size_t i = 0; ppt_isas[i]; i++) {
        if (strcmp(ppt_isas[i]->name, name) == 0) {
            return ppt_isas[i]->usable() ? ppt_isas[i] : NULL;
        }
    }
    return NULL;
}

static const struct ppt_isa *choose_isa(void)
{
    const char *wanted = getenv(VARIABLE);
    const struct ppt_isa *isa = wanted && *wanted ? find_isa(wanted) : NULL;

    for (size_t i = 0; !isa && ppt_isas[i]; i++) {
        if (!ppt_isas[i + 1] || !ppt_isas[i + 1]->usable()) {
            isa = ppt_isas[i];
        }
    }
    return fit_to_maker(isa);
}

const struct ppt_isa *ppt_isa(void)
{
    /* No state that changes: whoever comes first writes what everyone else would. Reading the
     * environment for every call would cost more than a short digest. */
    static const struct ppt_isa *chosen;
    const struct ppt_isa *isa = __atomic_load_n(&chosen, __ATOMIC_RELAXED);

    if (!isa) {
        isa = choose_isa();
        __atomic_store_n(&chosen, isa, __ATOMIC_RELAXED);
    }
    return isa;
}

enum ppt_status ppt_isa_check(struct ppt_error *error)
{
    const char *wanted = getenv(VARIABLE);
    char known[64] = "";

    if (!wanted || !*wanted || find_isa(wanted)) {
        return PPT_OK;
    }
    for (size_t i = 0; ppt_isas[i]; i++) {
        if (ppt_isas[i]->usable()) {
            strncat(known, i ? ", " : "", sizeof(known) - strlen(known) - 1);
            strncat(known, ppt_isas[i]->name, sizeof(known) - strlen(known) - 1);
        }
    }
    return ppt_fail(error, PPT_BAD_INPUT, VARIABLE ": \"%s\" cannot be used here; there is: %s",
                    wanted, known);
}

/* ---- the functions that go to the variant in use ---- */

void ppt_rng_fill_doubles(struct ppt_rng_bulk *rng, double *out, size_t count, double low,
                          double high)
{
    ppt_isa()->rng_fill_doubles(rng, out, count, low, high);
}

void ppt_rng_fill_bytes(struct ppt_rng_bulk *rng, void *out, size_t bytes)
{
    ppt_isa()->rng_fill_bytes(rng, out, bytes);
}

uint64_t ppt_digest(uint64_t start, const void *data, size_t bytes)
{
    return ppt_isa()->digest(start, data, bytes);
}

void ppt_sort(double *values, double *spare, size_t count)
{
    ppt_isa()->sort(values, spare, count);
}

void ppt_img_resize_start(struct ppt_img_resizer *resizer, const struct ppt_image *image)
{
    ppt_isa()->img_resize_start(resizer, image);
}

void ppt_img_resize_row(struct ppt_img_resizer *resizer, int y, struct ppt_img_rgb *rgb)
{
    ppt_isa()->img_resize_row(resizer, y, rgb);
}

void ppt_img_to_lab(const struct ppt_img_tables *tables, const struct ppt_img_rgb *rgb,
                    uint8_t *restrict lightness, uint8_t *restrict a, uint8_t *restrict b)
{
    ppt_isa()->img_to_lab(tables, rgb, lightness, a, b);
}

void ppt_img_equalise_tiles(struct ppt_img_equaliser *equaliser, const uint8_t *plane, int row)
{
    ppt_isa()->img_equalise_tiles(equaliser, plane, row);
}

void ppt_img_equalise_join(struct ppt_img_equaliser *equaliser, int row)
{
    ppt_isa()->img_equalise_join(equaliser, row);
}

void ppt_img_equalise_row(const struct ppt_img_equaliser *equaliser, int y, const uint8_t *from,
                          uint8_t *restrict to)
{
    ppt_isa()->img_equalise_row(equaliser, y, from, to);
}

void ppt_img_from_lab(const struct ppt_img_tables *tables, const uint8_t *lightness,
                      const uint8_t *a, const uint8_t *b, uint8_t *restrict rgb)
{
    ppt_isa()->img_from_lab(tables, lightness, a, b, rgb);
}
