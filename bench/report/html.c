/*
 * report.html: everything about one run for a person, the answer first; and for several runs a page
 * that leads to theirs.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "html_page.h"
#include "kinds.h"
#include "report.h"
#include "sentence.h"

/* ---- pieces ---- */

static void add_cell(struct ppt_text *out, const char *text)
{
    ppt_text_add(out, "<td>");
    ppt_html_add(out, text);
    ppt_text_add(out, "</td>");
}

static void add_duration(struct ppt_text *out, double seconds)
{
    char text[PPT_UNITS_SIZE];

    add_cell(out, ppt_text_duration(seconds, text));
}

static void add_ratio(struct ppt_text *out, const struct ppt_ratio *ratio)
{
    struct ppt_text words = {0};

    if (ratio->value > 0) {
        ppt_sentence_ratio(ratio, &words);
    }
    add_cell(out, words.data ? words.data : "–");
    ppt_text_free(&words);
}

static void add_number(struct ppt_text *out, bool exists, double value, int decimals,
                       const char *unit)
{
    char text[64];

    snprintf(text, sizeof(text), "%.*f%s", decimals, value, unit);
    add_cell(out, exists && isfinite(value) ? text : "–");
}

/* A paragraph of words that end without a full stop, or with one. */
static void add_paragraph(struct ppt_text *out, const struct ppt_text *words)
{
    if (words->length > 0) {
        ppt_text_add(out, "<p>");
        ppt_html_add(out, words->data + strspn(words->data, " "));
        ppt_text_add(out, words->data[words->length - 1] == '.' ? "</p>\n" : ".</p>\n");
    }
}

/* "4", "4 × 2" or "sequential"; the row's header. */
static void add_point(struct ppt_text *out, const struct ppt_outcome *outcome,
                      struct ppt_point point)
{
    ppt_text_add(out, "<th scope=\"row\">");
    if (point.workers == 0) {
        ppt_text_add(out, "sequential");
    } else {
        ppt_text_addf(out, "%u", point.workers);
    }
    if (outcome->config->inner_count > 1) {
        ppt_text_addf(out, " × %u", point.inner_threads);
    }
    ppt_text_add(out,
                 ppt_point_threads(point) > outcome->host->effective_cpus ? " *</th>" : "</th>");
}

static void begin_table(struct ppt_text *out, const char *caption, const char *const *heads)
{
    ppt_text_add(out, "<div class=\"scroll\" tabindex=\"0\">\n<table>\n<caption>");
    ppt_html_add(out, caption);
    ppt_text_add(out, "</caption>\n<thead><tr>");
    for (size_t i = 0; heads[i]; i++) {
        ppt_text_add(out, "<th scope=\"col\">");
        ppt_html_add(out, heads[i]);
        ppt_text_add(out, "</th>");
    }
    ppt_text_add(out, "</tr></thead>\n<tbody>\n");
}

static void end_table(struct ppt_text *out)
{
    ppt_text_add(out, "</tbody>\n</table>\n</div>\n");
}

static void begin_row(struct ppt_text *out, const struct ppt_outcome *outcome, size_t p)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    const struct ppt_point point = outcome->summary->points[p].point;
    const bool chosen = verdict->exists &&
                        ppt_point_same(outcome->answer->grid.points[verdict->recommended], point);

    ppt_text_add(out, chosen ? "<tr class=\"chosen\">" : "<tr>");
    add_point(out, outcome, point);
}

static const struct ppt_point_answer *answer_at(const struct ppt_outcome *outcome, size_t p)
{
    const size_t found = ppt_grid_find(&outcome->answer->grid, outcome->summary->points[p].point);

    return found == SIZE_MAX ? NULL : &outcome->answer->points[found];
}

/* ---- the answer ---- */

static void add_verdict(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    struct ppt_text words = {0};

    ppt_text_add(out, "<div class=\"verdict\">\n");
    ppt_text_addf(&words, "%s: ", outcome->config->task);
    ppt_sentence_verdict(outcome->answer, &words);
    add_paragraph(out, &words);
    ppt_text_free(&words);
    if (verdict->exists) {
        ppt_text_addf(out, "<p><span class=\"badge%s\">confidence %s</span></p>\n",
                      verdict->confidence == PPT_CONFIDENCE_HIGH ? "" : " low",
                      ppt_confidence_names[verdict->confidence]);
    }
    ppt_sentence_reason(outcome->answer, &words);
    ppt_sentence_details(outcome->answer, &words);
    add_paragraph(out, &words);
    ppt_text_free(&words);
    ppt_text_add(out, "</div>\n");
}

