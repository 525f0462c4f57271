#include "drift.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "memory.h"
#include "owned.h"

#define FEWEST_BLOCKS 5
#define FEWEST_FOR_STUDENT 7
#define SIGNIFICANT 0.01

static double two_sided_p(double rho, size_t n)
{
    const double freedom = (double)n - 2;

    if (!isfinite(rho)) {
        return 1; /* all blocks alike */
    }
    if (n < FEWEST_FOR_STUDENT) {
        /* Too few for the approximation. Of 5 blocks no order is rarer than 1 in 60; of 6 only the
         * two perfect ones of 720 are rarer than 1 %. */
        return n == 6 && fabs(rho) > 1 - 1e-9 ? 2.0 / 720 : 2.0 / 60;
    }
    if (fabs(rho) >= 1) {
        return 0;
    }
    return 2 * gsl_cdf_tdist_Q(fabs(rho) * sqrt(freedom / (1 - rho * rho)), freedom);
}

struct ppt_drift ppt_drift_of(const struct ppt_grid *grid)
{
    const size_t n = grid->block_count, third = n / 3;
    struct ppt_drift drift = {.p = 1};

    if (n < FEWEST_BLOCKS || grid->point_count == 0) {
        return drift;
    }
    double *medians PPT_FREED = ppt_grid_block_medians(grid);
    double *places PPT_FREED = ppt_alloc(n, sizeof(*places));
    double *work PPT_FREED = ppt_alloc(2 * n, sizeof(*work));
    for (size_t b = 0; b < n; b++) {
        places[b] = (double)b;
    }
    drift.rho = gsl_stats_spearman(places, 1, medians, 1, n, work);
    drift.p = two_sided_p(drift.rho, n);
    drift.rho = isfinite(drift.rho) ? drift.rho : 0;
    drift.flagged = drift.p < SIGNIFICANT;
    drift.change = expm1(ppt_median(medians + n - third, third) - ppt_median(medians, third));
    return drift;
}

struct ppt_outliers ppt_outliers_of(const double *values, size_t n)
{
    struct ppt_outliers outliers = {0};

    if (n < 4) {
        return outliers;
    }
    double *sorted PPT_FREED = ppt_sorted(values, n);
    const double low = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.25);
    const double high = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.75);
    for (size_t i = 0; i < n; i++) {
        const double beyond = fmax(low - sorted[i], sorted[i] - high) / (high - low);

        /* A range of 0 makes every other value infinitely far, and 0/0 no outlier. */
        outliers.far += beyond > 3;
        outliers.mild += beyond > 1.5 && beyond <= 3;
    }
    return outliers;
}
