/*
 * The main job. Everything that can be wrong with any of the configurations is found before the
 * first of them is measured, and before anything is written.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "interrupt.h"
#include "journal.h"
#include "measure.h"
#include "memory.h"
#include "report.h"
#include "run_folder.h"
#include "shared.h"
#include "summary.h"
#include "sweep.h"
#include "text.h"
#include "verbs.h"
#include "words.h"
#include "workspace.h"

struct run_options {
    const char *output; /* the folder that results go below */
    struct ppt_print print;
    struct ppt_words_options words;
};

/* One configuration on its way through the stages. */
struct run {
    const struct ppt_config *config;
    struct ppt_run_folder folder;
    struct ppt_samples samples;
    struct ppt_samples counted; /* without points that failed */
    struct ppt_index index;
    struct ppt_summary summary;
    struct ppt_answer answer;
    char started[PPT_STARTED_SIZE];
    bool reported;
};

struct session {
    const struct ppt_line *line;
    const struct run_options *options;
    const struct ppt_engine *engine;
    struct ppt_configs configs;
    struct ppt_host host;
    struct ppt_workspace scratch;
    struct ppt_folder output; /* of all results */
    time_t started;
    struct run *runs;
};

static void free_session(struct session *session)
{
    for (size_t i = 0; session->runs && i < session->configs.count; i++) {
        ppt_run_folder_close(&session->runs[i].folder);
        ppt_index_free(&session->runs[i].index);
        free(session->runs[i].counted.items);
        ppt_samples_free(&session->runs[i].samples);
        ppt_summary_free(&session->runs[i].summary);
        ppt_answer_free(&session->runs[i].answer);
    }
    free(session->runs);
    ppt_folder_close(&session->output);
    ppt_workspace_remove(&session->scratch);
    ppt_host_free(&session->host);
    ppt_configs_free(&session->configs);
}

static enum ppt_status load(struct session *session, struct ppt_error *error)
{
    const struct ppt_line *line = session->line;
    unsigned landmarks[PPT_MOST_KINDS];
    const struct ppt_cpus cpus = {
        .logical = session->host.effective_cpus,
        .landmarks = landmarks,
        .landmark_count = ppt_host_landmarks(&session->host, landmarks),
    };
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; i < line->operand_count && status == PPT_OK; i++) {
        status = ppt_configs_load(line->operands[i], line->overrides, &session->configs, error);
    }
    if (line->operand_count == 0) {
        status = ppt_configs_load(NULL, line->overrides, &session->configs, error);
    }
    for (size_t i = 0; i < session->configs.count && status == PPT_OK; i++) {
        status = ppt_config_settle(&session->configs.items[i], &cpus, error);
    }
    return status;
}

static enum ppt_status check_all(const struct session *session, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; i < session->configs.count && status == PPT_OK; i++) {
        status = ppt_measure_check(&session->configs.items[i], &session->host, &session->scratch,
                                   session->engine, error);
    }
    return status;
}

/* A journal with its first line; without that the folder would be nobody's, and goes again. */
static enum ppt_status begin(const struct session *session, struct run *run,
                             struct ppt_journal **journal, struct ppt_error *error)
{
    enum ppt_status status = ppt_journal_create(&run->folder.folder, journal, error);

    ppt_measure_now(run->started);
    if (status == PPT_OK) {
        status = ppt_journal_run(*journal, run->config, &session->host, run->started, error);
    }
    if (status != PPT_OK) {
        ppt_run_folder_remove(&session->output, &run->folder, PPT_JOURNAL_NAME);
    }
    return status;
}

/* From the journal's first line to its last. */
static enum ppt_status run_measure(const struct session *session, struct run *run,
                                   struct ppt_error *error)
{
    const struct ppt_dirs dirs = {&session->scratch.folder, &run->folder.folder};
    struct ppt_journal *journal = NULL;
    enum ppt_status status = begin(session, run, &journal, error);

    if (status == PPT_OK) {
        ppt_run_folder_set_latest(&session->output, &run->folder);
        status = ppt_measure_go(&session->options->print, run->config, &session->host, &dirs,
                                session->engine, journal, &run->samples, error);
    }
    ppt_journal_close(journal);
    return status;
}

static struct ppt_outcome outcome_of(const struct session *session, const struct run *run)
{
    return (struct ppt_outcome){
        .config = run->config,
        .host = &session->host,
        .samples = &run->counted,
        .index = &run->index,
        .summary = &run->summary,
        .answer = &run->answer,
        .started = run->started,
        .program = "ppt-omp " PPT_VERSION,
        .folder = &run->folder.folder,
    };
}

