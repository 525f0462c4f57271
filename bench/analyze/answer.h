/*
 * answer.h - everything that is said about one run: from its passes, or from a table of pass times
 * alone, to the verdict and its reason.
 *
 * The verdict is over all points. Everything about workers (the law, the factors, whether more of
 * them would help) is said within the points that have the recommended number of inner threads,
 * the answer's row: of several numbers of ranks with as many workers in all the fastest.
 *
 * A pure function of its input: the same samples give the same answer, to the last digit.
 */
#ifndef PPT_ANALYZE_ANSWER_H
#define PPT_ANALYZE_ANSWER_H

#include "disturbance.h"
#include "drift.h"
#include "factors.h"
#include "grid.h"
#include "latency.h"
#include "objective.h"
#include "repeats.h"
#include "room.h"
#include "scaling.h"
#include "sensitivity.h"
#include "verdict.h"

/* By what a run is made longer. */
enum ppt_longer {
    PPT_LONGER_ITERATIONS, /* its number of blocks */
    PPT_LONGER_SECONDS,    /* the time that it may take: its blocks follow */
    PPT_LONGER_ELSEWHERE   /* no option of ours: the passes were timed by others */
};

/* What is known about the run besides its passes; 0 means unknown. */
struct ppt_answer_context {
    uint64_t tasks;        /* per pass */
    bool per_worker;       /* these are for each worker: the work grows with them (weak scaling) */
    bool same_alone;       /* see struct ppt_grid */
    unsigned cpus;         /* logical, that may be used; quotas included */
    struct ppt_goal goal;  /* of the verdict */
    uint64_t memory_limit; /* bytes that a pass may use; 0: unknown */
    double tolerance;      /* how much slower is as good as equal, 0.05 for 5 % */
    double confidence; /* of intervals, 0.95 (0.97 where blocks were added until it was settled) */
    double quota_cpus; /* CPU time per time that a quota below the CPUs allows; 0: none does */
    bool arriving;     /* tasks arrive while a pass runs: it takes as long as they do */
    bool steady;       /* each as long after the other */
    bool programs;     /* tasks start programs, which may change what their next run finds, */
    bool renewed;      /* and that is brought back before each pass, */
    bool shared;       /* once for all of its tasks, */
    bool copied;       /* as a copy of the folder */
    enum ppt_longer longer;
    const struct ppt_cluster *cluster; /* where ranks ran; borrowed; NULL: there are none */
};

/* Why the recommended count is what it is; the first that holds. */
enum ppt_reason {
    PPT_REASON_NONE,          /* no verdict */
    PPT_REASON_SINGLE,        /* only one count was tried, or is compared */
    PPT_REASON_MEMORY,        /* there is not the memory for more workers */
    PPT_REASON_OBJECTIVE,     /* the fastest count is not what the objective asks for */
    PPT_REASON_INNER_THREADS, /* tasks use several CPUs by themselves */
    PPT_REASON_DISPATCH,      /* handing tasks out costs more than it gains */
    PPT_REASON_NO_GAIN,       /* workers do not make it faster */
    PPT_REASON_STILL_RISING,  /* the most workers tried still gain: try more */
    PPT_REASON_FEW_TASKS,     /* there are too few tasks to share */
    PPT_REASON_CPUS_BUSY,     /* all CPUs are busy */
    PPT_REASON_FACTOR,        /* the largest loss among the efficiency factors */
    PPT_REASON_UNSETTLED      /* none of these is sure */
};
extern const char *const ppt_reason_names[]; /* as in JSON: "dispatch_overhead", ... */

/* The factors of one point over the blocks.
 *
 * Within a block their product with the workers is exactly the speedup; of medians it is not, by
 * some 0.4 %. What is shown is median f_i, moved by its share of what is missing: with S the
 * speedup shown, ln F_i = median ln f_i + (ln(S/N) - sum over j of median ln f_j) w_i / sum w,
 * where w_i is how wide the factor's own interval is. So they multiply to the speedup shown. */
enum ppt_inflated {
    PPT_INFLATED_UNKNOWN,
    PPT_INFLATED_ON_CPU,
    PPT_INFLATED_QUEUED,
    PPT_INFLATED_OFF_CPU
};

