/*
 * warden.h - processes that start the programs of tasks, one for each worker, and see to it that
 * nothing of a task outlives it.
 *
 * A warden is a subreaper: whatever a program leaves behind becomes its child, in whatever group or
 * session it is. Since it serves one task at a time, it knows whose that is however many workers
 * there are. It ends all of it when the program has ended, when it is told to, and when the
 * worker's end of the socket is closed, which even a `kill -9` of this program does.
 *
 * Worker and warden share a slot of memory and take turns: the worker fills in the task and sends
 * PPT_WARDEN_RUN; from then on the slot is the warden's, until it has sent PPT_WARDEN_DONE.
 */
#ifndef PPT_WARDEN_H
#define PPT_WARDEN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "descendants.h"
#include "kernel.h"

/* The name of their processes: what is done to all called "ppt-omp" is not done to them, which end
 * by themselves then. */
#define PPT_WARDEN_NAME "ppt-warden"

/* What is sent over the socket, a byte each. */
#define PPT_WARDEN_RUN 'r'  /* to the warden: start the program */
#define PPT_WARDEN_ASK 'a'  /* to the warden: ask the program to end; ignored if it has */
#define PPT_WARDEN_END 'e'  /* to the warden: end it with all that it started; likewise */
#define PPT_WARDEN_DONE 'd' /* from the warden: ready for a task; the last one has ended */

/* For as many CPUs as Linux may be built for. */
#define PPT_WARDEN_CPU_BYTES 1024

struct ppt_warden_slot {
    /* The task, from the worker. */
    char **argv; /* argv[0] is looked for in PATH unless it holds a slash; NULL behind the last */
    char *words; /* room for argv's strings */
    char threads[32];                         /* a variable for the program: "NAME=value" */
    bool stays;                               /* what the program leaves behind may run on until
                                                 the next one ends, or the warden */
    bool null_output;                         /* standard output is /dev/null, and no pipe */
    size_t cpus_bytes;                        /* of `cpus` */
    unsigned char cpus[PPT_WARDEN_CPU_BYTES]; /* those that it may use; see sched_setaffinity() */
    char folder[PATH_MAX]; /* that it works in; "": the one that ppt-omp was started in */

    /* How it went, from the warden. */
    int problem; /* errno of what kept it from being started; else 0 */
    pid_t pid;   /* of the program, as soon as it was started */
    int state;   /* as wait() tells it */
    bool left;   /* something is left that cannot be ended: */
    struct ppt_descendant survivor;
    struct ppt_outside used; /* by all tasks so far and the warden itself; peak_bytes: by this one,
                                0: not more than the warden has itself */
};

/* The worker's side. */
struct ppt_warden {
    struct ppt_warden_slot *slot;
    size_t slot_bytes;
    pid_t pid;
    int socket;              /* -1: none */
    int out, err;            /* the program's outputs; reading does not wait, and sees no end */
    struct ppt_outside used; /* up to the task before */
    bool lost;               /* it is not there any more: somebody has killed it */
};

struct ppt_wardens {
    struct ppt_warden *items;
    size_t count;
    int null_device; /* for writing */
    bool raised;     /* the limit of descriptors, until they are closed; before it was: */
    struct rlimit limit;
};

/* What all of them are made for. Borrowed, and copied by fork(): later changes are not seen. */
struct ppt_warden_plan {
    size_t count;
    size_t argv_count;  /* most words of a task */
    size_t words_bytes; /* most bytes of them, with their zero bytes */
    char **environment; /* of programs; ends in two NULLs, and slot->threads takes the place of the
                           first, unless they are `alike` */
    bool alike;         /* programs are told nothing of threads */
};

/* Starts the wardens and waits until they are ready. Must be called while no other thread runs, or
 * none that holds a lock. They hold nothing of this program open. */
enum ppt_status ppt_wardens_create(const struct ppt_warden_plan *plan, struct ppt_wardens *wardens,
                                   struct ppt_error *error);

/* Ends them; no task may be running. May be called twice, and after a failure. */
void ppt_wardens_close(struct ppt_wardens *wardens);

#endif
