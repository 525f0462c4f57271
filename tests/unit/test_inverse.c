/*
 * The inverse by several threads against LAPACK's own, and matrices that have none: every thread
 * must leave then, and say the same as LAPACK.
 */
#include "fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"
#include "inverse.h"
#include "lapack.h"
#include "rng_bulk.h"

#define GUARD ((size_t)32)

static const unsigned teams[] = {1, 2, 3, 5, 8};

/* Around the width of a block, and where the last block is one column or one short of full. */
static const size_t sizes[] = {1, 2, 3, 5, 31, 63, 64, 65, 66, 127, 128, 129, 191, 192, 193, 200};

static double *numbers(size_t count)
{
    double *memory = calloc(count, sizeof(*memory));

    assert_non_null(memory);
    return memory;
}

/* ---- a job whose buffers have guards behind them ---- */

struct bench {
    struct ppt_inverse job;
    unsigned threads;
};

static double *guarded(size_t count)
{
    double *memory = numbers(count + GUARD);

    for (size_t i = 0; i < count + GUARD; i++) {
        memory[i] = -77.0; /* what was there before must not matter either */
    }
    return memory;
}

static void check_guard(const double *memory, size_t count)
{
    for (size_t i = 0; i < GUARD; i++) {
        assert_true(memory[count + i] == -77.0);
    }
}

static int32_t *guarded_integers(size_t count)
{
    int32_t *memory = calloc(count + GUARD, sizeof(*memory));

    assert_non_null(memory);
    for (size_t i = 0; i < count + GUARD; i++) {
        memory[i] = -77;
    }
    return memory;
}

static void check_integers(const int32_t *memory, size_t count)
{
    for (size_t i = 0; i < GUARD; i++) {
        assert_int_equal(memory[count + i], -77);
    }
}

static void body(void *context, unsigned thread, unsigned threads)
{
    ppt_inverse_run(context, thread, threads);
}

/* Inverts a copy of `matrix`; to be freed with stop(). */
static struct bench start(const double *matrix, size_t size, unsigned threads)
{
    struct bench b = {.threads = threads};
    struct ppt_error error = {""};

    b.job = (struct ppt_inverse){
        .size = size,
        .matrix = guarded(size * size),
        .inverse = guarded(size * size),
        .work = guarded(threads * size * PPT_INVERSE_BLOCK),
        .pivots = guarded_integers(size),
        .columns = guarded_integers(size),
    };
    memcpy(b.job.matrix, matrix, size * size * sizeof(*matrix));
    assert_int_equal(ppt_inner_run(threads, body, &b.job, "test", &error), PPT_OK);
    return b;
}

static void stop(struct bench *b)
{
    const size_t size = b->job.size;

    check_guard(b->job.matrix, size * size);
    check_guard(b->job.inverse, size * size);
    check_guard(b->job.work, b->threads * size * PPT_INVERSE_BLOCK);
    check_integers(b->job.pivots, size);
    check_integers(b->job.columns, size);
    free(b->job.matrix);
    free(b->job.inverse);
    free(b->job.work);
    free(b->job.pivots);
    free(b->job.columns);
}

/* ---- LAPACK's ---- */

/* Overwrites the matrix by its inverse; returns dgetrf's info. */
static int32_t invert_by_lapack(double *matrix, size_t size)
{
    const int32_t order = (int32_t)size, work_count = order * PPT_INVERSE_BLOCK;
    int32_t *pivots = guarded_integers(size);
    double *work = numbers((size_t)work_count);
    int32_t info = 0, second = 0;

    dgetrf_(&order, &order, matrix, &order, pivots, &info);
    if (info == 0) {
        dgetri_(&order, matrix, &order, pivots, work, &work_count, &second);
        assert_int_equal(second, 0);
    }
    free(work);
    free(pivots);
    return info;
}

static double largest(const double *values, size_t count)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fabs(values[i]));
    }
    return most;
}

/* For every team the inverse is LAPACK's, to 1e-9 of its largest element. */
static void check_like_lapack(const double *matrix, size_t size)
{
    double *expected = numbers(size * size);

    memcpy(expected, matrix, size * size * sizeof(*matrix));
    assert_int_equal(invert_by_lapack(expected, size), 0);
    const double tolerance = 1e-9 * largest(expected, size * size);
    assert_true(tolerance > 0.0);
    for (size_t t = 0; t < COUNT(teams); t++) {
        struct bench b = start(matrix, size, teams[t]);

        assert_int_equal(b.job.info, 0);
        for (size_t i = 0; i < size * size; i++) {
            if (!(fabs(b.job.inverse[i] - expected[i]) <= tolerance)) {
                fail_msg("%zu rows, %u threads: [%zu, %zu] is %g, not %g", size, teams[t], i % size,
                         i / size, b.job.inverse[i], expected[i]);
            }
        }
        stop(&b);
    }
    free(expected);
}

static void fill(double *matrix, size_t size, double low, double high)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, 5, size, PPT_STREAM_DATA);
    ppt_rng_fill_doubles(&rng, matrix, size * size, low, high);
}

static void random_matrices(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        double *matrix = numbers(sizes[s] * sizes[s]);

        fill(matrix, sizes[s], 0.0, 1.0);
        check_like_lapack(matrix, sizes[s]);
        fill(matrix, sizes[s], -1e6, 1e6);
        check_like_lapack(matrix, sizes[s]);
        free(matrix);
    }
}

