/*
 * The img kernel: the images it makes against those of OpenCV, and its stages by themselves.
 *
 * PPT_DATA and PPT_TEST_DATA are the folders data and tests/data.
 */
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "image.h"
#include "img_stages.h"
#include "picture.h"

#define LANDSCAPE PPT_DATA "/landscape.png"
#define PORTRAIT PPT_TEST_DATA "/img/portrait_input.png"

extern const struct ppt_kernel ppt_kernel_img;

static char folder[] = "/tmp/ppt-omp-img-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails when a test left a file */
}

/* The path of a file in the folder; good until the next call. */
static const char *temporary(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

/* What the kernel makes of the image, and the digest if wanted. */
static struct ppt_image result_of(const char *path, uint64_t *digest)
{
    const union ppt_value args[] = {{.paths = {&path, 1}}};
    struct fixture f;
    struct ppt_image image;
    char name[32];
    FILE *file;

    fixture_start(&f, &ppt_kernel_img, args);
    file = fixture_dump(&f, 0);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fileno(file)); /* it has no other name */
    image = picture_load(name);
    fclose(file);
    if (digest) {
        *digest = fixture_run(&f, 3);
    }
    fixture_stop(&f);
    return image;
}

/* Against OpenCV ------------------------------------------------------------------------------ */

static void expect_like(const char *input, const char *expected)
{
    struct ppt_image made = result_of(input, NULL);
    struct ppt_image wanted = picture_load(expected);
    const double likeness = picture_likeness(&made, &wanted);

    print_message("%s: %.1f dB\n", input, likeness);
    assert_true(likeness >= 50);
    /* 50 dB is good enough to compare speeds; the recipe reaches the last bit, and must stay there.
     */
    assert_memory_equal(made.pixels, wanted.pixels, 3 * wanted.width * wanted.height);
    ppt_image_free(&made);
    ppt_image_free(&wanted);
}

static void landscape_is_as_opencv_makes_it(void **state)
{
    (void)state;
    expect_like(LANDSCAPE, PPT_TEST_DATA "/img/landscape_expected.png");
}

static void portrait_is_as_opencv_makes_it(void **state)
{
    (void)state;
    expect_like(PORTRAIT, PPT_TEST_DATA "/img/portrait_expected.png");
}

/* What OpenCV 4.6's cvtColor gives, there and back. */
static void colours_convert_both_ways(void **state)
{
    static const struct {
        uint8_t rgb[3], lab[3], back[3];
    } known[] = {
        {{0, 0, 0}, {0, 128, 128}, {0, 0, 0}},
        {{255, 255, 255}, {255, 128, 128}, {255, 255, 255}},
        {{255, 0, 0}, {136, 208, 195}, {255, 2, 1}},
        {{0, 255, 0}, {224, 42, 211}, {7, 255, 3}},
        {{0, 0, 255}, {82, 207, 20}, {0, 1, 255}},
        {{128, 128, 128}, {137, 128, 128}, {128, 128, 128}},
        {{200, 100, 50}, {137, 164, 173}, {200, 101, 51}},
        {{3, 5, 4}, {3, 126, 129}, {1, 6, 2}},
        /* where it tells that OpenCV rounds the cube root to single precision first */
        {{0, 6, 98}, {24, 163, 77}, {1, 7, 98}},
        {{0, 22, 138}, {45, 169, 64}, {0, 23, 139}},
    };
    const size_t count = sizeof(known) / sizeof(known[0]);
    static struct ppt_img_tables tables;
    static struct ppt_img_rgb rgb;
    static uint8_t lab[3][PPT_IMG_SIDE], back[3 * PPT_IMG_SIDE];

    (void)state;
    ppt_img_tables_init(&tables);
    for (size_t i = 0; i < count; i++) {
        for (int channel = 0; channel < 3; channel++) {
            rgb.channel[channel][i] = known[i].rgb[channel];
        }
    }
    ppt_img_to_lab(&tables, &rgb, lab[0], lab[1], lab[2]);
    ppt_img_from_lab(&tables, lab[0], lab[1], lab[2], back);
    for (size_t i = 0; i < count; i++) {
        for (size_t channel = 0; channel < 3; channel++) {
            assert_int_equal(lab[channel][i], known[i].lab[channel]);
            assert_int_equal(back[3 * i + channel], known[i].back[channel]);
        }
    }
}

