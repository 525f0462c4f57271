/*
 * image_jpeg - reads JPEG with libjpeg-turbo.
 */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "exif.h"
#include "image_read.h"

struct jpeg_decoder {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    struct ppt_image_reading *reading;
};

__attribute__((noreturn)) static void jpeg_failed(j_common_ptr info)
{
    struct jpeg_decoder *decoder = info->client_data;
    struct ppt_image_reading *reading = decoder->reading;

    _Static_assert(sizeof(reading->message) >= JMSG_LENGTH_MAX, "libjpeg's messages must fit");
    info->err->format_message(info, reading->message);
    reading->status = info->err->msg_code == JERR_OUT_OF_MEMORY ? PPT_FAILED : PPT_BAD_INPUT;
    longjmp(decoder->escape, 1);
}

/* libjpeg makes up pixels where data is damaged or missing, and warns. A benchmark must not run on
 * half a picture, so that is an error here; what leaves the pixels alone is not. */
static void jpeg_warned(j_common_ptr info, int level)
{
    struct jpeg_decoder *decoder = info->client_data;

    if (level >= 0) {
        return;
    }
    switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
        decoder->reading->ended = true;
        jpeg_failed(info);
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_ARITH_BAD_CODE:
        jpeg_failed(info);
    default:
        return;
    }
}

/* libjpeg turns three kinds of colours into RGB. For inks, as printers have them, that would take
 * the profile of the printer. */
static enum ppt_status check_colours(struct jpeg_decoder *decoder)
{
    static const char read[] = "grey, YCbCr and RGB are read";
    const J_COLOR_SPACE colours = decoder->info.jpeg_color_space;
    struct ppt_image_reading *reading = decoder->reading;

    switch (colours) {
    case JCS_GRAYSCALE:
    case JCS_YCbCr:
    case JCS_RGB:
        return PPT_OK;
    case JCS_CMYK:
    case JCS_YCCK:
        snprintf(reading->message, sizeof(reading->message),
                 "its colours are %s, four inks for printing; %s",
                 colours == JCS_CMYK ? "CMYK" : "YCCK", read);
        return PPT_BAD_INPUT;
    default:
        snprintf(reading->message, sizeof(reading->message),
                 "its %d colour components are of no known kind; %s", decoder->info.num_components,
                 read);
        return PPT_BAD_INPUT;
    }
}

/* OpenCV asks the first APP1 alone, and so does the standard, where EXIF comes before all else. */
static unsigned jpeg_orientation(const struct jpeg_decompress_struct *info)
{
    const struct jpeg_marker_struct *first = info->marker_list; /* none but APP1 are kept */

    return first ? ppt_exif_orientation_app1(first->data, first->data_length) : PPT_EXIF_UPRIGHT;
}

static void jpeg_decode(struct jpeg_decoder *decoder)
{
    struct jpeg_decompress_struct *info = &decoder->info;
    struct ppt_image_reading *reading = decoder->reading;

    if (setjmp(decoder->escape)) {
        return;
    }
    jpeg_create_decompress(info);
    jpeg_mem_src(info, reading->data, reading->size);
    jpeg_save_markers(info, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(info, TRUE);
    reading->orientation = jpeg_orientation(info);
    reading->status = check_colours(decoder);
    if (reading->status == PPT_OK) {
        reading->status = ppt_image_make_pixels(reading, info->image_width, info->image_height);
    }
    if (reading->status != PPT_OK) {
        return;
    }
    info->out_color_space = JCS_RGB;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = reading->image.pixels + 3 * reading->image.width * info->output_scanline;

        jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_finish_decompress(info);
}

void ppt_image_read_jpeg(struct ppt_image_reading *reading)
{
    struct jpeg_decoder decoder = {.reading = reading};

    decoder.info.err = jpeg_std_error(&decoder.manager);
    decoder.info.client_data = &decoder;
    decoder.manager.error_exit = jpeg_failed;
    decoder.manager.emit_message = jpeg_warned;
    jpeg_decode(&decoder);
    jpeg_destroy_decompress(&decoder.info);
}
