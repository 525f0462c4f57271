#include "cli.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "report.h"
#include "text.h"

const char ppt_cli_help[] =
    "ppt-omp - how many workers should this task use on this machine?\n"
    "\n"
    "  ppt-omp CONFIG.json [CONFIG.json ...]  measure what the files describe\n"
    "  ppt-omp --task sort --workers 0,1,2    measure without a file\n"
    "  ppt-omp --workers auto -- PROGRAM ARGS measure a program of your own\n"
    "  ppt-omp list                           kernels, parameters, defaults\n"
    "  ppt-omp once KERNEL [ARGS]             one task: its digest and its time\n"
    "  ppt-omp report RUN_DIR                 every report again, from the samples\n"
    "  ppt-omp resume RUN_DIR                 go on where a run ended early\n"
    "  ppt-omp predict RUN_DIR --workers N    what the run says for N workers\n"
    "  ppt-omp judge FILE.csv                 the verdict on block,workers,seconds\n"
    "  ppt-omp fit FILE.csv                   the law of workers,throughput\n"
    "  ppt-omp compare OLD NEW                did speed or scaling change?\n"
    "  ppt-omp compare OLD... -- NEW...       the same with several runs on a side\n"
    "  ppt-omp doctor                         is this machine fit for measuring?\n"
    "\n"
    "Options of a measurement; they override what a file says:\n"
    "  --config FILE      a configuration, as a plain argument is\n"
    "  --task NAME        the kernel, or \"random\"\n"
    "  --kernel FILE.so   a kernel of your own, see docs/adding-a-kernel.md\n"
    "  --task-args JSON   its arguments: '[1000000]' or '{\"size\": 1000000}'\n"
    "  --task-count N     tasks per pass\n"
    "  --workers LIST     worker counts: 0,1,2,4 or auto; 0 means sequential calls\n"
    "  --inner-threads L  threads inside a task: 1, or a list 1,2,4\n"
    "  --iterations N     blocks: how often every worker count is measured\n"
    "  --warmup N         discarded rounds before the first block\n"
    "  --wait S           seconds of rest after every pass and every block\n"
    "  --schedule KIND    static, dynamic or guided, or with a chunk: dynamic,4\n"
    "  --placement KIND   none, close or spread: binds workers to CPUs\n"
    "  --memory KIND      reuse (scratch per worker) or fresh (anew for every task)\n"
    "  --seed N           makes inputs and order repeatable\n"
    "  --tolerance X      how much slower is as good as equal (default: 0.05)\n"
    "  --quick            3 blocks and no waits\n"
    "  --output DIR       where results go (default: output)\n"
    "  --format NAME      prints that instead of the table: csv, json, html, gbench,\n"
    "                     bmf, ghab, hyperfine, markdown, gnuplot\n"
    "  --quiet            prints the verdict alone; both also of report and resume\n"
    "Options of a program behind \"--\": --timeout S ends it after so long (3600);\n"
    "  --program-output W discard, keep, or check that it is the same everywhere\n"
    "Options of once:\n"
    "  --index N          which task (default: 0); --seed N its seed (default: 1)\n"
    "  --dump FILE        writes what the task made: an image, sorted numbers, ...\n"
    "Option of resume: --force, although the machine or the program has changed\n"
    "Options of judge and fit: --tasks N per pass, --cpus N that may be used\n"
    "Options of compare:\n"
    "  --threshold X      the change that counts (default: 0.03)\n"
    "  --strict           a merely suspected one is not fine; --html FILE: a page\n"
    "General:\n"
    "  --json             an answer for programs (all but measurements)\n"
    "  --help, --version\n"
    "\n"
    "Exit codes: 0 fine, 1 the run failed, 2 usage or configuration is wrong,\n"
    "3 results differ between worker counts, 4 slower than before, 5 inconclusive, or\n"
    "(doctor) not fit for measuring, 77 not in this build, 130 interrupted (what was\n"
    "measured is saved).\n";

