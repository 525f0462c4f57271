/*
 * works.h - tasks that can use threads of their own, in sizes where sharing them out may go wrong,
 * and how many threads were created.
 */
#ifndef PPT_TEST_WORKS_H
#define PPT_TEST_WORKS_H

#include "fixture.h"

#define WORKS 24
#define WORK_TASKS 3u /* of each case */

extern const struct ppt_kernel ppt_kernel_tensor, ppt_kernel_matrix, ppt_kernel_sort,
    ppt_kernel_img, ppt_kernel_password;

struct work {
    const struct ppt_kernel *kernel;
    union ppt_value args[10];
    unsigned regions; /* in which a task starts threads anew */
    unsigned most;    /* threads that this task can use */
};

extern const struct work works[WORKS];

/* What one thread alone finds; task by task. */
void works_digests(const struct work *w, uint64_t digests[WORK_TASKS]);

/* Fails when a task's digest is another with so many threads. */
void works_check(const struct work *w, unsigned inner, uint64_t index, uint64_t digest,
                 uint64_t expected);

/* The threads that were created in this process since the last call. */
unsigned works_threads(void);

#endif
