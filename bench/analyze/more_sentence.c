/*
 * What other counts, or other numbers of tasks, would do.
 */
#include <inttypes.h>
#include <math.h>

#include "speech.h"

static void say_break_even(struct ppt_speech *speech)
{
    const struct ppt_break_even *even = &ppt_speech_recommended(speech->answer)->break_even;

    if (even->high == 0) {
        return;
    }
    if (even->high == even->low) {
        ppt_text_addf(&speech->words, " Worth it from %" PRIu64 " task%s on.", even->high,
                      PPT_S(even->high));
    } else {
        ppt_text_addf(&speech->words,
                      " Worth it from %" PRIu64 " tasks on, perhaps from %" PRIu64 ".", even->high,
                      even->low);
    }
    ppt_say(speech, (struct ppt_claim){.kind = "worth_it",
                                       .value = (double)even->tasks,
                                       .interval = {true, (double)even->low, (double)even->high},
                                       .level = 0.95});
}

/* "1.02x to 1.20x" of what the largest count does. */

static void add_range(const struct ppt_outlook *outlook, struct ppt_text *out)
{
    ppt_text_addf(out, "%.2fx to %.2fx of that", outlook->low, outlook->high);
}

/* What has an end of the range; it may be that it stops. */
static void add_end(const struct ppt_scaling *scaling, enum ppt_rival_law law, const char *goes_on,
                    struct ppt_text *out)
{
    if (law < PPT_RIVAL_COUNT) {
        ppt_text_addf(out, " if %s %s", ppt_rival_phrases[law], goes_on);
    } else {
        ppt_text_addf(out, " if it stops at %u", scaling->largest);
    }
}

/* From one law to the other, which may be the same. */
static void add_ends(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook,
                     struct ppt_text *out)
{
    const enum ppt_rival_law low = ppt_outlook_lowest(outlook), high = ppt_outlook_highest(outlook);

    ppt_text_addf(out, " %u workers would bring ", outlook->workers);
    if (low == high) {
        add_range(outlook, out);
    } else {
        ppt_text_addf(out, "%.2fx of that", outlook->low);
        add_end(scaling, low, "goes on", out);
        ppt_text_addf(out, ", %.2fx", outlook->high);
    }
    add_end(scaling, high, low < PPT_RIVAL_COUNT && low != high ? "does" : "goes on", out);
    ppt_text_addf(out, ": measure %u.", outlook->workers);
}

/* Of those that are kept; there is one. */
static const char *only_law(const struct ppt_rivals *rivals)
{
    size_t law = 0;

    while (law + 1 < PPT_RIVAL_COUNT && rivals->laws[law].kept == 0) {
        law++;
    }
    return ppt_rival_phrases[law];
}

static void add_outlook(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook,
                        bool more, struct ppt_text *out)
{
    if (outlook->kind == PPT_OUTLOOK_NARROW || !more) {
        ppt_text_addf(out, " %u workers would bring %s", outlook->workers, more ? "" : "no more: ");
        add_range(outlook, out);
        if (ppt_rivals_kept(&outlook->rivals) > 1) {
            ppt_text_add(out, ", whichever law goes on.");
        } else {
            ppt_text_addf(out, ", whether %s goes on or it stops at %u.",
                          only_law(&outlook->rivals), scaling->largest);
        }
    } else if (outlook->kind == PPT_OUTLOOK_WIDE) {
        add_ends(scaling, outlook, out);
    } else {
        ppt_text_addf(out, " What %u would bring these counts do not tell (", outlook->workers);
        add_range(outlook, out);
        ppt_text_addf(out, "): measure %u next.", outlook->measure_next);
    }
}

/* What the number of tasks alone costs, where it is notable: no law has that. */
static void say_rounds(struct ppt_speech *speech, unsigned workers)
{
    const struct ppt_scaling *scaling = &speech->answer->scaling;
    const double now = ppt_scaling_round_loss(scaling, scaling->largest),
                 then = ppt_scaling_round_loss(scaling, workers);

    if (fmax(now, then) < PPT_NOTABLE) {
        return;
    }
    ppt_text_addf(&speech->words, " The last round of %" PRIu64 " tasks is not full: that costs ",
                  speech->answer->context.tasks);
    if (now >= PPT_NOTABLE) {
        ppt_text_addf(&speech->words, "%u workers ", scaling->largest);
        ppt_speech_percent(now, &speech->words);
    }
    if (then >= PPT_NOTABLE) {
        ppt_text_addf(&speech->words, "%s%u workers ", now >= PPT_NOTABLE ? ", and " : "", workers);
        ppt_speech_percent(then, &speech->words);
    }
    ppt_text_add(&speech->words, ", which is in these figures.");
    ppt_say(speech, ppt_claim_counted("rounds", then));
}

