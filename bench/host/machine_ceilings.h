/*
 * machine_ceilings.h - what this machine can do at most, as it was measured: the values, their
 * JSON, and what they are for so many threads. What each of them is a run of, ceilings.h says;
 * ceiling_test.h measures them.
 */
#ifndef PPT_HOST_MACHINE_CEILINGS_H
#define PPT_HOST_MACHINE_CEILINGS_H

#include "field.h"
#include "topology.h"

/* A rate of one worker, and that of all together. 0: not known. */
struct ppt_by_workers {
    double one, all;
};

/* Levels of cache, from 1, and in their place 0 memory. */
#define PPT_CEILING_LEVELS (PPT_MOST_CACHES + 1)

/* 0 is: not known. */
struct ppt_ceiling_values {
    double cycle_ns;    /* a link of a chain of additions */
    double multiply_ns; /* the same of multiplications of doubles */
    struct ppt_by_workers fma_gflops;
    struct ppt_by_workers copy_gbs[PPT_CEILING_LEVELS]; /* bytes read and bytes written */
    struct ppt_by_workers file_write_gbs;     /* into a new file in the folder for temporary ones */
    double file_sync_us;                      /* 4 KiB, until they are on the disk */
    double thread_start_us, process_start_us; /* until it has ended */
    double clock_ns;                          /* reading the clock that times tasks */
};

struct ppt_ceilings {
    char *measured;   /* when, ISO 8601; owned */
    unsigned workers; /* all of them: the CPUs that could be used */
    struct ppt_ceiling_values best, median;
};

/* One of the values, for people. */
struct ppt_ceiling_row {
    const char *name;
    size_t offset;    /* of its double, or of its struct ppt_by_workers, in the values */
    bool by_workers;  /* the latter */
    const char *unit; /* "GB/s" */
};

/* All of them, in the order in which they are told; the last has no name. */
extern const struct ppt_ceiling_row ppt_ceiling_rows[];

/* What one worker does, and all of them; the same of what only one was measured at. */
struct ppt_by_workers ppt_ceiling_value(const struct ppt_ceiling_row *row,
                                        const struct ppt_ceiling_values *values);

/* As `doctor --ceilings --json` has them, and as they are kept. */
extern const struct ppt_field ppt_ceiling_fields[];

/* The same, read from an object into zeroed ones. Fails with PPT_BAD_INPUT. To be freed after a
 * failure, too. */
enum ppt_status ppt_ceilings_read(const struct ppt_item *item, struct ppt_ceilings *ceilings,
                                  struct ppt_error *error);

/* In words, on one line. */
void ppt_ceilings_tell(const struct ppt_ceilings *ceilings, struct ppt_text *out);

/* What so many threads can do at most: as many times what one can, and no more than all; 0: not
 * known. Between one thread and all of them nothing was measured. */
double ppt_ceiling_of(const struct ppt_by_workers *rates, unsigned threads);

void ppt_ceilings_free(struct ppt_ceilings *ceilings); /* zeroed is fine */

#endif
