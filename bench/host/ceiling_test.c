#include "ceiling_test.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ceilings.h"
#include "change.h"
#include "clock.h"
#include "counter.h"
#include "file.h"
#include "memory.h"
#include "order.h"
#include "owned.h"
#include "scratch.h"

/* ---- who takes part ---- */

struct ceiling_team;

/* What a run was. */
struct run_span {
    int64_t begin_ns, end_ns;
    double units;
};

struct ceiling_worker {
    pthread_t thread;
    struct ceiling_team *team;
    unsigned id;
    char *memory;  /* of its own, see copy_bytes */
    int problem;   /* of its binding; an errno */
    uint64_t at;   /* in its memory, see copy_pieces() */
    uint64_t sink; /* so that results are used */
    struct run_span span;
    struct ppt_error error;
    enum ppt_status status;
};

struct ceiling;

struct ceiling_team {
    struct ppt_binding binding;
    struct ppt_counter counter;
    int folder;
    const volatile int *stop;
    uint64_t copy_bytes[PPT_CEILING_LEVELS]; /* of one place, by level; 0: no such level */
    struct ceiling_worker *workers;
    unsigned count;

    /* The turn that is to be done, and who has done it. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned turn, done;
    const struct ceiling *ceiling; /* NULL: go home */
    uint64_t times;
    unsigned threads;
    unsigned arrived;
};

/* ---- runs ---- */

/* One of the things that are measured. A run does it so many times; it sets the span, or fails. */
struct ceiling {
    size_t offset; /* of its double in the values */
    double scale;  /* of what is measured: nanoseconds a unit, or units a nanosecond */
    bool rate;     /* the latter */
    bool all;      /* by all workers side by side */
    bool once;     /* a run is one time, however short */
    unsigned level;
    enum ppt_status (*run)(struct ceiling_worker *worker, const struct ceiling *ceiling,
                           uint64_t times, struct ppt_error *error);
};

/* Begins when all are there: who waits uses its CPU, unless it has to share that. */
static void begin_together(struct ceiling_worker *worker)
{
    struct ceiling_team *team = worker->team;

    __atomic_fetch_add(&team->arrived, 1, __ATOMIC_ACQ_REL);
    for (unsigned i = 0; __atomic_load_n(&team->arrived, __ATOMIC_ACQUIRE) < team->threads; i++) {
        if (i % 1000 == 999) {
            sched_yield();
        }
    }
    worker->span.begin_ns = ppt_clock_ns();
}

static void end_span(struct ceiling_worker *worker, double units)
{
    worker->span.end_ns = ppt_clock_ns();
    worker->span.units = units;
}

static enum ppt_status run_cycles(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                  uint64_t times, struct ppt_error *error)
{
    const uint64_t blocks = 100 * times;

    (void)ceiling;
    (void)error;
    worker->sink += ppt_ceiling_add(blocks / 8, 1);
    begin_together(worker);
    worker->sink += ppt_ceiling_add(blocks, 1);
    end_span(worker, (double)blocks * PPT_CEILING_LINKS);
    return PPT_OK;
}

static enum ppt_status run_products(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                    uint64_t times, struct ppt_error *error)
{
    const uint64_t blocks = 30 * times;

    (void)ceiling;
    (void)error;
    worker->sink += (uint64_t)ppt_ceiling_multiply(blocks / 8, 1.0);
    begin_together(worker);
    worker->sink += (uint64_t)ppt_ceiling_multiply(blocks, 1.0);
    end_span(worker, (double)blocks * PPT_CEILING_LINKS);
    return PPT_OK;
}

static enum ppt_status run_multiply_adds(struct ceiling_worker *worker,
                                         const struct ceiling *ceiling, uint64_t times,
                                         struct ppt_error *error)
{
    const struct ppt_ceiling_flops *flops = ppt_ceiling_flops();
    const uint64_t steps = 1000 * times;

