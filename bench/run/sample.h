/*
 * sample.h - what one pass measured. All times in nanoseconds of CLOCK_MONOTONIC.
 *
 * With t0 the start of the pass, "ready" the moment from which the first worker could take tasks,
 * "done" the moment the last worker found no more, and A and D what taking and giving back the
 * scratch of one worker takes a thread that is alone (struct ppt_price):
 *
 *     init    = ready - t0 - A   creating the team, and scratch for all beyond what one takes
 *     work    = done - ready     the tasks
 *     cleanup = end - done - D   giving that back, and releasing the team
 *     total                      exactly their sum
 *     scratch = A + D            in none of them
 *
 * A program that makes plain calls takes scratch memory, too: that is no price of having workers,
 * and no speedup comes from it. So with 0 workers all that is not work is scratch: init and cleanup
 * are 0, and the total is the work. With more, what one thread would pay is left out, measured
 * alone: of workers who take theirs side by side even the quickest waits for the others.
 */
#ifndef PPT_RUN_SAMPLE_H
#define PPT_RUN_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "noise.h"
#include "press.h"

struct ppt_worker_sample {
    uint64_t tasks;
    int64_t busy_ns;   /* sum of its task times */
    int64_t cpu_ns;    /* its CPU time between start and end */
    int64_t start_ns;  /* when it was ready for tasks, since the start of the pass */
    int64_t end_ns;    /* when it found no more tasks, since the start of the pass */
    int64_t faults;    /* its page faults, minor and major, between start and end; those of threads
                          inside its tasks are not among them */
    int64_t waited_ns; /* for tasks that its rank had to ask rank 0 for; 0 without ranks */
    int cpu;           /* where it ran last, or -1 */
    char *bound; /* owned; CPUs that it was bound to, as the system says: "0-1,4"; NULL: not */
};

/* One rank of a pass over several; times since the start of the pass. */
struct ppt_rank_sample {
    int64_t begin_ns;  /* when it was told to begin */
    int64_t end_ns;    /* when its team was gone */
    int64_t mpi_ns;    /* of the thread that speaks to other ranks, inside of MPI's functions */
    int64_t requests;  /* for tasks, that it sent or, as rank 0, answered */
    int64_t answer_ns; /* of rank 0, receiving and answering all of these; of others, until tasks
                          had come, in all */
    int64_t offset_ns; /* its clock was so much ahead of rank 0's, which times are in here */
    int64_t offset_error_ns; /* at most so far off: half of the fastest exchange */
};

/* Distribution of the task times of a pass. */
struct ppt_task_times {
    int64_t sum_ns, smallest_ns, median_ns, p95_ns, p99_ns, largest_ns;
    /* 0: all are exact. Else median, p95 and p99 are middles of buckets of a histogram that are at
     * most so wide, by the time itself: 0.01 would be 1 %. */
    double resolution;
};

struct ppt_sample {
    unsigned block; /* 1, 2, ...; 0: warm-up, discarded by the analysis */
    struct ppt_point point;
    bool
        again; /* the second measurement of its block's point, which takes the place of the first */
    unsigned process;   /* of the run's, in which it ran: 1, 2, ...; 0: all in the run's own */
    uint64_t position;  /* in the run: 0 for its first pass */
    int64_t started_ns; /* since the start of the run */
    int64_t init_ns, work_ns, cleanup_ns, total_ns;
    int64_t scratch_ns; /* beside the total */
    uint64_t task_count;
    int64_t failed_tasks;   /* of these: those that failed, and count all the same */
    uint64_t digest;        /* of all results; independent of the order of tasks */
    struct ppt_usage usage; /* differences over the pass, of the whole process, or of those of all
                               ranks */
    struct ppt_noise noise; /* differences over the pass; of all hosts */
    int64_t peak_bytes;     /* most resident memory during the pass; -1: unknown. Of all ranks */
    int64_t clock_khz;      /* of the first worker's CPU, at the end; -1: unknown */
    struct ppt_task_times times;
    struct ppt_worker_sample *workers; /* owned; one entry at 0 workers too. Rank by rank */
    size_t worker_count;
    struct ppt_rank_sample *ranks; /* owned; NULL without ranks */
    size_t rank_count;
    struct ppt_pressed pressed; /* of a pass beside pressure: its rates; 0 of another one */
    uint64_t arrivals;   /* tasks that were to arrive in the pass; 0: all were there. Where it was
                            overloaded fewer were run, which task_count says */
    int64_t arrivals_ns; /* from the first to the last of them */
    int64_t late_ns;     /* 99 of a hundred tasks that a worker waited for began at most so long
                            after they arrived */
    bool overloaded;     /* it was ended since too many tasks waited */
    int64_t *latency_ns; /* owned; from arrival to end, as task_ns; NULL where none arrive */
    int64_t *task_ns;    /* owned; by task index; NULL beyond PPT_MOST_TASK_TIMES */
};

/* From the start of the pass to its end. */
static inline int64_t ppt_sample_wall_ns(const struct ppt_sample *sample)
{
    return sample->total_ns + sample->scratch_ns;
}

/* What the scratch of one worker takes a thread that is alone. */
struct ppt_price {
    int64_t attach_ns, detach_ns;
};

/* Divides a pass that took `wall_ns` into its parts, by the times of its workers and its point. */
void ppt_sample_divide(struct ppt_sample *sample, int64_t wall_ns, struct ppt_price price);

/* A point that is left out from this pass on, because something in it failed, or since there is not
 * the memory for it. */
struct ppt_failure {
    unsigned block; /* 0: in the warm-up */
    struct ppt_point point;
    char *message; /* owned */
    bool withheld; /* it was not run, and would not fit: nothing has failed */
};

struct ppt_samples {
    struct ppt_sample *items;
    size_t count;
    size_t capacity;              /* of items that ppt_samples_add() made */
    struct ppt_failure *failures; /* in the order they came; one per point */
    size_t failure_count;
    int64_t first_ns; /* of the very first task, before all passes; 0: there was none, or it was
                         not timed */
};

/* Takes over what the sample owns. */
void ppt_samples_add(struct ppt_samples *samples, struct ppt_sample *sample);

/* Copies the message; a point that failed before stays as it is. */
void ppt_samples_fail(struct ppt_samples *samples, const struct ppt_failure *failure);

bool ppt_samples_failed(const struct ppt_samples *samples, struct ppt_point point);

void ppt_samples_free(struct ppt_samples *samples);
void ppt_sample_free(struct ppt_sample *sample);

#endif
