/*
 * Threads inside a task: that a kernel uses as many as it was told, computes the same with any
 * number of them, from whatever team it is called, and fails when it cannot have them.
 *
 * Called with the argument "limited" it is the child of a test below, for which OpenMP's limit of
 * threads is too low: the runtime reads it once.
 */
#include "fixture.h"

#include <dlfcn.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIMIT 3
#define TASKS 3u /* of each case */
#define MOST_WORKERS 4u

extern const struct ppt_kernel ppt_kernel_tensor, ppt_kernel_matrix, ppt_kernel_sort,
    ppt_kernel_img, ppt_kernel_password;

static const char *const landscape[] = {PPT_DATA "/landscape.png"};
static const char *const both[] = {PPT_TEST_DATA "/img/portrait_input.png",
                                   PPT_DATA "/landscape.png"};

struct work {
    const struct ppt_kernel *kernel;
    union ppt_value args[8];
    unsigned regions; /* in which a task starts threads anew */
    unsigned most;    /* threads that this task can use */
};

#define SORT(size)                                                                                 \
    {                                                                                              \
        &ppt_kernel_sort, {{.integer = (size)}}, 1, 64                                             \
    }
#define MATRIX(size)                                                                               \
    {                                                                                              \
        &ppt_kernel_matrix, {{.integer = (size)}}, 1, 64                                           \
    }
#define TENSOR(size, count)                                                                        \
    {                                                                                              \
        &ppt_kernel_tensor, {{.integer = (size)}, {.integer = (count)}}, 1, 64                     \
    }
#define IMG(paths_)                                                                                \
    {                                                                                              \
        &ppt_kernel_img, {{.paths = {(paths_), COUNT(paths_)}}}, COUNT(paths_), 64                 \
    }
/* Hashed 4 times by Argon2id with two passes over 128 KiB; 4 slices each. */
#define PASSWORD(lanes)                                                                            \
    {                                                                                              \
        &ppt_kernel_password,                                                                      \
            {{.integer = 1}, {.integer = 3}, {.span = {12, 20}}, {.real = 0.5},                    \
             {.choice = 1},  {.integer = 2}, {.integer = 128},   {.integer = (lanes)}},            \
            4 * 2 * 4, (lanes)                                                                     \
    }

/* Sizes below, at and above the number of threads, and around a block of numbers (8192). */
static const struct work works[] = {
    SORT(1),       SORT(2),       SORT(7),        SORT(64),     SORT(8191),   SORT(8193),
    SORT(100003),  MATRIX(1),     MATRIX(2),      MATRIX(3),    MATRIX(63),   MATRIX(65),
    MATRIX(131),   TENSOR(1, 1),  TENSOR(1, 4),   TENSOR(2, 3), TENSOR(7, 2), TENSOR(97, 1),
    TENSOR(97, 2), TENSOR(97, 5), IMG(landscape), IMG(both),    PASSWORD(1),  PASSWORD(5),
};

static const unsigned inner_counts[] = {1, 2, 3, 5, 8, 64};

/* ---- threads that were created ---- */

typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

static unsigned created; /* atomic */

/* OpenMP and libargon2 call this one, which counts and passes on. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    void *const symbol = dlsym(RTLD_NEXT, "pthread_create");
    create *next = NULL;

    memcpy(&next, &symbol, sizeof(next)); /* ISO C has no cast for it */
    __atomic_fetch_add(&created, 1, __ATOMIC_RELAXED);
    return next(thread, attributes, start, argument);
}

/* The threads that were created since the last call. */
static unsigned newly_created(void)
{
    return __atomic_exchange_n(&created, 0, __ATOMIC_RELAXED);
}

/* ---- digests ---- */

/* What one thread alone finds; task by task. */
static void digests_of_one(const struct work *w, uint64_t digests[TASKS])
{
    struct fixture f;

    fixture_start(&f, w->kernel, w->args);
    for (uint64_t i = 0; i < TASKS; i++) {
        digests[i] = fixture_run(&f, i);
    }
    /* A kernel that digests nothing would pass all that follows. Images are the same each time. */
    assert_true(digests[0] != 0);
    assert_true((digests[0] == digests[1]) == (w->kernel == &ppt_kernel_img));
    fixture_stop(&f);
}

