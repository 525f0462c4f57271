/*
 * scaling.h - how throughput went with the workers that were tried, and what may be said of more of
 * them.
 *
 * No law is believed beyond what was measured: all that the passes do not exclude have their say
 * (rivals.h), and where these differ too much the answer is which count to measure next.
 *
 * The curve is one of workers, those of all ranks: each number of them is there once, all points
 * have the same number of inner threads. Of tasks that use CPUs only the points that have one for
 * every thread count: beyond, tasks take turns. What second threads of cores add is one of the
 * rivals, two slopes.
 */
#ifndef PPT_ANALYZE_SCALING_H
#define PPT_ANALYZE_SCALING_H

#include "grid.h"
#include "rivals.h"

struct ppt_scaling_context {
    double tasks;      /* per pass; 0: unknown */
    bool whole_rounds; /* each worker has as many, so that no last round is half empty */
    unsigned cpus;     /* workers for which there are CPUs, quotas included; 0: unknown */
    bool waiting;      /* tasks mostly wait: CPUs do not limit them */
    bool drifting;     /* the machine changed during the run */
    double confidence; /* of intervals */
};

/* Why nothing is said beyond the measured points; several may hold. */
enum ppt_refusal {
    PPT_REFUSAL_FEW_POINTS = 1 << 0, /* fewer than PPT_RIVALS_FEWEST_COUNTS */
    PPT_REFUSAL_FEW_BLOCKS = 1 << 1, /* fewer than PPT_RIVALS_FEWEST_BLOCKS */
    PPT_REFUSAL_NO_LAW = 1 << 2,     /* none bends as the points do */
    PPT_REFUSAL_DRIFT = 1 << 3,
    PPT_REFUSAL_TOO_FAR = 1 << 4,     /* target beyond twice the largest count */
    PPT_REFUSAL_CROSSES_CPUS = 1 << 5 /* target beyond the CPUs */
};
#define PPT_REFUSAL_LAST PPT_REFUSAL_CROSSES_CPUS

/* One clause for one of the above. */
const char *ppt_refusal_text(enum ppt_refusal refusal);

struct ppt_scaling {
    bool exists;                             /* false: no block, or no point with workers >= 1 */
    unsigned largest;                        /* the most workers of its points */
    double throughput;                       /* there, in tasks per second: the median, */
    struct ppt_interval throughput_interval; /* so surely that it and a range of times this hold
                                                together at the confidence */
    bool falls;            /* fewer workers than the largest were surely faster, */
    unsigned peak;         /* so many of them the fastest, */
    struct ppt_ratio fall; /* by so much */
    unsigned refusals;     /* those that hold for every target */
    bool superlinear;      /* efficiency over 1 worker surely above 1.02 */
    struct ppt_scaling_context context;
    struct ppt_grid row; /* its points; owned */
};

/* The points of the row that count are copied. */
void ppt_scaling_of(const struct ppt_grid *row, const struct ppt_scaling_context *context,
                    struct ppt_scaling *scaling);
void ppt_scaling_free(struct ppt_scaling *scaling);

/* How sure what is said of a number of workers is, by the width of the range. */
enum ppt_outlook_kind {
    PPT_OUTLOOK_REFUSED, /* nothing is said */
    PPT_OUTLOOK_OPEN,    /* above 1.5: what each law says, and what to measure next */
    PPT_OUTLOOK_WIDE,    /* up to 1.5: from one law to the other */
    PPT_OUTLOOK_NARROW   /* up to 1.25: the range */
};

struct ppt_outlook {
    enum ppt_outlook_kind kind;
    unsigned workers;
    struct ppt_rivals rivals; /* at so many; there with refusals, too, if the points allow */
    enum ppt_rival_law law;   /* when all that are kept go on alike, the plainest of them; else
                                 PPT_RIVAL_COUNT */
    double low, high;         /* times the throughput at the largest count */
    struct ppt_interval rate; /* the same in tasks per second: with what the throughput that was
                                 measured there may be off by */
    unsigned refusals;        /* 0: it may be shown */
    unsigned measure_next;    /* workers; 0: nothing that would help */
};

/* Of at least the largest count; fewer were measured, or lie between points. All laws are tried,
 * which takes some milliseconds. */
struct ppt_outlook ppt_scaling_outlook(const struct ppt_scaling *scaling, unsigned workers);

/* What one law says of an outlook's count, in tasks per second: its best curve, and the range over
 * its curves that are kept, which lies within the outlook's rate. PPT_RIVAL_COUNT: none goes on, it
 * stops at the largest count. */
struct ppt_outlook_law {
    double value, low, high;
};

struct ppt_outlook_law ppt_scaling_law(const struct ppt_scaling *scaling,
                                       const struct ppt_outlook *outlook, enum ppt_rival_law law);

/* The same curve at any number of workers from 1 on, so that what is drawn and what is told are
 * one: it goes through what was measured at the largest count, and includes what the number of
 * tasks costs at each, which makes steps. With PPT_RIVAL_COUNT from the largest count on. */
double ppt_scaling_law_at(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook,
                          enum ppt_rival_law law, double workers);

/* What part of its throughput a count loses because the last round of tasks is not full: 0.06 is
 * 6 %. */
double ppt_scaling_round_loss(const struct ppt_scaling *scaling, double workers);

/* The laws that an outlook's range ends at; PPT_RIVAL_COUNT where none goes as far as it would if
 * it stopped at the largest count. */
enum ppt_rival_law ppt_outlook_lowest(const struct ppt_outlook *outlook);
enum ppt_rival_law ppt_outlook_highest(const struct ppt_outlook *outlook);

#endif
