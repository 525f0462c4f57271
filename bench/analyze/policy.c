#include "policy.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"
#include "range.h"

#define SURE 0.99    /* that D is on one side; several sizes may be near the threshold */
#define NEAREST 1.02 /* sizes nearer to each other tell the same */
#define EDGE 0.25    /* of the way between two sizes: nearer to one than that is no bisection */
#define LEAST_SHOWN 0.0005

/* What the analysis works on. */
struct policy_table {
    const struct ppt_policy_input *inputs; /* ascending, each with a verdict */
    struct ppt_policy *policy;
    double *slower; /* [size * points + point]: e; INFINITY where it was not measured */
    double zone;    /* ln(1 + tolerance) */
};

static double *slower_at(const struct policy_table *table, size_t size, size_t point)
{
    return &table->slower[size * table->policy->point_count + point];
}

static size_t place_of(const struct policy_table *table, size_t size, size_t point)
{
    return ppt_grid_find(table->inputs[size].grid, table->policy->points[point]);
}

/* ---- what is compared ---- */

static int compare_inputs(const void *a, const void *b)
{
    const double x = ((const struct ppt_policy_input *)a)->size;
    const double y = ((const struct ppt_policy_input *)b)->size;

    return (x > y) - (x < y);
}

static int compare_costs(const void *a, const void *b)
{
    const struct ppt_point *const x = a, *const y = b;
    const unsigned s = ppt_point_threads(*x), t = ppt_point_threads(*y);

    return s != t ? (s > t) - (s < t) : ppt_point_compare(a, b);
}

/* One worker is not, where it is what sequential calls are. */
static bool is_ranked(const struct ppt_grid *grid, struct ppt_point point)
{
    return !grid->same_alone || ppt_point_workers(point) != 1 ||
           ppt_grid_find(grid, ppt_point_calls(point)) == SIZE_MAX;
}

static bool has_point(const struct ppt_policy *policy, struct ppt_point point)
{
    size_t i = 0;

    while (i < policy->point_count && !ppt_point_same(policy->points[i], point)) {
        i++;
    }
    return i < policy->point_count;
}

/* Those of all sizes. */
static void list_points(const struct ppt_policy_input *inputs, size_t count,
                        struct ppt_policy *policy)
{
    for (size_t i = 0; i < count; i++) {
        const struct ppt_grid *grid = inputs[i].grid;

        for (size_t p = 0; p < grid->point_count; p++) {
            if (is_ranked(grid, grid->points[p]) && !has_point(policy, grid->points[p])) {
                policy->points =
                    ppt_realloc(policy->points, policy->point_count + 1, sizeof(*policy->points));
                policy->points[policy->point_count++] = grid->points[p];
            }
        }
    }
    qsort(policy->points, policy->point_count, sizeof(*policy->points), compare_costs);
}

static void fill_slower(struct policy_table *table)
{
    struct ppt_policy *policy = table->policy;

    for (size_t i = 0; i < policy->size_count; i++) {
        const struct ppt_policy_input *input = &table->inputs[i];
        const double *m = input->verdict->slowness;

        for (size_t p = 0; p < policy->point_count; p++) {
            const size_t place = place_of(table, i, p);

            *slower_at(table, i, p) =
                place < SIZE_MAX ? m[place] - m[input->verdict->best] : (double)INFINITY;
        }
        policy->sizes[i] = (struct ppt_policy_size){
            .size = input->size,
            .confidence = input->verdict->confidence,
            .disturbed = input->verdict->disturbed,
        };
    }
}

/* ---- choices ---- */

/* Which way threads may go from one size to the next. */
enum way { UP, DOWN, FREE };

static bool may_follow(const struct policy_table *table, size_t before, size_t after, enum way way)
{
    const unsigned x = ppt_point_threads(table->policy->points[before]);
    const unsigned y = ppt_point_threads(table->policy->points[after]);

    return before == after || way == FREE || (way == UP ? x <= y : x >= y);
}

