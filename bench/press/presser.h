/*
 * presser.h - what one thread that presses has, and the table of what it can do. For the files of
 * this folder alone.
 */
#ifndef PPT_PRESS_PRESSER_H
#define PPT_PRESS_PRESSER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "press.h"
#include "scratch.h"

struct ppt_press;

/* One thread, which alone writes to it while it runs. */
struct ppt_presser {
    /* How much it has done so far: on a line that the others' do not share. */
    _Alignas(PPT_CACHE_LINE) _Atomic uint64_t done;
    _Atomic int problem;   /* an errno, of what ended its pressing; 0: none */
    struct ppt_usage used; /* since the mark */
    struct ppt_pressure *pressure;
    pthread_t thread;
    unsigned id;  /* 0, 1, ... */
    unsigned cpu; /* as the system numbers them */

    /* What presses keep here, until they give it back. */
    unsigned neighbours;  /* that press on the same last-level cache, this one included */
    uint64_t cache_bytes; /* of that cache */
    const struct ppt_folder *scratch; /* borrowed */
    void *memory;                     /* by ppt_presser_map() */
    size_t bytes;
    uint64_t place; /* where it is in there, or what its next step is */
    int fd;         /* -1: none */
    char name[32];  /* of a file in the scratch folder; "": none */
};

/* What pressing on a resource is: one file each. All functions are called by the presser's own
 * thread, and return 0 or an errno. */
struct ppt_press {
    /* What pressing needs; NULL: nothing. What was taken is given back by give(), after a failure,
     * too. */
    int (*take)(struct ppt_presser *presser);
    /* Some 10 to 100 µs of work, or one call of the system, which it adds to presser->done. */
    int (*step)(struct ppt_presser *presser);
    void (*give)(struct ppt_presser *presser);
    /* Whether the scratch folder will do; NULL: any, or none. By the thread that starts it. */
    enum ppt_status (*check)(const struct ppt_folder *scratch, struct ppt_error *error);
};

extern const struct ppt_press ppt_press_cpu, ppt_press_core, ppt_press_cache, ppt_press_memory,
    ppt_press_disk, ppt_press_faults, ppt_press_metadata;

static inline void ppt_presser_add(struct ppt_presser *presser, uint64_t units)
{
    const uint64_t before = atomic_load_explicit(&presser->done, memory_order_relaxed);

    atomic_store_explicit(&presser->done, before + units, memory_order_relaxed);
}

/* Memory of that many bytes, which the calling thread has touched, on large pages where there are
 * any: what is walked through is to press on caches, not on address translation. */
int ppt_presser_map(struct ppt_presser *presser, size_t bytes);
void ppt_presser_unmap(struct ppt_presser *presser);

/* Names the presser's file: "press-ROLE-0". */
void ppt_presser_name(struct ppt_presser *presser, const char *role);

/* Closes its file, and removes it. */
void ppt_presser_drop(struct ppt_presser *presser);

#endif
