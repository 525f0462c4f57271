#include "size.h"

#include <math.h>

#include "plan.h"

#define PASS_S 0.1        /* of the quickest pass: clocks and starts are small beside it */
#define SHORT_PASS_S 0.02 /* and where another one would take more than: */
#define LONG_PASS_S 1.0
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

/* The same where threads inside a task are known to take more than they save. */
static double share_of_team(struct ppt_point point, const struct ppt_task_cost *time, unsigned cpus)
{
    const double threads = fmin(ppt_point_running(point), cpus);

    return point.inner_threads > 1 ? time->team_s / time->task_s / threads : 0;
}

/* Whole rounds of the most workers, if there are not too few of them. */
static uint64_t round_up(double tasks, uint64_t most)
{
    return (uint64_t)ceil(tasks / (double)most) * most;
}

/* What a block has of all points together. */
struct block {
    double shares;   /* of what its tasks would take one after the other */
    double quickest; /* the least of a point, */
    double slowest;  /* and the most of one with threads inside its tasks */
    double beside_s; /* beside its tasks, however many */
    double copies_s; /* for each task of a pass */
};

/* Those that are chosen here are enough for all workers. */
static uint64_t tasks_of(const struct ppt_config *config)
{
    return config->size_tasks ? UINT64_MAX : config->task_count;
}