/* What twice as many as the most that were tried bring: never more than the laws that are not
 * excluded have in common. */
static void say_outlook(struct ppt_speech *speech)
{
    const struct ppt_scaling *scaling = &speech->answer->scaling;
    const struct ppt_outlook outlook = ppt_speech_outlook(speech->answer);

    if (outlook.kind != PPT_OUTLOOK_REFUSED) {
        add_outlook(scaling, &outlook, ppt_speech_brings_more(speech->answer, &outlook),
                    &speech->words);
        ppt_say(speech, (struct ppt_claim){.kind = "outlook",
                                           .value = NAN,
                                           .interval = {true, outlook.low, outlook.high},
                                           .level = 0.95});
        say_rounds(speech, outlook.workers);
    }
}

/* What more workers bring: what the points beyond the recommended one say, and what the laws say
 * beyond the points. */

static void say_more(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_scaling *scaling = &answer->scaling;
    const struct ppt_ratio gain = ppt_speech_gain_of_more(answer);

    if (answer->reason == PPT_REASON_STILL_RISING) {
        say_outlook(speech);
    } else if (gain.interval.exists && ppt_speech_workers(answer) > 0 &&
               gain.interval.high < answer->context.tolerance) {
        ppt_text_addf(&speech->words, " No count tried above %u worker%s is ",
                      ppt_speech_workers(answer), PPT_S(ppt_speech_workers(answer)));
        if (gain.interval.high >= PPT_LEAST_SHOWN) {
            ppt_text_add(&speech->words, "more than ");
            ppt_speech_percent(gain.interval.high, &speech->words);
            ppt_text_add(&speech->words, " ");
        }
        ppt_text_add(&speech->words, "faster (95 %).");
        ppt_say(speech, ppt_claim_below("gain_of_more", gain.value, gain.interval, 0.9,
                                        answer->context.tolerance));
    }
    if (scaling->falls) {
        ppt_text_addf(&speech->words, " Beyond %u worker%s throughput falls.", scaling->peak,
                      PPT_S(scaling->peak));
        ppt_say(speech, ppt_claim_above("falls", scaling->fall.value, scaling->fall.interval,
                                        answer->context.confidence, 1));
    }
}

static bool costs(const struct ppt_ratio *cost)
{
    return cost->value > 1 + PPT_NOTABLE && cost->interval.exists && cost->interval.low > 1;
}

static void say_all_cpus(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_ratio *cost = &answer->all_cpus_cost;

    if (answer->has_all_cpus && costs(cost)) {
        ppt_text_addf(&speech->words, " Using all %u CPUs would be ", answer->context.cpus);
        ppt_speech_slower(cost, &speech->words);
        ppt_text_add(&speech->words, ".");
        ppt_say(speech, ppt_claim_above("all_cpus", cost->value, cost->interval,
                                        answer->context.confidence, 1));
    }
    if (answer->has_economical && answer->economical != answer->verdict.recommended &&
        ppt_point_workers(answer->grid.points[answer->economical]) > 1) {
        const struct ppt_ratio *speedup = &answer->points[answer->economical].by_workers;
        const unsigned n = ppt_point_workers(answer->grid.points[answer->economical]);

        ppt_text_add(&speech->words, " Economical: ");
        ppt_claims_point(answer, answer->economical, &speech->words);
        ppt_text_add(&speech->words, " (at least 80 % of each one's time pays).");
        ppt_say(speech, ppt_claim_above("economical", speedup->value / n,
                                        (struct ppt_interval){speedup->interval.exists,
                                                              speedup->interval.low / n,
                                                              speedup->interval.high / n},
                                        answer->context.confidence, PPT_ECONOMICAL_EFFICIENCY));
    }
}

/* Workers and threads inside tasks that together are more than there are CPUs. */
static void say_crowd(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_ratio *cost = &answer->crowd_cost;

    if (!answer->has_crowd || answer->waiting || !costs(cost)) {
        return;
    }
    ppt_text_add(&speech->words, " Too many threads: ");
    ppt_claims_point(answer, answer->crowd, &speech->words);
    ppt_text_addf(&speech->words, ", %u threads on %u CPU%s, would be ",
                  ppt_point_threads(answer->grid.points[answer->crowd]), answer->context.cpus,
                  PPT_S(answer->context.cpus));
    ppt_speech_slower(cost, &speech->words);
    ppt_text_add(&speech->words, ".");
    ppt_say(speech, ppt_claim_above("too_many_threads", cost->value, cost->interval,
                                    answer->context.confidence, 1));
}

/* What a quota allows, unless the reason has said so, and that it is not so by itself. */

void ppt_say_more(struct ppt_speech *speech)
{
    say_break_even(speech);
    say_more(speech);
    say_all_cpus(speech);
    say_crowd(speech);
}