static void add_points(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {"workers",        "init",  "work",    "cleanup",
                                        "task, mean",     "total", "tasks/s", "speedup [95 %]",
                                        "memory at most", NULL};
    const struct ppt_summary *summary = outcome->summary;
    const unsigned cpus = outcome->host->effective_cpus;
    char caption[200], text[PPT_UNITS_SIZE];

    snprintf(caption, sizeof(caption),
             "Medians over %zu block%s of %llu task%s each. * means more %s than the %u CPU%s that "
             "may be used.",
             summary->blocks, summary->blocks == 1 ? "" : "s",
             (unsigned long long)outcome->config->task_count,
             outcome->config->task_count == 1 ? "" : "s",
             outcome->config->inner_count > 1 ? "threads" : "workers", cpus, cpus == 1 ? "" : "s");
    begin_table(out, caption, heads);
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];
        const struct ppt_point_answer *answer = answer_at(outcome, i);

        begin_row(out, outcome, i);
        add_duration(out, p->init_s.median);
        add_duration(out, p->work_s.median);
        add_duration(out, p->cleanup_s.median);
        add_duration(out, p->task_s.median);
        add_duration(out, p->total_s.median);
        add_cell(out, ppt_text_rate(p->rate.median, text));
        add_ratio(out, answer ? &answer->over_fewest : &(struct ppt_ratio){0});
        add_cell(out, p->peak_bytes >= 0 ? ppt_text_bytes((uint64_t)p->peak_bytes, text) : "–");
        ppt_text_add(out, "</tr>\n");
    }
    end_table(out);
}

/* Points that failed are nowhere else on the page. */
static void add_failures(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    for (size_t i = 0; i < outcome->samples->failure_count; i++) {
        const struct ppt_failure *failure = &outcome->samples->failures[i];
        char label[PPT_POINT_SIZE];

        ppt_text_addf(out, "<p class=\"low\">Left out: %s, which failed: ",
                      ppt_point_label(failure->point, outcome->config->inner_count > 1, label));
        ppt_html_add(out, failure->message);
        ppt_text_add(out, "</p>\n");
    }
}

/* ---- why ---- */

/* With its interval, where there is one. */
static void add_coefficient(struct ppt_text *out, double value, const struct ppt_interval *interval)
{
    ppt_text_addf(out, "%.3g", value);
    if (interval->exists) {
        ppt_text_addf(out, " [%.3g, %.3g]", interval->low, interval->high);
    }
}

static void add_law(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_scaling *scaling = &outcome->answer->scaling;

    if (!scaling->fitted) {
        return;
    }
    ppt_text_add(out, "<h2>The law behind it</h2>\n");
    ppt_html_chart(out, outcome->folder, "model",
                   "Chart: tasks per second against workers, as measured, with the fitted law",
                   "Marks are measured, the line is the law fitted to them (Universal Scalability "
                   "Law; Amdahl's where nothing speaks for more), the band how far the line may be "
                   "off. The closer to the ideal line, the better.");
    ppt_text_addf(out, "<p>Law supported by the data: %s. One worker does ", scaling->name);
    add_coefficient(out, scaling->law.lambda, &scaling->lambda);
    ppt_text_add(out, " tasks per second (λ); σ = ");
    add_coefficient(out, scaling->law.sigma, &scaling->sigma);
    ppt_text_add(out, " is the share of work that queues for something shared; κ = ");
    add_coefficient(out, scaling->law.kappa, &scaling->kappa);
    ppt_text_add(out, " is what keeping each pair of workers in step costs.");
    if (strcmp(scaling->name, ppt_law_name(&scaling->law)) != 0) {
        ppt_text_add(out, " What the supported law lacks cannot be told from 0 in this noise.");
    }
    ppt_text_add(out, "</p>\n");
    if (scaling->refusals & ~(unsigned)PPT_REFUSAL_NO_PEAK) {
        ppt_text_add(out,
                     "<p>Beyond what was measured the law says nothing here, because:</p>\n<ul>\n");
        for (unsigned bit = 1; bit <= PPT_REFUSAL_CROSSES_CPUS; bit <<= 1) {
            if (bit != PPT_REFUSAL_NO_PEAK && (scaling->refusals & bit)) {
                ppt_text_add(out, "<li>");
                ppt_html_add(out, ppt_refusal_text((enum ppt_refusal)bit));
                ppt_text_add(out, "</li>\n");
            }
        }
        ppt_text_add(out, "</ul>\n");
    }
}

