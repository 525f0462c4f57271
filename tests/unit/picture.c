#include "picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct ppt_image picture_load(const char *path)
{
    struct ppt_image image;
    struct ppt_error error = {""};

    if (ppt_image_load(path, &image, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    return image;
}

double picture_likeness(const struct ppt_image *one, const struct ppt_image *other)
{
    const size_t count = 3 * one->width * one->height;
    double squares = 0;

    assert_int_equal(one->width, other->width);
    assert_int_equal(one->height, other->height);
    for (size_t i = 0; i < count; i++) {
        const double difference = one->pixels[i] - other->pixels[i];

        squares += difference * difference;
    }
    return squares > 0 ? 10 * log10(255.0 * 255.0 * (double)count / squares) : HUGE_VAL;
}
