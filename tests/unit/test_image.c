/*
 * Image files: every kind that must be read, and every kind that must be refused with a message
 * that names it, quietly and without a crash.
 *
 * PPT_DATA is the folder data; PPT_HAVE_JPEG says whether JPEG can be read.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <png.h>
#ifdef PPT_HAVE_JPEG
#include <jpeglib.h>
#endif

#include "image.h"
#include "unit.h"

#define LANDSCAPE PPT_DATA "/landscape.png"
#define WIDTH 37
#define HEIGHT 23

static char folder[] = "/tmp/ppt-omp-image-XXXXXX";
static char path[128];  /* of the file that the tests write, one after the other */
static char quiet[128]; /* where standard error goes meanwhile */
static int real_stderr;

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/picture", folder);
    snprintf(quiet, sizeof(quiet), "%s/stderr", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    unlink(quiet);
    return rmdir(folder);
}

/* Catches what the libraries print. */
static int catch_stderr(void **state)
{
    (void)state;
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    return freopen(quiet, "w", stderr) ? 0 : -1;
}

static int expect_silence(void **state)
{
    char line[1024];
    int lines = 0;
    FILE *caught;

    (void)state;
    fflush(stderr);
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    caught = fopen(quiet, "r");
    while (caught && fgets(line, sizeof(line), caught)) {
        fputs(line, stderr);
        lines++;
    }
    return !caught || fclose(caught) || lines > 0 ? -1 : 0;
}

