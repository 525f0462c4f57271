/*
 * run.h - what the verbs have in common that measure what is described by files, options, or a
 * program.
 */
#ifndef PPT_VERBS_RUN_H
#define PPT_VERBS_RUN_H

#include "measure.h"
#include "shared.h"
#include "verb.h"
#include "words.h"

struct ppt_run_options {
    const char *output; /* the folder that results go below */
    struct ppt_print print;
    struct ppt_words_options words;
    bool causes; /* what slows the task is what is asked for */
};

/* Rows of their tables. */
#define PPT_RUN_ROWS                                                                               \
    PPT_SHARED(CONFIG, struct ppt_run_options, output), {.kind = PPT_OPTION_SETTINGS},             \
        PPT_SHARED(QUICK, struct ppt_run_options, output),                                         \
        PPT_SHARED(OUTPUT, struct ppt_run_options, output),                                        \
        PPT_SHARED(FORMAT, struct ppt_run_options, print.format),                                  \
        PPT_SHARED(QUIET, struct ppt_run_options, print.quiet),                                    \
        PPT_SHARED(CHART_SIZE, struct ppt_run_options, print.chart_mm),                            \
        PPT_SHARED(TIMEOUT, struct ppt_run_options, words.timeout),                                \
        PPT_SHARED(PROGRAM_OUTPUT, struct ppt_run_options, words.output),                          \
        PPT_SHARED(INPUTS, struct ppt_run_options, words.inputs),                                  \
        PPT_SHARED(NULL, struct ppt_run_options, words.null),                                      \
        PPT_SHARED(SHOW_OUTPUT, struct ppt_run_options, words.show),                               \
        PPT_SHARED(IGNORE_FAILURE, struct ppt_run_options, words.ignore)

/* Members of their descriptors, see verb.h. */
enum ppt_status ppt_run_separate(struct ppt_line *line, struct ppt_error *error);
enum ppt_status ppt_run_check(struct ppt_line *line, struct ppt_error *error);
enum ppt_status ppt_run(const struct ppt_line *line, struct ppt_error *error);

#endif
