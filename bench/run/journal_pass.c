#include "journal_pass.h"

#include <json-c/json.h>

#include "item.h"
#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "sample_fields.h"
#include "vary.h"
#include "why.h"

/* Which one of so many: from 1 on; 0 where there are none. */
static bool is_outside(unsigned which, unsigned count)
{
    return (which > 0) != (count > 0) || which > count;
}

/* Passes under pressure are in blocks of their own, with nothing else in them. */
static bool is_misplaced(struct ppt_point point, unsigned block, const struct ppt_config *config)
{
    const bool pressed = block > 0 && ppt_plan_round(config, block).pressed;

    return pressed ? !ppt_why_has(config, point) : point.pressure > 0;
}

/* What is measured where, and in which block. */
static enum ppt_status check_point(const struct ppt_item *line, struct ppt_point point,
                                   unsigned block, const struct ppt_config *config,
                                   struct ppt_error *error)
{
    const bool sizes = config->axis_count > 0;
    const unsigned programs = sizes ? 0 : (unsigned)config->variant_count;
    const unsigned variants = sizes ? (unsigned)config->variant_count : 0;

    if (block > PPT_MOST_BLOCKS || !ppt_point_possible(point) ||
        is_outside(point.program, programs) || is_outside(point.size, variants) ||
        is_misplaced(point, block, config)) {
        return ppt_item_reject(line, error, "a pass that no run has");
    }
    return PPT_OK;
}

/* Only what presses has figures of its own. */
static enum ppt_status check_pressed(const struct ppt_item *line, const struct ppt_sample *sample,
                                     struct ppt_error *error)
{
    const struct ppt_pressed *pressed = &sample->pressed;

    if ((sample->point.pressure == 0 || sample->point.pressure == PPT_PRESSURE_ALONE) &&
        (pressed->alone > 0 || pressed->beside > 0 || pressed->handover_ns > 0)) {
        return ppt_item_reject(line, error, "\"pressed\" of a pass without pressure");
    }
    return PPT_OK;
}

static enum ppt_status check_times(const struct ppt_item *line, const struct ppt_sample *sample,
                                   struct ppt_error *error)
{
    if (sample->task_count == 0 || sample->total_ns <= 0 || sample->work_ns <= 0 ||
        sample->init_ns < 0 || sample->cleanup_ns < 0 || sample->scratch_ns < 0 ||
        sample->init_ns + sample->work_ns + sample->cleanup_ns != sample->total_ns) {
        return ppt_item_reject(line, error, "times that do not add up to a pass");
    }
    return PPT_OK;
}

/* At the end of a block a pass may be there again, marked as such: once, and nothing but such
 * passes follows in this block. */
static enum ppt_status check_again(const struct ppt_item *line, const struct ppt_sample *sample,
                                   const struct ppt_sample *other, bool same,
                                   struct ppt_error *error)
{
    char label[PPT_POINT_SIZE];

    ppt_point_label(sample->point, PPT_OF_TASK, label);
    if (same && (!sample->again || other->again)) {
        return ppt_item_reject(
            line, error, "block %u has a pass at %s already: %s", sample->block, label,
            other->again ? "a pass is measured again once" : "a pass counts once");
    }
    if (other->again && !sample->again) {
        return ppt_item_reject(line, error,
                               "block %u has passes that were measured again already: the pass at "
                               "%s comes too late",
                               sample->block, label);
    }
    return PPT_OK;
}

/* Passes are numbered as they come: a line that is there twice, or is missing, is noticed. Those
 * that count are there once for each block and point. */
static enum ppt_status check_place(const struct ppt_item *line, const struct ppt_sample *sample,
                                   const struct ppt_samples *before, struct ppt_error *error)
{
    if (sample->position != before->count) {
        return ppt_item_reject(line, error,
                               "pass number %llu where number %zu is expected: a line is there "
                               "twice, or missing",
                               (unsigned long long)sample->position, before->count);
    }
    bool first = false;
    for (size_t i = before->count; sample->block > 0 && i > 0; i--) {
        const struct ppt_sample *other = &before->items[i - 1];
        const bool same = ppt_point_same(other->point, sample->point);

        if (other->block == sample->block) {
            PPT_TRY(check_again(line, sample, other, same, error));
            first = first || same;
        }
        if (other->block > 0 && other->block < sample->block) {
            break; /* blocks come one after the other, but for warming up again */
        }
    }
    return sample->again && !first
               ? ppt_item_reject(line, error, "a pass that was not measured before is there again")
               : PPT_OK;
}

