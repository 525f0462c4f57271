#include "sweep.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "footprint.h"
#include "hooks.h"
#include "interrupt.h"
#include "memory.h"
#include "owned.h"
#include "pass.h"
#include "plan.h"
#include "process.h"
#include "progress.h"
#include "runtime.h"
#include "sandbox.h"
#include "text.h"
#include "why.h"
#include "workload.h"

/* A pass of before that is not run again: not one of the warm-up. */
struct earlier_pass {
    unsigned block;
    size_t sample;
};

struct sweep {
    const struct ppt_config *config;
    struct ppt_dirs dirs;
    struct ppt_journal *journal;
    const struct ppt_sweep_judge *judge;
    struct ppt_samples *samples;
    struct ppt_compared compared; /* of a plain task */
    struct earlier_pass *earlier; /* block by block, in the order they ran */
    size_t earlier_count;
    size_t again_count; /* of these: those that were measured again */
    size_t seen;        /* of these: those of blocks that were begun */
    struct ppt_stopwatches *watches;
    struct ppt_progress *progress;
    struct ppt_process *process;  /* where passes run; NULL: in this one, or none has begun */
    unsigned process_number;      /* of the run's */
    struct ppt_workload workload; /* of this process */
    struct ppt_hooks *hooks;      /* of the command before each pass */
    struct ppt_sandbox sandbox;
    int64_t started_ns;
    double round_began_s;
    int64_t beside_ns; /* what the last pass took beside what it measured */
    bool alone;        /* no other process can be started */
    bool open;         /* here, or in the other process */
    unsigned opened;   /* for this block */
    bool resting;      /* a pass has run */
};

enum ppt_status ppt_sweep_check(const struct ppt_config *config,
                                const struct ppt_workspace *scratch, unsigned neighbours,
                                uint64_t memory_bytes, struct ppt_error *error)
{
    const struct ppt_dirs dirs = {.scratch = &scratch->folder};
    const uint64_t tasks = config->size_tasks ? 1 : config->task_count;
    struct ppt_workload workload;
    struct ppt_error problem;

    PPT_TRY(ppt_plan_check_needs(config, memory_bytes / neighbours,
                                 ppt_workspace_available(scratch) / neighbours, error));
    /* This process is there while another one measures. */
    PPT_TRY(ppt_runtime_check_threads(ppt_config_most(config),
                                      config->processes != 1 && ppt_process_possible(), error));
    PPT_TRY(ppt_sandbox_check(config, tasks, scratch, error));
    const enum ppt_status status = ppt_workload_open(config, 0, &dirs, &workload, &problem);
    if (status != PPT_OK) {
        /* A kernel does not know which configuration its arguments come from. */
        return ppt_fail(error, status, "%s: %s", config->args_origin, problem.text);
    }
    ppt_workload_close(&workload);
    return PPT_OK;
}

static void close_block(struct sweep *sweep)
{
    if (sweep->open && !sweep->process) {
        ppt_workload_close(&sweep->workload);
    }
    sweep->open = false;
}

static void end_process(struct sweep *sweep)
{
    ppt_process_end(sweep->process);
    sweep->process = NULL;
    sweep->open = false;
}

/* Tasks that are longer do not notice that a process is young, and one of them for nothing would be
 * long. Of tasks outside of this process nothing is left behind in it. */
#define WARM_LONGEST_NS 100000000

static bool is_warming_worth_it(const struct sweep *sweep)
{
    const struct ppt_samples *samples = sweep->samples;

    return sweep->config->warmup > 0 && !sweep->config->uses[0].kernel->outside &&
           samples->count > 0 &&
           samples->items[samples->count - 1].times.median_ns < WARM_LONGEST_NS;
}

/* The tasks of a block, in the process that it is to be measured in. */
static enum ppt_status open_there(struct sweep *sweep, unsigned block, unsigned number,
                                  struct ppt_error *error)
{
    const bool begins = !sweep->process;

    if (begins) {
        PPT_TRY(ppt_process_start(sweep->config, &sweep->dirs, sweep->progress, &sweep->process,
                                  error));
        sweep->process_number = number;
    }
    return ppt_process_open(sweep->process, block, begins && is_warming_worth_it(sweep), error);
}

