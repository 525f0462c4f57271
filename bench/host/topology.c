#include "topology.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

/* For one that is made up hwloc asks nobody for its affinity. */
hwloc_topology_t ppt_topology_load(void)
{
    hwloc_topology_t topology = NULL;

    if (hwloc_topology_init(&topology) != 0) {
        return NULL;
    }
    if (hwloc_topology_load(topology) != 0) {
        hwloc_topology_destroy(topology);
        return NULL;
    }
    hwloc_cpuset_t allowed = hwloc_bitmap_alloc();
    if (hwloc_get_cpubind(topology, allowed, HWLOC_CPUBIND_THREAD) == 0) {
        hwloc_topology_restrict(topology, allowed, HWLOC_RESTRICT_FLAG_REMOVE_CPULESS);
    }
    hwloc_bitmap_free(allowed);
    return topology;
}

static unsigned at_least_one(int count)
{
    return count < 1 ? 1 : (unsigned)count;
}

/* ---- what there is ---- */

/* Kinds as hwloc ranks them, from slow to fast; none where it cannot, or where there is but one. */
static void read_kinds(hwloc_topology_t machine, struct ppt_topology *topology)
{
    const int count = hwloc_cpukinds_get_nr(machine, 0);
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    int rank = -1;

    for (int i = count - 1; count > 1 && count <= PPT_MOST_KINDS && i >= 0; i--) {
        if (hwloc_cpukinds_get_info(machine, (unsigned)i, set, &rank, NULL, NULL, 0) != 0 ||
            rank < 0) {
            topology->kind_count = 0;
            break;
        }
        topology->kinds[topology->kind_count++] = (struct ppt_cpu_kind){
            .cores = (unsigned)hwloc_get_nbobjs_inside_cpuset_by_type(machine, set, HWLOC_OBJ_CORE),
            .cpus = (unsigned)hwloc_bitmap_weight(set),
        };
    }
    hwloc_bitmap_free(set);
}

bool ppt_topology_plausible(const struct ppt_cache *caches, size_t count)
{
    static const uint64_t kib = UINT64_C(1) << 10, mib = UINT64_C(1) << 20;
    const struct {
        uint64_t smallest, largest;
    } bounds[] = {
        {4 * kib, mib}, {64 * kib, 128 * mib}, {256 * kib, 2048 * mib}, {mib, 65536 * mib}};

    for (size_t i = 0; i < count; i++) {
        if (caches[i].level < 1 || caches[i].level > 4 || caches[i].cpus < 1 ||
            caches[i].bytes < bounds[caches[i].level - 1].smallest ||
            caches[i].bytes > bounds[caches[i].level - 1].largest ||
            (i > 0 &&
             (caches[i].bytes <= caches[i - 1].bytes || caches[i].cpus < caches[i - 1].cpus))) {
            return false;
        }
    }
    return true;
}

hwloc_obj_t ppt_topology_last_cache(hwloc_topology_t topology, unsigned cpu)
{
    hwloc_obj_t cache = NULL;

    for (hwloc_obj_t at = hwloc_get_pu_obj_by_os_index(topology, cpu); at; at = at->parent) {
        cache = hwloc_obj_type_is_dcache(at->type) ? at : cache;
    }
    if (cache) {
        const struct ppt_cache told = {.level = cache->attr->cache.depth,
                                       .cpus = (unsigned)hwloc_bitmap_weight(cache->cpuset),
                                       .bytes = cache->attr->cache.size};

        cache = ppt_topology_plausible(&told, 1) ? cache : NULL;
    }
    return cache;
}

/* Of the first CPU: on a hybrid machine those of a fast core. */
static void read_caches(hwloc_topology_t machine, struct ppt_topology *topology)
{
    static const hwloc_obj_type_t types[PPT_MOST_CACHES] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE,
                                                            HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L4CACHE};

    for (size_t i = 0; i < PPT_MOST_CACHES; i++) {
        const hwloc_obj_t cache = hwloc_get_obj_by_type(machine, types[i], 0);

        if (cache && cache->attr->cache.size > 0) {
            topology->caches[topology->cache_count++] = (struct ppt_cache){
                .level = cache->attr->cache.depth,
                .cpus = (unsigned)hwloc_bitmap_weight(cache->cpuset),
                .bytes = cache->attr->cache.size,
            };
        }
    }
    if (!ppt_topology_plausible(topology->caches, topology->cache_count)) {
        topology->cache_count = 0;
    }
}

static unsigned most_threads_of_a_core(hwloc_topology_t machine)
{
    unsigned most = 1;

    for (hwloc_obj_t core = NULL;
         (core = hwloc_get_next_obj_by_type(machine, HWLOC_OBJ_CORE, core));) {
        const int threads = hwloc_bitmap_weight(core->cpuset);

        most = threads > (int)most ? (unsigned)threads : most;
    }
    return most;
}

