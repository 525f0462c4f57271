/*
 * image_read.h - what image.c and the readers of single formats have in common.
 */
#ifndef PPT_IMAGE_READ_H
#define PPT_IMAGE_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "image.h"
#include "status.h"

/* A file on its way to a picture. Libraries leave a reader by longjmp when they meet an error; what
 * is needed after such a jump lives here or in a struct of the function that called the one with
 * setjmp, never in the latter's variables, which a jump may leave with old values. */
struct ppt_image_reading {
    const unsigned char *data; /* the whole file; borrowed */
    size_t size;
    struct ppt_image image; /* as it is stored; owned; may have pixels even if reading failed */
    unsigned orientation;   /* as in exif.h; PPT_EXIF_UPRIGHT at the start */
    enum ppt_status status; /* PPT_OK at the start */
    bool ended;             /* failed because the file ends too early */
    char message[256];      /* why it failed */
};

/* Takes memory for the pixels of a picture of that size, if it is one that can be used. */
enum ppt_status ppt_image_make_pixels(struct ppt_image_reading *reading, size_t width,
                                      size_t height);

void ppt_image_read_png(struct ppt_image_reading *reading);

/* There only in builds with libjpeg. */
void ppt_image_read_jpeg(struct ppt_image_reading *reading);

#endif
