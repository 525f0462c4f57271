/*
 * topology.h - which CPUs there are and how near they are to each other (hwloc), and binding
 * workers to them.
 */
#ifndef PPT_HOST_TOPOLOGY_H
#define PPT_HOST_TOPOLOGY_H

#include <hwloc.h>
#include <stdbool.h>
#include <stdint.h>

#include "cluster.h"
#include "config.h"
#include "status.h"

#define PPT_MOST_KINDS 8
#define PPT_MOST_CACHES 4

/* CPUs that are alike, on a machine where not all are: P and E cores. */
struct ppt_cpu_kind {
    unsigned cores, cpus;
};

struct ppt_cache {
    unsigned level;
    unsigned cpus; /* that share one of them */
    uint64_t bytes;
};

/* The part of the machine that this process's affinity lets it use. */
struct ppt_topology {
    unsigned cpus;             /* logical; at least 1 */
    unsigned cores;            /* physical; at least 1 */
    unsigned threads_per_core; /* the most that a core has; 0 to the end: unknown */
    unsigned packages;
    unsigned numa_nodes;
    struct ppt_cpu_kind kinds[PPT_MOST_KINDS]; /* from fast to slow; none: all are alike */
    size_t kind_count;
    struct ppt_cache caches[PPT_MOST_CACHES]; /* for data; from small to large */
    size_t cache_count;                       /* 0: unknown, or not plausible */
    bool made_up;                             /* by HWLOC_SYNTHETIC or HWLOC_XMLFILE */
};

void ppt_topology_read(struct ppt_topology *topology);

/* Whether sizes can be true. Virtual machines may report caches of another machine's. */
bool ppt_topology_plausible(const struct ppt_cache *caches, size_t count);

/* hwloc's own, of this machine, restricted to the CPUs of the calling thread; one that is made up
 * is whole. NULL: there is none. To be destroyed. */
hwloc_topology_t ppt_topology_load(void);

/* The last level of the caches of a CPU, by the system's number of it; NULL: none is known, or it
 * is not plausible. */
hwloc_obj_t ppt_topology_last_cache(hwloc_topology_t topology, unsigned cpu);

/* Where each worker of a pass goes. */
struct ppt_binding {
    hwloc_topology_t topology;
    hwloc_cpuset_t *sets;  /* one per worker; NULL: workers are not bound */
    hwloc_cpuset_t *got;   /* what each worker really has */
    hwloc_cpuset_t before; /* the calling thread's own binding, to go back to */
    unsigned workers;
};

/* Chooses CPUs for a process's workers of a point within the calling thread's affinity, beside
 * those of its peers. "close" fills
 * neighbouring CPUs, "spread" keeps workers as far apart as the machine allows; more workers than
 * CPUs go round. A worker whose tasks use several threads gets as many CPUs, which the threads that
 * it starts share; where that is more than there are, it gets its share of the machine ("spread")
 * or CPUs that others have too ("close"). Call it where time is not measured. */
enum ppt_status ppt_binding_create(enum ppt_placement placement, struct ppt_point point,
                                   struct ppt_peers peers, struct ppt_binding *binding,
                                   struct ppt_error *error);

/* Binds the calling thread as that worker; 0 on success, else errno. Any thread may call it. */
int ppt_binding_apply(const struct ppt_binding *binding, unsigned worker);

/* Asks the system what the calling thread, that worker, is bound to. */
void ppt_binding_ask(const struct ppt_binding *binding, unsigned worker);

/* The answer as hwloc lists CPUs, "0-1,4", to be given to free(); NULL: workers are not bound. */
char *ppt_binding_list(const struct ppt_binding *binding, unsigned worker);

/* Gives the calling thread the binding it had at creation. */
void ppt_binding_restore(const struct ppt_binding *binding);

void ppt_binding_free(struct ppt_binding *binding);

#endif
