#include "sensitivity_sentence.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LEVEL 0.95

/* A digit behind the point below 10 %, like others. */
static int digits_of(double percent)
{
    return fabs(percent) < 9.95 ? 1 : 0;
}

void ppt_sensitivity_percent(const struct ppt_ratio *ratio, struct ppt_text *words)
{
    const double low = 100 * (ratio->interval.low - 1), high = 100 * (ratio->interval.high - 1);
    char text[PPT_UNITS_SIZE];

    ppt_text_add(words, ppt_text_percent(ratio->value - 1, text));
    if (ratio->interval.exists) {
        ppt_text_addf(words, " [%.*f, %.*f]", digits_of(low), low, digits_of(high), high);
    }
}

const char *ppt_sensitivity_count(const struct ppt_sensitivity_row *row, char out[PPT_UNITS_SIZE])
{
    const unsigned workers = row->point.workers;

    if (workers == 0) {
        snprintf(out, PPT_UNITS_SIZE, "plain calls");
    } else {
        snprintf(out, PPT_UNITS_SIZE, "%u worker%s", workers, PPT_S(workers));
    }
    return out;
}

/* That a ratio is surely so much above 1. */
static struct ppt_claim more_than(struct ppt_claim claim, const char *kind,
                                  const struct ppt_ratio *ratio, double share)
{
    claim.kind = kind;
    claim.value = ratio->value - 1;
    claim.interval = (struct ppt_interval){ratio->interval.exists, ratio->interval.low - 1,
                                           ratio->interval.high - 1};
    claim.level = LEVEL;
    claim.side = 1;
    claim.limit = share;
    return claim;
}

static struct ppt_claim counted(struct ppt_claim claim, const char *kind, double value)
{
    claim.kind = kind;
    claim.value = value;
    return claim;
}

/* "With 2 workers a task takes 27 % [24, 30] longer than alone." */
static struct ppt_claim say_loss(const struct ppt_answer *answer, struct ppt_claim like,
                                 struct ppt_text *words)
{
    const struct ppt_sensitivities *why = &answer->why;

    ppt_text_addf(words, " With %u workers a task takes ", why->rows[1].point.workers);
    ppt_sensitivity_percent(&why->loss, words);
    ppt_text_add(words, why->rows[0].point.workers > 1 ? " longer than with the fewest."
                                                       : " longer than alone.");
    return more_than(like, "loss", &why->loss, answer->context.tolerance);
}

static const char *how_known(const struct ppt_sensitivities *why)
{
    return ppt_known_by_words[why->known_by];
}

bool ppt_sensitivity_beside_others(const struct ppt_answer *answer)
{
    return answer->verdict.disturbed || answer->why.disturbed;
}

/* In percent. */
static double limit_of(const struct ppt_answer *answer, enum ppt_resource resource)
{
    return 100 * (ppt_sensitivity_limit(resource, answer->context.tolerance) - 1);
}

/* Of a resource that it minds. Beside others what it minds may be these. */
static struct ppt_claim say_resource(const struct ppt_answer *answer, struct ppt_claim like,
                                     struct ppt_text *words)
{
    const struct ppt_sensitivities *why = &answer->why;
    const struct ppt_resource_row *resource = &ppt_resources[why->resource];
    const struct ppt_sensitivity *found = ppt_sensitivity_find(&why->rows[0], why->resource);

    ppt_text_addf(words, " Beside pressure on %s a task takes ", resource->words);
    ppt_sensitivity_percent(&found->slowdown, words);
    ppt_text_addf(words, " longer (%s)%s; what helps: %s.", how_known(why),
                  why->explained && !ppt_sensitivity_beside_others(answer) ? ", which explains it"
                                                                           : "",
                  resource->advice);
    return more_than(like, "minds", &found->slowdown, answer->context.tolerance);
}

/* What every task minds that computes. */
static struct ppt_claim say_own_cpu(const struct ppt_answer *answer, struct ppt_claim like,
                                    struct ppt_text *words)
{
    const struct ppt_sensitivities *why = &answer->why;
    const struct ppt_sensitivity *found = ppt_sensitivity_find(&why->rows[0], why->resource);

    ppt_text_addf(
        words,
        " Of what was pressed on, only its own CPU costs a task more than %.3g %% (%s): it "
        "takes ",
        limit_of(answer, PPT_RESOURCE_CORE), how_known(why));
    ppt_sensitivity_percent(&found->slowdown, words);
    ppt_text_add(words, " longer where it shares that.");
    return more_than(like, "minds_its_cpu", &found->slowdown, answer->context.tolerance);
}

static struct ppt_claim say_lock(const struct ppt_answer *answer, struct ppt_claim like,
                                 struct ppt_text *words)
{
    const struct ppt_sensitivities *why = &answer->why;

    ppt_text_addf(words,
                  " Tasks wait for each other, off the CPU and %.2g times each, as none does alone "
                  "(%s): a lock, which explains it; what helps: holding it for less, or one for "
                  "each worker.",
                  why->switches, how_known(why));
    return counted(like, "waits_for_lock", why->switches);
}

/* "beside pressure on memory bandwidth it takes 7.1 % [2.0, 13] longer" */
static void add_slowdown(const struct ppt_sensitivities *why, enum ppt_resource resource,
                         struct ppt_text *words)
{
    const struct ppt_sensitivity *found = ppt_sensitivity_find(&why->rows[0], resource);

