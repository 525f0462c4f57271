/*
 * report.html: everything about one run for a person, the answer first; and for several runs a page
 * that leads to theirs.
 */
#include <json-c/json.h>
#include <stdint.h>
#include <string.h>

#include "charts.h"
#include "html_index.h"
#include "html_page.h"
#include "html_passes.h"
#include "html_table.h"
#include "owned.h"
#include "report.h"
#include "sentence.h"

/* ---- pieces ---- */

static void add_ratio(struct ppt_text *out, const struct ppt_ratio *ratio)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    if (ratio->value > 0) {
        ppt_sentence_ratio(ratio, &words);
    }
    ppt_html_cell(out, words.data ? words.data : "–");
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

/* "4", "4 × 2", "3 ranks × 4" or "sequential"; the row's header. */
static void page_add_point(struct ppt_text *out, const struct ppt_outcome *outcome,
                           struct ppt_point point)
{
    const unsigned shown = ppt_point_shown(point, ppt_config_several(outcome->config));
    char words[PPT_POINT_WORDS_SIZE];

    ppt_text_addf(out, "<th scope=\"row\">%s",
                  ppt_point_words(point, shown & PPT_ONLY(PPT_RANKS), "", "", words));
    if (point.workers == 0) {
        ppt_text_add(out, ppt_dimensions[PPT_WORKERS].none);
    } else {
        ppt_text_addf(out, "%s%u", point.ranks > 0 ? " × " : "", point.workers);
    }
    for (size_t d = PPT_WORKERS + 1; d < PPT_DIMENSION_COUNT; d++) {
        if (shown & PPT_ONLY(d)) {
            ppt_text_addf(out, " × %u", ppt_point_get(point, d));
        }
    }
    ppt_text_add(out, ppt_host_beyond(outcome->host, point) ? " *</th>" : "</th>");
}

static void begin_row(struct ppt_text *out, const struct ppt_outcome *outcome, size_t p)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    const struct ppt_point point = outcome->summary->points[p].point;
    const bool chosen = verdict->exists &&
                        ppt_point_same(outcome->answer->grid.points[verdict->recommended], point);

    ppt_text_add(out, chosen ? "<tr class=\"chosen\">" : "<tr>");
    page_add_point(out, outcome, point);
}

static const struct ppt_point_answer *answer_at(const struct ppt_outcome *outcome, size_t p)
{
    const size_t found = ppt_grid_find(&outcome->answer->grid, outcome->summary->points[p].point);

    return found == SIZE_MAX ? NULL : &outcome->answer->points[found];
}

/* ---- the answer ---- */

static void page_add_verdict(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_text_addf(out, "<div class=\"verdict%s\">\n",
                  verdict->exists && verdict->confidence == PPT_CONFIDENCE_HIGH ? "" : " doubtful");
    ppt_text_addf(&words, "%s: ", ppt_outcome_name(outcome));
    ppt_sentence_verdict(outcome->answer, &words);
    add_paragraph(out, &words);
    ppt_text_free(&words);
    ppt_sentence_reason(outcome->answer, &words);
    ppt_sentence_details(outcome->answer, &words);
    add_paragraph(out, &words);
    ppt_text_add(out, "</div>\n");
}

