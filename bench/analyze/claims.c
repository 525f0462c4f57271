#include "claims.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "cluster.h"
#include "memory.h"
#include "objective_sentence.h"
#include "reason.h"
#include "sensitivity_sentence.h"
#include "sentence.h"
#include "text.h"

/* ---- making them ---- */

/* What a claim rests on: nothing, */
static struct ppt_claim plain(const char *kind)
{
    return (struct ppt_claim){.kind = kind, .value = NAN};
}

/* a number that was counted, */
static struct ppt_claim counted(const char *kind, double value)
{
    return (struct ppt_claim){.kind = kind, .value = value};
}

/* or an estimate whose interval lies above a limit. */
static struct ppt_claim above(const char *kind, double value, struct ppt_interval interval,
                              double level, double limit)
{
    return (struct ppt_claim){.kind = kind,
                              .value = value,
                              .interval = interval,
                              .level = level,
                              .side = 1,
                              .limit = limit};
}

static struct ppt_claim below(const char *kind, double value, struct ppt_interval interval,
                              double level, double limit)
{
    return (struct ppt_claim){.kind = kind,
                              .value = value,
                              .interval = interval,
                              .level = level,
                              .side = -1,
                              .limit = limit};
}

bool ppt_claim_borne(const struct ppt_claim *claim)
{
    return claim->side == 0 ||
           (claim->interval.exists && (claim->side > 0 ? claim->interval.low > claim->limit
                                                       : claim->interval.high < claim->limit));
}

/* What is on its way to be said. */
struct speech {
    const struct ppt_answer *answer;
    enum ppt_claim_part part;
    enum ppt_claim_topic topic; /* of what is said until it is changed */
    struct ppt_claims *claims;
    struct ppt_text words; /* of the claim that is made */
};

void ppt_claims_add(struct ppt_claims *claims, struct ppt_claim claim, struct ppt_text *words)
{
    claim.text = ppt_strdup(words->data ? words->data : "");
    claims->items = ppt_realloc(claims->items, claims->count + 1, sizeof(*claims->items));
    claims->items[claims->count++] = claim;
    ppt_text_free(words);
    *words = (struct ppt_text){0};
}

/* Ends the claim whose words were added. */
static void say(struct speech *speech, struct ppt_claim claim)
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

/* "2 workers", "plain sequential calls"; where it was measured how many threads a task should use,
 * "2 workers × 4 inner threads"; over ranks "3 ranks × 2 workers". */
static void add_any_point(const struct ppt_answer *answer, struct ppt_point point,
                          struct ppt_text *out)
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

void ppt_claims_point(const struct ppt_answer *answer, size_t p, struct ppt_text *out)
{
    add_any_point(answer, answer->grid.points[p], out);
}

/* Below it a share is shown as 0.0 %. */
#define LEAST_SHOWN 0.0005

static void add_percent(double share, struct ppt_text *out)
{
    char text[PPT_UNITS_SIZE];

    ppt_text_add(out, ppt_text_percent(share, text));
}

/* "8.2 % [5.1, 11] slower": how much longer something takes, by a ratio above 1. */
static void add_slower(const struct ppt_ratio *cost, struct ppt_text *out)
{
    const double low = 100 * (cost->interval.low - 1), high = 100 * (cost->interval.high - 1);

    add_percent(cost->value - 1, out);
    ppt_text_addf(out, " [%.*f, %.*f] slower", fabs(low) < 9.95 ? 1 : 0, low,
                  fabs(high) < 9.95 ? 1 : 0, high);
}

/* Workers of the recommended point, those of all ranks. */
static unsigned recommended(const struct ppt_answer *answer)
{
    return ppt_point_workers(answer->grid.points[answer->verdict.recommended]);
}

static const struct ppt_point_answer *recommended_point(const struct ppt_answer *answer)
{
    return &answer->points[answer->verdict.recommended];
}

/* ---- the verdict ---- */

/* What the count is for, where that is not time alone, and how well it meets that. */
static void say_objective(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;

    if (answer->objective.goal.kind != PPT_GOAL_TIME) {
        speech->topic = PPT_TOPIC_USE;
        say(speech, ppt_objective_bound(answer, &speech->words));
        speech->topic = PPT_TOPIC_SURE;
    }
}