    if (!found || !found->slowdown.interval.exists) {
        ppt_text_addf(words, "pressure on %s reached it too seldom", ppt_resources[resource].words);
        return;
    }
    ppt_text_addf(words, "beside pressure on %s it takes ", ppt_resources[resource].words);
    ppt_sensitivity_percent(&found->slowdown, words);
    ppt_text_add(words, " longer");
}

/* A resource that was not excluded, so that nothing is said of others either. */
static struct ppt_claim say_open(const struct ppt_answer *answer, struct ppt_claim like,
                                 struct ppt_text *words)
{
    const struct ppt_sensitivities *why = &answer->why;
    const struct ppt_sensitivity *found = ppt_sensitivity_find(&why->rows[0], why->open);
    const double limit = ppt_sensitivity_limit(why->open, answer->context.tolerance);

    ppt_text_add(words, " What slows a task most is not settled: ");
    if (why->resource != PPT_RESOURCE_NONE) {
        add_slowdown(why, why->resource, words);
        ppt_text_add(words, ", and ");
    }
    add_slowdown(why, why->open, words);
    if (why->resource == PPT_RESOURCE_NONE && found && found->slowdown.interval.exists) {
        if (found->slowdown.interval.low <= limit) {
            ppt_text_addf(words, ", of which more than %.3g %% would count",
                          limit_of(answer, why->open));
        } else {
            ppt_text_add(words, ", but perhaps no more than beside CPUs that are only busy");
        }
    }
    ppt_text_add(words, ".");
    return counted(like, "cause_not_settled", found ? found->slowdown.value - 1 : (double)NAN);
}

static struct ppt_claim say_cause(const struct ppt_answer *answer, struct ppt_claim like,
                                  struct ppt_text *words)
{
    const struct ppt_sensitivities *why = &answer->why;

    switch (why->known_by) {
    case PPT_KNOWN_BY_ITSELF:
        return say_lock(answer, like, words);
    case PPT_KNOWN_BY_PRESSING:
        return why->resource == PPT_RESOURCE_CPU ? say_own_cpu(answer, like, words)
                                                 : say_resource(answer, like, words);
    case PPT_KNOWN_NOT:
        break;
    }
    if (why->cause) {
        ppt_text_addf(
            words,
            " Nothing of what was pressed on costs a task more than %.3g %% (its own CPU: "
            "%.3g %%).",
            limit_of(answer, PPT_RESOURCE_CORE), limit_of(answer, PPT_RESOURCE_CPU));
        return counted(like, "minds_nothing", NAN);
    }
    return say_open(answer, like, words);
}

void ppt_sensitivity_say(const struct ppt_answer *answer, struct ppt_claim like,
                         struct ppt_claims *claims)
{
    const struct ppt_sensitivities *why = &answer->why;
    struct ppt_text words = {0};

    if (why->blocks == 0) {
        return;
    }
    if (why->loses) {
        const struct ppt_claim loss = say_loss(answer, like, &words);

        ppt_claims_add(claims, loss, &words);
    }
    const struct ppt_claim cause = say_cause(answer, like, &words);

    ppt_claims_add(claims, cause, &words);
    if (why->loses && !why->explained && why->cause) {
        ppt_text_add(&words, " None of these explains what more workers cost.");
        ppt_claims_add(claims, counted(like, "unexplained", NAN), &words);
    }
    if (ppt_sensitivity_beside_others(answer)) {
        ppt_text_add(&words, " Others were busy meanwhile, whom pressure drives onto the task's "
                             "CPUs: look again when they are gone.");
        ppt_claims_add(claims, counted(like, "pressed_beside_others", answer->disturbance.others),
                       &words);
    }
}

/* ---- what could not be pressed on ---- */

/* Why it could not be, behind what that is. */
static const char *reason_of(const struct ppt_unpressed *one)
{
    const char *reason = strstr(one->reason, ": ");

    return reason ? reason + 2 : one->reason;
}

static bool is_same_reason(const struct ppt_unpressed *a, const struct ppt_unpressed *b)
{
    return a->workers == b->workers && strcmp(reason_of(a), reason_of(b)) == 0;
}

/* "core, cache and disk at 2 workers: the tasks use every CPU": all that a reason is one for. */
bool ppt_sensitivity_unpressed(const struct ppt_sensitivities *why, size_t which,
                               struct ppt_text *words)
{
    const struct ppt_unpressed *first = &why->unpressed[which];
    const char *between = "not pressed on: ";

    for (size_t i = 0; i < which; i++) {
        if (is_same_reason(&why->unpressed[i], first)) {
            return false;
        }
    }
    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        for (size_t i = 0; i < why->unpressed_count; i++) {
            if (why->unpressed[i].resource == r && is_same_reason(&why->unpressed[i], first)) {
                ppt_text_addf(words, "%s%s", between, ppt_resources[r].name);
                between = ", ";
            }
        }
    }
    ppt_text_addf(words, " (%u worker%s): ", first->workers, PPT_S(first->workers));
    ppt_text_add_shown(words, reason_of(first), SIZE_MAX);
    return true;
}
