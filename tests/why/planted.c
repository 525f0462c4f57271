/*
 * A kernel whose cause is known: tasks of some milliseconds that are bound by one thing, so that
 * `ppt-omp why` has a right answer.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "rng.h"
#include "scratch.h"

enum { CAUSE };
enum { ARITHMETIC, CACHE, MEMORY, LOCK, FAULTS, DISK, NOTHING };

static const char *const causes[] = {"arithmetic", "cache", "memory",  "lock",
                                     "faults",     "disk",  "nothing", NULL};

static const struct ppt_param params[] = {
    [CAUSE] = {.name = "cause",
               .kind = PPT_PARAM_CHOICE,
               .value = "\"arithmetic\"",
               .choices = causes,
               .unit = "",
               .help = "what bounds a task"},
};

/* What is read at random, between a core's own cache and the one that all share; and what is read
 * from end to end, beyond all. */
#define CACHE_BYTES ((size_t)4 << 20)
#define MEMORY_BYTES ((size_t)128 << 20)
#define STREAM_BYTES ((size_t)32 << 20)

#define CHAIN 2000000  /* multiplications, one after the other */
#define JUMPS 60000    /* from line to line */
#define FAULT_PAGES 64 /* at a time */
#define FAULT_TIMES 30
#define WRITE_BYTES 65536
#define WRITE_TIMES 4
#define SLEEP_NS 3000000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

struct local {
    const uint64_t *shared;
    int fd; /* of a file of its own, where tasks write; else -1 */
    int folder;
    char name[32];
    const struct ppt_services *services;
};

/* One round through all lines, in random order: line i holds the number of the next (Sattolo). */
static void fill_ring(uint64_t *words, size_t bytes)
{
    const size_t step = PPT_CACHE_LINE / sizeof(*words), lines = bytes / PPT_CACHE_LINE;
    struct ppt_rng rng;

    for (size_t i = 0; i < lines; i++) {
        words[i * step] = i;
    }
    ppt_rng_seed(&rng, 1, 1, PPT_STREAM_DATA);
    for (size_t i = lines - 1; i > 0; i--) {
        const size_t other = (size_t)ppt_rng_below(&rng, i);
        const uint64_t kept = words[i * step];

        words[i * step] = words[other * step];
        words[other * step] = kept;
    }
}

static enum ppt_status open_planted(const struct ppt_setup *setup, void **shared,
                                    struct ppt_error *error)
{
    const int cause = setup->sets[0][CAUSE].choice;
    const size_t bytes = cause == CACHE ? CACHE_BYTES : cause == MEMORY ? MEMORY_BYTES : 1;
    uint64_t *words = ppt_scratch_alloc(bytes, "planted", error);

    if (!words) {
        return PPT_FAILED;
    }
    if (cause == CACHE) {
        fill_ring(words, bytes);
    }
    *shared = words;
    return PPT_OK;
}

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              struct ppt_scratch *scratch, void **local, struct ppt_error *error)
{
    struct local l = {
        .shared = shared, .fd = -1, .folder = setup->scratch_fd, .services = setup->services};

    snprintf(l.name, sizeof(l.name), "planted.w%u", worker);
    if (setup->sets[0][CAUSE].choice == DISK) {
        l.fd = l.services->renew_file(l.folder, l.name);
        if (l.fd < 0) {
            return ppt_fail(error, PPT_FAILED, "planted: %s: %s", l.name, strerror(errno));
        }
    }
    *local = ppt_scratch_keep(scratch, &l, sizeof(l));
    return PPT_OK;
}

static void detach(void *local)
{
    const struct local *l = local;

    if (l && l->fd >= 0) {
        close(l->fd);
        l->services->remove_file(l->folder, l->name);
    }
}

static uint64_t multiply(uint64_t value, uint64_t times)
{
    for (; times > 0; times--) {
        value = value * 6364136223846793005u + 1442695040888963407u;
    }
    return value;
}

static uint64_t jump(const uint64_t *ring, uint64_t at)
{
    const size_t step = PPT_CACHE_LINE / sizeof(*ring);

    for (int i = 0; i < JUMPS; i++) {
        at = ring[at * step];
    }
    return at;
}

static uint64_t stream(const uint64_t *words, uint64_t index)
{
    const size_t count = STREAM_BYTES / sizeof(*words);
    const uint64_t *from = words + index % (MEMORY_BYTES / STREAM_BYTES) * count;
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += from[i];
    }
    return sum;
}

static uint64_t work_locked(uint64_t value)
{
    pthread_mutex_lock(&mutex);
    value = multiply(value, CHAIN * 3 / 4);
    pthread_mutex_unlock(&mutex);
    return multiply(value, CHAIN / 4);
}

static enum ppt_status fault(uint64_t *digest, struct ppt_error *error)
{
    const size_t page = 4096;

    for (int i = 0; i < FAULT_TIMES; i++) {
        char *memory = mmap(NULL, FAULT_PAGES * page, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED) {
            return ppt_fail(error, PPT_FAILED, "planted: mmap: %s", strerror(errno));
        }
        for (size_t p = 0; p < FAULT_PAGES; p++) {
            memory[p * page] = (char)p;
            *digest += p;
        }
        munmap(memory, FAULT_PAGES * page);
    }
    return PPT_OK;
}

static enum ppt_status save(const struct local *local, struct ppt_error *error)
{
    char text[WRITE_BYTES];

    memset(text, 'x', sizeof(text));
    for (int i = 0; i < WRITE_TIMES; i++) {
        if (pwrite(local->fd, text, sizeof(text), 0) != (ssize_t)sizeof(text) ||
            fdatasync(local->fd) != 0) {
            return ppt_fail(error, PPT_FAILED, "planted: %s: %s", local->name, strerror(errno));
        }
    }
    return PPT_OK;
}

static enum ppt_status run(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    const struct local *l = local;
    const struct timespec pause = {.tv_nsec = SLEEP_NS};

    *digest = task->index;
    switch (task->args[CAUSE].choice) {
    case ARITHMETIC:
        *digest = multiply(task->index, CHAIN);
        break;
    case CACHE:
        *digest = jump(l->shared, task->index * 977 % (CACHE_BYTES / PPT_CACHE_LINE));
        break;
    case MEMORY:
        *digest += stream(l->shared, task->index);
        break;
    case LOCK:
        *digest = work_locked(task->index);
        break;
    case FAULTS:
        return fault(digest, error);
    case DISK:
        return save(l, error);
    default:
        nanosleep(&pause, NULL);
    }
    return PPT_OK;
}

static void needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    (void)inner_threads;
    needs->worker_bytes = ppt_scratch_size(1, sizeof(struct local));
    needs->shared_bytes = args[CAUSE].choice == MEMORY  ? MEMORY_BYTES
                          : args[CAUSE].choice == CACHE ? CACHE_BYTES
                                                        : 1;
}

const struct ppt_kernel ppt_kernel = {
    PPT_KERNEL_HEAD,
    .name = "planted",
    .category = "test",
    .summary = "tasks that are bound by what they are told",
    PPT_KERNEL_PARAMS(params),
    .open = open_planted,
    .attach = attach,
    .run = run,
    .detach = detach,
    .close = free,
    .needs = needs,
};
