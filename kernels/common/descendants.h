/*
 * descendants.h - the children of this process, found through /proc and ended.
 *
 * In a subreaper (PR_SET_CHILD_SUBREAPER) whatever a child leaves behind becomes a child in turn:
 * who ends and reaps children until there are none has ended all descendants, whatever groups and
 * sessions they went to. Everything here is async-signal-safe.
 */
#ifndef PPT_DESCENDANTS_H
#define PPT_DESCENDANTS_H

#include <stdbool.h>
#include <sys/types.h>

typedef void ppt_descendants_visit(pid_t pid, void *context);

/* Visits each child, as the kernel lists them for the calling thread. Returns false when there is
 * no such list: no /proc, that of another namespace of processes, or a kernel built without it. */
bool ppt_descendants_list(ppt_descendants_visit *visit, void *context);

/* The same by looking at every process. Returns false without /proc. */
bool ppt_descendants_scan(ppt_descendants_visit *visit, void *context);

/* One of the children that were still there. */
struct ppt_descendant {
    pid_t pid;     /* 0: there was none, or none could be found */
    int problem;   /* why it cannot be sent a signal; 0: it can */
    char name[16]; /* of its program, as the kernel knows it */
};

/* Sends SIGKILL to every child and its group. `one` becomes one of them: one that refused, if any
 * did. Returns false when children cannot be found at all. */
bool ppt_descendants_kill(struct ppt_descendant *one);

#endif
