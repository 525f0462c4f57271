/*
 * repeats.h - what running the same tasks again and again did to them.
 *
 * A program that finds its work done, or its files in memory, from its second run on is measured as
 * another program. The first task of a run shows it, where the run was sized by it, or else its
 * first pass: its longest task, against the median of the longest tasks of later passes at the same
 * point. A single program may find its work done after the first task already, so it is not the
 * mean that is looked at.
 *
 * Where something is made ready for all tasks of a pass together, the first of these may use it up:
 * then it is the first task of each pass that takes as much longer than those behind it.
 */
#ifndef PPT_ANALYZE_REPEATS_H
#define PPT_ANALYZE_REPEATS_H

#include "sample.h"

struct ppt_repeats {
    uint64_t failed, tasks;  /* of passes that count not as warm-up: tasks that failed, and all */
    bool changed;            /* the first run took many times as long as later ones */
    double first_s, later_s; /* the longest task */
    bool used_up;            /* in most passes the first task did, see above */
    double first_of_pass_s, later_of_pass_s; /* then: medians over these passes */
};

struct ppt_repeats ppt_repeats_of(const struct ppt_samples *samples);

#endif