/* Of one of several sizes, or of the task, which takes so long. */
static struct block block_of(const struct ppt_config *config, const struct ppt_size_needs *needs,
                             const struct ppt_task_cost *time)
{
    const size_t variants = needs->sizes ? config->variant_count : 1;
    const size_t count = config->point_count / variants;
    const double points = (double)count;
    const uint64_t tasks = tasks_of(config);
    struct block block = {.quickest = INFINITY,
                          .beside_s = points * (needs->pass_s + config->wait_after_pass_s),
                          .copies_s = points * needs->copy_s};

    for (size_t i = 0; i < count; i++) {
        /* Where tasks grow with the workers, each has as many as others. */
        const double times = config->per_worker ? ppt_point_running(config->points[i]) : 1;
        const double team = times * share_of_team(config->points[i], time, needs->cpus);
        const double share = fmax(times * share_of(config->points[i], tasks, needs->cpus), team);

        block.shares += share;
        block.quickest = fmin(block.quickest, share);
        block.slowest = fmax(block.slowest, team);
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

/* That the quickest pass lasts as long as it should, and the slowest not far too long. */
static double enough_tasks(const struct block *block, double task_s)
{
    const double quick = PASS_S / (block->quickest * task_s);
    const double slow = LONG_PASS_S / (block->slowest * task_s);

    return block->slowest > 0 ? fmax(fmin(quick, slow), quick * SHORT_PASS_S / PASS_S) : quick;
}

static uint64_t tasks_for(const struct ppt_config *config, const struct ppt_size_needs *needs,
                          const struct block *block, double task_s, double left_s)
{
    const uint64_t most = config->per_worker ? 1 : ppt_point_running(ppt_config_most(config));
    const double fitting = left_s / (task_s * block->shares + block->copies_s);
    const double enough = fmax(enough_tasks(block, task_s), (double)(TASKS_PER_WORKER * most));
    const uint64_t tasks = round_up(fmax(fmin(fitting, enough), 1), most);
    const uint64_t room = needs->most_tasks / most * most;

    return tasks <= room ? tasks : room > most ? room : most;
}

/* What a block takes where no size may take more than `most_s` of it. */
static double block_seconds(const struct ppt_config *config, const struct ppt_size_needs *needs,
                            double most_s)
{
    double sum = 0;

    for (size_t v = 0; v < config->variant_count; v++) {
        const double task_s = needs->sizes[v].task_s;
        const struct block block = block_of(config, needs, &needs->sizes[v]);

        sum += (double)tasks_for(config, needs, &block, task_s, most_s) *
               (task_s * block.shares + block.copies_s);
    }
    return sum;
}

/* The most that each may take, so that all fit. */
static double fair_share(const struct ppt_config *config, const struct ppt_size_needs *needs,
                         double left_s)
{
    double low = 0, high = left_s;

    if (block_seconds(config, needs, INFINITY) <= left_s) {
        return INFINITY;
    }
    for (int i = 0; i < 50; i++) {
        const double middle = (low + high) / 2;

        *(block_seconds(config, needs, middle) <= left_s ? &low : &high) = middle;
    }
    /* One that takes more by a single round of tasks is no reason to measure others badly. */
    return fmax(low, left_s / (double)config->variant_count);
}

static void size_each(struct ppt_config *config, const struct ppt_size_needs *needs)
{
    /* What comes beside tasks is the same for all. */
    const struct block any = block_of(config, needs, &needs->task);
    const double most_s =
        config->budget ? fair_share(config, needs, time_of(config, &any, config->variant_count))
                       : (double)INFINITY;

    config->task_count = 1;
    for (size_t v = 0; v < config->variant_count; v++) {
        struct ppt_use *use = &config->uses[v];

        const struct block block = block_of(config, needs, &needs->sizes[v]);

        use->task_count = tasks_for(config, needs, &block, needs->sizes[v].task_s, most_s);
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

/* All passes of a block together. */
struct sums {
    double tasks;
    double alone_s; /* what these take one after the other, alone, */
    double block_s; /* and at all points */
};

static void add_tasks(const struct ppt_config *config, const struct ppt_size_needs *needs,
                      const struct ppt_task_cost *time, double tasks, struct sums *sums)
{
    sums->tasks += tasks;
    sums->alone_s += tasks * time->task_s;
    sums->block_s += tasks * time->task_s * block_of(config, needs, time).shares;
}

static struct sums sum_up(const struct ppt_config *config, const struct ppt_size_needs *needs)
{
    struct sums sums = {0};

    for (size_t v = 0; needs->sizes && v < config->variant_count; v++) {
        const uint64_t own = config->uses[v].task_count;

        add_tasks(config, needs, &needs->sizes[v], (double)(own > 0 ? own : config->task_count),
                  &sums);
    }
    if (!needs->sizes) {
        add_tasks(config, needs, &needs->task, (double)config->task_count, &sums);
    }
    return sums;
}

/* How long the tasks of a pass arrive, which it lasts where workers keep up; 0: all are there. */
static double arrival_s(const struct ppt_config *config, struct ppt_point point)
{
    const struct ppt_arrivals arrivals = ppt_config_arrivals(config, point);

    return arrivals.time_count > 0 ? arrivals.times_s[arrivals.time_count - 1]
           : arrivals.rate > 0     ? (double)ppt_config_tasks(config, point) / arrivals.rate
                                   : 0;
}

/* What the tasks of a block and of a warm-up take. */
struct tasks_time {
    double block_s, warm_s;
};

static struct tasks_time time_of_arrivals(const struct ppt_config *config, const size_t *warm,
                                          size_t warm_count)
{
    struct tasks_time time = {0};

    for (size_t i = 0; i < config->point_count; i++) {
        time.block_s += arrival_s(config, config->points[i]);
    }
    for (size_t i = 0; i < warm_count; i++) {
        time.warm_s += arrival_s(config, config->points[warm[i]]);
    }
    return time;
}

struct ppt_size ppt_size_config(struct ppt_config *config, const struct ppt_size_needs *needs)
{
    const size_t variants = needs->sizes ? config->variant_count : 1;
    const double task_s = needs->task.task_s;
    const struct block block = block_of(config, needs, &needs->task);
    size_t order[PPT_MOST_WARMUP], warm_passes;
    double warm = 0;

    if (config->size_tasks && needs->sizes) {
        size_each(config, needs);
    } else if (config->size_tasks) {
        config->task_count = tasks_for(config, needs, &block, task_s, time_of(config, &block, 1));
    }
    if (config->size_warmup) {
        config->warmup = task_s < WARM_LONGEST_S ? 1 : 0;
    }
    warm_passes = ppt_plan_warmup(config, order);
    for (size_t i = warm_passes; i-- > 0;) {
        warm += share_of(config->points[order[i]], tasks_of(config), needs->cpus);
    }
    const struct sums sums = sum_up(config, needs);
    const double pass_s = needs->pass_s + needs->copy_s * sums.tasks / (double)variants;
    const double beside_s = (double)variants * block.beside_s + block.copies_s * sums.tasks;
    const struct tasks_time time =
        ppt_arrivals_exist(&config->arrivals)
            ? time_of_arrivals(config, order, warm_passes)
            : (struct tasks_time){sums.block_s, sums.alone_s / (double)variants * warm};
    const double block_s = time.block_s + beside_s;

    return (struct ppt_size){
        .task_s = task_s,
        .block_s = block_s,
        .beside_s = beside_s,
        /* They have to fit into what the first sizes may take. */
        .least_s =
            (config->warmup * (time.warm_s + pass_s * (double)warm_passes) +
             PPT_FEWEST_BLOCKS * block_s + (PPT_FEWEST_BLOCKS - 1) * config->wait_after_block_s) /
            ppt_size_first_share(config),
    };
}
