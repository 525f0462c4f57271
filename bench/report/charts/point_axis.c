/*
 * Points side by side on an axis, each at its place among them: 0, 1, 2, ...
 */
#include <math.h>
#include <string.h>

#include "chart.h"
#include "memory.h"
#include "owned.h"

/* Units of a composition beside the plot; those of a character; those of a line of text, which is
 * what a label that stands upright takes; and what there is between two labels at least. */
#define BESIDE 85
#define CHARACTER 7.4
#define LINE 15
#define GAP 5

/* How labels are written so that none runs into the next. */
struct labels {
    bool calls_are_0; /* plain calls are "0", which a note explains, in place of their name */
    bool upright;
    size_t step; /* every so manieth has one */
};

static void write_label(const struct ppt_point *point, unsigned several,
                        const struct ppt_host *host, bool calls_are_0, char out[PPT_POINT_SIZE + 1])
{
    const char *star = ppt_host_beyond(host, *point) ? "*" : "";
    char label[PPT_POINT_SIZE];

    snprintf(out, PPT_POINT_SIZE + 1, "%s%s", star,
             point->workers == 0 && !calls_are_0 && !(several & PPT_OF_TASK)
                 ? ppt_dimensions[PPT_WORKERS].none
                 : ppt_point_label(*point, several, label));
}

/* Characters of the longest label. */
static size_t longest(const struct ppt_point *points, size_t count, unsigned several,
                      const struct ppt_host *host, bool calls_are_0)
{
    size_t most = 1;

    for (size_t i = 0; i < count; i++) {
        char label[PPT_POINT_SIZE + 1];

        write_label(&points[i], several, host, calls_are_0, label);
        most = strlen(label) > most ? strlen(label) : most;
    }
    return most;
}

static struct labels choose_labels(const struct ppt_point *points, size_t count, unsigned several,
                                   const struct ppt_host *host, double width)
{
    const double slot = (width - BESIDE) / fmax(1, (double)count);
    const double full = (double)longest(points, count, several, host, false) * CHARACTER + GAP;
    const double brief = (double)longest(points, count, several, host, true) * CHARACTER + GAP;

    if (full <= slot) {
        return (struct labels){.step = 1};
    }
    if (brief <= slot) {
        return (struct labels){.calls_are_0 = true, .step = 1};
    }
    return (struct labels){.calls_are_0 = true, .upright = true, .step = 1 + (size_t)(LINE / slot)};
}

static void point_axis_add_ticks(struct ppt_text *ticks, const struct ppt_point *points,
                                 size_t count, unsigned several, const struct ppt_host *host,
                                 const struct labels *labels)
{
    ppt_text_addf(ticks, "set xtics %s(", labels->upright ? "rotate by 90 right " : "norotate ");

    for (size_t i = 0; i < count; i++) {
        char label[PPT_POINT_SIZE + 1] = "";

        if (i % labels->step == 0) {
            write_label(&points[i], several, host, labels->calls_are_0, label);
        }
        ppt_text_addf(ticks, "%s'%s' %zu", i ? ", " : "", label, i);
    }
    ppt_text_add(ticks, ")");
}

static bool any_beyond(const struct ppt_point *points, size_t count, const struct ppt_host *host)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        any |= ppt_host_beyond(host, points[i]);
    }
    return any;
}

void ppt_chart_point_axis(struct ppt_chart *chart, const struct ppt_point *points, size_t count,
                          unsigned several, const struct ppt_host *host)
{
    const struct ppt_point most = count > 0 ? points[count - 1] : (struct ppt_point){0};
    const bool with_ranks = most.ranks > 0, with_task = several & PPT_OF_TASK;
    struct ppt_text narrow PPT_OWNED(ppt_text_free) = {0}, wide PPT_OWNED(ppt_text_free) = {0};
    struct labels labels[PPT_CHART_LAYOUTS];
    bool calls_are_0 = false;
    char words[PPT_POINT_WORDS_SIZE];

    for (size_t i = 0; i < PPT_CHART_LAYOUTS; i++) {
        labels[i] = choose_labels(points, count, several, host, ppt_chart_layouts[i].width);
        calls_are_0 |= labels[i].calls_are_0;
    }
    for (size_t i = 0; i < PPT_CHART_LAYOUTS; i++) {
        labels[i].calls_are_0 = calls_are_0; /* one note is for both */
        chart->foot[i] =
            labels[i].upright ? CHARACTER * (double)longest(points, count, several, host, true) : 0;
    }
    point_axis_add_ticks(&narrow, points, count, several, host, &labels[PPT_CHART_NARROW]);
    point_axis_add_ticks(&wide, points, count, several, host, &labels[PPT_CHART_WIDE]);
    ppt_chart_set(chart, "if (narrow) { %s } else { %s }", narrow.data, wide.data);
    ppt_chart_set(chart, "set xlabel '%s%s'\nset xrange [-0.6:%zu.6]",
                  ppt_point_heads(ppt_point_shown(most, several), words),
                  with_ranks || with_task ? "" : " (threads)", count > 0 ? count - 1 : 0);
    if (with_ranks) {
        ppt_chart_note(chart, "No r: without MPI.");
    }
    if (any_beyond(points, count, host)) {
        ppt_chart_note(chart, "*: more threads than CPUs.");
    }
    if (count > 0 && points[0].workers == 0 && (with_task || calls_are_0)) {
        ppt_chart_note(chart, "0: %s calls.", ppt_dimensions[PPT_WORKERS].none);
    }
}

static void mark_point(struct ppt_chart *chart, const struct ppt_outcome *outcome,
                       const struct ppt_point *points, size_t count)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;

    for (size_t i = 0; i < count && verdict->exists; i++) {
        if (ppt_point_same(points[i], outcome->answer->grid.points[verdict->recommended])) {
            ppt_chart_set(chart,
                          "set object 1 rectangle from first %zu.0 - 0.45, graph 0 to first %zu + "
                          "0.45, graph 1 behind fillcolor ls recommended fillstyle solid noborder",
                          i, i);
            ppt_chart_key(chart, PPT_CHART_RECOMMENDED, "recommended");
        }
    }
}

void ppt_chart_some_points_axis(struct ppt_chart *chart, const struct ppt_outcome *outcome,
                                const struct ppt_point *points, size_t count)
{
    ppt_chart_point_axis(chart, points, count, ppt_config_several(outcome->config), outcome->host);
    mark_point(chart, outcome, points, count);
}

void ppt_chart_category_axis(struct ppt_chart *chart, const struct ppt_outcome *outcome)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_point *points PPT_FREED = ppt_alloc(summary->count, sizeof(*points));

    for (size_t i = 0; i < summary->count; i++) {
        points[i] = summary->points[i].point;
    }
    ppt_chart_some_points_axis(chart, outcome, points, summary->count);
}

void ppt_chart_point_column(const struct ppt_outcome *outcome, struct ppt_point point,
                            struct ppt_text *out)
{
    char label[PPT_POINT_SIZE + 1];

    write_label(&point, ppt_config_several(outcome->config), outcome->host, false, label);
    ppt_text_addf(out, " \"%s\" ", label);
}
