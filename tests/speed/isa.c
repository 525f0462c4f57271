/*
 * isa: what instruction sets are worth. Every variant of the hot loops that this CPU has, against
 * the plainest one.
 */
#include <string.h>

#include "image.h"
#include "img_stages.h"
#include "isa.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"

#define WORDS 32768 /* 256 KiB, which stays in the second level of cache */
#define SIZE 1000000
#define SIDE PPT_IMG_SIDE

/* Without AVX-512 a number may take 1 ns and sorting one 11 ns; with it, 0.3 and 8. */
#define DOUBLE_NS 1.0
#define DOUBLE_NS_AVX512 0.3
#define SORT_NS 11
#define SORT_NS_AVX512 8

/* What all variants work on; `isa` is the one whose turn it is. */
struct loops {
    struct ppt_rng_bulk rng;
    double *numbers, *given, *spare; /* SIZE each */
    struct ppt_image image;
    struct ppt_img_tables tables;
    struct ppt_img_resizer resizer;
    struct ppt_img_equaliser equaliser;
    struct ppt_img_rgb rgb;
    uint8_t lightness[SIDE * SIDE], a[SIDE * SIDE], b[SIDE * SIDE], equalised[SIDE];
    uint8_t result[3 * SIDE * SIDE];
    uint64_t digest;
};

/* A variant at work on the loops. */
struct shift {
    const struct ppt_isa *isa;
    struct loops *loops;
};

static enum ppt_status run_doubles(void *state, struct ppt_error *error)
{
    struct shift *s = state;

    (void)error;
    s->isa->rng_fill_doubles(&s->loops->rng, s->loops->numbers, WORDS, 0.0, 1.0);
    SPEED_KEEP(s->loops->numbers);
    return PPT_OK;
}

static enum ppt_status run_bytes(void *state, struct ppt_error *error)
{
    struct shift *s = state;

    (void)error;
    s->isa->rng_fill_bytes(&s->loops->rng, s->loops->numbers, WORDS * sizeof(double));
    SPEED_KEEP(s->loops->numbers);
    return PPT_OK;
}

static enum ppt_status isa_run_digest(void *state, struct ppt_error *error)
{
    struct shift *s = state;

    (void)error;
    s->loops->digest = s->isa->digest(0, s->loops->given, WORDS * sizeof(double));
    SPEED_KEEP(s->loops);
    return PPT_OK;
}

static void prepare_sort(void *state)
{
    struct shift *s = state;
    struct ppt_rng_bulk rng;

    /* Not by a copy, which may leave them in no cache: the task's own have just been made. */
    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
    ppt_rng_fill_doubles(&rng, s->loops->numbers, SIZE, 0.0, 1.0);
}

static enum ppt_status run_sort(void *state, struct ppt_error *error)
{
    struct shift *s = state;

    (void)error;
    s->isa->sort(s->loops->numbers, s->loops->spare, SIZE);
    SPEED_KEEP(s->loops->numbers);
    return PPT_OK;
}

/* As the img kernel goes over a picture. */
static enum ppt_status run_img(void *state, struct ppt_error *error)
{
    const struct ppt_isa *isa = ((struct shift *)state)->isa;
    struct loops *l = ((struct shift *)state)->loops;

    (void)error;
    isa->img_resize_start(&l->resizer, &l->image);
    for (int y = 0; y < SIDE; y++) {
        const size_t row = (size_t)y * SIDE;

        isa->img_resize_row(&l->resizer, y, &l->rgb);
        isa->img_to_lab(&l->tables, &l->rgb, l->lightness + row, l->a + row, l->b + row);
    }
    for (int row = 0; row < PPT_IMG_TILES; row++) {
        isa->img_equalise_tiles(&l->equaliser, l->lightness, row);
    }
    for (int row = 0; row < PPT_IMG_BANDS; row++) {
        isa->img_equalise_join(&l->equaliser, row);
    }
    for (int y = 0; y < SIDE; y++) {
        const size_t row = (size_t)y * SIDE;

        isa->img_equalise_row(&l->equaliser, y, l->lightness + row, l->equalised);
        isa->img_from_lab(&l->tables, l->equalised, l->a + row, l->b + row, l->result + 3 * row);
    }
    SPEED_KEEP(l->result);
    return PPT_OK;
}

