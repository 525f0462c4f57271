/*
 * cluster.h - the machines of an MPI job, and which of its ranks may use which of their CPUs.
 *
 * Ranks on one host with one list of CPUs share these. Ranks with different lists are taken to
 * share none, as mpirun binds them.
 */
#ifndef PPT_HOST_CLUSTER_H
#define PPT_HOST_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"

struct ppt_point;

/* Where one rank runs. */
struct ppt_rank_place {
    char *host;              /* its name */
    char *cpus;              /* that it may use, as the system lists them: "0-3,8" */
    char *cpu_model;         /* of the host */
    char *scratch;           /* folder that its temporary files lie below */
    unsigned cores;          /* physical, that it may use */
    unsigned effective_cpus; /* logical, that it may use; quotas included */
    int64_t startup_ns; /* from the start of what started it (mpirun, or its daemon on that host)
                           until all could be told to run passes; once per job, in no pass; -1:
                           unknown */
};

struct ppt_cluster {
    struct ppt_rank_place *ranks; /* of the whole job; owned */
    size_t count;                 /* 0: without MPI */
};

/* Processes that use the same CPUs at the same time, and which of them this one is. */
struct ppt_peers {
    unsigned index, count; /* alone: 0 of 1 */
};

/* CPUs and physical cores that the first `ranks` ranks may use together. */
unsigned ppt_cluster_cpus(const struct ppt_cluster *cluster, size_t ranks);
unsigned ppt_cluster_cores(const struct ppt_cluster *cluster, size_t ranks);

/* Hosts that the first `ranks` ranks run on. */
unsigned ppt_cluster_hosts(const struct ppt_cluster *cluster, size_t ranks);

/* Ranks among the first `ranks` on the host of this one; it is one of them. */
unsigned ppt_cluster_neighbours(const struct ppt_cluster *cluster, size_t ranks, size_t rank);

/* The ranks among the first `ranks` that use the same CPUs as this one. */
struct ppt_peers ppt_cluster_peers(const struct ppt_cluster *cluster, size_t ranks, size_t rank);

/* Whether a point over ranks has more threads on some of the CPUs than there are. */
bool ppt_cluster_beyond(const struct ppt_cluster *cluster, struct ppt_point point);

struct ppt_cluster ppt_cluster_copy(const struct ppt_cluster *cluster);
void ppt_cluster_free(struct ppt_cluster *cluster);

/* As it is recorded: "cluster", a list in the order of the ranks; nothing where there are none. */
extern const struct ppt_field ppt_cluster_fields[];

/* Whether passes of one, over so many ranks at most, must not be mixed with those of the other:
 * other hosts of the same kind, with the ranks placed alike, are no difference. */
bool ppt_cluster_differs(const struct ppt_cluster *a, const struct ppt_cluster *b, size_t ranks);

#endif
