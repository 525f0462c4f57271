#include "point.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "text.h"

const struct ppt_dimension_row ppt_dimensions[PPT_DIMENSION_COUNT] = {
    [PPT_PROGRAM] = {PPT_KEY_VS, "program", true, "program", "Program", "the program", "p", ":",
                     NULL, NULL, 0, PPT_MOST_PROGRAMS, offsetof(struct ppt_point, program)},
    [PPT_SIZE] = {PPT_KEY_VARY, "size", true, "size", "Size", "the size", "s", ":", NULL, NULL, 0,
                  PPT_MOST_VARIANTS, offsetof(struct ppt_point, size)},
    [PPT_PRESSURE] = {PPT_KEY_WHY, "pressure", true, "pressure", "Pressure", "no pressure", "w",
                      ":", NULL, NULL, 0, PPT_PRESSURE_ALONE, offsetof(struct ppt_point, pressure)},
    [PPT_RANKS] = {PPT_KEY_RANKS, NULL, false, "rank", "Ranks", "without MPI", "", "r", NULL,
                   "3r4: 3 ranks (processes) with 4 workers each; no r: without MPI", 0,
                   PPT_MOST_RANKS, offsetof(struct ppt_point, ranks)},
    [PPT_WORKERS] = {PPT_KEY_WORKERS, NULL, false, "worker", "Workers", "sequential", "", "",
                     "threads", NULL, 0, PPT_MOST_WORKERS, offsetof(struct ppt_point, workers)},
    [PPT_INNER_THREADS] = {PPT_KEY_INNER_THREADS, NULL, false, "inner thread", "Inner threads",
                           NULL, "x", "", "inner", "4x2: 4 workers whose tasks use 2 threads each",
                           1, PPT_MOST_WORKERS, offsetof(struct ppt_point, inner_threads)},
};

const char *ppt_dimension_key(size_t dimension)
{
    const struct ppt_dimension_row *row = &ppt_dimensions[dimension];

    return row->own ? row->own : ppt_key_name((enum ppt_key_id)row->key);
}

static json_object *all_workers(const void *point)
{
    return json_object_new_int64(ppt_point_workers(*(const struct ppt_point *)point));
}

#define ALONE "alone"

/* A pressure is written by its name: the order of the table may change. */
static json_object *write_pressure(const void *point)
{
    const unsigned pressure = ((const struct ppt_point *)point)->pressure;

    return pressure == 0
               ? NULL
               : json_object_new_string(pressure < PPT_RESOURCE_COUNT ? ppt_resources[pressure].name
                                                                      : ALONE);
}

static enum ppt_status read_pressure(const struct ppt_item *item, void *point,
                                     struct ppt_error *error)
{
    const char *name = NULL;

    PPT_TRY(ppt_item_text(item, &name, error));
    const enum ppt_resource resource = ppt_resource_find(name);
    ((struct ppt_point *)point)->pressure =
        strcmp(name, ALONE) == 0 ? PPT_PRESSURE_ALONE : resource;
    return ((struct ppt_point *)point)->pressure > 0
               ? PPT_OK
               : ppt_item_reject(item, error, "is no resource that can be pressed on");
}

/* What an unsigned cannot hold becomes the largest that it can, which no point has. */
#define FIELD(member, more)                                                                        \
    {                                                                                              \
        PPT_FIELD(struct ppt_point, member, #member), .flags = PPT_FIELD_SHOWN | (more),           \
                                                      .smallest = -1, .largest = 1e18              \
    }

const struct ppt_field ppt_point_fields[] = {
    FIELD(workers, 0),
    FIELD(inner_threads, 0),
    FIELD(ranks, PPT_FIELD_SPARSE),
    FIELD(program, PPT_FIELD_SPARSE),
    FIELD(size, PPT_FIELD_SPARSE),
    {PPT_FIELD(struct ppt_point, pressure, "pressure"), .flags = PPT_FIELD_SHOWN | PPT_FIELD_SPARSE,
     .read = read_pressure, .write = write_pressure},
    {PPT_FIELD(struct ppt_point, ranks, "all_workers"),
     .flags = PPT_FIELD_SHOWN | PPT_FIELD_SHOWN_ALONE | PPT_FIELD_SPARSE, .write = all_workers},
    {0},
};

unsigned ppt_point_differ(struct ppt_point a, struct ppt_point b)
{
    unsigned set = 0;

    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        set |= ppt_point_get(a, d) != ppt_point_get(b, d) ? PPT_ONLY(d) : 0;
    }
    return set;
}