/* Dynamic programming over the sizes: the least cost of all ways that end at a point. */
static void choose(const struct policy_table *table, enum way way)
{
    struct ppt_policy *policy = table->policy;
    const size_t points = policy->point_count, sizes = policy->size_count;
    const double half = table->zone / 2;
    double *cost PPT_FREED = ppt_alloc(sizes * points, sizeof(*cost));
    size_t *from PPT_FREED = ppt_alloc(sizes * points, sizeof(*from));
    size_t last = 0;

    for (size_t i = 0; i < sizes; i++) {
        for (size_t p = 0; p < points; p++) {
            double least = i > 0 ? (double)INFINITY : 0;

            for (size_t q = 0; i > 0 && q < points; q++) {
                const double way_cost = cost[(i - 1) * points + q] + (p == q ? 0 : half / 2);

                if (may_follow(table, q, p, way) && way_cost < least) {
                    least = way_cost;
                    from[i * points + p] = q;
                }
            }
            /* Where nothing else tells, fewer threads will do. */
            cost[i * points + p] =
                least + fmax(0, *slower_at(table, i, p) - half) + 1e-9 * (double)p;
        }
    }
    for (size_t p = 0; p < points; p++) {
        if (cost[(sizes - 1) * points + p] < cost[(sizes - 1) * points + last]) {
            last = p;
        }
    }
    for (size_t i = sizes; i-- > 0;) {
        policy->sizes[i].choice = last;
        last = from[i * points + last];
    }
}

/* Whether no size would surely be better off with another choice. */
static bool is_fair(const struct policy_table *table)
{
    for (size_t i = 0; i < table->policy->size_count; i++) {
        const struct ppt_policy_input *input = &table->inputs[i];
        const size_t place = place_of(table, i, table->policy->sizes[i].choice);

        if (place == SIZE_MAX ||
            (place != input->verdict->best &&
             ppt_grid_difference(input->grid, place, input->verdict->best, 0.9).low >
                 table->zone)) {
            return false;
        }
    }
    return true;
}

static void choose_all(const struct policy_table *table)
{
    for (enum way way = UP; way <= FREE; way++) {
        choose(table, way);
        if (way == FREE || is_fair(table)) {
            table->policy->monotone = way != FREE;
            return;
        }
    }
}

/* ---- thresholds ---- */

/* D - h at a size, as more threads come behind fewer or before them: below 0 before the threshold,
 * above 0 behind it. */
struct side {
    double value;
    struct ppt_interval interval;
};

static struct side side_of(const struct policy_table *table, size_t size, size_t before,
                           size_t after, double level)
{
    const struct ppt_grid *grid = table->inputs[size].grid;
    const bool rises = before < after;
    const size_t fewer = place_of(table, size, rises ? before : after);
    const size_t more = place_of(table, size, rises ? after : before);
    const double half = table->zone / 2;
    struct side side = {0, {.exists = false, .low = -INFINITY, .high = INFINITY}};

    if (fewer == SIZE_MAX || more == SIZE_MAX) {
        return side;
    }
    const double d = *slower_at(table, size, rises ? before : after) -
                     *slower_at(table, size, rises ? after : before) - half;
    const struct ppt_interval of_d = ppt_grid_difference(grid, fewer, more, level);

    side.value = rises ? d : -d;
    side.interval = of_d;
    if (of_d.exists) {
        side.interval.low = rises ? of_d.low - half : half - of_d.high;
        side.interval.high = rises ? of_d.high - half : half - of_d.low;
    }
    return side;
}

static double size_at(const struct policy_table *table, size_t i)
{
    return table->policy->sizes[i].size;
}

/* Sizes above 0 are alike by their ratios. */
static double between(double a, double b, double share)
{
    return a > 0 ? exp(log(a) + share * (log(b) - log(a))) : a + share * (b - a);
}

