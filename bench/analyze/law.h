/*
 * law.h - the scaling law: throughput as a function of workers.
 *
 *     X(N) = lambda N / (1 + sigma (N-1) + kappa N (N-1))
 *
 * lambda is the throughput of one worker, sigma the share of work that queues for something
 * shared, kappa the cost of keeping workers coherent. That is the Universal Scalability Law
 * (Gunther, "Guerrilla Capacity Planning", 2007); kappa = 0 is Amdahl's law, sigma = kappa = 0
 * linear scaling.
 *
 * It is linear in the worker-seconds per task z = N / X = a + b (N-1) + c N (N-1), with
 * lambda = 1/a, sigma = b/a, kappa = c/a: fitting needs no start values and has one answer.
 */
#ifndef PPT_ANALYZE_LAW_H
#define PPT_ANALYZE_LAW_H

#include <stdbool.h>
#include <stddef.h>

struct ppt_law {
    double lambda, sigma, kappa;
    double rms; /* root mean square of X - X(N), in the unit of X */
};

/* X(N); N may be any real number >= 1. */
double ppt_law_at(const struct ppt_law *law, double workers);

/* "linear", "Amdahl" or "USL", by which coefficients are above 0. */
const char *ppt_law_name(const struct ppt_law *law);

/* Workers at which throughput peaks: sqrt((1-sigma)/kappa), or 1 where that is below it or sigma is
 * above 1, so that it falls from the first worker on; false when it never does. */
bool ppt_law_peak(const struct ppt_law *law, double *workers);

/* What throughput stays below however many workers queue for what is shared: lambda/sigma, or
 * lambda where sigma is above 1 and one worker is the fastest. `largest` is the largest throughput
 * that was measured: no roof lies below. False when sigma is 0. */
bool ppt_law_roof(const struct ppt_law *law, double largest, double *roof);

/* Fits by weighted linear least squares in z with weights 1/z^2, which makes errors of X count
 * relative to X. Bounds lambda > 0, sigma >= 0, kappa >= 0 are kept by fitting each face of the
 * feasible region and taking the best fit inside it. `workers` >= 1. False when no face has a fit
 * (n == 0). */
bool ppt_law_fit(const double *workers, const double *throughput, size_t n, struct ppt_law *law);

/* Fits by unweighted least squares in X, as published coefficients are; the same faces, started
 * from their linear fits (gsl_multifit_nlinear). */
bool ppt_law_fit_least_squares(const double *workers, const double *throughput, size_t n,
                               struct ppt_law *law);

#endif
