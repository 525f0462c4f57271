#include "topology.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "memory.h"

/* A topology of this machine, restricted to the CPUs of the calling thread. */
static hwloc_topology_t load(void)
{
    hwloc_topology_t topology = NULL;
    hwloc_cpuset_t allowed;

    if (hwloc_topology_init(&topology) != 0) {
        return NULL;
    }
    if (hwloc_topology_load(topology) != 0) {
        hwloc_topology_destroy(topology);
        return NULL;
    }
    allowed = hwloc_bitmap_alloc();
    if (hwloc_get_cpubind(topology, allowed, HWLOC_CPUBIND_THREAD) == 0) {
        hwloc_topology_restrict(topology, allowed, 0);
    }
    hwloc_bitmap_free(allowed);
    return topology;
}

static unsigned at_least_one(int count)
{
    return count < 1 ? 1 : (unsigned)count;
}

void ppt_topology_count(unsigned *cpus, unsigned *cores)
{
    hwloc_topology_t topology = load();

    *cpus = 1;
    *cores = 1;
    if (topology) {
        *cpus = at_least_one(hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU));
        *cores = at_least_one(hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE));
        hwloc_topology_destroy(topology);
    }
}

/* Neighbours, as many for each worker as its tasks use; beyond the last CPU it begins again. */
static void bind_close(struct ppt_binding *binding, unsigned inner_threads, unsigned cpus)
{
    for (unsigned i = 0; i < binding->workers; i++) {
        binding->sets[i] = hwloc_bitmap_alloc();
        for (unsigned t = 0; t < inner_threads && t < cpus; t++) {
            const unsigned place = (unsigned)(((uint64_t)i * inner_threads + t) % cpus);

            hwloc_bitmap_or(binding->sets[i], binding->sets[i],
                            hwloc_get_obj_by_type(binding->topology, HWLOC_OBJ_PU, place)->cpuset);
        }
    }
}

/* As far apart as the machine allows. One CPU for each thread, so that none moves inside its share
 * of the machine; where there are not enough for all threads, workers have whole shares. */
static void bind_apart(struct ppt_binding *binding, unsigned inner_threads, unsigned cpus)
{
    hwloc_obj_t root = hwloc_get_root_obj(binding->topology);
    const bool enough = (uint64_t)binding->workers * inner_threads <= cpus;
    const unsigned each = enough ? inner_threads : 1;
    const unsigned count = binding->workers * each;
    hwloc_cpuset_t *shares = ppt_alloc(count, sizeof(*shares));

    hwloc_distrib(binding->topology, &root, 1, shares, count, INT_MAX, 0);
    for (unsigned i = 0; i < count; i++) {
        if (enough) {
            hwloc_bitmap_singlify(shares[i]);
        }
        /* Shares ascend by place, so that those of one worker are neighbours. */
        if (i % each == 0) {
            binding->sets[i / each] = shares[i];
        } else {
            hwloc_bitmap_or(binding->sets[i / each], binding->sets[i / each], shares[i]);
            hwloc_bitmap_free(shares[i]);
        }
    }
    free(shares);
}

enum ppt_status ppt_binding_create(enum ppt_placement placement, struct ppt_point point,
                                   struct ppt_binding *binding, struct ppt_error *error)
{
    const unsigned workers = point.workers;

    *binding = (struct ppt_binding){.workers = workers};
    if (placement == PPT_PLACEMENT_NONE || workers == 0) {
        return PPT_OK;
    }
    binding->topology = load();
    if (!binding->topology) {
        return ppt_fail(error, PPT_FAILED, "placement: the machine's topology cannot be read");
    }
    const unsigned cpus = at_least_one(hwloc_get_nbobjs_by_type(binding->topology, HWLOC_OBJ_PU));
    binding->before = hwloc_bitmap_alloc();
    hwloc_get_cpubind(binding->topology, binding->before, HWLOC_CPUBIND_THREAD);
    binding->sets = ppt_alloc(workers, sizeof(hwloc_cpuset_t));
    if (placement == PPT_PLACEMENT_SPREAD && workers <= cpus) {
        bind_apart(binding, point.inner_threads, cpus);
    } else {
        bind_close(binding, point.inner_threads, cpus);
    }
    return PPT_OK;
}

int ppt_binding_apply(const struct ppt_binding *binding, unsigned worker)
{
    if (!binding->sets) {
        return 0;
    }
    return hwloc_set_cpubind(binding->topology, binding->sets[worker], HWLOC_CPUBIND_THREAD) == 0
               ? 0
               : errno;
}

void ppt_binding_restore(const struct ppt_binding *binding)
{
    if (binding->sets) {
        hwloc_set_cpubind(binding->topology, binding->before, HWLOC_CPUBIND_THREAD);
    }
}

void ppt_binding_free(struct ppt_binding *binding)
{
    for (unsigned i = 0; binding->sets && i < binding->workers; i++) {
        hwloc_bitmap_free(binding->sets[i]);
    }
    free(binding->sets);
    if (binding->before) {
        hwloc_bitmap_free(binding->before);
    }
    if (binding->topology) {
        hwloc_topology_destroy(binding->topology);
    }
    *binding = (struct ppt_binding){0};
}