static bool has_factors(const struct ppt_answer *answer)
{
    bool any = false;

    for (size_t p = 0; p < answer->grid.point_count; p++) {
        any |= answer->points[p].factors.exists;
    }
    return any;
}

static void add_factors(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {
        "workers", "load balance", "scheduling",      "startup",   "work", "reference",
        "on CPU",  "off CPU",      "serial fraction", "pays from", NULL};

    if (!has_factors(outcome->answer)) {
        return;
    }
    ppt_text_add(out, "<h2>What speedup is lost to</h2>\n");
    ppt_html_chart(
        out, outcome->folder, "efficiency", "Chart: efficiency factors at every number of workers",
        "Number of workers times all five factors is exactly the speedup over sequential "
        "calls. 1 means nothing is lost; the lowest line is where to look first.");
    begin_table(
        out,
        "Load balance: workers finish with unequal loads. Scheduling: tasks are handed out "
        "and waited for. Startup: the team is made and released. Work: tasks take longer "
        "side by side, on a CPU (caches, memory, clock) or off it (waiting). Reference: what "
        "sequential calls spend outside of tasks.",
        heads);
    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *p = answer_at(outcome, i);

        if (!p || !p->factors.exists) {
            continue;
        }
        begin_row(out, outcome, i);
        for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
            add_number(out, true, p->factors.factor[f], 3, "");
        }
        add_number(out, p->factors.on_cpu_inflation > 0, p->factors.on_cpu_inflation, 2, "");
        add_number(out, p->factors.off_cpu_inflation > 0, p->factors.off_cpu_inflation, 2, "");
        add_number(out, true, p->karp_flatt, 3, "");
        add_number(out, p->break_even > 0, (double)p->break_even, 0, " tasks");
        ppt_text_add(out, "</tr>\n");
    }
    end_table(out);
}

/* ---- tasks, workers, passes ---- */

static void add_tasks(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {"workers", "median", "95 %", "99 %", "longest", NULL};

    ppt_text_add(out, "<h2>Single tasks</h2>\n");
    ppt_html_chart(out, outcome->folder, "task_times",
                   "Chart: median, 95 %, 99 % and longest task time at every number of workers",
                   "How long tasks take from their own point of view. Far apart marks mean uneven "
                   "tasks, or tasks that have to wait for a CPU.");
    begin_table(out, "Medians over blocks: half of the tasks take less than the first figure.",
                heads);
    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_summary *p = &outcome->summary->points[i];

        begin_row(out, outcome, i);
        add_duration(out, p->task_median_s.median);
        add_duration(out, p->task_p95_s.median);
        add_duration(out, p->task_p99_s.median);
        add_duration(out, p->task_longest_s.median);
        ppt_text_add(out, "</tr>\n");
    }
    end_table(out);
}

static void add_kinds(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_config *config = outcome->config;
    const char **heads;
    char(*labels)[PPT_POINT_SIZE + 1];
    struct ppt_kinds kinds;

    ppt_kinds_of(config, outcome->samples, &kinds);
    if (kinds.count == 0) {
        ppt_kinds_free(&kinds);
        return;
    }
    heads = calloc(config->point_count + 3, sizeof(*heads));
    labels = calloc(config->point_count + 1, sizeof(*labels));
    if (heads && labels) {
        heads[0] = "task";
        heads[1] = "per block";
        for (size_t p = 0; p < config->point_count; p++) {
            const bool beyond =
                ppt_point_threads(config->points[p]) > outcome->host->effective_cpus;

            labels[p][0] = '*';
            ppt_point_label(config->points[p], config->inner_count > 1, labels[p] + 1);
            heads[p + 2] = labels[p] + !beyond;
        }
        begin_table(out, "Kinds of the mix: mean task time by number of workers.", heads);
        for (size_t k = 0; k < kinds.count; k++) {
            ppt_text_add(out, "<tr><th scope=\"row\">");
            ppt_html_add(out, kinds.items[k].kernel->name);
            ppt_text_add(out, "</th>");
            add_number(out, true, kinds.items[k].tasks_per_block, 1, "");
            for (size_t p = 0; p < config->point_count; p++) {
                if (kinds.items[k].task_s[p] > 0) {
                    add_duration(out, kinds.items[k].task_s[p]);
                } else {
                    add_cell(out, "–");
                }
            }
            ppt_text_add(out, "</tr>\n");
        }
        end_table(out);
    }
    free(labels);
    free(heads);
    ppt_kinds_free(&kinds);
}

