/*
 * compare.h - whether times or speedups changed between two sides, each of one or more runs.
 *
 * Every point that both sides have is compared twice, by the logarithms of its passes' times and by
 * those of its speedups, paired within the block over the point with the fewest workers (sequential
 * calls, where they were measured). A machine that is slower as a whole cancels in speedups. The
 * tests are those of rank_test.h; intervals of K points hold together at 95 %, each at 1 - 0.05/K
 * (Bonferroni); p is adjusted over the K points by Holm, "A simple sequentially rejective multiple
 * test procedure", Scandinavian Journal of Statistics 6 (1979).
 *
 * Passes of one run share what is peculiar to that run (where memory lies, which neighbours there
 * are), and more of them do not average it out: Kalibera and Jones, "Rigorous benchmarking in
 * reasonable time", ISMM 2013. With several runs on a side, how much their medians differ bounds
 * what can be called a change, see struct ppt_run_spread. With one each, it stays unknown.
 *
 * A pure function of the grids.
 */
#ifndef PPT_ANALYZE_COMPARE_H
#define PPT_ANALYZE_COMPARE_H

#include "grid.h"
#include "rank_test.h"
#include "stat.h"

#define PPT_COMPARE_FEWEST 5 /* blocks of all runs of a side */
#define PPT_COMPARE_CONFIDENCE 0.95

/* In ascending order of what they weigh for the whole. */
enum ppt_change {
    PPT_CHANGE_INCONCLUSIVE, /* too few blocks for its number of points */
    PPT_CHANGE_UNCHANGED,    /* none of the others: no change, or one that noise hides */
    PPT_CHANGE_IMPROVED,     /* surely faster by more than the threshold */
    PPT_CHANGE_SUSPECT,      /* surely slower, and its estimate is above the threshold */
    PPT_CHANGE_REGRESSION    /* surely slower by more than the threshold */
};
extern const char *const ppt_change_names[]; /* "inconclusive", ... */

/* What the slower (or, where none is, the faster) points have in common. */
enum ppt_change_kind {
    PPT_CHANGE_NOWHERE,
    PPT_CHANGE_EVERYWHERE, /* all alike, and speedups stayed: the machine, or the task itself */
    PPT_CHANGE_SCALING,    /* speedups changed; the fewest workers did not */
    PPT_CHANGE_BOTH,       /* all, and speedups too */
    PPT_CHANGE_POINTS      /* some points, without surely changed speedups */
};
extern const char *const ppt_change_kind_names[]; /* "nowhere", ... */

/* How much runs of one side differ among themselves, by the medians of their logarithms. */
struct ppt_run_spread {
    bool exists;   /* some side has two runs or more */
    double spread; /* root mean square difference of two runs of the same side */
    double reach;  /* what runs that differ so much can look like a change by chance: the upper
                      95 % point of Student's t, times the standard error of the difference between
                      the sides' means of run medians. A smaller shift is at most suspect. */
};

/* New against old in one quantity, in logarithms: 0.08 is 8 % more. */
struct ppt_difference {
    size_t old_n, new_n; /* blocks */
    struct ppt_shift shift;
    double p, p_adjusted;
    double delta; /* Cliff's */
    bool exact;   /* p and interval are not approximated */
    struct ppt_run_spread runs;
    enum ppt_change change; /* of a speedup, a smaller one is a regression */
};

struct ppt_compared_point {
    struct ppt_point point;       /* first, for ppt_point_compare() */
    struct ppt_stat old_s, new_s; /* seconds of whole passes, blocks of all runs; n 0: not there */
    struct ppt_difference time;   /* where both have it */
    bool has_speedup;             /* and then the rest is set */
    struct ppt_ratio old_speedup, new_speedup; /* intervals at 95 % */
    struct ppt_difference speedup;
};

struct ppt_comparison {
    double threshold; /* the change that counts: 0.03 is 3 % */
    size_t old_runs, new_runs;
    size_t old_blocks, new_blocks;     /* complete, of all runs */
    struct ppt_compared_point *points; /* of any run, ascending */
    size_t point_count;
    size_t common; /* points that both sides have */
    size_t judged; /* of these, with PPT_COMPARE_FEWEST blocks on both sides */
    bool has_base;
    size_t base;                           /* the point that speedups are over */
    double confidence, speedup_confidence; /* of each interval */
    size_t blocks_needed;                  /* on each side, for intervals at so many points */
    enum ppt_change change;                /* by times */
    enum ppt_change speedup_change;        /* by speedups; INCONCLUSIVE: there are none */
    enum ppt_change_kind kind;
    double typical; /* median over judged points of the shift of time */
    double most;    /* the largest upper end: no judged point is slower by more; 0: none judged */
};

/* `threshold` is 0 or above. Grids without complete blocks count as runs without points. */
void ppt_comparison_of(const struct ppt_grid *old_runs, size_t old_count,
                       const struct ppt_grid *new_runs, size_t new_count, double threshold,
                       struct ppt_comparison *comparison);
void ppt_comparison_free(struct ppt_comparison *comparison);

/* Whether both sides have the point. */
bool ppt_compared_common(const struct ppt_compared_point *point);

#endif
