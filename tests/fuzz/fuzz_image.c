/*
 * Pictures from anywhere: PNG and JPEG files, whole and damaged, and their EXIF by itself.
 */
#include "exif.h"
#include "image.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct input input = input_open(data, size);
    struct ppt_error error = {""};
    struct ppt_image image;
    const enum ppt_status status = ppt_image_load(input.path, &image, &error);

    if (status == PPT_OK) {
        const size_t bytes = 3 * image.width * image.height + PPT_IMAGE_PADDING;
        unsigned sum = 0;

        /* All of it is there to be read. */
        for (size_t i = 0; i < bytes; i += 1 + bytes / 4096) {
            sum += image.pixels[i];
        }
        sum += image.pixels[bytes - 1];
        MUST(sum <= 255 * (bytes + 1));
    } else {
        MUST(!image.pixels);
        MUST(error.text[0] != '\0');
    }
    MUST(ppt_exif_orientation(data, size) - 1 < PPT_EXIF_ORIENTATIONS);
    MUST(ppt_exif_orientation_app1(data, size) - 1 < PPT_EXIF_ORIENTATIONS);
    ppt_image_free(&image);
    input_close(&input);
    return 0;
}
