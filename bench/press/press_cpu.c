/* Arithmetic on the task's own CPU: the two take turns. Who minds it computes at all; who waits for
 * something else does not. */
#include "ceilings.h"
#include "presser.h"

#define BLOCKS 1000 /* some 30 µs */

static int step_cpu(struct ppt_presser *presser)
{
    presser->place = ppt_ceiling_add(BLOCKS, presser->place | 1);
    ppt_presser_add(presser, (uint64_t)BLOCKS * PPT_CEILING_LINKS);
    return 0;
}

const struct ppt_press ppt_press_cpu = {.step = step_cpu};
