#include "crew.h"

#define SEED 1

enum ppt_status crew_start(struct crew *crew, const struct ppt_kernel *kernel,
                           const union ppt_value *args, uint64_t task_count,
                           const struct ppt_folder *scratch, struct ppt_error *error)
{
    enum ppt_status status;

    *crew = (struct crew){.points = {{CREW_LARGEST, 1}}};
    /* A configuration owns its arguments, but nobody writes to them. */
    crew->use = (struct ppt_use){.kernel = kernel, .args = (union ppt_value *)(uintptr_t)args};
    crew->config = (struct ppt_config){
        .uses = &crew->use,
        .use_count = 1,
        .points = crew->points,
        .point_count = 1,
        .seed = SEED,
        .blocks = 1,
        .task_count = task_count,
        .schedule = {PPT_SCHEDULE_DYNAMIC, 1},
    };
    const struct ppt_dirs dirs = {.scratch = scratch};
    status = ppt_workload_open(&crew->config, 1, &dirs, &crew->workload, error);
    crew->opened = status == PPT_OK;
    crew->watches = ppt_stopwatches_create();
    return status;
}

void crew_stop(struct crew *crew)
{
    if (crew->opened) {
        ppt_workload_close(&crew->workload);
    }
    ppt_stopwatches_destroy(crew->watches);
    *crew = (struct crew){0};
}

enum ppt_status shift_run(void *state, struct ppt_error *error)
{
    struct shift *shift = state;
    struct crew *crew = shift->crew;
    const struct ppt_point point = {shift->workers, 1, 0, 0, 0, 0};
    struct ppt_sample sample;
    enum ppt_status status = ppt_pass_run(&crew->workload, point, crew->watches, &sample, error);

    if (status != PPT_OK) {
        return status;
    }
    if (crew->has_digest && sample.digest != crew->digest) {
        status = ppt_fail(error, PPT_DIFFERS, "%s: two passes of the same tasks differ",
                          crew->use.kernel->name);
    }
    crew->digest = sample.digest;
    crew->has_digest = true;
    shift->work_ns = sample.work_ns;
    shift->overhead_ns = sample.init_ns + sample.cleanup_ns;
    ppt_sample_free(&sample);
    return status;
}

int64_t shift_work_ns(const void *state)
{
    return ((const struct shift *)state)->work_ns;
}

int64_t shift_overhead_ns(const void *state)
{
    return ((const struct shift *)state)->overhead_ns;
}

int64_t shift_total_ns(const void *state)
{
    const struct shift *shift = state;

    return shift->work_ns + shift->overhead_ns;
}
