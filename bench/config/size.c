#include "size.h"

#include <math.h>

#include "plan.h"

#define PASS_S 0.1          /* of the quickest pass: clocks and starts are small beside it */
#define TASKS_PER_WORKER 4  /* that unequal lengths even out */
#define BLOCKS 12           /* with the warm-up, that ten of them settle most choices */
#define LEAST_OF_BESIDE 0.1 /* where that takes all of the time, tasks may take so much more */
#define WARM_LONGEST_S 0.1  /* of tasks that are longer the first ones are as good as the later */
#define VERDICT_SHARE 0.45  /* of the time, where causes are searched for afterwards */
#define FIRST_SHARE 0.6     /* of the time, where sizes may be added to the first ones */

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

/* Of one of several sizes, or of the task. */
static struct block block_of(const struct ppt_config *config, const struct ppt_size_needs *needs)
{
    const size_t variants = needs->size_s ? config->variant_count : 1;
    const size_t count = config->point_count / variants;
    const double points = (double)count;
    const uint64_t tasks = tasks_of(config);
    struct block block = {.quickest = INFINITY,
                          .beside_s = points * (needs->pass_s + config->wait_after_pass_s),
                          .copies_s = points * needs->copy_s};

    for (size_t i = 0; i < count; i++) {
        /* Where tasks grow with the workers, each has as many as others. */
        const double times = config->per_worker ? ppt_point_running(config->points[i]) : 1;
        const double share = times * share_of(config->points[i], tasks, needs->cpus);

        block.shares += share;
        block.quickest = fmin(block.quickest, share);
    }
    return block;
}

/* What there is for the tasks of a block. */
static double time_of(const struct ppt_config *config, const struct block *block, size_t variants)
{
    const double beside_s = (double)variants * block->beside_s + config->wait_after_block_s;
    const double share = ppt_size_first_share(config);

    return fmax(share * config->max_seconds / BLOCKS - beside_s, beside_s * LEAST_OF_BESIDE);
}

static uint64_t tasks_for(const struct ppt_config *config, const struct ppt_size_needs *needs,
                          const struct block *block, double task_s, double left_s)
{
    const uint64_t most = config->per_worker ? 1 : ppt_point_running(ppt_config_most(config));
    const double fitting = left_s / (task_s * block->shares + block->copies_s);
    const double enough =
        fmax(PASS_S / (block->quickest * task_s), (double)(TASKS_PER_WORKER * most));
    const uint64_t tasks = round_up(fmax(fmin(fitting, enough), 1), most);
    const uint64_t room = needs->most_tasks / most * most;

    return tasks <= room ? tasks : room > most ? room : most;
}

/* What a block takes where no size may take more than `most_s` of it. */
static double block_seconds(const struct ppt_config *config, const struct ppt_size_needs *needs,
                            const struct block *block, double most_s)
{
    double sum = 0;

    for (size_t v = 0; v < config->variant_count; v++) {
        const double task_s = needs->size_s[v];

        sum += (double)tasks_for(config, needs, block, task_s, most_s) *
               (task_s * block->shares + block->copies_s);
    }
    return sum;
}

/* The most that each may take, so that all fit. */
static double fair_share(const struct ppt_config *config, const struct ppt_size_needs *needs,
                         const struct block *block, double left_s)
{
    double low = 0, high = left_s;

    if (block_seconds(config, needs, block, INFINITY) <= left_s) {
        return INFINITY;
    }
    for (int i = 0; i < 50; i++) {
        const double middle = (low + high) / 2;

        *(block_seconds(config, needs, block, middle) <= left_s ? &low : &high) = middle;
    }
    /* One that takes more by a single round of tasks is no reason to measure others badly. */
    return fmax(low, left_s / (double)config->variant_count);
}

static void size_each(struct ppt_config *config, const struct ppt_size_needs *needs,
                      const struct block *block)
{
    const double most_s = config->budget ? fair_share(config, needs, block,
                                                      time_of(config, block, config->variant_count))
                                         : (double)INFINITY;

    config->task_count = 1;
    for (size_t v = 0; v < config->variant_count; v++) {
        struct ppt_use *use = &config->uses[v];

        use->task_count = tasks_for(config, needs, block, needs->size_s[v], most_s);
        config->task_count =
            use->task_count > config->task_count ? use->task_count : config->task_count;
    }
}

double ppt_size_first_share(const struct ppt_config *config)
{
    return !config->adaptive         ? 1
           : config->axis_count == 1 ? FIRST_SHARE
           : config->why             ? VERDICT_SHARE
                                     : 1;
}

/* What the tasks of all passes of a block take one after the other, alone. */
static double all_seconds(const struct ppt_config *config, const struct ppt_size_needs *needs,
                          double *tasks)
{
    double sum = 0;

    *tasks = 0;
    for (size_t v = 0; needs->size_s && v < config->variant_count; v++) {
        const uint64_t own = config->uses[v].task_count;
        const double count = (double)(own > 0 ? own : config->task_count);

        *tasks += count;
        sum += count * needs->size_s[v];
    }
    if (!needs->size_s) {
        *tasks = (double)config->task_count;
        sum = *tasks * needs->task_s;
    }
    return sum;
}

struct ppt_size ppt_size_config(struct ppt_config *config, const struct ppt_size_needs *needs)
{
    const size_t variants = needs->size_s ? config->variant_count : 1;
    const struct block block = block_of(config, needs);
    size_t order[PPT_MOST_WARMUP], warm_passes;
    double warm = 0, tasks;

    if (config->size_tasks && needs->size_s) {
        size_each(config, needs, &block);
    } else if (config->size_tasks) {
        config->task_count =
            tasks_for(config, needs, &block, needs->task_s, time_of(config, &block, 1));
    }
    if (config->size_warmup) {
        config->warmup = needs->task_s < WARM_LONGEST_S ? 1 : 0;
    }
    warm_passes = ppt_plan_warmup(config, order);
    for (size_t i = warm_passes; i-- > 0;) {
        warm += share_of(config->points[order[i]], tasks_of(config), needs->cpus);
    }
    const double all_s = all_seconds(config, needs, &tasks);
    const double pass_s = needs->pass_s + needs->copy_s * tasks / (double)variants;
    const double beside_s = (double)variants * block.beside_s + block.copies_s * tasks;
    const double block_s = all_s * block.shares + beside_s;

    return (struct ppt_size){
        .task_s = needs->task_s,
        .block_s = block_s,
        .beside_s = beside_s,
        /* They have to fit into what the first sizes may take. */
        .least_s =
            (config->warmup * (all_s / (double)variants * warm + pass_s * (double)warm_passes) +
             PPT_FEWEST_BLOCKS * block_s + (PPT_FEWEST_BLOCKS - 1) * config->wait_after_block_s) /
            ppt_size_first_share(config),
    };
}
