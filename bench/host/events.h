/*
 * events.h - hardware counters of a pass, where the system has them and permits them: instructions,
 * cycles and more, by perf_event_open(2).
 *
 * Each event is one row of a table (events.c). Those of tasks count the calling thread, and all
 * threads and programs that come from it from then on; energy is a package's, whoever uses it. What
 * the machine lacks, or the system refuses, is not there: no failure, and no message but that of
 * `doctor`.
 *
 * There are more events than a CPU counts at a time: the system then takes turns. A count is scaled
 * by the time that it stood for over that in which it was counted.
 */
#ifndef PPT_HOST_EVENTS_H
#define PPT_HOST_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "field.h"

/* Of a pass; 0: not available. */
struct ppt_event_counts {
    int64_t instructions, cycles;
    int64_t cache_misses;   /* that went to memory: of the last level */
    int64_t stalled_cycles; /* in which nothing went on, mostly for want of data */
    int64_t energy_uj;      /* of all packages, in microjoules */
    int64_t counted_ns;     /* CPU time of the threads and programs that were counted */
    bool user_only;         /* not what the system did for them */
};

/* All of these. */
extern const struct ppt_field ppt_event_fields[];

#define PPT_EVENT_COUNT 5

/* What is known of one of them. */
struct ppt_event {
    const char *key;   /* in JSON, and its member */
    const char *words; /* for people: "instructions" */
    size_t offset;     /* in the counts */
    bool per_package;  /* else per task */
    const char *unit;  /* that people are told it in; "" for a plain number */
    double in_unit;    /* so many make one */

    /* Which one it is: type and config of perf_event_open(2); or the files of the system, which say
     * that themselves: of a unit, and the event's name there. */
    uint32_t type;
    uint64_t config;
    const char *device, *name;
};
extern const struct ppt_event ppt_events[PPT_EVENT_COUNT];

static inline int64_t ppt_event_count(const struct ppt_event_counts *counts,
                                      const struct ppt_event *event)
{
    return *(const int64_t *)(const void *)((const char *)counts + event->offset);
}

/* Adds what another process counted in the same pass: what is not known of one is not of both. What
 * a package used would count for each of its processes: it is not known, then. */
void ppt_event_counts_add(struct ppt_event_counts *sum, const struct ppt_event_counts *one);

struct perf_event_attr;

/* How the system is asked; a test has others in their place. */
struct ppt_event_calls {
    int (*open)(struct perf_event_attr *attr, pid_t pid, int cpu); /* -errno: it was refused */
    ssize_t (*read)(int fd, void *out, size_t size);
    void (*control)(int fd, unsigned long request); /* PERF_EVENT_IOC_ENABLE, ... */
    void (*close)(int fd);
    const char *root; /* of /sys, normally "" */
};
extern const struct ppt_event_calls ppt_event_system;

/* What was refused once is not asked for again; zeroed at first. */
struct ppt_event_access {
    int refused[PPT_EVENT_COUNT]; /* errno; 0: it was not */
    bool user_only;               /* the system's part is not permitted */
};

/* Packages beyond these have no energy. */
#define PPT_MOST_PACKAGES 16

struct ppt_events {
    const struct ppt_event_calls *calls;
    bool user_only;
    int fds[PPT_EVENT_COUNT][PPT_MOST_PACKAGES]; /* of tasks there is one */
    unsigned fd_count[PPT_EVENT_COUNT];
    double scale[PPT_EVENT_COUNT]; /* of a count, to the unit */
};

/* Takes some 10 µs for each event that there is: outside of what is timed, and in the thread that
 * will create the others. */
void ppt_events_open(const struct ppt_event_calls *calls, struct ppt_event_access *access,
                     struct ppt_events *events);

/* Counts from here on; and no more. Takes some µs. */
void ppt_events_start(const struct ppt_events *events);
void ppt_events_stop(const struct ppt_events *events);

/* What was counted in between; closes all. */
void ppt_events_take(struct ppt_events *events, struct ppt_event_counts *counts);

#endif
