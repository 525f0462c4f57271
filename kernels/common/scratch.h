/*
 * scratch.h - a worker's memory: allocated and first touched in attach, not in the timed loop.
 *
 * Touching matters twice: a page fault costs microseconds, and on machines with several memory
 * nodes a page belongs to the node of the thread that touches it first.
 */
#ifndef PPT_SCRATCH_H
#define PPT_SCRATCH_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

#define PPT_CACHE_LINE 64

/* Returns `bytes` (0 counts as 1) of zeroed, touched memory on a cache line boundary, to be given
 * to free(), or NULL with the message written. `what` names it in the message. */
static inline void *ppt_scratch_alloc(size_t bytes, const char *what, struct ppt_error *error)
{
    const size_t rounded = (bytes + PPT_CACHE_LINE) / PPT_CACHE_LINE * PPT_CACHE_LINE;
    void *memory = rounded < bytes ? NULL : aligned_alloc(PPT_CACHE_LINE, rounded);

    if (!memory) {
        ppt_fail(error, PPT_FAILED, "%s: not enough memory for %zu bytes", what, bytes);
        return NULL;
    }
    memset(memory, 0, rounded);
    return memory;
}

/* The largest value of an integer parameter over all argument sets, at least 1: what scratch must
 * serve. */
static inline size_t ppt_scratch_largest(const struct ppt_setup *setup, size_t param)
{
    int64_t largest = 1;

    for (size_t i = 0; i < setup->set_count; i++) {
        const int64_t value = setup->sets[i][param].integer;

        largest = value > largest ? value : largest;
    }
    return (size_t)largest;
}

#endif