/* Rows must be exchanged all the way: every pivot is far below the diagonal. */
static void large_elements_at_the_far_end(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        const size_t size = sizes[s];
        double *matrix = numbers(size * size);

        fill(matrix, size, -1.0, 1.0);
        for (size_t i = 0; i < size; i++) {
            matrix[i * size + size - 1 - i] += 50.0;
        }
        check_like_lapack(matrix, size);
        free(matrix);
    }
}

/* ---- inverses that are known exactly ---- */

static void diagonal_matrices(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        const size_t size = sizes[s];
        double *matrix = numbers(size * size);

        for (size_t i = 0; i < size; i++) {
            matrix[i * size + i] = ldexp(i % 2 ? -1.0 : 1.0, (int)(i % 40) - 20);
        }
        for (size_t t = 0; t < COUNT(teams); t++) {
            struct bench b = start(matrix, size, teams[t]);

            assert_int_equal(b.job.info, 0);
            for (size_t i = 0; i < size * size; i++) {
                const double expected = matrix[i] != 0.0 ? 1.0 / matrix[i] : 0.0;

                assert_true(b.job.inverse[i] == expected);
            }
            stop(&b);
        }
        free(matrix);
    }
}

static void permutation_matrices(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        const size_t size = sizes[s];
        double *matrix = numbers(size * size);
        size_t *order = calloc(size, sizeof(*order));

        assert_non_null(order);
        for (size_t i = 0; i < size; i++) {
            const size_t other = (size_t)(ppt_mix64(i) % (i + 1));

            order[i] = order[other];
            order[other] = i;
        }
        for (size_t i = 0; i < size; i++) {
            matrix[i * size + order[i]] = 1.0;
        }
        for (size_t t = 0; t < COUNT(teams); t++) {
            struct bench b = start(matrix, size, teams[t]);

            assert_int_equal(b.job.info, 0);
            for (size_t i = 0; i < size; i++) {
                for (size_t j = 0; j < size; j++) {
                    assert_true(b.job.inverse[i * size + j] == matrix[j * size + i]);
                }
            }
            stop(&b);
        }
        free(order);
        free(matrix);
    }
}

/* ---- matrices without an inverse ---- */

/* That it ends at all is the point: a thread that waited for one that left would hang. */
static void check_singular(const double *matrix, size_t size, int32_t expected)
{
    double *copy = numbers(size * size);

    memcpy(copy, matrix, size * size * sizeof(*matrix));
    assert_int_equal(invert_by_lapack(copy, size), expected);
    free(copy);
    for (size_t t = 0; t < COUNT(teams); t++) {
        struct bench b = start(matrix, size, teams[t]);

        if (b.job.info != expected) {
            fail_msg("%zu rows, %u threads: info %d, not %d", size, teams[t], (int)b.job.info,
                     (int)expected);
        }
        stop(&b);
    }
}

static void zero_matrices(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        double *matrix = numbers(sizes[s] * sizes[s]);

        check_singular(matrix, sizes[s], 1);
        free(matrix);
    }
}

/* Powers of two, so that what is left after the first column is exactly zero. */
static void matrices_of_rank_one(void **state)
{
    (void)state;
    for (size_t s = 1; s < COUNT(sizes); s++) {
        const size_t size = sizes[s];
        double *matrix = numbers(size * size);

        for (size_t i = 0; i < size; i++) {
            for (size_t j = 0; j < size; j++) {
                matrix[j * size + i] = ldexp(1.0, (int)(i % 7) - (int)(j % 5));
            }
        }
        check_singular(matrix, size, 2);
        free(matrix);
    }
}

/* The column (in LAPACK's eyes) of zeros is found only when its turn comes. */
static void a_column_of_zeros(void **state)
{
    static const size_t places[] = {0, 1, 63, 64, 65, 127, 128, 150, 198, 199};
    const size_t size = 200;

    (void)state;
    for (size_t p = 0; p < COUNT(places); p++) {
        double *matrix = numbers(size * size);

        fill(matrix, size, -1.0, 1.0);
        memset(matrix + places[p] * size, 0, size * sizeof(*matrix));
        check_singular(matrix, size, (int32_t)places[p] + 1);
        free(matrix);
    }
}

/* A row of zeros sinks to the end. */
static void a_row_of_zeros(void **state)
{
    static const size_t places[] = {0, 64, 199};
    const size_t size = 200;

    (void)state;
    for (size_t p = 0; p < COUNT(places); p++) {
        double *matrix = numbers(size * size);

        fill(matrix, size, -1.0, 1.0);
        for (size_t j = 0; j < size; j++) {
            matrix[j * size + places[p]] = 0.0;
        }
        check_singular(matrix, size, (int32_t)size);
        free(matrix);
    }
}

/* Nobody promises a result, but an end. */
static void not_numbers_end(void **state)
{
    const size_t size = 130;
    double *matrix = numbers(size * size);

    (void)state;
    fill(matrix, size, -1.0, 1.0);
    for (size_t i = 0; i < size; i++) {
        matrix[i * size + i] = i % 2 ? (double)NAN : HUGE_VAL;
    }
    for (size_t t = 0; t < COUNT(teams); t++) {
        struct bench b = start(matrix, size, teams[t]);

        assert_true(b.job.info >= 0);
        stop(&b);
    }
    free(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_matrices),   cmocka_unit_test(large_elements_at_the_far_end),
        cmocka_unit_test(diagonal_matrices), cmocka_unit_test(permutation_matrices),
        cmocka_unit_test(zero_matrices),     cmocka_unit_test(matrices_of_rank_one),
        cmocka_unit_test(a_column_of_zeros), cmocka_unit_test(a_row_of_zeros),
        cmocka_unit_test(not_numbers_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
