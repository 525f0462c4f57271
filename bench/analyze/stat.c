#include "stat.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct ppt_stat ppt_stat_of(const double *values, size_t n)
{
    struct ppt_stat stat = {.n = n};
    double *sorted;

    if (n == 0) {
        return stat;
    }
    sorted = ppt_alloc(n, sizeof(*sorted));
    memcpy(sorted, values, n * sizeof(*sorted));
    gsl_sort(sorted, 1, n);
    stat.mean = gsl_stats_mean(sorted, 1, n);
    stat.median = gsl_stats_median_from_sorted_data(sorted, 1, n);
    stat.smallest = sorted[0];
    stat.largest = sorted[n - 1];
    /* Zeros (no page faults, no init) have no logarithms to be normal on. */
    stat.interval = sorted[0] > 0 ? ppt_interval_of_positive(sorted, n, 0.95)
                                  : ppt_interval_of(sorted, n, 0.95);
    free(sorted);
    return stat;
}
