/*
 * The table that a run prints: medians over blocks, as wide as the terminal lets it be. A file or a
 * pipe gets 80 columns of plain text.
 */
#include "report.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "kinds.h"
#include "objective_sentence.h"
#include "owned.h"
#include "sentence.h"

/* Over the fewest workers that were measured; the point itself has nothing to compare with. */
static void add_speedup(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                        struct ppt_text *out)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    const size_t point = ppt_grid_find(grid, p->point);
    struct ppt_text text PPT_OWNED(ppt_text_free) = {0};

    if (point == SIZE_MAX || grid->block_count == 0 || !ppt_outcome_has_speedups(outcome)) {
        return;
    }
    struct ppt_ratio speedup = outcome->answer->points[point].over_fewest;
    speedup.interval.exists &= point > 0;
    ppt_sentence_ratio(&speedup, &text);
    /* Aligned at the "x" behind the value. */
    for (size_t columns = strcspn(text.data, "x"); columns < 7; columns++) {
        ppt_text_add(out, " ");
    }
    ppt_text_add(out, text.data);
}

#define BOLD_GREEN "\033[1;32m"
#define BOLD_YELLOW "\033[1;33m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

static void add_colour(const struct ppt_terminal *terminal, const char *code, struct ppt_text *out)
{
    if (terminal->colour) {
        ppt_text_add(out, code);
    }
}

/* The times of the table, in the order of its columns. Where there is not room for all, those that
 * are part of another go first. */
static const struct column {
    const char *head;
    size_t offset; /* of its seconds in a point's summary */
    unsigned from; /* terminal width that it needs */
} time_columns[] = {
    {"init", offsetof(struct ppt_point_summary, shown.init_s), 80},
    {"work", offsetof(struct ppt_point_summary, shown.work_s), 70},
    {"task avg", offsetof(struct ppt_point_summary, task_s.median), 60},
    {"total", offsetof(struct ppt_point_summary, shown.total_s), 40},
};
#define TIMES (sizeof(time_columns) / sizeof(time_columns[0]))
#define RATE_FROM 50 /* as `from`, for tasks per second */

/* Bars stand behind the other columns, which take 80. */
#define BARS_FROM 92
#define BAR_LARGEST 40

/* Eighths of a column. */
static void add_bar(double share, unsigned width, struct ppt_text *out)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const unsigned eighths = (unsigned)lrint(8 * share * width);

    for (unsigned i = 0; i < eighths / 8; i++) {
        ppt_text_add(out, "█");
    }
    ppt_text_add(out, parts[eighths % 8]);
}

static double largest_rate(const struct ppt_summary *summary)
{
    double largest = 0;

    for (size_t i = 0; i < summary->count; i++) {
        largest = fmax(largest, summary->points[i].shown.rate);
    }
    return largest;
}

static bool is_recommended(const struct ppt_outcome *outcome, struct ppt_point point)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;

    return verdict->exists &&
           ppt_point_same(outcome->answer->grid.points[verdict->recommended], point);
}

static void add_row(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                    const struct ppt_point_summary *p, struct ppt_text *out)
{
    const bool beyond = ppt_host_beyond(outcome->host, p->point);
    const bool recommended = is_recommended(outcome, p->point);
    const size_t start = out->length;
    char text[PPT_UNITS_SIZE], label[PPT_POINT_SIZE + 1];

    label[0] = '*';
    ppt_point_label(p->point, ppt_config_several(outcome->config), label + 1);
    if (recommended || beyond) {
        add_colour(terminal, recommended ? BOLD_GREEN : DIM, out);
    }
    const size_t code = out->length - start;
    ppt_text_right(out, label + !beyond, 9);
    for (size_t i = 0; i < TIMES; i++) {
        if (terminal->width >= time_columns[i].from) {
            const void *seconds = (const char *)p + time_columns[i].offset;

            ppt_text_right(out, ppt_text_duration(*(const double *)seconds, text), 10);
        }
    }
    if (terminal->width >= RATE_FROM) {
        ppt_text_right(out, ppt_text_rate(p->shown.rate, text), 10);
    }
    add_speedup(outcome, p, out);
    if (terminal->present && terminal->width >= BARS_FROM) {
        const unsigned room = terminal->width - 82;

        ppt_text_pad(out, start + code, 82);
        add_bar(p->shown.rate / largest_rate(outcome->summary),
                room < BAR_LARGEST ? room : BAR_LARGEST, out);
    }
    if (recommended || beyond) {
        add_colour(terminal, PLAIN, out);
    }
    ppt_text_add(out, "\n");
}