static enum ppt_status journal_tasks(const struct sweep *sweep, unsigned block,
                                     struct ppt_error *error)
{
    const struct ppt_config *config = sweep->config;
    struct ppt_tasks tasks PPT_OWNED(ppt_tasks_free) = {0};

    if (!config->mix || config->task_count > PPT_MOST_TASK_TIMES) {
        return PPT_OK;
    }
    ppt_tasks_create(config, block, &tasks);
    return ppt_journal_tasks(sweep->journal, block, &tasks, error);
}

/* A mix has other tasks in every block; otherwise kernels stay open for all blocks of a process. */
static enum ppt_status open_block(struct sweep *sweep, unsigned block, struct ppt_error *error)
{
    const unsigned number = sweep->alone ? 0 : ppt_plan_process(sweep->config, block);

    if (sweep->process && sweep->process_number != number) {
        end_process(sweep);
    }
    if (sweep->open && sweep->opened == block) {
        return PPT_OK;
    }
    if (number > 0) {
        const enum ppt_status status = open_there(sweep, block, number, error);

        if (status != PPT_OK) {
            return ppt_interrupted ? ppt_fail(error, PPT_INTERRUPTED, "interrupted") : status;
        }
    } else if (!sweep->open || sweep->config->mix) {
        close_block(sweep);
        PPT_TRY(ppt_workload_open(sweep->config, block, &sweep->dirs, &sweep->workload, error));
    }
    sweep->workload.block = block;
    sweep->open = true;
    sweep->opened = block;
    return journal_tasks(sweep, block, error);
}

/* The process that measured is gone: what is complete is not. */
static enum ppt_status tell_loss(const struct sweep *sweep, unsigned block, struct ppt_point point,
                                 struct ppt_error *error)
{
    const struct ppt_error cause = *error;
    char words[PPT_POINT_SIZE];

    return ppt_fail(
        error, PPT_FAILED,
        "%s, at %s workers in iteration %u; to see what is complete: ppt-omp report %s, to "
        "go on: ppt-omp resume %s",
        cause.text, ppt_point_label(point, ppt_config_several(sweep->config), words), block,
        sweep->dirs.results->path, sweep->dirs.results->path);
}

/* From here on the point is skipped. What would fail everywhere ends the sweep instead. Where
 * nothing can be pressed on, no task has failed. */
static enum ppt_status leave_out(struct sweep *sweep, unsigned block, struct ppt_point point,
                                 enum ppt_status status, struct ppt_error *error)
{
    const struct ppt_samples *samples = sweep->samples;

    if (sweep->judge->engine && sweep->judge->engine->broken(sweep->judge->engine->context)) {
        return PPT_FAILED;
    }
    if (sweep->process && ppt_process_is_lost(sweep->process)) {
        return tell_loss(sweep, block, point, error);
    }
    if (ppt_folder_is_gone(sweep->dirs.scratch)) {
        return ppt_fail(error, PPT_FAILED, "%s: the folder for temporary files is gone",
                        sweep->dirs.scratch->path);
    }
    const bool withheld = point.pressure > 0 && status == PPT_UNSUPPORTED;

    ppt_samples_fail(sweep->samples, &(struct ppt_failure){block, point, error->text, withheld});
    return ppt_journal_failed(sweep->journal, &samples->failures[samples->failure_count - 1],
                              error);
}

/* ---- memory ---- */

static bool is_outside(const struct sweep *sweep)
{
    return !sweep->config->mix && sweep->config->uses[0].kernel->outside;
}

/* What a pass at a point would take, by those that ran at others, or else by what its kernels need;
 * 0: it is not known, or one has run there. */
static double would_take(const struct sweep *sweep, struct ppt_point at)
{
    const struct ppt_footprint footprint = ppt_footprint_of(sweep->samples, at, is_outside(sweep));

    if (ppt_footprint_seen(sweep->samples, at) > 0) {
        return 0;
    }
    return footprint.known ? ppt_footprint_at(&footprint, ppt_point_running(at))
                           : (double)ppt_plan_memory(sweep->config, at);
}

/* Whether a pass at a point may take more than there is; then *bytes is how much. Over ranks there
 * are other hosts. */
