#include "grid.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

void ppt_grid_create(const struct ppt_point *points, size_t count, size_t blocks,
                     struct ppt_grid *grid)
{
    *grid = (struct ppt_grid){
        .points = ppt_alloc(count, sizeof(*grid->points)),
        .point_count = count,
        .block_count = blocks,
        .seconds = ppt_alloc(count * blocks, sizeof(*grid->seconds)),
        .processes = 1,
    };
    memcpy(grid->points, points, count * sizeof(*points));
}

void ppt_grid_create_curve(const unsigned *workers, size_t count, size_t blocks,
                           struct ppt_grid *grid)
{
    struct ppt_point *points PPT_FREED = ppt_alloc(count, sizeof(*points));

    for (size_t i = 0; i < count; i++) {
        points[i] = (struct ppt_point){workers[i], 1, 0, 0, 0, 0};
    }
    ppt_grid_create(points, count, blocks, grid);
}

void ppt_grid_free(struct ppt_grid *grid)
{
    free(grid->points);
    free(grid->seconds);
    free(grid->barred);
    *grid = (struct ppt_grid){0};
}

size_t ppt_grid_find(const struct ppt_grid *grid, struct ppt_point point)
{
    for (size_t i = 0; i < grid->point_count; i++) {
        if (ppt_point_same(grid->points[i], point)) {
            return i;
        }
    }
    return SIZE_MAX;
}

unsigned ppt_grid_several(const struct ppt_grid *grid)
{
    unsigned set = 0;

    for (size_t i = 1; i < grid->point_count; i++) {
        set |= ppt_point_differ(grid->points[i], grid->points[0]);
    }
    return set;
}

bool ppt_grid_has_ranks(const struct ppt_grid *grid)
{
    return grid->point_count > 0 && grid->points[grid->point_count - 1].ranks > 0;
}

size_t ppt_grid_find_workers(const struct ppt_grid *grid, unsigned workers,
                             const struct ppt_point *task)
{
    for (size_t p = 0; p < grid->point_count; p++) {
        if (ppt_point_workers(grid->points[p]) == workers &&
            (!task || ppt_point_same_task(grid->points[p], *task))) {
            return p;
        }
    }
    return SIZE_MAX;
}

static bool is_faster(const struct ppt_grid *grid, size_t a, size_t b)
{
    double *logs PPT_FREED = ppt_alloc(grid->block_count, sizeof(*logs));

    ppt_grid_log_ratios(grid, b, a, logs);
    return ppt_median(logs, grid->block_count) > 0;
}

/* Chooses the point as the one with its number of workers, unless a faster one is there, or
 * `through`; `chosen` ascends by workers. */
static void choose(const struct ppt_grid *grid, size_t p, size_t through, size_t *chosen,
                   size_t *count)
{
    const unsigned workers = ppt_point_workers(grid->points[p]);
    size_t place = 0;

    while (place < *count && ppt_point_workers(grid->points[chosen[place]]) < workers) {
        place++;
    }
    if (place < *count && ppt_point_workers(grid->points[chosen[place]]) == workers) {
        if (p == through || (chosen[place] != through && is_faster(grid, p, chosen[place]))) {
            chosen[place] = p;
        }
        return;
    }
    memmove(&chosen[place + 1], &chosen[place], (*count - place) * sizeof(*chosen));
    chosen[place] = p;
    ++*count;
}

void ppt_grid_select(const struct ppt_grid *grid, const size_t *chosen, size_t count,
                     struct ppt_grid *part)
{
    struct ppt_point *points PPT_FREED = ppt_alloc(count, sizeof(*points));

    for (size_t p = 0; p < count; p++) {
        points[p] = grid->points[chosen[p]];
    }
    ppt_grid_create(points, count, grid->block_count, part);
    part->processes = grid->processes;
    part->grouped = grid->grouped;
    part->step = grid->step;
    for (size_t b = 0; b < grid->block_count; b++) {
        for (size_t p = 0; p < count; p++) {
            part->seconds[b * count + p] = ppt_grid_at(grid, b, chosen[p]);
        }
    }
}

void ppt_grid_row(const struct ppt_grid *grid, size_t through, struct ppt_grid *row)
{
    size_t *chosen PPT_FREED = ppt_alloc(grid->point_count + 1, sizeof(*chosen));
    size_t count = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        if (ppt_point_same_task(grid->points[p], grid->points[through])) {
            choose(grid, p, through, chosen, &count);
        }
    }
    ppt_grid_select(grid, chosen, count, row);
}

