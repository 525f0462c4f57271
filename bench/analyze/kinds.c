#include "kinds.h"

#include <stdlib.h>

#include "interval.h"
#include "memory.h"
#include "owned.h"
#include "tasks.h"

/* Mean task times of every block, kind and point; 0 where nothing was measured. */
struct table {
    size_t blocks, kinds, points;
    double *mean_s;
    double *tasks; /* by block and kind */
};

static double *cell(const struct table *table, size_t block, size_t kind, size_t point)
{
    return &table->mean_s[(block * table->kinds + kind) * table->points + point];
}

static size_t kind_of(const struct ppt_config *config, const struct ppt_kernel *kernel)
{
    size_t kind = 0;

    while (config->uses[kind].kernel != kernel) {
        kind++;
    }
    return kind;
}

static size_t point_of(const struct ppt_config *config, struct ppt_point point)
{
    size_t p = 0;

    while (p < config->point_count && !ppt_point_same(config->points[p], point)) {
        p++;
    }
    return p;
}

static void add_pass(const struct ppt_config *config, const struct ppt_tasks *tasks,
                     const struct ppt_sample *sample, struct table *table)
{
    const size_t block = sample->block - 1, point = point_of(config, sample->point);
    double *count = &table->tasks[block * table->kinds];

    if (point == config->point_count) {
        return;
    }
    for (size_t k = 0; k < table->kinds; k++) {
        count[k] = 0;
    }
    for (uint64_t i = 0; i < sample->task_count; i++) {
        const size_t k = kind_of(config, tasks->groups[tasks->refs[i].group].kernel);

        count[k]++;
        *cell(table, block, k, point) += (double)sample->task_ns[i] * 1e-9;
    }
    for (size_t k = 0; k < table->kinds; k++) {
        *cell(table, block, k, point) /= count[k] > 0 ? count[k] : 1;
    }
}

static void fill_table(const struct ppt_config *config, const struct ppt_index *index,
                       struct table *table)
{
    struct ppt_tasks tasks = {0};
    unsigned drawn = 0;

    /* Samples of a block follow one another, so its tasks are drawn once. */
    for (size_t i = 0; i < index->ran.count; i++) {
        const struct ppt_sample *sample = index->ran.items[i];

        if (!ppt_index_counts(index, sample) || !sample->task_ns) {
            continue;
        }
        if (sample->block != drawn) {
            ppt_tasks_free(&tasks);
            ppt_tasks_create(config, sample->block, &tasks);
            drawn = sample->block;
        }
        add_pass(config, &tasks, sample, table);
    }
    ppt_tasks_free(&tasks);
}

static void summarise(const struct table *table, size_t k, struct ppt_kind *kind)
{
    double *times PPT_FREED = ppt_alloc(table->blocks, sizeof(*times));
    double *ratios PPT_FREED = ppt_alloc(table->blocks, sizeof(*ratios));

    for (size_t p = 0; p < table->points; p++) {
        size_t n = 0, pairs = 0;

        for (size_t b = 0; b < table->blocks; b++) {
            const double base = *cell(table, b, k, 0), here = *cell(table, b, k, p);

            if (here > 0) {
                times[n++] = here;
            }
            if (here > 0 && base > 0) {
                ratios[pairs++] = here / base;
            }
        }
        kind->task_s[p] = ppt_median(times, n);
        kind->inflation[p] = ppt_median(ratios, pairs);
    }
    for (size_t b = 0; b < table->blocks; b++) {
        kind->tasks_per_block += table->tasks[b * table->kinds + k] / (double)table->blocks;
    }
}

void ppt_kinds_of(const struct ppt_config *config, const struct ppt_index *index,
                  struct ppt_kinds *kinds)
{
    struct table table = {
        .kinds = config->use_count, .points = config->point_count, .blocks = index->block_count};

    *kinds = (struct ppt_kinds){0};
    if (!config->mix || table.blocks == 0 || config->task_count > PPT_MOST_TASK_TIMES) {
        return;
    }
    table.mean_s = ppt_alloc(table.blocks * table.kinds * table.points, sizeof(double));
    table.tasks = ppt_alloc(table.blocks * table.kinds, sizeof(double));
    fill_table(config, index, &table);
    kinds->items = ppt_alloc(table.kinds, sizeof(*kinds->items));
    kinds->count = table.kinds;
    for (size_t k = 0; k < table.kinds; k++) {
        kinds->items[k].kernel = config->uses[k].kernel;
        kinds->items[k].task_s = ppt_alloc(table.points, sizeof(double));
        kinds->items[k].inflation = ppt_alloc(table.points, sizeof(double));
        summarise(&table, k, &kinds->items[k]);
    }
    free(table.mean_s);
    free(table.tasks);
}

void ppt_kinds_free(struct ppt_kinds *kinds)
{
    for (size_t i = 0; i < kinds->count; i++) {
        free(kinds->items[i].task_s);
        free(kinds->items[i].inflation);
    }
    free(kinds->items);
    *kinds = (struct ppt_kinds){0};
}
