/*
 * room.h - whether there is the memory for the points of a run, and for numbers of workers that
 * were not tried.
 */
#ifndef PPT_ANALYZE_ROOM_H
#define PPT_ANALYZE_ROOM_H

#include "footprint.h"
#include "grid.h"
#include "index.h"

struct ppt_room {
    uint64_t limit; /* bytes that a pass may use; 0: unknown, and then nothing else is set */
    struct ppt_footprint footprint; /* of points with the recommended task */
    bool binds;                     /* more workers than recommended do not fit, and that is why */
    unsigned refused;               /* then: the fewest of these that were asked for */
    double refused_bytes;           /* and what they would take, or took */
};

/* Bars the points of the grid, those of the index, whose passes had more than fits with the margin
 * of footprint.h. */
void ppt_room_bar(const struct ppt_index *index, uint64_t limit, struct ppt_grid *grid);

/* For a recommended point of that grid. `outside`: tasks are programs. */
struct ppt_room ppt_room_of(const struct ppt_index *index, const struct ppt_grid *grid,
                            size_t recommended, uint64_t limit, bool outside);

#endif
