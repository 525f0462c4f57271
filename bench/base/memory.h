/*
 * memory.h - the bench's own small allocations, which never return NULL.
 *
 * When one fails, a line on standard error says so and the program exits with 1. That loses
 * nothing: recorded passes are on disk by then. Large memory (a kernel's scratch) is not taken
 * here: a kernel that cannot get it reports that as its own error.
 */
#ifndef PPT_BASE_MEMORY_H
#define PPT_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory for `count` things of `size` bytes, to be given to free(). */
void *ppt_alloc(size_t count, size_t size);

/* Zeroed memory on a boundary; `size` must be a multiple of `alignment`, a power of two. */
void *ppt_alloc_aligned(size_t alignment, size_t size);

/* Grows or shrinks; new bytes are not zeroed. */
void *ppt_realloc(void *memory, size_t count, size_t size);

char *ppt_strdup(const char *text);

#endif
