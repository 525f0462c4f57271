/*
 * vitals.h - readings of the machine's state that decide how far its figures can be trusted.
 */
#ifndef PPT_HOST_VITALS_H
#define PPT_HOST_VITALS_H

#include <stdbool.h>
#include <stdint.h>

#include "events.h"
#include "handover.h"

/* perf_event_paranoid is -1 and above. */
#define PPT_PARANOID_UNKNOWN (-2)

/* What cannot be known here is "" for texts and below 0 for numbers. */
struct ppt_vitals {
    double load;                /* tasks that ran or waited for a CPU: mean of the last minute */
    char governor[32];          /* what chooses the clock of the CPUs, of the first that tells */
    bool governors_differ;      /* among the CPUs */
    int boost;                  /* clocks above the nominal one: 1 on, 0 off */
    char smt[32];               /* "on", "off", "forceoff", "notsupported" ... */
    char huge_pages[16];        /* "always", "madvise", "never" */
    char huge_pages_effort[16]; /* to get them: "always", "defer", "madvise" ... */
    char clock_source[32];      /* hardware that the system's clock reads */
    int64_t swap_used_bytes;    /* 0 too where there is none */
    int64_t swapped_pages;      /* in and out since the system began */
    double clock_cost_s;        /* of reading what times tasks once */
    double clock_step_s;        /* the smallest step that it is seen to make */
    char blas_core[32];         /* type of CPU that OpenBLAS computes as */
    char blas_own[32];          /* the same, left to the library; "": it was not */
    const char *blas_asked;     /* what the user's variable says of it; borrowed, NULL: not set */
    const char *blas_advice;    /* where another type than its own was chosen; else "" */
    double blas_loss;           /* how many times as long its own takes; 0: none was chosen */
    struct ppt_event_access events; /* which hardware counters are refused */
    int64_t perf_paranoid;          /* what the system permits of them; PPT_PARANOID_UNKNOWN */
    struct ppt_handovers handovers; /* between CPUs that should share a cache; no pairs: unknown */
    const char *folder;             /* for temporary files, borrowed */
    const char *folder_kind;        /* its file system's name; "": another one */
    bool folder_in_memory;
    bool folder_on_network;
    int64_t folder_free_bytes; /* below 0: nothing can be written there */
};

/* Reads files below `root`, normally "", and leaves clock and folder unknown. */
void ppt_vitals_read(const char *root, struct ppt_vitals *vitals);

/* Measures the clock; takes some milliseconds. */
void ppt_vitals_time_clock(struct ppt_vitals *vitals);

/* Loads OpenBLAS; where another type of CPU was chosen than it takes by itself, measures what that
 * one costs, which takes some milliseconds. */
void ppt_vitals_try_blas(struct ppt_vitals *vitals);

/* Tries which hardware counters there are. */
void ppt_vitals_try_events(struct ppt_vitals *vitals);

/* Looks at the folder for temporary files. */
void ppt_vitals_visit_folder(const char *folder, struct ppt_vitals *vitals);

#endif
