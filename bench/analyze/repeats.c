#include "repeats.h"

#include "memory.h"
#include "owned.h"
#include "stat.h"

/* Caches alone make less of a difference to what takes so long. */
#define MANY_TIMES 5
#define LEAST_S 0.05

#define FEWEST_LATER 2

static double longest_s(const struct ppt_sample *sample)
{
    return (double)sample->times.largest_ns * 1e-9;
}

struct ppt_repeats ppt_repeats_of(const struct ppt_samples *samples)
{
    const struct ppt_sample *items = samples->items;
    double *later PPT_FREED = ppt_alloc(samples->count, sizeof(*later));
    struct ppt_repeats repeats = {0};
    const bool timed = samples->first_ns > 0;
    size_t count = 0;

    for (size_t i = 0; i < samples->count; i++) {
        if (items[i].block > 0) {
            repeats.failed += (uint64_t)items[i].failed_tasks;
            repeats.tasks += items[i].task_count;
        }
        if ((i > 0 || timed) && ppt_point_same(items[i].point, items[0].point)) {
            later[count++] = longest_s(&items[i]);
        }
    }
    if (count >= FEWEST_LATER) {
        repeats.first_s = timed ? (double)samples->first_ns * 1e-9 : longest_s(&items[0]);
        repeats.later_s = ppt_median(later, count);
        repeats.changed = repeats.first_s >= MANY_TIMES * repeats.later_s &&
                          repeats.first_s - repeats.later_s >= LEAST_S;
    }
    return repeats;
}
