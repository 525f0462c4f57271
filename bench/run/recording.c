#include "recording.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "item.h"
#include "journal.h"
#include "memory.h"
#include "text.h"

/* In nanoseconds 31 years, in bytes 888 PiB: a few of them can be added without overflow. */
#define LARGEST_COUNT 1e18

/* A list of integers to be read from an object. */
struct field {
    const char *key;
    int64_t *out;
};

static enum ppt_status read_fields(const struct ppt_item *object, const struct field *fields,
                                   size_t count, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; i < count && status == PPT_OK; i++) {
        struct ppt_place place;
        struct ppt_item item;

        status = ppt_item_member(object, fields[i].key, &place, &item, error);
        if (status == PPT_OK) {
            status = ppt_item_integer(&item, -1, LARGEST_COUNT, fields[i].out, error);
        }
    }
    return status;
}

#define READ(object, error, ...)                                                                   \
    read_fields((object), (const struct field[]){__VA_ARGS__},                                     \
                sizeof((const struct field[]){__VA_ARGS__}) / sizeof(struct field), (error))

static enum ppt_status read_text(const struct ppt_item *object, const char *key, char **out,
                                 struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;
    const char *text = NULL;
    enum ppt_status status = ppt_item_member(object, key, &place, &item, error);

    if (status == PPT_OK) {
        status = ppt_item_text(&item, &text, error);
    }
    if (status == PPT_OK) {
        *out = ppt_strdup(text);
    }
    return status;
}

/* Journals of before there were histograms have none: all their times are exact. */
static enum ppt_status read_resolution(const struct ppt_item *times, double *resolution,
                                       struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;

    if (!json_object_object_get_ex(times->value, "resolution", NULL)) {
        return PPT_OK;
    }
    const enum ppt_status status = ppt_item_member(times, "resolution", &place, &item, error);
    return status == PPT_OK ? ppt_item_real(&item, 0, 1, resolution, error) : status;
}

/* Journals of before they were counted have none. */
static enum ppt_status read_faults(const struct ppt_item *worker, int64_t *faults,
                                   struct ppt_error *error)
{
    return json_object_object_get_ex(worker->value, "faults", NULL)
               ? READ(worker, error, {"faults", faults})
               : PPT_OK;
}

/* Of journals in which it was part of init and cleanup, there is none. */
static enum ppt_status read_scratch(const struct ppt_item *line, int64_t *scratch,
                                    struct ppt_error *error)
{
    return json_object_object_get_ex(line->value, "scratch_ns", NULL)
               ? READ(line, error, {"scratch_ns", scratch})
               : PPT_OK;
}

/* Journals of before they were looked at have none of these. */
static enum ppt_status read_stops(const struct ppt_item *noise, struct ppt_noise *out,
                                  struct ppt_error *error)
{
    return json_object_object_get_ex(noise->value, "stopped", NULL)
               ? READ(noise, error, {"stopped", &out->stopped}, {"cpus", &out->cpus})
               : PPT_OK;
}

static enum ppt_status read_nested(const struct ppt_item *line, struct ppt_sample *sample,
                                   struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;
    enum ppt_status status = ppt_item_member(line, "usage", &place, &item, error);

    if (status == PPT_OK) {
        status = READ(&item, error, {"user_ns", &sample->usage.user_ns},
                      {"system_ns", &sample->usage.system_ns},
                      {"minor_faults", &sample->usage.minor_faults},
                      {"major_faults", &sample->usage.major_faults},
                      {"voluntary_switches", &sample->usage.voluntary_switches},
                      {"involuntary_switches", &sample->usage.involuntary_switches});
    }
    if (status == PPT_OK) {
        status = ppt_item_member(line, "noise", &place, &item, error);
    }
    if (status == PPT_OK) {
        status = READ(&item, error, {"steal_ns", &sample->noise.steal_ns},
                      {"pressure_ns", &sample->noise.pressure_ns},
                      {"throttled_ns", &sample->noise.throttled_ns});
    }
    if (status == PPT_OK) {
        status = read_stops(&item, &sample->noise, error);
    }
    if (status == PPT_OK) {
        status = ppt_item_member(line, "task_times", &place, &item, error);
    }
    if (status == PPT_OK) {
        status = READ(&item, error, {"sum_ns", &sample->times.sum_ns},
                      {"smallest_ns", &sample->times.smallest_ns},
                      {"median_ns", &sample->times.median_ns}, {"p95_ns", &sample->times.p95_ns},
                      {"p99_ns", &sample->times.p99_ns}, {"largest_ns", &sample->times.largest_ns});
    }
    if (status == PPT_OK) {
        status = read_resolution(&item, &sample->times.resolution, error);
    }
    return status;
}