static bool is_too_large(const struct sweep *sweep, struct ppt_point at, double *bytes)
{
    const uint64_t limit = sweep->judge->memory_bytes;

    *bytes = limit > 0 && at.ranks == 0 ? would_take(sweep, at) : 0;
    return *bytes > 0 && !ppt_memory_fits(*bytes, limit);
}

/* The point is not run, now or later. */
static enum ppt_status withhold(struct sweep *sweep, unsigned block, struct ppt_point at,
                                double bytes, struct ppt_error *error)
{
    const struct ppt_samples *samples = sweep->samples;
    char needed[PPT_UNITS_SIZE], limit[PPT_UNITS_SIZE];
    char *message PPT_FREED = ppt_text_format(
        "it would take about %s of memory, of %s that may be used, and a tenth is "
        "kept free",
        ppt_text_bytes((uint64_t)bytes, needed), ppt_text_bytes(sweep->judge->memory_bytes, limit));

    ppt_samples_fail(sweep->samples, &(struct ppt_failure){block, at, message, true});
    return ppt_journal_failed(sweep->journal, &samples->failures[samples->failure_count - 1],
                              error);
}

/* What a pass finds, and is in none of its figures. */
static enum ppt_status prepare_pass(struct sweep *sweep, struct ppt_point point,
                                    struct ppt_error *error)
{
    const uint64_t tasks = ppt_config_tasks(sweep->config, point);

    PPT_TRY(ppt_hooks_run(sweep->hooks, PPT_HOOK_PREPARE, error));
    return ppt_sandbox_fill(&sweep->sandbox, sweep->config, tasks, tasks, sweep->dirs.scratch,
                            error);
}

/* Whether a pass of the same variant has ended well. */
static bool has_run(const struct ppt_samples *samples, struct ppt_point point)
{
    size_t i = samples->count;

    while (i > 0 && ppt_point_variant(samples->items[i - 1].point) != ppt_point_variant(point)) {
        i--;
    }
    return i > 0;
}

static enum ppt_status measure_pass(struct sweep *sweep, unsigned block, struct ppt_point at,
                                    struct ppt_sample *sample, struct ppt_error *error)
{
    const struct ppt_engine *engine = sweep->judge->engine;
    const struct ppt_found found = {has_run(sweep->samples, at), sweep->sandbox.work_dir};

    const uint64_t at_most = at.pressure > 0 ? ppt_config_tasks(sweep->config, at) : 0;

    if (sweep->process) {
        return ppt_process_pass(sweep->process, at, at_most, found, sample, error);
    }
    sweep->workload.at_most = at_most;
    sweep->workload.found = found;
    return at.ranks > 0 ? engine->run(engine->context, &sweep->workload, block, at, sweep->watches,
                                      sample, error)
                        : ppt_pass_run(&sweep->workload, at, sweep->watches, sample, error);
}

static enum ppt_status run_pass(struct sweep *sweep, unsigned block, size_t point, bool again,
                                struct ppt_error *error)
{
    const struct ppt_point at = sweep->config->points[point];
    struct ppt_sample sample;
    enum ppt_status status;
    double bytes;

    if (is_too_large(sweep, at, &bytes)) {
        return withhold(sweep, block, at, bytes, error);
    }
    /* After every pass but the last one. */
    if (sweep->resting) {
        ppt_clock_sleep(sweep->config->wait_after_pass_s, &ppt_interrupted);
    }
    sweep->resting = true;
    ppt_progress_before(sweep->progress, block, point);
    const int64_t begun_ns = ppt_clock_ns();
    PPT_TRY(prepare_pass(sweep, at, error));
    status = measure_pass(sweep, block, at, &sample, error);
    ppt_sandbox_empty(&sweep->sandbox);
    const int64_t took_ns = ppt_clock_ns() - begun_ns;
    ppt_progress_idle(sweep->progress);
    if (status == PPT_INTERRUPTED || (status != PPT_OK && ppt_interrupted)) {
        return ppt_fail(error, PPT_INTERRUPTED, "interrupted");
    }
    if (status != PPT_OK) {
        return leave_out(sweep, block, at, status, error);
    }
    sample.block = block;
    sample.process = sweep->process ? sweep->process_number : 0;
    sample.again = again;
    sample.position = sweep->samples->count;
    sample.started_ns -= sweep->started_ns;
    sweep->beside_ns = took_ns - ppt_sample_wall_ns(&sample);
    if (!again) {
        ppt_progress_after(sweep->progress, block, point, took_ns);
    }
    status = ppt_journal_pass(sweep->journal, &sample, error);
    ppt_samples_add(sweep->samples, &sample);
    return status;
}

