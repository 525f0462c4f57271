/*
 * journal.h - samples.jsonl: one JSON object per line, each on disk before the next pass begins.
 *
 * {"type": "run", "version": 1, ...}   first line: program, time, configuration, machine
 * {"type": "tasks", "block": 1, ...}   random mix alone: the tasks drawn for a block
 * {"type": "pass", ...}                one pass
 * {"type": "failed", ...}              a point that failed and is left out from then on
 * {"type": "end", "status": 0}         last line of a run that came to its end; 0 even if points
 *                                      failed, since there is nothing left to measure
 * {"type": "resume", ...}              a run that ended early goes on: time, machine
 */
#ifndef PPT_RUN_JOURNAL_H
#define PPT_RUN_JOURNAL_H

#include "config.h"
#include "host.h"
#include "sample.h"
#include "tasks.h"

#define PPT_JOURNAL_VERSION 1

struct ppt_journal;

/* Creates the file; it must not exist. No other process may open it before it is closed. */
enum ppt_status ppt_journal_create(const char *path, struct ppt_journal **journal,
                                   struct ppt_error *error);

/* Opens the file to go on behind its last whole line; what was being written when the run died is
 * cut off. Fails when another process has it open. */
enum ppt_status ppt_journal_open(const char *path, struct ppt_journal **journal,
                                 struct ppt_error *error);
void ppt_journal_close(struct ppt_journal *journal); /* NULL is fine */

/* All of these fail when the line cannot be written, which then is not there, or cannot be flushed
 * to the disk; and when the file has been removed. `started` is the calendar time in ISO 8601. */
enum ppt_status ppt_journal_run(struct ppt_journal *journal, const struct ppt_config *config,
                                const struct ppt_host *host, const char *started,
                                struct ppt_error *error);
enum ppt_status ppt_journal_resume(struct ppt_journal *journal, const struct ppt_host *host,
                                   const char *started, struct ppt_error *error);
enum ppt_status ppt_journal_tasks(struct ppt_journal *journal, unsigned block,
                                  const struct ppt_tasks *tasks, struct ppt_error *error);
enum ppt_status ppt_journal_pass(struct ppt_journal *journal, const struct ppt_sample *sample,
                                 struct ppt_error *error);
enum ppt_status ppt_journal_failed(struct ppt_journal *journal, const struct ppt_failure *failure,
                                   struct ppt_error *error);
enum ppt_status ppt_journal_end(struct ppt_journal *journal, enum ppt_status status,
                                struct ppt_error *error);

#endif
