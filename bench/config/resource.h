/*
 * resource.h - what a task may have to share with others: the table of resources on which a pass
 * can be pressed (press/press.h), so that it shows which of them the task minds.
 */
#ifndef PPT_CONFIG_RESOURCE_H
#define PPT_CONFIG_RESOURCE_H

#include <stdbool.h>

/* As a dimension of points has them: 0 is a pass without any pressure. */
enum ppt_resource {
    PPT_RESOURCE_NONE,
    PPT_RESOURCE_CPU,
    PPT_RESOURCE_CORE,
    PPT_RESOURCE_CACHE,
    PPT_RESOURCE_MEMORY,
    PPT_RESOURCE_DISK,
    PPT_RESOURCE_FAULTS,
    PPT_RESOURCE_METADATA,
    PPT_RESOURCE_COUNT
};

/* The table. */
struct ppt_resource_row {
    const char *name;   /* in JSON, and in points */
    const char *words;  /* in sentences, behind "pressure on" */
    const char *cause;  /* what a task that minds it is held up by, in JSON */
    const char *unit;   /* of what pressing does: "bytes"; its rates are of so many a second */
    const char *advice; /* what helps a task that is held up by it */
    bool own_cpus;      /* pressed on the task's own CPUs; else on those that it does not use */
    bool through_cache; /* what presses hardly does but through a cache that it shares with the task
                         */
};

/* The row of PPT_RESOURCE_NONE is empty. */
extern const struct ppt_resource_row ppt_resources[PPT_RESOURCE_COUNT];

/* By its name; PPT_RESOURCE_NONE: there is none of that name. */
enum ppt_resource ppt_resource_find(const char *name);

#endif
