/*
 * exif.h - which way up a picture is, as the camera noted beside its pixels.
 *
 * Orientations are numbered as in the standard (JEITA CP-3451, tag 0x0112, which is that of TIFF
 * 6.0): 1 is upright; 2 mirrored from side to side, 3 upside down, 4 mirrored from top to bottom; 5
 * to 8 are those lying on their side. What is missing, damaged or out of this range is upright: a
 * note is no reason to refuse a picture.
 *
 * This follows what OpenCV 4.6 does when it reads a picture. The first entry of the tag counts,
 * whatever its type and count; of entries that are more than the data has room for, those that are
 * there; only the directory of the picture itself is looked at, not that of its thumbnail. Three
 * things are otherwise, where it does not look (the name of the segment, the letters of the byte
 * order if only they are equal) or stops looking (at a damaged text or fraction that comes before).
 */
#ifndef PPT_EXIF_H
#define PPT_EXIF_H

#include <stddef.h>

#define PPT_EXIF_UPRIGHT 1
#define PPT_EXIF_ORIENTATIONS 8

/* Of bytes in the structure of TIFF, as in the chunk eXIf of a PNG; between 1 and
 * PPT_EXIF_ORIENTATIONS. `data` may be NULL when `size` is 0. */
unsigned ppt_exif_orientation(const unsigned char *data, size_t size);

/* Of a segment APP1 of a JPEG, its marker and length left out; if it is one of another kind,
 * PPT_EXIF_UPRIGHT. */
unsigned ppt_exif_orientation_app1(const unsigned char *segment, size_t size);

#endif