static void check_digest(const struct work *w, unsigned inner, uint64_t index, uint64_t digest,
                         uint64_t expected)
{
    if (digest != expected) {
        fail_msg("%s, case %zu, task %d: another digest with %u inner threads", w->kernel->name,
                 (size_t)(w - works), (int)index, inner);
    }
}

static void any_number_of_threads_gives_the_same_digest(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        uint64_t expected[TASKS];
        struct fixture f;

        digests_of_one(&works[i], expected);
        fixture_start(&f, works[i].kernel, works[i].args);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            fixture_attach(&f, inner_counts[k]);
            /* The first again at the end: what the others left behind must not matter. */
            for (uint64_t task = 0; task <= TASKS; task++) {
                const uint64_t index = task % TASKS;

                check_digest(&works[i], inner_counts[k], index, fixture_run(&f, index),
                             expected[index]);
            }
        }
        fixture_stop(&f);
    }
}

/* A kernel takes the number from its setup, whatever OpenMP would do otherwise. */
static void the_callers_own_setting_does_not_matter(void **state)
{
    const int before = omp_get_max_threads();

    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        uint64_t expected[TASKS];
        struct fixture f;

        omp_set_num_threads(1);
        digests_of_one(&works[i], expected);
        fixture_start(&f, works[i].kernel, works[i].args);
        for (int setting = 1; setting <= 7; setting += 3) {
            for (unsigned inner = 2; inner <= 5; inner += 3) {
                const unsigned used = inner < works[i].most ? inner : works[i].most;

                omp_pause_resource_all(omp_pause_hard);
                omp_set_num_threads(setting);
                fixture_attach(&f, inner);
                newly_created();
                check_digest(&works[i], inner, 0, fixture_run(&f, 0), expected[0]);
                if (works[i].kernel != &ppt_kernel_password) {
                    assert_int_equal(newly_created(), used - 1);
                }
                assert_int_equal(omp_get_max_threads(), setting);
            }
        }
        fixture_stop(&f);
    }
    omp_set_num_threads(before);
}

/* Outside a team OpenMP keeps the threads for the next region, libargon2 for none. */
static void as_many_threads_are_used(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        struct fixture f;

        fixture_start(&f, works[i].kernel, works[i].args);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            const unsigned inner = inner_counts[k];
            const unsigned used = inner < works[i].most ? inner : works[i].most;
            unsigned expected = used - 1;

            omp_set_num_threads((int)inner); /* as the bench does */
            omp_pause_resource_all(omp_pause_hard);
            fixture_attach(&f, inner);
            newly_created();
            fixture_run(&f, 0);
            const unsigned found = newly_created();
            if (works[i].kernel == &ppt_kernel_password) {
                /* It starts a thread for every lane of every slice, so many at a time. */
                expected = used > 1 ? works[i].most * works[i].regions : 0;
            }
            if (found != expected) {
                fail_msg("%s, case %zu: %u threads started with %u inner threads, not %u",
                         works[i].kernel->name, i, found, inner, expected);
            }
        }
        fixture_stop(&f);
    }
    omp_set_num_threads(1);
}

/* ---- results ---- */

struct bytes {
    char *data;
    size_t count;
};

static struct bytes dump_of(struct fixture *f)
{
    FILE *file = fixture_dump(f, 1);
    struct bytes all = {NULL, 0};

    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    all.count = (size_t)ftell(file);
    assert_true(all.count > 0);
    all.data = calloc(all.count + 1, 1);
    assert_non_null(all.data);
    rewind(file);
    assert_int_equal(fread(all.data, 1, all.count, file), all.count);
    fclose(file);
    return all;
}

/* As many numbers, each as near to the other as rounding in another order may leave it. */
static void check_near(const char *one, const char *other)
{
    double largest = 0.0;
    size_t numbers = 0;

    for (int round = 0; round < 2; round++) {
        const char *a = one, *b = other;
        char *a_end = NULL, *b_end = NULL;

        for (;; a = a_end, b = b_end) {
            const double x = strtod(a, &a_end), y = strtod(b, &b_end);

            assert_int_equal(a == a_end, b == b_end);
            if (a == a_end) {
                break;
            }
            largest = fmax(largest, fabs(x));
            numbers++;
            assert_true(round == 0 || fabs(x - y) <= 1e-9 * largest);
        }
    }
    assert_true(numbers > 0 && largest > 0.0);
}

