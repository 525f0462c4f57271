#include "sentence.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>

#include "cluster.h"

/* Whether each rank has a host of its own. */
static bool is_of_nodes(const struct ppt_answer *answer, unsigned ranks)
{
    const struct ppt_cluster *cluster = answer->context.cluster;

    return cluster && ranks > 1 && ppt_cluster_hosts(cluster, ranks) == ranks;
}

/* "2 workers", "plain sequential calls"; where it was measured how many threads a task should use,
 * "2 workers × 4 inner threads"; over ranks "3 ranks × 2 workers". */
static void add_point(const struct ppt_answer *answer, size_t p, struct ppt_text *out)
{
    const struct ppt_point point = answer->grid.points[p];
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

/* At most four characters below 10 000 and above, two or more significant digits from 0.1 on. */
static void add_times(double value, struct ppt_text *out)
{
    static const char *const units[] = {"", "k", "M", "G", "T"};
    size_t unit = 0;

    if (value < 9999.5) {
        ppt_text_addf(out, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
        return;
    }
    while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        value /= 1000;
        unit++;
    }
    ppt_text_addf(out, "%.0f%s", fmin(value, 999), units[unit]);
}

void ppt_sentence_ratio(const struct ppt_ratio *ratio, struct ppt_text *out)
{
    if (ratio->value > 0 && ratio->value < 0.0995) {
        ppt_text_addf(out, "%.2gx", ratio->value);
    } else {
        add_times(ratio->value, out);
        ppt_text_add(out, "x");
    }
    if (ratio->interval.exists) {
        ppt_text_add(out, " [");
        add_times(ratio->interval.low, out);
        ppt_text_add(out, ", ");
        add_times(ratio->interval.high, out);
        ppt_text_add(out, "]");
    }
}

/* Below it a share is shown as 0.0 %. */
#define LEAST_SHOWN 0.0005

static void add_percent(double share, struct ppt_text *out)
{
    ppt_text_addf(out, "%.*f %%", fabs(share) < 0.0995 ? 1 : 0, 100 * share);
}

/* Workers of the recommended point, those of all ranks. */
static unsigned recommended(const struct ppt_answer *answer)
{
    return ppt_point_workers(answer->grid.points[answer->verdict.recommended]);
}

/* Who keeps it from being one of an idle machine. */
static void add_others(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_disturbance *all = &answer->disturbance;

    if (!answer->verdict.disturbed) {
        return;
    }
    switch (all->culprit) {
    case PPT_CULPRIT_OTHERS:
        ppt_text_add(out, ". Others used ");
        add_percent(all->others, out);
        ppt_text_add(out, " of the CPUs: this holds beside them, not on an idle machine");
        break;
    case PPT_CULPRIT_QUOTA:
        ppt_text_add(out, ". The CPU quota let threads wait ");
        add_percent(all->queued, out);
        ppt_text_add(out, " of their time: this holds with it");
        break;
    case PPT_CULPRIT_PLACEMENT:
        ppt_text_add(out, ". Its own threads shared CPUs (placement), and waited for one ");
        add_percent(all->queued, out);
        ppt_text_add(out, " of their time");
        break;
    case PPT_CULPRIT_UNKNOWN:
        ppt_text_add(out, ". Threads waited for a CPU ");
        add_percent(all->queued, out);
        ppt_text_add(out, " of their time: this may not hold on an idle machine");
        break;
    }
}

/* What a verdict that is not HIGH lacks. */
static void add_doubt(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_verdict *verdict = &answer->verdict;

    if (verdict->confidence == PPT_CONFIDENCE_HIGH) {
        return;
    }
    add_others(answer, out);
    if (verdict->capped) {
        return; /* more blocks are not what it lacks */
    }
    if (verdict->coarse) {
        ppt_text_addf(out, ". The clock's step of %g s is too coarse: let passes take %g s or more",
                      answer->grid.step, 40 * answer->grid.step);
    } else if (verdict->tie) {
        ppt_text_add(out, ". It is a tie: ");
        add_point(answer, verdict->best, out);
        ppt_text_add(out, " is as good");
    } else if (verdict->blocks_needed > 0) {
        ppt_text_addf(out, ". Not settled: about %zu blocks would do, 3 times in 4",
                      verdict->blocks_needed);
    } else {
        ppt_text_add(out, ". Not settled, and more blocks will not settle it soon");
    }
}

void ppt_sentence_verdict(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_verdict *verdict = &answer->verdict;
    const size_t blocks = answer->grid.block_count;

    if (!verdict->exists) {
        ppt_text_addf(out, "no verdict: %zu complete block%s measured, at least %d are needed",
                      blocks, blocks == 1 ? " was" : "s were", PPT_FEWEST_BLOCKS);
        return;
    }
    if (answer->grid.point_count == 1) {
        ppt_text_add(out, "no choice: only ");
        add_point(answer, 0, out);
        ppt_text_add(out, " were measured");
        return;
    }
    ppt_text_add(out, "use ");
    add_point(answer, verdict->recommended, out);
    if (verdict->slowdown_upper < LEAST_SHOWN) {
        ppt_text_add(out, ": no slower than any count tried, as far as can be told (95 %)");
    } else {
        ppt_text_add(out, ": at most ");
        add_percent(verdict->slowdown_upper, out);
        ppt_text_add(out, " slower than the best count tried (95 %)");
    }
    const struct ppt_point_answer *point = &answer->points[verdict->recommended];
    if (verdict->recommended > 0 && point->over_sequential.value > 0) {
        ppt_text_add(out, "; ");
        ppt_sentence_ratio(&point->over_sequential, out);
        ppt_text_add(out, " faster than sequential calls");
    } else if (verdict->recommended > 0 && point->over_one.value > 0) {
        ppt_text_add(out, "; ");
        ppt_sentence_ratio(&point->over_one, out);
        ppt_text_add(out, " faster than 1 worker");
    }
    add_doubt(answer, out);
}

static void add_factor_reason(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_point_factors *factors = &answer->points[answer->verdict.recommended].factors;
    const double loss = 1 - factors->factor[factors->most_lost];
    static const char *const texts[] = {
        [PPT_FACTOR_BALANCE] = "Most is lost to unequal loads of the workers",
        [PPT_FACTOR_COMMUNICATION] = "Most is lost to waiting for tasks from rank 0",
        [PPT_FACTOR_SCHEDULING] = "Most is lost to handing tasks out and waiting for the last",
        [PPT_FACTOR_STARTUP] = "Most is lost to starting and ending the workers",
        [PPT_FACTOR_WORK] = "Most is lost to tasks that take longer side by side",
        [PPT_FACTOR_REFERENCE] = "Nothing is lost that can be named",
    };

    ppt_text_add(out, texts[factors->most_lost]);
    if (factors->most_lost != PPT_FACTOR_REFERENCE) {
        ppt_text_add(out, " (");
        add_percent(loss, out);
        ppt_text_add(out, ")");
    }
    ppt_text_add(out, ".");
}

void ppt_sentence_reason(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_answer_context *context = &answer->context;

    switch (answer->reason) {
    case PPT_REASON_NONE:
    case PPT_REASON_SINGLE:
        break;
    case PPT_REASON_INNER_THREADS:
        ppt_text_addf(out, "Tasks use %.1f CPUs each by threads of their own.", answer->cpu_use);
        break;
    case PPT_REASON_DISPATCH:
        ppt_text_add(out, "Handing a task to a worker costs too much: 1 worker takes ");
        add_percent(answer->dispatch.value - 1, out);
        ppt_text_add(out, " longer than sequential calls.");
        break;
    case PPT_REASON_NO_GAIN:
        ppt_text_add(out, answer->row.point_count == 1 ? "Inner threads do not make it faster."
                          : recommended(answer) == 0   ? "Workers do not make it faster."
                                                       : "More workers do not make it faster.");
        break;
    case PPT_REASON_STILL_RISING:
        ppt_text_addf(out,
                      "It still gets faster at %u workers, the most that were tried: try more.",
                      recommended(answer));
        break;
    case PPT_REASON_FEW_TASKS:
        ppt_text_addf(
            out, "There are too few tasks: %" PRIu64 " of them on %u workers allow %.2fx at most.",
            context->tasks, recommended(answer),
            answer->points[answer->verdict.recommended].granularity);
        break;
    case PPT_REASON_CPUS_BUSY:
        if (context->quota_cpus > 0) {
            ppt_text_addf(out, "All that a quota allows is busy: %g CPU%s.", context->quota_cpus,
                          PPT_S(context->quota_cpus));
            break;
        }
        ppt_text_addf(out, "%u of %u CPU%s %s busy.", context->cpus, context->cpus,
                      PPT_S(context->cpus), context->cpus == 1 ? "is" : "are");
        break;
    case PPT_REASON_FACTOR:
        add_factor_reason(answer, out);
        break;
    case PPT_REASON_UNSETTLED:
        ppt_text_add(out, recommended(answer) == 0
                              ? "Whether workers would gain anything is not settled."
                              : "What limits it is not settled.");
        break;
    }
}

/* ---- details ---- */

/* Losses below this are not worth a sentence. */
#define NOTABLE 0.05

/* Where the table has a star. */
static void add_beyond(const struct ppt_answer *answer, struct ppt_text *out)
{
    const size_t p = answer->verdict.recommended;

    if (ppt_answer_beyond(answer, p)) {
        ppt_text_addf(out, " That is %u threads on %u CPU%s%s.",
                      ppt_point_threads(answer->grid.points[p]), answer->context.cpus,
                      PPT_S(answer->context.cpus), answer->waiting ? ": tasks mostly wait" : "");
    }
}

static const char *inflation_cause(const struct ppt_point_factors *f)
{
    if (f->queued_inflation > f->on_cpu_inflation && f->queued_inflation > f->off_cpu_inflation) {
        return " (waiting for a CPU)";
    }
    return f->on_cpu_inflation >= f->off_cpu_inflation ? " (memory, caches or clock)"
           : f->queued_inflation > 0                   ? " (waiting for a lock or a device)"
                                                       : " (waiting for a CPU, a lock or a device)";
}

static void add_inflation(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_point_factors *f = &answer->points[answer->verdict.recommended].factors;
    const double inflation = f->exists ? 1 / f->factor[PPT_FACTOR_WORK] - 1 : 0;

    if (inflation < NOTABLE) {
        return;
    }
    ppt_text_add(out, " Tasks run ");
    add_percent(inflation, out);
    ppt_text_add(out, " slower side by side");
    /* Beside others it may be these. */
    if (f->on_cpu_inflation > 0 && !answer->verdict.disturbed) {
        ppt_text_add(out, inflation_cause(f));
    }
    ppt_text_add(out, ".");
}

static void add_break_even(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_break_even *even = &answer->points[answer->verdict.recommended].break_even;

    if (even->high > 0 && even->high == even->low) {
        ppt_text_addf(out, " Worth it from %" PRIu64 " task%s on.", even->high, PPT_S(even->high));
    } else if (even->high > 0) {
        ppt_text_addf(out, " Worth it from %" PRIu64 " tasks on, perhaps from %" PRIu64 ".",
                      even->high, even->low);
    }
}

/* "1.02x to 1.20x" of what the largest count does. */
static void add_range(const struct ppt_outlook *outlook, struct ppt_text *out)
{
    ppt_text_addf(out, "%.2fx to %.2fx of that", outlook->low, outlook->high);
}

/* What twice as many as the most that were tried bring: never more than the laws that are not
 * excluded have in common. */
static void add_outlook(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_scaling *scaling = &answer->scaling;
    const unsigned cpus = answer->waiting ? 0 : scaling->context.cpus;
    const unsigned twice = 2 * scaling->largest, target = cpus > 0 && cpus < twice ? cpus : twice;
    const struct ppt_outlook outlook = ppt_scaling_outlook(scaling, target);

    switch (outlook.kind) {
    case PPT_OUTLOOK_NARROW:
        ppt_text_addf(out, " %u workers would bring ", target);
        add_range(&outlook, out);
        ppt_text_add(out, ", whichever law goes on.");
        break;
    case PPT_OUTLOOK_WIDE:
        ppt_text_addf(out, " %u workers would bring %.2fx of that if ", target, outlook.low);
        if (outlook.rivals.laws[ppt_outlook_lowest(&outlook)].low < 0) {
            ppt_text_addf(out, "%s goes on", ppt_rival_phrases[ppt_outlook_lowest(&outlook)]);
        } else {
            ppt_text_addf(out, "it stops at %u", scaling->largest);
        }
        ppt_text_addf(out, ", %.2fx if %s does: measure %u.", outlook.high,
                      ppt_rival_phrases[ppt_outlook_highest(&outlook)], target);
        break;
    case PPT_OUTLOOK_OPEN:
        ppt_text_addf(out, " What %u would bring these counts do not tell (", target);
        add_range(&outlook, out);
        ppt_text_addf(out, "): measure %u next.", outlook.measure_next);
        break;
    case PPT_OUTLOOK_REFUSED:
        break;
    }
}

/* What more workers bring: what the points beyond the recommended one say, and what the laws say
 * beyond the points. */
static void add_more(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_grid *row = &answer->row;
    const bool beyond = ppt_point_workers(row->points[row->point_count - 1]) > recommended(answer);

    if (answer->reason == PPT_REASON_STILL_RISING) {
        add_outlook(answer, out);
    } else if (beyond && recommended(answer) > 0 &&
               answer->verdict.confidence == PPT_CONFIDENCE_HIGH) {
        ppt_text_addf(out, " More than %u worker%s gain%s ", recommended(answer),
                      PPT_S(recommended(answer)), recommended(answer) == 1 ? "s" : "");
        if (answer->verdict.slowdown_upper < LEAST_SHOWN) {
            ppt_text_add(out, "nothing here.");
        } else {
            ppt_text_add(out, "at most ");
            add_percent(answer->verdict.slowdown_upper, out);
            ppt_text_add(out, " here.");
        }
    }
    if (answer->scaling.falls) {
        ppt_text_addf(out, " Beyond %u worker%s throughput falls.", answer->scaling.peak,
                      answer->scaling.peak == 1 ? "" : "s");
    }
}

static void add_all_cpus(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_ratio *cost = &answer->all_cpus_cost;

    if (answer->has_all_cpus && cost->value > 1 + NOTABLE && cost->interval.exists &&
        cost->interval.low > 1) {
        ppt_text_addf(out, " Using all %u CPUs would be ", answer->context.cpus);
        add_percent(cost->value - 1, out);
        ppt_text_add(out, " slower.");
    }
    if (answer->has_economical && answer->economical != answer->verdict.recommended &&
        ppt_point_workers(answer->grid.points[answer->economical]) > 1) {
        ppt_text_add(out, " Economical: ");
        add_point(answer, answer->economical, out);
        ppt_text_add(out, " (at least 80 % of each one's time pays).");
    }
}

/* Workers and threads inside tasks that together are more than there are CPUs. */
static void add_crowd(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_ratio *cost = &answer->crowd_cost;

    if (!answer->has_crowd || answer->waiting || cost->value <= 1 + NOTABLE ||
        !cost->interval.exists || cost->interval.low <= 1) {
        return;
    }
    ppt_text_add(out, " Too many threads: ");
    add_point(answer, answer->crowd, out);
    ppt_text_addf(out, ", %u threads on %u CPU%s, would be ",
                  ppt_point_threads(answer->grid.points[answer->crowd]), answer->context.cpus,
                  PPT_S(answer->context.cpus));
    add_percent(cost->value - 1, out);
    ppt_text_add(out, " slower.");
}

/* What a quota allows, unless the reason has said so, and that it is not so by itself. */
static void add_quota(const struct ppt_answer *answer, struct ppt_text *out)
{
    const double cpus = answer->context.quota_cpus;
    const struct ppt_disturbance *all = &answer->disturbance;

    if (cpus <= 0 && all->throttled == 0) {
        return;
    }
    if (cpus > 0 && answer->reason != PPT_REASON_CPUS_BUSY) {
        ppt_text_addf(out, " A quota allows %g CPU%s", cpus, PPT_S(cpus));
        ppt_text_add(out, all->throttled > 0 ? "; it" : ".");
    } else {
        ppt_text_add(out, all->throttled == 0 ? "" : cpus > 0 ? " The quota" : " A quota");
    }
    if (all->throttled > 0) {
        ppt_text_addf(out, " stopped %zu of %zu passes for part of their time.", all->throttled,
                      all->passes);
    }
}

/* Few enough that the verdict does not speak of them; of steal alone, any number. */
static void add_disturbed(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_disturbance *all = &answer->disturbance;
    const bool others = all->culprit == PPT_CULPRIT_OTHERS && !answer->verdict.disturbed;
    const size_t passes = others && all->much > all->stolen ? all->much : all->stolen;

    if (passes > 0) {
        ppt_text_addf(out, " Caution: others disturbed %zu of %zu passes.", passes, all->passes);
    }
}

static void add_caveats(const struct ppt_answer *answer, struct ppt_text *out)
{
    if (answer->scaling.superlinear) {
        ppt_text_add(out, " Workers gain more than their number: suspect caches or the baseline.");
    }
    if (answer->drift.flagged) {
        ppt_text_add(out, " Caution: the machine's speed drifted during the run (");
        add_percent(answer->drift.change, out);
        ppt_text_add(out, ").");
    }
    add_quota(answer, out);
    add_disturbed(answer, out);
    if (answer->disturbance.stopped > 0) {
        ppt_text_addf(out, " Caution: %zu of %zu passes were stopped for a while.",
                      answer->disturbance.stopped, answer->disturbance.passes);
    }
    if (answer->disturbance.moved > 0) {
        ppt_text_addf(out, " Caution: %zu of %zu passes had other CPUs than the first one.",
                      answer->disturbance.moved, answer->disturbance.passes);
    }
}

void ppt_sentence_details(const struct ppt_answer *answer, struct ppt_text *out)
{
    if (answer->verdict.exists && answer->grid.point_count > 1) {
        add_beyond(answer, out);
        add_inflation(answer, out);
        add_break_even(answer, out);
        add_more(answer, out);
        add_all_cpus(answer, out);
        add_crowd(answer, out);
    }
    add_caveats(answer, out);
}
