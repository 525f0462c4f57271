/*
 * argon2_speed.h - which of the two sources of Argon2 the library in use was built from: the plain
 * one, or the one that is written for vectors and takes half the time. No name or number of it says
 * so.
 */
#ifndef PPT_HOST_ARGON2_SPEED_H
#define PPT_HOST_ARGON2_SPEED_H

#include <stdbool.h>

struct ppt_argon2_speed {
    double block_cycles; /* of a KiB, each as long as an addition of registers; 0: unknown */
    const char *code;    /* "plain", "vectorised" or "unknown" */
};

/* Hashes for less than a millisecond. Who was disturbed all along may see a plain one. */
struct ppt_argon2_speed ppt_argon2_speed(void);

/* That of a figure. */
const char *ppt_argon2_code(double block_cycles);

#endif
