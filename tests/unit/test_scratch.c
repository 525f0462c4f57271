/*
 * That a kernel's `needs` is the truth: its scratch is as many bytes as that states, to the cache
 * line, and attach takes next to nothing beside it.
 */
#include "fixture.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "registry.h"

/* For names of files and the like. */
#define SMALL_BYTES 4096

extern const struct ppt_kernel ppt_kernel_io, ppt_kernel_zip, ppt_kernel_tensor, ppt_kernel_sort,
    ppt_kernel_matrix, ppt_kernel_img, ppt_kernel_password, ppt_kernel_wait, ppt_kernel_command;

static const char *const paths[] = {PPT_DATA "/landscape.png"};
static const char *const words[] = {"true"};

struct work {
    const struct ppt_kernel *kernel;
    union ppt_value args[9];
};

#define PASSWORD(stored, longest, hash, m_cost)                                                    \
    {                                                                                              \
        &ppt_kernel_password,                                                                      \
        {                                                                                          \
            {.integer = (stored)}, {.integer = 3}, {.span = {0, (longest)}}, {.real = 0},          \
                {.choice = (hash)}, {.integer = 1}, {.integer = (m_cost)},                         \
            {                                                                                      \
                .integer = 1                                                                       \
            }                                                                                      \
        }                                                                                          \
    }

/* With none, with one, and with numbers that fill no cache line. */
static const struct work works[] = {
    {&ppt_kernel_io, {{.integer = 1}}},
    {&ppt_kernel_zip, {{.integer = 1}, {.integer = 1}, {.choice = 0}}},
    {&ppt_kernel_zip, {{.integer = 1}, {.integer = 9}, {.choice = 1}}},
    {&ppt_kernel_tensor, {{.integer = 0}, {.integer = 2}}},
    {&ppt_kernel_tensor, {{.integer = 1}, {.integer = 0}}},
    {&ppt_kernel_tensor, {{.integer = 77}, {.integer = 4}}},
    {&ppt_kernel_sort, {{.integer = 0}}},
    {&ppt_kernel_sort, {{.integer = 1}}},
    {&ppt_kernel_sort, {{.integer = 200003}}},
    {&ppt_kernel_matrix, {{.integer = 0}}},
    {&ppt_kernel_matrix, {{.integer = 1}}},
    {&ppt_kernel_matrix, {{.integer = 99}}},
    {&ppt_kernel_img, {{.paths = {paths, COUNT(paths)}}}},
    {&ppt_kernel_wait, {{.real = 0.01}, {.real = 0}}},
    {&ppt_kernel_command, {{.words = {words, COUNT(words)}}, {.real = 9}, {.choice = 0}}},
    PASSWORD(0, 9, 0, 8),
    PASSWORD(1, 1, 0, 8),
    PASSWORD(1001, 21, 0, 8),
    PASSWORD(7, 1024, 1, 65),
};

static const unsigned thread_counts[] = {1, 2, 5};

/* Its tasks lay out parts, too, as the set with the most of one part need not be the largest. */
static bool lays_out_later(const struct ppt_kernel *kernel)
{
    return kernel == &ppt_kernel_password;
}

static void every_kernel_is_here(void **state)
{
    (void)state;
    for (size_t i = 0; ppt_kernels[i]; i++) {
        bool here = !ppt_kernels[i]->attach || ppt_kernels[i]->missing;

        for (size_t j = 0; j < COUNT(works); j++) {
            here |= works[j].kernel == ppt_kernels[i];
        }
        if (!here) {
            fail_msg("%s is not", ppt_kernels[i]->name);
        }
    }
}

