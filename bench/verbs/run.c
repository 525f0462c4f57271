/*
 * The main job. Everything that can be wrong with any of the configurations is found before the
 * first of them is measured, and before anything is written.
 */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "first.h"
#include "host.h"
#include "input.h"
#include "interrupt.h"
#include "journal.h"
#include "kept.h"
#include "keys.h"
#include "loaded.h"
#include "measure.h"
#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "report.h"
#include "run.h"
#include "run_folder.h"
#include "sandbox.h"
#include "shared.h"
#include "size.h"
#include "take.h"
#include "text.h"
#include "verbs.h"
#include "words.h"
#include "workspace.h"

/* One configuration on its way through the stages. */
struct run {
    struct ppt_run_folder folder; /* once it has begun; `loaded` takes what is open of it */
    struct ppt_loaded loaded;
    struct ppt_keeping keeping;
};

struct session {
    const struct ppt_line *line;
    const struct ppt_run_options *options;
    const struct ppt_engine *engine;
    struct ppt_configs configs;
    struct ppt_host host;
    struct ppt_workspace scratch;
    struct ppt_folder output; /* of all results */
    time_t started;
    bool timeless; /* nobody says how long it may take, or how much there is to do */
    struct run *runs;
};

static void session_free(struct session *session)
{
    for (size_t i = 0; session->runs && i < session->configs.count; i++) {
        ppt_run_folder_close(&session->runs[i].folder);
        ppt_loaded_free(&session->runs[i].loaded);
        ppt_keeping_free(&session->runs[i].keeping);
    }
    free(session->runs);
    ppt_folder_close(&session->output);
    ppt_workspace_remove(&session->scratch);
    ppt_host_free(&session->host);
    ppt_configs_free(&session->configs);
}

static bool run_has(const struct ppt_line *line, enum ppt_key_id key)
{
    return ppt_line_has(line, &ppt_keys[key].option);
}

static enum ppt_status set_seconds(const struct session *session, struct ppt_error *error)
{
    const bool why = session->options->causes || run_has(session->line, PPT_KEY_WHY);

    return ppt_overrides_add(session->line->overrides, ppt_keys[PPT_KEY_MAX_SECONDS].option.name,
                             ppt_key_name(PPT_KEY_MAX_SECONDS),
                             why ? PPT_SIZE_WHY_SECONDS : PPT_SIZE_SECONDS, error);
}

/* Who says nothing of counts, times or precision gets an answer in half a minute. */
static enum ppt_status limit_time(struct session *session, struct ppt_error *error)
{
    static const enum ppt_key_id sizes[] = {PPT_KEY_TASK_COUNT, PPT_KEY_ITERATIONS,
                                            PPT_KEY_PRECISION, PPT_KEY_MAX_SECONDS};
    const struct ppt_line *line = session->line;

    session->timeless = line->operand_count == 0;
    for (size_t i = 0; i < line->given_count; i++) {
        session->timeless &= ppt_option_face(line->given[i])->kind != PPT_OPTION_PRESET;
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        session->timeless &= !run_has(line, sizes[i]);
    }
    return session->timeless ? set_seconds(session, error) : PPT_OK;
}

/* Of two runs of one name nobody could tell which one is meant. */
static enum ppt_status check_names(const struct ppt_configs *configs, struct ppt_error *error)
{
    for (size_t i = 1; i < configs->count; i++) {
        const char *name = configs->items[i].name;

        for (size_t j = 0; name && j < i; j++) {
            if (configs->items[j].name && strcmp(configs->items[j].name, name) == 0) {
                return ppt_fail(error, PPT_BAD_INPUT,
                                "%s: \"%s\": two runs have the name \"%s\", the other one is "
                                "that of %s; give each its own in its file",
                                configs->items[i].origin, ppt_key_name(PPT_KEY_NAME), name,
                                configs->items[j].origin);
            }
        }
    }
    return PPT_OK;
}

static enum ppt_status load_files(struct session *session, struct ppt_error *error)
{
    const struct ppt_line *line = session->line;