static enum ppt_status report_run(const struct session *session, struct run *run,
                                  struct ppt_error *error)
{
    const struct ppt_answer_context about = ppt_answer_context_of(run->config, &session->host);
    enum ppt_status status;

    run->counted = ppt_samples_counted(&run->samples);
    ppt_index_create(&run->counted, &run->index);
    ppt_summary_create(&run->index, &run->summary);
    if (run->summary.count == 0 && run->samples.failure_count > 0) {
        return PPT_OK; /* what failed is told by the caller, and there is nothing else */
    }
    ppt_answer_from_index(&run->index, &about, &run->answer);
    const struct ppt_outcome outcome = outcome_of(session, run);
    status = ppt_measure_report(&session->options->print, &outcome, error);
    run->reported = status == PPT_OK && run->summary.count > 0;
    return status;
}

static enum ppt_status run_one(const struct session *session, struct run *run,
                               struct ppt_error *error)
{
    enum ppt_status status =
        ppt_run_folder_create(&session->output, run->config->task, time(NULL), &run->folder, error);

    if (status != PPT_OK) {
        return status;
    }
    status = run_measure(session, run, error);
    if (ppt_measure_reports(status, session->engine)) {
        struct ppt_error problem = {""};
        const enum ppt_status reported = report_run(session, run, &problem);

        if (reported != PPT_OK && status != PPT_FAILED) {
            *error = problem;
            return reported;
        }
    }
    return status == PPT_OK ? ppt_sweep_failures(run->config, &run->samples, error) : status;
}

/* What was reported, whichever runs failed; the list is to be given to free(). */
static struct ppt_outcome *list_outcomes(const struct session *session, size_t *count)
{
    struct ppt_outcome *outcomes = ppt_alloc(session->configs.count, sizeof(*outcomes));

    *count = 0;
    for (size_t i = 0; i < session->configs.count; i++) {
        if (session->runs[i].reported) {
            outcomes[(*count)++] = outcome_of(session, &session->runs[i]);
        }
    }
    return outcomes;
}

static void print_format(const struct session *session)
{
    struct ppt_text text = {0};
    size_t count;
    struct ppt_outcome *outcomes = list_outcomes(session, &count);

    if (count > 0) {
        session->options->print.format->write(outcomes, count, &text);
        fputs(text.data, stdout);
    }
    ppt_text_free(&text);
    free(outcomes);
}

static enum ppt_status report_suite(struct session *session, struct ppt_error *error)
{
    struct ppt_text notes = {0};
    enum ppt_status status = PPT_OK;
    struct ppt_run_folder folder = {0};
    size_t count;
    struct ppt_outcome *outcomes = list_outcomes(session, &count);

    if (count > 0) {
        status = ppt_run_folder_create(&session->output, "suite", session->started, &folder, error);
    }
    if (folder.name) {
        ppt_run_folder_set_latest(&session->output, &folder);
        for (size_t i = 0; i < count; i++) {
            outcomes[i].suite_folder = &folder.folder;
        }
        status = ppt_report_write_suite(outcomes, count, &notes, error);
        ppt_measure_print_notes(&notes);
        if (!session->options->print.quiet) {
            ppt_text_print(stderr, "results of all runs: %s", folder.folder.path);
        }
    }
    ppt_run_folder_close(&folder);
    free(outcomes);
    return status;
}

/* Whether there is nobody left to run the rest with. */
static bool is_broken(const struct session *session)
{
    return session->engine && session->engine->broken(session->engine->context);
}

/* A run that fails does not take the others with it; the first failure decides the exit code. */
static enum ppt_status run_all(struct session *session, struct ppt_error *error)
{
    enum ppt_status first = PPT_OK;

    session->runs = ppt_alloc(session->configs.count, sizeof(*session->runs));
    for (size_t i = 0; i < session->configs.count && !ppt_interrupted && !is_broken(session); i++) {
        struct ppt_error problem = {""};
        enum ppt_status status;

        session->runs[i].config = &session->configs.items[i];
        status = run_one(session, &session->runs[i], &problem);
        if (status != PPT_OK && session->configs.count > 1 && status != PPT_INTERRUPTED) {
            fprintf(stderr, "ppt-omp: %s\n", problem.text);
            problem.text[0] = '\0';
        }
        if (status != PPT_OK && first == PPT_OK) {
            first = status;
            *error = problem;
        }
        if (status == PPT_INTERRUPTED) {
            break;
        }
    }
    /* A signal may have come before the first of them. */
    if (first == PPT_OK && ppt_interrupted &&
        !session->runs[session->configs.count - 1].folder.name) {
        first = ppt_fail(error, PPT_INTERRUPTED, "interrupted");
    }
    if (session->configs.count > 1) {
        struct ppt_error problem = {""};
        const enum ppt_status status = report_suite(session, &problem);

        if (first == PPT_OK) {
            first = status;
            *error = problem;
        }
    }
    if (session->options->print.format) {
        print_format(session);
    }
    return first;
}

