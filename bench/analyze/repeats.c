#include "repeats.h"

#include "first.h"
#include "memory.h"
#include "owned.h"
#include "stat.h"

#define FEWEST_LATER 2

static double longest_s(const struct ppt_sample *sample)
{
    return (double)sample->times.largest_ns * 1e-9;
}

/* Beyond the first tasks of all workers, which run side by side; 0: there are no others. */
static double later_s(const struct ppt_sample *sample)
{
    const uint64_t running = ppt_point_running(sample->point);

    if (!sample->task_ns || sample->task_count <= running) {
        return 0;
    }
    const size_t count = (size_t)(sample->task_count - running);
    double *later PPT_FREED = ppt_alloc(count, sizeof(*later));

    for (size_t i = 0; i < count; i++) {
        later[i] = (double)sample->task_ns[running + i] * 1e-9;
    }
    return ppt_median(later, count);
}

/* Of most passes that have further tasks. */
static void find_used_up(const struct ppt_samples *samples, struct ppt_repeats *repeats)
{
    double *firsts PPT_FREED = ppt_alloc(samples->count, sizeof(*firsts));
    double *laters PPT_FREED = ppt_alloc(samples->count, sizeof(*laters));
    size_t passes = 0, count = 0;

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];
        const double later = sample->block > 0 ? later_s(sample) : 0;

        if (later > 0) {
            const double first = (double)sample->task_ns[0] * 1e-9;

            passes++;
            if (ppt_first_longer(first, later)) {
                firsts[count] = first;
                laters[count++] = later;
            }
        }
    }
    repeats->used_up = count >= FEWEST_LATER && 2 * count > passes;
    if (repeats->used_up) {
        repeats->first_of_pass_s = ppt_median(firsts, count);
        repeats->later_of_pass_s = ppt_median(laters, count);
    }
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
        repeats.changed = ppt_first_longer(repeats.first_s, repeats.later_s);
    }
    find_used_up(samples, &repeats);
    return repeats;
}
