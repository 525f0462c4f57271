/*
 * sort_team.h - sorts doubles by several threads at once.
 *
 * Sample sort (Frazer and McKellar, "Samplesort: a sampling approach to minimal storage tree
 * sorting", Journal of the ACM 17, 1970): splitters from a sample cut the range of values into as
 * many parts as there are threads; every thread moves its share of the values to the parts they
 * belong to, and then sorts one part. A value moves once more than one thread alone would move it.
 */
#ifndef PPT_SORT_TEAM_H
#define PPT_SORT_TEAM_H

#include <stddef.h>

struct ppt_sort_team;

/* Bytes that a team of so many threads takes. */
size_t ppt_sort_team_bytes(unsigned threads);

/* `memory` has ppt_sort_team_bytes(threads), on a cache line boundary; it is borrowed. */
struct ppt_sort_team *ppt_sort_team_init(void *memory, unsigned threads);

/* Called by all `threads` threads of a team (inner.h) together; at most as many as in init. Moves
 * `values`, none of them NaN, to `spare` in ascending order, where the part of every thread is
 * sorted when it returns: wait for the others before reading. */
void ppt_sort_team_run(struct ppt_sort_team *team, double *values, double *spare, size_t count,
                       unsigned thread, unsigned threads);

#endif
