/*
 * child.h - one program that is run and waited for: within a time, in a session of its own, of
 * whose group nothing is left when it has ended.
 */
#ifndef PPT_CHILD_H
#define PPT_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel.h"

/* Bytes that are read at a time; digests are made of as many. */
#define PPT_CHILD_BUFFER ((size_t)64 * 1024)

struct ppt_child_request {
    char *const *argv; /* argv[0] is looked for in PATH unless it holds a slash */
    char *const *envp;
    bool read_output; /* standard output comes here; otherwise it goes to /dev/null */
    int keep_output;  /* descriptor that it is copied to, or -1 */
    int keep_errors;  /* likewise for standard error */
    double timeout_s; /* 0: as long as it takes */
    int (*given_up)(const void *context); /* see kernel.h; NULL: never */
    const void *context;
    char *buffer; /* PPT_CHILD_BUFFER bytes for what is read */
};

enum ppt_child_end {
    PPT_CHILD_EXITED,
    PPT_CHILD_KILLED,    /* by a signal that was not sent from here */
    PPT_CHILD_TIMED_OUT, /* these were ended from here */
    PPT_CHILD_GIVEN_UP,
    PPT_CHILD_TOO_MUCH /* wrote more than PPT_CHILD_MOST_KEPT bytes to be kept */
};

/* Of each of the two outputs. */
#define PPT_CHILD_MOST_KEPT (UINT64_C(64) << 20)

struct ppt_child_result {
    enum ppt_child_end end;
    int code;              /* exit code, if it exited */
    int signal;            /* if it was killed */
    uint64_t digest;       /* of standard output, if that was read */
    char first_error[256]; /* the first line of standard error that is not empty */
    int64_t cpu_ns;        /* with all its children that it waited for */
    int64_t peak_bytes;    /* of the largest of them; 0: not more than this program has itself */
};

/* Runs the program. Fails with PPT_FAILED when it cannot be started, watched or its output not be
 * kept; how the program ended is in the result. */
enum ppt_status ppt_child_run(const struct ppt_child_request *request,
                              struct ppt_child_result *result, struct ppt_error *error);

#endif