/* A pass of tasks that arrive has what all analyses of them ask for, and another one nothing. */
static enum ppt_status check_arrivals(const struct ppt_item *line, const struct ppt_sample *sample,
                                      const struct ppt_config *config, struct ppt_error *error)
{
    const bool arrive = ppt_arrivals_exist(&config->arrivals);
    const uint64_t expected = arrive ? ppt_config_tasks(config, sample->point) : 0;

    return sample->arrivals == expected && (sample->latency_ns != NULL) == arrive &&
                   sample->arrivals_ns >= 0 && sample->late_ns >= 0 &&
                   (arrive || !sample->overloaded)
               ? PPT_OK
               : ppt_item_reject(line, error, "a pass with other arrivals than the run has");
}

static enum ppt_status check_sample(const struct ppt_item *line, const struct ppt_sample *sample,
                                    const struct ppt_journal_content *content,
                                    struct ppt_error *error)
{
    if (sample->task_count > INT64_MAX) {
        return ppt_item_reject(line, error, "a pass that no run has");
    }
    PPT_TRY(check_point(line, sample->point, sample->block, content->configs.items, error));
    const uint64_t tasks = ppt_config_tasks(&content->configs.items[0], sample->point);

    if (sample->overloaded ? sample->task_count == 0 || sample->task_count > tasks
                           : sample->task_count != tasks) {
        return ppt_item_reject(line, error, "a pass of another number of tasks");
    }
    PPT_TRY(check_place(line, sample, &content->samples, error));
    PPT_TRY(check_pressed(line, sample, error));
    return check_times(line, sample, error);
}

/* Rejects the list, which has been read, when there are more or fewer entries than the point has
 * workers, or ranks. */
static enum ppt_status check_lists(const struct ppt_item *line, const struct ppt_sample *sample,
                                   struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item list;

    if (sample->worker_count != ppt_point_running(sample->point)) {
        ppt_item_member(line, "worker_times", &place, &list, error);
        return ppt_item_reject(&list, error, "%zu entries at %u workers", sample->worker_count,
                               ppt_point_workers(sample->point));
    }
    if (sample->rank_count != sample->point.ranks) {
        ppt_item_member(line, "rank_times", &place, &list, error);
        return ppt_item_reject(&list, error, "%zu entries for %u ranks", sample->rank_count,
                               sample->point.ranks);
    }
    return PPT_OK;
}

enum ppt_status ppt_journal_take_pass(const struct ppt_item *line,
                                      struct ppt_journal_content *content, struct ppt_error *error)
{
    struct ppt_sample sample PPT_OWNED(ppt_sample_free) = {.noise = PPT_NOISE_UNKNOWN,
                                                           .io_blocks = -1};

    PPT_TRY(ppt_fields_read(ppt_sample_fields, line, 0, &sample, error));
    PPT_TRY(check_sample(line, &sample, content, error));
    PPT_TRY(ppt_sample_read_lists(line, &sample, error));
    PPT_TRY(check_lists(line, &sample, error));
    PPT_TRY(check_arrivals(line, &sample, &content->configs.items[0], error));
    ppt_samples_add(&content->samples, &sample);
    return PPT_OK;
}

static void free_failure(struct ppt_failure *failure)
{
    ppt_fields_free(ppt_failure_fields, failure);
}

enum ppt_status ppt_journal_take_failure(const struct ppt_item *line,
                                         struct ppt_journal_content *content,
                                         struct ppt_error *error)
{
    struct ppt_failure failure PPT_OWNED(free_failure) = {0};

    PPT_TRY(ppt_fields_read(ppt_failure_fields, line, 0, &failure, error));
    PPT_TRY(check_point(line, failure.point, failure.block, content->configs.items, error));
    ppt_samples_fail(&content->samples, &failure);
    return PPT_OK;
}

/* ---- sizes ---- */

/* Of a list as long as the values, which there are no more of than there can be. */
static enum ppt_status read_numbers(const struct ppt_item *line, const char *key, double smallest,
                                    double *numbers, size_t *count, struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item list;

    PPT_TRY(ppt_item_member(line, key, &place, &list, error));
    const size_t given =
        json_object_is_type(list.value, json_type_array) ? json_object_array_length(list.value) : 0;
    if (given == 0 || given > PPT_MOST_VARIANTS || (*count > 0 && given != *count)) {
        return ppt_item_reject(&list, error, "is no list of the sizes that were added");
    }
    *count = given;
    for (size_t i = 0; i < given; i++) {
        struct ppt_place inner;
        const struct ppt_item one = ppt_item_element(&list, i, &inner);

        PPT_TRY(ppt_item_real(&one, smallest, 1e15, &numbers[i], error));
    }
    return PPT_OK;
}

/* Blocks come one after the other: what is added begins behind all of them. */
static unsigned last_block(const struct ppt_journal_content *content)
{
    const struct ppt_config *config = &content->configs.items[0];
    const struct ppt_samples *samples = &content->samples;
    unsigned last =
        config->round_count > 0 ? config->rounds[config->round_count - 1].first_block : 1;

    for (size_t i = 0; i < samples->count; i++) {
        last = samples->items[i].block > last ? samples->items[i].block : last;
    }
    return last;
}

