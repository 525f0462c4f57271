/*
 * measure.h - what a new run and one that is gone on with have in common: measuring into a journal,
 * and telling what came of it.
 */
#ifndef PPT_MEASURE_H
#define PPT_MEASURE_H

#include "engine.h"
#include "hooks.h"
#include "host.h"
#include "journal.h"
#include "loaded.h"
#include "report.h"
#include "workload.h"
#include "workspace.h"

/* The calendar time in ISO 8601. */
#define PPT_STARTED_SIZE 40
void ppt_measure_now(char out[PPT_STARTED_SIZE]);

/* Tells what a configuration is warned of, if it is. */
void ppt_measure_warn(const struct ppt_config *config);

/* The machine, with those of the engine (NULL: none). */
void ppt_measure_host(const struct ppt_engine *engine, struct ppt_host *host);

/* Whether there is an engine (NULL: none) for a configuration's points over ranks, with as many. */
enum ppt_status ppt_measure_check_ranks(const struct ppt_config *config,
                                        const struct ppt_engine *engine, struct ppt_error *error);

/* Whether all of a configuration's passes can be run here: the above, and what this process and
 * those of the engine say. */
enum ppt_status ppt_measure_check(const struct ppt_config *config, const struct ppt_host *host,
                                  const struct ppt_workspace *scratch,
                                  const struct ppt_engine *engine, struct ppt_error *error);

/* Runs the command that a configuration has before everything else, and starts what runs the one
 * after it, which is due whatever the status of this is. */
enum ppt_status ppt_measure_set_up(const struct ppt_config *config, struct ppt_hooks **hooks,
                                   struct ppt_error *error);

/* Runs the command after everything else. `status` is how the run ended, with its message in
 * *error; returns that, or, where all was well but for this, how this ended. */
enum ppt_status ppt_measure_clean_up(struct ppt_hooks **hooks, enum ppt_status status,
                                     struct ppt_error *error);

/* What is printed of a run. */
struct ppt_print {
    const struct ppt_format *format; /* instead of the table; or NULL */
    bool quiet;                      /* the verdict alone */
    bool causes;                     /* likewise: what slows the task, for programs */
    double chart_mm;                 /* width of charts for print; 0: as usual */
};

/* Prints the table, or the verdict alone; of several programs those of each, and how they stand. */
void ppt_measure_print(const struct ppt_print *print, const struct ppt_loaded *loaded);

/* Prints the document of these runs, if there are any, in the format that is asked for, if one is.
 */
void ppt_measure_print_format(const struct ppt_print *print, const struct ppt_outcome *outcomes,
                              size_t count);

/* Prints what slows the task as JSON; of several runs as a list of them. */
void ppt_measure_print_causes(const struct ppt_outcome *outcomes, size_t count);

/* Prints notes to standard error and frees them. */
void ppt_measure_print_notes(struct ppt_text *notes);

/* Runs the sweep and writes the journal's closing line. `samples` may hold what was measured
 * before. Points that failed are found in `samples`, and are no failure here. Of an adaptive run
 * sizes may be added to the configuration, for another sweep behind the first. */
enum ppt_status ppt_measure_go(const struct ppt_print *print, struct ppt_config *config,
                               const struct ppt_host *host, const struct ppt_dirs *dirs,
                               const struct ppt_engine *engine, struct ppt_journal *journal,
                               struct ppt_samples *samples, struct ppt_error *error);

/* What comes of a sweep that ended with `status`: loads the run from its folder, whose journal is
 * closed, as `report` does; writes the reports, if there is a pass to report, and prints the table,
 * or what is asked for. A --format is left to the caller, who may have several runs. Nothing is
 * reported of a sweep that failed, unless it lost a process of the engine's (NULL: none): then, and
 * when it was interrupted, what is complete is.
 *
 * Returns how the run as a whole ended: fails when reports cannot be written, and when points
 * failed. The open folder is taken over, and `loaded` used as by ppt_loaded_read(). */
enum ppt_status ppt_measure_end(const struct ppt_print *print, const struct ppt_engine *engine,
                                enum ppt_status status, struct ppt_folder *folder,
                                struct ppt_loaded *loaded, struct ppt_error *error);

#endif