/* Sizes from `first` on whose choice is the same. */
static size_t end_of_run(const struct ppt_policy *policy, size_t first)
{
    size_t end = first + 1;

    while (end < policy->size_count && policy->sizes[end].choice == policy->sizes[first].choice) {
        end++;
    }
    return end;
}

/* The interval of a threshold: sizes before it from `first` on, up to `end` behind it. */
static void bracket(const struct policy_table *table, size_t first, size_t end, size_t before,
                    size_t after, struct ppt_policy_step *step)
{
    step->low = first > 0 ? size_at(table, first - 1) : (double)-INFINITY;
    step->high = INFINITY;
    if (end < table->policy->size_count) {
        step->high = size_at(table, end);
    }
    for (size_t i = first; i < end; i++) {
        const struct side side = side_of(table, i, before, after, SURE);

        if (side.interval.exists && side.interval.high < 0 && size_at(table, i) <= step->from) {
            step->low = size_at(table, i);
        }
    }
    for (size_t i = end; i-- > first;) {
        const struct side side = side_of(table, i, before, after, SURE);

        if (side.interval.exists && side.interval.low > 0 && size_at(table, i) >= step->from) {
            step->high = size_at(table, i);
        }
    }
}

static struct ppt_policy_step threshold(const struct policy_table *table, size_t first, size_t next,
                                        size_t end)
{
    const struct ppt_policy *policy = table->policy;
    const size_t before = policy->sizes[next - 1].choice, after = policy->sizes[next].choice;
    const struct side a = side_of(table, next - 1, before, after, 0.95);
    const struct side b = side_of(table, next, before, after, 0.95);
    const double span = b.value - a.value;
    const double share = span > 0 ? fmin(fmax(-a.value / span, 0), 1) : 0.5;
    struct ppt_policy_step step = {
        .point = policy->points[after],
        .from = between(size_at(table, next - 1), size_at(table, next), share),
        .after = next - 1,
    };

    if (policy->whole) {
        step.from = fmin(ceil(step.from - 1e-9), size_at(table, next));
    }
    bracket(table, first, end, before, after, &step);
    /* D itself at either side, not how far it is from h. */
    const double half = before < after ? table->zone / 2 : -table->zone / 2;
    step.between = expm1(fmax(0, fmax(b.interval.high + half, -(a.interval.low + half))));
    return step;
}

static void find_steps(const struct policy_table *table)
{
    struct ppt_policy *policy = table->policy;

    policy->steps = ppt_alloc(policy->size_count, sizeof(*policy->steps));
    policy->steps[policy->step_count++] =
        (struct ppt_policy_step){.point = policy->points[policy->sizes[0].choice],
                                 .from = -INFINITY,
                                 .low = -INFINITY,
                                 .high = -INFINITY};
    for (size_t first = 0, next; (next = end_of_run(policy, first)) < policy->size_count;
         first = next) {
        const struct ppt_policy_step step = threshold(table, first, next, end_of_run(policy, next));

        policy->between_upper = fmax(policy->between_upper, step.between);
        policy->steps[policy->step_count++] = step;
    }
}

/* ---- regret ---- */

/* Points that may be as good as the best, at all sizes. */
static size_t count_contenders(const struct policy_table *table)
{
    size_t count = 0;

    for (size_t i = 0; i < table->policy->size_count; i++) {
        count += table->inputs[i].verdict->contenders;
    }
    return count > 1 ? count : 1;
}

static void judge_size(const struct policy_table *table, size_t i, double level)
{
    struct ppt_policy_size *size = &table->policy->sizes[i];
    const struct ppt_policy_input *input = &table->inputs[i];
    const size_t choice = place_of(table, i, size->choice);
    double upper = *slower_at(table, i, size->choice);

    for (size_t p = 0; p < table->policy->point_count; p++) {
        const size_t other = place_of(table, i, p);

        size->best = *slower_at(table, i, p) < *slower_at(table, i, size->best) ? p : size->best;
        if (other < SIZE_MAX && other != choice && choice < SIZE_MAX) {
            upper = fmax(upper, ppt_grid_difference(input->grid, choice, other, level).high);
        }
    }
    size->slower = expm1(*slower_at(table, i, size->choice));
    size->slower_upper = expm1(upper);
}