static void write_bytes(const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static unsigned char *read_bytes(size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    unsigned char *data;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    *size = (size_t)status.st_size;
    data = malloc(*size);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    fclose(file);
    return data;
}

static struct ppt_image load(const char *from)
{
    struct ppt_image image;
    struct ppt_error error = {""};

    if (ppt_image_load(from, &image, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    return image;
}

/* The file must be refused with a message that begins with its path and goes on like `cause`. */
static void expect_refused(const char *from, const char *cause)
{
    struct ppt_image image;
    struct ppt_error error = {""};
    char start[256];

    snprintf(start, sizeof(start), "%s: %s", from, cause);
    assert_int_equal(ppt_image_load(from, &image, &error), PPT_BAD_INPUT);
    assert_null(image.pixels);
    if (strncmp(error.text, start, strlen(start)) != 0) {
        fail_msg("\"%s\" does not begin with \"%s\"", error.text, start);
    }
}

/* PNG of every form --------------------------------------------------------------------------- */

struct form {
    int type, depth, interlace;
    bool transparent; /* says with a tRNS chunk which palette entries are */
};

static int samples(int type)
{
    return 1 + (type & PNG_COLOR_MASK_COLOR && type != PNG_COLOR_TYPE_PALETTE ? 2 : 0) +
           (type & PNG_COLOR_MASK_ALPHA ? 1 : 0);
}

/* An arbitrary sample of that many bits. */
static unsigned sample(int x, int y, int index, int depth)
{
    return (unsigned)(x * 7919 + y * 104729 + index * 50021) % (1u << depth);
}

static png_color palette_entry(unsigned index)
{
    return (png_color){(png_byte)(index * 3), (png_byte)(255 - index), (png_byte)(index ^ 0x5a)};
}

static void fill_row(const struct form *form, int y, unsigned char *row)
{
    const int per_pixel = samples(form->type);

    memset(row, 0, (size_t)WIDTH * 8);
    for (int i = 0; i < WIDTH * per_pixel; i++) {
        const unsigned value = sample(i / per_pixel, y, i % per_pixel, form->depth);
        const int bit = i * form->depth;

        if (form->depth == 16) {
            row[bit / 8] = (unsigned char)(value >> 8);
            row[bit / 8 + 1] = (unsigned char)value;
        } else {
            row[bit / 8] |= (unsigned char)(value << (8 - form->depth - bit % 8));
        }
    }
}

static unsigned expected(const struct form *form, int x, int y, int channel)
{
    const bool grey = samples(form->type) < 3;
    const unsigned value = sample(x, y, grey ? 0 : channel, form->depth);

    if (form->type == PNG_COLOR_TYPE_PALETTE) {
        const png_color colour = palette_entry(value);

        return channel == 0 ? colour.red : channel == 1 ? colour.green : colour.blue;
    }
    return form->depth == 16 ? value >> 8 : value * 255 / ((1u << form->depth) - 1);
}

/* Writes a file of that form; of any other size than WIDTH by HEIGHT, only its beginning. */
static void write_form(const struct form *form, int width, int height)
{
    FILE *file = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    unsigned char row[WIDTH * 8];
    png_color palette[256];
    const png_byte alpha[] = {0, 128};

    assert_non_null(file);
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, form->depth, form->type,
                 form->interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (form->type == PNG_COLOR_TYPE_PALETTE) {
        for (unsigned i = 0; i < 256; i++) {
            palette[i] = palette_entry(i);
        }
        png_set_PLTE(png, info, palette, 1 << form->depth);
    }
    if (form->transparent) {
        png_set_tRNS(png, info, alpha, sizeof(alpha), NULL);
    }
    png_write_info(png, info);
    if (width == WIDTH) {
        const int passes = png_set_interlace_handling(png);

        for (int y = 0; y < HEIGHT * passes; y++) {
            fill_row(form, y % HEIGHT, row);
            png_write_row(png, row);
        }
        png_write_end(png, info);
    } else {
        png_write_chunk(png, (png_const_bytep) "IDAT", NULL, 0);
    }
    png_destroy_write_struct(&png, &info);
    assert_int_equal(fclose(file), 0);
}

static void every_form_of_png_is_read(void **state)
{
    static const struct form forms[] = {
        {PNG_COLOR_TYPE_GRAY, 1, 0, false},        {PNG_COLOR_TYPE_GRAY, 2, 0, false},
        {PNG_COLOR_TYPE_GRAY, 4, 1, false},        {PNG_COLOR_TYPE_GRAY, 8, 0, false},
        {PNG_COLOR_TYPE_GRAY, 16, 0, false},       {PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, false},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 16, 1, false}, {PNG_COLOR_TYPE_PALETTE, 1, 0, false},
        {PNG_COLOR_TYPE_PALETTE, 2, 0, true},      {PNG_COLOR_TYPE_PALETTE, 4, 0, false},
        {PNG_COLOR_TYPE_PALETTE, 8, 0, false},     {PNG_COLOR_TYPE_PALETTE, 8, 1, true},
        {PNG_COLOR_TYPE_RGB, 8, 0, false},         {PNG_COLOR_TYPE_RGB, 8, 1, false},
        {PNG_COLOR_TYPE_RGB, 16, 0, false},        {PNG_COLOR_TYPE_RGBA, 8, 0, false},
        {PNG_COLOR_TYPE_RGBA, 16, 1, false}};

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct ppt_image image;

        write_form(&forms[i], WIDTH, HEIGHT);
        image = load(path);
        assert_int_equal(image.width, WIDTH);
        assert_int_equal(image.height, HEIGHT);
        for (int k = 0; k < WIDTH * HEIGHT * 3; k++) {
            assert_int_equal(image.pixels[k],
                             expected(&forms[i], k / 3 % WIDTH, k / 3 / WIDTH, k % 3));
        }
        ppt_image_free(&image);
    }
}

static void a_written_png_is_read_back(void **state)
{
    struct ppt_image image = load(LANDSCAPE);
    struct ppt_image again;
    struct ppt_error error = {""};
    FILE *file = fopen(path, "wb");

    (void)state;
    assert_non_null(file);
    assert_int_equal(ppt_image_write_png(file, &image, "test", &error), PPT_OK);
    assert_int_equal(fclose(file), 0);
    again = load(path);
    assert_int_equal(again.width, image.width);
    assert_int_equal(again.height, image.height);
    assert_memory_equal(again.pixels, image.pixels, 3 * image.width * image.height);
    ppt_image_free(&image);
    ppt_image_free(&again);
    ppt_image_free(NULL);
}

/* Bad files ----------------------------------------------------------------------------------- */

static void a_failed_write_is_reported(void **state)
{
    struct ppt_image image = load(LANDSCAPE);
    struct ppt_error error = {""};
    FILE *full = fopen("/dev/full", "wb");

    (void)state;
    assert_non_null(full);
    assert_int_equal(ppt_image_write_png(full, &image, "img", &error), PPT_FAILED);
    assert_memory_equal(error.text, "img: cannot write the PNG: ", 27);
    fclose(full);
    ppt_image_free(&image);
}

static void what_is_no_image_is_refused(void **state)
{
    const struct form huge = {PNG_COLOR_TYPE_RGB, 8, 0, false};

    (void)state;
    unlink(path);
    expect_refused(path, "cannot be opened: No such file");
    expect_refused(folder, "is a folder");
    expect_refused("/dev/null", "is a device, not a file");
    write_bytes("", 0);
    expect_refused(path, "the file is empty");
    write_bytes("P6 1 1 255 abc", 14);
    expect_refused(path, "not a PNG or JPEG image");
    write_bytes("\x89PNG\r\n\x1a", 7);
    expect_refused(path, "not a PNG or JPEG image");
    write_form(&huge, 20000, 20000);
    expect_refused(path, "unusable PNG: 20000 by 20000 pixels; between 1 and 268435456");
    assert_int_equal(truncate(path, (off_t)3 << 30), 0);
    expect_refused(path, "has 3221225472 bytes; at most");
}

/* Every beginning of the file must be refused, as truncated once it says what it is. */
static void expect_cuts_refused(const char *cause)
{
    size_t size;
    unsigned char *whole = read_bytes(&size);

    for (size_t length = size - 1; length > 0; length -= length > 200 ? 37 : 1) {
        write_bytes(whole, length);
        expect_refused(path, length < 8 ? "" : cause);
    }
    free(whole);
}

/* A damaged file may be read or refused; a refusal must say why. Returns how many of a
 * hundred were refused. */
static int damage_everywhere(void)
{
    size_t size;
    unsigned char *whole = read_bytes(&size);
    int refused = 0;

    for (size_t at = 0; at < size; at++) {
        const unsigned char good = whole[at];
        struct ppt_image image;
        struct ppt_error error = {""};

        whole[at] = (unsigned char)(good ^ (at % 3 == 0 ? 0xff : 1 << at % 8));
        write_bytes(whole, size);
        if (ppt_image_load(path, &image, &error) != PPT_OK) {
            refused++;
            assert_null(image.pixels);
            assert_memory_equal(error.text, path, strlen(path));
        }
        ppt_image_free(&image);
        whole[at] = good;
    }
    free(whole);
    return refused * 100 / (int)size;
}

static void damaged_png_does_no_harm(void **state)
{
    const struct form form = {PNG_COLOR_TYPE_RGB, 8, 1, false};

    (void)state;
    write_form(&form, WIDTH, HEIGHT);
    expect_cuts_refused("truncated PNG: ");
    write_form(&form, WIDTH, HEIGHT);
    assert_in_range(damage_everywhere(), 90, 100);
}

/* JPEG ---------------------------------------------------------------------------------------- */

#ifdef PPT_HAVE_JPEG

static void write_jpeg(const struct ppt_image *image, size_t width, size_t height)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr manager;
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    jpeg.err = jpeg_std_error(&manager);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 95, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = image->pixels + 3 * image->width * jpeg.next_scanline;

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    assert_int_equal(fclose(file), 0);
}

