#include "sweep.h"

#include <malloc.h>
#include <stdlib.h>

#include "clock.h"
#include "interrupt.h"
#include "memory.h"
#include "pass.h"
#include "plan.h"
#include "progress.h"
#include "workload.h"

struct sweep {
    const struct ppt_config *config;
    const char *scratch;
    struct ppt_journal *journal;
    const struct ppt_sweep_judge *judge;
    struct ppt_samples *samples;
    struct ppt_recorder *recorder;
    struct ppt_progress *progress;
    struct ppt_workload workload;
    int64_t started_ns;
    bool open;
};

enum ppt_status ppt_sweep_check(const struct ppt_config *config, const char *scratch,
                                struct ppt_error *error)
{
    struct ppt_workload workload;
    const enum ppt_status status = ppt_workload_open(config, 0, scratch, &workload, error);

    if (status == PPT_OK) {
        ppt_workload_close(&workload);
    }
    return status;
}

/* A mix has other tasks in every block; otherwise kernels stay open for the whole sweep. */
static enum ppt_status open_block(struct sweep *sweep, unsigned block, struct ppt_error *error)
{
    enum ppt_status status;

    if (sweep->open && !sweep->config->mix) {
        return PPT_OK;
    }
    if (sweep->open) {
        ppt_workload_close(&sweep->workload);
        sweep->open = false;
    }
    status = ppt_workload_open(sweep->config, block, sweep->scratch, &sweep->workload, error);
    sweep->open = status == PPT_OK;
    if (status == PPT_OK && sweep->config->mix &&
        sweep->config->task_count <= PPT_MOST_TASK_TIMES) {
        status = ppt_journal_tasks(sweep->journal, block, &sweep->workload.tasks, error);
    }
    return status;
}

static enum ppt_status run_pass(struct sweep *sweep, unsigned block, size_t point,
                                struct ppt_error *error)
{
    const int64_t started_ns = ppt_clock_ns() - sweep->started_ns;
    struct ppt_sample sample;
    enum ppt_status status;

    ppt_progress_before(sweep->progress, block, point);
    status = ppt_pass_run(&sweep->workload, sweep->config->points[point], sweep->recorder, &sample,
                          error);
    if (status != PPT_OK) {
        return status;
    }
    sample.block = block;
    sample.position = sweep->samples->count;
    sample.started_ns = started_ns;
    ppt_progress_after(sweep->progress, point, sample.total_ns);
    status = ppt_journal_pass(sweep->journal, &sample, error);
    ppt_samples_add(sweep->samples, &sample);
    ppt_clock_sleep(sweep->config->wait_after_pass_s, &ppt_interrupted);
    return status;
}

enum ppt_status ppt_sweep_compare(const struct ppt_config *config,
                                  const struct ppt_samples *samples, unsigned block,
                                  struct ppt_error *error)
{
    const struct ppt_sample *reference = NULL;

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        if ((!config->mix || sample->block == block) &&
            (!reference || ppt_point_compare(&sample->point, &reference->point) < 0)) {
            reference = sample;
        }
    }
    for (size_t i = 0; reference && i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        if ((!config->mix || sample->block == block) && sample->digest != reference->digest) {
            const bool with_inner = config->inner_count > 1;
            char here[PPT_POINT_SIZE], there[PPT_POINT_SIZE];

            return ppt_fail(error, PPT_DIFFERS,
                            "task \"%s\" computes different results at %s and at %s workers "
                            "(digests %016llx and %016llx): its figures mean nothing",
                            config->task, ppt_point_label(reference->point, with_inner, there),
                            ppt_point_label(sample->point, with_inner, here),
                            (unsigned long long)reference->digest,
                            (unsigned long long)sample->digest);
        }
    }
    return PPT_OK;
}

/* How many passes of the block there are already, and in *first the place of the first of them.
 * Fails when they are not those that the plan begins with. */
static enum ppt_status find_done(const struct sweep *sweep, unsigned block, const size_t *order,
                                 size_t count, size_t *first, size_t *done, struct ppt_error *error)
{
    const struct ppt_samples *samples = sweep->samples;

    *first = samples->count;
    *done = 0;
    for (size_t i = 0; block > 0 && i < samples->count; i++) {
        if (samples->items[i].block != block) {
            continue;
        }
        if (*done == count ||
            !ppt_point_same(samples->items[i].point, sweep->config->points[order[*done]])) {
            return ppt_fail(error, PPT_BAD_INPUT,
                            "the recorded passes of block %u are not in the order of the plan",
                            block);
        }
        *first = *done == 0 ? i : *first;
        ++*done;
    }
    return PPT_OK;
}

