/*
 * A program on the command line: what follows "--" is a task of the kernel "command", and its words
 * are the arguments, just as they are.
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "cli.h"

/* Configurations and journals are JSON, which is UTF-8. */
static enum ppt_status check_words(const struct ppt_cli *cli, struct ppt_error *error)
{
    for (size_t i = 0; i < cli->program_count; i++) {
        for (const char *c = cli->program[i]; *c; c += ppt_utf8_length(c)) {
            if (ppt_utf8_length(c) == 0) {
                return ppt_fail(error, PPT_BAD_INPUT,
                                "word %zu behind \"--\" (%s) is not UTF-8; let a script of yours "
                                "call the program with it",
                                i + 1, cli->program[i]);
            }
        }
    }
    return PPT_OK;
}

static json_object *args_of(const struct ppt_cli *cli)
{
    json_object *args = json_object_new_object();
    json_object *argv = json_object_new_array();
    const char *output = cli->program_output;

    for (size_t i = 0; i < cli->program_count; i++) {
        json_object_array_add(argv, json_object_new_string(cli->program[i]));
    }
    json_object_object_add(args, "argv", argv);
    if (cli->timeout) {
        json_object_object_add(
            args, "timeout",
            ppt_cli_is_number(cli->timeout)
                ? json_object_new_double_s(strtod(cli->timeout, NULL), cli->timeout)
                : json_object_new_string(cli->timeout));
    }
    if (!output && cli->command == PPT_COMMAND_ONCE) {
        output = "check"; /* so that its digest says something */
    }
    if (output) {
        json_object_object_add(args, "output", json_object_new_string(output));
    }
    return args;
}

enum ppt_status ppt_cli_take_program(struct ppt_cli *cli, struct ppt_error *error)
{
    json_object *args;
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
    status = check_words(cli, error);
    if (status != PPT_OK) {
        return status;
    }
    args = args_of(cli);
    status = ppt_overrides_add(cli->overrides, "command line", "task", "\"command\"", error);
    if (status == PPT_OK) {
        status =
            ppt_overrides_add(cli->overrides, "command line", "task_args",
                              json_object_to_json_string_ext(args, JSON_C_TO_STRING_PLAIN), error);
    }
    json_object_put(args);
    return status;
}
