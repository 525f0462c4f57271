#include "interval.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

#define FEWEST_FOR_ORDER_STATISTICS 6

double *ppt_sorted(const double *values, size_t n)
{
    double *sorted = ppt_alloc(n, sizeof(*sorted));

    memcpy(sorted, values, n * sizeof(*sorted));
    gsl_sort(sorted, 1, n);
    return sorted;
}

double ppt_median(const double *values, size_t n)
{
    double *sorted PPT_FREED = ppt_sorted(values, n);

    return n > 0 ? gsl_stats_median_from_sorted_data(sorted, 1, n) : 0;
}

/* Confidence of the interval from the k-th smallest to the k-th largest value. */
static double order_confidence(unsigned n, unsigned k)
{
    return 1 - 2 * gsl_cdf_binomial_P(k - 1, 0.5, n);
}

static struct ppt_interval from_order_statistics(const double *sorted, size_t count,
                                                 double confidence)
{
    const unsigned n = (unsigned)count;
    unsigned k = 1, beyond = n / 2 + 1;

    /* The largest k that is sure enough: the further inside, the less it is. */
    while (k + 1 < beyond) {
        const unsigned middle = (k + beyond) / 2;

        if (order_confidence(n, middle) >= confidence) {
            k = middle;
        } else {
            beyond = middle;
        }
    }
    const double inner = order_confidence(n, k + 1), outer = order_confidence(n, k);
    const double i = (outer - confidence) / (outer - inner);
    const double w = (n - k) * i / (k + (n - 2.0 * k) * i);
    return (struct ppt_interval){true, (1 - w) * sorted[k - 1] + w * sorted[k],
                                 (1 - w) * sorted[n - k] + w * sorted[n - k - 1]};
}

static struct ppt_interval from_student(const double *values, size_t n, double confidence)
{
    const double mean = gsl_stats_mean(values, 1, n);
    const double error = gsl_stats_sd_m(values, 1, n, mean) / sqrt((double)n);
    const double t = gsl_cdf_tdist_Pinv((1 + confidence) / 2, (double)n - 1);

    return (struct ppt_interval){true, mean - t * error, mean + t * error};
}

/* Of few values even the whole range may be less sure than what is asked for. */
static bool order_will_do(size_t n, double confidence)
{
    return n >= FEWEST_FOR_ORDER_STATISTICS && order_confidence((unsigned)n, 1) >= confidence;
}

struct ppt_interval ppt_interval_of(const double *values, size_t n, double confidence)
{
    if (n < 2) {
        return (struct ppt_interval){false, 0, 0};
    }
    if (!order_will_do(n, confidence)) {
        return from_student(values, n, confidence);
    }
    double *sorted PPT_FREED = ppt_sorted(values, n);
    return from_order_statistics(sorted, n, confidence);
}

struct ppt_interval ppt_interval_of_positive(const double *values, size_t n, double confidence)
{
    if (order_will_do(n, confidence)) {
        return ppt_interval_of(values, n, confidence);
    }
    double *logs PPT_FREED = ppt_alloc(n, sizeof(*logs));
    for (size_t i = 0; i < n; i++) {
        logs[i] = log(values[i]);
    }
    return ppt_interval_exp(ppt_interval_of(logs, n, confidence));
}

void ppt_medians_adding_up(const struct ppt_log_columns *columns, double sum, double *middles,
                           struct ppt_interval *intervals)
{
    double *widths PPT_FREED = ppt_alloc(columns->count, sizeof(*widths));
    double missing = sum, all = 0;

    for (size_t c = 0; c < columns->count; c++) {
        const double *values = columns->values + c * columns->stride;

        intervals[c] = ppt_interval_of(values, columns->n, 0.95);
        middles[c] = ppt_median(values, columns->n);
        widths[c] = intervals[c].exists ? intervals[c].high - intervals[c].low : 0;
        missing -= middles[c];
        all += widths[c];
    }
    for (size_t c = 0; c < columns->count && isfinite(missing); c++) {
        middles[c] += missing * (all > 0 ? widths[c] / all : 1.0 / (double)columns->count);
    }
}

struct ppt_interval ppt_interval_exp(struct ppt_interval interval)
{
    return interval.exists ? (struct ppt_interval){true, exp(interval.low), exp(interval.high)}
                           : (struct ppt_interval){false, 0, 0};
}