void ppt_topology_read(struct ppt_topology *topology)
{
    hwloc_topology_t machine = ppt_topology_load();

    *topology = (struct ppt_topology){.cpus = 1, .cores = 1};
    if (machine) {
        topology->cpus = at_least_one(hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_PU));
        topology->cores = at_least_one(hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_CORE));
        topology->packages = at_least_one(hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_PACKAGE));
        topology->numa_nodes = at_least_one(hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_NUMANODE));
        topology->threads_per_core = most_threads_of_a_core(machine);
        topology->made_up = !hwloc_topology_is_thissystem(machine);
        read_kinds(machine, topology);
        read_caches(machine, topology);
        hwloc_topology_destroy(machine);
    }
}

/* ---- binding workers to it ---- */

/* Neighbours, as many for each worker as its tasks use; beyond the last CPU it begins again. */
static void bind_close(struct ppt_binding *binding, struct ppt_peers peers, unsigned inner_threads,
                       unsigned cpus)
{
    const uint64_t first = (uint64_t)peers.index * binding->workers;

    for (unsigned i = 0; i < binding->workers; i++) {
        binding->sets[i] = hwloc_bitmap_alloc();
        for (unsigned t = 0; t < inner_threads && t < cpus; t++) {
            const unsigned place = (unsigned)(((first + i) * inner_threads + t) % cpus);

            hwloc_bitmap_or(binding->sets[i], binding->sets[i],
                            hwloc_get_obj_by_type(binding->topology, HWLOC_OBJ_PU, place)->cpuset);
        }
    }
}

/* As far apart as the machine allows. One CPU for each thread, so that none moves inside its share
 * of the machine; where there are not enough for all threads, workers have whole shares. */
static void bind_apart(struct ppt_binding *binding, struct ppt_peers peers, unsigned inner_threads,
                       unsigned cpus)
{
    hwloc_obj_t root = hwloc_get_root_obj(binding->topology);
    const unsigned workers = binding->workers * peers.count;
    const unsigned first = binding->workers * peers.index;
    const bool enough = (uint64_t)workers * inner_threads <= cpus;
    const unsigned each = enough ? inner_threads : 1;
    const unsigned count = workers * each;
    hwloc_cpuset_t *shares PPT_FREED = ppt_alloc(count, sizeof(*shares));

    hwloc_distrib(binding->topology, &root, 1, shares, count, INT_MAX, 0);
    for (unsigned i = 0; i < count; i++) {
        if (enough) {
            hwloc_bitmap_singlify(shares[i]);
        }
        /* Shares ascend by place, so that those of one worker are neighbours; those of peers are
         * for them. */
        const unsigned worker = i / each - first;
        const bool own = i / each >= first && worker < binding->workers;

        if (own && i % each == 0) {
            binding->sets[worker] = shares[i];
            continue;
        }
        if (own) {
            hwloc_bitmap_or(binding->sets[worker], binding->sets[worker], shares[i]);
        }
        hwloc_bitmap_free(shares[i]);
    }
}

enum ppt_status ppt_binding_create(enum ppt_placement placement, struct ppt_point point,
                                   struct ppt_peers peers, struct ppt_binding *binding,
                                   struct ppt_error *error)
{
    const unsigned workers = point.workers;

    *binding = (struct ppt_binding){.workers = workers};
    if (placement == PPT_PLACEMENT_NONE || workers == 0) {
        return PPT_OK;
    }
    binding->topology = ppt_topology_load();
    if (!binding->topology) {
        return ppt_fail(error, PPT_FAILED, "placement: the machine's topology cannot be read");
    }
    const unsigned cpus = at_least_one(hwloc_get_nbobjs_by_type(binding->topology, HWLOC_OBJ_PU));
    binding->before = hwloc_bitmap_alloc();
    hwloc_get_cpubind(binding->topology, binding->before, HWLOC_CPUBIND_THREAD);
    binding->sets = ppt_alloc(workers, sizeof(*binding->sets));
    binding->got = ppt_alloc(workers, sizeof(*binding->got));
    for (unsigned i = 0; i < workers; i++) {
        binding->got[i] = hwloc_bitmap_alloc();
    }
    if (placement == PPT_PLACEMENT_SPREAD && (uint64_t)workers * peers.count <= cpus) {
        bind_apart(binding, peers, point.inner_threads, cpus);
    } else {
        bind_close(binding, peers, point.inner_threads, cpus);
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

void ppt_binding_ask(const struct ppt_binding *binding, unsigned worker)
{
    if (binding->sets) {
        hwloc_get_cpubind(binding->topology, binding->got[worker], HWLOC_CPUBIND_THREAD);
    }
}

char *ppt_binding_list(const struct ppt_binding *binding, unsigned worker)
{
    char *list = NULL;

    return binding->sets && hwloc_bitmap_list_asprintf(&list, binding->got[worker]) >= 0 ? list
                                                                                         : NULL;
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
        hwloc_bitmap_free(binding->got[i]);
    }
    free(binding->sets);
    free(binding->got);
    if (binding->before) {
        hwloc_bitmap_free(binding->before);
    }
    if (binding->topology) {
        hwloc_topology_destroy(binding->topology);
    }
    *binding = (struct ppt_binding){0};
}