    (void)ceiling;
    (void)error;
    worker->sink += (uint64_t)flops->run(steps / 8);
    begin_together(worker);
    worker->sink += (uint64_t)flops->run(steps);
    end_span(worker, (double)steps * flops->per_step);
    return PPT_OK;
}

/* Where both places begin at the same offset of a page, loads would seem to be of what was just
 * stored. What else of their addresses makes them stand in each other's way depends on the CPU: on
 * some a copy within the first cache then takes half as long again. So they are at another distance
 * in each turn. */
#define APART 2048
#define FURTHER ((uint64_t)5 << 12)
#define DISTANCES 8

static enum ppt_status run_copies(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                  uint64_t times, struct ppt_error *error)
{
    const uint64_t bytes = worker->team->copy_bytes[ceiling->level];
    char *to = worker->memory + bytes + APART + worker->team->turn % DISTANCES * FURTHER;

    (void)error;
    ppt_ceiling_copy(worker->memory, to, bytes, 1);
    begin_together(worker);
    ppt_ceiling_copy(worker->memory, to, bytes, times);
    end_span(worker, 2.0 * (double)bytes * (double)times);
    worker->sink += (unsigned char)to[bytes / 2];
    return PPT_OK;
}

/* In memory a run copies a part of the places, and the next one the part behind it: a run of all of
 * them would be so long that somebody would always come between. */
#define PIECE ((uint64_t)4 << 20)

static enum ppt_status copy_pieces(struct ceiling_worker *worker, uint64_t times, bool streams)
{
    const uint64_t bytes = worker->team->copy_bytes[0];
    const uint64_t piece = PIECE < bytes ? PIECE : bytes;
    char *to = worker->memory + bytes + APART;

    for (uint64_t i = 0; i <= times; i++) {
        if (i == 1) {
            begin_together(worker); /* the first one warms up */
        }
        worker->at = worker->at + 2 * piece <= bytes ? worker->at + piece : 0;
        if (streams) {
            ppt_ceiling_stream(worker->memory + worker->at, to + worker->at, piece);
        } else {
            ppt_ceiling_copy(worker->memory + worker->at, to + worker->at, piece, 1);
        }
    }
    end_span(worker, 2.0 * (double)piece * (double)times);
    return PPT_OK;
}

static enum ppt_status run_pieces(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                  uint64_t times, struct ppt_error *error)
{
    (void)ceiling;
    (void)error;
    return copy_pieces(worker, times, false);
}

static enum ppt_status run_streams(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                   uint64_t times, struct ppt_error *error)
{
    (void)ceiling;
    (void)error;
    return copy_pieces(worker, times, true);
}

#define FILE_BYTES ((uint64_t)16 << 20)
#define FILE_CHUNK ((size_t)256 << 10)
#define SYNC_BYTES 4096

static enum ppt_status refuse_new_file(struct ppt_error *error)
{
    return ppt_fail(error, PPT_FAILED, "a file in the scratch folder cannot be created: %s",
                    strerror(errno));
}

static enum ppt_status run_file(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                uint64_t times, struct ppt_error *error)
{
    const struct ppt_ceiling_chunk chunk = {worker->memory, FILE_CHUNK};
    const int fd PPT_OWNED(ppt_file_close) = ppt_change_begin(worker->team->folder);

    (void)ceiling;
    begin_together(worker);
    if (fd < 0) {
        return refuse_new_file(error);
    }
    const enum ppt_status status = ppt_ceiling_write(fd, chunk, times * FILE_BYTES, error);
    end_span(worker, (double)times * (double)FILE_BYTES);
    ppt_change_abandon(worker->team->folder, fd);
    return status;
}

static enum ppt_status run_sync(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                uint64_t times, struct ppt_error *error)
{
    const struct ppt_ceiling_chunk chunk = {worker->memory, SYNC_BYTES};
    const int fd PPT_OWNED(ppt_file_close) = ppt_change_begin(worker->team->folder);
    enum ppt_status status = PPT_OK;

