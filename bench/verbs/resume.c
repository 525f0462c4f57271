/*
 * resume: goes on where a run ended early. What is in its journal is never measured again, and
 * never changed.
 */
#include <string.h>

#include "interrupt.h"
#include "journal_content.h"
#include "kept.h"
#include "loaded.h"
#include "measure.h"
#include "owned.h"
#include "shared.h"
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
                                  const struct ppt_journal_content *content,
                                  const struct ppt_host *now, struct ppt_error *error)
{
    const char *difference =
        ppt_host_difference(&content->host, now, ppt_config_ranks(&content->configs.items[0]));

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
                                      const struct ppt_journal_content *content,
                                      struct ppt_error *error)
{
    char *now PPT_FREED = ppt_config_identity(&content->configs.items[0]);

    if (!content->identity || !now || strcmp(content->identity, now) == 0) {
        return PPT_OK;
    }
    if (is_forced(line)) {
        fprintf(stderr, "ppt-omp: what the task runs or reads has changed: its passes are mixed\n");
        return PPT_OK;
    }
    return ppt_fail(error, PPT_BAD_INPUT,
                    "what the task runs or reads has changed since %s was measured (then: %s; "
                    "now: %s); measure anew, or mix them with --force",
                    line->operands[0], content->identity, now);
}

/* What a resume works on, in a folder that is open. */
struct going_on {
    const struct ppt_folder *folder;
    struct ppt_journal *journal;
    struct ppt_journal_content content;
    struct ppt_host host;
    struct ppt_workspace scratch;
};

static void going_on_free(struct going_on *run)
{
    ppt_journal_close(run->journal);
    ppt_workspace_remove(&run->scratch);
    ppt_host_free(&run->host);
    ppt_journal_content_free(&run->content);
}

/* Takes the journal, so that what is read then is all there is; it is not changed yet. */
static enum ppt_status take(struct going_on *run, struct ppt_error *error)
{
    char *name PPT_FREED = ppt_folder_path(run->folder, PPT_JOURNAL_NAME);
    char *text PPT_FREED = NULL;
    size_t length = 0;

    PPT_TRY(ppt_journal_open(run->folder, &run->journal, error));
    PPT_TRY(ppt_journal_read(run->journal, &text, &length, error));
    return ppt_journal_content_of(name, text, length, &run->content, error);
}

/* From the line that says so to the closing line. */
static enum ppt_status go_on(const struct ppt_line *line, struct going_on *run,
                             struct ppt_keeping *keeping, struct ppt_error *error)
{
    const struct resume_options *options = line->options;
    const struct ppt_dirs dirs = {&run->scratch.folder, run->folder};
    char started[PPT_STARTED_SIZE];

    ppt_loaded_warn(run->folder, &run->content);
    PPT_TRY(ppt_journal_go_on(run->journal, run->content.whole, error));
    ppt_measure_now(started);
    PPT_TRY(ppt_journal_resume(run->journal, &run->host, started, error));
    ppt_keep_go_on(&run->content.configs.items[0], run->folder, keeping);
    const enum ppt_status status =
        ppt_measure_go(&options->print, &run->content.configs.items[0], &run->host, &dirs,
                       line->engine, run->journal, &run->content.samples, error);

    ppt_keep_measured(keeping, &run->content.configs.items[0], &run->content.samples);
    return status;
}

/* A kernel from outside that is not what it was, too. */
static enum ppt_status load_kernel(const struct ppt_line *line, struct ppt_config *config,
                                   struct ppt_error *error)
{
    bool same;

    PPT_TRY(ppt_config_load_kernel(config, &same, error));
    if (same) {
        return PPT_OK;
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

/* Everything that may be wrong is found before the journal is changed. What the run's setup makes
 * is looked at when it has. */
static enum ppt_status check_resume(const struct ppt_line *line, struct going_on *run,
                                    struct ppt_hooks **hooks, struct ppt_error *error)
{
    struct ppt_config *config = &run->content.configs.items[0];

    PPT_TRY(ppt_measure_check_ranks(config, line->engine, error));
    PPT_TRY(check_host(line, &run->content, &run->host, error));
    PPT_TRY(load_kernel(line, config, error));
    ppt_interrupt_watch();
    PPT_TRY(ppt_measure_set_up(config, hooks, error));
    PPT_TRY(check_identity(line, &run->content, error));
    PPT_TRY(ppt_workspace_create(&run->scratch, error));
    return ppt_measure_check(config, &run->host, &run->scratch, line->engine, error);
}

static enum ppt_status resume_measure(const struct ppt_line *line, const struct ppt_folder *folder,
                                      struct ppt_hooks **hooks, struct ppt_keeping *keeping,
                                      struct ppt_error *error)
{
    struct going_on run PPT_OWNED(going_on_free) = {.folder = folder};

    PPT_TRY(take(&run, error));
    if (run.content.ended && run.content.status == PPT_OK) {
        /* It may have been killed after its last pass. */
        ppt_workspace_clear();
        return PPT_OK;
    }
    ppt_measure_host(line->engine, &run.host);
    PPT_TRY(check_resume(line, &run, hooks, error));
    /* Its proof may have been against the core that was chosen. */
    ppt_host_read_blas(&run.host);
    return go_on(line, &run, keeping, error);
}

static enum ppt_status resume(const struct ppt_line *line, struct ppt_error *error)
{
    const struct ppt_print *print = &((const struct resume_options *)line->options)->print;
    struct ppt_folder folder PPT_OWNED(ppt_folder_close) = {0};
    struct ppt_loaded loaded PPT_OWNED(ppt_loaded_free) = {0};
    struct ppt_keeping keeping PPT_OWNED(ppt_keeping_free) = {0};
    struct ppt_hooks *hooks = NULL;

    PPT_TRY(ppt_folder_open(line->operands[0], &folder, error));
    enum ppt_status status = resume_measure(line, &folder, &hooks, &keeping, error);

    status = ppt_measure_end(print, line->engine, status, &folder, &loaded, error);
    ppt_keep_end(&keeping, &loaded);
    ppt_measure_print_format(print, loaded.outcomes, loaded.reported ? loaded.outcome_count : 0);
    return ppt_measure_clean_up(&hooks, status, error);
}

static const struct ppt_option resume_rows[] = {
    {"--force", PPT_OPTION_FLAG, .offset = offsetof(struct resume_options, force),
     .heading = "Option of resume:", .joins = true,
     .help = ", although the machine or the program has changed"},
    PPT_SHARED(FORMAT, struct resume_options, print.format),
    PPT_SHARED(QUIET, struct resume_options, print.quiet),
    PPT_SHARED(CHART_SIZE, struct resume_options, print.chart_mm),
};

const struct ppt_verb ppt_verb_resume = {
    .name = "resume",
    .forms = {{"resume RUN_DIR", "go on where a run ended early"}},
    .most = 1,
    .needs = "the folder of a run, as in: ppt-omp resume output/latest",
    .measures = true,
    PPT_OPTIONS(resume_rows, struct resume_options, 0),
    .run = resume,
};
