#include "ranking.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "sentence.h"

const char *const ppt_standing_names[] = {"first", "slower", "equal", "open"};

/* That anything is claimed which is not so; the second where every look is a chance for it. */
#define RISK 0.01
#define RISK_OF_LOOKING 0.002

/* ---- the order ---- */

static double median_s(const struct ppt_grid *grid, size_t point)
{
    double *column PPT_FREED = ppt_alloc(grid->block_count + 1, sizeof(*column));

    for (size_t b = 0; b < grid->block_count; b++) {
        column[b] = ppt_grid_at(grid, b, point);
    }
    return ppt_median(column, grid->block_count);
}

/* With what slows a whole block taken out, `m` says how slow points are. */
static void list_in_order(const struct ppt_grid *grid, const struct ppt_contestant *contestants,
                          size_t count, const double *m, struct ppt_ranking *ranking)
{
    ranking->items = ppt_alloc(count, sizeof(*ranking->items));
    for (size_t i = 0; i < count; i++) {
        const size_t point = ppt_grid_find(grid, contestants[i].point);
        size_t place = ranking->count;

        if (point == SIZE_MAX) {
            continue;
        }
        for (; place > 0 &&
               m[ppt_grid_find(grid, ranking->items[place - 1].contestant.point)] > m[point];
             place--) {
            ranking->items[place] = ranking->items[place - 1];
        }
        ranking->items[place] =
            (struct ppt_ranked){.contestant = contestants[i], .seconds = median_s(grid, point)};
        ranking->count++;
    }
}

/* ---- how they stand ---- */

/* K, see above. */
static size_t count_choices(const struct ppt_grid *grid, size_t chosen, double zone)
{
    size_t choices = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        choices += p == chosen || (grid->points[p].program == grid->points[chosen].program &&
                                   ppt_grid_difference(grid, p, chosen, 0.9).low <= zone);
    }
    return choices;
}

/* The lowest end of the intervals of how far that program is behind, wherever it was measured:
 * which of its counts is its best nobody knows for sure. -INFINITY where there are none. */
static double least_behind(const struct ppt_grid *grid, unsigned program, size_t first,
                           double level)
{
    double least = INFINITY;

    for (size_t p = 0; p < grid->point_count; p++) {
        if (grid->points[p].program == program) {
            const struct ppt_interval behind = ppt_grid_difference(grid, p, first, level);

            least = behind.exists ? fmin(least, behind.low) : (double)-INFINITY;
        }
    }
    return least;
}

static void stand(const struct ppt_grid *grid, size_t first, double zone, double level,
                  struct ppt_ranked *ranked)
{
    const size_t point = ppt_grid_find(grid, ranked->contestant.point);
    const double least = least_behind(grid, ranked->contestant.point.program, first, level);
    const struct ppt_interval near = ppt_grid_difference(grid, point, first, 0.9);

    ranked->standing = least > 0                                             ? PPT_STANDING_SLOWER
                       : near.exists && near.low > -zone && near.high < zone ? PPT_STANDING_EQUAL
                                                                             : PPT_STANDING_OPEN;
    ranked->level = ranked->standing == PPT_STANDING_EQUAL ? 0.9 : level;
    ranked->lead = ppt_grid_speedup(grid, point, first, ranked->level);
    if (ranked->standing != PPT_STANDING_EQUAL && ranked->lead.interval.exists) {
        ranked->lead.interval.low = fmin(ranked->lead.interval.low, exp(least));
    }
}

void ppt_ranking_of(const struct ppt_grid *grid, const struct ppt_contestant *contestants,
                    size_t count, double tolerance, double confidence, struct ppt_ranking *ranking)
{
    const double zone = log1p(tolerance), pairs = (double)count * (double)(count - 1) / 2;

    *ranking = (struct ppt_ranking){.blocks = grid->block_count,
                                    .processes = grid->processes,
                                    .tolerance = tolerance,
                                    .confidence = 1 - RISK,
                                    .at_most = PPT_CONFIDENCE_HIGH};
    if (grid->block_count < PPT_FEWEST_BLOCKS || grid->point_count == 0 || count < 2) {
        return;
    }
    double *middles PPT_FREED = ppt_grid_block_medians(grid);
    double *m PPT_FREED = ppt_grid_point_medians(grid, middles);

    list_in_order(grid, contestants, count, m, ranking);
    if (ranking->count < 2) {
        ppt_ranking_free(ranking);
        return;
    }
    const size_t first = ppt_grid_find(grid, ranking->items[0].contestant.point);
    const double choices = (double)count_choices(grid, first, zone);
    const double risk = confidence > 0.95 ? RISK_OF_LOOKING : RISK;

    ranking->items[0].lead.value = 1;
    for (size_t i = 1; i < ranking->count; i++) {
        stand(grid, first, zone, 1 - risk / (pairs * choices), &ranking->items[i]);
    }
}

void ppt_ranking_doubt(struct ppt_ranking *ranking, const struct ppt_index *index)
{
    const struct ppt_disturbance disturbance = ppt_disturbance_of(index);
    double here = 0;

    for (size_t i = 0; i < ranking->count; i++) {
        const size_t point = ppt_index_find(index, ranking->items[i].contestant.point);

        here = fmax(here, ppt_disturbance_at(index, point));
    }
    ranking->at_most = ppt_disturbance_most(&disturbance, here);
}

void ppt_ranking_free(struct ppt_ranking *ranking)
{
    free(ranking->items);
    ranking->items = NULL;
    ranking->count = 0;
}

bool ppt_ranking_settled(const struct ppt_ranking *ranking)
{
    for (size_t i = 1; i < ranking->count; i++) {
        if (ranking->items[i].standing == PPT_STANDING_OPEN) {
            return false;
        }
    }
    return ranking->count > 0;
}

