/*
 * sandbox.h - copies of the folder that the program was started in, for the programs of one pass to
 * work in: one for each task, or one for all.
 *
 * They lie in the folder for temporary files, are made before the pass and removed after it, and
 * the time of that is in no figure. How they are made is told in copy.h.
 *
 * They are no overlays (overlayfs), which take next to nothing to be made: what those save is paid
 * later, inside of tasks. There the first byte that is appended to 200 MB takes 0.24 s, the second
 * 36 µs; and in a user namespace folders cannot be renamed, and files of others are nobody's. So
 * figures would differ by what a machine permits.
 */
#ifndef PPT_RUN_SANDBOX_H
#define PPT_RUN_SANDBOX_H

#include "config.h"
#include "folder.h"
#include "workspace.h"

/* Zeroed: there are none. */
struct ppt_sandbox {
    const struct ppt_folder *scratch; /* borrowed */
    struct ppt_folder all;            /* of the copies; a path of NULL: there are none */
    char *work_dir;                   /* where programs work, see kernel.h; owned, or NULL */
    unsigned number;                  /* of the pass, so that no two have the same */
};

/* Copies of a pass have so many entries at most: making more would take minutes, before every pass.
 */
#define PPT_SANDBOX_MOST 100000

/* Whether the copies of a pass of so many tasks fit into what is left for temporary files, and are
 * not too many; where a configuration has none, they do. */
enum ppt_status ppt_sandbox_check(const struct ppt_config *config, uint64_t tasks,
                                  const struct ppt_workspace *scratch, struct ppt_error *error);

/* How many tasks a pass may have, as far as their copies are concerned, where that is still to be
 * chosen: they take no more than half of what is left. UINT64_MAX: any number. At
 * least 1. */
enum ppt_status ppt_sandbox_most(const struct ppt_config *config,
                                 const struct ppt_workspace *scratch, uint64_t *tasks,
                                 struct ppt_error *error);

/* Makes those of a pass, if there are any, for the first `tasks` of `all` its tasks in the order of
 * ppt_plan_spread(). Fails with PPT_INTERRUPTED, too. */
enum ppt_status ppt_sandbox_fill(struct ppt_sandbox *sandbox, const struct ppt_config *config,
                                 uint64_t tasks, uint64_t all, const struct ppt_folder *scratch,
                                 struct ppt_error *error);

/* Removes them. */
void ppt_sandbox_empty(struct ppt_sandbox *sandbox);

#endif
