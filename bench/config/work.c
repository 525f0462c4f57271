#include "work.h"

#define WORK(member) PPT_FIELD(struct ppt_work, member, #member), .largest = 1e300

const struct ppt_field ppt_work_fields[] = {
    {WORK(flops)},
    {WORK(moved_bytes)},
    {WORK(set_bytes)},
    {WORK(additions)},
    {WORK(products)},
    {WORK(written_bytes)},
    {0},
};

/* A kernel that was built earlier may have no such function. */
static bool states_work(const struct ppt_kernel *kernel)
{
    return kernel->struct_size >= offsetof(struct ppt_kernel, work) + sizeof(kernel->work) &&
           kernel->work;
}

struct ppt_work ppt_work_of(const struct ppt_config *config)
{
    const struct ppt_use *use = &config->uses[0];
    struct ppt_work work = {0};

    if (config->stand_in && config->stated_work && config->variant_count == 0) {
        return *config->stated_work;
    }
    if (!config->mix && states_work(use->kernel)) {
        use->kernel->work(use->args, &work);
    }
    return work;
}
