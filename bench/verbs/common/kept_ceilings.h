/*
 * kept_ceilings.h - what the machine can do at most, kept for runs: one file in the folder of
 * verdicts (store.h), whose name no run can have.
 */
#ifndef PPT_VERBS_KEPT_CEILINGS_H
#define PPT_VERBS_KEPT_CEILINGS_H

#include "machine_ceilings.h"

/* Puts them, and the machine that they are of, in the place of what was kept. */
enum ppt_status ppt_ceilings_keep(const struct ppt_ceilings *ceilings, struct ppt_error *error);

/* Those that are kept of this machine, for the caller to free; *found says whether there are some.
 * Fails with PPT_BAD_INPUT when what is there cannot be believed or read. */
enum ppt_status ppt_ceilings_find(struct ppt_ceilings *ceilings, bool *found,
                                  struct ppt_error *error);

#endif
