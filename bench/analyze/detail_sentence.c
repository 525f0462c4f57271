/*
 * All else that a user should know.
 */
#include "cause_sentence.h"
#include "ceiling_sentence.h"
#include "sensitivity_sentence.h"
#include "speech.h"

/* Where the table has a star. */
static void say_beyond(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const size_t p = answer->verdict.recommended;

    if (ppt_answer_beyond(answer, p)) {
        ppt_text_addf(&speech->words, " That is %u threads on %u CPU%s%s%s.",
                      ppt_point_threads(answer->grid.points[p]), answer->context.cpus,
                      PPT_S(answer->context.cpus), answer->waiting ? ": tasks mostly wait" : "",
                      answer->waiting ? ppt_cause_of_waiting(answer) : "");
        ppt_say(speech,
                ppt_claim_counted("beyond_cpus", ppt_point_threads(answer->grid.points[p])));
    }
}

/* That it gets faster still is no reason why it is not as fast as its workers are many. What
 * inflation takes is told in its own words. */
static void say_still_lost(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_point_factors *factors = &ppt_speech_recommended(answer)->factors;
    const enum ppt_factor most = factors->most_lost;

    if (answer->reason == PPT_REASON_STILL_RISING && factors->exists && most != PPT_FACTOR_COUNT &&
        most != PPT_FACTOR_WORK && most != PPT_FACTOR_REFERENCE &&
        factors->factor[most] < 1 - PPT_NOTABLE) {
        ppt_text_add(&speech->words, " ");
        ppt_say_factor(speech);
    }
}

/* Of tasks that mostly wait, what they compute for longer is not what makes them take longer. */
static const char *inflation_cause(const struct ppt_point_factors *f, bool waiting)
{
    switch (waiting && f->inflated == PPT_INFLATED_ON_CPU ? PPT_INFLATED_OFF_CPU : f->inflated) {
    case PPT_INFLATED_ON_CPU:
        return " (memory, caches or clock)";
    case PPT_INFLATED_QUEUED:
        return " (waiting for a CPU)";
    case PPT_INFLATED_OFF_CPU:
        return f->queued_inflation > 0 ? " (waiting for a lock or a device)"
                                       : " (waiting for a CPU, a lock or a device)";
    case PPT_INFLATED_UNKNOWN:
        break;
    }
    return "";
}

/* Adds to what was said last. */
static void end_with(struct ppt_claims *claims, const char *more)
{
    struct ppt_text words = {0};
    const struct ppt_claim last = claims->items[--claims->count];

    ppt_text_addf(&words, "%s%s", last.text, more);
    free(last.text);
    ppt_claims_add(claims, last, &words);
}

/* Whether the search for causes says it, of the same count. */
static bool is_said_of_causes(const struct ppt_answer *answer)
{
    return answer->why.loses && answer->why.rows[1].point.workers == ppt_speech_workers(answer);
}

/* What makes them slower is named where it surely is the larger part. Beside others it may be
 * these, unless it is a lock, which nobody else holds; and where causes were searched for, they are
 * told. */
static void say_inflation(struct ppt_speech *speech)
{
    const struct ppt_point_answer *point = ppt_speech_recommended(speech->answer);
    const struct ppt_point_factors *f = &point->factors;
    const struct ppt_interval *work = &f->interval[PPT_FACTOR_WORK];
    const double inflation = f->exists ? 1 / f->factor[PPT_FACTOR_WORK] - 1 : 0;

    if (inflation < PPT_NOTABLE || !work->exists || work->high >= 1 ||
        is_said_of_causes(speech->answer)) {
        return;
    }
    ppt_text_add(&speech->words, " Tasks run ");
    ppt_speech_percent(inflation, &speech->words);
    ppt_text_add(&speech->words, " slower side by side");
    ppt_say(speech,
            ppt_claim_above("inflation", inflation,
                            (struct ppt_interval){true, 1 / work->high - 1, 1 / work->low - 1},
                            0.95, 0));
    if (speech->answer->why.blocks == 0 &&
        (!speech->answer->verdict.disturbed || point->growth.most == PPT_WAIT_LOCK) &&
        !ppt_cause_add(point, speech->claims->items[speech->claims->count - 1], speech->claims)) {
        end_with(speech->claims, inflation_cause(f, speech->answer->waiting));
    }
    end_with(speech->claims, ".");
}

/* Where every worker has as many tasks, however many workers there are: how much longer that takes
 * than one alone, at the most of them. */
static void say_weak(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_grid *row = &answer->row;
    const size_t most = row->point_count - 1;
    const unsigned n = row->point_count > 0 ? ppt_point_workers(row->points[most]) : 0;

    if (!answer->context.per_worker || n < 2 || ppt_point_workers(row->points[0]) > 1) {
        return;
    }
    struct ppt_ratio efficiency = ppt_grid_speedup(row, 0, most, 0.95);

    efficiency.value /= n;
    efficiency.interval.low /= n;
    efficiency.interval.high /= n;
    ppt_text_addf(&speech->words,
                  " Weak scaling: each worker has %" PRIu64 " task%s, however many workers there "
                  "are, and faster means more tasks per second; efficiency at %u workers %.2f",
                  answer->context.tasks, PPT_S(answer->context.tasks), n, efficiency.value);
    if (efficiency.interval.exists) {
        ppt_text_addf(&speech->words, " [%.2f, %.2f]", efficiency.interval.low,
                      efficiency.interval.high);
    }
    ppt_text_add(&speech->words, ", where the ideal is 1.");
    ppt_say(speech, (struct ppt_claim){.kind = "weak_efficiency",
                                       .value = efficiency.value,
                                       .interval = efficiency.interval,
                                       .level = 0.95});
}

static void say_ceiling(struct ppt_speech *speech)
{
    struct ppt_claim claim;

    if (speech->answer->verdict.exists &&
        ppt_ceiling_claim(speech->answer, &claim, &speech->words)) {
        ppt_say(speech, claim);
    }
}

void ppt_say_details(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const bool choice =
        answer->verdict.exists && answer->verdict.choices > 1 && !answer->context.arriving;

    if (choice) {
        speech->topic = PPT_TOPIC_WHY;
        say_weak(speech);
        say_beyond(speech);
        say_still_lost(speech);
        say_inflation(speech);
    }
    speech->topic = PPT_TOPIC_WHY;
    say_ceiling(speech);
    if (choice) {
        speech->topic = PPT_TOPIC_MORE;
        ppt_say_more(speech);
    }
    ppt_sensitivity_say(speech->answer,
                        (struct ppt_claim){.part = speech->part, .topic = PPT_TOPIC_WHY},
                        speech->claims);
    speech->topic = PPT_TOPIC_SURE;
    ppt_say_caveats(speech);
}
