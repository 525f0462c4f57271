/*
 * passed.h - one pass with a kernel of the mock's, and what holds for every sample.
 */
#ifndef PPT_TEST_PASSED_H
#define PPT_TEST_PASSED_H

#include "config.h"
#include "kernels.h"
#include "pass.h"
#include "unit.h"
#include "workload.h"

#define PASSED_SEED 9
#define PASSED_WORKERS 5

/* The numbers of workers that passes are tried with. */
static const unsigned passed_workers[PASSED_WORKERS] = {0, 1, 2, 3, 8};

struct passed {
    struct ppt_config config;
    struct ppt_use use;
    union ppt_value args[1];
    struct ppt_point points[1];
    struct ppt_workload workload;
    struct ppt_stopwatches *watches;
    char origin[8], task[16], details[8];
};

/* A configuration of that kernel with the argument `value`. */
void passed_prepare(struct passed *b, const struct ppt_kernel *kernel, int64_t value,
                    uint64_t task_count);

/* To be called when the configuration is as it should be. */
void passed_start(struct passed *b);

/* Frees what starting took. */
void passed_stop(struct passed *b);

/* One pass with so many workers and inner threads. */
enum ppt_status passed_run(struct passed *b, unsigned workers, unsigned inner_threads,
                           struct ppt_sample *sample, struct ppt_error *error);

/* The same with one inner thread; it must succeed. To be freed with ppt_sample_free(). */
struct ppt_sample passed_well(struct passed *b, unsigned workers);

/* No thread of the pass is left, but for a moment: the kernel may show one after it was joined. */
void passed_one_thread(void);

/* The parts of a pass add up, and its quantiles are in order. */
void passed_check_times(const struct ppt_sample *s);

/* The workers' times lie within the pass. */
void passed_check_workers(const struct ppt_sample *s);

/* All that holds for every sample. */
void passed_check(const struct ppt_sample *s, unsigned workers, uint64_t task_count);

#endif
