#include "sort_team.h"

#include <math.h>
#include <string.h>

#include "inner.h"
#include "scratch.h"
#include "sorting.h"

/* Of a sample this many times as large as the number of parts, the largest part is hardly ever 20 %
 * larger than the mean. */
#define OVERSAMPLING 256

struct ppt_sort_team {
    double *splitters; /* `width` - 1 of them; beyond the last NaN, which no value reaches */
    double *sample;    /* and a spare of the same size behind it */
    size_t *counts;    /* [thread * stride + part]: values to move */
    size_t *places;    /* alike: where the next of them goes */
    size_t stride;     /* whole cache lines */
    size_t width;      /* the next power of two from the number of threads on */
};

_Static_assert(sizeof(struct ppt_sort_team) <= PPT_CACHE_LINE, "it is given one line");

static size_t width_of(unsigned threads)
{
    size_t width = 1;

    while (width < threads) {
        width *= 2;
    }
    return width;
}

static size_t stride_of(unsigned threads)
{
    const size_t line = PPT_CACHE_LINE / sizeof(size_t);

    return (threads + line) / line * line;
}

size_t ppt_sort_team_bytes(unsigned threads)
{
    return PPT_CACHE_LINE +
           (width_of(threads) + (size_t)2 * OVERSAMPLING * threads) * sizeof(double) +
           2 * stride_of(threads) * threads * sizeof(size_t);
}

struct ppt_sort_team *ppt_sort_team_init(void *memory, unsigned threads)
{
    struct ppt_sort_team *team = memory;
    char *at = (char *)memory + PPT_CACHE_LINE;

    team->stride = stride_of(threads);
    team->counts = (size_t *)(void *)at;
    at += team->stride * threads * sizeof(size_t);
    team->places = (size_t *)(void *)at;
    at += team->stride * threads * sizeof(size_t);
    team->splitters = (double *)(void *)at;
    team->sample = team->splitters + width_of(threads);
    return team;
}

static void choose_splitters(struct ppt_sort_team *team, const double *values, size_t count,
                             unsigned threads)
{
    const size_t wanted = (size_t)OVERSAMPLING * threads;
    const size_t taken = wanted < count ? wanted : count;

    for (size_t i = 0; i < taken; i++) {
        team->sample[i] = values[count / taken * i + count % taken * i / taken];
    }
    ppt_sort(team->sample, team->sample + wanted, taken);
    team->width = width_of(threads);
    for (size_t i = 0; i + 1 < team->width; i++) {
        team->splitters[i] =
            i + 1 < threads ? team->sample[(i + 1) * taken / threads] : (double)NAN;
    }
}

/* The part of a value is the number of splitters that do not exceed it: as many steps for every
 * value, and no branch to be guessed. */
static inline size_t part_of(const struct ppt_sort_team *team, double value)
{
    size_t part = 0;

    for (size_t step = team->width / 2; step > 0; step /= 2) {
        part += value >= team->splitters[part + step - 1] ? step : 0;
    }
    return part;
}

/* Where the values of this thread go: behind all parts before, and behind those of the threads
 * before in the same part. Returns where the part of this thread begins, and in *end where it
 * ends. */
static size_t find_places(const struct ppt_sort_team *team, unsigned thread, unsigned threads,
                          size_t *end)
{
    size_t *const places = &team->places[thread * team->stride];
    size_t next = 0, begin = 0;

    for (unsigned part = 0; part < threads; part++) {
        const size_t part_begin = next;

        for (unsigned t = 0; t < threads; t++) {
            if (t == thread) {
                places[part] = next;
            }
            next += team->counts[t * team->stride + part];
        }
        if (part == thread) {
            begin = part_begin;
            *end = next;
        }
    }
    return begin;
}

void ppt_sort_team_run(struct ppt_sort_team *team, double *values, double *spare, size_t count,
                       unsigned thread, unsigned threads)
{
    const size_t from = ppt_inner_begin(count, thread, threads);
    const size_t to = ppt_inner_begin(count, thread + 1, threads);
    size_t *const counts = &team->counts[thread * team->stride];
    size_t *const places = &team->places[thread * team->stride];
    size_t end = 0;

    if (thread == 0) {
        choose_splitters(team, values, count, threads);
    }
    ppt_inner_wait(threads);
    memset(counts, 0, threads * sizeof(*counts));
    for (size_t i = from; i < to; i++) {
        counts[part_of(team, values[i])]++;
    }
    ppt_inner_wait(threads);
    const size_t begin = find_places(team, thread, threads, &end);
    for (size_t i = from; i < to; i++) {
        spare[places[part_of(team, values[i])]++] = values[i];
    }
    ppt_inner_wait(threads);
    ppt_sort(spare + begin, values + begin, end - begin);
}
