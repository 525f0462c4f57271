#include "gauges.h"

#include "interrupt.h"
#include "usage.h"

/* Differences of the two clocks below this are those of reading them. */
#define SUSPENDED_NS 100000000

static void read_usage(struct ppt_gauges *gauges)
{
    getrusage(RUSAGE_SELF, &gauges->own);
    getrusage(RUSAGE_CHILDREN, &gauges->children);
}

static void read_stops(struct ppt_gauges *gauges)
{
    gauges->continued = ppt_continued;
    gauges->suspended_ns = ppt_noise_suspended_ns();
}

void ppt_gauges_read_first(const struct ppt_cpu_set *cpus, struct ppt_gauges *gauges)
{
    ppt_noise_read(cpus, &gauges->noise);
    read_usage(gauges);
    read_stops(gauges);
}

void ppt_gauges_read_last(const struct ppt_cpu_set *cpus, struct ppt_gauges *gauges)
{
    read_stops(gauges);
    read_usage(gauges);
    ppt_noise_read(cpus, &gauges->noise);
}

static struct ppt_usage usage_between(const struct ppt_gauges *a, const struct ppt_gauges *b)
{
    struct ppt_usage difference = ppt_usage_of(&b->own);

    ppt_usage_add(&difference, ppt_usage_of(&b->children), 1);
    ppt_usage_add(&difference, ppt_usage_of(&a->own), -1);
    ppt_usage_add(&difference, ppt_usage_of(&a->children), -1);
    return difference;
}

static void leave_out_of(int64_t *all, int64_t part)
{
    *all = *all > part ? *all - part : 0;
}

/* Both are counted at moments of their own. */
static void leave_out(struct ppt_usage *usage, const struct ppt_usage *part)
{
    leave_out_of(&usage->user_ns, part->user_ns);
    leave_out_of(&usage->system_ns, part->system_ns);
    leave_out_of(&usage->minor_faults, part->minor_faults);
    leave_out_of(&usage->major_faults, part->major_faults);
    leave_out_of(&usage->voluntary_switches, part->voluntary_switches);
    leave_out_of(&usage->involuntary_switches, part->involuntary_switches);
}

void ppt_gauges_between(const struct ppt_gauges *a, const struct ppt_gauges *b,
                        const struct ppt_usage *pressed, struct ppt_sample *sample)
{
    sample->usage = usage_between(a, b);
    leave_out(&sample->usage, pressed);
    sample->io_blocks = ppt_usage_io_blocks(&b->own) + ppt_usage_io_blocks(&b->children) -
                        ppt_usage_io_blocks(&a->own) - ppt_usage_io_blocks(&a->children);
    sample->noise = ppt_noise_between(&a->noise, &b->noise);
    sample->noise.stopped =
        b->continued - a->continued + (b->suspended_ns - a->suspended_ns > SUSPENDED_NS);
    sample->noise.cpus = ppt_noise_cpus();
}
