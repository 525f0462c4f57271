/*
 * results.csv (RFC 4180): one row per point. The first ten columns are those of the tool that this
 * one succeeds, and mean the same: times are means in seconds, and a speedup is one rate by
 * another. The verdict's speedups, and all else, follow them.
 */
#include "memory.h"
#include "owned.h"
#include "range.h"
#include "report.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The dimensions of a point beside its workers stand between the two. */
static const char header[] = "Name,Workers,Job details,Job count,Time: init,Time: work,"
                             "Time: task avg,Time: total,Tasks per second,Speedup (vs sequential),"
                             "\"Speedup (median, paired)\",Task";
static const char header_rest[] =
    ",Means over (blocks),Time: cleanup (s),Time: scratch (s),"
    "Time: total median (s),"
    "Time: total min (s),Time: total max (s),Time: total low (s),"
    "Time: total high (s),Speedup low,Speedup high,Task p95 (s),"
    "Task longest (s),CPU time (s),Page faults,Peak memory (bytes),"
    "Recommended,Confidence,Slower than best at most (%),"
    "Load balance,Communication,Scheduling,Startup,Work,Reference,On-CPU inflation,"
    "Off-CPU inflation,Karp-Flatt fraction,Break-even (tasks),"
    "Outliers,Page faults in tasks";

/* Whether a spreadsheet could take a text for a formula; those of East Asia take the wide forms of
 * the same characters, too. */
static bool is_formula(const char *words)
{
    static const char *const starts[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠"};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (strncmp(words, starts[i], strlen(starts[i])) == 0) {
            return true;
        }
    }
    return *words == '\t' || *words == '\r';
}

/* Adds a text as a field: in quotes when it must be, those inside doubled. An apostrophe in front
 * is how spreadsheets are told that something is a text. */
static void add_field(struct ppt_text *out, const char *words)
{
    struct ppt_text field PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add(&field, is_formula(words) ? "'" : "");
    ppt_text_add_shown(&field, words, SIZE_MAX);
    if (!field.data[strcspn(field.data, ",\"")]) {
        ppt_text_add(out, field.data);
    } else {
        ppt_text_add(out, "\"");
        for (const char *c = field.data; *c; c++) {
            ppt_text_addf(out, *c == '"' ? "\"\"" : "%c", *c);
        }
        ppt_text_add(out, "\"");
    }
}

/* A number, or an empty field where there is none. */
static void add_number(struct ppt_text *out, bool exists, double value)
{
    if (exists && isfinite(value)) {
        ppt_text_addf(out, ",%.9g", value);
    } else {
        ppt_text_add(out, ",");
    }
}

/* With the fewest inner threads; NULL where there are no sequential calls. Points are ascending. */
static const struct ppt_point_summary *find_sequential(const struct ppt_summary *summary)
{
    return summary->points[0].point.workers == 0 ? &summary->points[0] : NULL;
}

static void add_times(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                      const struct ppt_point_answer *answer, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_point_summary *sequential = find_sequential(outcome->summary);
    const struct ppt_ratio none = {0}, *speedup = answer ? &answer->over_sequential : &none;

    add_number(out, true, p->init_s.mean);
    add_number(out, true, p->work_s.mean);
    add_number(out, true, p->task_s.mean);
    add_number(out, true, p->total_s.mean);
    const double tasks = (double)ppt_config_tasks(config, p->point);
    const double times = tasks / (double)config->task_count;

    add_number(out, true, tasks / p->total_s.mean);
    add_number(out, sequential != NULL,
               sequential ? times * sequential->total_s.mean / p->total_s.mean : 0);
    add_number(out, speedup->value > 0, speedup->value);
    ppt_text_add(out, ",");
    add_field(out, config->task);
    for (size_t i = 1; i < PPT_FILE_DIMENSIONS; i++) {
        ppt_text_addf(out, ",%u", ppt_point_get(p->point, PPT_IN_FILES(i)));
    }
    ppt_text_addf(out, ",%zu", p->total_s.n);
    add_number(out, true, p->cleanup_s.mean);
    add_number(out, true, p->scratch_s.mean);
    add_number(out, true, p->total_s.median);
    add_number(out, true, p->total_s.smallest);
    add_number(out, true, p->total_s.largest);
    add_number(out, p->total_s.interval.exists, p->total_s.interval.low);
    add_number(out, p->total_s.interval.exists, p->total_s.interval.high);
    add_number(out, speedup->interval.exists, speedup->interval.low);
    add_number(out, speedup->interval.exists, speedup->interval.high);
    add_number(out, true, p->task_p95_s.median);
    add_number(out, true, p->task_longest_s.median);
    add_number(out, true, p->cpu_s.mean);
    add_number(out, true, p->faults.mean);
    add_number(out, p->peak_bytes >= 0, p->peak_bytes);
}

