/*
 * resume: goes on where a run ended early. What is in its journal is never measured again, and
 * never changed.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "interrupt.h"
#include "measure.h"
#include "recorded.h"
#include "recording.h"
#include "sweep.h"
#include "workspace.h"

/* Passes of another machine or program would be mixed with those of this one. */
static enum ppt_status check_host(const struct ppt_cli *cli, const struct ppt_recording *recording,
                                  const struct ppt_host *now, struct ppt_error *error)
{
    const char *difference =
        ppt_host_difference(&recording->host, now, ppt_config_ranks(&recording->configs.items[0]));

    if (!difference) {
        return PPT_OK;
    }
    if (cli->force) {
        fprintf(stderr, "ppt-omp: the machine or program differs (%s): its passes are mixed\n",
                difference);
        return PPT_OK;
    }
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s was measured by another machine or program (%s differs); measure anew, or "
                    "mix them with --force",
                    cli->operands[0], difference);
}

/* A program that was built anew, another folder with another one, an image that was edited. */
static enum ppt_status check_identity(const struct ppt_cli *cli,
                                      const struct ppt_recording *recording,
                                      struct ppt_error *error)
{
    char *now = ppt_config_identity(&recording->configs.items[0]);
    const bool same = !recording->identity || !now || strcmp(recording->identity, now) == 0;
    enum ppt_status status = PPT_OK;

    if (!same && cli->force) {
        fprintf(stderr, "ppt-omp: what the task runs or reads has changed: its passes are mixed\n");
    } else if (!same) {
        status =
            ppt_fail(error, PPT_BAD_INPUT,
                     "what the task runs or reads has changed since %s was measured (now: %s); "
                     "measure anew, or mix them with --force",
                     cli->operands[0], now);
    }
    free(now);
    return status;
}

/* From the line that says so to the closing line. */
static enum ppt_status go_on(const struct ppt_cli *cli, struct ppt_recording *recording,
                             const struct ppt_host *host, const char *scratch,
                             const struct ppt_engine *engine, struct ppt_journal *journal,
                             struct ppt_error *error)
{
    const struct ppt_dirs dirs = {scratch, cli->operands[0]};
    char started[PPT_STARTED_SIZE];
    enum ppt_status status;

    ppt_measure_now(started);
    status = ppt_journal_resume(journal, host, started, error);
    return status == PPT_OK ? ppt_measure_go(cli, &recording->configs.items[0], host, &dirs, engine,
                                             journal, &recording->samples, error)
                            : status;
}

/* A kernel from outside that is not what it was, too. */
static enum ppt_status load_kernel(const struct ppt_cli *cli, struct ppt_config *config,
                                   struct ppt_error *error)
{
    bool same;
    const enum ppt_status status = ppt_config_load_kernel(config, &same, error);

    if (status != PPT_OK || same) {
        return status;
    }
    if (cli->force) {
        ppt_text_print(stderr, "ppt-omp: %s has changed: its passes are mixed",
                       config->kernel_file);
        return PPT_OK;
    }
    return ppt_fail(error, PPT_BAD_INPUT,
                    "%s has changed since %s was measured; measure anew, or mix them with --force",
                    config->kernel_file, cli->operands[0]);
}

static enum ppt_status measure(const struct ppt_cli *cli, const struct ppt_engine *engine,
                               struct ppt_error *error)
{
    char *path = ppt_text_format("%s/samples.jsonl", cli->operands[0]);
    struct ppt_recording recording = {0};
    struct ppt_journal *journal = NULL;
    struct ppt_host host = {0};
    struct ppt_workspace scratch = {0};
    /* Opened first: what is read then is all there is. */
    enum ppt_status status = ppt_journal_open(path, &journal, error);

    if (status == PPT_OK) {
        status = ppt_recording_read(path, &recording, error);
    }
    if (status == PPT_OK && recording.ended && recording.status == PPT_OK) {
        /* It may have been killed after its last pass. */
        ppt_workspace_clear();
    } else if (status == PPT_OK) {
        ppt_measure_host(engine, &host);
        status = ppt_measure_check_ranks(&recording.configs.items[0], engine, error);
        if (status == PPT_OK) {
            status = check_host(cli, &recording, &host, error);
        }
        if (status == PPT_OK) {
            status = load_kernel(cli, &recording.configs.items[0], error);
        }
        if (status == PPT_OK) {
            status = check_identity(cli, &recording, error);
        }
        if (status == PPT_OK) {
            ppt_interrupt_watch();
            status = ppt_workspace_create(&scratch, error);
        }
        if (status == PPT_OK) {
            status = ppt_measure_check(&recording.configs.items[0], &host, &scratch, engine, error);
        }
        if (status == PPT_OK) {
            status = go_on(cli, &recording, &host, scratch.path, engine, journal, error);
        }
    }
    ppt_journal_close(journal);
    ppt_workspace_remove(&scratch);
    ppt_host_free(&host);
    ppt_recording_free(&recording);
    free(path);
    return status;
}

/* The reports are made from the journal, as `report` does: one truth. */
enum ppt_status ppt_command_resume(const struct ppt_cli *cli, const struct ppt_engine *engine,
                                   struct ppt_error *error)
{
    struct ppt_recorded recorded;
    struct ppt_error problem = {""};
    const enum ppt_status status = measure(cli, engine, error);
    enum ppt_status reported;

    if (!ppt_measure_reports(status, engine)) {
        return status;
    }
    reported = ppt_recorded_load(cli->operands[0], &recorded, &problem);
    if (reported == PPT_OK) {
        reported = ppt_measure_report(cli, &recorded.outcome, &problem);
        if (cli->format) {
            struct ppt_text text = {0};

            cli->format->write(&recorded.outcome, 1, &text);
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