/* How an option's value becomes JSON. */
enum value_kind {
    FLAG,   /* no value */
    PLAIN,  /* not for the configuration */
    NUMBER, /* as it is, if it looks like one */
    TEXT,   /* in quotes */
    COUNTS, /* comma-separated, or a word */
    JSON    /* as it is */
};

struct option {
    const char *name;
    enum value_kind kind;
    unsigned commands; /* that it belongs to, a bit each */
    const char *key;   /* of the configuration, or NULL */
    const char *key2;  /* a second key that gets the same value, or NULL */
};

enum {
    CONFIG,
    OUTPUT,
    DUMP,
    INDEX,
    TASKS,
    CPUS,
    QUICK,
    QUIET,
    FORCE,
    FORMAT,
    KERNEL,
    TIMEOUT,
    PROGRAM_OUTPUT,
    THRESHOLD,
    STRICT,
    HTML,
    AS_JSON,
    HELP,
    SHORT_HELP,
    VERSION,
    FIRST_KEY
};

#define RUN (1u << PPT_COMMAND_RUN)
#define LIST (1u << PPT_COMMAND_LIST)
#define ONCE (1u << PPT_COMMAND_ONCE)
#define REPORT (1u << PPT_COMMAND_REPORT)
#define RESUME (1u << PPT_COMMAND_RESUME)
#define PREDICT (1u << PPT_COMMAND_PREDICT)
#define JUDGE (1u << PPT_COMMAND_JUDGE)
#define FIT (1u << PPT_COMMAND_FIT)
#define COMPARE (1u << PPT_COMMAND_COMPARE)
#define ANY (~0u)

static const struct option options[] = {
    [CONFIG] = {"--config", PLAIN, RUN, NULL, NULL},
    [OUTPUT] = {"--output", PLAIN, RUN, NULL, NULL},
    [DUMP] = {"--dump", PLAIN, ONCE, NULL, NULL},
    [INDEX] = {"--index", PLAIN, ONCE, NULL, NULL},
    [TASKS] = {"--tasks", PLAIN, JUDGE, NULL, NULL},
    [CPUS] = {"--cpus", PLAIN, JUDGE | FIT, NULL, NULL},
    [QUICK] = {"--quick", FLAG, RUN, NULL, NULL},
    [QUIET] = {"--quiet", FLAG, RUN | REPORT | RESUME, NULL, NULL},
    [FORCE] = {"--force", FLAG, RESUME, NULL, NULL},
    [FORMAT] = {"--format", PLAIN, RUN | REPORT | RESUME, NULL, NULL},
    [KERNEL] = {"--kernel", TEXT, RUN | LIST, "kernel", NULL},
    [TIMEOUT] = {"--timeout", PLAIN, RUN, NULL, NULL},
    [PROGRAM_OUTPUT] = {"--program-output", PLAIN, RUN, NULL, NULL},
    [THRESHOLD] = {"--threshold", PLAIN, COMPARE, NULL, NULL},
    [STRICT] = {"--strict", FLAG, COMPARE, NULL, NULL},
    [HTML] = {"--html", PLAIN, COMPARE, NULL, NULL},
    [AS_JSON] = {"--json", FLAG, ANY & ~(RUN | REPORT | RESUME), NULL, NULL},
    [HELP] = {"--help", FLAG, ANY, NULL, NULL},
    [SHORT_HELP] = {"-h", FLAG, ANY, NULL, NULL},
    [VERSION] = {"--version", FLAG, ANY, NULL, NULL},
    [FIRST_KEY] = {"--task", TEXT, RUN, "task", NULL},
    {"--task-args", JSON, RUN, "task_args", NULL},
    {"--task-count", NUMBER, RUN, "task_count", NULL},
    {"--workers", COUNTS, RUN | PREDICT, "workers", NULL},
    {"--inner-threads", COUNTS, RUN | ONCE, "inner_threads", NULL},
    {"--iterations", NUMBER, RUN, "iterations", NULL},
    {"--warmup", NUMBER, RUN, "warmup", NULL},
    {"--wait", NUMBER, RUN, "wait_time_after_runner", "wait_time_after_iteration"},
    {"--schedule", TEXT, RUN, "schedule", NULL},
    {"--placement", TEXT, RUN, "placement", NULL},
    {"--memory", TEXT, RUN, "memory", NULL},
    {"--seed", NUMBER, RUN | ONCE, "seed", NULL},
    {"--tolerance", NUMBER, RUN | JUDGE, "tolerance", NULL},
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

static const struct {
    const char *name;
    enum ppt_command command;
    const char *operand; /* that it needs, for messages; NULL: it takes none */
} commands[] = {
    {"list", PPT_COMMAND_LIST, NULL},
    {"once", PPT_COMMAND_ONCE, "a kernel, as in: ppt-omp once sort"},
    {"report", PPT_COMMAND_REPORT, "the folder of a run, as in: ppt-omp report output/latest"},
    {"resume", PPT_COMMAND_RESUME, "the folder of a run, as in: ppt-omp resume output/latest"},
    {"predict", PPT_COMMAND_PREDICT, "the folder of a run, as in: ppt-omp predict output/latest"},
    {"judge", PPT_COMMAND_JUDGE, "a CSV file with columns block, workers, seconds"},
    {"fit", PPT_COMMAND_FIT, "a CSV file with columns workers, throughput"},
    {"compare", PPT_COMMAND_COMPARE,
     "the folders of two runs, as in: ppt-omp compare output/before output/after"},
    {"doctor", PPT_COMMAND_DOCTOR, NULL},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const char *name_of(enum ppt_command command)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (commands[i].command == command) {
            return commands[i].name;
        }
    }
    return "a measurement";
}