static void jpeg_is_read(void **state)
{
    struct ppt_image png = load(LANDSCAPE);
    struct ppt_image jpeg;
    double squares = 0;
    double likeness;

    (void)state;
    write_jpeg(&png, png.width, png.height);
    jpeg = load(path);
    assert_int_equal(jpeg.width, png.width);
    assert_int_equal(jpeg.height, png.height);
    for (size_t i = 0; i < 3 * png.width * png.height; i++) {
        squares += (png.pixels[i] - jpeg.pixels[i]) * (png.pixels[i] - jpeg.pixels[i]);
    }
    likeness = 10 * log10(255.0 * 255.0 * 3 * (double)(png.width * png.height) / squares);
    print_message("JPEG against PNG: %.1f dB\n", likeness);
    assert_true(likeness >= 30);
    ppt_image_free(&png);
    ppt_image_free(&jpeg);
}

static void damaged_jpeg_does_no_harm(void **state)
{
    struct ppt_image png = load(LANDSCAPE);

    (void)state;
    write_jpeg(&png, WIDTH, HEIGHT);
    expect_cuts_refused("truncated JPEG: ");
    write_jpeg(&png, WIDTH, HEIGHT);
    assert_in_range(damage_everywhere(), 10, 99);
    ppt_image_free(&png);
}

#else

static void jpeg_is_read(void **state)
{
    struct ppt_image image;
    struct ppt_error error = {""};

    (void)state;
    write_bytes("\xff\xd8\xff\xe0", 4);
    assert_int_equal(ppt_image_load(path, &image, &error), PPT_UNSUPPORTED);
    assert_non_null(strstr(error.text, ": a JPEG image, which this build cannot read"));
}

static void damaged_jpeg_does_no_harm(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_png_is_read),
        cmocka_unit_test(a_written_png_is_read_back),
        cmocka_unit_test_setup_teardown(a_failed_write_is_reported, catch_stderr, expect_silence),
        cmocka_unit_test_setup_teardown(what_is_no_image_is_refused, catch_stderr, expect_silence),
        cmocka_unit_test_setup_teardown(damaged_png_does_no_harm, catch_stderr, expect_silence),
        cmocka_unit_test(jpeg_is_read),
        cmocka_unit_test_setup_teardown(damaged_jpeg_does_no_harm, catch_stderr, expect_silence),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