/* Cropping and resizing ----------------------------------------------------------------------- */

static struct ppt_image make_image(size_t width, size_t height)
{
    struct ppt_image image = {width, height, calloc(3 * width * height + PPT_IMAGE_PADDING, 1)};

    assert_non_null(image.pixels);
    for (size_t i = 0; i < 3 * width * height; i++) {
        image.pixels[i] = (unsigned char)((i * 2654435761u) >> 13);
    }
    return image;
}

/* Bilinear interpolation in the cropped square, by the textbook. */
static double interpolated(const struct ppt_image *image, int x, int y, size_t channel)
{
    const size_t side = image->width < image->height ? image->width : image->height;
    const double most = (double)side - 1;
    const double at_x = fmin(fmax((x + 0.5) * (double)side / PPT_IMG_SIDE - 0.5, 0), most);
    const double at_y = fmin(fmax((y + 0.5) * (double)side / PPT_IMG_SIDE - 0.5, 0), most);
    double sum = 0;

    for (size_t corner = 0; corner < 4; corner++) {
        const double near_x = floor(at_x) + (double)(corner & 1);
        const double near_y = floor(at_y) + (double)(corner >> 1);
        const size_t column = (image->width - side) / 2 + (size_t)fmin(near_x, most);
        const size_t row = (image->height - side) / 2 + (size_t)fmin(near_y, most);

        sum += (1 - fabs(at_x - near_x)) * (1 - fabs(at_y - near_y)) *
               image->pixels[3 * (row * image->width + column) + channel];
    }
    return sum;
}

static void any_size_is_cropped_and_resized(void **state)
{
    static const size_t sizes[][2] = {{1, 1},     {2, 3},     {3, 2},    {1, 9},      {512, 512},
                                      {513, 511}, {511, 513}, {1300, 9}, {1024, 2001}};
    static struct ppt_img_resizer resizer;
    static struct ppt_img_rgb row;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct ppt_image image = make_image(sizes[i][0], sizes[i][1]);
        double worst = 0;

        ppt_img_resize_start(&resizer, &image);
        for (int y = 0; y < PPT_IMG_SIDE; y++) {
            ppt_img_resize_row(&resizer, y, &row);
            for (int x = 0; x < PPT_IMG_SIDE; x++) {
                for (size_t channel = 0; channel < 3; channel++) {
                    worst = fmax(
                        worst, fabs(row.channel[channel][x] - interpolated(&image, x, y, channel)));
                }
            }
        }
        /* Rounding costs half a step; an image that is neither cropped nor resized, nothing. */
        assert_true(worst <= (sizes[i][0] == PPT_IMG_SIDE ? 0 : 0.76));
        ppt_image_free(&image);
    }
}

static void small_images_pass_through_the_kernel(void **state)
{
    static const size_t sizes[][2] = {{1, 1}, {2, 3}, {512, 512}, {513, 511}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct ppt_image image = make_image(sizes[i][0], sizes[i][1]);
        const char *path = temporary("small.png");
        FILE *file = fopen(path, "wb");
        struct ppt_image result;
        struct ppt_error error = {""};

        assert_non_null(file);
        assert_int_equal(ppt_image_write_png(file, &image, "test", &error), PPT_OK);
        assert_int_equal(fclose(file), 0);
        result = result_of(path, NULL);
        assert_int_equal(result.width, PPT_IMG_SIDE);
        assert_int_equal(result.height, PPT_IMG_SIDE);
        ppt_image_free(&result);
        ppt_image_free(&image);
        unlink(path);
    }
}