static char *quoted(const char *text)
{
    json_object *string = json_object_new_string(text);
    char *json = ppt_strdup(json_object_to_json_string_ext(
        string, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));

    json_object_put(string);
    return json;
}

static bool is_number(const char *text)
{
    char *end = NULL;

    strtod(text, &end);
    return *text && strspn(text, "0123456789+-.eE") == strlen(text) && *end == '\0';
}

/* A value that is no number becomes a text, so that the configuration's own message says so. */
static char *to_json(enum value_kind kind, const char *value)
{
    switch (kind) {
    case NUMBER:
        return is_number(value) ? ppt_strdup(value) : quoted(value);
    case COUNTS:
        if (*value == '[') {
            return ppt_strdup(value);
        }
        if (value[strspn(value, "0123456789-+., ")] != '\0') {
            return quoted(value);
        }
        return ppt_text_format("[%s]", value);
    case JSON:
        return ppt_strdup(value);
    default:
        return quoted(value);
    }
}

static enum ppt_status add_override(struct ppt_cli *cli, const struct option *option,
                                    const char *value, struct ppt_error *error)
{
    char *json = to_json(option->kind, value);
    enum ppt_status status =
        ppt_overrides_add(cli->overrides, option->name, option->key, json, error);

    if (status == PPT_OK && option->key2) {
        status = ppt_overrides_add(cli->overrides, option->name, option->key2, json, error);
    }
    free(json);
    return status;
}

/* --quick lies under the other options whatever their order, so it is applied first. */
static enum ppt_status add_quick(struct ppt_cli *cli, struct ppt_error *error)
{
    static const struct option quick[] = {
        {"--quick", NUMBER, RUN, "iterations", NULL},
        {"--quick", NUMBER, RUN, "wait_time_after_runner", "wait_time_after_iteration"},
    };
    const enum ppt_status status = add_override(cli, &quick[0], "3", error);

    return status == PPT_OK ? add_override(cli, &quick[1], "0", error) : status;
}

static enum ppt_status read_count(const char *option, const char *value, uint64_t *out,
                                  struct ppt_error *error)
{
    char *end = NULL;
    const unsigned long long number = strtoull(value, &end, 10);

