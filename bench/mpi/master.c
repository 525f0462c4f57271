#include "master.h"

#include <string.h>

#include "calls.h"
#include "deal.h"
#include "memory.h"
#include "owned.h"
#include "wire.h"

static enum ppt_status send_config(struct ppt_world *world, const struct ppt_config *config,
                                   bool check, struct ppt_error *error)
{
    const struct ppt_wire_config head = {check, (uint32_t)config->rank_count};
    json_object *object PPT_OWNED(ppt_json_put) = ppt_config_to_json(config);
    const char *json = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
    const size_t ranks = config->rank_count * sizeof(*config->ranks);
    const size_t bytes = sizeof(head) + ranks + strlen(json) + 1;
    char *message PPT_FREED = ppt_alloc(bytes, 1);

    memcpy(message, &head, sizeof(head));
    memcpy(message + sizeof(head), config->ranks, ranks);
    memcpy(message + sizeof(head) + ranks, json, strlen(json) + 1);
    return ppt_call(&world->all, PPT_TAG_CONFIG, message, bytes, error);
}

static enum ppt_status prepare(void *context, const struct ppt_config *config, bool check,
                               struct ppt_error *error)
{
    struct ppt_world *world = ((struct ppt_master *)context)->world;

    if (world->broken) {
        return ppt_fail(error, PPT_FAILED, "a rank was lost before");
    }
    PPT_TRY(send_config(world, config, check, error));
    PPT_TRY(ppt_world_divide(world, config->ranks, config->rank_count, error));
    return ppt_call_answers(&world->all, NULL, error);
}

static enum ppt_status master_run(void *context, struct ppt_workload *workload, unsigned block,
                                  struct ppt_point point, struct ppt_stopwatches *watches,
                                  struct ppt_sample *sample, struct ppt_error *error)
{
    return ppt_deal_run(((struct ppt_master *)context)->world, workload, block, point, watches,
                        sample, error);
}

static bool broken(const void *context)
{
    return ((const struct ppt_master *)context)->world->broken;
}

struct ppt_engine ppt_master_engine(struct ppt_master *master)
{
    return (struct ppt_engine){
        .context = master,
        .cluster = &master->world->cluster,
        .prepare = prepare,
        .run = master_run,
        .broken = broken,
    };
}

void ppt_master_dismiss(struct ppt_master *master)
{
    struct ppt_error ignored;

    if (!master->world->broken) {
        (void)ppt_call(&master->world->all, PPT_TAG_END, NULL, 0, &ignored);
    }
}
