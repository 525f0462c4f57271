/*
 * The variants of the hot loops: each computes the same as the plainest one, to the last bit, and
 * the one in use is the one that was asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "image.h"
#include "img_stages.h"
#include "isa.h"
#include "rng_bulk.h"
#include "unit.h"

#define MOST 5000

/* Around every width of vectors, and larger. */
static const size_t sizes[] = {0,  1,  2,  3,  7,  8,  9,   15,   16,
                               17, 31, 33, 63, 64, 65, 127, 1000, MOST};
#define SIZE_COUNT (sizeof(sizes) / sizeof(sizes[0]))

/* Compares one variant with the plainest one. */
typedef void compare(const struct ppt_isa *isa, const struct ppt_isa *plain);

static void compare_all(compare *check)
{
    for (size_t i = 1; ppt_isas[i]; i++) {
        if (ppt_isas[i]->usable()) {
            check(ppt_isas[i], ppt_isas[0]);
        } else {
            print_message("%s: this CPU lacks it\n", ppt_isas[i]->name);
        }
    }
}

static void compare_doubles(const struct ppt_isa *isa, const struct ppt_isa *plain)
{
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        static double a[MOST + 1], b[MOST + 1];
        struct ppt_rng_bulk of_a, of_b;

        memset(a, 1, sizeof(a));
        memset(b, 1, sizeof(b));
        ppt_rng_bulk_seed(&of_a, 7, i, PPT_STREAM_DATA);
        of_b = of_a;
        isa->rng_fill_doubles(&of_a, a, sizes[i], -0.3, 1e6);
        plain->rng_fill_doubles(&of_b, b, sizes[i], -0.3, 1e6);
        assert_memory_equal(a, b, sizeof(a));
        assert_memory_equal(&of_a, &of_b, sizeof(of_a));
    }
}

static void compare_bytes(const struct ppt_isa *isa, const struct ppt_isa *plain)
{
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        static unsigned char a[MOST + 64], b[MOST + 64];
        struct ppt_rng_bulk of_a, of_b;

        memset(a, 1, sizeof(a));
        memset(b, 1, sizeof(b));
        ppt_rng_bulk_seed(&of_a, 8, i, PPT_STREAM_SIDE);
        of_b = of_a;
        isa->rng_fill_bytes(&of_a, a + 1, sizes[i]);
        plain->rng_fill_bytes(&of_b, b + 1, sizes[i]);
        assert_memory_equal(a, b, sizeof(a));
        assert_memory_equal(&of_a, &of_b, sizeof(of_a));
    }
}

static void compare_digests(const struct ppt_isa *isa, const struct ppt_isa *plain)
{
    static unsigned char data[MOST + 1];
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, 9, 0, PPT_STREAM_DATA);
    plain->rng_fill_bytes(&rng, data, sizeof(data));
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        assert_int_equal(isa->digest(i, data + 1, sizes[i]), plain->digest(i, data + 1, sizes[i]));
    }
}

/* Numbers of every sign and size, many of them alike. */
static void fill_for_sort(double *values, size_t count, int spread)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, 10, (uint64_t)spread, PPT_STREAM_DATA);
    ppt_isas[0]->rng_fill_doubles(&rng, values, count, -1, 1);
    for (size_t i = 0; i < count; i++) {
        values[i] = spread == 0   ? values[i]
                    : spread == 1 ? (double)(int)(values[i] * 20)
                                  : 1 / (values[i] * values[i] * values[i]);
    }
}

static void compare_sorts(const struct ppt_isa *isa, const struct ppt_isa *plain)
{
    enum { LARGE = 100000 };
    double *a = malloc(LARGE * sizeof(*a)), *b = malloc(LARGE * sizeof(*b));
    double *spare = malloc(LARGE * sizeof(*spare));

    assert_true(a && b && spare);
    for (int spread = 0; spread < 3; spread++) {
        for (size_t i = 0; i <= SIZE_COUNT; i++) {
            const size_t count = i < SIZE_COUNT ? sizes[i] : LARGE;

            fill_for_sort(a, count, spread);
            memcpy(b, a, count * sizeof(*a));
            isa->sort(a, spare, count);
            plain->sort(b, spare, count);
            assert_memory_equal(a, b, count * sizeof(*a));
        }
    }
    free(a);
    free(b);
    free(spare);
}

