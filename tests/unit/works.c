#include "works.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static const char *const landscape[] = {PPT_DATA "/landscape.png"};
static const char *const both[] = {PPT_TEST_DATA "/img/portrait_input.png",
                                   PPT_DATA "/landscape.png"};

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
const struct work works[WORKS] = {
    SORT(1),       SORT(2),       SORT(7),        SORT(64),     SORT(8191),   SORT(8193),
    SORT(100003),  MATRIX(1),     MATRIX(2),      MATRIX(3),    MATRIX(63),   MATRIX(65),
    MATRIX(131),   TENSOR(1, 1),  TENSOR(1, 4),   TENSOR(2, 3), TENSOR(7, 2), TENSOR(97, 1),
    TENSOR(97, 2), TENSOR(97, 5), IMG(landscape), IMG(both),    PASSWORD(1),  PASSWORD(5),
};

void works_digests(const struct work *w, uint64_t digests[WORK_TASKS])
{
    struct fixture f;

    fixture_start(&f, w->kernel, w->args);
    for (uint64_t i = 0; i < WORK_TASKS; i++) {
        digests[i] = fixture_run(&f, i);
    }
    /* A kernel that digests nothing would pass all that follows. Images are the same each time. */
    assert_true(digests[0] != 0);
    assert_true((digests[0] == digests[1]) == (w->kernel == &ppt_kernel_img));
    fixture_stop(&f);
}

void works_check(const struct work *w, unsigned inner, uint64_t index, uint64_t digest,
                 uint64_t expected)
{
    if (digest != expected) {
        fail_msg("%s, case %zu, task %d: another digest with %u inner threads", w->kernel->name,
                 (size_t)(w - works), (int)index, inner);
    }
}

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

unsigned works_threads(void)
{
    return __atomic_exchange_n(&created, 0, __ATOMIC_RELAXED);
}
