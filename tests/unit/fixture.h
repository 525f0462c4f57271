/*
 * fixture.h - takes one kernel through its life outside the bench.
 *
 * Every function fails the running cmocka test when the kernel reports an error.
 */
#ifndef PPT_TEST_FIXTURE_H
#define PPT_TEST_FIXTURE_H

#include <stdio.h>

#include "kernel.h"
#include "scratch_block.h"
#include "unit.h"

struct fixture {
    const struct ppt_kernel *kernel;
    struct ppt_setup setup;
    const union ppt_value *sets[1];
    void *shared;
    void *local;
    struct ppt_scratch block; /* that attach was given */
    char scratch[64]; /* a new, empty directory; its being empty again is checked at the end */
};

/* What the bench does for kernels, as far as those under test ask for it. */
extern const struct ppt_services fixture_services;

/* Opens and attaches with seed 1, one worker, one inner thread. `args` is borrowed. */
void fixture_start(struct fixture *f, const struct ppt_kernel *kernel, const union ppt_value *args);

/* The same for several argument sets, all borrowed. */
void fixture_start_sets(struct fixture *f, const struct ppt_kernel *kernel,
                        const union ppt_value *const *sets, size_t count);

/* Detaches and attaches again, for tasks that use so many threads. */
void fixture_attach(struct fixture *f, unsigned inner_threads);

/* Runs the task of that index and returns its digest. */
uint64_t fixture_run(struct fixture *f, uint64_t index);

/* Runs the task, dumps what it made and returns the file, rewound; to be closed with fclose(). */
FILE *fixture_dump(struct fixture *f, uint64_t index);

/* The function of that name of the OpenBLAS that kernels use, to `function`, a pointer to it. */
void fixture_openblas(const char *name, void *function);

/* Detaches and closes, and checks that no temporary file is left. */
void fixture_stop(struct fixture *f);

#endif
