/*
 * point.h - where a pass is measured: so many workers, each task using so many threads inside, in
 * each of so many processes.
 *
 * A point has dimensions, and each is a row of one table: from the rows come the order of points,
 * their names in sentences, labels and files, and what a journal may say. A new dimension is a
 * member of struct ppt_point, a row, and what it does where passes are measured.
 */
#ifndef PPT_CONFIG_POINT_H
#define PPT_CONFIG_POINT_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"
#include "resource.h"

#define PPT_MOST_WORKERS 1024
#define PPT_MOST_RANKS 65536
#define PPT_MOST_PROGRAMS 32
#define PPT_MOST_VARIANTS 256

struct ppt_point {
    unsigned workers; /* of every rank; 0: plain sequential calls */
    unsigned inner_threads;
    unsigned ranks;    /* of MPI that share the tasks; 0: without MPI, in this process alone */
    unsigned program;  /* of several, which one: 1, 2, ...; 0: there is one alone */
    unsigned size;     /* likewise, of several sizes of the task */
    unsigned pressure; /* a pass of the search for causes: PPT_PRESSURE_ALONE, or the resource (enum
                          ppt_resource) that is pressed on beside it; 0: another pass */
};

/* Of such a pass with nothing beside it, with which those beside pressure are compared: workers are
 * bound as in these. */
#define PPT_PRESSURE_ALONE PPT_RESOURCE_COUNT

/* In the order in which points ascend, and are spoken of. */
enum ppt_dimension {
    PPT_PROGRAM,
    PPT_SIZE,
    PPT_PRESSURE,
    PPT_RANKS,
    PPT_WORKERS,
    PPT_INNER_THREADS,
    PPT_DIMENSION_COUNT
};

/* Sets of dimensions: those that tasks are spread over, and those of each task, wherever it runs.
 * What the task is, its variant says, of which every analysis and every report has one; and none
 * but the search for causes sees passes under pressure. */
#define PPT_ONLY(dimension) (1u << (dimension))
#define PPT_OF_SPREAD (PPT_ONLY(PPT_RANKS) | PPT_ONLY(PPT_WORKERS))
#define PPT_OF_VARIANT (PPT_ONLY(PPT_PROGRAM) | PPT_ONLY(PPT_SIZE) | PPT_ONLY(PPT_PRESSURE))
#define PPT_OF_TASK (PPT_ONLY(PPT_DIMENSION_COUNT) - 1 - PPT_OF_SPREAD - PPT_OF_VARIANT)

/* Files have so many of them, from the workers on, the ranks last: what a file's i-th one is. */
#define PPT_FILE_DIMENSIONS (PPT_DIMENSION_COUNT - PPT_RANKS)
#define PPT_IN_FILES(i) (PPT_RANKS + ((i) + PPT_WORKERS - PPT_RANKS) % PPT_FILE_DIMENSIONS)

/* The table. */
struct ppt_dimension_row {
    unsigned key;               /* of a configuration, an enum ppt_key_id: its name in JSON, too */
    const char *own;            /* its name in JSON where it is another; else NULL */
    bool ordinal;               /* the number does not say how many, but which one */
    const char *noun;           /* of one, the plural ends in "s" */
    const char *head;           /* of a column */
    const char *none;           /* what 0 of them is */
    const char *before, *after; /* the number in a label */
    const char *series;         /* in the name of a series of measurements; NULL: the key */
    const char *legend;         /* what a label with it means, or NULL */
    unsigned least, most;       /* in a journal */
    size_t offset;              /* in struct ppt_point */
};

extern const struct ppt_dimension_row ppt_dimensions[PPT_DIMENSION_COUNT];

/* "ranks", "workers", "inner_threads". */
const char *ppt_dimension_key(size_t dimension);

/* The rows by which points are written into JSON and read back. */
extern const struct ppt_field ppt_point_fields[];

static inline unsigned ppt_point_get(struct ppt_point point, size_t dimension)
{
    return *(const unsigned *)(const void *)((const char *)&point +
                                             ppt_dimensions[dimension].offset);
}

/* The set of dimensions in which they differ. */
unsigned ppt_point_differ(struct ppt_point a, struct ppt_point b);

static inline bool ppt_point_same(struct ppt_point a, struct ppt_point b)
{
    return ppt_point_differ(a, b) == 0;
}

/* Whether tasks are the same in both, and only spread otherwise: such points make a curve. */
static inline bool ppt_point_same_task(struct ppt_point a, struct ppt_point b)
{
    return (ppt_point_differ(a, b) & (PPT_OF_TASK | PPT_OF_VARIANT)) == 0;
}

/* Orders points, for qsort(): by the first dimension, then by the next. */
int ppt_point_compare(const void *a, const void *b);

/* Which variant of the task it is of: 1, 2, ...; 0: there is one alone. No run has several programs
 * and several sizes. */
static inline unsigned ppt_point_variant(struct ppt_point point)
{
    return point.program > 0 ? point.program : point.size;
}

/* Whether there can be such a point. */
bool ppt_point_possible(struct ppt_point point);

/* Workers of all ranks; 0 for plain sequential calls. */
static inline unsigned ppt_point_workers(struct ppt_point point)
{
    return point.workers * (point.ranks > 0 ? point.ranks : 1);
}

/* Those that run tasks: of plain sequential calls there is one, too. */
static inline unsigned ppt_point_running(struct ppt_point point)
{
    return point.workers > 0 ? ppt_point_workers(point) : 1;
}

/* Threads that are busy at a point when all tasks are: those of one task, or of one for each
 * worker. */
static inline unsigned ppt_point_threads(struct ppt_point point)
{
    return ppt_point_running(point) * point.inner_threads;
}

/* The point as each of its ranks sees it. */
static inline struct ppt_point ppt_point_of_rank(struct ppt_point point)
{
    point.ranks = 0;
    return point;
}

/* The point as a report of its variant alone has it. */
static inline struct ppt_point ppt_point_of_variant(struct ppt_point point)
{
    point.program = point.size = point.pressure = 0;
    return point;
}

/* Plain sequential calls of the same tasks. */
static inline struct ppt_point ppt_point_calls(struct ppt_point point)
{
    point.ranks = point.workers = 0;
    return point;
}

/* ---- in words ---- */

/* The set of dimensions that name a point where `several` are measured with several numbers: its
 * workers always, ranks when there are any, its variant when there are several, and what differs
 * from task to task. */
unsigned ppt_point_shown(struct ppt_point point, unsigned several);

/* These as a short word: "4", or "4x2" for 4 workers with 2 inner threads each; "3r4" and "3r4x2"
 * for 3 ranks with 4 workers each; "p2:4" for the second program with 4 workers. Returns `out`. */
#define PPT_POINT_SIZE 70
const char *ppt_point_label(struct ppt_point point, unsigned several, char out[PPT_POINT_SIZE]);

/* The dimensions of a set, each with its noun: "3 ranks x 4 workers x 1 inner thread", with `first`
 * before the first and `next` before others. Returns `out`. */
#define PPT_POINT_WORDS_SIZE 160
const char *ppt_point_words(struct ppt_point point, unsigned set, const char *first,
                            const char *next, char out[PPT_POINT_WORDS_SIZE]);

/* What labels with the dimensions of a set consist of: "workers x inner threads". Returns `out`. */
const char *ppt_point_heads(unsigned set, char out[PPT_POINT_WORDS_SIZE]);

#endif
