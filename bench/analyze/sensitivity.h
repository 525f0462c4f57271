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
 * Of the fewest workers each resource is then one of
 *
 *     not minded      surely no more than 1 + m, m being the tolerance, or PPT_LEAST_MINDED if
 *                     that is more (what presses interrupts everybody a little), and 0.25 for
 *                     "cpu". Or surely no more than 1 + m/2 of what pressure on "core" does, which
 *                     all others are besides: CPUs that are busy
 *     minded as busy  surely above 1 + m: "cpu", "core", and others but for that
 *     minded itself   surely above 1 + m, and surely above 1 + m/2 of what "core" does
 *     perhaps         none of these is sure. Or what presses on it hardly ever reached the task:
 *                     CPUs that should share a cache did not (handover.h). Such passes do not
 *                     count, and too few others are left
 *
 * and the cause is the first of
 *
 *     memory, cache, disk, faults, lock
 *               this is minded itself, and surely more than every other one that is so, or perhaps;
 *               the cache need not be more surely than memory, which drives data out of it
 *     lock      nothing is minded itself; but with more workers a task takes longer, at least half
 *               of that it is off the CPU without being queued for one, and it switches away of its
 *               own accord more often than alone: a device would make it wait alone, too. Of what
 *               makes tasks wait nothing is minded perhaps
 *     cpu       something is minded as busy CPUs are, and nothing itself or perhaps
 *     none      nothing is minded, nor perhaps
 *
 * Else there is none: it is not settled, and what keeps it from being so is open.
 *
 * A cause explains the loss where the task minds it with the fewest workers by as much as it surely
 * loses; its own CPU is none, which each worker has, and beside others who are busy nothing does.
 */
#ifndef PPT_ANALYZE_SENSITIVITY_H
#define PPT_ANALYZE_SENSITIVITY_H

#include "grid.h"
#include "resource.h"
#include "why.h"

#define PPT_LEAST_MINDED 0.1

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
};

struct ppt_sensitivities {
    size_t blocks; /* that it was found in; 0: it was not searched for, or not long enough */
    struct ppt_sensitivity_row rows[PPT_WHY_MOST_COUNTS]; /* the fewest workers first */
    size_t row_count;
    struct ppt_unpressed unpressed[PPT_WHY_MOST_COUNTS * PPT_RESOURCE_COUNT];
    size_t unpressed_count;
    const char *cause;          /* as in JSON: "memory", "none", ...; NULL: not settled */
    enum ppt_resource open;     /* then: what may slow it most; else PPT_RESOURCE_NONE */
    enum ppt_resource resource; /* that it is known by, or where it is open the one that is minded
                                   itself; PPT_RESOURCE_NONE: there is none */
    enum ppt_known_by known_by;
    struct ppt_ratio loss; /* how much longer a task takes in the second row; value 0: there is
                              none */
    double off_cpu;        /* of that loss: the share that it is off the CPU, median */
    double switches;       /* by which it switches away more often, for each task, median */
    bool loses;            /* surely by more than the tolerance */
    bool explained;        /* by the cause */
    bool disturbed;        /* others took part in the passes alone: pressure drives them there */
};

/* Of all passes of a run, those under pressure included, of which an index was made. */
void ppt_sensitivity_of(const struct ppt_index *index, double tolerance,
                        struct ppt_sensitivities *out);

/* That of a resource in a row; NULL: it was not pressed on. */
const struct ppt_sensitivity *ppt_sensitivity_find(const struct ppt_sensitivity_row *row,
                                                   enum ppt_resource resource);

/* How many times as long a task has to take beside pressure at least to mind it. */
double ppt_sensitivity_limit(enum ppt_resource resource, double tolerance);

/* Whether more blocks would tell no more of the cause: there are enough of them, and it is known.
 */
bool ppt_sensitivity_settled(const struct ppt_samples *samples, double tolerance);

/* Where causes are to be searched for behind the passes of this index: at one worker (or else plain
 * calls), and at the recommended number or, where that is no more, the next that was tried; with so
 * many tasks that a pass is as long as it has to be. False: nothing was measured. */
struct ppt_answer;
bool ppt_sensitivity_plan(const struct ppt_config *config, const struct ppt_index *index,
                          const struct ppt_answer *answer, struct ppt_why *why);

#endif
