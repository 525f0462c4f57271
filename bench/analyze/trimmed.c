#include "trimmed.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

#define FEWEST_TO_TRIM 6

size_t ppt_trimmed_left(size_t n)
{
    return n >= FEWEST_TO_TRIM ? n - 2 * (n / 5) : n;
}

struct ppt_trimmed ppt_trimmed_of(const double *values, size_t n)
{
    const size_t left = ppt_trimmed_left(n), cut = (n - left) / 2;
    double *sorted PPT_FREED = ppt_alloc(n > 0 ? n : 1, sizeof(*sorted));
    struct ppt_trimmed trimmed = {0};
    double middle = 0, squares = 0;

    if (n == 0) {
        return trimmed;
    }
    memcpy(sorted, values, n * sizeof(*sorted));
    gsl_sort(sorted, 1, n);
    for (size_t i = cut; i < n - cut; i++) {
        trimmed.mean += sorted[i] / (double)left;
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = fmin(fmax(sorted[i], sorted[cut]), sorted[n - cut - 1]);
        middle += sorted[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        squares += (sorted[i] - middle) * (sorted[i] - middle);
    }
    if (left > 1) {
        trimmed.freedom = (double)(left - 1);
        trimmed.variance = squares / ((double)left * trimmed.freedom);
    }
    return trimmed;
}
