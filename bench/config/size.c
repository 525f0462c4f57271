#include "size.h"

#include <math.h>

#include "plan.h"

#define PASS_S 0.1         /* of the quickest pass: clocks and starts are small beside it */
#define TASKS_PER_WORKER 4 /* that unequal lengths even out */
#define BLOCKS 12          /* with the warm-up, that ten of them settle most choices */
#define WARM_LONGEST_S 0.1 /* of tasks that are longer the first ones are as good as the later */

/* Passes of one task take so many times as long at a point as a task does alone. */
static double share_of(struct ppt_point point, unsigned cpus)
{
    const unsigned threads = ppt_point_threads(point);

    /* The CPUs of other hosts are not counted. */
    return 1.0 / (point.ranks > 0 || threads < cpus ? threads : cpus);
}

/* Whole rounds of the most workers, if there are not too few of them. */
static uint64_t round_up(double tasks, uint64_t most)
{
    return (uint64_t)ceil(tasks / (double)most) * most;
}

struct ppt_size ppt_size_config(struct ppt_config *config, double task_s, unsigned cpus)
{
    const uint64_t most = ppt_point_running(ppt_config_most(config));
    double shares = 0, quickest = 1, warm = 0;
    size_t order[PPT_MOST_WARMUP];

    for (size_t i = 0; i < config->point_count; i++) {
        shares += share_of(config->points[i], cpus);
        quickest = fmin(quickest, share_of(config->points[i], cpus));
    }
    const double fitting = config->max_seconds / (BLOCKS * task_s * shares);
    const double enough = fmax(PASS_S / (quickest * task_s), (double)(TASKS_PER_WORKER * most));

    if (config->size_tasks) {
        config->task_count = round_up(fmax(fmin(fitting, enough), 1), most);
    }
    if (config->size_warmup) {
        config->warmup = task_s < WARM_LONGEST_S ? 1 : 0;
    }
    for (size_t i = ppt_plan_warmup(config, order); i-- > 0;) {
        warm += share_of(config->points[order[i]], cpus) * config->warmup;
    }
    const double all_s = task_s * (double)config->task_count;
    const double rest_s = config->wait_after_pass_s * (double)config->point_count;
    const double block_s = all_s * shares + rest_s;

    return (struct ppt_size){
        .task_s = task_s,
        .block_s = block_s,
        .least_s = all_s * warm + PPT_FEWEST_BLOCKS * block_s +
                   (PPT_FEWEST_BLOCKS - 1) * config->wait_after_block_s,
    };
}