/* At most so much slower than any count that was tried; of an objective with a limit, that keeps
 * it. What other processes would measure, one
 * does not know. */
static void say_bound(struct speech *speech)
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
    if (verdict->slowdown_upper < LEAST_SHOWN) {
        ppt_text_addf(&speech->words, "%sno %s than any count%s, as far as can be told", begin,
                      more, tried);
    } else {
        ppt_text_add(&speech->words, begin);
        ppt_text_add(&speech->words, "at most ");
        add_percent(verdict->slowdown_upper, &speech->words);
        ppt_text_addf(&speech->words, " %s than the best count%s", more, tried);
    }
    ppt_text_addf(&speech->words, " (95 %%%s)", one ? ", in this run" : "");
    say(speech, (struct ppt_claim){.kind = "bound",
                                   .value = verdict->slowdown_point,
                                   .interval = {true, 0, verdict->slowdown_upper},
                                   .level = 0.95});
}

/* "faster" only where the interval says so. */
static void say_speedup(struct speech *speech, const struct ppt_ratio *speedup, const char *over)
{
    const double level = speech->answer->context.confidence;
    const struct ppt_interval *interval = &speedup->interval;
    struct ppt_claim claim = {
        .kind = "speedup", .value = speedup->value, .interval = *interval, .level = level};

    ppt_text_add(&speech->words, "; ");
    ppt_sentence_ratio(speedup, &speech->words);
    if (interval->exists && interval->low > 1) {
        ppt_text_addf(&speech->words, " faster than %s", over);
        claim = above("faster", speedup->value, *interval, level, 1);
    } else if (interval->exists && interval->high < 1) {
        ppt_text_addf(&speech->words, " the speed of %s", over);
        claim = below("slower", speedup->value, *interval, level, 1);
    } else {
        ppt_text_addf(&speech->words, " the speed of %s, which settles nothing", over);
    }
    say(speech, claim);
}

/* Who keeps it from being one of an idle machine. */
static void say_others(struct speech *speech)
{
    const struct ppt_disturbance *all = &speech->answer->disturbance;
    struct ppt_text *words = &speech->words;

    if (!speech->answer->verdict.disturbed) {
        return;
    }
    switch (all->culprit) {
    case PPT_CULPRIT_OTHERS:
        ppt_text_add(words, ". Others used ");
        add_percent(all->others, words);
        ppt_text_add(words, " of the CPUs: this holds beside them, not on an idle machine");
        break;
    case PPT_CULPRIT_QUOTA:
        ppt_text_add(words, ". The CPU quota let threads wait ");
        add_percent(all->queued, words);
        ppt_text_add(words, " of their time: this holds with it");
        break;
    case PPT_CULPRIT_PLACEMENT:
        ppt_text_add(words, ". Its own threads shared CPUs (placement), and waited for one ");
        add_percent(all->queued, words);
        ppt_text_add(words, " of their time");
        break;
    case PPT_CULPRIT_UNKNOWN:
        ppt_text_add(words, ". Threads waited for a CPU ");
        add_percent(all->queued, words);
        ppt_text_add(words, " of their time: this may not hold on an idle machine");
        break;
    }
    say(speech,
        counted("disturbed", all->culprit == PPT_CULPRIT_OTHERS ? all->others : all->queued));
}

/* What a verdict that is not HIGH lacks. */
static void say_doubt(struct speech *speech)
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
        say(speech, counted("coarse_clock", answer->grid.step));
    } else if (verdict->tie) {
        const struct ppt_interval gap = ppt_grid_difference(
            &answer->objective.judged, verdict->recommended, verdict->best, 0.9);

        ppt_text_add(&speech->words, ". It is a tie with ");
        ppt_claims_point(answer, verdict->best, &speech->words);
        say(speech, below("tie", verdict->slowdown_point,
                          (struct ppt_interval){gap.exists, 0, expm1(fmax(-gap.low, gap.high))},
                          0.9, answer->context.tolerance));
    } else if (answer->objective.limit > 0 &&
               !answer->objective.points[verdict->recommended].keeps99) {
        ppt_text_add(&speech->words,
                     ". That it keeps this is not as sure as HIGH asks for: measure "
                     "more iterations, or more tasks");
        say(speech, plain("limit_unsettled"));
    } else if (verdict->blocks_needed > 0) {
        ppt_text_add(&speech->words, ". Not settled: ");
        ppt_sentence_needed(answer, &speech->words);
        ppt_text_add(&speech->words, " would do, 3 times in 4");
        say(speech, counted("needs", (double)verdict->blocks_needed));
    } else {
        ppt_text_add(&speech->words, ". Not settled, and more iterations will not settle it soon");
        say(speech, plain("unsettled"));
    }
}