static void add_head(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                     struct ppt_text *out)
{
    ppt_text_add(out, "  workers");
    for (size_t i = 0; i < TIMES; i++) {
        if (terminal->width >= time_columns[i].from) {
            ppt_text_right(out, time_columns[i].head, 10);
        }
    }
    ppt_text_add(out, terminal->width >= RATE_FROM ? "   tasks/s" : "");
    ppt_text_add(out, ppt_outcome_has_speedups(outcome) ? " speedup [95 %]\n" : "\n");
}

/* A line of its own below the table. */
__attribute__((format(printf, 3, 4))) static void add_note(size_t width, struct ppt_text *out,
                                                           const char *format, ...)
{
    char line[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    ppt_text_add(out, "  ");
    ppt_text_wrap(out, line, width - 2, 2);
    ppt_text_add(out, "\n");
}

/* Points that failed have no row; here is why. */
static void add_failures(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    for (size_t i = 0; i < outcome->index->samples->failure_count; i++) {
        const struct ppt_failure *failure = &outcome->index->samples->failures[i];
        const unsigned shown = ppt_point_shown(failure->point, ppt_config_several(outcome->config));
        char words[PPT_POINT_WORDS_SIZE];
        struct ppt_text line PPT_OWNED(ppt_text_free) = {0};

        ppt_text_addf(&line,
                      "left out: %s%s: ", ppt_point_words(failure->point, shown, "", " × ", words),
                      failure->withheld ? "" : ", which failed");
        ppt_text_add_shown(&line, failure->message, SIZE_MAX);
        ppt_text_add(out, "  ");
        ppt_text_wrap(out, line.data, width - 2, 2);
        ppt_text_add(out, "\n");
    }
}

/* From here on page faults weigh in: each costs about as much as filling the page. */
#define FAULTS_PER_TASK 8

/* Below this a task is not much longer than handing it out and timing it take. */
#define SHORT_TASK_S 20e-6

static bool any_beyond(const struct ppt_outcome *outcome)
{
    for (size_t i = 0; i < outcome->summary->count; i++) {
        if (ppt_host_beyond(outcome->host, outcome->summary->points[i].point)) {
            return true;
        }
    }
    return false;
}

/* What the ranks are, and what no pass includes. */
static void add_cluster(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    const struct ppt_cluster *cluster = &outcome->host->cluster;
    const unsigned ranks = ppt_config_ranks(outcome->config);
    const unsigned hosts = ppt_cluster_hosts(cluster, ranks);
    char text[PPT_UNITS_SIZE];

    if (cluster->count == 0) {
        return; /* an odd journal */
    }
    add_note(width, out, "%u rank%s on %u host%s", ranks, PPT_S(ranks), hosts, PPT_S(hosts));
    if (cluster->ranks[0].startup_ns >= 0) {
        add_note(width, out, "starting the ranks took %s, once and in no pass",
                 ppt_text_duration((double)cluster->ranks[0].startup_ns * 1e-9, text));
    }
}

/* Programs may change what their next run finds. */
static void add_repeats(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;

    add_note(width, out, "each task ran %zu times, the warm-up included%s%s",
             outcome->index->samples->count,
             config->sandbox == PPT_SANDBOX_OF_TASK   ? ", each time in a new copy of the folder"
             : config->sandbox == PPT_SANDBOX_OF_PASS ? ", each pass in a new copy of the folder"
                                                      : "",
             config->prepare ? ", each pass behind its preparation" : "");
}

/* What is meant by words of the table; once where several are printed. */
static void add_words(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    if (outcome->number <= 1) {
        add_note(width, out, "%spass: all tasks at one count; seed: repeats a run",
                 width >= time_columns[0].from ? "init: starting the workers; " : "");
        if (outcome->summary->blocks > 1 && ppt_outcome_has_speedups(outcome)) {
            add_note(width, out,
                     "speedup: a median of ratios within iterations, not the ratio of two totals");
        }
    }
}

/* Other programs do not know of it. */
static void add_blas(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    struct ppt_text core PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text own PPT_OWNED(ppt_text_free) = {0};

    ppt_text_add_shown(&core, outcome->host->blas_core, 40);
    ppt_text_add_shown(&own, outcome->host->blas_own, 40);
    add_note(width, out,
             "OpenBLAS computed as %s, chosen here; by itself it takes this CPU for %s, and so it "
             "does in other programs: ppt-omp doctor says what that costs them",
             core.data, own.data);
}

static void add_notes(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    const unsigned cpus = ppt_outcome_cpus(outcome);
    char text[PPT_UNITS_SIZE];

    if (summary->count == 0) {
        add_note(width, out, "no complete pass was measured");
        return;
    }
    add_words(outcome, width, out);
    const unsigned shown =
        ppt_point_shown(ppt_config_most(outcome->config), ppt_config_several(outcome->config));
    if (outcome->resumed > 0) {
        add_note(width, out, "interrupted and resumed %u time%s", outcome->resumed,
                 PPT_S(outcome->resumed));
    }
    if (outcome->answer->context.programs) {
        add_repeats(outcome, width, out);
    }
    for (size_t d = PPT_DIMENSION_COUNT; d-- > 0;) {
        if (ppt_dimensions[d].legend && shown & PPT_ONLY(d)) {
            add_note(width, out, "%s", ppt_dimensions[d].legend);
        }
    }
    if (ppt_config_ranks(outcome->config) > 0) {
        add_cluster(outcome, width, out);
    }
    if (any_beyond(outcome) && ppt_config_ranks(outcome->config) > 0) {
        add_note(width, out, "* more threads than the CPUs that are there for them");
    } else if (any_beyond(outcome)) {
        add_note(width, out, "* more %s than the %u CPU%s that may be used",
                 summary->points[summary->count - 1].point.inner_threads > 1 ? "threads"
                                                                             : "workers",
                 cpus, PPT_S(cpus));
    }
    if (outcome->host->topology.kind_count > 1) {
        const unsigned fast = outcome->host->topology.kinds[0].cores;

        add_note(width, out, "%u of %u cores are fast ones (P): beyond, workers are unequal", fast,
                 outcome->host->topology.cores);
    }
    if (*outcome->host->blas_own) {
        add_blas(outcome, width, out);
    }
    if (summary->points[0].point.workers != 0 && ppt_outcome_has_speedups(outcome)) {
        const unsigned fewest = ppt_point_workers(summary->points[0].point);

        add_note(width, out, "speedup is over %u worker%s: 0 (sequential calls) was not measured",
                 fewest, PPT_S(fewest));
    }
    const double faults =
        summary->points[0].task_faults.median / (double)outcome->config->task_count;
    if (faults >= FAULTS_PER_TASK) {
        add_note(width, out, "a task takes %.0f page faults: it works on memory that is new",
                 faults);
    }
    if (summary->points[0].task_s.median < SHORT_TASK_S) {
        add_note(width, out, "a task takes only %s: handing it out and timing it weigh in",
                 ppt_text_duration(summary->points[0].task_s.median, text));
    }
}

/* "sort (1000000): 100 tasks, medians of 10 blocks, seed 7"; long arguments get a line of their
 * own. */
static void add_heading(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const unsigned long long tasks = config->task_count;
    const size_t blocks = outcome->summary->blocks;
    struct ppt_text details PPT_OWNED(ppt_text_free) = {0};
    char inner[PPT_POINT_WORDS_SIZE];
    const char *each = config->per_worker ? ppt_config_each(config) : "";
    char *rest PPT_FREED =
        ppt_text_format("%llu task%s%s, %s%zu iteration%s%s, seed %llu", tasks, PPT_S(tasks), each,
                        blocks > 1 ? "medians of " : "", blocks, PPT_S(blocks),
                        ppt_config_inner_text(config, inner), (unsigned long long)config->seed);

    ppt_text_add_shown(&details, config->details, width - 2);
    if (strlen(ppt_config_title(config)) + ppt_text_columns(details.data) + strlen(rest) + 5 <=
        width) {
        ppt_text_addf(out, "%s (%s): %s\n", ppt_config_title(config), details.data, rest);
    } else {
        char *line PPT_FREED = ppt_text_format("%s: %s", ppt_config_title(config), rest);

        ppt_text_wrap(out, line, width, 2);
        ppt_text_addf(out, "\n  %s\n", details.data);
    }
}

/* Of a mix: how long tasks of each kind take at as many points as there is room for. */
static void add_kinds(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const size_t room = width > 32 ? (width - 20) / 10 : 1;
    const size_t points = config->point_count < room ? config->point_count : room;
    struct ppt_kinds kinds PPT_OWNED(ppt_kinds_free) = {0};
    char text[PPT_UNITS_SIZE];

    ppt_kinds_of(config, outcome->index, &kinds);
    if (kinds.count > 0) {
        ppt_text_add(out, "  task avg by workers:");
        for (size_t p = 0; p < points; p++) {
            char label[PPT_POINT_SIZE];

            ppt_text_right(
                out, ppt_point_label(config->points[p], ppt_config_several(config), label), 10);
        }
        ppt_text_add(out, "\n");
    }
    for (size_t k = 0; k < kinds.count; k++) {
        const size_t start = out->length;

        ppt_text_addf(out, "    %s", kinds.items[k].kernel->name);
        ppt_text_pad(out, start, 22);
        for (size_t p = 0; p < points; p++) {
            ppt_text_right(out,
                           kinds.items[k].task_s[p] > 0
                               ? ppt_text_duration(kinds.items[k].task_s[p], text)
                               : "-",
                           10);
        }
        ppt_text_add(out, "\n");
    }
}

/* "23.5 ms", "0.62"; a dash where it is not known. */
static const char *latency_cell(const struct ppt_latency *latency,
                                const struct ppt_latency_row *row, char out[PPT_UNITS_SIZE])
{
    const struct ppt_stat *stat = ppt_latency_stat(latency, row);

    if (stat->n == 0) {
        return "-";
    }
    if (row->seconds) {
        return ppt_text_duration(stat->median, out);
    }
    snprintf(out, PPT_UNITS_SIZE, stat->median < 10 ? "%.2f" : "%.0f", stat->median);
    return out;
}

/* Of tasks that arrive: as many columns as there is room for. */
static void add_latencies(const struct ppt_outcome *outcome, size_t width, struct ppt_text *out)
{
    const struct ppt_answer *answer = outcome->answer;
    const size_t columns = width > 18 ? (width - 9) / 9 : 1;

    if (!answer->context.arriving || answer->grid.point_count == 0) {
        return;
    }
    ppt_text_add(out, "  from arrival to end; waiting: share of that; load: 1 is all workers busy\n"
                      "  workers");
    for (size_t i = 0; i < columns && ppt_latency_rows[i].key; i++) {
        ppt_text_right(out, ppt_latency_rows[i].words, 9);
    }
    ppt_text_add(out, "\n");
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        char text[PPT_UNITS_SIZE], label[PPT_POINT_SIZE];

        ppt_text_right(
            out,
            ppt_point_label(answer->grid.points[p], ppt_config_several(outcome->config), label), 9);
        for (size_t i = 0; i < columns && ppt_latency_rows[i].key; i++) {
            ppt_text_right(out,
                           latency_cell(&answer->points[p].latency, &ppt_latency_rows[i], text), 9);
        }
        ppt_text_add(out, "\n");
    }
}