static enum ppt_status check_sizes(const struct ppt_item *line, unsigned block,
                                   const struct ppt_journal_content *content,
                                   struct ppt_error *error)
{
    const struct ppt_config *config = &content->configs.items[0];

    return config->axis_count == 1 && config->point_count > 0 && block > last_block(content) &&
                   block <= PPT_MOST_BLOCKS
               ? PPT_OK
               : ppt_item_reject(line, error, "sizes that no run adds there");
}

enum ppt_status ppt_journal_take_sizes(const struct ppt_item *line,
                                       struct ppt_journal_content *content, struct ppt_error *error)
{
    struct ppt_config *config = &content->configs.items[0];
    struct ppt_more_sizes more PPT_OWNED(ppt_more_sizes_free) = {0};
    double counts[PPT_MOST_VARIANTS];
    struct ppt_place place;
    struct ppt_item item;
    struct ppt_error problem;
    int64_t block = 0;

    PPT_TRY(ppt_item_member(line, "block", &place, &item, error));
    PPT_TRY(ppt_item_integer(&item, 1, PPT_MOST_BLOCKS, &block, error));
    PPT_TRY(check_sizes(line, (unsigned)block, content, error));
    more.block = (unsigned)block;
    more.values = ppt_alloc(PPT_MOST_VARIANTS, sizeof(*more.values));
    PPT_TRY(read_numbers(line, "values", -1e15, more.values, &more.count, error));
    if (json_object_object_get_ex(line->value, ppt_key_name(PPT_KEY_TASK_COUNTS), NULL)) {
        PPT_TRY(
            read_numbers(line, ppt_key_name(PPT_KEY_TASK_COUNTS), 1, counts, &more.count, error));
        more.task_counts = ppt_alloc(more.count, sizeof(*more.task_counts));
        for (size_t i = 0; i < more.count; i++) {
            more.task_counts[i] = (uint64_t)counts[i];
        }
    }
    return ppt_config_add_sizes(config, &more, &problem) == PPT_OK
               ? PPT_OK
               : ppt_item_reject(line, error, "%s", problem.text);
}

/* ---- the search for causes ---- */

static enum ppt_status read_workers(const struct ppt_item *line, struct ppt_why *why,
                                    struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item list;

    PPT_TRY(ppt_item_member(line, ppt_key_name(PPT_KEY_WORKERS), &place, &list, error));
    why->count =
        json_object_is_type(list.value, json_type_array) ? json_object_array_length(list.value) : 0;
    if (why->count == 0 || why->count > PPT_WHY_MOST_COUNTS) {
        return ppt_item_reject(&list, error, "is no list of one or two numbers of workers");
    }
    for (size_t i = 0; i < why->count; i++) {
        struct ppt_place inner;
        const struct ppt_item one = ppt_item_element(&list, i, &inner);
        int64_t workers = 0;

        PPT_TRY(ppt_item_integer(&one, 0, PPT_MOST_WORKERS, &workers, error));
        why->workers[i] = (unsigned)workers;
    }
    return PPT_OK;
}

static enum ppt_status read_whole(const struct ppt_item *line, const char *key, double most,
                                  int64_t *number, struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;

    PPT_TRY(ppt_item_member(line, key, &place, &item, error));
    return ppt_item_integer(&item, 1, most, number, error);
}

enum ppt_status ppt_journal_take_why(const struct ppt_item *line,
                                     struct ppt_journal_content *content, struct ppt_error *error)
{
    struct ppt_config *config = &content->configs.items[0];
    struct ppt_error problem;
    int64_t block = 0, inner = 0, tasks = 0;
    struct ppt_why why = {0};

    PPT_TRY(read_whole(line, "block", PPT_MOST_BLOCKS, &block, error));
    PPT_TRY(read_workers(line, &why, error));
    PPT_TRY(read_whole(line, ppt_key_name(PPT_KEY_INNER_THREADS), PPT_MOST_WORKERS, &inner, error));
    PPT_TRY(read_whole(line, ppt_key_name(PPT_KEY_TASK_COUNT), 1e9, &tasks, error));
    why.block = (unsigned)block;
    why.inner_threads = (unsigned)inner;
    why.task_count = (uint64_t)tasks;
    if (config->point_count == 0 || why.block <= last_block(content)) {
        return ppt_item_reject(line, error, "a search for causes that no run begins there");
    }
    return ppt_config_add_why(config, &why, &problem) == PPT_OK
               ? PPT_OK
               : ppt_item_reject(line, error, "%s", problem.text);
}
