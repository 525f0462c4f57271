#include "law.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

/* In powers of two. */
#define FAR_FROM_ONE 256

/* A face of the feasible region: which of sigma and kappa are free. */
struct face {
    bool sigma, kappa;
};

static const struct face faces[] = {{true, true}, {true, false}, {false, true}, {false, false}};

#define FACE_COUNT (sizeof(faces) / sizeof(faces[0]))

struct data {
    const double *workers, *throughput;
    size_t n;
    struct face face;
};

double ppt_law_at(const struct ppt_law *law, double workers)
{
    return law->lambda * workers /
           (1 + law->sigma * (workers - 1) + law->kappa * workers * (workers - 1));
}

const char *ppt_law_name(const struct ppt_law *law)
{
    return law->kappa > 0 ? "USL" : law->sigma > 0 ? "Amdahl" : "linear";
}

bool ppt_law_peak(const struct ppt_law *law, double *workers)
{
    /* The slope at one worker has the sign of 1 - sigma - kappa. */
    if (law->kappa < 0 || (law->kappa == 0 && law->sigma <= 1)) {
        return false;
    }
    *workers = law->sigma + law->kappa >= 1 ? 1 : sqrt((1 - law->sigma) / law->kappa);
    return true;
}

bool ppt_law_roof(const struct ppt_law *law, double largest, double *roof)
{
    if (law->sigma <= 0) {
        return false;
    }
    *roof = fmax(largest, law->lambda / fmin(law->sigma, 1));
    return true;
}

static size_t coefficients(struct face face)
{
    return 1 + (size_t)face.sigma + (size_t)face.kappa;
}

static double squares(const struct data *data, const struct ppt_law *law)
{
    double sum = 0;

    for (size_t i = 0; i < data->n; i++) {
        const double residual = data->throughput[i] - ppt_law_at(law, data->workers[i]);

        sum += residual * residual;
    }
    return sum;
}

static size_t distinct(const struct data *data)
{
    size_t count = 0;

    for (size_t i = 0; i < data->n; i++) {
        size_t j = 0;

        while (j < i && data->workers[j] != data->workers[i]) {
            j++;
        }
        count += j == i;
    }
    return count;
}

/* ---- linear in z ---- */

static bool fit_face(const struct data *data, struct ppt_law *law, double *chisq)
{
    const size_t p = coefficients(data->face);
    bool good = false;

    if (distinct(data) < p) {
        return false;
    }
    gsl_matrix *x = gsl_matrix_alloc(data->n, p), *covariance = gsl_matrix_alloc(p, p);
    gsl_vector *z = gsl_vector_alloc(data->n), *weights = gsl_vector_alloc(data->n);
    gsl_vector *c = gsl_vector_alloc(p);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(data->n, p);

    for (size_t i = 0; i < data->n; i++) {
        const double n = data->workers[i], value = n / data->throughput[i];
        size_t column = 0;

        gsl_matrix_set(x, i, column++, 1);
        if (data->face.sigma) {
            gsl_matrix_set(x, i, column++, n - 1);
        }
        if (data->face.kappa) {
            gsl_matrix_set(x, i, column, n * (n - 1));
        }
        gsl_vector_set(z, i, value);
        gsl_vector_set(weights, i, 1 / (value * value));
    }
    if (gsl_multifit_wlinear(x, weights, z, c, covariance, chisq, work) == GSL_SUCCESS) {
        const double a = gsl_vector_get(c, 0);

        law->lambda = 1 / a;
        law->sigma = data->face.sigma ? gsl_vector_get(c, 1) / a : 0;
        law->kappa = data->face.kappa ? gsl_vector_get(c, p - 1) / a : 0;
        good = a != 0 && isfinite(law->lambda) && isfinite(law->sigma) && isfinite(law->kappa);
    }
    gsl_multifit_linear_free(work);
    gsl_vector_free(c);
    gsl_vector_free(weights);
    gsl_vector_free(z);
    gsl_matrix_free(covariance);
    gsl_matrix_free(x);
    return good;
}

static bool feasible(const struct ppt_law *law)
{
    return law->lambda > 0 && law->sigma >= 0 && law->kappa >= 0;
}

/* ---- least squares in X ---- */

static struct ppt_law law_of(const gsl_vector *c, struct face face)
{
    return (struct ppt_law){
        .lambda = gsl_vector_get(c, 0),
        .sigma = face.sigma ? gsl_vector_get(c, 1) : 0,
        .kappa = face.kappa ? gsl_vector_get(c, coefficients(face) - 1) : 0,
    };
}

