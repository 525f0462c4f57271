/*
 * counts.h - lists of counts as people type them, with commas between their entries:
 *
 *     4         that number
 *     0-4       every number from 0 to 4
 *     1-9:2     every second one of them: 1, 3, 5, 7, 9; "1-9:+2" says the same
 *     1-16:*2   each twice the one before: 1, 2, 4, 8, 16; what begins with 0 goes on with 1
 *     50%       of the CPUs that may be used, at least one
 *     auto      what the program would choose
 */
#ifndef PPT_CONFIG_COUNTS_H
#define PPT_CONFIG_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"

/* What entries may be, and what some of them stand for. */
struct ppt_counts_rule {
    unsigned smallest, largest;
    const char *example;    /* what would be right, for messages */
    bool of_machine;        /* "50%" and "auto" may be among them */
    unsigned cpus;          /* that may be used; 0: not known yet */
    const unsigned *choice; /* what "auto" stands for */
    size_t choice_count;
};

/* In the order given, as often as they were given; `numbers` is to be given to free(). */
struct ppt_counts {
    unsigned *numbers;
    size_t count;
    bool of_machine; /* has entries that depend on it; while the CPUs are not known, they are
                        missing */
};

/* Fails with PPT_BAD_INPUT; nothing is to be freed then. */
enum ppt_status ppt_counts_read(const char *text, const struct ppt_counts_rule *rule,
                                struct ppt_counts *counts, struct ppt_error *error);

#endif
