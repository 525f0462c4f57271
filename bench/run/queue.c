#include "queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "memory.h"
#include "stopwatch.h"

/* The share of the tasks at hand that a worker takes at a time. */
#define BATCH_SHARE 16

/* What a worker has taken and not yet run; on cache lines of its own. */
struct batch {
    _Alignas(PPT_CACHE_LINE) struct ppt_range range;
};

struct ppt_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;    /* workers wait for tasks */
    pthread_cond_t changed;   /* the thread that speaks to others sleeps */
    struct ppt_range *ranges; /* the first is taken from */
    size_t range_count;
    struct ppt_queue_state state;
    uint64_t low; /* fewer tasks than this wake the one that sleeps */
    bool closed;
    unsigned sharers;
    struct batch *taken; /* by worker */
};

struct ppt_queue *ppt_queue_create(unsigned workers, unsigned sharers)
{
    struct ppt_queue *queue = ppt_alloc(1, sizeof(*queue));
    pthread_condattr_t monotonic;

    pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->filled, NULL);
    pthread_cond_init(&queue->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    queue->state = (struct ppt_queue_state){.working = workers, .there = workers, .well = true};
    queue->sharers = sharers;
    queue->taken = ppt_alloc_aligned(PPT_CACHE_LINE, workers * sizeof(*queue->taken));
    return queue;
}

void ppt_queue_destroy(struct ppt_queue *queue)
{
    if (queue) {
        pthread_cond_destroy(&queue->filled);
        pthread_cond_destroy(&queue->changed);
        pthread_mutex_destroy(&queue->lock);
        free(queue->ranges);
        free(queue->taken);
        free(queue);
    }
}

/* Cuts the first tasks off; the lock is held and there are some. */
static struct ppt_range cut(struct ppt_queue *queue, uint64_t most)
{
    struct ppt_range *first = &queue->ranges[0];
    const struct ppt_range part = {first->first, first->count < most ? first->count : most};

    first->first += part.count;
    first->count -= part.count;
    queue->state.left -= part.count;
    if (first->count == 0) {
        queue->range_count--;
        memmove(first, first + 1, queue->range_count * sizeof(*first));
    }
    return part;
}

/* The lock is held. */
static void change(struct ppt_queue *queue)
{
    queue->state.changes++;
    pthread_cond_signal(&queue->changed);
}

/* The lock is held, and there are no tasks at hand. */
static void wait_for_tasks(struct ppt_queue *queue, int64_t *waited_ns)
{
    const int64_t since = ppt_clock_ns();

    queue->state.waiting++;
    change(queue);
    while (queue->state.left == 0 && !queue->closed) {
        pthread_cond_wait(&queue->filled, &queue->lock);
    }
    queue->state.waiting--;
    *waited_ns += ppt_clock_ns() - since;
}

bool ppt_queue_take(struct ppt_queue *queue, unsigned worker, uint64_t *index, int64_t *waited_ns)
{
    struct ppt_range *own = &queue->taken[worker].range;

    if (own->count == 0) {
        pthread_mutex_lock(&queue->lock);
        if (queue->state.left == 0 && !queue->closed) {
            wait_for_tasks(queue, waited_ns);
        }
        if (queue->state.left > 0) {
            const uint64_t share =
                queue->sharers > 0 ? queue->state.left / ((uint64_t)BATCH_SHARE * queue->sharers)
                                   : 0;

            *own = cut(queue, share > 1 ? share : 1);
            if (queue->state.left < queue->low) {
                pthread_cond_signal(&queue->changed);
            }
        }
        pthread_mutex_unlock(&queue->lock);
    }
    if (own->count == 0) {
        return false;
    }
    *index = own->first++;
    own->count--;
    return true;
}

void ppt_queue_arrive(struct ppt_queue *queue, bool well)
{
    pthread_mutex_lock(&queue->lock);
    queue->state.arrived++;
    queue->state.well = queue->state.well && well;
    change(queue);
    pthread_mutex_unlock(&queue->lock);
}

void ppt_queue_leave(struct ppt_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->state.working--;
    change(queue);
    pthread_mutex_unlock(&queue->lock);
}

void ppt_queue_part(struct ppt_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->state.there--;
    change(queue);
    pthread_mutex_unlock(&queue->lock);
}

struct ppt_queue_state ppt_queue_look(struct ppt_queue *queue)
{
    struct ppt_queue_state state;

    pthread_mutex_lock(&queue->lock);
    state = queue->state;
    pthread_mutex_unlock(&queue->lock);
    return state;
}

void ppt_queue_add(struct ppt_queue *queue, struct ppt_range range)
{
    pthread_mutex_lock(&queue->lock);
    if (range.count > 0 && !queue->closed) {
        queue->ranges = ppt_realloc(queue->ranges, queue->range_count + 1, sizeof(*queue->ranges));
        queue->ranges[queue->range_count++] = range;
        queue->state.left += range.count;
        pthread_cond_broadcast(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
}

struct ppt_range ppt_queue_cut(struct ppt_queue *queue, uint64_t most)
{
    struct ppt_range part = {0};

    pthread_mutex_lock(&queue->lock);
    if (queue->state.left > 0 && most > 0) {
        part = cut(queue, most);
    }
    pthread_mutex_unlock(&queue->lock);
    return part;
}

void ppt_queue_close(struct ppt_queue *queue, bool empty)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    if (empty) {
        queue->range_count = 0;
        queue->state.left = 0;
    }
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

void ppt_queue_nap(struct ppt_queue *queue, const struct ppt_queue_state *seen, uint64_t low,
                   int64_t ns)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    ns += until.tv_nsec;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&queue->lock);
    queue->low = low;
    while (queue->state.changes == seen->changes && queue->state.left >= low &&
           pthread_cond_timedwait(&queue->changed, &queue->lock, &until) == 0) {
    }
    queue->low = 0;
    pthread_mutex_unlock(&queue->lock);
}
