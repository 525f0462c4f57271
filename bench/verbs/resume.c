/*
 * resume: goes on where a run ended early. What is in its journal is never measured again, and
 * never changed.
 */
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"
#include "measure.h"
#include "recorded.h"
#include "recording.h"
#include "shared.h"
#include "sweep.h"
#include "verbs.h"
#include "workspace.h"

struct resume_options {
    bool force; /* on another machine, too */
    struct ppt_print print;
};

static bool is_forced(const struct ppt_line *line)
{
    return ((const struct resume_options *)line->options)->force;
}

/* Passes of another machine or program would be mixed with those of this one. */
static enum ppt_status check_host(const struct ppt_line *line,
                                  const struct ppt_recording *recording, const struct ppt_host *now,
                                  struct ppt_error *error)
{
    const char *difference =
        ppt_host_difference(&recording->host, now, ppt_config_ranks(&recording->configs.items[0]));

    if (!difference) {
        return PPT_OK;
    }
    if (is_forced(line)) {
        fprintf(stderr, "ppt-omp: the machine or program differs (%s): its passes are mixed\n",
                difference);
        return PPT_OK;
    }
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s was measured by another machine or program (%s differs); measure anew, or "
                    "mix them with --force",
                    line->operands[0], difference);
}

/* A program that was built anew, another folder with another one, an image that was edited. */
static enum ppt_status check_identity(const struct ppt_line *line,
                                      const struct ppt_recording *recording,
                                      struct ppt_error *error)
{
    char *now = ppt_config_identity(&recording->configs.items[0]);
    const bool same = !recording->identity || !now || strcmp(recording->identity, now) == 0;
    enum ppt_status status = PPT_OK;

    if (!same && is_forced(line)) {
        fprintf(stderr, "ppt-omp: what the task runs or reads has changed: its passes are mixed\n");
    } else if (!same) {
        status =
            ppt_fail(error, PPT_BAD_INPUT,
                     "what the task runs or reads has changed since %s was measured (now: %s); "
                     "measure anew, or mix them with --force",
                     line->operands[0], now);
    }
    free(now);
    return status;
}

/* What a resume works on. */
struct going_on {
    struct ppt_folder folder;
    struct ppt_journal *journal;
    struct ppt_recording recording;
    struct ppt_host host;
    struct ppt_workspace scratch;
};

static void going_on_free(struct going_on *run)
{
    ppt_journal_close(run->journal);
    ppt_workspace_remove(&run->scratch);
    ppt_host_free(&run->host);
    ppt_recording_free(&run->recording);
    ppt_folder_close(&run->folder);
}

/* Takes the journal, so that what is read then is all there is; it is not changed yet. */
static enum ppt_status take(const char *path, struct going_on *run, struct ppt_error *error)
{
    char *name = ppt_text_format("%s/" PPT_JOURNAL_NAME, path), *text = NULL;
    size_t length = 0;
    enum ppt_status status = ppt_folder_open(path, &run->folder, error);

    if (status == PPT_OK) {
        status = ppt_journal_open(&run->folder, &run->journal, error);
    }
    if (status == PPT_OK) {
        status = ppt_journal_read(run->journal, &text, &length, error);
    }
    if (status == PPT_OK) {
        status = ppt_recording_of(name, text, length, &run->recording, error);
    }
    free(text);
    free(name);
    return status;
}

/* From the line that says so to the closing line. */
static enum ppt_status go_on(const struct ppt_line *line, struct going_on *run,
                             struct ppt_error *error)
{
    const struct resume_options *options = line->options;
    const struct ppt_dirs dirs = {&run->scratch.folder, &run->folder};
    char started[PPT_STARTED_SIZE];
    enum ppt_status status;

    ppt_recorded_warn(&run->folder, &run->recording);
    status = ppt_journal_go_on(run->journal, run->recording.whole, error);

    ppt_measure_now(started);
    if (status == PPT_OK) {
        status = ppt_journal_resume(run->journal, &run->host, started, error);
    }
    return status == PPT_OK
               ? ppt_measure_go(&options->print, &run->recording.configs.items[0], &run->host,
                                &dirs, line->engine, run->journal, &run->recording.samples, error)
               : status;
}

