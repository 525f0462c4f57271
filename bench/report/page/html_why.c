/*
 * The sections of a run's page that tell why it is no faster, what more workers would do, and how
 * sure all of that is.
 */
#include <math.h>

#include "charts.h"
#include "html_causes.h"
#include "html_figure.h"
#include "html_parts.h"
#include "owned.h"
#include "sensitivity_sentence.h"
#include "sentence.h"

/* What is said of a topic, or else what is said when nothing is. */
static void add_topic(struct ppt_text *out, const struct ppt_answer *answer,
                      enum ppt_claim_topic topic, const char *nothing)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_sentence_topic(answer, topic, &words);
    ppt_html_words(out, "<p class=\"says\">", words.data ? words.data : nothing);
}

/* ---- why ---- */

/* Columns that some runs have nothing for. */
struct factor_columns {
    bool communication; /* 1 everywhere without ranks */
    bool queued;        /* else part of what is off the CPU */
};

static struct factor_columns factor_columns_of(const struct ppt_outcome *outcome)
{
    struct factor_columns columns = {.communication = ppt_config_ranks(outcome->config) > 0};

    for (size_t p = 0; p < outcome->answer->grid.point_count; p++) {
        columns.queued |= outcome->answer->points[p].factors.queued_inflation > 0;
    }
    return columns;
}

static void add_inflation(struct ppt_table *table, double times)
{
    ppt_html_number(table, times > 0, times, 2, "");
}

/* "2", or "5 [2, 14]" where the passes leave that open. */
static void add_break_even(struct ppt_table *table, const struct ppt_break_even *even)
{
    char text[80] = "–";

    if (even->tasks > 0 && even->low == even->high) {
        snprintf(text, sizeof(text), "%llu", (unsigned long long)even->tasks);
    } else if (even->tasks > 0) {
        snprintf(text, sizeof(text), "%llu [%llu, %llu]", (unsigned long long)even->tasks,
                 (unsigned long long)even->low, (unsigned long long)even->high);
    }
    ppt_html_cell(table, text);
}

static void add_factor_row(struct ppt_table *table, const struct ppt_point_answer *p,
                           struct factor_columns columns)
{
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        if (f != PPT_FACTOR_COMMUNICATION || columns.communication) {
            ppt_html_number(table, true, p->factors.factor[f], 3, "");
        }
    }
    add_inflation(table, p->factors.on_cpu_inflation);
    if (columns.queued) {
        add_inflation(table, p->factors.queued_inflation);
    }
    add_inflation(table, p->factors.off_cpu_inflation);
    ppt_html_number(table, true, p->karp_flatt, 3, "");
    add_break_even(table, &p->break_even);
    ppt_html_row_end(table);
}

/* Whether rows differ in what they are compared with: the table of speedups has one baseline, and
 * the factors one for each number of inner threads. */
static bool has_several_inner(const struct ppt_outcome *outcome)
{
    return (ppt_config_several(outcome->config) & PPT_ONLY(PPT_INNER_THREADS)) != 0;
}

static void add_factors(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct factor_columns columns = factor_columns_of(outcome);
    char head[PPT_POINT_WORDS_SIZE];
    const char *heads[PPT_FACTOR_COUNT + 7] = {ppt_html_point_head(outcome, head)};
    size_t count = 1;

    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        if (f != PPT_FACTOR_COMMUNICATION || columns.communication) {
            heads[count++] = ppt_factor_names[f];
        }
    }
    heads[count++] = "on CPU";
    if (columns.queued) {
        heads[count++] = "no CPU";
    }
    heads[count++] = "off CPU";
    heads[count++] = "serial fraction";
    heads[count] = "pays from (tasks)";
    struct ppt_table table =
        ppt_html_table_begin(out, PPT_TABLE_CARDS, "Efficiency factors",
                             has_several_inner(outcome)
                                 ? "What speedup is lost to: a factor of 1 loses nothing. Each row "
                                   "is against sequential calls with as many inner threads."
                                 : "What speedup is lost to: a factor of 1 loses nothing.",
                             heads);

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_point_answer *p = ppt_html_point_answer(outcome, i);

        if (p && p->factors.exists) {
            ppt_html_point_row(&table, outcome, i);
            add_factor_row(&table, p, columns);
        }
    }
    ppt_html_table_end(&table);
}

/* ---- what was pressed on ---- */

static void add_sensitivity(struct ppt_table *table, const struct ppt_sensitivity *found)
{
    struct ppt_text cell PPT_OWNED(ppt_text_free) = {0};

    if (found) {
        ppt_sentence_ratio(&found->slowdown, &cell);
    }
    ppt_html_cell(table, found ? cell.data : "–");
}

/* What is left to what presses; by one worker, whose CPUs leave the most to press on. */
static void add_left(struct ppt_table *table, const struct ppt_sensitivity *found)
{
    ppt_html_number(table, found && found->given_way.value > 0,
                    found ? 100 * found->given_way.value : 0, 0, " %");
}

