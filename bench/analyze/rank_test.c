#include "rank_test.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

/* Values of both samples in ascending order fall into groups of equal ones. */
struct groups {
    size_t *sizes;
    size_t count;
};

static void free_groups(struct groups *groups)
{
    free(groups->sizes);
}

static size_t smaller(size_t x, size_t y)
{
    return x < y ? x : y;
}

static double choose(size_t n, size_t k)
{
    double ways = 1;

    for (size_t i = 1; i <= k; i++) {
        ways = ways * (double)(n - k + i) / (double)i;
    }
    return ways;
}

/* In how many ways the orders of a values of one sample and b of another give each U, in halves:
 * ways[2 U], 2 a b + 1 of them. Groups are placed one after the other, the lowest first; a row
 * holds, for i values of b among those placed, the ways by U so far. A group of t with k of b adds
 * k for each of the values of a below it, and half for each of its own t - k.
 * Counts are sums of positive numbers below 1e290, so nothing is lost but last digits. */
static double *count_orders(const struct groups *groups, size_t a, size_t b)
{
    const size_t width = 2 * a * b + 1;
    double *rows PPT_FREED = ppt_alloc((b + 1) * width, sizeof(*rows)), *ways;
    size_t placed = 0;

    rows[0] = 1;
    for (size_t g = 0; g < groups->count; g++) {
        const size_t t = groups->sizes[g];

        /* Rows of fewer b are not yet changed when a row is made from them. */
        for (size_t i = smaller(b, placed + t); i + 1 > 0; i--) {
            double *row = rows + i * width;

            if (placed + t - i > a) {
                /* More of a than there are: no order has this row from here on. */
                memset(row, 0, width * sizeof(*row));
                continue;
            }
            for (size_t k = 1; k <= smaller(t, i); k++) {
                if (i - k > placed) {
                    continue;
                }
                const size_t below = placed - (i - k), step = k * (2 * below + t - k);
                const double factor = choose(t, k);
                const double *from = rows + (i - k) * width;

                for (size_t u = 0; u <= 2 * (i - k) * below; u++) {
                    row[u + step] += factor * from[u];
                }
            }
        }
        placed += t;
    }
    ways = ppt_alloc(width, sizeof(*ways));
    memcpy(ways, rows + b * width, width * sizeof(*ways));
    return ways;
}

/* P(U <= u) and P(U >= u), u in halves. */
static void tails(const struct groups *groups, size_t a, size_t b, size_t u, double *low,
                  double *high)
{
    /* The table has a row for each value of b: U of the mirrored case costs less. */
    const bool mirror = b > a;
    double *ways PPT_FREED = mirror ? count_orders(groups, b, a) : count_orders(groups, a, b);
    const size_t most = 2 * a * b, at = mirror ? most - u : u;
    double below = 0, above = 0;

    for (size_t i = 0; i < at; i++) {
        below += ways[i];
    }
    for (size_t i = at + 1; i <= most; i++) {
        above += ways[i];
    }
    const double all = below + ways[at] + above;
    const double up_to = (below + ways[at]) / all, from = (above + ways[at]) / all;
    *low = mirror ? from : up_to;
    *high = mirror ? up_to : from;
}

static bool is_small(size_t a, size_t b)
{
    return a <= PPT_RANK_TEST_EXACT && b <= PPT_RANK_TEST_EXACT && a * b <= PPT_RANK_TEST_EXACT;
}

static double variance(size_t a, size_t b)
{
    return (double)a * (double)b * (double)(a + b + 1) / 12;
}

/* Of both samples together; with U, in halves, as a by-product of the same walk. */
static void group_values(const struct ppt_sample_pair *pair, struct groups *groups, double *u)
{
    const size_t m = pair->a_count, n = pair->b_count;
    double *a PPT_FREED = ppt_sorted(pair->a, m), *b PPT_FREED = ppt_sorted(pair->b, n);
    size_t i = 0, j = 0;

    *groups = (struct groups){.sizes = ppt_alloc(m + n, sizeof(*groups->sizes))};
    *u = 0;
    while (i < m || j < n) {
        const double value = i < m && (j >= n || a[i] <= b[j]) ? a[i] : b[j];
        const size_t below = i;
        size_t of_a = 0, of_b = 0;

        for (; i < m && a[i] == value; i++) {
            of_a++;
        }
        for (; j < n && b[j] == value; j++) {
            of_b++;
        }
        *u += 2 * (double)of_b * (double)below + (double)of_b * (double)of_a;
        groups->sizes[groups->count++] = of_a + of_b;
    }
}

static double normal_p(const struct groups *groups, size_t a, size_t b, double u)
{
    const double all = (double)(a + b), middle = (double)a * (double)b / 2;
    double ties = 0;

    for (size_t g = 0; g < groups->count; g++) {
        const double t = (double)groups->sizes[g];

        ties += t * t * t - t;
    }
    const double spread =
        sqrt(variance(a, b) - (double)a * (double)b * ties / (12 * all * (all - 1)));
    const double distance = fmax(0, fabs(u - middle) - 0.5);

    /* All values alike have no spread. */
    return distance > 0 ? fmin(1, 2 * gsl_cdf_ugaussian_Q(distance / spread)) : 1;
}

