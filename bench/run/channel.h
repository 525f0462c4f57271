/*
 * channel.h - what a run's process and one that runs its passes say to each other: lines of JSON
 * over a socket.
 */
#ifndef PPT_RUN_CHANNEL_H
#define PPT_RUN_CHANNEL_H

#include <json-c/json_object.h>
#include <stdbool.h>

#include "field.h"
#include "point.h"
#include "text.h"

/* The first message: what the passes are of, and two folders that are handed over open. */
struct ppt_channel_folder {
    int fd;
    char *path; /* for messages; NULL: there is none */
};
struct ppt_channel_start {
    struct ppt_channel_folder scratch, results;
    char *blas; /* the run's decision, see blas.h; NULL: none. Owned by who receives it */
};
extern const struct ppt_field ppt_channel_start_fields[]; /* beside "config" */

/* Each of the others: open this block's tasks, and warm up; or run a pass of it at this point. */
struct ppt_channel_request {
    bool open, warm;
    unsigned block;
    struct ppt_point point;
    uint64_t at_most; /* tasks; 0: as many as the point has */
    bool repeated;    /* what the pass finds, see workload.h */
    char *work_dir;   /* owned by who receives it; NULL: none */
};
extern const struct ppt_field ppt_channel_request_fields[];

/* What comes back; a pass that went well stands beside it, as "pass". */
struct ppt_channel_reply {
    int status;
    char *message; /* owned; NULL: none */
};
extern const struct ppt_field ppt_channel_reply_fields[];

struct ppt_channel {
    int fd;
    struct ppt_text buffer; /* what came so far */
    size_t taken;           /* of it: what was handed out */
};

/* Sends the object as one line and frees it. False: the other side is gone. */
bool ppt_channel_send(const struct ppt_channel *channel, json_object *message);

/* Waits for a line, which is handed out until the next call; NULL: the other side is gone. `wait`
 * (with its context) is asked whenever a signal or a tenth of a second has gone by whether that is
 * still there: what it has started may hold its end of the socket. NULL: not. */
char *ppt_channel_receive(struct ppt_channel *channel, bool (*wait)(void *context), void *context);

/* For PPT_OWNED(): closes what is open. */
void ppt_channel_close(struct ppt_channel *channel);

#endif
