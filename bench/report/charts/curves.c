/*
 * The curves of charts over workers, and the points on them.
 */
#include <math.h>

#include "chart.h"
#include "memory.h"

#define SERIES 16

unsigned ppt_chart_series(size_t which)
{
    return (unsigned)(which % SERIES) + 1;
}

size_t ppt_chart_curve_count(const struct ppt_config *config)
{
    return config->rank_count * config->inner_count;
}

struct ppt_point ppt_chart_curve(const struct ppt_config *config, size_t which)
{
    return (struct ppt_point){.ranks = config->ranks[which / config->inner_count],
                              .inner_threads = config->inner_threads[which % config->inner_count]};
}

bool ppt_chart_on_curve(struct ppt_point curve, struct ppt_point point)
{
    return point.workers > 0 && (ppt_point_differ(curve, point) & ~PPT_ONLY(PPT_WORKERS)) == 0;
}

char *ppt_chart_curve_title(const struct ppt_config *config, size_t which)
{
    const struct ppt_point curve = ppt_chart_curve(config, which);
    const unsigned several = ppt_config_several(config);
    const unsigned set = (ppt_point_shown(curve, several) | several) & ~PPT_ONLY(PPT_WORKERS);
    char words[PPT_POINT_WORDS_SIZE];

    return ppt_chart_curve_count(config) == 1
               ? NULL
               : ppt_strdup(ppt_point_words(curve, set, "", ", ", words));
}

/* A point without an interval (one block) is its own whiskers: a mark, and nothing around it. */
void ppt_chart_speedup_row(const struct ppt_answer *answer, size_t point, struct ppt_text *out)
{
    const struct ppt_ratio *speedup = &answer->points[point].over_fewest;
    const bool exists = speedup->interval.exists;

    ppt_text_addf(out, "%u %.9g %.9g %.9g %d\n", ppt_point_workers(answer->grid.points[point]),
                  speedup->value, exists ? speedup->interval.low : speedup->value,
                  exists ? speedup->interval.high : speedup->value,
                  ppt_answer_beyond(answer, point));
}

void ppt_chart_speedup_reach(const struct ppt_answer *answer, size_t point,
                             struct ppt_chart_range *range)
{
    const struct ppt_ratio *speedup = &answer->points[point].over_fewest;

    ppt_chart_reach(range, speedup->value);
    if (speedup->interval.exists) {
        ppt_chart_reach(range, speedup->interval.low);
        ppt_chart_reach(range, speedup->interval.high);
    }
}

bool ppt_chart_any_beyond(const struct ppt_answer *answer, const struct ppt_point *task)
{
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        const struct ppt_point point = answer->grid.points[p];

        if (point.workers > 0 && (!task || ppt_point_same_task(point, *task)) &&
            ppt_answer_beyond(answer, p)) {
            return true;
        }
    }
    return false;
}

const struct ppt_point *ppt_chart_task_of(const struct ppt_outcome *outcome)
{
    const struct ppt_grid *row = &outcome->answer->row;

    return row->point_count > 0 ? &row->points[0] : &outcome->config->points[0];
}

const char *ppt_chart_apart(size_t which, size_t count, unsigned most, char out[PPT_CHART_X_SIZE])
{
    const double apart = count > 1 ? (double)which / (double)(count - 1) - 0.5 : 0;

    if (count <= 1) {
        snprintf(out, PPT_CHART_X_SIZE, "1");
    } else if (ppt_chart_worker_axis_is_long(most)) {
        snprintf(out, PPT_CHART_X_SIZE, "($1*%.6g)", exp2(0.1 * apart));
    } else {
        snprintf(out, PPT_CHART_X_SIZE, "($1%+.6g)", fmin(0.25, 0.025 * most) * apart);
    }
    return out;
}

/* The line that joins marks says which belong together, and no more. */
void ppt_chart_speedup_curve(struct ppt_chart *chart, size_t index, unsigned style, const char *x,
                             bool stars, const char *title)
{
    ppt_chart_plot(chart, title, "data index %zu using %s:2:3:4 with yerrorbars ls %u", index, x,
                   style);
    ppt_chart_plot(chart, NULL, "data index %zu using %s:2 with lines ls %u", index, x, style);
    if (stars) {
        ppt_chart_plot(chart, NULL,
                       "data index %zu using %s:($5 > 0 ? $2 : 1/0) with points ls beyond", index,
                       x);
    }
}

/* ---- some of the points ---- */

size_t ppt_chart_choose_points(const struct ppt_outcome *outcome,
                               size_t chosen[PPT_CHART_MOST_CURVES])
{
    const struct ppt_summary *summary = outcome->summary;
    const struct ppt_answer *answer = outcome->answer;
    const size_t wanted =
        summary->count < PPT_CHART_MOST_CURVES ? summary->count : PPT_CHART_MOST_CURVES;
    size_t count = 0, recommended = SIZE_MAX;

    for (size_t i = 0; i < summary->count && answer->verdict.exists; i++) {
        if (ppt_point_same(summary->points[i].point,
                           answer->grid.points[answer->verdict.recommended])) {
            recommended = i;
        }
    }
    for (size_t i = 0; i < wanted; i++) {
        const size_t even = wanted > 1 ? i * (summary->count - 1) / (wanted - 1) : 0;
        const size_t next =
            i + 1 < wanted ? (i + 1) * (summary->count - 1) / (wanted - 1) : summary->count;

        /* The recommended one takes the place of the one before it. */
        chosen[count++] = recommended > even && recommended < next ? recommended : even;
    }
    return count;
}
