/*
 * disturbance.h - what others, or a quota, took of a run's passes, and what that does to its
 * answer.
 *
 * Others who are there all the time make blocks agree with each other: intervals do not show them.
 * So what is lost limits what may be claimed, by the share f of the passes that count which are
 * flagged (flags.h): no more than MEDIUM above 10 %, or above 20 % of the passes at a point that
 * the answer rests on; LOW above 50 %.
 */
#ifndef PPT_ANALYZE_DISTURBANCE_H
#define PPT_ANALYZE_DISTURBANCE_H

#include "index.h"

/* How sure an answer is; see verdict.h and ranking.h. */
enum ppt_confidence { PPT_CONFIDENCE_LOW, PPT_CONFIDENCE_MEDIUM, PPT_CONFIDENCE_HIGH };
extern const char *const ppt_confidence_names[]; /* "LOW", "MEDIUM", "HIGH" */

/* Who took what flagged passes lost. */
enum ppt_culprit {
    PPT_CULPRIT_UNKNOWN,
    PPT_CULPRIT_OTHERS,   /* at least half of it */
    PPT_CULPRIT_QUOTA,    /* which stopped some of them */
    PPT_CULPRIT_PLACEMENT /* own threads shared CPUs while others were idle */
};
extern const char *const ppt_culprit_names[]; /* as in JSON: "others", ... */

struct ppt_disturbance {
    size_t passes;      /* that were looked at: those that count */
    size_t known;       /* of which it is known what they lost, or that they were stopped */
    size_t disturbed;   /* flagged for that, or with steal or throttling */
    size_t flagged;     /* that lost much, were stopped, or had other CPUs */
    size_t again;       /* that are second measurements */
    size_t stolen;      /* with steal: others took part in them */
    size_t throttled;   /* that a quota stopped for part of their time */
    size_t stopped;     /* that were stopped and continued, or slept with the machine */
    size_t moved;       /* with another number of CPUs than the run's first one; over ranks, than
                           the first one of as many */
    size_t much;        /* that lost much to others or to queues */
    double steal_s;     /* CPU time that others took in all these passes */
    double throttled_s; /* for which a quota stopped them, added up over CPUs */
    double others;      /* others' share of the CPUs over all passes; NAN: unknown */
    double queued;      /* share for which own threads queued, likewise */
    enum ppt_culprit culprit; /* of what is flagged */
};

struct ppt_disturbance ppt_disturbance_of(const struct ppt_index *index);

/* Whether they limit what may be claimed of points at one of which this share of the passes lost
 * much, see above. */
bool ppt_disturbance_caps(const struct ppt_disturbance *disturbance, double share_at);

/* The most that an answer about such points may then be. What stands still for minutes, or has
 * other CPUs, was not measured as the rest was: not HIGH. */
enum ppt_confidence ppt_disturbance_most(const struct ppt_disturbance *disturbance,
                                         double share_at);

/* Share of all passes that lost much, of those of which it is known. */
double ppt_disturbance_share(const struct ppt_disturbance *disturbance);

/* Share of the passes at a point that lost much; 0 for a point of SIZE_MAX. */
double ppt_disturbance_at(const struct ppt_index *index, size_t point);

/* Whether others or a queue took much of a pass, a quota or anything else stopped it for any part
 * of its time, or its machine's host gave CPU time to others: steal above 1 % of its wall time. */
bool ppt_pass_disturbed(const struct ppt_index *index, const struct ppt_sample *sample);

#endif
