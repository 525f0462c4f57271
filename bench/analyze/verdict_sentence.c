/*
 * Which count, and how sure.
 */
#include <math.h>

#include "objective_sentence.h"
#include "sentence.h"
#include "speech.h"

/* What the count is for, where that is not time alone, and how well it meets that. */
static void say_objective(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;

    if (answer->objective.goal.kind != PPT_GOAL_TIME) {
        speech->topic = PPT_TOPIC_USE;
        ppt_say(speech, ppt_objective_bound(answer, &speech->words));
        speech->topic = PPT_TOPIC_SURE;
    }
}

/* At most so much slower than any count that was tried; of an objective with a limit, that keeps
 * it. What other processes would measure, one
 * does not know. */
static void say_bound(struct ppt_speech *speech)
{
    const struct ppt_verdict *verdict = &speech->answer->verdict;
    const struct ppt_objective *objective = &speech->answer->objective;
    const bool one = speech->answer->grid.processes == 1;
    const char *begin = objective->goal.kind == PPT_GOAL_TIME ? ": " : "; ";
    const char *more = objective->goal.kind == PPT_GOAL_CHEAPEST ? "dearer" : "slower";
    const char *tried = objective->limit > 0 ? " that surely keeps that" : " tried";

    if (objective->goal.kind == PPT_GOAL_LATENCY) {
        return; /* the fewest, not the quickest */
    }
    if (verdict->slowdown_upper < PPT_LEAST_SHOWN) {
        ppt_text_addf(&speech->words, "%sno %s than any count%s, as far as can be told", begin,
                      more, tried);
    } else {
        ppt_text_add(&speech->words, begin);
        ppt_text_add(&speech->words, "at most ");
        ppt_speech_percent(verdict->slowdown_upper, &speech->words);
        ppt_text_addf(&speech->words, " %s than the best count%s", more, tried);
    }
    ppt_text_addf(&speech->words, " (95 %%%s)", one ? ", in this run" : "");
    ppt_say(speech, (struct ppt_claim){.kind = "bound",
                                       .value = verdict->slowdown_point,
                                       .interval = {true, 0, verdict->slowdown_upper},
                                       .level = 0.95});
}

/* "faster" only where the interval says so. */
static void say_speedup(struct ppt_speech *speech, const struct ppt_ratio *speedup,
                        const char *over)
{
    const double level = speech->answer->context.confidence;
    const struct ppt_interval *interval = &speedup->interval;
    struct ppt_claim claim = {
        .kind = "speedup", .value = speedup->value, .interval = *interval, .level = level};

    ppt_text_add(&speech->words, "; ");
    ppt_sentence_ratio(speedup, &speech->words);
    if (interval->exists && interval->low > 1) {
        ppt_text_addf(&speech->words, " faster than %s", over);
        claim = ppt_claim_above("faster", speedup->value, *interval, level, 1);
    } else if (interval->exists && interval->high < 1) {
        ppt_text_addf(&speech->words, " the speed of %s", over);
        claim = ppt_claim_below("slower", speedup->value, *interval, level, 1);
    } else {
        ppt_text_addf(&speech->words, " the speed of %s, which settles nothing", over);
    }
    ppt_say(speech, claim);
}

/* Who keeps it from being one of an idle machine. */
static void say_others(struct ppt_speech *speech)
{
    const struct ppt_disturbance *all = &speech->answer->disturbance;
    struct ppt_text *words = &speech->words;

    if (!speech->answer->verdict.disturbed) {
        return;
    }
    switch (all->culprit) {
    case PPT_CULPRIT_OTHERS:
        ppt_text_add(words, ". Others used ");
        ppt_speech_percent(all->others, words);
        ppt_text_add(words, " of the CPUs: this holds beside them, not on an idle machine");
        break;
    case PPT_CULPRIT_QUOTA:
        ppt_text_add(words, ". The CPU quota let threads wait ");
        ppt_speech_percent(all->queued, words);
        ppt_text_add(words, " of their time: this holds with it");
        break;
    case PPT_CULPRIT_PLACEMENT:
        ppt_text_add(words, ". Its own threads shared CPUs (placement), and waited for one ");
        ppt_speech_percent(all->queued, words);
        ppt_text_add(words, " of their time");
        break;
    case PPT_CULPRIT_UNKNOWN:
        ppt_text_add(words, ". Threads waited for a CPU ");
        ppt_speech_percent(all->queued, words);
        ppt_text_add(words, " of their time: this may not hold on an idle machine");
        break;
    }
    ppt_say(speech,
            ppt_claim_counted("disturbed",
                              all->culprit == PPT_CULPRIT_OTHERS ? all->others : all->queued));
}