/* More than these are only counted. */
#define MOST_FAILED 3

/* Nothing that is said of counts that were tried holds for those that failed. */
static void say_failed(struct speech *speech)
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
        add_any_point(answer, answer->failed[i], &speech->words);
    }
    ppt_text_add(&speech->words, " failed, and nothing is said of ");
    ppt_text_add(&speech->words, count == 1 ? "that" : "those");
    say(speech, counted("failed", (double)count));
}

/* One count alone is compared with nothing. */
static void say_no_choice(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;

    ppt_text_add(&speech->words, "no choice: only ");
    ppt_claims_point(answer, answer->verdict.recommended, &speech->words);
    ppt_text_add(&speech->words, " were measured");
    if (answer->grid.point_count > 1) {
        ppt_text_add(&speech->words, ", and 1 worker, which for programs is the same");
    }
    say(speech, plain("no_choice"));
}

static void say_verdict(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_verdict *verdict = &answer->verdict;
    const size_t blocks = answer->grid.block_count;

    if (!verdict->exists && answer->objective.none) {
        speech->topic = PPT_TOPIC_SURE;
        say(speech, ppt_objective_none(answer, &speech->words));
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
        say(speech, counted("no_verdict", (double)blocks));
        say_failed(speech);
        return;
    }
    if (verdict->ranked == 1) {
        speech->topic = PPT_TOPIC_SURE;
        say_no_choice(speech);
        say_failed(speech);
        return;
    }
    ppt_text_add(&speech->words, "use ");
    ppt_claims_point(answer, verdict->recommended, &speech->words);
    ppt_objective_purpose(answer, &speech->words);
    ppt_text_addf(&speech->words, " (confidence %s)", ppt_confidence_names[verdict->confidence]);
    say(speech, counted("use", recommended(answer)));
    say_objective(speech);
    speech->topic = PPT_TOPIC_SURE;
    say_bound(speech);
    speech->topic = PPT_TOPIC_USE;
    const struct ppt_point_answer *point = recommended_point(answer);
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

/* ---- why ---- */

/* "(38 % [30, 44])": what a factor takes. */
static void add_loss(double factor, const struct ppt_interval *interval, struct ppt_text *out)
{
    ppt_text_add(out, " (");
    add_percent(1 - factor, out);
    if (interval->exists) {
        ppt_text_addf(out, " [%.0f, %.0f]", 100 * (1 - interval->high), 100 * (1 - interval->low));
    }
    ppt_text_add(out, ")");
}

static void say_factor(struct speech *speech)
{
    const struct ppt_point_factors *factors = &recommended_point(speech->answer)->factors;
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
    say(speech,
        above("most_lost", 1 - factors->factor[most],
              (struct ppt_interval){interval->exists, 1 - interval->high, 1 - interval->low}, 0.95,
              0));
}

/* What more workers gain at most, as a share: 0.05 is 5 %. */
static struct ppt_ratio gain_of_more(const struct ppt_answer *answer)
{
    struct ppt_ratio gain = ppt_reason_gain_of_more(answer);

    gain.value -= 1;
    gain.interval.low -= 1;
    gain.interval.high -= 1;
    return gain;
}

static void say_no_gain(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_ratio gain = gain_of_more(answer);

    ppt_text_add(&speech->words,
                 answer->row.point_count == 1 ? "Inner threads do not make it faster."
                 : recommended(answer) == 0   ? "Workers do not make it faster."
                                              : "More workers do not make it faster.");
    say(speech, below("gains_nothing", gain.value, gain.interval, 0.9, answer->context.tolerance));
}

static void say_busy(struct speech *speech)
{
    const struct ppt_answer_context *context = &speech->answer->context;

    if (context->quota_cpus > 0) {
        ppt_text_addf(&speech->words, "All that a quota allows is busy: %g CPU%s.",
                      context->quota_cpus, PPT_S(context->quota_cpus));
    } else {
        ppt_text_addf(&speech->words, "%u of %u CPU%s %s busy.", context->cpus, context->cpus,
                      PPT_S(context->cpus), context->cpus == 1 ? "is" : "are");
    }
    say(speech, counted("cpus_busy", context->cpus));
}

/* Of twice as many workers as were tried, or of all CPUs. */
static struct ppt_outlook outlook_of(const struct ppt_answer *answer)
{
    const struct ppt_scaling *scaling = &answer->scaling;
    const unsigned cpus = answer->waiting ? 0 : scaling->context.cpus;
    const unsigned twice = 2 * scaling->largest;

    return ppt_scaling_outlook(scaling, cpus > 0 && cpus < twice ? cpus : twice);
}

/* Whether the laws leave open that it is worth while. */
static bool brings_more(const struct ppt_answer *answer, const struct ppt_outlook *outlook)
{
    return outlook->kind == PPT_OUTLOOK_REFUSED || outlook->high > 1 + answer->context.tolerance;
}

static void say_still_rising(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_ratio rise = ppt_reason_rise(answer);
    const struct ppt_outlook outlook = outlook_of(answer);

    ppt_text_addf(&speech->words, "It still gets faster at %u workers, the most that were tried%s.",
                  recommended(answer), brings_more(answer, &outlook) ? ": try more" : "");
    say(speech, above("still_rising", rise.value, rise.interval, answer->context.confidence, 1));
}

static void say_memory(struct speech *speech)
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
    say(speech, counted("memory_binds", room->refused_bytes));
}

