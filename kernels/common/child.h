/*
 * child.h - one program that is run and waited for: within a time, and nothing of what it started
 * is left when it has ended.
 */
#ifndef PPT_CHILD_H
#define PPT_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "outcome.h"
#include "warden.h"

/* Bytes that are read at a time; digests are made of as many. */
#define PPT_CHILD_BUFFER ((size_t)64 * 1024)

enum ppt_child_output {
    PPT_CHILD_NULL,    /* standard output is /dev/null */
    PPT_CHILD_DISCARD, /* it is a pipe, which is read here as fast as can be */
    PPT_CHILD_READ     /* likewise, and there is a digest of it */
};

/* The words of the program and the variable of its threads are in the warden's slot already. */
struct ppt_child_request {
    enum ppt_child_output output;
    int keep_output; /* descriptor that standard output is copied to, or -1; PPT_CHILD_READ alone */
    int keep_errors; /* likewise for standard error, in any case */
    bool keep_part;  /* what is more than PPT_OUTCOME_MOST_KEPT bytes is not kept, instead of ending
                        the program */
    int null_device; /* for writing */
    double timeout_s;                     /* 0: as long as it takes */
    int (*given_up)(const void *context); /* see kernel.h; NULL: never */
    const void *context;
    char *buffer; /* PPT_CHILD_BUFFER bytes for what is read */
};

/* Runs the program by the worker's warden. Fails with PPT_FAILED when it cannot be started, watched
 * or its output not be kept; how the program ended is in the outcome. */
enum ppt_status ppt_child_run(struct ppt_warden *warden, const struct ppt_child_request *request,
                              struct ppt_outcome *outcome, struct ppt_error *error);

#endif