static void page_add_points(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {"workers",        "init",  "work",    "cleanup",
                                        "task, mean",     "total", "tasks/s", "speedup [95 %]",
                                        "memory at most", NULL};
    const struct ppt_summary *summary = outcome->summary;
    const unsigned cpus = ppt_outcome_cpus(outcome);
    char caption[200], star[80], text[PPT_UNITS_SIZE];

    snprintf(star, sizeof(star), "more %s than the %u CPU%s that may be used",
             outcome->config->inner_count > 1 ? "threads" : "workers", cpus, PPT_S(cpus));
    snprintf(
        caption, sizeof(caption), "Medians over %zu iteration%s of %llu task%s each. * means %s.",
        summary->blocks, PPT_S(summary->blocks), (unsigned long long)outcome->config->task_count,
        PPT_S(outcome->config->task_count),
        ppt_config_ranks(outcome->config) > 0 ? "more threads than the CPUs that are there for them"
                                              : star);
    ppt_html_table_begin(out, caption, heads);
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];
        const struct ppt_point_answer *answer = answer_at(outcome, i);

        begin_row(out, outcome, i);
        ppt_html_duration(out, p->shown.init_s);
        ppt_html_duration(out, p->shown.work_s);
        ppt_html_duration(out, p->shown.cleanup_s);
        ppt_html_duration(out, p->task_s.median);
        ppt_html_duration(out, p->shown.total_s);
        ppt_html_cell(out, ppt_text_rate(p->shown.rate, text));
        add_ratio(out, answer ? &answer->over_fewest : &(struct ppt_ratio){0});
        ppt_html_cell(out,
                      p->peak_bytes >= 0 ? ppt_text_bytes((uint64_t)p->peak_bytes, text) : "–");
        ppt_text_add(out, "</tr>\n");
    }
    ppt_html_table_end(out);
}

/* Points that failed are nowhere else on the page. */
static void page_add_failures(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    for (size_t i = 0; i < outcome->index->samples->failure_count; i++) {
        const struct ppt_failure *failure = &outcome->index->samples->failures[i];
        char label[PPT_POINT_SIZE];

        ppt_text_addf(out, "<p class=\"low\">Left out: %s, which failed: ",
                      ppt_point_label(failure->point, ppt_config_several(outcome->config), label));
        ppt_html_add(out, failure->message);
        ppt_text_add(out, "</p>\n");
    }
}

/* ---- why ---- */

static void html_add_coefficient(struct ppt_text *out, double value,
                                 const struct ppt_interval *interval)
{
    ppt_text_addf(out, "%.3g [%.3g, %.3g]", value, interval->low, interval->high);
}

/* What the laws say of twice the largest count. */
static void add_outlook(struct ppt_text *out, const struct ppt_scaling *scaling,
                        const struct ppt_outlook *outlook)
{
    char rate[PPT_UNITS_SIZE], low[PPT_UNITS_SIZE], high[PPT_UNITS_SIZE];

    if (outlook->kind == PPT_OUTLOOK_REFUSED) {
        ppt_text_add(out, "<p>Beyond what was measured nothing is said here, because:</p>\n<ul>\n");
        for (unsigned bit = 1; bit <= PPT_REFUSAL_LAST; bit <<= 1) {
            if (outlook->refusals & bit) {
                ppt_html_put(out, "<li>", ppt_refusal_text((enum ppt_refusal)bit), "</li>\n");
            }
        }
        ppt_text_add(out, "</ul>\n");
        return;
    }
    ppt_text_addf(out, "<p>What %u workers would do:</p>\n<ul>\n", outlook->workers);
    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (outlook->rivals.laws[law].kept > 0) {
            const struct ppt_outlook_law says =
                ppt_scaling_law(scaling, outlook, (enum ppt_rival_law)law);

            ppt_text_addf(out, "<li>if %s goes on: %s tasks per second [%s, %s]</li>\n",
                          ppt_rival_phrases[law], ppt_text_rate(says.value, rate),
                          ppt_text_rate(says.low, low), ppt_text_rate(says.high, high));
        }
    }
    ppt_text_addf(out, "<li>if it stops at %u: %s tasks per second</li>\n</ul>\n", scaling->largest,
                  ppt_text_rate(scaling->throughput, rate));
    if (outlook->kind != PPT_OUTLOOK_NARROW && outlook->measure_next > 0) {
        ppt_text_addf(out,
                      "<p>Which of them is so, these passes do not tell: measure %u workers "
                      "next.</p>\n",
                      outlook->measure_next);
    }
}

