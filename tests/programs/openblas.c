/*
 * openblas.c - stands in for an OpenBLAS that does not know this machine's CPU. It hands on to the
 * real one, and believes what it is told of the CPU; by itself it takes it for an old one, as which
 * it takes four times as long. Told nothing by a variable that is set it takes it for another one.
 *
 *     FAKE_LACKS    cores that it was built without, each followed by a comma
 *     FAKE_WRONG    a core as which its products are wrong
 *     FAKE_LOG      a file that gets a line for each process and core that it has computed in and
 * as
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define OWN "Prescott"

static void *real;
static char core[32] = OWN, config[128];

__attribute__((constructor)) static void begin(void)
{
    const char *told = getenv("OPENBLAS_CORETYPE"), *lacks = getenv("FAKE_LACKS");
    char item[40];

    snprintf(item, sizeof(item), "%s,", told ? told : "");
    if (told && !*told) {
        snprintf(core, sizeof(core), "Nehalem");
    } else if (told && !(lacks && strstr(lacks, item))) {
        snprintf(core, sizeof(core), "%s", told);
    }
    snprintf(config, sizeof(config), "OpenBLAS 0.3.21 DYNAMIC_ARCH USE_OPENMP %s MAX_THREADS=64",
             core);
    real = dlopen(PPT_LIBOPENBLAS, RTLD_NOW | RTLD_LOCAL);
    if (!real) {
        fprintf(stderr, "%s\n", dlerror());
        abort();
    }
}

__attribute__((destructor)) static void end(void)
{
    dlclose(real);
}

static void find(const char *name, void *function)
{
    void *const symbol = dlsym(real, name);

    memcpy(function, &symbol, sizeof(symbol));
}

static void record(void)
{
    static int done;
    const char *path = getenv("FAKE_LOG");
    FILE *file =
        path && !__atomic_exchange_n(&done, 1, __ATOMIC_RELAXED) ? fopen(path, "ae") : NULL;

    if (file) {
        fprintf(file, "%ld %s\n", (long)getpid(), core);
        fclose(file);
    }
}

char *openblas_get_config(void);
char *openblas_get_corename(void);
void cblas_dgemm(int order, int turn_a, int turn_b, int m, int n, int k, double alpha,
                 const double *a, int lda, const double *b, int ldb, double beta, double *c,
                 int ldc);
void cblas_dtrsm(int order, int side, int half, int turn, int diagonal, int m, int n, double alpha,
                 const double *a, int lda, double *b, int ldb);
void dgetrf_(const int32_t *m, const int32_t *n, double *a, const int32_t *lda, int32_t *pivots,
             int32_t *info);
void dgetri_(const int32_t *n, double *a, const int32_t *lda, const int32_t *pivots, double *work,
             const int32_t *count, int32_t *info);
void dlaswp_(const int32_t *n, double *a, const int32_t *lda, const int32_t *first,
             const int32_t *last, const int32_t *pivots, const int32_t *step);

char *openblas_get_config(void)
{
    return config;
}

char *openblas_get_corename(void)
{
    return core;
}

void cblas_dgemm(int order, int turn_a, int turn_b, int m, int n, int k, double alpha,
                 const double *a, int lda, const double *b, int ldb, double beta, double *c,
                 int ldc)
{
    const char *wrong = getenv("FAKE_WRONG");
    const int times = strcmp(core, OWN) == 0 && beta == 0 ? 4 : 1;
    __typeof__(cblas_dgemm) *next;

    record();
    find("cblas_dgemm", &next);
    for (int i = 0; i < times; i++) {
        next(order, turn_a, turn_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }
    if (wrong && strcasecmp(core, wrong) == 0) {
        c[0] += 1;
    }
}

void cblas_dtrsm(int order, int side, int half, int turn, int diagonal, int m, int n, double alpha,
                 const double *a, int lda, double *b, int ldb)
{
    __typeof__(cblas_dtrsm) *next;

    find("cblas_dtrsm", &next);
    next(order, side, half, turn, diagonal, m, n, alpha, a, lda, b, ldb);
}

void dgetrf_(const int32_t *m, const int32_t *n, double *a, const int32_t *lda, int32_t *pivots,
             int32_t *info)
{
    const char *wrong = getenv("FAKE_WRONG");
    __typeof__(dgetrf_) *next;

    record();
    find("dgetrf_", &next);
    next(m, n, a, lda, pivots, info);
    if (wrong && strcasecmp(core, wrong) == 0) {
        a[0] *= 1.5;
    }
}

void dgetri_(const int32_t *n, double *a, const int32_t *lda, const int32_t *pivots, double *work,
             const int32_t *count, int32_t *info)
{
    __typeof__(dgetri_) *next;

    find("dgetri_", &next);
    next(n, a, lda, pivots, work, count, info);
}

void dlaswp_(const int32_t *n, double *a, const int32_t *lda, const int32_t *first,
             const int32_t *last, const int32_t *pivots, const int32_t *step)
{
    __typeof__(dlaswp_) *next;

    find("dlaswp_", &next);
    next(n, a, lda, first, last, pivots, step);
}