    if (*value < '0' || *value > '9' || *end != '\0' || (double)number > PPT_LARGEST_SEED) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: \"%s\" is not a whole number from 0 to 2^53",
                        option, value);
    }
    *out = number;
    return PPT_OK;
}

/* A number from `least` to 1. */
static enum ppt_status read_share(const char *option, const char *value, double least, double *out,
                                  struct ppt_error *error)
{
    char *end = NULL;

    *out = strtod(value, &end);
    return *value && *end == '\0' && *out >= least && *out <= 1
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT, "%s: \"%s\" is not a number from %g to 1", option,
                          value, least);
}

static enum ppt_status reject_option(const char *name, struct ppt_error *error)
{
    const char *names[OPTION_COUNT + 1] = {NULL};

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        names[i] = options[i].name;
    }
    const char *meant = ppt_text_suggest(name, names);
    return meant
               ? ppt_fail(error, PPT_BAD_INPUT, "unknown option %s; did you mean %s?", name, meant)
               : ppt_fail(error, PPT_BAD_INPUT, "unknown option %s; see ppt-omp --help", name);
}

static enum ppt_status apply(struct ppt_cli *cli, size_t which, const char *value,
                             struct ppt_error *error)
{
    cli->given |= UINT64_C(1) << which;
    switch (which) {
    case CONFIG:
        cli->files[cli->file_count++] = value;
        return PPT_OK;
    case OUTPUT:
        cli->output = value;
        return *value ? PPT_OK : ppt_fail(error, PPT_BAD_INPUT, "--output: names no folder");
    case DUMP:
        cli->dump = value;
        return PPT_OK;
    case INDEX:
        return read_count("--index", value, &cli->index, error);
    case TASKS:
        return read_count("--tasks", value, &cli->tasks, error);
    case CPUS:
        return read_count("--cpus", value, &cli->cpus, error);
    case QUICK:
        return PPT_OK;
    case FORCE:
        cli->force = true;
        return PPT_OK;
    case QUIET:
        cli->quiet = true;
        return PPT_OK;
    case FORMAT:
        return ppt_format_find(value, &cli->format, error);
    case TIMEOUT:
        cli->timeout = value;
        return PPT_OK;
    case PROGRAM_OUTPUT:
        cli->program_output = value;
        return PPT_OK;
    case THRESHOLD:
        return read_share("--threshold", value, 0, &cli->threshold, error);
    case HTML:
        cli->html = value;
        return *value ? PPT_OK : ppt_fail(error, PPT_BAD_INPUT, "--html: names no file");
    case STRICT:
        cli->strict = true;
        return PPT_OK;
    case AS_JSON:
        cli->json = true;
        return PPT_OK;
    case HELP:
    case SHORT_HELP:
        cli->command = PPT_COMMAND_HELP;
        return PPT_OK;
    case VERSION:
        cli->command = PPT_COMMAND_VERSION;
        return PPT_OK;
    default:
        break;
    }
    if (which == KERNEL) {
        cli->kernel = value;
    }
    cli->has_task |= which == FIRST_KEY || which == KERNEL;
    if (cli->command == PPT_COMMAND_ONCE && strcmp(options[which].name, "--seed") == 0) {
        return read_count("--seed", value, &cli->seed, error);
    }
    if (cli->command == PPT_COMMAND_PREDICT && strcmp(options[which].name, "--workers") == 0) {
        return read_count("--workers", value, &cli->workers, error);
    }
    if (cli->command == PPT_COMMAND_JUDGE && strcmp(options[which].name, "--tolerance") == 0) {
        return read_share("--tolerance", value, 0.001, &cli->tolerance, error);
    }
    return add_override(cli, &options[which], value, error);
}

