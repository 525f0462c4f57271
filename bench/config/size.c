#include "size.h"

#include <math.h>

#include "plan.h"

#define PASS_S 0.1          /* of the quickest pass: clocks and starts are small beside it */
#define TASKS_PER_WORKER 4  /* that unequal lengths even out */
#define BLOCKS 12           /* with the warm-up, that ten of them settle most choices */
#define LEAST_OF_BESIDE 0.1 /* where that takes all of the time, tasks may take so much more */
#define WARM_LONGEST_S 0.1  /* of tasks that are longer the first ones are as good as the later */

/* A pass of so many tasks takes so much at a point of what they take one after the other, alone. */
static double share_of(struct ppt_point point, uint64_t tasks, unsigned cpus)
{
    const double running = ppt_point_running(point);
    const double threads = ppt_point_threads(point) * fmin(1, (double)tasks / running);

    /* The CPUs of other hosts are not counted. */
    return 1 / (point.ranks > 0 ? threads : fmin(threads, cpus));
}

/* Whole rounds of the most workers, if there are not too few of them. */
static uint64_t round_up(double tasks, uint64_t most)
{
    return (uint64_t)ceil(tasks / (double)most) * most;
}

/* What a block has of all points together. */
struct block {
    double shares;   /* of what its tasks would take one after the other */
    double quickest; /* the least of a point */
    double beside_s; /* beside its tasks, however many */
    double copies_s; /* for each task of a pass */
};

/* Those that are chosen here are enough for all workers. */
static uint64_t tasks_of(const struct ppt_config *config)
{
    return config->size_tasks ? UINT64_MAX : config->task_count;
}

static struct block block_of(const struct ppt_config *config, const struct ppt_size_needs *needs)
{
    const double points = (double)config->point_count;
    const uint64_t tasks = tasks_of(config);
    struct block block = {.quickest = 1,
                          .beside_s = points * (needs->pass_s + config->wait_after_pass_s),
                          .copies_s = points * needs->copy_s};

    for (size_t i = 0; i < config->point_count; i++) {
        const double share = share_of(config->points[i], tasks, needs->cpus);

        block.shares += share;
        block.quickest = fmin(block.quickest, share);
    }
    return block;
}

static uint64_t size_tasks(const struct ppt_config *config, const struct ppt_size_needs *needs,
                           const struct block *block)
{
    const uint64_t most = ppt_point_running(ppt_config_most(config));
    const double beside_s = block->beside_s + config->wait_after_block_s;
    const double left_s = fmax(config->max_seconds / BLOCKS - beside_s, beside_s * LEAST_OF_BESIDE);
    const double fitting = left_s / (needs->task_s * block->shares + block->copies_s);
    const double enough =
        fmax(PASS_S / (block->quickest * needs->task_s), (double)(TASKS_PER_WORKER * most));
    const uint64_t tasks = round_up(fmax(fmin(fitting, enough), 1), most);
    const uint64_t room = needs->most_tasks / most * most;

    return tasks <= room ? tasks : room > most ? room : most;
}

struct ppt_size ppt_size_config(struct ppt_config *config, const struct ppt_size_needs *needs)
{
    const struct block block = block_of(config, needs);
    size_t order[PPT_MOST_WARMUP], warm_passes;
    double warm = 0;

    if (config->size_tasks) {
        config->task_count = size_tasks(config, needs, &block);
    }
    if (config->size_warmup) {
        config->warmup = needs->task_s < WARM_LONGEST_S ? 1 : 0;
    }
    warm_passes = ppt_plan_warmup(config, order);
    for (size_t i = warm_passes; i-- > 0;) {
        warm += share_of(config->points[order[i]], tasks_of(config), needs->cpus);
    }
    const double tasks = (double)config->task_count;
    const double all_s = needs->task_s * tasks, pass_s = needs->pass_s + needs->copy_s * tasks;
    const double beside_s = block.beside_s + block.copies_s * tasks;
    const double block_s = all_s * block.shares + beside_s;

    return (struct ppt_size){
        .task_s = needs->task_s,
        .block_s = block_s,
        .beside_s = beside_s,
        .least_s = config->warmup * (all_s * warm + pass_s * (double)warm_passes) +
                   PPT_FEWEST_BLOCKS * block_s +
                   (PPT_FEWEST_BLOCKS - 1) * config->wait_after_block_s,
    };
}