    (void)ceiling;
    begin_together(worker);
    if (fd < 0) {
        return refuse_new_file(error);
    }
    for (uint64_t i = 0; i < times && status == PPT_OK; i++) {
        status = ppt_ceiling_write(fd, chunk, SYNC_BYTES, error);
        if (status == PPT_OK && TEMP_FAILURE_RETRY(fdatasync(fd)) != 0) {
            status = ppt_fail(error, PPT_FAILED,
                              "a file in the scratch folder cannot be synced: %s", strerror(errno));
        }
    }
    end_span(worker, (double)times);
    ppt_change_abandon(worker->team->folder, fd);
    return status;
}

static void *do_nothing(void *argument)
{
    return argument;
}

static enum ppt_status run_threads(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                   uint64_t times, struct ppt_error *error)
{
    (void)ceiling;
    begin_together(worker);
    for (uint64_t i = 0; i < times; i++) {
        pthread_t thread;
        const int problem = pthread_create(&thread, NULL, do_nothing, NULL);

        if (problem != 0) {
            return ppt_fail(error, PPT_FAILED, "a thread cannot be started: %s", strerror(problem));
        }
        pthread_join(thread, NULL);
    }
    end_span(worker, (double)times);
    return PPT_OK;
}

/* What ends at once. */
#define LEAST_PROGRAM "/bin/true"

/* A machine need not have it: no time is then known. */
static enum ppt_status run_processes(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                     uint64_t times, struct ppt_error *error)
{
    char program[] = LEAST_PROGRAM, variable[] = "LC_ALL=C";
    char *const words[] = {program, NULL}, *const variables[] = {variable, NULL};
    uint64_t started = 0;

    (void)ceiling;
    (void)error;
    begin_together(worker);
    for (; started < times; started++) {
        pid_t child;

        if (posix_spawn(&child, LEAST_PROGRAM, NULL, NULL, words, variables) != 0) {
            break;
        }
        TEMP_FAILURE_RETRY(waitpid(child, NULL, 0));
    }
    end_span(worker, started == times ? (double)started : 0);
    return PPT_OK;
}

static enum ppt_status run_readings(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                    uint64_t times, struct ppt_error *error)
{
    const uint64_t readings = 1000 * times;

    (void)ceiling;
    (void)error;
    begin_together(worker);
    for (uint64_t i = 0; i < readings; i++) {
        worker->sink += (uint64_t)ppt_counter_ns(&worker->team->counter);
    }
    end_span(worker, (double)readings);
    return PPT_OK;
}

/* ---- what there is to measure ---- */

#define AT(member) .offset = offsetof(struct ppt_ceiling_values, member)
#define NS .scale = 1
#define US .scale = 1e-3
#define GIGA .scale = 1, .rate = true
#define BOTH_RATES(member, ...)                                                                    \
    {AT(member.one), GIGA, __VA_ARGS__},                                                           \
    {                                                                                              \
        AT(member.all), GIGA, .all = true, __VA_ARGS__                                             \
    }

static const struct ceiling ceilings_measured[] = {
    {AT(cycle_ns), NS, .run = run_cycles},
    {AT(multiply_ns), NS, .run = run_products},
    BOTH_RATES(fma_gflops, .run = run_multiply_adds),
    BOTH_RATES(copy_gbs[1], .run = run_copies, .level = 1),
    BOTH_RATES(copy_gbs[2], .run = run_copies, .level = 2),
    BOTH_RATES(copy_gbs[3], .run = run_copies, .level = 3),
    BOTH_RATES(copy_gbs[4], .run = run_copies, .level = 4),
    BOTH_RATES(copy_gbs[0], .run = run_pieces),
    BOTH_RATES(copy_gbs[0], .run = run_streams),
    BOTH_RATES(file_write_gbs, .run = run_file, .once = true),
    {AT(file_sync_us), US, .run = run_sync, .once = true},
    {AT(thread_start_us), US, .run = run_threads},
    {AT(process_start_us), US, .run = run_processes},
    {AT(clock_ns), NS, .run = run_readings},
};

#define CEILINGS (sizeof(ceilings_measured) / sizeof(ceilings_measured[0]))

