/*
 * opencv.h - img as OpenCV does it on one thread, in a process of Python's (python_tasks.py), which
 * says itself how long a task took.
 */
#ifndef PPT_SPEED_OPENCV_H
#define PPT_SPEED_OPENCV_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "contest.h"

struct opencv {
    pid_t process;   /* 0: there is none */
    FILE *to, *from; /* the process */
    const char *image;
    int64_t span_ns; /* of the latest task */
};

/* Fails without a message when Python, OpenCV or numpy is not installed. To be stopped even then.
 */
enum ppt_status opencv_start(struct opencv *opencv, const char *image);

/* `state` is a struct opencv. */
enum ppt_status opencv_run(void *state, struct ppt_error *error);
int64_t opencv_span_ns(const void *state);

void opencv_stop(struct opencv *opencv);

#endif
