/*
 * world.h - the ranks of the job and how they speak to each other: short messages between rank 0
 * and the others, by ordinary sends and receives. All functions are for the main thread alone
 * (MPI_THREAD_FUNNELED).
 *
 * MPI's own waiting functions take a whole CPU from those that work while they wait, and wait for
 * ever for a rank that is gone. So nothing here waits inside of MPI: whoever waits looks, and naps.
 * In a pass rank 0 and the others hear of each other all the time; one that is silent for too long
 * is lost, and with it the job.
 */
#ifndef PPT_MPI_WORLD_H
#define PPT_MPI_WORLD_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "cluster.h"
#include "host.h"
#include "status.h"

struct ppt_world;

/* The first so many ranks, with a communicator of their own: nothing that is left unread of a pass
 * can be taken for a message about another number of them, or about the job. Its ranks are those of
 * the job, of which the others keep quiet in it. */
struct ppt_group {
    struct ppt_world *world; /* borrowed */
    MPI_Comm comm;
    unsigned ranks;
};

struct ppt_world {
    struct ppt_group all; /* ranks of the job */
    unsigned rank;
    struct ppt_cluster cluster;
    struct ppt_group *groups; /* by ppt_world_divide() */
    size_t group_count;
    int64_t patience_ns; /* a rank that is silent for longer is lost */
    int64_t *heard_ns;   /* by rank: when something was received from it */
    int64_t beat_ns;     /* when ppt_world_beat() was last true */
    int64_t mpi_ns;      /* time spent inside of MPI's functions so far */
    bool broken;
};

/* Starts MPI and gathers where its ranks run. Fails on every rank when their programs differ. The
 * host is this rank's own. */
enum ppt_status ppt_world_start(int *count, char ***arguments, const struct ppt_host *host,
                                struct ppt_world *world, struct ppt_error *error);

/* Ends MPI; all ranks have to call it. In a world that is broken, or turns out to be, it does not
 * return, since MPI would not: the process ends with that exit code. */
void ppt_world_end(struct ppt_world *world, int code);

/* Makes a group for each number of ranks; all ranks have to call it. Fails, and breaks the world,
 * when they do not within everybody's patience. */
enum ppt_status ppt_world_divide(struct ppt_world *world, const unsigned *ranks, size_t count,
                                 struct ppt_error *error);
const struct ppt_group *ppt_world_group(const struct ppt_world *world, unsigned ranks);

/* "rank 3 on node7" */
#define PPT_RANK_NAME_SIZE 160
const char *ppt_world_name(const struct ppt_world *world, unsigned rank,
                           char out[PPT_RANK_NAME_SIZE]);

/* ---- messages ---- */

struct ppt_incoming {
    unsigned rank;
    int tag;
    size_t bytes;
};

/* Whether a message has come; it is still to be received. Takes no message away. */
bool ppt_world_peek(const struct ppt_group *group, struct ppt_incoming *incoming);

/* Receives a message that was seen; `data` has room for its bytes. */
enum ppt_status ppt_world_receive(const struct ppt_group *group,
                                  const struct ppt_incoming *incoming, void *data,
                                  struct ppt_error *error);

enum ppt_status ppt_world_send(const struct ppt_group *group, unsigned rank, int tag,
                               const void *data, size_t bytes, struct ppt_error *error);

/* ---- waiting ---- */

/* How long whoever waits sleeps until it looks again: short at first, then longer and longer. */
struct ppt_nap {
    int64_t ns, most_ns;
};

void ppt_nap_reset(struct ppt_nap *nap);

/* How long to sleep now. */
int64_t ppt_nap_next(struct ppt_nap *nap);
void ppt_nap_take(struct ppt_nap *nap);

/* True several times within everybody's patience: then whoever is in a pass tells the others that
 * it is there. */
bool ppt_world_beat(struct ppt_world *world);

/* From now on the rank may be expected to speak. */
void ppt_world_expect(struct ppt_world *world, unsigned rank);

/* Fails, and breaks the world, when the rank has been silent for too long. */
enum ppt_status ppt_world_check(struct ppt_world *world, unsigned rank, struct ppt_error *error);

#endif
