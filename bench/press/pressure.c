/*
 * Pressing threads: where they go, and how much they do.
 *
 * Each counts its own work, on a cache line of its own; whoever asks reads all counters at one
 * moment. So rates are of the same time for all, and a thread that waits for its CPU, its disk or a
 * lock is not asked for anything.
 */
#include "press.h"

#include <errno.h>
#include <math.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bound_thread.h"
#include "clock.h"
#include "handover.h"
#include "memory.h"
#include "owned.h"
#include "presser.h"
#include "usage.h"

/* What is walked through has to be where it stays, and the clock what it is under load, before the
 * rate is taken. */
#define WARM_UP_S 0.01
#define ALONE_S 0.02

/* How long CPUs that are apart are waited for. */
#define APART_NS 200000000
#define NAP_S 0.02

enum phase { PRESSING, MARKED, ENDED };

struct reading {
    int64_t ns;
    uint64_t done;
};

/* A CPU of the task and one that presses, which have a cache in common, as far as the system says.
 */
struct ppt_pair {
    bool exists; /* and it matters whether they have */
    unsigned task, presser;
};

struct ppt_pressure {
    enum ppt_resource resource;
    const struct ppt_press *press;
    struct ppt_presser *pressers;
    unsigned count, started;
    sem_t ready; /* of each once it has what it needs, or has failed */
    _Atomic int phase;
    struct reading mark;
    bool marked;
    double alone;
    struct ppt_pair pair;
    double handover_ns; /* before the pass */
};

static const struct ppt_press *const presses[PPT_RESOURCE_COUNT] = {
    [PPT_RESOURCE_CPU] = &ppt_press_cpu,           [PPT_RESOURCE_CORE] = &ppt_press_core,
    [PPT_RESOURCE_CACHE] = &ppt_press_cache,       [PPT_RESOURCE_MEMORY] = &ppt_press_memory,
    [PPT_RESOURCE_DISK] = &ppt_press_disk,         [PPT_RESOURCE_FAULTS] = &ppt_press_faults,
    [PPT_RESOURCE_METADATA] = &ppt_press_metadata,
};

/* ---- which CPUs ---- */

static void free_bitmap(hwloc_bitmap_t *bitmap)
{
    hwloc_bitmap_free(*bitmap);
}

/* By what the system says; where it says nothing of that CPU's caches, they may. */
static bool may_share(hwloc_topology_t topology, hwloc_const_bitmap_t own, unsigned cpu)
{
    const hwloc_obj_t cache = ppt_topology_last_cache(topology, cpu);

    return !cache || hwloc_bitmap_intersects(cache->cpuset, own);
}

static void keep_sharers(hwloc_topology_t topology, hwloc_const_bitmap_t own, hwloc_bitmap_t cpus)
{
    for (int cpu = hwloc_bitmap_first(cpus); cpu >= 0; cpu = hwloc_bitmap_next(cpus, cpu)) {
        if (!may_share(topology, own, (unsigned)cpu)) {
            hwloc_bitmap_clr(cpus, (unsigned)cpu);
        }
    }
}

static enum ppt_status refuse(const struct ppt_pressing *pressing, const char *why,
                              struct ppt_error *error)
{
    return ppt_fail(error, PPT_UNSUPPORTED, "no pressure on %s: %s",
                    ppt_resources[pressing->resource].words, why);
}

/* Those that the task does not use and that may be pressed on, as far as a quota has room for them.
 */
static enum ppt_status take_others(const struct ppt_pressing *pressing, hwloc_const_bitmap_t own,
                                   hwloc_bitmap_t cpus, struct ppt_error *error)
{
    hwloc_topology_t topology = pressing->task->topology;
    const int most = pressing->most_cpus > 0 ? (int)pressing->most_cpus - hwloc_bitmap_weight(own)
                                             : PPT_MOST_WORKERS;

    hwloc_bitmap_andnot(cpus, hwloc_topology_get_topology_cpuset(topology), own);
    if (hwloc_bitmap_iszero(cpus)) {
        return refuse(pressing, "the tasks use every CPU that there is", error);
    }
    if (most <= 0) {
        return refuse(pressing, "the tasks use as many CPUs as the quota allows", error);
    }
    if (pressing->resource == PPT_RESOURCE_CACHE) {
        keep_sharers(topology, own, cpus);
        if (hwloc_bitmap_iszero(cpus)) {
            return refuse(pressing, "no free CPU shares a cache with the tasks", error);
        }
    }
    while (hwloc_bitmap_weight(cpus) > most) {
        hwloc_bitmap_clr(cpus, (unsigned)hwloc_bitmap_last(cpus));
    }
    return PPT_OK;
}

