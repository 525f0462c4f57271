#include "plan.h"

#include <limits.h>

#include "rng.h"
#include "tasks.h"
#include "text.h"
#include "why.h"

struct ppt_plan_round ppt_plan_round(const struct ppt_config *config, unsigned block)
{
    const size_t all = config->variant_count > 0 ? config->variant_count : 1;
    size_t r = 0;

    while (r < config->round_count && config->rounds[r].first_block <= block) {
        r++;
    }
    const size_t first = r > 0 ? config->rounds[r - 1].variants_before : 0;
    const bool last = r == config->round_count, pressed = r > 0 && config->rounds[r - 1].pressed;

    return (struct ppt_plan_round){
        .first_block = r > 0 ? config->rounds[r - 1].first_block : 1,
        .first_variant = first,
        .variant_count = (last ? all : config->rounds[r].variants_before) - first,
        .last = last,
        .pressed = pressed,
        .blocks = pressed ? ppt_why_blocks(config) : config->blocks,
    };
}

/* Of every variant. */
static size_t points_of_each(const struct ppt_config *config)
{
    return config->point_count / (config->variant_count > 0 ? config->variant_count : 1);
}

size_t ppt_plan_block(const struct ppt_config *config, unsigned block, size_t *order)
{
    const struct ppt_plan_round round = ppt_plan_round(config, block);
    const size_t each = points_of_each(config);
    const size_t first = round.pressed ? config->point_count : round.first_variant * each;
    const size_t count = round.pressed ? config->pressed.point_count : round.variant_count * each;
    struct ppt_rng rng;

    ppt_rng_seed(&rng, config->seed, block, PPT_STREAM_PLAN);
    for (size_t i = 0; i < count; i++) {
        const size_t j = ppt_rng_below(&rng, i + 1);

        /* Fisher-Yates, filling as it goes. */
        if (j != i) {
            order[i] = order[j];
        }
        order[j] = first + i;
    }
    return count;
}

/* The last size at its largest point, and the first at its smallest. */
static size_t warm_sizes(const struct ppt_config *config, size_t *order)
{
    const struct ppt_plan_round round = ppt_plan_round(config, UINT_MAX);
    const size_t each = points_of_each(config);
    size_t count = 0;

    order[count++] = (round.first_variant + round.variant_count) * each - 1;
    if (round.variant_count * each > 1) {
        order[count++] = round.first_variant * each;
    }
    return count;
}

size_t ppt_plan_warmup(const struct ppt_config *config, size_t *order)
{
    const size_t each = points_of_each(config);
    size_t count = 0;

    if (config->variant_count > 0 && config->axis_count > 0) {
        return warm_sizes(config, order);
    }
    for (size_t first = config->point_count; first > 0;) {
        first -= each;
        order[count++] = first + each - 1;
        if (each > 1) {
            order[count++] = first;
        }
    }
    return count;
}

unsigned ppt_plan_process(const struct ppt_config *config, unsigned block)
{
    const bool each = config->processes == 0 || config->adaptive;
    const unsigned counted = block > 0 ? block : 1;

    /* Over MPI the processes are those of its job. */
    if (config->processes == 1 || ppt_config_ranks(config) > 0) {
        return 0;
    }
    return each || config->processes >= config->blocks
               ? counted
               : 1 + (unsigned)((uint64_t)(counted - 1) * config->processes / config->blocks);
}

