/*
 * journal.h - samples.jsonl: one JSON object per line, each on disk before the next pass begins.
 *
 * {"type": "run", "version": 1, ...}   first line: program, time, configuration, machine
 * {"type": "tasks", "block": 1, ...}   random mix alone: the tasks drawn for a block
 * {"type": "pass", ...}                one pass
 * {"type": "sizes", "block": 11, ...} sizes that were added, and the first block that has them
 * {"type": "why", "block": 11, ...}    the numbers of workers at which causes are searched for, and
 *                                      the first block of that
 * {"type": "failed", ...}              a point that failed and is left out from then on
 * {"type": "end", "status": 0}         last line of a run that came to its end; 0 even if points
 *                                      failed, since there is nothing left to measure
 * {"type": "resume", ...}              a run that ended early goes on: time, machine
 */
#ifndef PPT_RUN_JOURNAL_H
#define PPT_RUN_JOURNAL_H

#include "config.h"
#include "folder.h"
#include "host.h"
#include "sample.h"
#include "tasks.h"
#include "vary.h"
#include "why.h"

#define PPT_JOURNAL_VERSION 1

#define PPT_JOURNAL_NAME "samples.jsonl"
#define PPT_JOURNAL_MOST ((size_t)4 << 30) /* bytes that can be read */

struct ppt_journal;

/* Creates it in the folder, which must stay open as long as the journal; there must be none yet. No
 * other process may open it for writing before it is closed. */
enum ppt_status ppt_journal_create(const struct ppt_folder *folder, struct ppt_journal **journal,
                                   struct ppt_error *error);

/* Fails with PPT_BAD_INPUT where there is none: the folder is not that of a run. */
enum ppt_status ppt_journal_expect(const struct ppt_folder *folder, struct ppt_error *error);

/* Opens the one in the folder, to go on: a regular file, no link. Nothing is changed yet. Fails
 * when another process has it open for writing. */
enum ppt_status ppt_journal_open(const struct ppt_folder *folder, struct ppt_journal **journal,
                                 struct ppt_error *error);

/* Reads all of what was opened; *text is to be given to free(). */
enum ppt_status ppt_journal_read(const struct ppt_journal *journal, char **text, size_t *length,
                                 struct ppt_error *error);

/* Goes on behind the `whole` bytes of what was read, all of which has been checked: what was being
 * written when the run died is cut off. */
enum ppt_status ppt_journal_go_on(struct ppt_journal *journal, size_t whole,
                                  struct ppt_error *error);

/* Whether the file still has its name, and the length of what was written: it fails with PPT_FAILED
 * when somebody has moved, replaced or changed it. */
enum ppt_status ppt_journal_check(const struct ppt_journal *journal, struct ppt_error *error);

void ppt_journal_close(struct ppt_journal *journal); /* NULL is fine */

/* All of these fail when the line cannot be written, which then is not there, or cannot be flushed
 * to the disk; and as ppt_journal_check() does. `started` is the calendar time in ISO 8601. */
enum ppt_status ppt_journal_run(struct ppt_journal *journal, const struct ppt_config *config,
                                const struct ppt_host *host, const char *started,
                                struct ppt_error *error);
enum ppt_status ppt_journal_resume(struct ppt_journal *journal, const struct ppt_host *host,
                                   const char *started, struct ppt_error *error);
enum ppt_status ppt_journal_tasks(struct ppt_journal *journal, unsigned block,
                                  const struct ppt_tasks *tasks, struct ppt_error *error);
enum ppt_status ppt_journal_sizes(struct ppt_journal *journal, const struct ppt_more_sizes *more,
                                  struct ppt_error *error);
enum ppt_status ppt_journal_why(struct ppt_journal *journal, const struct ppt_why *why,
                                struct ppt_error *error);
enum ppt_status ppt_journal_pass(struct ppt_journal *journal, const struct ppt_sample *sample,
                                 struct ppt_error *error);
enum ppt_status ppt_journal_failed(struct ppt_journal *journal, const struct ppt_failure *failure,
                                   struct ppt_error *error);
enum ppt_status ppt_journal_end(struct ppt_journal *journal, enum ppt_status status,
                                struct ppt_error *error);

#endif
