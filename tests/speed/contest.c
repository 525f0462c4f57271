#include "contest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "interval.h"

#define ROUNDS 21
#define CONFIDENCE 0.95
#define MOST_DISCARDED 63
#define DISTURBED 0.02 /* share of a round in which the thread had to wait for a CPU */
#define ROUND_NS 15e6  /* a round of each repeats its run until about so long */

/* One of the two, and its times. */
struct entry {
    const struct contestant *who;
    uint64_t repeats;
    double values[ROUNDS]; /* ns for one unit, by round */
};

static enum ppt_status run_once(const struct contestant *who, int64_t *ns, struct ppt_error *error)
{
    enum ppt_status status;

    if (who->prepare) {
        who->prepare(who->state);
    }
    const int64_t start = ppt_clock_ns();
    status = who->run(who->state, error);
    *ns = ppt_clock_ns() - start;
    if (status == PPT_OK && who->span_ns) {
        *ns = who->span_ns(who->state);
    }
    return status;
}

static enum ppt_status run_round(struct entry *entry, size_t round, struct ppt_error *error)
{
    int64_t total = 0;

    for (uint64_t i = 0; i < entry->repeats; i++) {
        int64_t ns;
        const enum ppt_status status = run_once(entry->who, &ns, error);

        if (status != PPT_OK) {
            return status;
        }
        total += ns;
    }
    /* A clock that did not advance would make a logarithm of zero. */
    entry->values[round] = fmax((double)total, 1.0) / ((double)entry->repeats * entry->who->units);
    return PPT_OK;
}

/* Warms up, and chooses how many runs make a round, by all that a run takes: what does not count
 * may take most of the time. */
static enum ppt_status calibrate(struct entry *entry, struct ppt_error *error)
{
    int64_t ns, start;
    enum ppt_status status = run_once(entry->who, &ns, error);

    if (status == PPT_OK) {
        start = ppt_clock_ns();
        status = run_once(entry->who, &ns, error);
        ns = ppt_clock_ns() - start;
        entry->repeats = (uint64_t)ceil(ROUND_NS / fmax((double)ns, 1.0));
    }
    return status;
}

static void evaluate(const struct contest *contest, const struct entry entries[2],
                     struct contest_result *result)
{
    const double sign = contest->ratio == CONTEST_TIME ? 1.0 : -1.0;
    double logs[ROUNDS];

    for (size_t i = 0; i < ROUNDS; i++) {
        logs[i] = sign * log(entries[0].values[i] / entries[1].values[i]);
    }
    const struct ppt_interval interval = ppt_interval_of(logs, ROUNDS, CONFIDENCE);

    result->measured = ppt_median(entries[0].values, ROUNDS) / contest->unit_ns;
    result->reference = ppt_median(entries[1].values, ROUNDS) / contest->unit_ns;
    result->ratio = exp(ppt_median(logs, ROUNDS));
    result->low = exp(interval.low);
    result->high = exp(interval.high);
    result->met = true;
    if (contest->bar == CONTEST_VALUE) {
        result->met = result->measured <= contest->limit;
    } else if (contest->bar == CONTEST_RATIO) {
        result->met = contest->ratio == CONTEST_TIME ? result->ratio <= contest->limit
                                                     : result->ratio >= contest->limit;
    }
}

int contest_digits(double ratio)
{
    return ratio < 0.1 ? 4 : ratio < 2 ? 3 : ratio < 100 ? 1 : 0;
}

static void print(const struct venue *venue, const struct contest *contest,
                  const struct contest_result *result)
{
    const char *kind = contest->ratio == CONTEST_TIME ? "time" : "speed";
    const char *met = contest->bar == CONTEST_NO_BAR ? "-" : result->met ? "yes" : "no";
    const char *disturbed = result->disturbed ? " (disturbed)" : "";
    const int digits = contest_digits(result->ratio);
    char bar[64] = "-", ratio[96];

    if (contest->bar == CONTEST_VALUE) {
        snprintf(bar, sizeof(bar), "≤ %g %s", contest->limit, contest->unit);
    } else if (contest->bar == CONTEST_RATIO) {
        snprintf(bar, sizeof(bar), "%s %s %gx", kind, contest->ratio == CONTEST_TIME ? "≤" : "≥",
                 contest->limit);
    }
    snprintf(ratio, sizeof(ratio), "%s %.*fx [%.*f, %.*f]", kind, digits, result->ratio, digits,
             result->low, digits, result->high);
    if (venue->markdown) {
        printf("| %s: %s | %.4g %s | %.4g, %s | %s%s | %s | %s |\n", venue->subject,
               contest->measured.name, result->measured, contest->unit, result->reference,
               contest->reference.name, ratio, disturbed, bar, met);
    } else {
        printf("%s: %s\n    %.4g %s; %.4g: %s\n    %s%s", venue->subject, contest->measured.name,
               result->measured, contest->unit, result->reference, contest->reference.name, ratio,
               disturbed);
        if (contest->bar != CONTEST_NO_BAR) {
            printf("; bar %s: %s", bar, result->met ? "met" : "not met");
        }
        putchar('\n');
    }
    fflush(stdout);
}

/* How long this thread has been waiting for a CPU in its life; 0 where the system does not tell. */
static int64_t waited_ns(void)
{
    FILE *file = fopen("/proc/thread-self/schedstat", "re");
    char line[128] = "", *rest = line;

    if (file) {
        if (fgets(line, sizeof(line), file)) {
            strtoll(line, &rest, 10); /* how long it has been running */
        }
        fclose(file);
    }
    return strtoll(rest, NULL, 10);
}

/* One round of both. */
static enum ppt_status run_both(struct entry entries[2], size_t round, bool *disturbed,
                                struct ppt_error *error)
{
    const int64_t waited = waited_ns();
    const int64_t start = ppt_clock_ns();
    enum ppt_status status = run_round(&entries[round % 2], round, error);

    if (status == PPT_OK) {
        status = run_round(&entries[1 - round % 2], round, error);
    }
    const double elapsed = (double)(ppt_clock_ns() - start);

    *disturbed = (double)(waited_ns() - waited) > DISTURBED * elapsed;
    return status;
}

enum ppt_status contest_measure(const struct contest *contest, struct contest_result *result,
                                struct ppt_error *error)
{
    struct entry entries[2] = {{.who = &contest->measured}, {.who = &contest->reference}};
    size_t discarded = 0;
    enum ppt_status status = calibrate(&entries[0], error);

    *result = (struct contest_result){0};
    if (status == PPT_OK) {
        status = calibrate(&entries[1], error);
    }
    for (size_t round = 0; status == PPT_OK && round < ROUNDS;) {
        bool disturbed = false;

        status = run_both(entries, round, &disturbed, error);
        if (disturbed && discarded < MOST_DISCARDED) {
            discarded++;
        } else {
            result->disturbed = result->disturbed || disturbed;
            round++;
        }
    }
    if (status == PPT_OK) {
        evaluate(contest, entries, result);
    }
    return status;
}

enum ppt_status contest_hold(const struct venue *venue, const struct contest *contest,
                             struct ppt_error *error)
{
    struct contest_result result;
    const enum ppt_status status = contest_measure(contest, &result, error);

    if (status == PPT_OK) {
        print(venue, contest, &result);
    }
    return status;
}

void contest_print_head(const struct venue *venue)
{
    if (venue->markdown) {
        puts("| what | measured | reference | ratio [95 % interval] | bar | met? |\n"
             "| --- | --- | --- | --- | --- | --- |");
    }
}
