#include "lost.h"

#include <math.h>

/* See the figures in docs/guide.md: where nobody else runs passes lose less. */
#define MUCH_QUEUED 0.05
#define MUCH_OTHERS 0.10

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t ppt_meanwhile_offered_ns(const struct ppt_meanwhile *meanwhile)
{
    return meanwhile->cpus > 0 ? meanwhile->cpus * meanwhile->wall_ns : 0;
}

/* Of a wall time that says something of queues. */
static int64_t shortest_ns(const struct ppt_meanwhile *meanwhile)
{
    return meanwhile->threads > 1 ? PPT_LOST_QUEUED_SHORT_TEAM_NS : PPT_LOST_QUEUED_SHORT_NS;
}

static double queued_share(const struct ppt_meanwhile *meanwhile)
{
    const unsigned threads = meanwhile->threads > 0 ? meanwhile->threads : 1;
    const int64_t offered = ppt_meanwhile_offered_ns(meanwhile);
    const int64_t stopped = meanwhile->throttled_ns > 0 ? meanwhile->throttled_ns : 0;
    const int64_t queued = meanwhile->queued_ns > stopped ? meanwhile->queued_ns - stopped : 0;
    const int64_t had = smaller(offered, meanwhile->own_ns);
    const int64_t wanted = smaller(offered, meanwhile->own_ns + queued);

    if (meanwhile->queued_ns < 0 || threads > meanwhile->cpus ||
        meanwhile->wall_ns < shortest_ns(meanwhile)) {
        return (double)NAN;
    }
    return (double)(wanted - had) / ((double)threads * (double)meanwhile->wall_ns);
}

double ppt_lost_to_others(int64_t busy_ns, int64_t own_ns, int64_t offered_ns)
{
    return busy_ns < 0 || offered_ns < PPT_LOST_SHORT_NS
               ? (double)NAN
               : fmin(1, fmax(0, (double)(busy_ns - own_ns) / (double)offered_ns));
}

struct ppt_lost ppt_lost_of(const struct ppt_meanwhile *meanwhile)
{
    return (struct ppt_lost){
        .queued = queued_share(meanwhile),
        .others = ppt_lost_to_others(meanwhile->busy_ns, meanwhile->own_ns,
                                     ppt_meanwhile_offered_ns(meanwhile)),
    };
}

bool ppt_lost_much(const struct ppt_lost *lost)
{
    /* What is unknown is not more than anything. */
    return lost->queued > MUCH_QUEUED || lost->others > MUCH_OTHERS;
}
