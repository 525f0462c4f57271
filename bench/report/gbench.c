/*
 * Google Benchmark's JSON, as its own tools read it: one row per pass, then what they amount to at
 * each point. One iteration is one pass; times are nanoseconds everywhere, because compare.py pairs
 * rows of the same unit alone; cpu_time is that of the whole process, user and system.
 */
#include <stdlib.h>
#include <string.h>

#include "json_value.h"
#include "memory.h"
#include "owned.h"
#include "report.h"
#include "series.h"

enum column { REAL, CPU, RATE, SPEEDUP, INIT, WORK, CLEANUP, FAULTS, COLUMN_COUNT };

/* Those behind the two times are what Google Benchmark calls counters. */
static const char *const column_names[COLUMN_COUNT] = {
    "real_time", "cpu_time", "items_per_second", "speedup",
    "init_s",    "work_s",   "cleanup_s",        "page_faults",
};

enum aggregate { MEAN, MEDIAN, STDDEV, CV, AGGREGATE_COUNT };

static const char *const aggregate_names[AGGREGATE_COUNT] = {"mean", "median", "stddev", "cv"};

/* One point of one run on its way into the document. */
struct point_rows {
    const struct ppt_outcome *outcome;
    struct ppt_point point;
    size_t family, instance; /* of the run, and of the point in it */
    char *name;
    double (*passes)[COLUMN_COUNT];
    size_t count;
};

/* ---- numbers ---- */

/* `reference` is the pass of the same block that speedups compare with, or NULL. */
static void fill_pass(const struct ppt_sample *sample, const struct ppt_sample *reference,
                      double row[COLUMN_COUNT])
{
    row[REAL] = (double)sample->total_ns;
    row[CPU] = (double)(sample->usage.user_ns + sample->usage.system_ns);
    row[RATE] = (double)sample->task_count / ((double)sample->total_ns * 1e-9);
    row[SPEEDUP] = reference ? (double)reference->total_ns / (double)sample->total_ns : (double)NAN;
    row[INIT] = (double)sample->init_ns * 1e-9;
    row[WORK] = (double)sample->work_ns * 1e-9;
    row[CLEANUP] = (double)sample->cleanup_ns * 1e-9;
    row[FAULTS] = (double)(sample->usage.minor_faults + sample->usage.major_faults);
}

static void collect_passes(struct point_rows *rows)
{
    const struct ppt_index *index = rows->outcome->index;
    const struct ppt_passes passes = ppt_index_passes(index, ppt_index_find(index, rows->point));
    const size_t fewest = rows->outcome->answer->grid.block_count > 0 ? 0 : SIZE_MAX;

    rows->passes = ppt_alloc(passes.count, sizeof(*rows->passes));
    rows->count = passes.count;
    for (size_t i = 0; i < passes.count; i++) {
        fill_pass(passes.items[i], ppt_index_at(index, passes.items[i]->block, fewest),
                  rows->passes[i]);
    }
}

static double aggregate(enum aggregate kind, const double *values, size_t n)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        mean += values[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    const double deviation = sqrt(squares / (double)(n - 1));
    switch (kind) {
    case MEAN:
        return mean;
    case MEDIAN:
        return ppt_median(values, n);
    case STDDEV:
        return deviation;
    default:
        return deviation / mean;
    }
}

static double aggregate_column(const struct point_rows *rows, enum aggregate kind,
                               enum column column)
{
    const struct ppt_answer *answer = rows->outcome->answer;
    const size_t point = ppt_grid_find(&answer->grid, rows->point);
    double *values PPT_FREED = ppt_alloc(rows->count, sizeof(*values));

    for (size_t i = 0; i < rows->count; i++) {
        values[i] = rows->passes[i][column];
    }
    if (kind == MEDIAN && column == SPEEDUP && answer->grid.block_count > 0 && point != SIZE_MAX) {
        /* The one that all other reports show: of complete blocks, by logarithms. */
        return answer->points[point].over_fewest.value;
    }
    return aggregate(kind, values, rows->count);
}

/* ---- rows ---- */

static json_object *start_row(const struct point_rows *rows, const char *ending, const char *type)
{
    json_object *row = json_object_new_object();
    char *name PPT_FREED = ppt_text_format("%s%s", rows->name, ending);

    add(row, "name", text(name));
    add(row, "family_index", integer(rows->family));
    add(row, "per_family_instance_index", integer(rows->instance));
    add(row, "run_name", text(rows->name));
    add(row, "run_type", text(type));
    add(row, "repetitions", integer(rows->count));
    return row;
}

static void finish_row(const struct point_rows *rows, const double values[COLUMN_COUNT],
                       json_object *row)
{
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        if (c <= CPU) {
            add(row, column_names[c], number(values[c]));
        } else {
            add_finite(row, column_names[c], values[c]);
        }
        if (c == CPU) {
            add(row, "time_unit", text("ns"));
        }
    }
    ppt_fields_write(ppt_point_fields, &rows->point, 0, row);
    add(row, "tasks", integer(rows->outcome->config->task_count));
    if (*rows->outcome->config->details) {
        add(row, "label", text(rows->outcome->config->details));
    }
}

/* Sequential calls run in one thread, like a benchmark without "threads" in its name. */
static unsigned thread_count(const struct point_rows *rows)
{
    return ppt_point_running(rows->point);
}