/* `own`: those that the task uses. */
static enum ppt_status choose_cpus(const struct ppt_pressing *pressing, hwloc_bitmap_t own,
                                   hwloc_bitmap_t cpus, struct ppt_error *error)
{
    const struct ppt_binding *task = pressing->task;

    if (!task->sets) {
        return refuse(pressing, "the tasks are bound to no CPUs", error);
    }
    if (!hwloc_topology_is_thissystem(task->topology)) {
        return refuse(pressing, "HWLOC_SYNTHETIC or HWLOC_XMLFILE tells of another machine", error);
    }
    for (unsigned i = 0; i < task->workers; i++) {
        hwloc_bitmap_or(own, own, task->sets[i]);
    }
    if (ppt_resources[pressing->resource].own_cpus) {
        hwloc_bitmap_copy(cpus, own);
        return PPT_OK;
    }
    return take_others(pressing, own, cpus, error);
}

/* ---- how far these are from the task's ---- */

static void choose_pair(const struct ppt_pressing *pressing, hwloc_const_bitmap_t own,
                        hwloc_const_bitmap_t cpus, struct ppt_pair *pair)
{
    hwloc_topology_t topology = pressing->task->topology;
    int cpu = hwloc_bitmap_first(cpus);

    while (cpu >= 0 && !may_share(topology, own, (unsigned)cpu)) {
        cpu = hwloc_bitmap_next(cpus, cpu);
    }
    if (cpu < 0 || !ppt_resources[pressing->resource].through_cache) {
        return;
    }
    const hwloc_obj_t cache = ppt_topology_last_cache(topology, (unsigned)cpu);
    hwloc_bitmap_t sharers PPT_OWNED(free_bitmap) = hwloc_bitmap_dup(own);

    if (cache) {
        hwloc_bitmap_and(sharers, sharers, cache->cpuset);
    }
    *pair = (struct ppt_pair){true, (unsigned)hwloc_bitmap_first(sharers), (unsigned)cpu};
}

static double handover_ns(const struct ppt_pair *pair)
{
    return pair->exists ? ppt_handover_ns(pair->task, pair->presser) : 0;
}

/* CPUs that are apart may be together again soon; and if not, that is how the pass is. */
static double await_near(const struct ppt_pair *pair)
{
    const int64_t give_up = ppt_clock_ns() + APART_NS;
    double ns;

    while ((ns = handover_ns(pair)) > PPT_HANDOVER_NEAR_NS && ppt_clock_ns() < give_up) {
        ppt_clock_sleep(NAP_S, NULL);
    }
    return ns;
}

/* ---- what threads do ---- */

static void *run_presser(void *argument)
{
    struct ppt_presser *presser = argument;
    struct ppt_pressure *pressure = presser->pressure;
    const struct ppt_press *press = pressure->press;
    int problem = press->take ? press->take(presser) : 0;
    bool marked = false;
    int phase;

    presser->problem = problem;
    sem_post(&pressure->ready);
    while (problem == 0 &&
           (phase = atomic_load_explicit(&pressure->phase, memory_order_relaxed)) != ENDED) {
        if (phase == MARKED && !marked) {
            presser->used = ppt_usage_of_thread();
            marked = true;
        }
        problem = press->step(presser);
    }
    if (marked) {
        const struct ppt_usage before = presser->used;

        presser->used = ppt_usage_of_thread();
        ppt_usage_add(&presser->used, before, -1);
    }
    if (press->give) {
        press->give(presser);
    }
    presser->problem = problem;
    return NULL;
}

/* ---- a pressure ---- */

static struct reading read_done(const struct ppt_pressure *pressure)
{
    struct reading reading = {.ns = ppt_clock_ns()};

    for (unsigned i = 0; i < pressure->count; i++) {
        reading.done += atomic_load_explicit(&pressure->pressers[i].done, memory_order_relaxed);
    }
    return reading;
}

static double rate_between(struct reading a, struct reading b)
{
    return b.ns > a.ns ? (double)(b.done - a.done) * 1e9 / (double)(b.ns - a.ns) : 0;
}

static void set_up(struct ppt_presser *presser, const struct ppt_pressing *pressing,
                   hwloc_const_bitmap_t cpus, unsigned cpu)
{
    const hwloc_obj_t cache = ppt_topology_last_cache(pressing->task->topology, cpu);
    hwloc_bitmap_t sharers PPT_OWNED(free_bitmap) = hwloc_bitmap_dup(cpus);

    presser->scratch = pressing->scratch;
    presser->cpu = cpu;
    presser->fd = -1;
    if (cache) {
        hwloc_bitmap_and(sharers, sharers, cache->cpuset);
        presser->cache_bytes = cache->attr->cache.size;
    }
    presser->neighbours = (unsigned)hwloc_bitmap_weight(sharers);
}

static struct ppt_pressure *create(const struct ppt_pressing *pressing, hwloc_const_bitmap_t cpus)
{
    struct ppt_pressure *pressure = ppt_alloc(1, sizeof(*pressure));
    int cpu = hwloc_bitmap_first(cpus);

