#include "rates.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "order.h"
#include "owned.h"
#include "policy.h"
#include "range.h"

#define NEAR 1.1   /* rates that are no further apart tell the same */
#define FURTHEST 2 /* times the highest rate, beyond it */
#define NEARLY_FULL 0.9
#define TOO_MUCH 1.2 /* a load that is told to be above 1 */

/* ---- what was found ---- */

static int compare_rates(const void *a, const void *b)
{
    const double x = ((const struct ppt_rate *)a)->rate, y = ((const struct ppt_rate *)b)->rate;

    return (x > y) - (x < y);
}

/* NULL: it was not measured there, or not often enough. */
static const struct ppt_objective_point *found_at(const struct ppt_rate *rate,
                                                  struct ppt_point point)
{
    const size_t p = ppt_grid_find(&rate->answer->grid, point);

    return p < SIZE_MAX && rate->answer->objective.points[p].figure_count > 0
               ? &rate->answer->objective.points[p]
               : NULL;
}

/* NULL likewise. */
static const struct ppt_latency *latency_at(const struct ppt_rate *rate, struct ppt_point point)
{
    const size_t p = ppt_grid_find(&rate->answer->grid, point);

    return p < SIZE_MAX ? &rate->answer->points[p].latency : NULL;
}

/* By the highest rate at which it keeps up, or else the lowest: where it does not, few tasks were
 * run. */
static double capacity_of(const struct ppt_rate *rates, size_t count, struct ppt_point point)
{
    double capacity = 0;

    for (size_t i = count; i-- > 0;) {
        const struct ppt_latency *latency = latency_at(&rates[i], point);

        if (latency && latency->load.median > 0) {
            capacity = rates[i].rate / latency->load.median;
        }
        if (latency && capacity > 0 && !latency->overloaded) {
            return capacity;
        }
    }
    return capacity;
}

static bool breaks_at(const struct ppt_rate *rate, struct ppt_point point)
{
    const struct ppt_objective_point *found = found_at(rate, point);

    return found && found->breaks;
}

/* Whether queues there forget their past so slowly that no bound says anything of latencies: such a
 * rate is not asked whether it is broken. */
static bool is_nearly_full(const struct ppt_rate *rate, struct ppt_point point)
{
    const struct ppt_latency *latency = latency_at(rate, point);

    return latency && latency->load.median > NEARLY_FULL;
}

/* `rates` ascend. */
static struct ppt_rate_limit limit_of(const struct ppt_rate *rates, size_t count,
                                      struct ppt_point point)
{
    struct ppt_rate_limit limit = {.point = point,
                                   .broken_at = INFINITY,
                                   .above = INFINITY,
                                   .capacity = capacity_of(rates, count, point)};
    size_t kept = 0, broken = count;

    for (; kept < count; kept++) {
        const struct ppt_objective_point *found = found_at(&rates[kept], point);

        if (!found || !found->keeps) {
            break;
        }
        limit.kept_at = rates[kept].rate;
        limit.kept99 = found->keeps99 && (kept == 0 || limit.kept99);
    }
    for (size_t i = count;
         i-- > kept && (breaks_at(&rates[i], point) || is_nearly_full(&rates[i], point));) {
        broken = breaks_at(&rates[i], point) ? i : broken;
    }
    limit.above = kept < count ? rates[kept].rate : (double)INFINITY;
    limit.broken_at = broken < count ? rates[broken].rate : (double)INFINITY;
    limit.below = broken > 0 ? rates[broken - 1].rate : 0;
    return limit;
}

struct ppt_rates *ppt_rates_create(const struct ppt_rate *rates, size_t count,
                                   const struct ppt_point *points, size_t point_count)
{
    struct ppt_rates *all = ppt_alloc(1, sizeof(*all));
    struct ppt_rate *sorted PPT_FREED = ppt_alloc(count + 1, sizeof(*sorted));

    *all = (struct ppt_rates){.tried = ppt_alloc(count + 1, sizeof(*all->tried)),
                              .tried_count = count,
                              .limits = ppt_alloc(point_count + 1, sizeof(*all->limits))};
    for (size_t i = 0; i < count; i++) {
        sorted[i] = rates[i];
        all->goal = rates[i].answer->context.goal;
    }
    qsort(sorted, count, sizeof(*sorted), compare_rates);
    for (size_t i = 0; i < count; i++) {
        all->tried[i] = sorted[i].rate;
    }
    for (size_t p = 0; p < point_count && all->goal.kind == PPT_GOAL_LATENCY; p++) {
        all->limits[all->limit_count++] = limit_of(sorted, count, points[p]);
    }
    return all;
}

