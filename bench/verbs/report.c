/*
 * report: what a recorded run says, without measuring anything again.
 */
#include "loaded.h"
#include "measure.h"
#include "owned.h"
#include "shared.h"
#include "verbs.h"

static enum ppt_status report(const struct ppt_line *line, struct ppt_error *error)
{
    const struct ppt_print *print = line->options;
    struct ppt_loaded loaded PPT_OWNED(ppt_loaded_free) = {0};
    struct ppt_text notes = {0};

    loaded.chart_mm = print->chart_mm;
    PPT_TRY(ppt_loaded_open(line->operands[0], &loaded, error));
    const enum ppt_status status = ppt_loaded_report(&loaded, &notes, error);

    if (status == PPT_OK && print->format) {
        ppt_measure_print_format(print, loaded.outcomes, loaded.outcome_count);
    } else if (status == PPT_OK) {
        ppt_measure_print(print, &loaded);
    }
    ppt_measure_print_notes(&notes);
    return status;
}

static const struct ppt_option report_rows[] = {
    PPT_SHARED(FORMAT, struct ppt_print, format),
    PPT_SHARED(QUIET, struct ppt_print, quiet),
    PPT_SHARED(CHART_SIZE, struct ppt_print, chart_mm),
};

const struct ppt_verb ppt_verb_report = {
    .name = "report",
    .forms = {{"report RUN_DIR", "every report again, from the samples"}},
    .most = 1,
    .needs = "the folder of a run, as in: ppt-omp report output/latest",
    PPT_OPTIONS(report_rows, struct ppt_print, 0),
    .run = report,
};
