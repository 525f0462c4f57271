/*
 * lapack.h - the LAPACK routines that OpenBLAS carries, under their Fortran names.
 *
 * OpenBLAS's own headers leave them out or drag in a CBLAS that GSL's headers contradict. Integers
 * are 32 bits wide: the "64" builds have other library names.
 */
#ifndef PPT_LAPACK_H
#define PPT_LAPACK_H

#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming): Fortran compilers append the underscore */

/* LU factorisation with row exchanges; info > 0: that pivot is exactly zero. */
extern void dgetrf_(const int32_t *rows, const int32_t *columns, double *a, const int32_t *stride,
                    int32_t *pivots, int32_t *info);

/* The inverse from that factorisation, in place. */
extern void dgetri_(const int32_t *order, double *a, const int32_t *stride, const int32_t *pivots,
                    double *work, const int32_t *work_count, int32_t *info);

/* Exchanges rows first ... last (from 1) with those that the pivots name, in all columns. */
extern void dlaswp_(const int32_t *columns, double *a, const int32_t *stride, const int32_t *first,
                    const int32_t *last, const int32_t *pivots, const int32_t *step);

/* NOLINTEND(readability-identifier-naming) */

#endif
