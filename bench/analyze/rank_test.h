/*
 * rank_test.h - two samples compared by their order alone: whether one is larger, by how much, and
 * how sure that is, whatever the distribution.
 *
 * Test: Mann and Whitney, "On a test of whether one of two random variables is stochastically
 * larger than the other", Annals of Mathematical Statistics 18 (1947), with the exact distribution
 * of U under the hypothesis that all orders are alike. Tied values count half, and U is then taken
 * from its exact distribution given these ties (Lehmann, "Nonparametrics", 1975, section 1.4).
 *
 * Shift: Hodges and Lehmann, "Estimates of location based on rank tests", Annals of Mathematical
 * Statistics 34 (1963): the median of all differences between a value of the one and a value of the
 * other sample; and the interval that belongs to the test (Moses 1953; Hollander and Wolfe,
 * "Nonparametric statistical methods", section 4.3): from the c-th smallest difference to the c-th
 * largest. It is cut from the distribution without ties; with ties it holds at least what it
 * promises, as its ends belong to it.
 *
 * Effect: Cliff, "Dominance statistics: ordinal analyses to answer ordinal questions",
 * Psychological Bulletin 114 (1993).
 *
 * Beyond PPT_RANK_TEST_EXACT pairs the distribution of U is taken for normal, with the correction
 * for ties and for continuity: there it differs from the exact one by less than what matters here.
 */
#ifndef PPT_ANALYZE_RANK_TEST_H
#define PPT_ANALYZE_RANK_TEST_H

#include <stdbool.h>
#include <stddef.h>

#include "interval.h"

#define PPT_RANK_TEST_EXACT 2500

struct ppt_sample_pair {
    const double *a, *b; /* in any order; not NAN */
    size_t a_count, b_count;
};

struct ppt_rank_test {
    double u;     /* pairs whose value of b is the larger one; tied pairs count half */
    double p;     /* two-sided: twice the smaller tail, at most 1 */
    double delta; /* Cliff's: share of pairs with the larger b minus share with the larger a */
    bool exact;
};

/* p is 1 when a sample is empty. */
struct ppt_rank_test ppt_rank_test_of(const struct ppt_sample_pair *pair);

struct ppt_shift {
    double value;                 /* of b against a; 0 when a sample is empty */
    struct ppt_interval interval; /* none when there are too few values for that confidence */
};

struct ppt_shift ppt_shift_of(const struct ppt_sample_pair *pair, double confidence);

/* The fewest values in each of two samples of the same size that have an interval at that
 * confidence; at most 50. */
size_t ppt_shift_fewest(double confidence);

/* P(U <= u) for samples of these sizes without ties. */
double ppt_rank_below(size_t a_count, size_t b_count, size_t u);

#endif
