/*
 * The scaling law: published fits, and its own identities.
 */

#include <math.h>

#include "factors.h"
#include "law.h"
#include "unit.h"

static void near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected))) {
        fail_msg("%.10g is not %.10g", value, expected);
    }
}

/* specsdm91, as fitted by the R package usl. */
static void published_fit(void **state)
{
    const double n[] = {1, 18, 36, 72, 108, 144, 216};
    const double x[] = {64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2};
    struct ppt_law law;
    double peak = 0;

    (void)state;
    assert_true(ppt_law_fit_least_squares(n, x, 7, &law));
    near(law.lambda, 89.995233, 1e-4);
    near(law.sigma, 0.027728476, 1e-4);
    near(law.kappa, 1.0436548e-4, 1e-4);
    assert_true(ppt_law_peak(&law, &peak));
    near(peak, 96.51956, 1e-4);
    near(ppt_law_at(&law, peak), 1884, 1e-4);
    near(law.lambda / law.sigma, 3245.589, 1e-4);
    assert_string_equal(ppt_law_name(&law), "USL");
}

/* Throughputs of lambda 1, sigma 0.02, kappa 0.02, rounded to four decimals. */
static void rounded_fit(void **state)
{
    const double n[] = {1, 2, 4, 6, 8, 10};
    const double x[] = {1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557};
    struct ppt_law laws[2];

    (void)state;
    assert_true(ppt_law_fit(n, x, 6, &laws[0]));
    assert_true(ppt_law_fit_least_squares(n, x, 6, &laws[1]));
    for (size_t i = 0; i < 2; i++) {
        assert_true(fabs(laws[i].lambda - 1) < 5e-4);
        assert_true(fabs(laws[i].sigma - 0.02) < 5e-5);
        assert_true(fabs(laws[i].kappa - 0.02) < 5e-5);
    }
}

static void exact_data_come_back(void **state)
{
    const struct ppt_law truths[] = {
        {120, 0.05, 0.002, 0}, {3, 0.1, 0, 0}, {1e6, 0, 0, 0}, {2e-3, 0, 0.01, 0}};
    const double n[] = {1, 2, 3, 5, 8, 13, 21};
    double x[7];

    (void)state;
    for (size_t t = 0; t < 4; t++) {
        struct ppt_law law;

        for (size_t i = 0; i < 7; i++) {
            x[i] = ppt_law_at(&truths[t], n[i]);
        }
        assert_true(ppt_law_fit(n, x, 7, &law));
        near(law.lambda, truths[t].lambda, 1e-9);
        assert_true(fabs(law.sigma - truths[t].sigma) < 1e-9);
        assert_true(fabs(law.kappa - truths[t].kappa) < 1e-9);
        assert_true(law.rms <= 1e-9 * law.lambda);
    }
}

/* Throughput that falls from the first worker on is largest there, and no roof lies below it. */
static void a_fall_from_the_first_worker_peaks_there(void **state)
{
    const double n[] = {1, 2, 4, 8, 16}, x[] = {100, 60, 40, 30, 25};
    struct ppt_law laws[2], shapes[] = {{9, 1.5, 0, 0}, {9, 0.4, 0.7, 0}, {9, 0.4, 0.6, 0}};
    double peak = 0, roof = 0;

    (void)state;
    assert_true(ppt_law_fit(n, x, 5, &laws[0]));
    assert_true(ppt_law_fit_least_squares(n, x, 5, &laws[1]));
    for (size_t i = 0; i < 2; i++) {
        assert_true(laws[i].sigma > 1);
        assert_true(ppt_law_peak(&laws[i], &peak));
        assert_true(peak == 1);
        assert_true(ppt_law_roof(&laws[i], 100, &roof));
        assert_true(roof >= 100 && roof >= ppt_law_at(&laws[i], 1));
    }
    for (size_t i = 0; i < 3; i++) {
        assert_true(ppt_law_peak(&shapes[i], &peak));
        near(peak, 1, 1e-12);
        assert_true(ppt_law_at(&shapes[i], 1.01) <= 9);
    }
}

