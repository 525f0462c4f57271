/*
 * What is said in image files beside the pixels: which way up they are, and texts.
 *
 * PPT_TEST_DATA is the folder tests/data. What orientation_N.jpg of it becomes was made by
 * OpenCV 4.6 (orientation.py there), and so the cases below were tried on it; where it does
 * otherwise, that is said. PPT_HAVE_JPEG says whether JPEG can be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <zlib.h>

#include "exif.h"
#include "image.h"
#include "picture.h"
#include "unit.h"

#define PORTRAIT PPT_TEST_DATA "/img/portrait_input.png"

/* Files in memory ------------------------------------------------------------------------------ */

struct file {
    unsigned char *data;
    size_t size;
};

static struct file read_file(const char *path)
{
    FILE *from = fopen(path, "rb");
    struct file file = {NULL, 0};

    assert_non_null(from);
    assert_int_equal(fseek(from, 0, SEEK_END), 0);
    file.size = (size_t)ftell(from);
    file.data = malloc(file.size);
    assert_non_null(file.data);
    rewind(from);
    assert_int_equal(fread(file.data, 1, file.size, from), file.size);
    fclose(from);
    return file;
}

static void insert(struct file *file, size_t at, const void *data, size_t size)
{
    file->data = realloc(file->data, file->size + size);
    assert_non_null(file->data);
    memmove(file->data + at + size, file->data + at, file->size - at);
    memcpy(file->data + at, data, size);
    file->size += size;
}

static void put_big_endian(unsigned char *out, size_t bytes, size_t number)
{
    for (size_t i = 0; i < bytes; i++) {
        out[i] = (unsigned char)(number >> 8 * (bytes - 1 - i));
    }
}

/* Where the chunks of a PNG may be. */
#define BEHIND_IHDR 33
#define BEFORE_IEND(file) ((file)->size - 12)

static void insert_chunk(struct file *png, size_t at, const char *name, const void *data,
                         size_t size)
{
    unsigned char *chunk = malloc(size + 12);

    assert_non_null(chunk);
    put_big_endian(chunk, 4, size);
    memcpy(chunk + 4, name, 4);
    memcpy(chunk + 8, data, size);
    put_big_endian(chunk + 8 + size, 4, crc32(0, chunk + 4, (uInt)size + 4));
    insert(png, at, chunk, size + 12);
    free(chunk);
}

static struct ppt_image load_file(const struct file *file)
{
    const int fd = memfd_create("picture", MFD_CLOEXEC);
    char path[32];
    struct ppt_image image;

