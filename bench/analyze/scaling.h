/*
 * scaling.h - the law that a grid of passes follows, how sure its coefficients are, and when
 * nothing should be said beyond what was measured.
 *
 * Coefficients are fitted to the block-aligned medians of all points that belong to the law; their
 * intervals are those of the same fit made for every block on its own, without bounds.
 *
 * A law of contention holds among CPUs of one kind. With P cores and L logical CPUs the effective
 * number of workers is
 *
 *     n_eff = min(N, P) + h max(0, min(N, L) - P)
 *
 * where h, between 0 and 1, is what a second thread on a core adds. Beyond L, CPU-bound tasks only
 * take turns: such points are no part of the law. Tasks that mostly wait know no such kink.
 *
 * The law is one of workers, those of all ranks: each number of them is there once, all points have
 * the same number of inner threads, and P and L are divided by it.
 */
#ifndef PPT_ANALYZE_SCALING_H
#define PPT_ANALYZE_SCALING_H

#include "grid.h"
#include "law.h"

struct ppt_scaling_context {
    double tasks;      /* per pass */
    unsigned cores;    /* P: workers for which there are cores; 0: unknown, then there is no kink */
    unsigned cpus;     /* L, at least P: workers for which there are CPUs; quotas included */
    bool waiting;      /* tasks mostly wait: no kink */
    bool drifting;     /* the machine changed during the run */
    double confidence; /* of intervals */
};

/* Why nothing is said beyond the measured points; several may hold. */
enum ppt_refusal {
    PPT_REFUSAL_FEW_POINTS = 1 << 0,  /* fewer than 5 worker counts >= 1 in the law */
    PPT_REFUSAL_FEW_BLOCKS = 1 << 1,  /* fewer than 5 blocks */
    PPT_REFUSAL_LACK_OF_FIT = 1 << 2, /* the law misses a point by more than 3 % and noise */
    PPT_REFUSAL_UNSTABLE = 1 << 3,    /* without the largest count it misses it by over 5 % */
    PPT_REFUSAL_DRIFT = 1 << 4,
    PPT_REFUSAL_NO_PEAK = 1 << 5,     /* kappa may be 0: where throughput peaks is unknown */
    PPT_REFUSAL_TOO_FAR = 1 << 6,     /* target beyond twice the largest count */
    PPT_REFUSAL_CROSSES_CPUS = 1 << 7 /* target on the other side of the CPU count */
};

/* One clause for one of the above. */
const char *ppt_refusal_text(enum ppt_refusal refusal);

struct ppt_scaling {
    bool fitted;        /* false: no point with workers >= 1 */
    struct ppt_law law; /* throughput in tasks per second */
    const char *name;   /* of the law that the intervals support: linear, Amdahl or USL */
    double smt_share;   /* h; -1 when there are no points to tell */
    struct ppt_interval lambda, sigma, kappa;
    double best_throughput; /* the largest median of its points */
    bool has_peak;          /* surely */
    double peak_workers, peak_throughput;
    struct ppt_interval peak; /* of peak_workers */
    unsigned refusals;        /* those that hold for every target */
    unsigned largest;         /* the most workers in the law */
    bool superlinear;         /* efficiency over 1 worker surely above 1.02 */
    struct ppt_scaling_context context;
    struct ppt_law *block_laws; /* unbounded fits by block; owned; NULL when not possible */
    size_t block_count;
};

void ppt_scaling_of(const struct ppt_grid *grid, const struct ppt_scaling_context *context,
                    struct ppt_scaling *scaling);
void ppt_scaling_free(struct ppt_scaling *scaling);

/* n_eff of a worker count. */
double ppt_scaling_effective(const struct ppt_scaling *scaling, double workers);

/* The interval of the law's throughput at that many effective workers, over the block fits. */
struct ppt_interval ppt_scaling_band(const struct ppt_scaling *scaling, double effective);

struct ppt_prediction {
    double throughput; /* tasks per second */
    struct ppt_interval interval;
    unsigned refusals; /* 0: it may be shown */
};

struct ppt_prediction ppt_scaling_predict(const struct ppt_scaling *scaling, unsigned workers);

#endif
