/*
 * queue.h - the tasks at hand of one process of several that share a pass: ranges of indices that
 * its workers take from, and that the thread which speaks to the others fills, or gives parts of
 * away.
 */
#ifndef PPT_RUN_QUEUE_H
#define PPT_RUN_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct ppt_range {
    uint64_t first, count;
};

/* The part of a process (a rank) when tasks go out in equal blocks. */
static inline struct ppt_range ppt_queue_block(uint64_t tasks, unsigned ranks, unsigned rank)
{
    const uint64_t each = tasks / ranks, more = tasks % ranks;

    return (struct ppt_range){each * rank + (rank < more ? rank : more), each + (rank < more)};
}

struct ppt_queue;

/* For so many workers. With `sharers`, workers of all processes that what is in it is for, a worker
 * takes several tasks at a time while there are many and one where there are few: for tasks so
 * short that taking one costs as much as running it. 0: always one. */
struct ppt_queue *ppt_queue_create(unsigned workers, unsigned sharers);
void ppt_queue_destroy(struct ppt_queue *queue); /* NULL is fine */

/* ---- workers ---- */

/* The next task for a worker. Waits while there is none but may be one later, and adds how long to
 * *waited_ns; false when there is none any more. */
bool ppt_queue_take(struct ppt_queue *queue, unsigned worker, uint64_t *index, int64_t *waited_ns);

/* A worker is ready for tasks, or cannot be; it takes no more. */
void ppt_queue_arrive(struct ppt_queue *queue, bool well);
void ppt_queue_leave(struct ppt_queue *queue);

/* It has given back its scratch. */
void ppt_queue_part(struct ppt_queue *queue);

/* ---- the thread that speaks to others ---- */

struct ppt_queue_state {
    uint64_t left;    /* tasks that no worker has taken */
    unsigned waiting; /* workers that wait for one */
    unsigned arrived; /* workers that called ppt_queue_arrive() */
    unsigned working; /* workers that have not left */
    unsigned there;   /* workers that have not given back their scratch */
    bool well;        /* all that arrived are well */
    unsigned changes; /* grows with each of the above, but for tasks left */
};

struct ppt_queue_state ppt_queue_look(struct ppt_queue *queue);

/* Adds tasks behind those that are there, unless the queue is closed. */
void ppt_queue_add(struct ppt_queue *queue, struct ppt_range range);

/* Takes away up to so many tasks, the first of those that are left. */
struct ppt_range ppt_queue_cut(struct ppt_queue *queue, uint64_t most);

/* Nothing will be added any more; with `empty` what is there is not to be run, either. */
void ppt_queue_close(struct ppt_queue *queue, bool empty);

/* Sleeps for that long, or until fewer than `low` tasks are left, or anything else of the state is
 * no longer as it was seen. */
void ppt_queue_nap(struct ppt_queue *queue, const struct ppt_queue_state *seen, uint64_t low,
                   int64_t ns);

#endif
