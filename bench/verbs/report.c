/*
 * report: what a recorded run says, without measuring anything again.
 */
#include "measure.h"
#include "recorded.h"
#include "shared.h"
#include "verbs.h"

static enum ppt_status report(const struct ppt_line *line, struct ppt_error *error)
{
    const struct ppt_print *print = line->options;
    struct ppt_recorded recorded;
    const struct ppt_terminal terminal = ppt_terminal_of(stdout);
    struct ppt_text answer = {0}, notes = {0};
    enum ppt_status status = ppt_recorded_load(line->operands[0], &recorded, error);

    if (status != PPT_OK) {
        return status;
    }
    status = ppt_report_write(&recorded.outcome, &notes, error);
    if (status == PPT_OK) {
        if (print->format) {
            print->format->write(&recorded.outcome, 1, &answer);
        } else if (print->quiet) {
            ppt_text_verdict(&recorded.outcome, &terminal, &answer);
        } else {
            ppt_text_table(&recorded.outcome, &terminal, &answer);
        }
        fputs(answer.data, stdout);
    }
    ppt_measure_print_notes(&notes);
    ppt_text_free(&answer);
    ppt_recorded_free(&recorded);
    return status;
}

static const struct ppt_option report_rows[] = {
    PPT_SHARED(FORMAT, struct ppt_print, format),
    PPT_SHARED(QUIET, struct ppt_print, quiet),
};

const struct ppt_verb ppt_verb_report = {
    .name = "report",
    .forms = {{"report RUN_DIR", "every report again, from the samples"}},
    .most = 1,
    .needs = "the folder of a run, as in: ppt-omp report output/latest",
    PPT_OPTIONS(report_rows, struct ppt_print, 0),
    .run = report,
};
