/*
 * What is said in image files beside the pixels.
 *
 * PPT_TEST_DATA is the folder tests/data.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "image.h"

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

static struct ppt_image load(const char *path)
{
    struct ppt_image image;
    struct ppt_error error = {""};

    if (ppt_image_load(path, &image, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    return image;
}

static struct ppt_image load_file(const struct file *file)
{
    const int fd = memfd_create("picture", MFD_CLOEXEC);
    char path[32];
    struct ppt_image image;

    assert_int_equal(write(fd, file->data, file->size), file->size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    image = load(path);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_a_png_take_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