struct picture {
    struct ppt_img_tables tables;
    struct ppt_img_resizer resizer;
    struct ppt_img_equaliser equaliser;
    struct ppt_img_rgb rgb;
    uint8_t lightness[PPT_IMG_SIDE * PPT_IMG_SIDE];
    uint8_t a[PPT_IMG_SIDE * PPT_IMG_SIDE], b[PPT_IMG_SIDE * PPT_IMG_SIDE];
    uint8_t equalised[PPT_IMG_SIDE];
    uint8_t result[3 * PPT_IMG_SIDE * PPT_IMG_SIDE];
};

static void work_through(const struct ppt_isa *isa, const struct ppt_image *image,
                         struct picture *p)
{
    memset(p, 0, sizeof(*p));
    ppt_img_tables_init(&p->tables);
    isa->img_resize_start(&p->resizer, image);
    for (int y = 0; y < PPT_IMG_SIDE; y++) {
        const size_t row = (size_t)y * PPT_IMG_SIDE;

        isa->img_resize_row(&p->resizer, y, &p->rgb);
        isa->img_to_lab(&p->tables, &p->rgb, p->lightness + row, p->a + row, p->b + row);
    }
    for (int row = 0; row < PPT_IMG_TILES; row++) {
        isa->img_equalise_tiles(&p->equaliser, p->lightness, row);
    }
    for (int row = 0; row < PPT_IMG_BANDS; row++) {
        isa->img_equalise_join(&p->equaliser, row);
    }
    for (int y = 0; y < PPT_IMG_SIDE; y++) {
        const size_t row = (size_t)y * PPT_IMG_SIDE;

        isa->img_equalise_row(&p->equaliser, y, p->lightness + row, p->equalised);
        isa->img_from_lab(&p->tables, p->equalised, p->a + row, p->b + row, p->result + 3 * row);
    }
}

/* Random pictures reach every value and every colour, larger and smaller than the result. */
static void compare_pictures(const struct ppt_isa *isa, const struct ppt_isa *plain)
{
    static const size_t shapes[][2] = {{700, 600}, {130, 250}, {1, 1}, {512, 512}};
    struct picture *ours = malloc(sizeof(*ours)), *theirs = malloc(sizeof(*theirs));
    unsigned char *pixels = malloc((size_t)3 * 700 * 600 + 1);

    assert_true(ours && theirs && pixels);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        const struct ppt_image image = {shapes[i][0], shapes[i][1], pixels};
        struct ppt_rng_bulk rng;

        ppt_rng_bulk_seed(&rng, 11, i, PPT_STREAM_DATA);
        plain->rng_fill_bytes(&rng, pixels, 3 * shapes[i][0] * shapes[i][1] + 1);
        work_through(isa, &image, ours);
        work_through(plain, &image, theirs);
        assert_memory_equal(ours, theirs, sizeof(*ours));
    }
    free(ours);
    free(theirs);
    free(pixels);
}

static void test_doubles(void **state)
{
    (void)state;
    compare_all(compare_doubles);
}

static void test_bytes(void **state)
{
    (void)state;
    compare_all(compare_bytes);
}

static void test_digests(void **state)
{
    (void)state;
    compare_all(compare_digests);
}

static void test_sorts(void **state)
{
    (void)state;
    compare_all(compare_sorts);
}

static void test_pictures(void **state)
{
    (void)state;
    compare_all(compare_pictures);
}

/* The last usable one of the table, unless the environment has another wish. */
static void test_best_is_in_use(void **state)
{
    const struct ppt_isa *best = ppt_isas[0];

    (void)state;
    for (size_t i = 0; ppt_isas[i] && ppt_isas[i]->usable(); i++) {
        best = ppt_isas[i];
    }
    /* Two of its functions may be others, by the maker of the CPU. */
    assert_string_equal(ppt_isa()->name, best->name);
    assert_string_equal(ppt_isas[0]->name, "baseline");
    assert_true(ppt_isas[0]->usable());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubles),  cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_digests),  cmocka_unit_test(test_sorts),
        cmocka_unit_test(test_pictures), cmocka_unit_test(test_best_is_in_use),
    };

    unsetenv("PPT_OMP_ISA");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
