/*
 * counted.h - what hardware counters say of a point's tasks, and by which of three things they take
 * more CPU time than with few workers.
 *
 * With I instructions, Y cycles and C CPU time of a pass, whose threads were all counted:
 *
 *     C = I x (Y / I) x (C / Y)
 *
 * so the inflation of CPU time is exactly the product of how many times as many instructions there
 * are, how many times as many cycles each takes (the inverse of instructions per cycle: memory,
 * caches, another thread on the same core) and how many times as long a cycle takes (the clock; and
 * where the system's part is not permitted, time spent there). All of these are of whole passes.
 */
#ifndef PPT_ANALYZE_COUNTED_H
#define PPT_ANALYZE_COUNTED_H

#include "events.h"
#include "grid.h"
#include "index.h"
#include "stat.h"

enum ppt_counted_factor {
    PPT_COUNTED_INSTRUCTIONS,
    PPT_COUNTED_PER_INSTRUCTION,
    PPT_COUNTED_CLOCK,
    PPT_COUNTED_FACTORS
};
extern const char *const ppt_counted_names[]; /* as in JSON: "instructions", ... */

struct ppt_counted {
    bool exists;                               /* some event was counted in some pass */
    bool user_only;                            /* not what the system did for the tasks */
    struct ppt_stat per_task[PPT_EVENT_COUNT]; /* n = 0: not available */
    struct ppt_stat ipc, ghz; /* instructions per cycle; cycles per ns of CPU time */

    /* Against few workers, by pairs within blocks; there in all passes of neither: value 0. */
    struct ppt_ratio inflation;                   /* of CPU time per task */
    struct ppt_ratio factor[PPT_COUNTED_FACTORS]; /* multiply to it */
};

/* `few`: the point that it is compared with, of the same task; SIZE_MAX: none. */
struct ppt_counted ppt_counted_of(const struct ppt_index *index, size_t few, size_t point);

#endif
