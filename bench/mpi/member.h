/*
 * member.h - every rank but 0: it does what rank 0 tells it to, and runs its share of passes.
 */
#ifndef PPT_MPI_MEMBER_H
#define PPT_MPI_MEMBER_H

#include "world.h"

/* Returns when rank 0 has nothing more to do. Fails when it is lost; the host is this rank's own.
 */
enum ppt_status ppt_member_serve(struct ppt_world *world, const struct ppt_host *host,
                                 struct ppt_error *error);

#endif
