/* A program of a user's that works with several threads of its own: as many as its argument or
 * OMP_NUM_THREADS says. Prints what it was told, and a sum that does not depend on it. */
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    const int threads = count > 1 ? (int)strtol(arguments[1], NULL, 10) : omp_get_max_threads();
    uint64_t sum = 0;

    if (threads < 1 || threads != omp_get_max_threads()) {
        fprintf(stderr, "told %d threads, but OMP_NUM_THREADS says %d\n", threads,
                omp_get_max_threads());
        return 1;
    }
#pragma omp parallel for default(none) num_threads(threads) reduction(+ : sum)
    for (uint64_t i = 0; i < 20000000; i++) {
        sum += i * i ^ (i >> 3);
    }
    printf("%llu\n", (unsigned long long)sum);
    return 0;
}
