/*
 * why: a run that is short, and goes on when its verdict is there: to what slows the task.
 */
#include "run.h"
#include "verbs.h"

static const struct ppt_option why_rows[] = {
    PPT_RUN_ROWS,
    PPT_SHARED(JSON, struct ppt_run_options, print.causes),
};

const struct ppt_verb ppt_verb_why = {
    .name = "why",
    .forms = {{"why CONFIG.json | -- PROGRAM", "what slows a task, and how one knows"}},
    .most = SIZE_MAX,
    .separate = ppt_run_separate,
    .measures = true,
    PPT_OPTIONS(why_rows, struct ppt_run_options, .output = "output", .causes = true),
    .check = ppt_run_check,
    .run = ppt_run,
};