static enum ppt_status fail_different(const struct ppt_config *config,
                                      const struct ppt_sample *reference,
                                      const struct ppt_sample *sample, struct ppt_error *error)
{
    const unsigned several = ppt_config_several(config);
    char here[PPT_POINT_SIZE], there[PPT_POINT_SIZE];

    return ppt_fail(error, PPT_DIFFERS,
                    "task \"%s\" computes different results at %s and at %s workers "
                    "(digests %016llx and %016llx): its figures mean nothing",
                    ppt_config_label(config, sample->point),
                    ppt_point_label(ppt_point_of_variant(reference->point), several, there),
                    ppt_point_label(ppt_point_of_variant(sample->point), several, here),
                    (unsigned long long)reference->digest, (unsigned long long)sample->digest);
}

/* Those of before are alike: the reference that they had stands for all of them. */
static enum ppt_status compare_references(const struct ppt_config *config,
                                          const struct ppt_sample *items,
                                          const struct ppt_compared *before,
                                          const struct ppt_compared *now, struct ppt_error *error)
{
    for (size_t p = 0; p <= PPT_MOST_VARIANTS + 1; p++) {
        const size_t old = before->references[p], new = now->references[p];

        if (old > 0 && items[old - 1].task_count == items[new - 1].task_count &&
            items[old - 1].digest != items[new - 1].digest) {
            return fail_different(config, &items[new - 1], &items[old - 1], error);
        }
    }
    return PPT_OK;
}

/* Of a variant, or of passes under pressure, which have a number of tasks of their own. */
static unsigned reference_of(struct ppt_point point)
{
    return point.pressure > 0 ? PPT_MOST_VARIANTS + 1 : ppt_point_variant(point);
}

enum ppt_status ppt_sweep_compare(const struct ppt_config *config,
                                  const struct ppt_samples *samples, unsigned block,
                                  struct ppt_compared *compared, struct ppt_error *error)
{
    const struct ppt_sample *const items = samples->items;
    struct ppt_compared now = *compared;

    now.count = samples->count;
    for (size_t i = compared->count; i < samples->count; i++) {
        size_t *reference = &now.references[reference_of(items[i].point)];

        if ((!config->mix || items[i].block == block) &&
            (*reference == 0 ||
             ppt_point_compare(&items[i].point, &items[*reference - 1].point) < 0)) {
            *reference = i + 1;
        }
    }
    PPT_TRY(compare_references(config, items, compared, &now, error));
    for (size_t i = compared->count; i < samples->count; i++) {
        const size_t reference = now.references[reference_of(items[i].point)];

        if ((!config->mix || items[i].block == block) &&
            items[i].task_count == items[reference - 1].task_count &&
            items[i].digest != items[reference - 1].digest) {
            return fail_different(config, &items[reference - 1], &items[i], error);
        }
    }
    *compared = now;
    return PPT_OK;
}

static bool has_failed(const struct sweep *sweep, size_t point)
{
    return ppt_samples_failed(sweep->samples, sweep->config->points[point]);
}

/* The place in the order of the first pass of the block that is still to be run, or `count`, and in
 * *first the place of the block's first sample. Points that failed may have passes of before.
 * Fails when the passes of before are not those that the plan begins with. */
static enum ppt_status find_next(struct sweep *sweep, unsigned block, const size_t *order,
                                 size_t count, size_t *first, size_t *next, struct ppt_error *error)
{
    const struct ppt_samples *samples = sweep->samples;
    const struct ppt_point *points = sweep->config->points;

    *first = samples->count;
    *next = 0;
    for (; sweep->seen < sweep->earlier_count && sweep->earlier[sweep->seen].block == block;
         sweep->seen++) {
        const size_t i = sweep->earlier[sweep->seen].sample;
        const struct ppt_sample *sample = &samples->items[i];

        if (sample->again) {
            continue; /* the judge finds its way by itself */
        }
        while (*next < count && !ppt_point_same(sample->point, points[order[*next]]) &&
               has_failed(sweep, order[*next])) {
            ++*next;
        }
        if (*next == count || !ppt_point_same(sample->point, points[order[*next]])) {
            return ppt_fail(error, PPT_BAD_INPUT,
                            "the recorded passes of iteration %u are not in the order of the plan",
                            block);
        }
        *first = *first == samples->count ? i : *first;
        ++*next;
    }
    while (*next < count && has_failed(sweep, order[*next])) {
        ++*next;
    }
    return PPT_OK;
}