    for (size_t i = 0; i < line->operand_count; i++) {
        PPT_TRY(ppt_configs_load(line->operands[i], line->overrides, &session->configs, error));
    }
    return line->operand_count > 0
               ? PPT_OK
               : ppt_configs_load(NULL, line->overrides, &session->configs, error);
}

/* Whether any of them says how long it may take. */
static bool is_timed(const struct ppt_configs *configs)
{
    bool timed = false;

    for (size_t i = 0; i < configs->count; i++) {
        timed |= configs->items[i].adaptive;
    }
    return timed;
}

/* A file says how many tasks a pass has, and how long the machine rests, for a verdict that has all
 * the time that it takes. */
static void make_small(const struct ppt_line *line, struct ppt_config *config)
{
    if (!run_has(line, PPT_KEY_TASK_COUNT) && !ppt_use_has_inputs(&config->uses[0])) {
        config->size_tasks = config->size_warmup = true;
    }
    if (!run_has(line, PPT_KEY_WAIT_AFTER_PASS)) {
        config->wait_after_pass_s = config->wait_after_block_s = 0;
    }
}

/* Who asks for causes alone need not say in a file how long that may take. */
static enum ppt_status load_causes(struct session *session, struct ppt_error *error)
{
    const char *key = ppt_key_name(PPT_KEY_WHY);

    PPT_TRY(ppt_overrides_add(session->line->overrides, key, key, "true", error));
    PPT_TRY(load_files(session, error));
    if (is_timed(&session->configs)) {
        return PPT_OK;
    }
    ppt_configs_free(&session->configs);
    PPT_TRY(set_seconds(session, error));
    PPT_TRY(load_files(session, error));
    for (size_t i = 0; i < session->configs.count; i++) {
        make_small(session->line, &session->configs.items[i]);
    }
    return PPT_OK;
}

static enum ppt_status load_run(struct session *session, struct ppt_error *error)
{
    unsigned landmarks[PPT_MOST_KINDS];
    const struct ppt_cpus cpus = {
        .logical = session->host.effective_cpus,
        .landmarks = landmarks,
        .landmark_count = ppt_host_landmarks(&session->host, landmarks),
    };

    PPT_TRY(session->options->causes ? load_causes(session, error) : load_files(session, error));
    PPT_TRY(check_names(&session->configs, error));
    for (size_t i = 0; i < session->configs.count; i++) {
        PPT_TRY(ppt_config_settle(&session->configs.items[i], &cpus, error));
    }
    return PPT_OK;
}

static enum ppt_status check_one(const struct session *session, const struct ppt_config *config,
                                 struct ppt_error *error)
{
    return ppt_measure_check(config, &session->host, &session->scratch, session->engine, error);
}

/* But for those that find what they need only when their setup has made it. */
static enum ppt_status check_all(const struct session *session, struct ppt_error *error)
{
    for (size_t i = 0; i < session->configs.count; i++) {
        if (!session->configs.items[i].setup) {
            PPT_TRY(check_one(session, &session->configs.items[i], error));
        }
    }
    return PPT_OK;
}

/* To people it is broken where they can read it; to a file it stays one line. */
static void tell_line(char *line)
{
    const struct ppt_terminal terminal = ppt_terminal_of(stderr);
    struct ppt_text shown PPT_OWNED(ppt_text_free) = {0};

    ppt_hide(line);
    ppt_text_wrap(&shown, line, terminal.present ? terminal.width : SIZE_MAX, 2);
    fprintf(stderr, "%s\n", shown.data);
}

/* That a pass has one task, although nobody said so. */
static void tell_used_up(const struct ppt_config *config, const struct ppt_first *first)
{
    const bool copied = config->sandbox != PPT_SANDBOX_OF_NONE;
    char task[PPT_UNITS_SIZE];

    if (first->used_up) {
        char *line PPT_FREED = ppt_text_format(
            "%s: one %s serves all tasks of its pass, and of these only the first finds work (%s): "
            "a pass has 1 task; %s gives each of several a folder of its own",
            ppt_config_title(config),
            copied ? "copy of the folder" : ppt_keys[PPT_KEY_PREPARE].option.name,
            ppt_text_duration(first->task.task_s, task),
            copied ? "--sandbox=task" : ppt_keys[PPT_KEY_SANDBOX].option.name);
        tell_line(line);
    }
}

