#include "why.h"

#include "keys.h"
#include "memory.h"
#include "read.h"

static void add_points(struct ppt_config *config, const struct ppt_why *why)
{
    const size_t each = PPT_PRESSURE_ALONE; /* every resource, and alone */
    struct ppt_point *next;

    config->pressed.point_count = why->count * each;
    config->points = ppt_realloc(config->points, config->point_count + config->pressed.point_count,
                                 sizeof(*config->points));
    next = config->points + config->point_count;
    for (unsigned pressure = 1; pressure <= PPT_PRESSURE_ALONE; pressure++) {
        for (size_t i = 0; i < why->count; i++) {
            *next++ = (struct ppt_point){.workers = why->workers[i],
                                         .inner_threads = why->inner_threads,
                                         .pressure = pressure};
        }
    }
}

/* Whether workers and inner threads are numbers of the run's own points. */
static bool is_measured(const struct ppt_config *config, const struct ppt_why *why)
{
    size_t known = 0;

    for (size_t p = 0; p < config->point_count; p++) {
        for (size_t i = 0; i < why->count; i++) {
            known += ppt_point_same(config->points[p],
                                    (struct ppt_point){.workers = why->workers[i],
                                                       .inner_threads = why->inner_threads});
        }
    }
    return known == why->count;
}

enum ppt_status ppt_config_add_why(struct ppt_config *config, const struct ppt_why *why,
                                   struct ppt_error *error)
{
    if (!config->why || config->pressed.point_count > 0 || config->round_count > 0 ||
        config->variant_count > 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "passes under pressure that no run has there");
    }
    if (why->count == 0 || why->count > PPT_WHY_MOST_COUNTS || why->task_count == 0 ||
        (why->count > 1 && why->workers[0] >= why->workers[1]) || !is_measured(config, why)) {
        return ppt_fail(error, PPT_BAD_INPUT, "passes under pressure at points that the run lacks");
    }
    config->rounds = ppt_realloc(config->rounds, 1, sizeof(*config->rounds));
    config->rounds[config->round_count++] =
        (struct ppt_round){.first_block = why->block, .variants_before = 1, .pressed = true};
    config->pressed.task_count = why->task_count;
    add_points(config, why);
    return PPT_OK;
}

unsigned ppt_why_blocks(const struct ppt_config *config)
{
    return config->blocks < PPT_WHY_FEWEST_BLOCKS ? PPT_WHY_FEWEST_BLOCKS
           : config->blocks > PPT_WHY_MOST_BLOCKS ? PPT_WHY_MOST_BLOCKS
                                                  : config->blocks;
}

bool ppt_why_has(const struct ppt_config *config, struct ppt_point point)
{
    size_t i = 0;

    while (i < config->pressed.point_count &&
           !ppt_point_same(config->points[config->point_count + i], point)) {
        i++;
    }
    return i < config->pressed.point_count;
}

/* ---- with other keys ---- */

enum ppt_status ppt_check_why(const struct ppt_layer *top, const struct ppt_config *config,
                              struct ppt_error *error)
{
    const struct {
        bool there;
        enum ppt_key_id key;
        const char *why;
    } others[] = {
        {ppt_config_ranks(config) > 0, PPT_KEY_RANKS,
         "what presses on a resource is in one process"},
        {ppt_arrivals_exist(&config->arrivals), PPT_KEY_ARRIVALS,
         "tasks that wait to arrive mind nothing meanwhile"},
        {config->axis_count > 0 || config->per_worker, PPT_KEY_VARY,
         "ask for one of the sizes at a time"},
        {ppt_config_programs(config) > 0, PPT_KEY_VS, "ask for one of the programs at a time"},
    };
    struct ppt_found found;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && config->why; i++) {
        if (others[i].there && ppt_layer_find(top, PPT_KEY_WHY, NULL, &found)) {
            return ppt_item_reject(&found.item, error, "does not go with \"%s\": %s",
                                   ppt_key_name(others[i].key), others[i].why);
        }
    }
    return PPT_OK;
}