static enum ppt_status run_block(struct sweep *sweep, unsigned block, const size_t *order,
                                 size_t count, struct ppt_error *error)
{
    size_t first, done;
    enum ppt_status status = find_done(sweep, block, order, count, &first, &done, error);

    if (status == PPT_OK && done == count) {
        return PPT_OK;
    }
    if (status == PPT_OK) {
        status = open_block(sweep, block, error);
    }
    for (size_t i = done; i < count && status == PPT_OK; i++) {
        status = run_pass(sweep, block, order[i], error);
        if (status == PPT_OK && ppt_interrupted) {
            status = ppt_fail(error, PPT_INTERRUPTED, "interrupted");
        }
    }
    if (status == PPT_OK || status == PPT_INTERRUPTED) {
        /* Of a plain task all passes have the same results, the warm-up included. */
        const size_t from = sweep->config->mix ? first : 0;
        const struct ppt_samples same = {sweep->samples->items + from,
                                         sweep->samples->count - from};
        struct ppt_error difference;

        if (ppt_sweep_compare(sweep->config, &same, block, &difference) != PPT_OK) {
            *error = difference;
            status = PPT_DIFFERS;
        }
    }
    return status;
}

/* Whether the block was the last one. */
static bool is_last(const struct sweep *sweep, unsigned block)
{
    const struct ppt_config *config = sweep->config;
    const double seconds = (double)(ppt_clock_ns() - sweep->started_ns) * 1e-9;

    if (block >= config->blocks) {
        return true;
    }
    if (!config->adaptive) {
        return false;
    }
    return seconds >= config->max_seconds ||
           (block >= PPT_ADAPTIVE_FIRST && (block - PPT_ADAPTIVE_FIRST) % PPT_ADAPTIVE_STEP == 0 &&
            sweep->judge->enough(sweep->samples, sweep->judge->context));
}

static enum ppt_status run_all(struct sweep *sweep, struct ppt_error *error)
{
    const struct ppt_config *config = sweep->config;
    size_t *order = ppt_alloc(config->point_count, sizeof(*order));
    enum ppt_status status = PPT_OK;

    for (unsigned i = 0; i < config->warmup && status == PPT_OK; i++) {
        size_t warmup[2];
        const size_t count = ppt_plan_warmup(config, warmup);

        status = run_block(sweep, 0, warmup, count, error);
    }
    bool last = false;
    for (unsigned block = 1; !last && status == PPT_OK; block++) {
        const size_t before = sweep->samples->count;

        ppt_plan_block(config, block, order);
        status = run_block(sweep, block, order, config->point_count, error);
        if (config->trim_after_block) {
            malloc_trim(0);
        }
        last = status == PPT_OK && is_last(sweep, block);
        if (status == PPT_OK && !last && sweep->samples->count > before) {
            ppt_clock_sleep(config->wait_after_block_s, &ppt_interrupted);
        }
    }
    free(order);
    return status;
}

/* How long a run had been going on when its last pass ended. */
static int64_t measured_ns(const struct ppt_samples *samples)
{
    const struct ppt_sample *last = samples->count > 0 ? &samples->items[samples->count - 1] : NULL;

    return last ? last->started_ns + last->total_ns : 0;
}

enum ppt_status ppt_sweep_run(const struct ppt_config *config, const char *scratch,
                              struct ppt_journal *journal, const struct ppt_sweep_judge *judge,
                              struct ppt_samples *samples, struct ppt_error *error)
{
    struct sweep sweep = {
        .config = config,
        .scratch = scratch,
        .journal = journal,
        .judge = judge,
        .samples = samples,
        .recorder = ppt_recorder_create(),
        .progress = ppt_progress_create(judge->progress, config),
        .started_ns = ppt_clock_ns() - measured_ns(samples),
    };
    const enum ppt_status status = run_all(&sweep, error);

    if (sweep.open) {
        ppt_workload_close(&sweep.workload);
    }
    ppt_progress_destroy(sweep.progress);
    ppt_recorder_destroy(sweep.recorder);
    return status;
}