/* What others and a quota took of all passes together. */
static void add_disturbance(struct ppt_text *out, const struct ppt_disturbance *all)
{
    char text[PPT_UNITS_SIZE];

    ppt_text_addf(out, "<p>%zu of %zu passes were disturbed.", all->disturbed, all->passes);
    if (all->steal_s > 0) {
        ppt_text_addf(out, " Others took %s of CPU time (steal).",
                      ppt_text_duration(all->steal_s, text));
    }
    if (all->throttled_s > 0) {
        ppt_text_addf(out, " A quota stopped it for %s, added up over CPUs.",
                      ppt_text_duration(all->throttled_s, text));
    }
    ppt_text_add(out, "</p>\n");
}

/* One pass; shares of others and of a quota have columns where there are any in the run. */
static void add_pass(struct ppt_text *out, const struct ppt_sample *s,
                     const struct ppt_disturbance *all)
{
    const bool disturbed = ppt_sample_disturbed(s);
    const double percent = 100 / (double)s->total_ns;

    ppt_text_addf(out, "<tr%s><td>%.2f s</td><td>%u</td><td>%u</td><td>%u</td>",
                  disturbed ? " class=\"flagged\"" : "", (double)s->started_ns * 1e-9, s->block,
                  s->point.workers, s->point.inner_threads);
    add_duration(out, (double)s->init_ns * 1e-9);
    add_duration(out, (double)s->work_ns * 1e-9);
    add_duration(out, (double)s->cleanup_ns * 1e-9);
    add_duration(out, (double)s->total_ns * 1e-9);
    if (all->steal_s > 0) {
        add_number(out, s->noise.steal_ns >= 0, percent * (double)s->noise.steal_ns, 1, " %");
    }
    if (all->throttled_s > 0) {
        add_number(out, s->noise.throttled_ns >= 0, percent * (double)s->noise.throttled_ns, 1,
                   " %");
    }
    add_cell(out, disturbed ? "disturbed" : s->block == 0 ? "warm-up" : "");
    ppt_text_add(out, "</tr>\n");
}

static void add_passes(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const char *heads[12] = {"started", "block", "workers", "inner threads",
                             "init",    "work",  "cleanup", "total"};
    const struct ppt_answer *answer = outcome->answer;
    const struct ppt_disturbance *all = &answer->disturbance;
    size_t columns = 8;

    ppt_text_add(out, "<h2>All passes in time</h2>\n");
    ppt_html_chart(out, outcome->folder, "passes",
                   "Chart: every pass against the time it started, relative to its point's median",
                   "Passes should scatter around 1. A slope is a machine that changed (heat, other "
                   "users); crosses are passes that others or a quota disturbed. None is left out: "
                   "medians carry them.");
    if (answer->drift.flagged) {
        ppt_text_addf(out,
                      "<p>The machine drifted: the last third of the blocks took %+.1f %% "
                      "against the first (p = %.2g).</p>\n",
                      100 * answer->drift.change, answer->drift.p);
    }
    add_disturbance(out, all);
    ppt_text_add(out, "<details>\n<summary>The passes as a table</summary>\n");
    if (all->steal_s > 0) {
        heads[columns++] = "steal";
    }
    if (all->throttled_s > 0) {
        heads[columns++] = "throttled";
    }
    heads[columns] = "mark";
    begin_table(out, "In the order they ran; block 0 is the warm-up, which counts for nothing.",
                heads);
    for (size_t i = 0; i < outcome->samples->count; i++) {
        add_pass(out, &outcome->samples->items[i], all);
    }
    end_table(out);
    ppt_text_add(out, "</details>\n");
}

/* ---- how it was made ---- */

