/*
 * calls.h - what rank 0 says to all of the first ranks, and what these answer.
 */
#ifndef PPT_MPI_CALLS_H
#define PPT_MPI_CALLS_H

#include "world.h"

/* Sends a message to all ranks of the group but the first. */
enum ppt_status ppt_call(const struct ppt_group *group, int tag, const void *data, size_t bytes,
                         struct ppt_error *error);

/* Tells them now and then that rank 0 is there; to be called while they wait for something. */
enum ppt_status ppt_call_alive(const struct ppt_group *group, struct ppt_error *error);

/* Waits for an answer of each of them; the first that is not PPT_OK is the result, with a message
 * that names its rank. `well` (by rank, or NULL) gets who answered PPT_OK. */
enum ppt_status ppt_call_answers(const struct ppt_group *group, bool *well,
                                 struct ppt_error *error);

#endif