static void csv_add_verdict(const struct ppt_answer *answer, size_t point, struct ppt_text *out)
{
    const struct ppt_verdict *verdict = &answer->verdict;
    const struct ppt_point_answer *p = point != SIZE_MAX ? &answer->points[point] : NULL;
    const bool factors = p && p->factors.exists;

    if (verdict->exists) {
        ppt_text_addf(out, ",%d,%s", point == verdict->recommended,
                      ppt_confidence_names[verdict->confidence]);
    } else {
        ppt_text_add(out, ",,");
    }
    add_number(out, verdict->exists, 100 * verdict->slowdown_upper);
    for (size_t i = 0; i < PPT_FACTOR_COUNT; i++) {
        add_number(out, factors, factors ? p->factors.factor[i] : 0);
    }
    add_number(out, factors && p->factors.on_cpu_inflation > 0,
               factors ? p->factors.on_cpu_inflation : 0);
    add_number(out, factors && p->factors.off_cpu_inflation > 0,
               factors ? p->factors.off_cpu_inflation : 0);
    add_number(out, p != NULL, p ? p->karp_flatt : 0);
    add_number(out, p && p->break_even.tasks > 0, p ? (double)p->break_even.tasks : 0);
    add_number(out, p != NULL, p ? (double)(p->outliers.mild + p->outliers.far) : 0);
}

static void csv_add_row(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                        struct ppt_text *out)
{
    const struct ppt_answer *answer = outcome->answer;
    const size_t point = ppt_grid_find(&answer->grid, p->point);
    char label[PPT_POINT_SIZE];

    /* "sequential" and "parallel_4"; where inner threads differ, "sequential_x2" and
     * "parallel_4x2"; over ranks "parallel_2r4". */
    ppt_point_label(p->point, ppt_config_several(outcome->config), label);
    if (p->point.workers == 0) {
        ppt_text_addf(out, "sequential%s%s", label[1] ? "_" : "", label + 1);
    } else {
        ppt_text_addf(out, "parallel_%s", label);
    }
    ppt_text_addf(out, ",%u,", ppt_point_workers(p->point));
    add_field(out, outcome->config->details);
    ppt_text_addf(out, ",%llu", (unsigned long long)ppt_config_tasks(outcome->config, p->point));
    add_times(outcome, p, point != SIZE_MAX ? &answer->points[point] : NULL, out);
    csv_add_verdict(answer, point, out);
    add_number(out, true, p->task_faults.mean);
}

/* ---- what varies ---- */

/* Names of numbers that vary in some of the runs, each once. */
struct names {
    const char **items;
    size_t count;
};

static void list_names(const struct ppt_outcome *outcomes, size_t count, struct names *names)
{
    for (size_t i = 0; i < count; i++) {
        const struct ppt_config *config = outcomes[i].config;

        for (size_t axis = 0; axis < config->axis_count; axis++) {
            size_t known = 0;

            while (known < names->count &&
                   strcmp(names->items[known], config->axes[axis].name) != 0) {
                known++;
            }
            if (known == names->count) {
                names->items = ppt_realloc(names->items, names->count + 1, sizeof(*names->items));
                names->items[names->count++] = config->axes[axis].name;
            }
        }
    }
}

static void add_varied(const struct ppt_config *config, const struct names *names,
                       struct ppt_text *out)
{
    for (size_t i = 0; i < names->count; i++) {
        char number[PPT_RANGE_NUMBER_SIZE] = "";

        for (size_t axis = 0; axis < config->axis_count; axis++) {
            if (strcmp(names->items[i], config->axes[axis].name) == 0) {
                ppt_range_number(config->uses[0].values[axis], number);
            }
        }
        ppt_text_addf(out, ",%s", number);
    }
}

