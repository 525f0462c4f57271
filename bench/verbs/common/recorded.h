/*
 * recorded.h - a run that was measured before, read from its folder and analysed.
 */
#ifndef PPT_RECORDED_H
#define PPT_RECORDED_H

#include "recording.h"
#include "report.h"

struct ppt_recorded {
    struct ppt_folder folder;
    struct ppt_recording recording;
    struct ppt_index index;
    struct ppt_summary summary;
    struct ppt_answer answer;
    struct ppt_outcome outcome; /* refers to the above, which must not be moved any more */
    bool reported;              /* its files were written; see ppt_measure_end() */
};

/* Says on standard error what is odd about a journal that can be read all the same. */
void ppt_recorded_warn(const struct ppt_folder *folder, const struct ppt_recording *recording);

/* All that follows from a recording, which is there: the one place where an outcome is made. */
void ppt_recorded_analyse(struct ppt_recorded *recorded);

/* Reads and analyses the run in an open folder, which is taken over; `recorded` is zeroed before,
 * and to be freed even when this fails. There may be no complete pass. Fails with PPT_DIFFERS when
 * results differ between points. */
enum ppt_status ppt_recorded_read(struct ppt_folder *folder, struct ppt_recorded *recorded,
                                  struct ppt_error *error);

/* The same with the folder of that name. Fails also when there is no complete pass: with
 * PPT_FAILED when that is because all points failed, or else with PPT_INCONCLUSIVE. */
enum ppt_status ppt_recorded_load(const char *path, struct ppt_recorded *recorded,
                                  struct ppt_error *error);

/* Fails when points failed, see ppt_sweep_failures(). */
enum ppt_status ppt_recorded_failures(const struct ppt_recorded *recorded, struct ppt_error *error);

void ppt_recorded_free(struct ppt_recorded *recorded); /* zeroed is fine */

#endif
