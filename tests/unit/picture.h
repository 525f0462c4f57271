/*
 * picture.h - images for tests: loaded, and compared.
 */
#ifndef PPT_TEST_PICTURE_H
#define PPT_TEST_PICTURE_H

#include "image.h"

/* Fails the running cmocka test when the image cannot be loaded. */
struct ppt_image picture_load(const char *path);

/* The peak signal-to-noise ratio of two images of the same size in dB; infinite: they are the same.
 */
double picture_likeness(const struct ppt_image *one, const struct ppt_image *other);

#endif