void ppt_rates_destroy(struct ppt_rates *rates)
{
    if (rates) {
        free(rates->tried);
        free(rates->limits);
        free(rates);
    }
}

/* ---- which count ---- */

bool ppt_rates_say(const struct ppt_rates *rates)
{
    return ppt_rates_most(rates) != NULL;
}

enum ppt_confidence ppt_rates_confidence(const struct ppt_rates *rates)
{
    bool sure = true;

    for (size_t i = 0; i < rates->limit_count; i++) {
        sure = sure && (rates->limits[i].kept_at == 0 || rates->limits[i].kept99);
    }
    return !ppt_rates_say(rates) ? PPT_CONFIDENCE_LOW
           : sure                ? PPT_CONFIDENCE_HIGH
                                 : PPT_CONFIDENCE_MEDIUM;
}

const struct ppt_rate_limit *ppt_rates_at(const struct ppt_rates *rates, double rate)
{
    for (size_t i = 0; i < rates->limit_count; i++) {
        if (rates->limits[i].kept_at >= rate) {
            return &rates->limits[i];
        }
    }
    return NULL;
}

const struct ppt_rate_limit *ppt_rates_most(const struct ppt_rates *rates)
{
    const struct ppt_rate_limit *most = NULL;

    for (size_t i = 0; i < rates->limit_count; i++) {
        if (rates->limits[i].kept_at > (most ? most->kept_at : 0)) {
            most = &rates->limits[i];
        }
    }
    return most;
}

/* ---- where to look next ---- */

/* A rate within a gap, which is so many times as high at its end. */
struct wanted {
    double rate, gap;
};

/* With three digits, which tell rates apart that are a tenth apart. */
static double rounded(double rate)
{
    const double digits = 2 - floor(log10(rate));
    const double power = pow(10, fabs(digits));

    return digits >= 0 ? round(rate * power) / power : round(rate / power) * power;
}

/* Nothing between what is that near. */
static size_t want(struct wanted *wanted, double low, double high)
{
    *wanted = (struct wanted){rounded(fmin(sqrt(low * high), PPT_LARGEST_RATE)), high / low};
    return wanted->gap > NEAR;
}

/* Beyond the highest rate, at which it is not broken. */
static size_t want_higher(struct wanted *wanted, double highest, double possible)
{
    const double most = fmin(FURTHEST * highest, possible);

    *wanted = (struct wanted){rounded(fmin(most, PPT_LARGEST_RATE)), most / highest};
    return wanted->gap > NEAR;
}

/* Below what is broken; just beyond what the count can do it breaks at any rate. */
static size_t want_lower(struct wanted *wanted, const struct ppt_rate_limit *limit, double possible)
{
    if (limit->below < possible && possible * NEAR < limit->broken_at) {
        *wanted = (struct wanted){rounded(possible), limit->broken_at / possible};
        return 1;
    }
    return limit->below > limit->kept_at ? want(wanted, limit->below, limit->broken_at) : 0;
}

/* Of one count at most two, for which there is room. Of rates below the lowest nobody has asked. */
static size_t want_of(const struct ppt_rates *rates, const struct ppt_rate_limit *limit,
                      struct wanted *wanted)
{
    const double highest = rates->tried[rates->tried_count - 1];
    const double possible = limit->capacity > 0 ? limit->capacity * TOO_MUCH : (double)INFINITY;
    size_t count = 0;

    if (limit->kept_at > 0 && limit->broken_at / limit->kept_at <= NEAR) {
        return 0;
    }
    if (limit->kept_at == highest) {
        return want_higher(wanted, highest, possible);
    }
    if (limit->kept_at > 0) {
        count = want(&wanted[0], limit->kept_at, fmin(limit->above, possible));
    }
    return count + (isfinite(limit->broken_at) ? want_lower(&wanted[count], limit, possible)
                                               : want_higher(&wanted[count], highest, possible));
}

static int compare_gaps(const void *a, const void *b)
{
    const double x = ((const struct wanted *)a)->gap, y = ((const struct wanted *)b)->gap;

    return (x < y) - (x > y);
}

static bool is_near(double rate, const double *others, size_t count)
{
    const double apart = sqrt(NEAR);

    for (size_t i = 0; i < count; i++) {
        if (rate < others[i] * apart && others[i] < rate * apart) {
            return true;
        }
    }
    return false;
}