static void add_laws(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_scaling *scaling = &outcome->answer->scaling;
    const struct ppt_outlook outlook = ppt_scaling_outlook(scaling, 2 * scaling->largest);
    const struct ppt_rivals *rivals = &outlook.rivals;
    const struct ppt_rival_curve *usl = &rivals->laws[PPT_RIVAL_USL].best;
    const char *between = "<p>Laws that the passes do not exclude: ";

    if (!ppt_charts_have(outcome, "model")) {
        return;
    }
    ppt_text_add(out, "<h2>The laws behind it</h2>\n");
    ppt_html_chart(out, outcome->folder, "model",
                   "Chart: tasks per second against workers, as measured, with the laws that may "
                   "hold",
                   "Marks are measured; each line is the best curve of a law that the passes do "
                   "not exclude. Where the lines part, nobody knows yet. The closer to the ideal "
                   "line, the better.");
    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (rivals->laws[law].kept > 0) {
            ppt_text_addf(out, "%s%s", between, ppt_rival_phrases[law]);
            between = ", ";
        }
    }
    if (ppt_rivals_kept(rivals) > 0) {
        ppt_text_add(out, ".</p>\n");
    }
    if (rivals->lambda.exists) {
        ppt_text_add(out, "<p>By the Universal Scalability Law (USL) one worker does ");
        html_add_coefficient(out, usl->scale, &rivals->lambda);
        ppt_text_add(out, " tasks per second (λ); σ = ");
        html_add_coefficient(out, usl->a, &rivals->sigma);
        ppt_text_add(out, " is the share of work that queues for something shared; κ = ");
        html_add_coefficient(out, usl->b, &rivals->kappa);
        ppt_text_add(out, " is what keeping each pair of workers in step costs.</p>\n");
    }
    add_outlook(out, scaling, &outlook);
}

static void add_factors(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {
        "workers", "load balance", "scheduling",      "startup",   "work", "reference",
        "on CPU",  "off CPU",      "serial fraction", "pays from", NULL};
    static const char *const rank_heads[] = {
        "workers",   "load balance", "communication", "scheduling",      "startup",   "work",
        "reference", "on CPU",       "off CPU",       "serial fraction", "pays from", NULL};
    const bool with_ranks = ppt_config_ranks(outcome->config) > 0;

    if (!ppt_charts_have(outcome, "efficiency")) {
        return;
    }
    ppt_text_add(out, "<h2>What speedup is lost to</h2>\n");
    ppt_html_chart(
        out, outcome->folder, "efficiency", "Chart: efficiency factors at every number of workers",
        "Number of workers times all these factors is exactly the speedup over sequential "
        "calls. 1 means nothing is lost; the lowest line is where to look first.");
    char *caption PPT_FREED = ppt_text_format(
        "Load balance: workers finish with unequal loads. %sScheduling: tasks are handed out "
        "and waited for. Startup: the team is made and released. Work: tasks take longer "
        "side by side, on a CPU (caches, memory, clock) or off it (waiting). Reference: what "
        "sequential calls spend outside of tasks.",
        with_ranks ? "Communication: tasks are waited for that another rank has. " : "");
    ppt_html_table_begin(out, caption, with_ranks ? rank_heads : heads);
    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *p = answer_at(outcome, i);

        if (!p || !p->factors.exists) {
            continue;
        }
        begin_row(out, outcome, i);
        for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
            if (f == PPT_FACTOR_COMMUNICATION && !with_ranks) {
                continue; /* 1 everywhere */
            }
            ppt_html_number(out, true, p->factors.factor[f], 3, "");
        }
        ppt_html_number(out, p->factors.on_cpu_inflation > 0, p->factors.on_cpu_inflation, 2, "");
        ppt_html_number(out, p->factors.off_cpu_inflation > 0, p->factors.off_cpu_inflation, 2, "");
        ppt_html_number(out, true, p->karp_flatt, 3, "");
        ppt_html_number(out, p->break_even.tasks > 0, (double)p->break_even.tasks, 0, " tasks");
        ppt_text_add(out, "</tr>\n");
    }
    ppt_html_table_end(out);
}

/* ---- tasks and workers ---- */