bool ppt_ranking_sure(const struct ppt_ranking *ranking)
{
    return ppt_ranking_settled(ranking) && ranking->at_most == PPT_CONFIDENCE_HIGH;
}

/* ---- in words ---- */

static size_t count_standing(const struct ppt_ranking *ranking, enum ppt_standing standing)
{
    size_t count = 0;

    for (size_t i = 1; i < ranking->count; i++) {
        count += ranking->items[i].standing == standing;
    }
    return count;
}

/* "1.93x [1.87, 2.02] faster than gzip -6 f". */
static void say_slower(const struct ppt_ranking *ranking, struct ppt_claims *claims)
{
    const size_t last = count_standing(ranking, PPT_STANDING_SLOWER);
    const bool capped = ranking->at_most < PPT_CONFIDENCE_HIGH;
    size_t said = 0;

    for (size_t i = 1; i < ranking->count; i++) {
        const struct ppt_ranked *ranked = &ranking->items[i];
        struct ppt_text words = {0};

        if (ranked->standing != PPT_STANDING_SLOWER) {
            continue;
        }
        ppt_text_add(&words, said > 0 ? ", " : "");
        ppt_sentence_ratio(&ranked->lead, &words);
        ppt_text_addf(&words, " faster than %s", ranked->contestant.label);
        if (++said == last) {
            ppt_text_addf(&words, " (%g %%%s%s%s)", 100 * ranking->confidence,
                          ranking->processes == 1 ? ", in this run" : "",
                          capped ? ", but confidence " : "",
                          capped ? ppt_confidence_names[ranking->at_most] : "");
        }
        ppt_claims_add(claims,
                       (struct ppt_claim){.kind = "faster",
                                          .value = ranked->lead.value,
                                          .interval = ranked->lead.interval,
                                          .level = ranked->level,
                                          .side = 1,
                                          .limit = 1},
                       &words);
    }
}

static void say_near(const struct ppt_ranking *ranking, struct ppt_claims *claims)
{
    for (size_t i = 1; i < ranking->count; i++) {
        const struct ppt_ranked *ranked = &ranking->items[i];
        const bool equal = ranked->standing == PPT_STANDING_EQUAL;
        struct ppt_text words = {0};

        if (ranked->standing == PPT_STANDING_SLOWER) {
            continue;
        }
        ppt_text_addf(&words, ". %s %s ", ranked->contestant.label,
                      equal ? "is as fast as" : "may be as fast as");
        ppt_text_add(&words, ranking->items[0].contestant.label);
        if (equal) {
            ppt_text_addf(&words, ", within %g %%", 100 * ranking->tolerance);
        }
        ppt_text_add(&words, " (");
        ppt_sentence_ratio(&ranked->lead, &words);
        ppt_text_add(&words, ")");
        ppt_claims_add(claims,
                       (struct ppt_claim){.kind = equal ? "equal" : "open",
                                          .value = ranked->lead.value,
                                          .interval = ranked->lead.interval,
                                          .level = ranked->level,
                                          .side = equal ? -1 : 0,
                                          .limit = equal ? 1 + ranking->tolerance : 0},
                       &words);
    }
}

/* That each verdict tells why. */
static void say_disturbed(const struct ppt_ranking *ranking, struct ppt_claims *claims)
{
    struct ppt_text words = {0};

    if (ranking->at_most < PPT_CONFIDENCE_HIGH) {
        ppt_text_addf(&words,
                      ". %s were disturbed or stopped: this may not hold on an idle machine",
                      ranking->at_most == PPT_CONFIDENCE_LOW ? "Most passes" : "Passes");
        ppt_claims_add(claims, (struct ppt_claim){.kind = "disturbed", .value = NAN}, &words);
    }
}

void ppt_ranking_claims(const struct ppt_ranking *ranking, struct ppt_claims *claims)
{
    struct ppt_text words = {0};
    struct ppt_claim claim = {.kind = "first", .value = NAN};

    *claims = (struct ppt_claims){0};
    if (ranking->count == 0) {
        ppt_text_addf(
            &words, "no ranking: it takes %d complete iterations, and two programs with a verdict",
            PPT_FEWEST_BLOCKS);
        claim.kind = "no_ranking";
    } else if (count_standing(ranking, PPT_STANDING_SLOWER) == ranking->count - 1) {
        /* Of passes that were mostly disturbed it is no more than what these were. */
        ppt_text_addf(&words,
                      "%s %s the %s, each at its best count: ", ranking->items[0].contestant.label,
                      ranking->at_most == PPT_CONFIDENCE_LOW ? "was" : "is",
                      ranking->count == 2 ? "faster" : "fastest");
    } else if (count_standing(ranking, PPT_STANDING_SLOWER) > 0) {
        ppt_text_addf(&words, "each at its best count, %s is ", ranking->items[0].contestant.label);
    } else {
        ppt_text_add(&words, ranking->count == 2
                                 ? "neither program is shown to be the faster, each at its best "
                                   "count"
                                 : "no program is shown to be the fastest, each at its best count");
        claim.kind = "none_first";
    }
    ppt_claims_add(claims, claim, &words);
    if (ranking->count > 0) {
        say_slower(ranking, claims);
        say_near(ranking, claims);
        say_disturbed(ranking, claims);
    }
}

void ppt_ranking_sentence(const struct ppt_ranking *ranking, struct ppt_text *out)
{
    struct ppt_claims claims PPT_OWNED(ppt_claims_free) = {0};

    ppt_ranking_claims(ranking, &claims);
    ppt_claims_join(&claims, out);
}