static void judge_sizes(const struct policy_table *table)
{
    struct ppt_policy *policy = table->policy;
    const double level = 1 - 0.1 / (double)count_contenders(table);

    for (size_t i = 0; i < policy->size_count; i++) {
        judge_size(table, i, level);
        policy->regret_upper = fmax(policy->regret_upper, policy->sizes[i].slower_upper);
        policy->disturbed += policy->sizes[i].disturbed;
    }
}

/* One point for all sizes; false: it was not measured at all of them. */
static bool judge_fixed(const struct policy_table *table, size_t point,
                        struct ppt_policy_fixed *fixed)
{
    const struct ppt_policy *policy = table->policy;
    const double level = 1 - 0.1 / (double)policy->size_count;
    double most = 0, upper = -INFINITY;

    *fixed = (struct ppt_policy_fixed){.point = policy->points[point], .worst = size_at(table, 0)};
    for (size_t i = 0; i < policy->size_count; i++) {
        const size_t here = place_of(table, i, point);
        const size_t choice = place_of(table, i, policy->sizes[i].choice);

        if (here == SIZE_MAX || choice == SIZE_MAX) {
            return false;
        }
        const double high =
            here == choice ? 0
                           : ppt_grid_difference(table->inputs[i].grid, here, choice, level).high;

        if (high > upper) {
            upper = high;
            fixed->worst = size_at(table, i);
        }
        most =
            fmax(most, *slower_at(table, i, point) - *slower_at(table, i, policy->sizes[i].choice));
    }
    fixed->regret = expm1(most);
    fixed->regret_upper = expm1(fmax(upper, 0));
    return true;
}

/* ---- all of it ---- */

static bool are_whole(const struct ppt_policy_input *inputs, size_t count)
{
    size_t i = 0;

    while (i < count && inputs[i].size == round(inputs[i].size)) {
        i++;
    }
    return i == count;
}

void ppt_policy_of(const struct ppt_policy_input *inputs, size_t count, double tolerance,
                   struct ppt_policy *policy)
{
    struct ppt_policy_input *known PPT_FREED = ppt_alloc(count + 1, sizeof(*known));
    struct policy_table table = {.inputs = known, .policy = policy, .zone = log1p(tolerance)};
    size_t blocks = SIZE_MAX, processes = SIZE_MAX;

    *policy = (struct ppt_policy){.tolerance = tolerance, .whole = are_whole(inputs, count)};
    for (size_t i = 0; i < count; i++) {
        if (inputs[i].verdict->exists) {
            known[policy->size_count++] = inputs[i];
            blocks = inputs[i].grid->block_count < blocks ? inputs[i].grid->block_count : blocks;
            processes =
                inputs[i].grid->processes < processes ? inputs[i].grid->processes : processes;
        }
    }
    if (policy->size_count == 0) {
        return;
    }
    policy->blocks = blocks;
    policy->processes = processes;
    qsort(known, policy->size_count, sizeof(*known), compare_inputs);
    list_points(known, policy->size_count, policy);
    policy->sizes = ppt_alloc(policy->size_count, sizeof(*policy->sizes));
    double *slower PPT_FREED = ppt_alloc(policy->size_count * policy->point_count, sizeof(*slower));
    table.slower = slower;
    fill_slower(&table);
    choose_all(&table);
    find_steps(&table);
    judge_sizes(&table);
    policy->fixed = ppt_alloc(policy->point_count, sizeof(*policy->fixed));
    for (size_t p = 0; p < policy->point_count; p++) {
        policy->fixed_count += judge_fixed(&table, p, &policy->fixed[policy->fixed_count]);
    }
}

