/*
 * fma THREADS - the multiply-adds that plain C comes to: GFLOP/s of so many threads, the best of
 * some runs. It shares nothing with what it is held against, see ../machine.py.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#define CHAINS 12
#define STEPS 500000
#define RUNS 100

#ifdef __AVX512F__
typedef double lanes __attribute__((vector_size(64)));
#else
typedef double lanes __attribute__((vector_size(32)));
#endif

static lanes chains(double by, double plus)
{
    lanes c0 = {0}, c1 = {1}, c2 = {2}, c3 = {3}, c4 = {4}, c5 = {5}, c6 = {6}, c7 = {7}, c8 = {8},
          c9 = {9}, c10 = {10}, c11 = {11};
    const lanes a = (lanes){0} + by, b = (lanes){0} + plus;

    for (long i = 0; i < STEPS; i++) {
        c0 = c0 * a + b;
        c1 = c1 * a + b;
        c2 = c2 * a + b;
        c3 = c3 * a + b;
        c4 = c4 * a + b;
        c5 = c5 * a + b;
        c6 = c6 * a + b;
        c7 = c7 * a + b;
        c8 = c8 * a + b;
        c9 = c9 * a + b;
        c10 = c10 * a + b;
        c11 = c11 * a + b;
    }
    return c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
}

int main(int count, char **words)
{
    const int threads = count > 1 ? atoi(words[1]) : 1;
    const double flops = 2.0 * STEPS * CHAINS * sizeof(lanes) / sizeof(double) * threads;
    double best = 0, sum = 0;

    for (int run = 0; run < RUNS; run++) {
        double begin = 0;

#pragma omp parallel num_threads(threads) reduction(+ : sum)
        {
            sum += chains(0.5, 1e-9)[0] * 1e-9;
#pragma omp barrier
#pragma omp master
            begin = omp_get_wtime();
#pragma omp barrier
            sum += chains(0.999, 1e-9)[0];
        }
        const double rate = flops / (omp_get_wtime() - begin) * 1e-9;
        best = rate > best ? rate : best;
    }
    printf("%.4g\n", sum < 1e300 ? best : 0);
    return 0;
}