/* The array of that key; *count gets its length. */
static enum ppt_status array(const struct ppt_item *line, const char *key, struct ppt_place *place,
                             struct ppt_item *item, size_t *count, struct ppt_error *error)
{
    const enum ppt_status status = ppt_item_member(line, key, place, item, error);

    if (status == PPT_OK && !json_object_is_type(item->value, json_type_array)) {
        return ppt_item_reject(item, error, "must be a list");
    }
    *count = status == PPT_OK ? json_object_array_length(item->value) : 0;
    return status;
}

/* An entry of it; *place must live as long. */
static struct ppt_item element(const struct ppt_item *list, size_t index, struct ppt_place *place)
{
    *place = (struct ppt_place){.outer = list->place, .index = index};
    return (struct ppt_item){json_object_array_get_idx(list->value, index), list->source, place};
}

/* Workers that were not bound have none. */
static enum ppt_status read_bound(const struct ppt_item *worker, char **bound,
                                  struct ppt_error *error)
{
    return json_object_object_get_ex(worker->value, "bound", NULL)
               ? read_text(worker, "bound", bound, error)
               : PPT_OK;
}

/* Of clocks that count from the starts of their hosts one may be years ahead of the other. */
static enum ppt_status read_offset(const struct ppt_item *rank, int64_t *offset,
                                   struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;
    const enum ppt_status status = ppt_item_member(rank, "offset_ns", &place, &item, error);

    return status == PPT_OK ? ppt_item_integer(&item, -LARGEST_COUNT, LARGEST_COUNT, offset, error)
                            : status;
}

/* What is measured where: "workers", "inner_threads", and "ranks" where there are some. */
static enum ppt_status read_point(const struct ppt_item *line, struct ppt_point *point,
                                  struct ppt_error *error)
{
    int64_t workers = 0, inner = 0, ranks = 0;
    enum ppt_status status = READ(line, error, {"workers", &workers}, {"inner_threads", &inner});

    if (status == PPT_OK && json_object_object_get_ex(line->value, "ranks", NULL)) {
        status = READ(line, error, {"ranks", &ranks});
    }
    if (status == PPT_OK &&
        (workers < 0 || workers > PPT_MOST_WORKERS || inner < 1 || inner > PPT_MOST_WORKERS ||
         ranks < 0 || ranks > PPT_MOST_RANKS || (ranks > 0 && workers == 0))) {
        status = ppt_item_reject(line, error, "a pass that no run has");
    }
    *point = (struct ppt_point){(unsigned)workers, (unsigned)inner, (unsigned)ranks};
    return status;
}

static enum ppt_status read_workers(const struct ppt_item *line, struct ppt_sample *sample,
                                    struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item list;
    size_t count = 0;
    enum ppt_status status = array(line, "worker_times", &place, &list, &count, error);

    sample->workers = ppt_alloc(count, sizeof(*sample->workers));
    sample->worker_count = count;
    for (size_t i = 0; i < count && status == PPT_OK; i++) {
        struct ppt_place inner;
        const struct ppt_item item = element(&list, i, &inner);
        struct ppt_worker_sample *worker = &sample->workers[i];
        int64_t tasks = 0, cpu = 0;

        status = READ(&item, error, {"tasks", &tasks}, {"busy_ns", &worker->busy_ns},
                      {"cpu_ns", &worker->cpu_ns}, {"start_ns", &worker->start_ns},
                      {"end_ns", &worker->end_ns}, {"cpu", &cpu});
        if (status == PPT_OK) {
            status = read_faults(&item, &worker->faults, error);
        }
        if (status == PPT_OK) {
            status = read_bound(&item, &worker->bound, error);
        }
        if (status == PPT_OK && sample->point.ranks > 0) {
            status = READ(&item, error, {"waited_ns", &worker->waited_ns});
        }
        worker->tasks = (uint64_t)tasks;
        worker->cpu = (int)cpu;
    }
    if (status == PPT_OK && count != ppt_point_running(sample->point)) {
        return ppt_item_reject(&list, error, "%zu entries at %u workers", count,
                               ppt_point_workers(sample->point));
    }
    return status;
}

