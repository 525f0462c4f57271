#include "room.h"

#include <stdint.h>

#include "memory.h"

void ppt_room_bar(const struct ppt_index *index, uint64_t limit, struct ppt_grid *grid)
{
    if (limit == 0) {
        return;
    }
    grid->barred = ppt_alloc(grid->point_count + 1, sizeof(*grid->barred));
    for (size_t p = 0; p < grid->point_count; p++) {
        /* Over ranks the memory is that of other hosts, too. */
        grid->barred[p] =
            grid->points[p].ranks == 0 &&
            !ppt_memory_fits(ppt_footprint_seen(index->samples, grid->points[p]), limit);
    }
}

/* Whether it differs from another point by having more workers, and by nothing else. */
static bool has_more(struct ppt_point more, struct ppt_point than)
{
    return ppt_point_differ(more, than) == PPT_ONLY(PPT_WORKERS) && more.workers > than.workers;
}

static void refuse(struct ppt_room *room, struct ppt_point point, double bytes)
{
    if (!room->binds || point.workers < room->refused) {
        room->binds = true;
        room->refused = point.workers;
        room->refused_bytes = bytes;
    }
}

struct ppt_room ppt_room_of(const struct ppt_index *index, const struct ppt_grid *grid,
                            size_t recommended, uint64_t limit, bool outside)
{
    const struct ppt_samples *samples = index->samples;
    const struct ppt_point at = grid->points[recommended];
    struct ppt_room room = {.limit = limit, .footprint = ppt_footprint_of(samples, at, outside)};

    if (limit == 0) {
        return (struct ppt_room){0};
    }
    for (size_t i = 0; i < samples->failure_count; i++) {
        const struct ppt_failure *failure = &samples->failures[i];

        if (failure->withheld && has_more(failure->point, at)) {
            refuse(&room, failure->point,
                   ppt_footprint_at(&room.footprint, ppt_point_running(failure->point)));
        }
    }
    for (size_t p = 0; p < grid->point_count; p++) {
        if (has_more(grid->points[p], at) && grid->barred && grid->barred[p]) {
            refuse(&room, grid->points[p], ppt_footprint_seen(samples, grid->points[p]));
        }
    }
    /* Where more of them fit, and are not recommended, something else binds. */
    for (size_t p = 0; p < grid->point_count; p++) {
        room.binds =
            room.binds && (!has_more(grid->points[p], at) || (grid->barred && grid->barred[p]));
    }
    return room;
}