/* An object's members as a table of two columns. */
static void add_object(struct ppt_text *out, const char *caption, json_object *object)
{
    ppt_text_add(out, "<table class=\"text\">\n<caption>");
    ppt_html_add(out, caption);
    ppt_text_add(out, "</caption>\n<tbody>\n");
    json_object_object_foreach(object, key, value)
    {
        ppt_text_add(out, "<tr><th scope=\"row\">");
        ppt_html_add(out, key);
        ppt_text_add(out, "</th><td>");
        ppt_html_add(out,
                     json_object_is_type(value, json_type_string)
                         ? json_object_get_string(value)
                         : json_object_to_json_string_ext(
                               value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        ppt_text_add(out, "</td></tr>\n");
    }
    ppt_text_add(out, "</tbody>\n</table>\n");
}

static void add_making(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    json_object *host = ppt_host_to_json(outcome->host);
    json_object *config = ppt_config_to_json(outcome->config);

    ppt_text_add(out, "<h2>Machine and settings</h2>\n");
    add_object(out, "The machine as this program could use it", host);
    ppt_text_add(out, "<p>This configuration repeats the run: save it as <code>again.json</code> "
                      "and call <code>ppt-omp again.json</code>.</p>\n<pre>");
    ppt_html_add(out, json_object_to_json_string_ext(config, JSON_C_TO_STRING_PRETTY |
                                                                 JSON_C_TO_STRING_SPACED |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE));
    ppt_text_add(out, "</pre>\n<p class=\"soft\">");
    ppt_html_add(out, outcome->program);
    ppt_text_add(out, ", started ");
    ppt_html_add(out, outcome->started);
    if (outcome->resumed > 0) {
        ppt_text_addf(out, ", interrupted and resumed %u time%s", outcome->resumed,
                      outcome->resumed == 1 ? "" : "s");
    }
    ppt_text_add(out, ". Times are wall time; intervals are those of the median at 95 %, by order "
                      "statistics. All figures are in results.json, all passes in samples.jsonl "
                      "beside this page.</p>\n");
    json_object_put(config);
    json_object_put(host);
}

static void add_run(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    char *title = ppt_text_format("%s: how many workers?", outcome->config->task);
    char inner[PPT_INNER_SIZE];

    ppt_html_begin(out, title);
    ppt_text_add(out, "<h1>");
    ppt_html_add(out, title);
    ppt_text_add(out, "</h1>\n<p class=\"soft\">");
    ppt_html_add(out, outcome->config->details);
    ppt_text_addf(
        out, "%s%llu task%s per pass, %zu block%s%s, seed %llu, ",
        *outcome->config->details ? "; " : "", (unsigned long long)outcome->config->task_count,
        outcome->config->task_count == 1 ? "" : "s", outcome->summary->blocks,
        outcome->summary->blocks == 1 ? "" : "s", ppt_config_inner_text(outcome->config, inner),
        (unsigned long long)outcome->config->seed);
    ppt_html_add(out, outcome->host->name);
    ppt_text_add(out, "</p>\n");
    add_verdict(out, outcome);
    ppt_html_chart(
        out, outcome->folder, "speedup",
        "Chart: speedup against the number of workers, with intervals and the ideal line",
        "How many times as fast as the baseline. Bars are 95 % intervals of the median; "
        "where they overlap, the difference may be chance.");
    if (outcome->config->inner_count > 1) {
        ppt_html_chart(out, outcome->folder, "heat",
                       "Chart: tasks per second by workers and inner threads",
                       "The stronger the colour, the faster; the framed field is the recommended "
                       "one. Fields with * have "
                       "more threads than there are CPUs.");
    }
    add_points(out, outcome);
    add_failures(out, outcome);
    add_law(out, outcome);
    add_factors(out, outcome);
    ppt_text_add(out, "<h2>Where the time goes</h2>\n");
    ppt_html_chart(
        out, outcome->folder, "time",
        "Chart: init, work and cleanup of a pass at every number of workers",
        "Init is creating the team and each worker's scratch, work is the tasks, cleanup "
        "gives everything back. Whiskers go from the shortest to the longest pass.");
    ppt_html_chart(out, outcome->folder, "tasks_per_second",
                   "Chart: tasks per second at every number of workers",
                   "Throughput of whole passes, starting and ending the workers included.");
    add_tasks(out, outcome);
    add_kinds(out, outcome);
    ppt_text_add(out, "<h2>Workers</h2>\n");
    ppt_html_chart(
        out, outcome->folder, "balance",
        "Chart: how busy each worker was at every number of workers",
        "The share of the time in which a worker ran tasks. Marks far apart mean that some "
        "workers had nothing left to do while others were still at it.");
    add_passes(out, outcome);
    add_making(out, outcome);
    ppt_html_end(out);
    free(title);
}

void ppt_html_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    if (count == 1) {
        add_run(out, &outcomes[0]);
    } else {
        ppt_html_index(out, outcomes, count);
    }
}