void ppt_policy_of_rates(const struct ppt_rate *rates, size_t count, struct ppt_policy *policy)
{
    struct ppt_policy_input *inputs PPT_FREED = ppt_alloc(count + 1, sizeof(*inputs));

    *policy = (struct ppt_policy){0};
    for (size_t i = 0; i < count; i++) {
        const struct ppt_answer *answer = rates[i].answer;

        inputs[i] = (struct ppt_policy_input){rates[i].rate, &answer->grid, &answer->verdict};
        policy->disturbed += answer->verdict.exists && answer->verdict.disturbed;
    }
    list_points(inputs, count, policy);
    policy->rates = ppt_rates_create(rates, count, policy->points, policy->point_count);
}

void ppt_policy_free(struct ppt_policy *policy)
{
    ppt_rates_destroy(policy->rates);
    free(policy->points);
    free(policy->sizes);
    free(policy->steps);
    free(policy->fixed);
    *policy = (struct ppt_policy){0};
}

bool ppt_policy_covers(const struct ppt_policy *policy, const char *label)
{
    const char *rest = strchr(label, ',');

    return !policy->where || (rest && strcmp(rest + 1, policy->where) == 0);
}

const struct ppt_policy_step *ppt_policy_at(const struct ppt_policy *policy, double size)
{
    size_t i = policy->step_count - 1;

    while (i > 0 && size < policy->steps[i].from) {
        i--;
    }
    return &policy->steps[i];
}

bool ppt_policy_exists(const struct ppt_policy *policy)
{
    return policy->rates ? ppt_rates_say(policy->rates) : policy->size_count > 0;
}

enum ppt_confidence ppt_policy_confidence(const struct ppt_policy *policy)
{
    const double tolerance = policy->tolerance;

    if (policy->rates) {
        return policy->disturbed > 0 ? PPT_CONFIDENCE_MEDIUM : ppt_rates_confidence(policy->rates);
    }

    return policy->regret_upper <= tolerance && policy->between_upper <= tolerance &&
                   policy->disturbed == 0
               ? PPT_CONFIDENCE_HIGH
           : policy->regret_upper <= 2 * tolerance ? PPT_CONFIDENCE_MEDIUM
                                                   : PPT_CONFIDENCE_LOW;
}

/* ---- where to look next ---- */

/* A size between those on either side of a step; NAN: none is. */
static double middle_of(const struct ppt_policy *policy, const struct ppt_policy_step *step)
{
    const double a = policy->sizes[step->after].size, b = policy->sizes[step->after + 1].size;
    const double low = between(a, b, EDGE), high = between(a, b, 1 - EDGE);
    double size = fmin(fmax(step->from, low), high);

    if (a > 0 && b / a < NEAREST) {
        return NAN;
    }
    size = policy->whole ? round(size) : size;
    return size > a && size < b ? size : (double)NAN;
}

size_t ppt_policy_next(const struct ppt_policy *policy, double *sizes, size_t most)
{
    bool *taken PPT_FREED = ppt_alloc(policy->step_count + 1, sizeof(*taken));
    size_t count = 0;

    while (count < most) {
        size_t worst = 0;

        for (size_t i = 1; i < policy->step_count; i++) {
            const struct ppt_policy_step *step = &policy->steps[i];

            if (!taken[i] && step->between > policy->tolerance &&
                isfinite(middle_of(policy, step)) &&
                (worst == 0 || step->between > policy->steps[worst].between)) {
                worst = i;
            }
        }
        if (worst == 0) {
            break;
        }
        taken[worst] = true;
        sizes[count++] = middle_of(policy, &policy->steps[worst]);
    }
    return count;
}

/* ---- in words ---- */

