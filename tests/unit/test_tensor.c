/*
 * The tensor kernel against a triple loop in long double, and against products that are wrong.
 */
#include "fixture.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "checksum.h"
#include "rng_bulk.h"

extern const struct ppt_kernel ppt_kernel_tensor;

typedef void dgemm(const enum CBLAS_ORDER, const enum CBLAS_TRANSPOSE, const enum CBLAS_TRANSPOSE,
                   const int, const int, const int, const double, const double *, const int,
                   const double *, const int, const double, double *, const int);

/* What the stand-in for OpenBLAS's cblas_dgemm spoils. */
static double error_to_make;

/* GSL calls this one, which calls OpenBLAS's and may spoil one element. */
void cblas_dgemm(const enum CBLAS_ORDER order, const enum CBLAS_TRANSPOSE transpose_a,
                 const enum CBLAS_TRANSPOSE transpose_b, const int m, const int n, const int k,
                 const double alpha, const double *a, const int lda, const double *b, const int ldb,
                 const double beta, double *c, const int ldc)
{
    dgemm *next = NULL;

    fixture_openblas("cblas_dgemm", &next);
    next(order, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    if (error_to_make != 0.0) {
        c[(size_t)(m - 2) * (size_t)ldc] += error_to_make;
    }
}

/* The numbers of a dump of `size` rows, checked for shape; to be freed. */
static double *read_matrix(FILE *file, size_t size)
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
    assert_int_equal(fgetc(file), EOF);
    return matrix;
}

static void compare_with_triple_loop(size_t size, int64_t count, unsigned inner_threads)
{
    const union ppt_value args[] = {{.integer = (int64_t)size}, {.integer = count}};
    const double bound = sqrt(3.0 / (double)size);
    double *factor = calloc(size * size, sizeof(*factor));
    long double *product = calloc(size * size, sizeof(*product));
    long double *row = calloc(size, sizeof(*row));
    const struct ppt_task task = {.seed = 1, .index = 3};
    struct fixture f;

    assert_non_null(factor);
    assert_non_null(product);
    assert_non_null(row);
    for (int64_t number = 0; number < count; number++) {
        ppt_rng_fill_blocks(&task, (uint64_t)number * ppt_rng_block_count(size * size), factor,
                            size * size, -bound, bound);
        for (size_t i = 0; i < size; i++) {
            for (size_t j = 0; j < size; j++) {
                row[j] = number == 0 ? (long double)factor[i * size + j] : 0.0L;
                for (size_t k = 0; number > 0 && k < size; k++) {
                    row[j] += product[i * size + k] * (long double)factor[k * size + j];
                }
            }
            memcpy(product + i * size, row, size * sizeof(*row));
        }
    }
    fixture_start(&f, &ppt_kernel_tensor, args);
    fixture_attach(&f, inner_threads);
    FILE *file = fixture_dump(&f, 3);
    double *result = read_matrix(file, size);
    for (size_t i = 0; i < size * size; i++) {
        assert_true(fabsl(product[i] - (long double)result[i]) < 1e-13L);
    }
    free(result);
    fclose(file);
    fixture_stop(&f);
    free(row);
    free(product);
    free(factor);
}

static void product_of_four(void **state)
{
    (void)state;
    compare_with_triple_loop(5, 4, 1);
}

static void one_factor_is_the_product(void **state)
{
    (void)state;
    compare_with_triple_loop(5, 1, 1);
    compare_with_triple_loop(1, 1, 1);
}

static void other_shapes(void **state)
{
    (void)state;
    for (unsigned inner = 1; inner <= 4; inner++) {
        compare_with_triple_loop(1, 7, inner);
        compare_with_triple_loop(2, 2, inner);
        compare_with_triple_loop(33, 3, inner);
        compare_with_triple_loop(120, 1, inner);
        compare_with_triple_loop(120, 4, inner);
    }
}

