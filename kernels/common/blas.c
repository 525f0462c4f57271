/*
 * The routines are defined here under their own names, and hand on to those of the library. libgsl
 * looks for cblas_dgemm and the like in the program first, so it finds these before those of the
 * slow CBLAS that it brings. They are weak, so that a test can put itself in their place.
 */
#include "blas.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "lapack.h"
#include "library.h"

#define LIBRARY "PPT_OMP_OPENBLAS"

/* OpenBLAS's own header cannot be included beside GSL's. */
extern char *openblas_get_config(void);
extern char *openblas_get_corename(void);

#define EACH(DO)                                                                                   \
    DO(cblas_dgemm)                                                                                \
    DO(cblas_dtrsm)                                                                                \
    DO(dgetrf_)                                                                                    \
    DO(dgetri_)                                                                                    \
    DO(dlaswp_)                                                                                    \
    DO(openblas_get_config)                                                                        \
    DO(openblas_get_corename)

static const char *const names[] = {EACH(PPT_LIBRARY_NAME)};

/* Mutable and global, as the library in the process is; written when it is loaded, which is before
 * there are workers. */
static struct {
    EACH(PPT_LIBRARY_POINTER)
} openblas;
static struct ppt_library library = {
    .path = PPT_LIBOPENBLAS,
    .names = names,
    .count = sizeof(names) / sizeof(names[0]),
    .functions = &openblas,
};
static bool is_loaded; /* atomic */
static struct ppt_error problem;
static struct ppt_blas_choice choice;
static bool is_decided;

/* ---- which core ---- */

/* In the place of what is there. The library reads the variable once, and programs that tasks start
 * are not to have it. NULL: as it likes, or as the user has said. */
static bool load_as(const struct ppt_core *core)
{
    __atomic_store_n(&is_loaded, false, __ATOMIC_RELEASE);
    ppt_library_unload(&library);
    library.asked = getenv(LIBRARY);
    if (core) {
        setenv(PPT_BLAS_VARIABLE, core->name, 1);
    }
    const enum ppt_status status = ppt_library_load(&library, &problem);

    if (core) {
        unsetenv(PPT_BLAS_VARIABLE);
    }
    __atomic_store_n(&is_loaded, status == PPT_OK, __ATOMIC_RELEASE);
    return status == PPT_OK;
}

/* Whether it has done as it was told: a build may lack a core. */
static bool is_as_told(const struct ppt_core *core)
{
    const struct ppt_core *taken = ppt_core_find(openblas.openblas_get_corename());

    return taken && taken->level == core->level;
}

static void choose(void)
{
    const unsigned cpu = ppt_core_cpu();
    const struct ppt_core *core = NULL;

    snprintf(choice.own, sizeof(choice.own), "%s", openblas.openblas_get_corename());
    while ((core = ppt_core_above(cpu, choice.own, core))) {
        if (load_as(core) && is_as_told(core)) {
            choice.core = core;
            return;
        }
    }
    if (!is_loaded || strcmp(openblas.openblas_get_corename(), choice.own) != 0) {
        load_as(NULL);
    }
}

static void load(void)
{
    if (is_decided || getenv(PPT_BLAS_VARIABLE)) {
        load_as(choice.core);
    } else if (load_as(NULL) && strstr(openblas.openblas_get_config(), "DYNAMIC_ARCH")) {
        choose();
    }
}

enum ppt_status ppt_blas_load(struct ppt_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, load);
    return is_loaded ? PPT_OK : ppt_fail(error, PPT_FAILED, "%s", problem.text);
}

struct ppt_blas_choice *ppt_blas_choice(void)
{
    return &choice;
}

void ppt_blas_withdraw(void)
{
    choice.core = NULL;
    load_as(NULL);
}

const char *ppt_blas_path(void)
{
    const char *asked = getenv(LIBRARY);

    return asked && *asked ? asked : library.path;
}

/* ---- a choice that another process has made ---- */

const char *ppt_blas_decision(void)
{
    return !is_loaded ? NULL : choice.core ? choice.core->name : PPT_BLAS_OWN;
}

void ppt_blas_decide(const char *decision)
{
    choice.core = ppt_core_find(decision);
    choice.proved = true;
    is_decided = true;
}

/* ---- what it says of itself ---- */

const char *ppt_blas_config(void)
{
    struct ppt_error ignored;

    return ppt_blas_load(&ignored) == PPT_OK ? openblas.openblas_get_config() : "";
}

const char *ppt_blas_core(void)
{
    struct ppt_error ignored;

    return ppt_blas_load(&ignored) == PPT_OK ? openblas.openblas_get_corename() : "";
}

uint64_t ppt_blas_most_threads(void)
{
    static const char key[] = "MAX_THREADS=";
    const char *found = strstr(ppt_blas_config(), key);

    return found ? strtoull(found + strlen(key), NULL, 10) : 0;
}

/* ---- its routines ---- */

/* Who calls them has no way to fail. */
static inline void need(void)
{
    struct ppt_error error;

    if (!__atomic_load_n(&is_loaded, __ATOMIC_ACQUIRE) && ppt_blas_load(&error) != PPT_OK) {
        fprintf(stderr, "ppt-omp: %s\n", error.text);
        abort();
    }
}

#define STAND_IN __attribute__((weak))

STAND_IN void cblas_dgemm(const enum CBLAS_ORDER order, const enum CBLAS_TRANSPOSE turn_a,
                          const enum CBLAS_TRANSPOSE turn_b, const int m, const int n, const int k,
                          const double alpha, const double *a, const int stride_a, const double *b,
                          const int stride_b, const double beta, double *c, const int stride_c)
{
    need();
    openblas.cblas_dgemm(order, turn_a, turn_b, m, n, k, alpha, a, stride_a, b, stride_b, beta, c,
                         stride_c);
}

STAND_IN void cblas_dtrsm(const enum CBLAS_ORDER order, const enum CBLAS_SIDE side,
                          const enum CBLAS_UPLO half, const enum CBLAS_TRANSPOSE turn_a,
                          const enum CBLAS_DIAG diagonal, const int m, const int n,
                          const double alpha, const double *a, const int stride_a, double *b,
                          const int stride_b)
{
    need();
    openblas.cblas_dtrsm(order, side, half, turn_a, diagonal, m, n, alpha, a, stride_a, b,
                         stride_b);
}

/* NOLINTBEGIN(readability-identifier-naming): Fortran compilers append the underscore */

STAND_IN void dgetrf_(const int32_t *rows, const int32_t *columns, double *a, const int32_t *stride,
                      int32_t *pivots, int32_t *info)
{
    need();
    openblas.dgetrf_(rows, columns, a, stride, pivots, info);
}

STAND_IN void dgetri_(const int32_t *order, double *a, const int32_t *stride, const int32_t *pivots,
                      double *work, const int32_t *work_count, int32_t *info)
{
    need();
    openblas.dgetri_(order, a, stride, pivots, work, work_count, info);
}

STAND_IN void dlaswp_(const int32_t *columns, double *a, const int32_t *stride,
                      const int32_t *first, const int32_t *last, const int32_t *pivots,
                      const int32_t *step)
{
    need();
    openblas.dlaswp_(columns, a, stride, first, last, pivots, step);
}

/* NOLINTEND(readability-identifier-naming) */
