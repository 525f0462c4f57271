#include "speech.h"

#include <math.h>

#include "cluster.h"
#include "reason.h"
#include "sentence.h"

/* ---- making claims ---- */

struct ppt_claim ppt_claim_plain(const char *kind)
{
    return (struct ppt_claim){.kind = kind, .value = NAN};
}

struct ppt_claim ppt_claim_counted(const char *kind, double value)
{
    return (struct ppt_claim){.kind = kind, .value = value};
}

static struct ppt_claim on_side(int side, const char *kind, double value,
                                struct ppt_interval interval, double level, double limit)
{
    return (struct ppt_claim){.kind = kind,
                              .value = value,
                              .interval = interval,
                              .level = level,
                              .side = side,
                              .limit = limit};
}

struct ppt_claim ppt_claim_above(const char *kind, double value, struct ppt_interval interval,
                                 double level, double limit)
{
    return on_side(1, kind, value, interval, level, limit);
}

struct ppt_claim ppt_claim_below(const char *kind, double value, struct ppt_interval interval,
                                 double level, double limit)
{
    return on_side(-1, kind, value, interval, level, limit);
}

void ppt_say(struct ppt_speech *speech, struct ppt_claim claim)
{
    claim.part = speech->part;
    claim.topic = speech->topic;
    ppt_claims_add(speech->claims, claim, &speech->words);
}

/* ---- words ---- */

/* Whether each rank has a host of its own. */
static bool is_of_nodes(const struct ppt_answer *answer, unsigned ranks)
{
    const struct ppt_cluster *cluster = answer->context.cluster;

    return cluster && ranks > 1 && ppt_cluster_hosts(cluster, ranks) == ranks;
}

void ppt_speech_point(const struct ppt_answer *answer, struct ppt_point point, struct ppt_text *out)
{
    unsigned shown = ppt_point_shown(point, ppt_grid_several(&answer->grid));
    const char *first = "";
    char words[PPT_POINT_WORDS_SIZE];

    if (is_of_nodes(answer, point.ranks)) {
        ppt_text_addf(out, "%u nodes", point.ranks);
        shown &= ~PPT_ONLY(PPT_RANKS);
        first = " × ";
    } else if (point.workers == 0) {
        ppt_text_add(out, "plain sequential calls");
        shown &= ~PPT_ONLY(PPT_WORKERS);
        first = " × ";
    }
    ppt_text_add(out, ppt_point_words(point, shown, first, " × ", words));
    if (point.workers > 0 && point.ranks == 0 && ppt_grid_has_ranks(&answer->grid)) {
        ppt_text_add(out, " without MPI");
    }
}

void ppt_speech_percent(double share, struct ppt_text *out)
{
    char text[PPT_UNITS_SIZE];

    ppt_text_add(out, ppt_text_percent(share, text));
}

void ppt_speech_slower(const struct ppt_ratio *cost, struct ppt_text *out)
{
    const double low = 100 * (cost->interval.low - 1), high = 100 * (cost->interval.high - 1);

    ppt_speech_percent(cost->value - 1, out);
    ppt_text_addf(out, " [%.*f, %.*f] slower", fabs(low) < 9.95 ? 1 : 0, low,
                  fabs(high) < 9.95 ? 1 : 0, high);
}

unsigned ppt_speech_workers(const struct ppt_answer *answer)
{
    return ppt_point_workers(answer->grid.points[answer->verdict.recommended]);
}

const struct ppt_point_answer *ppt_speech_recommended(const struct ppt_answer *answer)
{
    return &answer->points[answer->verdict.recommended];
}

/* ---- what is asked in several places ---- */

struct ppt_ratio ppt_speech_gain_of_more(const struct ppt_answer *answer)
{
    struct ppt_ratio gain = ppt_reason_gain_of_more(answer);

    gain.value -= 1;
    gain.interval.low -= 1;
    gain.interval.high -= 1;
    return gain;
}

struct ppt_outlook ppt_speech_outlook(const struct ppt_answer *answer)
{
    const struct ppt_scaling *scaling = &answer->scaling;
    const unsigned cpus = answer->waiting ? 0 : scaling->context.cpus;
    const unsigned twice = 2 * scaling->largest;

    return ppt_scaling_outlook(scaling, cpus > 0 && cpus < twice ? cpus : twice);
}

bool ppt_speech_brings_more(const struct ppt_answer *answer, const struct ppt_outlook *outlook)
{
    return outlook->kind == PPT_OUTLOOK_REFUSED || outlook->high > 1 + answer->context.tolerance;
}