/* Below the table. */
static void add_unpressed(struct ppt_text *out, const struct ppt_sensitivities *why)
{
    for (size_t i = 0; i < why->unpressed_count; i++) {
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        if (ppt_sensitivity_unpressed(why, i, &words)) {
            ppt_html_words(out, "<p>", words.data);
            ppt_text_add(out, "</p>\n");
        }
    }
}

static void add_pressures(struct ppt_text *out, const struct ppt_outcome *outcome)
{
    const struct ppt_sensitivities *why = &outcome->answer->why;
    char counts[PPT_WHY_MOST_COUNTS][PPT_UNITS_SIZE];
    const char *heads[PPT_WHY_MOST_COUNTS + 3] = {"pressed on"};
    size_t count = 1;

    for (size_t i = 0; i < why->row_count; i++) {
        heads[count++] = ppt_sensitivity_count(&why->rows[i], counts[i]);
    }
    heads[count] = "pressure that is left";
    struct ppt_table table = ppt_html_table_begin(
        out, PPT_TABLE_CARDS, "Sensitivities",
        "How many times as long a task takes while a resource is pressed on, and what the task "
        "leaves of that pressure.",
        heads);

    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        /* The chart has room for the names alone. */
        char *head PPT_FREED =
            ppt_text_format("%s: %s", ppt_resources[r].name, ppt_resources[r].words);

        ppt_html_row(&table, why->cause && r == why->resource ? " class=\"chosen\"" : "");
        ppt_html_row_head(&table, head);
        for (size_t i = 0; i < why->row_count; i++) {
            add_sensitivity(&table, ppt_sensitivity_find(&why->rows[i], (enum ppt_resource)r));
        }
        add_left(&table, ppt_sensitivity_find(&why->rows[0], (enum ppt_resource)r));
        ppt_html_row_end(&table);
    }
    ppt_html_table_end(&table);
    add_unpressed(out, why);
}

void ppt_html_why(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    struct ppt_text *out = &page->body;

    ppt_html_section(page, "why", "Why");
    add_topic(out, outcome->answer, PPT_TOPIC_WHY,
              outcome->answer->verdict.exists ? "There was nothing to choose from"
                                              : "Without a verdict there is no reason to give");
    if (ppt_charts_have(outcome, "why")) {
        ppt_html_wide_figure(out, outcome->folder, "why");
        add_pressures(out, outcome);
    }
    if (ppt_charts_have(outcome, "efficiency")) {
        ppt_html_wide_figure_saying(
            out, outcome->folder, "efficiency",
            has_several_inner(outcome)
                ? "Number of workers times all these factors is exactly the speedup over "
                  "sequential calls with as many inner threads; the speedups above are all over "
                  "the first row. 1 means nothing is lost; the lowest mark is where to look first."
                : NULL);
        add_factors(out, outcome);
    }
    ppt_html_causes(out, outcome);
    if (ppt_charts_have(outcome, "roofline")) {
        ppt_html_folded_figure(out, outcome->folder, "roofline");
    }
    if (ppt_charts_have(outcome, "time")) {
        ppt_html_folded_figure(out, outcome->folder, "time");
        ppt_html_folded_figure(out, outcome->folder, "tasks_per_second");
    }
}

/* ---- what more would do ---- */

static void add_coefficient(struct ppt_text *out, double value, const struct ppt_interval *interval)
{
    ppt_text_addf(out, "%.3g [%.3g, %.3g]", value, interval->low, interval->high);
}

static void add_refusals(struct ppt_text *out, unsigned refusals)
{
    ppt_text_add(out, "<p>Beyond what was measured nothing is said here, because:</p>\n<ul>\n");
    for (unsigned bit = 1; bit <= PPT_REFUSAL_LAST; bit <<= 1) {
        if (refusals & bit) {
            ppt_html_put(out, "<li>", ppt_refusal_text((enum ppt_refusal)bit), "</li>\n");
        }
    }
    ppt_text_add(out, "</ul>\n");
}

/* What each law says of twice the largest count. */
static void add_outlook(struct ppt_text *out, const struct ppt_scaling *scaling,
                        const struct ppt_outlook *outlook)
{
    char rate[PPT_UNITS_SIZE], low[PPT_UNITS_SIZE], high[PPT_UNITS_SIZE];

    ppt_text_addf(out, "<p>What %u workers would do:</p>\n<ul>\n", outlook->workers);
    for (size_t law = 0; law <= PPT_RIVAL_COUNT; law++) { /* the last: none goes on */
        const bool stops = law == PPT_RIVAL_COUNT;

        if (stops || outlook->rivals.laws[law].kept > 0) {
            const struct ppt_outlook_law says =
                ppt_scaling_law(scaling, outlook, (enum ppt_rival_law)law);

            if (stops) {
                ppt_text_addf(out, "<li>if it stops at %u: ", scaling->largest);
            } else {
                ppt_text_addf(out, "<li>if %s goes on: ", ppt_rival_phrases[law]);
            }
            ppt_text_addf(out, "%s tasks per second [%s, %s]</li>\n",
                          ppt_text_rate(says.value, rate), ppt_text_rate(says.low, low),
                          ppt_text_rate(says.high, high));
        }
    }
    ppt_text_add(out, "</ul>\n");
    if (outlook->kind != PPT_OUTLOOK_NARROW && outlook->measure_next > 0) {
        ppt_text_addf(out,
                      "<p>Which of them is so, these passes do not tell: measure %u workers "
                      "next.</p>\n",
                      outlook->measure_next);
    }
}