/* Less of it is not worth telling. */
#define LEAST_BESIDE 0.02

/* How long an iteration takes, and how much of that is in no figure. */
static void add_block(const struct ppt_size *size, struct ppt_text *out)
{
    char block[PPT_UNITS_SIZE], beside[PPT_UNITS_SIZE];

    ppt_text_addf(out, "an iteration (a pass at each) in %s",
                  ppt_text_duration(size->block_s, block));
    if (size->beside_s > LEAST_BESIDE * size->block_s) {
        ppt_text_addf(out, ", %s of it beside the tasks",
                      ppt_text_duration(size->beside_s, beside));
    }
}

/* "200 tasks", "8 to 3000 tasks", of several sizes. */
static void add_tasks(const struct ppt_config *config, struct ppt_text *out)
{
    uint64_t least = config->task_count, most = 0;

    for (size_t i = 0; i < config->variant_count; i++) {
        const uint64_t own = config->uses[i].task_count;

        least = own > 0 && own < least ? own : least;
        most = own > most ? own : most;
    }
    if (least < most) {
        ppt_text_addf(out, "%llu to ", (unsigned long long)least);
    }
    ppt_text_addf(out, "%llu task%s%s", (unsigned long long)config->task_count,
                  PPT_S(config->task_count), config->per_worker ? " for each worker" : "");
}

/* The plan in a line, before anything is measured. */
static void tell_size(const struct ppt_config *config, const struct ppt_size *size)
{
    char task[PPT_UNITS_SIZE], label[PPT_POINT_SIZE];
    const bool short_of_it = size->least_s > config->max_seconds;
    struct ppt_text counts PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text block PPT_OWNED(ppt_text_free) = {0};

    /* All variants have the points of the first. */
    for (size_t i = 0; i < config->point_count &&
                       ppt_point_variant(config->points[i]) == ppt_point_variant(config->points[0]);
         i++) {
        const struct ppt_point point = ppt_point_of_variant(config->points[i]);

        ppt_text_addf(&counts, " %s", ppt_point_label(point, ppt_config_several(config), label));
    }
    if (config->variant_count > 0) {
        ppt_text_addf(&counts, " for each of %zu %s", config->variant_count,
                      ppt_config_variants(config));
    }
    add_block(size, &block);
    /* The first iteration is measured whatever it takes. */
    const double most_s = fmax(config->max_seconds, size->block_s);
    struct ppt_text line PPT_OWNED(ppt_text_free) = {0};

    ppt_text_addf(&line, "%s: ", ppt_config_title(config));
    add_tasks(config, &line);
    ppt_text_addf(&line, " per pass (one takes %s), workers%s, %s",
                  ppt_text_duration(size->task_s, task), counts.data, block.data);
    if (config->budget) {
        ppt_text_addf(&line, ", at most about %.0f s; --max-seconds %.0f %s", most_s,
                      short_of_it ? ceil(size->least_s) : ceil(4 * config->max_seconds),
                      short_of_it ? "is the least for a verdict" : "for more certainty");
    }
    tell_line(line.data);
}

/* Nobody has named a time: it becomes what a verdict needs, unless that is far too much. */
static enum ppt_status extend(struct ppt_config *config, const struct ppt_size *size,
                              struct ppt_error *error)
{
    char task[PPT_UNITS_SIZE], beside[PPT_UNITS_SIZE];

    if (size->least_s > PPT_SIZE_MOST_TIMES * config->max_seconds) {
        const bool long_beside = size->beside_s > LEAST_BESIDE * size->block_s;

        return ppt_fail(
            error, PPT_BAD_INPUT,
            "%s: one task takes %s%s%s: the fewest iterations that a verdict needs would take "
            "about %.0f s; --max-seconds %.0f measures them%s",
            ppt_config_title(config), ppt_text_duration(size->task_s, task),
            long_beside ? ", and what is done beside the tasks of an iteration " : "",
            long_beside ? ppt_text_duration(size->beside_s, beside) : "", size->least_s,
            ceil(size->least_s), config->size_tasks ? "" : ", --task-count N a sample");
    }
    config->max_seconds = fmax(config->max_seconds, ceil(size->least_s));
    return PPT_OK;
}

