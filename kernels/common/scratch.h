/*
 * scratch.h - a worker's memory: allocated and first touched before its tasks, not in the timed
 * loop.
 *
 * Touching matters twice: a page fault costs microseconds, and on machines with several memory
 * nodes a page belongs to the node of the thread that touches it first.
 *
 * The bench takes one block for attach, of the worker_bytes that the kernel's `needs` states, and
 * attach lays its parts out in it. So that the two cannot differ, one function of the kernel lays
 * out for both: `needs` gives it a PPT_SCRATCH_RULER, which has no memory and only adds up.
 */
#ifndef PPT_SCRATCH_H
#define PPT_SCRATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
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

struct ppt_scratch {
    char *memory; /* zeroed, on a cache line boundary; NULL: none */
    size_t bytes; /* that there are */
    size_t used;  /* by what was taken so far */
};

/* Has room for everything and no memory: `used` tells what a layout takes. */
#define PPT_SCRATCH_RULER                                                                          \
    {                                                                                              \
        .bytes = SIZE_MAX                                                                          \
    }

/* What taking so many items of that size adds to `used`: whole cache lines. */
static inline size_t ppt_scratch_size(size_t count, size_t size)
{
    size_t bytes;
    const bool beyond = __builtin_mul_overflow(count, size, &bytes) ||
                        __builtin_add_overflow(bytes, PPT_CACHE_LINE - 1, &bytes);

    return beyond ? SIZE_MAX : bytes / PPT_CACHE_LINE * PPT_CACHE_LINE;
}

/* The next part of the scratch, on a cache line boundary; NULL from a ruler. Taking more than there
 * is, which is a mistake of the kernel's `needs`, ends the program. */
static inline void *ppt_scratch_take(struct ppt_scratch *scratch, size_t count, size_t size)
{
    const size_t from = scratch->used;

    if (__builtin_add_overflow(from, ppt_scratch_size(count, size), &scratch->used)) {
        scratch->used = SIZE_MAX;
    }
    if (scratch->used > scratch->bytes) {
        fprintf(stderr,
                "ppt-omp: a kernel takes %zu bytes of scratch or more, but its needs states "
                "worker_bytes of %zu\n",
                scratch->used, scratch->bytes);
        exit(PPT_FAILED);
    }
    return scratch->memory ? scratch->memory + from : NULL;
}

/* A copy of an object in the scratch; NULL from a ruler. */
static inline void *ppt_scratch_keep(struct ppt_scratch *scratch, const void *object, size_t bytes)
{
    void *place = ppt_scratch_take(scratch, 1, bytes);

    return place ? memcpy(place, object, bytes) : NULL;
}

/* The largest value of an integer parameter over all argument sets, at least 0: what scratch must
 * serve. */
static inline size_t ppt_scratch_largest(const struct ppt_setup *setup, size_t param)
{
    int64_t largest = 0;

    for (size_t i = 0; i < setup->set_count; i++) {
        const int64_t value = setup->sets[i][param].integer;

        largest = value > largest ? value : largest;
    }
    return (size_t)largest;
}

#endif