static enum ppt_status read_ranks(const struct ppt_item *line, struct ppt_sample *sample,
                                  struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item list;
    size_t count = 0;
    enum ppt_status status;

    if (sample->point.ranks == 0) {
        return PPT_OK;
    }
    status = array(line, "rank_times", &place, &list, &count, error);
    if (status == PPT_OK && count != sample->point.ranks) {
        return ppt_item_reject(&list, error, "%zu entries for %u ranks", count,
                               sample->point.ranks);
    }
    sample->ranks = ppt_alloc(count, sizeof(*sample->ranks));
    sample->rank_count = count;
    for (size_t i = 0; i < count && status == PPT_OK; i++) {
        struct ppt_place inner;
        const struct ppt_item item = element(&list, i, &inner);
        struct ppt_rank_sample *rank = &sample->ranks[i];

        status = READ(&item, error, {"begin_ns", &rank->begin_ns}, {"end_ns", &rank->end_ns},
                      {"mpi_ns", &rank->mpi_ns}, {"requests", &rank->requests},
                      {"answer_ns", &rank->answer_ns}, {"offset_error_ns", &rank->offset_error_ns});
        if (status == PPT_OK) {
            status = read_offset(&item, &rank->offset_ns, error);
        }
    }
    return status;
}

static enum ppt_status read_task_times(const struct ppt_item *line, struct ppt_sample *sample,
                                       struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item list;
    size_t count = 0;
    enum ppt_status status;

    if (!json_object_object_get_ex(line->value, "task_ns", NULL)) {
        return PPT_OK;
    }
    status = array(line, "task_ns", &place, &list, &count, error);
    if (status == PPT_OK && count != sample->task_count) {
        return ppt_item_reject(&list, error, "%zu entries for %llu tasks", count,
                               (unsigned long long)sample->task_count);
    }
    sample->task_ns = ppt_alloc(count, sizeof(*sample->task_ns));
    for (size_t i = 0; i < count && status == PPT_OK; i++) {
        struct ppt_place inner;
        const struct ppt_item item = element(&list, i, &inner);

        status = ppt_item_integer(&item, 0, LARGEST_COUNT, &sample->task_ns[i], error);
    }
    return status;
}

static enum ppt_status read_digest(const struct ppt_item *line, uint64_t *digest,
                                   struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;
    const char *text = NULL;
    char *end = NULL;
    enum ppt_status status = ppt_item_member(line, "digest", &place, &item, error);

    if (status == PPT_OK) {
        status = ppt_item_text(&item, &text, error);
    }
    if (status == PPT_OK) {
        *digest = strtoull(text, &end, 16);
        if (strlen(text) != 16 || *end != '\0') {
            return ppt_item_reject(&item, error, "is not a digest of 16 digits");
        }
    }
    return status;
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
    for (size_t i = before->count; sample->block > 0 && i > 0; i--) {
        const struct ppt_sample *other = &before->items[i - 1];

        if (other->block == sample->block && ppt_point_same(other->point, sample->point)) {
            char label[PPT_POINT_SIZE];

            return ppt_item_reject(line, error,
                                   "block %u has a pass at %s already: a pass counts once",
                                   sample->block, ppt_point_label(sample->point, true, label));
        }
        if (other->block > 0 && other->block < sample->block) {
            break; /* blocks come one after the other, but for warming up again */
        }
    }
    return PPT_OK;
}

static enum ppt_status read_pass(const struct ppt_item *line, struct ppt_recording *recording,
                                 struct ppt_error *error)
{
    int64_t position = 0, block = 0, tasks = 0;
    struct ppt_sample sample = {0};
    enum ppt_status status = READ(
        line, error, {"position", &position}, {"block", &block}, {"started_ns", &sample.started_ns},
        {"init_ns", &sample.init_ns}, {"work_ns", &sample.work_ns},
        {"cleanup_ns", &sample.cleanup_ns}, {"total_ns", &sample.total_ns}, {"task_count", &tasks},
        {"peak_bytes", &sample.peak_bytes}, {"clock_khz", &sample.clock_khz});

