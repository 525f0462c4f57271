/*
 * The sections of a run's page that tell of single tasks, of workers and of single passes.
 */
#include "charts.h"
#include "html_figure.h"
#include "html_parts.h"
#include "kinds.h"
#include "memory.h"
#include "owned.h"

/* "With 4 workers". */
static void add_place(struct ppt_text *out, const struct ppt_outcome *outcome, size_t p)
{
    const struct ppt_point point = outcome->summary->points[p].point;
    const unsigned shown = ppt_point_shown(point, ppt_config_several(outcome->config));
    char words[PPT_POINT_WORDS_SIZE];

    if (point.workers == 0) {
        ppt_text_add(out, "In sequential calls");
    } else {
        ppt_text_addf(out, "With %s", ppt_point_words(point, shown, "", " × ", words));
    }
}

/* The recommended point, or else the last. */
static size_t recommended_of(const struct ppt_outcome *outcome)
{
    const struct ppt_answer *answer = outcome->answer;
    size_t p = outcome->summary->count - 1;

    while (p > 0 && answer->verdict.exists &&
           !ppt_point_same(outcome->summary->points[p].point,
                           answer->grid.points[answer->verdict.recommended])) {
        p--;
    }
    return p;
}

/* ---- single tasks ---- */

/* Whether there are tasks enough: of a few, the last figures are all those of the longest. */
static bool is_told(const struct ppt_percentile *percentile, const struct ppt_outcome *outcome)
{
    return ppt_percentile_known(percentile->share, outcome->config->task_count);
}

static void add_tasks(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const bool repeated = outcome->summary->blocks > 1;
    char head[PPT_POINT_WORDS_SIZE];
    const char *heads[PPT_PERCENTILES + 2] = {ppt_html_point_head(outcome, head)};
    size_t count = 1;

    for (size_t k = 0; k < PPT_PERCENTILES; k++) {
        if (is_told(&ppt_percentiles[k], outcome)) {
            heads[count++] = ppt_percentiles[k].name;
        }
    }
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_CARDS, "Times of single tasks",
        repeated ? "Medians over iterations: half of the tasks take less than the first figure."
                 : "Half of the tasks take less than the first figure.",
        heads);

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_summary *p = &outcome->summary->points[i];

        ppt_html_point_row(&table, outcome, i);
        for (size_t k = 0; k < PPT_PERCENTILES; k++) {
            if (is_told(&ppt_percentiles[k], outcome)) {
                ppt_html_duration(&table, ppt_percentile_s(p, &ppt_percentiles[k]));
            }
        }
        ppt_html_row_end(&table);
    }
    ppt_html_table_end(&table);
}

static void add_kind_row(struct ppt_table *table, const struct ppt_config *config,
                         const struct ppt_kind *kind)
{
    ppt_html_row(table, "");
    ppt_html_row_head(table, kind->kernel->name);
    ppt_html_number(table, true, kind->tasks_per_block, 1, "");
    for (size_t p = 0; p < config->point_count; p++) {
        if (kind->task_s[p] > 0) {
            ppt_html_duration(table, kind->task_s[p]);
        } else {
            ppt_html_cell(table, "–");
        }
    }
    ppt_html_row_end(table);
}

/* Of a mix: how long tasks of each kind take at every point; nothing for other runs. */
static void add_kinds(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_config *config = outcome->config;
    struct ppt_kinds kinds PPT_OWNED(ppt_kinds_free) = {0};
    const char **heads PPT_FREED = ppt_alloc(config->point_count + 3, sizeof(*heads));
    char(*names)[PPT_POINT_WORDS_SIZE] PPT_FREED = ppt_alloc(config->point_count, sizeof(*names));

    ppt_kinds_of(config, outcome->index, &kinds);
    if (kinds.count == 0) {
        return;
    }
    heads[0] = "task";
    heads[1] = "per iteration";
    for (size_t p = 0; p < config->point_count; p++) {
        const struct ppt_point point = ppt_point_of_variant(config->points[p]);

        heads[p + 2] = ppt_point_words(point, ppt_point_shown(point, ppt_config_several(config)),
                                       "", " × ", names[p]);
    }
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_CARDS, "Kinds of tasks",
        "Kinds of the mix: how many there are, and their mean task time.", heads);
    for (size_t k = 0; k < kinds.count; k++) {
        add_kind_row(&table, config, &kinds.items[k]);
    }
    ppt_html_table_end(&table);
}

void ppt_html_tasks(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    const size_t p = recommended_of(outcome);
    const struct ppt_point_summary *point = &outcome->summary->points[p];
    char median[PPT_UNITS_SIZE], longest[PPT_UNITS_SIZE];
    struct ppt_text *out = &page->body;

    ppt_html_section(page, "tasks", "Single tasks");
    ppt_text_add(out, "<p class=\"says\">");
    add_place(out, outcome, p);
    ppt_text_addf(out,
                  " half of the tasks of a pass take at most %s, and the longest takes %s.</p>\n",
                  ppt_text_duration(point->task_median_s.median, median),
                  ppt_text_duration(point->task_longest_s.median, longest));
    add_tasks(out, outcome);
    add_kinds(out, outcome);
    ppt_html_folded_figure(out, outcome->folder, "task_times");
    if (ppt_charts_have(outcome, "distribution")) {
        ppt_html_folded_figure(out, outcome->folder, "distribution");
    }
}

/* ---- workers ---- */