static enum ppt_status run(const struct ppt_line *line, struct ppt_error *error)
{
    struct session session = {
        .line = line, .options = line->options, .engine = line->engine, .started = time(NULL)};
    enum ppt_status status;

    ppt_measure_host(line->engine, &session.host);
    status = load(&session, error);
    for (size_t i = 0; i < session.configs.count && status == PPT_OK; i++) {
        if (session.configs.items[i].warning) {
            ppt_text_print(stderr, "ppt-omp: %s", session.configs.items[i].warning);
        }
    }
    if (status == PPT_OK) {
        ppt_interrupt_watch();
        status = ppt_workspace_create(&session.scratch, error);
    }
    if (status == PPT_OK) {
        status = check_all(&session, error);
    }
    if (status == PPT_OK) {
        status = ppt_run_folder_open_all(session.options->output, &session.output, error);
    }
    if (status == PPT_OK) {
        status = run_all(&session, error);
    }
    free_session(&session);
    return status;
}

/* ---- its command line ---- */

static bool is_config(const char *argument)
{
    const size_t length = strlen(argument);

    return (length > 5 && strcmp(argument + length - 5, ".json") == 0) ||
           access(argument, F_OK) == 0;
}

static enum ppt_status run_separate(struct ppt_line *line, struct ppt_error *error)
{
    (void)error;
    line->rest = PPT_REST_PROGRAM;
    return PPT_OK;
}

static const struct ppt_preset quick[] = {
    {PPT_KEY_ITERATIONS, "3"},
    {PPT_KEY_WAIT_AFTER_PASS, "0"},
    {PPT_KEY_WAIT_AFTER_BLOCK, "0"},
    {PPT_KEY_COUNT, NULL},
};

static const struct ppt_option run_rows[] = {
    {"--config", PPT_OPTION_OPERAND,
     .heading = "Options of a measurement; they override what a file says:", .metavar = "FILE",
     .help = "a configuration, as a plain argument is"},
    {.kind = PPT_OPTION_SETTINGS},
    {"--quick", PPT_OPTION_PRESET, .presets = quick, .help = "3 blocks and no waits"},
    {"--output", PPT_OPTION_TEXT, .offset = offsetof(struct run_options, output), .noun = "folder",
     .metavar = "DIR", .help = "where results go (default: output)"},
    PPT_SHARED(FORMAT, struct run_options, print.format),
    PPT_SHARED(QUIET, struct run_options, print.quiet),
    PPT_SHARED(TIMEOUT, struct run_options, words.timeout),
    PPT_SHARED(PROGRAM_OUTPUT, struct run_options, words.output),
};

static bool run_has(const struct ppt_line *line, enum ppt_key_id key)
{
    return ppt_line_has(line, &ppt_keys[key].option);
}

static enum ppt_status run_check(struct ppt_line *line, struct ppt_error *error)
{
    static const enum ppt_key_id of_task[] = {PPT_KEY_TASK, PPT_KEY_KERNEL, PPT_KEY_TASK_ARGS};
    const struct run_options *options = line->options;
    const bool program = line->rest == PPT_REST_PROGRAM;

    for (size_t i = 0; i < sizeof(of_task) / sizeof(of_task[0]) && program; i++) {
        /* The program is the task, and has its arguments. */
        if (run_has(line, of_task[i])) {
            return ppt_fail(error, PPT_BAD_INPUT, "%s does not go with a program behind \"--\"",
                            ppt_keys[of_task[i]].option.name);
        }
    }
    if (line->operand_count == 0 && !program && !run_has(line, PPT_KEY_TASK) &&
        !run_has(line, PPT_KEY_KERNEL)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "what should be measured? Give a configuration file, --task or a program "
                        "behind \"--\"; see ppt-omp --help");
    }
    return ppt_words_take(line, &options->words, error);
}

const struct ppt_verb ppt_verb_run = {
    .name = "a measurement",
    .forms = {{"CONFIG.json [CONFIG.json ...]", "measure what the files describe"},
              {"--task sort --workers 0,1,2", "measure without a file"},
              {"--workers auto -- PROGRAM ARGS", "measure a program of your own"}},
    .most = SIZE_MAX,
    .accepts = is_config,
    .separate = run_separate,
    PPT_OPTIONS(run_rows, struct run_options, .output = "output"),
    .check = run_check,
    .run = run,
};