static bool is_complete(const struct ppt_index *index, size_t block)
{
    size_t p = 0;

    while (p < index->point_count && ppt_index_at(index, block, p)) {
        p++;
    }
    return p == index->point_count;
}

/* Of the points of a run. */
static uint64_t fewest_tasks(const struct ppt_index *index)
{
    uint64_t fewest = UINT64_MAX;

    for (size_t p = 0; p < index->point_count; p++) {
        const uint64_t own = ppt_index_passes(index, p).items[0]->task_count;

        fewest = own < fewest ? own : fewest;
    }
    return fewest;
}

/* Of a whole pass, as if it had so many tasks. */
static double seconds_for(const struct ppt_sample *pass, const void *context)
{
    const uint64_t tasks = *(const uint64_t *)context;
    const double seconds = (double)pass->total_ns * 1e-9;

    return pass->task_count == tasks ? seconds
                                     : seconds * ((double)tasks / (double)pass->task_count);
}

void ppt_grid_of(const struct ppt_index *index, ppt_cell_value *value, const void *context,
                 struct ppt_grid *grid)
{
    double *process PPT_FREED = ppt_alloc(index->block_count + 1, sizeof(*process));
    size_t complete = 0;
    bool known = true;

    ppt_grid_create(index->points, index->point_count, index->block_count, grid);
    for (size_t block = 1; block <= index->block_count; block++) {
        if (is_complete(index, block)) {
            double *row = &grid->seconds[complete * index->point_count];

            process[complete++] = ppt_index_at(index, block, 0)->process;
            known = known && process[complete - 1] > 0;
            for (size_t p = 0; p < index->point_count; p++) {
                row[p] = value(ppt_index_at(index, block, p), context);
            }
        }
    }
    grid->block_count = complete;
    if (known) {
        ppt_grid_by_process(grid, process);
    }
}

void ppt_grid_from_index(const struct ppt_index *index, struct ppt_grid *grid)
{
    const uint64_t tasks = fewest_tasks(index);

    ppt_grid_of(index, seconds_for, &tasks, grid);
}

void ppt_grid_log_ratios(const struct ppt_grid *grid, size_t a, size_t b, double *out)
{
    for (size_t block = 0; block < grid->block_count; block++) {
        out[block] = log(ppt_grid_at(grid, block, a) / ppt_grid_at(grid, block, b));
    }
}

/* The middle time of a point; `column` has room for one of each block. */
static double median_time(const struct ppt_grid *grid, size_t point, double *column)
{
    for (size_t b = 0; b < grid->block_count; b++) {
        column[b] = ppt_grid_at(grid, b, point);
    }
    return ppt_median(column, grid->block_count);
}

double ppt_grid_blur(const struct ppt_grid *grid, size_t a, size_t b)
{
    double *column PPT_FREED = ppt_alloc(grid->block_count + 1, sizeof(*column));

    return grid->step > 0
               ? grid->step / 2 *
                     (1 / median_time(grid, a, column) + 1 / median_time(grid, b, column))
               : 0;
}

struct ppt_interval ppt_grid_difference(const struct ppt_grid *grid, size_t a, size_t b,
                                        double confidence)
{
    double *logs PPT_FREED = ppt_alloc(grid->block_count + 1, sizeof(*logs));
    const double blur = ppt_grid_blur(grid, a, b);

    ppt_grid_log_ratios(grid, a, b, logs);
    struct ppt_interval interval = ppt_interval_of(logs, grid->block_count, confidence);
    interval.low -= blur;
    interval.high += blur;
    return interval;
}

struct ppt_ratio ppt_grid_speedup(const struct ppt_grid *grid, size_t a, size_t b,
                                  double confidence)
{
    double *logs PPT_FREED = ppt_alloc(grid->block_count, sizeof(*logs));

    ppt_grid_log_ratios(grid, a, b, logs);
    return (struct ppt_ratio){
        .value = exp(ppt_median(logs, grid->block_count)),
        .interval = ppt_interval_exp(ppt_grid_difference(grid, a, b, confidence)),
    };
}