const char *ppt_policy_number(const struct ppt_policy *policy, double size,
                              char out[PPT_POLICY_SIZE])
{
    for (size_t i = 0; i < policy->size_count; i++) {
        if (policy->sizes[i].size == size) {
            return ppt_range_number(size, out);
        }
    }
    snprintf(out, PPT_POLICY_SIZE, fabs(size) < 1e7 ? "%.*f" : "%.*g",
             fabs(size) >= 1e7   ? 3
             : policy->whole     ? 0
             : size == 0         ? 0
             : fabs(size) >= 100 ? 0
                                 : (int)(2 - floor(log10(fabs(size)))),
             size);
    return out;
}

static unsigned points_differ(const struct ppt_policy *policy)
{
    unsigned set = 0;

    for (size_t i = 1; i < policy->point_count; i++) {
        set |= ppt_point_differ(policy->points[i], policy->points[0]);
    }
    return set;
}

void ppt_policy_point(const struct ppt_policy *policy, struct ppt_point point, struct ppt_text *out)
{
    const unsigned differ = points_differ(policy);
    unsigned shown = differ != 0 ? differ : PPT_ONLY(PPT_WORKERS);
    char words[PPT_POINT_WORDS_SIZE];

    if (point.workers == 0 && shown & PPT_ONLY(PPT_WORKERS)) {
        ppt_text_add(out, "sequential calls");
        shown &= ~PPT_ONLY(PPT_WORKERS);
        ppt_text_add(out, ppt_point_words(point, shown, " x ", " x ", words));
        return;
    }
    ppt_text_add(out, ppt_point_words(point, shown, "", " x ", words));
}

/* "3.1 % slower than", "45 times as long as" something; NULL: that has been said. */
static void add_bound(double share, const char *than, struct ppt_text *out)
{
    if (share < 1) {
        ppt_text_addf(out, "%.*f %% slower", share < 0.0995 ? 1 : 0, 100 * share);
        ppt_text_add(out, than ? " than " : "");
    } else {
        ppt_text_addf(out, "%.*f times as long", share < 9 ? 1 : 0, 1 + share);
        ppt_text_add(out, than ? " as " : "");
    }
    ppt_text_add(out, than ? than : "");
}

/* " [250, 380]" */
static void add_interval(const struct ppt_policy *policy, const struct ppt_policy_step *step,
                         struct ppt_text *out)
{
    char low[PPT_POLICY_SIZE], high[PPT_POLICY_SIZE];

    ppt_text_addf(out, " [%s, %s]",
                  isfinite(step->low) ? ppt_policy_number(policy, step->low, low) : "-",
                  isfinite(step->high) ? ppt_policy_number(policy, step->high, high) : "-");
}

static void say_steps(const struct ppt_policy *policy, struct ppt_claims *claims)
{
    char number[PPT_POLICY_SIZE];

    for (size_t i = 1; i < policy->step_count; i++) {
        const struct ppt_policy_step *step = &policy->steps[i];
        struct ppt_text words = {0};

        ppt_text_add(&words, i == 1 ? " below " : ", ");
        if (i == 1) {
            ppt_text_add(&words, ppt_policy_number(policy, step->from, number));
            add_interval(policy, step, &words);
            ppt_text_add(&words, ", ");
        }
        ppt_policy_point(policy, step->point, &words);
        if (i == 1) {
            ppt_text_add(&words, " from there on");
        } else {
            ppt_text_addf(&words, " from %s", ppt_policy_number(policy, step->from, number));
            add_interval(policy, step, &words);
        }
        ppt_claims_add(claims,
                       (struct ppt_claim){.kind = "threshold",
                                          .value = step->from,
                                          .interval = {true, step->low, step->high},
                                          .level = 0.95},
                       &words);
    }
}

/* Beyond so many points the list says less than the table. */
#define MOST_FIXED 4

