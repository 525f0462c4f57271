#include "counted.h"

#include <math.h>

#include "memory.h"
#include "owned.h"

const char *const ppt_counted_names[] = {"instructions", "cycles_per_instruction", "clock", NULL};

/* What a pass says of an event, or of two of them; 0: it does not. */
typedef double counted_value(const struct ppt_sample *pass, size_t event);

static double per_task(const struct ppt_sample *pass, size_t event)
{
    return (double)ppt_event_count(&pass->counts, &ppt_events[event]) / (double)pass->task_count;
}

static double ipc(const struct ppt_sample *pass, size_t ignored)
{
    (void)ignored;
    return pass->counts.cycles > 0 ? (double)pass->counts.instructions / (double)pass->counts.cycles
                                   : 0;
}

static double ghz(const struct ppt_sample *pass, size_t ignored)
{
    (void)ignored;
    return pass->counts.counted_ns > 0
               ? (double)pass->counts.cycles / (double)pass->counts.counted_ns
               : 0;
}

/* Over the passes that say it. */
static struct ppt_stat stat_of(struct ppt_passes passes, counted_value *value, size_t event)
{
    double *values PPT_FREED = ppt_alloc(passes.count + 1, sizeof(*values));
    size_t n = 0;

    for (size_t i = 0; i < passes.count; i++) {
        values[n] = value(passes.items[i], event);
        n += values[n] > 0;
    }
    return ppt_stat_of(values, n);
}

/* ---- against few workers ---- */

static bool is_whole(const struct ppt_sample *pass)
{
    return pass && pass->counts.instructions > 0 && pass->counts.cycles > 0 &&
           pass->counts.counted_ns > 0;
}

/* Logarithms of one pass's factors, a column for each. */
static void fill_factors(const struct ppt_sample *few, const struct ppt_sample *many, double *logs,
                         size_t stride, size_t at)
{
    const double instructions =
        per_task(many, 0) / per_task(few, 0); /* the first row of the table of events */

    logs[PPT_COUNTED_INSTRUCTIONS * stride + at] = log(instructions);
    logs[PPT_COUNTED_PER_INSTRUCTION * stride + at] = log(ipc(few, 0) / ipc(many, 0));
    logs[PPT_COUNTED_CLOCK * stride + at] = log(ghz(few, 0) / ghz(many, 0));
}

static void compare(const struct ppt_index *index, size_t few, struct ppt_passes passes,
                    struct ppt_counted *counted)
{
    const size_t stride = passes.count;
    double *logs PPT_FREED = ppt_alloc(stride * PPT_COUNTED_FACTORS + 1, sizeof(*logs));
    double *all PPT_FREED = ppt_alloc(stride + 1, sizeof(*all));
    double middle[PPT_COUNTED_FACTORS];
    size_t n = 0;

    for (size_t i = 0; i < passes.count; i++) {
        const struct ppt_sample *one = ppt_index_at(index, passes.items[i]->block, few);

        if (is_whole(one) && is_whole(passes.items[i]) &&
            one->counts.user_only == passes.items[i]->counts.user_only) {
            fill_factors(one, passes.items[i], logs, stride, n);
            for (size_t f = 0; f < PPT_COUNTED_FACTORS; f++) {
                all[n] += logs[f * stride + n];
            }
            n++;
        }
    }
    if (n == 0) {
        return;
    }
    const struct ppt_log_columns columns = {logs, stride, n, PPT_COUNTED_FACTORS};
    struct ppt_interval intervals[PPT_COUNTED_FACTORS];

    counted->inflation.value = exp(ppt_median(all, n));
    counted->inflation.interval = ppt_interval_exp(ppt_interval_of(all, n, 0.95));
    ppt_medians_adding_up(&columns, ppt_median(all, n), middle, intervals);
    for (size_t f = 0; f < PPT_COUNTED_FACTORS; f++) {
        counted->factor[f] = (struct ppt_ratio){exp(middle[f]), ppt_interval_exp(intervals[f])};
    }
}

struct ppt_counted ppt_counted_of(const struct ppt_index *index, size_t few, size_t point)
{
    const struct ppt_passes passes = ppt_index_passes(index, point);
    struct ppt_counted counted = {.ipc = stat_of(passes, ipc, 0), .ghz = stat_of(passes, ghz, 0)};

    for (size_t e = 0; e < PPT_EVENT_COUNT; e++) {
        counted.per_task[e] = stat_of(passes, per_task, e);
        counted.exists |= counted.per_task[e].n > 0;
    }
    for (size_t i = 0; i < passes.count; i++) {
        counted.user_only |= passes.items[i]->counts.user_only;
    }
    if (counted.exists && few != SIZE_MAX && few != point) {
        compare(index, few, passes, &counted);
    }
    return counted;
}
