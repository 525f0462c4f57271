#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

static void *require(void *memory)
{
    if (!memory) {
        fputs("ppt-omp: out of memory\n", stderr);
        exit(PPT_FAILED);
    }
    return memory;
}

void *ppt_alloc(size_t count, size_t size)
{
    return require(calloc(count ? count : 1, size ? size : 1));
}

void *ppt_alloc_aligned(size_t alignment, size_t size)
{
    return memset(require(aligned_alloc(alignment, size)), 0, size);
}

void *ppt_realloc(void *memory, size_t count, size_t size)
{
    return require(reallocarray(memory, count ? count : 1, size ? size : 1));
}

char *ppt_strdup(const char *text)
{
    return require(strdup(text));
}
