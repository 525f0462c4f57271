/*
 * first.h - how long a task takes, before anything is planned, and what is made ready for it: a run
 * is sized by that.
 */
#ifndef PPT_RUN_FIRST_H
#define PPT_RUN_FIRST_H

#include "hooks.h"
#include "size.h"
#include "workload.h"

struct ppt_first {
    struct ppt_task_cost task;   /* in the mean; of several the first does not count */
    struct ppt_task_cost *sizes; /* the same of each of several sizes, for which there is room;
                                    NULL: none is asked for */
    int64_t first_ns;            /* of that one */
    double pass_s;               /* what is made ready for a pass, and removed behind it, takes, */
    double copy_s;               /* and what each of its tasks is given */
    bool used_up; /* The first task used up what was made ready for all: it takes many times as
                     long as the others, whenever it is made ready again. Then the time is that
                     of such a task. */
};

/* Whether a first task took so much longer than later ones that it found more to do: caches alone
 * make less of a difference to what takes so long. */
bool ppt_first_longer(double first_s, double later_s);

/* `first` is zeroed, but for its sizes. Runs some of the tasks one after the other, as plain
 * calls, until a tenth of a second is over, and fills in what one takes; likewise some with the
 * most inner threads, where several numbers are measured. What is made ready for a
 * pass is made ready for them, by these commands (NULL: none) and in copies of the folder, for at
 * most so many tasks. Of several variants it does so with each, and the mean is of all; nothing is
 * then found to be used up. Neither is it where the number of tasks is given. */
enum ppt_status ppt_first_tasks(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                struct ppt_hooks *hooks, uint64_t most, struct ppt_first *first,
                                struct ppt_error *error);

#endif