/* What the verdict is for, count by count, where that is not the time of the table. */
static void text_add_objective(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_answer *answer = outcome->answer;
    if (answer->objective.goal.kind == PPT_GOAL_TIME || answer->grid.point_count == 0) {
        return;
    }
    ppt_text_addf(out, "  %s, by workers (95 %%):\n",
                  ppt_objective_heads[answer->objective.goal.kind]);
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
        char label[PPT_POINT_SIZE];

        ppt_objective_found(answer, p, &words);
        ppt_text_right(
            out,
            ppt_point_label(answer->grid.points[p], ppt_config_several(outcome->config), label), 8);
        ppt_text_addf(out, "  %s\n", words.data ? words.data : "-");
    }
}

/* The verdict, and below it what it rests on. */
static void add_answer(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                       struct ppt_text *out)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_text_verdict(outcome, terminal, out);
    ppt_sentence_reason(outcome->answer, &words);
    ppt_sentence_details(outcome->answer, &words);
    if (words.length > 0) {
        ppt_text_wrap(out, words.data, terminal->width, 0);
        ppt_text_add(out, "\n");
    }
}

void ppt_text_verdict(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                      struct ppt_text *out)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    const bool sure = verdict->exists && verdict->confidence == PPT_CONFIDENCE_HIGH;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_text_addf(&words, "%s: ", ppt_outcome_name(outcome));
    ppt_sentence_verdict(outcome->answer, &words);
    ppt_text_add(&words, ".");
    add_colour(terminal, sure ? BOLD_GREEN : BOLD_YELLOW, out);
    ppt_text_wrap(out, words.data, terminal->width, 0);
    add_colour(terminal, PLAIN, out);
    ppt_text_add(out, "\n");
}

