/*
 * stack.h - the stacks that threads of OpenMP get.
 */
#ifndef PPT_RUN_STACK_H
#define PPT_RUN_STACK_H

#include <pthread.h>

#include "status.h"
#include "text.h"

/* What a task may need of its thread's stack; those of the built-in kernels take half of it. */
#define PPT_STACK_ROOM ((size_t)64 << 10)

struct ppt_stack {
    const char *variable; /* that says how large, borrowed; NULL: none, it is the system's */
    const char *text;     /* what it says; borrowed */
    size_t bytes;         /* 0: the system's */
};

/* As libgomp reads OMP_STACKSIZE and GOMP_STACKSIZE. */
struct ppt_stack ppt_stack_wanted(void);

/* Attributes of a thread with such a stack, to be destroyed by the caller. */
void ppt_stack_attributes(const struct ppt_stack *stack, pthread_attr_t *attributes);

/* Fails with PPT_FAILED when such a stack leaves a task no room, and says what would. Other
 * failures to create a thread are nothing that it looks for. */
enum ppt_status ppt_stack_check(const struct ppt_stack *stack, struct ppt_error *error);

#endif
