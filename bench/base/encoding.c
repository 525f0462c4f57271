#include "encoding.h"

#include <string.h>

size_t ppt_encoding_mark(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

const char *ppt_encoding_wide(const char *text, size_t length)
{
    /* Which of the first four bytes are zero, the first one as the highest bit: the first
     * characters of a table or of JSON are ASCII. */
    unsigned zeros = 0;

    for (size_t i = 0; i < 4 && length >= 4; i++) {
        zeros = zeros << 1 | (text[i] == '\0');
    }
    if (length >= 4 && (memcmp(text, "\xff\xfe\0\0", 4) == 0 ||
                        memcmp(text, "\0\0\xfe\xff", 4) == 0 || zeros == 0x7 || zeros == 0xe)) {
        return "UTF-32";
    }
    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0 ||
                        zeros == 0x5 || zeros == 0xa)) {
        return "UTF-16";
    }
    return NULL;
}
