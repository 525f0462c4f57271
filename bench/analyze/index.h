/*
 * index.h - where the passes of a run are, by block and point. It is made once from the samples;
 * what asks for the passes of a point, or for the one of a block, finds them there and does not
 * look through all samples.
 *
 * In it are the passes that count: none of a point that failed, and but for the list of all in the
 * order they ran, neither the warm-up nor one in whose place a second measurement is.
 */
#ifndef PPT_ANALYZE_INDEX_H
#define PPT_ANALYZE_INDEX_H

#include "flags.h"
#include "sample.h"

/* Some of them, in the order they ran; borrowed from the index. */
struct ppt_passes {
    const struct ppt_sample **items;
    size_t count;
};

struct ppt_index {
    const struct ppt_samples *samples; /* borrowed: they must outlive it, and stay as they are */
    struct ppt_point *points;          /* ascending; only those with a pass */
    size_t point_count;
    size_t block_count;               /* blocks are 1 to this; the last one has a pass */
    const struct ppt_sample **cells;  /* [(block - 1) * point_count + point]; NULL: none */
    const struct ppt_sample **passes; /* point by point, see ppt_index_passes() */
    struct ppt_passes ran;            /* owned: those of the warm-up, and replaced ones, too */
    struct ppt_flags *flags;          /* of each sample; see ppt_index_flags() */
    size_t *starts;                   /* point p has passes starts[p] to starts[p + 1] - 1 */
};

void ppt_index_create(const struct ppt_samples *samples, struct ppt_index *index);
void ppt_index_free(struct ppt_index *index); /* zeroed is fine */

/* The place of a point among index->points, or SIZE_MAX. */
size_t ppt_index_find(const struct ppt_index *index, struct ppt_point point);

/* The pass of that block, from 1 to block_count, at that point; NULL: there is none. The point may
 * be SIZE_MAX. */
const struct ppt_sample *ppt_index_at(const struct ppt_index *index, size_t block, size_t point);

/* What disturbed a pass of these samples. */
const struct ppt_flags *ppt_index_flags(const struct ppt_index *index,
                                        const struct ppt_sample *sample);

/* Whether a pass counts: it is the one of its block and point. */
bool ppt_index_counts(const struct ppt_index *index, const struct ppt_sample *sample);

/* All passes of a point; none of SIZE_MAX. */
struct ppt_passes ppt_index_passes(const struct ppt_index *index, size_t point);

/* What is measured of a pass, as a number. */
typedef double ppt_pass_value(const struct ppt_sample *pass);

#endif