    sample.position = (uint64_t)position;
    sample.block = (unsigned)block;
    sample.task_count = (uint64_t)tasks;
    if (status == PPT_OK) {
        status = read_scratch(line, &sample.scratch_ns, error);
    }
    if (status == PPT_OK && (block < 0 || block > PPT_MOST_BLOCKS || tasks < 0)) {
        status = ppt_item_reject(line, error, "a pass that no run has");
    }
    if (status == PPT_OK) {
        status = read_point(line, &sample.point, error);
    }
    if (status == PPT_OK && sample.task_count != recording->configs.items[0].task_count) {
        status = ppt_item_reject(line, error, "a pass of another number of tasks");
    }
    if (status == PPT_OK) {
        status = check_place(line, &sample, &recording->samples, error);
    }
    if (status == PPT_OK) {
        status = check_times(line, &sample, error);
    }
    if (status == PPT_OK) {
        status = read_digest(line, &sample.digest, error);
    }
    if (status == PPT_OK) {
        status = read_nested(line, &sample, error);
    }
    if (status == PPT_OK) {
        status = read_workers(line, &sample, error);
    }
    if (status == PPT_OK) {
        status = read_ranks(line, &sample, error);
    }
    if (status == PPT_OK) {
        status = read_task_times(line, &sample, error);
    }
    if (status == PPT_OK) {
        ppt_samples_add(&recording->samples, &sample);
    }
    ppt_sample_free(&sample);
    return status;
}

static enum ppt_status read_failed(const struct ppt_item *line, struct ppt_recording *recording,
                                   struct ppt_error *error)
{
    struct ppt_point point;
    int64_t block = 0;
    char *message = NULL;
    enum ppt_status status = READ(line, error, {"block", &block});

    if (status == PPT_OK && (block < 0 || block > PPT_MOST_BLOCKS)) {
        status = ppt_item_reject(line, error, "a pass that no run has");
    }
    if (status == PPT_OK) {
        status = read_point(line, &point, error);
    }
    if (status == PPT_OK) {
        status = read_text(line, "message", &message, error);
    }
    if (status == PPT_OK) {
        ppt_samples_fail(&recording->samples, (unsigned)block, point, message);
    }
    free(message);
    return status;
}

static enum ppt_status read_run(const struct ppt_item *line, struct ppt_recording *recording,
                                struct ppt_error *error)
{
    struct ppt_place place;
    struct ppt_item item;
    int64_t version = 0;
    char *origin = NULL;
    enum ppt_status status = READ(line, error, {"version", &version});

    if (status == PPT_OK && version != PPT_JOURNAL_VERSION) {
        return ppt_item_reject(line, error, "version %lld; this program reads version %d",
                               (long long)version, PPT_JOURNAL_VERSION);
    }
    if (status == PPT_OK) {
        status = read_text(line, "program", &recording->program, error);
    }
    if (status == PPT_OK) {
        status = read_text(line, "started", &recording->started, error);
    }
    if (status == PPT_OK) {
        status = read_text(line, "origin", &origin, error);
    }
    if (status == PPT_OK && json_object_object_get_ex(line->value, "identity", NULL)) {
        status = read_text(line, "identity", &recording->identity, error);
    }
    if (status == PPT_OK) {
        status = ppt_item_member(line, "config", &place, &item, error);
    }
    if (status == PPT_OK) {
        status = ppt_config_from_item(&item, &recording->configs, error);
    }
    if (status == PPT_OK) {
        free(recording->configs.items[0].origin);
        recording->configs.items[0].origin = origin;
        origin = NULL;
        status = ppt_item_member(line, "host", &place, &item, error);
    }
    if (status == PPT_OK) {
        status = ppt_host_from_item(&item, &recording->host, error);
    }
    free(origin);
    return status;
}

static enum ppt_status read_end(const struct ppt_item *line, struct ppt_recording *recording,
                                struct ppt_error *error)
{
    int64_t status = 0;
    const enum ppt_status read = READ(line, error, {"status", &status});

    recording->ended = true;
    recording->status = (int)status;
    return read;
}