/* Those of a block from that place in the order on. */
static enum ppt_status run_passes(struct sweep *sweep, unsigned block, const size_t *order,
                                  size_t count, struct ppt_error *error)
{
    PPT_TRY(open_block(sweep, block, error));
    for (size_t i = 0; i < count; i++) {
        if (!has_failed(sweep, order[i])) {
            PPT_TRY(run_pass(sweep, block, order[i], false, error));
        }
        if (ppt_interrupted) {
            return ppt_fail(error, PPT_INTERRUPTED, "interrupted");
        }
    }
    return PPT_OK;
}

static size_t find_point(const struct sweep *sweep, struct ppt_point point)
{
    size_t i = 0;

    while (!ppt_point_same(sweep->config->points[i], point)) {
        i++;
    }
    return i;
}

static double seconds_of(const struct sweep *sweep)
{
    return (double)(ppt_clock_ns() - sweep->started_ns) * 1e-9;
}

/* So long an adaptive run may have taken. */
static double most_seconds(const struct sweep *sweep)
{
    return sweep->judge->max_seconds > 0 ? sweep->judge->max_seconds : sweep->config->max_seconds;
}

/* Whether there is time to measure a pass again, and for the blocks that a verdict needs: they come
 * first. */
static bool has_time(const struct sweep *sweep, unsigned block, const struct ppt_sample *sample)
{
    const double seconds = seconds_of(sweep);
    const double needed =
        block < PPT_FEWEST_BLOCKS ? (PPT_FEWEST_BLOCKS - block) * seconds / block : 0;

    return !sweep->config->adaptive ||
           seconds + needed + (double)(ppt_sample_wall_ns(sample) + sweep->beside_ns) * 1e-9 <=
               most_seconds(sweep);
}

/* What of the block the judge wants to be measured again. Nothing of a block that others have
 * followed: *some says whether anything was. */
static enum ppt_status run_again(struct sweep *sweep, unsigned block, bool *some,
                                 struct ppt_error *error)
{
    const struct ppt_samples *samples = sweep->samples;
    const bool is_over = sweep->seen < sweep->earlier_count;
    size_t next;

    *some = false;
    while (block > 0 && !is_over && sweep->judge->again &&
           !ppt_plan_round(sweep->config, block).pressed &&
           (next = sweep->judge->again(samples, block)) != SIZE_MAX &&
           has_time(sweep, block, &samples->items[next])) {
        *some = true;
        PPT_TRY(open_block(sweep, block, error));
        PPT_TRY(run_pass(sweep, block, find_point(sweep, samples->items[next].point), true, error));
        if (ppt_interrupted) {
            return ppt_fail(error, PPT_INTERRUPTED, "interrupted");
        }
    }
    return PPT_OK;
}

/* `first`: the block's first sample. Of a plain task all passes have the same results, the warm-up
 * included. */
static enum ppt_status compare_block(struct sweep *sweep, unsigned block, size_t first,
                                     struct ppt_error *error)
{
    const size_t from = sweep->config->mix ? first : 0;
    struct ppt_compared nothing = {0};
    const struct ppt_samples same = {.items = sweep->samples->items + from,
                                     .count = sweep->samples->count - from};

    return ppt_sweep_compare(sweep->config, &same, block,
                             sweep->config->mix ? &nothing : &sweep->compared, error);
}

static enum ppt_status run_block(struct sweep *sweep, unsigned block, const size_t *order,
                                 size_t count, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    size_t first, next;
    bool some = false;

    PPT_TRY(find_next(sweep, block, order, count, &first, &next, error));
    if (next < count) {
        status = run_passes(sweep, block, order + next, count - next, error);
    }
    if (status == PPT_OK) {
        status = run_again(sweep, block, &some, error);
    }
    if ((next < count || some) && (status == PPT_OK || status == PPT_INTERRUPTED)) {
        PPT_TRY(compare_block(sweep, block, first, error));
    }
    return status;
}