static bool is_wanted(const struct ceiling_team *team, const struct ceiling *ceiling)
{
    return !(ceiling->all && team->count == 1) &&
           !(ceiling->run == run_copies && team->copy_bytes[ceiling->level] == 0);
}

/* ---- turns ---- */

static void *work_in_turns(void *argument)
{
    struct ceiling_worker *worker = argument;
    struct ceiling_team *team = worker->team;

    worker->problem = ppt_binding_apply(&team->binding, worker->id);
    for (unsigned turn = 1;; turn++) {
        pthread_mutex_lock(&team->lock);
        while (team->turn < turn) {
            pthread_cond_wait(&team->changed, &team->lock);
        }
        pthread_mutex_unlock(&team->lock);
        if (!team->ceiling) {
            return NULL;
        }
        if (worker->id < team->threads) {
            worker->status = team->ceiling->run(worker, team->ceiling, team->times, &worker->error);
        }
        pthread_mutex_lock(&team->lock);
        team->done++;
        pthread_cond_broadcast(&team->changed);
        pthread_mutex_unlock(&team->lock);
    }
}

static void call_turn(struct ceiling_team *team, const struct ceiling *ceiling)
{
    pthread_mutex_lock(&team->lock);
    team->ceiling = ceiling;
    team->done = 0;
    team->arrived = 0;
    team->turn++;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
}

/* One run by all who are to take part. *value is 0 where it came to nothing. */
static enum ppt_status take_turn(struct ceiling_team *team, const struct ceiling *ceiling,
                                 uint64_t times, double *value, double *took_ns,
                                 struct ppt_error *error)
{
    int64_t begin_ns = INT64_MAX, end_ns = INT64_MIN;
    double units = 0;

    if (team->stop && *team->stop) {
        return ppt_fail(error, PPT_INTERRUPTED, "interrupted");
    }
    team->times = times;
    team->threads = ceiling->all ? team->count : 1;
    call_turn(team, ceiling);
    pthread_mutex_lock(&team->lock);
    while (team->done < team->count) {
        pthread_cond_wait(&team->changed, &team->lock);
    }
    pthread_mutex_unlock(&team->lock);
    for (unsigned i = 0; i < team->threads; i++) {
        const struct ceiling_worker *worker = &team->workers[i];

        if (worker->status != PPT_OK) {
            *error = worker->error;
            return worker->status;
        }
        begin_ns = worker->span.begin_ns < begin_ns ? worker->span.begin_ns : begin_ns;
        end_ns = worker->span.end_ns > end_ns ? worker->span.end_ns : end_ns;
        units += worker->span.units;
    }
    *took_ns = fmax(1, (double)(end_ns - begin_ns));
    *value =
        units == 0 ? 0 : ceiling->scale * (ceiling->rate ? units / *took_ns : *took_ns / units);
    return PPT_OK;
}

/* ---- how much, and how often ---- */

#define RUN_NS 3e6
#define MOST_ROUNDS 30
#define FEWEST_ROUNDS 3
#define MOST_NS 2.5e9 /* of all, but for the fewest rounds */

/* The quickest of some: where somebody comes between, the length of a run would be chosen by that.
 */
#define TRIES 3

static enum ppt_status try_times(struct ceiling_team *team, const struct ceiling *ceiling,
                                 uint64_t times, double *best_ns, struct ppt_error *error)
{
    double value, took_ns = 0;

    *best_ns = INFINITY;
    for (int i = 0; i < TRIES; i++) {
        PPT_TRY(take_turn(team, ceiling, times, &value, &took_ns, error));
        *best_ns = fmin(*best_ns, took_ns);
    }
    return PPT_OK;
}

