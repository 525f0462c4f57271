/*
 * gauges.h - what the system counts of this process and of the machine, read right before a pass
 * and right behind it.
 */
#ifndef PPT_RUN_GAUGES_H
#define PPT_RUN_GAUGES_H

#include <sys/resource.h>

#include "noise.h"
#include "sample.h"

struct ppt_gauges {
    struct ppt_noise noise;
    struct rusage own, children; /* children: those that it has waited for */
    int continued;               /* stops of the process so far */
    int64_t suspended_ns;        /* of the machine */
};

/* What takes long to read is read far from the pass: of the first ones at first, of the last ones
 * at last. */
void ppt_gauges_read_first(const struct ppt_cpu_set *cpus, struct ppt_gauges *gauges);
void ppt_gauges_read_last(const struct ppt_cpu_set *cpus, struct ppt_gauges *gauges);

/* What lies between: usage without that of what pressed beside the pass, io_blocks and noise of a
 * sample. */
void ppt_gauges_between(const struct ppt_gauges *a, const struct ppt_gauges *b,
                        const struct ppt_usage *pressed, struct ppt_sample *sample);

#endif