static void say_reason(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_point_answer *point =
        answer->verdict.exists ? recommended_point(answer) : NULL;

    speech->topic = PPT_TOPIC_WHY;
    switch (answer->reason) {
    case PPT_REASON_NONE:
    case PPT_REASON_SINGLE:
        break;
    case PPT_REASON_MEMORY:
        say_memory(speech);
        break;
    case PPT_REASON_OBJECTIVE:
        say(speech, ppt_objective_because(answer, &speech->words));
        break;
    case PPT_REASON_INNER_THREADS:
        ppt_text_addf(&speech->words, "Tasks use %.1f CPUs each by threads of their own.",
                      answer->cpu_use);
        say(speech, counted("cpus_of_a_task", answer->cpu_use));
        break;
    case PPT_REASON_DISPATCH:
        ppt_text_add(&speech->words, "Handing a task to a worker costs too much: 1 worker takes ");
        add_percent(answer->dispatch.value - 1, &speech->words);
        ppt_text_add(&speech->words, " longer than sequential calls.");
        say(speech, above("dispatch", answer->dispatch.value, answer->dispatch.interval,
                          answer->context.confidence, 1));
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
                      answer->context.tasks, recommended(answer), point->granularity);
        say(speech, counted("few_tasks", point->granularity));
        break;
    case PPT_REASON_CPUS_BUSY:
        say_busy(speech);
        break;
    case PPT_REASON_FACTOR:
        say_factor(speech);
        break;
    case PPT_REASON_UNSETTLED:
        ppt_text_add(&speech->words, recommended(answer) > 0 ? "What limits it is not settled."
                                     : answer->row.point_count == 1
                                         ? "Workers were not tried."
                                         : "Whether workers would gain anything is not settled.");
        say(speech, plain("unsettled"));
        break;
    }
}

/* ---- details ---- */

/* Losses below this are not worth a sentence. */
#define NOTABLE 0.05

/* Where the table has a star. */
static void say_beyond(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const size_t p = answer->verdict.recommended;

    if (ppt_answer_beyond(answer, p)) {
        ppt_text_addf(&speech->words, " That is %u threads on %u CPU%s%s.",
                      ppt_point_threads(answer->grid.points[p]), answer->context.cpus,
                      PPT_S(answer->context.cpus), answer->waiting ? ": tasks mostly wait" : "");
        say(speech, counted("beyond_cpus", ppt_point_threads(answer->grid.points[p])));
    }
}