static void add_laws(struct ppt_text *out, const struct ppt_rivals *rivals)
{
    const struct ppt_rival_curve *usl = &rivals->laws[PPT_RIVAL_USL].best;
    const char *between = "<p>Laws that the passes do not exclude: ";

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
        add_coefficient(out, usl->scale, &rivals->lambda);
        ppt_text_add(out, " tasks per second (λ); σ = ");
        add_coefficient(out, usl->a, &rivals->sigma);
        ppt_text_add(out, " is the share of work that queues for something shared; κ = ");
        add_coefficient(out, usl->b, &rivals->kappa);
        ppt_text_add(out, " is what keeping each pair of workers in step costs.</p>\n");
    }
}

void ppt_html_more(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    const struct ppt_scaling *scaling = &outcome->answer->scaling;
    const struct ppt_outlook outlook = ppt_scaling_outlook(scaling, 2 * scaling->largest);
    struct ppt_text *out = &page->body;

    if (outcome->answer->context.arriving) {
        return; /* more workers do not make tasks arrive faster */
    }
    ppt_html_section(page, "more", "What if more");
    add_topic(out, outcome->answer, PPT_TOPIC_MORE, "Of more workers these passes tell nothing");
    if (!ppt_charts_have(outcome, "model")) {
        return;
    }
    ppt_text_add(out, "<div class=\"beside\">\n");
    ppt_html_figure(out, outcome->folder, "model",
                    ppt_rivals_kept(&outlook.rivals) > 0
                        ? NULL
                        : "Marks are measured. There is no line but the ideal one: no law that is "
                          "known here can be told from these passes.");
    ppt_text_add(out, "<div>\n");
    add_laws(out, &outlook.rivals);
    if (outlook.kind == PPT_OUTLOOK_REFUSED) {
        add_refusals(out, outlook.refusals);
    } else {
        add_outlook(out, scaling, &outlook);
    }
    ppt_text_add(out, "</div>\n</div>\n");
}

/* ---- how sure ---- */

/* A sentence with a share, where it is known. */
static void add_share(struct ppt_text *out, const char *before, double share, const char *behind)
{
    char text[PPT_UNITS_SIZE];

    if (share >= 0) {
        ppt_text_addf(out, " %s %s %s.", before, ppt_text_percent(share, text), behind);
    }
}

/* What others and a quota took of all passes together. */
static void add_disturbance(struct ppt_text *out, const struct ppt_disturbance *all)
{
    char text[PPT_UNITS_SIZE];

    if (all->disturbed > 0) {
        ppt_text_addf(out, "<p>%zu of %zu passes were disturbed.", all->disturbed, all->passes);
    } else {
        ppt_text_addf(out, "<p>None of %zu passes was disturbed.", all->passes);
    }
    add_share(out, "Others used", all->others, "of the CPUs");
    add_share(out, "Threads waited for a CPU", all->queued, "of their time");
    if (all->again > 0) {
        ppt_text_addf(out, " %zu %s measured again at the end of %s iteration.", all->again,
                      all->again == 1 ? "was" : "were", all->again == 1 ? "its" : "their");
    }
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

static void add_drift(struct ppt_text *out, const struct ppt_drift *drift)
{
    char text[PPT_UNITS_SIZE];

    if (drift->flagged) {
        ppt_text_addf(out,
                      "<p>The machine drifted: the last third of the iterations took %s %s than "
                      "the first (p = %.1g).</p>\n",
                      ppt_text_percent(fabs(drift->change), text),
                      drift->change < 0 ? "less" : "more", drift->p);
    }
}

void ppt_html_sure(struct ppt_page *page, const struct ppt_outcome *outcome)
{
    struct ppt_text *out = &page->body;
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_html_section(page, "sure", "How sure");
    ppt_sentence_sure(outcome->answer, &words);
    ppt_sentence_topic(outcome->answer, PPT_TOPIC_SURE, &words);
    ppt_html_words(out, "<p class=\"says\">", words.data);
    add_drift(out, &outcome->answer->drift);
    add_disturbance(out, &outcome->answer->disturbance);
    ppt_html_reading(out, "sure");
}
