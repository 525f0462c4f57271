/*
 * All keys but the task's: how to run it.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "memory.h"
#include "plan.h"

static void add_points_of(struct ppt_config *config, unsigned workers, unsigned ranks)
{
    for (size_t i = 0; i < config->inner_count; i++) {
        config->points[config->point_count++] =
            (struct ppt_point){workers, config->inner_threads[i], ranks, 0, 0, 0};
    }
}

void ppt_config_set_points(struct ppt_config *config, const unsigned *workers, size_t count)
{
    config->workers = ppt_alloc(count, sizeof(*config->workers));
    config->worker_count = count;
    memcpy(config->workers, workers, count * sizeof(*workers));
    config->points =
        ppt_alloc(count * config->rank_count * config->inner_count, sizeof(*config->points));
    for (size_t i = 0; i < count; i++) {
        /* Sequential calls are those of one process, however many there are. */
        const size_t ranks = config->workers[i] > 0 ? config->rank_count : 1;

        for (size_t r = 0; r < ranks; r++) {
            add_points_of(config, config->workers[i],
                          config->workers[i] > 0 ? config->ranks[r] : 0);
        }
    }
    qsort(config->points, config->point_count, sizeof(*config->points), ppt_point_compare);
    ppt_config_spread_variants(config);
}

/* Ranks share tasks among workers: sequential calls alone are nothing for them. */
static enum ppt_status check_ranks(const struct ppt_layer *top, const struct ppt_config *config,
                                   struct ppt_error *error)
{
    struct ppt_found found;

    if (config->workers_auto || ppt_config_ranks(config) == 0 ||
        config->workers[config->worker_count - 1] > 0 ||
        !ppt_layer_find(top, PPT_KEY_RANKS, NULL, &found)) {
        return PPT_OK;
    }
    return ppt_item_reject(&found.item, error,
                           "\"workers\" has no number above 0, which ranks need");
}

/* A verdict takes a few values, and each process gives one. */
static enum ppt_status check_processes(const struct ppt_layer *top, const struct ppt_config *config,
                                       struct ppt_error *error)
{
    struct ppt_found found;

    return config->processes > 1 && config->processes < PPT_FEWEST_BLOCKS &&
                   ppt_layer_find(top, PPT_KEY_PROCESSES, NULL, &found)
               ? ppt_item_reject(
                     &found.item, error,
                     "too few for a verdict: say 0 (one for each iteration), 1 (none), or at "
                     "least %d",
                     PPT_FEWEST_BLOCKS)
               : PPT_OK;
}

enum ppt_status ppt_read_keys(const struct ppt_layer *top, struct ppt_config *config,
                              struct ppt_error *error)
{
    const struct ppt_key *key;
    struct ppt_found found;

    for (unsigned place = 1; (key = ppt_key_at(PPT_KEYS_READ, place)); place++) {
        const bool given = ppt_layer_find(top, (enum ppt_key_id)(key - ppt_keys), NULL, &found);

        PPT_TRY(ppt_key_read(key, given ? &found.item : NULL, config, error));
    }
    if (config->adaptive && !ppt_layer_find(top, PPT_KEY_ITERATIONS, NULL, &found)) {
        config->blocks = PPT_MOST_BLOCKS;
    }
    config->size_tasks &= !ppt_layer_find(top, PPT_KEY_TASK_COUNT, NULL, &found);
    config->size_warmup &= !ppt_layer_find(top, PPT_KEY_WARMUP, NULL, &found);
    PPT_TRY(check_processes(top, config, error));
    return check_ranks(top, config, error);
}