/* What was left to how long a task takes. `hooks`: NULL where there are no commands. */
static enum ppt_status size_one(const struct session *session, struct ppt_config *config,
                                struct ppt_hooks *hooks, struct ppt_error *error)
{
    const struct ppt_dirs dirs = {.scratch = &session->scratch.folder};
    const uint64_t count = config->task_count;
    struct ppt_task_cost *sizes PPT_FREED =
        config->axis_count > 0 ? ppt_alloc(config->variant_count, sizeof(*sizes)) : NULL;
    struct ppt_first first = {.sizes = sizes};
    uint64_t most;

    PPT_TRY(ppt_sandbox_most(config, &session->scratch, &most, error));
    PPT_TRY(ppt_first_tasks(config, &dirs, hooks, most < count ? most : count, &first, error));
    config->first_ns = first.first_ns;
    if (first.used_up) {
        config->task_count = 1;
        config->size_tasks = false;
    }
    const struct ppt_size_needs needs = {.task = first.task,
                                         .sizes = sizes,
                                         .pass_s = first.pass_s,
                                         .copy_s = first.copy_s,
                                         .most_tasks = most,
                                         .cpus = session->host.effective_cpus};
    const struct ppt_size size = ppt_size_config(config, &needs);
    if (session->timeless) {
        PPT_TRY(extend(config, &size, error));
    }
    if (!session->options->print.quiet) {
        tell_used_up(config, &first);
        tell_size(config, &size);
    }
    PPT_TRY(ppt_sandbox_check(config, config->task_count, &session->scratch, error));
    return ppt_plan_check_needs(config, ppt_host_memory(&session->host),
                                ppt_workspace_available(&session->scratch), error);
}

/* Whether something of it is left to how long a task takes. */
static bool is_sized(const struct ppt_config *config)
{
    return config->budget || config->size_tasks;
}

/* But for those with commands, of which the first has to run before their tasks can, and the last
 * behind them. */
static enum ppt_status size_all(const struct session *session, struct ppt_error *error)
{
    for (size_t i = 0; i < session->configs.count; i++) {
        struct ppt_config *config = &session->configs.items[i];

        if (is_sized(config) && !ppt_config_has_commands(config)) {
            PPT_TRY(size_one(session, config, NULL, error));
        }
    }
    return PPT_OK;
}

/* A journal with its first line; without that the folder would be nobody's, and goes again. */
static enum ppt_status begin_run(const struct session *session, const struct ppt_config *config,
                                 const struct ppt_run_folder *folder, struct ppt_journal **journal,
                                 struct ppt_error *error)
{
    char started[PPT_STARTED_SIZE];
    enum ppt_status status = ppt_journal_create(&folder->folder, journal, error);

    ppt_measure_now(started);
    if (status == PPT_OK) {
        status = ppt_journal_run(*journal, config, &session->host, started, error);
    }
    if (status != PPT_OK) {
        ppt_run_folder_remove(&session->output, folder, PPT_JOURNAL_NAME);
    }
    return status;
}

static void close_journal(struct ppt_journal **journal)
{
    ppt_journal_close(*journal);
}

/* From the journal's first line to its last. What the sweep had in memory goes here: what comes of
 * it is read from the journal. */
static enum ppt_status run_measure(const struct session *session, struct ppt_config *config,
                                   const struct ppt_run_folder *folder, struct ppt_keeping *keeping,
                                   struct ppt_error *error)
{
    const struct ppt_dirs dirs = {&session->scratch.folder, &folder->folder};
    struct ppt_journal *journal PPT_OWNED(close_journal) = NULL;
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};

    PPT_TRY(begin_run(session, config, folder, &journal, error));
    ppt_run_folder_set_latest(&session->output, folder);
    ppt_keep_begin(config, session->line->operands, session->line->operand_count, keeping);
    const enum ppt_status status = ppt_measure_go(&session->options->print, config, &session->host,
                                                  &dirs, session->engine, journal, &samples, error);

    ppt_keep_measured(keeping, config, &samples);
    return status;
}