/* So many times that a run takes about RUN_NS. The first run warms up pages and clocks. */
static enum ppt_status choose_times(struct ceiling_team *team, const struct ceiling *ceiling,
                                    uint64_t *times, struct ppt_error *error)
{
    double took_ns = 0;

    *times = 1;
    while (!ceiling->once) {
        PPT_TRY(try_times(team, ceiling, *times, &took_ns, error));
        if (took_ns > RUN_NS / 4 || *times > UINT64_C(1) << 40) {
            *times = (uint64_t)fmax(1, round((double)*times * RUN_NS / took_ns));
            return PPT_OK;
        }
        *times *= 4;
    }
    return PPT_OK;
}

/* To five digits: more say nothing. */
static double shortened(double value)
{
    const double step = value > 0 ? pow(10, floor(log10(value)) - 4) : 1;

    return round(value / step) * step;
}

static void set_value(const struct ceiling *ceiling, struct ppt_ceiling_values *values,
                      double value)
{
    *(double *)(void *)((char *)values + ceiling->offset) = shortened(value);
}

/* Of two ways to the same the better one is the ceiling. */
static void set_all(const struct ceiling *ceiling, double *runs, size_t count,
                    struct ppt_ceilings *ceilings)
{
    const double *before = (const void *)((const char *)&ceilings->best + ceiling->offset);

    qsort(runs, count, sizeof(*runs), ppt_order_double);
    if (ceiling->rate && runs[count - 1] <= *before) {
        return;
    }
    set_value(ceiling, &ceilings->best, ceiling->rate ? runs[count - 1] : runs[0]);
    set_value(ceiling, &ceilings->median, (runs[(count - 1) / 2] + runs[count / 2]) / 2);
}

/* What one worker alone does, all of one do. */
static void fill_in(struct ppt_ceiling_values *values)
{
    for (size_t i = 0; i + 1 < CEILINGS; i++) {
        const struct ceiling *one = &ceilings_measured[i];

        if (ceilings_measured[i + 1].all) {
            memcpy((char *)values + ceilings_measured[i + 1].offset, (char *)values + one->offset,
                   sizeof(double));
        }
    }
}

static enum ppt_status measure_in_turns(struct ceiling_team *team, struct ppt_ceilings *ceilings,
                                        struct ppt_error *error)
{
    const int64_t start_ns = ppt_clock_ns();
    double runs[CEILINGS][MOST_ROUNDS], took_ns;
    uint64_t times[CEILINGS] = {0};
    size_t round = 0;

    for (size_t i = 0; i < CEILINGS; i++) {
        if (is_wanted(team, &ceilings_measured[i])) {
            PPT_TRY(choose_times(team, &ceilings_measured[i], &times[i], error));
        }
    }
    for (; round < MOST_ROUNDS; round++) {
        if (round >= FEWEST_ROUNDS && (double)(ppt_clock_ns() - start_ns) > MOST_NS) {
            break;
        }
        for (size_t i = 0; i < CEILINGS; i++) {
            if (times[i] > 0) {
                PPT_TRY(take_turn(team, &ceilings_measured[i], times[i], &runs[i][round], &took_ns,
                                  error));
            }
        }
    }
    for (size_t i = 0; i < CEILINGS; i++) {
        if (times[i] > 0) {
            set_all(&ceilings_measured[i], runs[i], round, ceilings);
        }
    }
    if (team->count == 1) {
        fill_in(&ceilings->best);
        fill_in(&ceilings->median);
    }
    return PPT_OK;
}

/* ---- the team ---- */

/* A set of two places fits into half of the level's cache, of which each worker has its share, and
 * not into the level before. Each place in memory is four times as large as the largest cache, as
 * STREAM asks for, but all of them take no more than a quarter of the memory. */
static void choose_sizes(const struct ppt_host *host, struct ceiling_team *team)
{
    const struct ppt_topology *topology = &host->topology;
    const uint64_t most = ppt_host_memory(host) / 8 / team->count;
    uint64_t largest = (uint64_t)16 << 20, before = 0;

    for (size_t i = 0; i < topology->cache_count; i++) {
        const struct ppt_cache *cache = &topology->caches[i];
        const uint64_t sharers = cache->cpus < team->count ? cache->cpus : team->count;
        const uint64_t share = cache->bytes / (sharers > 0 ? sharers : 1);

        if (cache->level < PPT_CEILING_LEVELS && share / 2 > before && share / 4 <= most) {
            team->copy_bytes[cache->level] = share / 4 / PPT_CACHE_LINE * PPT_CACHE_LINE;
        }
        before = share;
        largest = cache->bytes > largest ? cache->bytes : largest;
    }
    team->copy_bytes[0] = 4 * largest < most ? 4 * largest : most / PPT_CACHE_LINE * PPT_CACHE_LINE;
}

