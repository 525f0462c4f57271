/*
 * waiting.h - what tasks waited for while they were off the CPU: a CPU, a device, or something
 * else, such as a lock.
 *
 * With B the time of a pass's tasks, C their CPU time, Q for how long their threads were ready to
 * run but had no CPU, and D twice the time in which anybody on the system waited for a device, on
 * each CPU or for each worker at a time (see UNTOLD):
 *
 *     off     = (B - C) / B               the share of their time that they had no CPU
 *     cpu     = min(Q / B, off)           more threads than CPUs, own or others'
 *     device  = min(D / B, off - cpu)     where the pass read or wrote a device, else 0
 *     other   = off - cpu - device        locks, sleeping, other processes, the network
 *
 * What waits for a lock and what sleeps look the same. They differ in what more workers do: a task
 * that queues for a lock of its own gives up its CPU once more for it, and only where another one
 * holds it. So a lock is what is named where `other` grows with the workers, surely and by the
 * most, and voluntary switches per task grow with it.
 */
#ifndef PPT_ANALYZE_WAITING_H
#define PPT_ANALYZE_WAITING_H

#include "grid.h"
#include "index.h"
#include "stat.h"

/* Over the passes of a point. Without `exists` nothing is known: tasks have threads of their own,
 * are dealt out over ranks or arrive while they run, or a journal does not say. */
struct ppt_waiting {
    bool exists;
    struct ppt_stat off;           /* shares of the tasks' time, 0 to 1 */
    struct ppt_stat cpu;           /* n = 0: unknown, and then part of `other` */
    struct ppt_stat device, other; /* add up to `off` with `cpu` in each pass */
    struct ppt_stat switches;      /* voluntary ones per task: it waited for something */
};

/* None of a point of SIZE_MAX. */
struct ppt_waiting ppt_waiting_of(const struct ppt_index *index, size_t point);

enum ppt_wait {
    PPT_WAIT_UNKNOWN, /* none of the others is sure */
    PPT_WAIT_CPU,
    PPT_WAIT_DEVICE,
    PPT_WAIT_LOCK,
    PPT_WAIT_OTHER,
    PPT_WAIT_COUNT
};
extern const char *const ppt_wait_names[]; /* as in JSON: "unknown", "cpu", ... */

/* What a task waits for more with more workers. */
struct ppt_waiting_growth {
    bool exists;
    enum ppt_wait most; /* what grows most, and surely */
    /* Of each, how much longer a task waits, as a share of what it takes with few workers: a median
     * by pairs within blocks. Of a lock and of other things it is the same. */
    struct ppt_ratio grows[PPT_WAIT_COUNT];
    struct ppt_ratio on_cpu;   /* likewise, how much more CPU time it takes */
    struct ppt_ratio switches; /* how many more voluntary ones a task makes */
};

/* From the point with few workers to the one with many, of the same task. */
struct ppt_waiting_growth ppt_waiting_grows(const struct ppt_index *index, size_t few, size_t many);

/* What most of a point's waiting is for, where tasks are off the CPU for more than half of their
 * time: a device or a CPU; else it is not known what (PPT_WAIT_UNKNOWN). */
enum ppt_wait ppt_waiting_most(const struct ppt_waiting *waiting);

#endif
