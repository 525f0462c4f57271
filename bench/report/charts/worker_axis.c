/*
 * Numbers of workers on a numeric axis, for curves, and what is marked on it.
 */
#include <math.h>

#include "chart.h"
#include "memory.h"
#include "order.h"
#include "owned.h"

/* From here on it is logarithmic. */
#define MOST_LINEAR 16

/* Units of a composition beside the plot, on both sides together. */
#define BESIDE 80
#define BESIDE_PANEL 45
/* A digit's width, and what stands between two labels at least. */
#define DIGIT 7.7
#define GAP 5

bool ppt_chart_worker_axis_is_long(unsigned most)
{
    return most > MOST_LINEAR;
}

/* All worker counts above 0 of all runs, ascending, each once. */
static unsigned *union_of_workers(const struct ppt_outcome *outcomes, size_t count, unsigned more,
                                  size_t *found)
{
    unsigned *all = ppt_alloc(2, sizeof(*all));
    size_t n = 0;

    if (more > 0) {
        all[n++] = more;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ppt_summary *summary = outcomes[i].summary;

        all = ppt_realloc(all, n + summary->count + 1, sizeof(*all));
        for (size_t p = 0; p < summary->count; p++) {
            if (summary->points[p].point.workers > 0) {
                all[n++] = ppt_point_workers(summary->points[p].point);
            }
        }
    }
    if (n == 0) {
        all[n++] = 1;
    }
    *found = ppt_order_distinct(all, n);
    return all;
}

/* ---- labels ---- */

static double place_of(unsigned number, unsigned most, double width)
{
    return ppt_chart_worker_axis_is_long(most)
               ? width * log2(number / 0.8) / log2(1.25 * most / 0.8)
               : width * number / (most + fmax(0.5, most * 0.05));
}

static double width_of(unsigned number)
{
    return DIGIT * (1 + floor(log10(number)));
}

/* Whether its label is clear of all that are there. */
static bool is_clear(const unsigned *numbers, const bool *labelled, size_t count, size_t which,
                     double width)
{
    const unsigned most = numbers[count - 1];

    for (size_t i = 0; i < count; i++) {
        const double between =
            fabs(place_of(numbers[i], most, width) - place_of(numbers[which], most, width));

        if (labelled[i] && between < (width_of(numbers[i]) + width_of(numbers[which])) / 2 + GAP) {
            return false;
        }
    }
    return true;
}

/* The first of these are labelled first: the largest, what is marked, powers of two. */
static bool is_of(unsigned number, unsigned most, unsigned marked, unsigned round)
{
    return round == 0   ? number == most
           : round == 1 ? number == marked
           : round == 2 ? (number & (number - 1)) == 0
                        : true;
}

static void add_ticks(struct ppt_text *ticks, const unsigned *numbers, size_t count,
                      unsigned marked, double width)
{
    bool *labelled PPT_FREED = ppt_alloc(count, sizeof(*labelled));

    for (unsigned round = 0; round < 4; round++) {
        for (size_t i = 0; i < count; i++) {
            labelled[i] = labelled[i] || (is_of(numbers[i], numbers[count - 1], marked, round) &&
                                          is_clear(numbers, labelled, count, i, width));
        }
    }
    for (size_t i = 0; i < count; i++) {
        char label[16] = "";

        if (labelled[i]) {
            snprintf(label, sizeof(label), "%u", numbers[i]);
        }
        ppt_text_addf(ticks, "%s'%s' %u", i ? ", " : "", label, numbers[i]);
    }
}

/* The recommended number of a run alone; 0: none, or plain calls. */
unsigned ppt_chart_recommended(const struct ppt_outcome *outcome)
{
    const struct ppt_answer *answer = outcome->answer;

    return answer->verdict.exists
               ? ppt_point_workers(answer->grid.points[answer->verdict.recommended])
               : 0;
}

static double width_for(const struct ppt_chart *chart, enum ppt_chart_width which)
{
    const double width = ppt_chart_layouts[which].width;

    return chart->panel_height > 0 ? width / (double)chart->panel_columns[which] - BESIDE_PANEL
                                   : width - BESIDE;
}

