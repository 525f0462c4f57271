/*
 * solo.h - one task of a kernel, by one worker, without the bench around it: what a contest of a
 * kernel repeats.
 */
#ifndef PPT_SPEED_SOLO_H
#define PPT_SPEED_SOLO_H

#include <stdbool.h>
#include <stdio.h>

#include "folder.h"
#include "kernel.h"
#include "scratch_block.h"

struct solo {
    const struct ppt_kernel *kernel;
    const union ppt_value *sets[1];
    struct ppt_setup setup;
    struct ppt_task task;
    void *shared, *local;
    struct ppt_scratch scratch;
    bool opened, attached, has_digest;
    uint64_t digest; /* of the first run; every other must give the same */
};

/* Opens and attaches, with one inner thread. `args` and `scratch` are borrowed. To be stopped even
 * after a failure. */
enum ppt_status solo_start(struct solo *solo, const struct ppt_kernel *kernel,
                           const union ppt_value *args, const struct ppt_folder *scratch,
                           struct ppt_error *error);

/* Runs task 0 and checks its digest; `state` is a struct solo. */
enum ppt_status solo_run(void *state, struct ppt_error *error);

/* Runs task 0 and writes what it made. */
enum ppt_status solo_dump(struct solo *solo, FILE *file, struct ppt_error *error);

/* Where the random numbers of that task start. */
#define SOLO_SEED 1
#define SOLO_INDEX 0

void solo_stop(struct solo *solo);

#endif
