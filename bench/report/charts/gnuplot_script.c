/*
 * One gnuplot script with its data inside, which draws the speedup on whatever terminal is set:
 *
 *     ppt-omp report RUN --format gnuplot | gnuplot -p
 *
 * It is the chart that lies beside the others: of a run its own, of several their overview, of
 * programs theirs; where tasks arrive, that of latencies.
 */
#include "chart.h"
#include "owned.h"
#include "several.h"

extern const struct ppt_chart_kind ppt_chart_speedup, ppt_chart_latency;

void ppt_gnuplot_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    struct ppt_chart chart PPT_OWNED(ppt_chart_free) = {0};

    if (outcomes[0].ranking) {
        ppt_programs_write(outcomes, count, &chart);
    } else if (count > 1) {
        ppt_overview_write(outcomes, count, &chart);
    } else if (outcomes[0].answer->context.arriving) {
        ppt_chart_latency.write(outcomes, &chart);
    } else {
        ppt_chart_speedup.write(outcomes, &chart);
    }
    ppt_chart_write_bare(&chart, out);
}
