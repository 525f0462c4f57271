/*
 * basis.h - what a verdict rests on: the machine, the folder, and the files that the task is made
 * of. While these are what they were, it holds.
 *
 * Of a program these files are itself and what its words name: "work.py", "--config=a.ini", and
 * within a word such as a shell's 'gzip -9c a.txt | wc' every part. Of a kernel they are this
 * program, or the kernel's own file, and the files that its arguments name. And the configuration's
 * file. What is read without being named, libraries or the headers of a source file, is not among
 * them.
 */
#ifndef PPT_VERBS_BASIS_H
#define PPT_VERBS_BASIS_H

#include "config.h"
#include "machine.h"
#include "witness.h"

/* More files are too many to look at in no time. */
#define PPT_MOST_WITNESSES 4096

struct ppt_witnesses {
    struct ppt_witness *items; /* owned */
    size_t count;
};

/* What a word without a slash was found as, along PATH. */
struct ppt_found_program {
    char *name, *path;
};

extern const struct ppt_field ppt_found_program_fields[];

struct ppt_basis {
    struct ppt_machine machine;
    char *folder; /* the current one, where a program runs in it; else NULL */
    struct ppt_witnesses files;
    struct ppt_witnesses written;       /* that the task wrote itself, and that say nothing */
    struct ppt_found_program *programs; /* owned */
    size_t program_count;
    bool too_many; /* files */
};

/* As it is now. `configs` are names of configuration files. */
void ppt_basis_take(const struct ppt_config *config, const char *const *configs, size_t count,
                    struct ppt_basis *basis);
/* The same files and the rest as they are now. */
void ppt_basis_again(const struct ppt_basis *before, struct ppt_basis *now);
void ppt_basis_free(struct ppt_basis *basis); /* zeroed is fine */

/* What it is after a run whose last pass began at `last_ns` (since 1970), with `before` as it was.
 * What changed in that pass, as in every other, the task has written. Returns what else changed, in
 * words, so that the run has no basis; NULL: nothing did. To be given to free(). */
char *ppt_basis_settle(struct ppt_basis *before, struct ppt_basis *now, int64_t last_ns);

/* What differs here and now, in words, to be given to free(); NULL: nothing. */
char *ppt_basis_difference(const struct ppt_basis *basis);

#endif