/* Whether all points of a block have failed. */
static bool have_all_failed(const struct sweep *sweep, const size_t *order, size_t count)
{
    size_t failed = 0;

    while (failed < count && has_failed(sweep, order[failed])) {
        failed++;
    }
    return failed == count;
}

/* Whether the block was the last one of its round, and no other round follows. */
static bool is_last(const struct sweep *sweep, unsigned block, const size_t *order, size_t count)
{
    const struct ppt_config *config = sweep->config;
    const struct ppt_plan_round round = ppt_plan_round(config, block);
    const unsigned done = block - round.first_block + 1;
    const double seconds = seconds_of(sweep);

    if (!round.last) {
        return false;
    }
    if (done >= round.blocks || block >= PPT_MOST_BLOCKS || have_all_failed(sweep, order, count)) {
        return true;
    }
    if (!config->adaptive) {
        return false;
    }
    /* The next block takes as long as these did. */
    const double next =
        done < PPT_FEWEST_BLOCKS ? 0 : (seconds - sweep->round_began_s) / (double)done;

    if (round.pressed && done < PPT_WHY_FEWEST_BLOCKS) {
        return false; /* it is what was asked for */
    }
    return seconds + next >= most_seconds(sweep) ||
           (done >= PPT_ADAPTIVE_FIRST && (done - PPT_ADAPTIVE_FIRST) % PPT_ADAPTIVE_STEP == 0 &&
            sweep->judge->enough(sweep->samples, sweep->judge->context));
}

/* When a block began, which may have been before the run was gone on with. */
static double began_s(const struct sweep *sweep, unsigned block)
{
    for (size_t i = 0; i < sweep->earlier_count; i++) {
        if (sweep->earlier[i].block >= block) {
            return (double)sweep->samples->items[sweep->earlier[i].sample].started_ns * 1e-9;
        }
    }
    return seconds_of(sweep);
}

/* The fewest workers first: they tell what memory the most would take. */
static void turn_around(size_t *order, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        const size_t first = order[i];

        order[i] = order[count - 1 - i];
        order[count - 1 - i] = first;
    }
}

static enum ppt_status run_all(struct sweep *sweep, struct ppt_error *error)
{
    const struct ppt_config *config = sweep->config;
    size_t *order PPT_FREED = ppt_alloc(ppt_plan_room(config), sizeof(*order));

    for (unsigned i = 0; i < config->warmup; i++) {
        size_t warmup[PPT_MOST_WARMUP];
        const size_t count = ppt_plan_warmup(config, warmup);

        if (is_outside(sweep)) {
            turn_around(warmup, count);
        }
        PPT_TRY(run_block(sweep, 0, warmup, count, error));
    }
    for (unsigned block = 1;; block++) {
        const size_t before = sweep->samples->count;
        const size_t count = ppt_plan_block(config, block, order);

        if (block > 1 && ppt_plan_round(config, block).first_block == block) {
            sweep->round_began_s = began_s(sweep, block);
        }
        PPT_TRY(run_block(sweep, block, order, count, error));
        if (config->trim_after_block) {
            malloc_trim(0);
        }
        if (is_last(sweep, block, order, count)) {
            return PPT_OK;
        }
        if (sweep->samples->count > before) {
            ppt_clock_sleep(config->wait_after_block_s, &ppt_interrupted);
        }
    }
}

/* How long a run had been going on when its last pass ended. */
static int64_t measured_ns(const struct ppt_samples *samples)
{
    const struct ppt_sample *last = samples->count > 0 ? &samples->items[samples->count - 1] : NULL;

    return last ? last->started_ns + ppt_sample_wall_ns(last) : 0;
}

static int compare_earlier(const void *a, const void *b)
{
    const struct earlier_pass *const x = a, *const y = b;

    return x->block != y->block ? (x->block > y->block) - (x->block < y->block)
                                : (x->sample > y->sample) - (x->sample < y->sample);
}

static void list_earlier(struct sweep *sweep)
{
    const struct ppt_samples *samples = sweep->samples;

    sweep->earlier = ppt_alloc(samples->count, sizeof(*sweep->earlier));
    for (size_t i = 0; i < samples->count; i++) {
        if (samples->items[i].block > 0) {
            sweep->again_count += samples->items[i].again;
            sweep->earlier[sweep->earlier_count++] =
                (struct earlier_pass){samples->items[i].block, i};
        }
    }
    qsort(sweep->earlier, sweep->earlier_count, sizeof(*sweep->earlier), compare_earlier);
}