struct ppt_point_factors {
    bool exists; /* the point and a sequential pass were measured in some block */
    double factor[PPT_FACTOR_COUNT];
    struct ppt_interval interval[PPT_FACTOR_COUNT]; /* at 95 % */
    /* The largest loss, when it is surely one and surely larger than every other; else
     * PPT_FACTOR_COUNT. */
    enum ppt_factor most_lost;
    double on_cpu_inflation, off_cpu_inflation;
    double queued_inflation;    /* 0: unknown, and then part of the one off the CPU */
    enum ppt_inflated inflated; /* which of these is surely the largest */
    double replay_speedup; /* what the task list alone would allow; 0 when task times are absent */
};

/* Number of tasks from which a point beats sequential calls, whatever their number. All 0 where no
 * number surely does, and for one worker, which can only seem to. */
struct ppt_break_even {
    uint64_t tasks;     /* by medians, between these */
    uint64_t low, high; /* at 95 %; the high end no larger than what was measured, where that shows
                           it */
};

struct ppt_point_answer {
    struct ppt_ratio over_fewest;     /* the first point: always there */
    struct ppt_ratio over_sequential; /* sequential calls with the fewest inner threads measured;
                                         value 0: no such baseline */
    struct ppt_ratio over_one;        /* one worker, likewise */
    struct ppt_ratio by_workers;      /* sequential calls, or else one worker, with as many inner
                                         threads as the point itself: what workers alone gain */
    struct ppt_latency latency;       /* of tasks that arrive */
    struct ppt_outliers outliers;
    double granularity; /* bound on the speedup by the number of tasks; 0: unknown */
    double karp_flatt;  /* serial fraction against 1 worker (or sequential calls) with as many
                           inner threads; NAN: none, or not known to within a tenth */
    struct ppt_break_even break_even;
    struct ppt_point_factors factors;
};

/* What of each worker's time must pay for a count to be economical. */
#define PPT_ECONOMICAL_EFFICIENCY 0.8

struct ppt_answer {
    struct ppt_answer_context context;
    struct ppt_grid grid;
    struct ppt_grid row;            /* of the grid, see above */
    struct ppt_objective objective; /* what the verdict is for, and on what it was made */
    struct ppt_verdict verdict;
    struct ppt_scaling scaling;
    struct ppt_drift drift;
    struct ppt_point_answer *points; /* as in the grid */
    struct ppt_point *failed;        /* points that are left out, since something in them failed;
                                        owned */
    size_t failed_count;
    struct ppt_ratio dispatch; /* T(1)/T(0) of the row: 1.02 is 2 % overhead; value 0: unknown */
    bool waiting;              /* tasks use a CPU less than half of their time */
    double cpu_use;            /* CPU time / wall time of the row's sequential passes; 0:
                                  unknown */
    double load;               /* the same at the recommended point: CPUs that were busy */
    struct ppt_disturbance disturbance;
    struct ppt_repeats repeats;
    struct ppt_room room; /* memory */
    double seconds;       /* until the last pass had ended; 0: unknown */
    bool has_economical;
    size_t economical; /* the row's most workers with speedup/workers surely >= 0.8 */
    bool has_all_cpus;
    struct ppt_ratio all_cpus_cost; /* how much faster the recommended point is than one that uses
                                       all CPUs; where it uses fewer itself */
    bool has_crowd;
    size_t crowd; /* the point with the most threads, where several workers with several inner
                     threads each have more of them than there are CPUs */
    struct ppt_ratio crowd_cost; /* how much faster the recommended point is */
    enum ppt_reason reason;
    struct ppt_sensitivities why; /* what slows the task, where it was searched for */
};

/* What the stages before know of a run. */
struct ppt_config;
struct ppt_host;
struct ppt_answer_context ppt_answer_context_of(const struct ppt_config *config,
                                                const struct ppt_host *host);

/* What of it the objective is asked with. */
struct ppt_objective_context ppt_answer_objective(const struct ppt_answer_context *context);

void ppt_answer_from_index(const struct ppt_index *index, const struct ppt_answer_context *context,
                           struct ppt_answer *answer);

/* Whether a point of the grid has more threads than there are CPUs; false where these are unknown.
 */
bool ppt_answer_beyond(const struct ppt_answer *answer, size_t point);

/* Takes over the grid. Answers that need more than pass times stay unknown. */
void ppt_answer_from_grid(struct ppt_grid *grid, const struct ppt_answer_context *context,
                          struct ppt_answer *answer);
void ppt_answer_free(struct ppt_answer *answer);

#endif
