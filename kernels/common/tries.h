/*
 * tries.h - which of the stored passwords are tried, and when: an exact number of right ones, in
 * random places among the wrong ones.
 *
 * While the stored ones suffice, none is tried twice; otherwise each right one is any of them. That
 * is what sampling from a list (or, when it is too short, from a list of choices) and shuffling
 * does, without making the list.
 */
#ifndef PPT_TRIES_H
#define PPT_TRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "rng.h"

struct ppt_tries {
    uint64_t left, right_left; /* of those to come: all, and right ones */
    uint64_t stored, used;
    bool once;      /* each stored one at most once */
    uint32_t *deck; /* borrowed: the stored ones, those used up in front */
};

/* How many of `tried` are right at that ratio (0 ... 1): cut off, not rounded. */
static inline uint64_t ppt_tries_right(int64_t tried, double ratio)
{
    return (uint64_t)((double)tried * ratio);
}

/* `deck` has room for `stored` numbers, which is at least 1 where any are right. */
void ppt_tries_start(struct ppt_tries *tries, uint64_t tried, uint64_t right, uint32_t *deck,
                     uint64_t stored);

/* Whether the next one is right, and then which it is. Called `tried` times. */
bool ppt_tries_next(struct ppt_tries *tries, struct ppt_rng *rng, uint64_t *which);

#endif
