#include "rivals.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"
#include "trimmed.h"

#define CONFIDENCE 0.95
#define LEAST_SPREAD 0.005 /* what a pass' median may be off without showing it */

const char *const ppt_rival_names[PPT_RIVAL_COUNT] = {
    [PPT_RIVAL_AMDAHL] = "Amdahl", [PPT_RIVAL_ROOF] = "roof",
    [PPT_RIVAL_USL] = "USL",       [PPT_RIVAL_SATURATION] = "saturation",
    [PPT_RIVAL_LOCK] = "lock",     [PPT_RIVAL_SLOPES] = "two slopes",
};

const char *const ppt_rival_phrases[PPT_RIVAL_COUNT] = {
    [PPT_RIVAL_AMDAHL] = "Amdahl's law",
    [PPT_RIVAL_ROOF] = "a roof",
    [PPT_RIVAL_USL] = "the USL",
    [PPT_RIVAL_SATURATION] = "what saturates",
    [PPT_RIVAL_LOCK] = "the queue for a lock",
    [PPT_RIVAL_SLOPES] = "a second slope",
};

/* What the curves are compared with: K counts. */
struct measured {
    size_t count;
    double *workers, *level, *weight; /* N, m and 1/s^2 */
    double *residuals;                /* of the curve that is looked at */
    double weights, most, target;     /* their sum, the largest N */
    double limit;                     /* of the sum of squares */
    double centre;                    /* ln tasks per second that belongs to a level of 0 */
};

static void free_measured(struct measured *measured)
{
    free(measured->workers);
    free(measured->level);
    free(measured->weight);
    free(measured->residuals);
}

/* Workers of which one works and the others may queue: X(N) of so many customers, each of whom
 * thinks for 1 and is served for r (exact mean value analysis). Between whole numbers a line. */
static double queue_at(double r, double workers)
{
    double queue = 0, before = 0, rate = 0;

    for (double i = 1; i < workers + 1; i++) {
        const double response = r * (1 + queue);

        before = rate;
        rate = i / (1 + response);
        queue = rate * response;
    }
    const double part = workers - floor(workers);

    return (part > 0 ? before + part * (rate - before) : rate) * (1 + r);
}

double ppt_rival_at(const struct ppt_rival_curve *curve, double n)
{
    switch (curve->law) {
    case PPT_RIVAL_AMDAHL:
    case PPT_RIVAL_USL:
        return n / (1 + curve->a * (n - 1) + curve->b * n * (n - 1));
    case PPT_RIVAL_SATURATION:
        return pow(pow(n, -curve->p) + pow(curve->a, -curve->p), -1 / curve->p);
    case PPT_RIVAL_LOCK:
        return queue_at(curve->a, n);
    default:
        return fmin(n, curve->a) + curve->b * fmax(0, n - curve->a);
    }
}

static void widen(struct ppt_interval *span, double value)
{
    span->low = span->exists ? fmin(span->low, value) : value;
    span->high = span->exists ? fmax(span->high, value) : value;
    span->exists = true;
}

/* How far the curve is from what was measured at a count, but for what it is scaled by. */
static double residual(const struct measured *measured, const struct ppt_rival_curve *curve,
                       size_t i)
{
    return measured->level[i] - log(ppt_rival_at(curve, measured->workers[i]));
}

/* The sum of squares that two counts alone make, however the curve is scaled. */
static double least_squares(const struct measured *measured, double a, size_t i, double b, size_t j)
{
    const double *weight = measured->weight;

    return (a - b) * (a - b) * weight[i] * weight[j] / (weight[i] + weight[j]);
}

/* Keeps the curve if the passes do not exclude it. Most are excluded by the ends alone. */
static void consider(const struct measured *measured, struct ppt_rival_curve *curve,
                     struct ppt_rivals *rivals)
{
    struct ppt_rival *rival = &rivals->laws[curve->law];
    double *residuals = measured->residuals;
    const size_t last = measured->count - 1;
    double offset = 0, chi = 0;

    residuals[0] = residual(measured, curve, 0);
    residuals[last] = residual(measured, curve, last);
    if (!(least_squares(measured, residuals[0], 0, residuals[last], last) <= measured->limit)) {
        return;
    }
    for (size_t i = 0; i <= last; i++) {
        residuals[i] = i == 0 || i == last ? residuals[i] : residual(measured, curve, i);
        offset += residuals[i] * measured->weight[i];
    }
    offset /= measured->weights;
    for (size_t i = 0; i <= last; i++) {
        chi += (residuals[i] - offset) * (residuals[i] - offset) * measured->weight[i];
    }
    if (!(chi <= measured->limit)) {
        return;
    }
    const double further =
        log(ppt_rival_at(curve, measured->target)) + residuals[last] - measured->level[last];
    struct ppt_interval span = {rival->kept > 0, rival->low, rival->high};