/* OpenBLAS gives other last bits with two threads; the digest must not. */
static void digest_depends_on_the_task_alone(void **state)
{
    const union ppt_value args[] = {{.integer = 200}, {.integer = 5}};
    const union ppt_value longer[] = {{.integer = 200}, {.integer = 6}};
    const int threads = omp_get_max_threads();
    struct fixture one, two;

    (void)state;
    omp_set_num_threads(1);
    fixture_start(&one, &ppt_kernel_tensor, args);
    fixture_start(&two, &ppt_kernel_tensor, longer);
    const uint64_t digest = fixture_run(&one, 0);
    assert_int_not_equal(fixture_run(&one, 1), digest);
    assert_int_not_equal(fixture_run(&two, 0), digest);
    assert_int_equal(fixture_run(&one, 0), digest);
    omp_set_num_threads(2);
    assert_int_equal(fixture_run(&one, 0), digest);
    omp_set_num_threads(threads);
    fixture_stop(&one);
    fixture_stop(&two);
}

/* With many factors the product is nearly of rank one; its proof must still hold. */
static void many_factors(void **state)
{
    const union ppt_value args[] = {{.integer = 16}, {.integer = 30000}};
    const union ppt_value tiny[] = {{.integer = 1}, {.integer = 10000}};
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_tensor, args);
    fixture_run(&f, 0);
    fixture_stop(&f);
    fixture_start(&f, &ppt_kernel_tensor, tiny);
    fixture_run(&f, 0);
    fixture_stop(&f);
}

static void wrong_product_fails(void **state)
{
    const union ppt_value args[] = {{.integer = 100}, {.integer = 4}};
    struct ppt_task task = {.seed = 1, .index = 2, .args = args};
    struct ppt_error error = {""};
    uint64_t digest = 0;
    struct fixture f;

    (void)state;
    fixture_start(&f, &ppt_kernel_tensor, args);
    error_to_make = 1e-5;
    const enum ppt_status wrong = ppt_kernel_tensor.run(f.local, &task, &digest, &error);
    error_to_make = (double)NAN;
    const enum ppt_status none = ppt_kernel_tensor.run(f.local, &task, &digest, &error);
    error_to_make = 0.0;
    assert_int_equal(wrong, PPT_FAILED);
    assert_int_equal(none, PPT_FAILED);
    assert_non_null(strstr(error.text, "tensor: the product of task 2 is wrong"));
    fixture_run(&f, 2);
    fixture_stop(&f);
}

static void scratch_serves_every_set(void **state)
{
    const union ppt_value small[] = {{.integer = 10}, {.integer = 3}};
    const union ppt_value large[] = {{.integer = 150}, {.integer = 2}};
    const union ppt_value *sets[] = {small, large, small};
    struct ppt_error error = {""};
    struct fixture alone, all;

    (void)state;
    fixture_start(&alone, &ppt_kernel_tensor, small);
    fixture_start_sets(&all, &ppt_kernel_tensor, sets, 3);
    for (size_t set = 0; set < 3; set++) {
        const struct ppt_task task = {.seed = 1, .index = set, .set = set, .args = sets[set]};
        uint64_t digest = 0;

        assert_int_equal(ppt_kernel_tensor.run(all.local, &task, &digest, &error), PPT_OK);
        if (sets[set] == small) {
            assert_int_equal(digest, fixture_run(&alone, set));
        }
    }
    fixture_stop(&all);
    fixture_stop(&alone);
}

static void draws_fewer_factors_for_larger_matrices(void **state)
{
    struct ppt_rng rng;
    bool many = false;

    (void)state;
    ppt_rng_seed(&rng, 1, 0, PPT_STREAM_MIX);
    for (int i = 0; i < 2000; i++) {
        union ppt_value args[2];

        ppt_kernel_tensor.draw(&rng, args);
        assert_in_range(args[0].integer, 128, 1024);
        assert_in_range(args[1].integer, 2, 12);
        assert_true(args[0].integer < 950 || args[1].integer <= 3);
        many |= args[0].integer < 140 && args[1].integer >= 11;
    }
    assert_true(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(product_of_four),
        cmocka_unit_test(one_factor_is_the_product),
        cmocka_unit_test(other_shapes),
        cmocka_unit_test(digest_depends_on_the_task_alone),
        cmocka_unit_test(many_factors),
        cmocka_unit_test(wrong_product_fails),
        cmocka_unit_test(scratch_serves_every_set),
        cmocka_unit_test(draws_fewer_factors_for_larger_matrices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
