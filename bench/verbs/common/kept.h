/*
 * kept.h - a verdict that is kept by the name of its run, for scripts that ask for it later.
 */
#ifndef PPT_VERBS_KEPT_H
#define PPT_VERBS_KEPT_H

#include "basis.h"
#include "loaded.h"

struct ppt_kept {
    unsigned version; /* of its form */
    char *name;
    char *program;  /* that measured it, with version */
    char *measured; /* when, ISO 8601 */
    char *run;      /* the run's folder */
    char *task;
    char *details;    /* the task's arguments, for people */
    char *confidence; /* NULL: there is no verdict */
    char *sentence;
    char *counts; /* the dimension that a script asks for: its key */
    struct ppt_point recommended;
    struct ppt_basis basis;
    json_object *verdict; /* as in results.json; empty where there is a policy */
    json_object *policy;  /* of a run of several sizes, likewise; else NULL */
    json_object *config;
};

/* A run that has a name, and is to be kept by it. */
struct ppt_keeping {
    bool begun, measured;
    struct ppt_basis before, now;
    char *wrong; /* why nothing can be kept, owned; NULL: it can */
};

/* Looks at what the run rests on, before it is measured; `configs` as in basis.h. Does nothing for
 * a run without a name, as all that follows. */
void ppt_keep_begin(const struct ppt_config *config, const char *const *configs, size_t count,
                    struct ppt_keeping *keeping);

/* The same for a run that is gone on with: it rests on what was kept when it was interrupted. */
void ppt_keep_go_on(const struct ppt_config *config, const struct ppt_folder *run,
                    struct ppt_keeping *keeping);

/* Looks again, at once when it was measured. */
void ppt_keep_measured(struct ppt_keeping *keeping, const struct ppt_config *config,
                       const struct ppt_samples *samples);

/* Keeps what came of it, if anything was reported. That it cannot be kept is told, and is no
 * failure of the run. */
void ppt_keep_end(const struct ppt_keeping *keeping, const struct ppt_loaded *loaded);
void ppt_keeping_free(struct ppt_keeping *keeping); /* zeroed is fine */

/* Reads back what was kept. `text` comes from `path`. To be freed after a failure, too. */
enum ppt_status ppt_kept_read(const char *text, const char *path, struct ppt_kept *kept,
                              struct ppt_error *error);
void ppt_kept_free(struct ppt_kept *kept); /* zeroed is fine */

/* As it is kept. The caller owns it. */
json_object *ppt_kept_to_json(const struct ppt_kept *kept);

/* The number that a script asks for; at least 1: plain sequential calls are one at a time. */
unsigned ppt_kept_number(const struct ppt_kept *kept);

/* What a policy says of a size becomes what is recommended. Returns why it says nothing, in words,
 * to be given to free(); NULL: it does. Without a policy any size is one too many. */
char *ppt_kept_take_size(struct ppt_kept *kept, double size);

/* What the policy is about, and from where to where: "size from 16 to 1024", to be given to free().
 */
char *ppt_kept_sizes(const struct ppt_kept *kept);

/* Why the verdict is none to go by though its basis is there, in words, to be given to free();
 * NULL: it is one. */
char *ppt_kept_doubt(const struct ppt_kept *kept);

#endif