struct ppt_rank_test ppt_rank_test_of(const struct ppt_sample_pair *pair)
{
    const size_t m = pair->a_count, n = pair->b_count;
    struct ppt_rank_test test = {.p = 1, .exact = is_small(m, n)};
    struct groups groups PPT_OWNED(free_groups) = {0};
    double halves;

    if (m == 0 || n == 0) {
        return test;
    }
    group_values(pair, &groups, &halves);
    test.u = halves / 2;
    test.delta = halves / ((double)m * (double)n) - 1;
    if (test.exact) {
        double low, high;

        tails(&groups, m, n, (size_t)halves, &low, &high);
        test.p = fmin(1, 2 * fmin(low, high));
    } else {
        test.p = normal_p(&groups, m, n, test.u);
    }
    return test;
}

/* All values differ. */
static struct groups no_ties(size_t count)
{
    struct groups groups = {.sizes = ppt_alloc(count, sizeof(*groups.sizes)), .count = count};

    for (size_t i = 0; i < count; i++) {
        groups.sizes[i] = 1;
    }
    return groups;
}

double ppt_rank_below(size_t a_count, size_t b_count, size_t u)
{
    if (u >= a_count * b_count) {
        return 1;
    }
    if (!is_small(a_count, b_count)) {
        const double middle = (double)a_count * (double)b_count / 2;

        return gsl_cdf_ugaussian_P(((double)u + 0.5 - middle) / sqrt(variance(a_count, b_count)));
    }
    struct groups groups PPT_OWNED(free_groups) = no_ties(a_count + b_count);
    double low, high;

    tails(&groups, a_count, b_count, 2 * u, &low, &high);
    return low;
}

/* The largest c with P(U <= c - 1) <= tail, at most half of all pairs; 0: there is none. */
static size_t cut(size_t a, size_t b, double tail)
{
    size_t c = 0;

    if (!is_small(a, b)) {
        const double middle = (double)a * (double)b / 2;
        const double at = middle + 0.5 - gsl_cdf_ugaussian_Qinv(tail) * sqrt(variance(a, b));

        return at >= 1 ? (size_t)at : 0;
    }
    struct groups groups PPT_OWNED(free_groups) = no_ties(a + b);
    double *ways PPT_FREED = b > a ? count_orders(&groups, b, a) : count_orders(&groups, a, b);
    double all = 0, below = 0;

    for (size_t u = 0; u <= 2 * a * b; u += 2) {
        all += ways[u];
    }
    while (c < a * b / 2 && below + ways[2 * c] <= tail * all) {
        below += ways[2 * c++];
    }
    return c;
}

/* How many differences b - a are at most x, for ascending samples. A rounded difference grows with
 * b and falls with a, so the walk sees what a list of all differences would hold. */
static size_t differences_up_to(const struct ppt_sample_pair *sorted, double x)
{
    size_t count = 0, j = 0;

    for (size_t i = 0; i < sorted->a_count; i++) {
        while (j < sorted->b_count && sorted->b[j] - sorted->a[i] <= x) {
            j++;
        }
        count += j;
    }
    return count;
}

/* The k-th smallest of all differences (from 1), without a list of them: by halving. */
static double difference(const struct ppt_sample_pair *sorted, size_t k)
{
    const size_t m = sorted->a_count, n = sorted->b_count;
    double high = sorted->b[n - 1] - sorted->a[0], low = sorted->b[0] - sorted->a[m - 1];

    if (differences_up_to(sorted, low) >= k) {
        return low;
    }
    /* Fewer than k are at most `low`, k or more at most `high`, which becomes the k-th itself. */
    for (;;) {
        const double middle = low + (high - low) / 2;

        if (middle <= low || middle >= high) {
            return high;
        }
        if (differences_up_to(sorted, middle) >= k) {
            high = middle;
        } else {
            low = middle;
        }
    }
}

struct ppt_shift ppt_shift_of(const struct ppt_sample_pair *pair, double confidence)
{
    const size_t m = pair->a_count, n = pair->b_count, pairs = m * n;
    struct ppt_shift shift = {0};

    if (pairs == 0) {
        return shift;
    }
    double *a PPT_FREED = ppt_sorted(pair->a, m), *b PPT_FREED = ppt_sorted(pair->b, n);
    const struct ppt_sample_pair sorted = {a, b, m, n};
    const size_t c = cut(m, n, (1 - confidence) / 2);

    shift.value = difference(&sorted, (pairs + 1) / 2);
    if (pairs % 2 == 0) {
        shift.value = (shift.value + difference(&sorted, pairs / 2 + 1)) / 2;
    }
    if (c > 0) {
        shift.interval =
            (struct ppt_interval){true, difference(&sorted, c), difference(&sorted, pairs + 1 - c)};
    }
    return shift;
}

size_t ppt_shift_fewest(double confidence)
{
    size_t n = 1;

    /* The most unequal of all C(2n, n) orders is one of them. */
    while (n < 50 && 1 / choose(2 * n, n) > (1 - confidence) / 2) {
        n++;
    }
    return n;
}