/* That it gets faster still is no reason why it is not as fast as its workers are many. What
 * inflation takes is told in its own words. */
static void say_still_lost(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_point_factors *factors = &recommended_point(answer)->factors;
    const enum ppt_factor most = factors->most_lost;

    if (answer->reason == PPT_REASON_STILL_RISING && factors->exists && most != PPT_FACTOR_COUNT &&
        most != PPT_FACTOR_WORK && most != PPT_FACTOR_REFERENCE &&
        factors->factor[most] < 1 - NOTABLE) {
        ppt_text_add(&speech->words, " ");
        say_factor(speech);
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

/* Whether the search for causes says it, of the same count. */
static bool is_said_of_causes(const struct ppt_answer *answer)
{
    return answer->why.loses && answer->why.rows[1].point.workers == recommended(answer);
}

/* What makes them slower is named where it surely is the larger part. */
static void say_inflation(struct speech *speech)
{
    const struct ppt_point_factors *f = &recommended_point(speech->answer)->factors;
    const struct ppt_interval *work = &f->interval[PPT_FACTOR_WORK];
    const double inflation = f->exists ? 1 / f->factor[PPT_FACTOR_WORK] - 1 : 0;

    if (inflation < NOTABLE || !work->exists || work->high >= 1 ||
        is_said_of_causes(speech->answer)) {
        return;
    }
    ppt_text_add(&speech->words, " Tasks run ");
    add_percent(inflation, &speech->words);
    ppt_text_add(&speech->words, " slower side by side");
    /* Beside others it may be these; and where causes were searched for, they are told. */
    if (!speech->answer->verdict.disturbed && speech->answer->why.blocks == 0) {
        ppt_text_add(&speech->words, inflation_cause(f, speech->answer->waiting));
    }
    ppt_text_add(&speech->words, ".");
    say(speech, above("inflation", inflation,
                      (struct ppt_interval){true, 1 / work->high - 1, 1 / work->low - 1}, 0.95, 0));
}

/* Where every worker has as many tasks, however many workers there are: how much longer that takes
 * than one alone, at the most of them. */
static void say_weak(struct speech *speech)
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
    say(speech, (struct ppt_claim){.kind = "weak_efficiency",
                                   .value = efficiency.value,
                                   .interval = efficiency.interval,
                                   .level = 0.95});
}

static void say_break_even(struct speech *speech)
{
    const struct ppt_break_even *even = &recommended_point(speech->answer)->break_even;

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
    say(speech, (struct ppt_claim){.kind = "worth_it",
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
static void say_rounds(struct speech *speech, unsigned workers)
{
    const struct ppt_scaling *scaling = &speech->answer->scaling;
    const double now = ppt_scaling_round_loss(scaling, scaling->largest),
                 then = ppt_scaling_round_loss(scaling, workers);

    if (fmax(now, then) < NOTABLE) {
        return;
    }
    ppt_text_addf(&speech->words, " The last round of %" PRIu64 " tasks is not full: that costs ",
                  speech->answer->context.tasks);
    if (now >= NOTABLE) {
        ppt_text_addf(&speech->words, "%u workers ", scaling->largest);
        add_percent(now, &speech->words);
    }
    if (then >= NOTABLE) {
        ppt_text_addf(&speech->words, "%s%u workers ", now >= NOTABLE ? ", and " : "", workers);
        add_percent(then, &speech->words);
    }
    ppt_text_add(&speech->words, ", which is in these figures.");
    say(speech, counted("rounds", then));
}

/* What twice as many as the most that were tried bring: never more than the laws that are not
 * excluded have in common. */
static void say_outlook(struct speech *speech)
{
    const struct ppt_scaling *scaling = &speech->answer->scaling;
    const struct ppt_outlook outlook = outlook_of(speech->answer);

    if (outlook.kind != PPT_OUTLOOK_REFUSED) {
        add_outlook(scaling, &outlook, brings_more(speech->answer, &outlook), &speech->words);
        say(speech, (struct ppt_claim){.kind = "outlook",
                                       .value = NAN,
                                       .interval = {true, outlook.low, outlook.high},
                                       .level = 0.95});
        say_rounds(speech, outlook.workers);
    }
}

/* What more workers bring: what the points beyond the recommended one say, and what the laws say
 * beyond the points. */
static void say_more(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_scaling *scaling = &answer->scaling;
    const struct ppt_ratio gain = gain_of_more(answer);

    if (answer->reason == PPT_REASON_STILL_RISING) {
        say_outlook(speech);
    } else if (gain.interval.exists && recommended(answer) > 0 &&
               gain.interval.high < answer->context.tolerance) {
        ppt_text_addf(&speech->words, " No count tried above %u worker%s is ", recommended(answer),
                      PPT_S(recommended(answer)));
        if (gain.interval.high >= LEAST_SHOWN) {
            ppt_text_add(&speech->words, "more than ");
            add_percent(gain.interval.high, &speech->words);
            ppt_text_add(&speech->words, " ");
        }
        ppt_text_add(&speech->words, "faster (95 %).");
        say(speech,
            below("gain_of_more", gain.value, gain.interval, 0.9, answer->context.tolerance));
    }
    if (scaling->falls) {
        ppt_text_addf(&speech->words, " Beyond %u worker%s throughput falls.", scaling->peak,
                      PPT_S(scaling->peak));
        say(speech, above("falls", scaling->fall.value, scaling->fall.interval,
                          answer->context.confidence, 1));
    }
}

static bool costs(const struct ppt_ratio *cost)
{
    return cost->value > 1 + NOTABLE && cost->interval.exists && cost->interval.low > 1;
}

static void say_all_cpus(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_ratio *cost = &answer->all_cpus_cost;

    if (answer->has_all_cpus && costs(cost)) {
        ppt_text_addf(&speech->words, " Using all %u CPUs would be ", answer->context.cpus);
        add_slower(cost, &speech->words);
        ppt_text_add(&speech->words, ".");
        say(speech, above("all_cpus", cost->value, cost->interval, answer->context.confidence, 1));
    }
    if (answer->has_economical && answer->economical != answer->verdict.recommended &&
        ppt_point_workers(answer->grid.points[answer->economical]) > 1) {
        const struct ppt_ratio *speedup = &answer->points[answer->economical].by_workers;
        const unsigned n = ppt_point_workers(answer->grid.points[answer->economical]);

        ppt_text_add(&speech->words, " Economical: ");
        ppt_claims_point(answer, answer->economical, &speech->words);
        ppt_text_add(&speech->words, " (at least 80 % of each one's time pays).");
        say(speech, above("economical", speedup->value / n,
                          (struct ppt_interval){speedup->interval.exists, speedup->interval.low / n,
                                                speedup->interval.high / n},
                          answer->context.confidence, PPT_ECONOMICAL_EFFICIENCY));
    }
}

/* Workers and threads inside tasks that together are more than there are CPUs. */
static void say_crowd(struct speech *speech)
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
    add_slower(cost, &speech->words);
    ppt_text_add(&speech->words, ".");
    say(speech,
        above("too_many_threads", cost->value, cost->interval, answer->context.confidence, 1));
}

/* What a quota allows, unless the reason has said so, and that it is not so by itself. */
static void say_quota(struct speech *speech)
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
    say(speech, counted("quota", cpus));
}

static void say_passes(struct speech *speech, const char *kind, size_t passes, const char *before,
                       const char *behind)
{
    if (passes > 0) {
        ppt_text_addf(&speech->words, " Caution: %s%zu of %zu passes%s.", before, passes,
                      speech->answer->disturbance.passes, behind);
        say(speech, counted(kind, (double)passes));
    }
}

/* What a program that runs again and again does to its own runs. */
static void say_repeats(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_repeats *repeats = &answer->repeats;
    char first[PPT_UNITS_SIZE], later[PPT_UNITS_SIZE];

    if (repeats->failed > 0) {
        ppt_text_addf(&speech->words,
                      " Caution: %" PRIu64 " of %" PRIu64 " tasks ended with an exit code other "
                      "than 0.",
                      repeats->failed, repeats->tasks);
        say(speech, counted("failed_tasks", (double)repeats->failed));
    }
    if (answer->context.programs && !answer->context.renewed && repeats->changed) {
        ppt_text_addf(
            &speech->words,
            " Caution: a task's first run took %s, later ones %s. They may find its work "
            "done: then --prepare CMD undoes it before each pass, or --sandbox gives "
            "every task a copy of the folder. Or what it reads came from a disk at first.",
            ppt_text_duration(repeats->first_s, first), ppt_text_duration(repeats->later_s, later));
        say(speech, counted("first_run", repeats->first_s / repeats->later_s));
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
        say(speech, counted("first_of_pass", repeats->first_of_pass_s / repeats->later_of_pass_s));
    }
}

/* Who waits for tasks may wake up too late for what is measured of them. */
static void say_late(struct speech *speech)
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
        say(speech, counted("late", (double)late));
    }
}