/* Reads the option at *at, and its value from "=..." or the next argument. */
static enum ppt_status read_option(struct ppt_cli *cli, int count, char *const *arguments, int *at,
                                   struct ppt_error *error)
{
    const char *argument = arguments[*at];
    const size_t length = strcspn(argument, "=");
    const char *value = argument[length] ? argument + length + 1 : NULL;

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strlen(options[i].name) != length || strncmp(options[i].name, argument, length) != 0) {
            continue;
        }
        if (options[i].kind == FLAG) {
            return value ? ppt_fail(error, PPT_BAD_INPUT, "%s takes no value", options[i].name)
                         : apply(cli, i, "", error);
        }
        if (!value && *at + 1 < count) {
            value = arguments[++*at];
        }
        return value ? apply(cli, i, value, error)
                     : ppt_fail(error, PPT_BAD_INPUT, "%s needs a value", options[i].name);
    }
    char *name = ppt_text_format("%.*s", (int)length, argument);
    reject_option(name, error);
    free(name);
    return PPT_BAD_INPUT;
}

static bool is_config(const char *argument)
{
    const size_t length = strlen(argument);

    return (length > 5 && strcmp(argument + length - 5, ".json") == 0) ||
           access(argument, F_OK) == 0;
}

static enum ppt_status read_operand(struct ppt_cli *cli, const char *argument,
                                    struct ppt_error *error)
{
    const char *names[COMMAND_COUNT + 1] = {NULL};

    if (cli->command != PPT_COMMAND_RUN) {
        const bool many = cli->command == PPT_COMMAND_ONCE || cli->command == PPT_COMMAND_COMPARE;

        for (size_t i = 0; i < COMMAND_COUNT; i++) {
            const size_t most = !commands[i].operand ? 0 : many ? SIZE_MAX : 1;

            if (commands[i].command == cli->command && cli->operand_count >= most) {
                return ppt_fail(error, PPT_BAD_INPUT, "%s takes no argument \"%s\"",
                                commands[i].name, argument);
            }
        }
        cli->operands[cli->operand_count++] = argument;
        return PPT_OK;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i].name;
        if (cli->file_count == 0 && strcmp(argument, commands[i].name) == 0) {
            cli->command = commands[i].command;
            return PPT_OK;
        }
    }
    if (is_config(argument)) {
        cli->files[cli->file_count++] = argument;
        return PPT_OK;
    }
    const char *meant = ppt_text_suggest(argument, names);
    return meant ? ppt_fail(error, PPT_BAD_INPUT,
                            "\"%s\" is neither a command nor a file; did you mean \"%s\"?",
                            argument, meant)
                 : ppt_fail(error, PPT_BAD_INPUT,
                            "\"%s\" is neither a command nor a file; see ppt-omp --help", argument);
}

/* Compare has "--" between old and new, as options may stand on both sides of it. */
static enum ppt_status separate(struct ppt_cli *cli, struct ppt_error *error)
{
    if (cli->old_count > 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "compare has two sides, and one \"--\" between them");
    }
    if (cli->operand_count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "compare needs the folder of a run before \"--\"");
    }
    cli->old_count = cli->operand_count;
    return PPT_OK;
}

/* What follows "--" when something is measured: a program, which is a task with arguments. */
static enum ppt_status take_program(struct ppt_cli *cli, struct ppt_error *error)
{
    json_object *args, *argv;
    enum ppt_status status;

    if (!cli->program) {
        return cli->timeout || cli->program_output
                   ? ppt_fail(
                         error, PPT_BAD_INPUT,
                         "%s belongs to a program behind \"--\"; in a file it is an argument of "
                         "the task \"command\"",
                         cli->timeout ? "--timeout" : "--program-output")
                   : PPT_OK;
    }
    if (cli->program_count == 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "which program? Nothing follows \"--\"");
    }
    args = json_object_new_object();
    argv = json_object_new_array();
    for (size_t i = 0; i < cli->program_count; i++) {
        json_object_array_add(argv, json_object_new_string(cli->program[i]));
    }
    json_object_object_add(args, "argv", argv);
    if (cli->timeout) {
        json_object_object_add(
            args, "timeout",
            is_number(cli->timeout)
                ? json_object_new_double_s(strtod(cli->timeout, NULL), cli->timeout)
                : json_object_new_string(cli->timeout));
    }
    if (cli->program_output) {
        json_object_object_add(args, "output", json_object_new_string(cli->program_output));
    }
    status = ppt_overrides_add(cli->overrides, "command line", "task", "\"command\"", error);
    if (status == PPT_OK) {
        status =
            ppt_overrides_add(cli->overrides, "command line", "task_args",
                              json_object_to_json_string_ext(args, JSON_C_TO_STRING_PLAIN), error);
    }
    json_object_put(args);
    return status;
}

