/*
 * recording.h - a run as its journal tells it: what samples.jsonl is read back into.
 */
#ifndef PPT_RUN_RECORDING_H
#define PPT_RUN_RECORDING_H

#include <stdbool.h>

#include "config.h"
#include "host.h"
#include "sample.h"

struct ppt_recording {
    struct ppt_configs configs; /* one */
    struct ppt_host host;
    char *started;  /* ISO 8601 */
    char *identity; /* see ppt_config_identity(); NULL: none was recorded */
    char *program;  /* that measured it, with version */
    struct ppt_samples samples;
    bool ended;       /* the closing line is there, and nothing follows it */
    int status;       /* that it states */
    unsigned resumed; /* how often the run was gone on with */
};

/* Reads a journal. A last line without its newline was being written when the run died, and is
 * left out. Fails with PPT_BAD_INPUT, naming the line, when anything else is not as it should be.
 */
enum ppt_status ppt_recording_read(const char *path, struct ppt_recording *recording,
                                   struct ppt_error *error);
void ppt_recording_free(struct ppt_recording *recording);

#endif
