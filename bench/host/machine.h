/*
 * machine.h - what of the machine a verdict depends on, read in next to no time.
 *
 * struct ppt_host tells more, and asks hwloc for it, which takes longer than a build script wants
 * to wait for a number. What is here is compared exactly: a verdict of another machine, of other
 * CPUs or of another quota is none.
 */
#ifndef PPT_HOST_MACHINE_H
#define PPT_HOST_MACHINE_H

#include <stdint.h>

#include "field.h"

struct ppt_machine {
    char *system; /* operating system, release and machine */
    char *cpu_model;
    char *cpus; /* that this process may run on, by their numbers: "0-3,6" */
    unsigned online_cpus;
    unsigned cpuset_cpus; /* CPUs of the control group; 0: not limited */
    double quota_cpus;    /* CPU quota of the control group; 0: none */
    uint64_t memory_bytes;
    uint64_t memory_limit_bytes; /* of the control group; 0: none */
    char *environment; /* variables that change what is measured, sorted, a line each. Without
                          OMP_NUM_THREADS: tasks are told the number of their threads */
};

extern const struct ppt_field ppt_machine_fields[];

/* `mounts` and `membership` as in cgroup.h. */
void ppt_machine_read(const char *mounts, const char *membership, struct ppt_machine *machine);
void ppt_machine_free(struct ppt_machine *machine); /* zeroed is fine */

/* In what they differ first, in words: "cpus was \"0-3\" and is \"0-1\""; to be given to free().
 * NULL: in nothing. */
char *ppt_machine_difference(const struct ppt_machine *before, const struct ppt_machine *now);

#endif