static void attach_lays_out_what_needs_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        const struct ppt_kernel *kernel = works[i].kernel;
        struct fixture f;

        fixture_start(&f, kernel, works[i].args);
        for (size_t t = 0; t < COUNT(thread_counts); t++) {
            struct ppt_needs needs = {0};

            fixture_attach(&f, thread_counts[t]);
            kernel->needs(works[i].args, thread_counts[t], &needs);
            assert_true(needs.worker_bytes > 0);
            assert_int_equal(f.block.bytes, needs.worker_bytes);
            if (lays_out_later(kernel)) {
                assert_in_range(f.block.used, 1, needs.worker_bytes);
            } else {
                assert_int_equal(f.block.used, needs.worker_bytes);
            }
        }
        fixture_stop(&f);
    }
}

/* Without giving back the scratch. */
static void detach(struct fixture *f)
{
    if (f->kernel->detach) {
        f->kernel->detach(f->local);
    }
    f->local = NULL;
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static size_t allocated(void)
{
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void attach_takes_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        const struct ppt_kernel *kernel = works[i].kernel;
        struct ppt_error error = {""};
        struct ppt_needs needs = {0};
        struct fixture f;

        fixture_start(&f, kernel, works[i].args);
        kernel->needs(works[i].args, 1, &needs);
        detach(&f);
        memset(f.block.memory, 0, f.block.bytes);
        f.block.used = 0;

        const size_t before = allocated();

        assert_int_equal(kernel->attach(&f.setup, f.shared, 0, &f.block, &f.local, &error), PPT_OK);
        assert_in_range(allocated() - before, 0, needs.library_bytes + SMALL_BYTES);
        fixture_stop(&f);
    }
}
#endif

/* Attaches with scratch of so many bytes less and runs a task, in a process of its own; returns its
 * exit code. */
static int status_with_less(const struct work *work, unsigned inner_threads, size_t less)
{
    struct ppt_error error = {""};
    struct fixture f;
    int status = 0;

    fixture_start(&f, work->kernel, work->args);
    f.setup.inner_threads = inner_threads;
    detach(&f);
    free(f.block.memory);

    const size_t bytes = ppt_scratch_needed(f.kernel, &f.setup);

    assert_int_equal(ppt_scratch_begin(f.kernel, bytes, &f.block, &error), PPT_OK);
    f.block.bytes -= less;
    fflush(NULL);

    const pid_t child = fork();

    if (child == 0) {
        const struct ppt_task task = {.seed = 1, .args = work->args};
        const struct rlimit none = {0, 0};
        uint64_t digest = 0;

        setrlimit(RLIMIT_CORE, &none);
        fclose(stderr);
        alarm(60);
        f.kernel->attach(&f.setup, f.shared, 0, &f.block, &f.local, &error);
        if (lays_out_later(f.kernel)) {
            f.kernel->run(f.local, &task, &digest, &error);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    fixture_stop(&f);
    return WEXITSTATUS(status);
}

static void less_than_needs_states_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        for (size_t t = 0; t < COUNT(thread_counts); t++) {
            assert_int_equal(status_with_less(&works[i], thread_counts[t], 0), 0);
            assert_int_equal(status_with_less(&works[i], thread_counts[t], PPT_CACHE_LINE),
                             PPT_FAILED);
        }
    }
}

static void sizes_beyond_all_stay_there(void **state)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    (void)state;
    assert_int_equal(ppt_scratch_size(0, 8), 0);
    assert_int_equal(ppt_scratch_size(1, 1), PPT_CACHE_LINE);
    assert_int_equal(ppt_scratch_size(9, 8), 2 * PPT_CACHE_LINE);
    assert_int_equal(ppt_scratch_size(SIZE_MAX / 2, 3), SIZE_MAX);
    assert_int_equal(ppt_scratch_size(1, SIZE_MAX - 1), SIZE_MAX);
    for (int i = 0; i < 3; i++) {
        assert_null(ppt_scratch_take(&ruler, 1, SIZE_MAX / 2));
    }
    assert_int_equal(ruler.used, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_is_here),
        cmocka_unit_test(attach_lays_out_what_needs_states),
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        cmocka_unit_test(attach_takes_nothing_else),
#endif
        cmocka_unit_test(less_than_needs_states_is_told),
        cmocka_unit_test(sizes_beyond_all_stay_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
