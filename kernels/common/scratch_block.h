/*
 * scratch_block.h - the scratch that whoever attaches a kernel gives it (scratch.h).
 */
#ifndef PPT_SCRATCH_BLOCK_H
#define PPT_SCRATCH_BLOCK_H

#include "scratch.h"

/* The bytes that attach is given for this setup: the most that any of its sets needs. */
static inline size_t ppt_scratch_needed(const struct ppt_kernel *kernel,
                                        const struct ppt_setup *setup)
{
    size_t most = 0;

    for (size_t i = 0; kernel->needs && i < setup->set_count; i++) {
        struct ppt_needs one = {0};

        kernel->needs(setup->sets[i], setup->inner_threads, &one);
        most = one.worker_bytes > most ? one.worker_bytes : most;
    }
    return most;
}

/* Takes and touches so many bytes; of none there is no memory. To be called by the worker, and
 * given back by free() of the memory after detach. */
static inline enum ppt_status ppt_scratch_begin(const struct ppt_kernel *kernel, size_t bytes,
                                                struct ppt_scratch *scratch,
                                                struct ppt_error *error)
{
    *scratch = (struct ppt_scratch){.bytes = ppt_scratch_size(1, bytes)};
    scratch->memory = bytes > 0 ? ppt_scratch_alloc(bytes, kernel->name, error) : NULL;
    return scratch->memory || bytes == 0 ? PPT_OK : PPT_FAILED;
}

#endif
