#include "stat.h"

#include <gsl/gsl_statistics_double.h>

#include "owned.h"

struct ppt_stat ppt_stat_of(const double *values, size_t n)
{
    if (n == 0) {
        return (struct ppt_stat){0};
    }
    double *sorted PPT_FREED = ppt_sorted(values, n);
    return (struct ppt_stat){
        .n = n,
        .mean = gsl_stats_mean(sorted, 1, n),
        .median = gsl_stats_median_from_sorted_data(sorted, 1, n),
        .smallest = sorted[0],
        .largest = sorted[n - 1],
        /* Zeros (no page faults, no init) have no logarithms to be normal on. */
        .interval = sorted[0] > 0 ? ppt_interval_of_positive(sorted, n, 0.95)
                                  : ppt_interval_of(sorted, n, 0.95),
    };
}
