/*
 * loaded.h - a run, measured now or before, read from its folder and analysed.
 */
#ifndef PPT_VERBS_LOADED_H
#define PPT_VERBS_LOADED_H

#include "journal_content.h"
#include "report.h"
#include "variants.h"

struct ppt_loaded {
    double chart_mm; /* to be set before: see struct ppt_outcome */
    struct ppt_folder folder;
    struct ppt_journal_content content;
    struct ppt_samples usual; /* of the content: those that an index was made of */
    struct ppt_index index;
    struct ppt_summary summary;
    struct ppt_answer answer;
    struct ppt_variants variants;
    /* Of the run, or of each variant that has a complete pass. They refer to the above, which must
     * not be moved any more; owned. */
    struct ppt_outcome *outcomes;
    size_t outcome_count;
    bool reported; /* its files were written; see ppt_measure_end() */
};

/* Says on standard error what is odd about a journal that can be read all the same. */
void ppt_loaded_warn(const struct ppt_folder *folder, const struct ppt_journal_content *content);

/* All that follows from a journal's content, which is there: the one place where an outcome is
 * made. */
void ppt_loaded_analyse(struct ppt_loaded *loaded);

/* Reads and analyses the run in an open folder, which is taken over; `loaded` is zeroed before,
 * and to be freed even when this fails. There may be no complete pass. Fails with PPT_DIFFERS when
 * results differ between points. */
enum ppt_status ppt_loaded_read(struct ppt_folder *folder, struct ppt_loaded *loaded,
                                struct ppt_error *error);

/* What it consists of, in words for the user, where that is of several programs: those who ask for
 * one refuse it. Fails with PPT_BAD_INPUT. */
enum ppt_status ppt_loaded_check_single(const struct ppt_loaded *loaded, struct ppt_error *error);

/* The same with the folder of that name. Fails also when there is no complete pass: with
 * PPT_FAILED when that is because all points failed, or else with PPT_INCONCLUSIVE. */
enum ppt_status ppt_loaded_open(const char *path, struct ppt_loaded *loaded,
                                struct ppt_error *error);

/* Writes the files of the run, or of its programs; there must be a complete pass. */
enum ppt_status ppt_loaded_report(const struct ppt_loaded *loaded, struct ppt_text *notes,
                                  struct ppt_error *error);

/* Fails when points failed, see ppt_sweep_failures(). */
enum ppt_status ppt_loaded_failures(const struct ppt_loaded *loaded, struct ppt_error *error);

void ppt_loaded_free(struct ppt_loaded *loaded); /* zeroed is fine */

#endif
