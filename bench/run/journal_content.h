/*
 * journal_content.h - what a journal says of its run: what samples.jsonl is read back into.
 */
#ifndef PPT_RUN_JOURNAL_CONTENT_H
#define PPT_RUN_JOURNAL_CONTENT_H

#include <stdbool.h>

#include "config.h"
#include "field.h"
#include "folder.h"
#include "host.h"
#include "sample.h"

struct ppt_journal_content {
    struct ppt_configs configs; /* one */
    struct ppt_host host;
    char *started;  /* ISO 8601 */
    char *identity; /* see ppt_config_identity(); NULL: none was recorded */
    char *program;  /* that measured it, with version */
    char *origin;   /* of the configuration, on its way there; else NULL */
    char *details;  /* likewise; of a kernel from outside, whose table a journal does not have */
    struct ppt_work *work; /* likewise, of such a kernel without sizes; NULL: it states none */
    int64_t version;
    struct ppt_samples samples;
    bool ended;       /* the closing line is there, and nothing follows it */
    int status;       /* that it states */
    unsigned resumed; /* how often the run was gone on with */
    size_t whole;     /* bytes of its whole lines */
    size_t zeros;     /* bytes of 0 behind them: what a power cut leaves */
};

/* What the first line says of a run, and, without what PPT_FIELD_SOMETIMES marks, one that goes on.
 * The version is the first line's alone, and read before all else. */
extern const struct ppt_field ppt_version_fields[];
extern const struct ppt_field ppt_run_fields[];

/* Reads a journal's text; `path` is what messages call it. A last line without its
 * newline was being written when the run died, and is left out. Fails with PPT_BAD_INPUT, naming
 * the line, when anything else is not as it should be. */
enum ppt_status ppt_journal_content_of(const char *path, const char *text, size_t length,
                                       struct ppt_journal_content *content,
                                       struct ppt_error *error);

/* What is to be told of a journal that can be read all the same, as a line for the user; or NULL.
 * To be given to free(). */
char *ppt_journal_content_note(const char *path, const struct ppt_journal_content *content);

/* Reads the journal of the run in that folder, which nobody has to have open. */
enum ppt_status ppt_journal_content_read(const struct ppt_folder *folder,
                                         struct ppt_journal_content *content,
                                         struct ppt_error *error);
void ppt_journal_content_free(struct ppt_journal_content *content);

#endif