static void gbench_add_passes(const struct point_rows *rows, json_object *list)
{
    for (size_t i = 0; i < rows->count; i++) {
        json_object *row = start_row(rows, "", "iteration");

        add(row, "repetition_index", integer(i));
        add(row, "threads", integer(thread_count(rows)));
        add(row, "iterations", integer(1));
        finish_row(rows, rows->passes[i], row);
        json_object_array_add(list, row);
    }
}

static void add_aggregate(const struct point_rows *rows, enum aggregate kind, json_object *list)
{
    char *ending PPT_FREED = ppt_text_format("_%s", aggregate_names[kind]);
    json_object *row = start_row(rows, ending, "aggregate");
    double values[COLUMN_COUNT];

    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        values[c] = aggregate_column(rows, kind, (enum column)c);
        /* Of nothing but zeros: they do not vary. Both times must be there. */
        values[c] = c <= CPU && !isfinite(values[c]) ? 0 : values[c];
    }
    add(row, "threads", integer(thread_count(rows)));
    add(row, "aggregate_name", text(aggregate_names[kind]));
    add(row, "aggregate_unit", text(kind == CV ? "percentage" : "time"));
    add(row, "iterations", integer(rows->count));
    finish_row(rows, values, row);
    json_object_array_add(list, row);
}

static void gbench_add_point(const struct ppt_outcome *outcomes, size_t which, size_t point,
                             json_object *list)
{
    struct point_rows rows = {
        .outcome = &outcomes[which],
        .point = outcomes[which].summary->points[point].point,
        .family = which,
        .instance = point,
    };

    rows.name = ppt_series_name(outcomes, which, rows.point, "real_time");
    collect_passes(&rows);
    gbench_add_passes(&rows, list);
    for (size_t kind = 0; kind < AGGREGATE_COUNT; kind++) {
        /* The spread of one pass is not 0 but unknown. */
        if (rows.count > 1 || kind == MEAN || kind == MEDIAN) {
            add_aggregate(&rows, (enum aggregate)kind, list);
        }
    }
    free(rows.passes);
    free(rows.name);
}

/* ---- context ---- */

/* "2026-01-31T12:00:00+0100" with the colon in the zone that RFC 3339 wants. */
static json_object *date_of(const char *started)
{
    const size_t length = strlen(started);

    if (length < 5 || !strchr("+-", started[length - 5])) {
        return text(started);
    }
    char *date PPT_FREED =
        ppt_text_format("%.*s:%s", (int)length - 2, started, started + length - 2);
    return text(date);
}

/* The median clock over all passes whose clock could be read; 0: none could. */
static double clock_mhz(const struct ppt_outcome *outcome)
{
    const struct ppt_passes ran = outcome->index->ran;
    double *values PPT_FREED = ppt_alloc(ran.count + 1, sizeof(*values));
    size_t n = 0;

    for (size_t i = 0; i < ran.count; i++) {
        if (ran.items[i]->clock_khz > 0) {
            values[n++] = (double)ran.items[i]->clock_khz / 1000;
        }
    }
    return ppt_median(values, n);
}

/* "7", or "7, 8" where runs have seeds of their own. */
static json_object *seeds_of(const struct ppt_outcome *outcomes, size_t count)
{
    struct ppt_text seeds PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < count; i++) {
        if (i == 0 || outcomes[i].config->seed != outcomes[i - 1].config->seed) {
            ppt_text_addf(&seeds, "%s%llu", i ? ", " : "",
                          (unsigned long long)outcomes[i].config->seed);
        }
    }
    return text(seeds.data);
}

static json_object *context_of(const struct ppt_outcome *outcomes, size_t count)
{
    const struct ppt_host *host = outcomes[0].host;
    json_object *context = json_object_new_object();
    char *cpus PPT_FREED = ppt_text_format("%u", host->effective_cpus);

    add(context, "date", date_of(outcomes[0].started));
    add(context, "host_name", text(host->name));
    add(context, "executable", text("ppt-omp"));
    add(context, "num_cpus", integer(host->online_cpus));
    add(context, "mhz_per_cpu", integer((uint64_t)lround(clock_mhz(&outcomes[0]))));
    add(context, "cpu_scaling_enabled", json_object_new_boolean(false));
    add(context, "caches", json_object_new_array());
    add(context, "load_avg", json_object_new_array());
#ifdef __OPTIMIZE__
    add(context, "library_build_type", text("release"));
#else
    add(context, "library_build_type", text("debug"));
#endif
    add(context, "json_schema_version", integer(1));
    /* From here on what Google Benchmark calls custom context: strings. */
    add(context, "version", text(outcomes[0].program));
    add(context, "seed", seeds_of(outcomes, count));
    add(context, "system", text(host->system));
    add(context, "cpu_model", text(host->cpu_model));
    add(context, "effective_cpus", text(cpus));
    add(context, "instruction_set", text(host->instruction_set));
    add(context, "blas", text(host->blas));
    return context;
}

void ppt_gbench_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    json_object *document = json_object_new_object(), *list = json_object_new_array();

    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < outcomes[i].summary->count; p++) {
            gbench_add_point(outcomes, i, p, list);
        }
    }
    add(document, "context", context_of(outcomes, count));
    add(document, "benchmarks", list);
    print_document(document, out);
}
