/*
 * progress.h - how far a run is: on one line of a terminal that is rewritten; elsewhere, in a log
 * that is read later or followed, on a line of its own now and then.
 *
 * Where a pass runs in another process, the terminal's line goes on during it, once a second. Else
 * it is told between passes alone: a thread that ticks would be measured too.
 */
#ifndef PPT_RUN_PROGRESS_H
#define PPT_RUN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config.h"
#include "sample.h"

struct ppt_progress;

/* Tells it on `stream` (NULL: nowhere), of a run of which so many passes were recorded before. The
 * configuration is borrowed. */
struct ppt_progress *ppt_progress_create(FILE *stream, const struct ppt_config *config,
                                         uint64_t recorded);
/* A run that had begun before has less time left. */
void ppt_progress_began(struct ppt_progress *progress, int64_t started_ns);
void ppt_progress_destroy(struct ppt_progress *progress); /* clears the line; NULL is fine */

/* A pass at points[point] is about to start. */
void ppt_progress_before(struct ppt_progress *progress, unsigned block, size_t point);

/* It is still running: to be called as often as one likes. NULL is fine. */
void ppt_progress_during(struct ppt_progress *progress);

/* It has ended, however it did. NULL is fine. */
void ppt_progress_idle(struct ppt_progress *progress);

/* It took so long. */
void ppt_progress_after(struct ppt_progress *progress, unsigned block, size_t point,
                        int64_t wall_ns);

/* Whether it is time for another line where there is no terminal: so long after the last one, or
 * the start, that a short run has none. */
bool ppt_progress_due(int64_t last_ns, int64_t now_ns, int64_t interval_ns);

#endif