static void add_tasks(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {"workers", "median", "95 %", "99 %", "longest", NULL};

    ppt_text_add(out, "<h2>Single tasks</h2>\n");
    ppt_html_chart(out, outcome->folder, "task_times",
                   "Chart: median, 95 %, 99 % and longest task time at every number of workers",
                   "How long tasks take from their own point of view. Far apart marks mean uneven "
                   "tasks, or tasks that have to wait for a CPU.");
    ppt_html_table_begin(
        out, "Medians over iterations: half of the tasks take less than the first figure.", heads);
    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_summary *p = &outcome->summary->points[i];

        begin_row(out, outcome, i);
        ppt_html_duration(out, p->task_median_s.median);
        ppt_html_duration(out, p->task_p95_s.median);
        ppt_html_duration(out, p->task_p99_s.median);
        ppt_html_duration(out, p->task_longest_s.median);
        ppt_text_add(out, "</tr>\n");
    }
    ppt_html_table_end(out);
}

/* ---- how it was made ---- */

/* An object's members as a table of two columns. */
static void add_object(struct ppt_text *out, const char *caption, json_object *object)
{
    ppt_html_put(out, "<table class=\"text\">\n<caption>", caption, "</caption>\n<tbody>\n");
    json_object_object_foreach(object, key, value)
    {
        ppt_html_put(out, "<tr><th scope=\"row\">", key, "</th><td>");
        ppt_html_add(out,
                     json_object_is_type(value, json_type_string)
                         ? json_object_get_string(value)
                         : json_object_to_json_string_ext(
                               value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        ppt_text_add(out, "</td></tr>\n");
    }
    ppt_text_add(out, "</tbody>\n</table>\n");
}

/* Where the ranks ran, and what no pass includes. */
static void page_add_ranks(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    static const char *const heads[] = {"rank", "host", "CPUs it may use", "CPU", "temporary files",
                                        NULL};
    const struct ppt_cluster *cluster = &outcome->host->cluster;
    const unsigned ranks = ppt_config_ranks(outcome->config);
    char text[PPT_UNITS_SIZE];

    if (ranks == 0 || cluster->count == 0) {
        return;
    }
    ppt_text_add(out, "<h2>Ranks</h2>\n");
    if (cluster->ranks[0].startup_ns >= 0) {
        ppt_text_addf(out, "<p>Starting them took %s, once and in no pass.</p>\n",
                      ppt_text_duration((double)cluster->ranks[0].startup_ns * 1e-9, text));
    }
    ppt_html_table_begin(out, "The processes of MPI that shared the tasks.", heads);
    for (size_t r = 0; r < ranks && r < cluster->count; r++) {
        const struct ppt_rank_place *place = &cluster->ranks[r];

        ppt_text_addf(out, "<tr><th scope=\"row\">%zu</th>", r);
        ppt_html_cell(out, place->host);
        ppt_html_cell(out, place->cpus);
        ppt_html_cell(out, place->cpu_model);
        ppt_html_cell(out, place->scratch);
        ppt_text_add(out, "</tr>\n");
    }
    ppt_html_table_end(out);
}

static void add_making(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    json_object *host PPT_OWNED(ppt_json_put) = ppt_host_to_json(outcome->host);
    json_object *config PPT_OWNED(ppt_json_put) = ppt_config_to_json(outcome->config);

    json_object_object_del(host, "cluster"); /* that is the section before */
    ppt_text_add(out, "<h2>Machine and settings</h2>\n");
    add_object(out, "The machine as this program could use it", host);
    ppt_text_add(out, "<p>This configuration repeats the run: save it as <code>again.json</code> "
                      "and call <code>");
    if (ppt_config_ranks(outcome->config) > 0) {
        ppt_text_addf(out, "mpirun -n %u ppt-omp-mpi", ppt_config_ranks(outcome->config));
    } else {
        ppt_text_add(out, "ppt-omp");
    }
    ppt_html_put(out, " again.json</code>.</p>\n<pre>",
                 json_object_to_json_string_ext(config, JSON_C_TO_STRING_PRETTY |
                                                            JSON_C_TO_STRING_SPACED |
                                                            JSON_C_TO_STRING_NOSLASHESCAPE),
                 "</pre>\n<p class=\"soft\">");
    ppt_html_add(out, outcome->program);
    ppt_text_add(out, ", started ");
    ppt_html_add(out, outcome->started);
    if (outcome->resumed > 0) {
        ppt_text_addf(out, ", interrupted and resumed %u time%s", outcome->resumed,
                      PPT_S(outcome->resumed));
    }
    ppt_text_addf(out,
                  ". Times are wall time; intervals are those of the median at 95 %%, by order "
                  "statistics. All figures are in results.json, all passes in samples.jsonl "
                  "%s.</p>\n",
                  outcome->label ? "of the folder that this one is in" : "beside this page");
}

static void add_run(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    char *title PPT_FREED = ppt_text_format("%s: how many workers?", ppt_outcome_name(outcome));
    char inner[PPT_POINT_WORDS_SIZE];

    ppt_html_begin(out, title);
    ppt_html_put(out, "<h1>", title, "</h1>\n<p class=\"soft\">");
    ppt_html_add(out, outcome->config->details);
    ppt_text_addf(out, "%s%llu task%s per pass, %zu iteration%s%s, seed %llu, ",
                  *outcome->config->details ? "; " : "",
                  (unsigned long long)outcome->config->task_count,
                  PPT_S(outcome->config->task_count), outcome->summary->blocks,
                  PPT_S(outcome->summary->blocks), ppt_config_inner_text(outcome->config, inner),
                  (unsigned long long)outcome->config->seed);
    ppt_html_add(out, outcome->host->name);
    ppt_text_add(out, "</p>\n");
    page_add_verdict(out, outcome);
    ppt_html_chart(
        out, outcome->folder, "speedup",
        "Chart: speedup against the number of workers, with intervals and the ideal line",
        "How many times as fast as the baseline. Bars are 95 % intervals of the median; "
        "where they overlap, the difference may be chance.");
    if (ppt_charts_have(outcome, "heat")) {
        ppt_html_chart(out, outcome->folder, "heat",
                       outcome->config->rank_count > 1
                           ? "Chart: tasks per second by workers and ranks"
                           : "Chart: tasks per second by workers and inner threads",
                       "The stronger the colour, the faster; the framed field is the recommended "
                       "one. Fields with * have "
                       "more threads than there are CPUs.");
    }
    page_add_points(out, outcome);
    page_add_failures(out, outcome);
    add_laws(out, outcome);
    add_factors(out, outcome);
    ppt_text_add(out, "<h2>Where the time goes</h2>\n");
    ppt_html_chart(
        out, outcome->folder, "time",
        "Chart: init, work and cleanup of a pass at every number of workers",
        "Init is creating the team, and its scratch memory beyond what one worker takes; work is "
        "the tasks; cleanup gives everything back. What one worker's scratch takes plain calls pay "
        "as well: it is in none of these, but in the list of passes. Whiskers go from the shortest "
        "to the longest pass.");
    ppt_html_chart(out, outcome->folder, "tasks_per_second",
                   "Chart: tasks per second at every number of workers",
                   "Throughput of whole passes, starting and ending the workers included.");
    add_tasks(out, outcome);
    ppt_html_kinds(out, outcome);
    ppt_text_add(out, "<h2>Workers</h2>\n");
    ppt_html_chart(
        out, outcome->folder, "balance",
        "Chart: how busy each worker was at every number of workers",
        "The share of the time in which a worker ran tasks. Marks far apart mean that some "
        "workers had nothing left to do while others were still at it.");
    ppt_html_passes(out, outcome);
    page_add_ranks(out, outcome);
    add_making(out, outcome);
    ppt_html_end(out);
}

void ppt_html_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    if (count == 1 && !outcomes[0].ranking) {
        add_run(out, &outcomes[0]);
    } else {
        ppt_html_index(out, outcomes, count);
    }
}
