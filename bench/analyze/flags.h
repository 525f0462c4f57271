/*
 * flags.h - which passes were disturbed, by what, and which of them are to be measured again.
 *
 * A pass is flagged when it lost much to others or to queues (host/lost.h), when it was stopped and
 * continued, slept with the machine, or had another number of CPUs than the run's first one.
 * Others' share of a pass that is too short for it is that of its block, or of the run.
 *
 * At the end of a block at most two flagged passes are measured again, each once, in the order they
 * ran. The second measurement takes the place of the first whatever it says: to take the better of
 * two would be choosing by the result. Where in three blocks in a row all that was measured again
 * was flagged again, others are there all the time, and it is no longer tried.
 */
#ifndef PPT_ANALYZE_FLAGS_H
#define PPT_ANALYZE_FLAGS_H

#include "lost.h"
#include "sample.h"

/* Passes of a block that are measured again, at most. */
#define PPT_MOST_AGAIN 2

struct ppt_flags {
    struct ppt_lost lost;
    bool much;    /* lost more than is harmless */
    bool stopped; /* or slept with the machine */
    bool moved;   /* has other CPUs */
};

static inline bool ppt_flagged(const struct ppt_flags *flags)
{
    return flags->much || flags->stopped || flags->moved;
}

/* Those of each sample, to be given to free(). */
struct ppt_flags *ppt_flags_of(const struct ppt_samples *samples);

/* What of a pass is put in relation. */
struct ppt_meanwhile ppt_sample_meanwhile(const struct ppt_sample *sample);

/* The pass of the block, whose plan is done and which is the last one so far, that is to be
 * measured again next; SIZE_MAX: none. It depends on the samples alone, so that a run that ended
 * early goes on as it would have. */
size_t ppt_flags_again(const struct ppt_samples *samples, unsigned block);

#endif
