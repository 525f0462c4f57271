/*
 * plan.h - the order of passes.
 *
 * A run is a warm-up and then blocks; a block visits every point once, in an order of its own.
 * With a fixed order, whatever one pass leaves behind (heat, caches, a raised clock) always falls
 * on the same successor and biases it; with random complete blocks it becomes noise.
 *
 * Where sizes vary, others may be added when the first are known: they have blocks of their own,
 * behind those that were measured. Blocks with the same sizes are a round, and so are those of the
 * search for causes (why.h).
 */
#ifndef PPT_CONFIG_PLAN_H
#define PPT_CONFIG_PLAN_H

#include "config.h"

/* Blocks that a verdict needs. */
#define PPT_FEWEST_BLOCKS 3

/* The round that a block belongs to. */
struct ppt_plan_round {
    unsigned first_block;
    size_t first_variant, variant_count; /* from 0 on; of a run of one variant: 0 and 1 */
    bool last;                           /* no other one follows so far */
    bool pressed;                        /* its points are those of the search for causes, why.h */
    unsigned blocks;                     /* that it has, at most where they are added */
};
struct ppt_plan_round ppt_plan_round(const struct ppt_config *config, unsigned block);

/* Fills `order` (room for ppt_plan_room() entries) with indices into config->points for block
 * 1, 2, ... Depends on the configuration's seed, its round's sizes and the block alone, so a
 * resumed run follows the same. Returns how many there are. */
size_t ppt_plan_block(const struct ppt_config *config, unsigned block, size_t *order);

/* The points of all rounds. */
static inline size_t ppt_plan_room(const struct ppt_config *config)
{
    return config->point_count + config->pressed.point_count;
}

/* The points of one warm-up round: the largest, then the smallest if there is another; of several
 * programs those of each, the last one's first. Of several sizes, which run the same code, they are
 * one of the last size and one of the first of the newest round. Returns how many of `order` (room
 * for two of each program) it filled. */
#define PPT_MOST_WARMUP (2 * PPT_MOST_PROGRAMS)
size_t ppt_plan_warmup(const struct ppt_config *config, size_t *order);

/* Which of the run's fresh processes a block is measured in: 1, 2, ...; that of the warm-up (block
 * 0) is the first. 0: none, it is the run's own. Blocks of one process follow each other. Where
 * blocks are added until the verdict is settled, nobody knows their number, and each has its own.
 */
unsigned ppt_plan_process(const struct ppt_config *config, unsigned block);

/* The task of `count` that comes in place `i` (below that), where the first ones are to stand for
 * all: they come from all over the list, since neighbours may be alike, and each comes once, since
 * it may use up its input. */
uint64_t ppt_plan_spread(uint64_t i, uint64_t count);

/* All passes of a run, warm-up included. */
uint64_t ppt_plan_passes(const struct ppt_config *config);

/* What recording takes. Up to PPT_MOST_TASK_TIMES tasks, for each of them: an entry of 16 bytes, of
 * which twice the fair share of a worker is touched in advance, and a copy to keep and one to sort.
 * Beyond, for each worker: a histogram. */
#define PPT_TASK_RECORD_BYTES 48
#define PPT_WORKER_RECORD_BYTES 65536

/* What a pass at a point needs in each process, as far as kernels say it: of programs nothing is
 * known. */
uint64_t ppt_plan_memory(const struct ppt_config *config, struct ppt_point point);

/* Fails with PPT_BAD_INPUT when the run needs more memory (of the kernels, of recording, and of the
 * tasks of a mix), or more room for temporary files, than is available, or more threads in a
 * process than a kernel bears; says how much. */
enum ppt_status ppt_plan_check_needs(const struct ppt_config *config, uint64_t memory_bytes,
                                     uint64_t disk_bytes, struct ppt_error *error);

#endif