    pressure->resource = pressing->resource;
    pressure->press = presses[pressing->resource];
    pressure->count = (unsigned)hwloc_bitmap_weight(cpus);
    pressure->pressers =
        ppt_alloc_aligned(PPT_CACHE_LINE, pressure->count * sizeof(*pressure->pressers));
    sem_init(&pressure->ready, 0, 0);
    for (unsigned i = 0; i < pressure->count; i++, cpu = hwloc_bitmap_next(cpus, cpu)) {
        pressure->pressers[i].pressure = pressure;
        pressure->pressers[i].id = i;
        set_up(&pressure->pressers[i], pressing, cpus, (unsigned)cpu);
    }
    return pressure;
}

/* The first thread that could not go on. */
static enum ppt_status judge(const struct ppt_pressure *pressure, struct ppt_error *error)
{
    for (unsigned i = 0; i < pressure->started; i++) {
        const struct ppt_presser *presser = &pressure->pressers[i];

        if (presser->problem != 0) {
            return ppt_fail(error, PPT_FAILED, "pressure on %s: the thread on CPU %u: %s",
                            ppt_resources[pressure->resource].words, presser->cpu,
                            strerror(presser->problem));
        }
    }
    return PPT_OK;
}

static enum ppt_status start_all(struct ppt_pressure *pressure, struct ppt_error *error)
{
    int problem = 0;

    while (problem == 0 && pressure->started < pressure->count) {
        struct ppt_presser *presser = &pressure->pressers[pressure->started];

        problem = ppt_bound_thread_start(&presser->thread, presser->cpu, run_presser, presser);
        pressure->started += problem == 0;
    }
    for (unsigned i = 0; i < pressure->started; i++) {
        while (sem_wait(&pressure->ready) != 0) {
        }
    }
    if (problem != 0) {
        return ppt_fail(error, PPT_FAILED, "pressure on %s: a thread on CPU %u: %s",
                        ppt_resources[pressure->resource].words,
                        pressure->pressers[pressure->started].cpu, strerror(problem));
    }
    return judge(pressure, error);
}

static enum ppt_status press_alone(struct ppt_pressure *pressure, struct ppt_error *error)
{
    ppt_clock_sleep(WARM_UP_S, NULL);
    const struct reading before = read_done(pressure);
    ppt_clock_sleep(ALONE_S, NULL);
    pressure->alone = rate_between(before, read_done(pressure));
    return judge(pressure, error);
}

enum ppt_status ppt_pressure_start(const struct ppt_pressing *pressing,
                                   struct ppt_pressure **pressure, struct ppt_error *error)
{
    hwloc_bitmap_t own PPT_OWNED(free_bitmap) = hwloc_bitmap_alloc();
    hwloc_bitmap_t cpus PPT_OWNED(free_bitmap) = hwloc_bitmap_alloc();
    const struct ppt_press *press = presses[pressing->resource];
    struct ppt_pressed ignored;
    struct ppt_error unheard;

    *pressure = NULL;
    PPT_TRY(choose_cpus(pressing, own, cpus, error));
    if (press->check) {
        PPT_TRY(press->check(pressing->scratch, error));
    }
    struct ppt_pressure *started = create(pressing, cpus);
    choose_pair(pressing, own, cpus, &started->pair);
    started->handover_ns = await_near(&started->pair);
    enum ppt_status status = start_all(started, error);
    status = status == PPT_OK ? press_alone(started, error) : status;
    if (status != PPT_OK) {
        ppt_pressure_stop(started, &ignored, &unheard);
        return status;
    }
    *pressure = started;
    return PPT_OK;
}

void ppt_pressure_mark(struct ppt_pressure *pressure)
{
    pressure->mark = read_done(pressure);
    pressure->marked = true;
    atomic_store_explicit(&pressure->phase, MARKED, memory_order_relaxed);
}

enum ppt_status ppt_pressure_stop(struct ppt_pressure *pressure, struct ppt_pressed *pressed,
                                  struct ppt_error *error)
{
    *pressed = (struct ppt_pressed){0};
    if (!pressure) {
        return PPT_OK;
    }
    const struct reading end = read_done(pressure);
    atomic_store_explicit(&pressure->phase, ENDED, memory_order_relaxed);
    for (unsigned i = 0; i < pressure->started; i++) {
        pthread_join(pressure->pressers[i].thread, NULL);
        ppt_usage_add(&pressed->used, pressure->pressers[i].used, 1);
    }
    pressed->alone = pressure->alone;
    pressed->handover_ns = fmax(pressure->handover_ns, handover_ns(&pressure->pair));
    pressed->beside = pressure->marked ? rate_between(pressure->mark, end) : pressure->alone;
    const enum ppt_status status = judge(pressure, error);
    sem_destroy(&pressure->ready);
    free(pressure->pressers);
    free(pressure);
    return status;
}
