/*
 * crew.h - passes of one kernel, by as many workers as one likes: the bench's own, with everything
 * that it records.
 */
#ifndef PPT_SPEED_CREW_H
#define PPT_SPEED_CREW_H

#include "folder.h"
#include "pass.h"

#define CREW_LARGEST 4

struct crew {
    struct ppt_config config;
    struct ppt_use use;
    struct ppt_point points[1];
    struct ppt_workload workload;
    struct ppt_stopwatches *watches;
    bool opened, has_digest;
    uint64_t digest; /* of the first pass; every other must give the same */
};

/* Some of the crew at work: the state of a contestant. */
struct shift {
    struct crew *crew;
    unsigned workers;    /* at most CREW_LARGEST; 0: sequential calls */
    int64_t work_ns;     /* of the latest pass: the tasks */
    int64_t overhead_ns; /* init and cleanup */
};

/* `args` and `scratch` are borrowed. To be stopped even after a failure. */
enum ppt_status crew_start(struct crew *crew, const struct ppt_kernel *kernel,
                           const union ppt_value *args, uint64_t task_count,
                           const struct ppt_folder *scratch, struct ppt_error *error);
void crew_stop(struct crew *crew);

/* One pass; `state` is a struct shift, as in the functions below. */
enum ppt_status shift_run(void *state, struct ppt_error *error);

int64_t shift_work_ns(const void *state);
int64_t shift_overhead_ns(const void *state);
int64_t shift_total_ns(const void *state);

#endif
