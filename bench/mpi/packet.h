/*
 * packet.h - what a rank measured of its share of a pass, on its way to rank 0, and how these
 * become the sample of the whole pass.
 */
#ifndef PPT_MPI_PACKET_H
#define PPT_MPI_PACKET_H

#include "cluster.h"
#include "sample.h"
#include "status.h"
#include "stopwatch.h"

/* A rank's part. Times are those of its own clock (CLOCK_MONOTONIC) where they are not differences.
 */
struct ppt_part {
    enum ppt_status status;
    struct ppt_error error;
    struct ppt_rank_sample rank; /* begin_ns and end_ns by its own clock; no offset yet */
    struct ppt_sample sample;    /* as ppt_pass_run_share() fills it; owned */
};

/* As bytes, with the times in the watches; to be given to free(). */
void *ppt_packet_pack(const struct ppt_part *part, const struct ppt_stopwatches *watches,
                      size_t *bytes);

/* Reads them; task times become those of `worker` here. False when these are no such bytes. */
bool ppt_packet_unpack(const void *bytes, size_t length, struct ppt_part *part,
                       struct ppt_stopwatches *watches, unsigned worker);

/* Makes rank 0's sample, parts[0].sample, that of the whole pass. Times become those since its
 * start, by the offsets in the parts' `rank`. The price is rank 0's. */
void ppt_parts_combine(struct ppt_part *parts, unsigned ranks, const struct ppt_cluster *cluster,
                       struct ppt_price price);

#endif