static void any_number_of_threads_gives_the_same_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(works); i++) {
        const bool exact =
            works[i].kernel == &ppt_kernel_sort || works[i].kernel == &ppt_kernel_img;
        struct fixture f;

        if (!works[i].kernel->dump) {
            continue;
        }
        fixture_start(&f, works[i].kernel, works[i].args);
        struct bytes one = dump_of(&f);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            fixture_attach(&f, inner_counts[k]);
            struct bytes many = dump_of(&f);
            if (exact) {
                assert_int_equal(one.count, many.count);
                assert_memory_equal(one.data, many.data, one.count);
            } else if (works[i].kernel != &ppt_kernel_password) {
                check_near(one.data, many.data);
            }
            free(many.data);
        }
        free(one.data);
        fixture_stop(&f);
    }
}

/* ---- inside a team of workers ---- */

/* What one worker found; cmocka must not be called inside the team. */
struct found {
    enum ppt_status status;
    uint64_t digests[TASKS];
    struct ppt_error error;
};

static void work_as(const struct fixture *f, unsigned worker, unsigned inner, struct found *found)
{
    struct ppt_setup setup = f->setup;
    struct ppt_scratch scratch;
    void *local = NULL;

    setup.inner_threads = inner;
    setup.workers = MOST_WORKERS;
    found->status = ppt_scratch_begin(f->kernel, ppt_scratch_needed(f->kernel, &setup), &scratch,
                                      &found->error);
    if (found->status == PPT_OK) {
        found->status =
            f->kernel->attach(&setup, f->shared, worker, &scratch, &local, &found->error);
    }
    if (found->status != PPT_OK) {
        free(scratch.memory);
        return;
    }
    omp_set_num_threads((int)inner);
    for (uint64_t i = 0; i < TASKS && found->status == PPT_OK; i++) {
        const struct ppt_task task = {.seed = setup.seed, .index = i, .args = setup.sets[0]};

        found->status = f->kernel->run(local, &task, &found->digests[i], &found->error);
    }
    if (f->kernel->detach) {
        f->kernel->detach(local);
    }
    free(scratch.memory);
}

static unsigned run_team(const struct fixture *f, unsigned workers, unsigned inner,
                         struct found *found)
{
    unsigned team = 0;

    memset(found, 0, workers * sizeof(*found));
#pragma omp parallel num_threads((int)workers) default(none) shared(f, inner, found, team)
    {
        const unsigned worker = (unsigned)omp_get_thread_num();

#pragma omp single
        team = (unsigned)omp_get_num_threads();
        work_as(f, worker, inner, &found[worker]);
    }
    return team;
}

static void check_team(const struct fixture *f, const struct work *w, unsigned workers,
                       unsigned inner, const uint64_t expected[TASKS])
{
    struct found found[MOST_WORKERS];

    omp_pause_resource_all(omp_pause_hard);
    newly_created();
    assert_int_equal(run_team(f, workers, inner, found), workers);
    const unsigned threads = newly_created();
    for (unsigned i = 0; i < workers; i++) {
        if (found[i].status != PPT_OK) {
            fail_msg("%s: %s", w->kernel->name, found[i].error.text);
        }
        for (size_t t = 0; t < TASKS; t++) {
            check_digest(w, inner, t, found[i].digests[t], expected[t]);
        }
    }
    /* Each worker has its own threads, even if some runtime keeps them for its next task; and none
     * at all without inner threads. */
    if (w->kernel != &ppt_kernel_password) {
        assert_in_range(threads, workers * inner - 1,
                        workers - 1 + workers * (inner - 1) * TASKS * w->regions);
    }
}

static void workers_with_threads_of_their_own(void **state)
{
    (void)state;
    omp_set_max_active_levels(2);
    for (size_t i = 0; i < COUNT(works); i++) {
        uint64_t expected[TASKS];
        struct fixture f;

        digests_of_one(&works[i], expected);
        fixture_start(&f, works[i].kernel, works[i].args);
        for (unsigned workers = 1; workers <= MOST_WORKERS; workers++) {
            check_team(&f, &works[i], workers, 1, expected);
            check_team(&f, &works[i], workers, 3, expected);
        }
        fixture_stop(&f);
    }
    omp_set_max_active_levels(1);
}

/* ---- too few threads ---- */

