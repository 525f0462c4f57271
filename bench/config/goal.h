/*
 * goal.h - what the recommended count is to be good for, where that is not the shortest time, and
 * how tasks come, where they are not all there from the start.
 */
#ifndef PPT_CONFIG_GOAL_H
#define PPT_CONFIG_GOAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ppt_goal_kind {
    PPT_GOAL_TIME,     /* all tasks in the shortest time */
    PPT_GOAL_EACH,     /* that, where each task is hardly slower than alone */
    PPT_GOAL_CHEAPEST, /* all tasks for the least money */
    PPT_GOAL_LATENCY   /* the fewest workers with which tasks that arrive are done soon enough */
};
extern const char *const ppt_goal_names[]; /* as in JSON: "time", "each_at_most", ... */

/* Of its numbers those of its kind count. */
struct ppt_goal {
    enum ppt_goal_kind kind;
    double each_at_most;    /* 1.05: 5 % slower than alone */
    double per_hour;        /* what the machine costs, however many workers there are, */
    double per_worker_hour; /* and each of these */
    double percentile;      /* 99: of a hundred tasks one may take longer than */
    double at_most_s;
};

enum ppt_arrival_process { PPT_ARRIVALS_POISSON, PPT_ARRIVALS_STEADY, PPT_ARRIVALS_RECORDED };

/* Tasks that arrive, one after the other. None do where there is neither a rate nor a time. */
struct ppt_arrivals {
    bool given;
    double rate; /* tasks per second; of several one of them; of recorded times 0 */
    enum ppt_arrival_process process;
    double *times_s; /* recorded: ascending, since the start of a pass; owned */
    size_t time_count;
    double *rates; /* several, until they are what varies (config.h); owned */
    size_t rate_count;
};

#define PPT_LARGEST_RATE 1e7

static inline bool ppt_arrivals_exist(const struct ppt_arrivals *arrivals)
{
    return arrivals->rate > 0 || arrivals->time_count > 0;
}

/* A pass has to have so many tasks for its percentile to be stated: behind it are ten of them, for
 * with fewer it would hardly be more than the longest. */
#define PPT_TASKS_BEYOND 10
uint64_t ppt_goal_tasks(double percentile);

#endif
