/*
 * checksum.h - proves the result of a matrix computation by weighted sums of columns.
 *
 * Multiplying by a matrix from the right keeps a row of weighted column sums true: if s = w A then
 * s B = w (A B). Such a row, carried along, tells whether the product is right at a cost of n^2
 * instead of n^3 operations (Huang and Abraham, "Algorithm-based fault tolerance for matrix
 * operations", IEEE Transactions on Computers C-33, 1984).
 *
 * Why not a digest of the bits: OpenBLAS adds up in another order when it uses another number of
 * threads or runs on another CPU, so equally right results differ in their last bits.
 *
 * Header only. Matrices are row-major and contiguous.
 */
#ifndef PPT_CHECKSUM_H
#define PPT_CHECKSUM_H

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "rng_bulk.h"

/* The largest error that rounding may explain. Observed are 1e-16 to 2e-12; a wrong, lost or
 * swapped element of ordinary size makes at least 1e-6. */
#define PPT_CHECKSUM_TOLERANCE 1e-9

/* Below this, results are on the way to zero and have fewer and fewer digits. */
#define PPT_CHECKSUM_SMALLEST 1e-290

/* Weights in [1, 2): different, so that swapped rows show, and none of them small. */
static inline void ppt_checksum_weights(double *weights, size_t count)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, 0, 0, PPT_STREAM_SIDE);
    ppt_rng_fill_doubles(&rng, weights, count, 1.0, 2.0);
}

/* sums = weights * matrix. */
static inline void ppt_checksum(const double *weights, const double *matrix, size_t rows,
                                size_t columns, double *sums)
{
    memset(sums, 0, columns * sizeof(*sums));
    for (size_t i = 0; i < rows; i++) {
        const double *row = matrix + i * columns;

        for (size_t j = 0; j < columns; j++) {
            sums[j] += weights[i] * row[j];
        }
    }
}

/* The largest difference between weights * matrix and `expected`, relative to the size of the terms
 * that were added up; NaN when one of them is. `work` has room for 2 * columns numbers. */
static inline double ppt_checksum_error(const double *weights, const double *matrix, size_t rows,
                                        size_t columns, const double *expected, double *work)
{
    double *sums = work;
    double *sizes = work + columns;
    double difference = 0.0;
    double size = PPT_CHECKSUM_SMALLEST;

    memset(work, 0, 2 * columns * sizeof(*work));
    for (size_t i = 0; i < rows; i++) {
        const double *row = matrix + i * columns;

        for (size_t j = 0; j < columns; j++) {
            const double term = weights[i] * row[j];

            sums[j] += term;
            sizes[j] += fabs(term);
        }
    }
    for (size_t j = 0; j < columns; j++) {
        const double here = fabs(sums[j] - expected[j]);

        if (isnan(here)) {
            return here;
        }
        difference = fmax(difference, here);
        size = fmax(size, sizes[j]);
    }
    return difference / size;
}

#endif