static void check_refused(const struct ppt_kernel *kernel, unsigned inner, const char *text)
{
    char start[128];

    snprintf(start, sizeof(start), "%s: %u inner threads were asked for, but OpenMP started ",
             kernel->name, inner);
    if (strncmp(text, start, strlen(start)) != 0 || !strstr(text, "OMP_THREAD_LIMIT")) {
        fail_msg("%s", text);
    }
}

/* In the child. */
static void too_few_threads_are_a_failure(void **state)
{
    (void)state;
    assert_int_equal(omp_get_thread_limit(), LIMIT);
    for (size_t i = 0; i < COUNT(works); i++) {
        struct ppt_task task = {.seed = 1, .index = 0, .args = works[i].args};
        struct fixture f;

        if (works[i].kernel == &ppt_kernel_password) {
            continue; /* libargon2's threads are not OpenMP's */
        }
        fixture_start(&f, works[i].kernel, works[i].args);
        const uint64_t digest = fixture_run(&f, 0);
        for (unsigned inner = LIMIT; inner <= 64; inner += inner == LIMIT ? 1 : 30) {
            fixture_attach(&f, inner);
            for (int again = 0; again < 2; again++) {
                struct ppt_error error = {""};
                uint64_t other = 0;
                const enum ppt_status status = works[i].kernel->run(f.local, &task, &other, &error);

                if (inner == LIMIT) {
                    assert_int_equal(status, PPT_OK);
                    assert_true(other == digest);
                } else {
                    char end[48];

                    assert_int_equal(status, PPT_FAILED);
                    check_refused(works[i].kernel, inner, error.text);
                    snprintf(end, sizeof(end), "OpenMP started %d;", LIMIT);
                    assert_non_null(strstr(error.text, end));
                }
            }
        }
        /* And it is of use again. */
        fixture_attach(&f, 1);
        assert_true(fixture_run(&f, 0) == digest);
        fixture_stop(&f);
    }
}

/* In the child: two workers want two threads each, so at least one of them gets none. */
static void too_few_threads_for_all_workers(void **state)
{
    (void)state;
    omp_set_max_active_levels(2);
    for (size_t i = 0; i < COUNT(works); i++) {
        uint64_t expected[TASKS];
        struct found found[MOST_WORKERS];
        struct fixture f;

        if (works[i].kernel == &ppt_kernel_password) {
            continue;
        }
        digests_of_one(&works[i], expected);
        fixture_start(&f, works[i].kernel, works[i].args);
        for (int again = 0; again < 5; again++) {
            assert_int_equal(run_team(&f, 2, 3, found), 2);
            assert_true(found[0].status != PPT_OK || found[1].status != PPT_OK);
            for (unsigned w = 0; w < 2; w++) {
                if (found[w].status == PPT_OK) {
                    assert_memory_equal(found[w].digests, expected, sizeof(expected));
                } else {
                    check_refused(works[i].kernel, 3, found[w].error.text);
                }
            }
        }
        fixture_stop(&f);
    }
}

static void a_limit_of_threads_is_told(void **state)
{
    char limit[16];
    int status = 0;

    (void)state;
    snprintf(limit, sizeof(limit), "%d", LIMIT);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("OMP_THREAD_LIMIT", limit, 1);
        alarm(60); /* a team that waits for threads it never got would wait for ever */
        execl("/proc/self/exe", "test_inner", "limited", (char *)NULL);
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        fail_msg("the child was ended by signal %d", WTERMSIG(status));
    }
    assert_int_equal(WEXITSTATUS(status), 0); /* the number of its tests that failed */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest limited[] = {
        cmocka_unit_test(too_few_threads_are_a_failure),
        cmocka_unit_test(too_few_threads_for_all_workers),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_digest),
        cmocka_unit_test(the_callers_own_setting_does_not_matter),
        cmocka_unit_test(as_many_threads_are_used),
        cmocka_unit_test(any_number_of_threads_gives_the_same_result),
        cmocka_unit_test(workers_with_threads_of_their_own),
        cmocka_unit_test(a_limit_of_threads_is_told),
    };

    omp_set_dynamic(0);
    omp_set_num_threads(1);
    return argc > 1 && strcmp(argv[1], "limited") == 0 ? cmocka_run_group_tests(limited, NULL, NULL)
                                                       : cmocka_run_group_tests(tests, NULL, NULL);
}