static void a_roof_lies_above_what_was_measured(void **state)
{
    const struct ppt_law amdahl = {10, 0.1, 0, 0}, flat = {10, 1, 0, 0}, steep = {10, 2, 0.1, 0},
                         free_of_queues = {10, 0, 0.01, 0};
    double roof = 0, peak = 0;

    (void)state;
    assert_true(ppt_law_roof(&amdahl, 90, &roof));
    near(roof, 100, 1e-12);
    assert_true(ppt_law_roof(&amdahl, 101, &roof));
    near(roof, 101, 1e-12);
    assert_true(ppt_law_roof(&flat, 0, &roof));
    near(roof, 10, 1e-12);
    assert_true(ppt_law_roof(&steep, 9, &roof));
    near(roof, 10, 1e-12);
    assert_false(ppt_law_roof(&free_of_queues, 90, &roof));
    assert_false(ppt_law_peak(&amdahl, &peak));
    assert_false(ppt_law_peak(&flat, &peak));
}

/* What is measured in is a matter of taste: squares must not leave the range of a double. */
static void any_unit_gives_the_same_law(void **state)
{
    const double n[] = {1, 2, 4, 8, 16}, x[] = {1, 1.9, 3.5, 6, 9};
    const double units[] = {1e-300, 1e-200, 1, 1e200, 1e306};
    struct ppt_law law, expected[2];

    (void)state;
    assert_true(ppt_law_fit(n, x, 5, &expected[0]));
    assert_true(ppt_law_fit_least_squares(n, x, 5, &expected[1]));
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        double scaled[5];

        for (size_t j = 0; j < 5; j++) {
            scaled[j] = x[j] * units[i];
        }
        for (size_t k = 0; k < 2; k++) {
            assert_true(k == 0 ? ppt_law_fit(n, scaled, 5, &law)
                               : ppt_law_fit_least_squares(n, scaled, 5, &law));
            near(law.lambda / units[i], expected[k].lambda, 1e-6);
            near(law.sigma, expected[k].sigma, 1e-6);
            near(law.kappa, expected[k].kappa, 1e-6);
            near(law.rms / units[i], expected[k].rms, 1e-6);
        }
    }
}

/* Coefficients stay inside their bounds when the data would leave them. */
static void bounds_are_kept(void **state)
{
    const double n[] = {1, 2, 4, 8};
    const double superlinear[] = {1, 2.1, 4.5, 9.6}, one[] = {5};
    struct ppt_law law;

    (void)state;
    assert_true(ppt_law_fit(n, superlinear, 4, &law));
    assert_true(law.lambda > 0 && law.sigma >= 0 && law.kappa >= 0);
    assert_true(ppt_law_fit_least_squares(n, superlinear, 4, &law));
    assert_true(law.lambda > 0 && law.sigma >= 0 && law.kappa >= 0);
    assert_true(ppt_law_fit(n, one, 1, &law));
    near(law.lambda, 5, 1e-12);
    assert_false(ppt_law_fit(n, one, 0, &law));
}

/* Of the USL the serial fraction of Karp and Flatt is sigma + kappa N. */
static void karp_flatt_identity(void **state)
{
    const struct ppt_law law = {1, 0.03, 0.0007, 0};

    (void)state;
    for (unsigned n = 2; n < 200; n *= 3) {
        near(ppt_karp_flatt(ppt_law_at(&law, n) / ppt_law_at(&law, 1), n), 0.03 + 0.0007 * n,
             1e-10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_fit),
        cmocka_unit_test(rounded_fit),
        cmocka_unit_test(exact_data_come_back),
        cmocka_unit_test(a_fall_from_the_first_worker_peaks_there),
        cmocka_unit_test(a_roof_lies_above_what_was_measured),
        cmocka_unit_test(any_unit_gives_the_same_law),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(karp_flatt_identity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
