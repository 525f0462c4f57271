/*
 * progress.h - how far a run is, on one line of a terminal that is rewritten; nothing elsewhere.
 *
 * It is drawn between passes, never during one: a thread that ticks would be measured too.
 */
#ifndef PPT_RUN_PROGRESS_H
#define PPT_RUN_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

#include "config.h"
#include "sample.h"

struct ppt_progress;

/* Draws on `stream` if that is a terminal. The configuration is borrowed. */
struct ppt_progress *ppt_progress_create(FILE *stream, const struct ppt_config *config);
void ppt_progress_destroy(struct ppt_progress *progress); /* clears the line; NULL is fine */

/* A pass at points[point] is about to start. */
void ppt_progress_before(struct ppt_progress *progress, unsigned block, size_t point);

/* It took so long. */
void ppt_progress_after(struct ppt_progress *progress, size_t point, int64_t total_ns);

#endif
