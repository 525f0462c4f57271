/*
 * terminal.h - what a stream that people may look at can show.
 */
#ifndef PPT_BASE_TERMINAL_H
#define PPT_BASE_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

struct ppt_terminal {
    bool present;   /* false: a file or a pipe, which gets plain text of 80 columns */
    bool colour;    /* escape sequences are welcome: NO_COLOR (no-color.org) is not set */
    unsigned width; /* columns, at least 20 */
};

struct ppt_terminal ppt_terminal_of(FILE *stream);

#endif