    widen(&span, further);
    rival->low = span.low;
    rival->high = span.high;
    curve->scale = exp(measured->centre + offset);
    curve->chi = chi;
    if (curve->law == PPT_RIVAL_USL) {
        widen(&rivals->lambda, curve->scale);
        widen(&rivals->sigma, curve->a);
        widen(&rivals->kappa, curve->b);
    }
    if (rival->kept == 0 || chi < rival->best.chi) {
        rival->best = *curve;
    }
    rival->kept++;
}

/* ---- the families ---- */

/* Steps of about so much from `from` to `to`, both of them among these. */
struct steps {
    double from, width;
    size_t count;
};

static struct steps steps_of(double from, double to, double width)
{
    const double count = fmax(1, ceil((to - from) / width));

    return (struct steps){from, (to - from) / count, (size_t)count + 1};
}

static double step_at(const struct steps *steps, size_t i)
{
    return steps->from + (double)i * steps->width;
}

/* Coefficients in even steps of what they take from the largest count. */
static void go_through_usl(const struct measured *measured, struct ppt_rivals *rivals)
{
    const double most = measured->most;
    const struct steps u = steps_of(0, log(most), 0.008), v = steps_of(0, log(6), 0.008);

    for (size_t i = 0; i < u.count; i++) {
        for (size_t j = 0; j < v.count; j++) {
            struct ppt_rival_curve curve = {
                .law = PPT_RIVAL_USL,
                .a = expm1(step_at(&u, i)) / (most - 1),
                .b = expm1(step_at(&v, j)) / (most * (most - 1)),
            };

            consider(measured, &curve, rivals);
        }
    }
}

static void go_through_amdahl(const struct measured *measured, struct ppt_rivals *rivals)
{
    const struct steps u = steps_of(0, log(measured->most), 0.004);

    for (size_t i = 0; i < u.count; i++) {
        struct ppt_rival_curve curve = {.law = PPT_RIVAL_AMDAHL,
                                        .a = expm1(step_at(&u, i)) / (measured->most - 1)};

        consider(measured, &curve, rivals);
    }
}

static void go_through_saturation(const struct measured *measured, struct ppt_rivals *rivals)
{
    /* Between these p too far apart, and below the least, lie curves of which none would be kept.
     */
    const struct steps p = steps_of(log(0.5), log(8), 0.14),
                       k = steps_of(log(0.2), log(20 * measured->target), 0.008);

    for (size_t i = 0; i < p.count; i++) {
        for (size_t j = 0; j < k.count; j++) {
            struct ppt_rival_curve curve = {
                .law = PPT_RIVAL_SATURATION, .a = exp(step_at(&k, j)), .p = exp(step_at(&p, i))};

            consider(measured, &curve, rivals);
        }
    }
}

static void go_through_roofs(const struct measured *measured, struct ppt_rivals *rivals)
{
    const struct steps k = steps_of(0, log(1.02 * measured->target), 0.004);

    for (size_t i = 0; i < k.count; i++) {
        struct ppt_rival_curve curve = {.law = PPT_RIVAL_ROOF, .a = exp(step_at(&k, i))};

        consider(measured, &curve, rivals);
    }
}

static void go_through_slopes(const struct measured *measured, struct ppt_rivals *rivals)
{
    const struct steps k = steps_of(0, log(measured->most), 0.02), eta = steps_of(0, 1, 0.02);

    for (size_t i = 0; i + 1 < k.count; i++) {
        for (size_t j = 0; j < eta.count; j++) {
            struct ppt_rival_curve curve = {
                .law = PPT_RIVAL_SLOPES, .a = exp(step_at(&k, i)), .b = step_at(&eta, j)};

            consider(measured, &curve, rivals);
        }
    }
}

static void go_through_locks(const struct measured *measured, struct ppt_rivals *rivals)
{
    const struct steps r = {log(0.001), log(3000) / 499, 500};

    for (size_t i = 0; i < r.count; i++) {
        struct ppt_rival_curve curve = {.law = PPT_RIVAL_LOCK, .a = exp(step_at(&r, i))};

        consider(measured, &curve, rivals);
    }
}

static void (*const families[])(const struct measured *, struct ppt_rivals *) = {
    go_through_amdahl,     go_through_roofs, go_through_usl,
    go_through_saturation, go_through_locks, go_through_slopes,
};

/* ---- what was measured ---- */

double ppt_rival_rounds(double tasks, double workers)
{
    return tasks > 0 ? log(tasks / (workers * ceil(tasks / workers))) : 0;
}

