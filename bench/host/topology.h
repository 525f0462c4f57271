/*
 * topology.h - which CPUs there are and how near they are to each other (hwloc), and binding
 * workers to them.
 */
#ifndef PPT_HOST_TOPOLOGY_H
#define PPT_HOST_TOPOLOGY_H

#include <hwloc.h>

#include "config.h"
#include "status.h"

/* Counts CPUs and cores that this process may use; both at least 1. */
void ppt_topology_count(unsigned *cpus, unsigned *cores);

/* Where each worker of a pass goes. */
struct ppt_binding {
    hwloc_topology_t topology;
    hwloc_cpuset_t *sets;  /* one per worker; NULL: workers are not bound */
    hwloc_cpuset_t before; /* the calling thread's own binding, to go back to */
    unsigned workers;
};

/* Chooses CPUs for the workers of a point within the calling thread's affinity. "close" fills
 * neighbouring CPUs, "spread" keeps workers as far apart as the machine allows; more workers than
 * CPUs go round. A worker whose tasks use several threads gets as many CPUs, which the threads that
 * it starts share; where that is more than there are, it gets its share of the machine ("spread")
 * or CPUs that others have too ("close"). Call it where time is not measured. */
enum ppt_status ppt_binding_create(enum ppt_placement placement, struct ppt_point point,
                                   struct ppt_binding *binding, struct ppt_error *error);

/* Binds the calling thread as that worker; 0 on success, else errno. Any thread may call it. */
int ppt_binding_apply(const struct ppt_binding *binding, unsigned worker);

/* Gives the calling thread the binding it had at creation. */
void ppt_binding_restore(const struct ppt_binding *binding);

void ppt_binding_free(struct ppt_binding *binding);

#endif
