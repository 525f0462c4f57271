/*
 * master.h - rank 0 of a job: it runs the sweep, and tells the other ranks what to do.
 */
#ifndef PPT_MPI_MASTER_H
#define PPT_MPI_MASTER_H

#include "engine.h"
#include "world.h"

struct ppt_master {
    struct ppt_world *world;
};

/* The engine of the sweep; `master` must outlive it. */
struct ppt_engine ppt_master_engine(struct ppt_master *master);

/* Tells the other ranks that there is nothing more to do. */
void ppt_master_dismiss(struct ppt_master *master);

#endif