void ppt_html_workers(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    const size_t p = recommended_of(outcome);
    const struct ppt_point_answer *answer = ppt_html_point_answer(outcome, p);
    struct ppt_text *out = &page->body;
    char text[PPT_UNITS_SIZE];

    ppt_html_section(page, "workers", "Workers");
    if (answer && answer->factors.exists &&
        ppt_point_running(outcome->summary->points[p].point) > 1) {
        ppt_text_add(out, "<p class=\"says\">");
        add_place(out, outcome, p);
        ppt_text_addf(out, " they are busy, on average, for %s of the time of the busiest.</p>\n",
                      ppt_text_percent(answer->factors.factor[PPT_FACTOR_BALANCE], text));
    } else {
        ppt_text_add(out,
                     "<p class=\"says\">Nobody shares the work at the recommended count.</p>\n");
    }
    ppt_html_folded_figure(out, outcome->folder, "balance");
}

/* ---- passes ---- */

static const char *mark_of(const struct ppt_index *index, const struct ppt_sample *s)
{
    const bool disturbed = ppt_pass_disturbed(index, s);

    if (s->block > 0 && !ppt_index_counts(index, s)) {
        return "disturbed: measured again";
    }
    return s->again && disturbed ? "again, disturbed"
           : s->again            ? "again"
           : s->block == 0       ? disturbed ? "warm-up, disturbed" : "warm-up"
           : disturbed           ? "disturbed"
                                 : "";
}

/* One pass; shares of others and of a quota have columns where there are any in the run. */
static void add_pass(struct ppt_table *table, const struct ppt_index *index,
                     const struct ppt_sample *s, const struct ppt_disturbance *all,
                     unsigned dimensions)
{
    const double wall_ns = (double)ppt_sample_wall_ns(s);

    ppt_html_row(table, ppt_pass_disturbed(index, s) ? " class=\"flagged\"" : "");
    ppt_html_number(table, true, (double)s->started_ns * 1e-9, 2, " s");
    ppt_html_number(table, true, s->block, 0, "");
    for (size_t d = PPT_RANKS; d < PPT_DIMENSION_COUNT; d++) {
        if (dimensions & PPT_ONLY(d)) {
            ppt_html_number(table, true, ppt_point_get(s->point, d), 0, "");
        }
    }
    ppt_html_duration(table, (double)s->init_ns * 1e-9);
    ppt_html_duration(table, (double)s->work_ns * 1e-9);
    ppt_html_duration(table, (double)s->cleanup_ns * 1e-9);
    ppt_html_duration(table, (double)s->total_ns * 1e-9);
    ppt_html_duration(table, (double)s->scratch_ns * 1e-9);
    if (all->steal_s > 0) {
        ppt_html_share(table, s->noise.steal_ns >= 0, (double)s->noise.steal_ns / wall_ns);
    }
    if (all->throttled_s > 0) {
        ppt_html_share(table, s->noise.throttled_ns >= 0, (double)s->noise.throttled_ns / wall_ns);
    }
    ppt_html_cell(table, mark_of(index, s));
    ppt_html_row_end(table);
}

/* Those that the passes of a run have a column for. */
static unsigned dimensions_of(const struct ppt_config *config)
{
    return PPT_ONLY(PPT_WORKERS) | PPT_ONLY(PPT_INNER_THREADS) |
           (ppt_config_ranks(config) > 0 ? PPT_ONLY(PPT_RANKS) : 0);
}

static void add_passes(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const times[] = {"init", "work", "cleanup", "total", "scratch"};
    const char *heads[PPT_DIMENSION_COUNT + 11] = {"started", "iteration"};
    char nouns[PPT_DIMENSION_COUNT][PPT_POINT_WORDS_SIZE];
    const struct ppt_disturbance *all = &outcome->answer->disturbance;
    const struct ppt_passes ran = outcome->index->ran;
    const unsigned dimensions = dimensions_of(outcome->config);
    size_t columns = 2;

    for (size_t d = PPT_RANKS; d < PPT_DIMENSION_COUNT; d++) {
        if (dimensions & PPT_ONLY(d)) {
            heads[columns++] = ppt_point_heads(PPT_ONLY(d), nouns[d]);
        }
    }
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        heads[columns++] = times[i];
    }
    if (all->steal_s > 0) {
        heads[columns++] = "steal";
    }
    if (all->throttled_s > 0) {
        heads[columns++] = "throttled";
    }
    heads[columns] = "mark";
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_SCROLLS, "All passes",
        "In the order they ran; iteration 0 is the warm-up, which counts for nothing.", heads);
    for (size_t i = 0; i < ran.count; i++) {
        add_pass(&table, outcome->index, ran.items[i], all, dimensions);
    }
    ppt_html_table_end(&table);
}

void ppt_html_passes(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    struct ppt_text *out = &page->body;
    char text[PPT_UNITS_SIZE];

    ppt_html_section(page, "passes", "All passes in time");
    ppt_text_addf(out, "<p class=\"says\">%zu pass%s ran, warm-ups included",
                  outcome->index->ran.count, outcome->index->ran.count == 1 ? "" : "es");
    if (outcome->answer->seconds > 0) {
        ppt_text_addf(out, "; the last ended after %s",
                      ppt_text_duration(outcome->answer->seconds, text));
    }
    ppt_text_add(out, ".</p>\n");
    ppt_html_folded_figure(out, outcome->folder, "passes");
    ppt_text_addf(out,
                  "<details class=\"long\">\n<summary>The passes as a table (%zu rows)</summary>\n",
                  outcome->index->ran.count);
    add_passes(out, outcome);
    ppt_text_add(out, "</details>\n");
}
