/*
 * variants.h - a run of several variants of a task, taken apart: each as a run of its own, which
 * all analyses and reports then speak of; and what is said of all: how programs stand, and from
 * which size on how many workers.
 */
#ifndef PPT_ANALYZE_VARIANTS_H
#define PPT_ANALYZE_VARIANTS_H

#include "answer.h"
#include "policy.h"
#include "ranking.h"
#include "summary.h"
#include "vary.h"

/* One of them. Configuration and samples borrow what is in those of the whole run. */
struct ppt_variant {
    char *label; /* what people know it by: "gzip -6 f", "sort size=64"; owned */
    struct ppt_config config;
    struct ppt_samples samples; /* their blocks are 1, 2, ... in every round */
    struct ppt_index index;
    struct ppt_summary summary;
    struct ppt_answer answer;
};

/* The policies of a run: over the number that varies first, one for each combination of the others.
 */
struct ppt_policies {
    struct ppt_policy *items;
    char **wheres; /* what else is there, see ppt_policy; owned */
    size_t count;  /* 0: nothing varies */
};

struct ppt_variants {
    struct ppt_variant *items;  /* in the order in which they were given; they must not be moved */
    size_t count;               /* 0: the run has one */
    struct ppt_ranking ranking; /* of programs */
    struct ppt_policies policies; /* of sizes */
};

/* The policy for what else varies; NULL: there is none. */
const struct ppt_policy *ppt_policies_find(const struct ppt_policies *policies, const char *where);

/* The samples of a run without those under pressure, which no analysis but that of causes sees.
 * What is in them stays that of `all`; *part is to be given back. */
void ppt_samples_usual(const struct ppt_config *config, const struct ppt_samples *all,
                       struct ppt_samples *part);
void ppt_samples_leave(struct ppt_samples *part); /* zeroed is fine */

/* Of a configuration with several variants; of another one there are none. What is given is
 * borrowed. */
void ppt_variants_create(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_index *index, struct ppt_variants *variants);
void ppt_variants_free(struct ppt_variants *variants); /* zeroed is fine */

/* Whether an adaptive run of several may stop: the choice for each is settled, as
 * ppt_verdict_settles() has it, and so is how programs stand. Of sizes those of the last round are
 * asked for. */
bool ppt_variants_settle(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_samples *samples);

/* Sizes that are to be measured beside those that were, behind the last block: where thresholds of
 * the policy are not known well enough. With the numbers of tasks that their passes are to have, by
 * those of their neighbours. False: none, or no more can be. *more is to be freed. */
bool ppt_variants_more(const struct ppt_config *config, const struct ppt_host *host,
                       const struct ppt_samples *samples, struct ppt_more_sizes *more);

#endif