int ppt_point_compare(const void *a, const void *b)
{
    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        const unsigned x = ppt_point_get(*(const struct ppt_point *)a, d);
        const unsigned y = ppt_point_get(*(const struct ppt_point *)b, d);

        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

bool ppt_point_possible(struct ppt_point point)
{
    bool possible = point.ranks == 0 || point.workers > 0;

    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        const unsigned number = ppt_point_get(point, d);

        possible &= number >= ppt_dimensions[d].least && number <= ppt_dimensions[d].most;
    }
    return possible;
}

unsigned ppt_point_shown(struct ppt_point point, unsigned several)
{
    return PPT_ONLY(PPT_WORKERS) | (point.ranks > 0 ? PPT_ONLY(PPT_RANKS) : 0) |
           (point.program > 0 ? PPT_ONLY(PPT_PROGRAM) : 0) |
           (point.size > 0 ? PPT_ONLY(PPT_SIZE) : 0) |
           (point.pressure > 0 ? PPT_ONLY(PPT_PRESSURE) : 0) | (several & PPT_OF_TASK);
}

const char *ppt_point_label(struct ppt_point point, unsigned several, char out[PPT_POINT_SIZE])
{
    const unsigned shown = ppt_point_shown(point, several);
    size_t length = 0;

    for (size_t d = 0; d < PPT_DIMENSION_COUNT && length < PPT_POINT_SIZE; d++) {
        if (shown & PPT_ONLY(d)) {
            length += (size_t)snprintf(out + length, PPT_POINT_SIZE - length, "%s%u%s",
                                       ppt_dimensions[d].before, ppt_point_get(point, d),
                                       ppt_dimensions[d].after);
        }
    }
    return out;
}

/* "3 ranks", "without MPI", "program 2". Returns the length, as snprintf() does. */
static size_t add_words(unsigned number, const struct ppt_dimension_row *row, const char *before,
                        char *out, size_t size)
{
    return (size_t)(number == 0    ? snprintf(out, size, "%s%s", before, row->none)
                    : row->ordinal ? snprintf(out, size, "%s%s %u", before, row->noun, number)
                                   : snprintf(out, size, "%s%u %s%s", before, number, row->noun,
                                              PPT_S(number)));
}

const char *ppt_point_words(struct ppt_point point, unsigned set, const char *first,
                            const char *next, char out[PPT_POINT_WORDS_SIZE])
{
    size_t length = 0;

    out[0] = '\0';
    for (size_t d = 0; d < PPT_DIMENSION_COUNT && length < PPT_POINT_WORDS_SIZE; d++) {
        if (set & PPT_ONLY(d)) {
            const char *before = length > 0 ? next : first;

            length += add_words(ppt_point_get(point, d), &ppt_dimensions[d], before, out + length,
                                PPT_POINT_WORDS_SIZE - length);
        }
    }
    return out;
}

const char *ppt_point_heads(unsigned set, char out[PPT_POINT_WORDS_SIZE])
{
    const struct ppt_dimension_row *last = NULL;
    size_t length = 0;

    out[0] = '\0';
    for (size_t d = 0; d < PPT_DIMENSION_COUNT && length < PPT_POINT_WORDS_SIZE; d++) {
        const struct ppt_dimension_row *row = &ppt_dimensions[d];

        if (set & PPT_ONLY(d)) {
            length += (size_t)snprintf(out + length, PPT_POINT_WORDS_SIZE - length, "%s%s%s%s%ss",
                                       last ? " " : "", last ? last->after : "",
                                       last ? row->before : "", last ? " " : "", row->noun);
            last = row;
        }
    }
    return out;
}
