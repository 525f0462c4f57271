/*
 * compare.h - whether times or speedups changed between two sides, each of one or more runs.
 *
 * Every point that all runs have is compared twice, by the logarithms of its passes' times and by
 * those of its speedups, paired within the block over the point with the fewest workers (sequential
 * calls, where they were measured). A machine that is slower as a whole cancels in speedups. With
 * the shift D of a point and its error e = t sqrt(V), see shift.h:
 *
 *   slower      D - e > ln(1 + threshold) at some point. At each of K points e is that of
 *               1 - 0.05/K (Bonferroni), so that it is wrong of any in at most 5 %. Or so at m
 * points with that of 1 - 0.05 m/K: then it is so at one of them at least (Simes, "An improved
 * Bonferroni procedure for multiple tests of significance", Biometrika 73 (1986); errors of points
 * must not oppose each other, and what a block shares makes them go together) not slower  D + e <
 * ln(1 + threshold) at all points, each e that of 0.95: all of these tests must say so, so none has
 * to be stricter (Berger, "Multiparameter hypothesis testing and acceptance sampling",
 * Technometrics 24 (1982)) unchanged   if also D - e > -ln(1 + threshold) at all (two one-sided
 * tests: Schuirmann 1987) improved    if it is not unchanged, and D + e < 0 at some point, that e
 * of 1 - 0.05/K
 *
 * Else, and wherever something else speaks against it (enum ppt_doubt), it is inconclusive: that
 * nobody can tell is no sign that nothing changed.
 *
 * What all passes of a run share (a day, a neighbour, where the machine's memory lies) one run a
 * side cannot show, however many processes it has. How far runs are apart may be known from others
 * (ppt-omp audit): with b, their standard deviation, e^2 = t^2 V + 2 (z b)^2 for all of the above.
 *
 * A pure function of the runs.
 */
#ifndef PPT_ANALYZE_COMPARE_H
#define PPT_ANALYZE_COMPARE_H

#include "grid.h"
#include "stat.h"

#define PPT_COMPARE_FEWEST                                                                         \
    5 /* values of a side; and processes of a run that is alone on its side */
#define PPT_COMPARE_CONFIDENCE 0.95
/* More are not worth naming. */
#define PPT_COMPARE_MOST_BLOCKS 400
#define PPT_COMPARE_MOST_RUNS 20

struct ppt_compared_run {
    const struct ppt_grid *grid; /* borrowed; without complete blocks it counts as no run */
    bool disturbed;              /* so much that nothing is claimed of it, see disturbance.h */
};

/* How the runs are to be compared. */
struct ppt_compare_rules {
    double threshold; /* the change that counts: 0.03 is 3 %; 0 or above */
    double
        between_runs; /* with one run a side: standard deviation of runs' logarithms; 0: unknown */
    bool latencies;   /* that is what grids have: nothing is faster than with the fewest workers */
};

enum ppt_change {
    PPT_CHANGE_INCONCLUSIVE,
    PPT_CHANGE_UNCHANGED,
    PPT_CHANGE_NOT_SLOWER,
    PPT_CHANGE_IMPROVED,
    PPT_CHANGE_SLOWER
};
extern const char *const ppt_change_names[]; /* "inconclusive", ... */

/* Why it is inconclusive; the first that holds. */
enum ppt_doubt {
    PPT_DOUBT_NONE,
    PPT_DOUBT_NO_POINT,  /* there is none that all runs have */
    PPT_DOUBT_FEW,       /* fewer than PPT_COMPARE_FEWEST values on a side */
    PPT_DOUBT_SPREAD,    /* neither are there several runs on both sides, nor enough processes in
                            each: nothing shows what differs from process to process */
    PPT_DOUBT_DRIFT,     /* the machine's speed changed while a run was measured */
    PPT_DOUBT_DISTURBED, /* others, or a queue, took much of a run */
    PPT_DOUBT_WIDE       /* its intervals are too wide to tell */
};
extern const char *const ppt_doubt_names[]; /* as in JSON: "few_blocks", ... */

/* Points that are slower together, where none is by itself. */
struct ppt_together {
    size_t count;      /* at one of so many at least; 0: there is one by itself, or none */
    double confidence; /* of each, which would not be enough for one */
    double low;        /* the least of their lower ends */
};

/* What the slower (or, where none is, the faster) points have in common. */
enum ppt_change_kind {
    PPT_CHANGE_NOWHERE,
    PPT_CHANGE_EVERYWHERE, /* surely all, and speedups stayed: the machine, or the task itself */
    PPT_CHANGE_SCALING,    /* speedups changed; the fewest workers did not */
    PPT_CHANGE_BOTH,       /* surely all, and speedups too */
    PPT_CHANGE_POINTS      /* some points, without surely changed speedups */
};
extern const char *const ppt_change_kind_names[]; /* "nowhere", ... */

/* New against old in one quantity, in logarithms: 0.08 is 8 % more. */
struct ppt_difference {
    double shift;
    struct ppt_interval interval; /* each end at 1 - 0.05/K, so that it holds for all points */
    double low, high;       /* at 95 % it is more than the one; at 95 %, less than the other */
    double run_sd;          /* of runs of the same side; 0: one run a side */
    enum ppt_change change; /* of a speedup, a smaller one is slower */
};

struct ppt_compared_point {
    struct ppt_point point;       /* first, for ppt_point_compare() */
    bool common;                  /* all runs have it, and then the rest is set */
    struct ppt_stat old_s, new_s; /* seconds, of the values of all runs; n 0: not there */
    struct ppt_difference time;
    bool has_speedup;                          /* and then the rest is set */
    struct ppt_ratio old_speedup, new_speedup; /* intervals at 95 % */
    struct ppt_difference speedup;
};

struct ppt_comparison {
    struct ppt_compare_rules rules;
    size_t old_runs, new_runs;         /* with complete blocks */
    size_t old_blocks, new_blocks;     /* values of all runs: processes where runs have several */
    bool by_process;                   /* some run has, */
    bool grouped;                      /* and some of these had several blocks */
    struct ppt_compared_point *points; /* of any run, ascending */
    size_t point_count;
    size_t common;                         /* points that all runs have */
    size_t base;                           /* the first of these, that speedups are over */
    double confidence, speedup_confidence; /* of each end of an interval */
    enum ppt_change change;                /* by times */
    struct ppt_together together;
    enum ppt_change speedup_change; /* by speedups; INCONCLUSIVE also where there are none */
    enum ppt_change_kind kind;
    enum ppt_doubt doubt;
    size_t blocks_needed;  /* with PPT_DOUBT_WIDE and one run a side: with about so many on each the
                              errors would be small enough, if shifts are what they seem to be; 0:
                              with no number up to PPT_COMPARE_MOST_BLOCKS, or runs are apart */
    size_t runs_needed;    /* the same of runs a side, where there are more */
    double typical;        /* median over points of the shift of time */
    double slower, faster; /* at 95 %: no point's shift of time is more than the one, nor less than
                              minus the other */
};

/* `runs` has the old ones first. */
void ppt_comparison_of(const struct ppt_compared_run *runs, size_t old_count, size_t new_count,
                       const struct ppt_compare_rules *rules, struct ppt_comparison *comparison);
void ppt_comparison_free(struct ppt_comparison *comparison);

/* Whether runs of the same side show what they differ by, or the rules know it. */
bool ppt_comparison_knows_runs(const struct ppt_comparison *comparison);

#endif