static void say_fixed(const struct ppt_policy *policy, struct ppt_claims *claims)
{
    size_t said = 0;

    for (size_t i = 0; i < policy->fixed_count && policy->step_count > 1; i++) {
        const struct ppt_policy_fixed *fixed = &policy->fixed[i];
        struct ppt_text words = {0};

        if (said++ == MOST_FIXED) {
            return;
        }
        ppt_text_add(&words, said == 1 ? ". Always " : "; always ");
        ppt_policy_point(policy, fixed->point, &words);
        ppt_text_add(&words, ": at most ");
        add_bound(fixed->regret_upper, said == 1 ? "by this policy" : NULL, &words);
        ppt_claims_add(claims,
                       (struct ppt_claim){.kind = "always",
                                          .value = fixed->regret,
                                          .interval = {true, 0, fixed->regret_upper},
                                          .level = 0.95},
                       &words);
    }
}

static void say_doubts(const struct ppt_policy *policy, struct ppt_claims *claims)
{
    struct ppt_text words = {0};

    if (policy->between_upper > policy->tolerance) {
        ppt_text_add(&words, ". Between the sizes next to a threshold it may be ");
        add_bound(policy->between_upper, NULL, &words);
        ppt_claims_add(
            claims,
            (struct ppt_claim){.kind = "between", .value = policy->between_upper, .level = 0.95},
            &words);
    }
    if (!policy->monotone) {
        ppt_text_add(&words, ". The count neither rises nor falls with it all the way");
        ppt_claims_add(claims, (struct ppt_claim){.kind = "not_monotone", .value = NAN}, &words);
    }
    if (policy->disturbed > 0) {
        ppt_text_addf(&words,
                      ". At %zu of %zu sizes passes were disturbed or stopped: this may not hold "
                      "on an idle machine",
                      policy->disturbed, policy->size_count);
        ppt_claims_add(claims, (struct ppt_claim){.kind = "disturbed", .value = NAN}, &words);
    }
}

void ppt_policy_claims(const struct ppt_policy *policy, struct ppt_claims *claims)
{
    struct ppt_text words = {0};
    char first[PPT_POLICY_SIZE], last[PPT_POLICY_SIZE];

    *claims = (struct ppt_claims){0};
    if (policy->rates) {
        ppt_rates_claims(policy, claims);
        return;
    }
    if (policy->size_count == 0) {
        ppt_text_addf(&words, "no policy: it takes %d complete iterations of a size",
                      PPT_FEWEST_BLOCKS);
        ppt_claims_add(claims, (struct ppt_claim){.kind = "no_policy", .value = NAN}, &words);
        return;
    }
    ppt_policy_number(policy, policy->sizes[0].size, first);
    ppt_policy_number(policy, policy->sizes[policy->size_count - 1].size, last);
    ppt_text_addf(&words, "%s%s%s from %s to %s: use ", policy->name ? policy->name : "size",
                  policy->where ? " with " : "", policy->where ? policy->where : "", first, last);
    ppt_policy_point(policy, policy->steps[0].point, &words);
    ppt_text_add(&words, policy->step_count == 1 ? " at every size" : "");
    ppt_claims_add(claims, (struct ppt_claim){.kind = "policy", .value = NAN}, &words);
    say_steps(policy, claims);
    if (policy->regret_upper < LEAST_SHOWN) {
        ppt_text_add(&words, ": no slower than any count at any size tried, as far as can be told");
    } else {
        ppt_text_add(&words, ": at most ");
        add_bound(policy->regret_upper, "the best count", &words);
        ppt_text_addf(&words, " at any size tried (95 %%%s)",
                      policy->processes == 1 ? ", in this run" : "");
    }
    ppt_claims_add(
        claims, (struct ppt_claim){.kind = "bound", .value = policy->regret_upper, .level = 0.95},
        &words);
    say_fixed(policy, claims);
    say_doubts(policy, claims);
}

void ppt_policy_sentence(const struct ppt_policy *policy, struct ppt_text *out)
{
    struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};

    ppt_policy_claims(policy, &claims);
    ppt_claims_join(&claims, out);
}
