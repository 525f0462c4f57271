#include "tasks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rng.h"

/* The most arguments that a kernel of the mix has. */
static size_t widest_of(const struct ppt_config *config)
{
    size_t widest = 1;

    for (size_t i = 0; i < config->use_count; i++) {
        const size_t wide = config->uses[i].kernel->param_count;

        widest = wide > widest ? wide : widest;
    }
    return widest;
}

/* One index of the key space is used for each block; task inputs use another stream. */
static void draw_mix(const struct ppt_config *config, unsigned block, struct ppt_tasks *tasks)
{
    struct ppt_rng rng;
    size_t *use_group = ppt_alloc(config->use_count, sizeof(*use_group));
    const size_t widest = widest_of(config);
    size_t next = 0;

    assert(config->use_count > 0); /* a mix of nothing is no configuration */
    for (size_t i = 0; i < config->use_count; i++) {
        use_group[i] = SIZE_MAX;
    }
    tasks->refs = ppt_alloc(tasks->count, sizeof(*tasks->refs));
    tasks->drawn = ppt_alloc(tasks->count * widest, sizeof(*tasks->drawn));
    tasks->groups = ppt_alloc(config->use_count, sizeof(*tasks->groups));
    ppt_rng_seed(&rng, config->seed, block, PPT_STREAM_MIX);
    for (uint64_t i = 0; i < tasks->count; i++) {
        const size_t u = ppt_rng_below(&rng, config->use_count);
        const struct ppt_use *use = &config->uses[u];
        union ppt_value *args = &tasks->drawn[next];

        next += widest;
        if (use_group[u] == SIZE_MAX) {
            use_group[u] = tasks->group_count++;
            tasks->groups[use_group[u]].kernel = use->kernel;
            tasks->groups[use_group[u]].sets =
                ppt_alloc(tasks->count, sizeof(*tasks->groups[0].sets));
        }
        struct ppt_task_group *group = &tasks->groups[use_group[u]];
        memcpy(args, use->args, use->kernel->param_count * sizeof(*args));
        use->kernel->draw(&rng, args);
        tasks->refs[i] = (struct ppt_task_ref){(uint32_t)use_group[u], (uint32_t)group->set_count};
        group->sets[group->set_count++] = args;
    }
    free(use_group);
}

void ppt_tasks_create(const struct ppt_config *config, unsigned block, struct ppt_tasks *tasks)
{
    *tasks = (struct ppt_tasks){.count = config->task_count};
    if (config->mix) {
        draw_mix(config, block, tasks);
        return;
    }
    tasks->groups = ppt_alloc(1, sizeof(*tasks->groups));
    tasks->group_count = 1;
    tasks->groups[0].kernel = config->uses[0].kernel;
    tasks->groups[0].set_count = config->variant_count > 0 ? config->variant_count : 1;
    tasks->groups[0].sets = ppt_alloc(tasks->groups[0].set_count, sizeof(*tasks->groups[0].sets));
    for (size_t i = 0; i < tasks->groups[0].set_count; i++) {
        tasks->groups[0].sets[i] = config->uses[i].args;
    }
}

void ppt_tasks_free(struct ppt_tasks *tasks)
{
    for (size_t i = 0; i < tasks->group_count; i++) {
        free(tasks->groups[i].sets);
    }
    free(tasks->groups);
    free(tasks->refs);
    free(tasks->drawn);
    *tasks = (struct ppt_tasks){0};
}

uint64_t ppt_tasks_bytes(const struct ppt_config *config)
{
    const struct ppt_tasks *tasks = NULL;
    /* Of the sets of all groups, which have room for every task, only so many are written to. */
    const size_t bytes = sizeof(*tasks->refs) + sizeof(*tasks->groups->sets) +
                         widest_of(config) * sizeof(*tasks->drawn);

    return config->mix ? config->task_count * bytes : 0;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void ppt_needs_widen(struct ppt_needs *most, const struct ppt_needs *one)
{
    most->shared_bytes = larger(most->shared_bytes, one->shared_bytes);
    most->worker_bytes = larger(most->worker_bytes, one->worker_bytes);
    most->library_bytes = larger(most->library_bytes, one->library_bytes);
    most->disk_bytes = larger(most->disk_bytes, one->disk_bytes);
}

/* The most of each need over the argument sets of a group: scratch is sized for the largest. */
static struct ppt_needs group_needs(const struct ppt_task_group *group, unsigned inner_threads)
{
    struct ppt_needs most = {0};

    for (size_t i = 0; group->kernel->needs && i < group->set_count; i++) {
        struct ppt_needs one = {0};

        group->kernel->needs(group->sets[i], inner_threads, &one);
        ppt_needs_widen(&most, &one);
    }
    return most;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return b > 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

struct ppt_needs ppt_tasks_needs(const struct ppt_tasks *tasks, struct ppt_point point)
{
    const uint64_t copies = point.workers > 0 ? point.workers : 1;
    struct ppt_needs sum = {0};

    for (size_t i = 0; i < tasks->group_count; i++) {
        const struct ppt_needs one = group_needs(&tasks->groups[i], point.inner_threads);

        /* Memory of all kernels of a mix is held at once; files exist during one task. */
        const uint64_t worker_bytes = ppt_bytes_plus(one.worker_bytes, one.library_bytes);

        sum.shared_bytes = ppt_bytes_plus(sum.shared_bytes, one.shared_bytes);
        sum.worker_bytes = ppt_bytes_plus(sum.worker_bytes, times(worker_bytes, copies));
        sum.disk_bytes = larger(sum.disk_bytes, times(one.disk_bytes, copies));
    }
    return sum;
}

uint64_t ppt_tasks_most_threads(const struct ppt_config *config, const char **kernel)
{
    uint64_t least = 0;

    for (size_t i = 0; i < config->use_count; i++) {
        const struct ppt_use *use = &config->uses[i];
        struct ppt_needs needs = {0};

        if (use->kernel->needs) {
            use->kernel->needs(use->args, 1, &needs);
        }
        if (needs.most_threads > 0 && (least == 0 || needs.most_threads < least)) {
            least = needs.most_threads;
            *kernel = use->kernel->name;
        }
    }
    return least;
}
