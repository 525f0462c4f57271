/*
 * host.h - the machine as this process may use it.
 */
#ifndef PPT_HOST_HOST_H
#define PPT_HOST_HOST_H

#include <stdint.h>

#include "cluster.h"
#include "item.h"
#include "machine_ceilings.h"
#include "topology.h"

struct ppt_host {
    char *name;   /* host name */
    char *system; /* operating system, release and machine */
    char *cpu_model;
    char *virtual_machine;        /* its kind, see surroundings.h; "unknown" in old journals */
    char *container;              /* likewise */
    unsigned online_cpus;         /* logical CPUs of the machine */
    struct ppt_topology topology; /* of those in this process's affinity */
    unsigned cpuset_cpus;         /* CPUs of the control group; 0: not limited, or unknown */
    double quota_cpus;            /* CPU quota of the control group; 0: none, or unknown */
    bool quota_unknown;           /* not recorded */
    unsigned effective_cpus;      /* what may really be used, see ppt_host_effective_cpus() */
    uint64_t memory_bytes;        /* of the machine; 0: unknown */
    uint64_t available_bytes;     /* that may be taken now, control group included; 0: unknown */
    char *binary;                 /* digest of the program's file: another build has another */
    char *instruction_set;        /* that our own loops use, see isa.h */
    char *task_clock;             /* that times tasks, see counter.h */
    char *blas;                   /* library and how it was built */
    char *blas_core;              /* the type of CPU that it computes as */
    char *blas_own;               /* the one that it takes by itself, where tasks use it and another
                                     was chosen; else "" */
    json_object *environment;     /* OMP_*, GOMP_*, OPENBLAS_* and PPT_OMP_* variables: they change
                                     what is measured */
    struct ppt_ceilings *ceilings; /* what it can do at most, as it was known when the run began;
                                      owned; NULL: it was not */
    struct ppt_cluster cluster;    /* of the MPI job that this process is rank 0 of; none without */
};

/* The folder where verdicts are kept; it changes nothing that is measured. */
#define PPT_STATE_VARIABLE "PPT_OMP_STATE"

void ppt_host_read(struct ppt_host *host);

/* Parts of it, which take no time: name, system and CPU model; the memory, where groups leave
 * `limit`. */
void ppt_host_read_system(struct ppt_host *host);
void ppt_host_read_memory(struct ppt_host *host, uint64_t limit);

/* Of the BLAS: anew where kernels have been opened, since they may have found it wrong. */
void ppt_host_read_blas(struct ppt_host *host);

/* The name of a variable, given with its value, if it is one that changes what is measured; NULL:
 * it is not. To be given to free(). */
char *ppt_host_variable(const char *variable);

void ppt_host_free(struct ppt_host *host);

/* The smallest of affinity, cpuset (0: none) and quota (rounded up; 0: none). */
unsigned ppt_host_effective_cpus(unsigned allowed, unsigned cpuset, double quota);

/* Whether the quota is below the CPUs that could be used without it. */
bool ppt_host_quota_binds(const struct ppt_host *host);

/* The memory that a run may be planned with: what is available; where that is unknown all that
 * there is, and where that is, too, UINT64_MAX. */
uint64_t ppt_host_memory(const struct ppt_host *host);

/* The memory that a pass may use: that, or less where the configuration says so. */
struct ppt_config;
uint64_t ppt_host_memory_limit(const struct ppt_host *host, const struct ppt_config *config);

/* Whether a point has more threads than there are CPUs for them, on any of the hosts that it runs
 * on. */
bool ppt_host_beyond(const struct ppt_host *host, struct ppt_point point);

/* CPUs that all points of a run together may use. */
unsigned ppt_host_all_cpus(const struct ppt_host *host, const struct ppt_config *config);

/* Numbers of workers beyond which the next one gets a slower kind of core, or shares its core with
 * another: the fast cores of a hybrid machine, ..., all physical cores. Ascending; returns how
 * many. */
size_t ppt_host_landmarks(const struct ppt_host *host, unsigned landmarks[PPT_MOST_KINDS]);

/* As recorded in results. The caller owns it. */
json_object *ppt_host_to_json(const struct ppt_host *host);

/* What people are told of it: a name and a value in words for each fact that is known. */
void ppt_host_tell(const struct ppt_host *host, ppt_field_told *told, void *context);

/* Reads back what ppt_host_to_json() made, or what an earlier version did. */
enum ppt_status ppt_host_from_item(const struct ppt_item *item, struct ppt_host *host,
                                   struct ppt_error *error);

/* In what two machines or programs differ so that their passes, of so many ranks at most, must not
 * be mixed: the name of a member as in the JSON, or NULL. */
const char *ppt_host_difference(const struct ppt_host *a, const struct ppt_host *b, size_t ranks);

#endif
