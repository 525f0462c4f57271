/*
 * status.h - how a fallible function says that it failed, and why.
 *
 * A function that can fail returns an enum ppt_status and takes a struct ppt_error. The message is
 * written where the cause is known, by ppt_fail(); everybody above passes the status on, and main
 * prints the message once. The values are the exit codes of the program.
 *
 * Header only, so that a kernel built outside the tree needs no symbol of the program.
 */
#ifndef PPT_STATUS_H
#define PPT_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

enum ppt_status {
    PPT_OK = 0,
    PPT_FAILED = 1,       /* the run or the machine failed */
    PPT_BAD_INPUT = 2,    /* usage, configuration or an input file is wrong */
    PPT_DIFFERS = 3,      /* results differ between worker counts */
    PPT_REGRESSION = 4,   /* a comparison found a regression */
    PPT_INCONCLUSIVE = 5, /* too little or too noisy data to answer */
    PPT_NO_ANSWER = 6,    /* no verdict is kept that holds here and now */
    PPT_UNSUPPORTED = 77, /* not part of this build */
    PPT_INTERRUPTED = 130 /* stopped by the user; what was measured is saved */
};

struct ppt_error {
    char text[1024]; /* one line of UTF-8 that can be shown, whatever was put into it */
};

/* Bytes of the UTF-8 character that a text begins with (RFC 3629); 0: it is none, or cut off. */
static inline size_t ppt_utf8_length(const char *text)
{
    const unsigned char *t = (const unsigned char *)text;
    const size_t length = t[0] < 0x80   ? 1
                          : t[0] < 0xc2 ? 0
                          : t[0] < 0xe0 ? 2
                          : t[0] < 0xf0 ? 3
                          : t[0] < 0xf5 ? 4
                                        : 0;

    for (size_t i = 1; i < length; i++) {
        if ((t[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    /* Longer than need be, half of a surrogate pair, or beyond what there is. */
    if ((t[0] == 0xe0 && t[1] < 0xa0) || (t[0] == 0xed && t[1] > 0x9f) ||
        (t[0] == 0xf0 && t[1] < 0x90) || (t[0] == 0xf4 && t[1] > 0x8f)) {
        return 0;
    }
    return length;
}

/* Bytes of what a text begins with, if that must not be shown to people as it is; otherwise 0.
 * Control characters (C0, DEL and C1) move a terminal's cursor and more; line separators and those
 * that change the direction of writing let a text look like another; and what is no UTF-8 is a
 * control character in an older encoding. */
static inline size_t ppt_hidden_length(const char *text)
{
    const unsigned char *t = (const unsigned char *)text;
    const size_t length = ppt_utf8_length(text);
    const bool control = t[0] < ' ' || t[0] == 0x7f || (t[0] == 0xc2 && t[1] < 0xa0);
    /* U+2028 to U+202E, U+2066 to U+2069 */
    const bool order = t[0] == 0xe2 && ((t[1] == 0x80 && t[2] >= 0xa8 && t[2] <= 0xae) ||
                                        (t[1] == 0x81 && t[2] >= 0xa6 && t[2] <= 0xa9));

    return length == 0 ? 1 : control || order ? length : 0;
}

/* Puts '?' in the place of everything in a text that must not be shown. */
static inline void ppt_hide(char *text)
{
    char *to = text;

    while (*text) {
        const size_t hidden = ppt_hidden_length(text);

        if (hidden > 0) {
            *to++ = '?';
            text += hidden;
        } else {
            for (size_t left = ppt_utf8_length(text); left > 0; left--) {
                *to++ = *text++;
            }
        }
    }
    *to = '\0';
}

/* Writes the message and returns `status`, so that a caller can write `return ppt_fail(...)`. */
__attribute__((format(printf, 3, 4))) static inline enum ppt_status
ppt_fail(struct ppt_error *error, enum ppt_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    /* Names and values from files end up in messages: they must not move the cursor or look like
     * lines of their own. */
    ppt_hide(error->text);
    return status;
}

/* Returns the status of a call from the calling function, unless it is PPT_OK. What that function
 * owns has to be released by itself: see owned.h. */
#define PPT_TRY(call)                                                                              \
    do {                                                                                           \
        const enum ppt_status ppt_tried = (call);                                                  \
                                                                                                   \
        if (ppt_tried != PPT_OK) {                                                                 \
            return ppt_tried;                                                                      \
        }                                                                                          \
    } while (0)

#endif
