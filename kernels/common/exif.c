/*
 * exif - finds the orientation in what a camera noted.
 *
 * That is a small TIFF file: the byte order, 42, and the offset of the first directory, which is a
 * number of entries and then these, of 12 bytes each: tag, type, count, value.
 */
#include "exif.h"

#include <stdbool.h>
#include <string.h>

#define ORIENTATION_TAG 0x0112
#define ENTRY_BYTES 12
#define VALUE_AT 8

struct tiff {
    const unsigned char *data; /* borrowed */
    size_t size;
    bool little_endian;
};

/* Reads a number of so many bytes; false: it is not all there. Offsets come from the file, so
 * nothing may be added to them before they have passed here. */
static bool take_number(const struct tiff *tiff, size_t at, size_t bytes, size_t *number)
{
    if (at > tiff->size || bytes > tiff->size - at) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < bytes; i++) {
        *number = *number << 8 | tiff->data[at + (tiff->little_endian ? bytes - 1 - i : i)];
    }
    return true;
}

static bool begins_with(const unsigned char *data, size_t size, const char *magic, size_t length)
{
    return size >= length && memcmp(data, magic, length) == 0;
}

unsigned ppt_exif_orientation(const unsigned char *data, size_t size)
{
    const struct tiff tiff = {data, size, begins_with(data, size, "II*", 4)};
    size_t at, entries, tag, value;

    if (!tiff.little_endian && !begins_with(data, size, "MM\0*", 4)) {
        return PPT_EXIF_UPRIGHT;
    }
    if (!take_number(&tiff, 4, 4, &at) || !take_number(&tiff, at, 2, &entries)) {
        return PPT_EXIF_UPRIGHT;
    }
    for (at += 2; entries > 0 && take_number(&tiff, at, 2, &tag); at += ENTRY_BYTES, entries--) {
        if (tag == ORIENTATION_TAG) {
            return take_number(&tiff, at + VALUE_AT, 2, &value) && value >= 1 &&
                           value <= PPT_EXIF_ORIENTATIONS
                       ? (unsigned)value
                       : PPT_EXIF_UPRIGHT;
        }
    }
    return PPT_EXIF_UPRIGHT;
}

unsigned ppt_exif_orientation_app1(const unsigned char *segment, size_t size)
{
    static const char name[6] = "Exif\0";

    return begins_with(segment, size, name, sizeof(name))
               ? ppt_exif_orientation(segment + sizeof(name), size - sizeof(name))
               : PPT_EXIF_UPRIGHT;
}
