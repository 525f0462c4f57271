/*
 * inverse.h - the inverse of a matrix by several threads at once, on the routines of BLAS and
 * LAPACK for one thread each.
 *
 * PA = LU by blocks of columns: one thread factorises a panel, then all update the columns to its
 * right, each its own share. A block of columns of the inverse is then the solution of two
 * triangular systems for as many columns of the identity, of which the first needs only the rows
 * from the block's own on; the threads take such blocks in turn. That are 2 n^3 operations in all,
 * as in dgetrf and dgetri (Golub and Van Loan, "Matrix Computations", sections 3.1 to 3.4).
 *
 * OpenBLAS's own threads are no choice: it uses none inside a parallel region.
 */
#ifndef PPT_INVERSE_H
#define PPT_INVERSE_H

#include <stddef.h>
#include <stdint.h>

/* Columns that are worked on at a time. */
#define PPT_INVERSE_BLOCK 64

/* Everything is borrowed. Matrices are contiguous; seen by rows, the result is the transpose of the
 * inverse of the transpose, which is the inverse. */
struct ppt_inverse {
    size_t size;
    double *matrix;   /* size * size: in, destroyed */
    double *inverse;  /* size * size: out */
    double *work;     /* threads * size * PPT_INVERSE_BLOCK */
    int32_t *pivots;  /* size */
    int32_t *columns; /* size */
    int32_t info;     /* out: 0; above 0: singular; below 0: LAPACK refuses that argument */
    int32_t next;     /* zero at first; the next block of columns that nobody has taken */
};

/* Called by all threads of a team (inner.h) together. Wait for the others before reading. */
void ppt_inverse_run(struct ppt_inverse *job, unsigned thread, unsigned threads);

#endif
