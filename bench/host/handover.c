/*
 * Two threads, each bound to one of the CPUs, give a word to each other and back. Others who
 * interrupt them make some rounds longer: what counts is the fastest series of rounds.
 */
#include "handover.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bound_thread.h"
#include "clock.h"
#include "scratch.h"
#include "topology.h"

#define ROUNDS 100
#define ENOUGH_NS 3000000 /* for the clock of CPUs that were idle to rise */
#define GIVE_UP_NS 20000000
#define LOOKS 1024 /* between looks at the clock */

enum turn { FIRST, SECOND };

struct pair {
    _Alignas(PPT_CACHE_LINE) _Atomic int turn;
    _Alignas(PPT_CACHE_LINE) _Atomic bool over;
    double best_ns; /* for a round */
};

/* Until it is that one's turn. Returns false when it takes too long. */
static bool await(struct pair *pair, int turn, int64_t give_up)
{
    for (unsigned looks = 1; atomic_load_explicit(&pair->turn, memory_order_acquire) != turn;
         looks++) {
        if (looks % LOOKS == 0 && ppt_clock_ns() > give_up) {
            return false;
        }
    }
    return true;
}

static void *serve(void *argument)
{
    struct pair *pair = argument;
    const int64_t begin = ppt_clock_ns(), give_up = begin + GIVE_UP_NS;
    bool in_time = true;
    int64_t start;

    while (in_time && (start = ppt_clock_ns()) < begin + ENOUGH_NS) {
        for (int round = 0; round < ROUNDS && in_time; round++) {
            atomic_store_explicit(&pair->turn, SECOND, memory_order_release);
            in_time = await(pair, FIRST, give_up);
        }
        const double took = (double)(ppt_clock_ns() - start) / ROUNDS;

        if (in_time) {
            pair->best_ns = fmin(pair->best_ns, took);
        }
    }
    atomic_store(&pair->over, true);
    return NULL;
}

static void *give_back(void *argument)
{
    struct pair *pair = argument;

    while (!atomic_load_explicit(&pair->over, memory_order_relaxed)) {
        if (atomic_load_explicit(&pair->turn, memory_order_acquire) == SECOND) {
            atomic_store_explicit(&pair->turn, FIRST, memory_order_release);
        }
    }
    return NULL;
}

double ppt_handover_ns(unsigned cpu, unsigned other)
{
    struct pair pair = {.turn = FIRST, .best_ns = 2 * PPT_HANDOVER_UNKNOWN_NS};
    pthread_t first, second;

    if (ppt_bound_thread_start(&second, other, give_back, &pair) != 0) {
        return PPT_HANDOVER_UNKNOWN_NS;
    }
    if (ppt_bound_thread_start(&first, cpu, serve, &pair) == 0) {
        pthread_join(first, NULL);
    }
    atomic_store(&pair.over, true);
    pthread_join(second, NULL);
    return pair.best_ns / 2;
}

static void add_pair(double ns, struct ppt_handovers *found)
{
    found->nearest_ns = found->pairs > 0 ? fmin(found->nearest_ns, ns) : ns;
    found->farthest_ns = fmax(found->farthest_ns, ns);
    found->pairs++;
}

void ppt_handover_among(struct ppt_handovers *found)
{
    hwloc_topology_t topology = ppt_topology_load();

    if (!topology) {
        return;
    }
    hwloc_const_bitmap_t cpus = hwloc_topology_get_topology_cpuset(topology);
    const bool here = hwloc_topology_is_thissystem(topology);

    for (int cpu = hwloc_bitmap_first(cpus); cpu >= 0 && here; cpu = hwloc_bitmap_next(cpus, cpu)) {
        const hwloc_obj_t cache = ppt_topology_last_cache(topology, (unsigned)cpu);
        const int first = cache ? hwloc_bitmap_first(cache->cpuset) : cpu;

        if (first != cpu) {
            add_pair(ppt_handover_ns((unsigned)first, (unsigned)cpu), found);
        }
    }
    hwloc_topology_destroy(topology);
}