void ppt_text_table(const struct ppt_outcome *outcome, const struct ppt_terminal *terminal,
                    struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;

    add_heading(outcome, terminal->width, out);
    add_head(outcome, terminal, out);
    for (size_t i = 0; i < summary->count; i++) {
        add_row(outcome, terminal, &summary->points[i], out);
    }
    add_kinds(outcome, terminal->width, out);
    add_latencies(outcome, terminal->width, out);
    text_add_objective(outcome, out);
    ppt_text_why(outcome, terminal, out);
    add_notes(outcome, terminal->width, out);
    add_failures(outcome, terminal->width, out);
    add_answer(outcome, terminal, out);
}

/* ---- several programs ---- */

#define NAME_COLUMNS (PPT_LABEL_COLUMNS + 2)

static void add_ranked(const struct ppt_ranked *ranked, const struct ppt_outcome *outcome,
                       const struct ppt_terminal *terminal, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_point point = ppt_point_of_variant(ranked->contestant.point);
    const double rate = (double)config->task_count / ranked->seconds;
    const size_t start = out->length;
    char text[PPT_UNITS_SIZE], label[PPT_POINT_SIZE];

    ppt_text_addf(out, "  %s", ranked->contestant.label);
    ppt_text_pad(out, start, NAME_COLUMNS);
    ppt_text_right(out, ppt_point_label(point, ppt_config_several(config), label), 8);
    if (terminal->width >= 60) {
        ppt_text_right(out, ppt_text_duration(ranked->seconds, text), 10);
    }
    if (terminal->width >= 70) {
        ppt_text_right(out, ppt_text_rate(rate, text), 9);
    }
    ppt_text_add(out, "  ");
    if (ranked->standing == PPT_STANDING_FIRST) {
        ppt_text_add(out, "1.00x");
    } else {
        ppt_sentence_ratio(&ranked->lead, out);
    }
    ppt_text_add(out, "\n");
}