/* malloc keeps memory back once it has seen large blocks freed: then what "fresh" costs would
 * depend on the tasks before, of another run even. With thresholds given (those that malloc starts
 * with) every block beyond them is new pages, always. */
void ppt_sweep_set_up_memory(const struct ppt_config *config)
{
    if (config->memory == PPT_MEMORY_FRESH) {
        mallopt(M_MMAP_THRESHOLD, 128 * 1024);
        mallopt(M_TRIM_THRESHOLD, 128 * 1024);
    }
}

static void sweep_end(struct sweep *sweep)
{
    close_block(sweep);
    end_process(sweep);
    ppt_hooks_destroy(sweep->hooks);
    ppt_sandbox_empty(&sweep->sandbox);
    ppt_progress_destroy(sweep->progress);
    ppt_stopwatches_destroy(sweep->watches);
    free(sweep->earlier);
}

enum ppt_status ppt_sweep_run(const struct ppt_config *config, const struct ppt_dirs *dirs,
                              struct ppt_journal *journal, const struct ppt_sweep_judge *judge,
                              struct ppt_samples *samples, struct ppt_error *error)
{
    struct sweep sweep PPT_OWNED(sweep_end) = {
        .config = config,
        .dirs = *dirs,
        .journal = journal,
        .judge = judge,
        .samples = samples,
        .watches = ppt_stopwatches_create(),
        .started_ns = ppt_clock_ns() - measured_ns(samples),
        /* Started by mpirun, another process would take itself for one of the job. */
        .alone = judge->engine || !ppt_process_possible(),
    };
    list_earlier(&sweep);
    sweep.progress =
        ppt_progress_create(judge->progress, config, sweep.earlier_count - sweep.again_count);
    ppt_progress_began(sweep.progress, sweep.started_ns);
    ppt_sweep_set_up_memory(config);
    if (config->prepare) {
        PPT_TRY(ppt_hooks_create(config, &sweep.hooks, error));
    }
    if (ppt_config_ranks(config) > 0) {
        PPT_TRY(judge->engine->prepare(judge->engine->context, config, false, error));
    }
    return run_all(&sweep, error);
}

/* Beyond so many the names of points say less than their number. */
#define MOST_NAMED 8

/* Without those that were not run. What they own is borrowed. */
static size_t select_failed(const struct ppt_samples *samples, struct ppt_failure *failures)
{
    size_t count = 0;

    for (size_t i = 0; i < samples->failure_count; i++) {
        if (!samples->failures[i].withheld) {
            failures[count++] = samples->failures[i];
        }
    }
    return count;
}

enum ppt_status ppt_sweep_failures(const struct ppt_config *config,
                                   const struct ppt_samples *samples, struct ppt_error *error)
{
    struct ppt_failure *failures PPT_FREED =
        ppt_alloc(samples->failure_count + 1, sizeof(*failures));
    const size_t count = select_failed(samples, failures);
    const size_t named = count <= MOST_NAMED ? count : MOST_NAMED;
    struct ppt_text points PPT_OWNED(ppt_text_free) = {0};

    if (count == 0) {
        return PPT_OK;
    }
    for (size_t i = 0; i < named; i++) {
        const struct ppt_point point = ppt_point_of_variant(failures[i].point);
        char label[PPT_POINT_SIZE];

        ppt_text_addf(&points, "%s%s",
                      i == 0                             ? ""
                      : i + 1 == named && named == count ? " and "
                                                         : ", ",
                      ppt_point_label(point, ppt_config_several(config), label));
        if (config->variant_count > 0) {
            ppt_text_addf(&points, " (%s)", ppt_config_label(config, failures[i].point));
        }
    }
    if (named < count) {
        ppt_text_addf(&points, " and %zu more numbers of", count - named);
    }
    return ppt_fail(error, PPT_FAILED, "task \"%s\" failed at %s worker%s: %s",
                    ppt_config_subject(config), points.data,
                    strcmp(points.data, "1") == 0 ? "" : "s", failures[0].message);
}
