/*
 * The matrix kernel: that the inverse is one, and what happens when there is none or a wrong one.
 */
#include "fixture.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "lapack.h"
#include "rng_bulk.h"

extern const struct ppt_kernel ppt_kernel_matrix;

typedef void getrf(const int32_t *, const int32_t *, double *, const int32_t *, int32_t *,
                   int32_t *);
typedef void getri(const int32_t *, double *, const int32_t *, const int32_t *, double *,
                   const int32_t *, int32_t *);

/* What the stand-ins for OpenBLAS's routines do to their results. */
static int32_t info_to_return;
static double error_to_make;

void dgetrf_(const int32_t *rows, const int32_t *columns, double *a, const int32_t *stride,
             int32_t *pivots, int32_t *info)
{
    getrf *next = NULL;

    fixture_openblas("dgetrf_", &next);
    next(rows, columns, a, stride, pivots, info);
    if (info_to_return) {
        *info = info_to_return;
    }
}

void dgetri_(const int32_t *order, double *a, const int32_t *stride, const int32_t *pivots,
             double *work, const int32_t *work_count, int32_t *info)
{
    getri *next = NULL;

    fixture_openblas("dgetri_", &next);
    next(order, a, stride, pivots, work, work_count, info);
    if (error_to_make != 0.0) {
        a[*order / 2] += error_to_make;
    }
}

static double *read_rows(FILE *file, size_t size)
{
    double *matrix = calloc(size * size, sizeof(double));

    assert_non_null(matrix);
    for (size_t i = 0; i < size * size; i++) {
        char number[32];
        char *after = NULL;

        assert_int_equal(fscanf(file, "%31s", number), 1);
        matrix[i] = strtod(number, &after);
        assert_int_equal(*after, '\0');
        assert_int_equal(fgetc(file), (i + 1) % size ? ' ' : '\n');
    }
    return matrix;
}

static void check_inverse(int64_t order, unsigned inner_threads)
{
    const union ppt_value args[] = {{.integer = order}};
    const size_t size = (size_t)order;
    double *row = calloc(size, sizeof(*row));
    double *expected = calloc(size * size, sizeof(*expected));
    double largest = 0.0;
    const struct ppt_task task = {.seed = 1, .index = 4};
    struct fixture f;

    assert_non_null(row);
    assert_non_null(expected);
    fixture_start(&f, &ppt_kernel_matrix, args);
    fixture_attach(&f, inner_threads);
    FILE *file = fixture_dump(&f, 4);
    double *matrix = read_rows(file, size);
    assert_int_equal(fgetc(file), '\n');
    double *inverse = read_rows(file, size);
    assert_int_equal(fgetc(file), EOF);

    ppt_rng_fill_blocks(&task, 0, expected, size * size, 0.0, 1.0);
    assert_memory_equal(matrix, expected, size * size * sizeof(*matrix));
    for (size_t i = 0; i < size; i++) {
        memset(row, 0, size * sizeof(*row));
        row[i] = -1.0;
        for (size_t k = 0; k < size; k++) {
            for (size_t j = 0; j < size; j++) {
                row[j] += matrix[i * size + k] * inverse[k * size + j];
            }
        }
        for (size_t j = 0; j < size; j++) {
            largest = fmax(largest, fabs(row[j]));
        }
    }
    assert_true(largest < 1e-8);
    free(inverse);
    free(matrix);
    fclose(file);
    fixture_stop(&f);
    free(expected);
    free(row);
}

static void inverse_times_matrix_is_identity(void **state)
{
    static const int64_t sizes[] = {1, 2, 17, 64, 65, 131, 1000};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (unsigned inner = 1; inner <= 4; inner++) {
            check_inverse(sizes[i], inner);
        }
    }
}

/* OpenBLAS gives other last bits with two threads; the digest must not. */
static void digest_depends_on_the_task_alone(void **state)
{
    const union ppt_value args[] = {{.integer = 300}};
    const int threads = omp_get_max_threads();
    struct fixture one, two;

    (void)state;
    omp_set_num_threads(1);
    fixture_start(&one, &ppt_kernel_matrix, args);
    fixture_start(&two, &ppt_kernel_matrix, args);
    const uint64_t digest = fixture_run(&one, 0);
    assert_int_not_equal(fixture_run(&one, 1), digest);
    assert_int_equal(fixture_run(&one, 0), digest);
    assert_int_equal(fixture_run(&two, 0), digest);
    omp_set_num_threads(2);
    assert_int_equal(fixture_run(&one, 0), digest);
    omp_set_num_threads(threads);
    fixture_stop(&one);
    fixture_stop(&two);
}

/* The proof must not take rounding in an ill-conditioned matrix for a wrong result. */
static void many_matrices_pass(void **state)
{
    static const int64_t sizes[] = {1, 2, 3, 10, 40};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const union ppt_value args[] = {{.integer = sizes[i]}};
        struct fixture f;

        fixture_start(&f, &ppt_kernel_matrix, args);
        for (uint64_t index = 0; index < 2000; index++) {
            fixture_run(&f, index);
        }
        fixture_stop(&f);
    }
}

static void failures_are_reported(void **state)
{
    const union ppt_value args[] = {{.integer = 100}};
    const struct ppt_task task = {.seed = 1, .index = 2, .args = args};
    struct ppt_error error = {""};
    uint64_t digest = 0;
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_matrix, args);
    info_to_return = 7;
    assert_int_equal(ppt_kernel_matrix.run(f.local, &task, &digest, &error), PPT_FAILED);
    assert_string_equal(error.text, "matrix: the matrix of task 2 is singular");
    info_to_return = -4;
    assert_int_equal(ppt_kernel_matrix.run(f.local, &task, &digest, &error), PPT_FAILED);
    assert_string_equal(error.text, "matrix: LAPACK refuses its argument 4");
    info_to_return = 0;
    error_to_make = 1e-5;
    assert_int_equal(ppt_kernel_matrix.run(f.local, &task, &digest, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "matrix: the inverse of task 2 is wrong"));
    error_to_make = (double)NAN;
    assert_int_equal(ppt_kernel_matrix.run(f.local, &task, &digest, &error), PPT_FAILED);
    error_to_make = 0.0;
    fixture_run(&f, 2);
    fixture_stop(&f);
}

static void scratch_serves_every_set(void **state)
{
    const union ppt_value small[] = {{.integer = 10}};
    const union ppt_value large[] = {{.integer = 150}};
    const union ppt_value *sets[] = {small, large, small};
    struct ppt_error error = {""};
    struct fixture alone, all;

    (void)state;
    fixture_start(&alone, &ppt_kernel_matrix, small);
    fixture_start_sets(&all, &ppt_kernel_matrix, sets, 3);
    for (size_t set = 0; set < 3; set++) {
        const struct ppt_task task = {.seed = 1, .index = set, .set = set, .args = sets[set]};
        uint64_t digest = 0;

        assert_int_equal(ppt_kernel_matrix.run(all.local, &task, &digest, &error), PPT_OK);
        if (sets[set] == small) {
            assert_int_equal(digest, fixture_run(&alone, set));
        }
    }
    fixture_stop(&all);
    fixture_stop(&alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inverse_times_matrix_is_identity),
        cmocka_unit_test(digest_depends_on_the_task_alone),
        cmocka_unit_test(many_matrices_pass),
        cmocka_unit_test(failures_are_reported),
        cmocka_unit_test(scratch_serves_every_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
