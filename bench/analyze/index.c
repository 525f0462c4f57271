#include "index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

/* The first place whose point is not below `point`. */
static size_t place_of(const struct ppt_index *index, struct ppt_point point)
{
    size_t low = 0, high = index->point_count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (ppt_point_compare(&index->points[middle], &point) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_there(const struct ppt_index *index, size_t place, struct ppt_point point)
{
    return place < index->point_count && ppt_point_same(index->points[place], point);
}

size_t ppt_index_find(const struct ppt_index *index, struct ppt_point point)
{
    const size_t place = place_of(index, point);

    return is_there(index, place, point) ? place : SIZE_MAX;
}

static void add_point(struct ppt_index *index, size_t place, struct ppt_point point)
{
    index->points = ppt_realloc(index->points, index->point_count + 1, sizeof(*index->points));
    memmove(&index->points[place + 1], &index->points[place],
            (index->point_count - place) * sizeof(*index->points));
    index->points[place] = point;
    index->point_count++;
}

static void list_points(struct ppt_index *index)
{
    const struct ppt_samples *samples = index->samples;

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];
        const size_t place = place_of(index, sample->point);

        if (sample->block > 0 && !is_there(index, place, sample->point) &&
            !ppt_samples_failed(samples, sample->point)) {
            add_point(index, place, sample->point);
        }
    }
}

/* By sample: the place of its point, or SIZE_MAX where it does not count; to be given to free().
 * Counts passes in starts[p + 1], and blocks. */
static size_t *find_places(struct ppt_index *index)
{
    const struct ppt_samples *samples = index->samples;
    size_t *places = ppt_alloc(samples->count, sizeof(*places));

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        places[i] = sample->block > 0 ? ppt_index_find(index, sample->point) : SIZE_MAX;
        if (places[i] != SIZE_MAX) {
            index->starts[places[i] + 1]++;
            index->block_count =
                sample->block > index->block_count ? sample->block : index->block_count;
        }
    }
    return places;
}

static void fill(struct ppt_index *index, const size_t *places)
{
    size_t *next PPT_FREED = ppt_alloc(index->point_count, sizeof(*next));

    for (size_t p = 0; p < index->point_count; p++) {
        index->starts[p + 1] += index->starts[p];
        next[p] = index->starts[p];
    }
    index->passes = ppt_alloc(index->starts[index->point_count], sizeof(*index->passes));
    index->cells = ppt_alloc(index->block_count * index->point_count, sizeof(*index->cells));
    for (size_t i = 0; i < index->samples->count; i++) {
        const struct ppt_sample *sample = &index->samples->items[i];

        if (places[i] != SIZE_MAX) {
            index->passes[next[places[i]]++] = sample;
            index->cells[(sample->block - 1) * index->point_count + places[i]] = sample;
        }
    }
}

void ppt_index_create(const struct ppt_samples *samples, struct ppt_index *index)
{
    size_t *places PPT_FREED = NULL;

    *index = (struct ppt_index){
        .samples = samples,
        .points = ppt_alloc(0, sizeof(*index->points)),
    };
    list_points(index);
    index->starts = ppt_alloc(index->point_count + 1, sizeof(*index->starts));
    places = find_places(index);
    fill(index, places);
}

void ppt_index_free(struct ppt_index *index)
{
    free(index->points);
    free(index->starts);
    free(index->passes);
    free(index->cells);
    *index = (struct ppt_index){0};
}

const struct ppt_sample *ppt_index_at(const struct ppt_index *index, size_t block, size_t point)
{
    return point == SIZE_MAX ? NULL : index->cells[(block - 1) * index->point_count + point];
}

struct ppt_passes ppt_index_passes(const struct ppt_index *index, size_t point)
{
    return point == SIZE_MAX ? (struct ppt_passes){NULL, 0}
                             : (struct ppt_passes){index->passes + index->starts[point],
                                                   index->starts[point + 1] - index->starts[point]};
}
