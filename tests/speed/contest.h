/*
 * contest.h - how fast something is next to its natural reference.
 *
 * Both work in the same process and take turns, and who begins alternates, so that what disturbs
 * one disturbs the other. Each round gives one ratio; the result is their median with its interval
 * (through logarithms, so that it does not matter which of the two is the denominator). Absolute
 * times differ between machines and minutes, ratios taken in turns hardly do.
 *
 * A round in which the thread had to wait for a CPU, because other programs run, is discarded and
 * repeated: whether it had to wait is decided by the system's account of it, not by the times.
 */
#ifndef PPT_SPEED_CONTEST_H
#define PPT_SPEED_CONTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "folder.h"
#include "status.h"

/* Keeps the compiler from doing without what was written to memory. */
#define SPEED_KEEP(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

/* One of the two. Functions are given `state`. */
struct contestant {
    const char *name; /* what it is, for the table */
    /* One run, which should take 20 microseconds at least. */
    enum ppt_status (*run)(void *state, struct ppt_error *error);
    /* Before each run and not timed, or NULL. */
    void (*prepare)(void *state);
    /* How much of the latest run counts, or NULL: all of it. */
    int64_t (*span_ns)(const void *state);
    void *state;
    double units; /* what one run does: additions, elements, tasks ... */
};

/* What a ratio says of the measured one: its time over the reference's, or its speed over the
 * reference's. */
enum contest_ratio { CONTEST_TIME, CONTEST_SPEED };

enum contest_bar { CONTEST_NO_BAR, CONTEST_RATIO, CONTEST_VALUE };

struct contest {
    struct contestant measured, reference;
    const char *unit; /* of values: "ns per addition" */
    double unit_ns;   /* 1 for ns, 1e3 for µs, 1e6 for ms */
    enum contest_ratio ratio;
    /* What is to be held: a TIME ratio of at most so much, a SPEED ratio of at least so much, or a
     * value of at most so many units. */
    enum contest_bar bar;
    double limit;
};

struct contest_result {
    double measured, reference; /* medians, in the contest's unit, for one of its units */
    double ratio, low, high;    /* with the 95 % interval */
    bool disturbed;             /* even so, the thread had to wait for a CPU: a ratio may bear it */
    bool met;                   /* the measured value is within the bar; true without one */
};

/* How results are to be shown, and where temporary files go. */
struct venue {
    const char *subject;
    const char *part; /* the one row of "ceilings" that is asked for; NULL: all are */
    const struct ppt_folder *scratch; /* borrowed */
    bool markdown;
};

enum ppt_status contest_measure(const struct contest *contest, struct contest_result *result,
                                struct ppt_error *error);

/* How many decimals of a ratio say something. */
int contest_digits(double ratio);

/* Holds a contest and prints its result. */
enum ppt_status contest_hold(const struct venue *venue, const struct contest *contest,
                             struct ppt_error *error);

/* The head of the table, when results are the rows of one. */
void contest_print_head(const struct venue *venue);

#endif
