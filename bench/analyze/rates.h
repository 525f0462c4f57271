/*
 * rates.h - up to which rate of arrivals each count keeps a limit of latency.
 *
 * At every rate each count was asked whether it keeps the limit (objective.h). A count is kept at
 * a rate where it surely keeps the limit there and at every lower rate that was tried; it is broken
 * at a rate where there and at every higher one it surely does not, or is overloaded (or has a load
 * above 0.9, where bounds say nothing). What lies
 * between is not known. Latency does not fall as the rate rises; so to be wrong of what is kept,
 * the lowest rate at which the limit is not kept in truth must have been taken for one where it is:
 * of each round of rates that is one test for each count, however many rates there are. Hence the
 * risk is shared by counts and rounds, and all that is said holds together.
 *
 * Where it pays to look next is between the two, next to either, in the middle of their logarithms,
 * and just beyond what the count can do at all by how long its tasks take; where it is not broken
 * at the highest rate, at most twice as high as that.
 */
#ifndef PPT_ANALYZE_RATES_H
#define PPT_ANALYZE_RATES_H

#include "answer.h"
#include "claims.h"

struct ppt_policy;

/* A run with a time has so many at most: a ratio of 2 between rates is below 1.1 after three. */
#define PPT_RATE_ROUNDS 6

/* A rate, in tasks per second, and what was found there; borrowed. */
struct ppt_rate {
    double rate;
    const struct ppt_answer *answer;
};

struct ppt_rate_limit {
    struct ppt_point point;
    double kept_at;   /* 0: at none that was tried */
    bool kept99;      /* that at 99 % */
    double broken_at; /* INFINITY: at none */
    double above;     /* the next rate that was tried above kept_at; INFINITY: there is none */
    double below;     /* and the next below broken_at, or the highest; 0: there is none */
    double capacity;  /* tasks per second that it does when it always has some; 0: unknown */
};

struct ppt_rates {
    struct ppt_goal goal;
    double *tried; /* ascending; owned */
    size_t tried_count;
    struct ppt_rate_limit *limits; /* by point, in the order of their threads; owned */
    size_t limit_count;            /* 0: the goal is no latency, there is nothing to keep */
};

/* Of rates in any order; `points` ascend in their threads. */
struct ppt_rates *ppt_rates_create(const struct ppt_rate *rates, size_t count,
                                   const struct ppt_point *points, size_t point_count);
void ppt_rates_destroy(struct ppt_rates *rates); /* NULL is fine */

/* Whether a count is kept at some rate. */
bool ppt_rates_say(const struct ppt_rates *rates);

/* HIGH: each that is kept at a rate is so at 99 %. LOW: none is. */
enum ppt_confidence ppt_rates_confidence(const struct ppt_rates *rates);

/* The one with the fewest threads that is kept at a rate, or at a higher one; NULL: none is. */
const struct ppt_rate_limit *ppt_rates_at(const struct ppt_rates *rates, double rate);

/* The one that is kept at the highest rate, with the fewest threads; NULL: none is. */
const struct ppt_rate_limit *ppt_rates_most(const struct ppt_rates *rates);

/* Rates that would tell more, those that would tell most first; at most `most`. 0: each count is
 * kept and broken within a tenth, or its neighbours were tried that near. */
size_t ppt_rates_next(const struct ppt_rates *rates, double *next, size_t most);

/* The latency that is looked at: that of the goal, or else the 99th percentile where passes have as
 * many tasks as that takes, or else the mean. What it is called, and what it is at a point. */
char *ppt_rates_subject(const struct ppt_answer *answer); /* to be given to free() */
struct ppt_figure ppt_rates_latency(const struct ppt_answer *answer, size_t point);

/* What policies say of rates, see ppt_policy_claims(). */
void ppt_rates_claims(const struct ppt_policy *policy, struct ppt_claims *claims);

#endif
