/*
 * policy.h - from which size on how many workers: what the verdicts of several sizes of a task
 * amount to.
 *
 * With y = ln(seconds) by block and point, of every size by itself, h = ln(1 + tolerance) / 2:
 *   e        = how much slower a point is at a size than the best one there, by the medians m of
 *              verdict.h
 *   choices  = a point for every size, so that the sum of max(0, e - h) over the sizes, and of h /
 * 2 for every change from one size to the next, is least; of equal ones that with the fewest
 * threads. They are to ascend with the size in threads, or else to descend, unless at some size
 * that would surely be slower than the best by more than the tolerance (90 % interval); then they
 * are free threshold between two neighbouring choices: with D = ln(T_fewer / T_more), of those with
 * fewer and with more threads, the size where D passes h: from there on more threads gain more than
 * half of the tolerance. Estimated between the two sizes where it does, on a line over ln(size).
 * Its interval reaches from the last size where D is surely on the one side of h to the first where
 * it is surely on the other, each by its 99 % interval: it rests on D going one way alone, and on
 * no formula regret   = how much slower something is than something else at any size that was
 * tried: the largest upper end of the two-sided intervals of differences at 1 - 0.1 / k, k being
 *              how many of them may be the largest
 *   between  = the same in between two sizes at a threshold: nowhere is the choice slower by more
 *              than D on either side of it
 */
#ifndef PPT_ANALYZE_POLICY_H
#define PPT_ANALYZE_POLICY_H

#include "claims.h"
#include "rates.h"
#include "verdict.h"

/* A size, and what was measured there; borrowed. */
struct ppt_policy_input {
    double size;
    const struct ppt_grid *grid;
    const struct ppt_verdict *verdict;
};

struct ppt_policy_size {
    double size;
    size_t choice;                  /* of policy->points */
    size_t best;                    /* by medians */
    double slower;                  /* of the choice against the best: 0.02 is 2 % */
    double slower_upper;            /* at most, at 95 % over all sizes */
    enum ppt_confidence confidence; /* of the size's own verdict */
    bool disturbed;
};

/* From a size on. */
struct ppt_policy_step {
    struct ppt_point point;
    double from;      /* of the first step: -INFINITY */
    double low, high; /* at 95 %; -INFINITY and INFINITY: beyond the sizes that were tried */
    double between;   /* see above; 0 of the first step */
    size_t after;     /* the place of the last size before it */
};

/* One point for all sizes. */
struct ppt_policy_fixed {
    struct ppt_point point;
    double regret;       /* against the policy, by medians */
    double regret_upper; /* at most, at 95 % */
    double worst;        /* the size where that is */
};

struct ppt_policy {
    const char *name;  /* of the number that varies, borrowed */
    const char *where; /* what else does, which is the same here: "count=2", borrowed; or NULL */
    bool whole;        /* sizes are whole numbers */
    struct ppt_rates *rates; /* where what varies is the rate of arrivals: all that is said of them;
                                of what follows there are the points alone; owned. Else NULL */
    struct ppt_point *points; /* in the order of their threads; owned, as what follows */
    size_t point_count;
    struct ppt_policy_size *sizes; /* ascending; those with a verdict */
    size_t size_count;             /* 0: there is no policy */
    struct ppt_policy_step *steps;
    size_t step_count;
    struct ppt_policy_fixed *fixed; /* points that were measured at all sizes */
    size_t fixed_count;
    bool monotone;        /* choices go one way */
    double regret_upper;  /* of the policy at sizes that were tried, 95 % */
    double between_upper; /* and between them; 0: there is no threshold */
    double tolerance;
    size_t blocks;    /* the fewest of a size */
    size_t processes; /* likewise; 1: "in this run" */
    size_t disturbed; /* sizes whose verdict others have disturbed */
};

/* The inputs are in any order; those without a verdict are left out. */
void ppt_policy_of(const struct ppt_policy_input *inputs, size_t count, double tolerance,
                   struct ppt_policy *policy);

/* The same where the sizes are rates of arrivals. */
void ppt_policy_of_rates(const struct ppt_rate *rates, size_t count, struct ppt_policy *policy);
void ppt_policy_free(struct ppt_policy *policy); /* zeroed is fine */

/* Whether it is about a size that is labelled so: "size=64,count=2". */
bool ppt_policy_covers(const struct ppt_policy *policy, const char *label);

/* The step that a size falls into. There must be a policy. */
const struct ppt_policy_step *ppt_policy_at(const struct ppt_policy *policy, double size);

/* Sizes that would tell more of the thresholds that are not known well enough, most needed first;
 * at most `most`. Returns how many; 0: the regret is within the tolerance between sizes, too, or no
 * size lies in between. */
size_t ppt_policy_next(const struct ppt_policy *policy, double *sizes, size_t most);

/* Whether it says anything. */
bool ppt_policy_exists(const struct ppt_policy *policy);

/* How sure it is: HIGH: at most the tolerance slower, also between sizes; MEDIUM: at sizes that
 * were tried at most twice that. */
enum ppt_confidence ppt_policy_confidence(const struct ppt_policy *policy);

/* "2 workers", "sequential calls", "4 inner threads": as far as points of the policy differ. */
void ppt_policy_point(const struct ppt_policy *policy, struct ppt_point point,
                      struct ppt_text *out);

/* A size as people read it: three digits of what was estimated, or all of what was measured. */
#define PPT_POLICY_SIZE 32
const char *ppt_policy_number(const struct ppt_policy *policy, double size,
                              char out[PPT_POLICY_SIZE]);

/* "size: sequential calls below 310 [250, 380], 2 workers from there; ...", in one sentence without
 * a full stop; and all that it claims, as claims.h has it. */
void ppt_policy_claims(const struct ppt_policy *policy, struct ppt_claims *claims);
void ppt_policy_sentence(const struct ppt_policy *policy, struct ppt_text *out);

#endif
