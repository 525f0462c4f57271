/*
 * sweep.h - all passes of one configured run, in the order of the plan.
 */
#ifndef PPT_RUN_SWEEP_H
#define PPT_RUN_SWEEP_H

#include "config.h"
#include "engine.h"
#include "journal.h"
#include "sample.h"
#include "workload.h"
#include "workspace.h"

/* Whether this process can run its part of the passes: with that much memory and the room for
 * temporary files, of which it has to leave each of its neighbours as much (1: it has none), and
 * with as many threads. Opens and closes the kernels once, so that a bad input file is found before
 * anything is measured or written. */
enum ppt_status ppt_sweep_check(const struct ppt_config *config,
                                const struct ppt_workspace *scratch, unsigned neighbours,
                                uint64_t memory_bytes, struct ppt_error *error);

/* Makes "fresh" memory new every time, in this process. A sweep does so by itself. */
void ppt_sweep_set_up_memory(const struct ppt_config *config);

/* What a sweep has besides its configuration. `enough` is asked after a block of an adaptive run
 * whether enough is known to stop; the answer comes from the analysis, which this stage knows
 * nothing of. So does `again`: the sample of a block, all of which has run, that is to be measured
 * again next, or SIZE_MAX; NULL: none ever is. */
struct ppt_sweep_judge {
    bool (*enough)(const struct ppt_samples *samples, void *context);
    void *context;
    size_t (*again)(const struct ppt_samples *samples, unsigned block);
    uint64_t memory_bytes;           /* that a pass may use, see footprint.h; 0: any */
    double max_seconds;              /* of an adaptive run, which may have taken so long in all; 0:
                                        as the configuration says */
    FILE *progress;                  /* where its progress is told; or NULL */
    const struct ppt_engine *engine; /* for points with ranks; NULL when there are none */
};

/* An adaptive run measures so many blocks before it asks, and so many between questions. */
#define PPT_ADAPTIVE_FIRST 5
#define PPT_ADAPTIVE_STEP 5

/* How far the results of samples were compared; zeroed: not at all. */
struct ppt_compared {
    size_t count; /* so many samples, the first ones, have the same results */
    /* By variant, 0 where there is one alone, and behind these of passes under pressure: the place,
     * from 1, of the first of these at the fewest workers; 0: it has none. */
    size_t references[PPT_MOST_VARIANTS + 2];
};

/* Compares the digests of passes of the same tasks, of a mix those of that block, of several
 * variants those of each, with those at the fewest workers. Passes of different numbers of tasks
 * are none of the same. What was compared before is not looked at again. Fails with PPT_DIFFERS. */
enum ppt_status ppt_sweep_compare(const struct ppt_config *config,
                                  const struct ppt_samples *samples, unsigned block,
                                  struct ppt_compared *compared, struct ppt_error *error);

/* Runs warm-up and blocks, journals every pass as it ends and adds it to `samples`. Where there are
 * samples already, of a run that ended early, it goes on behind the last of them in the same order,
 * after warming up again. Passes that others disturbed are measured again at the end of their
 * block, as the judge says. A point whose pass fails is journaled, added to the failures of
 * `samples` and left out from then on; that is no failure of the sweep, see ppt_sweep_failures().
 * Samples taken before a failure or interruption are kept. Fails with PPT_DIFFERS when the results
 * of a block are not the same at every point. */
enum ppt_status ppt_sweep_run(const struct ppt_config *config, const struct ppt_dirs *dirs,
                              struct ppt_journal *journal, const struct ppt_sweep_judge *judge,
                              struct ppt_samples *samples, struct ppt_error *error);

/* Fails with PPT_FAILED, naming them and what the first of them said, when points failed. */
enum ppt_status ppt_sweep_failures(const struct ppt_config *config,
                                   const struct ppt_samples *samples, struct ppt_error *error);

#endif
