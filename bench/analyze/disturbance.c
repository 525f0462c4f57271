#include "disturbance.h"

#include <math.h>
#include <stdint.h>

#define STEAL_SHARE 0.01

/* Of passes that lost much. */
#define MOST_OF_ALL 0.1
#define MOST_AT_ONE 0.2

/* Of all: beyond it nothing is sure. */
#define LOW_OF_ALL 0.5

const char *const ppt_confidence_names[] = {"LOW", "MEDIUM", "HIGH"};

const char *const ppt_culprit_names[] = {"unknown", "others", "quota", "own_threads", NULL};

static bool is_stolen(const struct ppt_sample *sample)
{
    return (double)sample->noise.steal_ns > STEAL_SHARE * (double)ppt_sample_wall_ns(sample);
}

bool ppt_pass_disturbed(const struct ppt_index *index, const struct ppt_sample *sample)
{
    const struct ppt_flags *flags = ppt_index_flags(index, sample);

    return sample->noise.throttled_ns > 0 || flags->stopped || flags->much || is_stolen(sample);
}

/* CPU time, in nanoseconds: a share of what there was, or of what the threads could have had. */
struct losses {
    double others, offered; /* where the former is known */
    double queued, threads;
};

static void add_losses(struct losses *losses, const struct ppt_sample *sample,
                       const struct ppt_flags *flags)
{
    const struct ppt_meanwhile meanwhile = ppt_sample_meanwhile(sample);
    const double wall = (double)meanwhile.wall_ns, cpus = (double)meanwhile.cpus;

    if (!isnan(flags->lost.others)) {
        losses->others += flags->lost.others * cpus * wall;
        losses->offered += cpus * wall;
    }
    if (!isnan(flags->lost.queued)) {
        losses->queued += flags->lost.queued * fmin(cpus, meanwhile.threads) * wall;
        losses->threads += fmin(cpus, meanwhile.threads) * wall;
    }
}

/* `flagged`: what those passes lost that lost much. */
static enum ppt_culprit find_culprit(const struct losses *flagged, size_t throttled)
{
    if (flagged->offered > 0 && flagged->others >= 0.5 * flagged->queued) {
        return PPT_CULPRIT_OTHERS;
    }
    return throttled > 0          ? PPT_CULPRIT_QUOTA
           : flagged->offered > 0 ? PPT_CULPRIT_PLACEMENT
                                  : PPT_CULPRIT_UNKNOWN;
}

/* Below 0: the system does not count it. */
static double known_s(int64_t ns)
{
    return ns > 0 ? (double)ns * 1e-9 : 0;
}

struct ppt_disturbance ppt_disturbance_of(const struct ppt_index *index)
{
    struct ppt_disturbance all = {0};
    struct losses lost = {0}, flagged = {0};

    for (size_t i = 0; i < index->ran.count; i++) {
        const struct ppt_sample *sample = index->ran.items[i];
        const struct ppt_flags *flags = ppt_index_flags(index, sample);
        const struct ppt_noise *noise = &sample->noise;

        if (!ppt_index_counts(index, sample)) {
            continue;
        }
        all.passes++;
        all.known += !isnan(flags->lost.others) || !isnan(flags->lost.queued) || ppt_flagged(flags);
        all.disturbed += ppt_pass_disturbed(index, sample);
        all.flagged += ppt_flagged(flags);
        all.much += flags->much;
        all.again += sample->again;
        all.stolen += is_stolen(sample);
        all.throttled += noise->throttled_ns > 0;
        all.stopped += flags->stopped;
        all.moved += flags->moved;
        all.steal_s += known_s(noise->steal_ns);
        all.throttled_s += known_s(noise->throttled_ns);
        add_losses(&lost, sample, flags);
        if (flags->much) {
            add_losses(&flagged, sample, flags);
        }
    }
    all.others = lost.offered > 0 ? lost.others / lost.offered : (double)NAN;
    all.queued = lost.threads > 0 ? fmin(1, lost.queued / lost.threads) : (double)NAN;
    all.culprit = find_culprit(&flagged, all.throttled);
    return all;
}

double ppt_disturbance_at(const struct ppt_index *index, size_t point)
{
    const struct ppt_passes passes = ppt_index_passes(index, point);
    size_t much = 0;

    for (size_t i = 0; i < passes.count; i++) {
        much += ppt_index_flags(index, passes.items[i])->much;
    }
    return passes.count > 0 ? (double)much / (double)passes.count : 0;
}

double ppt_disturbance_share(const struct ppt_disturbance *disturbance)
{
    return disturbance->known > 0 ? (double)disturbance->much / (double)disturbance->known : 0;
}

bool ppt_disturbance_caps(const struct ppt_disturbance *disturbance, double share_at)
{
    return ppt_disturbance_share(disturbance) > MOST_OF_ALL || share_at > MOST_AT_ONE;
}

enum ppt_confidence ppt_disturbance_most(const struct ppt_disturbance *disturbance, double share_at)
{
    if (ppt_disturbance_caps(disturbance, share_at)) {
        return ppt_disturbance_share(disturbance) > LOW_OF_ALL ? PPT_CONFIDENCE_LOW
                                                               : PPT_CONFIDENCE_MEDIUM;
    }
    return disturbance->stopped + disturbance->moved > 0 ? PPT_CONFIDENCE_MEDIUM
                                                         : PPT_CONFIDENCE_HIGH;
}