static enum ppt_status read_line(const struct ppt_item *line, struct ppt_recording *recording,
                                 struct ppt_error *error)
{
    static const char *const types[] = {"run", "pass", "tasks", "end", "resume", "failed", NULL};
    struct ppt_place place;
    struct ppt_item item;
    int type = 0;
    enum ppt_status status = ppt_item_member(line, "type", &place, &item, error);

    if (status == PPT_OK) {
        status = ppt_item_choice(&item, types, &type, error);
    }
    if (status != PPT_OK) {
        return status;
    }
    if ((type == 0) != (recording->configs.count == 0)) {
        return ppt_item_reject(line, error, "a line \"run\" must come first, and only once");
    }
    switch (type) {
    case 0:
        return read_run(line, recording, error);
    case 1:
        return read_pass(line, recording, error);
    case 3:
        return read_end(line, recording, error);
    case 4:
        recording->ended = false;
        recording->resumed++;
        return PPT_OK;
    case 5:
        return read_failed(line, recording, error);
    default:
        /* The tasks of a mix follow from the configuration's seed. */
        return PPT_OK;
    }
}

/* A line ends where its newline is; no text has a byte of 0 in it. */
static enum ppt_status check_line(const char *path, const char *text, size_t length, size_t line,
                                  struct ppt_error *error)
{
    const char *zero = memchr(text, '\0', length);

    return zero ? ppt_fail(error, PPT_BAD_INPUT,
                           "%s:%zu:%zu: a byte of 0, as a power cut leaves: the file is damaged",
                           path, line, (size_t)(zero - text) + 1)
                : PPT_OK;
}

static enum ppt_status read_all(const char *path, const char *text, size_t length,
                                struct ppt_recording *recording, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    const char *from = text, *end;

    for (size_t line = 1;
         status == PPT_OK && (end = memchr(from, '\n', length - (size_t)(from - text))) != NULL;
         line++) {
        struct ppt_source source;
        struct ppt_item item = {.source = &source};

        status = check_line(path, from, (size_t)(end - from), line, error);
        if (status != PPT_OK) {
            break;
        }
        ppt_source_from_line(&source, path, from, (size_t)(end - from), line);
        status = ppt_json_parse(&source, &item.value, error);
        if (status == PPT_OK) {
            status = read_line(&item, recording, error);
        }
        json_object_put(item.value);
        ppt_source_free(&source);
        from = end + 1;
    }
    if (status == PPT_OK && recording->configs.count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: holds no run", path);
    }
    recording->whole = (size_t)(from - text);
    for (const char *c = from; c < text + length; c++) {
        recording->zeros += *c == '\0';
    }
    return status;
}

enum ppt_status ppt_recording_of(const char *path, const char *text, size_t length,
                                 struct ppt_recording *recording, struct ppt_error *error)
{
    enum ppt_status status;

    *recording = (struct ppt_recording){0};
    status = read_all(path, text, length, recording, error);
    if (status != PPT_OK) {
        ppt_recording_free(recording);
    }
    return status;
}

char *ppt_recording_note(const char *path, const struct ppt_recording *recording)
{
    return recording->zeros > 0
               ? ppt_text_format("%s: has %zu bytes of 0 behind its last line, as a power cut "
                                 "leaves; what was being written there is left out",
                                 path, recording->zeros)
               : NULL;
}

enum ppt_status ppt_recording_read(const struct ppt_folder *folder, struct ppt_recording *recording,
                                   struct ppt_error *error)
{
    char *path = ppt_folder_path(folder, PPT_JOURNAL_NAME), *text = NULL;
    size_t length = 0;
    enum ppt_status status =
        ppt_file_read_in(folder, PPT_JOURNAL_NAME, PPT_JOURNAL_MOST, &text, &length, error);

    *recording = (struct ppt_recording){0};
    if (status == PPT_OK) {
        status = ppt_recording_of(path, text, length, recording, error);
    }
    free(text);
    free(path);
    return status;
}

void ppt_recording_free(struct ppt_recording *recording)
{
    ppt_configs_free(&recording->configs);
    ppt_host_free(&recording->host);
    ppt_samples_free(&recording->samples);
    free(recording->started);
    free(recording->program);
    free(recording->identity);
    *recording = (struct ppt_recording){0};
}
