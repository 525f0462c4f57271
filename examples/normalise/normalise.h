/*
 * normalise.h - a library with one call: it gives vectors the length 1. Should it be parallel? That
 * depends on how many they are: see docs/guide.md, "Should my library call be parallel?"
 */
#ifndef NORMALISE_H
#define NORMALISE_H

#include <math.h>
#include <stddef.h>

/* Vectors of three numbers, `count` of them, by so many threads. */
static inline void normalise_by(const double *in, double *out, size_t count, unsigned threads)
{
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(static)
    for (size_t i = 0; i < count; i++) {
        const double *v = &in[3 * i];
        const double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);

        out[3 * i] = v[0] / length;
        out[3 * i + 1] = v[1] / length;
        out[3 * i + 2] = v[2] / length;
    }
}

#endif