static int residuals(const gsl_vector *c, void *context, gsl_vector *out)
{
    const struct data *data = context;
    const struct ppt_law law = law_of(c, data->face);

    for (size_t i = 0; i < data->n; i++) {
        gsl_vector_set(out, i, ppt_law_at(&law, data->workers[i]) - data->throughput[i]);
    }
    return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *c, void *context, gsl_matrix *out)
{
    const struct data *data = context;
    const struct ppt_law law = law_of(c, data->face);

    for (size_t i = 0; i < data->n; i++) {
        const double n = data->workers[i];
        const double denominator = 1 + law.sigma * (n - 1) + law.kappa * n * (n - 1);
        const double slope = -law.lambda * n / (denominator * denominator);
        size_t column = 0;

        gsl_matrix_set(out, i, column++, n / denominator);
        if (data->face.sigma) {
            gsl_matrix_set(out, i, column++, slope * (n - 1));
        }
        if (data->face.kappa) {
            gsl_matrix_set(out, i, column, slope * n * (n - 1));
        }
    }
    return GSL_SUCCESS;
}

/* Improves *law, the linear fit of the same face. */
static bool improve_face(struct data *data, struct ppt_law *law)
{
    const size_t p = coefficients(data->face);
    const gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_fdf problem = {
        .f = residuals, .df = jacobian, .fvv = NULL, .n = data->n, .p = p, .params = data};
    gsl_multifit_nlinear_workspace *work =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, data->n, p);
    gsl_vector *start = gsl_vector_alloc(p);
    int info = 0;
    bool good;

    gsl_vector_set(start, 0, law->lambda);
    if (data->face.sigma) {
        gsl_vector_set(start, 1, law->sigma);
    }
    if (data->face.kappa) {
        gsl_vector_set(start, p - 1, law->kappa);
    }
    gsl_multifit_nlinear_init(start, &problem, work);
    good =
        gsl_multifit_nlinear_driver(200, 1e-12, 1e-12, 0, NULL, NULL, &info, work) == GSL_SUCCESS ||
        info != 0;
    if (good) {
        *law = law_of(gsl_multifit_nlinear_position(work), data->face);
    }
    gsl_vector_free(start);
    gsl_multifit_nlinear_free(work);
    return good;
}

/* ---- faces ---- */

/* Throughputs whose squares leave the range of a double are fitted in another unit, which a power
 * of two makes exact: 2^*exponent of it are one. To be given to free(). */
static double *in_unit(const double *throughput, size_t n, int *exponent)
{
    double *scaled = ppt_alloc(n, sizeof(*scaled));
    double largest = 0;

    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, throughput[i]);
    }
    frexp(largest, exponent);
    *exponent = abs(*exponent) > FAR_FROM_ONE ? *exponent : 0;
    for (size_t i = 0; i < n; i++) {
        scaled[i] = ldexp(throughput[i], -*exponent);
    }
    return scaled;
}

static void from_unit(struct ppt_law *law, int exponent)
{
    law->lambda = ldexp(law->lambda, exponent);
    law->rms = ldexp(law->rms, exponent);
}

static bool best_face(const double *workers, const double *throughput, size_t n, bool in_x,
                      struct ppt_law *best)
{
    int exponent;
    double least = INFINITY, *scaled PPT_FREED = in_unit(throughput, n, &exponent);
    bool found = false;

    for (size_t i = 0; i < FACE_COUNT && n > 0; i++) {
        struct data data = {workers, scaled, n, faces[i]};
        struct ppt_law law = {0};
        double cost = 0;

        if (!fit_face(&data, &law, &cost)) {
            continue;
        }
        if (in_x) {
            if (n >= coefficients(faces[i]) && !improve_face(&data, &law)) {
                continue;
            }
            cost = squares(&data, &law);
        }
        /* A face with more freedom comes first and keeps an exact draw. */
        if (feasible(&law) && cost < least) {
            least = cost;
            *best = law;
            best->rms = sqrt(squares(&data, &law) / (double)n);
            found = true;
        }
    }
    if (found) {
        from_unit(best, exponent);
    }
    return found;
}

bool ppt_law_fit(const double *workers, const double *throughput, size_t n, struct ppt_law *law)
{
    return best_face(workers, throughput, n, false, law);
}

bool ppt_law_fit_least_squares(const double *workers, const double *throughput, size_t n,
                               struct ppt_law *law)
{
    return best_face(workers, throughput, n, true, law);
}
