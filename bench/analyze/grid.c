#include "grid.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

void ppt_grid_create(const unsigned *workers, size_t points, size_t blocks, struct ppt_grid *grid)
{
    *grid = (struct ppt_grid){
        .workers = ppt_alloc(points, sizeof(*grid->workers)),
        .point_count = points,
        .block_count = blocks,
        .seconds = ppt_alloc(points * blocks, sizeof(*grid->seconds)),
    };
    memcpy(grid->workers, workers, points * sizeof(*workers));
}

void ppt_grid_free(struct ppt_grid *grid)
{
    free(grid->workers);
    free(grid->seconds);
    *grid = (struct ppt_grid){0};
}

size_t ppt_grid_find(const struct ppt_grid *grid, unsigned workers)
{
    for (size_t i = 0; i < grid->point_count; i++) {
        if (grid->workers[i] == workers) {
            return i;
        }
    }
    return SIZE_MAX;
}

static int compare_unsigned(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return x < y ? -1 : x > y;
}

/* Points of measured passes, ascending, each once; the caller frees them. */
static unsigned *list_points(const struct ppt_samples *samples, size_t *count, unsigned *blocks)
{
    unsigned *workers = ppt_alloc(samples->count, sizeof(*workers));
    size_t n = 0;

    *count = 0;
    *blocks = 0;
    for (size_t i = 0; i < samples->count; i++) {
        if (samples->items[i].block > 0) {
            workers[n++] = samples->items[i].point.workers;
            *blocks = samples->items[i].block > *blocks ? samples->items[i].block : *blocks;
        }
    }
    qsort(workers, n, sizeof(*workers), compare_unsigned);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || workers[i] != workers[i - 1]) {
            workers[(*count)++] = workers[i];
        }
    }
    return workers;
}

void ppt_grid_from_samples(const struct ppt_samples *samples, struct ppt_grid *grid)
{
    size_t points = 0, complete = 0;
    unsigned blocks = 0;
    unsigned *workers = list_points(samples, &points, &blocks);

    ppt_grid_create(workers, points, blocks, grid);
    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        if (sample->block > 0) {
            grid->seconds[(sample->block - 1) * points +
                          ppt_grid_find(grid, sample->point.workers)] =
                (double)sample->total_ns * 1e-9;
        }
    }
    for (unsigned b = 0; b < blocks; b++) {
        const double *row = &grid->seconds[b * points];
        size_t filled = 0;

        for (size_t p = 0; p < points; p++) {
            filled += row[p] > 0;
        }
        if (filled == points) {
            memmove(&grid->seconds[complete++ * points], row, points * sizeof(*row));
        }
    }
    grid->block_count = complete;
    free(workers);
}

void ppt_grid_log_ratios(const struct ppt_grid *grid, size_t a, size_t b, double *out)
{
    for (size_t block = 0; block < grid->block_count; block++) {
        out[block] = log(ppt_grid_at(grid, block, a) / ppt_grid_at(grid, block, b));
    }
}

struct ppt_ratio ppt_grid_speedup(const struct ppt_grid *grid, size_t a, size_t b,
                                  double confidence)
{
    double *logs = ppt_alloc(grid->block_count, sizeof(*logs));
    struct ppt_ratio ratio;

    ppt_grid_log_ratios(grid, a, b, logs);
    ratio.value = exp(ppt_median(logs, grid->block_count));
    ratio.interval = ppt_interval_of(logs, grid->block_count, confidence);
    ratio.interval.low = ratio.interval.exists ? exp(ratio.interval.low) : 0;
    ratio.interval.high = ratio.interval.exists ? exp(ratio.interval.high) : 0;
    free(logs);
    return ratio;
}
