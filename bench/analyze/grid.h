/*
 * grid.h - pass times by block and point: what speedups, the verdict and the scaling model are
 * made of, wherever the passes were timed.
 */
#ifndef PPT_ANALYZE_GRID_H
#define PPT_ANALYZE_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "index.h"
#include "interval.h"

/* Only complete blocks: every point has a time in each. Points ascend, see ppt_point_compare(). */
struct ppt_grid {
    struct ppt_point *points;
    size_t point_count;
    size_t block_count; /* or processes, where there are several: see ppt_grid_by_process() */
    double *seconds;    /* [block * point_count + point], all positive */
    size_t processes;   /* that the passes ran in; 1: nothing tells what differs between them */
    bool grouped;       /* some of these had several blocks, which are one row */
    bool same_alone;    /* one worker is what sequential calls are: where both are there, it is not
                           ranked against them */
    bool *barred; /* by point: not to be recommended, nor to be compared with; owned; NULL: none
                     is */
    double step;  /* of the clock that timed them, in seconds; 0: too fine to be seen */
};

/* Fills the grid with an empty table for these points (ascending, each once) and `blocks`. */
void ppt_grid_create(const struct ppt_point *points, size_t count, size_t blocks,
                     struct ppt_grid *grid);

/* The same for numbers of workers whose tasks use one thread each. */
void ppt_grid_create_curve(const unsigned *workers, size_t count, size_t blocks,
                           struct ppt_grid *grid);
void ppt_grid_free(struct ppt_grid *grid);

/* Whole passes (init, work and cleanup) of a run, without blocks that were not finished. Where
 * points have different numbers of tasks (they grow with the workers), times are for as many as
 * those with the fewest have: ratios are then of throughput. */
void ppt_grid_from_index(const struct ppt_index *index, struct ppt_grid *grid);

/* The same of something else that is measured of a pass, above 0. */
typedef double ppt_cell_value(const struct ppt_sample *pass, const void *context);
void ppt_grid_of(const struct ppt_index *index, ppt_cell_value *value, const void *context,
                 struct ppt_grid *grid);

/* Puts the blocks of each process together as one, of medians: what differs between processes is
 * the same in all blocks of one, so that more of these do not average it out. `process` has a
 * number for every block. A grid of one process stays as it is. */
void ppt_grid_by_process(struct ppt_grid *grid, const double *process);

/* Sees by the times whether a coarse clock took them, and sets the step. Intervals then are wider
 * by what the step alone may hide. */
void ppt_grid_find_step(struct ppt_grid *grid);

/* The part of a grid with these points, ascending indices. */
void ppt_grid_select(const struct ppt_grid *grid, const size_t *chosen, size_t count,
                     struct ppt_grid *part);

static inline double ppt_grid_at(const struct ppt_grid *grid, size_t block, size_t point)
{
    return grid->seconds[block * grid->point_count + point];
}

/* The index of a point, or SIZE_MAX. */
size_t ppt_grid_find(const struct ppt_grid *grid, struct ppt_point point);

/* The first point with so many workers, those of all ranks, and with the task of that point, or
 * with any (NULL); SIZE_MAX: there is none. */
size_t ppt_grid_find_workers(const struct ppt_grid *grid, unsigned workers,
                             const struct ppt_point *task);

/* The set of dimensions in which points differ, and whether there are some over ranks. */
unsigned ppt_grid_several(const struct ppt_grid *grid);
bool ppt_grid_has_ranks(const struct ppt_grid *grid);

/* A curve over workers alone, through that point: for every number of them, those of all ranks, the
 * point with the same task. Where several numbers of ranks with so many workers each come
 * to the same, it is the fastest of these. */
void ppt_grid_row(const struct ppt_grid *grid, size_t through, struct ppt_grid *row);

/* A ratio of medians by pairs: exp of the median over blocks of ln(T_a / T_b), and its interval. */
struct ppt_ratio {
    double value;
    struct ppt_interval interval;
};

/* How much faster point b is than point a. */
struct ppt_ratio ppt_grid_speedup(const struct ppt_grid *grid, size_t a, size_t b,
                                  double confidence);

/* The interval of the median of ln(T_a / T_b). */
struct ppt_interval ppt_grid_difference(const struct ppt_grid *grid, size_t a, size_t b,
                                        double confidence);

/* What the clock's step may hide of ln(T_a / T_b), to either side. */
double ppt_grid_blur(const struct ppt_grid *grid, size_t a, size_t b);

/* Fills out[block] with ln(T_a / T_b). */
void ppt_grid_log_ratios(const struct ppt_grid *grid, size_t a, size_t b, double *out);

/* Medians of ln(seconds), so that every point counts alike whatever its length: of all points, by
 * block; and by point of all blocks, each of which is moved down by its offset. To be given to
 * free(). */
double *ppt_grid_block_medians(const struct ppt_grid *grid);
double *ppt_grid_point_medians(const struct ppt_grid *grid, const double *offsets);

#endif
