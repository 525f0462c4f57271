/*
 * size.h - how large a run is to be, when nobody has said so: tasks per pass, by how long one takes
 * and how long the run may.
 */
#ifndef PPT_CONFIG_SIZE_H
#define PPT_CONFIG_SIZE_H

#include "config.h"

/* Seconds that a run may take where its command line says nothing of counts, times or precision,
 * and so many times as many where it must, for the fewest blocks that a verdict needs. */
#define PPT_SIZE_SECONDS "30"
#define PPT_SIZE_MOST_TIMES 10

struct ppt_size {
    double task_s;  /* what it was made for */
    double block_s; /* about; of all points one pass, with its rest */
    double least_s; /* of the fewest blocks, and the warm-up */
};

/* Fills in what `config` left to be sized, for tasks of that length (of several programs the mean)
 * on so many CPUs: a pass lasts long enough to be timed well, every worker has several tasks, and a
 * dozen blocks fit into the time. Where that cannot be, every worker has one. */
struct ppt_size ppt_size_config(struct ppt_config *config, double task_s, unsigned cpus);

#endif
