/*
 * wire.h - what ranks say to each other. Everything is sent as it lies in memory: all ranks run the
 * same program (ppt_world_start() sees to that).
 *
 *     rank 0                                      another rank
 *     CONFIG   the configuration          ->
 *                                         <-      ANSWER   whether it can run it
 *     PASS     a pass is next             ->
 *                                         <-      ANSWER   its kernels are open
 *     CLOCK    what time is it?           <->     CLOCK    several times
 *     BEGIN    or ABANDON                 ->
 *                                         <-      ARRIVED  its workers are ready
 *     GATE     all workers are            ->
 *                                         <-      REQUEST  more tasks
 *     TASKS                               ->
 *     STOP     something failed           ->
 *                                         <-      GIVE_UP  something failed here
 *                                         <-      DONE     its team is gone
 *     FETCH    all teams are              ->
 *                                         <-      RESULT   what it measured
 *     ALIVE    at any time in a pass      <->     ALIVE
 *     END      no more passes             ->
 */
#ifndef PPT_MPI_WIRE_H
#define PPT_MPI_WIRE_H

#include "config.h"
#include "queue.h"
#include "status.h"

enum ppt_tag {
    PPT_TAG_CONFIG = 1, /* struct ppt_wire_config, the numbers of ranks, and the configuration as
                           JSON with its zero byte; to all ranks */
    PPT_TAG_ANSWER,     /* struct ppt_wire_answer */
    PPT_TAG_PASS,       /* struct ppt_wire_pass; to the ranks that take part */
    PPT_TAG_CLOCK,      /* int64_t: CLOCK_MONOTONIC of the one who answers */
    PPT_TAG_BEGIN,
    PPT_TAG_ABANDON,
    PPT_TAG_ARRIVED, /* int32_t: whether all are well */
    PPT_TAG_GATE,    /* int32_t: whether all are well everywhere */
    PPT_TAG_REQUEST, /* uint32_t: workers to get tasks for */
    PPT_TAG_TASKS,   /* struct ppt_wire_tasks */
    PPT_TAG_STOP,
    PPT_TAG_GIVE_UP,
    PPT_TAG_DONE,
    PPT_TAG_FETCH,
    PPT_TAG_RESULT, /* see packet.h */
    PPT_TAG_ALIVE,
    PPT_TAG_END
};

struct ppt_wire_config {
    int32_t check;       /* whether the kernels are to be tried */
    uint32_t rank_count; /* numbers of ranks that groups are needed for */
};

struct ppt_wire_answer {
    int32_t status;
    struct ppt_error error;
};

struct ppt_wire_pass {
    struct ppt_point point;
    uint32_t block;
};

struct ppt_wire_tasks {
    struct ppt_range range;
    uint64_t left; /* that nobody has been given after these */
};

/* The longest of the short messages above. */
union ppt_wire_short {
    struct ppt_wire_answer answer;
    struct ppt_wire_pass pass;
    struct ppt_wire_tasks tasks;
    int64_t clock;
    int32_t yes;
    uint32_t workers;
};

#endif