double *ppt_grid_block_medians(const struct ppt_grid *grid)
{
    double *medians = ppt_alloc(grid->block_count, sizeof(*medians));
    double *row PPT_FREED = ppt_alloc(grid->point_count, sizeof(*row));

    for (size_t b = 0; b < grid->block_count; b++) {
        for (size_t p = 0; p < grid->point_count; p++) {
            row[p] = log(ppt_grid_at(grid, b, p));
        }
        medians[b] = ppt_median(row, grid->point_count);
    }
    return medians;
}

double *ppt_grid_point_medians(const struct ppt_grid *grid, const double *offsets)
{
    double *medians = ppt_alloc(grid->point_count, sizeof(*medians));
    double *column PPT_FREED = ppt_alloc(grid->block_count, sizeof(*column));

    for (size_t p = 0; p < grid->point_count; p++) {
        for (size_t b = 0; b < grid->block_count; b++) {
            column[b] = log(ppt_grid_at(grid, b, p)) - offsets[b];
        }
        medians[p] = ppt_median(column, grid->block_count);
    }
    return medians;
}

/* ---- processes ---- */

struct process_block {
    double process;
    size_t block;
};

static int compare_processes(const void *a, const void *b)
{
    const struct process_block *const x = a, *const y = b;

    return x->process != y->process ? (x->process > y->process) - (x->process < y->process)
                                    : (x->block > y->block) - (x->block < y->block);
}

/* Where the run of blocks of one process that begins there ends. */
static size_t end_of_process(const struct process_block *sorted, size_t count, size_t first)
{
    size_t end = first + 1;

    while (end < count && sorted[end].process == sorted[first].process) {
        end++;
    }
    return end;
}

void ppt_grid_by_process(struct ppt_grid *grid, const double *process)
{
    const size_t blocks = grid->block_count, points = grid->point_count;
    struct process_block *sorted PPT_FREED = ppt_alloc(blocks + 1, sizeof(*sorted));
    double *column PPT_FREED = ppt_alloc(blocks + 1, sizeof(*column));
    struct ppt_grid whole;
    size_t row = 0;

    for (size_t b = 0; b < blocks; b++) {
        sorted[b] = (struct process_block){process[b], b};
    }
    qsort(sorted, blocks, sizeof(*sorted), compare_processes);
    if (blocks == 0 || end_of_process(sorted, blocks, 0) == blocks) {
        return;
    }
    ppt_grid_create(grid->points, points, blocks, &whole);
    for (size_t first = 0, end; first < blocks; first = end, row++) {
        end = end_of_process(sorted, blocks, first);
        for (size_t p = 0; p < points; p++) {
            for (size_t i = first; i < end; i++) {
                column[i - first] = log(ppt_grid_at(grid, sorted[i].block, p));
            }
            whole.seconds[row * points + p] = exp(ppt_median(column, end - first));
        }
    }
    whole.block_count = whole.processes = row;
    whole.grouped = row < blocks;
    whole.step = grid->step;
    ppt_grid_free(grid);
    *grid = whole;
}

/* ---- the clock ---- */

static bool is_multiple(const struct ppt_grid *grid, double step)
{
    for (size_t i = 0; i < grid->block_count * grid->point_count; i++) {
        const double steps = grid->seconds[i] / step;

        if (fabs(steps - round(steps)) > 1e-3) {
            return false;
        }
    }
    return true;
}

/* How many times are there more than once at their point. */
static size_t count_tied(const struct ppt_grid *grid, double *column)
{
    const size_t blocks = grid->block_count;
    size_t tied = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        median_time(grid, p, column);
        gsl_sort(column, 1, blocks);
        for (size_t b = 0; b < blocks; b++) {
            tied += (b > 0 && column[b - 1] == column[b]) ||
                    (b + 1 < blocks && column[b + 1] == column[b]);
        }
    }
    return tied;
}

void ppt_grid_find_step(struct ppt_grid *grid)
{
    static const double steps[] = {1, 0.1, 0.01, 0.004, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
    double *column PPT_FREED = ppt_alloc(grid->block_count + 1, sizeof(*column));
    const size_t all = grid->block_count * grid->point_count;
    double shortest = INFINITY;
    size_t s = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        shortest = fmin(shortest, median_time(grid, p, column));
    }
    while (s < sizeof(steps) / sizeof(steps[0]) && !is_multiple(grid, steps[s])) {
        s++;
    }
    if (all > 0 && s < sizeof(steps) / sizeof(steps[0]) && steps[s] > 1e-3 * shortest &&
        4 * count_tied(grid, column) > all) {
        grid->step = steps[s];
    }
}