static enum ppt_status run_set_up(struct session *session, struct ppt_config *config,
                                  struct ppt_hooks *hooks, struct run *run, struct ppt_error *error)
{
    if (config->setup) {
        PPT_TRY(check_one(session, config, error));
        ppt_host_read_blas(&session->host);
    }
    if (is_sized(config) && ppt_config_has_commands(config)) {
        PPT_TRY(size_one(session, config, hooks, error));
    }
    PPT_TRY(ppt_run_folder_create(&session->output, ppt_config_title(config), time(NULL),
                                  &run->folder, error));
    enum ppt_status status = run_measure(session, config, &run->folder, &run->keeping, error);

    status = ppt_measure_end(&session->options->print, session->engine, status, &run->folder.folder,
                             &run->loaded, error);
    ppt_keep_end(&run->keeping, &run->loaded);
    return status;
}

static enum ppt_status run_one(struct session *session, size_t which, struct ppt_error *error)
{
    struct ppt_config *config = &session->configs.items[which];
    struct ppt_hooks *hooks = NULL;
    enum ppt_status status = ppt_measure_set_up(config, &hooks, error);

    if (status == PPT_OK) {
        status = run_set_up(session, config, hooks, &session->runs[which], error);
    }
    return ppt_measure_clean_up(&hooks, status, error);
}

/* What was reported, whichever runs failed; the list is to be given to free(). How the programs of
 * one of several runs stand, or what its sizes come to, is in that run's own reports. */
static struct ppt_outcome *list_outcomes(const struct session *session, size_t *count)
{
    struct ppt_outcome *outcomes = NULL;

    *count = 0;
    for (size_t i = 0; i < session->configs.count; i++) {
        const struct ppt_loaded *loaded = &session->runs[i].loaded;

        for (size_t o = 0; loaded->reported && o < loaded->outcome_count; o++) {
            outcomes = ppt_realloc(outcomes, *count + 1, sizeof(*outcomes));
            outcomes[*count] = loaded->outcomes[o];
            if (session->configs.count > 1) {
                outcomes[*count].ranking = NULL;
                outcomes[*count].policies = NULL;
            }
            ++*count;
        }
    }
    return outcomes;
}

static void print_format(const struct session *session)
{
    size_t count;
    struct ppt_outcome *outcomes PPT_FREED = list_outcomes(session, &count);

    ppt_measure_print_format(&session->options->print, outcomes, count);
    if (session->options->print.causes) {
        ppt_measure_print_causes(outcomes, count);
    }
}

static enum ppt_status report_suite(const struct session *session, struct ppt_error *error)
{
    struct ppt_text notes = {0};
    struct ppt_run_folder folder PPT_OWNED(ppt_run_folder_close) = {0};
    size_t count;
    struct ppt_outcome *outcomes PPT_FREED = list_outcomes(session, &count);

    if (count == 0) {
        return PPT_OK;
    }
    PPT_TRY(ppt_run_folder_create(&session->output, "suite", session->started, &folder, error));
    ppt_run_folder_set_latest(&session->output, &folder);
    for (size_t i = 0; i < count; i++) {
        outcomes[i].suite_folder = &folder.folder;
    }
    enum ppt_status status = ppt_report_write_suite(outcomes, count, &notes, error);
    ppt_measure_print_notes(&notes);
    if (!session->options->print.quiet) {
        ppt_text_print(stderr, "results of all runs: %s", folder.folder.path);
    }
    return status;
}

/* Whether there is nobody left to run the rest with. */
static bool is_broken(const struct session *session)
{
    return session->engine && session->engine->broken(session->engine->context);
}

/* The first failure decides the exit code, and is told last. */
static void keep_first(enum ppt_status status, const struct ppt_error *problem,
                       enum ppt_status *first, struct ppt_error *error)
{
    if (status != PPT_OK && *first == PPT_OK) {
        *first = status;
        *error = *problem;
    }
}

