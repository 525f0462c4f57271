/*
 * why.h - the search for what slows a task: once the verdict is there, passes alone and beside
 * pressure on one resource at a time (resource.h), in a round of blocks of their own (plan.h).
 */
#ifndef PPT_CONFIG_WHY_H
#define PPT_CONFIG_WHY_H

#include "config.h"

/* Blocks of that round: no fewer tell one resource from another, and more hardly tell better. */
#define PPT_WHY_FEWEST_BLOCKS 5
#define PPT_WHY_MOST_BLOCKS 20

/* Numbers of workers that are measured there: the fewest, and the most that matter. */
#define PPT_WHY_MOST_COUNTS 2

/* What is chosen when the first blocks are known. */
struct ppt_why {
    unsigned block;                        /* the first of the round */
    unsigned workers[PPT_WHY_MOST_COUNTS]; /* ascending */
    size_t count;
    unsigned inner_threads;
    uint64_t task_count; /* of its passes, which may have fewer tasks than others */
};

/* Adds its points, each number of workers alone and beside pressure on each resource, as the last
 * round. Fails where a run has no such round, or has it already. */
enum ppt_status ppt_config_add_why(struct ppt_config *config, const struct ppt_why *why,
                                   struct ppt_error *error);

/* So many blocks the round has, at most where blocks are added until enough is known. */
unsigned ppt_why_blocks(const struct ppt_config *config);

/* Whether a point is of the round. */
bool ppt_why_has(const struct ppt_config *config, struct ppt_point point);

#endif
