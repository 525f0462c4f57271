/*
 * How far the answer can be relied on.
 */
#include "speech.h"

static void say_quota(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const double cpus = answer->context.quota_cpus;
    const struct ppt_disturbance *all = &answer->disturbance;
    const bool said = cpus > 0 && answer->reason == PPT_REASON_CPUS_BUSY;

    if ((cpus <= 0 || said) && all->throttled == 0) {
        return;
    }
    if (cpus > 0 && !said) {
        ppt_text_addf(&speech->words, " A quota allows %g CPU%s", cpus, PPT_S(cpus));
        ppt_text_add(&speech->words, all->throttled > 0 ? "; it" : ".");
    } else {
        ppt_text_add(&speech->words, cpus > 0 ? " The quota" : " A quota");
    }
    if (all->throttled > 0) {
        ppt_text_addf(&speech->words, " stopped %zu of %zu passes for part of their time.",
                      all->throttled, all->passes);
    }
    ppt_say(speech, ppt_claim_counted("quota", cpus));
}

static void say_passes(struct ppt_speech *speech, const char *kind, size_t passes,
                       const char *before, const char *behind)
{
    if (passes > 0) {
        ppt_text_addf(&speech->words, " Caution: %s%zu of %zu passes%s.", before, passes,
                      speech->answer->disturbance.passes, behind);
        ppt_say(speech, ppt_claim_counted(kind, (double)passes));
    }
}

/* What a program that runs again and again does to its own runs. */
static void say_repeats(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_repeats *repeats = &answer->repeats;
    char first[PPT_UNITS_SIZE], later[PPT_UNITS_SIZE];

    if (repeats->failed > 0) {
        ppt_text_addf(&speech->words,
                      " Caution: %" PRIu64 " of %" PRIu64 " tasks ended with an exit code other "
                      "than 0.",
                      repeats->failed, repeats->tasks);
        ppt_say(speech, ppt_claim_counted("failed_tasks", (double)repeats->failed));
    }
    if (answer->context.programs && !answer->context.renewed && repeats->changed) {
        ppt_text_addf(
            &speech->words,
            " Caution: a task's first run took %s, later ones %s. They may find its work "
            "done: then --prepare CMD undoes it before each pass, or --sandbox gives "
            "every task a copy of the folder. Or what it reads came from a disk at first.",
            ppt_text_duration(repeats->first_s, first), ppt_text_duration(repeats->later_s, later));
        ppt_say(speech, ppt_claim_counted("first_run", repeats->first_s / repeats->later_s));
    }
    if (answer->context.programs && answer->context.shared && repeats->used_up) {
        const bool copied = answer->context.copied;

        ppt_text_addf(&speech->words,
                      " Caution: the first task of a pass took %s, later ones %s. %s serves all "
                      "tasks of its pass, and they may find the work done: --task-count 1 measures "
                      "it alone, %s every task a copy of the folder.",
                      ppt_text_duration(repeats->first_of_pass_s, first),
                      ppt_text_duration(repeats->later_of_pass_s, later),
                      copied ? "One copy of the folder" : "One --prepare",
                      copied ? "--sandbox=task gives" : "--sandbox gives");
        ppt_say(speech, ppt_claim_counted("first_of_pass",
                                          repeats->first_of_pass_s / repeats->later_of_pass_s));
    }
}

/* Who waits for tasks may wake up too late for what is measured of them. */
static void say_late(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    size_t late = 0, passes = 0;

    for (size_t p = 0; p < answer->grid.point_count; p++) {
        late += answer->points[p].latency.late;
        passes += answer->points[p].latency.passes;
    }
    if (late > 0) {
        ppt_text_addf(&speech->words,
                      " Caution: in %zu of %zu passes workers began tasks late that they waited "
                      "for, by more than 1 %% of the latency: it is partly that of waking up.",
                      late, passes);
        ppt_say(speech, ppt_claim_counted("late", (double)late));
    }
}

void ppt_say_caveats(struct ppt_speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_disturbance *all = &answer->disturbance;
    /* Few enough that the verdict does not speak of them. */
    const bool others = all->culprit == PPT_CULPRIT_OTHERS && !answer->verdict.disturbed;

    if (answer->scaling.superlinear) {
        ppt_text_add(&speech->words,
                     " Workers gain more than their number: suspect caches or the baseline.");
        ppt_say(speech, ppt_claim_plain("superlinear"));
    }
    if (answer->drift.flagged) {
        ppt_text_add(&speech->words, " Caution: the machine's speed drifted during the run (");
        ppt_speech_percent(answer->drift.change, &speech->words);
        ppt_text_add(&speech->words, ").");
        ppt_say(speech, ppt_claim_counted("drift", answer->drift.change));
    }
    say_late(speech);
    say_repeats(speech);
    say_quota(speech);
    say_passes(speech, "others", others ? all->much : 0, "others disturbed ", "");
    say_passes(speech, "stolen", all->stolen, "the hypervisor took CPU time from ", "");
    say_passes(speech, "stopped", all->stopped, "", " were stopped for a while");
    say_passes(speech, "moved", all->moved, "", " had other CPUs than the first one");
}

/* How near tasks come to what the machine can do, where that is known. */
