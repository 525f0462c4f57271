#include "machine_ceilings.h"

#include <math.h>
#include <string.h>

/* ---- as JSON ---- */

/* What was not measured is not there. */
#define SOME .flags = PPT_FIELD_SPARSE, .largest = 1e12
#define RATE(member, name)                                                                         \
    {                                                                                              \
        PPT_FIELD(struct ppt_by_workers, member, name), SOME                                       \
    }
#define VALUE(member, name)                                                                        \
    {                                                                                              \
        PPT_FIELD(struct ppt_ceiling_values, member, name), SOME                                   \
    }
#define RATES(member, name)                                                                        \
    {                                                                                              \
        PPT_FIELD_INNER(struct ppt_ceiling_values, member, name, rate_fields),                     \
            .flags = PPT_FIELD_SPARSE                                                              \
    }
#define LEVEL(level, name)                                                                         \
    {                                                                                              \
        .key = (name), .kind = PPT_FIELD_RECORD, .flags = PPT_FIELD_SPARSE,                        \
        .offset = (level) * sizeof(struct ppt_by_workers), .rows = rate_fields                     \
    }

static const struct ppt_field rate_fields[] = {
    RATE(one, "1"),
    RATE(all, "N"),
    {0},
};

static const struct ppt_field level_fields[] = {
    LEVEL(1, "L1"), LEVEL(2, "L2"), LEVEL(3, "L3"), LEVEL(4, "L4"), LEVEL(0, "memory"), {0},
};
_Static_assert(PPT_CEILING_LEVELS == 5, "a row for each level");

static const struct ppt_field value_fields[] = {
    VALUE(cycle_ns, "cycle_ns"),
    VALUE(multiply_ns, "multiply_ns"),
    RATES(fma_gflops, "fma_gflops"),
    {PPT_FIELD_INNER(struct ppt_ceiling_values, copy_gbs, "copy_gbs", level_fields)},
    VALUE(file_write_gbs.one, "file_write_gbs"),
    VALUE(file_write_gbs.all, "file_write_all_gbs"),
    VALUE(file_sync_us, "file_sync_us"),
    VALUE(thread_start_us, "thread_start_us"),
    VALUE(process_start_us, "process_start_us"),
    VALUE(clock_ns, "clock_ns"),
    {0},
};

const struct ppt_field ppt_ceiling_fields[] = {
    {PPT_FIELD_INNER(struct ppt_ceilings, best, NULL, value_fields)},
    {PPT_FIELD_INNER(struct ppt_ceilings, median, "medians", value_fields)},
    {.key = "cpus",
     .kind = PPT_FIELD_UNSIGNED,
     .offset = offsetof(struct ppt_ceilings, workers),
     .smallest = 1,
     .largest = 1e6},
    {PPT_FIELD(struct ppt_ceilings, measured, "measured")},
    {0},
};

enum ppt_status ppt_ceilings_read(const struct ppt_item *item, struct ppt_ceilings *ceilings,
                                  struct ppt_error *error)
{
    return json_object_is_type(item->value, json_type_object)
               ? ppt_fields_read(ppt_ceiling_fields, item, 0, ceilings, error)
               : ppt_item_reject(item, error, "must be an object");
}

void ppt_ceilings_free(struct ppt_ceilings *ceilings)
{
    ppt_fields_free(ppt_ceiling_fields, ceilings);
    *ceilings = (struct ppt_ceilings){0};
}

/* ---- in words ---- */

#define WORDS(words, member, unit)                                                                 \
    {                                                                                              \
        words, offsetof(struct ppt_ceiling_values, member), false, unit                            \
    }
#define BOTH(words, member, unit)                                                                  \
    {                                                                                              \
        words, offsetof(struct ppt_ceiling_values, member), true, unit                             \
    }

const struct ppt_ceiling_row ppt_ceiling_rows[] = {
    WORDS("cycle (an addition)", cycle_ns, "ns"),
    WORDS("multiplication", multiply_ns, "ns"),
    BOTH("multiply-adds", fma_gflops, "GFLOP/s"),
    BOTH("copy within L1", copy_gbs[1], "GB/s"),
    BOTH("copy within L2", copy_gbs[2], "GB/s"),
    BOTH("copy within L3", copy_gbs[3], "GB/s"),
    BOTH("copy within L4", copy_gbs[4], "GB/s"),
    BOTH("copy in memory", copy_gbs[0], "GB/s"),
    BOTH("file written", file_write_gbs, "GB/s"),
    WORDS("file synced (4 KiB)", file_sync_us, "µs"),
    WORDS("thread started", thread_start_us, "µs"),
    WORDS("process started", process_start_us, "µs"),
    WORDS("clock read", clock_ns, "ns"),
    {0},
};

struct ppt_by_workers ppt_ceiling_value(const struct ppt_ceiling_row *row,
                                        const struct ppt_ceiling_values *values)
{
    const char *member = (const char *)values + row->offset;
    struct ppt_by_workers value = {0};

    memcpy(&value, member, row->by_workers ? sizeof(value) : sizeof(value.one));
    return value;
}

void ppt_ceilings_tell(const struct ppt_ceilings *ceilings, struct ppt_text *out)
{
    for (const struct ppt_ceiling_row *row = ppt_ceiling_rows; row->name; row++) {
        const struct ppt_by_workers value = ppt_ceiling_value(row, &ceilings->best);

        if (value.one > 0) {
            ppt_text_addf(out, "%s %.4g %s", row->name, value.one, row->unit);
        }
        if (value.one > 0 && row->by_workers && ceilings->workers > 1) {
            ppt_text_addf(out, " (%u workers: %.4g)", ceilings->workers, value.all);
        }
        ppt_text_add(out, value.one > 0 ? ", " : "");
    }
    ppt_text_addf(out, "measured %s", ceilings->measured);
}

/* ---- for so many threads ---- */

double ppt_ceiling_of(const struct ppt_by_workers *rates, unsigned threads)
{
    const double most = fmax(rates->one, rates->all);

    return threads <= 1 ? rates->one : fmin(threads * rates->one, most);
}