/* What a verdict that is not HIGH lacks. */
static void say_doubt(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_verdict *verdict = &answer->verdict;

    if (verdict->confidence == PPT_CONFIDENCE_HIGH) {
        return;
    }
    say_others(speech);
    if (verdict->capped) {
        return; /* more blocks are not what it lacks */
    }
    if (verdict->coarse) {
        ppt_text_addf(&speech->words,
                      ". The clock's step of %g s is too coarse: let passes take %g s or more",
                      answer->grid.step, 40 * answer->grid.step);
        ppt_say(speech, ppt_claim_counted("coarse_clock", answer->grid.step));
    } else if (verdict->tie) {
        const struct ppt_interval gap = ppt_grid_difference(
            &answer->objective.judged, verdict->recommended, verdict->best, 0.9);

        ppt_text_add(&speech->words, ". It is a tie with ");
        ppt_claims_point(answer, verdict->best, &speech->words);
        ppt_say(speech, ppt_claim_below(
                            "tie", verdict->slowdown_point,
                            (struct ppt_interval){gap.exists, 0, expm1(fmax(-gap.low, gap.high))},
                            0.9, answer->context.tolerance));
    } else if (answer->objective.limit > 0 &&
               !answer->objective.points[verdict->recommended].keeps99) {
        ppt_text_add(&speech->words,
                     ". That it keeps this is not as sure as HIGH asks for: measure "
                     "more iterations, or more tasks");
        ppt_say(speech, ppt_claim_plain("limit_unsettled"));
    } else if (verdict->blocks_needed > 0) {
        ppt_text_add(&speech->words, ". Not settled: ");
        ppt_sentence_needed(answer, &speech->words);
        ppt_text_add(&speech->words, " would do, 3 times in 4");
        ppt_say(speech, ppt_claim_counted("needs", (double)verdict->blocks_needed));
    } else {
        ppt_text_add(&speech->words, ". Not settled, and more iterations will not settle it soon");
        ppt_say(speech, ppt_claim_plain("unsettled"));
    }
}

/* More than these are only counted. */
#define MOST_FAILED 3

/* Nothing that is said of counts that were tried holds for those that failed. */
static void say_failed(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const size_t count = answer->failed_count;

    if (count == 0) {
        return;
    }
    ppt_text_add(&speech->words, "; ");
    if (count > MOST_FAILED) {
        ppt_text_addf(&speech->words, "%zu counts", count);
    }
    for (size_t i = 0; i < count && count <= MOST_FAILED; i++) {
        ppt_text_add(&speech->words, i == 0 ? "" : i + 1 < count ? ", " : " and ");
        ppt_speech_point(answer, answer->failed[i], &speech->words);
    }
    ppt_text_add(&speech->words, " failed, and nothing is said of ");
    ppt_text_add(&speech->words, count == 1 ? "that" : "those");
    ppt_say(speech, ppt_claim_counted("failed", (double)count));
}

/* One count alone is compared with nothing. */
static void say_no_choice(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;

    ppt_text_add(&speech->words, "no choice: only ");
    ppt_claims_point(answer, answer->verdict.recommended, &speech->words);
    ppt_text_add(&speech->words, " were measured");
    if (answer->grid.point_count > 1) {
        ppt_text_add(&speech->words, ", and 1 worker, which for programs is the same");
    }
    ppt_say(speech, ppt_claim_plain("no_choice"));
}

void ppt_say_verdict(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_verdict *verdict = &answer->verdict;
    const size_t blocks = answer->grid.block_count;

    if (!verdict->exists && answer->objective.none) {
        speech->topic = PPT_TOPIC_SURE;
        ppt_say(speech, ppt_objective_none(answer, &speech->words));
        return;
    }
    if (!verdict->exists) {
        speech->topic = PPT_TOPIC_SURE;
        ppt_text_addf(&speech->words,
                      answer->grid.grouped
                          ? "no verdict: %zu process%s measured, at least %d are needed"
                          : "no verdict: %zu complete iteration%s measured, at least %d are needed",
                      blocks,
                      blocks == 1            ? " was"
                      : answer->grid.grouped ? "es were"
                                             : "s were",
                      PPT_FEWEST_BLOCKS);
        if (answer->context.longer == PPT_LONGER_ITERATIONS) {
            ppt_text_add(&speech->words, ": ");
            ppt_sentence_row_options(answer->grid.grouped, PPT_FEWEST_BLOCKS, &speech->words);
        }
        ppt_say(speech, ppt_claim_counted("no_verdict", (double)blocks));
        say_failed(speech);
        return;
    }
    if (verdict->choices == 1) {
        speech->topic = PPT_TOPIC_SURE;
        say_no_choice(speech);
        say_failed(speech);
        return;
    }
    ppt_text_add(&speech->words, "use ");
    ppt_claims_point(answer, verdict->recommended, &speech->words);
    ppt_objective_purpose(answer, &speech->words);
    ppt_text_addf(&speech->words, " (confidence %s)", ppt_confidence_names[verdict->confidence]);
    ppt_say(speech, ppt_claim_counted("use", ppt_speech_workers(answer)));
    say_objective(speech);
    speech->topic = PPT_TOPIC_SURE;
    say_bound(speech);
    speech->topic = PPT_TOPIC_USE;
    const struct ppt_point_answer *point = ppt_speech_recommended(answer);
    if (answer->context.arriving) {
        /* Passes take as long as tasks arrive, with any number of workers. */
    } else if (verdict->recommended > 0 && point->over_sequential.value > 0) {
        say_speedup(speech, &point->over_sequential, "sequential calls");
    } else if (verdict->recommended > 0 && point->over_one.value > 0) {
        say_speedup(speech, &point->over_one, "1 worker");
    }
    speech->topic = PPT_TOPIC_SURE;
    say_failed(speech);
    say_doubt(speech);
}
