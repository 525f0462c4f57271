/*
 * normalise-some COUNT...: normalises so many vectors, with as many threads as policy.h says, which
 * `ppt-omp normalise.json` has made; and how long that takes, and with 1 and with 2 threads.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "normalise.h"
#include "policy.h"

/* What users of the library call. */
static void normalise(const double *in, double *out, size_t count)
{
    normalise_by(in, out, count, normalise_workers((double)count));
}

/* The quickest of some calls, in microseconds; 0 threads: as the policy says. */
static double time_of(const double *in, double *out, size_t count, unsigned threads)
{
    double least = 1e9;

    for (int i = 0; i < 50; i++) {
        const double start = omp_get_wtime();

        if (threads > 0) {
            normalise_by(in, out, count, threads);
        } else {
            normalise(in, out, count);
        }
        const double took = omp_get_wtime() - start;
        least = took < least ? took : least;
    }
    return least * 1e6;
}

int main(int arguments, char **argument)
{
    printf("%10s %8s %12s %12s %12s\n", "vectors", "threads", "policy", "1 thread", "2 threads");
    for (int i = 1; i < arguments; i++) {
        const size_t count = strtoul(argument[i], NULL, 10);
        double *in = malloc(3 * count * sizeof(*in)), *out = malloc(3 * count * sizeof(*out));

        if (count == 0 || !in || !out) {
            fprintf(stderr, "%s: is no number of vectors that there is memory for\n", argument[i]);
            return 2;
        }
        for (size_t k = 0; k < 3 * count; k++) {
            in[k] = 1 + (double)(k % 1000);
        }
        printf("%10zu %8u %9.1f us %9.1f us %9.1f us\n", count, normalise_workers((double)count),
               time_of(in, out, count, 0), time_of(in, out, count, 1), time_of(in, out, count, 2));
        free(in);
        free(out);
    }
    return 0;
}
