#include "footprint.h"

#include <limits.h>
#include <math.h>

/* Counts beyond this are as good as any number. */
#define MOST 1000000

static bool is_alike(struct ppt_point a, struct ppt_point b)
{
    return (ppt_point_differ(a, b) & ~PPT_ONLY(PPT_WORKERS)) == 0;
}

/* Sums over passes, for a line by least squares. */
struct sums {
    double n, x, y, xx, xy;
    double first_x; /* of the first pass */
    bool several;   /* numbers of workers */
};

static struct sums sums_of(const struct ppt_samples *samples, struct ppt_point like)
{
    struct sums sums = {0};

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];
        const double x = ppt_point_running(sample->point), y = (double)sample->peak_bytes;

        if (y <= 0 || !is_alike(sample->point, like)) {
            continue;
        }
        sums.first_x = sums.n > 0 ? sums.first_x : x;
        sums.several = sums.several || x != sums.first_x;
        sums.n++;
        sums.x += x;
        sums.y += y;
        sums.xx += x * x;
        sums.xy += x * y;
    }
    return sums;
}

/* So high that no pass is above the line. */
static double base_above(const struct ppt_samples *samples, struct ppt_point like, double slope)
{
    double base = 0;

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        if (sample->peak_bytes > 0 && is_alike(sample->point, like)) {
            base =
                fmax(base, (double)sample->peak_bytes - slope * ppt_point_running(sample->point));
        }
    }
    return base;
}

struct ppt_footprint ppt_footprint_of(const struct ppt_samples *samples, struct ppt_point like,
                                      bool outside)
{
    const struct sums sums = sums_of(samples, like);
    double slope = 0;

    if (sums.n == 0 || (!sums.several && !outside)) {
        return (struct ppt_footprint){0};
    }
    slope =
        sums.several
            ? fmax(0, (sums.n * sums.xy - sums.x * sums.y) / (sums.n * sums.xx - sums.x * sums.x))
            : sums.y / sums.x;
    return (struct ppt_footprint){true, base_above(samples, like, slope), slope};
}

double ppt_footprint_at(const struct ppt_footprint *footprint, unsigned running)
{
    return footprint->base_bytes + footprint->worker_bytes * running;
}

unsigned ppt_footprint_most(const struct ppt_footprint *footprint, uint64_t limit)
{
    const double left = (1 - PPT_MEMORY_MARGIN) * (double)limit - footprint->base_bytes;

    if (left < footprint->worker_bytes) {
        return 0;
    }
    return left >= MOST * footprint->worker_bytes ? UINT_MAX
                                                  : (unsigned)(left / footprint->worker_bytes);
}

double ppt_footprint_seen(const struct ppt_samples *samples, struct ppt_point point)
{
    double most = 0;

    for (size_t i = 0; i < samples->count; i++) {
        if (ppt_point_same(samples->items[i].point, point)) {
            most = fmax(most, (double)samples->items[i].peak_bytes);
        }
    }
    return most;
}
