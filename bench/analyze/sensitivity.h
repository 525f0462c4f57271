/*
 * sensitivity.h - what slows a task, found by pressing on one resource at a time (config/why.h),
 * and by what passes tell of themselves.
 *
 * For each number of workers that was measured so, and each resource r that could be pressed on
 * there, a block gives
 *
 *     s(r) = work time beside pressure on r / work time alone
 *
 * and over blocks the slowdown is exp of the trimmed mean of ln s(r) (trimmed.h), with Student's
 * interval at 1 - 0.05/k for k resources: with 95 % confidence all of them hold, so that the
 * resource which is named was not found among many by chance. In the same way how a task takes
 * longer with more workers, its loss, is a ratio of mean task times alone.
 *
 * The cause is the first of these that holds, each by the lower ends of intervals:
 *
 *     memory, cache, disk, faults, lock   the fewest workers surely mind a resource other than
 *                 CPUs by more than the tolerance, which is PPT_LEAST_MINDED at least (what presses
 *                 interrupts everybody a little), and by half of it more than they mind other CPUs
 *                 being busy ("core"), which every pressure makes them. Of several it is the one
 *                 that they mind most; but it is memory where the cache slows them by no more than
 *                 PPT_CACHE_TIMES of what memory does
 *     lock        no pressure explains it, but with more workers a task takes longer, at least half
 *                 of which it is off the CPU without being queued for one, and switches away
 *                 of its own accord more often than alone: a device would make it wait alone, too
 *     cpu         it minds sharing its CPU as tasks do that compute, or other CPUs being busy
 *     none        nothing of this
 *
 * The last two say that nothing else slows it. So where the interval of a resource still reaches
 * beyond the tolerance, or what presses on it could not reach the task (PPT_HANDOVER_NEAR_NS),
 * there is no cause: that resource is open. Single passes that it could not reach do not count.
 *
 * A cause explains the loss where the task surely minds it with the fewest workers (of "cpu", other
 * CPUs being busy), and by as much as the loss, as far as both intervals tell.
 */
#ifndef PPT_ANALYZE_SENSITIVITY_H
#define PPT_ANALYZE_SENSITIVITY_H

#include "grid.h"
#include "resource.h"
#include "why.h"

#define PPT_LEAST_MINDED 0.1
#define PPT_CACHE_TIMES 1.25

/* What a task of one number of workers minds. */
struct ppt_sensitivity {
    enum ppt_resource resource;
    size_t blocks; /* of which it is made: those in which what presses could reach the task */
    struct ppt_ratio slowdown;
    struct ppt_ratio beyond_core; /* of that: what is more than "core" does; no interval: unknown */
    struct ppt_ratio given_way;   /* beside / alone of what presses: it loses, too */
    double alone, beside;         /* units per second of the resource, medians */
};

struct ppt_sensitivity_row {
    struct ppt_point point; /* without pressure */
    struct ppt_sensitivity items[PPT_RESOURCE_COUNT];
    size_t count;
};

/* How a cause is known. */
enum ppt_known_by { PPT_KNOWN_NOT, PPT_KNOWN_BY_PRESSING, PPT_KNOWN_BY_ITSELF };
extern const char *const ppt_known_by_names[]; /* as in JSON: "pressing", ... */
extern const char *const ppt_known_by_words[]; /* "by pressing", ... */

/* A resource that could not be pressed on. */
struct ppt_unpressed {
    enum ppt_resource resource;
    unsigned workers;
    const char *reason; /* borrowed from the samples, or static */
    bool apart; /* CPUs that should share a cache did not, in nearly all passes: they may again */
};

struct ppt_sensitivities {
    size_t blocks; /* that it was found in; 0: it was not searched for, or not long enough */
    struct ppt_sensitivity_row rows[PPT_WHY_MOST_COUNTS]; /* the fewest workers first */
    size_t row_count;
    struct ppt_unpressed unpressed[PPT_WHY_MOST_COUNTS * PPT_RESOURCE_COUNT];
    size_t unpressed_count;
    const char *cause;          /* as in JSON: "memory", "none", ...; NULL: not settled */
    enum ppt_resource open;     /* then: what may slow it most; else PPT_RESOURCE_NONE */
    enum ppt_resource resource; /* that it is known by; PPT_RESOURCE_NONE: by none */
    enum ppt_known_by known_by;
    struct ppt_ratio loss; /* how much longer a task takes in the second row; value 0: there is
                              none */
    double off_cpu;        /* of that loss: the share that it is off the CPU, median */
    double switches;       /* by which it switches away more often, for each task, median */
    bool loses;            /* surely by more than the tolerance */
    bool explained;        /* by the cause */
};

/* Of all passes of a run, those under pressure included, of which an index was made. */
void ppt_sensitivity_of(const struct ppt_index *index, double tolerance,
                        struct ppt_sensitivities *out);

/* That of a resource in a row; NULL: it was not pressed on. */
const struct ppt_sensitivity *ppt_sensitivity_find(const struct ppt_sensitivity_row *row,
                                                   enum ppt_resource resource);

/* By how much a resource has to slow a task at least to count. */
static inline double ppt_sensitivity_least(double tolerance)
{
    return tolerance > PPT_LEAST_MINDED ? tolerance : PPT_LEAST_MINDED;
}

/* Whether more blocks would tell no more of the cause: there is one, and of each other resource it
 * is sure whether the fewest workers mind it by more than the tolerance, or that they mind it less.
 */
bool ppt_sensitivity_settled(const struct ppt_samples *samples, double tolerance);

/* Where causes are to be searched for behind the passes of this index: at one worker (or else plain
 * calls), and at the recommended number or, where that is no more, the next that was tried; with so
 * many tasks that a pass is as long as it has to be. False: nothing was measured. */
struct ppt_answer;
bool ppt_sensitivity_plan(const struct ppt_config *config, const struct ppt_index *index,
                          const struct ppt_answer *answer, struct ppt_why *why);

#endif
