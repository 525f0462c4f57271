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
    struct ppt_samples counted; /* without points that failed */
    struct ppt_index index;
    struct ppt_summary summary;
    struct ppt_answer answer;
    struct ppt_outcome outcome; /* refers to the above */
};

/* Says on standard error what is odd about a journal that can be read all the same. */
void ppt_recorded_warn(const struct ppt_folder *folder, const struct ppt_recording *recording);

/* Fails with PPT_INCONCLUSIVE when there is no complete pass, with PPT_FAILED when that is because
 * all points failed, and with PPT_DIFFERS when results differ between points. `path` is the
 * folder's; `recorded` must not be moved afterwards. */
enum ppt_status ppt_recorded_load(const char *path, struct ppt_recorded *recorded,
                                  struct ppt_error *error);
void ppt_recorded_free(struct ppt_recorded *recorded); /* zeroed is fine */

#endif
