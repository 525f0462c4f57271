#include "cause_sentence.h"

/* A factor that makes less than this difference is not worth a statement. */
#define LEAST_SAID 0.01

/* As waiting.c makes the intervals. */
#define WAITING_LEVEL (1 - 0.05 / 4)

static bool add_waiting(const struct ppt_waiting_growth *growth, struct ppt_claim claim,
                        struct ppt_claims *claims)
{
    static const struct {
        const char *kind, *words;
    } says[PPT_WAIT_COUNT] = {
        [PPT_WAIT_CPU] = {"waits_for_cpu", "for a CPU"},
        [PPT_WAIT_DEVICE] = {"waits_for_device", "for a device"},
        [PPT_WAIT_LOCK] = {"waits_for_lock", "for a lock"},
        [PPT_WAIT_OTHER] = {"waits", "longer, but for no CPU and no device"},
    };
    const struct ppt_ratio *grows = &growth->grows[growth->most];
    struct ppt_text words = {0};

    if (growth->most == PPT_WAIT_UNKNOWN) {
        return false;
    }
    claim.kind = says[growth->most].kind;
    claim.value = grows->value;
    claim.interval = grows->interval;
    claim.level = WAITING_LEVEL;
    claim.side = 1;
    claim.limit = 0;
    ppt_text_addf(&words, ": they wait %s (by their own numbers)", says[growth->most].words);
    ppt_claims_add(claims, claim, &words);
    return true;
}

/* ---- counters ---- */

/* How much of `whole` a factor above 1 takes away: what it is said of is that much less. */
static struct ppt_ratio less_by(const struct ppt_ratio *factor)
{
    return (struct ppt_ratio){
        1 - 1 / factor->value,
        {factor->interval.exists, 1 - 1 / factor->interval.low, 1 - 1 / factor->interval.high}};
}

static struct ppt_ratio more_by(const struct ppt_ratio *factor)
{
    return (struct ppt_ratio){
        factor->value - 1,
        {factor->interval.exists, factor->interval.low - 1, factor->interval.high - 1}};
}

static bool is_worth_saying(const struct ppt_ratio *factor)
{
    return factor->value > 1 + LEAST_SAID && factor->interval.exists && factor->interval.low > 1;
}

static bool add_counted(const struct ppt_counted *counted, struct ppt_claim claim,
                        struct ppt_claims *claims)
{
    const struct {
        const char *kind, *words;
        struct ppt_ratio by;
    } says[PPT_COUNTED_FACTORS] = {
        [PPT_COUNTED_INSTRUCTIONS] = {"more_instructions", "more instructions",
                                      more_by(&counted->factor[PPT_COUNTED_INSTRUCTIONS])},
        [PPT_COUNTED_PER_INSTRUCTION] = {"fewer_per_cycle",
                                         "fewer instructions per cycle (memory or caches)",
                                         less_by(&counted->factor[PPT_COUNTED_PER_INSTRUCTION])},
        [PPT_COUNTED_CLOCK] = {"slower_clock",
                               counted->user_only ? "slower clock, or time in the system"
                                                  : "slower clock",
                               less_by(&counted->factor[PPT_COUNTED_CLOCK])},
    };
    size_t left = 0;
    const char *before = ": ";

    for (size_t f = 0; f < PPT_COUNTED_FACTORS; f++) {
        left += is_worth_saying(&counted->factor[f]);
    }
    const bool any = left > 0;
    for (size_t f = 0; f < PPT_COUNTED_FACTORS; f++) {
        char percent[PPT_UNITS_SIZE];
        struct ppt_text words = {0};

        if (!is_worth_saying(&counted->factor[f])) {
            continue;
        }
        claim.kind = says[f].kind;
        claim.value = says[f].by.value;
        claim.interval = says[f].by.interval;
        claim.level = 0.95;
        claim.side = 1;
        claim.limit = 0;
        ppt_text_addf(&words, "%s%s %s%s", before, ppt_text_percent(claim.value, percent),
                      says[f].words, --left == 0 ? " (by counters)" : "");
        ppt_claims_add(claims, claim, &words);
        before = ", ";
    }
    return any;
}

bool ppt_cause_add(const struct ppt_point_answer *point, struct ppt_claim like,
                   struct ppt_claims *claims)
{
    /* What the tasks wait for says nothing of why they compute for longer, and the other way round:
     * the larger one of both is told. */
    return add_waiting(&point->growth, like, claims) ||
           (point->factors.inflated == PPT_INFLATED_ON_CPU &&
            add_counted(&point->counted, like, claims));
}

const char *ppt_cause_of_waiting(const struct ppt_answer *answer)
{
    const enum ppt_wait most =
        answer->grid.point_count > 0 ? ppt_waiting_most(&answer->points[0].waiting) : 0;

    return most == PPT_WAIT_DEVICE ? ", for a device" : most == PPT_WAIT_CPU ? ", for a CPU" : "";
}