    assert_int_equal(write(fd, file->data, file->size), file->size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    image = picture_load(path);
    close(fd);
    return image;
}

/* Texts ---------------------------------------------------------------------------------------- */

static long peak_kib(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* Twenty texts of 7 MB are packed into 140 kB. */
static void texts_of_a_png_take_no_memory(void **state)
{
    const uLong text_size = 7000000;
    unsigned char *text = malloc(text_size);
    uLongf packed_size = compressBound(text_size);
    unsigned char *packed = malloc(packed_size + 3);
    struct file png = read_file(PORTRAIT);
    struct ppt_image image;
    long before;

    (void)state;
    assert_true(text && packed);
    memset(text, ' ', text_size);
    memcpy(packed, "k\0", 3); /* the keyword, and how the text is packed */
    assert_int_equal(compress(packed + 3, &packed_size, text, text_size), Z_OK);
    for (int i = 0; i < 10; i++) {
        insert_chunk(&png, BEFORE_IEND(&png), "zTXt", packed, packed_size + 3);
        insert_chunk(&png, BEHIND_IHDR, "zTXt", packed, packed_size + 3);
    }
    before = peak_kib();
    image = load_file(&png);
    assert_in_range(peak_kib() - before, 0, 30000);
    ppt_image_free(&image);
    free(png.data);
    free(packed);
    free(text);
}

/* EXIF by itself ------------------------------------------------------------------------------- */

/* In octal, after which a digit is no part of the number: the beginning, with the directory right
 * behind it; the tag and type of an entry, whose count and value follow; one with orientation 6. */
#define II "II*\0\10\0\0\0"
#define MM "MM\0*\0\0\0\10"
#define II_SHORT "\22\1\3\0"
#define MM_SHORT "\1\22\0\3"
#define II_LONG "\22\1\4\0"
#define MM_LONG "\1\22\0\4"
#define II_SIX II_SHORT "\1\0\0\0\6\0\0\0"
#define MM_SIX MM_SHORT "\0\0\0\1\0\6\0\0"
#define II_MAKE "\17\1\2\0\4\0\0\0abc\0"
#define END "\0\0\0\0"

struct exif_case {
    const char *name;
    const char *data;
    size_t size;
    unsigned orientation;
};

#define CASE(name, data, orientation)                                                              \
    {                                                                                              \
        name, data, sizeof(data) - 1, orientation                                                  \
    }

static const struct exif_case exif_cases[] = {
    CASE("low bytes first", II "\1\0" II_SIX END, 6),
    CASE("high bytes first", MM "\0\1" MM_SIX END, 6),
    CASE("behind other entries", II "\2\0" II_MAKE II_SIX END, 6),
    CASE("a directory further behind", "MM\0*\0\0\0\14....\0\1" MM_SIX END, 6),
    CASE("nothing behind it", MM "\0\1" MM_SIX, 6),
    CASE("0", II "\1\0" II_SHORT "\1\0\0\0\0\0\0\0" END, 1),
    CASE("9", II "\1\0" II_SHORT "\1\0\0\0\11\0\0\0" END, 1),
    CASE("6 in the other order", MM "\0\1" MM_SHORT "\0\0\0\1\6\0\0\0" END, 1),
    CASE("65535", MM "\0\1" MM_SHORT "\0\0\0\1\377\377\0\0" END, 1),
    CASE("the first of two", II "\2\0" II_SIX II_SHORT "\1\0\0\0\3\0\0\0" END, 6),
    CASE("the first of two, no good", II "\2\0" II_SHORT "\1\0\0\0\11\0\0\0" II_SIX END, 1),
    CASE("a long", II "\1\0" II_LONG "\1\0\0\0\6\0\0\0" END, 6),
    CASE("a long, where 6 comes last", MM "\0\1" MM_LONG "\0\0\0\1\0\0\0\6" END, 1),
    CASE("of no type", II "\1\0\22\1\143\0\1\0\0\0\6\0\0\0" END, 6),
    CASE("none of them", II "\1\0" II_SHORT "\0\0\0\0\6\0\0\0" END, 6),
    CASE("four billion of them", MM "\0\1" MM_SHORT "\377\377\377\377\0\6\0\0" END, 6),
    CASE("no entries", II "\0\0" II_SIX END, 1),
    CASE("more entries than there are", MM "\377\377" MM_SIX END, 6),
    CASE("more entries, and it is none of them", II "\377\377" II_MAKE END, 1),
    CASE("of the thumbnail", II "\1\0" II_MAKE "\32\0\0\0\1\0" II_SIX END, 1),
    CASE("no bytes", "", 1),
    CASE("43 instead of 42", "II+\0\10\0\0\0\1\0" II_SIX END, 1),
    CASE("42 in the other order", "MM*\0\0\0\0\10\0\1" MM_SIX END, 1),
    CASE("no order", "IM*\0\10\0\0\0\1\0" II_SIX END, 1),
    CASE("a directory in the beginning", "II*\0\0\0\0\0\1\0" II_SIX END, 1),
    CASE("a directory at the end", MM, 1),
    CASE("a directory behind the end", "MM\0*\0\0\1\0\0\1" MM_SIX END, 1),
    CASE("a directory at the last offset", "II*\0\377\377\377\377\1\0" II_SIX END, 1),
    CASE("a directory near the last offset", "II*\0\370\377\377\377\1\0" II_SIX END, 1),
    /* OpenCV takes any two equal letters but II for MM ... */
    CASE("letters of no order", "XX\0*\0\0\0\10\0\1" MM_SIX END, 1),
    /* ... and leaves it at an entry whose text lies beyond the end. */
    CASE("behind a damaged entry", II "\2\0\17\1\2\0\0\1\0\0\0\20\0\0" II_SIX END, 6),
};

/* A copy with nothing behind it, so that reading on shows under AddressSanitizer and valgrind. */
static unsigned orientation_of(const char *data, size_t size, bool app1)
{
    unsigned char *copy = malloc(size ? size : 1);
    unsigned orientation;

    assert_non_null(copy);
    memcpy(copy, data, size);
    orientation = app1 ? ppt_exif_orientation_app1(copy, size) : ppt_exif_orientation(copy, size);
    free(copy);
    return orientation;
}

static void exif_is_read_or_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(exif_cases); i++) {
        const struct exif_case *one = &exif_cases[i];
        const unsigned orientation = orientation_of(one->data, one->size, false);

        if (orientation != one->orientation) {
            fail_msg("%s: %u, not %u", one->name, orientation, one->orientation);
        }
    }
    assert_int_equal(ppt_exif_orientation(NULL, 0), 1);
}

/* The value ends 20 bytes in; there it may be cut, as OpenCV has it, but no earlier. */
static void cut_exif_is_ignored(void **state)
{
    static const char whole[] = "Exif\0\0" MM "\0\1" MM_SIX END;

    (void)state;
    for (size_t size = 0; size < sizeof(whole); size++) {
        assert_int_equal(orientation_of(whole, size, true), size < 6 + 20 ? 1 : 6);
    }
}

/* Pictures ------------------------------------------------------------------------------------- */

/* How OpenCV reads orientation_N.jpg. */
static struct ppt_image expected(unsigned orientation)
{
    char path[256];

