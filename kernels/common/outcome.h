/*
 * outcome.h - how a program ended that a task has run, and what to say of it.
 */
#ifndef PPT_OUTCOME_H
#define PPT_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "descendants.h"
#include "kernel.h"

enum ppt_outcome_end {
    PPT_OUTCOME_EXITED,
    PPT_OUTCOME_KILLED,    /* by a signal that was not sent from here */
    PPT_OUTCOME_TIMED_OUT, /* these were ended from here */
    PPT_OUTCOME_GIVEN_UP,
    PPT_OUTCOME_TOO_MUCH /* wrote more than PPT_OUTCOME_MOST_KEPT bytes to be kept */
};

/* Of each of the two outputs. */
#define PPT_OUTCOME_MOST_KEPT (UINT64_C(64) << 20)

struct ppt_outcome {
    enum ppt_outcome_end end;
    int code;                /* exit code, if it exited */
    int signal;              /* if it was killed */
    uint64_t digest;         /* of standard output, if that was read */
    char first_error[256];   /* the first line of standard error that is not empty */
    struct ppt_outside used; /* by all that it started, and by starting it; peak_bytes: of the
                                largest process, 0 if that is too little to be told */
    bool left;               /* something that it started cannot be ended: */
    struct ppt_descendant survivor;
};

/* How it ended, as the end of a sentence about it: "exited with 2"; "" if all is well. Not for what
 * was given up, or wrote too much. Returns `how`. */
#define PPT_OUTCOME_HOW_SIZE 128
const char *ppt_outcome_how(const struct ppt_outcome *outcome, double timeout_s,
                            char how[PPT_OUTCOME_HOW_SIZE]);

/* PPT_OK if all is well with it. Else PPT_FAILED, or PPT_INTERRUPTED if it was given up, with a
 * message. `name` is the program's, timeout_s the time that it had. */
enum ppt_status ppt_outcome_judge(const struct ppt_outcome *outcome, uint64_t task,
                                  const char *name, double timeout_s, struct ppt_error *error);

#endif
