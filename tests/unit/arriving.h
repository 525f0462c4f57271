/*
 * arriving.h - tasks that arrive at simulated workers, by the arrivals that a run would have, and
 * what queueing theory says of them: nothing depends on the machine.
 */
#ifndef PPT_TEST_ARRIVING_H
#define PPT_TEST_ARRIVING_H

#include <stdbool.h>

#include "arrivals.h"

#define MOST_WORKERS 8
#define SERVICE_S 0.004

/* Erlang's C: how likely it is to wait for one of c workers at a load of a of them. */
double erlang_c(unsigned c, double a);

/* Of M/M/c the mean wait, and what a response takes no longer than for such a share of tasks. */
double mmc_wait(unsigned c, double rate);
double mmc_percentile(unsigned c, double rate, double share);

struct setting {
    struct ppt_arrivals arrivals;
    unsigned workers;
    bool constant; /* services, else exponential */
    uint64_t tasks;
};

/* A pass. Workers take tasks in the order of arrival, whoever is free first. */
void simulate(const struct setting *setting, uint64_t seed, unsigned block,
              struct ppt_sample *sample);

/* The same, kept among others. */
void simulate_into(const struct setting *setting, uint64_t seed, unsigned block,
                   struct ppt_samples *samples);

#endif
