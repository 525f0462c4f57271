/*
 * image - reads pictures of any format that there is a reader for.
 */
#include "image.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exif.h"
#include "image_read.h"
#include "input.h"
#include "owned.h"

/* A file of PPT_IMAGE_MOST_PIXELS is smaller even if it is not compressed at all. */
#define MOST_BYTES ((size_t)1 << 30)

struct format {
    const char *name;
    const char *magic; /* the first bytes of its files */
    size_t magic_size;
    const char *library;
    void (*read)(struct ppt_image_reading *reading); /* NULL: built without the library */
};

static const struct format formats[] = {
    {"PNG", "\x89PNG\r\n\x1a\n", 8, "libpng", ppt_image_read_png},
#ifdef PPT_HAVE_JPEG
    {"JPEG", "\xff\xd8\xff", 3, "libjpeg", ppt_image_read_jpeg},
#else
    {"JPEG", "\xff\xd8\xff", 3, "libjpeg", NULL},
#endif
};

static const struct format *format_of(const char *data, size_t size)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (size >= formats[i].magic_size &&
            memcmp(data, formats[i].magic, formats[i].magic_size) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

enum ppt_status ppt_image_make_pixels(struct ppt_image_reading *reading, size_t width,
                                      size_t height)
{
    struct ppt_image *image = &reading->image;

    if (width == 0 || height == 0 || width > PPT_IMAGE_MOST_PIXELS / height) {
        snprintf(reading->message, sizeof(reading->message),
                 "%zu by %zu pixels; between 1 and %zu can be used", width, height,
                 PPT_IMAGE_MOST_PIXELS);
        return PPT_BAD_INPUT;
    }
    image->width = width;
    image->height = height;
    image->pixels = calloc(3 * width * height + PPT_IMAGE_PADDING, 1);
    if (!image->pixels) {
        snprintf(reading->message, sizeof(reading->message),
                 "not enough memory for %zu by %zu pixels", width, height);
        return PPT_FAILED;
    }
    return PPT_OK;
}

/* Moves the pixels to where they are to be seen. For that time there are two pictures: then one
 * that lies on its side needs no other way than the rest. */
static enum ppt_status turn_upright(struct ppt_image_reading *reading)
{
    static const struct {
        bool from_right, from_bottom; /* what is stored from left to right, from top to bottom */
        bool sideways;                /* then rows become columns */
    } turns[PPT_EXIF_ORIENTATIONS + 1] = {
        [2] = {true, false, false}, [3] = {true, true, false}, [4] = {false, true, false},
        [5] = {false, false, true}, [6] = {false, true, true}, [7] = {true, true, true},
        [8] = {true, false, true}};
    const struct ppt_image stored = reading->image;
    const bool from_right = turns[reading->orientation].from_right;
    const bool from_bottom = turns[reading->orientation].from_bottom;
    const bool sideways = turns[reading->orientation].sideways;
    unsigned char *stored_pixels PPT_FREED = stored.pixels;
    const unsigned char *from = stored_pixels;

    PPT_TRY(ppt_image_make_pixels(reading, sideways ? stored.height : stored.width,
                                  sideways ? stored.width : stored.height));
    for (size_t y = 0; y < stored.height; y++) {
        const size_t v = from_bottom ? stored.height - 1 - y : y;

        for (size_t x = 0; x < stored.width; x++, from += 3) {
            const size_t u = from_right ? stored.width - 1 - x : x;
            const size_t to = sideways ? u * stored.height + v : v * stored.width + u;

            memcpy(reading->image.pixels + 3 * to, from, 3);
        }
    }
    return PPT_OK;
}

static enum ppt_status decode(const char *path, const char *data, size_t size,
                              struct ppt_image *image, struct ppt_error *error)
{
    const struct format *format = format_of(data, size);
    struct ppt_image_reading reading = {
        .data = (const unsigned char *)data, .size = size, .orientation = PPT_EXIF_UPRIGHT};

    if (!format) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: not a PNG or JPEG image", path);
    }
    if (!format->read) {
        return ppt_fail(error, PPT_UNSUPPORTED,
                        "%s: a %s image, which this build cannot read (built without %s)", path,
                        format->name, format->library);
    }
    format->read(&reading);
    if (reading.status == PPT_OK && reading.orientation != PPT_EXIF_UPRIGHT) {
        reading.status = turn_upright(&reading);
    }
    if (reading.status != PPT_OK) {
        ppt_image_free(&reading.image);
        return ppt_fail(error, reading.status, "%s: %s %s: %s", path,
                        reading.ended ? "truncated" : "unusable", format->name, reading.message);
    }
    *image = reading.image;
    return PPT_OK;
}

enum ppt_status ppt_image_load(const char *path, struct ppt_image *image, struct ppt_error *error)
{
    struct ppt_input input;
    char *data PPT_FREED = NULL;
    size_t size = 0;

    *image = (struct ppt_image){0, 0, NULL};
    PPT_TRY(ppt_input_open(AT_FDCWD, path, PPT_INPUT_ANY, MOST_BYTES, path, &input, error));

    /* When somebody cuts it meanwhile, the decoder notices. */
    const enum ppt_status status = ppt_input_read(&input, path, &data, &size, error);

    close(input.fd);
    PPT_TRY(status);
    return size == 0 ? ppt_fail(error, PPT_BAD_INPUT, "%s: the file is empty", path)
                     : decode(path, data, size, image, error);
}

void ppt_image_free(struct ppt_image *image)
{
    if (image) {
        free(image->pixels);
        *image = (struct ppt_image){0, 0, NULL};
    }
}
