/*
 * disturbance.h - what others, or a quota, took of a run's passes.
 */
#ifndef PPT_ANALYZE_DISTURBANCE_H
#define PPT_ANALYZE_DISTURBANCE_H

#include "index.h"

struct ppt_disturbance {
    size_t passes;      /* that were looked at: all but the warm-up */
    size_t disturbed;   /* with steal or throttling, or stopped */
    size_t stolen;      /* with steal: others took part in them */
    size_t throttled;   /* that a quota stopped for part of their time */
    size_t stopped;     /* that were stopped and continued, or slept with the machine */
    size_t moved;       /* with another number of CPUs than the run's first one; over ranks, than
                           the first one of as many */
    double steal_s;     /* CPU time that others took in all these passes */
    double throttled_s; /* for which a quota stopped them, added up over CPUs */
};

struct ppt_disturbance ppt_disturbance_of(const struct ppt_index *index);

/* Whether other users of the machine took more than 1 % of a pass, or a quota or anything else
 * stopped it for any part of its time. */
bool ppt_sample_disturbed(const struct ppt_sample *sample);

#endif
