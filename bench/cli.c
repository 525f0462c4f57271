#include "cli.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "report.h"
#include "text.h"

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
    FIRST_KEY,
    TASK_ARGS
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
    [TIMEOUT] = {"--timeout", PLAIN, RUN | ONCE, NULL, NULL},
    [PROGRAM_OUTPUT] = {"--program-output", PLAIN, RUN | ONCE, NULL, NULL},
    [THRESHOLD] = {"--threshold", PLAIN, COMPARE, NULL, NULL},
    [STRICT] = {"--strict", FLAG, COMPARE, NULL, NULL},
    [HTML] = {"--html", PLAIN, COMPARE, NULL, NULL},
    [AS_JSON] = {"--json", FLAG, ANY & ~(RUN | REPORT | RESUME), NULL, NULL},
    [HELP] = {"--help", FLAG, ANY, NULL, NULL},
    [SHORT_HELP] = {"-h", FLAG, ANY, NULL, NULL},
    [VERSION] = {"--version", FLAG, ANY, NULL, NULL},
    [FIRST_KEY] = {"--task", TEXT, RUN, "task", NULL},
    [TASK_ARGS] = {"--task-args", JSON, RUN, "task_args", NULL},
    {"--task-count", NUMBER, RUN, "task_count", NULL},
    {"--workers", COUNTS, RUN | PREDICT, "workers", NULL},
    {"--inner-threads", COUNTS, RUN | ONCE, "inner_threads", NULL},
    {"--ranks", COUNTS, RUN, "ranks", NULL},
    {"--distribution", TEXT, RUN, "distribution", NULL},
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

bool ppt_cli_is_number(const char *text)
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
        return ppt_cli_is_number(value) ? ppt_strdup(value) : quoted(value);
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

    if (*value < '0' || *value > '9' || *end != '\0' || (double)number > PPT_LARGEST_WHOLE) {
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
    for (size_t i = 0; status == PPT_OK && cli->program && i < OPTION_COUNT; i++) {
        /* The program is the task, and has its arguments. */
        if ((cli->given >> i & 1) && (i == KERNEL || i == FIRST_KEY || i == TASK_ARGS)) {
            status = ppt_fail(error, PPT_BAD_INPUT, "%s does not go with a program behind \"--\"",
                              options[i].name);
        }
    }
    for (size_t i = 0; status == PPT_OK && i < COMMAND_COUNT; i++) {
        if (commands[i].command == cli->command && commands[i].operand && cli->operand_count == 0 &&
            !cli->program) {
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

/* Whether what follows "--" is a program with its arguments. */
static bool takes_program(const struct ppt_cli *cli)
{
    return cli->command == PPT_COMMAND_RUN ||
           (cli->command == PPT_COMMAND_ONCE &&
            (cli->operand_count == 0 ||
             (cli->operand_count == 1 && strcmp(cli->operands[0], "command") == 0)));
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
            if (takes_program(cli)) {
                cli->program = ppt_alloc((size_t)(count - i), sizeof(*cli->program));
            }
        } else if (cli->program) {
            cli->program[cli->program_count++] = argument;
        } else if (!options_end && argument[0] == '-' && !ppt_cli_is_number(argument)) {
            status = read_option(cli, count, arguments, &i, error);
        } else {
            status = read_operand(cli, argument, error);
        }
    }
    if (status == PPT_OK) {
        status = check(cli, error);
    }
    return status == PPT_OK ? ppt_cli_take_program(cli, error) : status;
}

void ppt_cli_free(struct ppt_cli *cli)
{
    free(cli->files);
    free(cli->program);
    free(cli->operands);
    ppt_overrides_destroy(cli->overrides);
    *cli = (struct ppt_cli){0};
}
