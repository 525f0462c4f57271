/*
 * programs.h - a run of several programs, taken apart: each as a run of its own, which all analyses
 * and reports then speak of, and the ranking of all.
 */
#ifndef PPT_ANALYZE_PROGRAMS_H
#define PPT_ANALYZE_PROGRAMS_H

#include "answer.h"
#include "ranking.h"
#include "summary.h"

/* One of them. Configuration and samples borrow what is in those of the whole run. */
struct ppt_program {
    const char *label;
    struct ppt_config config;
    struct ppt_samples samples;
    struct ppt_index index;
    struct ppt_summary summary;
    struct ppt_answer answer;
};

struct ppt_programs {
    struct ppt_program *items; /* in the order in which they were given; they must not be moved */
    size_t count;              /* 0: the run has one */
    struct ppt_ranking ranking;
};

/* Of a configuration with several programs; of another one there are none. What is given is
 * borrowed. */
void ppt_programs_create(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_index *index, struct ppt_programs *programs);
void ppt_programs_free(struct ppt_programs *programs); /* zeroed is fine */

/* Whether an adaptive run of several may stop: the choice for each is settled, as
 * ppt_verdict_settles() has it, and so is how they stand. */
bool ppt_programs_settle(const struct ppt_config *config, const struct ppt_host *host,
                         const struct ppt_samples *samples);

#endif
