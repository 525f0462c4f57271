/*
 * policy_compare.h - whether what one run said of its sizes still holds in another one.
 *
 * The policy of the old run is followed at the sizes of the new one that lie in its range:
 *   upper   the most that it is slower there than any other count: the largest upper end, over
 *           sizes and counts, of the two-sided intervals of paired differences at 1 - 0.1 / k, k
 *           being how many of them may be the largest
 *   lower   the least that it is slower than the best at its worst size: the largest lower end of
 *           the intervals against the best at 1 - 0.1 / n, of n sizes
 * It holds if `upper` is within the tolerance, and does not if `lower` is beyond it: else nobody
 * can tell. A threshold has moved if its intervals in the two runs have nothing in common.
 */
#ifndef PPT_ANALYZE_POLICY_COMPARE_H
#define PPT_ANALYZE_POLICY_COMPARE_H

#include "policy.h"

enum ppt_policy_change { PPT_POLICY_OPEN, PPT_POLICY_HOLDS, PPT_POLICY_MOVED };
extern const char *const ppt_policy_change_names[]; /* "inconclusive", "holds", "moved" */

/* From the counts before to those after it; what a policy does not have is NULL. Borrowed. */
struct ppt_policy_shift {
    struct ppt_point point; /* after it */
    const struct ppt_policy_step *old, *new;
    bool moved;
};

struct ppt_policy_comparison {
    const struct ppt_policy *old, *new; /* borrowed */
    enum ppt_policy_change change;
    size_t sizes;                    /* that are in both ranges, and could be looked at */
    double upper, lower;             /* see above; 0.02 is 2 % */
    double worst;                    /* the size where `upper` is */
    struct ppt_policy_shift *shifts; /* owned */
    size_t shift_count;
};

/* `inputs` are those that the new policy was made of. */
void ppt_policy_compare(const struct ppt_policy *old, const struct ppt_policy *new,
                        const struct ppt_policy_input *inputs, size_t count,
                        struct ppt_policy_comparison *comparison);
void ppt_policy_comparison_free(struct ppt_policy_comparison *comparison); /* zeroed is fine */

/* In words, without a full stop. */
void ppt_policy_comparison_sentence(const struct ppt_policy_comparison *comparison,
                                    struct ppt_text *out);

#endif