static uint64_t bytes_of_worker(const struct ceiling_team *team)
{
    const uint64_t copies = 2 * team->copy_bytes[0] + APART + DISTANCES * FURTHER;

    return copies > FILE_CHUNK ? copies : FILE_CHUNK;
}

/* Its memory is its own to touch first. */
static enum ppt_status run_taking(struct ceiling_worker *worker, const struct ceiling *ceiling,
                                  uint64_t times, struct ppt_error *error)
{
    (void)ceiling;
    (void)times;
    worker->memory = ppt_scratch_alloc(bytes_of_worker(worker->team), "ceilings", error);
    begin_together(worker);
    end_span(worker, 1);
    return worker->memory ? PPT_OK : PPT_FAILED;
}

static void end_team(struct ceiling_team *team, unsigned created)
{
    call_turn(team, NULL);
    for (unsigned i = 0; i < created; i++) {
        pthread_join(team->workers[i].thread, NULL);
        free(team->workers[i].memory);
    }
    pthread_mutex_destroy(&team->lock);
    pthread_cond_destroy(&team->changed);
}

static enum ppt_status measure_by_team(struct ceiling_team *team, struct ppt_ceilings *ceilings,
                                       struct ppt_error *error)
{
    const struct ceiling taking = {.all = true, .rate = true, .run = run_taking};
    double value, took_ns;

    PPT_TRY(take_turn(team, &taking, 1, &value, &took_ns, error));
    for (unsigned i = 0; i < team->count; i++) {
        if (team->workers[i].problem != 0) {
            return ppt_fail(error, PPT_FAILED, "ceilings: %u threads on CPUs of their own: %s",
                            team->count, strerror(team->workers[i].problem));
        }
    }
    return measure_in_turns(team, ceilings, error);
}

static enum ppt_status run_team(struct ceiling_team *team, struct ppt_ceilings *ceilings,
                                struct ppt_error *error)
{
    struct ceiling_worker *workers PPT_FREED = ppt_alloc(team->count, sizeof(*workers));
    enum ppt_status status = PPT_OK;
    unsigned created = 0;
    int problem = 0;

    team->workers = workers;
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->changed, NULL);
    for (; created < team->count && problem == 0; created += problem == 0) {
        workers[created] = (struct ceiling_worker){.team = team, .id = created};
        problem = pthread_create(&workers[created].thread, NULL, work_in_turns, &workers[created]);
    }
    status = problem == 0 ? measure_by_team(team, ceilings, error)
                          : ppt_fail(error, PPT_FAILED, "ceilings: %u threads: %s", team->count,
                                     strerror(problem));
    end_team(team, created);
    return status;
}

enum ppt_status ppt_ceilings_measure(const struct ppt_host *host, int folder,
                                     const volatile int *stop, struct ppt_ceilings *ceilings,
                                     struct ppt_error *error)
{
    struct ceiling_team team = {.folder = folder, .stop = stop, .count = host->effective_cpus};
    const struct ppt_point point = {.workers = team.count, .inner_threads = 1};

    *ceilings = (struct ppt_ceilings){.workers = team.count};
    PPT_TRY(ppt_binding_create(PPT_PLACEMENT_SPREAD, point, (struct ppt_peers){0, 1}, &team.binding,
                               error));
    team.counter = ppt_counter_start();
    choose_sizes(host, &team);
    const enum ppt_status status = run_team(&team, ceilings, error);
    ppt_binding_free(&team.binding);
    return status;
}
