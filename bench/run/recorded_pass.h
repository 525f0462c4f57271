/*
 * recorded_pass.h - the lines of a journal that tell of passes, each checked against those before.
 */
#ifndef PPT_RUN_RECORDED_PASS_H
#define PPT_RUN_RECORDED_PASS_H

#include "item.h"
#include "recording.h"

/* Adds what a line "pass", or "failed", tells to a recording whose configuration is known. Both
 * fail with PPT_BAD_INPUT, naming the line. */
enum ppt_status ppt_recorded_pass(const struct ppt_item *line, struct ppt_recording *recording,
                                  struct ppt_error *error);
enum ppt_status ppt_recorded_failure(const struct ppt_item *line, struct ppt_recording *recording,
                                     struct ppt_error *error);

#endif
