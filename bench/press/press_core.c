/* Multiply-adds of the widest vectors on the other CPUs, without any memory: they take the units of
 * a core that two CPUs share, and clock and power of a package. */
#include "ceilings.h"
#include "presser.h"

#define STEPS 10000 /* some 20 to 40 µs */

static int step_core(struct ppt_presser *presser)
{
    const struct ppt_ceiling_flops *flops = ppt_ceiling_flops();

    /* Half of its operations are additions. */
    ppt_presser_add(presser, (uint64_t)flops->run(STEPS));
    return 0;
}

const struct ppt_press ppt_press_core = {.step = step_core};