/* A run that fails does not take the others with it. */
static enum ppt_status run_all(struct session *session, struct ppt_error *error)
{
    const size_t count = session->configs.count;
    enum ppt_status first = PPT_OK, status;

    session->runs = ppt_alloc(count, sizeof(*session->runs));
    for (size_t i = 0; i < count && !ppt_interrupted && !is_broken(session); i++) {
        struct ppt_error problem = {""};

        status = run_one(session, i, &problem);
        if (status != PPT_OK && count > 1 && status != PPT_INTERRUPTED) {
            fprintf(stderr, "ppt-omp: %s\n", problem.text);
            problem.text[0] = '\0';
        }
        keep_first(status, &problem, &first, error);
        if (status == PPT_INTERRUPTED) {
            break;
        }
    }
    /* A signal may have come before the first of them. */
    if (first == PPT_OK && ppt_interrupted && !session->runs[count - 1].folder.name) {
        first = ppt_fail(error, PPT_INTERRUPTED, "interrupted");
    }
    if (count > 1) {
        struct ppt_error problem = {""};

        status = report_suite(session, &problem);
        keep_first(status, &problem, &first, error);
    }
    print_format(session);
    return first;
}

enum ppt_status ppt_run(const struct ppt_line *line, struct ppt_error *error)
{
    struct session session PPT_OWNED(session_free) = {
        .line = line, .options = line->options, .engine = line->engine, .started = time(NULL)};

    ppt_measure_host(line->engine, &session.host);
    PPT_TRY(limit_time(&session, error));
    PPT_TRY(load_run(&session, error));
    for (size_t i = 0; i < session.configs.count; i++) {
        ppt_measure_warn(&session.configs.items[i]);
    }
    ppt_interrupt_watch();
    PPT_TRY(ppt_workspace_create(&session.scratch, error));
    PPT_TRY(check_all(&session, error));
    ppt_host_read_blas(&session.host);
    PPT_TRY(size_all(&session, error));
    PPT_TRY(ppt_run_folder_open_all(session.options->output, &session.output, error));
    return run_all(&session, error);
}

/* ---- its command line ---- */

/* By how it begins: every file may be run on file systems of others. */
static bool is_program(const char *path)
{
    static const char *const marks[] = {"#!", "\177ELF", NULL};
    struct ppt_error ignored;
    struct ppt_input input;
    char start[4] = "";

    if (ppt_input_open(AT_FDCWD, path, PPT_INPUT_ANY, SIZE_MAX, path, &input, &ignored) != PPT_OK) {
        return false;
    }
    const int fd PPT_OWNED(ppt_file_close) = input.fd;
    const bool read_it = read(fd, start, sizeof(start)) == (ssize_t)sizeof(start);

    for (size_t i = 0; read_it && marks[i]; i++) {
        if (memcmp(start, marks[i], strlen(marks[i])) == 0) {
            return access(path, X_OK) == 0;
        }
    }
    return false;
}

static bool is_config(const char *argument)
{
    const size_t length = strlen(argument);

    return (length > 5 && strcmp(argument + length - 5, ".json") == 0) ||
           (access(argument, F_OK) == 0 && !is_program(argument));
}

enum ppt_status ppt_run_separate(struct ppt_line *line, struct ppt_error *error)
{
    (void)error;
    line->rest = PPT_REST_PROGRAM;
    return PPT_OK;
}

static const struct ppt_option run_rows[] = {
    PPT_RUN_ROWS,
};

enum ppt_status ppt_run_check(struct ppt_line *line, struct ppt_error *error)
{
    static const enum ppt_key_id of_task[] = {PPT_KEY_TASK, PPT_KEY_KERNEL, PPT_KEY_TASK_ARGS};
    const struct ppt_run_options *options = line->options;
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
              {"-- PROGRAM ARGS [::: INPUT ...]", " your own program; --vs begins another"}},
    .most = SIZE_MAX,
    .accepts = is_config,
    .separate = ppt_run_separate,
    .measures = true,
    PPT_OPTIONS(run_rows, struct ppt_run_options, .output = "output"),
    .check = ppt_run_check,
    .run = ppt_run,
};