unsigned ppt_chart_worker_axis(struct ppt_chart *chart, const struct ppt_outcome *outcomes,
                               size_t count, unsigned more)
{
    size_t found = 0;
    unsigned *workers PPT_FREED = union_of_workers(outcomes, count, more, &found);
    const unsigned most = workers[found - 1],
                   marked = count == 1 ? ppt_chart_recommended(outcomes) : 0;
    struct ppt_text narrow PPT_OWNED(ppt_text_free) = {0}, wide PPT_OWNED(ppt_text_free) = {0};

    ppt_chart_set(chart, "set xlabel 'workers (threads)'");
    add_ticks(&narrow, workers, found, marked, width_for(chart, PPT_CHART_NARROW));
    add_ticks(&wide, workers, found, marked, width_for(chart, PPT_CHART_WIDE));
    ppt_chart_set(chart, "if (narrow) { set xtics (%s) } else { set xtics (%s) }", narrow.data,
                  wide.data);
    if (ppt_chart_worker_axis_is_long(most)) {
        ppt_chart_set(chart, "set logscale x 2\nset xrange [0.8:%.9g]", 1.25 * most);
    } else {
        ppt_chart_set(chart, "set xrange [0:%.9g]", most + fmax(0.5, most * 0.05));
    }
    return most;
}

/* ---- marks ---- */

void ppt_chart_mark_column(struct ppt_chart *chart, unsigned workers, unsigned most)
{
    const double half = fmax(0.2, fmin(0.4, 0.04 * most));
    const bool is_long = ppt_chart_worker_axis_is_long(most);

    if (workers == 0) {
        ppt_chart_set(chart, "unset object");
        return;
    }
    ppt_chart_set(chart,
                  "set object 1 rectangle from first %.6g, graph 0 to first %.6g, graph 1 behind "
                  "fillcolor ls recommended fillstyle solid noborder",
                  is_long ? workers / 1.1 : workers - half,
                  is_long ? workers * 1.1 : workers + half);
}

void ppt_chart_mark_calls(struct ppt_chart *chart)
{
    ppt_chart_set(chart, "set arrow 2 from graph 0, first 1 to graph 1, first 1 nohead back ls "
                         "recommended lw 9");
}

static void mark_recommended(struct ppt_chart *chart, const struct ppt_outcome *outcome,
                             unsigned most, bool speedup)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    const struct ppt_point point = outcome->answer->grid.points[verdict->recommended];
    char words[PPT_POINT_WORDS_SIZE];

    if (ppt_chart_curve_count(outcome->config) > 1) {
        ppt_point_label(point, ppt_config_several(outcome->config), words);
    } else {
        ppt_point_words(point, PPT_ONLY(PPT_WORKERS), "", "", words);
    }
    if (ppt_point_workers(point) == 0 && !speedup) {
        ppt_chart_note(chart, "Recommended: %s.", words);
        return;
    }
    if (ppt_point_workers(point) == 0) {
        ppt_chart_mark_calls(chart);
    } else {
        ppt_chart_mark_column(chart, ppt_point_workers(point), most);
    }
    char *title PPT_FREED = ppt_text_format("recommended: %s", words);
    ppt_chart_key(chart, PPT_CHART_RECOMMENDED, title);
}

void ppt_chart_mark_workers(struct ppt_chart *chart, const struct ppt_outcome *outcome,
                            unsigned inner, unsigned most, bool speedup)
{
    if (outcome->answer->verdict.exists) {
        mark_recommended(chart, outcome, most, speedup);
    }
    ppt_chart_mark_cpus(chart, ppt_outcome_cpus(outcome), inner, most);
}

void ppt_chart_mark_cpus(struct ppt_chart *chart, unsigned cpus, unsigned inner, unsigned most)
{
    const double place = inner > 0 ? (double)cpus / inner : 0;
    char each[48] = "";

    if (place < 1 || place > most) {
        return; /* all points have more threads, which is marked, or none */
    }
    if (inner > 1) {
        snprintf(each, sizeof(each), " (%.3g worker%s x %u)", place, PPT_S(place), inner);
    }
    char *title PPT_FREED = ppt_text_format("%u CPU%s%s", cpus, PPT_S(cpus), each);

    ppt_chart_set(chart,
                  "set arrow 1 from first %.6g, graph 0 to first %.6g, graph 1 nohead ls cpus",
                  place, place);
    ppt_chart_key(chart, "lines ls cpus", title);
}
