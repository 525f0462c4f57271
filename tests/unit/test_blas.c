/*
 * Which BLAS the kernels run on, and that it uses no more threads than it may.
 *
 * GSL brings a slow CBLAS of its own, and which one its calls reach is decided when the program is
 * loaded. An OpenMP BLAS may start threads of its own; with OpenMP's setting for the calling thread
 * at 1 it must not, be it in sequential code, in a team of one or in a larger team.
 */
#include "fixture.h"

#include <dirent.h>
#include <dlfcn.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_matrix.h>

#include "lapack.h"
#include "rng_bulk.h"

extern const struct ppt_kernel ppt_kernel_tensor, ppt_kernel_matrix;

typedef void dgemm(const enum CBLAS_ORDER, const enum CBLAS_TRANSPOSE, const enum CBLAS_TRANSPOSE,
                   const int, const int, const int, const double, const double *, const int,
                   const double *, const int, const double, double *, const int);

#define ORDER ((size_t)150)

struct operands {
    double a[ORDER * ORDER], b[ORDER * ORDER], c[ORDER * ORDER];
};

/* Something of this program. */
static const char here;

/* The file that an address belongs to. */
static const char *home_of(const void *address)
{
    Dl_info info;

    assert_non_null(address);
    assert_int_not_equal(dladdr(address, &info), 0);
    return info.dli_fname;
}

static void symbols_come_from_openblas(void **state)
{
    static const char *const names[] = {"cblas_dgemm", "cblas_dtrsm", "dgetrf_", "dgetri_"};
    void *function = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        fixture_openblas(names[i], &function);
        const char *home = home_of(function);

        if (!strstr(home, "openblas")) {
            fail_msg("%s is that of %s", names[i], home);
        }
    }
    /* RTLD_DEFAULT searches in the order that libgsl's own reference was resolved in: it finds the
     * program's, which hands on. */
    assert_string_equal(home_of(dlsym(RTLD_DEFAULT, "cblas_dgemm")), home_of(&here));
}

static struct operands *operands(void)
{
    struct operands *o = calloc(1, sizeof(*o));
    struct ppt_rng_bulk rng;

    assert_non_null(o);
    ppt_rng_bulk_seed(&rng, 1, 0, PPT_STREAM_DATA);
    ppt_rng_fill_doubles(&rng, o->a, ORDER * ORDER, -1.0, 1.0);
    ppt_rng_fill_doubles(&rng, o->b, ORDER * ORDER, -1.0, 1.0);
    return o;
}

static void multiply_by(dgemm *function, struct operands *o)
{
    const int order = ORDER;

    function(CblasRowMajor, CblasNoTrans, CblasNoTrans, order, order, order, 1.0, o->a, order, o->b,
             order, 0.0, o->c, order);
}

/* What GSL computes has the bits of OpenBLAS, which are not those of the plain loops of GSL's own
 * CBLAS. (That library is present all the same: libgsl names it as a dependency.) */
static void gsl_calls_openblas(void **state)
{
    struct operands *o = operands();
    struct operands *by_gsl = operands();
    const gsl_matrix_view a = gsl_matrix_view_array(by_gsl->a, ORDER, ORDER);
    const gsl_matrix_view b = gsl_matrix_view_array(by_gsl->b, ORDER, ORDER);
    gsl_matrix_view c = gsl_matrix_view_array(by_gsl->c, ORDER, ORDER);
    void *slow = dlopen("libgslcblas.so.0", RTLD_NOW);
    dgemm *function = NULL;

    (void)state;
    omp_set_num_threads(1);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1.0, &a.matrix, &b.matrix, 0.0, &c.matrix);
    fixture_openblas("cblas_dgemm", &function);
    multiply_by(function, o);
    assert_memory_equal(o->c, by_gsl->c, sizeof(o->c));
    if (slow) {
        void *const symbol = dlsym(slow, "cblas_dgemm");

        assert_non_null(symbol);
        memcpy(&function, &symbol, sizeof(function)); /* ISO C has no cast for it */
        multiply_by(function, o);
        assert_memory_not_equal(o->c, by_gsl->c, sizeof(o->c));
        dlclose(slow);
    }
    free(by_gsl);
    free(o);
}

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t threads_of_process(void)
{
    DIR *directory = opendir("/proc/self/task");
    size_t count = 0;

    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        count += entry->d_name[0] != '.';
    }
    closedir(directory);
    return count;
}

