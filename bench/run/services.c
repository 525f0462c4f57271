#include "services.h"

#include "change.h"
#include "digest.h"
#include "rng_bulk.h"

static void fill_doubles(const struct ppt_task *task, int stream, double *out, size_t count,
                         double low, double high)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, task->seed, task->index, (enum ppt_stream)stream);
    ppt_rng_fill_doubles(&rng, out, count, low, high);
}

static void fill_bytes(const struct ppt_task *task, int stream, void *out, size_t bytes)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, task->seed, task->index, (enum ppt_stream)stream);
    ppt_rng_fill_bytes(&rng, out, bytes);
}

const struct ppt_services ppt_services = {
    .fill_doubles = fill_doubles,
    .fill_bytes = fill_bytes,
    .digest = ppt_digest,
    .renew_file = ppt_change_renew,
    .remove_file = ppt_change_remove,
};
