#include "pressing.h"

#include "cgroup.h"

/* CPUs that a quota lets be busy all the time; 0: there is none. */
static unsigned quota_cpus(void)
{
    const double quota = ppt_cgroup_read(PPT_CGROUP_MOUNTS, PPT_CGROUP_MEMBERSHIP).quota_cpus;

    return quota <= 0                 ? 0
           : quota < 1                ? 1
           : quota > PPT_MOST_WORKERS ? PPT_MOST_WORKERS
                                      : (unsigned)quota;
}

/* Why nothing could be pressed, as a status that tells it from a task that failed. */
static enum ppt_status unsupported(enum ppt_status status)
{
    return status == PPT_OK || status == PPT_INTERRUPTED ? status : PPT_UNSUPPORTED;
}

enum ppt_status ppt_pressing_start(const struct ppt_workload *workload, struct ppt_point point,
                                   const struct ppt_binding *binding,
                                   struct ppt_pressure **pressure, struct ppt_error *error)
{
    *pressure = NULL;
    if (point.pressure == 0 || point.pressure == PPT_PRESSURE_ALONE) {
        return PPT_OK;
    }
    const struct ppt_pressing pressing = {
        .resource = (enum ppt_resource)point.pressure,
        .task = binding,
        .most_cpus = quota_cpus(),
        .scratch = workload->scratch,
    };
    return unsupported(ppt_pressure_start(&pressing, pressure, error));
}

enum ppt_status ppt_pressing_stop(struct ppt_pressure *pressure, struct ppt_pressed *pressed,
                                  struct ppt_error *error)
{
    *pressed = (struct ppt_pressed){0};
    return pressure ? unsupported(ppt_pressure_stop(pressure, pressed, error)) : PPT_OK;
}
