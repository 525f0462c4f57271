/*
 * doctor.h - whether figures measured on this machine, as it is now, can be trusted: a pure
 * function of what was read.
 */
#ifndef PPT_HOST_DOCTOR_H
#define PPT_HOST_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "host.h"
#include "spin.h"
#include "vitals.h"

enum ppt_health {
    PPT_HEALTH_GOOD,
    PPT_HEALTH_NOTE,   /* worth knowing; figures are what they are */
    PPT_HEALTH_BAD,    /* a figure measured now would not be trustworthy */
    PPT_HEALTH_UNKNOWN /* cannot be known here, which is no alarm */
};
extern const char *const ppt_health_names[]; /* "good", "note", "bad", "unknown" */

/* One line of the answer. */
struct ppt_finding {
    const char *name;
    enum ppt_health health;
    double value;       /* NAN: none, or no number */
    const char *unit;   /* of the value; "" */
    char text[160];     /* what was found, in words */
    const char *advice; /* what to do about it, or why it is so; "" */
};

#define PPT_FINDINGS 22

struct ppt_diagnosis {
    struct ppt_finding findings[PPT_FINDINGS];
    size_t counts[PPT_HEALTH_UNKNOWN + 1]; /* by health */
    bool fit;                              /* nothing is bad */
};

/* `swapped_pages`: in and out during the noise test; below 0: unknown. */
void ppt_doctor_judge(const struct ppt_host *host, const struct ppt_vitals *vitals,
                      const struct ppt_spins *spins, int64_t swapped_pages,
                      struct ppt_diagnosis *diagnosis);

#endif