/* Digests ------------------------------------------------------------------------------------- */

static uint64_t digest_of(const char *const *paths, size_t count)
{
    const union ppt_value args[] = {{.paths = {paths, count}}};
    struct fixture f;
    uint64_t digest;

    fixture_start(&f, &ppt_kernel_img, args);
    digest = fixture_run(&f, 0);
    assert_true(digest == fixture_run(&f, 1));
    fixture_stop(&f);
    return digest;
}

static void digest_tells_images_apart(void **state)
{
    const char *const both[] = {LANDSCAPE, PORTRAIT, LANDSCAPE};
    const uint64_t landscape = digest_of(both, 1);
    const uint64_t portrait = digest_of(both + 1, 1);

    (void)state;
    assert_true(landscape == digest_of(both, 1));
    assert_true(landscape != portrait);
    assert_true(digest_of(both, 2) != digest_of(both + 1, 2));
    assert_true(digest_of(both, 2) != digest_of(both, 3));
    assert_true(digest_of(both, 2) != portrait);
}

static void each_argument_set_has_its_images(void **state)
{
    const char *const paths[] = {LANDSCAPE, PORTRAIT};
    const union ppt_value first[] = {{.paths = {paths, 2}}};
    const union ppt_value second[] = {{.paths = {paths + 1, 1}}};
    const union ppt_value *const sets[] = {first, second};
    struct ppt_error error = {""};
    struct fixture f;

    (void)state;
    fixture_start_sets(&f, &ppt_kernel_img, sets, 2);
    for (size_t set = 0; set < 2; set++) {
        const struct ppt_task task = {.seed = 1, .set = set, .args = sets[set]};
        uint64_t digest = 0;

        assert_int_equal(ppt_kernel_img.run(f.local, &task, &digest, &error), PPT_OK);
        assert_true(digest == digest_of(paths + set, 2 - set));
    }
    fixture_stop(&f);
}

static void a_bad_file_is_refused(void **state)
{
    const char *const paths[] = {LANDSCAPE, "/nowhere/image.png"};
    const union ppt_value args[] = {{.paths = {paths, 2}}};
    const union ppt_value *const sets[] = {args};
    const struct ppt_setup setup = {
        .seed = 1, .sets = sets, .set_count = 1, .workers = 1, .inner_threads = 1};
    struct ppt_error error = {""};
    void *shared = NULL;

    (void)state;
    assert_int_equal(ppt_kernel_img.open(&setup, &shared, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text,
                        "/nowhere/image.png: cannot be opened: No such file or directory");
}

static void costs_are_stated(void **state)
{
    const char *const path = LANDSCAPE;
    union ppt_value args[] = {{.paths = {&path, 1}}};
    struct ppt_needs needs = {0};

    (void)state;
    ppt_kernel_img.needs(args, 1, &needs);
    assert_in_range(needs.worker_bytes, 6 * PPT_IMG_SIDE * PPT_IMG_SIDE, 2 << 20);
    assert_in_range(needs.shared_bytes, sizeof(struct ppt_img_tables), 1 << 20);
    ppt_kernel_img.draw(NULL, args);
    assert_ptr_equal(args[0].paths.items, &path);
    assert_int_equal(args[0].paths.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landscape_is_as_opencv_makes_it),
        cmocka_unit_test(portrait_is_as_opencv_makes_it),
        cmocka_unit_test(colours_convert_both_ways),
        cmocka_unit_test(any_size_is_cropped_and_resized),
        cmocka_unit_test(small_images_pass_through_the_kernel),
        cmocka_unit_test(digest_tells_images_apart),
        cmocka_unit_test(each_argument_set_has_its_images),
        cmocka_unit_test(a_bad_file_is_refused),
        cmocka_unit_test(costs_are_stated),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
