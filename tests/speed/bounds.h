/*
 * bounds.h - how near a task comes to what this machine can do (ceilings.h), and how it stands
 * beside the best code for it that is known and installed.
 *
 * Both are contests, so each is measured in turns with the task.
 */
#ifndef PPT_SPEED_BOUNDS_H
#define PPT_SPEED_BOUNDS_H

#include "ceilings.h"
#include "contest.h"
#include "kernel.h"

struct bound {
    struct contestant measured; /* its name is the task's */
    struct contestant ceiling;
    struct contestant known; /* without `run`: there is none, and the name says why */
    const char *unit;        /* of values: "ns per addition" */
    double unit_ns;
    /* How much a unit is of what the ceiling is a rate of, for one: "GFLOP/s" and the operations.
     * NULL: of nothing. */
    const char *rate;
    double work;
    /* Bars, of which one is enough; 0: that is none. */
    double least_share; /* of the ceiling */
    double most_units;
    double least_known; /* the speed, of that of the best known */
};

enum ppt_status bound_hold(const struct venue *venue, const struct bound *bound,
                           struct ppt_error *error);

/* The same, with tasks of a kernel as what is measured: `run` and `state` follow. */
enum ppt_status bound_hold_task(const struct venue *venue, const struct ppt_kernel *kernel,
                                const union ppt_value *args, struct bound bound,
                                struct ppt_error *error);

void bound_print_head(const struct venue *venue);

/* Whether there are rows of a kernel of that name. */
bool bound_has_part(const char *name);

/* The ceiling of multiply-adds, for a unit that has so many operations. */
struct contestant bound_flops(double operations);

/* Copies within the level of cache that both places fit in. */
struct bound_copy {
    char name[64];
    void *from, *to;
    size_t bytes; /* of each place */
};

enum ppt_status bound_copy_start(struct bound_copy *copy, size_t bytes, struct ppt_error *error);
void bound_copy_stop(struct bound_copy *copy);

/* For a unit that is worth so many bytes. */
struct contestant bound_copying(struct bound_copy *copy, double bytes);

#endif
