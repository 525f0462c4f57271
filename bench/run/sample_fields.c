#include "sample_fields.h"

#include "memory.h"
#include "sample.h"

/* In nanoseconds 31 years, in bytes 888 PiB: a few of them can be added without overflow. */
#define LARGEST_COUNT 1e18

#define COUNTED(type, member, more)                                                                \
    {                                                                                              \
        PPT_FIELD(type, member, #member), .flags = (more), .smallest = -1,                         \
                                          .largest = LARGEST_COUNT                                 \
    }

/* ---- parts of a pass ---- */

#define USAGE(member) COUNTED(struct ppt_usage, member, 0)

static const struct ppt_field usage_fields[] = {
    USAGE(user_ns),
    USAGE(system_ns),
    USAGE(minor_faults),
    USAGE(major_faults),
    USAGE(voluntary_switches),
    USAGE(involuntary_switches),
    {0},
};

#define TIMES(member) COUNTED(struct ppt_task_times, member, 0)

static const struct ppt_field times_fields[] = {
    TIMES(sum_ns),
    TIMES(smallest_ns),
    TIMES(median_ns),
    TIMES(p95_ns),
    TIMES(p99_ns),
    TIMES(largest_ns),
    /* Before there were histograms all times were exact. */
    {PPT_FIELD(struct ppt_task_times, resolution, "resolution"),
     .flags = PPT_FIELD_OPTIONAL | PPT_FIELD_EXACT, .largest = 1},
    {0},
};

#define WORKER(member, more) COUNTED(struct ppt_worker_sample, member, more)

static const struct ppt_field worker_fields[] = {
    WORKER(tasks, PPT_FIELD_SHOWN),
    WORKER(busy_ns, PPT_FIELD_SHOWN),
    WORKER(cpu_ns, PPT_FIELD_SHOWN),
    WORKER(start_ns, 0),
    WORKER(end_ns, 0),
    WORKER(faults, PPT_FIELD_OPTIONAL),
    WORKER(queued_ns, PPT_FIELD_OPTIONAL),
    WORKER(voluntary, PPT_FIELD_OPTIONAL),
    WORKER(involuntary, PPT_FIELD_OPTIONAL),
    WORKER(cpu, 0),
    WORKER(waited_ns, PPT_FIELD_SHOWN | PPT_FIELD_SHOWN_LAST | PPT_FIELD_SOMETIMES),
    WORKER(bound, PPT_FIELD_SHOWN | PPT_FIELD_SPARSE | PPT_FIELD_NOT_0),
    {0},
};

#define RANK(member) COUNTED(struct ppt_rank_sample, member, PPT_FIELD_SHOWN)

static const struct ppt_field rank_fields[] = {
    RANK(begin_ns),
    RANK(end_ns),
    RANK(mpi_ns),
    RANK(requests),
    RANK(answer_ns),
    /* Of clocks that count from the starts of their hosts one may be years ahead of the other. */
    {PPT_FIELD(struct ppt_rank_sample, offset_ns, "offset_ns"), .flags = PPT_FIELD_SHOWN,
     .shown = "clock_offset_s", .smallest = -LARGEST_COUNT, .largest = LARGEST_COUNT},
    {PPT_FIELD(struct ppt_rank_sample, offset_error_ns, "offset_error_ns"),
     .flags = PPT_FIELD_SHOWN, .shown = "clock_error_s", .smallest = -1, .largest = LARGEST_COUNT},
    {0},
};

#define PRESSED(member)                                                                            \
    {                                                                                              \
        PPT_FIELD(struct ppt_pressed, member, #member),                                            \
            .flags = PPT_FIELD_SHOWN | PPT_FIELD_EXACT, .largest = LARGEST_COUNT                   \
    }

static const struct ppt_field pressed_fields[] = {
    PRESSED(alone),
    PRESSED(beside),
    {PPT_FIELD(struct ppt_pressed, handover_ns, "handover_ns"),
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE, .largest = LARGEST_COUNT},
    {0},
};

/* ---- lines ---- */

#define SAMPLE(member, more) COUNTED(struct ppt_sample, member, more)

const struct ppt_field ppt_sample_fields[] = {
    SAMPLE(position, 0),
    SAMPLE(block, PPT_FIELD_SHOWN),
    {PPT_FIELD_INNER(struct ppt_sample, point, NULL, ppt_point_fields), .flags = PPT_FIELD_SHOWN},
    {PPT_FIELD(struct ppt_sample, again, "again"), .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE},
    SAMPLE(process, PPT_FIELD_SHOWN | PPT_FIELD_SPARSE),
    SAMPLE(started_ns, PPT_FIELD_SHOWN),
    SAMPLE(init_ns, PPT_FIELD_SHOWN),
    SAMPLE(work_ns, PPT_FIELD_SHOWN),
    SAMPLE(cleanup_ns, PPT_FIELD_SHOWN),
    SAMPLE(total_ns, PPT_FIELD_SHOWN | PPT_FIELD_SHOWN_LAST),
    SAMPLE(scratch_ns, PPT_FIELD_SHOWN | PPT_FIELD_OPTIONAL), /* was part of init and cleanup */
    SAMPLE(task_count, 0),
    SAMPLE(failed_tasks, PPT_FIELD_SHOWN | PPT_FIELD_SPARSE),
    {PPT_FIELD_INNER(struct ppt_sample, pressed, "pressed", pressed_fields),
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE},
    SAMPLE(arrivals, PPT_FIELD_SHOWN | PPT_FIELD_SPARSE),
    SAMPLE(arrivals_ns, PPT_FIELD_SHOWN | PPT_FIELD_SPARSE),
    SAMPLE(late_ns, PPT_FIELD_SHOWN | PPT_FIELD_SPARSE),
    {PPT_FIELD(struct ppt_sample, overloaded, "overloaded"),
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE},
    {.key = "digest", .kind = PPT_FIELD_DIGEST, .offset = offsetof(struct ppt_sample, digest)},
    {PPT_FIELD_INNER(struct ppt_sample, usage, "usage", usage_fields)},
    {PPT_FIELD_INNER(struct ppt_sample, noise, "noise", ppt_noise_fields)},
    {PPT_FIELD_INNER(struct ppt_sample, counts, NULL, ppt_event_fields), .flags = PPT_FIELD_SHOWN},
    SAMPLE(io_blocks, PPT_FIELD_OPTIONAL),
    SAMPLE(peak_bytes, 0),
    SAMPLE(clock_khz, 0),
    {PPT_FIELD_INNER(struct ppt_sample, times, "task_times", times_fields)},
    {0},
};

/* One number for every task. */
static json_object *times_of(const int64_t *times_ns, uint64_t count)
{
    json_object *list = json_object_new_array_ext((int)count);

    for (uint64_t i = 0; i < count; i++) {
        json_object_array_add(list, json_object_new_int64(times_ns[i]));
    }
    return list;
}

static enum ppt_status read_times_of(const struct ppt_item *list, uint64_t tasks,
                                     int64_t **times_ns, struct ppt_error *error)
{
    size_t count;

    if (!json_object_is_type(list->value, json_type_array)) {
        return ppt_item_reject(list, error, "must be a list");
    }
    count = json_object_array_length(list->value);
    if (count != tasks) {
        return ppt_item_reject(list, error, "%zu entries for %llu tasks", count,
                               (unsigned long long)tasks);
    }
    *times_ns = ppt_alloc(count, sizeof(**times_ns));
    for (size_t i = 0; i < count; i++) {
        const struct ppt_place place = {.outer = list->place, .index = i};
        const struct ppt_item item = {json_object_array_get_idx(list->value, i), list->source,
                                      &place};

        PPT_TRY(ppt_item_integer(&item, 0, LARGEST_COUNT, &(*times_ns)[i], error));
    }
    return PPT_OK;
}

static json_object *task_times(const void *record)
{
    const struct ppt_sample *sample = record;

    return times_of(sample->task_ns, sample->task_count);
}

static enum ppt_status read_task_times(const struct ppt_item *list, void *record,
                                       struct ppt_error *error)
{
    struct ppt_sample *sample = record;

    return read_times_of(list, sample->task_count, &sample->task_ns, error);
}

static json_object *latencies(const void *record)
{
    const struct ppt_sample *sample = record;

    return times_of(sample->latency_ns, sample->task_count);
}

static enum ppt_status read_latencies(const struct ppt_item *list, void *record,
                                      struct ppt_error *error)
{
    struct ppt_sample *sample = record;

    return read_times_of(list, sample->task_count, &sample->latency_ns, error);
}

const struct ppt_field ppt_sample_list_fields[] = {
    {.key = "worker_times",
     .kind = PPT_FIELD_LIST,
     .flags = PPT_FIELD_SHOWN,
     .offset = offsetof(struct ppt_sample, workers),
     .count_offset = offsetof(struct ppt_sample, worker_count),
     .rows = worker_fields,
     .size = sizeof(struct ppt_worker_sample)},
    {.key = "rank_times",
     .kind = PPT_FIELD_LIST,
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SOMETIMES,
     .offset = offsetof(struct ppt_sample, ranks),
     .count_offset = offsetof(struct ppt_sample, rank_count),
     .rows = rank_fields,
     .size = sizeof(struct ppt_rank_sample)},
    {.key = "task_ns",
     .kind = PPT_FIELD_SPECIAL,
     .flags = PPT_FIELD_SPARSE,
     .offset = offsetof(struct ppt_sample, task_ns),
     .read = read_task_times,
     .write = task_times},
    {.key = "latency_ns",
     .kind = PPT_FIELD_SPECIAL,
     .flags = PPT_FIELD_SPARSE,
     .offset = offsetof(struct ppt_sample, latency_ns),
     .read = read_latencies,
     .write = latencies},
    {0},
};

static unsigned lists_of(const struct ppt_sample *sample)
{
    return sample->point.ranks > 0 ? PPT_FIELD_SOMETIMES : 0;
}

void ppt_sample_write(const struct ppt_sample *sample, json_object *object)
{
    ppt_fields_write(ppt_sample_fields, sample, 0, object);
    ppt_fields_write(ppt_sample_list_fields, sample, lists_of(sample), object);
}

enum ppt_status ppt_sample_read_lists(const struct ppt_item *object, struct ppt_sample *sample,
                                      struct ppt_error *error)
{
    return ppt_fields_read(ppt_sample_list_fields, object, lists_of(sample), sample, error);
}

const struct ppt_field ppt_failure_fields[] = {
    COUNTED(struct ppt_failure, block, PPT_FIELD_SHOWN),
    {PPT_FIELD_INNER(struct ppt_failure, point, NULL, ppt_point_fields), .flags = PPT_FIELD_SHOWN},
    {PPT_FIELD(struct ppt_failure, message, "message"), .flags = PPT_FIELD_SHOWN},
    {PPT_FIELD(struct ppt_failure, withheld, "withheld"),
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE},
    {0},
};

const struct ppt_field ppt_end_fields[] = {
    {.key = "status", .kind = PPT_FIELD_INT, .smallest = -1, .largest = LARGEST_COUNT},
    {0},
};
