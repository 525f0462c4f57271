#include "press.h"

enum ppt_status ppt_pressure_start(const struct ppt_pressing *pressing,
                                   struct ppt_pressure **pressure, struct ppt_error *error)
{
    *pressure = NULL;
    return ppt_fail(error, PPT_UNSUPPORTED, "pressure on %s: not written yet",
                    ppt_resources[pressing->resource].words);
}

void ppt_pressure_mark(struct ppt_pressure *pressure)
{
    (void)pressure;
}

enum ppt_status ppt_pressure_stop(struct ppt_pressure *pressure, struct ppt_pressed *pressed,
                                  struct ppt_error *error)
{
    (void)pressure;
    (void)error;
    *pressed = (struct ppt_pressed){0};
    return PPT_OK;
}
