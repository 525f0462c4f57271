/*
 * With memory that is used again, a task allocates nothing and touches no new page once the first
 * one is done: what the bench times is the work.
 *
 * What libraries do inside a call is not the kernels' to change, and is counted apart: libcrypto
 * allocates (and frees) the state of every SHA-256 hash, and OpenBLAS, on CPUs with AVX-512, some
 * room for products of small matrices. Argon2id is left out, the memory of a hash being a part of
 * its work. OpenMP allocates for every team that it starts anew.
 */
#include "fixture.h"

#include <dlfcn.h>
#include <errno.h>
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define TASKS 40

/* Tools that find misuse of memory bring an allocator of their own. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS true

/* NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the C library's own */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
/* NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming) */

/* Whose they are: of the libraries named above, or of anybody else. */
static unsigned long allocations, exempt_allocations; /* atomic */

static void note(const void *caller)
{
    Dl_info info;
    const bool exempt = dladdr(caller, &info) != 0 &&
                        (strstr(info.dli_fname, "openblas") || strstr(info.dli_fname, "libcrypto"));

    __atomic_fetch_add(exempt ? &exempt_allocations : &allocations, 1, __ATOMIC_RELAXED);
}

static unsigned long allocations_so_far(void)
{
    return __atomic_load_n(&allocations, __ATOMIC_RELAXED);
}

static unsigned long exempt_so_far(void)
{
    return __atomic_load_n(&exempt_allocations, __ATOMIC_RELAXED);
}

/* The kernels and all libraries allocate by these. */
void *malloc(size_t bytes)
{
    note(__builtin_return_address(0));
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    note(__builtin_return_address(0));
    return __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes)
{
    note(__builtin_return_address(0));
    return __libc_realloc(memory, bytes);
}

void *memalign(size_t boundary, size_t bytes);
void *memalign(size_t boundary, size_t bytes)
{
    note(__builtin_return_address(0));
    return __libc_memalign(boundary, bytes);
}

void *aligned_alloc(size_t boundary, size_t bytes)
{
    note(__builtin_return_address(0));
    return __libc_memalign(boundary, bytes);
}

int posix_memalign(void **memory, size_t boundary, size_t bytes)
{
    note(__builtin_return_address(0));
    *memory = __libc_memalign(boundary, bytes);
    return *memory ? 0 : ENOMEM;
}
#else
#define COUNTS_ALLOCATIONS false

static unsigned long allocations_so_far(void)
{
    return 0;
}

static unsigned long exempt_so_far(void)
{
    return 0;
}
#endif

extern const struct ppt_kernel ppt_kernel_sum, ppt_kernel_multi, ppt_kernel_io, ppt_kernel_zip,
    ppt_kernel_tensor, ppt_kernel_sort, ppt_kernel_matrix, ppt_kernel_img, ppt_kernel_password,
    ppt_kernel_wait;

static const char *const paths[] = {PPT_DATA "/landscape.png",
                                    PPT_TEST_DATA "/img/portrait_input.png"};

struct work {
    const struct ppt_kernel *kernel;
    union ppt_value args[10];
};

/* Of sizes with which allocating anew would show as new pages, too. */
static const struct work works[] = {
    {&ppt_kernel_sum, {{.integer = 1000000}}},
    {&ppt_kernel_multi, {{.integer = 100000}}},
    {&ppt_kernel_io, {{.integer = 1}}},
    {&ppt_kernel_zip, {{.integer = 1}, {.integer = 1}, {.choice = 0}}},
    {&ppt_kernel_zip, {{.integer = 1}, {.integer = 6}, {.choice = 1}}},
    {&ppt_kernel_tensor, {{.integer = 200}, {.integer = 4}}},
    {&ppt_kernel_sort, {{.integer = 200000}}},
    {&ppt_kernel_matrix, {{.integer = 300}}},
    {&ppt_kernel_img, {{.paths = {paths, COUNT(paths)}}}},
    {&ppt_kernel_wait, {{.real = 0.01}, {.real = 0.01}}},
    {&ppt_kernel_password,
     {{.integer = 5},
      {.integer = 20},
      {.span = {12, 20}},
      {.real = 0.8},
      {.choice = 0},
      {.integer = 1},
      {.integer = 8},
      {.integer = 1}}},
};

static long faults(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_minflt;
}

/* That the counters count: what is asserted to be zero below is not zero by itself. */
static void the_counters_work(void **state)
{
    const size_t bytes = (size_t)64 << 20;
    const unsigned long allocations_before = allocations_so_far();
    const long faults_before = faults();
    unsigned char *volatile memory = malloc(bytes);

    (void)state;
    assert_non_null(memory);
    memset(memory, 1, bytes);
    const long faults_after = faults(); /* at least one for every huge page */
    free(memory);
    assert_true(faults_after - faults_before >= 16);
    assert_true(!COUNTS_ALLOCATIONS || allocations_so_far() > allocations_before);
}

/* What TASKS tasks allocate and touch. */
struct cost {
    unsigned long allocations, exempt;
    long faults;
};

static struct cost cost_of(const struct work *w, unsigned inner_threads)
{
    struct cost cost;
    struct fixture f;
    uint64_t sum = 0;

    fixture_start(&f, w->kernel, w->args);
    fixture_attach(&f, inner_threads);
    /* A library may need something once, and a kernel's buffers may change places. */
    fixture_run(&f, 0);
    fixture_run(&f, 1);
    cost.allocations = allocations_so_far();
    cost.exempt = exempt_so_far();
    cost.faults = faults();
    for (uint64_t i = 2; i < 2 + TASKS; i++) {
        sum += fixture_run(&f, i);
    }
    cost.faults = faults() - cost.faults;
    cost.allocations = allocations_so_far() - cost.allocations;
    cost.exempt = exempt_so_far() - cost.exempt;
    fixture_stop(&f);
    assert_true(sum != 0);
    print_message("%s, %u inner threads: %lu allocations, %lu by libraries, %ld page faults\n",
                  w->kernel->name, inner_threads, cost.allocations, cost.exempt, cost.faults);
    return cost;
}

static void tasks_allocate_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        const struct cost cost = cost_of(&works[i], 1);

        assert_int_equal(cost.allocations, 0);
#ifndef __SANITIZE_ADDRESS__ /* which has pages of its own */
        /* Less than one a task: the system may take pages away and give them back. */
        assert_true(cost.faults < TASKS);
#endif
        /* Everything that was not expected to be exempt is counted. */
        if (works[i].kernel != &ppt_kernel_matrix && works[i].kernel != &ppt_kernel_tensor &&
            works[i].kernel != &ppt_kernel_password) {
            assert_int_equal(cost.exempt, 0);
        }
    }
}

/* Buffers are not allocated anew there either: the smallest one has 150 pages. */
static void inner_threads_touch_no_new_buffers(void **state)
{
    (void)state;
    omp_set_num_threads(2);
    for (size_t i = 0; i < COUNT(works); i++) {
        if (works[i].kernel->inner_threads) {
            assert_true(cost_of(&works[i], 2).faults < 20L * TASKS);
        }
    }
    omp_set_num_threads(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counters_work),
        cmocka_unit_test(tasks_allocate_nothing),
        cmocka_unit_test(inner_threads_touch_no_new_buffers),
    };

    omp_set_num_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
