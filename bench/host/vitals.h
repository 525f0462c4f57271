/*
 * vitals.h - readings of the machine's state that decide how far its figures can be trusted.
 */
#ifndef PPT_HOST_VITALS_H
#define PPT_HOST_VITALS_H

#include <stdbool.h>
#include <stdint.h>

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
    const char *folder;         /* for temporary files, borrowed */
    const char *folder_kind;    /* its file system's name; "": another one */
    bool folder_in_memory;
    bool folder_on_network;
    int64_t folder_free_bytes; /* below 0: nothing can be written there */
};

/* Reads files below `root`, normally "", and leaves clock and folder unknown. */
void ppt_vitals_read(const char *root, struct ppt_vitals *vitals);

/* Measures the clock; takes some milliseconds. */
void ppt_vitals_time_clock(struct ppt_vitals *vitals);

/* Looks at the folder for temporary files. */
void ppt_vitals_visit_folder(const char *folder, struct ppt_vitals *vitals);

#endif
