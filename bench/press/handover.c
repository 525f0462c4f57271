/*
 * Two threads, each bound to one of the CPUs, give a word to each other and back. Others who
 * interrupt them make some rounds longer: what counts is the fastest series of rounds.
 */
#include "handover.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bound_thread.h"
#include "clock.h"
#include "scratch.h"

#define SERIES 10
#define ROUNDS 100
#define GIVE_UP_NS 5000000
#define LOOKS 1024 /* between looks at the clock */

enum turn { FIRST, SECOND };

struct pair {
    _Alignas(PPT_CACHE_LINE) _Atomic int turn;
    _Alignas(PPT_CACHE_LINE) _Atomic bool over;
    double best_ns; /* for a round; 0: none was completed */
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

static void *throw(void *argument)
{
    struct pair *pair = argument;
    const int64_t give_up = ppt_clock_ns() + GIVE_UP_NS;
    bool in_time = true;

    for (int series = 0; series < SERIES && in_time; series++) {
        const int64_t start = ppt_clock_ns();

        for (int round = 0; round < ROUNDS && in_time; round++) {
            atomic_store_explicit(&pair->turn, SECOND, memory_order_release);
            in_time = await(pair, FIRST, give_up);
        }
        const double took = (double)(ppt_clock_ns() - start) / ROUNDS;

        if (in_time && (pair->best_ns == 0 || took < pair->best_ns)) {
            pair->best_ns = took;
        }
    }
    atomic_store(&pair->over, true);
    return NULL;
}

static void *catch (void *argument)
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
    struct pair pair = {.turn = FIRST};
    pthread_t first, second;

    if (ppt_bound_thread_start(&second, other, catch, &pair) != 0) {
        return 0;
    }
    if (ppt_bound_thread_start(&first, cpu, throw, &pair) == 0) {
        pthread_join(first, NULL);
    }
    atomic_store(&pair.over, true);
    pthread_join(second, NULL);
    return pair.best_ns / 2;
}
