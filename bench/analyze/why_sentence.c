/*
 * Why it is no faster.
 */
#include "objective_sentence.h"
#include "reason.h"
#include "speech.h"

/* "(38 % [30, 44])": what a factor takes. */
static void add_loss(double factor, const struct ppt_interval *interval, struct ppt_text *out)
{
    ppt_text_add(out, " (");
    ppt_speech_percent(1 - factor, out);
    if (interval->exists) {
        ppt_text_addf(out, " [%.0f, %.0f]", 100 * (1 - interval->high), 100 * (1 - interval->low));
    }
    ppt_text_add(out, ")");
}

void ppt_say_factor(struct ppt_speech *speech)
{
    const struct ppt_point_factors *factors = &ppt_speech_recommended(speech->answer)->factors;
    const enum ppt_factor most = factors->most_lost;
    const struct ppt_interval *interval = &factors->interval[most];
    static const char *const texts[] = {
        [PPT_FACTOR_BALANCE] = "Most is lost to unequal loads of the workers",
        [PPT_FACTOR_COMMUNICATION] = "Most is lost to waiting for tasks from rank 0",
        [PPT_FACTOR_SCHEDULING] = "Most is lost to handing tasks out and waiting for the last",
        [PPT_FACTOR_STARTUP] = "Most is lost to starting and ending the workers",
        [PPT_FACTOR_WORK] = "Most is lost to tasks that take longer side by side",
        [PPT_FACTOR_REFERENCE] = "Nothing is lost that can be named",
    };

    ppt_text_add(&speech->words, texts[most]);
    if (most != PPT_FACTOR_REFERENCE) {
        add_loss(factors->factor[most], interval, &speech->words);
    }
    ppt_text_add(&speech->words, ".");
    ppt_say(speech, ppt_claim_above("most_lost", 1 - factors->factor[most],
                                    (struct ppt_interval){interval->exists, 1 - interval->high,
                                                          1 - interval->low},
                                    0.95, 0));
}

static void say_no_gain(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_ratio gain = ppt_speech_gain_of_more(answer);

    ppt_text_add(&speech->words,
                 answer->row.point_count == 1      ? "Inner threads do not make it faster."
                 : ppt_speech_workers(answer) == 0 ? "Workers do not make it faster."
                                                   : "More workers do not make it faster.");
    ppt_say(speech, ppt_claim_below("gains_nothing", gain.value, gain.interval, 0.9,
                                    answer->context.tolerance));
}

static void say_busy(struct ppt_speech *speech)
{
    const struct ppt_answer_context *context = &speech->answer->context;

    if (context->quota_cpus > 0) {
        ppt_text_addf(&speech->words, "All that a quota allows is busy: %g CPU%s.",
                      context->quota_cpus, PPT_S(context->quota_cpus));
    } else {
        ppt_text_addf(&speech->words, "%u of %u CPU%s %s busy.", context->cpus, context->cpus,
                      PPT_S(context->cpus), context->cpus == 1 ? "is" : "are");
    }
    ppt_say(speech, ppt_claim_counted("cpus_busy", context->cpus));
}

static void say_still_rising(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_ratio rise = ppt_reason_rise(answer);
    const struct ppt_outlook outlook = ppt_speech_outlook(answer);

    ppt_text_addf(&speech->words, "It still gets faster at %u workers, the most that were tried%s.",
                  ppt_speech_workers(answer),
                  ppt_speech_brings_more(answer, &outlook) ? ": try more" : "");
    ppt_say(speech, ppt_claim_above("still_rising", rise.value, rise.interval,
                                    answer->context.confidence, 1));
}

static void say_memory(struct ppt_speech *speech)
{
    const struct ppt_room *room = &speech->answer->room;
    const struct ppt_footprint *footprint = &room->footprint;
    char bytes[PPT_UNITS_SIZE], limit[PPT_UNITS_SIZE], base[PPT_UNITS_SIZE], each[PPT_UNITS_SIZE];

    ppt_text_addf(&speech->words, "Memory binds: %u workers take about %s", room->refused,
                  ppt_text_bytes((uint64_t)room->refused_bytes, bytes));
    if (footprint->known) {
        ppt_text_addf(&speech->words, " (%s, and %s for each)",
                      ppt_text_bytes((uint64_t)footprint->base_bytes, base),
                      ppt_text_bytes((uint64_t)footprint->worker_bytes, each));
    }
    ppt_text_addf(&speech->words, ", and nine tenths of %s may be used.",
                  ppt_text_bytes(room->limit, limit));
    ppt_say(speech, ppt_claim_counted("memory_binds", room->refused_bytes));
}

void ppt_say_reason(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_point_answer *point =
        answer->verdict.exists ? ppt_speech_recommended(answer) : NULL;

    speech->topic = PPT_TOPIC_WHY;
    switch (answer->reason) {
    case PPT_REASON_NONE:
    case PPT_REASON_SINGLE:
        break;
    case PPT_REASON_MEMORY:
        say_memory(speech);
        break;
    case PPT_REASON_OBJECTIVE:
        ppt_say(speech, ppt_objective_because(answer, &speech->words));
        break;
    case PPT_REASON_INNER_THREADS:
        ppt_text_addf(&speech->words, "Tasks use %.1f CPUs each by threads of their own.",
                      answer->cpu_use);
        ppt_say(speech, ppt_claim_counted("cpus_of_a_task", answer->cpu_use));
        break;
    case PPT_REASON_DISPATCH:
        ppt_text_add(&speech->words, "Handing a task to a worker costs too much: 1 worker takes ");
        ppt_speech_percent(answer->dispatch.value - 1, &speech->words);
        ppt_text_add(&speech->words, " longer than sequential calls.");
        ppt_say(speech, ppt_claim_above("dispatch", answer->dispatch.value,
                                        answer->dispatch.interval, answer->context.confidence, 1));
        break;
    case PPT_REASON_NO_GAIN:
        say_no_gain(speech);
        break;
    case PPT_REASON_STILL_RISING:
        say_still_rising(speech);
        break;
    case PPT_REASON_FEW_TASKS:
        ppt_text_addf(&speech->words,
                      "There are too few tasks: %" PRIu64 " of them on %u workers allow %.2fx at "
                      "most.",
                      answer->context.tasks, ppt_speech_workers(answer), point->granularity);
        ppt_say(speech, ppt_claim_counted("few_tasks", point->granularity));
        break;
    case PPT_REASON_CPUS_BUSY:
        say_busy(speech);
        break;
    case PPT_REASON_FACTOR:
        ppt_say_factor(speech);
        break;
    case PPT_REASON_UNSETTLED:
        ppt_text_add(&speech->words, ppt_speech_workers(answer) > 0
                                         ? "What limits it is not settled."
                                     : answer->row.point_count == 1
                                         ? "Workers were not tried."
                                         : "Whether workers would gain anything is not settled.");
        ppt_say(speech, ppt_claim_plain("unsettled"));
        break;
    }
}