/* ---- objectives ---- */

static bool is_for_more_than_time(const struct ppt_outcome *outcomes, size_t count)
{
    bool more = false;

    for (size_t i = 0; i < count; i++) {
        more = more || outcomes[i].answer->objective.goal.kind != PPT_GOAL_TIME;
    }
    return more;
}

/* Empty where nothing is known, and of a verdict for the shortest time. */
static void add_objective(const struct ppt_answer *answer, struct ppt_point at,
                          struct ppt_text *out)
{
    const struct ppt_objective *objective = &answer->objective;
    const size_t p = ppt_grid_find(&answer->grid, at);
    const struct ppt_objective_point none = {0},
                                     *point = p == SIZE_MAX ? &none : &objective->points[p];

    ppt_text_addf(out, ",%s", ppt_goal_names[objective->goal.kind]);
    for (size_t i = 0; i < PPT_MOST_FIGURES; i++) {
        const struct ppt_figure *figure = &point->figures[i];
        const bool known = i < point->figure_count;

        add_number(out, known, figure->value);
        add_number(out, known && figure->interval.exists, figure->interval.low);
        add_number(out, known && figure->interval.exists, figure->interval.high);
    }
    add_number(out, objective->limit > 0 && (point->keeps || point->breaks), point->keeps);
}

static const char objective_header[] = ",Objective,Objective figure,Objective low,Objective high,"
                                       "Objective p95,Objective p95 low,Objective p95 high,Keeps "
                                       "the limit";

/* ---- tasks that arrive ---- */

static bool is_of_arrivals(const struct ppt_outcome *outcomes, size_t count)
{
    bool some = false;

    for (size_t i = 0; i < count; i++) {
        some = some || outcomes[i].answer->context.arriving;
    }
    return some;
}

static void add_latency_heads(struct ppt_text *out)
{
    for (const struct ppt_latency_row *row = ppt_latency_rows; row->key; row++) {
        ppt_text_addf(out, ",Latency: %s%s", row->words, row->seconds ? " (s)" : "");
    }
    ppt_text_add(out, ",Overloaded");
}

static void add_latency(const struct ppt_answer *answer, struct ppt_point at, struct ppt_text *out)
{
    const size_t p = ppt_grid_find(&answer->grid, at);
    const struct ppt_latency none = {0},
                             *latency = p == SIZE_MAX ? &none : &answer->points[p].latency;

    for (const struct ppt_latency_row *row = ppt_latency_rows; row->key; row++) {
        const struct ppt_stat *stat = ppt_latency_stat(latency, row);

        add_number(out, stat->n > 0, stat->median);
    }
    add_number(out, latency->exists, latency->overloaded);
}

void ppt_csv_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    struct names names = {0};

    ppt_text_add(out, header);
    for (size_t i = 1; i < PPT_FILE_DIMENSIONS; i++) {
        ppt_text_addf(out, ",%s", ppt_dimensions[PPT_IN_FILES(i)].head);
    }
    ppt_text_add(out, header_rest);
    list_names(outcomes, count, &names);
    const char **items PPT_FREED = names.items;
    for (size_t i = 0; i < names.count; i++) {
        ppt_text_addf(out, ",%s", items[i]);
    }
    const bool objective = is_for_more_than_time(outcomes, count);
    const bool arrivals = is_of_arrivals(outcomes, count);
    ppt_text_add(out, objective ? objective_header : "");
    if (arrivals) {
        add_latency_heads(out);
    }
    ppt_text_add(out, "\r\n");
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < outcomes[i].summary->count; p++) {
            csv_add_row(&outcomes[i], &outcomes[i].summary->points[p], out);
            add_varied(outcomes[i].config, &names, out);
            if (objective) {
                add_objective(outcomes[i].answer, outcomes[i].summary->points[p].point, out);
            }
            if (arrivals) {
                add_latency(outcomes[i].answer, outcomes[i].summary->points[p].point, out);
            }
            ppt_text_add(out, "\r\n");
        }
    }
}