static void say_caveats(struct speech *speech)
{
    const struct ppt_answer *answer = speech->answer;
    const struct ppt_disturbance *all = &answer->disturbance;
    /* Few enough that the verdict does not speak of them. */
    const bool others = all->culprit == PPT_CULPRIT_OTHERS && !answer->verdict.disturbed;

    if (answer->scaling.superlinear) {
        ppt_text_add(&speech->words,
                     " Workers gain more than their number: suspect caches or the baseline.");
        say(speech, plain("superlinear"));
    }
    if (answer->drift.flagged) {
        ppt_text_add(&speech->words, " Caution: the machine's speed drifted during the run (");
        add_percent(answer->drift.change, &speech->words);
        ppt_text_add(&speech->words, ").");
        say(speech, counted("drift", answer->drift.change));
    }
    say_late(speech);
    say_repeats(speech);
    say_quota(speech);
    say_passes(speech, "others", others ? all->much : 0, "others disturbed ", "");
    say_passes(speech, "stolen", all->stolen, "the hypervisor took CPU time from ", "");
    say_passes(speech, "stopped", all->stopped, "", " were stopped for a while");
    say_passes(speech, "moved", all->moved, "", " had other CPUs than the first one");
}

static void say_details(struct speech *speech)
{
    if (speech->answer->verdict.exists && speech->answer->verdict.ranked > 1 &&
        !speech->answer->context.arriving) {
        speech->topic = PPT_TOPIC_WHY;
        say_weak(speech);
        say_beyond(speech);
        say_still_lost(speech);
        say_inflation(speech);
        speech->topic = PPT_TOPIC_MORE;
        say_break_even(speech);
        say_more(speech);
        say_all_cpus(speech);
        say_crowd(speech);
    }
    ppt_sensitivity_say(speech->answer,
                        (struct ppt_claim){.part = speech->part, .topic = PPT_TOPIC_WHY},
                        speech->claims);
    speech->topic = PPT_TOPIC_SURE;
    say_caveats(speech);
}

void ppt_claims_of(const struct ppt_answer *answer, enum ppt_claim_part part,
                   struct ppt_claims *claims)
{
    static void (*const parts[])(struct speech *) = {
        [PPT_CLAIM_VERDICT] = say_verdict,
        [PPT_CLAIM_REASON] = say_reason,
        [PPT_CLAIM_DETAIL] = say_details,
    };
    struct speech speech = {.answer = answer, .part = part, .claims = claims};

    *claims = (struct ppt_claims){0};
    parts[part](&speech);
}

void ppt_claims_join(const struct ppt_claims *claims, struct ppt_text *out)
{
    for (size_t i = 0; i < claims->count; i++) {
        ppt_text_add(out, claims->items[i].text);
    }
}

void ppt_claims_join_topic(const struct ppt_claims *claims, enum ppt_claim_topic topic,
                           struct ppt_text *out)
{
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->items[i].topic == topic) {
            ppt_text_add(out, claims->items[i].text);
        }
    }
}

void ppt_claims_free(struct ppt_claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        free(claims->items[i].text);
    }
    free(claims->items);
    *claims = (struct ppt_claims){0};
}