/* A kernel from outside that is not what it was, too. */
static enum ppt_status load_kernel(const struct ppt_line *line, struct ppt_config *config,
                                   struct ppt_error *error)
{
    bool same;
    const enum ppt_status status = ppt_config_load_kernel(config, &same, error);

    if (status != PPT_OK || same) {
        return status;
    }
    if (is_forced(line)) {
        ppt_text_print(stderr, "ppt-omp: %s has changed: its passes are mixed",
                       config->kernel_file);
        return PPT_OK;
    }
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s has changed since %s was measured; measure anew, or mix them with --force",
                    config->kernel_file, line->operands[0]);
}

/* Everything that may be wrong is found before the journal is changed. */
static enum ppt_status check_resume(const struct ppt_line *line, struct going_on *run,
                                    struct ppt_error *error)
{
    struct ppt_config *config = &run->recording.configs.items[0];
    enum ppt_status status = ppt_measure_check_ranks(config, line->engine, error);

    if (status == PPT_OK) {
        status = check_host(line, &run->recording, &run->host, error);
    }
    if (status == PPT_OK) {
        status = load_kernel(line, config, error);
    }
    if (status == PPT_OK) {
        status = check_identity(line, &run->recording, error);
    }
    if (status == PPT_OK) {
        ppt_interrupt_watch();
        status = ppt_workspace_create(&run->scratch, error);
    }
    return status == PPT_OK
               ? ppt_measure_check(config, &run->host, &run->scratch, line->engine, error)
               : status;
}

static enum ppt_status measure(const struct ppt_line *line, struct ppt_error *error)
{
    struct going_on run = {0};
    enum ppt_status status = take(line->operands[0], &run, error);

    if (status == PPT_OK && run.recording.ended && run.recording.status == PPT_OK) {
        /* It may have been killed after its last pass. */
        ppt_workspace_clear();
    } else if (status == PPT_OK) {
        ppt_measure_host(line->engine, &run.host);
        status = check_resume(line, &run, error);
        if (status == PPT_OK) {
            status = go_on(line, &run, error);
        }
    }
    going_on_free(&run);
    return status;
}

/* The reports are made from the journal, as `report` does: one truth. */
static enum ppt_status resume(const struct ppt_line *line, struct ppt_error *error)
{
    const struct ppt_print *print = &((const struct resume_options *)line->options)->print;
    struct ppt_recorded recorded;
    struct ppt_error problem = {""};
    const enum ppt_status status = measure(line, error);
    enum ppt_status reported;

    if (!ppt_measure_reports(status, line->engine)) {
        return status;
    }
    reported = ppt_recorded_load(line->operands[0], &recorded, &problem);
    if (reported == PPT_OK) {
        reported = ppt_measure_report(print, &recorded.outcome, &problem);
        if (print->format) {
            struct ppt_text text = {0};

            print->format->write(&recorded.outcome, 1, &text);
            fputs(text.data, stdout);
            ppt_text_free(&text);
        }
        if (reported == PPT_OK) {
            reported =
                ppt_sweep_failures(recorded.outcome.config, recorded.outcome.samples, &problem);
        }
        ppt_recorded_free(&recorded);
    }
    if (reported != PPT_OK && status == PPT_OK) {
        *error = problem;
    }
    return status == PPT_OK ? reported : status;
}

static const struct ppt_option resume_rows[] = {
    {"--force", PPT_OPTION_FLAG, .offset = offsetof(struct resume_options, force),
     .heading = "Option of resume:", .joins = true,
     .help = ", although the machine or the program has changed"},
    PPT_SHARED(FORMAT, struct resume_options, print.format),
    PPT_SHARED(QUIET, struct resume_options, print.quiet),
};

const struct ppt_verb ppt_verb_resume = {
    .name = "resume",
    .forms = {{"resume RUN_DIR", "go on where a run ended early"}},
    .most = 1,
    .needs = "the folder of a run, as in: ppt-omp resume output/latest",
    PPT_OPTIONS(resume_rows, struct resume_options, 0),
    .run = resume,
};
