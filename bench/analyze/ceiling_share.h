/*
 * ceiling_share.h - how near the tasks of a point come to what the machine can do at most: what
 * they do at least (struct ppt_work), by the time of the passes that did it, as a share of what so
 * many threads can do.
 *
 * Between one thread and all of them no ceiling was measured: as many times that of one, and no
 * more than that of all, is more than they can do, so that the share is rather too small.
 */
#ifndef PPT_ANALYZE_CEILING_SHARE_H
#define PPT_ANALYZE_CEILING_SHARE_H

#include "grid.h"
#include "host.h"

/* What tasks may come near to. */
enum ppt_bound {
    PPT_BOUND_MULTIPLY_ADDS,
    PPT_BOUND_COPIES,
    PPT_BOUND_ADDITIONS,
    PPT_BOUND_PRODUCTS,
    PPT_BOUND_FILES,
    PPT_BOUND_COUNT
};

struct ppt_bound_row {
    const char *key;  /* in results.json */
    const char *unit; /* of rates */
};
extern const struct ppt_bound_row ppt_bound_rows[PPT_BOUND_COUNT];

/* What is known of a run for that. Borrowed; no ceilings: NULL. */
struct ppt_bound_context {
    const struct ppt_ceilings *ceilings;
    const struct ppt_topology *topology;
    struct ppt_work work; /* of a task */
    const char *task;     /* its name */
};

struct ppt_ceiling_share {
    struct ppt_ratio rate; /* by 1e9 a second; value 0: not known, nor is the rest */
    double ceiling;        /* likewise */
    struct ppt_ratio share;
};

/* The ceiling of one bound for a point, by 1e9 a second; 0: not known. */
double ppt_bound_ceiling(const struct ppt_bound_context *context, enum ppt_bound bound,
                         struct ppt_point point);

/* The level of cache that the memory of a point's tasks fits in, those of workers that share one
 * together; 0: in none. */
unsigned ppt_bound_level(const struct ppt_bound_context *context, struct ppt_point point);

/* From the passes of a point, all of which count. */
void ppt_ceiling_shares(const struct ppt_bound_context *context, struct ppt_point point,
                        struct ppt_passes passes, struct ppt_ceiling_share shares[PPT_BOUND_COUNT]);

/* The bound whose ceiling they come nearest to; PPT_BOUND_COUNT: none is known. */
enum ppt_bound ppt_bound_nearest(const struct ppt_ceiling_share shares[PPT_BOUND_COUNT]);

#endif
