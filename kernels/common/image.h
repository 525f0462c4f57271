/*
 * image.h - pictures in memory, read from PNG and JPEG files.
 */
#ifndef PPT_IMAGE_H
#define PPT_IMAGE_H

#include <stddef.h>
#include <stdio.h>

#include "status.h"

/* The most pixels that a file may hold; 768 MiB once decoded. */
#define PPT_IMAGE_MOST_PIXELS ((size_t)1 << 28)

/* Bytes behind the last pixel that may be read, so that a pixel can be fetched as four bytes. */
#define PPT_IMAGE_PADDING 8

/* Rows from top to bottom without gaps, each pixel red, green, blue; then the padding. */
struct ppt_image {
    size_t width, height; /* in pixels */
    unsigned char *pixels;
};

/* Reads the file at `path`, whatever its name; its first bytes tell the format. Any depth, palette
 * or grey becomes 8-bit RGB; transparency and embedded colour profiles are ignored. A picture is
 * turned upright if a camera noted that it is not (exif.h); for that time it takes its memory
 * twice. A JPEG is grey, YCbCr or RGB. PPT_BAD_INPUT, with the path and the cause, for a file that
 * is missing, no picture, of other colours, damaged or too large; PPT_UNSUPPORTED for JPEG in a
 * build without libjpeg. On failure `image` is left without memory.
 */
enum ppt_status ppt_image_load(const char *path, struct ppt_image *image, struct ppt_error *error);

/* Writes an 8-bit RGB PNG; `what` begins the message on failure. */
enum ppt_status ppt_image_write_png(FILE *file, const struct ppt_image *image, const char *what,
                                    struct ppt_error *error);

/* Releases the pixels; they may be NULL, and so may `image`. */
void ppt_image_free(struct ppt_image *image);

#endif