/* Fills *measured with the points of the row that count. */
static void measure(const struct ppt_grid *row, unsigned limit, double tasks,
                    struct measured *measured)
{
    const size_t blocks = row->block_count, points = row->point_count;
    size_t *chosen PPT_FREED = ppt_alloc(points + 1, sizeof(*chosen));
    double *level PPT_FREED = ppt_alloc(points * blocks + 1, sizeof(*level));
    double *middles PPT_FREED = ppt_alloc(blocks + 1, sizeof(*middles));
    double *values PPT_FREED = ppt_alloc(points + blocks, sizeof(*values));
    double spread = 0, freedom = 0;
    size_t count = 0;

    for (size_t p = 0; p < points; p++) {
        const unsigned workers = ppt_point_workers(row->points[p]);

        if (workers >= 1 && (limit == 0 || workers <= limit)) {
            chosen[count++] = p;
        }
    }
    *measured = (struct measured){
        .count = count,
        .workers = ppt_alloc(count + 1, sizeof(double)),
        .level = ppt_alloc(count + 1, sizeof(double)),
        .weight = ppt_alloc(count + 1, sizeof(double)),
        .residuals = ppt_alloc(count + 1, sizeof(double)),
    };
    for (size_t i = 0; i < count; i++) {
        measured->workers[i] = ppt_point_workers(row->points[chosen[i]]);
        measured->most = measured->workers[i];
    }
    for (size_t b = 0; b < blocks; b++) {
        for (size_t i = 0; i < count; i++) {
            values[i] = -log(ppt_grid_at(row, b, chosen[i])) -
                        ppt_rival_rounds(tasks, measured->workers[i]);
        }
        middles[b] = ppt_median(values, count);
        for (size_t i = 0; i < count; i++) {
            level[i * blocks + b] = values[i] - middles[b];
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct ppt_trimmed at = ppt_trimmed_of(level + i * blocks, blocks);

        measured->level[i] = at.mean;
        measured->weight[i] = at.variance;
        spread += at.variance / (double)count;
        freedom = at.freedom;
    }
    for (size_t i = 0; i < count; i++) {
        measured->weight[i] =
            1 / (measured->weight[i] / 2 + spread / 2 + LEAST_SPREAD * LEAST_SPREAD);
        measured->weights += measured->weight[i];
    }
    measured->centre = ppt_median(middles, blocks) + log(tasks > 0 ? tasks : 1);
    if (count > 1 && freedom > 0) {
        const double free_counts = (double)count - 1;

        measured->limit =
            free_counts * gsl_cdf_fdist_Pinv(CONFIDENCE, free_counts, freedom * free_counts);
    }
}

size_t ppt_rivals_kept(const struct ppt_rivals *rivals)
{
    size_t kept = 0;

    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        kept += rivals->laws[law].kept > 0;
    }
    return kept;
}

/* The range over what is kept. */
static void set_range(const struct measured *measured, struct ppt_rivals *rivals)
{
    if (ppt_rivals_kept(rivals) == 0) {
        rivals->high = log(measured->target / measured->most);
        return;
    }
    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (rivals->laws[law].kept > 0) {
            rivals->low = fmin(rivals->low, rivals->laws[law].low);
            rivals->high = fmax(rivals->high, rivals->laws[law].high);
        }
    }
    /* What stops may not mind how tasks come out: a device is as busy with fewer of them. */
    rivals->low = fmin(0, rivals->low + rivals->waves) - PPT_RIVALS_MARGIN;
    rivals->high = fmax(0, rivals->high + rivals->waves) + PPT_RIVALS_MARGIN;
}

void ppt_rivals_of(const struct ppt_grid *row, unsigned limit, double tasks, unsigned target,
                   struct ppt_rivals *rivals)
{
    struct measured measured PPT_OWNED(free_measured);

    measure(row, limit, tasks, &measured);
    measured.target = target;
    *rivals = (struct ppt_rivals){
        .exists = measured.count >= PPT_RIVALS_FEWEST_COUNTS &&
                  row->block_count >= PPT_RIVALS_FEWEST_BLOCKS,
        .count_count = measured.count,
        .largest = (unsigned)measured.most,
        .target = target,
        .waves = measured.count > 0
                     ? ppt_rival_rounds(tasks, target) - ppt_rival_rounds(tasks, measured.most)
                     : 0,
    };
    for (size_t i = 0; rivals->exists && i < sizeof(families) / sizeof(families[0]); i++) {
        families[i](&measured, rivals);
    }
    if (rivals->exists) {
        set_range(&measured, rivals);
    }
}
