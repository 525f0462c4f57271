#include "solo.h"

#include <inttypes.h>

#include "services.h"

enum ppt_status solo_start(struct solo *solo, const struct ppt_kernel *kernel,
                           const union ppt_value *args, const struct ppt_folder *scratch,
                           struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    *solo = (struct solo){.kernel = kernel, .sets = {args}};
    solo->setup = (struct ppt_setup){.seed = SOLO_SEED,
                                     .scratch_dir = scratch->path,
                                     .scratch_fd = scratch->fd,
                                     .services = &ppt_services,
                                     .sets = solo->sets,
                                     .set_count = 1,
                                     .workers = 1,
                                     .inner_threads = 1};
    solo->task = (struct ppt_task){.seed = SOLO_SEED, .index = SOLO_INDEX, .set = 0, .args = args};
    if (kernel->open) {
        status = kernel->open(&solo->setup, &solo->shared, error);
    }
    solo->opened = status == PPT_OK;
    if (status == PPT_OK && kernel->attach) {
        status = ppt_scratch_begin(kernel, ppt_scratch_needed(kernel, &solo->setup), &solo->scratch,
                                   error);
    }
    if (status == PPT_OK && kernel->attach) {
        status = kernel->attach(&solo->setup, solo->shared, 0, &solo->scratch, &solo->local, error);
    }
    solo->attached = status == PPT_OK;
    return status;
}

enum ppt_status solo_run(void *state, struct ppt_error *error)
{
    struct solo *solo = state;
    uint64_t digest = 0;
    const enum ppt_status status = solo->kernel->run(solo->local, &solo->task, &digest, error);

    if (status != PPT_OK) {
        return status;
    }
    if (solo->has_digest && digest != solo->digest) {
        return ppt_fail(error, PPT_DIFFERS,
                        "%s: the same task gave %016" PRIx64 " and then %016" PRIx64,
                        solo->kernel->name, solo->digest, digest);
    }
    solo->digest = digest;
    solo->has_digest = true;
    return PPT_OK;
}

enum ppt_status solo_dump(struct solo *solo, FILE *file, struct ppt_error *error)
{
    const enum ppt_status status = solo_run(solo, error);

    return status == PPT_OK ? solo->kernel->dump(solo->local, &solo->task, file, error) : status;
}

void solo_stop(struct solo *solo)
{
    if (solo->attached && solo->kernel->detach) {
        solo->kernel->detach(solo->local);
    }
    free(solo->scratch.memory);
    if (solo->opened && solo->kernel->close) {
        solo->kernel->close(solo->shared);
    }
    *solo = (struct solo){0};
}