static bool have_common_factor(uint64_t a, uint64_t b)
{
    while (b > 0) {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a > 1;
}

/* Multiples of about the golden ratio are spread evenly, however many there are; without a factor
 * in common with the count they meet every place. */
uint64_t ppt_plan_spread(uint64_t i, uint64_t count)
{
    uint64_t step = (uint64_t)((double)count * 0.6180339887498949) + 1;

    while (have_common_factor(step, count)) {
        step++;
    }
    return i * step % count;
}

uint64_t ppt_plan_passes(const struct ppt_config *config)
{
    size_t order[PPT_MOST_WARMUP];

    return (uint64_t)config->warmup * ppt_plan_warmup(config, order) +
           (uint64_t)config->blocks * config->point_count +
           (uint64_t)ppt_why_blocks(config) * config->pressed.point_count;
}

/* Blocks of a mix that are looked at, and tasks in all of them; later ones hardly hold a larger
 * task than all of these. Drawing more would take the time and memory that this is to spare. */
#define LOOKED_AT 100
#define TASKS_LOOKED_AT 2000000

/* The most of each need at a point over the blocks; of a mix every block has tasks of its own. */
static struct ppt_needs needs_at(const struct ppt_config *config, struct ppt_point point)
{
    struct ppt_needs most = {0};
    struct ppt_config part = *config;

    const unsigned blocks = !config->mix                 ? 0
                            : config->blocks < LOOKED_AT ? config->blocks
                                                         : LOOKED_AT;

    if (part.task_count > TASKS_LOOKED_AT / (blocks + 1)) {
        part.task_count = TASKS_LOOKED_AT / (blocks + 1);
    }
    for (unsigned block = 0; block <= blocks; block++) {
        struct ppt_tasks tasks;

        ppt_tasks_create(&part, block, &tasks);
        const struct ppt_needs needs = ppt_tasks_needs(&tasks, point);
        ppt_tasks_free(&tasks);
        ppt_needs_widen(&most, &needs);
    }
    return most;
}

/* What the bench itself takes, beside the kernels: recording, and the tasks of a mix. */
static uint64_t own_bytes(const struct ppt_config *config, unsigned workers)
{
    const uint64_t tasks = config->task_count * (config->per_worker ? workers : 1);

    return ppt_tasks_bytes(config) + (tasks <= PPT_MOST_TASK_TIMES
                                          ? tasks * PPT_TASK_RECORD_BYTES
                                          : (uint64_t)workers * PPT_WORKER_RECORD_BYTES);
}

static uint64_t memory_of(const struct ppt_config *config, struct ppt_point point,
                          const struct ppt_needs *needs)
{
    return ppt_bytes_plus(ppt_bytes_plus(needs->shared_bytes, needs->worker_bytes),
                          own_bytes(config, point.workers > 0 ? point.workers : 1));
}

uint64_t ppt_plan_memory(const struct ppt_config *config, struct ppt_point point)
{
    const struct ppt_needs needs = needs_at(config, point);

    return memory_of(config, point, &needs);
}

/* "4 workers of 2 inner threads": the most of each, in one process; calls have one worker. */
static const char *most_words(const struct ppt_config *config, char out[PPT_POINT_WORDS_SIZE])
{
    struct ppt_point most = ppt_config_most(config);

    most.workers += most.workers == 0;
    return ppt_point_words(
        most, PPT_ONLY(PPT_WORKERS) | (most.inner_threads > 1 ? PPT_ONLY(PPT_INNER_THREADS) : 0),
        "", " of ", out);
}

static enum ppt_status refuse(const struct ppt_config *config, const char *what, uint64_t needed,
                              uint64_t available, struct ppt_error *error)
{
    char needed_text[PPT_UNITS_SIZE], available_text[PPT_UNITS_SIZE], most[PPT_POINT_WORDS_SIZE];

    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s: task \"%s\" (%s) needs about %s of %s with %s, but %s is "
                    "available: use smaller arguments or fewer workers",
                    config->origin, config->task, config->details,
                    ppt_text_bytes(needed, needed_text), what, most_words(config, most),
                    ppt_text_bytes(available, available_text));
}

static enum ppt_status check_threads(const struct ppt_config *config, struct ppt_error *error)
{
    const struct ppt_point most = ppt_config_most(config);
    const unsigned threads = ppt_point_threads(ppt_point_of_rank(most));
    const char *kernel = NULL;
    const uint64_t limit = ppt_tasks_most_threads(config, &kernel);
    char words[PPT_POINT_WORDS_SIZE], right[PPT_POINT_WORDS_SIZE];
    struct ppt_point allowed = {.inner_threads = (unsigned)limit};

    if (limit == 0 || threads <= limit) {
        return PPT_OK;
    }
    const bool inner = most.inner_threads > limit;
    allowed.workers = (unsigned)(limit / most.inner_threads);
    ppt_point_words(allowed, PPT_ONLY(inner ? PPT_INNER_THREADS : PPT_WORKERS), "", "", right);
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s: %s %s %u threads, but the library behind task \"%s\" allows %u "
                    "in one process: use at most %s%s",
                    config->origin, most_words(config, words), most.workers > 1 ? "are" : "is",
                    threads, kernel, (unsigned)limit, right,
                    !inner && most.ranks > 0 ? " on each rank" : "");
}

enum ppt_status ppt_plan_check_needs(const struct ppt_config *config, uint64_t memory_bytes,
                                     uint64_t disk_bytes, struct ppt_error *error)
{
    /* The last point has the most workers and the most inner threads. */
    const struct ppt_needs needs = needs_at(config, ppt_config_most(config));
    const uint64_t memory = memory_of(config, ppt_config_most(config), &needs);

    if (memory > memory_bytes) {
        return refuse(config, "memory", memory, memory_bytes, error);
    }
    if (needs.disk_bytes > disk_bytes) {
        return refuse(config, "disk for temporary files", needs.disk_bytes, disk_bytes, error);
    }
    return check_threads(config, error);
}
