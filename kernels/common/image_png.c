/*
 * image_png - reads and writes PNG with libpng.
 */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "exif.h"
#include "image_read.h"

struct png_decoder {
    struct ppt_image_reading *reading;
    size_t at; /* bytes of the file that have been read */
    png_structp png;
    png_infop info;
};

__attribute__((noreturn)) static void png_failed(png_structp png, png_const_charp message)
{
    struct ppt_image_reading *reading = ((struct png_decoder *)png_get_error_ptr(png))->reading;

    snprintf(reading->message, sizeof(reading->message), "%s", message);
    reading->status = PPT_BAD_INPUT;
    png_longjmp(png, 1);
}

static void png_warned(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void png_take(png_structp png, png_bytep to, size_t count)
{
    struct png_decoder *decoder = png_get_io_ptr(png);
    struct ppt_image_reading *reading = decoder->reading;

    if (count > reading->size - decoder->at) {
        reading->ended = true;
        png_error(png, "the file ends too early");
    }
    memcpy(to, reading->data + decoder->at, count);
    decoder->at += count;
}

/* Else libpng unpacks and keeps all that is said beside the pixels, up to 8 MB for each of a
 * thousand texts: a file of 7 MB would take 6 GB. What pixels depend on is read all the same (PLTE,
 * tRNS), and so is which way up they are. */
static void leave_out_the_rest(png_structp png)
{
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, (png_const_bytep) "eXIf", 1);
}

static void ask_for_rgb(png_structp png)
{
    png_set_palette_to_rgb(png);
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
}

static unsigned png_orientation(png_structp png, png_infop info)
{
    png_uint_32 size = 0;
    png_bytep exif = NULL;

#ifdef PNG_eXIf_SUPPORTED
    png_get_eXIf_1(png, info, &size, &exif);
#else
    (void)png;
    (void)info;
#endif
    return ppt_exif_orientation(exif, size);
}

static void png_decode(struct png_decoder *decoder)
{
    struct ppt_image_reading *reading = decoder->reading;
    png_structp png = decoder->png;

    if (setjmp(png_jmpbuf(png))) {
        return;
    }
    png_set_read_fn(png, decoder, png_take);
    /* The limits are those of ppt_image_make_pixels(), with its message. */
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    leave_out_the_rest(png);
    png_read_info(png, decoder->info);
    reading->status = ppt_image_make_pixels(reading, png_get_image_width(png, decoder->info),
                                            png_get_image_height(png, decoder->info));
    if (reading->status != PPT_OK) {
        return;
    }
    ask_for_rgb(png);

    const int passes = png_set_interlace_handling(png);
    const size_t row_bytes = 3 * reading->image.width;

    png_read_update_info(png, decoder->info);
    if (png_get_rowbytes(png, decoder->info) != row_bytes) {
        png_error(png, "cannot be turned into 8-bit RGB");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < reading->image.height; y++) {
            png_read_row(png, reading->image.pixels + y * row_bytes, NULL);
        }
    }
    /* An eXIf may stand before the pixels or behind them; the first one counts. */
    png_read_end(png, decoder->info);
    reading->orientation = png_orientation(png, decoder->info);
}

void ppt_image_read_png(struct ppt_image_reading *reading)
{
    struct png_decoder decoder = {.reading = reading};

    decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, png_failed, png_warned);
    if (decoder.png) {
        decoder.info = png_create_info_struct(decoder.png);
    }
    if (decoder.info) {
        png_decode(&decoder);
    } else {
        reading->status = PPT_FAILED;
        snprintf(reading->message, sizeof(reading->message), "cannot start libpng");
    }
    png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
}

enum ppt_status ppt_image_write_png(FILE *file, const struct ppt_image *image, const char *what,
                                    struct ppt_error *error)
{
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)image->width,
                     .height = (png_uint_32)image->height,
                     .format = PNG_FORMAT_RGB};

    if (!png_image_write_to_stdio(&png, file, 0, image->pixels, 0, NULL)) {
        return ppt_fail(error, PPT_FAILED, "%s: cannot write the PNG: %s", what, png.message);
    }
    return PPT_OK;
}