void ppt_text_ranking_sentence(const struct ppt_ranking *ranking,
                               const struct ppt_terminal *terminal, struct ppt_text *out)
{
    const bool sure = ppt_ranking_sure(ranking);
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_ranking_sentence(ranking, &words);
    ppt_text_add(&words, ".");
    add_colour(terminal, sure ? BOLD_GREEN : BOLD_YELLOW, out);
    ppt_text_wrap(out, words.data, terminal->width, 0);
    add_colour(terminal, PLAIN, out);
    ppt_text_add(out, "\n");
}

void ppt_text_ranking(const struct ppt_outcome *outcomes, size_t count,
                      const struct ppt_terminal *terminal, struct ppt_text *out)
{
    const struct ppt_ranking *ranking = outcomes[0].ranking;

    if (ranking->count > 0) {
        const size_t start = out->length;

        ppt_text_add(out, "  program, at its best count");
        ppt_text_pad(out, start, NAME_COLUMNS);
        ppt_text_add(out, " workers");
        ppt_text_add(out, terminal->width >= 60 ? "     total" : "");
        ppt_text_add(out, terminal->width >= 70 ? "  tasks/s" : "");
        ppt_text_add(out, "  times as long\n");
    }
    for (size_t i = 0; i < ranking->count; i++) {
        for (size_t o = 0; o < count; o++) {
            if (outcomes[o].number == ranking->items[i].contestant.point.program) {
                add_ranked(&ranking->items[i], &outcomes[o], terminal, out);
            }
        }
    }
    ppt_text_ranking_sentence(ranking, terminal, out);
}