/* What can be said once everything is read. */
static enum ppt_status check(const struct ppt_cli *cli, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; status == PPT_OK && i < OPTION_COUNT; i++) {
        /* An option that would be ignored: its author believes that it does something. */
        if ((cli->given >> i & 1) && cli->command != PPT_COMMAND_HELP &&
            cli->command != PPT_COMMAND_VERSION &&
            !(options[i].commands >> (unsigned)cli->command & 1)) {
            status = ppt_fail(error, PPT_BAD_INPUT, "%s does not belong to %s", options[i].name,
                              name_of(cli->command));
        }
    }
    for (size_t i = 0; status == PPT_OK && i < COMMAND_COUNT; i++) {
        if (commands[i].command == cli->command && commands[i].operand && cli->operand_count == 0) {
            status = ppt_fail(error, PPT_BAD_INPUT, "%s needs %s", commands[i].name,
                              commands[i].operand);
        }
    }
    if (status == PPT_OK && cli->command == PPT_COMMAND_RUN && cli->file_count == 0 &&
        !cli->has_task && !cli->program) {
        status = ppt_fail(error, PPT_BAD_INPUT,
                          "what should be measured? Give a configuration file, --task or a program "
                          "behind \"--\"; see ppt-omp --help");
    }
    return status;
}

enum ppt_status ppt_cli_read(int count, char *const *arguments, struct ppt_cli *cli,
                             struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;
    bool options_end = false;

    *cli = (struct ppt_cli){.output = "output", .seed = 1, .tolerance = 0.05, .threshold = 0.03};
    cli->files = ppt_alloc((size_t)count, sizeof(*cli->files));
    cli->operands = ppt_alloc((size_t)count, sizeof(*cli->operands));
    cli->overrides = ppt_overrides_create();
    for (int i = 1; i < count && status == PPT_OK; i++) {
        if (strcmp(arguments[i], "--quick") == 0) {
            status = add_quick(cli, error);
            break;
        }
    }
    for (int i = 1; i < count && status == PPT_OK; i++) {
        const char *argument = arguments[i];

        if (cli->command == PPT_COMMAND_COMPARE && strcmp(argument, "--") == 0) {
            status = separate(cli, error);
        } else if (!options_end && strcmp(argument, "--") == 0) {
            options_end = true;
            if (cli->command == PPT_COMMAND_RUN) {
                cli->program = ppt_alloc((size_t)(count - i), sizeof(*cli->program));
            } else if (cli->command == PPT_COMMAND_ONCE && cli->operand_count == 0) {
                cli->operands[cli->operand_count++] = "command";
            }
        } else if (cli->program) {
            cli->program[cli->program_count++] = argument;
        } else if (!options_end && argument[0] == '-' && !is_number(argument)) {
            status = read_option(cli, count, arguments, &i, error);
        } else {
            status = read_operand(cli, argument, error);
        }
    }
    if (status == PPT_OK) {
        status = check(cli, error);
    }
    return status == PPT_OK && cli->command == PPT_COMMAND_RUN ? take_program(cli, error) : status;
}

void ppt_cli_free(struct ppt_cli *cli)
{
    free(cli->files);
    free(cli->program);
    free(cli->operands);
    ppt_overrides_destroy(cli->overrides);
    *cli = (struct ppt_cli){0};
}
