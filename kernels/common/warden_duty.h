/*
 * warden_duty.h - what a warden (warden.h) does in its process.
 */
#ifndef PPT_WARDEN_DUTY_H
#define PPT_WARDEN_DUTY_H

#include <stdint.h>

#include "warden.h"

struct ppt_warden_duty {
    struct ppt_warden_slot *slot;
    char **environment;              /* see struct ppt_warden_plan */
    bool alike;                      /* likewise */
    const char *path;                /* where programs are looked for */
    int socket;                      /* the warden's end */
    int out, err;                    /* the programs' ends */
    const struct rlimit *limit;      /* of descriptors, for the programs; NULL: as it is */
    uint64_t words_begin, words_end; /* addresses of the command line's words; 0: unknown */
};

/* Called right after fork() with all signals blocked, and never returns. Only async-signal-safe
 * functions are called in it: the program may have had threads, and a lock is held for ever then.
 */
_Noreturn void ppt_warden_serve(const struct ppt_warden_duty *duty);

#endif