static const struct loop {
    const char *name;
    enum ppt_status (*run)(void *state, struct ppt_error *error);
    void (*prepare)(void *state);
    double units;
    const char *unit;
    double unit_ns;
    double limit, limit_avx512; /* 0: there is no bar */
} isa_table[] = {
    {"a random double", run_doubles, NULL, WORDS, "ns", 1, DOUBLE_NS, DOUBLE_NS_AVX512},
    {"8 random bytes", run_bytes, NULL, WORDS, "ns", 1, 0, 0},
    {"digest of 8 bytes", isa_run_digest, NULL, WORDS, "ns", 1, 0, 0},
    {"the sort of 1000000 numbers", run_sort, prepare_sort, SIZE, "ns per element", 1, SORT_NS,
     SORT_NS_AVX512},
    {"the work on an image", run_img, NULL, 1, "µs", 1e3, 0, 0},
};
#define LOOPS (sizeof(isa_table) / sizeof(isa_table[0]))

static enum ppt_status hold(const struct venue *venue, const struct loop *loop,
                            const struct ppt_isa *isa, struct loops *loops, struct ppt_error *error)
{
    struct shift shift = {isa, loops}, plain = {ppt_isas[0], loops};
    char name[64];
    struct contest contest = {
        .measured = {name, loop->run, loop->prepare, .state = &shift, .units = loop->units},
        .reference = {ppt_isas[0]->name, loop->run, loop->prepare, .state = &plain,
                      .units = loop->units},
        .unit = loop->unit,
        .unit_ns = loop->unit_ns,
        .ratio = CONTEST_SPEED,
    };

    snprintf(name, sizeof(name), "%s, %s", loop->name, isa->name);
    if (loop->limit > 0) {
        contest.bar = CONTEST_VALUE;
        contest.limit = strcmp(isa->name, "avx512") == 0 ? loop->limit_avx512 : loop->limit;
    }
    return contest_hold(venue, &contest, error);
}

static enum ppt_status isa_hold_all(const struct venue *venue, struct loops *loops,
                                    struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; i < LOOPS && status == PPT_OK; i++) {
        for (size_t v = 0; ppt_isas[v] && status == PPT_OK; v++) {
            /* The plainest one has its turn where it is all there is, and where it has a bar. */
            if (ppt_isas[v]->usable() && (v > 0 || !ppt_isas[1] || isa_table[i].limit > 0)) {
                status = hold(venue, &isa_table[i], ppt_isas[v], loops, error);
            }
        }
    }
    return status;
}

enum ppt_status speed_isa(const struct venue *venue, struct ppt_error *error)
{
    struct loops *loops = ppt_scratch_alloc(sizeof(*loops), "isa", error);
    enum ppt_status status = PPT_FAILED;

    if (!loops) {
        return status;
    }
    loops->numbers = ppt_scratch_alloc(SIZE * sizeof(double), "isa", error);
    loops->given = ppt_scratch_alloc(SIZE * sizeof(double), "isa", error);
    loops->spare = ppt_scratch_alloc(SIZE * sizeof(double), "isa", error);
    if (loops->numbers && loops->given && loops->spare) {
        ppt_rng_bulk_seed(&loops->rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
        ppt_rng_fill_doubles(&loops->rng, loops->given, SIZE, 0.0, 1.0);
        ppt_img_tables_init(&loops->tables);
        status = ppt_image_load(PPT_DATA "/landscape.png", &loops->image, error);
    }
    if (status == PPT_OK) {
        status = isa_hold_all(venue, loops, error);
    }
    ppt_image_free(&loops->image);
    free(loops->numbers);
    free(loops->given);
    free(loops->spare);
    free(loops);
    return status;
}
