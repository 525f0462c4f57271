/*
 * image - reads PNG with libpng and JPEG with libjpeg-turbo, writes PNG.
 *
 * Both libraries leave by longjmp when they meet an error. What is needed after such a jump lives
 * in a struct of the function that called the one with setjmp, never in the latter's variables,
 * which a jump may leave with old values.
 */
#include "image.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <png.h>
#ifdef PPT_HAVE_JPEG
#include <jpeglib.h>

#include <jerror.h>
#endif

#include "input.h"

/* A file of PPT_IMAGE_MOST_PIXELS is smaller even if it is not compressed at all. */
#define MOST_BYTES ((size_t)1 << 30)

struct bytes {
    unsigned char *data;
    size_t size;
};

static enum ppt_status read_file(const char *path, struct bytes *file, struct ppt_error *error)
{
    struct ppt_input input;
    char *data = NULL;
    enum ppt_status status =
        ppt_input_open(AT_FDCWD, path, PPT_INPUT_ANY, MOST_BYTES, path, &input, error);

    if (status != PPT_OK) {
        return status;
    }
    /* When somebody cuts it meanwhile, the decoder notices. */
    status = ppt_input_read(&input, path, &data, &file->size, error);
    close(input.fd);
    file->data = (unsigned char *)data;
    return status == PPT_OK && file->size == 0
               ? ppt_fail(error, PPT_BAD_INPUT, "%s: the file is empty", path)
               : status;
}

/* Takes memory for the pixels; `message` receives the reason when it cannot. */
static enum ppt_status make_pixels(struct ppt_image *image, size_t width, size_t height,
                                   char *message, size_t message_size)
{
    if (width == 0 || height == 0 || width > PPT_IMAGE_MOST_PIXELS / height) {
        snprintf(message, message_size, "%zu by %zu pixels; between 1 and %zu can be used", width,
                 height, PPT_IMAGE_MOST_PIXELS);
        return PPT_BAD_INPUT;
    }
    image->width = width;
    image->height = height;
    image->pixels = calloc(3 * width * height + PPT_IMAGE_PADDING, 1);
    if (!image->pixels) {
        snprintf(message, message_size, "not enough memory for %zu by %zu pixels", width, height);
        return PPT_FAILED;
    }
    return PPT_OK;
}

/* PNG ----------------------------------------------------------------------------------------- */

struct png_decoder {
    struct bytes file; /* borrowed */
    size_t at;         /* bytes read */
    bool ended;        /* more was asked for than there is */
    png_structp png;
    png_infop info;
    struct ppt_image *image;
    enum ppt_status status;
    char message[256];
};

__attribute__((noreturn)) static void png_failed(png_structp png, png_const_charp message)
{
    struct png_decoder *decoder = png_get_error_ptr(png);

    snprintf(decoder->message, sizeof(decoder->message), "%s", message);
    decoder->status = PPT_BAD_INPUT;
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

    if (count > decoder->file.size - decoder->at) {
        decoder->ended = true;
        png_error(png, "the file ends too early");
    }
    memcpy(to, decoder->file.data + decoder->at, count);
    decoder->at += count;
}

static void ask_for_rgb(png_structp png)
{
    png_set_palette_to_rgb(png);
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
}

static void png_decode(struct png_decoder *decoder)
{
    png_structp png = decoder->png;

    if (setjmp(png_jmpbuf(png))) {
        return;
    }
    png_set_read_fn(png, decoder, png_take);
    /* The limits are those of make_pixels(), with its message. */
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(png, decoder->info);
    decoder->status = make_pixels(decoder->image, png_get_image_width(png, decoder->info),
                                  png_get_image_height(png, decoder->info), decoder->message,
                                  sizeof(decoder->message));
    if (decoder->status != PPT_OK) {
        return;
    }
    ask_for_rgb(png);

    const int passes = png_set_interlace_handling(png);
    const size_t row_bytes = 3 * decoder->image->width;

    png_read_update_info(png, decoder->info);
    if (png_get_rowbytes(png, decoder->info) != row_bytes) {
        png_error(png, "cannot be turned into 8-bit RGB");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < decoder->image->height; y++) {
            png_read_row(png, decoder->image->pixels + y * row_bytes, NULL);
        }
    }
    png_read_end(png, NULL);
}

static enum ppt_status load_png(const char *path, struct bytes file, struct ppt_image *image,
                                struct ppt_error *error)
{
    struct png_decoder decoder = {.file = file, .image = image};

    decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, png_failed, png_warned);
    if (decoder.png) {
        decoder.info = png_create_info_struct(decoder.png);
    }
    if (decoder.info) {
        png_decode(&decoder);
    } else {
        decoder.status = PPT_FAILED;
        snprintf(decoder.message, sizeof(decoder.message), "cannot start libpng");
    }
    png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    if (decoder.status != PPT_OK) {
        ppt_fail(error, decoder.status, "%s: %s PNG: %s", path,
                 decoder.ended ? "truncated" : "unusable", decoder.message);
    }
    return decoder.status;
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

/* JPEG ---------------------------------------------------------------------------------------- */

#ifdef PPT_HAVE_JPEG

struct jpeg_decoder {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    bool ended;
    struct ppt_image *image;
    enum ppt_status status;
    char message[JMSG_LENGTH_MAX];
};

__attribute__((noreturn)) static void jpeg_failed(j_common_ptr info)
{
    struct jpeg_decoder *decoder = info->client_data;

    info->err->format_message(info, decoder->message);
    decoder->status = info->err->msg_code == JERR_OUT_OF_MEMORY ? PPT_FAILED : PPT_BAD_INPUT;
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
        decoder->ended = true;
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
    char *out = decoder->message;

    switch (colours) {
    case JCS_GRAYSCALE:
    case JCS_YCbCr:
    case JCS_RGB:
        return PPT_OK;
    case JCS_CMYK:
    case JCS_YCCK:
        snprintf(out, sizeof(decoder->message), "its colours are %s, four inks for printing; %s",
                 colours == JCS_CMYK ? "CMYK" : "YCCK", read);
        return PPT_BAD_INPUT;
    default:
        snprintf(out, sizeof(decoder->message), "its %d colour components are of no known kind; %s",
                 decoder->info.num_components, read);
        return PPT_BAD_INPUT;
    }
}

static void jpeg_decode(struct jpeg_decoder *decoder, struct bytes file)
{
    struct jpeg_decompress_struct *info = &decoder->info;

    if (setjmp(decoder->escape)) {
        return;
    }
    jpeg_create_decompress(info);
    jpeg_mem_src(info, file.data, file.size);
    jpeg_read_header(info, TRUE);
    decoder->status = check_colours(decoder);
    if (decoder->status == PPT_OK) {
        decoder->status = make_pixels(decoder->image, info->image_width, info->image_height,
                                      decoder->message, sizeof(decoder->message));
    }
    if (decoder->status != PPT_OK) {
        return;
    }
    info->out_color_space = JCS_RGB;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = decoder->image->pixels + 3 * decoder->image->width * info->output_scanline;

        jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_finish_decompress(info);
}

static enum ppt_status load_jpeg(const char *path, struct bytes file, struct ppt_image *image,
                                 struct ppt_error *error)
{
    struct jpeg_decoder decoder = {.image = image};

    decoder.info.err = jpeg_std_error(&decoder.manager);
    decoder.info.client_data = &decoder;
    decoder.manager.error_exit = jpeg_failed;
    decoder.manager.emit_message = jpeg_warned;
    jpeg_decode(&decoder, file);
    jpeg_destroy_decompress(&decoder.info);
    if (decoder.status != PPT_OK) {
        ppt_fail(error, decoder.status, "%s: %s JPEG: %s", path,
                 decoder.ended ? "truncated" : "unusable", decoder.message);
    }
    return decoder.status;
}

#else

static enum ppt_status load_jpeg(const char *path, struct bytes file, struct ppt_image *image,
                                 struct ppt_error *error)
{
    (void)file;
    (void)image;
    return ppt_fail(error, PPT_UNSUPPORTED,
                    "%s: a JPEG image, which this build cannot read (built without libjpeg)", path);
}

#endif

static bool starts_with(struct bytes file, const char *magic, size_t length)
{
    return file.size >= length && memcmp(file.data, magic, length) == 0;
}

enum ppt_status ppt_image_load(const char *path, struct ppt_image *image, struct ppt_error *error)
{
    struct bytes file = {NULL, 0};
    enum ppt_status status;

    *image = (struct ppt_image){0, 0, NULL};
    status = read_file(path, &file, error);
    if (status != PPT_OK) {
        goto out;
    }
    if (starts_with(file, "\x89PNG\r\n\x1a\n", 8)) {
        status = load_png(path, file, image, error);
    } else if (starts_with(file, "\xff\xd8\xff", 3)) {
        status = load_jpeg(path, file, image, error);
    } else {
        status = ppt_fail(error, PPT_BAD_INPUT, "%s: not a PNG or JPEG image", path);
    }
    if (status != PPT_OK) {
        ppt_image_free(image);
    }
out:
    free(file.data);
    return status;
}

void ppt_image_free(struct ppt_image *image)
{
    if (image) {
        free(image->pixels);
        *image = (struct ppt_image){0, 0, NULL};
    }
}
