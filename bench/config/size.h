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
#define PPT_SIZE_WHY_SECONDS "40" /* where causes are searched for, too */
#define PPT_SIZE_MOST_TIMES 10

/* What the first tasks told. Much of what a run takes is in no figure of it: that counts here. */
struct ppt_size_needs {
    double task_s;        /* a task takes; of several variants the mean */
    const double *size_s; /* and of each of several sizes; NULL: there are none */
    double pass_s;        /* what comes before and behind each pass takes, beside the waits, */
    double copy_s;        /* and likewise for each of its tasks */
    uint64_t most_tasks;  /* that there is room for in a pass; UINT64_MAX: for any number */
    unsigned cpus;
};

struct ppt_size {
    double task_s;   /* what it was made for */
    double block_s;  /* about; of all points one pass, with what comes before it, and its rest */
    double beside_s; /* of that: what is in no figure */
    double least_s;  /* of the fewest blocks, and the warm-up */
};

/* Fills in what `config` left to be sized: a pass lasts long enough to be timed well, every worker
 * has several tasks, and a dozen blocks fit into the time. Where that cannot be, every worker has
 * one, or a few where what comes before a pass takes far longer; even where there is no room. Of
 * several sizes each has a number of its own, and where time is short those that need the most of
 * it get less. Without a time all passes are just long enough. */
struct ppt_size ppt_size_config(struct ppt_config *config, const struct ppt_size_needs *needs);

/* The share of its time that a run may take for what it begins with: sizes, between which others
 * may be added, or the verdict, behind which causes are searched for. */
double ppt_size_first_share(const struct ppt_config *config);

#endif
