#include "index.h"

#include <stdint.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

size_t ppt_index_find(const struct ppt_index *index, struct ppt_point point)
{
    const struct ppt_point *found =
        bsearch(&point, index->points, index->point_count, sizeof(point), ppt_point_compare);

    return found ? (size_t)(found - index->points) : SIZE_MAX;
}

/* Those of passes that count, ascending, each once. */
static void list_points(struct ppt_index *index)
{
    struct ppt_point *points = ppt_alloc(index->ran.count, sizeof(*points));
    size_t all = 0, kept = 0;

    for (size_t i = 0; i < index->ran.count; i++) {
        if (index->ran.items[i]->block > 0) {
            points[all++] = index->ran.items[i]->point;
        }
    }
    qsort(points, all, sizeof(*points), ppt_point_compare);
    for (size_t i = 0; i < all; i++) {
        if (kept == 0 || !ppt_point_same(points[i], points[kept - 1])) {
            points[kept++] = points[i];
        }
    }
    index->points = points;
    index->point_count = kept;
}

static void list_passes(struct ppt_index *index)
{
    const struct ppt_samples *samples = index->samples;

    index->ran.items = ppt_alloc(samples->count, sizeof(*index->ran.items));
    for (size_t i = 0; i < samples->count; i++) {
        if (!ppt_samples_failed(samples, samples->items[i].point)) {
            index->ran.items[index->ran.count++] = &samples->items[i];
        }
    }
}

static const struct ppt_sample **cell_of(const struct ppt_index *index,
                                         const struct ppt_sample *sample, size_t place)
{
    return &index->cells[(sample->block - 1) * index->point_count + place];
}

/* By pass that ran: the place of its point, or SIZE_MAX where it does not count; to be given to
 * free(). */
static size_t *find_places(struct ppt_index *index)
{
    size_t *places = ppt_alloc(index->ran.count, sizeof(*places));

    for (size_t i = 0; i < index->ran.count; i++) {
        const struct ppt_sample *sample = index->ran.items[i];

        places[i] = sample->block > 0 ? ppt_index_find(index, sample->point) : SIZE_MAX;
        if (places[i] != SIZE_MAX) {
            index->block_count =
                sample->block > index->block_count ? sample->block : index->block_count;
        }
    }
    return places;
}

/* The last pass of a block and point is the one that counts; the others have no place any more.
 * Counts passes in starts[p + 1]. */
static void fill_cells(struct ppt_index *index, size_t *places)
{
    index->cells = ppt_alloc(index->block_count * index->point_count, sizeof(*index->cells));
    for (size_t i = 0; i < index->ran.count; i++) {
        if (places[i] != SIZE_MAX) {
            *cell_of(index, index->ran.items[i], places[i]) = index->ran.items[i];
        }
    }
    for (size_t i = 0; i < index->ran.count; i++) {
        const struct ppt_sample *sample = index->ran.items[i];

        if (places[i] != SIZE_MAX && *cell_of(index, sample, places[i]) != sample) {
            places[i] = SIZE_MAX;
        }
        if (places[i] != SIZE_MAX) {
            index->starts[places[i] + 1]++;
        }
    }
}

static void fill_passes(struct ppt_index *index, const size_t *places)
{
    size_t *next PPT_FREED = ppt_alloc(index->point_count, sizeof(*next));

    for (size_t p = 0; p < index->point_count; p++) {
        index->starts[p + 1] += index->starts[p];
        next[p] = index->starts[p];
    }
    index->passes = ppt_alloc(index->starts[index->point_count], sizeof(*index->passes));
    for (size_t i = 0; i < index->ran.count; i++) {
        if (places[i] != SIZE_MAX) {
            index->passes[next[places[i]]++] = index->ran.items[i];
        }
    }
}

void ppt_index_create(const struct ppt_samples *samples, struct ppt_index *index)
{
    size_t *places PPT_FREED = NULL;

    *index = (struct ppt_index){.samples = samples};
    list_passes(index);
    list_points(index);
    index->starts = ppt_alloc(index->point_count + 1, sizeof(*index->starts));
    places = find_places(index);
    fill_cells(index, places);
    fill_passes(index, places);
    index->flags = ppt_flags_of(samples);
}

void ppt_index_free(struct ppt_index *index)
{
    free(index->points);
    free(index->starts);
    free(index->passes);
    free(index->cells);
    free(index->ran.items);
    free(index->flags);
    *index = (struct ppt_index){0};
}

const struct ppt_sample *ppt_index_at(const struct ppt_index *index, size_t block, size_t point)
{
    return point == SIZE_MAX ? NULL : index->cells[(block - 1) * index->point_count + point];
}

const struct ppt_flags *ppt_index_flags(const struct ppt_index *index,
                                        const struct ppt_sample *sample)
{
    return &index->flags[sample - index->samples->items];
}

bool ppt_index_counts(const struct ppt_index *index, const struct ppt_sample *sample)
{
    return sample->block > 0 &&
           ppt_index_at(index, sample->block, ppt_index_find(index, sample->point)) == sample;
}

struct ppt_passes ppt_index_passes(const struct ppt_index *index, size_t point)
{
    return point == SIZE_MAX ? (struct ppt_passes){NULL, 0}
                             : (struct ppt_passes){index->passes + index->starts[point],
                                                   index->starts[point + 1] - index->starts[point]};
}
