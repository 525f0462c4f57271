/*
 * Threads inside a task that is one of several: kernels called from a team of workers, and what
 * they say when OpenMP cannot start the threads that they were told to use.
 *
 * Called with the argument "limited" it is the child of a test below, for which OpenMP's limit of
 * threads is too low: the runtime reads it once.
 */
#include "works.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT 3
#define MOST_WORKERS 4u

/* What one worker found; cmocka must not be called inside the team. */
struct found {
    enum ppt_status status;
    uint64_t digests[WORK_TASKS];
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
    for (uint64_t i = 0; i < WORK_TASKS && found->status == PPT_OK; i++) {
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
                       unsigned inner, const uint64_t expected[WORK_TASKS])
{
    struct found found[MOST_WORKERS];

    omp_pause_resource_all(omp_pause_hard);
    works_threads();
    assert_int_equal(run_team(f, workers, inner, found), workers);
    const unsigned threads = works_threads();
    for (unsigned i = 0; i < workers; i++) {
        if (found[i].status != PPT_OK) {
            fail_msg("%s: %s", w->kernel->name, found[i].error.text);
        }
        for (size_t t = 0; t < WORK_TASKS; t++) {
            works_check(w, inner, t, found[i].digests[t], expected[t]);
        }
    }
    /* Each worker has its own threads, even if some runtime keeps them for its next task; and none
     * at all without inner threads. */
    if (w->kernel != &ppt_kernel_password) {
        assert_in_range(threads, workers * inner - 1,
                        workers - 1 + workers * (inner - 1) * WORK_TASKS * w->regions);
    }
}

static void workers_with_threads_of_their_own(void **state)
{
    (void)state;
    omp_set_max_active_levels(2);
    for (size_t i = 0; i < WORKS; i++) {
        uint64_t expected[WORK_TASKS];
        struct fixture f;

        works_digests(&works[i], expected);
        fixture_start(&f, works[i].kernel, works[i].args);
        for (unsigned workers = 1; workers <= MOST_WORKERS; workers++) {
            check_team(&f, &works[i], workers, 1, expected);
            check_team(&f, &works[i], workers, 3, expected);
        }
        fixture_stop(&f);
    }
    omp_set_max_active_levels(1);
}

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
    for (size_t i = 0; i < WORKS; i++) {
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
    for (size_t i = 0; i < WORKS; i++) {
        uint64_t expected[WORK_TASKS];
        struct found found[MOST_WORKERS];
        struct fixture f;

        if (works[i].kernel == &ppt_kernel_password) {
            continue;
        }
        works_digests(&works[i], expected);
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
        execl("/proc/self/exe", "test_inner_teams", "limited", (char *)NULL);
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
        cmocka_unit_test(workers_with_threads_of_their_own),
        cmocka_unit_test(a_limit_of_threads_is_told),
    };

    omp_set_dynamic(0);
    omp_set_num_threads(1);
    return argc > 1 && strcmp(argv[1], "limited") == 0 ? cmocka_run_group_tests(limited, NULL, NULL)
                                                       : cmocka_run_group_tests(tests, NULL, NULL);
}