struct usage {
    double wall;
    double own;     /* CPU time of this thread */
    double process; /* CPU time of all */
};

/* Tasks for at least 0.2 s with one thread each. Others of the team wait in here, so that their
 * waiting counts as theirs. */
static struct usage work(struct fixture *f)
{
    struct usage usage = {0};

    omp_set_num_threads(1);
#pragma omp barrier
    usage.wall = seconds(CLOCK_MONOTONIC);
    usage.process = seconds(CLOCK_PROCESS_CPUTIME_ID);
    usage.own = seconds(CLOCK_THREAD_CPUTIME_ID);
    const double end = usage.wall + 0.2;
    for (uint64_t index = 0; index == 0 || seconds(CLOCK_MONOTONIC) < end; index++) {
        fixture_run(f, index);
    }
#pragma omp barrier
    usage.own = seconds(CLOCK_THREAD_CPUTIME_ID) - usage.own;
    usage.process = seconds(CLOCK_PROCESS_CPUTIME_ID) - usage.process;
    usage.wall = seconds(CLOCK_MONOTONIC) - usage.wall;
    return usage;
}

/* Lets threads of earlier teams fall asleep: they spin for a while first. */
static void settle(void)
{
    const struct timespec pause = {.tv_nsec = 200000000};

    nanosleep(&pause, NULL);
}

static void require_one_thread(struct usage usage, const char *where)
{
    if (usage.process > 1.1 * usage.wall || usage.process > 1.1 * usage.own) {
        fail_msg("%s: %.3f s of CPU in %.3f s, %.3f s of them by the thread that ran the task",
                 where, usage.process, usage.wall, usage.own);
    }
}

static void one_thread_everywhere(const struct ppt_kernel *kernel, const union ppt_value *args)
{
    const int threads = omp_get_max_threads();
    struct usage usage[2] = {{0}};
    struct fixture f[2];

    fixture_start(&f[0], kernel, args);
    fixture_start(&f[1], kernel, args);

    const size_t before = threads_of_process();
    settle();
    require_one_thread(work(&f[0]), "sequential");
    assert_int_equal(threads_of_process(), before);

    settle();
#pragma omp parallel num_threads(1) default(none) shared(f, usage)
    usage[0] = work(&f[0]);
    require_one_thread(usage[0], "a team of one");
    assert_int_equal(threads_of_process(), before);

    settle();
#pragma omp parallel num_threads(2) default(none) shared(f, usage)
    usage[omp_get_thread_num()] = work(&f[omp_get_thread_num()]);
    if (usage[0].process > 1.1 * (usage[0].own + usage[1].own)) {
        fail_msg("a team of two: %.3f s of CPU, but %.3f s and %.3f s by the two threads",
                 usage[0].process, usage[0].own, usage[1].own);
    }
    omp_set_num_threads(threads);
    fixture_stop(&f[0]);
    fixture_stop(&f[1]);
}

static void tensor_uses_one_thread(void **state)
{
    const union ppt_value args[] = {{.integer = 400}, {.integer = 10}};

    (void)state;
    one_thread_everywhere(&ppt_kernel_tensor, args);
}

static void matrix_uses_one_thread(void **state)
{
    const union ppt_value args[] = {{.integer = 700}};

    (void)state;
    one_thread_everywhere(&ppt_kernel_matrix, args);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_come_from_openblas),
        cmocka_unit_test(gsl_calls_openblas),
        cmocka_unit_test(tensor_uses_one_thread),
        cmocka_unit_test(matrix_uses_one_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