    snprintf(path, sizeof(path), PPT_TEST_DATA "/img/orientation_%u_expected.png", orientation);
    return picture_load(path);
}

/* At least 50 dB; returns them. Takes both pictures. */
static double expect_alike(struct ppt_image made, struct ppt_image wanted)
{
    const size_t count = 3 * wanted.width * wanted.height;
    const double likeness = picture_likeness(&made, &wanted);

    for (size_t i = 0; i < PPT_IMAGE_PADDING; i++) {
        assert_int_equal(made.pixels[count + i], 0);
    }
    assert_true(likeness >= 50);
    ppt_image_free(&made);
    ppt_image_free(&wanted);
    return likeness;
}

static void png_is_turned(void **state)
{
    static char note[] = II "\1\0" II_SIX END;

    (void)state;
    for (unsigned orientation = 1; orientation <= PPT_EXIF_ORIENTATIONS; orientation++) {
        note[18] = (char)orientation;
        for (int behind = 0; behind < 2; behind++) {
            struct file png = read_file(PPT_TEST_DATA "/img/orientation_1_expected.png");

            insert_chunk(&png, behind ? BEFORE_IEND(&png) : BEHIND_IHDR, "eXIf", note,
                         sizeof(note) - 1);
            expect_alike(load_file(&png), expected(orientation));
            free(png.data);
        }
    }
}

static void png_has_one_note(void **state)
{
    static const char six[] = MM "\0\1" MM_SIX END;
    static const char damaged[] = "MM\0+\0\0\0\10";
    struct file png = read_file(PPT_TEST_DATA "/img/orientation_1_expected.png");

    (void)state;
    insert_chunk(&png, BEFORE_IEND(&png), "eXIf", six, sizeof(six) - 1);
    insert_chunk(&png, BEHIND_IHDR, "eXIf", damaged, sizeof(damaged) - 1);
    expect_alike(load_file(&png), expected(1));
    free(png.data);
}

#ifdef PPT_HAVE_JPEG

static void jpeg_is_turned(void **state)
{
    (void)state;
    for (unsigned orientation = 1; orientation <= PPT_EXIF_ORIENTATIONS; orientation++) {
        char path[256];
        double likeness;

        snprintf(path, sizeof(path), PPT_TEST_DATA "/img/orientation_%u.jpg", orientation);
        likeness = expect_alike(picture_load(path), expected(orientation));
        print_message("orientation %u: %.1f dB\n", orientation, likeness);
    }
}

/* What stands in APP1 before the note that orientation_3.jpg has. */
static const struct exif_case segment_cases[] = {
    CASE("another note", "Exif\0\0" II "\1\0" II_SIX END, 6),
    CASE("a damaged note",
         "Exif\0\0"
         "II+\0\10\0\0\0",
         1),
    CASE("no bytes", "", 1),
    CASE("half a name", "Exi", 1),
    CASE("a name alone", "Exif\0\0", 1),
    CASE("XMP", "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>", 1),
    /* OpenCV does not look at the name. */
    CASE("another name", "exif\0\0" II "\1\0" II_SIX END, 1),
};

static void expect_segment(const char *name, const void *data, size_t size, unsigned orientation)
{
    struct file jpeg = read_file(PPT_TEST_DATA "/img/orientation_3.jpg");
    unsigned char start[4] = {0xff, 0xe1};

    print_message("%s\n", name);
    put_big_endian(start + 2, 2, size + 2);
    insert(&jpeg, 2, data, size);
    insert(&jpeg, 2, start, sizeof(start));
    expect_alike(load_file(&jpeg), expected(orientation));
    free(jpeg.data);
}

static void the_first_segment_counts(void **state)
{
    static const char six[] = "\0\1" MM_SIX;
    static unsigned char largest[65533] = "Exif\0\0MM\0*\0\0";
    const size_t offset = sizeof(largest) - (sizeof(six) - 1);

    (void)state;
    for (size_t i = 0; i < COUNT(segment_cases); i++) {
        const struct exif_case *one = &segment_cases[i];

        expect_segment(one->name, one->data, one->size, one->orientation);
    }
    put_big_endian(largest + 10, 4, offset - 6);
    memcpy(largest + offset, six, sizeof(six) - 1);
    expect_segment("the largest, to its end", largest, sizeof(largest), 6);
    put_big_endian(largest + 10, 4, offset - 6 + 3);
    expect_segment("the largest, beyond its end", largest, sizeof(largest), 1);
}

#else

static void jpeg_is_turned(void **state)
{
    (void)state;
    skip();
}

static void the_first_segment_counts(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_a_png_take_no_memory),
        cmocka_unit_test(exif_is_read_or_ignored),
        cmocka_unit_test(cut_exif_is_ignored),
        cmocka_unit_test(png_is_turned),
        cmocka_unit_test(png_has_one_note),
        cmocka_unit_test(jpeg_is_turned),
        cmocka_unit_test(the_first_segment_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
