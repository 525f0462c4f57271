/*
 * copy THREADS BYTES - STREAM's copy, written anew: GB/s of so many threads that each copy an array
 * of so many bytes into another, bytes read and bytes written; the best of some runs, and of a
 * plain loop and one that stores past the caches, as compilers that are told to make of the same.
 * It shares nothing with what it is held against, see ../machine.py.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __AVX__
#include <immintrin.h>
#endif

#define RUNS 60
#define RUN_BYTES 4e7 /* at least so many in a run, */
#define PART_BYTES                                                                                 \
    8e6 /* of which one is no longer than this part of a large array: in a longer one              \
           somebody else would always come between */

/* The compiler is not to see that it is the same copy again and again. */
__attribute__((noinline)) static void copy_plainly(double *restrict c, const double *restrict a,
                                                   long n)
{
    for (long j = 0; j < n; j++) {
        c[j] = a[j];
    }
}

__attribute__((noinline)) static void copy_past(double *restrict c, const double *restrict a,
                                                long n)
{
#ifdef __AVX__
    for (long j = 0; j < n; j += 4) {
        _mm256_stream_pd(c + j, _mm256_load_pd(a + j));
    }
    _mm_sfence();
#else
    copy_plainly(c, a, n);
#endif
}

struct arrays {
    double *a, *c;
    long n, part, at;
    int past;
};

static void copy_part(struct arrays *arrays)
{
    (arrays->past ? copy_past : copy_plainly)(arrays->c + arrays->at, arrays->a + arrays->at,
                                              arrays->part);
    __asm__ volatile("" : : "r"(arrays->c) : "memory");
    arrays->at = arrays->at + 2 * arrays->part <= arrays->n ? arrays->at + arrays->part : 0;
}

static void make(struct arrays *arrays)
{
    /* Both must not begin at the same offset of a page. */
    arrays->a = aligned_alloc(64, (size_t)(2 * arrays->n + 512) * sizeof(double));
    if (!arrays->a) {
        fputs("copy: not enough memory\n", stderr);
        exit(1);
    }
    arrays->c = arrays->a + arrays->n + 256;
    for (long j = 0; j < arrays->n; j++) {
        arrays->a[j] = 1;
        arrays->c[j] = 2;
    }
}

int main(int count, char **words)
{
    const int threads = count > 1 ? atoi(words[1]) : 1;
    const long n = (count > 2 ? atol(words[2]) : 1 << 27) / 256 * 32;
    const long most = (long)(PART_BYTES / 256) * 32, part = n < most ? n : most;
    const double bytes = (double)part * sizeof(double);
    const long times = bytes < RUN_BYTES ? (long)(RUN_BYTES / bytes) : 1;
    double best = 0;

#pragma omp parallel num_threads(threads)
    {
        struct arrays arrays = {.n = n, .part = part};

        make(&arrays);
        for (int run = 0; run < 2 * RUNS; run++) {
            double begin;

            arrays.past = run % 2;
            copy_part(&arrays);
#pragma omp barrier
            begin = omp_get_wtime();
            for (long i = 0; i < times; i++) {
                copy_part(&arrays);
            }
#pragma omp barrier
#pragma omp master
            {
                const double rate =
                    2 * bytes * (double)times * threads / (omp_get_wtime() - begin) * 1e-9;

                best = rate > best ? rate : best;
            }
#pragma omp barrier
        }
        free(arrays.a);
    }
    printf("%.4g\n", best);
    return 0;
}