size_t ppt_rates_next(const struct ppt_rates *rates, double *next, size_t most)
{
    struct wanted *wanted PPT_FREED = ppt_alloc(2 * rates->limit_count + 1, sizeof(*wanted));
    size_t count = 0, taken = 0;

    for (size_t i = 0; i < rates->limit_count; i++) {
        count += want_of(rates, &rates->limits[i], &wanted[count]);
    }
    qsort(wanted, count, sizeof(*wanted), compare_gaps);
    for (size_t i = 0; i < count && taken < most; i++) {
        if (!is_near(wanted[i].rate, next, taken)) {
            next[taken++] = wanted[i].rate;
        }
    }
    return taken;
}

/* ---- what is looked at ---- */

static bool has_tasks_for_p99(const struct ppt_answer *answer)
{
    return answer->context.tasks >= ppt_goal_tasks(99);
}

char *ppt_rates_subject(const struct ppt_answer *answer)
{
    const struct ppt_goal *goal = &answer->context.goal;

    return goal->kind == PPT_GOAL_LATENCY ? ppt_text_format("p%g", goal->percentile)
                                          : ppt_strdup(has_tasks_for_p99(answer) ? "p99" : "mean");
}

struct ppt_figure ppt_rates_latency(const struct ppt_answer *answer, size_t point)
{
    const struct ppt_latency *latency = &answer->points[point].latency;
    const struct ppt_stat *stat = has_tasks_for_p99(answer) ? &latency->p99_s : &latency->mean_s;
    const struct ppt_objective_point *asked = &answer->objective.points[point];

    return answer->context.goal.kind == PPT_GOAL_LATENCY && asked->figure_count > 0
               ? asked->figures[0]
               : (struct ppt_figure){.value = stat->median, .interval = stat->interval};
}

/* ---- in words ---- */

/* " up to 120 tasks a second [not at 160]" */
static void add_limit(const struct ppt_rates *rates, const struct ppt_rate_limit *limit, bool unit,
                      struct ppt_text *words)
{
    const double highest = rates->tried[rates->tried_count - 1];
    char number[PPT_RANGE_NUMBER_SIZE];

    if (limit->kept_at == 0) {
        ppt_text_add(words, " surely at none of the rates");
    } else {
        ppt_text_addf(words, " up to %s%s", ppt_range_number(limit->kept_at, number),
                      unit ? " tasks a second" : "");
    }
    if (isfinite(limit->broken_at)) {
        ppt_text_addf(words, " [not at %s]", ppt_range_number(limit->broken_at, number));
    } else {
        ppt_text_add(words,
                     limit->kept_at == highest ? ", the highest rate" : " [not known beyond]");
    }
}

static void say_limits(const struct ppt_policy *policy, struct ppt_claims *claims)
{
    const struct ppt_rates *rates = policy->rates;
    struct ppt_text words = {0};
    char limit_text[PPT_UNITS_SIZE];
    bool unit = false; /* has been said */

    ppt_text_addf(&words, "to have %g %% of tasks done within %s, ", rates->goal.percentile,
                  ppt_text_duration(rates->goal.at_most_s, limit_text));
    for (size_t i = 0; i < rates->limit_count; i++) {
        const struct ppt_rate_limit *limit = &rates->limits[i];

        ppt_text_add(&words, i > 0 ? ", " : "");
        ppt_policy_point(policy, limit->point, &words);
        add_limit(rates, limit, !unit && limit->kept_at > 0, &words);
        unit = unit || limit->kept_at > 0;
        ppt_text_add(&words, i + 1 == rates->limit_count ? " (95 %, of all together)" : "");
        ppt_claims_add(claims,
                       (struct ppt_claim){.kind = "kept",
                                          .value = limit->kept_at,
                                          .interval = {true, limit->kept_at, limit->broken_at},
                                          .level = 0.95},
                       &words);
    }
}

static void say_disturbed(const struct ppt_policy *policy, struct ppt_claims *claims)
{
    struct ppt_text words = {0};

    if (policy->disturbed > 0) {
        ppt_text_addf(&words,
                      ". At %zu of %zu rates passes were disturbed or stopped: this may not hold "
                      "on an idle machine",
                      policy->disturbed, policy->rates->tried_count);
        ppt_claims_add(claims, (struct ppt_claim){.kind = "disturbed", .value = NAN}, &words);
    }
}

void ppt_rates_claims(const struct ppt_policy *policy, struct ppt_claims *claims)
{
    const struct ppt_rates *rates = policy->rates;
    struct ppt_text words = {0};

    if (rates->limit_count == 0) {
        ppt_text_add(&words,
                     "no objective of latency says what is to be kept: latencies are shown, "
                     "and not judged");
        ppt_claims_add(claims, (struct ppt_claim){.kind = "no_policy", .value = NAN}, &words);
        return;
    }
    say_limits(policy, claims);
    say_disturbed(policy, claims);
}
