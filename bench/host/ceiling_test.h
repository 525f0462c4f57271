/*
 * ceiling_test.h - measures what this machine can do at most.
 *
 * Every ceiling is a run of some milliseconds (ceilings.h), by one worker or by all of them side by
 * side, each on a CPU of its own with memory that it has touched itself. A run is warmed up by a
 * part of it, and begins when all who take part are there; a rate of several is what they have done
 * between the start of the first and the end of the last. All ceilings take turns, and that many
 * times over, so that what disturbs the machine for a moment spoils no more than one run of each.
 * The best run is the ceiling; the median says how far the others were from it.
 */
#ifndef PPT_HOST_CEILING_TEST_H
#define PPT_HOST_CEILING_TEST_H

#include "host.h"
#include "machine_ceilings.h"

/* Takes about 4 s. `folder` is where files are written, which are gone in the end; NULL or not,
 * *stop ends it when it is set. The time is left to the caller to note. Fails with PPT_FAILED when
 * threads, their binding or memory cannot be had, or files cannot be written, and with
 * PPT_INTERRUPTED. */
enum ppt_status ppt_ceilings_measure(const struct ppt_host *host, int folder,
                                     const volatile int *stop, struct ppt_ceilings *ceilings,
                                     struct ppt_error *error);

#endif
