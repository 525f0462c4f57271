/*
 * host.h - the machine as this process may use it.
 */
#ifndef PPT_HOST_HOST_H
#define PPT_HOST_HOST_H

#include <stdint.h>

#include "item.h"

struct ppt_host {
    char *name;   /* host name */
    char *system; /* operating system, release and machine */
    char *cpu_model;
    unsigned online_cpus;     /* logical CPUs of the machine */
    unsigned allowed_cpus;    /* logical CPUs in this process's affinity */
    unsigned allowed_cores;   /* physical cores behind them */
    double quota_cpus;        /* CPU quota of the control group; 0: none */
    unsigned effective_cpus;  /* what may really be used: min(allowed, quota rounded up) */
    uint64_t memory_bytes;    /* of the machine */
    uint64_t available_bytes; /* that may be taken now, control group included */
    char *binary;             /* digest of the program's file: another build has another */
    char *instruction_set;    /* that our own loops use, see isa.h */
    char *blas;               /* library and the CPU type it chose */
    json_object *environment; /* OMP_*, GOMP_*, OPENBLAS_* and PPT_OMP_* variables: they change
                                 what is measured */
};

void ppt_host_read(struct ppt_host *host);

/* As recorded in results. The caller owns it. */
json_object *ppt_host_to_json(const struct ppt_host *host);

/* Reads back what ppt_host_to_json() made. */
enum ppt_status ppt_host_from_item(const struct ppt_item *item, struct ppt_host *host,
                                   struct ppt_error *error);
void ppt_host_free(struct ppt_host *host);

/* In what two machines or programs differ so that their passes must not be mixed: the name of a
 * member as in the JSON, or NULL. */
const char *ppt_host_difference(const struct ppt_host *a, const struct ppt_host *b);

#endif
