/*
 * hooks.h - the commands that run beside the passes: before all of them, before each, and after
 * all. Their time is in no figure.
 *
 * They are started by a warden of their own (warden.h), so that nothing of them outlives the run.
 * What the one before all leaves in the background, such as a server, stays until the one after all
 * has ended. What they write is shown when they fail.
 */
#ifndef PPT_RUN_HOOKS_H
#define PPT_RUN_HOOKS_H

#include "config.h"

enum ppt_hook { PPT_HOOK_SETUP, PPT_HOOK_PREPARE, PPT_HOOK_CLEANUP, PPT_HOOK_COUNT };

struct ppt_hooks;

/* Starts the warden, while no other thread runs. *hooks is NULL where the configuration has no
 * command; the functions below then do nothing. From here on interruptions are counted as with
 * tasks that start programs. */
enum ppt_status ppt_hooks_create(const struct ppt_config *config, struct ppt_hooks **hooks,
                                 struct ppt_error *error);
void ppt_hooks_destroy(struct ppt_hooks *hooks);

/* Runs a command, if there is one, and waits for it. Fails with PPT_FAILED, after showing what it
 * wrote, unless it exits with 0; or with PPT_INTERRUPTED. An interruption ends it with all that it
 * started; the last command is ended by one that comes while it runs. */
enum ppt_status ppt_hooks_run(struct ppt_hooks *hooks, enum ppt_hook which,
                              struct ppt_error *error);

#endif
